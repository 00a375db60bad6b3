"""Explanations of a number, ready for every view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .document import Cell, Document, Table
from .presentation import Presentation, Record

if TYPE_CHECKING:
    from ..analysis import Explanation
    from ..graph.model import Model

SCHEMA = "paramcalc-why/1"
NOTHING = "no change, and no two changes, of those tried here lead there"
ALL_PAIRS = "no single change leads there; each of these fits by two changes together, and may be an accident"
SOME_PAIRS = "{} by two changes together, and may be an accident"


def presentation(model: Model, got: int, found: Sequence[Explanation]) -> Presentation:
    """Give the explanations of the number somebody got for a model in the forms that views are made from."""
    return Presentation(
        partial(_document, model, got, found), partial(_records, found), partial(_data, model, got, found)
    )


def _document(model: Model, got: int, found: Sequence[Explanation]) -> Document:
    # of explanations that take two changes it is said that any number might be reached so
    total = model.total
    if got == total:
        return Document(f"{model.label}: {got:,} is the count, there is nothing to explain", "", [], [])
    title = f"{model.label}: {got:,}, not {total:,} ({_signed(got - total)})"
    if not found:
        return Document(title, "", [("note", NOTHING)], [])
    rows: list[tuple[Cell, ...]] = []
    for rank, one in enumerate(found, 1):
        for place, cause in enumerate(one.causes):
            rows.append(("" if place else f"{rank}", f"{'and ' * (place > 0)}{cause.text}", _signed(cause.delta)))
    table = Table(("", "because of", "difference"), rows, (2,))
    return Document(title, "", [("note", remark) for remark in _remarks(found)], [table], lead=1)


def _remarks(found: Sequence[Explanation]) -> list[str]:
    pairs = [rank for rank, one in enumerate(found, 1) if one.several]
    if len(pairs) == len(found):
        return [ALL_PAIRS if len(pairs) > 1 else "no single change leads there; " + SOME_PAIRS.format("this fits")]
    if not pairs:
        return []
    which = f"{', '.join(map(str, pairs[:-1]))} and {pairs[-1]} fit" if len(pairs) > 1 else f"{pairs[0]} fits"
    return [SOME_PAIRS.format(which)]


def _signed(number: Any) -> str:
    return f"{'−' if number < 0 else '+'}{abs(number):,}"


def _records(found: Sequence[Explanation]) -> list[Record]:
    # one for each change of each explanation
    return [
        {"rank": rank, "changes": len(one.causes), "key": cause.key, "text": cause.text, "difference": cause.delta}
        for rank, one in enumerate(found, 1)
        for cause in one.causes
    ]


def _data(model: Model, got: int, found: Sequence[Explanation]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "name": model.label,
        "total": model.total,
        "got": got,
        "explanations": [
            {
                "causes": [{"key": cause.key, "text": cause.text, "difference": cause.delta} for cause in one.causes],
                "may_be_accident": one.several,
            }
            for one in found
        ],
    }
