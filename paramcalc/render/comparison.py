"""Compared models, and models held against limits, in the forms that views take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..catalogue import message
from ..characters import visible
from ..core.json_data import Json, JsonObject
from ..core.storage import bytes_text
from ..report import plain
from ..rules.conventions.compare import signed
from ..symbolic import grouped
from .document import Cell, Document, Fact, Table, number
from .presentation import Presentation, Records, listed

if TYPE_CHECKING:
    from ..analysis.comparison.check import Check
    from ..analysis.comparison.compare import Comparison, Entry, Line, Side

UNKNOWN = "unknown"
OUTCOMES = {"holds": "holds", "broken": "exceeded", "unknown": "unknown"}


def presentation(found: Comparison) -> Presentation:
    """Give compared models in the forms that views are made from."""
    return Presentation(partial(_document, found), partial(_records, found), found.to_dict)


def names(found: Comparison) -> list[str]:
    """Name the models; of several with one name, each has its number."""
    plain_names = [side.name for side in found.sides]
    return [f"{name} ({at})" if plain_names.count(name) > 1 else name for at, name in enumerate(plain_names, 1)]


def _document(found: Comparison, explain: bool = False) -> Document:
    # totals, the layers that differ (with explain all that have parameters), and why they differ
    called, others = names(found), range(1, len(found.sides))
    facts = [Fact(name, _total(found, at), strong=True) for at, name in enumerate(called)]
    if found.with_cost:
        facts += [fact for name, side in zip(called, found.sides, strict=True) for fact in _costs(name, side)]
    shown = [line for line in found.lines if line.counts and (explain or _differs(line, found.with_cost))]
    alike = sum(line.counts for line in found.lines) - len(shown)
    if alike:
        more = "{count} layers with parameters are alike" if alike > 1 else "{count} layer with parameters is alike"
        facts.append(Fact(message("note"), message(more, count=alike)))
    tables = [_layers(found, shown, called)] if shown else []
    whys = list(_whys(found, shown, called))
    headers = tuple(map(message, ("layer", "model", "difference", "why")))
    if whys:
        tables.append(Table(headers, whys, (2,)))
    title = message(" and ").join(called) if len(called) == 2 else ", ".join(called)
    equal = all(found.difference(at) == 0 for at in others) and not shown
    return Document(title, message("no layer differs") if equal else "", facts, tables)


def _total(found: Comparison, at: int) -> str:
    side = found.sides[at]
    least = "" if side.exact else message("at least ")
    count = message("{least}{count} parameters", least=least, count=grouped(side.params))
    if at == 0:
        return count
    more = found.difference(at)
    said = message("difference unknown") if more is None else message("no difference") if more == 0 else signed(more)
    return f"{count} ({said})"


def _costs(name: str, side: Side) -> Iterator[Fact]:
    assert side.cost is not None
    memory = side.cost.memory
    figures = (
        ("MACs forward", side.cost.passes.forward, False),
        ("MACs of a training step", side.cost.step, False),
        ("memory to train", memory.training, True),
        ("memory to infer", memory.inference, True),
    )
    for title, size, in_bytes in figures:
        written = (
            message(UNKNOWN)
            if size is None
            else bytes_text(size)
            if in_bytes and isinstance(size, int)
            else grouped(size)
        )
        if title == "MACs forward" and not side.cost.exact:
            written = message("at least {number}", number=written)
        yield Fact(message("{model}: {figure}", model=name, figure=message(title)), written)


def _differs(line: Line, macs: bool) -> bool:
    first, *others = line.entries
    return any(
        entry is None or first is None or not entry.known or not first.known or entry.params != first.params
        or (macs and entry.macs != first.macs)
        for entry in others
    )  # fmt: skip


def _layers(found: Comparison, shown: Sequence[Line], called: Sequence[str]) -> Table:
    headers = [message("layer")]
    for at, name in enumerate(called):
        headers.append(name)
        if found.with_cost:
            headers.append(message("MACs"))
        if at:
            headers.append(message("difference"))
    rows: list[tuple[Cell, ...]] = []
    for line in shown:
        row: list[Cell] = [_named(line)]
        for at, entry in enumerate(line.entries):
            row.append(_count(entry))
            if found.with_cost:
                row.append("" if entry is None else message(UNKNOWN) if entry.macs is None else number(entry.macs))
            if at:
                more = line.difference(at)
                absent = entry is None and line.entries[0] is None
                row.append("" if absent else message(UNKNOWN) if more is None else signed(more))
        rows.append(tuple(row))
    return Table(tuple(headers), rows, tuple(range(1, len(headers))))


def _named(line: Line) -> str:
    # the types of all models, where they differ
    types = dict.fromkeys(entry.type for entry in line.entries if entry is not None and entry.type)
    paths = dict.fromkeys(entry.path for entry in line.entries if entry is not None)
    return " → ".join(paths) + (f" ({' → '.join(types)})" if types else "")


def _count(entry: Entry | None) -> Cell:
    if entry is None:
        return message("none")
    return number(entry.params) if entry.known else message(UNKNOWN)


def _whys(found: Comparison, shown: Sequence[Line], called: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    for line in shown:
        first = line.name
        for at, several in enumerate(line.reasons, 1):
            for one in several:
                yield first, called[at], signed(one.difference), one.text
                first = ""


def _records(found: Comparison) -> Records:
    # one for each layer
    names = ["layer"]
    for at in range(1, len(found.sides) + 1):
        of_model = ("type", "params", *["macs"] * found.with_cost, *["difference", "why"] * (at > 1))
        names += [f"{name}_{at}" for name in of_model]
    return Records(names, (dict(zip(names, _values(line, found.with_cost), strict=True)) for line in found.lines))


def _values(line: Line, with_cost: bool) -> Iterator[int | str | None]:
    yield line.name
    for at, entry in enumerate(line.entries):
        yield None if entry is None else entry.type
        yield plain(entry.params) if entry is not None and entry.known else None
        if with_cost:
            yield None if entry is None or entry.macs is None else plain(entry.macs)
        if at:
            more = line.difference(at)
            yield None if more is None else plain(more)
            yield "; ".join(f"{one.text}: {signed(one.difference)}" for one in line.reasons[at - 1])


def check_presentation(found: Check) -> Presentation:
    """Give a model held against limits in the forms that views are made from."""
    return checks_presentation({found.name: found})


def checks_presentation(found: Mapping[str, Check]) -> Presentation:
    """Give models held against limits, each with its place, in the forms that views are made from."""
    return Presentation(partial(_checks, found), partial(_limits, found), partial(_checks_data, found))


def _checks_data(found: Mapping[str, Check]) -> JsonObject:
    several: list[Json] = [{"file": place, **one.to_dict()} for place, one in found.items()]
    (first, *others) = found.values()
    return {"schema": first.to_dict()["schema"], "checks": several} if others else first.to_dict()


def _checks(found: Mapping[str, Check]) -> Document:
    # a line for each limit; those that do not hold come first
    held = [(place, one) for place, check in found.items() for one in check.outcomes]
    count = len(held)
    exceeded, unknown = (sum(one.outcome == outcome for _, one in held) for outcome in ("broken", "unknown"))
    if not exceeded + unknown:
        said = message("the limit holds") if count == 1 else message("all {count} limits hold", count=count)
    elif count == 1:
        said = message("the limit is exceeded") if exceeded else message("it is unknown whether the limit holds")
    else:
        said = message("{exceeded} of {count} limits exceeded", exceeded=exceeded, count=count)
        said += message(", {unknown} unknown", unknown=unknown) if unknown else ""
    several = len(found) > 1
    facts = [
        Fact(
            message(OUTCOMES[one.outcome]),
            f"{place}: {one.text}" if several else one.text,
            strong=one.outcome != "holds",
        )
        for place, one in sorted(held, key=lambda pair: pair[1].outcome == "holds")
    ]
    title = message("{count} models", count=len(found)) if several else next(iter(found))
    return Document(title, said, facts, [])


def _limits(found: Mapping[str, Check]) -> Records:
    return listed([{"model": place, **one.to_dict()} for place, check in found.items() for one in check.outcomes])


def workflow_commands(found: Check, file: str) -> Iterator[str]:
    """Write the limits that do not hold as workflow commands of GitHub, which shows them beside the file.

    Parameters
    ----------
    found : Check
    file : str
        Where the model stands.
    """
    for one in found.violations:
        title = message(OUTCOMES[one.outcome])
        yield f"::error file={_property(file)},title={_property(title)}::{_data(f'{found.name}: {one.text}')}\n"


def _data(text: str) -> str:
    # a line end would begin another command, and other controls would steer the terminal that shows the log
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
