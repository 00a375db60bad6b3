"""The table of optimizers for people: what each keeps, in N, and what each option adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....core.totals import summed
from ....symbolic import unicode
from .options import OptionValue
from .read import EACH, MADE, ONCE, Line, Row, rows


class OverviewRow(NamedTuple):
    """What an optimizer keeps, or what an option adds to it.

    Attributes
    ----------
    name, framework : str
    slots : str
        For a trainable weight of N elements, in its dtype: ``2N``.
    option : str
        The option that adds it; empty for the optimizer with its defaults.
    others : str
        What has another dtype or is there once: ``step (1 float32 a weight)``.
    """

    name: str
    framework: str
    slots: str
    option: str = ""
    others: str = ""


def table() -> list[OverviewRow]:
    """List the optimizers by framework and name, each followed by the options that change its tensors.

    Options that are on by default are part of the first row of an optimizer and have no row of their own.
    """
    return [one for framework in rows().values() for name in sorted(framework) for one in _told(framework[name])]


def _told(row: Row) -> Iterator[OverviewRow]:
    usual = [line for line in row.lines if not line.option or row.options[line.option].kind.holds(_default(row, line))]
    yield OverviewRow(row.name, row.framework, _slots(usual), "", _others(usual))
    for option in dict.fromkeys(line.option for line in row.lines if line not in usual):
        lines = [line for line in row.lines if line.option == option]
        yield OverviewRow(row.name, row.framework, _slots(lines), option, _others(lines))


def _default(row: Row, line: Line) -> OptionValue:
    return row.options[line.option].default


def _slots(lines: list[Line]) -> str:
    parts = []
    for of in dict.fromkeys(line.of for line in lines if line.of not in (MADE, ONCE) and not line.refused):
        sizes = [tensor.elements for line in lines if line.of == of for tensor in line.tensors if not tensor.dtype]
        if sizes:
            parts.append(unicode(summed(sizes)) + ("" if of == EACH else f" ({of})"))
    return " + ".join(parts) or "0"


def _others(lines: list[Line]) -> str:
    told = []
    for line in lines:
        for tensor in line.tensors:
            if tensor.dtype or line.of in (MADE, ONCE):
                of = "" if line.of in (MADE, ONCE) else " a weight" if line.of == EACH else f" a weight, {line.of}"
                told.append(f"{tensor.name} ({' '.join(filter(None, (unicode(tensor.elements), tensor.dtype)))}{of})")
        if line.refused:
            told.append(f"{line.of} refused")
    return ", ".join(told)
