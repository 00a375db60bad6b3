"""Names: Keras. Methods that a model is given data by: training, prediction, evaluation."""

from __future__ import annotations

from ...memory.objects import Builtin, Function, Host, Instance, Value
from ...memory.state import State
from ...values import classes
from ..native import Args, Kwargs
from .calls import call_layer
from .data import symbolic
from .tensors import tensors_in


def on_data(name: str) -> Host:
    """Make a method that a model is given data by, such as ``fit``: a model that is not built is built on them."""

    def call(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
        run.may_raise(name)
        if name in ("fit", "predict", "evaluate", "train_on_batch"):
            _meets_data(run, self, args[0] if args else kwargs.get("x"))
        return run.unknown(f"the result of {name}()", data=True, scalar=True)

    return call


def _meets_data(run: State, self: Instance, given: Value) -> None:
    # a model that is not built is built on the data, whose shape may be unknown
    data = symbolic(given)
    known = bool(tensors_in(data))
    if "<outputs>" in self.named or "<shapes>" in self.named or "<input>" in self.named:
        return
    if "<layers>" in self.named:
        if known:
            call_layer(run, self, [data], {})
    elif isinstance(classes.find(self.cls, "call"), (Function, Builtin)):
        call_layer(run, self, [data if known else run.unknown("data", data=True, scalar=True)], {})
