"""Layers of the models in keras.applications that keras.layers lacks (keras/src/applications)."""

from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.kinds import NUMBER, Sized
from ...errors import ShapeError
from ...symbolic import Size
from .merging import Several, agree


@rule()
def LayerScale(
    x: Annotated[Shape, Inputs("B ... d_x")],
    /,
    init_values: Annotated[float, NUMBER],
    projection_dim: Annotated[Size, Sized("d_y")],
) -> Built:
    """A learned factor for each channel. It starts near 0, so that a deep network starts as the identity.

    (convnext.py; https://arxiv.org/abs/2103.17239)
    """
    *lead, d_x = x
    sizes = {d_x, projection_dim} - {1}
    if len(sizes) > 1 and all(isinstance(size, int) for size in sizes):
        raise ShapeError("one factor for each channel", expected=f"{projection_dim} channels", received=d_x)
    return Built(
        weights=(Weight("gamma", (projection_dim,)),),
        outs=((*lead, d_x if projection_dim == 1 else projection_dim),),
        formula=lambda: projection_dim,
    )


@rule()
def CustomScaleLayer(xs: Several, /, scale: Annotated[float, NUMBER]) -> Built:
    """Scales the second input and adds it to the first; no weights.

    (inception_resnet_v2.py)
    """
    if len(xs) != 2:
        raise ShapeError("CustomScaleLayer takes 2 inputs", received=len(xs))
    long, short = xs if len(xs[0]) >= len(xs[1]) else xs[::-1]
    lead = len(long) - len(short)
    rest = (
        agree(a, b, (0, 1), axis, broadcast=True)
        for axis, (a, b) in enumerate(zip(long[lead:], short, strict=True), lead)
    )
    return Built(outs=((*long[:lead], *rest),))
