"""The multiply-adds of a PyTorch module forwards and backwards, counted operation by operation.

torch's own counter sees none of some operations, and too much of the gradient of a grouped convolution's weight. This
one has a line for each operation that multiplies, and stops at one that it has no line for.

Fused steps are off: oneDNN's for recurrent layers, and attention's. Then the processor does the operations that the
meta device does, in a tenth of the time, for the meta device computes shapes in Python.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from math import prod
from typing import Any, NamedTuple

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from paramcalc.core.built import Built
from paramcalc.core.products import Source, State
from paramcalc.core.rule import Layer
from paramcalc.verification.adapters.torch.build import INTEGERS, Maker, flat, packed
from paramcalc.verification.adapters.torch.framework import PROCESSOR

aten = torch.ops.aten


class Passes(NamedTuple):
    """What one pass forwards and one backwards multiply, and which outputs a gradient reaches."""

    forward: int
    backward: int
    reached: tuple[bool, ...]


def _mm(out: Any, left: Any, right: Any, *_: Any, **__: Any) -> int:
    return int(out.numel()) * int(left.shape[-1])


def _addmm(out: Any, added: Any, left: Any, right: Any, *_: Any, **__: Any) -> int:
    return int(out.numel()) * int(left.shape[-1])


def _conv(x: Any, y: Any, weight: Any, transposed: bool) -> int:
    # each place of the output, or of the input if transposed, meets the window; the weight's own shape has the groups
    batch, _, *places = x.shape if transposed else y.shape
    return int(batch) * prod(places) * int(weight.numel())


def _convolution(
    out: Any, x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool, *_: Any
) -> int:
    return _conv(x, out, weight, transposed)


def _convolution_backward(out: Any, dy: Any, x: Any, weight: Any, *rest: Any) -> int:
    *_, transposed, _, _, (to_x, to_weight, _) = rest
    return (to_x + to_weight) * _conv(x, dy, weight, transposed)


MULTIPLY: dict[Any, Callable[..., int]] = {
    aten.mm.default: _mm,
    aten.bmm.default: _mm,
    aten.addmm.default: _addmm,
    aten.baddbmm.default: _addmm,
    aten.convolution.default: _convolution,
    aten.convolution_backward.default: _convolution_backward,
}
UNKNOWN = {aten._trilinear, aten.mv, aten.dot, aten.addmv, aten.addbmm, *flop_registry} - {
    operation.overloadpacket for operation in MULTIPLY
}


class Counter(TorchDispatchMode):
    """Counts the multiply-adds of every operation inside the ``with``."""

    def __init__(self) -> None:
        super().__init__()
        self.macs = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket in UNKNOWN:
            raise AssertionError(f"{func} multiplies, and nothing here says how often")
        out = func(*args, **(kwargs or {}))
        if func in MULTIPLY:
            self.macs += MULTIPLY[func](out, *args, **(kwargs or {}))
        return out


@contextmanager
def unfused() -> Iterator[None]:
    """Do recurrent layers and attention as their products."""
    with warnings.catch_warnings(), ExitStack() as off:
        warnings.simplefilter("ignore")  # of oneDNN, about other hardware
        off.enter_context(torch.backends.mkldnn.flags(enabled=False))
        off.enter_context(sdpa_kernel(SDPBackend.MATH))
        yield


def measured(call: Callable[..., Any], given: list[Any]) -> Passes:
    """Run a function of tensors forwards, and backwards from every output that needs a gradient."""
    counter = Counter()
    with unfused(), counter:
        outs = flat(call(*given))
        forward = counter.macs
        reached = [out for out in outs if out.requires_grad]
        if reached:
            torch.autograd.backward(reached, [torch.ones_like(out) for out in reached])
    return Passes(forward, counter.macs - forward, tuple(bool(out.requires_grad) for out in outs))


class Subject:
    """A PyTorch module made of a paramcalc layer, run with any choice of what needs a gradient."""

    def __init__(self, layer: Layer, *shapes: tuple[int, ...], device: str = PROCESSOR) -> None:
        self.layer, self.shapes, self.device = layer, shapes, device
        self.built: Built = layer.on(*shapes)
        self.module = Maker(device).module(layer).train()
        if any(torch.nn.parameter.is_lazy(one) for one in self.module.parameters()):
            with torch.no_grad():
                self.module(*self._inputs(()))
        integers = INTEGERS.get(layer.type, ())
        self.inputs = [at for at in range(len(shapes)) if at not in integers]
        self.states = [State(at) for at in range(len(self.built.states))]

    @property
    def sources(self) -> list[Source]:
        """Everything that can need a gradient."""
        return [*self.inputs, *self.states, *self.built.weight_paths]

    def _inputs(self, live: Collection[Source]) -> list[Any]:
        made = Maker(self.device).inputs(self.layer, self.shapes)
        for at, tensor in enumerate(made):
            tensor.requires_grad_(at in live)
        return made

    def run(self, live: Collection[Source]) -> Passes:
        """Count with gradients for ``live``; initial states are handed in only if one of them needs a gradient."""
        names = dict(self.module.named_parameters())
        assert names.keys() == set(self.built.weight_paths)
        for name, parameter in names.items():
            parameter.requires_grad_(name in live)
            parameter.grad = None
        given = self._inputs(live)
        if any(state in live for state in self.states):
            states = [
                torch.zeros(shape, device=self.device, requires_grad=State(at) in live)
                for at, shape in enumerate(self.built.states)
            ]
            given.append(packed(states))
        return measured(self.module, given)
