"""Gives a figure of a cost as a number, or raises an error that says what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...errors import OptionError, cut
from ...symbolic import Size, unicode
from .result import Cost, LayerCost

MOST_NAMES = 5  # layers named in a message


class UnknownMemory(OptionError):
    """A memory that is unknown, because of layers without a rule or without a table of what they keep."""


def training_memory(cost: Cost) -> Size:
    """Give the bytes of a training step: weights, gradients, optimizer and activations.

    Raises
    ------
    UnknownMemory
        With the layers of which something is unknown.
    """
    total = cost.memory.training
    if total is None:
        raise _unknown_memory(cost)
    return total


def inference_memory(cost: Cost) -> Size:
    """Give the bytes of inference: weights and states.

    Raises
    ------
    UnknownMemory
        When weights are unknown.
    """
    total = cost.memory.inference
    if total is None:
        raise _unknown_memory(cost)
    return total


def as_number(size: Size, what: str) -> int:
    """Give a figure that must be a number.

    Raises
    ------
    OptionError
        When sizes in it are open.
    """
    if isinstance(size, int):
        return size
    raise OptionError(
        f"{what} is not a number", expected=f"a value for {', '.join(sorted(size.symbols))}", received=unicode(size)
    )


def _unknown_memory(cost: Cost) -> UnknownMemory:
    if cost.memory.weights is None:
        return UnknownMemory("the memory is unknown, because weights of the model are")
    if cost.memory.gradients is None:
        return UnknownMemory(
            "there is no training step, because whole numbers have no gradients", expected="a dtype such as bfloat16"
        )
    names = list(_keep_unknown(cost.layers))
    if not names and cost.memory.optimizer is None:
        return UnknownMemory(
            "the memory of a training step is unknown, because it is unknown what the optimizer of the file keeps",
            expected="another optimizer, such as adam",
        )
    if not names:
        return UnknownMemory("the memory of a training step is unknown")
    more = len(names) - MOST_NAMES
    listed = ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
    return UnknownMemory(
        f"the memory of a training step is unknown, because it is unknown what these layers keep for it: {listed}"
    )


def _keep_unknown(layers: Iterable[LayerCost]) -> Iterator[str]:
    for one in layers:
        if one.layers:
            yield from (f"{cut(one.name)}/{inner}" for inner in _keep_unknown(one.layers))
        elif not one.kept_known:
            yield f"{cut(one.name)} ({one.type})"
