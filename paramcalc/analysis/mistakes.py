"""Mistakes of a count by hand, in every layer of a model, in all layers of a kind, and in the model as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import prod

from ..core.built import Applicable, Weight
from ..core.registry import known
from ..core.rule import Layer
from ..core.shapes import UnknownShape
from ..errors import ParamcalcError
from ..graph.model import Model
from ..report import Report, Row
from .causes import Cause, Mistake
from .inventory import BIAS, VECTOR, of_weights, role_of
from .stacks import CELLS
from .variants import SEQUENCE, TABLES, Variant, Widths, inputs_of, variants, weightless

SMALL = 60  # most layers of a model that is run again for each change
PLACES = 0.9  # cost of a count for each time step, or for each place of a convolution
UNSTATED = 1.5  # the same, where the number of time steps is not stated
LEAST = 500  # smallest count of which a multiple is a cause
JOINED = (
    "with ",
    "counted ",
    "reads ",
    "read ",
    "left out",
    "as ",
)  # beginnings of what is said of a layer without a colon
BIAS_TWICE = " bias twice"  # key of a mistake
OPTION = "."  # what the keys of options begin with


class Sites:
    """The layers of a model with weights, each with its path, and what is read off them once."""

    def __init__(self, model: Model, report: Report) -> None:
        self.model = model
        self.rows = [
            (path, row) for path, row in report.leaves if isinstance(row.params, int) and not row.counted_above
        ]
        self.report = report
        self.widths = _widths([row for _, row in self.rows], report)
        # layers that can be replaced and the model run again: a live module has no nodes
        tops = {id(row.layer) for row in report.rows}
        small = bool(model.nodes) and len(model.uses) <= SMALL
        self.replaceable = tops if small else set[int]()

    def count_with(self, layers: Mapping[int, Applicable]) -> int | None:
        """Count the model with layers replaced, by their ``id``."""
        return count_with(self.model, layers)


def count_with(model: Model, layers: Mapping[int, Applicable]) -> int | None:
    """Count a model with layers replaced, by their ``id``; ``None`` if they do not fit, or it has no graph."""
    if not model.nodes:
        return None
    nodes = [node.evolve(layer=layers.get(id(node.layer), node.layer)) for node in model.nodes]
    try:
        count = Model.from_nodes(model.input_shapes, nodes, model.outputs, single=model.single).total
    except ParamcalcError:
        return None
    return count if isinstance(count, int) else None


def mistakes(model: Model, report: Report, total: int, got: int) -> list[Cause]:
    """List the mistakes in one layer, the same one in all layers of a kind, and those in the whole model."""
    sites = Sites(model, report)
    found: list[tuple[str, str, Mistake]] = []  # the path, the class, the mistake
    flows: dict[tuple[str, str], list[tuple[str, int, Variant]]] = {}
    for path, row in sites.rows:
        found += [(path, row.type, one) for one in _of_row(path, row, sites, flows)]
    for path, row in report.leaves:
        if weightless(row.layer, row) and id(row.layer) in sites.replaceable:
            for name, key, text in (("Identity", " left out", "left out"), ("Flatten", " as Flatten", "as Flatten")):
                rule = known(name, model.framework)
                if rule is not None and rule.name != row.type:
                    other = Variant(key, text, 1.1, rule(), row.inputs)
                    flows.setdefault((row.type, key), []).append((path, id(row.layer), other))
    causes = list(_grouped(found, len(sites.rows) == 1))
    said = {cause.delta for cause in causes}
    causes += [cause for cause in _flowed(sites, flows, total) if cause.delta not in said]
    return [*causes, *_of_model(sites, total, got)]


def _widths(rows: Iterable[Row], report: Report) -> Widths:
    first: dict[str, int] = {}
    both: set[int] = set()
    tokens: set[int] = set()
    for row in rows:
        width = _width(row)
        if width is not None:
            first.setdefault(row.type, width)
        given = row.outputs[0] if row.outputs else UnknownShape()
        if _both_ways(row.layer) and not isinstance(given, UnknownShape) and isinstance(given[-1], int):
            both.add(given[-1])
        if isinstance(row.layer, Layer):
            for name, option in row.layer.rule.options.items():
                size = row.layer.options[name]
                if option.kind.base.symbol == "V" and isinstance(size, int):
                    tokens.add(size)
    read = report.inputs[0] if report.inputs else UnknownShape()
    sequence = not isinstance(read, UnknownShape) and (len(read) == SEQUENCE or (len(read) == SEQUENCE - 1 and tokens))
    steps = read[1] if sequence and not isinstance(read, UnknownShape) else None
    return Widths(first, frozenset(both), frozenset(tokens), steps if isinstance(steps, int) else None)


def _width(row: Row) -> int | None:
    inputs = inputs_of(row)
    width = None if not inputs or isinstance(inputs[0], UnknownShape) or not inputs[0] else inputs[0][-1]
    return width if isinstance(width, int) else None


def _both_ways(layer: object) -> bool:
    if not isinstance(layer, Layer):
        return False
    return layer.options.get("merge_mode") == "concat" or bool(layer.options.get("bidirectional"))


def _of_row(
    path: str, row: Row, sites: Sites, flows: dict[tuple[str, str], list[tuple[str, int, Variant]]]
) -> Iterator[Mistake]:
    here = row.params
    assert isinstance(here, int)
    options: set[int] = set()
    rules_: set[int] = set()
    for one in variants(row, sites.widths):
        if not here and one.key.startswith(" as "):
            continue
        try:
            built = one.layer.on(*one.inputs)
        except ParamcalcError:
            continue
        count = built.params
        if not isinstance(count, int) or built.unknown:
            continue
        if count != here:
            if one.key.startswith(OPTION):
                options.add(count - here)
            if one.key.startswith(" as "):
                if count in rules_ or not count:
                    continue  # a transposed convolution counts as an ordinary one does; without weights is left out
                rules_.add(count)
            yield Mistake(one.key, one.text, count - here, one.cost)
        if built.outs != row.calls[0].built.outs and one.inputs is row.inputs and id(row.layer) in sites.replaceable:
            flows.setdefault((row.type, one.key), []).append((path, id(row.layer), one))
    if not here:
        return
    for mistake in of_weights(row):
        if mistake.key == BIAS_TWICE and _width(row) in sites.widths.both:
            mistake = mistake._replace(text=f"{mistake.text}, once for each direction below")
        # what an option says as well is said by the option
        vector = mistake.key.endswith(VECTOR) or BIAS.search(mistake.key)
        if mistake.delta not in options or not vector:
            yield mistake
    yield from _repeated(row, here)


def _repeated(row: Row, here: int) -> Iterator[Mistake]:
    # the weights counted for each time step, or for each place of the output
    inputs = inputs_of(row)
    if len(inputs) != 1 or isinstance(inputs[0], UnknownShape) or not isinstance(row.layer, Layer):
        return
    names = row.layer.axes(len(inputs[0])) or []
    sizes = dict(zip(names, inputs[0], strict=False))
    steps = sizes.get("T", sizes.get("L", sizes.get("n1") if len(inputs[0]) <= 3 else None))
    if isinstance(steps, int) and steps > 1:
        yield Mistake(" each step", f"counted at each of {steps:,} time steps", here * (steps - 1), PLACES)
    given = row.outputs[0]
    if "C" in names and not isinstance(given, UnknownShape):
        places = [size for at, size in enumerate(given) if at and at != _channel_axis(row.layer, len(given))]
        count = prod(places)
        if isinstance(count, int) and count > 1:
            yield Mistake(" each place", f"counted at each of {count:,} places", here * (count - 1), PLACES + 0.1)


def _channel_axis(layer: Layer, rank: int) -> int:
    names = layer.axes(rank) or []
    return names.index("C") if "C" in names else rank - 1


def clause(place: str, text: str) -> str:
    """Join a layer and what was done to it: ``lstm with use_bias=False``, ``lstm: the bias is missing``."""
    return f"{place} {text}" if text.startswith(JOINED) else f"{place}: {text}"


def _grouped(found: list[tuple[str, str, Mistake]], alone: bool) -> Iterator[Cause]:
    # each by itself, in all layers of a class, and in all layers
    by_class: dict[tuple[str, str], list[tuple[str, Mistake]]] = {}
    by_key: dict[str, dict[str, list[tuple[str, Mistake]]]] = {}
    for path, kind, one in found:
        text = one.text if alone and not one.text.startswith(JOINED) else clause(path, one.text)
        key = f"{path}{one.key}"
        yield Cause(key, text, one.delta, one.cost, mistake=True, where=frozenset([path]))
        by_class.setdefault((kind, one.key), []).append((path, one))
        by_key.setdefault(one.key, {}).setdefault(kind, []).append((path, one))
    for (kind, key), several in by_class.items():
        if len(several) > 1:
            yield _all(f"all {kind}{key}", f"all {len(several)} {kind} layers", several)
    for key, kinds in by_key.items():
        if len(kinds) > 1:
            every = [one for theirs in kinds.values() for one in theirs]
            yield _all(f"all{key}", f"all {len(every)} layers of {_listed(kinds)}", every)


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _all(key: str, place: str, several: list[tuple[str, Mistake]]) -> Cause:
    texts = list(dict.fromkeys(one.text for _, one in several))
    text = texts[0].replace("reads ", "read ", 1) if texts[0].startswith("reads ") else texts[0]
    if len(texts) > 1:  # with sizes of their own
        text = text.partition(":")[0] if ":" in text else text
    where = frozenset(path for path, _ in several)
    delta, cost = sum(one.delta for _, one in several), several[0][1].cost
    return Cause(key, clause(place, text), delta, cost, mistake=True, where=where)


def _flowed(
    sites: Sites, flows: Mapping[tuple[str, str], list[tuple[str, int, Variant]]], total: int
) -> Iterator[Cause]:
    # other output shapes, so that the layers after it read another input
    for (kind, key), several in flows.items():
        groups = [([one], f"{one[0]}") for one in several]
        if len(several) > 1:
            groups.append((several, f"all {len(several)} {kind} layers"))
        for chosen, place in groups:
            count = sites.count_with({at: variant.layer for _, at, variant in chosen})
            if count is not None and count != total:
                variant = chosen[0][2]
                begin = f"all {kind}" if len(chosen) > 1 else place
                text = f"{clause(place, variant.text)}; the layers after it follow"
                where = frozenset(path for path, _, _ in chosen)
                yield Cause(f"{begin}{key} onwards", text, count - total, variant.cost, mistake=True, where=where)


def _of_model(sites: Sites, total: int, got: int) -> Iterator[Cause]:
    yield from _untied(sites)
    if not total or not sites.report.inputs or not sites.rows:
        return
    shape = sites.report.inputs[0]
    if isinstance(shape, UnknownShape) or len(shape) not in (2, SEQUENCE):
        return
    steps = shape[1]
    if len(shape) != SEQUENCE and not any(row.type in TABLES for _, row in sites.rows):
        return
    if isinstance(steps, int):
        if len(sites.rows) > 1:
            text = f"the whole count, at each of {steps:,} time steps"
            yield Cause("each step", text, total * (steps - 1), PLACES, mistake=True)
        return
    # the number of steps is not stated, but a count of which the difference is a multiple is no accident
    over_time = [row.params for _, row in sites.rows if _runs(row.layer) and isinstance(row.params, int)]
    recurrent = sum(over_time)
    for count, text in {recurrent: "the recurrent layers", total: "the whole count"}.items():
        if count >= LEAST and got > total and (got - total) % count == 0:
            steps = (got - total) // count + 1
            said = f"{text}, at each of {steps:,} time steps"
            yield Cause(f"{text} each step", said, got - total, UNSTATED, mistake=True)


def _runs(layer: object) -> bool:
    # whether a layer runs over time
    if not isinstance(layer, Layer):
        return False
    return layer.type in CELLS or "layer" in layer.options or "go_backwards" in layer.options


def _untied(sites: Sites) -> Iterator[Cause]:
    # one tensor in two layers, which is counted for each of them
    found: dict[tuple[int, int], list[tuple[str, Weight]]] = {}
    for path, row in sites.rows:
        for weight in row.weights:
            if weight.origin is not None and not weight.buffer:
                found.setdefault(weight.origin, []).append((path, weight))
    for places in found.values():
        paths, count = list(dict.fromkeys(path for path, _ in places)), places[0][1].params
        if len(paths) > 1 and isinstance(count, int):
            text = f"the {role_of(places[0][1])} that {_listed(paths)} share is counted for each of them"
            yield Cause(f"untied {paths[0]}", text, count * (len(paths) - 1), 0.95, mistake=True)
