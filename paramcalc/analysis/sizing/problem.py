"""What a search is about: a model as a function of sizes, the budgets, and which amounts are better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...errors import OptionError
from ...graph.model import Model
from ...report.row import remarks
from ...symbolic import Size
from ..cost.optimizers import read_optimizer
from .budgets import Budget, Setting
from .result import AT_MOST, NEAR
from .unknowns import Unknowns


def lower_bound(amount: str, model: Model) -> str:
    """Say that an amount is a lower bound, and which layer of a model is the reason."""
    reasons = remarks(model.report().rows)
    reason = reasons[0] if reasons else "there are layers without a rule"
    return f"the {amount} of the model can only be given as a lower bound: {reason}"


class UnknownAmount(OptionError):
    """An amount that no candidate has."""


@dataclass(frozen=True)
class Problem:
    """What is searched: a model at values of its sizes, and the budgets."""

    unknowns: Unknowns
    budgets: tuple[Budget, ...]
    mode: str
    setting: Setting

    def keeps(self, amounts: Sequence[int]) -> bool:
        """Tell whether amounts keep the budgets; near to one is every amount."""
        pairs = zip(amounts, self.budgets, strict=True)
        if self.mode == AT_MOST:
            return all(amount <= limit for amount, (_, limit) in pairs)
        return self.mode == NEAR or all(amount >= limit for amount, (_, limit) in pairs)

    def misses(self, amounts: Sequence[int]) -> Fraction:
        """Measure by how much amounts miss the budgets: the largest ratio."""
        ratios = (Fraction(amount, limit) for amount, (_, limit) in zip(amounts, self.budgets, strict=True))
        return max(ratios) if self.mode == AT_MOST else -min(ratios)

    def rank(self, amounts: Sequence[int]) -> int:
        """Order amounts that keep the budgets: the lower, the better."""
        if self.mode == NEAR:
            return abs(amounts[0] - self.budgets[0].limit)
        return -amounts[0] if self.mode == AT_MOST else amounts[0]

    def check(self, model: Model) -> None:
        """Check that the setting is one for a model.

        Raises
        ------
        UnknownAmount
            For an optimizer that its framework does not have.
        """
        if self.setting.optimizer is not None:
            try:
                read_optimizer(self.setting.optimizer, model.framework)
            except OptionError as error:
                raise UnknownAmount(str(error)) from error

    def amounts(self, model: Model, sizes: Mapping[str, int]) -> tuple[Size, ...]:
        """Compute the amounts of a model.

        Parameters
        ----------
        model : Model
        sizes : mapping of str to int
            At which it was built; a batch and a number of time steps may depend on them.

        Raises
        ------
        OptionError
            When one of them is a lower bound.
        """
        for quantity, _ in self.budgets:
            if not quantity.exact(model):
                raise UnknownAmount(lower_bound(quantity.title, model))
        setting = self.setting.at({**self.unknowns.values, **sizes})
        return tuple(quantity.of(model, setting) for quantity, _ in self.budgets)
