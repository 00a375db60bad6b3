"""What a run leaves: its models, as models of this package, with a row for everything that is unknown."""

from __future__ import annotations

from ....core.spelling import snake
from ....errors import ParamcalcError
from ....graph.model import Model
from ..memory.objects import Class, Dict, Function, Instance, Scope, Unknown, Value
from ..memory.state import State
from ..names import keras, torch
from ..names.options import Unread
from .keras_model import keras_model
from .rows import Listed, lost, type_of
from .torch import torch_model

MODEL_LIBRARIES = (
    "torchvision.models", "timm", "transformers", "keras.applications", "torch.hub", "torch.load", "efficientnet",
    "segmentation_models", "tensorflow_hub", "sentence_transformers", "lightning.load_from_checkpoint",
    "keras.models.load", "keras.models.model_from", "keras.saving.load", "torch.nn.Module", "keras.Model",
)  # fmt: skip

MOST_BARE = 20  # layers that no model holds: more than that are material for one


def models_of(run: State, scope: Scope, only: str = "", bare: bool = False) -> list[tuple[str, Model]]:
    """List the models of a run, each with its name; or the one of a name.

    With ``bare``, a few layers that no model holds count as models where there are no others.
    """
    run.budget.renew()
    found = _listed(run, scope, bare)
    names = [name for name, _ in found]
    made: list[tuple[str, Model]] = []
    seen: dict[str, int] = {}
    for name, value in found:
        seen[name] = seen.get(name, 0) + 1
        held = scope.named.get(name, value)  # a function of this name is the one that made it
        last = seen[name] == names.count(name) and (held is value or isinstance(held, Function))
        shown = name if last else f"{name}#{seen[name]}"
        if not only or shown == only:
            made.append((shown, model_of(run, shown, value)))
    return made


def _listed(run: State, scope: Scope, bare: bool) -> list[tuple[str, Value]]:
    # what is bound to names of the module, then what functions bound and what has no name, where nothing else holds it
    outer: dict[int, tuple[str, Instance | Unknown]] = {}
    inner: dict[int, tuple[str, Instance | Unknown]] = {}
    for name, made, home in run.bound:
        if is_model(made) and home.module not in run.foreign:
            (outer if home is scope else inner).setdefault(id(made), (name, made))
    for key, value in scope.named.items():
        if isinstance(value, Instance) and is_model(value):
            outer.setdefault(id(value), (str(key), value))
        elif isinstance(value, Unknown) and _may_be_model(value) and str(key)[:1] != "<":
            lost = [
                name for name, one in outer.values() if isinstance(one, Instance) and one.blur and one in value.refs
            ]
            if key not in lost:  # else it is listed already, and as unknown
                outer[id(value)] = (str(key), value)
    bound = {*outer, *inner}
    nameless = [one for one in run.made if id(one) not in bound and is_model(one) and id(one) not in run.attached]
    inner |= {
        id(one): (name, one)
        for name, one in run.undecided
        if any(is_model(way) and id(way) not in run.attached for way in one.known) and not one.scalar
    }
    named = [one for _, one in (*outer.values(), *inner.values()) if isinstance(one, Instance)]
    inside = _inside([*named, *nameless])
    inner |= {id(one): (snake(type_of(one)), one) for one in nameless if _is_whole(run, one)}
    if bare and not outer and not inner:
        inner = {
            id(one): (snake(type_of(one)), one) for one in nameless if _weighty(run, one) and id(one) not in inside
        }
        inner = inner if len(inner) <= MOST_BARE else {}
    kept: list[tuple[str, Value]] = []
    for found in (outer, {key: pair for key, pair in inner.items() if key not in outer}):
        for name, one in found.values():
            if isinstance(one, Unknown) or _stands_alone(run, one, id(one) in inside, found is outer):
                kept.append((name, one))
    return kept


def _is_whole(run: State, value: Instance) -> bool:
    return _weighty(run, value) and (isinstance(value.cls, Class) or torch.is_chain(value) or keras.is_model(value))


def _stands_alone(run: State, value: Instance, inside: bool, outer: bool) -> bool:
    # a model of Keras that has a name of its own is listed even where it is part of another
    if inside and not (outer and keras.is_model(value) and _weighty(run, value)):
        return False
    return isinstance(value.cls, Class) or keras.is_model(value) or _weighty(run, value)


def is_model(value: Value) -> bool:
    """Tell whether a value is a model: a module of PyTorch, a model of Keras."""
    return torch.is_module(value) or keras.is_model(value)


DICTIONARY = tuple((name, False) for name in ("items", "keys", "values", "get", "pop", "update"))  # no model has these


def _may_be_model(value: Unknown) -> bool:
    if value.scalar:
        return False
    if any(name in value.parts for name in DICTIONARY):
        return False
    among = value.known or value.refs  # what it is under one outcome or another; else it may be anything it holds
    holds = any(is_model(one) or keras.is_layer(one) for one in among)
    return holds or (value.path.startswith(MODEL_LIBRARIES) and "(" in value.path)


def _weighty(run: State, value: Instance) -> bool:
    # whether it may have parameters at all
    if keras.is_model(value):
        inside = keras.sublayers(value)
        if isinstance(inside, Unknown):
            return True
        return any(not _weightless(run, one) for _, one in inside)
    return (
        any(torch.is_parameter(one) or isinstance(one, Unknown) or torch.is_module(one) for one in value.named.values())
        or value.blur is not None
    )


def _weightless(run: State, value: Instance) -> bool:
    if "<rule>" not in value.named or value.blur is not None:
        return False
    try:
        return keras.layer_of(run, value).is_weightless()
    except (ParamcalcError, Unread):
        return False


def _inside(values: list[Instance]) -> set[int]:
    found: set[int] = set()
    walked: set[int] = set()  # what is below them is found already
    for value in values:
        pending: list[Value] = [value]
        while pending:
            one = pending.pop()
            if id(one) in walked:
                continue
            walked.add(id(one))
            for child in _children(one):
                if child is not value:
                    found.add(id(child))
                    pending.append(child)
    return found


def _children(value: Value) -> list[Value]:
    if not isinstance(value, Instance):
        return []
    if torch.is_module(value):
        options = value.named.get("<options>")  # a layer that was copied, as by an encoder of several
        given = options.named.values() if isinstance(options, Dict) else ()
        held = [*torch.children_of(value), *torch.modules_inside(value)]
        return [one for one in (*(child for _, child in held), *given) if torch.is_module(one)]
    inside = keras.sublayers(value)
    return [] if isinstance(inside, Unknown) else [one for _, one in inside]


# --- conversion -----------------------------------------------------------------------------------------------------


def model_of(run: State, name: str, value: Value) -> Model:
    """Make a model of a value of the program."""
    if isinstance(value, Unknown):
        piece = lost(run, name, value.path.removesuffix("()") or "model", value.reason, value.line)
        return Listed(name, "unknown", "keras" if "keras" in value.path else "torch", [piece])
    assert isinstance(value, Instance)
    if run.budget.exhausted():
        kind = "torch" if torch.is_module(value) else "keras"
        piece = lost(run, name, type_of(value), "the models of this program are too large", value.line)
        return Listed(name, type_of(value), kind, [piece])
    model = torch_model(run, name, value) if torch.is_module(value) else keras_model(run, value, name)
    model.name = name
    return model
