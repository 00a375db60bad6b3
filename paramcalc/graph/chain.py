"""Layers one after the other, each on the output of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..core.rule import Layer
from ..core.tensors import Tensor, Tensors
from ..symbolic import Size


def stack_layers(make: Callable[[Size, Size, bool], Layer], inputs: Tensor, sizes: Sequence[Size]) -> list[Tensor]:
    """Stack a layer of each size.

    Parameters
    ----------
    make : callable
        Takes the number of input features, the size, and whether a layer follows; gives the layer.
    inputs : Tensor
    sizes : sequence of int or Expr

    Returns
    -------
    list of Tensor
        The outputs of the last layer; the first one is what the next layer would read.
    """
    outputs = [inputs]
    for place, size in enumerate(sizes):
        shape = outputs[0].shape
        assert isinstance(shape, tuple)
        outputs = outputs_of(make(shape[-1], size, place < len(sizes) - 1)(outputs[0]))
    return outputs


def outputs_of(made: Tensors) -> list[Tensor]:
    """List the outputs of a call of a layer."""
    return list(made) if isinstance(made, tuple) else [made]
