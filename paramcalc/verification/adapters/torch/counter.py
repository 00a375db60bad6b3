"""Counting the multiply-adds of PyTorch operation by operation, forwards and backwards.

PyTorch's own counter sees nothing of some operations, and too much of the gradient of a grouped convolution's weight.
This one has a line for each operation that multiplies, and refuses an operation that multiplies without a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from math import prod

from ....errors import ParamcalcError
from ...foreign import Foreign
from .framework import torch

Count = Callable[..., int]

# Operations that multiply and have no line below: small products, and the fused ones that PyTorch's counter knows.
WITHOUT_A_LINE = ("_trilinear", "mv", "dot", "vdot", "addmv", "addbmm", "addr", "_cdist_forward", "_cdist_backward")


def _product(out: Foreign, left: Foreign, right: Foreign, *_: Foreign, **__: Foreign) -> int:
    return int(out.numel()) * int(left.shape[-1])


def _added_product(out: Foreign, added: Foreign, left: Foreign, right: Foreign, *_: Foreign, **__: Foreign) -> int:
    return _product(out, left, right)


def _convolved(x: Foreign, y: Foreign, weight: Foreign, transposed: bool) -> int:
    # each place of the output, or of the input if transposed, meets the window; the weight's own shape has the groups
    batch, _, *places = x.shape if transposed else y.shape
    return int(batch) * prod(map(int, places)) * int(weight.numel())


def _convolution(
    out: Foreign,
    x: Foreign,
    weight: Foreign,
    bias: Foreign,
    stride: Foreign,
    padding: Foreign,
    dilation: Foreign,
    transposed: bool,
    *_: Foreign,
) -> int:
    return _convolved(x, out, weight, transposed)


def _convolution_backward(out: Foreign, dy: Foreign, x: Foreign, weight: Foreign, *more: Foreign) -> int:
    *_, transposed, _, _, (to_x, to_weight, _) = more
    return (bool(to_x) + bool(to_weight)) * _convolved(x, dy, weight, transposed)


@cache
def _lines() -> tuple[Mapping[Foreign, Count], frozenset[Foreign]]:
    # the count of each operation that multiplies, and the operations that multiply and have none
    aten = torch().ops.aten
    counts: dict[Foreign, Count] = {
        aten.mm: _product,
        aten.bmm: _product,
        aten.addmm: _added_product,
        aten.baddbmm: _added_product,
        aten.convolution: _convolution,
        aten.convolution_backward: _convolution_backward,
    }
    multiply = {getattr(aten, name) for name in WITHOUT_A_LINE if hasattr(aten, name)}
    return counts, frozenset({*multiply, *torch().utils.flop_counter.flop_registry} - counts.keys())


class Tally:
    """The multiply-adds counted so far."""

    def __init__(self) -> None:
        self.macs = 0


@contextmanager
def counted() -> Iterator[Tally]:
    """Count the multiply-adds of every operation inside the ``with``.

    Fused steps are off, those of attention and oneDNN's of recurrent layers: they are done as their products.

    Raises
    ------
    ParamcalcError
        At an operation that multiplies and is not known here.
    """
    framework = torch()
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils._python_dispatch import TorchDispatchMode

    tally = Tally()
    counts, unknown = _lines()

    class Counter(TorchDispatchMode):  # type: ignore[misc]  # a class of a module that is not there to be checked
        def __torch_dispatch__(
            self, func: Foreign, types: Foreign, args: Foreign = (), kwargs: Foreign = None
        ) -> Foreign:
            if func.overloadpacket in unknown:
                raise ParamcalcError(f"{func} multiplies, and its multiply-adds are not known")
            out = func(*args, **(kwargs or {}))
            if func.overloadpacket in counts:
                tally.macs += counts[func.overloadpacket](out, *args, **(kwargs or {}))
            return out

    fast = framework.backends.mha.get_fastpath_enabled()
    framework.backends.mha.set_fastpath_enabled(False)  # one fused step for a whole encoder layer shows no products
    fused, *_ = framework.backends.mkldnn.set_flags(False)
    try:
        with sdpa_kernel(SDPBackend.MATH), Counter():
            yield tally
    finally:
        framework.backends.mkldnn.set_flags(fused)
        framework.backends.mha.set_fastpath_enabled(fast)
