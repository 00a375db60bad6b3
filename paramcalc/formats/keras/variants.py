"""Layers that a file has in a variant: built by the rule of a layer, and different in one respect."""

from __future__ import annotations

from ...core.built import Built
from ...core.rule import Layer
from ...core.shapes import AnyShape, UnknownOutputs, UnknownShape


class ThinLayer(Layer):
    """A layer of a library that extends one of Keras and keeps its configuration and weights."""

    __slots__ = ("package",)

    def __init__(self, layer: Layer, package: str) -> None:
        for name in Layer.__slots__:
            setattr(self, name, getattr(layer, name))
        self.package = package

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Build by the rule of the layer that it extends, with a remark."""
        built = super().on(*shapes, **call)
        return built._replace(note=built.note or f"a class of {self.package}, by the rule of {self.rule.name}")


class TimeFirstLayer(Layer):
    """A recurrent layer of Keras 2 whose input and sequence have the time steps before the batch (``time_major``)."""

    __slots__ = ()
    time_first = True

    def __init__(self, layer: Layer) -> None:
        for name in Layer.__slots__:
            setattr(self, name, getattr(layer, name))

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Build with the batch first, and put the time steps of a sequence before it."""
        built = super().on(*map(_swapped, shapes), **call)
        if not self.options["return_sequences"] or isinstance(built.outs, UnknownOutputs):
            return built
        first, *states = built.outs
        return built._replace(outs=(_swapped(first), *states))


def _swapped(shape: AnyShape) -> AnyShape:
    if isinstance(shape, UnknownShape) or len(shape) < 2:
        return shape
    first, second, *rest = shape
    return (second, first, *rest)
