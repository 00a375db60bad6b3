"""What a rule answers: weights, output shapes, formula and cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from ..symbolic import Expr, Size

Shape = tuple[Size, ...]


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
        The gates side by side along the last axis, in order; each takes an equal share.
    starts : tuple of (str, int)
        Gates whose initial value is not the initializer's.
    """

    name: str
    shape: Shape
    trainable: bool = True
    scope: str = ""
    gates: tuple[str, ...] = ()
    starts: tuple[tuple[str, int], ...] = ()

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
    inside : callable, optional
        For a nested model: the model, what its nodes built, and on which shapes; for reports.
    """

    outs: tuple[Shape, ...]
    weights: tuple[Weight, ...] = ()
    formula: Callable[[], Size] | None = None
    macs: Callable[[], Size] | None = None
    states: tuple[Shape, ...] = ()
    inside: Callable[[], Any] | None = None

    @property
    def params(self) -> Size:
        """Sum of the inventory."""
        return sum([prod(weight.shape) for weight in self.weights])


def scoped(weights: tuple[Weight, ...], scope: str) -> tuple[Weight, ...]:
    """Put weights under a scope: ``kernel`` → ``lstm_cell/kernel``."""
    return tuple(replace(weight, scope=f"{scope}/{weight.scope}" if weight.scope else scope) for weight in weights)


def repeated(built: Built, times: Size) -> Built:
    """Do the work, that of its insides included, so many times over."""

    def inside() -> Any:
        model, steps, shapes = built.inside()  # type: ignore[misc]  # asked for only where there is one
        return model, [repeated(step, times) for step in steps], shapes

    return replace(
        built,
        macs=(lambda: times * built.macs()) if built.macs else None,  # type: ignore[misc]
        inside=inside if built.inside else None,
    )


def frozen(built: Built) -> Built:
    """Mark every weight as one that training leaves alone."""
    return replace(built, weights=tuple(replace(weight, trainable=False) for weight in built.weights))
