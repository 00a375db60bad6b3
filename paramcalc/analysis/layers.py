"""The changes that ``why`` tries on a model of any layers; their differences add up, so pairs are found by lookup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod

from ..core.registry import rules
from ..core.rule import Layer
from ..core.shapes import UnknownShape
from ..errors import ParamcalcError
from ..graph.model import Model
from ..report import Report, Row
from ..untyped import OptionValue
from .causes import Cause, plural, telling
from .changes import BOOKKEEPING, BYTES, FEWEST, RARER, SHARED, SLOTS, STATE
from .inventory import BIAS
from .literature import of_papers
from .mistakes import SMALL, count_with, mistakes
from .stacks import CELLS, DEEPEST, SIZES, TIME, Stack, cells, conventions, stack_of_layer, whose_row
from .variants import TABLES, inputs_of

ONE_WAY, BOTH_WAYS = "as a unidirectional layer", "as a bidirectional layer"
MOST = 200_000  # most pairs tried
FEW = 3  # most causes tried for each difference
PLAUSIBLE = 5_000_000  # most units or tokens of an extra layer
TIED = 2  # axes of a matrix that two layers may share


def sums(model: Model, got: int) -> Iterator[tuple[Cause, ...]]:
    """Give the single causes, and the pairs of independent causes, that lead to ``got``."""
    report = model.report()
    total = model.total
    assert isinstance(total, int)
    known = [*causes(report, total), *rebuilt(model, report, total)]
    known += _unsaid(mistakes(model, report, total, got), known)
    yield from pairs(known, got - total)
    for one in (*guesses(report, got - total), *_papers(report, got - total)):
        yield (one,)
    for cause in known:
        for one in guesses(report, got - total - cause.delta):
            yield cause, one


def _unsaid(by_hand: Iterable[Cause], known: Iterable[Cause]) -> Iterator[Cause]:
    # a bias too few is what a convention says better, and a kernel too few is what tied weights say better
    conventions_, tied = set[int](), set[int]()
    for one in known:
        if " convention " in one.key:
            conventions_.add(one.delta)
        elif one.key.startswith("tied "):
            tied.add(one.delta)
    for one in by_hand:
        if not (one.delta in conventions_ and BIAS.search(one.key)) and not (
            one.delta in tied and " without " in one.key
        ):
            yield one


def causes(report: Report, total: int) -> Iterator[Cause]:
    """List the changes to one layer, to all layers of a class, and to the model."""
    kinds: dict[tuple[str, str], list[Cause]] = {}
    for path, row in report.leaves:
        for cause in of_layer(path, row):
            yield cause
            kinds.setdefault((row.type, cause.key.removeprefix(path)), []).append(cause)
    for (kind, key), several in kinds.items():
        if len(several) > 1 and not key.startswith((" twice", " each")):
            text = f"all {len(several)} {kind} layers {several[0].text.partition(' ')[2]}"
            where = frozenset(path for one in several for path in one.where)
            delta, cost, mistake = sum(one.delta for one in several), several[0].cost, several[0].mistake
            yield Cause(f"all {kind}{key}", text, delta, cost, mistake=mistake, where=where)
    yield from of_model(report, total)


def rebuilt(model: Model, report: Report, total: int) -> Iterator[Cause]:
    """Replace each recurrent layer by another one; the layers after it then get another input size."""
    found = {id(row.layer): (path, row) for path, row in report.leaves}
    rows = [(layer, *found[id(layer)]) for layer in model.layers if id(layer) in found]
    for layer, path, row in rows if len(model.uses) <= SMALL else ():
        for key, text, other in _instead(layer):
            count = count_with(model, {id(layer): other})
            if count is None:  # the next layer declares its input size, as in PyTorch, or the graph is unknown
                here = _params(other, row)
                count = None if here is None or not isinstance(row.params, int) else total - row.params + here
            if count is not None and count != total:
                yield Cause(f"{path} {key}", f"{path} {text}", count - total, 1.1)


def _params(layer: Layer, row: Row) -> int | None:
    # the count of a layer on the inputs of a row
    try:
        built = layer.on(*inputs_of(row))
    except ParamcalcError:
        return None
    count = built.params
    return count if isinstance(count, int) and not built.unknown else None


def _instead(layer: object) -> Iterator[tuple[str, str, OptionValue]]:
    # the other number of directions, other numbers of layers, other cells
    if not isinstance(layer, Layer):
        return
    if layer.type == "Bidirectional":
        yield "directions", ONE_WAY, layer.options["layer"]
    elif layer.type in CELLS and any(size in layer.options for size in SIZES):  # Keras's RNN takes a cell
        options, rules_ = layer.options, rules(layer.rule.framework)
        if "bidirectional" in options:
            both = not options["bidirectional"]
            yield "directions", BOTH_WAYS if both else ONE_WAY, Layer(layer.rule, {**options, "bidirectional": both})
        elif "Bidirectional" in rules_:
            yield "directions", BOTH_WAYS, rules_["Bidirectional"](layer)
        for count in range(1, DEEPEST + 1) if "num_layers" in options else ():
            if count != options["num_layers"]:
                text = f"with {count} layer{plural(count)}"
                yield f"layers {count}", text, Layer(layer.rule, {**options, "num_layers": count})
        for rule in cells(layer.rule.framework):
            if rule is not layer.rule:
                kept = {key: value for key, value in options.items() if key in (*TIME, *SIZES, "num_layers")}
                other = rule(**{key: value for key, value in kept.items() if key in rule.options})
                yield f"as {rule.name}", f"as a {rule.name}", other


def of_layer(path: str, row: Row) -> Iterator[Cause]:
    """List the changes to one layer; each text begins with the layer's name."""
    here = row.params
    if not isinstance(here, int) or not here:
        return
    yield Cause(f"{path} missing", f"{path} left out", -here, 1.25, mistake=True, where=frozenset([path]))
    yield Cause(f"{path} twice", f"{path} counted twice", here, 1.3)
    if len(row.calls) > 1:
        more = here * (len(row.calls) - 1)
        yield Cause(f"{path} each", f"{path} counted at each of its {len(row.calls)} uses", more, 1.0)
    fixed = sum(prod(one.shape) for one in row.weights if not one.trainable and not one.buffer)
    if isinstance(fixed, int) and 0 < fixed < here:
        yield Cause(f"{path}.fixed", f"{path} without non-trainable parameters", -fixed, 1.1, mistake=True)
    yield from _whose(path, row, here)


def _whose(path: str, row: Row, here: int) -> Iterator[Cause]:
    # a recurrent layer in the conventions of other frameworks
    stack = _stack(row)
    if stack is None or stack.options:
        return
    for place, alike in conventions(stack.cell, stack.directions > 1):
        count = replace(stack, row=place).count
        if count != here:
            whose = ", ".join([whose_row(place), *alike])
            yield Cause(f"{path} convention {place}", f"{path} counted as in {whose}", count - here, 1.0)


def _stack(row: Row) -> Stack | None:
    if not isinstance(row.layer, Layer):
        return None
    shape = inputs_of(row)[0]
    return None if isinstance(shape, UnknownShape) else stack_of_layer(row.layer, shape)


def _papers(report: Report, difference: int) -> Iterator[Cause]:
    # a recurrent layer replaced by another cell of the literature
    for path, row in report.leaves:
        stack = _stack(row)
        if stack is not None and isinstance(row.params, int):
            for one in of_papers(stack):
                if one.stack.count - row.params == difference:
                    text = f"{path}: {one.text}"
                    yield Cause(f"{path} {one.key}", text, difference, one.cost)


def of_model(report: Report, total: int) -> Iterator[Cause]:
    """List the changes to the whole model."""
    if not total:
        return
    trainable, fixed = report.trainable, report.non_trainable
    if isinstance(trainable, int) and isinstance(fixed, int):
        if fixed:
            yield Cause("trainable", "trainable parameters only", -fixed, 1.0, mistake=True)
            yield Cause("not trained", "non-trainable parameters only", -trainable, 1.2)
        for times, text in SLOTS.items():
            yield Cause(f"slots {times}", text, trainable * (times - 1), 1.2)
            yield Cause(f"slots {times}+", STATE.format(text), trainable * (times - 1) + BOOKKEEPING, 1.2)
            for size, in_bytes in BYTES.items():
                whole = size * (total + trainable * (times - 1))
                yield Cause(f"slots {times} bytes {size}", f"{in_bytes}, {text}", whole - total, 1.5)
    for times, text in BYTES.items():
        yield Cause(f"bytes {times}", text, total * (times - 1), 1.3)
    buffers = report.buffers
    if isinstance(buffers, int) and buffers:
        yield Cause("buffers", "including buffers", buffers, 1.0)
    yield from _tied(report)


def _tied(report: Report) -> Iterator[Cause]:
    # an embedding and the output layer share one matrix: transposed in Keras's Dense, as it is in PyTorch's Linear
    matrices = [
        (path, weight.shape, row.type in TABLES)
        for path, row in report.leaves
        for weight in row.weights
        if len(weight.shape) == TIED
    ]
    for place, (path, shape, table) in enumerate(matrices):
        for other, theirs, other_table in matrices[place + 1 :]:
            alike = shape == theirs[::-1] or ((table or other_table) and shape == theirs)
            if path != other and shape[0] != shape[1] and alike:
                size = prod(shape)
                if isinstance(size, int):
                    text = f"{path} and {other} share one matrix (tied weights)"
                    yield Cause(f"tied {path} {other}", text, -size, 1.0, mistake=True)


def guesses(report: Report, difference: int) -> Iterator[Cause]:
    """Give extra layers whose size is solved so that the count fits."""
    if difference <= 0 or not report.outputs:
        return
    shape = report.outputs[0]
    width = None if isinstance(shape, UnknownShape) or not shape else shape[-1]
    if isinstance(width, int) and difference % (width + 1) == 0 and difference // (width + 1) <= PLAUSIBLE:
        units = difference // (width + 1)
        text = f"an extra dense layer with {units:,} unit{plural(units)} after the last layer"
        yield Cause("output", text, difference, telling(units))
    if isinstance(width, int) and difference % width == 0 and FEWEST <= difference // width <= PLAUSIBLE:
        units = difference // width
        text = f"an extra dense layer with {units:,} unit{plural(units)} and no bias after the last layer"
        yield Cause("output without bias", text, difference, telling(units) + RARER)
    # an embedding reads sequences of tokens, not images
    read = report.inputs[0]
    features = None if isinstance(read, UnknownShape) or len(read) not in (2, 3) else read[-1]
    if isinstance(features, int) and difference % features == 0 and difference // features <= PLAUSIBLE:
        tokens = difference // features
        text = f"an extra embedding of {tokens:,} token{plural(tokens)} before the first layer"
        yield Cause("embedding", text, difference, telling(tokens))
    if isinstance(features, int) and isinstance(width, int) and difference % (features + width + 1) == 0:
        tokens = difference // (features + width + 1)
        text = f"a language model: an extra embedding and output layer for {tokens:,} token{plural(tokens)}"
        if FEWEST <= tokens <= PLAUSIBLE:
            yield Cause("language", text, difference, min(telling(tokens), SHARED))


def pairs(known: Iterable[Cause], difference: int) -> Iterator[tuple[Cause, ...]]:
    """Find the causes, and the pairs of independent causes, that add up to a difference."""
    by_delta: dict[int, list[Cause]] = {}
    for cause in sorted(known, key=lambda one: one.cost):
        by_delta.setdefault(cause.delta, []).append(cause)
    yield from ((cause,) for cause in by_delta.get(difference, ()))
    looked = 0
    for delta, here in by_delta.items():
        for one, other in ((a, b) for a in here[:FEW] for b in by_delta.get(difference - delta, ())[:FEW]):
            looked += 1
            if looked > MOST:
                return
            if one.key < other.key and _apart(one, other):
                yield one, other


def _apart(one: Cause, other: Cause) -> bool:
    # two changes to one layer are independent only if they are two different options; one change to two layers of
    # several is no change that people make
    a, b = (cause.where or {cause.key.split()[0].split(".")[0]} for cause in (one, other))
    if one.mistake and other.mistake and _change(one) == _change(other):
        return False
    return not a & b or (len(a | b) == 1 and _option(one) != "" != _option(other) and _option(one) != _option(other))


def _change(cause: Cause) -> str:
    # what is done, wherever it is
    return cause.key.removeprefix(next(iter(cause.where))) if len(cause.where) == 1 else cause.key


def _option(cause: Cause) -> str:
    return cause.key.split("=")[0] if "." in cause.key else ""
