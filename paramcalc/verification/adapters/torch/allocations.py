"""The memory that a training step of a PyTorch module allocates on a processor, event by event."""

from __future__ import annotations

import gc
from collections.abc import Sequence

from ....graph.model import Model
from .build import Maker, flat
from .framework import PROCESSOR, quiet, torch
from .residuals import without_onednn


def peak_of_step(model: Model, shapes: Sequence[tuple[int, ...]]) -> int:
    """Train one step on the sum of the first output, and give the most bytes that it has allocated at once.

    The weights and the inputs are there before, and the gradients are not.
    """
    maker = Maker(PROCESSOR)
    module = maker.module(model).train()
    given = maker.inputs(model.nodes[0].layer, shapes)

    def step() -> None:
        out = flat(module(*given))[0]
        out.sum().backward()

    profiler = torch().profiler
    with quiet(gradients=True), without_onednn():
        step()  # libraries allocate for themselves the first time
        module.zero_grad(set_to_none=True)
        gc.collect()  # what others have left is freed now, and not meanwhile
        gc.disable()
        try:
            with profiler.profile(activities=[profiler.ProfilerActivity.CPU], profile_memory=True) as found:
                step()
        finally:
            gc.enable()
    events = found.profiler.kineto_results.events()
    now = most = 0
    for _, size in sorted((one.start_ns(), one.nbytes()) for one in events if one.name() == "[memory]"):
        now += size
        most = max(most, now)
    return most
