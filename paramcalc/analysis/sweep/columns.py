"""The columns of a sweep: what a model has at one combination of sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...errors import OptionError, nearest
from ...graph.model import Model
from ...report import Report
from ...report.row import remarks
from ...symbolic import Size
from ..cost import Cost, cost


class Asked(NamedTuple):
    """What the costs of a sweep are for.

    Attributes
    ----------
    batch, steps : int, optional
    dtype : str
    optimizer : str, optional
    """

    batch: int | None = None
    steps: int | None = None
    dtype: str = "float32"
    optimizer: str | None = None

    def __str__(self) -> str:
        found = [f"batch {self.batch}" if self.batch is not None else "batch 1 where it is open"]
        found += [f"{self.steps} time steps"] if self.steps is not None else []
        return ", ".join([*found, self.dtype, *([self.optimizer] if self.optimizer else [])])


class Column(NamedTuple):
    """One column.

    Attributes
    ----------
    name : str
    text : str
        What it is, in a clause.
    of_report, of_cost : callable, optional
        Gives it; one of the two. ``None`` where it is unknown.
    settings : tuple of str
        The fields of `Asked` on which it may depend.
    """

    name: str
    text: str
    of_report: Callable[[Report], Size | None] | None = None
    of_cost: Callable[[Cost], Size | None] | None = None
    settings: tuple[str, ...] = ()


SIZES = ("batch", "steps")
COLUMNS = (
    Column("params", "parameters", lambda report: report.total if report.exact else None),
    Column("trainable", "parameters that train", lambda report: _split(report, report.trainable)),
    Column("non_trainable", "parameters that do not train", lambda report: _split(report, report.non_trainable)),
    Column(
        "macs",
        "multiply-adds of the forward pass",
        None,
        lambda cost: cost.passes.forward if cost.exact else None,
        SIZES,
    ),
    Column("backward_macs", "multiply-adds of the backward pass", None, lambda cost: cost.passes.backward, SIZES),
    Column("step_macs", "multiply-adds of a training step", None, lambda cost: cost.step, SIZES),
    Column("memory", "bytes to train", None, lambda cost: cost.memory.training, Asked._fields),
    Column("inference", "bytes to infer", None, lambda cost: cost.memory.inference, ("batch", "dtype")),
    Column("weights", "bytes of the weights", None, lambda cost: cost.memory.weights, ("dtype",)),
    Column(
        "activations",
        "bytes kept for the backward pass",
        None,
        lambda cost: cost.memory.activations,
        (*SIZES, "dtype"),
    ),
    Column("state", "bytes of the states", None, lambda cost: cost.memory.state, ("batch", "dtype")),
)
NAMES = tuple(one.name for one in COLUMNS)
USUAL = ("params",)


class UnknownColumn(OptionError):
    """A column that a model does not have, whatever the values."""


def _split(report: Report, size: Size) -> Size | None:
    return size if report.exact and not report.guessed else None


def columns_named(names: Sequence[str]) -> tuple[Column, ...]:
    """Find columns by name.

    Raises
    ------
    OptionError
        For a name that is none, and one given twice.
    """
    for name in names:
        if name not in NAMES:
            raise OptionError(
                "no such column", expected=", ".join(NAMES), received=name, suggestion=nearest(name, NAMES)
            )
    if len({*names}) < len(names) or not names:
        raise OptionError("the columns", expected="each once, and at least one", received=", ".join(names))
    return tuple(next(one for one in COLUMNS if one.name == name) for name in names)


def _reason(model: Model) -> str | None:
    reasons = remarks(model.report().rows)
    return reasons[0] if reasons else None


def figures(model: Model, columns: Sequence[Column], asked: Asked) -> list[Size]:
    """Give the columns of a model, as numbers or expressions.

    Raises
    ------
    UnknownColumn
        For a figure that is unknown, or only known as a lower bound.
    """
    report = model.report() if any(one.of_report for one in columns) else None
    costs = None
    if any(one.of_cost for one in columns):
        costs = cost(model, **{name: value for name, value in asked._asdict().items() if value is not None})
    found = []
    for one in columns:
        size = one.of_report(report) if one.of_report and report is not None else None
        if one.of_cost and costs is not None:
            size = one.of_cost(costs)
        if size is None:
            what = f"{one.name} of {model.label!r} is unknown, or known as a lower bound only"
            raise UnknownColumn(what, expected="layers that are known", suggestion=_reason(model))
        found.append(size)
    return found
