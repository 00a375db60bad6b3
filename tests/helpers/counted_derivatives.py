"""Derivatives in NumPy, forwards and backwards, that count the multiply-adds they take as they go.

A number is written once and differentiated in two ways. A `Dual` carries, for each weight tensor it depends on, a
column for each of that tensor's numbers: real-time recurrent learning. A `Var` remembers what it was made from:
back-propagation. What is multiplied as matrices is counted: forwards, and once more for every column of an operand that
is no weight, or backwards, once more for every operand that needs a gradient. Run on the equations of
``reference_cells``, with this module in the place of NumPy, the programs differentiate every cell of the literature.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping
from itertools import count as counting
from typing import Any

import numpy as np
import pytest
import reference_cells
from reference_cells import STEPS, Array, Taken

Move = Callable[[Array, int], Array]  # moves elements of an array that has so many axes behind those of the value
Count = Callable[[int], None]
ORDER = counting()


class Number:
    """A value, and what its derivatives are known by."""

    __array_ufunc__ = None  # NumPy leaves array + Number to it
    value: Array

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape)

    def __len__(self) -> int:
        return len(self.value)

    def moved(self, move: Move) -> Any:
        """Move elements about."""
        raise NotImplementedError

    def of(self, value: Array, slope: Array) -> Any:
        """Apply a function element by element, given its value and its slope."""
        raise NotImplementedError

    def mean(self, axis: int, keepdims: bool) -> Any:
        raise NotImplementedError

    def __add__(self, other: Any) -> Any:
        return both(self, other, np.add, lambda a, b: 1, lambda a, b: 1)

    def __mul__(self, other: Any) -> Any:
        return both(self, other, np.multiply, lambda a, b: b, lambda a, b: a)

    def __sub__(self, other: Any) -> Any:
        return both(self, other, np.subtract, lambda a, b: 1, lambda a, b: -1)

    def __truediv__(self, other: Any) -> Any:
        return both(self, other, np.divide, lambda a, b: 1 / b, lambda a, b: -a / b**2)

    def __neg__(self) -> Any:
        return self * -1

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __rtruediv__(self, other: Any) -> Any:
        return both(other, self, np.divide, lambda a, b: 1 / b, lambda a, b: -a / b**2)

    def __getitem__(self, at: Any) -> Any:
        places = at if isinstance(at, tuple) else (at,)

        def move(array: Array, more: int) -> Array:
            if not more:
                return array[places]
            # the columns stand in front meanwhile, where no index reaches them
            return np.moveaxis(np.moveaxis(array, -1, 0)[(slice(None), *places)], 0, -1)

        return self.moved(move)

    def reshape(self, *shape: int) -> Any:
        wanted = self.value.reshape(*shape).shape
        return self.moved(lambda array, more: array.reshape((*wanted, *array.shape[array.ndim - more :])))

    def transpose(self, *axes: int) -> Any:
        return self.moved(lambda array, more: array.transpose((*axes, *range(len(axes), len(axes) + more))))

    @property
    def T(self) -> Any:
        return self.transpose(*reversed(range(self.value.ndim)))

    def swapaxes(self, one: int, other: int) -> Any:
        rank = self.value.ndim
        return self.moved(lambda array, more: array.swapaxes(one % rank, other % rank))

    def std(self, axis: int, keepdims: bool) -> Any:
        centred = self - self.mean(axis, keepdims)
        return sqrt((centred * centred).mean(axis, keepdims))


class Dual(Number):
    """A value with its derivatives: for each weight tensor, an array of the value's shape and an axis of columns."""

    def __init__(self, value: Array, blocks: Mapping[str, Array] | None = None, weight: bool = False) -> None:
        self.value = np.asarray(value, float)
        self.blocks = dict(blocks or {})
        self.weight = weight  # whether it is one, or a part of one

    def moved(self, move: Move) -> Dual:
        return Dual(move(self.value, 0), {path: move(one, 1) for path, one in self.blocks.items()}, self.weight)

    def of(self, value: Array, slope: Array) -> Dual:
        return Dual(value, {path: slope[..., None] * one for path, one in self.blocks.items()})

    def mean(self, axis: int, keepdims: bool) -> Dual:
        at = axis % self.value.ndim
        blocks = {path: one.mean(at, keepdims=keepdims) for path, one in self.blocks.items()}
        return Dual(self.value.mean(at, keepdims=keepdims), blocks)

    @staticmethod
    def combined(value: Array, parts: Iterable[tuple[Dual, Array]]) -> Dual:
        """Make a value of parts with these slopes."""
        blocks: dict[str, Array] = {}
        for one, slope in parts:
            slope = np.broadcast_to(slope, value.shape)[..., None]
            for path, block in one.blocks.items():
                lifted = block.reshape((1,) * (value.ndim - one.value.ndim) + block.shape)
                part = slope * np.broadcast_to(lifted, (*value.shape, block.shape[-1]))
                blocks[path] = blocks[path] + part if path in blocks else part
        return Dual(value, blocks)

    @staticmethod
    def joined(several: list[Dual], at: int) -> Dual:
        wide = {path: block.shape[-1] for one in several for path, block in one.blocks.items()}
        blocks = {
            path: np.concatenate([one.blocks.get(path, np.zeros((*one.shape, wide[path]))) for one in several], at)
            for path in wide
        }
        return Dual(np.concatenate([one.value for one in several], at), blocks, all(one.weight for one in several))

    @staticmethod
    def product(left: Dual, right: Dual, forward: Count, backward: Count) -> Dual:
        value = left.value @ right.value
        size = value.size * left.shape[-1]
        forward(size)
        blocks: dict[str, Array] = {}
        for one, multiply in ((left, lambda t: t @ right.value), (right, lambda t: left.value @ t)):
            for path, block in one.blocks.items():
                # the columns stand in front, so that each is a matrix of its own
                front = np.moveaxis(block, -1, 0)
                front = front.reshape((len(front),) + (1,) * (value.ndim - one.value.ndim) + one.shape)
                part = np.moveaxis(multiply(front), 0, -1)
                blocks[path] = blocks[path] + part if path in blocks else part
                if not one.weight:  # a weight's own columns hold a single one each: this is a copy
                    backward(size * block.shape[-1])
        return Dual(value, blocks)


class Var(Number):
    """A value that remembers what it was made from, as far as that needs a gradient."""

    def __init__(self, value: Array, parents: Iterable[tuple[Var, Any]] = (), needed: bool = False) -> None:
        self.value = np.asarray(value, float)
        self.parents = [(one, back) for one, back in parents if one.needed]
        self.needed = needed or bool(self.parents)
        self.order = next(ORDER)

    def moved(self, move: Move) -> Var:
        places = move(np.arange(1, self.value.size + 1).reshape(self.shape), 0)  # 0: no element

        def back(gradient: Array) -> Array:
            found = np.bincount(places.ravel(), gradient.ravel(), self.value.size + 1)
            return found[1:].reshape(self.shape)

        return Var(move(self.value, 0), [(self, back)])

    def of(self, value: Array, slope: Array) -> Var:
        return Var(value, [(self, lambda gradient: slope * gradient)])

    def mean(self, axis: int, keepdims: bool) -> Var:
        wide = self.shape[axis]
        back = lambda gradient: np.broadcast_to(gradient / wide, self.shape)  # noqa: E731
        return Var(self.value.mean(axis, keepdims=keepdims), [(self, back)])

    @staticmethod
    def combined(value: Array, parts: Iterable[tuple[Var, Array]]) -> Var:
        return Var(
            value, [(one, lambda g, one=one, slope=slope: narrowed(slope * g, one.shape)) for one, slope in parts]
        )

    @staticmethod
    def joined(several: list[Var], at: int) -> Var:
        ends = np.cumsum([one.shape[at] for one in several])[:-1]
        parents = [(one, lambda g, n=n: np.split(g, ends, at)[n]) for n, one in enumerate(several)]
        return Var(np.concatenate([one.value for one in several], at), parents)

    @staticmethod
    def product(left: Var, right: Var, forward: Count, backward: Count) -> Var:
        value = left.value @ right.value
        size = value.size * left.shape[-1]
        forward(size)

        def to_left(gradient: Array) -> Array:
            backward(size)
            return narrowed(gradient @ np.swapaxes(right.value, -1, -2), left.shape)

        def to_right(gradient: Array) -> Array:
            backward(size)
            return narrowed(np.swapaxes(left.value, -1, -2) @ gradient, right.shape)

        return Var(value, [(left, to_left), (right, to_right)])


def propagated(wanted: Iterable[tuple[Var, Array]]) -> dict[Var, Array]:
    """Go backwards from values with these gradients; give the gradient of every value on the way."""
    gradients: dict[Var, Array] = {}
    open_: dict[Var, None] = {}
    for one, gradient in wanted:
        if one.needed:
            gradients[one] = gradients.get(one, 0) + gradient
            open_[one] = None
    while open_:
        last = max(open_, key=lambda one: one.order)
        del open_[last]
        for parent, back in last.parents:
            gradients[parent] = gradients.get(parent, 0) + back(gradients[last])
            open_[parent] = None
    return gradients


def narrowed(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Add up what was spread out."""
    gradient = gradient.sum(tuple(range(gradient.ndim - len(shape))))
    axes = tuple(at for at, size in enumerate(shape) if size == 1 and gradient.shape[at] != 1)
    return gradient.sum(axes, keepdims=True) if axes else gradient


def both(a: Any, b: Any, operate: Any, by_a: Any, by_b: Any) -> Any:
    """Combine two values element by element, one of them perhaps a constant."""
    kind = type(a) if isinstance(a, Number) else type(b)
    a, b = (one if isinstance(one, Number) else kind(one) for one in (a, b))
    slopes = (by_a(a.value, b.value), by_b(a.value, b.value))
    return kind.combined(operate(a.value, b.value), zip((a, b), slopes, strict=True))


# --- what the equations ask of NumPy ---------------------------------------------------------------


def tanh(x: Any) -> Any:
    y = np.tanh(x.value)
    return x.of(y, 1 - y**2)


def exp(x: Any) -> Any:
    y = np.exp(x.value)
    return x.of(y, y)


def log(x: Any) -> Any:
    return x.of(np.log(x.value), 1 / x.value)


def sqrt(x: Any) -> Any:
    if not isinstance(x, Number):
        return np.sqrt(x)
    y = np.sqrt(x.value)
    return x.of(y, 0.5 / y)


def abs(x: Any) -> Any:
    return x.of(np.abs(x.value), np.sign(x.value))


def maximum(a: Any, b: Any) -> Any:
    return both(a, b, np.maximum, lambda a, b: a >= b, lambda a, b: a < b)


def concatenate(several: Any, axis: int = 0) -> Any:
    several = [*several]
    return type(several[0]).joined(several, axis % several[0].value.ndim)


def split(x: Any, parts: int, axis: int = -1) -> list[Any]:
    at = axis % x.value.ndim
    return [x.moved(lambda array, more, n=n: np.split(array, parts, at)[n]) for n in range(parts)]


def pad(x: Any, edges: Any) -> Any:
    return x.moved(lambda array, more: np.pad(array, [*edges, *[(0, 0)] * more]))


def zeros(shape: Any) -> Array:
    return np.zeros(shape)


# --- cells ------------------------------------------------------------------------------------------


class Weights(Taken):
    """The weights of a layer as numbers with derivatives, each to be taken once a step."""

    def __init__(self, weights: Any, values: Mapping[str, Any], forward: Count, backward: Count) -> None:
        self.forward, self.backward = forward, backward
        self.arrays = {}
        for weight in weights:
            gates = weight.gates or ("",)
            for gate, part in zip(gates, split(values[weight.path], len(gates)), strict=True):
                self.arrays[weight.path, gate] = part

    def dot(self, left: Any, right: Any) -> Any:
        return type(right).product(left, right, self.forward, self.backward)


def drawn(weights: Any, seed: int) -> dict[str, Array]:
    """Draw the weights of a layer; what it keeps besides, such as a variance, is above zero."""
    draw = np.random.default_rng(seed)
    arrays = {weight.path: draw.normal(size=weight.shape) * 0.4 for weight in weights}
    return {w.path: np.abs(arrays[w.path]) + 0.1 if w.buffer else arrays[w.path] for w in weights}


def step(cell: Any, weights: Any, values: Any, x: Any, states: Any, forward: Count, backward: Count) -> Any:
    """Do one step of a cell of the literature, with derivatives."""
    import counted_derivatives

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference_cells, "np", counted_derivatives)
        return STEPS[cell.type](Weights(weights, values, forward, backward), cell.options, x, states)


def duals(weights: Any, arrays: Mapping[str, Array], layer: str) -> dict[str, Dual]:
    """Make the weights of a layer numbers that carry columns, under a name in front of their paths."""
    found = {}
    for weight in weights:
        array = arrays[weight.path]
        own = {f"{layer}/{weight.path}": np.eye(array.size).reshape(*array.shape, array.size)}
        found[weight.path] = Dual(array) if weight.buffer else Dual(array, own, True)
    return found


def variables(weights: Any, arrays: Mapping[str, Array]) -> dict[str, Var]:
    """Make the weights of a layer numbers that need a gradient."""
    return {weight.path: Var(arrays[weight.path], needed=not weight.buffer) for weight in weights}


def with_room(value: Array, columns: Mapping[str, int]) -> Dual:
    """Give a constant room for its derivatives by these weights."""
    return Dual(value, {path: np.zeros((*value.shape, number)) for path, number in columns.items()})


def columns_of(one: Dual) -> dict[str, int]:
    return {path: block.shape[-1] for path, block in one.blocks.items()}


def elements(several: Iterable[Dual]) -> int:
    """Count the numbers of all derivatives."""
    return builtins.sum(block.size for one in several for block in one.blocks.values())
