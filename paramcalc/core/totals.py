"""What weights add up to: the parameters, those that training changes, and what is kept beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from math import prod
from typing import NamedTuple

from ..symbolic import Expr, Size, add
from .built import Weight
from .json_data import JsonObject


class Sums(NamedTuple):
    """The sums over weights.

    Attributes
    ----------
    params : int or Expr
        Number of parameters: the sum of the weights.
    trainable : int or Expr
        Number of parameters that training changes.
    non_trainable : int or Expr
        Number of parameters that training leaves alone: statistics, and frozen layers.
    buffers : int or Expr
        Numbers kept with the layers that are no parameters (PyTorch's running mean).
    buffered : bool
        Whether there are any such.
    """

    params: Size
    trainable: Size
    non_trainable: Size
    buffers: Size
    buffered: bool


class StoredSize(NamedTuple):
    """The space that parameters take in a file.

    Attributes
    ----------
    bytes : int
    dtypes : tuple of str
        How their numbers are stored, in order of first use.
    params : int or Expr
        How many numbers they are.
    """

    bytes: int
    dtypes: tuple[str, ...]
    params: Size

    @property
    def bits(self) -> float | None:
        """Bits of one parameter on average, to two places; ``None`` where there are none."""
        return round(8 * self.bytes / self.params, 2) if isinstance(self.params, int) and self.params else None

    def to_dict(self) -> JsonObject:
        """Give it as JSON has it."""
        return {"bytes": self.bytes, "dtypes": [*self.dtypes], "bits_per_parameter": self.bits}


def stored_size(weights: Iterable[Weight]) -> StoredSize | None:
    """Add up the bytes that a file stores for parameters; ``None`` where it does not state those of one of them."""
    params = [weight for weight in weights if not weight.buffer]
    if params and params[0].bytes is None:
        return None
    sizes = [weight.bytes for weight in params if weight.bytes is not None]
    if not params or len(sizes) < len(params):
        return None
    return StoredSize(sum(sizes), tuple(dict.fromkeys(weight.dtype for weight in params)), summed(_counts(params)))


class Totals:
    """The sums over the weights of a layer or of a model."""

    @property
    def weights(self) -> Sequence[Weight]:
        """The weights, each once."""
        return ()

    @cached_property
    def sums(self) -> Sums:
        """What the weights add up to."""
        return sums_of(self.weights)

    @property
    def in_file(self) -> StoredSize | None:
        """The space that the parameters take in the file they are read from, where it states that."""
        return stored_size(self.weights)

    @property
    def params(self) -> Size:
        """Number of parameters: the sum of the weights."""
        return self.sums.params

    @property
    def trainable(self) -> Size:
        """Number of parameters that training changes."""
        return self.sums.trainable

    @property
    def non_trainable(self) -> Size:
        """Number of parameters that training leaves alone: statistics, and frozen layers."""
        return self.sums.non_trainable

    @property
    def buffers(self) -> Size:
        """Numbers kept with the layers that are no parameters (PyTorch's running mean)."""
        return self.sums.buffers

    @property
    def buffered(self) -> bool:
        """Whether there are such numbers."""
        return self.sums.buffered


def sums_of(weights: Sequence[Weight]) -> Sums:
    """Add up weights, each once."""
    trainable: list[Size] = []
    others: list[Size] = []
    buffers: list[Size] = []
    for weight in weights:
        kind = buffers if weight.buffer else trainable if weight.trainable else others
        kind.append(prod(weight.shape))
    changed, left = summed(trainable), summed(others)
    params = changed if not others else left if not trainable else summed(_counts(weights))
    return Sums(params, changed, left, summed(buffers), bool(buffers))


def _counts(weights: Iterable[Weight]) -> Iterable[Size]:
    return (prod(weight.shape) for weight in weights if not weight.buffer)


def added(parts: Iterable[Sums]) -> Sums | None:
    """Add up sums that are numbers; ``None`` where one is an expression, whose terms stand in the order of weights."""
    trainable = non_trainable = buffers = 0
    buffered = False
    for one in parts:
        if not (isinstance(one.trainable, int) and isinstance(one.non_trainable, int) and isinstance(one.buffers, int)):
            return None
        trainable += one.trainable
        non_trainable += one.non_trainable
        buffers += one.buffers
        buffered = buffered or one.buffered
    return Sums(trainable + non_trainable, trainable, non_trainable, buffers, buffered)


def summed(sizes: Iterable[Size]) -> Size:
    """Add up sizes and collect: at once, since adding one by one would copy the sum at every step."""
    terms = tuple(sizes)
    if {*map(type, terms)} <= {int}:
        return sum(terms)
    others = [term for term in terms if type(term) is not int or term != 0]
    total = others[0] if len(others) == 1 else add(others)
    return total.expand() if isinstance(total, Expr) else total
