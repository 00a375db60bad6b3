"""The sizes that a search is about: those that vary, those that follow from them, and the model at their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm

from ...core.divisible import Condition, conditions
from ...core.kinds import size as read_size
from ...core.rule import Layer
from ...core.shapes import listed
from ...errors import OptionError, ParamcalcError
from ...graph.model import Model
from ...graph.size_names import no_size
from ...report import Row
from ...symbolic import Expr, Size, leaves, symbols
from ...symbolic.evaluate import evaluate
from ..family import Family, Given, ModelFamily, Values, family_of, names_of
from .budgets import value_at

LONGEST_PERIOD = 10_000  # of a pattern of divisibility


@dataclass(frozen=True)
class Unknowns:
    """The sizes of a search.

    Attributes
    ----------
    family : Family
    names : tuple of str
        The sizes that vary.
    tied : mapping of str to int or Expr
        Sizes that follow from these.
    values : mapping of str to int
        Sizes that have a value for the moment.
    """

    family: Family
    names: tuple[str, ...]
    tied: Mapping[str, Size]
    values: Mapping[str, int]

    def at(self, sizes: Mapping[str, int]) -> Model:
        """Build the model anew at some sizes.

        Raises
        ------
        ParamcalcError
            When it cannot be built.
        """
        tied = {name: read_size(evaluate(one, sizes)) for name, one in self.tied.items()}
        return self._make({**sizes, **tied})

    def _make(self, values: Values) -> Model:
        return self.family.make({**self.values, **values})

    def with_value(self, name: str, value: int) -> Unknowns:
        """Give the search in which one of the sizes has a value."""
        others = tuple(one for one in self.names if one != name)
        tied = {one: evaluate(size, {name: value}) for one, size in self.tied.items()}
        return Unknowns(self.family, others, tied, {**self.values, name: value})

    @property
    def symbolic(self) -> Model | ParamcalcError:
        """The model with symbols for the sizes; the error if there is none, as where a size is a number of layers."""
        return self._symbolic[0]

    @cached_property
    def _symbolic(self) -> tuple[Model | ParamcalcError, list[Condition]]:
        # and the divisions that its layers ask for, such as by groups
        with conditions() as found:
            try:
                model = self._make({**dict.fromkeys(self.names), **self.tied})
            except ParamcalcError as error:
                return error, []
        if not model.report().exact:
            return OptionError("layers of the model with symbols are not known"), []
        return model, found

    @property
    def open_sizes(self) -> set[str]:
        """The names in the model with symbols."""
        model = self.symbolic
        return set() if isinstance(model, ParamcalcError) else names_of(model)

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


def unknowns(
    given: Given, names: Sequence[str], tied: Mapping[str, object], sizes: Mapping[str, object] | None = None
) -> Unknowns:
    """Check the sizes of a search.

    Parameters
    ----------
    given : Model, path or callable
        As of `paramcalc.analysis.family.family_of`.
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
    for name in tied:
        symbols(name)
    follow = {name: read_size(one) for name, one in tied.items()}
    for name, one in follow.items():
        unknown = [leaf.args[0] for leaf in leaves(one) if leaf.args[0] not in names] if isinstance(one, Expr) else []
        if unknown or name in names:
            received = unknown[0] if unknown else name
            raise OptionError(
                f"{name} follows from", expected=f"an expression over {', '.join(names)}", received=received
            )
    found = Unknowns(family_of(given, (*names, *tied), sizes), tuple(names), follow, {})
    model = found.symbolic
    if not isinstance(found.family, ModelFamily) and not isinstance(model, ParamcalcError):
        # of a file or function, a size may have no part in the model; then there is nothing to find
        for name in names:
            if name not in found.open_sizes:
                raise no_size(name, found.open_sizes)
    return found


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
