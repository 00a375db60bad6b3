"""The least time that hardware needs for a model, by the roofline model: arithmetic or memory, whichever takes longer.

Source: Williams, Waterman & Patterson 2009, "Roofline: an insightful visual performance model for multicore
architectures". A figure here is an estimate. It is a lower bound on peak figures: it assumes that arithmetic and memory
overlap completely, and that caches hold everything within the model. The overhead of starting kernels is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...catalogue import message
from ...core.json_data import JsonObject
from ...errors import OptionError
from ...symbolic import Size
from .devices import Device
from .dtypes import policy
from .known import as_number, inference_memory, training_memory
from .passes import together
from .result import Cost
from .units import scaled_bytes, scaled_flops

INFERENCE = "weights read once; states written and read once"
TRAINING = (
    "weights read in both passes; gradients written, read by the optimizer, and as much written as new weights; "
    "optimizer slots read and written; kept activations written and read once"
)


@dataclass(frozen=True)
class Estimate:
    """An estimate of the time that hardware needs at least.

    Attributes
    ----------
    device : str
    training : bool
        Whether it is a training step, or one forward pass.
    flops, bytes : int
        What is computed, two FLOPs a multiply-add, and what is moved to and from memory.
    counted : str
        Which bytes are counted.
    peak, bandwidth : int
        Of the hardware, in FLOP/s and bytes/s.
    complete : bool
        Whether all multiply-adds are known.
    """

    device: str
    training: bool
    flops: int
    bytes: int
    counted: str
    peak: int
    bandwidth: int
    complete: bool

    @property
    def compute_time(self) -> float:
        """Seconds of the arithmetic at its peak."""
        return self.flops / self.peak

    @property
    def memory_time(self) -> float:
        """Seconds of moving the bytes at full bandwidth."""
        return self.bytes / self.bandwidth

    @property
    def time(self) -> float:
        """Seconds, at least."""
        return max(self.compute_time, self.memory_time)

    @property
    def bound(self) -> str:
        """What takes longer: ``"compute"`` or ``"memory"``."""
        return "compute" if self.flops * self.bandwidth > self.bytes * self.peak else "memory"

    @property
    def intensity(self) -> float | None:
        """Arithmetic intensity, in FLOPs a byte; ``None`` where no bytes are moved."""
        return self.flops / self.bytes if self.bytes else None

    @property
    def ridge(self) -> float:
        """The arithmetic intensity of the hardware, from which on arithmetic takes longer."""
        return self.peak / self.bandwidth

    @property
    def lines(self) -> tuple[str, ...]:
        """The estimate in sentences."""
        what = message("a training step") if self.training else message("one forward pass")
        bound = message("arithmetic") if self.bound == "compute" else message("memory")
        found = [
            message(
                "estimate: {what} takes at least {time} on {device}, bound by {bound}",
                what=what,
                time=scaled_time(self.time),
                device=self.device,
                bound=bound,
            )
        ]
        if self.intensity is not None:
            found.append(
                message(
                    "arithmetic intensity: {flops} / {bytes} = {intensity} FLOP/byte; arithmetic takes longer from "
                    "{ridge} on",
                    flops=scaled_flops(self.flops),
                    bytes=scaled_bytes(self.bytes),
                    intensity=f"{self.intensity:,.1f}",
                    ridge=f"{self.ridge:,.1f}",
                )
            )
        found.append(message("bytes: {counted}", counted=message(self.counted)))
        if not self.complete:
            found.append(message("there are multiply-adds besides those that are known"))
        return tuple(found)

    def to_dict(self) -> JsonObject:
        """Give it as plain data; times are in seconds."""
        return {
            "estimate": True,
            "device": self.device,
            "training": self.training,
            "seconds": self.time,
            "bound": self.bound,
            "flops": self.flops,
            "bytes": self.bytes,
            "bytes_counted": self.counted,
            "intensity": self.intensity,
            "ridge": self.ridge,
            "complete": self.complete,
        }


def roofline(cost: Cost, device: Device, dtype: str = "float32", training: bool = True) -> Estimate:
    """Estimate the least time of a training step, or of one forward pass.

    Parameters
    ----------
    cost : Cost
        At sizes that are numbers.
    device : Device
    dtype : str
        The dtype policy that the cost was made for.
    training : bool

    Raises
    ------
    OptionError
        When sizes are open, when activations or multiply-adds are unknown, and when the peak of the device is.
    """
    macs = cost.passes.step if training else cost.passes.forward
    if macs is None:
        raise OptionError("the multiply-adds of a training step are unknown, because connections of the model are")
    return Estimate(
        device.name,
        training,
        2 * as_number(macs, "the number of multiply-adds"),
        _moved(cost, training),
        TRAINING if training else INFERENCE,
        device.peak(policy(dtype).computation),
        device.bandwidth,
        cost.exact,
    )


def _moved(cost: Cost, training: bool) -> int:
    memory = cost.memory
    total: Size = training_memory(cost) if training else inference_memory(cost)  # in which everything is once
    more: tuple[Size | None, ...] = (memory.state,)
    if training:  # weights are read twice; gradients written and read, and new weights written; the rest twice
        more = (memory.weights, memory.gradients, memory.gradients, memory.optimizer, memory.activations)
    moved = together((total, *more))
    assert moved is not None  # all of them are in the total
    return as_number(moved, "the number of bytes")


def scaled_time(seconds: float) -> str:
    """Print a time with three significant digits: ``1.87 ms``."""
    for unit, length in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= length:
            return f"{_significant(seconds / length)} {unit}"
    return f"{_significant(seconds / 1e-9)} ns"


def _significant(number: float) -> str:
    return f"{number:,.0f}" if number >= 99.95 else f"{number:.1f}" if number >= 9.995 else f"{number:.2f}"
