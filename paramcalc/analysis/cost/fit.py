"""The inverse of a cost: the largest batch, number of time steps or window of back-propagation that fits a memory.

The memory at an answer, and at the next larger number, are those of the cost made anew at these sizes: they prove the
answer. The answer is found by doubling and halving, since more of any of these sizes never takes less memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ...catalogue import message
from ...core.json_data import JsonObject
from ...errors import OptionError, ShapeError, nearest
from ...graph.model import Model
from ...symbolic import Expr, Size
from ..search import first
from .cost import cost as cost_of
from .known import as_number, inference_memory, training_memory
from .memory import Memory
from .result import Cost
from .units import bytes_beside, read_bytes, scaled_bytes

MOST = 2**30  # the largest number that is tried
SIZES = ("batch", "steps", "window")


class At(NamedTuple):
    """What one number takes.

    Attributes
    ----------
    number : int
    bytes : int
    memory : Memory
    """

    number: int
    bytes: int
    memory: Memory


@dataclass(frozen=True)
class Fit:
    """The largest number that fits a memory, and why.

    Attributes
    ----------
    size : str
        What it is a number of: ``"batch"``, ``"steps"`` or ``"window"``.
    training : bool
        Whether a training step has to fit, or inference.
    budget : int
        Bytes.
    most : int
        The largest number that was tried.
    fits : At or None
        The largest number that fits; ``None`` if none does.
    exceeds : At or None
        The smallest one that does not; ``None`` if `most` still fits.
    varies : bool
        Whether the memory depends on the number.
    """

    size: str
    training: bool
    budget: int
    most: int
    fits: At | None
    exceeds: At | None
    varies: bool = True

    @property
    def value(self) -> int | None:
        """The largest number that fits; ``None`` if none does."""
        return None if self.fits is None else self.fits.number

    @property
    def lines(self) -> tuple[str, ...]:
        """The proof: ``batch 812: 15.99 GiB ≤ 16.00 GiB``, ``batch 813: 16.01 GiB > 16.00 GiB``."""
        compared = [(one, sign) for one, sign in ((self.fits, "≤"), (self.exceeds, ">")) if one is not None]
        written = bytes_beside([one.bytes for one, _ in compared], self.budget)
        found = [
            f"{message(self.size)} {one.number:,}: {written(one.bytes)} {sign} {written(self.budget)}"
            for one, sign in compared
        ]
        if not self.varies:
            found.append(message("the memory does not depend on it"))
        if self.exceeds is None:
            found.append(message("{most} is the largest number that is tried", most=f"{self.most:,}"))
        elif self.fits is None:
            found.append(message("that is {parts}", parts=", ".join(self._parts(self.exceeds.memory))))
        return tuple(found)

    def _parts(self, memory: Memory) -> Iterator[str]:
        training = (
            (memory.weights, "weights"),
            (memory.gradients, "gradients"),
            (memory.optimizer, "optimizer"),
            (memory.activations, "activations"),
        )
        inference = ((memory.weights, "weights"), (memory.state, "state"))
        for size, name in training if self.training else inference:
            if size:
                yield message("{size} of {name}", size=scaled_bytes(size, 2), name=message(name))

    def to_dict(self) -> JsonObject:
        """Give it as plain data."""
        return {
            "size": self.size,
            "value": self.value,
            "training": self.training,
            "budget": self.budget,
            "bytes": None if self.fits is None else self.fits.bytes,
            "next": None if self.exceeds is None else {"value": self.exceeds.number, "bytes": self.exceeds.bytes},
            "most": self.most,
        }


def fit(
    model: Model,
    memory: str | int,
    size: str = "batch",
    *,
    training: bool = True,
    most: int = MOST,
    batch: int | None = None,
    steps: int | None = None,
    cost: Callable[..., Cost] = cost_of,
) -> Fit:
    """Find the largest batch, number of time steps or window of truncated back-propagation that fits a memory.

    Parameters
    ----------
    model : Model
    memory : str or int
        ``"16GiB"``, ``"24G"``, or bytes.
    size : {"batch", "steps", "window"}
        Which one; the other two are those given to ``batch``, ``steps`` and ``cost``.
    training : bool
        Whether a training step has to fit (weights, gradients, optimizer, activations) or inference (weights, states).
    most : int
        The largest number that is tried. A window is not larger than the number of steps.
    batch, steps : int, optional
    cost : callable
        Makes the cost: `paramcalc.analysis.cost.cost`, or a ``partial`` of it with more options.

    Raises
    ------
    OptionError
        When what layers keep is unknown, when a size is open that is none of these, when the memory does not depend on
        a window, and for what is no memory or size.
    ShapeError
        When the layers fit no number.
    """
    if size not in SIZES:
        raise OptionError("no size to fit", expected=", ".join(SIZES), received=size, suggestion=nearest(size, SIZES))
    budget = read_bytes(memory)
    if size == "window" and steps is not None:
        most = min(most, steps)
    given = {name: value for name, value in (("batch", batch), ("steps", steps)) if value is not None}
    if size in given:
        raise OptionError(f"the {size} is given, and is to be found", received=given[size])
    if most < 1:
        raise OptionError("no number to try", expected="at least 1", received=most)
    made = partial(cost, model, **given)

    def at(number: int) -> At:
        found = made(**{"bptt" if size == "window" else size: number})
        total = training_memory(found) if training else inference_memory(found)
        return At(number, as_number(total, "the memory"), found.memory)

    fits, exceeds = _largest(at, budget, most, _guess(made, size, training, budget, most))
    varies = fits is None or exceeds is not None or _smallest(at, most).bytes < fits.bytes
    if size == "window" and not varies and most > 1:
        raise OptionError("no window to find: the memory of this cost does not depend on it")
    return Fit(size, training, budget, most, fits, exceeds, varies)


def _largest(at: Callable[[int], At], budget: int, most: int, guess: int | None) -> tuple[At | None, At | None]:
    found: dict[int, At] = {}

    def exceeds(number: int) -> bool:
        found[number] = at(number)
        return found[number].bytes > budget

    if guess is not None:
        try:
            if not exceeds(guess):
                if guess == most:
                    return found[guess], None
                if exceeds(guess + 1):
                    return found[guess], found[guess + 1]
        except ShapeError:  # too few steps for the layers
            pass
    least = _smallest(at, most).number
    over = first(exceeds, most, least)
    if over is None:
        return found[most], None
    if over == least:
        return None, found[over]
    exceeds(over - 1)
    return found[over - 1], found[over]


def _smallest(at: Callable[[int], At], most: int) -> At:
    # 1, unless the layers need more steps than that
    least = first(lambda number: _possible(at, number), most)
    return at(most if least is None else least)  # which raises the reason if there is none


def _possible(at: Callable[[int], At], number: int) -> bool:
    try:
        at(number)
    except ShapeError:
        return False
    return True


def _guess(made: Callable[..., Cost], size: str, training: bool, budget: int, most: int) -> int | None:
    # the memory as an expression in this size: what it says is proved afterwards, so that it may be missing
    try:
        memory = made().memory
    except (ShapeError, OptionError):  # there may be no cost in symbols, as of the best number of segments
        return None
    total: Size | None = memory.training if training else memory.inference
    if size == "window" or not isinstance(total, Expr) or len(total.symbols) != 1:
        return None
    (name,) = total.symbols
    over = first(lambda number: total(**{name: number}) > budget, most)
    return most if over is None else over - 1 or None
