"""What works on each place alone: sums and products, parts of the features, biases, scales shared by all heads."""

from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.divisible import divides
from ...core.kinds import AtCall, Sized
from ...core.products import Work, product
from ...errors import ShapeError
from ...symbolic import Size, unicode
from ..torch.axes import agree, declared, differ

FRAMEWORK = "torch"
Several = Annotated[tuple[Shape, ...], Inputs("...", many=True)]
Features = Annotated[Shape, Inputs("... d_x")]
Width = Annotated[Size, Sized("d")]


def merged(xs: Several, /) -> Built:
    """Check that all inputs have one shape, and give it."""
    for place, x in enumerate(xs[1:], 1):
        if len(x) != len(xs[0]):
            raise ShapeError("inputs of one rank are required", expected=f"{len(xs[0])} axes", received=len(x))
        agree((xs[0], x), range(len(x)), (0, place))
    return Built(outs=(xs[0],))


Add = rule((), (), FRAMEWORK, "Add", "The sum of its inputs; no weights.")(merged)
Multiply = rule((), (), FRAMEWORK, "Multiply", "The product of its inputs, element by element; no weights.")(merged)


@rule((), (), FRAMEWORK)
def Slice(x: Features, /, size: Width) -> Built:
    """So many of the features of each place; no weights."""
    if isinstance(size, int) and isinstance(x[-1], int) and size > x[-1]:
        raise ShapeError("more features than there are", expected=f"at most {x[-1]}", received=size)
    return Built(outs=((*x[:-1], size),))


@rule((), (), FRAMEWORK)
def Bias(x: Features, /, size: Width) -> Built:
    """A number for each feature, which is added."""
    declared("Bias", size, x[-1])
    return Built(outs=(x,), weights=(Weight("bias", (size,)),), formula=lambda: size)


@rule((), (), FRAMEWORK)
def HeadNorm(x: Features, /, size: Width, bias: bool = False) -> Built:
    """A scale for each feature of a head, shared by all heads, and perhaps a shift."""
    divides(x[-1], size, "{} features do not divide into heads of {}")
    weights = [Weight("weight", (size,))] + [Weight("bias", (size,))] * bias
    return Built(outs=(x,), weights=tuple(weights), formula=lambda: (1 + bias) * size)


@rule((), (), FRAMEWORK)
def TransposedLinear(
    x: Features, /, in_features: Annotated[Size, Sized("d_x")], out_features: Annotated[Size, Sized("d_y")]
) -> Built:
    """A weight from every input feature to every output feature, the inputs first, and a bias for each output.

    The class is called Conv1D in GPT-2.
    """
    declared("TransposedLinear", in_features, x[-1])
    return Built(
        outs=((*x[:-1], out_features),),
        weights=(Weight("weight", (in_features, out_features)), Weight("bias", (out_features,))),
        formula=lambda: in_features * out_features + out_features,
        work=lambda: Work((product(prod(x[:-1]) * (in_features * out_features), 0, "weight"),)),
    )


@rule((), (), FRAMEWORK)
def ReversibleEmbedding(
    x: Annotated[Shape, Inputs("...")],
    /,
    rows: Annotated[Size, Sized("V")],
    width: Annotated[Size, Sized("d_e")],
    *,
    reverse: Annotated[bool, AtCall] = False,
) -> Built:
    """A row for each token; in reverse, a score for each token by the same rows."""
    weight = Weight("weight", (rows, width))
    if not reverse:
        work = Work(flow=(frozenset({weight.path}),))
        return Built(((*x, width),), (weight,), lambda: rows * width, lambda: work)
    if differ(x[-1], width):
        raise ShapeError("the rows have another number of features", expected=unicode(width), received=x[-1])
    scores = product(prod(x[:-1]) * (width * rows), 0, weight.path)
    return Built(((*x[:-1], rows),), (weight,), lambda: rows * width, lambda: Work((scores,)))


@rule((), (), FRAMEWORK)
def LearnedPositions(
    x: Annotated[Shape, Inputs("B T d")], /, places: Annotated[Size, Sized("n")], size: Annotated[Size, Sized("d")]
) -> Built:
    """A vector for each place, which is added."""
    if differ(size, x[-1]):
        raise ShapeError("another number of features than declared", expected=unicode(size), received=x[-1])
    if isinstance(places, int) and isinstance(x[1], int) and x[1] > places:
        raise ShapeError("a sequence that is too long", expected=f"at most {places} places", received=x[1])
    return Built(outs=(x,), weights=(Weight("weight", (places, size)),), formula=lambda: places * size)
