"""The collector of cycles, which is paused while tensors are read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector of cycles, unless it is paused already.

    A reader of tensors makes up to a few million objects. All of them stay, and none are in cycles, but every pass of
    the collector looks at them: a third of the time. What is made is bounded by the bounds of the reader.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
