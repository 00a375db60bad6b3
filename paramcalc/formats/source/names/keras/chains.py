"""Names: Keras. What each layer of a Sequential gives, once its input is known: Keras calls a layer that is added."""

from __future__ import annotations

from .....errors import ParamcalcError
from ...memory.objects import Instance, List, Value
from ...memory.state import State
from .calls import call_layer
from .layers import FIRST_CALL, declared_shape, declares, is_layer
from .tensors import Tensor

ENDS = "<ends>"  # the name under which a Sequential has its input, and what each of its layers gives


def extend(run: State, self: Instance, kept: List, layer: Value) -> None:
    """Call a layer that was added on what the layers before it give."""
    if kept.blur is not None:
        return
    if run.unsure:  # tensors of two branches are never alike, while layers may be
        _lose_first_call(run, layer)
        layer = None
    ends = self.named.get(ENDS)
    known = isinstance(ends, tuple) and len(ends) == len(kept.items) - isinstance(kept.items[0], Tensor)
    made: Value = None
    if len(kept.items) == 1:
        ends, made = (), _start(run, layer)
        known = made is not None
        if isinstance(made, Tensor) and not isinstance(layer, Tensor):
            ends = (made,)
            made = _called(run, layer, made)
    elif known and isinstance(ends, tuple):
        made = _called(run, layer, ends[-1])
    if known and isinstance(ends, tuple) and isinstance(made, Tensor):
        run.change(self)
        self.named[ENDS] = (*ends, made)
    elif ENDS in self.named:
        run.change(self)
        del self.named[ENDS]


def _lose_first_call(run: State, layer: Value) -> None:
    if isinstance(layer, Instance) and FIRST_CALL not in layer.named and layer.blur is None:
        run.change(layer)
        layer.named[FIRST_CALL] = run.unknown("a call in a branch", scalar=True)


def end_of(self: Instance, name: str) -> Tensor | None:
    """Give the input or the output of a Sequential; ``None`` where it is unknown."""
    ends = self.named.get(ENDS)
    found = ends[0 if name.startswith("input") else -1] if isinstance(ends, tuple) and len(ends) > 1 else None
    return found if isinstance(found, Tensor) else None


def _start(run: State, layer: Value) -> Tensor | None:
    # the input: a tensor, or one of the shape that the first layer declares, or that the model which is first takes
    if isinstance(layer, Tensor):
        return layer if layer.given else None
    if not isinstance(layer, Instance) or layer.blur is not None:
        return None
    ins = layer.named.get("<inputs>") or layer.named.get(ENDS)
    if isinstance(ins, tuple) and ins and isinstance(ins[0], Tensor):
        return Tensor(ins[0].shape, given=True) if "<outputs>" not in layer.named or len(ins) == 1 else None
    if not declares(layer):
        return None
    try:
        return Tensor(declared_shape(run, layer), given=True)
    except ParamcalcError:
        return None


def _called(run: State, layer: Value, value: Value) -> Value:
    known = isinstance(layer, Instance) and is_layer(layer) and layer.blur is None
    return call_layer(run, layer, [value], {}) if known and isinstance(layer, Instance) else None
