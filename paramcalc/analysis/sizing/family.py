"""A model as a function of sizes: its own open sizes, the named sizes of a file, or the arguments of a function."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import TypeAlias

from ...core.divisible import Condition, conditions
from ...core.kinds import size as read_size
from ...core.rule import Layer
from ...core.shapes import UnknownShape, listed
from ...errors import OptionError, ParamcalcError, SizeError, nearest
from ...graph.bind import bind, names_in
from ...graph.model import Model
from ...loading import load
from ...report import Row
from ...symbolic import Expr, Size, leaves, symbols
from ...symbolic.evaluate import evaluate
from .budgets import value_at

READ = "paramcalc.formats.readers:family"  # what stands above the analysis is loaded when it is asked for
LIVE = "paramcalc.verification.models:model_of"
LONGEST_PERIOD = 10_000  # of a pattern of divisibility
REFUSALS = (ValueError, AssertionError, ArithmeticError, RuntimeError)  # of frameworks, for sizes that do not fit

Makes: TypeAlias = Callable[..., object]
Given: TypeAlias = Model | str | os.PathLike[str] | Makes


@dataclass(frozen=True)
class Family:
    """A model as a function of sizes.

    Attributes
    ----------
    make : callable
        Takes values by name, ``None`` for a size that stays open, and gives the model.
    names : tuple of str
        The sizes that vary.
    tied : mapping of str to int or Expr
        Sizes that follow from these.
    """

    make: Callable[[Mapping[str, Size | None]], Model]
    names: tuple[str, ...]
    tied: Mapping[str, Size]

    def at(self, sizes: Mapping[str, int]) -> Model:
        """Build the model anew at some sizes.

        Raises
        ------
        ParamcalcError
            When it cannot be built.
        """
        tied = {name: read_size(evaluate(one, sizes)) for name, one in self.tied.items()}
        model = self.make({**sizes, **tied})
        model.built  # noqa: B018  # here shapes flow
        return model

    def with_value(self, name: str, value: int) -> Family:
        """Give the family in which one of the sizes has a value."""
        others = tuple(one for one in self.names if one != name)
        tied = {one: evaluate(size, {name: value}) for one, size in self.tied.items()}
        return Family(lambda values: self.make({**values, name: value}), others, tied)

    @property
    def symbolic(self) -> Model | ParamcalcError:
        """The model with symbols for the sizes; the error if there is none, as where a size is a number of layers."""
        return self._symbolic[0]

    @cached_property
    def _symbolic(self) -> tuple[Model | ParamcalcError, list[Condition]]:
        # and the divisions that its layers ask for, such as by groups
        with conditions() as found:
            try:
                model = self.make({**dict.fromkeys(self.names), **self.tied})
                model.built  # noqa: B018
                model.names  # noqa: B018
            except ParamcalcError as error:
                return error, []
        return model, found

    @property
    def open_sizes(self) -> set[str]:
        """The names in the model with symbols."""
        model = self.symbolic
        return set() if isinstance(model, ParamcalcError) else _names(model)

    def steps(self) -> dict[str, tuple[int, int] | None]:
        """Find the step of each size that divisions require.

        Returns
        -------
        dict of str to (least, step) or None
            ``(8, 8)`` for the d of ``d/8``; ``None`` where the divisions have no simple pattern.
        """
        found: dict[str, tuple[int, int] | None] = dict.fromkeys(self.names, (1, 1))
        model = self.symbolic
        if isinstance(model, ParamcalcError):
            return found
        tops: dict[str, dict[Expr, int]] = {name: {} for name in self.names}
        quotients = [(top, bottom, True) for top, bottom in _quotients(model)]
        quotients += [(top, bottom, False) for top, bottom in self._symbolic[1]]
        for top, bottom, in_formulas in quotients:
            names = {leaf.args[0] for size in (top, bottom) if isinstance(size, Expr) for leaf in leaves(size)}
            varied = names.intersection(self.names)
            if len(names) == 1 and varied and isinstance(bottom, int) and isinstance(top, Expr):
                (name,) = varied
                tops[name][top] = lcm(bottom, tops[name].get(top, 1))
            elif in_formulas:  # a condition that is no step is seen when a model is built
                found.update(dict.fromkeys(varied))
        for name, several in tops.items():
            if several and found[name] is not None:
                found[name] = _pattern(name, several)
        return found


def family(
    given: Given, names: Sequence[str], tied: Mapping[str, object], sizes: Mapping[str, object] | None = None
) -> Family:
    """Take a model as a function of sizes.

    Parameters
    ----------
    given : Model, path or callable
        A model with open sizes, a file, or a function that takes the sizes by name and gives a model.
    names : sequence of str
    tied : mapping of str to int, str or Expr
        Sizes as expressions over these.
    sizes : mapping of str to int, str or Expr, optional
        Values of other sizes.

    Raises
    ------
    OptionError, SizeError
        For names that are none, and for sizes that the model does not have.
    """
    for name in (*names, *tied):
        symbols(name)
    follow = {name: read_size(one) for name, one in tied.items()}
    for name, one in follow.items():
        unknown = [leaf.args[0] for leaf in leaves(one) if leaf.args[0] not in names] if isinstance(one, Expr) else []
        if unknown or name in names:
            received = unknown[0] if unknown else name
            raise OptionError(
                f"{name} follows from", expected=f"an expression over {', '.join(names)}", received=received
            )
    others = {name: read_size(one) for name, one in (sizes or {}).items()}
    for name in others:
        if name in names or name in tied:
            raise OptionError(f"{name} is to be found, and has a value", received=others[name])
    make = _maker(given)
    found = Family(lambda values: make({**others, **values}), tuple(names), follow)
    missing = (
        [name for name in (*names, *tied, *others) if name not in _names(given)] if isinstance(given, Model) else []
    )
    if missing:
        raise _no_size(missing[0], _names(given))
    if not isinstance(given, Model) and not isinstance(found.symbolic, ParamcalcError):
        # of a file or function, a size may have no part in the model; then there is nothing to find
        for name in names:
            if name not in found.open_sizes:
                raise _no_size(name, found.open_sizes)
    return found


def _maker(given: Given) -> Callable[[Mapping[str, Size | None]], Model]:
    if isinstance(given, Model):
        return lambda values: bind(given, {name: one for name, one in values.items() if one is not None})
    if isinstance(given, (str, os.PathLike)):
        made: Callable[[Mapping[str, Size | None]], Model] = load(READ)(given)
        return made
    if not callable(given):
        raise OptionError(
            "not a model", expected="a model with open sizes, a file, or a function of sizes", received=given
        )
    return lambda values: _call(given, values)


def _call(function: Makes, values: Mapping[str, Size | None]) -> Model:
    # a function of the caller's may fail on symbols in any way; then there is no formula
    sizes = {name: symbols(name) if one is None else one for name, one in values.items()}
    numbers = all(isinstance(one, int) for one in sizes.values())
    try:
        made = function(**sizes)
    except ParamcalcError:
        raise
    except REFUSALS as error:
        raise SizeError(str(error)) from error
    except Exception as error:
        if numbers:
            raise
        raise SizeError(f"the function takes no symbols: {error}") from error
    if isinstance(made, Model):
        return made
    read: Model = load(LIVE)(made)
    return read


def _names(model: object) -> set[str]:
    assert isinstance(model, Model)
    inputs = {
        leaf.args[0]
        for shape in model.input_shapes
        if not isinstance(shape, UnknownShape)
        for size in shape
        if isinstance(size, Expr)
        for leaf in leaves(size)
        if leaf.op == "name"
    }
    return inputs.union(names_in(model))


def _no_size(name: str, known: set[str]) -> SizeError:
    listed = sorted(known)
    return SizeError(
        f"no open size {name!r} in the model", expected=" or ".join(listed) or None, suggestion=nearest(name, listed)
    )


def _quotients(model: Model) -> Iterator[tuple[Size, Size]]:
    # exact divisions in the options of layers, in weights and in shapes
    seen: set[int] = set()
    stack: list[object] = [tuple(model.uses), tuple(model.report().rows)]
    while stack:
        one = stack.pop()
        if isinstance(one, Expr):
            if id(one) not in seen:
                seen.add(id(one))
                if one.op == "/":
                    yield one.args[0], one.args[1]
                stack.extend(one.args)
        elif isinstance(one, (tuple, list)):
            stack.extend(one)
        elif isinstance(one, Layer):
            stack.extend(one.options.values())
        elif isinstance(one, Model):
            stack.append(tuple(one.uses))
        elif isinstance(one, Row):
            stack += [*one.rows, *(weight.shape for weight in one.weights)]
            stack += [shape for call in one.calls for shape in listed(call.built.outs)]


def _pattern(name: str, tops: Mapping[Expr, int]) -> tuple[int, int] | None:
    # the values for which all quotients come out even, if they are the multiples of a step after the first
    period = lcm(*tops.values())
    if period > LONGEST_PERIOD:
        return None
    try:
        even = [
            value
            for value in range(1, 2 * period + 1)
            if all(value_at(top, {name: value}) % bottom == 0 for top, bottom in tops.items())
        ]
    except ParamcalcError:  # a division inside
        return None
    if not even:
        return None
    step = even[1] - even[0]
    return (even[0], step) if even == [*range(even[0], 2 * period + 1, step)] else None
