"""What the search for a size gives: the answer, the candidates beside it as its proof, and how they were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...catalogue import message
from ...core.json_data import JsonObject
from ...displayed import Displayed
from ...graph.model import Model
from ...graph.size_names import values_text
from ...symbolic import Size
from .budgets import Budget, Setting, value_at

SCHEMA = "paramcalc-solve/1"
AT_MOST, AT_LEAST, NEAR = MODES = ("at_most", "at_least", "near")


@dataclass(frozen=True)
class Method:
    """A method of search, as a result states it.

    Attributes
    ----------
    name : str
    said : str
        How the candidates were searched, with a place for their ``{ranges}``.
    grows : bool
        Whether it relies on amounts that never fall when a size grows.
    """

    name: str
    said: str
    grows: bool = False


HALVING = Method("halving", "{ranges}, by binary search: the amounts only grow with the sizes", grows=True)
SCAN = Method("scan", "{ranges}, each by the formulas")
REBUILD = Method("rebuild", "{ranges}, each model built")


@dataclass(frozen=True)
class Candidate:
    """A candidate whose model was built.

    Attributes
    ----------
    sizes : dict of str to int
    amounts : dict of str to int
        What the model has of each quantity that is limited; empty if it cannot be built.
    problem : str
        Why it cannot be built.
    """

    sizes: Mapping[str, int]
    amounts: Mapping[str, int]
    problem: str = ""

    @property
    def named(self) -> str:
        """The sizes: ``h = 448``."""
        return values_text(self.sizes)


@dataclass(frozen=True, repr=False)
class Solution(Displayed):
    """The size of a model within budgets.

    Attributes
    ----------
    name : str
        Name of the model.
    budgets : tuple of Budget
    mode : {"at_most", "at_least", "near"}
    setting : Setting
        What multiply-adds and memory are counted for.
    answer : Candidate or None
        ``None`` if no candidate keeps the budgets.
    beside : tuple of Candidate
        The next candidates, which do not keep them, and so prove the answer. Without an answer, the candidate that
        comes nearest to them.
    ranges : dict of str to range
        The values of each size that were searched.
    found_by : Method
        How the answer was found. The models of the answer and of the candidates beside it are built in any case.
    tied : dict of str to int or Expr
        Sizes that follow from those that were searched.
    formulas : dict of str to int or Expr
        The amounts as functions of the sizes, where there are such.
    closed_form : str
        The answer as a formula of the budget; empty if there is none.
    limits : tuple of str
        Where the search ended before its sizes did: the answer is the best one of what was tried.
    model : Model or None
        The model at the answer.
    """

    presented_by: ClassVar[str] = "paramcalc.render.sizing:solution_presentation"

    name: str
    budgets: tuple[Budget, ...]
    mode: str
    setting: Setting
    answer: Candidate | None
    beside: tuple[Candidate, ...]
    ranges: Mapping[str, range]
    found_by: Method
    tied: Mapping[str, Size]
    formulas: Mapping[str, Size]
    closed_form: str = ""
    limits: tuple[str, ...] = ()
    model: Model | None = None

    def __repr__(self) -> str:
        return f"<solution of {self.name!r}: {values_text(self.sizes) or 'none'}>"

    @property
    def value(self) -> int | None:
        """The size that was searched; ``None`` without an answer.

        Of several sizes the first, see ``sizes``.
        """
        return None if self.answer is None else next(iter(self.answer.sizes.values()))

    @property
    def method(self) -> str:
        """The name of the method that found the answer: ``"halving"``, for example."""
        return self.found_by.name

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes that were searched, and those that follow from them; empty without an answer."""
        if self.answer is None:
            return {}
        searched = dict(self.answer.sizes)
        return {**searched, **{name: value_at(one, searched) for name, one in self.tied.items()}}

    @property
    def lines(self) -> tuple[str, ...]:
        """The proof: ``h = 448: 998,144 ≤ 1,000,000``, ``h = 449: 1,002,168 > 1,000,000``."""
        found = [self._line(one) for one in ((self.answer,) if self.answer else ()) + self.beside]
        return (*found, *self.limits)

    def _line(self, one: Candidate) -> str:
        if one.problem:
            return message("{sizes}: cannot be built: {problem}", sizes=one.named, problem=one.problem)
        parts = []
        for quantity, limit in self.budgets:
            amount = one.amounts[quantity.name]
            everywhere = [tried.amounts[quantity.name] for tried in (one, *self.beside) if tried.amounts]
            written = quantity.printer(everywhere, limit)
            unit = "" if len(self.budgets) == 1 or quantity.name == "memory" else f" {message(quantity.title)}"
            parts.append(f"{written(amount)} {self._sign(amount, limit)} {written(limit)}{unit}")
        return f"{one.named}: {', '.join(parts)}"

    def _sign(self, amount: int, limit: int) -> str:
        if self.mode == AT_LEAST:
            return "≥" if amount >= limit else "<"
        if self.mode == NEAR:
            return "=" if amount == limit else "<" if amount < limit else ">"
        return "≤" if amount <= limit else ">"

    @property
    def search(self) -> str:
        """Which candidates were searched, and how: ``h from 1 to 1,073,741,824, by halving``."""
        ranges = [
            message("{name} from {least} to {most}", name=name, least=f"{one[0]:,}", most=f"{one[-1]:,}")
            + (message(" in steps of {step}", step=f"{one.step:,}") if one.step > 1 and one[0] < one[-1] else "")
            for name, one in self.ranges.items()
        ]
        return message(self.found_by.said, ranges=", ".join(ranges))

    def to_dict(self) -> JsonObject:
        """Give it in the JSON form ``paramcalc-solve/1``."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "mode": self.mode,
            "budgets": {quantity.name: limit for quantity, limit in self.budgets},
            "setting": self.setting.to_dict(),
            "sizes": {**self.sizes} if self.answer is not None else None,
            "amounts": {**self.answer.amounts} if self.answer is not None else None,
            "beside": [_candidate_data(one) for one in self.beside],
            "ranges": {name: {"least": one[0], "most": one[-1], "step": one.step} for name, one in self.ranges.items()},
            "method": self.method,
            "formulas": {name: one if isinstance(one, int) else repr(one) for name, one in self.formulas.items()},
            "closed_form": self.closed_form or None,
            "limits": [*self.limits],
        }


def end(name: str, last: int) -> str:
    """State the largest value of a size that a search tries."""
    return message("{size} is the largest value of {name} that is tried", name=name, size=f"{last:,}")


def _candidate_data(one: Candidate) -> JsonObject:
    found: JsonObject = {"sizes": {**one.sizes}, "amounts": {**one.amounts} if not one.problem else None}
    return {**found, "problem": one.problem} if one.problem else found
