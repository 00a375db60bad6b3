"""A call of a layer as a table of operations sees it, and what each entry of a table is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import prod
from typing import NamedTuple

from ....core.built import Applicable
from ....core.rule import Layer
from ....core.shapes import Shape
from ....symbolic import Size
from ....untyped import OptionValue
from .functions import log_softmax, of_each, softmax


class UnknownOperations(Exception):
    """How many operations a layer takes is unknown; the message is the reason."""


class Call(NamedTuple):
    """A call of a layer.

    Attributes
    ----------
    layer : Layer
    inputs, outputs : tuple of shapes
    training : bool
        Whether it is called as in training: dropout drops, and normalization uses the statistics of the batch.
    frozen : bool
        Whether none of its weights train.
    inside : callable
        Counts the operations of a layer inside on shapes; raises `UnknownOperations`.
    """

    layer: Layer
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    training: bool
    frozen: bool
    inside: Callable[[Applicable, Iterable[Shape]], Size]

    @property
    def options(self) -> Mapping[str, OptionValue]:
        """The options of the layer that decide weights or shapes."""
        return self.layer.options

    def switch(self, name: str) -> bool:
        """Give an option that is on or off."""
        return bool(self.options[name])

    def sized(self, name: str) -> Size:
        """Give an option that is a size."""
        found: Size = self.options[name]
        return found

    def sizes(self, name: str) -> Shape:
        """Give an option that is a size for each axis."""
        found: Shape = self.options[name]
        return found

    @property
    def n(self) -> Size:
        """Number of elements of the first output."""
        return prod(self.outputs[0])

    @property
    def m(self) -> Size:
        """Number of elements of the first input."""
        return prod(self.inputs[0])

    def ignored(self, name: str, default: object = None) -> object:
        """Give an option that changes neither weights nor shapes, or what the class has when it is not given."""
        return (self.layer.ignored_options or {}).get(name, default)

    def activation(self, shape: Shape, name: str = "activation", default: str = "linear") -> Size:
        """Count the activation of a layer on values of this shape, with the default of its class."""
        return activation(self.ignored(name, default), shape)

    def dropped(self, elements: Size, name: str = "dropout") -> Size:
        """Count a dropout that a layer has besides: nothing in inference, and nothing at a rate of 0."""
        rate = self.options[name] if name in self.options else self.ignored(name, 0)
        return dropout(elements) if self.training and rate else 0


Count = Callable[[Call], Size]


def activation(given: object, shape: Shape) -> Size:
    """Count an activation on values of this shape.

    Parameters
    ----------
    given : object
        Its name, its configuration, a function of the framework, or ``None`` for none.

    Raises
    ------
    UnknownOperations
        For an activation without a definition.
    """
    name = _name(given)
    elements = prod(shape)
    if name in ("softmax", "log_softmax"):
        groups = prod(shape[:-1])
        return softmax(elements, groups) if name == "softmax" else log_softmax(elements, groups)
    each = of_each(name)
    if each is None:
        raise UnknownOperations(f"the activation {name or given!r}")
    return each * elements if each else 0


def _name(given: object) -> str:
    if given is None:
        return "linear"
    if isinstance(given, Mapping):  # a function as Keras writes it: its name is its config
        inner = given.get("config")
        given = inner if isinstance(inner, str) else given.get("class_name")
    elif not isinstance(given, str):
        home = getattr(given, "__module__", "") or ""
        known = home.partition(".")[0] in ("keras", "tensorflow", "torch", "jax")
        given = getattr(given, "__name__", None) if known else None
    if not isinstance(given, str):
        return ""
    return "".join("_" + one.lower() if one.isupper() else one for one in given).lstrip("_")


def dropout(elements: Size) -> Size:
    """Count a dropout in training: a random number, its comparison with the rate, and x/(1 − rate)."""
    return 3 * elements
