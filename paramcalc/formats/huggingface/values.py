"""The values that a block of the table may name, and which of them follow from the number of the block in its stack."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar

from ...errors import FileError, ParamcalcError
from ...symbolic import Size, symbols, unknown
from .expressions import Value, evaluate

INDEX = "i"
LENGTHS: Mapping[str, Size] = {"T": unknown("T"), "S": symbols("S")}

Found = TypeVar("Found")


class Known(NamedTuple):
    """A value, and what stands for it in formulas.

    Attributes
    ----------
    value, shown : Value
    of : callable, optional
        Gives it for a block of another number, where it follows from that.
    """

    value: Value
    shown: Value
    of: Callable[[int], Known] | None = None


class Step(NamedTuple):
    """What came of an expression that follows from the number of a block, and how to find it for another number."""

    found: object
    of: Callable[[int], object]


@dataclass(slots=True)
class Values:
    """The sizes, switches and words that a block may name.

    Attributes
    ----------
    known : dict of str to Known
    tests : list of bool
        What the conditions of the block came to.
    steps : list of Step
        All that follows from the number of the block, in order.
    """

    known: Mapping[str, Known]
    tests: list[bool] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def with_more(self, more: Mapping[str, Known]) -> Values:
        """Know more; conditions and steps are noted in the same lists."""
        return Values({**self.known, **more}, self.tests, self.steps)

    def of_block(self, at: int) -> Values:
        """Know the number of a block of a stack, and note anew what comes of it.

        What follows from the number of a block around the stack is fixed in it, and noted there already.
        """
        fixed = {name: one._replace(of=None) for name, one in self.known.items()}
        return Values({**fixed, INDEX: Known(at, at, lambda other: Known(other, other))})

    def holds(self, tree: ast.expr) -> bool:
        """Evaluate a condition."""
        found, _ = self._noted(tree, lambda values: bool(evaluate(tree, values._value)))
        self.tests.append(found)
        return found

    def evaluated(self, tree: ast.expr) -> Known:
        """Evaluate an expression."""
        found, of = self._noted(
            tree, lambda values: Known(evaluate(tree, values._value), evaluate(tree, values._shown))
        )
        return found._replace(of=of)

    def _noted(self, tree: ast.expr, of: Callable[[Values], Found]) -> tuple[Found, Callable[[int], Found] | None]:
        found = of(self)
        if not any(name in self.known and self.known[name].of is not None for name in _names(tree)):
            return found, None

        def again(at: int) -> Found:
            return of(Values({name: one.of(at) if one.of is not None else one for name, one in self.known.items()}))

        self.steps.append(Step(found, again))
        return found, again

    def _value(self, name: str) -> Value:
        return self._of(name).value

    def _shown(self, name: str) -> Value:
        return self._of(name).shown

    def _of(self, name: str) -> Known:
        if name in LENGTHS:
            return Known(LENGTHS[name], LENGTHS[name])
        if name not in self.known:
            raise FileError("an unknown name", expected=", ".join(self.known), received=name)
        return self.known[name]


@lru_cache(1024)
def _names(tree: ast.expr) -> frozenset[str]:
    return frozenset(one.id for one in ast.walk(tree) if isinstance(one, ast.Name))


def fits(steps: list[Step], at: int) -> bool:
    """Tell whether all comes to the same for a block of this number: then the block is the same."""
    try:
        return all(one.of(at) == one.found for one in steps)
    except ParamcalcError:
        return False
