"""The tensors that PyTorch saves for the backward pass: each storage once, weights and buffers aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from ....core.rule import Layer
from ....graph.model import Model
from ....untyped import Foreign
from ...backward import Live
from ...residuals import Saved
from .build import INTEGERS, Maker, flat, packed
from .framework import PROCESSOR, quiet, torch


class Storage(NamedTuple):
    """The memory of a tensor, which lives as long as this does.

    Attributes
    ----------
    tensor : tensor
    elements : int
        How many numbers it holds, those of it that the tensor does not show included.
    dtype : str
    """

    tensor: Foreign
    elements: int
    dtype: str


def identity(tensor: Foreign) -> int:
    """Identify the memory of a tensor, as long as it lives."""
    return int(tensor.untyped_storage()._cdata)


def storage(tensor: Foreign) -> Storage:
    """Describe the memory of a tensor."""
    size = tensor.untyped_storage().nbytes() // tensor.element_size()
    return Storage(tensor, size, str(tensor.dtype).removeprefix("torch."))


def saved_storages(run: Foreign) -> tuple[Foreign, dict[int, Storage]]:
    """Call a function; give its result, and the storages that autograd saves meanwhile.

    A number that is written into the code is a tensor without axes, of Python's dtypes; it is left out.
    """
    found: dict[int, Storage] = {}
    numbers = (torch().float64, torch().int64)

    def note(tensor: Foreign) -> Foreign:
        number = tensor.dim() == 0 and tensor.dtype in numbers
        if not number and tensor.untyped_storage().nbytes():
            found.setdefault(identity(tensor), storage(tensor))
        return tensor

    with quiet(gradients=True), torch().autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        return run(), found


@contextmanager
def without_onednn() -> Iterator[None]:
    """Use PyTorch's own kernels, those of oneDNN aside."""
    # the public context sets other switches of oneDNN as well, one of which warns
    native = torch()._C
    before = native._get_mkldnn_enabled()
    native._set_mkldnn_enabled(False)
    try:
        yield
    finally:
        native._set_mkldnn_enabled(before)


def held_by_functions(outs: Sequence[Foreign]) -> list[Foreign]:
    """List the tensors that functions written in Python keep as attributes, which autograd does not see."""
    found: list[Foreign] = []
    seen: set[Foreign] = set()
    left = [out.grad_fn for out in outs if out.grad_fn is not None]
    while left:
        function = left.pop()
        if function in seen:
            continue
        seen.add(function)
        found += [one for one in getattr(function, "__dict__", {}).values() if isinstance(one, torch().Tensor)]
        left += [above for above, _ in function.next_functions if above is not None]
    return found


class TorchTraining:
    """A module that trains, on inputs of known sizes.

    Parameters
    ----------
    layer : Layer
    shapes : sequence of shapes
    states : sequence of shapes
        Those of the initial states it takes.
    device : str
    """

    def __init__(
        self,
        layer: Layer,
        shapes: Sequence[tuple[int, ...]],
        states: Sequence[tuple[int, ...]] = (),
        device: str = PROCESSOR,
    ) -> None:
        self.layer, self.shapes, self.states, self.device = layer, shapes, states, device
        self.maker = Maker(device)
        self.module = self.maker.module(layer)
        with quiet():
            self.module(*self.maker.inputs(layer, shapes))  # a lazy one has parameters from then on
        self.module.train()
        places = INTEGERS.get(layer.type, ())
        self.inputs = frozenset(at for at in range(len(shapes)) if at not in places)

    @property
    def sources(self) -> Live:
        """Everything that can need a gradient: inputs that are no places in a table, parameters, initial states."""
        names = frozenset(name for name, _ in self.module.named_parameters(remove_duplicate=False))
        return Live(self.inputs, names, frozenset(range(len(self.states))))

    def saved(self, live: Live) -> Saved:
        """Run the module forwards, and say what is saved when these need a gradient."""
        for name, parameter in self.module.named_parameters(remove_duplicate=False):
            parameter.requires_grad_(name in live.weights)
        # copies, because a leaf cannot be changed in place
        with quiet(gradients=True):
            given = [
                tensor.requires_grad_(at in live.inputs).clone()
                for at, tensor in enumerate(self.maker.inputs(self.layer, self.shapes))
            ]
            states = [
                self.maker.tensor(shape).requires_grad_(at in live.states).clone()
                for at, shape in enumerate(self.states)
            ]
        several = [*given, packed(states)] if live.states else given
        with without_onednn():
            outs, found = saved_storages(lambda: flat(self.module(*several)))
        for tensor in held_by_functions(outs):
            found.setdefault(identity(tensor), storage(tensor))
        for tensor in (*self.module.parameters(), *self.module.buffers()):
            found.pop(identity(tensor), None)
        return _sorted(given, states if live.states else [], outs, found)


def _sorted(
    given: Sequence[Foreign], states: Sequence[Foreign], outs: Sequence[Foreign], found: dict[int, Storage]
) -> Saved:
    places = {identity(tensor): at for at, tensor in enumerate(given)}
    first = {identity(tensor): at for at, tensor in enumerate(states)}
    made: dict[int, int] = {}
    for at, out in enumerate(outs):
        if identity(out) not in places:
            made.setdefault(identity(out), at)
    own: dict[str, int] = {}
    for key, one in found.items():
        if key not in places and key not in first and key not in made:
            own[one.dtype] = own.get(one.dtype, 0) + one.elements
    inputs_kept, states_kept, outputs_kept = (
        frozenset(at for key, at in some.items() if key in found) for some in (places, first, made)
    )
    return Saved(
        inputs_kept,
        states_kept,
        outputs_kept,
        own,
        {at: places[identity(out)] for at, out in enumerate(outs) if identity(out) in places},
    )


def residual_bytes(model: Model, shapes: Sequence[tuple[int, ...]]) -> int:
    """Run a whole model forwards, and give the bytes of what is saved, weights and the inputs of the model aside."""
    maker = Maker(PROCESSOR)
    module = maker.module(model).train()
    first = model.nodes[0].layer
    given = maker.inputs(first, shapes)
    with without_onednn():
        _, found = saved_storages(lambda: flat(module(*given)))
    for tensor in (*given, *module.parameters(), *module.buffers()):
        found.pop(identity(tensor), None)
    return sum(one.tensor.untyped_storage().nbytes() for one in found.values())
