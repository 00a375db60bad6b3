"""A cost in the forms that views take: the passes layer by layer, and the memory by purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..catalogue import message
from ..core.storage import bytes_text
from ..core.totals import summed
from ..graph.size_names import BATCHES, TIMES
from ..report import plain
from ..symbolic import Size, grouped, symbols, unicode, unknown
from ..symbolic.factor import factored
from .document import Cell, Document, Fact, Math, Table, number
from .presentation import Presentation, Records
from .runs import run_name, runs

if TYPE_CHECKING:
    from ..analysis.cost import Cost, LayerCost
    from ..analysis.cost.clipping import Clipping
    from ..analysis.cost.decoding import Decoding
    from ..analysis.cost.operations import Operations
    from ..analysis.cost.page import Page
    from ..analysis.cost.rtrl import Rtrl

UNKNOWN = "unknown"
PASSES = ("forward", "gradients of weights", "gradients of inputs")
OTHERS = "other operations"
PURPOSES = ("weights", "gradients", "optimizer", "activations", "state")
FIRST = tuple(make(name) for name in (*BATCHES, *TIMES) for make in (unknown, symbols))  # of the factors of a size
LARGEST = 3  # layers that are named
FIGURES: dict[str, Callable[[LayerCost], Size | None]] = {
    "forward_macs": lambda one: one.passes.forward,
    "weight_gradient_macs": lambda one: one.passes.weight_gradient,
    "input_gradient_macs": lambda one: one.passes.input_gradient,
    "backward_macs": lambda one: one.passes.backward,
    "step_macs": lambda one: one.passes.step,
    "kept": lambda one: one.elements,
}
WITH_OPERATIONS: dict[str, Callable[[LayerCost], Size | None]] = {
    "operations": lambda one: one.operations.number if one.operations and one.operations.known else None,
    "forward_flops": lambda one: one.forward_flops,
    "lookup_bytes": lambda one: one.operations.lookup_bytes if one.operations else None,
}


def presentation(cost: Cost) -> Presentation:
    """Give a cost in the forms that views are made from."""
    return Presentation(partial(document, cost), partial(_records, cost), cost.to_dict)


def page_presentation(page: Page) -> Presentation:
    """Give a page about a cost in the forms that views are made from."""
    return Presentation(partial(page_document, page), partial(_records, page.cost), page.to_dict)


def page_document(page: Page, explain: bool = False, depth: int | None = None) -> Document:
    """Lay out a page: the cost, and below its figures how it grows, what fits, and the time on a device."""
    laid_out = document(page.cost, explain, depth)
    in_letters = [one for one in page.growth if one.layer]
    grows = page.growth if explain or not in_letters else in_letters
    facts = [Fact(message("growth"), sentence) for one in grows for sentence in one.sentences]
    for found in page.fits:
        value = message("none") if found.value is None else f"{found.value:,}"
        facts.append(Fact(message(f"largest {found.size}"), value, strong=True))
        facts += [Fact(message("proof"), line) for line in found.lines]
    facts += [Fact(message("time"), line) for one in page.estimates for line in one.lines]
    notes = [fact for fact in laid_out.facts if fact.label == message("note")]
    figures = [fact for fact in laid_out.facts if fact not in notes]
    return laid_out._replace(facts=[*figures, *facts, *notes])


def document(cost: Cost, explain: bool = False, depth: int | None = None) -> Document:
    """Lay out a cost: a single layer by its formulas, a model by its layers.

    Parameters
    ----------
    cost : Cost
    explain : bool
        Give the formulas of every layer, and list the tensors that each keeps.
    depth : int, optional
        How many levels of insides to show; all when left out.
    """
    single = len(cost.layers) == 1 and not cost.layers[0].layers
    tables = [] if single else [_by_layer(cost, depth)]
    lead = len(tables)
    if single or explain:
        for one in _leaves(cost.layers):
            several = (_by_pass(one, name=not single) if _has_work(one) else None, _by_operation(one, name=not single))
            tables += [table for table in several if table is not None]
        lead = len(tables)
    if cost.learning is not None:
        tables.append(_of_a_step(cost.learning))
        lead = len(tables)
    tables.append(_by_purpose(cost))
    if explain:
        tables += [table for one in _leaves(cost.layers) if (table := _kept(one)) is not None]
    return Document(cost.name, _setting(cost), _facts(cost), tables, lead)


def _setting(cost: Cost) -> str:
    sizes = [("B", cost.batch), ("T", cost.steps)]
    return ", ".join(f"{name} = {unicode(size)}" for name, size in sizes if size is not None and unicode(size) != name)


def _facts(cost: Cost) -> list[Fact]:
    passes = cost.passes
    step = message("training step") if cost.exact else message("training step, at least")
    forward = message("forward") if all(one.exact for one in cost.layers) else message("forward, at least")
    found = [Fact(step, _cell(cost.step), strong=True), Fact(forward, _cell(passes.forward))]
    found.append(Fact(message("backward"), _cell(passes.backward)))
    found += _operations(cost)
    if cost.recomputed != 0:
        found.append(Fact(message("recomputed"), number(cost.recomputed)))
    if cost.checkpointing is not None:
        segments = "{number} of at most {steps} steps"
        parts = {"number": unicode(cost.checkpointing.segments), "steps": unicode(cost.checkpointing.longest)}
        found.append(Fact(message("segments"), message(segments, **parts)))
    if cost.clipping is not None:
        found.append(Fact(message("clipping by {kind}", kind=message(cost.clipping.kind)), _clipped(cost.clipping)))
    if cost.decoding is not None:
        found += _decoding(cost.decoding)
    named = [one for one in cost.largest(LARGEST) if one.passes.step not in (None, 0)]
    if len(named) > 1:
        found.append(Fact(message("most work"), ", ".join(_shared(one, passes.step) for one in named)))
    return found + [Fact(message("note"), one) for one in cost.conventions]


def _steps(number: Size) -> str:
    return message("1 step") if number == 1 else message("{number} steps", number=grouped(number))


def _decoding(found: Decoding) -> Iterator[Fact]:
    said = "{macs} multiply-adds for {number} after a prompt of {prompt}"
    parts = {"macs": grouped(found.macs), "number": _steps(found.tokens), "prompt": _steps(found.prompt)}
    yield Fact(message("decoding"), message(said, **parts))
    if found.tokens != 1:
        yield Fact(message("last step of decoding"), message("{macs} multiply-adds", macs=grouped(found.last)))


def _shared(one: LayerCost, step: Size | None) -> str:
    # with its share of the passes of a training step, where that is known
    size = one.passes.step
    if not isinstance(size, int) or not isinstance(step, int):
        return one.name
    share = 100 * size // step
    told = "< 1" if share == 0 else "> 99" if share == 99 and 200 * size > 199 * step else str(share)
    return f"{one.name} {told} %"


def _clipped(clipping: Clipping) -> str:
    if clipping.macs == 0:
        return message("{count} comparisons, no memory", count=grouped(clipping.comparisons))
    return message("{count} multiply-adds, one number of memory", count=grouped(clipping.macs))


def _operations(cost: Cost) -> Iterator[Fact]:
    operations = cost.operations
    if operations is None:
        return
    flops = message("forward FLOPs") if operations.known else message("forward FLOPs, at least")
    yield Fact(flops, _cell(cost.forward_flops))
    others = message("of these no products") if operations.known else message("of these no products, at least")
    yield Fact(others, number(operations.number))
    if operations.lookup_bytes != 0:
        yield Fact(message("bytes that lookups read"), number(operations.lookup_bytes))


def _by_layer(cost: Cost, depth: int | None) -> Table:
    rows: list[tuple[Cell, ...]] = []
    _add(cost.layers, rows, 0, depth, False, _bounded(cost))
    asked = cost.operations is not None
    headers = tuple(map(message, ("layer", *PASSES, *[OTHERS] * asked, "kept")))
    others = [_others(cost.operations, whole=True)] if cost.operations is not None else []
    footer = (message("total"), *map(_cell, cost.passes), *others, _total_kept(cost))
    return Table(headers, rows, tuple(range(1, len(headers))), footer, message("multiply-adds"))


def _kept_by(one: LayerCost, bound: bool) -> Cell:
    return _at_least(one.elements, summed(tensor.size for tensor in one.kept) if bound else None)


def _total_kept(cost: Cost) -> Cell:
    surely = summed(tensor.size for one in cost.layers for tensor in one.kept)
    return _at_least(cost.elements, surely if _bounded(cost) else None)


def _bounded(cost: Cost) -> bool:
    # whether what layers keep is surely kept where it is not all
    return cost.activations_at_least is not None


def _at_least(size: Size | None, least: Size | None) -> Cell:
    if size is not None or least is None or (isinstance(least, int) and least == 0):
        return _cell(size)
    return message("at least {number}", number=grouped(factored(least, FIRST)))


def _others(operations: Operations, whole: bool) -> Cell:
    # of a model at least what is known of its layers
    if operations.known:
        return number(operations.number)
    return message("at least {number}", number=unicode(operations.number)) if whole else message(UNKNOWN)


def _add(
    layers: Sequence[LayerCost], rows: list[tuple[Cell, ...]], level: int, depth: int | None, stacked: bool, bound: bool
) -> None:
    for several in runs(layers, _alike) if stacked else ([one] for one in layers):
        one = several[0]
        others = [_others(one.operations, bool(one.layers))] if one.operations is not None else []
        name = f"{'  ' * level}{run_name([each.name for each in several])} ({one.type})"
        rows.append((name, *map(_cell, _known(one)), *others, _kept_by(one, bound)))
        if depth is None or level < depth:
            _add(one.layers, rows, level + 1, depth, one.stacks, bound)


def _alike(a: LayerCost, b: LayerCost) -> bool:
    return (
        (a.type, a.passes, a.elements, a.operations, len(a.layers))
        == (b.type, b.passes, b.elements, b.operations, len(b.layers))
    ) and all(map(_alike, a.layers, b.layers))


def _known(one: LayerCost) -> tuple[Size | None, ...]:
    # nothing is known of the work of an unknown layer
    forward, *others = one.passes
    return (None if not one.exact and forward == 0 else forward, *others)


def _by_pass(one: LayerCost, name: bool) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for place, size in enumerate(one.passes):
        formula = one.formulas[place] if one.formulas is not None else None
        if formula is None:
            rows.append((message(PASSES[place]), "", "", _cell(size)))
        else:
            rows.append((message(PASSES[place]), Math(formula.expr), Math(formula.expr, formula.values), _cell(size)))
    headers = tuple(map(message, ("pass", "formula", "substituted", "multiply-adds")))
    return Table(headers, rows, (3,), title=f"{one.name} ({one.type})" if name else "")


def _by_operation(one: LayerCost, name: bool) -> Table | None:
    if one.operations is None:
        return None
    formula = one.operations_formula
    written: tuple[Cell, Cell] = (
        ("", "") if formula is None else (Math(formula.expr), Math(formula.expr, formula.values))
    )
    rows: list[tuple[Cell, ...]] = [
        (message(OTHERS), *written, _others(one.operations, whole=False)),
        (message("forward FLOPs"), "", "", _cell(one.forward_flops)),
    ]
    if one.operations.lookup_bytes != 0:
        rows.append((message("bytes that lookups read"), "", "", number(one.operations.lookup_bytes)))
    headers = tuple(map(message, ("operations", "formula", "substituted", "number")))
    return Table(headers, rows, (3,), title=f"{one.name} ({one.type})" if name else "")


def _by_purpose(cost: Cost) -> Table:
    memory = cost.memory
    rows: list[tuple[Cell, ...]] = [
        (message(name), _at_least(size, least), _in_units(size, least))
        for name, size, least in zip(PURPOSES, memory, cost.memory_at_least, strict=True)
    ]
    training = cost.memory_at_least.training
    rows += [
        (message("to train"), _at_least(memory.training, training), _in_units(memory.training, training)),
        (message("to infer"), _cell(memory.inference), _in_units(memory.inference)),
    ]
    return Table(tuple(map(message, ("memory", "bytes", "size"))), rows, (1, 2))


def _of_a_step(learning: Rtrl) -> Table:
    # real-time recurrent learning, in the letters of each layer; P is the number of parameters
    rows: list[tuple[Cell, ...]] = [
        (
            f"{one.path} ({one.type})",
            Math(one.formula.expr) if one.formula is not None else "",
            number(one.each.total),
            number(one.parameters),
            number(one.kept),
        )
        for one in learning.layers
    ]
    headers = ("layer", "formula of a step", "multiply-adds", "parameters P", "sensitivities")
    title = message("each time step of real-time recurrent learning")
    return Table(tuple(map(message, headers)), rows, (2, 3, 4), title=title)


def _kept(one: LayerCost) -> Table | None:
    if not one.kept:
        return None
    rows: list[tuple[Cell, ...]] = [(message(tensor.name), number(tensor.size), tensor.dtype) for tensor in one.kept]
    headers = tuple(map(message, ("tensor", "elements", "dtype")))
    return Table(headers, rows, (1,), title=message("kept by {layer}", layer=one.name))


def _cell(size: Size | None) -> Cell:
    return message(UNKNOWN) if size is None else number(factored(size, FIRST))


def _in_units(size: Size | None, least: Size | None = None) -> str:
    if size is None and isinstance(least, int):
        return message("at least {number}", number=bytes_text(least))
    return bytes_text(size) if isinstance(size, int) else ""


def _leaves(layers: Sequence[LayerCost], depth: int | None = None) -> Iterator[LayerCost]:
    for one in layers:
        if one.layers and depth != 0:
            yield from _leaves(one.layers, depth and depth - 1)
        else:
            yield one


def _has_work(one: LayerCost) -> bool:
    return any(size != 0 for size in one.passes)


def _records(cost: Cost, depth: int | None = None) -> Records:
    figures = {**FIGURES, **(WITH_OPERATIONS if cost.operations is not None else {})}
    lines = (
        {"layer": one.name, "type": one.type, **{name: _figure(size(one)) for name, size in figures.items()}}
        for one in _leaves(cost.layers, depth)
    )
    return Records(("layer", "type", *figures), lines)


def _figure(size: Size | None) -> int | str | None:
    return None if size is None else plain(size)
