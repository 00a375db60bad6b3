"""Names: the methods of lists, dictionaries and sets; those of texts are in a table beside it."""

from __future__ import annotations

from ..memory.budget import ITEMS
from ..memory.objects import (
    MISSING,
    Builtin,
    Class,
    Dict,
    Host,
    Instance,
    Iterator,
    List,
    Native,
    Obj,
    Set,
    TrackedDict,
    TrackedList,
    Unknown,
    Value,
    View,
)
from ..memory.reach import held
from ..memory.state import Raised, State
from ..values import attributes, classes
from ..values.containers import get_item, items_of, store_item
from ..values.implicit import unfollowed
from ..values.iterators import MOST_ITEMS, Lost, each, next_of
from ..values.operations import equal, is_key
from ..values.pieces import joined, longer, marked
from ..values.tracking import check_change
from .native import by_place
from .texts import method_of_text


def method_of(run: State, value: Value, name: str) -> Value:
    """Give a method of a value that is no instance of a class, or `MISSING`."""
    if isinstance(value, str):
        return method_of_text(value, name)
    table = next((found for kind, found in TABLES.items() if isinstance(value, kind)), None)
    if table is not None and name in table:
        function = table[name]

        def call(run: State, args: list[Value], kwargs: dict[str, Value]) -> Value:
            if not isinstance(value, (TrackedList, TrackedDict)):
                return function(run, value, args, kwargs)
            before = list(held(value))
            found = function(run, value, args, kwargs)
            check_change(run, value, name, *before)
            return found

        return Builtin(f"{type(value).__name__.lower()}.{name}", call, holds=(value,))
    if isinstance(value, Class):
        return MISSING
    if isinstance(value, (int, float)) and name in ("real", "imag", "numerator"):
        return value if name != "imag" else 0
    if isinstance(value, slice) and name in ("start", "stop", "step"):
        return end_of_slice(value, name)
    if isinstance(value, float) and name == "is_integer":
        return Builtin("is_integer", by_place(lambda run, args, kwargs: value.is_integer(), 0))
    if isinstance(value, int) and name == "bit_length":
        return Builtin("bit_length", by_place(lambda run, args, kwargs: value.bit_length(), 0))
    if isinstance(value, tuple) and name in ("index", "count"):
        return Builtin(name, by_place(lambda run, args, kwargs: _search(run, value, name, args), 1))
    run.budget.charge_for(value)
    return run.unknown(f"{name} is not followed", value)


def end_of_slice(value: slice, name: str) -> Value:
    """Give an end of a slice."""
    return {"start": value.start, "stop": value.stop, "step": value.step}[name]


# --- lists ----------------------------------------------------------------------------------------------------------


def _grow(run: State, self: List, *added: Value) -> None:
    known = longer(run, self, added)
    run.change(self)
    if self.blur is None and len(self.items) + len(added) <= MOST_ITEMS:
        self.items.extend(added)
    else:
        reason = self.blur.reason if self.blur else "a list that is too long"
        self.blur = known or run.unknown(reason, self.blur, *added)


def _blurred(run: State, self: Obj, *added: Value) -> Unknown:
    run.change(self)
    found = run.unknown(self.blur.reason if self.blur else "a change that is not followed", self.blur, *added)
    self.blur = Unknown(found.reason, found.line, found.refs - {self})
    return run.unknown(found.reason, self)


def _append(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    _grow(run, self, args[0])
    return None


def _extend(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    source = args[0] if isinstance(args[0], Iterator) else items_of(run, args[0])  # a list may extend itself
    if isinstance(source, Unknown):
        _lengthen(run, self, args[0], source)
    elif isinstance(source, list):
        _grow(run, self, *source)
    else:
        try:
            for one in each(run, source):
                _grow(run, self, one)
        except Lost as lost:
            _blurred(run, self, lost.unknown)
    return None


def _lengthen(run: State, self: List, other: Value, lost: Unknown) -> None:
    known = joined(run, self, other)
    if known is None:
        _blurred(run, self, lost)
        return
    run.change(self)
    self.blur = marked(run, self, lost.reason, known)


def _insert(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    place, item = args
    if self.blur is not None or not isinstance(place, int):
        run.may_raise("an unknown place")
        _blurred(run, self, item)
    else:
        run.change(self)
        self.items.insert(place, item)
    return None


def _pop(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    place = args[0] if args else -1
    if self.blur is not None or not isinstance(place, int):
        run.may_raise("an unknown place")
        return _blurred(run, self)
    if not -len(self.items) <= place < len(self.items):
        raise Raised(run.error("IndexError", "pop index out of range"))
    run.change(self)
    return self.items.pop(place)


def _popleft(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _pop(run, self, [0], {})


def _reverse(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    run.change(self)
    self.items.reverse()
    return None


def _clear(run: State, self: Obj, args: list[Value], kwargs: dict[str, Value]) -> Value:
    run.change(self)
    self.state = [] if isinstance(self, List) else {}
    self.blur = None
    return None


def _sort(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    items = sorted_items(run, self, kwargs)
    if isinstance(items, Unknown):
        _blurred(run, self)
    else:
        run.change(self)
        self.state = items
    return None


def sorted_items(run: State, value: Value, kwargs: dict[str, Value]) -> list[Value] | Unknown:
    """Sort items by a key, where all keys are numbers, texts, or tuples of these."""
    items = items_of(run, value, ordered=False)
    if isinstance(items, Unknown):
        return items
    key = kwargs.get("key")
    keys = items if key is None else [run.call(key, [one], {}) for one in items]
    flat = [part for one in keys for part in (one if isinstance(one, tuple) else (one,))]
    if not all(isinstance(one, (int, float, str)) for one in flat):
        unfollowed(run, "a comparison", *keys)
        return run.unknown("an order that is not known", value, *items)
    reverse = kwargs.get("reverse", False)
    if not isinstance(reverse, (bool, int)):
        return run.unknown("an order that is not known", value, *items)
    try:
        order = sorted(range(len(items)), key=lambda place: keys[place], reverse=bool(reverse))  # type: ignore[arg-type,return-value]
    except TypeError:
        run.may_raise("a comparison")
        return run.unknown("an order that is not known", value, *items)
    return [items[place] for place in order]


def _remove(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    place = _place(run, self, args[0])
    if not isinstance(place, int):
        return _blurred(run, self)
    run.change(self)
    del self.items[place]
    return None


def _place(run: State, self: List, item: Value) -> Value:
    run.budget.charge(len(self.items) // ITEMS)
    answers: list[bool | None] = [equal(run, one, item) for one in self.items] if self.blur is None else [None]
    if True in answers and None not in answers[: answers.index(True)]:
        return answers.index(True)
    if None in answers:
        unfollowed(run, "a search", *self.items, item)
        return run.unknown("a place that is not known")
    raise Raised(run.error("ValueError", "not in list"))


def _index(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _place(run, self, args[0])


def _search(run: State, value: tuple[Value, ...], name: str, args: list[Value]) -> Value:
    run.budget.charge(len(value) // ITEMS)
    answers = [equal(run, one, args[0]) for one in value]
    if None in answers:
        unfollowed(run, "a search", *value, args[0])
        return run.unknown("a search")
    if name == "count":
        return answers.count(True)
    if True not in answers:
        raise Raised(run.error("ValueError", "not in tuple"))
    return answers.index(True)


def _count(run: State, self: List, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return run.unknown("a count") if self.blur is not None else _search(run, tuple(self.items), "count", args)


def _copy(run: State, self: Obj, args: list[Value], kwargs: dict[str, Value]) -> Value:
    made: Obj = List() if isinstance(self, List) else Set() if isinstance(self, Set) else Dict()
    made.state = list(self.state) if isinstance(self.state, list) else dict(self.state)
    made.blur = self.blur
    return made


# --- dictionaries ---------------------------------------------------------------------------------------------------


def _get(run: State, self: Dict, args: list[Value], kwargs: dict[str, Value]) -> Value:
    default = args[1] if len(args) > 1 else None
    if not is_key(run, args[0]) or self.blur is not None:
        return run.unknown("an item of an unknown dictionary", self, default)
    return self.named.get(args[0], default)


def _view(shows: str) -> Host:
    def call(run: State, self: Dict, args: list[Value], kwargs: dict[str, Value]) -> Value:
        return run.unknown(self.blur.reason, self) if self.blur is not None else View(self, shows)

    return call


def _update(run: State, self: Dict, args: list[Value], kwargs: dict[str, Value]) -> Value:
    for other in args:
        if isinstance(other, Dict) and other.blur is None:
            for key, value in list(other.named.items()):
                store_item(run, self, key, value)
            continue
        if isinstance(other, Instance) and isinstance(classes.find(other.cls, "keys"), Native):
            other = run.call(attributes.get(run, other, "items"), [], {})
        pairs = items_of(run, other) if not isinstance(other, Dict) else run.unknown("unknown entries", other)
        if isinstance(pairs, Unknown):
            _blurred(run, self, pairs, *self.named.values())
            continue
        for pair in pairs:
            if not isinstance(pair, (tuple, List)):
                run.may_raise("an entry that is no pair")
            store_item(run, self, get_item(run, pair, 0), get_item(run, pair, 1))
    for name, value in kwargs.items():
        store_item(run, self, name, value)
    return None


def _setdefault(run: State, self: Dict, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if is_key(run, args[0]) and self.blur is None and args[0] in self.named:
        return self.named[args[0]]
    value = args[1] if len(args) > 1 else None
    store_item(run, self, args[0], value)
    return value if self.blur is None else run.unknown(self.blur.reason, self)


def _pop_key(run: State, self: Dict, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if not is_key(run, args[0]) or self.blur is not None:
        run.may_raise("an unknown key")
        return _blurred(run, self, *self.named.values(), *args[1:])
    if args[0] in self.named:
        run.change(self)
        return self.named.pop(args[0])
    if len(args) > 1:
        return args[1]
    raise Raised(run.error("KeyError", str(args[0])[:80]))


# --- sets -----------------------------------------------------------------------------------------------------------


def _add(run: State, self: Set, args: list[Value], kwargs: dict[str, Value]) -> Value:
    run.change(self)
    if not is_key(run, args[0]) or self.blur is not None:
        _blurred(run, self, *args)
    else:
        self.named[args[0]] = None
    return None


def _discard(run: State, self: Set, args: list[Value], kwargs: dict[str, Value]) -> Value:
    run.change(self)
    if not is_key(run, args[0]) or self.blur is not None:
        _blurred(run, self)
    else:
        self.named.pop(args[0], None)
    return None


def _next(run: State, self: Iterator, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return next_of(run, self, args)


COPIES: dict[str, Host] = {"copy": by_place(_copy, 0), "clear": by_place(_clear, 0)}
LISTS: dict[str, Host] = {
    "append": by_place(_append, 1),
    "extend": by_place(_extend, 1),
    "insert": by_place(_insert, 2),
    "pop": by_place(_pop, 1),
    "popleft": by_place(_popleft, 0),
    "appendleft": by_place(lambda run, self, args, kwargs: _insert(run, self, [0, *args], {}), 1),
    "reverse": by_place(_reverse, 0),
    "sort": by_place(_sort, 0, "key", "reverse"),
    "remove": by_place(_remove, 1),
    "index": by_place(_index, 1),
    "count": by_place(_count, 1),
    **COPIES,
}
DICTS: dict[str, Host] = {
    "get": by_place(_get, 2), "keys": by_place(_view("keys"), 0), "values": by_place(_view("values"), 0),
    "items": by_place(_view("items"), 0), "update": _update, "setdefault": by_place(_setdefault, 2),
    "pop": by_place(_pop_key, 2), **COPIES,
}  # fmt: skip
SETS: dict[str, Host] = {"add": by_place(_add, 1), "discard": by_place(_discard, 1), **COPIES}
TABLES: dict[type, dict[str, Host]] = {List: LISTS, Dict: DICTS, Set: SETS, Iterator: {"__next__": _next}}


def method_unknown(run: State, value: Value, name: str) -> Value:
    """Give a method that is not in the tables: what it does to its object is unknown."""
    return run.unknown(f"{name} is not followed", value)
