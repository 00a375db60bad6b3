"""The multiply-adds of a PyTorch module forwards and backwards, counted on the meta device."""

from __future__ import annotations

from collections.abc import Sequence

from ....core.rule import Layer
from ....errors import ParamcalcError
from ...adapter import Case
from ...backward import Live
from ...foreign import Foreign, first_line
from .build import INTEGERS, Maker, flat, packed
from .counter import counted
from .framework import quiet, torch


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


class TorchDerivative:
    """A module on inputs of known sizes, as PyTorch differentiates it.

    Parameters
    ----------
    layer : Layer
    shapes : sequence of shapes
    states : sequence of shapes
        Those of the initial states it takes.
    """

    def __init__(self, layer: Layer, shapes: Sequence[tuple[int, ...]], states: Sequence[tuple[int, ...]] = ()) -> None:
        self.layer, self.shapes, self.states = layer, shapes, states
        self.maker = Maker()
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
        """Count the multiply-adds of the pass forwards."""
        return self._passes(Live())[0]

    def backward(self, live: Live) -> int:
        """Count those of the pass backwards, from every output that depends on these."""
        return self._passes(live)[1]

    def _passes(self, live: Live) -> tuple[int, int]:
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
        with quiet(gradients=True), counted() as tally:
            outs: list[Foreign] = flat(self.module(*given))
            forward = tally.macs
            reached = [out for out in outs if out.requires_grad]
            if reached:
                torch().autograd.backward(reached, [torch().empty_like(out) for out in reached])
        if tally.unknown:
            raise ParamcalcError(f"the multiply-adds of {', '.join(tally.unknown)} are not known")
        return forward, tally.macs - forward
