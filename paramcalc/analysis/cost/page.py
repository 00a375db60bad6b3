"""One page about the cost of a model: the cost, how it grows, which sizes fit a memory, and the time on a device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar, Unpack

from ...core.json_data import JsonObject
from ...displayed import Displayed
from ...errors import OptionError
from ...graph.model import Model
from ...symbolic import Size
from .cost import Asked, cost
from .devices import device as device_named
from .fit import Fit, fit
from .growth import Growth, Options, growth
from .result import Cost
from .roofline import Estimate, roofline
from .sizes import times_of


@dataclass(frozen=True, repr=False)
class Page(Displayed):
    """What is said about the cost of a model.

    Attributes
    ----------
    cost : Cost
    make_growth : callable
        Gives how the cost grows; data formats do not ask for it.
    fits : tuple of Fit
        The largest sizes that fit a memory, each beside the sizes that were given.
    estimates : tuple of Estimate
        The least time of a training step and of inference on a device.
    """

    presented_by: ClassVar[str] = "paramcalc.render.cost:page_presentation"

    cost: Cost
    make_growth: Callable[[], tuple[Growth, ...]]
    fits: tuple[Fit, ...]
    estimates: tuple[Estimate, ...]

    @cached_property
    def growth(self) -> tuple[Growth, ...]:
        """How the cost grows, in sentences."""
        return self.make_growth()

    def to_dict(self) -> JsonObject:
        """Give the cost as ``paramcalc-cost/1`` has it, with what was asked besides."""
        found = self.cost.to_dict()
        if self.fits:
            found["fits"] = [one.to_dict() for one in self.fits]
        if self.estimates:
            found["estimates"] = [one.to_dict() for one in self.estimates]
        return found


def page(
    model: Model,
    *,
    batch: Size | None = None,
    steps: Size | None = None,
    memory: str | None = None,
    device: str | None = None,
    **asked: Unpack[Asked],
) -> Page:
    """Make the page.

    Parameters
    ----------
    model : Model
    batch, steps : int or Expr, optional
    memory : str, optional
        ``"16GiB"``: find the largest batch, number of steps and window that fit it.
    device : str, optional
        ``"h100"``, or ``"312T,1.5T"`` for FLOP/s and bytes/s: estimate the least time on it.
    **asked
        What `paramcalc.cost` takes besides.

    Raises
    ------
    OptionError
        When no size is left to be found, and for what `paramcalc.cost`, `fit` and `roofline` refuse.
    """
    found = cost(model, batch=batch, steps=steps, **asked)
    plain = not any(asked.get(name) for name in ("lengths", "rtrl", "checkpoint"))
    whole = found if batch is None and steps is None else None
    grows = partial(growth, model, whole=whole, **_growing(asked)) if plain else tuple[Growth, ...]
    fits = tuple(_fits(model, memory, batch, steps, asked)) if memory is not None else ()
    estimates = tuple(_estimates(found, device, asked.get("dtype", "float32"))) if device is not None else ()
    return Page(found, grows, fits, estimates)


def _growing(asked: Asked) -> Options:
    return {
        "bptt": asked.get("bptt"),
        "frozen": tuple(asked.get("frozen", ())),
        "input_gradient": asked.get("input_gradient", False),
        "activations": asked.get("activations"),
    }


def _fits(model: Model, memory: str, batch: Size | None, steps: Size | None, asked: Asked) -> Iterator[Fit]:
    # each size beside the others: the batch at these steps, the steps at this batch, the window at both
    timed = bool(times_of(model.input_shapes))
    known_batch = batch if isinstance(batch, int) else None
    known_steps = steps if isinstance(steps, int) else None
    both = known_batch is not None and known_steps is not None
    if timed and known_batch is None and known_steps is None:
        raise OptionError("what fits the memory", expected="a number of steps, to find the batch, or a batch")
    made = partial(cost, **asked)
    if not timed or known_steps is not None:
        yield fit(model, memory, "batch", cost=made, steps=known_steps)
    if timed and known_batch is not None:
        yield fit(model, memory, "steps", cost=made, batch=known_batch)
    if timed and both and asked.get("bptt") is not None:
        yield fit(model, memory, "window", cost=made, batch=known_batch, steps=known_steps)


def _estimates(found: Cost, device: str, dtype: str) -> Iterator[Estimate]:
    chosen = device_named(device)
    if found.memory.training is not None:
        yield roofline(found, chosen, dtype)
    yield roofline(found, chosen, dtype, training=False)
