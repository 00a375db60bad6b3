"""Numbers with their derivatives by every parameter, in NumPy: real-time recurrent learning that counts its own work.

A `Dual` has a value and, for each weight tensor it depends on, a column for each of that tensor's numbers. What two of
them are multiplied to as matrices is counted: the values, and once more for every column of an operand that is no
weight. Run on the equations of ``reference_cells``, with this module in the place of NumPy, it learns in real time.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np
import pytest
import reference_cells
from reference_cells import STEPS, Array, Taken

Blocks = Mapping[str, Array]


class Dual:
    """A value with its derivatives: for each weight tensor, an array of the value's shape and an axis of columns."""

    __array_ufunc__ = None  # NumPy leaves array + Dual to it

    def __init__(self, value: Array, blocks: Blocks | None = None, weight: bool = False) -> None:
        self.value = np.asarray(value, float)
        self.blocks = dict(blocks or {})
        self.weight = weight  # whether it is one, or a part of one
        for path, block in self.blocks.items():
            assert block.shape[:-1] == self.value.shape, (path, block.shape, self.value.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape)

    @property
    def size(self) -> int:
        return int(self.value.size)

    @property
    def columns(self) -> int:
        return builtins.sum(block.shape[-1] for block in self.blocks.values())

    def __len__(self) -> int:
        return len(self.value)

    def moved(self, move: Callable[[Array, int], Array]) -> Dual:
        """Move elements about; ``move`` takes an array and how many axes it has behind those of the value."""
        blocks = {path: move(block, 1) for path, block in self.blocks.items()}
        return Dual(move(self.value, 0), blocks, self.weight)

    def of(self, value: Array, slope: Array) -> Dual:
        """Apply a function element by element, given its value and its slope."""
        return Dual(value, {path: slope[..., None] * block for path, block in self.blocks.items()})

    def __neg__(self) -> Dual:
        return self.of(-self.value, np.full(self.shape, -1.0))

    def __add__(self, other: Any) -> Dual:
        return both(self, other, np.add, lambda a, b: 1, lambda a, b: 1)

    def __mul__(self, other: Any) -> Dual:
        return both(self, other, np.multiply, lambda a, b: b, lambda a, b: a)

    def __sub__(self, other: Any) -> Dual:
        return both(self, other, np.subtract, lambda a, b: 1, lambda a, b: -1)

    def __truediv__(self, other: Any) -> Dual:
        return both(self, other, np.divide, lambda a, b: 1 / b, lambda a, b: -a / b**2)

    def __radd__(self, other: Any) -> Dual:
        return dual(other) + self

    def __rmul__(self, other: Any) -> Dual:
        return dual(other) * self

    def __rsub__(self, other: Any) -> Dual:
        return dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return dual(other) / self

    def __getitem__(self, at: Any) -> Dual:
        places = at if isinstance(at, tuple) else (at,)
        blocks = {  # the columns stand in front meanwhile, where no index reaches them
            path: np.moveaxis(np.moveaxis(block, -1, 0)[(slice(None), *places)], 0, -1)
            for path, block in self.blocks.items()
        }
        return Dual(self.value[places], blocks, self.weight)

    def reshape(self, *shape: int) -> Dual:
        wanted = self.value.reshape(*shape).shape
        return self.moved(lambda array, more: array.reshape((*wanted, *array.shape[array.ndim - more :])))

    def transpose(self, *axes: int) -> Dual:
        return self.moved(lambda array, more: array.transpose((*axes, *range(len(axes), len(axes) + more))))

    @property
    def T(self) -> Dual:
        return self.transpose(*reversed(range(self.value.ndim)))

    def swapaxes(self, one: int, other: int) -> Dual:
        rank = self.value.ndim
        return self.moved(lambda array, more: array.swapaxes(one % rank, other % rank))

    def mean(self, axis: int, keepdims: bool) -> Dual:
        assert (axis, keepdims) == (-1, True)
        at = self.value.ndim - 1
        return Dual(
            self.value.mean(at, keepdims=True),
            {path: block.mean(at, keepdims=True) for path, block in self.blocks.items()},
        )

    def std(self, axis: int, keepdims: bool) -> Dual:
        centred = self - self.mean(axis, keepdims)
        return sqrt((centred * centred).mean(axis, keepdims))


def dual(value: Any) -> Dual:
    return value if isinstance(value, Dual) else Dual(value)


def both(a: Any, b: Any, operate: Any, by_a: Any, by_b: Any) -> Dual:
    """Combine two values element by element, one of them perhaps a constant."""
    a, b = dual(a), dual(b)
    value = operate(a.value, b.value)
    blocks: dict[str, Array] = {}
    for one, slope in ((a, by_a(a.value, b.value)), (b, by_b(a.value, b.value))):
        slope = np.broadcast_to(slope, value.shape)[..., None]
        for path, block in one.blocks.items():
            lifted = block.reshape((1,) * (value.ndim - one.value.ndim) + block.shape)
            part = slope * np.broadcast_to(lifted, (*value.shape, block.shape[-1]))
            blocks[path] = blocks[path] + part if path in blocks else part
    return Dual(value, blocks)


# --- what the equations ask of NumPy ---------------------------------------------------------------


def tanh(x: Any) -> Dual:
    y = np.tanh(dual(x).value)
    return dual(x).of(y, 1 - y**2)


def exp(x: Any) -> Dual:
    y = np.exp(dual(x).value)
    return dual(x).of(y, y)


def log(x: Any) -> Dual:
    return dual(x).of(np.log(dual(x).value), 1 / dual(x).value)


def sqrt(x: Any) -> Any:
    if not isinstance(x, Dual):
        return np.sqrt(x)
    y = np.sqrt(x.value)
    return x.of(y, 0.5 / y)


def abs(x: Dual) -> Dual:
    return x.of(np.abs(x.value), np.sign(x.value))


def maximum(a: Any, b: Any) -> Dual:
    return both(a, b, np.maximum, lambda a, b: a >= b, lambda a, b: a < b)


def concatenate(several: Any, axis: int = 0) -> Dual:
    several = [dual(one) for one in several]
    at = axis % several[0].value.ndim
    paths = dict.fromkeys(path for one in several for path in one.blocks)
    wide = {path: next(one.blocks[path].shape[-1] for one in several if path in one.blocks) for path in paths}
    blocks = {
        path: np.concatenate([one.blocks.get(path, np.zeros((*one.shape, wide[path]))) for one in several], at)
        for path in paths
    }
    return Dual(np.concatenate([one.value for one in several], at), blocks, all(one.weight for one in several))


def split(x: Dual, parts: int, axis: int = -1) -> list[Dual]:
    at = axis % x.value.ndim
    values = np.split(x.value, parts, at)
    pieces = {path: np.split(block, parts, at) for path, block in x.blocks.items()}
    return [
        Dual(value, {path: several[n] for path, several in pieces.items()}, x.weight) for n, value in enumerate(values)
    ]


def pad(x: Any, edges: Any) -> Dual:
    return dual(x).moved(lambda array, more: np.pad(array, [*edges, *[(0, 0)] * more]))


def zeros(shape: Any) -> Array:
    return np.zeros(shape)


# --- learning ---------------------------------------------------------------------------------------


def dot(left: Any, right: Any, count: Callable[[int], None]) -> Dual:
    """Multiply matrices and their columns; count the multiply-adds, those with a weight's own columns aside."""
    left, right = dual(left), dual(right)
    value = left.value @ right.value
    size = value.size * left.shape[-1]
    count(size)
    blocks: dict[str, Array] = {}
    rank = value.ndim
    for one, multiply in ((left, lambda t: t @ right.value), (right, lambda t: left.value @ t)):
        for path, block in one.blocks.items():
            # the columns stand in front, so that each is a matrix of its own
            front = np.moveaxis(block, -1, 0)
            front = front.reshape((len(front),) + (1,) * (rank - one.value.ndim) + one.shape)
            part = np.moveaxis(multiply(front), 0, -1)
            blocks[path] = blocks[path] + part if path in blocks else part
            if not one.weight:
                count(size * block.shape[-1])
    return Dual(value, blocks)


class Learning(Taken):
    """The weights of a layer as `Dual` numbers, under a name in front of their paths."""

    def __init__(self, weights: Any, arrays: Mapping[str, Array], layer: str, count: Callable[[int], None]) -> None:
        self.arrays = {}
        self.count = count
        for weight in weights:
            array = arrays[weight.path]
            own = np.eye(array.size).reshape(*array.shape, array.size)
            whole = Dual(array) if weight.buffer else Dual(array, {f"{layer}/{weight.path}": own}, True)
            gates = weight.gates or ("",)
            for gate, part in zip(gates, split(whole, len(gates)), strict=True):
                self.arrays[weight.path, gate] = part

    def dot(self, left: Any, right: Any) -> Dual:
        return dot(left, right, self.count)


def drawn(weights: Any, seed: int) -> dict[str, Array]:
    """Draw the weights of a layer; what it keeps besides, such as a variance, is above zero."""
    draw = np.random.default_rng(seed)
    arrays = {weight.path: draw.normal(size=weight.shape) * 0.4 for weight in weights}
    return {w.path: np.abs(arrays[w.path]) + 0.1 if w.buffer else arrays[w.path] for w in weights}


def step(cell: Any, weights: Any, arrays: Any, layer: str, x: Any, states: Any, count: Callable[[int], None]) -> Any:
    """Do one step of a cell of the literature, with derivatives."""
    import forward_mode

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference_cells, "np", forward_mode)
        taken = Learning(weights, arrays, layer, count)
        out, after = STEPS[cell.type](taken, cell.options, dual(x), states)
    return dual(out), [dual(one) for one in after]


def full(value: Array, columns: Mapping[str, int]) -> Dual:
    """Give a constant room for its derivatives by these weights."""
    return Dual(value, {path: np.zeros((*value.shape, number)) for path, number in columns.items()})


def columns_of(several: list[Dual]) -> list[dict[str, int]]:
    return [{path: block.shape[-1] for path, block in one.blocks.items()} for one in several]


def elements(several: list[Dual]) -> int:
    """Count the numbers of all derivatives."""
    return builtins.sum(prod(block.shape) for one in several for block in one.blocks.values())
