"""The explanations of `paramcalc.analysis.why` in the forms that views take."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..catalogue import message
from ..untyped import Written
from .document import Cell, Document, Fact, Table
from .presentation import Presentation, Records

if TYPE_CHECKING:
    from ..analysis import Explanation
    from ..analysis.why import Explanations
    from ..graph.model import Model

SCHEMA = "paramcalc-why/1"
NOTHING = "no single change and no pair of changes that was tried gives this number"
ALL_PAIRS = "no single change gives this number; each explanation combines two changes and may be a coincidence"
THE_PAIR = "no single change gives this number; the explanation combines two changes and may be a coincidence"
SOME_PAIRS = "explanations {most} and {last} combine two changes and may be a coincidence"
ONE_PAIR = "explanation {last} combines two changes and may be a coincidence"


def presentation_of(found: Explanations) -> Presentation:
    """Give explanations that know their model and number."""
    return presentation(found.model, found.got, found)


def presentation(model: Model, got: int, found: Sequence[Explanation]) -> Presentation:
    """Give the explanations of a number for a model in the forms that views take."""
    return Presentation(
        partial(_document, model, got, found), partial(_records, found), partial(_data, model, got, found)
    )


def _document(model: Model, got: int, found: Sequence[Explanation]) -> Document:
    # pairs of changes get a note, since a pair can be found for many numbers
    total, label = model.total, model.label
    if got == total:
        equal = "{model}: {got} is the count; there is nothing to explain"
        return Document(message(equal, model=label, got=f"{got:,}"), "", [], [])
    different = "{model}: {got}, not {count} ({difference})"
    title = message(different, model=label, got=f"{got:,}", count=f"{total:,}", difference=_signed(got - total))
    if not found:
        return Document(title, "", [_note(message(NOTHING))], [])
    rows: list[tuple[Cell, ...]] = []
    for rank, one in enumerate(found, 1):
        for place, cause in enumerate(one.causes):
            first, *others = cause.texts or (cause.text,)
            text = message("and {cause}", cause=message(first)) if place else message(first)
            rows.append(("" if place else f"{rank}", text, _signed(cause.delta)))
            rows += [("", message("or {cause}", cause=message(other)), "") for other in others]
    table = Table(("", message("cause"), message("difference")), rows, (2,))
    return Document(title, "", [_note(remark) for remark in _remarks(found)], [table], lead=1)


def _note(text: str) -> Fact:
    return Fact(message("note"), text)


def _remarks(found: Sequence[Explanation]) -> list[str]:
    pairs = [str(rank) for rank, one in enumerate(found, 1) if one.several]
    if len(pairs) == len(found):
        return [message(ALL_PAIRS if len(pairs) > 1 else THE_PAIR)]
    if not pairs:
        return []
    *most, last = pairs
    return [message(SOME_PAIRS if most else ONE_PAIR, most=", ".join(most), last=last)]


def _signed(number: Written) -> str:
    return f"{'−' if number < 0 else '+'}{abs(number):,}"


def _records(found: Sequence[Explanation]) -> Records:
    # one for each change of each explanation
    names = ("rank", "changes", "key", "text", "difference")
    lines = [
        (rank, len(one.causes), cause.key, cause.text, cause.delta)
        for rank, one in enumerate(found, 1)
        for cause in one.causes
    ]
    return Records(names, [dict(zip(names, line, strict=True)) for line in lines])


def _data(model: Model, got: int, found: Sequence[Explanation]) -> dict[str, Written]:
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
