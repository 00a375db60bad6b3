"""A layer as somebody else might count it: with other options, by another rule, or on another input."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from ..core.built import Applicable
from ..core.declare import LAYER, REQUIRED, Shape
from ..core.default_inputs import natural_inputs
from ..core.kinds import AXES, AXIS, Choice, Sized, Window
from ..core.registry import rules_in
from ..core.rule import Layer
from ..core.shapes import AnyShape, UnknownShape
from ..report import Row
from ..untyped import OptionValue
from .inventory import BIAS
from .stacks import CELLS, TIME

VOCABULARY, HEADS, HEAD, FILTERS, CHANNELS = "V", ("H", "h"), "d_k", "F", "C"
OFF = {
    -2: "two fewer than stated",
    -1: "one fewer than stated",
    1: "one more than stated (padding or unknown token)",
    2: "two more than stated (padding and unknown token)",
}
WITHOUT = 0.9  # cost of a bias too few or too many
TABLES = ("Embedding", "EmbeddingBag", "ReversibleEmbedding")  # one row per token
SEQUENCE = 3  # axes of a batch of sequences
COUNTED_ELSEWHERE = (*TIME, "num_layers")  # options whose changes are tried as other layers


class Variant(NamedTuple):
    """One layer counted in another way.

    Attributes
    ----------
    key, text, cost
        As in `paramcalc.analysis.causes.Mistake`.
    layer : Layer
    inputs : sequence of shapes
    """

    key: str
    text: str
    cost: float
    layer: Layer
    inputs: Sequence[AnyShape]


class Widths(NamedTuple):
    """What the layers of a model read and give, as far as people take one size for another.

    Attributes
    ----------
    first : dict of str to int
        Features that the first layer of each class reads.
    both : frozenset of int
        Features that two directions give together.
    vocabularies : frozenset of int
        Tokens of the embeddings.
    steps : int or None
        Time steps of the input, if it is a sequence of known length.
    """

    first: Mapping[str, int]
    both: frozenset[int]
    vocabularies: frozenset[int]
    steps: int | None = None


def inputs_of(row: Row) -> Sequence[AnyShape]:
    """Give the input shapes of a row, or those that its layer declares."""
    return row.inputs or (natural_inputs(row.layer) if isinstance(row.layer, Layer) else ())


def variants(row: Row, widths: Widths) -> Iterator[Variant]:
    """List the other ways to count the layer of a row."""
    layer, inputs = row.layer, inputs_of(row)
    if not isinstance(layer, Layer) or not inputs:
        return
    for key, text, cost, made in _layers(layer, inputs, row.rows, widths):
        yield Variant(key, text, cost, made, inputs)
    if len(inputs) == 1 and not isinstance(inputs[0], UnknownShape):
        yield from _read(row.type, layer, inputs[0], widths)


def _layers(
    layer: Layer, inputs: Sequence[AnyShape], inside: Sequence[Row], widths: Widths
) -> Iterator[tuple[str, str, float, Layer]]:
    for key, text, cost, options in (*_options(layer, inputs), *_sizes(layer, inputs, widths)):
        yield key, text, cost, layer.copy_with(layer.name, {**layer.options, **options})
    for other in _kin(layer, inputs):
        yield f" as {other.type}", f"counted as {other.type}", 1.0, other
    # the layer in a wrapper
    for name, option in layer.rule.options.items():
        inner = layer.options[name]
        if option.kind is LAYER and isinstance(inner, Layer) and inside:
            for key, text, cost, made in _layers(inner, inside[0].inputs, inside[0].rows, widths):
                yield key, text, cost, layer.copy_with(layer.name, {**layer.options, name: made})
            return


def _options(layer: Layer, inputs: Sequence[AnyShape]) -> Iterator[tuple[str, str, float, dict[str, OptionValue]]]:
    # every switch with each of its other values, every axis, and every size as if it had been left out
    rank = 0 if isinstance(inputs[0], UnknownShape) else len(inputs[0])
    for name, option in layer.rule.options.items():
        value, kind = layer.options[name], option.kind.base
        if name in COUNTED_ELSEWHERE:
            continue
        if isinstance(option.kind, Choice):
            for other in option.kind.values:
                if other != value:
                    cost = WITHOUT if BIAS.search(name) else 1.0
                    yield f".{name}={other}", f"with {name}={other}", cost, {name: other}
        elif kind in (AXIS, AXES):
            for axis in range(1, rank):
                yield f".{name}={axis}", f"with {name}={axis}", 1.0, {name: axis}
            if kind is AXES and rank > 1:
                every = tuple(range(1, rank))
                yield f".{name}={every}", f"with {name}={every}", 1.0, {name: every}
        elif option.default is not REQUIRED and value != (default := layer.rule.defaults[name]) and kind is not LAYER:
            yield f".{name} ignored", f"{name}={_shown(value)} is ignored", 1.0, {name: default}


def _shown(value: object) -> str:
    return "(" + ", ".join(map(str, value)) + ")" if isinstance(value, tuple) else str(value)


def _sizes(
    layer: Layer, inputs: Sequence[AnyShape], widths: Widths
) -> Iterator[tuple[str, str, float, dict[str, OptionValue]]]:
    # sizes that are easily mistaken: of a vocabulary, a window, the heads of attention
    named = {option.kind.base.symbol: name for name, option in layer.rule.options.items() if option.kind.base.symbol}
    sizes = {symbol: layer.options[name] for symbol, name in named.items()}
    for symbol, size in sizes.items():
        if symbol == VOCABULARY or (size in widths.vocabularies and symbol == "d_y"):
            for more, text in OFF.items() if isinstance(size, int) else ():
                if size + more > 0:
                    said = f"a vocabulary of {size + more:,} tokens, {text}"
                    yield f" vocabulary {more:+}", said, 0.95 + 0.05 * abs(more), {named[symbol]: size + more}
    if isinstance(sizes.get(VOCABULARY), int) and widths.steps is not None:
        text = (
            f"the {widths.steps:,} places of the sequence are taken for the vocabulary of {sizes[VOCABULARY]:,} tokens"
        )
        yield " length for vocabulary", text, 1.05, {named[VOCABULARY]: widths.steps}
    for name, option in layer.rule.options.items():
        window = layer.options[name]
        if isinstance(option.kind, Window) and option.kind.symbol and len(window) > 1 and window[-1] != 1:
            text = f"one side of the window is left out: {window[0]} weights, not {_times(window)}"
            if len(set(window)) == 1:
                yield f".{name} side", text, 1.1, {name: (window[0], *(1,) * (len(window) - 1))}
    yield from _heads(named, sizes, inputs)


def _times(sizes: Sequence[object]) -> str:
    return "·".join(map(str, sizes))


def _heads(
    named: Mapping[str, str], sizes: Mapping[str, OptionValue], inputs: Sequence[AnyShape]
) -> Iterator[tuple[str, str, float, dict[str, OptionValue]]]:
    heads, groups = sizes.get("H"), sizes.get("G")
    head = next((symbol for symbol in (HEAD, "d_h") if symbol in sizes), None)
    if not isinstance(heads, int) or heads < 2 or head is None or not isinstance(sizes[head], int):
        return
    width, name = sizes[head], named[head]
    whole = inputs[0][-1] if not isinstance(inputs[0], UnknownShape) else None
    if groups is None:
        text = f"{name}={width:,} is taken as the width of all {heads} heads together"
        yield " whole width", text, 0.95, {named["H"]: 1}
    if isinstance(whole, int) and whole != width:
        text = f"each of {heads} heads has the whole width, {whole:,}, not {width:,}"
        yield " heads whole", text, 0.95, {name: whole}
    if heads * width != whole:
        text = f"each of {heads} heads has a width of {heads * width:,}, not {width:,}"
        yield " heads times", text, 1.05, {name: heads * width}
    if width % heads == 0:
        text = f"{name}={width:,} is divided among the {heads} heads"
        yield " heads divided", text, 1.0, {name: width // heads}
    if isinstance(groups, int) and groups != heads:
        text = f"keys and values are counted for each of {heads} heads, not for {groups} groups"
        yield " heads of keys", text, 0.95, {named["G"]: heads}


def _kin(layer: Layer, inputs: Sequence[AnyShape]) -> Iterator[Layer]:
    # rules of the same family that take the same options: SeparableConv2D, Conv2D, DepthwiseConv2D
    rule, module = layer.rule, sys.modules.get(layer.rule.__module__)
    if module is None or layer.type in CELLS:
        return
    needed = {name for name, option in rule.options.items() if option.default is REQUIRED}
    for other in rules_in(module):
        theirs = {name for name, option in other.options.items() if option.default is REQUIRED}
        if other is rule or other.rank != rule.rank or bool(needed) != bool(theirs) or (needed and not needed & theirs):
            continue
        if len(other.inputs) != len(rule.inputs):
            continue
        options = {name: value for name, value in layer.options.items() if name in other.options}
        for name in theirs - options.keys():
            made = None if isinstance(inputs[0], UnknownShape) else _channels(layer, inputs[0])
            if other.options[name].kind.base.symbol == FILTERS and made is not None:
                options[name] = made
        if theirs <= options.keys():
            yield Layer(other, {**other.defaults, **options})


def _channels(layer: Layer, shape: Shape) -> int | None:
    size = shape[_feature(layer, shape)[0]]
    return size if isinstance(size, int) else None


def _feature(layer: Layer, shape: Shape) -> tuple[int, str]:
    # the axis of the features, and its name
    names = layer.axes(len(shape)) or [""] * len(shape)
    at = names.index(CHANNELS) if CHANNELS in names else len(shape) - 1
    return at, names[at]


def _read(kind: str, layer: Layer, shape: Shape, widths: Widths) -> Iterator[Variant]:
    # the layer on an input of other features
    at, name = _feature(layer, shape)
    size = shape[at]
    if not isinstance(size, int):
        return
    for key, text, cost, other in _features(kind, layer, shape, at, name, widths):
        if other != size:
            declared = {
                one: other
                for one, option in layer.rule.options.items()
                if option.kind.base.symbol == name and isinstance(option.kind.base, Sized)
            }
            made = layer.copy_with(layer.name, {**layer.options, **declared}) if declared else layer
            yield Variant(key, text, cost, made, ((*shape[:at], other, *shape[at + 1 :]),))
    known = [one for one in shape[1:] if isinstance(one, int)]
    if len(shape) >= SEQUENCE and len(known) == len(shape) - 1:
        flat = prod(known)
        text = f"reads the flattened input: {flat:,} features, not {size:,}"
        yield Variant(" flattened", text, 0.9, layer, ((shape[0], flat),))


def _features(
    kind: str, layer: Layer, shape: Shape, at: int, name: str, widths: Widths
) -> Iterator[tuple[str, str, float, int]]:
    size = shape[at]
    assert isinstance(size, int)
    if name == CHANNELS:
        yield " channels", f"the {size:,} input channel{'s' * (size > 1)} are left out", 0.9, 1
    if size in widths.both:
        text = f"reads one direction: {size // 2:,} features, not {size:,}"
        yield " reads one direction", text, 0.9, size // 2
    first = widths.first.get(kind)
    if first is not None:
        text = f"reads {first:,} features, as the first {kind} does, not {size:,}"
        yield " reads the first width", text, 0.95, first
    units = layer.options.get("units", layer.options.get("hidden_size"))
    inner = layer.options.get("layer")
    if isinstance(inner, Layer):
        units = inner.options.get("units")
    two = size in widths.both and units == size // 2  # said already
    if layer.rule.name in (*CELLS, "Bidirectional") and isinstance(units, int) and not two:
        yield " reads units", f"reads {units:,} features, its number of units, not {size:,}", 1.05, units
    if len(shape) == SEQUENCE - 1 and widths.steps is not None and widths.steps > 1:
        flat = size * widths.steps
        yield " flattened", f"reads the flattened sequence: {flat:,} features, not {size:,}", 0.95, flat
    steps = shape[1] if len(shape) == SEQUENCE and at != 1 else None
    if isinstance(steps, int):
        yield " reads steps", f"reads the {steps:,} time steps as features, not {size:,}", 1.05, steps


def weightless(layer: Applicable, row: Row) -> bool:
    """Tell whether a layer has no weights and passes one tensor on, so that it can be left out."""
    return isinstance(layer, Layer) and not row.weights and len(row.inputs) == 1 and len(row.outputs) == 1
