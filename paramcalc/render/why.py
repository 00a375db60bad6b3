"""The explanations of `paramcalc.analysis.why` in the forms that views take."""

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
NOTHING = "no single change and no pair of changes that was tried gives this number"
NO_SINGLE = "no single change gives this number; "
ALL_PAIRS = "each explanation combines two changes and may be a coincidence"
SOME_PAIRS = "{} two changes and may be a coincidence"


def presentation(model: Model, got: int, found: Sequence[Explanation]) -> Presentation:
    """Give the explanations of a number for a model in the forms that views take."""
    return Presentation(
        partial(_document, model, got, found), partial(_records, found), partial(_data, model, got, found)
    )


def _document(model: Model, got: int, found: Sequence[Explanation]) -> Document:
    # pairs of changes get a note, since a pair can be found for many numbers
    total = model.total
    if got == total:
        return Document(f"{model.label}: {got:,} is the count; there is nothing to explain", "", [], [])
    title = f"{model.label}: {got:,}, not {total:,} ({_signed(got - total)})"
    if not found:
        return Document(title, "", [("note", NOTHING)], [])
    rows: list[tuple[Cell, ...]] = []
    for rank, one in enumerate(found, 1):
        for place, cause in enumerate(one.causes):
            rows.append(("" if place else f"{rank}", f"{'and ' * (place > 0)}{cause.text}", _signed(cause.delta)))
    table = Table(("", "cause", "difference"), rows, (2,))
    return Document(title, "", [("note", remark) for remark in _remarks(found)], [table], lead=1)


def _remarks(found: Sequence[Explanation]) -> list[str]:
    pairs = [rank for rank, one in enumerate(found, 1) if one.several]
    if len(pairs) == len(found):
        return [NO_SINGLE + (ALL_PAIRS if len(pairs) > 1 else SOME_PAIRS.format("the explanation combines"))]
    if not pairs:
        return []
    several = f"explanations {', '.join(map(str, pairs[:-1]))} and {pairs[-1]} combine" if len(pairs) > 1 else ""
    return [SOME_PAIRS.format(several or f"explanation {pairs[0]} combines")]


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
