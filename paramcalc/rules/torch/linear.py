"""Linear layers (torch/nn/modules/linear.py) and tables (torch/nn/modules/sparse.py)."""

from math import prod
from typing import Annotated, Literal

from ...core.declare import REQUIRED, Built, Inputs, Shape, Weight
from ...core.ignored_options import FACTORY
from ...core.kinds import AXIS, NUMBER, Sized
from ...core.products import Work, product
from ...errors import OptionError, ShapeError
from ...symbolic import Size
from .axes import AnyShape, agree, declared, rule

Vectors = Annotated[Shape, Inputs("... d_x")]
Rows = Annotated[Size, Sized("V")]
Width = Annotated[Size, Sized("d_e")]
Out = Annotated[Size, Sized("d_y")]


def dense(x: Shape, units: Size, bias: bool) -> Built:
    """Build a weight from every feature to every unit; PyTorch has the units first."""
    d_x = x[-1]
    weight = Weight("weight", (units, d_x))
    return Built(
        outs=((*x[:-1], units),),
        weights=(weight, Weight("bias", (units,))) if bias else (weight,),
        formula=lambda: d_x * units + bias * units,
        work=lambda: Work((product(prod(x[:-1]) * (d_x * units), 0, weight.path),)),
    )


@rule(FACTORY)
def Linear(x: Vectors, /, in_features: Annotated[Size, Sized("d_x")], out_features: Out, bias: bool = True) -> Built:
    """A weight from every input feature to every output feature, and a bias for each output."""
    declared("Linear", in_features, x[-1])
    return dense((*x[:-1], in_features), out_features, bias)


@rule(FACTORY)
def LazyLinear(x: Vectors, /, out_features: Out, bias: bool = True) -> Built:
    """A Linear that takes its input size from the first input."""
    return dense(x, out_features, bias)


@rule(FACTORY)
def Bilinear(
    x1: Annotated[Shape, Inputs("... d_1")],
    x2: Annotated[Shape, Inputs("... d_2")],
    /,
    in1_features: Annotated[Size, Sized("d_1")],
    in2_features: Annotated[Size, Sized("d_2")],
    out_features: Out,
    bias: bool = True,
) -> Built:
    """A matrix for each output: one weight for every pair of features of the two inputs.

    y_k = x1 W_k x2 + b_k.
    """
    declared("Bilinear", in1_features, x1[-1])
    declared("Bilinear", in2_features, x2[-1])
    if len(x1) != len(x2):
        raise ShapeError("Bilinear needs inputs of one rank", expected=f"{len(x1)} axes", received=len(x2))
    agree((x1, x2), range(len(x1) - 1))
    weight = Weight("weight", (out_features, in1_features, in2_features))
    return Built(
        outs=((*x1[:-1], out_features),),
        weights=(weight, Weight("bias", (out_features,))) if bias else (weight,),
        formula=lambda: in1_features * in2_features * out_features + bias * out_features,
        # PyTorch does these two; backwards, its kernel does two anew for each operand, which costs more than it need
        work=lambda: Work(
            (
                product(prod(x1[:-1]) * (out_features * (in1_features * in2_features)), 0, weight.path),
                product(prod(x1[:-1]) * (out_features * in2_features), (0, weight.path), 1),
            )
        ),
    )


@rule()
def Identity(x: AnyShape, /) -> Built:
    """Returns its input; no weights."""
    return Built(outs=(x,))


def table(rows: Size, width: Size, padding_idx: int | None, outs: Shape) -> Built:
    """Build a table with a row for each token; one of them may stand for padding.

    No gradient goes to the tokens.
    """
    if padding_idx is not None and isinstance(rows, int) and not -rows <= padding_idx < rows:
        raise OptionError("no such row", expected=f"a number from {-rows} to {rows - 1}", received=padding_idx)
    weight = Weight("weight", (rows, width))
    return Built(
        outs=(outs,),
        weights=(weight,),
        formula=lambda: rows * width,
        work=lambda: Work(flow=(frozenset({weight.path}),)),
    )


@rule(FACTORY)
def Embedding(
    x: AnyShape,
    /,
    num_embeddings: Rows,
    embedding_dim: Width,
    padding_idx: Annotated[int, AXIS] | None = None,
    max_norm: Annotated[float, NUMBER] | None = None,
    norm_type: Annotated[float, NUMBER] = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Built:
    """A table with one row of embedding_dim numbers for each token. A lookup costs no multiply-adds."""
    return table(num_embeddings, embedding_dim, padding_idx, (*x, embedding_dim))


@rule(FACTORY)
def EmbeddingBag(
    x: Annotated[Shape, Inputs("B? n")],
    offsets: Annotated[Shape, Inputs("B")] = (),
    /,
    num_embeddings: Rows = REQUIRED,
    embedding_dim: Width = REQUIRED,
    max_norm: Annotated[float, NUMBER] | None = None,
    norm_type: Annotated[float, NUMBER] = 2.0,
    scale_grad_by_freq: bool = False,
    mode: Literal["mean", "sum", "max"] = "mean",
    sparse: bool = False,
    *,
    include_last_offset: bool = False,
    padding_idx: Annotated[int, AXIS] | None = None,
) -> Built:
    """A table with one row for each token. Each bag of tokens gives the sum, mean or maximum of its rows.

    Bags are the rows of an input of two axes; or they lie end to end in one, and offsets say where each begins.
    """
    if mode == "max" and (sparse or scale_grad_by_freq):
        raise OptionError(
            "mode 'max' does not allow sparse or scale_grad_by_freq", expected="mode='sum' or mode='mean'"
        )
    if (len(x) == 1) != (len(offsets) == 1):
        expected = "offsets with them" if len(x) == 1 else "no offsets"
        raise ShapeError(f"bags in an input of {len(x)} {'axis' if len(x) == 1 else 'axes'}", expected=expected)
    bags = x[0] if len(x) == 2 else offsets[0] - include_last_offset
    if isinstance(bags, int) and bags < 1:
        raise ShapeError("one offset, which is the end of the last bag, leaves no bag", expected="at least 2 offsets")
    return table(num_embeddings, embedding_dim, padding_idx, (bags, embedding_dim))
