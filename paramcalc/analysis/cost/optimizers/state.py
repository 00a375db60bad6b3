"""What an optimizer keeps between two steps for given weights: elements and bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from ....core.built import Weight
from ....core.framework import title
from ....core.shapes import shape_text
from ....core.totals import summed
from ....errors import OptionError, nearest
from ....symbolic import Expr, Size, symbols
from ....symbolic.evaluate import evaluate
from .options import Optimizer, OptionValue
from .read import EACH, EMBEDDING, EXCLUDED, MADE, ONCE, Line, Row, Tensor, rows

BYTES = {"int32": 4, "int64": 8, "float32": 4}
COUNTERS = {"jax": "int32", "torch": "int32", "tensorflow": "int64"}  # Keras's "int", by its backend
FLOATX = "float32"
_N = symbols("N")


class Slot(NamedTuple):
    """One tensor that an optimizer keeps.

    Attributes
    ----------
    name : str
        As the framework calls it: ``velocity``, ``exp_avg``.
    elements : int or Expr
    weight : int or None
        Whose it is: a position among the weights that were given; ``None`` for one of the optimizer as a whole.
    dtype : str
        Empty for the dtype of its weight.
    """

    name: str
    elements: Size
    weight: int | None
    dtype: str = ""


@dataclass(frozen=True, repr=False)
class State:
    """All that an optimizer keeps.

    Attributes
    ----------
    slots : tuple of Slot
    """

    slots: tuple[Slot, ...] = ()

    def __repr__(self) -> str:
        others = "".join(f", {elements} of {dtype}" for dtype, elements in self.others.items())
        return f"<state of an optimizer: {self.elements} elements{others}>"

    @property
    def elements(self) -> Size:
        """Elements in the dtype of the weights."""
        return summed(slot.elements for slot in self.slots if not slot.dtype)

    @property
    def others(self) -> dict[str, Size]:
        """Elements of other dtypes: counters, rates."""
        dtypes = sorted({slot.dtype for slot in self.slots if slot.dtype})
        return {dtype: summed(slot.elements for slot in self.slots if slot.dtype == dtype) for dtype in dtypes}

    def bytes(self, variable_bytes: Size | Sequence[Size] = 4) -> Size:
        """Give the size in bytes.

        Parameters
        ----------
        variable_bytes : int, Expr or list of int or Expr
            Bytes of one element of every weight, or of each of the weights that were given.
        """
        others = (elements * BYTES[dtype] for dtype, elements in self.others.items())
        if not isinstance(variable_bytes, Sequence):
            return summed((self.elements * variable_bytes, *others))
        own = (slot for slot in self.slots if not slot.dtype and slot.weight is not None)
        return summed((*(slot.elements * variable_bytes[slot.weight or 0] for slot in own), *others))


def optimizer_state(optimizer: Optimizer, weights: Sequence[Weight], *, backend: str = "jax") -> State:
    """Give what an optimizer keeps for weights, once it has made a step (PyTorch) or is built (Keras).

    Parameters
    ----------
    optimizer : Optimizer
    weights : list of Weight
        Those that do not train, and buffers, are left out. Sizes may be symbolic. The paths matter where an optimizer
        chooses weights by them (Muon, MultiOptimizer); Keras's have the name of the layer in front (see `scoped`).
    backend : str
        Of Keras, whose counters are of int32, but of int64 on TensorFlow.

    Raises
    ------
    OptionError
        When the optimizer cannot train one of the weights, or for an unknown backend.
    """
    if backend not in COUNTERS:
        known = sorted(COUNTERS)
        raise OptionError(
            "unknown backend", expected=", ".join(known), received=backend, suggestion=nearest(str(backend), known)
        )
    trained = [(at, weight) for at, weight in enumerate(weights) if weight.trainable and not weight.buffer]
    slots = _state(optimizer, trained) if trained or optimizer.framework == "keras" else ()
    return State(tuple(slot._replace(dtype=COUNTERS[backend]) if slot.dtype == "int" else slot for slot in slots))


_Weights = list[tuple[int, Weight]]


def _state(optimizer: Optimizer, weights: _Weights, built: bool = True) -> Iterator[Slot]:
    row = rows()[optimizer.framework][optimizer.name]
    options = {name: option.default for name, option in row.options.items()} | dict(optimizer.options)
    inner, optimizers = options.get("inner_optimizer"), options.get("default_optimizer")
    lines = [line for line in row.lines if not line.option or _holds(row, line, options)]
    for line in lines:
        if line.of == MADE or (line.of == ONCE and built):
            yield from (_once(tensor, weights, options) for tensor in line.tensors)
    of_weights = [line for line in lines if line.of not in (MADE, ONCE)]
    for at, weight in weights:
        yield from _of_weight(row, of_weights, at, weight, options)
    if isinstance(inner, Optimizer):
        yield from _state(inner, weights, built)
    if isinstance(optimizers, Optimizer):
        for chosen, own in _shared_out(optimizers, options.get("optimizer_map") or (), weights):
            yield from _state(chosen, own, bool(own))


def _holds(row: Row, line: Line, options: dict[str, OptionValue]) -> bool:
    return row.options[line.option].kind.holds(options[line.option])


def _once(tensor: Tensor, weights: _Weights, options: dict[str, OptionValue]) -> Slot:
    # one of no dtype has that of the first weight
    elements = _sized(tensor.elements, Weight("", ()), options)
    if tensor.dtype:
        return Slot(tensor.name, elements, None, tensor.dtype)
    return Slot(tensor.name, elements, weights[0][0]) if weights else Slot(tensor.name, elements, None, FLOATX)


def _of_weight(
    row: Row, lines: Sequence[Line], at: int, weight: Weight, options: dict[str, OptionValue]
) -> Iterator[Slot]:
    found: dict[str, Slot] = {}
    for line in lines:
        if not _is_of(line, weight, options):
            continue
        if line.refused:
            raise OptionError(
                f"{title(row.framework)}'s {row.name} cannot train {weight.path} of shape {shape_text(weight.shape)}",
                expected="matrices only; the other weights need an optimizer of their own, such as AdamW",
            )
        for tensor in line.tensors:
            found.setdefault(tensor.name, Slot(tensor.name, _sized(tensor.elements, weight, options), at, tensor.dtype))
    yield from found.values()


def _is_of(line: Line, weight: Weight, options: dict[str, OptionValue]) -> bool:
    if weight.replaced and not line.replaced:
        return False
    if line.of == EACH:
        return True
    if line.of == EMBEDDING:
        return "embedding" in weight.path.lower()
    if line.of == EXCLUDED:
        patterns = options["exclude_layers"]
        assert isinstance(patterns, tuple)
        return any(re.search(str(pattern), weight.path) for pattern in patterns)
    rank = len(weight.shape)
    return {"rank<2": rank < 2, "rank>=2": rank >= 2, "rank!=2": rank != 2}[line.of]


def _sized(elements: Size, weight: Weight, options: dict[str, OptionValue]) -> Size:
    if not isinstance(elements, Expr):
        return elements
    if elements == _N:
        return weight.params
    sizes: dict[str, Size] = {}
    for name in elements.symbols:
        if name == "N":
            sizes[name] = weight.params
        elif name == "R":
            sizes[name] = prod(weight.shape[:-1])
        elif name == "C":
            sizes[name] = prod((*weight.shape[:-2], weight.shape[-1]))
        else:
            given = options[name]
            assert isinstance(given, int)
            sizes[name] = given
    return evaluate(elements, sizes)


def _shared_out(default: Optimizer, chosen: OptionValue, weights: _Weights) -> Iterable[tuple[Optimizer, _Weights]]:
    # a path as it is, else the one pattern that matches all of it, else the default; each optimizer, used or not
    assert isinstance(chosen, tuple)
    pairs = [(str(pair[0]), pair[1]) for pair in chosen if isinstance(pair, tuple)]
    shares: list[tuple[Optimizer, _Weights]] = [(one, []) for _, one in pairs if isinstance(one, Optimizer)]
    shares.append((default, []))
    for at, weight in weights:
        exact = [place for place, (pattern, _) in enumerate(pairs) if pattern == weight.path]
        matching = exact or [place for place, (pattern, _) in enumerate(pairs) if re.fullmatch(pattern, weight.path)]
        if len(matching) > 1:
            patterns = " and ".join(repr(pairs[place][0]) for place in matching[:2])
            raise OptionError(
                f"several optimizers for {weight.path}", expected="one pattern that matches", received=patterns
            )
        shares[matching[0] if matching else -1][1].append((at, weight))
    return shares
