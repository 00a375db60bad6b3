"""What a live module is run on: example inputs as they are given, or tensors made for the shapes of inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import product
from typing import NamedTuple

from ....core.shapes import Shape
from ....core.tensors import input_shape as checked_shape
from ....errors import OptionError, ParamcalcError, ShapeError
from ....untyped import Foreign
from .framework import META, torch

MOST_KINDS = 4  # inputs of which both kinds, numbers and places in a table, are tried


class Sizes(NamedTuple):
    """The shape of an input, in the place of the tensor."""

    shape: Shape


class Given(NamedTuple):
    """The arguments of a call.

    Attributes
    ----------
    args : tuple
    keywords : dict
    made_up : bool
        Whether shapes stand in the place of tensors.
    """

    args: tuple[Foreign, ...]
    keywords: Mapping[str, Foreign]
    made_up: bool

    def shapes(self) -> list[Shape]:
        """List the shapes of the tensors among them."""
        if self.made_up:
            return [one.shape for one in _leaves((*self.args, *self.keywords.values()))]
        return [tuple(one.shape) for one in tensors_in([*self.args, *self.keywords.values()])]

    def kinds(self) -> Iterator[tuple[bool, ...]]:
        """Give what made-up inputs may be: numbers, or places in a table. What is right only the module knows."""
        several = len(self.shapes()) if self.made_up else 0
        for whole in product((False, True), repeat=min(several, MOST_KINDS)):
            yield (*whole, *(False,) * (several - len(whole)))

    def made(self, kinds: tuple[bool, ...], device: str) -> Given:
        """Put tensors in the place of shapes."""
        if not self.made_up:
            return self
        left = iter(kinds)
        args = tuple(_made(one, left, device) for one in self.args)
        return Given(args, {name: _made(one, left, device) for name, one in self.keywords.items()}, True)


def given(args: tuple[Foreign, ...], keywords: Mapping[str, Foreign], input_shape: Foreign = None) -> Given | None:
    """Read the arguments of ``from_torch``: example inputs if there is a tensor among them, shapes otherwise.

    Raises
    ------
    ParamcalcError
        For shapes that are none, and for both.
    """
    if input_shape is not None:
        if args:
            raise OptionError("inputs are given twice", expected="input_shape, or the arguments of the module")
        args = (input_shape,)
    elif any(True for _ in tensors_in([*args, *keywords.values()])):
        return Given(args, keywords, False)
    if all(one is None for one in args) and not keywords:
        return None
    try:
        shapes = _shapes(args[0]) if len(args) == 1 else tuple(_shape(one) for one in args)
    except ParamcalcError as error:
        raise error.at("input_shape")
    return Given(shapes, {name: _keyword(one) for name, one in keywords.items()}, True)


def _shapes(given: Foreign) -> tuple[Foreign, ...]:
    # a shape for each argument, or a list of shapes where a tuple of tensors is handed over
    return tuple(_shape(one) for one in given) if _lists(given) else (_shape(given),)


def _shape(given: Foreign) -> Foreign:
    if isinstance(given, dict):
        return {key: _shape(one) for key, one in given.items()}
    if _lists(given):
        return tuple(_shape(one) for one in given)
    if not isinstance(given, (list, tuple)):
        raise ShapeError(
            "not a shape", expected="every size of the input, such as (32, 3), or a list of shapes", received=given
        )
    shape = checked_shape(list(given))[1:]
    if any(not isinstance(size, int) for size in shape):
        raise ShapeError("a module needs numeric sizes to run", expected="a size for every axis", received=given)
    return Sizes(shape)


def _keyword(given: Foreign) -> Foreign:
    # a shape, or a switch such as return_dict=False
    return _shape(given) if isinstance(given, (list, tuple, dict)) else given


def _lists(given: Foreign) -> bool:
    return isinstance(given, (list, tuple)) and any(isinstance(one, (list, tuple, dict)) for one in given)


def _leaves(value: Foreign) -> Iterator[Sizes]:
    if isinstance(value, Sizes):
        yield value
    elif isinstance(value, (tuple, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)


def _made(value: Foreign, places: Iterator[bool], device: str) -> Foreign:
    if isinstance(value, Sizes):
        kind = torch().int64 if next(places) else None
        made: Foreign = torch().empty if device == META else torch().zeros
        return made(value.shape, device=device, dtype=kind)
    if isinstance(value, dict):
        return {key: _made(one, places, device) for key, one in value.items()}
    return tuple(_made(one, places, device) for one in value) if isinstance(value, tuple) else value


def tensors_in(value: object) -> Iterator[Foreign]:
    """List the tensors in a value, in containers, too; of packed sequences that of their steps."""
    framework = torch()
    waiting, seen = [value], set[int]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, framework.Tensor):
            yield one
        elif isinstance(one, framework.nn.utils.rnn.PackedSequence):
            yield one.data
        elif _holds(one) and id(one) not in seen:  # a container in itself is looked at once
            seen.add(id(one))
            waiting.extend(reversed([*_inside(one)]))


def _holds(value: object) -> bool:
    return isinstance(value, (list, tuple, dict)) or (is_dataclass(value) and not isinstance(value, type))


def _inside(value: Foreign) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, (list, tuple)):
        yield from value
    else:
        yield from (getattr(value, one.name, None) for one in fields(value))
