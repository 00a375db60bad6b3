"""A report as a document: a single layer as a card, a model as a table with totals."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..catalogue import message
from ..core.json_data import Json, JsonObject
from ..core.shapes import UnknownShape, shape_text
from ..core.storage import BITS, DTYPE, bytes_of, bytes_text, check_dtype
from ..core.time_axis import BATCH_FIRST, TIME_FIRST, UNBATCHED
from ..symbolic import Expr, grouped, unicode
from .document import Block, Cell, Document, Fact, Math, Rows, Table, number
from .explain import summary
from .explanations import blocks, data
from .presentation import Presentation, listed
from .records import record, records
from .runs import run_name, runs

if TYPE_CHECKING:
    from ..report import Report, Row


def presentation(report: Report) -> Presentation:
    """Give a report in the forms that views are made from."""
    return Presentation(partial(document, report), partial(records, report), partial(_data, report), spec=report.spec)


def row_presentation(row: Row) -> Presentation:
    """Give one row of a report in the forms that views are made from."""
    return Presentation(partial(_row_document, row), lambda: listed([record(row.name, row)]), row.to_dict)


def _data(report: Report, explain: bool = False) -> dict[str, Json | Iterator[JsonObject]]:
    return {**report.stream(), "explanation": data(report)} if explain else report.stream()


def _row_document(row: Row) -> Document:
    facts = [Fact(message("parameters"), _params(row), strong=True)]
    if row.formula is not None:
        facts.append(Fact(message("formula"), Math(row.formula.expr)))
    facts += [
        Fact(message("input"), "  ".join(map(shape_text, row.inputs))),
        Fact(message("output"), "  ".join(map(shape_text, row.outputs))),
    ]
    return Document(f"{row.name} ({row.type})", "", facts, [_weights([row])] if row.weights else [])


def document(
    report: Report, weights: bool = False, explain: bool = False, depth: int | None = None, dtype: str = DTYPE
) -> Document:
    """Lay out a report: a single layer as a card, several as a table with totals.

    Parameters
    ----------
    report : Report
    weights : bool
        List every weight of every layer.
    explain : bool
        Say where each term comes from.
    depth : int, optional
        How many levels of insides to show; all when left out.
    dtype : str
        Of the parameters, for their size in memory: one of `paramcalc.core.storage.BITS`.
    """
    single = len(report.rows) == 1
    if single and (not report.rows[0].rows or report.rows[0].formula):
        return _card(report, explain, dtype)
    made = _overview(report, weights, depth, dtype)
    return made._replace(tables=[*made.tables, *blocks(report)]) if explain else made


def _card(report: Report, explain: bool, dtype: str) -> Document:
    row = report.rows[0]
    formula = row.formula
    facts = [Fact(message("parameters"), _params(row), strong=True)]
    if row.source:  # a program may have several models
        facts.insert(0, Fact(message("model"), f"{report.name} ({row.source})"))
    if formula is not None:
        facts.append(Fact(message("formula"), Math(formula.expr)))
        if formula.values:
            facts.append(Fact(message("substituted"), Math(formula.expr, formula.values)))
    facts += _size(report, dtype) + _split(report)
    if row.inputs:
        facts.append(Fact(message("input"), "  ".join(map(shape_text, row.inputs))))
        facts += _layout(row)
    if row.outputs:
        facts.append(Fact(message("output"), "  ".join(map(shape_text, row.outputs))))
    facts += _cost(report) + _gates(row) + _warnings(report)
    tables: list[Block] = blocks(report, introduced=True) if explain else [_weights([row])] if row.weights else []
    return Document(row.type, message(summary(row)), facts, tables)


def _gates(row: Row) -> list[Fact]:
    # where each gate sits, once for all cells if they are laid out alike; the tensor with the most gates tells
    gated = [weight for weight in row.weights if weight.gates]
    facts = dict.fromkeys((weight.scope for weight in gated), "")
    for weight in sorted(gated, key=lambda weight: len(weight.gates)):
        places = [f"{gate} [{unicode(start)}:{unicode(stop)}]" for gate, start, stop in weight.gate_slices()]
        places += [message("({gate} starts at {number})", gate=gate, number=n) for gate, n in weight.starts]
        facts[weight.scope] = "  ".join(places)
    if len(set(facts.values())) == 1:
        return [Fact(message("gates"), next(iter(facts.values())))]
    return [Fact(message("gates {scope}", scope=scope), places) for scope, places in facts.items()]


def _overview(report: Report, weights: bool, depth: int | None, dtype: str) -> Document:
    graph, sourced = _branches(report.rows, depth), any(row.source for row in report.rows)
    total = report.total
    stored = any(row.stored_as is not None for row in report.rows)
    second = "stored as" if stored else "output shape"  # what a file of tensors has, and what it lacks
    facts: list[Fact] = []
    footer: tuple[Cell, ...] = ()
    if isinstance(total, int):
        label = message("total") if report.exact else message("total, at least")
        footer = (label, "", number(total), *("",) * (1 + graph + sourced + (report.in_file is not None)))
    else:  # a long expression is too wide for a column
        label = message("parameters") if report.exact else message("parameters, at least")
        facts.append(Fact(label, number(total), strong=report.exact))
    from_file = report.in_file is not None
    headers = (
        *("layer", second, "parameters"),
        *(["in the file"] if from_file else []),
        *(["reads"] if graph else []),
        *(["source"] if sourced else []),
        "why",
    )
    rows = Rows(partial(_lines, report.rows, 0, depth, graph, from_file, sourced))
    tables: list[Block] = [Table(tuple(map(message, headers)), rows, (2,), footer)]
    if weights:
        tables.append(_weights(report.rows))
    facts += _whole(report) + _size(report, dtype) + _split(report) + _layouts(report) + _cost(report) + _wanted(report)
    facts += _warnings(report)
    return Document(report.name, "", facts, tables, lead=1)


def _whole(report: Report) -> list[Fact]:
    # the total by the sizes of a configuration, and what of it a token passes through
    facts = []
    if report.formula is not None:
        facts.append(Fact(message("formula"), Math(report.formula.expr)))
        facts.append(Fact(message("substituted"), Math(report.formula.expr, report.formula.values)))
    if report.active is not None:
        facts.append(Fact(message("active"), message("{count} for each token", count=grouped(report.active))))
    return facts


def _branches(rows: list[Row], depth: int | None) -> bool:
    # whether some layer reads anything but what stands just above it
    above = rows[0].reads[:1] if rows else ()
    for row in rows:
        if row.reads not in (above, ()) or (depth != 0 and _branches(row.rows, depth and depth - 1)):
            return True
        above = ((row.name, 0),)
    return False


def _lines(
    rows: list[Row], level: int, depth: int | None, graph: bool, from_file: bool, sourced: bool
) -> Iterator[tuple[Cell, ...]]:
    for several in runs(rows, lambda a, b: a.in_stack and b.in_stack and _alike(a, b)):
        row = several[0]
        formula = row.formula
        name = f"{'  ' * level}{run_name([one.name for one in several])} ({row.type})"
        if len(row.calls) > 1:
            name += f" ×{len(row.calls)}"
        if row.counted_above:
            name += " ↑"
        shapes = "  ".join(map(shape_text, row.outputs)) if row.stored_as is None else row.stored_as.text
        why: Cell = Math(formula.expr, formula.values) if formula else ""
        reads = [", ".join(f"{name}[{index}]" if index else name for name, index in row.reads)] if graph else []
        stored = [_in_file(row)] if from_file else []
        place = [row.source] if sourced else []
        yield (name, shapes, _params(row), *stored, *reads, *place, why)
        if depth is None or level < depth:
            yield from _lines(row.rows, level + 1, depth, graph, from_file, sourced)


def _alike(a: Row, b: Row) -> bool:
    return (
        (a.type, a.params, a.outputs, a.unknown, len(a.rows)) == (b.type, b.params, b.outputs, b.unknown, len(b.rows))
        and a.stored_as == b.stored_as
        and all(map(_alike, a.rows, b.rows))
    )


def _params(row: Row) -> Cell:
    # of a layer without a rule, the least there can be
    if not row.unknown:
        return number(row.params)
    return f"≥ {grouped(row.params)}" if row.weights else message("unknown")


def _in_file(row: Report | Row) -> str:
    # how the numbers are stored, and how many bits each takes where that is not told by their type
    size = row.in_file
    if size is None:
        return ""
    plain = [BITS[dtype] == size.bits for dtype in size.dtypes if dtype in BITS]
    said = (
        "{size}, {dtypes}"
        if all(plain) and len(plain) == len(size.dtypes) == 1
        else "{size}, {dtypes}: {bits} bits each"
    )
    return message(said, size=bytes_text(size.bytes), dtypes=", ".join(size.dtypes), bits=size.bits)


def _warnings(report: Report) -> list[Fact]:
    facts = []
    if any(one.counted_above for row in report.rows for one in [row, *row.rows]):
        facts.append(Fact("↑", message("counted once, further up")))
    if report.stored:
        match = "{count} tensors match the rules" if report.holds else "{count} tensors match the rules, others do not"
        facts.append(Fact(message("stored"), message(match, count=f"{report.stored:,}")))
    return facts + [Fact(message("warning"), message(warning)) for warning in report.warnings]


def _size(report: Report, dtype: str) -> list[Fact]:
    # of the parameters if all have this dtype; buffers, gradients and the state of an optimizer are not among them
    dtype = check_dtype(dtype)
    if report.stored_as is not None and dtype == DTYPE:
        return [Fact(message("stored"), report.stored_as.text)]
    if report.in_file is not None and dtype == DTYPE:
        return [Fact(message("in the file"), _in_file(report))]
    if not isinstance(report.total, int) or report.total == 0:
        return []
    size = bytes_text(bytes_of(report.total, dtype))
    said = "{size} in {dtype}" if report.exact else "at least {size} in {dtype}"
    return [Fact(message("size"), message(said, size=size, dtype=dtype))]


def _layout(row: Row) -> list[Fact]:
    # where PyTorch has the batch of a sequence, and time_major of Keras 2
    if row.layout is None or isinstance(row.inputs[0], UnknownShape):
        return []
    first, second = (unicode(size) for size in row.inputs[0][:2])
    said = {
        TIME_FIRST: "time first: {first} time steps, {second} samples",
        BATCH_FIRST: "batch first: {first} samples, {second} time steps",
        UNBATCHED: "no batch axis: {first} time steps of one sample",
    }
    return [Fact(message("layout"), message(said[row.layout], first=first, second=second))]


def _layouts(report: Report) -> list[Fact]:
    # of a model, once for all layers that have the same
    found: dict[str, list[str]] = {}
    for path, row in report.leaves:
        if row.layout is not None:
            found.setdefault(row.layout, []).append(path)
    said = [f"{message(layout)}: {', '.join(paths)}" for layout, paths in found.items()]
    return [Fact(message("layout"), "; ".join(said))] if said else []


def _split(report: Report) -> list[Fact]:
    # said only where something is not trained, or is kept and no parameter
    facts = []
    if report.guessed:
        guess = "at most {count}, a guess" if report.exact else "{count}, a guess"
        facts.append(Fact(message("trainable"), message(guess, count=grouped(report.trainable))))
    elif report.non_trainable != 0:
        facts.append(Fact(message("trainable"), number(report.trainable)))
        facts.append(Fact(message("non-trainable"), number(report.non_trainable)))
    if report.buffers != 0:
        facts.append(Fact(message("buffers"), number(report.buffers)))
    return facts


def _cost(report: Report) -> list[Fact]:
    macs = report.macs
    if macs == 0:
        return []
    count = grouped(macs) if report.costed else message("at least {count}", count=grouped(macs))
    said = "{count} for {input}, 2 FLOPs each"
    return [Fact(message("MACs"), message(said, count=count, input=_costed_input(report)))]


def _wanted(report: Report) -> list[Fact]:
    # the input shapes that source code of PyTorch does not state
    if not report.wants:
        return []
    flags = " ".join(["--input SHAPE"] * report.wants)
    return [Fact(message("shapes"), message("{flags} gives output shapes, calls and multiply-adds", flags=flags))]


def _costed_input(report: Report) -> str:
    # what the multiply-adds are for; T is said to be the number of time steps where it occurs
    batch, macs = report.batch, report.macs
    first = report.rows[0].layout if report.rows else None
    shape = report.inputs[0]
    if batch is None or isinstance(shape, UnknownShape):
        return message("this input")
    if first == TIME_FIRST:  # the first axis is not the batch
        said = "one time step of {batch} samples" if batch == 1 else "{steps} time steps of {batch} samples"
        return message(said, steps=grouped(batch), batch=grouped(shape[1]))
    steps = "T" in macs.symbols if isinstance(macs, Expr) else False
    whole = message("one sample") if batch == 1 else message("a batch of {batch}", batch=grouped(batch))
    return message("{input}, T time steps", input=whole) if steps else whole


def _weights(rows: list[Row]) -> Table:
    several = len(rows) > 1
    frozen = any(not weight.trainable for row in rows for weight in row.weights)
    headers = ("weight", "shape", "parameters", *(["trained"] if frozen else []))
    return Table(tuple(map(message, headers)), Rows(partial(_weight_lines, rows, several, frozen)), (2,))


def _weight_lines(rows: list[Row], several: bool, frozen: bool) -> Iterator[tuple[Cell, ...]]:
    yes, no = message("yes"), message("no")
    for row in rows:
        distinct = len({weight.name for weight in row.weights}) == len(row.weights)
        for weight in row.weights:
            name = weight.name if distinct else weight.path
            cells: tuple[Cell, ...] = (
                f"{row.name}/{name}" if several else name,
                shape_text(weight.shape),
                number(weight.params),
            )
            yield (*cells, yes if weight.trainable else no) if frozen else cells
