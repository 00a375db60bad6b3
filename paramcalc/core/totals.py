"""What weights add up to: the parameters, those that training changes, and what is kept beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..symbolic import Expr, Size, add
from .built import Weight


class Totals:
    """The sums over the weights of a layer or of a model."""

    @property
    def weights(self) -> Sequence[Weight]:
        """The weights, each once."""
        return ()

    @property
    def params(self) -> Size:
        """Number of parameters: the sum of the weights."""
        return summed(weight.params for weight in self.weights if not weight.buffer)

    @property
    def trainable(self) -> Size:
        """Number of parameters that training changes."""
        return summed(weight.params for weight in self.weights if weight.trainable)

    @property
    def non_trainable(self) -> Size:
        """Number of parameters that training leaves alone: statistics, and frozen layers."""
        return summed(weight.params for weight in self.weights if not (weight.trainable or weight.buffer))

    @property
    def buffers(self) -> Size:
        """Numbers kept with the layers that are no parameters (PyTorch's running mean)."""
        return summed(weight.params for weight in self.weights if weight.buffer)


def summed(sizes: Iterable[Size]) -> Size:
    """Add up sizes and collect: at once, since adding one by one would copy the sum at every step."""
    terms = tuple(sizes)
    if all(type(term) is int for term in terms):
        return sum(terms)
    total = add(terms)
    return total.expand() if isinstance(total, Expr) else total
