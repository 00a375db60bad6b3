"""The layers of Keras that stored tensors form where a file has no description: by their order, names and shapes.

Keras stores the variables of a layer in the order of its rule. A file of Keras 2 names them; one of Keras 3 numbers
them, and its groups are called by class. The inventory of the rule has to equal the tensors. What several classes may
have stays plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from ...core.built import Weight
from ...core.formula import Formulated, formula_of
from ...core.registry import find, rules
from ...core.rule import Layer
from ...core.shapes import Shape
from ...core.tensors import BATCH
from ...errors import ParamcalcError
from ...symbolic import symbols
from ..tensors.forms import StoredLayer

Shapes = tuple[tuple[int, ...], ...]
Candidate = tuple[str, dict[str, object], Shape]  # the class, its options, what it reads
CELLS = {4: "LSTM", 3: "GRU", 1: "SimpleRNN"}
_NUMBERED = re.compile(r"_\d+\Z")


class Recognised(NamedTuple):
    """A layer that tensors form, and an input that it can read."""

    layer: Layer
    reads: Shape


def recognise(name: str, weights: Sequence[Weight]) -> Recognised | None:
    """Find the layer whose weights have exactly these shapes, in this order; ``None`` where there is none, or several.

    Parameters
    ----------
    name : str
        Of the layer or of its group.
    weights : sequence of Weight
        As the file has them.
    """
    shapes = tuple(tuple(size for size in one.shape if isinstance(size, int)) for one in weights)
    stem = _NUMBERED.sub("", name)
    names = tuple(one.name.partition(":")[0] for one in weights)
    scopes = frozenset(one.scope for one in weights)
    if _halves(weights):
        insides = frozenset(scope.partition("/")[2] for scope in scopes)
        found = _recognise("", names[: len(names) // 2], shapes[: len(shapes) // 2], insides)
        if found is None or found.layer.type not in CELLS.values():
            return None
        return Recognised(find("Bidirectional")(layer=found.layer), found.reads)
    return _recognise(stem, names, shapes, scopes)


def _halves(weights: Sequence[Weight]) -> bool:
    # two equal layers, one for each direction
    middle = len(weights) // 2
    pairs = list(zip(weights[:middle], weights[middle:], strict=False))
    ways = {one.scope.partition("/")[0].partition("_")[0] for one in weights}
    return len(weights) == 2 * middle and ways == {"forward", "backward"} and all(a.shape == b.shape for a, b in pairs)


@lru_cache(4096)
def _recognise(stem: str, names: tuple[str, ...], shapes: Shapes, scopes: frozenset[str]) -> Recognised | None:
    if not shapes or any(0 in shape or not shape for shape in shapes):
        return None
    named = not any(name.startswith("variable_") for name in names)
    for kind, options, reads in _candidates(stem, names, shapes):
        # Keras 3 has the variables of a layer in its group, those of its cell one below, those of a layer in it further
        if not named and (scopes != {"cell" if kind in CELLS.values() else ""} or _classes().get(stem, kind) != kind):
            continue
        try:
            layer = find(kind)(**options)
            made = layer.on(reads).weights
        except ParamcalcError:
            continue
        if tuple(one.shape for one in made) == shapes and (not named or tuple(one.name for one in made) == names):
            return Recognised(layer, reads)
    return None


@cache
def _classes() -> dict[str, str]:
    # by the names that Keras gives to the groups of their layers
    return {rule.snake: name for name, rule in rules("keras").items()}


def _candidates(stem: str, names: tuple[str, ...], shapes: Shapes) -> Iterator[Candidate]:
    first, rank = shapes[0], len(shapes[0])
    bias = len(shapes) > 1
    if rank == 2 and len(shapes) in (2, 3) and len(shapes[1]) == 2 and shapes[1][1] == first[1]:
        yield from _recurrent(first, shapes[1], shapes[2] if len(shapes) == 3 else ())
    elif rank == 2 and not bias and (names[0] == "embeddings" or stem == "embedding"):
        yield "Embedding", {"input_dim": first[0], "output_dim": first[1]}, (BATCH, symbols("T"))
    elif rank == 2 and (bias or names[0] == "kernel" or stem == "dense"):
        yield "Dense", {"units": first[1], "use_bias": bias}, (BATCH, first[0])
    elif rank == 1:
        yield from _norms(stem, names, len(shapes), first[0])
    elif 3 <= rank <= 5:
        yield from _convolutions(stem, names, first, shapes[1] if bias else ())


def _recurrent(kernel: tuple[int, ...], recurrent: tuple[int, ...], bias: tuple[int, ...]) -> Iterator[Candidate]:
    gates, rest = divmod(recurrent[1], recurrent[0])
    if rest or gates not in CELLS:
        return
    options: dict[str, object] = {"units": recurrent[0], "use_bias": bool(bias)}
    reads = (BATCH, symbols("T"), kernel[0])
    if gates == 3 and bias:
        options["reset_after"] = len(bias) == 2
    yield CELLS[gates], options, reads


def _norms(stem: str, names: tuple[str, ...], count: int, size: int) -> Iterator[Candidate]:
    kept = names[-2:] == ("moving_mean", "moving_variance")
    reads = (BATCH, size)
    if kept or stem == "batch_normalization":
        if count in (2, 4):
            yield "BatchNormalization", {"scale": count == 4, "center": count == 4}, reads
    elif stem == "layer_normalization" and count == 2:
        yield "LayerNormalization", {}, reads


def _convolutions(
    stem: str, names: tuple[str, ...], kernel: tuple[int, ...], bias: tuple[int, ...]
) -> Iterator[Candidate]:
    *window, channels, filters = kernel
    rank = len(window)
    reads: Shape = (BATCH, *window, channels)
    options: dict[str, object] = {"kernel_size": tuple(window), "use_bias": bool(bias)}
    plain = bias in ((), (filters,))
    if "transpose" in stem:
        kind = f"Conv{rank}DTranspose"
        below: Shape = (BATCH, *window, filters)
        yield kind, {**options, "filters": channels}, below
    elif "depthwise" in stem or names[0] == "depthwise_kernel":
        yield f"DepthwiseConv{rank}D", {**options, "depth_multiplier": filters}, reads
    elif plain and (stem == f"conv{rank}d" or (names[0] == "kernel" and channels != filters)):
        yield f"Conv{rank}D", {**options, "filters": filters}, reads


class RecognisedLayer(StoredLayer, Formulated):
    """A layer of Keras whose weights a file stores, with the formula on what it can read.

    Parameters
    ----------
    found : Recognised
    name : str
    weights : tuple of Weight
        As the file has them.
    frozen : bool
        Whether none of them is trained; otherwise all are taken as trained.
    """

    def __init__(self, found: Recognised, name: str, weights: tuple[Weight, ...], frozen: bool) -> None:
        layer = found.layer
        # statistics are no guess
        made = [one.trainable for one in layer.on(found.reads).weights]
        kept = tuple(one.evolve(trainable=trained and not frozen) for one, trained in zip(weights, made, strict=True))
        super().__init__(layer.rule, layer.options, name, layer.type, kept, not frozen)
        self.formula = formula_of(layer, found.reads)
        self.frozen = frozen
