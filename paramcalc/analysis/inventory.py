"""Mistakes about the weights of one layer: forgotten, counted alone or twice, once for several gates or directions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod

from ..core.built import Weight
from ..core.rule import Layer
from ..report import Row
from ..symbolic import Size
from .causes import Mistake

LEVEL = re.compile(r"_l(\d+)(_reverse)?$")  # PyTorch's suffix: the layer of a stack, and the direction
DIRECTION = re.compile(r"(forward|backward)_")  # Keras's scopes of the two directions
NAMES = {
    "W": "input kernel (W)",
    "R": "recurrent kernel (R)",
    "B": "bias (B)",
    "weight_ih": "input kernel (weight_ih)",
    "weight_hh": "recurrent kernel (weight_hh)",
    "weight_hr": "projection (weight_hr)",
    "bias_ih": "input bias (bias_ih)",
    "bias_hh": "recurrent bias (bias_hh)",
    "attention_output": "output projection",
    "out_proj": "output projection",
    "query": "query projection",
    "key": "key projection",
    "value": "value projection",
}
BIAS = re.compile(r"bias|\bB$")  # in the name of a bias, and in the keys of mistakes about biases
VECTOR = " vector"  # end of the key where a vector is forgotten, which may be an option
KERNEL_AND_BIAS = 2  # weights of a layer such as Dense, and axes of a matrix
RECURRENT = ("recurrent_kernel", "weight_hh")
FORGOTTEN, ONCE = 0.95, 0.95  # costs: a weight left out; one bias for all gates
SEVERAL = 1.15  # all kernels of a layer with several
ALONE, ONE_GATE, TWICE = 1.1, 1.1, 1.45  # a kernel twice is less likely than an input of twice the size
FEWER_GATES = 1.35  # there are cells that have fewer
BIAS_TWICE = 1.0


def of_weights(row: Row) -> Iterator[Mistake]:
    """List the mistakes about the weights of one layer; all its sizes must be known."""
    weights = [weight for weight in row.weights if not weight.buffer]
    if not weights or not all(isinstance(size, int) for weight in row.weights for size in weight.shape):
        return
    yield from _forgotten(weights)
    yield from _gates(weights)
    yield from _biases(weights)
    yield from _directions(weights)
    yield from _levels(weights)
    yield from _heads(row, weights)
    statistics = [weight for weight in row.weights if weight.buffer and weight.shape]
    if statistics:
        yield Mistake(" buffers", f"the {_listed(statistics)} are counted, too", _sum(statistics), 1.0)


def _sum(weights: Iterable[Weight]) -> int:
    count = sum(prod(weight.shape) for weight in weights)
    assert isinstance(count, int)  # all sizes are known
    return count


def _known(size: Size) -> int:
    assert isinstance(size, int)
    return size


def role_of(weight: Weight) -> str:
    """Name what a weight is for, without the layer and the direction: ``recurrent_kernel``, ``weight_ih``."""
    return LEVEL.sub("", re.split(r"[/.]", weight.path)[-1])


def _scope(weight: Weight) -> str:
    # the part of a layer, such as the query of attention; directions and cells are none
    parts = [part for part in re.split(r"[/.]", weight.path)[:-1] if not DIRECTION.match(part)]
    return parts[-1] if parts else ""


def _grouped(weights: Iterable[Weight], by: Iterable[str]) -> Mapping[str, Sequence[Weight]]:
    groups: dict[str, list[Weight]] = {}
    for weight, name in zip(weights, by, strict=True):
        groups.setdefault(name, []).append(weight)
    return groups


def _called(name: str, roles: Iterable[str]) -> str:
    if name == "kernel" and any(role in RECURRENT for role in roles):
        return "input kernel"
    return NAMES.get(name, name.replace("_", " "))


def _listed(weights: Iterable[Weight]) -> str:
    *most, last = dict.fromkeys(role_of(weight).replace("_", " ") for weight in weights)
    return f"{', '.join(most)} and {last}" if most else last


def _forgotten(weights: list[Weight]) -> Iterator[Mistake]:
    roles = _grouped(weights, map(role_of, weights))
    scopes = _grouped(weights, map(_scope, weights))
    here = _sum(weights)
    for role, several in roles.items() if len(roles) > 1 else ():
        name, many = _called(role, roles), len({_scope(one) for one in several}) > 1
        text = f"the {name}s are missing" if many else f"the {name} is missing"
        text = text.replace("biass", "biases")
        vector = VECTOR if all(len(one.shape) == 1 for one in several) else ""
        yield Mistake(f" without {role}{vector}", text, -_sum(several), SEVERAL if many else FORGOTTEN)
        if len(roles) > 2:
            yield Mistake(f" only {role}", f"only the {name} is counted", _sum(several) - here, ALONE)
        if not BIAS.search(role):
            yield Mistake(f" {role} twice", f"the {name} is counted twice", _sum(several), TWICE)
    for scope, several in scopes.items() if len(scopes) > 1 and len(roles) > 1 else ():
        yield Mistake(f" without {scope}", f"the {_called(scope, ())} is missing", -_sum(several), FORGOTTEN)
        for one in several if len(several) > 1 else ():
            text = f"the {role_of(one).replace('_', ' ')} of the {_called(scope, ())} is missing"
            yield Mistake(f" without {scope} {role_of(one)}", text, -_sum([one]), 1.1)


def _gates(weights: list[Weight]) -> Iterator[Mistake]:
    gated = [weight for weight in weights if weight.gates]
    if not gated:
        return
    here, count = _sum(gated), len(gated[0].gates)
    for role, several in _grouped(gated, map(role_of, gated)).items():
        text = f"the {_called(role, map(role_of, gated))} is counted once, not for each of {count} gates"
        if not BIAS.search(role):
            yield Mistake(f" {role} once", text, -_sum(several) * (count - 1) // count, ONE_GATE)
    biases = [weight for weight in gated if BIAS.search(role_of(weight))]
    if biases:
        whole = _sum(biases)
        yield Mistake(" one bias", f"one bias for all {count} gates", -whole * (count - 1) // count, ONCE)
        rows = _known(biases[0].shape[0]) if len(biases[0].shape) > 1 else 1
        vectors = len({role_of(weight) for weight in biases}) * rows
        if vectors != 1:  # two for each gate, as in cuDNN
            text = f"one bias vector for all {count} gates, not {vectors} for each"
            yield Mistake(" one bias vector", text, -whole + whole // (count * vectors), ONCE)
    yield Mistake(" one gate", f"one gate of {count} is counted", -here * (count - 1) // count, 1.0)
    text = f"{count - 1} gates of {count} are counted"
    yield Mistake(f" {count - 1} gates", text, -here // count, FEWER_GATES)


def _biases(weights: list[Weight]) -> Iterator[Mistake]:
    biases = [weight for weight in weights if BIAS.search(role_of(weight))]
    if biases and len(biases) < len(weights):
        yield Mistake(" bias twice", "the bias is counted twice", _sum(biases), BIAS_TWICE)
    if len(biases) == 1 and len(biases[0].shape) == 1 and len(weights) == KERNEL_AND_BIAS and not biases[0].gates:
        (units,) = map(_known, biases[0].shape)
        yield Mistake(" one bias number", "one bias for the layer, not one for each unit", 1 - units, 1.1)
        (kernel,) = (weight for weight in weights if weight is not biases[0])
        reads = _sum([kernel]) // units
        if len(kernel.shape) == KERNEL_AND_BIAS and reads != units:
            yield Mistake(" bias of inputs", "a bias for each input, not for each unit", reads - units, 1.15)


def _directions(weights: list[Weight]) -> Iterator[Mistake]:
    # two directions have equal weights; one direction of a role, or of the layer, is counted
    back = [one for one in weights if one.path.startswith("backward_") or one.path.endswith("_reverse")]
    if not back or 2 * _sum(back) != _sum(weights):
        return
    yield Mistake(" one direction", "one direction of two is counted", -_sum(back), 1.0)
    for role, several in _grouped(back, map(role_of, back)).items():
        text = f"the {_called(role, map(role_of, back))} is counted for one direction of two"
        yield Mistake(f" {role} one way", text, -_sum(several), 1.05 if BIAS.search(role) else 1.15)
    biases = [weight for weight in back if BIAS.search(role_of(weight))]
    if biases and biases[0].gates:
        count = len(biases[0].gates)
        text = f"one bias for all {count} gates and both directions"
        yield Mistake(" one bias of all", text, -2 * _sum(biases) + _sum(biases) // count, 1.1)


def _levels(weights: list[Weight]) -> Iterator[Mistake]:
    # a stack in one layer, as PyTorch has it: what the upper layers read
    inputs = [(weight, match) for weight in weights if (match := LEVEL.search(weight.name)) and "_ih" in weight.name]
    first = [weight for weight, match in inputs if match[1] == "0" and len(weight.shape) == 2]
    above = [weight for weight, match in inputs if match[1] != "0" and len(weight.shape) == 2]
    if not first or not above:
        return
    (tall, wide), d_x = map(_known, above[0].shape), _known(first[0].shape[1])
    if len(first) == 2:
        text = f"the upper layers read one direction: {wide // 2:,} features, not {wide:,}"
        yield Mistake(" reads one direction", text, -tall * (wide - wide // 2) * len(above), 0.9)
    if d_x != wide:
        text = f"every layer reads the {d_x:,} features of the first, not {wide:,}"
        yield Mistake(" reads the first width", text, tall * (d_x - wide) * len(above), 0.95)


def _heads(row: Row, weights: list[Weight]) -> Iterator[Mistake]:
    # attention whose heads share one width, as PyTorch has it
    heads = row.layer.options.get("num_heads") if isinstance(row.layer, Layer) else None
    inner = [weight for weight in weights if "in_proj" in weight.name or "out_proj.weight" in weight.name]
    inner += [weight for weight in weights if weight.name.endswith("_proj_weight") and "in_proj" not in weight.name]
    if isinstance(heads, int) and heads > 1 and inner:
        text = f"each of {heads} heads has the whole width"
        yield Mistake(" heads whole", text, _sum(inner) * (heads - 1), 0.95)
        text = f"one head of {heads} is counted"
        yield Mistake(" one head", text, -_sum(inner) * (heads - 1) // heads, 1.0)
