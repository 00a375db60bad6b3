"""A model held against limits: of parameters, multiply-adds and memory, and of how much it may grow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from ...catalogue import message
from ...core.json_data import JsonObject
from ...displayed import Displayed
from ...errors import OptionError
from ...graph.model import Model
from ...symbolic import Size
from ..cost.known import UnknownMemory
from ..cost.sizes import checked
from ..family import Given, model_of
from ..sizing.budgets import BY_NAME, Budget, Quantity, Setting, budgets, number

SCHEMA = "paramcalc-check/1"
GROWTH = "growth"
PERCENT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?\s*%")
HOLDS, BROKEN, UNKNOWN = OUTCOMES = ("holds", "broken", "unknown")


@dataclass(frozen=True)
class Outcome:
    """One limit and the amount that is held against it.

    Attributes
    ----------
    name : str
        ``params``, ``macs``, ``memory`` or ``growth``.
    outcome : {"holds", "broken", "unknown"}
        Unknown if the amount is a lower bound that is not above the limit.
    amount : int or None
        Of the growth, the parameters. ``None`` if nothing is known.
    limit : int
        Of the growth, the largest number of parameters that is allowed.
    exact : bool
        Whether the amount is exact, or a lower bound.
    text : str
        One line: ``5,242,880 parameters > 5,000,000``.
    """

    name: str
    outcome: str
    amount: int | None
    limit: int
    exact: bool
    text: str

    def to_dict(self) -> JsonObject:
        """Give it as plain data."""
        return {
            "limit": self.name,
            "outcome": self.outcome,
            "amount": self.amount,
            "exact": self.exact,
            "at_most": self.limit,
            "text": self.text,
        }


@dataclass(frozen=True, repr=False)
class Check(Displayed):
    """The limits of a model, each with its outcome.

    Attributes
    ----------
    name : str
        Name of the model.
    outcomes : tuple of Outcome
    setting : Setting
        What multiply-adds and memory are counted for.
    """

    presented_by: ClassVar[str] = "paramcalc.render.comparison:check_presentation"

    name: str
    outcomes: tuple[Outcome, ...]
    setting: Setting

    def __repr__(self) -> str:
        return f"<check of {self.name!r}: {'ok' if self.ok else 'not ok'}>"

    @property
    def ok(self) -> bool:
        """Whether all limits hold; a limit of which that is not known does not."""
        return all(one.outcome == HOLDS for one in self.outcomes)

    @property
    def violations(self) -> tuple[Outcome, ...]:
        """The limits that do not hold, or of which that is not known."""
        return tuple(one for one in self.outcomes if one.outcome != HOLDS)

    def to_dict(self) -> JsonObject:
        """Give it in the JSON form ``paramcalc-check/1``."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "ok": self.ok,
            "setting": self.setting.to_dict(),
            "limits": [one.to_dict() for one in self.outcomes],
        }


def check(
    model: Given,
    *,
    max_params: str | int | None = None,
    max_macs: str | int | None = None,
    max_memory: str | int | None = None,
    max_growth: str | None = None,
    against: Given = None,
    batch: Size | None = None,
    steps: Size | None = None,
    dtype: str = "float32",
    optimizer: str | None = None,
    training: bool = True,
) -> Check:
    """Hold a model against limits.

    Parameters
    ----------
    model : Model, path, Keras model or PyTorch module
    max_params, max_macs, max_memory : str or int, optional
        Such as ``"5M"``, ``"2.5G"``, ``"16GiB"``. The memory is that of a training step.
    max_growth : str, optional
        How many more parameters it may have than another model: ``"5%"``.
    against : Model, path, Keras model or PyTorch module, optional
        The other model.
    batch, steps, dtype, optimizer, training
        As of `paramcalc.solve`.

    Raises
    ------
    OptionError
        Without a limit, for what is none, and for amounts that depend on open sizes.
    """
    if (max_growth is None) != (against is None):
        given, missing = ("max_growth", "against") if against is None else ("against", "max_growth")
        raise OptionError(f"{given} without {missing}", expected="both of them")
    limits = {"params": max_params, "macs": max_macs, "memory": max_memory}
    limited = max_growth is None or any(one is not None for one in limits.values())
    asked = budgets(limits, "max_") if limited else ()
    setting = Setting(checked("batch", batch), checked("steps", steps), dtype, optimizer, training)
    read = model_of(model)
    held = [_outcome_of(read, one, setting) for one in asked]
    if max_growth is not None:
        held.append(_growth(read, model_of(against), max_growth))
    return Check(read.label, tuple(held), setting)


def _outcome_of(model: Model, budget: Budget, setting: Setting) -> Outcome:
    quantity, limit = budget
    try:
        amount, exact = number(quantity.of(model, setting), quantity), quantity.exact(model)
    except UnknownMemory as error:
        return Outcome(
            quantity.name, UNKNOWN, None, limit, False, message("cannot tell: {problem}", problem=str(error))
        )
    outcome = _state(amount, limit, exact)
    written = quantity.printer([amount], limit)
    text = _sentence(written(amount), written(limit), quantity, outcome, exact)
    return Outcome(quantity.name, outcome, amount, limit, exact, text)


def _state(amount: int, limit: int, exact: bool) -> str:
    return BROKEN if amount > limit else HOLDS if exact else UNKNOWN


def _sentence(amount: str, limit: str, quantity: Quantity, outcome: str, exact: bool) -> str:
    title = message(quantity.title)
    if outcome == UNKNOWN:
        text = "cannot tell whether the {title} are at most {limit}: at least {amount}, and layers that are not known"
        if quantity.name == "memory":
            text = "cannot tell whether the memory is at most {limit}: at least {amount}, and layers that are not known"
        return message(text, title=title, limit=limit, amount=amount)
    least = "" if exact else message("at least ")
    sign = ">" if outcome == BROKEN else "≤"
    return message(
        "{title}: {least}{amount} {sign} {limit}", title=title, least=least, amount=amount, sign=sign, limit=limit
    )


def _growth(model: Model, other: Model, text: str) -> Outcome:
    share, written = _percent(text)
    params = BY_NAME["params"]
    after, before = (number(one.total, params) for one in (model, other))
    exact, other_exact = model.report().exact, other.report().exact
    limit = before + int(before * share)  # a part of a parameter is none
    # the true counts are not below these: of the other model the true limit may be higher, of the model the growth
    over = after > limit
    outcome = BROKEN if over and other_exact else HOLDS if exact and not over else UNKNOWN
    words = {
        "after": f"{after:,}",
        "before": f"{before:,}",
        "growth": _percent_text(after, before),
        "limit": written,
        "sign": ">" if over else "≤",
    }
    if outcome == UNKNOWN:
        said = message("cannot tell whether the parameters grow by at most {limit}: some layers are not known", **words)
    else:
        words["least"] = "" if exact else message("at least ")
        said = message("growth: {before} → {least}{after} parameters, {least}{growth} {sign} {limit}", **words)
    return Outcome(GROWTH, outcome, after, limit, exact and other_exact, said)


def _percent(text: object) -> tuple[Fraction, str]:
    match = PERCENT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise OptionError("max_growth", expected="a percentage such as 5% or 0.5%", received=text)
    whole, part = match[1], match[2] or ""
    return Fraction(int(whole + part), 100 * int(10 ** len(part))), f"{whole}.{part}%" if part else f"{whole}%"


def _percent_text(after: int, before: int) -> str:
    # to two places, away from zero where it would seem to be nothing
    if before == 0:
        return "+∞" if after else "0%"
    share = Fraction(10_000 * (after - before), before)
    rounded = -(-share.numerator // share.denominator) if share > 0 else share.numerator // share.denominator
    sign = "−" if rounded < 0 else "+"
    return f"{sign}{abs(rounded) // 100:,}.{abs(rounded) % 100:02}%"
