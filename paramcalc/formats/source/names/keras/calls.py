"""Names: Keras. What a call of a layer or model gives."""

from __future__ import annotations

from itertools import count

from .....core.rule import Rule
from .....errors import ParamcalcError
from ...memory.objects import Builtin, Dict, Function, Instance, List, Native, Value
from ...memory.state import State
from ...values import classes
from ...values.calls import lose
from ..native import Args, Kwargs
from ..options import Unread
from ..shapes import Shape
from ..torch import Tensor as Array
from .data import symbolic
from .layers import FIRST_CALL, layer_of
from .tensors import Tensor, axis, shape_of, tensors_in

FIRST = ("inputs", "sequences")  # what Keras's layers call their first argument, where a rule does not name it


def _names(rule: Rule) -> tuple[str, ...]:
    # the arguments of a layer that are tensors, in order
    return (*FIRST, *rule.input_names, "initial_state")


def build_on(run: State, self: Instance, shapes: list[Shape | None]) -> None:
    """Give a layer its weights: the first shapes that it meets decide them."""
    # the first shapes a layer meets decide its weights
    if "<shapes>" not in self.named:
        run.change(self)
        self.named["<shapes>"] = tuple(shapes)


def call_layer(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    """Call a layer or a model on tensors."""
    args, kwargs = [symbolic(one) for one in args], {name: symbolic(one) for name, one in kwargs.items()}
    found = _called(run, self, args, kwargs)
    outs = tensors_in(found)
    if outs and FIRST_CALL not in self.named:
        run.change(self)
        self.named[FIRST_CALL] = (outs[0].args[: len(outs[0].args) - outs[0].states], outs)
    return found


def _called(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.may_raise("a layer")
    if self.blur is not None:
        return lose(run, self.blur.reason, self, *args, *kwargs.values())
    rule = self.named.get("<rule>")
    names = _names(rule) if isinstance(rule, Rule) else kwargs
    tensors = tensors_in(*args, *(kwargs[one] for one in names if one in kwargs))
    shapes = [one.shape for one in tensors]
    if isinstance(rule, Rule):
        return _call_rule(run, self, rule, args, kwargs, tensors)
    if "<outputs>" in self.named or "<layers>" in self.named:
        return _call_model(run, self, tensors)
    if "<function>" in self.named:
        found = _call_function(run, self, [_replaced(one, {}) for one in args])
        return _wrapped(run, self, found, tensors, object())
    call = classes.find(self.cls, "call")
    if not isinstance(call, (Function, Builtin)):  # of the program; one that is traced is a Builtin
        return lose(run, "a layer without call()", self, *args, *kwargs.values())
    if "<shapes>" not in self.named:
        build_on(run, self, shapes)
        build = classes.find(self.cls, "build")
        if not isinstance(build, (Function, Native)):  # it may be one or not, or anything that is called
            lose(run, "a build() that is not known", self, build)
        elif isinstance(build, Function):
            lost = run.unknown("the shape of an input", data=True, scalar=True)
            several: list[Value] = [lost if one is None else tuple(map(axis, one)) for one in shapes]
            shape = lost if not several else several[0] if len(several) == 1 else List(several)
            run.call(build, [self, shape], {})
    free = {one: Tensor(one.shape) for one in tensors}
    inner = [_replaced(one, free) for one in args]
    found = run.call(call, [self, *inner], {name: _replaced(one, free) for name, one in kwargs.items()})
    token = object()
    return _wrapped(run, self, found, tensors, token)


def _call_function(run: State, self: Instance, args: Args) -> Value:
    # the function of a Lambda, with the arguments that the layer was given for it
    function, given = self.named["<function>"], self.named.get("<arguments>")
    if given is None:
        return run.call(function, args, {})
    if not isinstance(given, Dict) or given.blur is not None or not all(isinstance(one, str) for one in given.named):
        return lose(run, "a function with unknown arguments", function, given, *args)
    return run.call(function, args, {str(name): value for name, value in given.named.items()})


def _replaced(value: Value, free: dict[Tensor, Tensor]) -> Value:
    if isinstance(value, Tensor):
        return free.setdefault(value, Tensor(value.shape))
    if isinstance(value, Array):
        return Tensor(value.shape)
    if isinstance(value, tuple):
        return tuple(_replaced(one, free) for one in value)
    if isinstance(value, List) and value.blur is None:
        return List([_replaced(one, free) for one in value.items])
    if isinstance(value, Dict) and value.blur is None:
        return Dict({key: _replaced(one, free) for key, one in value.named.items()})
    return value


def _wrapped(run: State, self: Instance, found: Value, tensors: tuple[Tensor, ...], token: object) -> Value:
    # what a call gives: a tensor for each of its results, in lists, tuples and dictionaries like those of the results
    place = count()

    def wrapped(value: Value) -> Value:
        if isinstance(value, List) and value.blur is None:
            return List([wrapped(one) for one in value.items])
        if isinstance(value, Dict) and value.blur is None:
            return Dict({key: wrapped(one) for key, one in value.named.items()})
        if isinstance(value, tuple):
            return tuple(wrapped(one) for one in value)
        return Tensor(shape_of(value), self, tensors, next(place), token)

    run.budget.charge_for(found)
    return wrapped(found)


def _call_rule(
    run: State, self: Instance, rule: Rule, args: Args, kwargs: Kwargs, tensors: tuple[Tensor, ...]
) -> Value:
    lead = args[0] if args else next((kwargs[one] for one in _names(rule) if one in kwargs), None)
    several = isinstance(lead, (List, tuple))
    used = tensors if len(rule.inputs) > 1 and not several else tensors_in(lead)
    states = [one for one in tensors if one not in used]
    if rule.name in ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN") and several:
        used, states = used[:1], [*used[1:], *states]
    shapes = [one.shape for one in used]
    token = object()
    if not used:  # data: it is built on what it meets
        if "<shapes>" not in self.named:
            run.change(self)
            self.named["<shapes>"] = (None,)
        return run.unknown("the output of a layer", scalar=True)
    build_on(run, self, shapes)
    if any(one is None for one in shapes):
        return Tensor(None, self, tuple(used), 0, token)
    inside = _called_inside(run, self, shapes[0]) if rule.name == "TimeDistributed" else None
    if inside is not None:
        return Tensor(inside, self, tuple(used), 0, token)
    try:
        built = layer_of(run, self).on(*[one for one in shapes if one is not None])
        outs = built.shapes()
    except (ParamcalcError, Unread) as error:
        run.note(str(error))
        return Tensor(None, self, tuple(used), 0, token)
    except Exception:  # outputs that the rule does not know
        return Tensor(None, self, tuple(used), 0, token)
    made = tuple(Tensor(shape, self, (*used, *states), at, token, states=len(states)) for at, shape in enumerate(outs))
    return made[0] if len(made) == 1 else made


def _called_inside(run: State, self: Instance, shape: Shape | None) -> Shape | None:
    # a model, or a layer of the program's own, on each time step: it gets its weights on what it meets
    options = self.named["<options>"]
    inner = options.named.get("layer") if isinstance(options, Dict) else None
    if not isinstance(inner, Instance) or "<rule>" in inner.named or shape is None or len(shape) < 3:
        return None
    found = shape_of(run.call(inner, [Tensor((shape[0], *shape[2:]))], {}))
    return None if found is None else (*shape[:2], *found[1:])


def _call_model(run: State, self: Instance, tensors: tuple[Tensor, ...]) -> Value:
    token = object()
    outs = self.named.get("<outputs>")
    if "<layers>" in self.named:
        if "<input>" not in self.named:  # the first call builds a chain
            run.change(self)
            self.named["<input>"] = Tensor(tensors[0].shape if tensors else None)
        shape = chain_output(run, self, tensors)
        return Tensor(shape, self, tensors, 0, token)
    assert isinstance(outs, tuple)
    given = self.named["<output tree>"]
    if len(tensors_in(given)) != len(outs):
        return run.unknown("the outputs of a model were changed", self)
    return _wrapped(run, self, given, tensors, token)


def chain_output(run: State, self: Instance, tensors: tuple[Tensor, ...]) -> Shape | None:
    """Walk the layers of a Sequential on a tensor; they are built on what they meet."""
    value: Value = tensors[0] if tensors else run.unknown("an input", scalar=True)
    value = Tensor(value.shape) if isinstance(value, Tensor) else value
    layers = self.named["<layers>"]
    assert isinstance(layers, List)
    if layers.blur is not None:
        return None
    for one in layers.items:
        value = one if isinstance(one, Tensor) and one.layer is None and value is None else value
        if not isinstance(one, Tensor):
            value = run.call(one, [value], {})
    return shape_of(value)
