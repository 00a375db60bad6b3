"""The core of attention: queries meet keys, and values are mixed. Its projections are layers of their own."""

from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.divisible import divides
from ...core.kinds import Sized
from ...core.products import Sources, Work, product
from ...errors import ShapeError
from ...symbolic import Size, unicode
from ..torch.axes import agree, differ


@rule((), (), "torch")
def Attention(
    xs: Annotated[tuple[Shape, ...], Inputs("B T d_x", many=True)],
    /,
    heads: Annotated[Size, Sized("h")],
    key_heads: Annotated[Size, Sized("g")],
    key_size: Annotated[Size, Sized("k")],
    value_size: Annotated[Size, Sized("v")],
    buckets: Annotated[Size, Sized("b")] | None = None,
    cached: bool = True,
) -> Built:
    """No weights, except a bias for each head and bucket of distances where there are buckets.

    softmax(Q K^T) V for each of h heads. Queries come from the first input; keys and values from the second and third,
    or from the last one there is. Groups of h/g heads share keys and values (Ainslie et al. 2023); they save weights
    and memory, and no multiply-adds. All pairs of places are computed, as the frameworks do without a fused kernel.
    ``cached`` tells whether a model that generates a sequence keeps the keys and values from step to step.
    Source: Vaswani et al. 2017.
    """
    query, key, value = xs[0], xs[min(1, len(xs) - 1)], xs[-1]
    if len(xs) > 3:
        raise ShapeError("Attention takes 1 to 3 inputs", received=len(xs))
    divides(heads, key_heads, "{} heads do not divide into {} groups")
    widths = (heads * key_size, key_heads * key_size, key_heads * value_size)
    for what, shape, parts in _roles(xs, widths):
        if differ(shape[-1], parts):
            raise ShapeError(f"the {what} has another number of features", expected=unicode(parts), received=shape[-1])
    agree((query, key), (0,), (0, 1))
    agree((key, value), (0, 1), (1, len(xs) - 1))
    (batch, steps, _), seen = query, key[1]
    bias = [Weight("relative_attention_bias.weight", (buckets, heads))] if buckets is not None else []
    last = len(xs) - 1

    def work() -> Work:
        pairs = prod((batch, steps, seen, heads))
        scores: Sources = frozenset({0, min(1, last), *(one.path for one in bias)})
        out = scores | {last}
        made = (product(pairs * key_size, 0, min(1, last)), product(pairs * value_size, scores, last))
        return Work(made, (out,))

    return Built(
        outs=((batch, steps, heads * value_size),),
        weights=tuple(bias),
        formula=(lambda: buckets * heads) if buckets is not None else None,
        work=work,
    )


def _roles(xs: tuple[Shape, ...], widths: tuple[Size, Size, Size]) -> list[tuple[str, Shape, Size]]:
    # what each input has, side by side
    q, k, v = widths
    if len(xs) == 1:
        return [("projection", xs[0], q + k + v)]
    if len(xs) == 2:
        return [("query", xs[0], q), ("projection", xs[1], k + v)]
    return [("query", xs[0], q), ("key", xs[1], k), ("value", xs[2], v)]


@rule((), (), "torch")
def LatentCore(
    query: Annotated[Shape, Inputs("B T d_q")],
    projection: Annotated[Shape, Inputs("B S d_kv")],
    rotated: Annotated[Shape, Inputs("B S d_r")],
    /,
    heads: Annotated[Size, Sized("h")],
    key_size: Annotated[Size, Sized("k")],
    rotated_size: Annotated[Size, Sized("k_r")],
    value_size: Annotated[Size, Sized("v")],
) -> Built:
    """No weights. A part of each key is rotated by its place and shared by all heads.

    The second input has the rest of the keys and the values; the third ends in the part that is shared.
    Source: DeepSeek-AI 2024, multi-head latent attention.
    """
    whole = key_size + rotated_size
    for what, shape, parts in (
        ("query", query, heads * whole),
        ("projection", projection, heads * (key_size + value_size)),
    ):
        if differ(shape[-1], parts):
            raise ShapeError(f"the {what} has another number of features", expected=unicode(parts), received=shape[-1])
    agree((query, projection), (0,), (0, 1))
    agree((projection, rotated), (0, 1), (1, 2))
    (batch, steps, _), seen = query, projection[1]

    def work() -> Work:
        pairs = prod((batch, steps, seen, heads))
        made = (product(pairs * whole, 0, (1, 2)), product(pairs * value_size, (0, 1, 2), 1))
        return Work(made, (frozenset({0, 1, 2}),))

    return Built(outs=((batch, steps, heads * value_size),), work=work)
