"""The multiply-adds of a PyTorch module forwards and backwards, counted operation by operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ....core.rule import Layer
from ....errors import ParamcalcError
from ....untyped import Foreign
from ...adapter import Case
from ...backward import Live
from ...foreign import first_line
from .build import INTEGERS, Maker, flat, packed
from .counter import counted
from .framework import META, quiet, torch


def derivative(case: Case) -> TorchDerivative | str:
    """Make what differentiates a layer on inputs, or say why its gradients are not counted."""
    try:
        ours = case.layer.on(*case.shapes, **case.call)
        shapes = [tuple(map(int, shape)) for shape in case.shapes]  # type: ignore[arg-type]  # known on the meta device
        states = [tuple(map(int, shape)) for shape in ours.states]  # type: ignore[arg-type]
        found = TorchDerivative(case.layer, shapes, states)
        found.forward()
    except Exception as error:  # ours refuses it, PyTorch does, or an operation in it is not counted
        return first_line(error)
    return found


class Passes(NamedTuple):
    """What one forward pass and its backward pass multiply, and which outputs a gradient comes back from."""

    forward: int
    backward: int
    reached: tuple[bool, ...]


def passes(call: Callable[..., Foreign], given: Sequence[Foreign]) -> Passes:
    """Run a function of tensors forwards, and backwards from every output that needs a gradient.

    Raises
    ------
    ParamcalcError
        At an operator without a formula.
    """
    with quiet(gradients=True), counted() as tally:
        outs = flat(call(*given))
        forward = tally.macs
        reached = [out for out in outs if out.requires_grad]
        if reached:
            torch().autograd.backward(reached, [torch().ones_like(out) for out in reached])
    if tally.unknown:
        raise ParamcalcError(f"the multiply-adds of {', '.join(tally.unknown)} are not known")
    return Passes(forward, tally.macs - forward, tuple(bool(out.requires_grad) for out in outs))


class TorchDerivative:
    """A module on inputs of known sizes, as PyTorch differentiates it.

    Parameters
    ----------
    layer : Layer
    shapes : sequence of shapes
    states : sequence of shapes
        Those of the initial states it takes.
    device : str
        The meta device, or the processor, which does the same operations in a tenth of the time: the meta device
        computes shapes in Python.
    """

    def __init__(
        self,
        layer: Layer,
        shapes: Sequence[tuple[int, ...]],
        states: Sequence[tuple[int, ...]] = (),
        device: str = META,
    ) -> None:
        self.layer, self.shapes, self.states = layer, shapes, states
        self.maker = Maker(device)
        self.module = self.maker.module(layer)
        with quiet():
            self.module(*self.maker.inputs(layer, shapes))  # a lazy one has parameters from then on
        places = INTEGERS.get(layer.type, ())
        self.inputs = frozenset(at for at in range(len(shapes)) if at not in places)

    @property
    def sources(self) -> Live:
        """Everything that can need a gradient: inputs that are no places in a table, parameters, initial states."""
        names = frozenset(name for name, _ in self.module.named_parameters(remove_duplicate=False))
        return Live(self.inputs, names, frozenset(range(len(self.states))))

    def forward(self) -> int:
        """Count the multiply-adds of the forward pass."""
        return self.passes(Live()).forward

    def backward(self, live: Live) -> int:
        """Count those of the backward pass, from every output that depends on these."""
        return self.passes(live).backward

    def passes(self, live: Live) -> Passes:
        """Run the module once forwards and once backwards."""
        for name, parameter in self.module.named_parameters(remove_duplicate=False):
            parameter.requires_grad_(name in live.weights)
            parameter.grad = None
        given = self.maker.inputs(self.layer, self.shapes)
        for at, tensor in enumerate(given):
            tensor.requires_grad_(at in live.inputs)
        if live.states:
            states = [
                self.maker.tensor(shape).requires_grad_(at in live.states) for at, shape in enumerate(self.states)
            ]
            given.append(packed(states))
        return passes(self.module, given)
