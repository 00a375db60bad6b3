"""What a rule answers: weights, output shapes, formula and cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any, NamedTuple

from ..symbolic import Expr, Size

Shape = tuple[Size, ...]


class _Unshaped(tuple[Size, ...]):
    """A shape of which not even the number of axes is known."""

    __slots__ = ()


class _Outs(tuple[Shape, ...]):
    """Outputs of which nobody knows how many there are: any of them can be read."""

    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:
        return UNSHAPED


UNSHAPED: Shape = _Unshaped()
UNKNOWN_OUTS: tuple[Shape, ...] = _Outs((UNSHAPED,))


@dataclass(slots=True)  # half the price of a NamedTuple, and counting is mostly making these
class Weight:
    """One tensor of a layer.

    Attributes
    ----------
    name : str
        The framework's own name, such as ``recurrent_kernel``.
    shape : tuple of int or Expr
    trainable : bool
        False for statistics such as a moving mean.
    scope : str
        Where it sits inside the layer (``lstm_cell``, ``forward_lstm/lstm_cell``), if deeper.
    gates : tuple of str
        The gates side by side along one axis, in order; each takes an equal share.
    starts : tuple of (str, int)
        Gates whose initial value is not the initializer's.
    buffer : bool
        Kept with the layer and no parameter at all, as PyTorch has it of a running mean; it does not count.
    origin : (int, int), optional
        The layer it belongs to, by ``id``, and its place there, once that layer is part of another: a layer
        used on several levels has one set of weights.
    gate_axis : int
        The axis its gates lie along: the last, or the first.
    """

    name: str
    shape: Shape
    trainable: bool = True
    scope: str = ""
    gates: tuple[str, ...] = ()
    starts: tuple[tuple[str, int], ...] = ()
    origin: tuple[int, int] | None = None
    buffer: bool = False
    gate_axis: int = -1

    @property
    def params(self) -> Size:
        """Number of parameters: the product of the shape."""
        count = prod(self.shape)
        return count.expand() if isinstance(count, Expr) else count

    @property
    def path(self) -> str:
        """Name with the scope in front."""
        return f"{self.scope}/{self.name}" if self.scope else self.name


@dataclass(slots=True)
class Built:
    """What a rule answers for given input shapes.

    Attributes
    ----------
    outs : tuple of shapes
        The output shape, or several; shapes include the batch.
    weights : tuple of Weight
        The inventory. Its sum is the count, and nothing else is.
    formula : callable, optional
        The textbook formula of the count, written as people write it.
    macs : callable, optional
        Multiply-adds of matrix products and convolutions for the whole input; ``None`` means none.
    states : tuple of shapes
        Shapes of the initial states the layer accepts.
    parts : callable, optional
        The layers inside a nested model or a wrapper, each use with what it built; for reports.
    unknown : str
        Why the weights are not known; then those listed are the least there can be.
    note : str
        What else is worth saying about it.
    costed : bool
        Whether ``macs`` is all its work; false where nobody knows what a call does, or on what shape.
    guessed : bool
        Whether weights are taken as trained of which a file does not say it.
    """

    outs: tuple[Shape, ...]
    weights: tuple[Weight, ...] = ()
    formula: Callable[[], Size] | None = None
    macs: Callable[[], Size] | None = None
    states: tuple[Shape, ...] = ()
    parts: Callable[[], list[Part]] | None = None
    unknown: str = ""
    note: str = ""
    costed: bool = True
    guessed: bool = False

    @property
    def params(self) -> Size:
        """Sum of the inventory, buffers aside."""
        return sum([prod(weight.shape) for weight in self.weights if not weight.buffer])


class Part(NamedTuple):
    """One use of a layer inside a model or a wrapper.

    Attributes
    ----------
    name : str
    layer : Layer or Model
    inputs : tuple of shapes
    built : Built
    reads : tuple of (str, int)
        Names of the layers and inputs it reads, each with which of its outputs.
    """

    name: str
    layer: Any
    inputs: tuple[Shape, ...]
    built: Built
    reads: tuple[tuple[str, int], ...] = ()


def scoped(weights: tuple[Weight, ...], scope: str, of: Any = None) -> tuple[Weight, ...]:
    """Put weights under a scope: ``kernel`` → ``lstm_cell/kernel``.

    ``of`` is the layer they belong to; of a copy, which has weights of its own, it is left out.
    """
    return tuple(
        replace(
            weight,
            scope=f"{scope}/{weight.scope}" if weight.scope else scope,
            origin=(weight.origin or (id(of), place)) if of is not None else None,
        )
        for place, weight in enumerate(weights)
    )


def repeated(built: Built, times: Size) -> Built:
    """Do the work, that of its insides included, so many times over."""
    macs, parts = built.macs, built.parts
    return replace(
        built,
        macs=(lambda: times * macs()) if macs else None,
        parts=(lambda: [part._replace(built=repeated(part.built, times)) for part in parts()]) if parts else None,
    )


def unworked(built: Built) -> Built:
    """Take away what is said of the work, that of its insides included: nobody knows how often it is done."""
    parts = built.parts
    return replace(
        built,
        macs=None,
        costed=False,
        parts=(lambda: [part._replace(built=unworked(part.built)) for part in parts()]) if parts else None,
    )


def frozen(built: Built) -> Built:
    """Mark every weight as one that training leaves alone."""
    return replace(built, weights=tuple(replace(weight, trainable=False) for weight in built.weights))
