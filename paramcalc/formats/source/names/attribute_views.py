"""Names: the attributes of an object as a dictionary, which ``vars(x)`` and ``x.__dict__`` are."""

from __future__ import annotations

from ..memory.objects import Builtin, Class, Dict, Host, Instance, Native, Unknown, Value
from ..memory.state import State
from ..values import attributes, classes
from ..values.setting import lose_names
from .builtins import names_of_module
from .mappings import MAPPING, OF, dictionary
from .native import Args, Kwargs, by_place

READING = frozenset(["get", "keys", "values", "items", "copy", "__getitem__", "__contains__", "__len__", "__iter__"])


class Shown(Dict):
    """The attributes that an object has by now, to read."""

    __slots__ = ("of",)

    def __init__(self, of: Instance) -> None:
        self.of = of
        super().__init__()

    def fixed(self) -> tuple[Value, ...]:
        """Give the object."""
        return (self.of,)

    @property
    def state(self) -> dict[Value, Value]:
        """The attributes by their names, without what is noted of the object."""
        return {name: value for name, value in self.of.named.items() if not _is_note(name)}

    @state.setter
    def state(self, value: object) -> None:
        pass

    @property
    def blur(self) -> Unknown | None:
        """Why they are unknown: an attribute may be missing, or was not computed yet."""
        perhaps = (one for one in self.of.named.values() if isinstance(one, Unknown) and one.path == "?")
        kept = any(isinstance(name, str) and name.startswith("<cached ") for name in self.of.named)
        lost = Unknown("an attribute that is computed once", self.of.line, frozenset([self.of])) if kept else None
        return self.of.blur or next(perhaps, lost)

    @blur.setter
    def blur(self, value: object) -> None:
        pass


def _is_note(name: Value) -> bool:
    return isinstance(name, str) and name.startswith("<")


def _is_plain(value: Instance) -> bool:
    # whether its attributes are those of its dictionary, and nothing more
    native = classes.native_of(value)
    slots = any(isinstance(one, Class) and "__slots__" in one.named for one in classes.lineage(value.cls))
    followed = native is None or (native.set is None and native.get is None and not native.data)
    bare = isinstance(value.cls, Native) and "__dict__" not in value.cls.names
    return followed and not slots and not bare and "BaseException" not in classes.names_of(value.cls)


def attributes_of(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give the attributes of an object as a dictionary: what is put into it, the object has."""
    (value,) = args
    if not isinstance(value, Instance):
        return attributes.get(run, value, "__dict__")
    if not _is_plain(value):
        return run.unknown("the attributes of an object", *args)
    made = Instance(VIEW)
    made.named[OF] = Shown(value)
    return made


def _written(method: Host) -> Host:
    # a method that may change the dictionary: what it leaves, the object has
    def call(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
        shown = dictionary(run, self)
        assert isinstance(shown, Shown)
        of = shown.of
        kept = Instance(MAPPING)
        items = kept.named[OF] = Dict(shown.named)
        items.blur = shown.blur
        found = method(run, kept, args, kwargs)
        if items.blur is not None or not all(isinstance(name, str) for name in items.named):
            lose_names(run, of, "its attributes are set by names that are not known", items)
            return found
        run.change(of)
        notes = {name: value for name, value in of.named.items() if _is_note(name)}
        of.named.clear()
        of.named.update({**notes, **items.named})
        return self if found is kept else found

    return call


VIEW = Native(
    "dict",
    MAPPING,
    methods={name: method for name, method in MAPPING.methods.items() if name in READING}
    | {name: _written(method) for name, method in MAPPING.methods.items() if name not in READING},
)


def _vars(run: State, args: Args, kwargs: Kwargs) -> Value:
    return attributes_of(run, args, kwargs) if args else names_of_module(run, args, kwargs)


VARS = Builtin("vars", by_place(_vars, 1))
