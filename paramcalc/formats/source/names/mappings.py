"""Names: objects that are dictionaries: instances of classes derived from ``dict``."""

from __future__ import annotations

from collections import OrderedDict

from ..memory.objects import MISSING, Class, Dict, Host, Instance, Native, Value
from ..memory.state import State
from ..values import setting
from ..values.containers import contains, delete_item, get_item, iterator, length, store_item
from .builtins import TYPES
from .methods import DICTS
from .native import Args, Kwargs

OF = "<items>"  # the name under which such an object has its items
SHARED = "<attributes are items>"  # whether its attributes are its items


def dictionary(run: State, mapping: Instance | Dict) -> Dict:
    """Give the dictionary that an object is."""
    if isinstance(mapping, Dict):
        return mapping
    found = mapping.named.get(OF)
    if isinstance(found, Dict):
        return found
    lost = Dict()
    lost.blur = run.unknown("an object that is not known", mapping)
    return lost


def _of_items(method: Host) -> Host:
    return lambda run, self, args, kwargs: method(run, dictionary(run, self), args, kwargs)


def _merged(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    DICTS["update"](run, dictionary(run, self), args, kwargs)
    return self


METHODS: dict[str, Host] = {
    **{name: _of_items(method) for name, method in DICTS.items()},
    "__getitem__": lambda run, self, args, kwargs: get_item(run, dictionary(run, self), args[0]),
    "__setitem__": lambda run, self, args, kwargs: store_item(run, dictionary(run, self), args[0], args[1]),
    "__delitem__": lambda run, self, args, kwargs: delete_item(run, dictionary(run, self), args[0]),
    "__contains__": lambda run, self, args, kwargs: contains(run, dictionary(run, self), args[0]),
    "__len__": lambda run, self, args, kwargs: length(run, dictionary(run, self)),
    "__iter__": lambda run, self, args, kwargs: iterator(run, dictionary(run, self)),
    "__ior__": _merged,
    "__eq__": lambda run, self, args, kwargs: run.unknown("a comparison", scalar=True),
    "__setattr__": lambda run, self, args, kwargs: _set(run, self, *args),
    "__delattr__": lambda run, self, args, kwargs: _delete(run, self, *args),
}


def _make(run: State, cls: Class | Native) -> Instance:
    made = Instance(cls)
    made.named[OF] = Dict()
    return made


def _init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    DICTS["update"](run, dictionary(run, self), args, kwargs)


def _get(run: State, self: Instance, name: str) -> Value:
    items = dictionary(run, self)
    if self.named.get(SHARED) is not True:
        return MISSING
    return run.unknown(items.blur.reason, self) if items.blur is not None else items.named.get(name, MISSING)


def _set(run: State, self: Instance, name: str, value: Value) -> None:
    if name == "__dict__":
        run.change(self)
        self.named[SHARED] = True
        if value is not self:
            run.blur("the attributes of an object were replaced", self, value)
    elif self.named.get(SHARED) is True:
        store_item(run, dictionary(run, self), name, value)
    elif not setting.by_property(run, self, name, value):
        run.change(self)
        self.named[name] = value


def _delete(run: State, self: Instance, name: str) -> None:
    if self.named.get(SHARED) is True:
        delete_item(run, dictionary(run, self), name)
    else:
        setting.delete_plainly(run, self, name)


MAPPING = Native(
    "dict", TYPES["dict"], make=_make, init=_init, methods=METHODS, get=_get, set=_set, names=dir(OrderedDict)
)


def derived(run: State, base: Value, args: Args, kwargs: Kwargs) -> Value:
    """Give the class that those derived from a class of dictionaries have in its place."""
    return MAPPING


TYPES["dict"].methods["<derived>"] = derived
