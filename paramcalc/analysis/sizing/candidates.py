"""The candidates of a search: what the formulas say of them, and what their models have once they are built.

A model is built once for each candidate. Where it differs from the formulas, they are not used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...core.rule import layers_made
from ...errors import OptionError, ParamcalcError, SizeError
from ...graph.model import Model
from ...symbolic import Expr, Size
from .budgets import number, value_at
from .problem import Problem, UnknownAmount
from .result import Candidate

ALIKE = 100  # sizes with the error that symbols cause, too, until it counts as the error of all sizes
FAILURES = 2**16  # layers of the models of one walk that cannot be built
MOST_FAILURES = 2**18  # of all walks


class FormulasFail(Exception):
    """The formulas differ from the model that is built."""


@dataclass
class Candidates:
    """The candidates of one search; it remembers what was built.

    Attributes
    ----------
    problem : Problem
    lines : int
        Searches that share the work.
    formulas : tuple of int or Expr, optional
        The amounts as functions of the sizes.
    built : dict of tuple of int to Candidate
    layers, failures : int
        Layers of models that were built, and of those that cannot be; and of the latter alone.
    problems : list of ParamcalcError
        Why models cannot be built.
    always : str
        The message of the error that symbols in place of the sizes cause, if any.
    """

    problem: Problem
    lines: int = 1
    formulas: tuple[Size, ...] | None = None
    built: dict[tuple[int, ...], Candidate] = field(default_factory=dict)
    layers: int = 0
    failures: int = 0
    problems: list[ParamcalcError] = field(default_factory=list)
    always: str = ""

    @property
    def names(self) -> list[str]:
        """The quantities that are limited."""
        return [quantity.name for quantity, _ in self.problem.budgets]

    def find_formulas(self) -> None:
        """Find the amounts as functions of the sizes, where there are such.

        Raises
        ------
        OptionError
            For a size on which no amount depends, and for amounts that depend on another size.
        """
        self.formulas = self._formulas()

    def _formulas(self) -> tuple[Size, ...] | None:
        family = self.problem.unknowns
        model = family.symbolic
        if isinstance(model, ParamcalcError):
            self.always = str(model)
            return None
        try:
            self.problem.check(model)
            found = self.problem.amounts(model, {})
        except UnknownAmount:
            raise
        except ParamcalcError as error:  # a cost may have no form in symbols
            self.always = str(error)
            return None
        used = {name for one in found if isinstance(one, Expr) for name in one.symbols}
        for name in family.names:
            if name not in used:
                several = " and ".join(quantity.title for quantity, _ in self.problem.budgets)
                raise OptionError(f"no {name} to find: it does not change the {several} of the model")
        for size, (quantity, _) in zip(found, self.problem.budgets, strict=True):
            if isinstance(size, Expr) and not {*size.symbols} <= {*family.names}:
                number(size, quantity, family.names)
        return found

    def prediction(self, sizes: Mapping[str, int]) -> tuple[int, ...] | None:
        """Give the amounts by the formulas; ``None`` where a division leaves a remainder."""
        assert self.formulas is not None
        try:
            return tuple(value_at(one, sizes) for one in self.formulas)
        except SizeError:
            return None

    def at(self, sizes: Mapping[str, int]) -> Candidate:
        """Build the model at some sizes, once.

        Raises
        ------
        FormulasFail
            When it differs from the formulas.
        UnknownAmount
            For a lower bound.
        """
        key = tuple(sizes.values())
        if key not in self.built:
            self.built[key] = self._build(dict(sizes))
        return self.built[key]

    def _build(self, sizes: dict[str, int]) -> Candidate:
        before = layers_made()
        try:
            model = self.problem.unknowns.at(sizes)
            self.problem.check(model)
            self.layers += _layers(model)
            found = self.problem.amounts(model, sizes)
        except UnknownAmount:
            raise
        except ParamcalcError as error:
            self.problems.append(error)
            if str(error) == self.always and len(self.problems) > ALIKE:
                raise
            work = max(layers_made() - before, 1)
            self.layers += work
            self.failures += work
            return Candidate(sizes, {}, str(error))
        amounts = [number(one, quantity) for one, (quantity, _) in zip(found, self.problem.budgets, strict=True)]
        if self.formulas is not None and self.prediction(sizes) != tuple(amounts):
            raise FormulasFail
        return Candidate(sizes, dict(zip(self.names, amounts, strict=True)))

    def spent(self, several: int) -> Callable[[], bool]:
        """Give what tells whether a walk, one of several, has spent the work for models that cannot be built."""
        most = min(self.failures + FAILURES // several, MOST_FAILURES // self.lines)
        return lambda: self.failures >= most


def _layers(model: Model) -> int:
    # the work of a model: its layers, where one with many weights stands for several, such as a stack of LSTMs
    report = model.report()
    return max(len(model.nodes), len(report.leaves), len(report.weights) // 4)
