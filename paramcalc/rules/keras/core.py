"""Dense and Embedding (keras/src/layers/core)."""

from math import prod
from typing import Annotated

from ...symbolic import Size
from ..kinds import Sized
from ..rule import Built, Inputs, Shape, Weight, rule


@rule(also="activation kernel bias")
def Dense(
    x: Annotated[Shape, Inputs("B ... d_x")],
    /,
    units: Annotated[Size, Sized("d_y")],
    *,
    use_bias: bool = True,
) -> Built:
    """A weight from every input feature to every unit, and a bias for each unit."""
    d_x = x[-1]
    kernel = Weight("kernel", (d_x, units))
    return Built(
        outs=((*x[:-1], units),),
        weights=(kernel, Weight("bias", (units,))) if use_bias else (kernel,),
        formula=lambda: d_x * units + use_bias * units,
        macs=lambda: prod(x[:-1]) * (d_x * units),
    )


@rule(also="embeddings mask_zero input_length")
def Embedding(
    x: Annotated[Shape, Inputs("B ...")],
    /,
    input_dim: Annotated[Size, Sized("V")],
    output_dim: Annotated[Size, Sized("d_e")],
) -> Built:
    """A table with one row of output_dim numbers for each of input_dim tokens; looking up multiplies nothing."""
    return Built(
        weights=(Weight("embeddings", (input_dim, output_dim)),),
        outs=((*x, output_dim),),
        formula=lambda: input_dim * output_dim,
    )
