"""Names: Keras. ``Sequential``: making one, adding layers and taking them away."""

from __future__ import annotations

from ...memory.objects import Instance, List, Native, Unknown, Value
from ...memory.state import State
from ...values import attributes
from ...values.calls import lose
from ...values.containers import items_of
from ..native import Args, Kwargs
from .chains import ENDS, extend
from .layers import common
from .models import INPUT_LAYER, MODEL, of_the_first_call
from .tensors import Tensor


def _chain_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    rest = common(run, self, kwargs)
    given = args[0] if args else rest.get("layers")
    if len(args) > 1 and isinstance(args[1], str):
        self.named["<name>"] = args[1]
    kept = List()
    self.named["<layers>"] = kept
    if given is not None:
        items = items_of(run, given)
        if isinstance(items, Unknown):
            kept.blur = items
        else:
            for one in items:
                _add(run, self, [one], {})


def _add(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept = self.named.get("<layers>")
    layer = args[0] if args else kwargs.get("layer")
    if not isinstance(kept, List) or self.blur is not None:
        return lose(run, "a model that is not known", self, layer)
    if isinstance(layer, Instance) and INPUT_LAYER in attributes.lineage(layer.cls):
        layer = of_the_first_call(run, layer, "output")
    if isinstance(layer, Tensor) and layer.layer is not None:
        layer = run.unknown("a tensor that is no input", layer)
    run.call(run.method(kept, "append"), [layer], {})
    extend(run, self, kept, layer)
    return None


def _pop(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept = self.named.get("<layers>")
    if not isinstance(kept, List):
        return lose(run, "a model that is not known", self)
    ends = self.named.get(ENDS)
    if isinstance(ends, tuple) and kept.blur is None:
        run.change(self)
        self.named[ENDS] = ends[:-1]
    return run.call(run.method(kept, "pop"), [], {})


SEQUENTIAL = Native("keras.Sequential", MODEL, init=_chain_init, methods={"add": _add, "pop": _pop})
