"""Names: libraries of models whose source is read where they are installed, and the names that are not read there."""

from __future__ import annotations

from ..memory.objects import Builtin, Value
from ..memory.state import State
from ..values import attributes
from .standard.iteration import same

PREFIXES = {
    "torchvision": ("torchvision.models", "torchvision.ops"),
    "keras": ("keras.applications", "keras.src.applications"),
}


def _decorator(run: State, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return Builtin("a decorator", same)


def _legacy(run: State, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Translate the old argument ``pretrained`` of a builder: true stands for the default weights."""

    def decorate(run: State, args: list[Value], given: dict[str, Value]) -> Value:
        builder = args[0]

        def build(run: State, args: list[Value], words: dict[str, Value]) -> Value:
            words = dict(words)
            for name, pair in kwargs.items():
                if isinstance(pair, tuple) and len(pair) == 2:
                    old, default = pair
                    if isinstance(old, str) and old in words:
                        asked = words.pop(old)
                        words[name] = default if asked is True else None if asked is False else asked
                    elif isinstance(words.get(name), bool):
                        words[name] = default if words[name] else None
            for place, (name, pair) in enumerate(kwargs.items()):
                if place < len(args) and isinstance(args[place], bool) and isinstance(pair, tuple):
                    words[name] = pair[1] if args[place] else None
                    args = [*args[:place], *args[place + 1 :]]
            return run.call(builder, args, words)

        return Builtin("a builder", build)

    return Builtin("a decorator", decorate)


def _get_model(run: State, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Call the builder of a name, as the registry does that the decorator of builders fills."""
    words = dict(kwargs)
    name = args[0] if args else words.pop("name", None)
    if not isinstance(name, str):
        return run.unknown("a model of an unknown name", data=True)
    return run.call(attributes.get(run, run.library("torchvision.models"), name.lower()), [], words)


def _nothing(run: State, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return None


NAMES: dict[str, Value] = {
    "torchvision.models._api.get_model": Builtin("get_model", _get_model),
    "torchvision.models._api.register_model": Builtin("register_model", _decorator),
    "torchvision.models._utils.handle_legacy_interface": Builtin("handle_legacy_interface", _legacy),
    "torchvision.models._utils.kwonly_to_pos_or_kw": Builtin("kwonly_to_pos_or_kw", same),
    # every constructor calls it with the object that it makes
    "torchvision.utils._log_api_usage_once": Builtin("_log_api_usage_once", _nothing),
}


def names_of(module: str) -> dict[str, Value]:
    """Give the names of a module of a library that are known here, in place of what its source says."""
    return {name.rpartition(".")[2]: value for name, value in NAMES.items() if name.rpartition(".")[0] == module}
