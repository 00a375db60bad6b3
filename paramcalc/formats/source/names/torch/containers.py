"""Names: PyTorch. Containers of modules and parameters."""

from __future__ import annotations

from ...memory.objects import MISSING, Dict, Host, Instance, List, Native, Pieces, Unknown, Value
from ...memory.state import Raised, State
from ...values import classes
from ...values.calls import lose, make_native
from ...values.containers import items_of
from ...values.pieces import flat, joined, longer, marked
from ..native import Args, Kwargs, by_place
from .module_names import OWN_CALLS, OWN_CALLS_OF_CONTAINERS, replaced_calls
from .modules import MODULE, check_name, module_set
from .tensors import Tensor, make_parameter
from .walks import is_module


def _numbered(run: State, self: Instance) -> list[Value] | Unknown:
    if self.blur is not None:
        return run.unknown(self.blur.reason, self)
    found = [value for _, value in _held(self)]
    lost = [one for one in found if isinstance(one, Unknown)]
    return run.unknown(lost[0].reason, self, *lost) if any(one.path == "?" for one in lost) else found


def _held(self: Instance) -> list[tuple[Value, Value]]:
    # the items with their names
    any_value = not {PARAMETER_LIST, PARAMETER_DICT}.isdisjoint(classes.lineage(self.cls))
    pairs = [(name, one) for name, one in self.named.items() if isinstance(name, str) and name[:1] != "<"]
    return [(name, one) for name, one in pairs if any_value or _may_be_item(one)]


def _by_name(self: Instance) -> bool:
    return not {MODULE_DICT, PARAMETER_DICT}.isdisjoint(classes.lineage(self.cls))


def _may_be_item(value: Value) -> bool:
    # other attributes of a class derived from a container, such as numbers, are none of its items
    return not value.scalar if isinstance(value, Unknown) else value is None or is_module(value)


def _sequential_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    run.change(self)
    if len(args) == 1 and isinstance(args[0], Dict):
        if args[0].blur is not None:
            self.blur = run.unknown(args[0].blur.reason, args[0])
            return
        for name, value in args[0].named.items():
            check_name(run, str(name))
            self.named[str(name)] = _child(run, self, value)
        return
    for place, value in enumerate(args):
        self.named[str(place)] = _child(run, self, value)
    if len(args) == 1 and isinstance(args[0], Unknown):  # it may be a dictionary, of any number of modules
        self.blur = run.unknown(args[0].reason, self.named["0"])


def _child(run: State, self: Instance, value: Value) -> Value:
    # PyTorch refuses what is no module, except in containers of parameters: an unknown value is something that counts
    held = classes.lineage(self.cls)
    if PARAMETER_LIST in held or PARAMETER_DICT in held:
        if isinstance(value, Tensor):
            value = make_parameter(value.shape)
    elif not is_module(value):
        run.may_raise("a value that is no module")
    run.attached.add(id(value))
    if isinstance(value, Unknown) and value.scalar:
        return Unknown(value.reason, value.line, value.refs, value.path, value.data)
    return value


def _list_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    given = args[0] if args else kwargs.get("modules")
    if given is not None:
        _extend(run, self, [given], {})


def _extend(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    known = joined(run, self, args[0])
    items = items_of(run, args[0])
    run.change(self)
    if isinstance(items, Unknown):
        self.blur = (
            run.unknown(items.reason, items, self.blur) if known is None else marked(run, self, items.reason, known)
        )
        run.attached.update(map(id, flat(known or ())))
        return self
    for one in items:
        _append(run, self, [one], {})
    return self


def _append(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    known = longer(run, self, (args[0],))
    run.change(self)
    count = _numbered(run, self)
    if isinstance(count, Unknown):
        _child(run, self, args[0])
        self.blur = known or run.unknown(count.reason, count, *args)
    else:
        self.named[str(len(count))] = _child(run, self, args[0])
    return self


def _insert(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = _numbered(run, self)
    run.change(self)
    if isinstance(items, Unknown) or not isinstance(args[0], int):
        self.blur = run.unknown("an insertion that is not followed", *args)
        return self
    items.insert(args[0], _child(run, self, args[1]))
    _renumber(self, items)
    return self


def _renumber(self: Instance, items: list[Value]) -> None:
    # attributes that are no items stay
    held = dict(_held(self))
    kept: dict[Value, Value] = {key: one for key, one in self.named.items() if key not in held}
    kept.update((str(place), one) for place, one in enumerate(items))
    self.state = kept


def _iter(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _numbered(run, self)
    return found if isinstance(found, Unknown) else List(found)


def container_item(run: State, self: Instance, key: Value) -> Value:
    """Give an item of a container of modules, or a part of it."""
    native = classes.native_of(self)
    if self.blur is not None or native is None:
        return run.unknown("an item that is not known", self)
    if _by_name(self):
        if not isinstance(key, str):
            return run.unknown("an item of an unknown name", self)
        if key not in self.named:
            raise Raised(run.error("KeyError", key))
        return self.named[key]
    items = _numbered(run, self)
    if isinstance(items, Unknown):
        return items
    if isinstance(key, int):
        if not -len(items) <= key < len(items):
            raise Raised(run.error("IndexError", "index out of range"))
        return items[key]
    ends = (key.start, key.stop, key.step) if isinstance(key, slice) else ("",)
    plain = all(isinstance(one, int) or one is None for one in ends)
    if isinstance(key, slice) and plain and classes.user_method(self, "__init__") is None:  # else that is called
        made = Instance(native)
        for place, (name, value) in enumerate(_held(self)[key]):
            made.named[name if SEQUENTIAL in native.lineage else str(place)] = value
        return made
    return run.unknown("an item that is not known", self)


def _set_item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    key, value = args
    items = _numbered(run, self)
    if isinstance(items, Unknown) or not isinstance(key, (int, str)):
        run.change(self)
        self.blur = run.unknown("an item that is not known", self, value)
        return None
    if isinstance(key, int):
        names = [str(name) for name in self.named if str(name)[:1] != "<"]
        if not -len(names) <= key < len(names):
            raise Raised(run.error("IndexError", "index out of range"))
        key = names[key]
    check_name(run, key)
    module_set(run, self, key, _child(run, self, value))
    return None


def _del_item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    key = args[0]
    items = _numbered(run, self)
    run.change(self)
    if _by_name(self) and isinstance(key, str) and not isinstance(items, Unknown):
        if key not in self.named:
            raise Raised(run.error("KeyError", key))
        del self.named[key]
        return None
    if isinstance(items, Unknown) or not isinstance(key, (int, slice)):
        self.blur = run.unknown("an item that is not known", self)
        return None
    try:
        del items[key]
    except IndexError:
        raise Raised(run.error("IndexError", "index out of range")) from None
    _renumber(self, items)
    return None


def _pop(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = container_item(run, self, args[0])
    _del_item(run, self, args[:1], {})
    return found


def _joined(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # the modules of two containers in a new one
    (other,) = args
    rows = [_numbered(run, one) if isinstance(one, Instance) else items_of(run, one) for one in (self, other)]
    sequence = SEQUENTIAL in classes.lineage(self.cls)
    made = make_native(run, SEQUENTIAL if sequence else MODULE_LIST, [], {})
    if not isinstance(made, Instance) or PARAMETER_LIST in classes.lineage(self.cls):
        return run.unknown("a sum of containers", self, other)
    for one in rows:
        _extend(run, made, [run.unknown("unknown modules", self, other) if isinstance(one, Unknown) else List(one)], {})
    return made


def _forward_chain(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = _numbered(run, self)
    if isinstance(items, Unknown):
        return lose(run, items.reason, self, *args)
    value = args[0] if args else None
    for one in items:
        value = run.call(one, [value], {})
    return value


def _dict_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    given = args[0] if args else kwargs.get("modules")
    if given is not None:
        _dict_update(run, self, [given], {})


def _dict_update(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.change(self)
    given = args[0]
    if isinstance(given, Instance) and given.blur is None:
        pairs: list[Value] | Unknown = [one for one in given.named.items() if str(one[0])[:1] != "<"]
    elif isinstance(given, Dict) and given.blur is None:
        pairs = list(given.named.items())
    else:
        pairs = items_of(run, given) if not isinstance(given, Dict) else run.unknown("unknown entries", given)
    if isinstance(pairs, list):
        pairs = [tuple(one.items) if isinstance(one, List) and one.blur is None else one for one in pairs]
    if isinstance(pairs, Unknown) or not all(
        isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], str) for one in pairs
    ):
        self.blur = run.unknown("entries that are not known", given)
        return None
    for pair in pairs:
        assert isinstance(pair, tuple)
        check_name(run, str(pair[0]))
        self.named[str(pair[0])] = _child(run, self, pair[1])
    return None


def _dict_pairs(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _numbered(run, self)
    if isinstance(found, Unknown):
        return found
    return List([one for one in self.named.items() if str(one[0])[:1] != "<"])


def _dict_keys(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _dict_pairs(run, self, args, kwargs)
    return List([one[0] for one in found.items if isinstance(one, tuple)]) if isinstance(found, List) else found


def _contains(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _dict_keys(run, self, [], {})
    return run.contains(found, args[0])


REPLACED = replaced_calls(OWN_CALLS | OWN_CALLS_OF_CONTAINERS)
CHAIN = {
    "append": _append, "extend": _extend, "insert": _insert, "__iter__": _iter, "__iadd__": _extend,
    "__setitem__": _set_item, "__delitem__": _del_item, "pop": by_place(_pop, 1), "__add__": by_place(_joined, 1),
    "<replaced>": REPLACED,
}  # fmt: skip
PAIRS = {
    "__iter__": _dict_keys, "keys": _dict_keys, "values": _iter, "items": _dict_pairs, "update": _dict_update,
    "__setitem__": _set_item, "__delitem__": _del_item, "pop": by_place(_pop, 1), "__contains__": _contains,
    "<replaced>": REPLACED,
}  # fmt: skip


def _with_sequence(method: Host) -> Host:
    # what a Sequential is added to must be one, too
    def call(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
        if isinstance(args[0], Unknown):
            run.may_raise("what is added to a Sequential")
        elif not is_chain(args[0]):
            raise Raised(run.error("ValueError", "add operator supports only objects of Sequential class"))
        return method(run, self, args, kwargs)

    return call


SEQUENTIAL = Native(
    "torch.nn.Sequential",
    MODULE,
    init=_sequential_init,
    methods={
        **CHAIN, "forward": _forward_chain, "__iadd__": _with_sequence(_extend), "__add__": _with_sequence(_joined),
    },
)  # fmt: skip
MODULE_LIST = Native("torch.nn.ModuleList", MODULE, init=_list_init, methods=CHAIN)
MODULE_DICT = Native("torch.nn.ModuleDict", MODULE, init=_dict_init, methods=PAIRS)
PARAMETER_LIST = Native("torch.nn.ParameterList", MODULE, init=_list_init, methods=CHAIN)
PARAMETER_DICT = Native("torch.nn.ParameterDict", MODULE, init=_dict_init, methods=PAIRS)
CONTAINERS = (SEQUENTIAL, MODULE_LIST, MODULE_DICT, PARAMETER_LIST, PARAMETER_DICT)


def is_chain(value: Value) -> bool:
    """Tell whether a value is a sequence of modules."""
    return isinstance(value, Instance) and SEQUENTIAL in classes.lineage(value.cls)


def container_items(run: State, value: Instance) -> Value:
    """List the modules of a container in order, where they have their numbers as names, and no more is in it.

    Otherwise `MISSING`: what is appended may take the place of a module of that name.
    """
    held = [(name, one) for name, one in value.named.items() if not str(name).startswith("<")]
    plain = all(name == str(at) and (isinstance(one, Unknown) or is_module(one)) for at, (name, one) in enumerate(held))
    return _numbered(run, value) if plain and value.cls in (SEQUENTIAL, MODULE_LIST) else MISSING


def chain_of_pieces(run: State, function: Value, pieces: Pieces) -> Value:
    """Make a sequence of modules of arguments that are known up to the rounds of a loop; or `MISSING`."""
    if function is not SEQUENTIAL or run.distrust:
        return MISSING
    made = make_native(run, SEQUENTIAL, [], {})
    assert isinstance(made, Instance)
    made.blur = marked(run, made, "it depends on how often a loop is run", pieces)
    run.attached.update(map(id, flat(pieces)))
    return made


def container_length(run: State, value: Instance) -> Value:
    """Give the number of items of a container of modules, or `MISSING`."""
    if any(one in CONTAINERS for one in classes.lineage(value.cls)):
        found = _numbered(run, value)
        return run.unknown(found.reason, scalar=True) if isinstance(found, Unknown) else len(found)
    return MISSING
