"""Names: Keras. ``Sequential``: making one, adding layers and taking them away."""

from __future__ import annotations

from ...memory.objects import Instance, List, Native, Unknown, Value
from ...memory.state import State
from ...values import classes
from ...values.calls import lose
from ...values.containers import items_of
from ..native import Args, Kwargs
from .chains import ENDS, extend
from .graphs import graph_layers
from .layers import common, copied_layer
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
    if isinstance(layer, Instance) and INPUT_LAYER in classes.lineage(layer.cls):
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


def clone(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Copy a model as ``clone_model`` does: a chain of layers that have rules; any other copy is unknown."""
    model = args[0] if args else kwargs.get("model")
    if not isinstance(model, Instance) or model.blur is not None or len(args) + len(kwargs) > 1:
        return run.unknown("a copy of a model", *args, *kwargs.values())
    kept = model.named.get("<layers>")
    copies = [_copied(one) for one in kept.items] if isinstance(kept, List) and kept.blur is None else [None]
    if model.cls is not SEQUENTIAL or any(one is None for one in copies):
        ruled = all(isinstance(one, Instance) and "<rule>" in one.named for one in graph_layers(model))
        return run.unknown("a copy of a model", *(() if ruled and "<outputs>" in model.named else (model,)))
    named = {"name": model.named["<name>"], "trainable": model.named["trainable"]}
    return run.call(SEQUENTIAL, [List(copies)], named)


def _copied(one: Value) -> Value:
    if isinstance(one, Tensor):
        return Tensor(one.shape, name=one.name, given=True) if one.given else None
    return copied_layer(one)


SEQUENTIAL = Native("keras.Sequential", MODEL, init=_chain_init, methods={"add": _add, "pop": _pop})
