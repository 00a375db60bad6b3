"""Values: items of sequences and mappings."""

from __future__ import annotations

from ..memory.budget import ITEMS, STORED
from ..memory.objects import (
    MISSING,
    Class,
    Dict,
    Instance,
    Iterator,
    List,
    Native,
    Set,
    TrackedDict,
    TrackedList,
    Unknown,
    Value,
    View,
)
from ..memory.reach import held, stood_for
from ..memory.state import Raised, State, Stop
from . import attributes, classes
from .implicit import call_back, unfollowed
from .iterators import (
    MOST_ITEMS as MOST_ITEMS,
    Lost,
    each,
    lose_place,
    lose_places,
    over,
    over_dict,
    over_list,
    rest_of,
)
from .made_names import MadeName
from .operations import OPTIMIZERS, equal, is_key, item_of
from .parts import part
from .tracking import check_change

AVERAGES = "torch.optim.swa_utils"  # models


def items_of(run: State, value: Value, ordered: bool = True) -> list[Value] | Unknown:
    """List the items of something that a loop could run over, or say that they are unknown, as a set's order is."""
    found = _items(run, value, ordered)
    if isinstance(found, list):
        run.budget.charge(len(found) // ITEMS)
    return found


def _items(run: State, value: Value, ordered: bool) -> list[Value] | Unknown:
    if isinstance(value, range):
        return list(value) if len(value) <= MOST_ITEMS else run.unknown("a range that is too long")
    if isinstance(value, frozenset) and len(value) > 1 and ordered:
        return _in_any_order(run, value, [*value])
    if isinstance(value, (tuple, str, frozenset)):
        return list(value)
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, (List, Dict, Set)):
        if value.blur is None and isinstance(value, Set) and len(value.state) > 1 and ordered:
            return _in_any_order(run, value, [*value.named])
        return run.unknown(value.blur.reason, value) if value.blur is not None else list(value.state)
    if isinstance(value, Iterator):
        return rest_of(run, value)
    if isinstance(value, View):
        return run.unknown(value.of.blur.reason, value.of) if value.of.blur is not None else value.now()
    if isinstance(value, Instance):
        return _of_instance(run, value)
    if isinstance(value, Unknown):
        run.may_raise("a loop over an unknown value")
        unfollowed(run, "a loop", value)
        lose_places(run, value, value)
        return item_of(run, value)
    if isinstance(value, Class):
        members = run.method(value, "__iter__")
        if isinstance(members, (list, Unknown)):
            return members
    if run.is_tensor(value):
        found = run.tensor_item(value, MISSING)
        if isinstance(found, list):
            return found
        return run.unknown("the items of a tensor", value)
    if isinstance(value, (int, float)) or value is None:
        raise Raised(run.error("TypeError", "object is not iterable"))
    return run.unknown("items that are not known", value)


def _in_any_order(run: State, value: Value, members: list[Value]) -> list[Value] | Unknown:
    # of plain members it is known how many there are
    if not all(isinstance(one, (str, int, float)) for one in members):
        return run.unknown("the order of a set", value)
    return [run.unknown("an item of a set", data=True, scalar=True) for _ in members]


def _of_instance(run: State, value: Instance) -> list[Value] | Unknown:
    method = classes.user_method(value, "__iter__")
    if method is not None:
        found = run.call(method, [value], {})
        if isinstance(found, Instance):
            return run.unknown("an iterator that is not followed", value)
        return items_of(run, found)
    native = classes.find(value.cls, "__iter__")
    if native is not MISSING:
        return items_of(run, run.call(attributes.get(run, value, "__iter__"), [], {}))
    unfollowed(run, "a loop", value)
    return run.unknown("items that are not known", value)


def iterator(run: State, value: Value) -> Iterator | Unknown:
    """Make an iterator, as a loop does; an iterator is its own."""
    if isinstance(value, Instance):
        method = classes.user_method(value, "__iter__")
        if method is not None:
            value = run.call(method, [value], {})
            if isinstance(value, Instance):
                return run.unknown("an iterator that is not followed", value)
    if isinstance(value, Iterator):
        return value
    if isinstance(value, List):
        return over_list(value)
    if isinstance(value, (Dict, View)):
        return over_dict(value)
    if isinstance(value, Set) and len(value.state) > 1:  # it may be changed meanwhile
        return run.unknown("the order of a set", value)
    if isinstance(value, (str, bytes, tuple)) or (isinstance(value, range) and len(value) <= MOST_ITEMS):
        return over(value)
    items = items_of(run, value)
    return items if isinstance(items, Unknown) else over(tuple(items))


def length(run: State, value: Value) -> Value:
    """Give ``len`` of a value."""
    if isinstance(value, (tuple, str, bytes, range, frozenset)):
        return len(value)
    if isinstance(value, View):
        return length(run, value.of)
    if isinstance(value, (List, Dict, Set)):
        return (
            run.unknown(value.blur.reason, data=value.blur.data, scalar=True)
            if value.blur is not None
            else len(value.state)
        )
    if isinstance(value, Instance):
        method = classes.user_method(value, "__len__")
        if method is not None:
            return run.call(method, [value], {})
        found = run.native_length(value)
        return run.unknown("a length that is not known", scalar=True) if found is MISSING else found
    if isinstance(value, Unknown):
        unfollowed(run, "a length", value)
        return run.unknown(value.reason, data=value.data or "()" in value.path, scalar=True)
    if isinstance(value, Class):
        members = items_of(run, value)
        return len(members) if isinstance(members, list) else members
    if run.is_tensor(value):
        return run.tensor_item(value, None)
    return run.unknown("a length that is not known", scalar=True)


def contains(run: State, value: Value, item: Value) -> Value:
    """Tell whether something is among the items."""
    found = _contains(run, value, item)
    if isinstance(found, Unknown):
        unfollowed(run, "a comparison", value, item)
        if isinstance(value, Unknown):
            lose_places(run, value, value)
    return found


def _contains(run: State, value: Value, item: Value) -> Value:
    if isinstance(value, MadeName) and isinstance(item, str):
        held = value.holds(item)
        return run.unknown("a comparison", scalar=True) if held is None else held
    if isinstance(value, str):
        run.budget.charge_for(value)
        return item in value if isinstance(item, str) else run.unknown("a comparison", scalar=True)
    if isinstance(value, Instance):
        method = classes.user_method(value, "__contains__")
        if method is not None:
            return run.call(method, [value, item], {})
        if classes.find(value.cls, "__contains__") is not MISSING:
            return run.call(attributes.get(run, value, "__contains__"), [item], {})
    if isinstance(value, (Dict, Set)):
        if not is_key(run, item) or value.blur is not None:
            return run.unknown("a comparison", scalar=True)
        return item in value.named
    if isinstance(value, Iterator):
        return _among(run, value, item)
    several = isinstance(value, (List, View, tuple, range, frozenset))
    items = items_of(run, value, False) if several else run.unknown("a comparison", scalar=True)
    if isinstance(items, Unknown):
        return run.unknown("a comparison", scalar=True)
    answers = [equal(run, one, item) for one in items]
    if True in answers:
        return True
    return run.unknown("a comparison", scalar=True) if None in answers else False


def _among(run: State, value: Iterator, item: Value) -> Value:
    # an iterator is searched up to the first that is equal
    try:
        for one in each(run, value):
            known = equal(run, one, item)
            if known:
                return True
            if known is None:
                lose_place(run, value, run.unknown("a search", one))
    except Lost:
        return run.unknown("a comparison", scalar=True)
    return False


def get_item(run: State, value: Value, key: Value) -> Value:
    """Give an item or a slice."""
    if isinstance(value, Unknown):
        run.may_raise("an item of an unknown value")
        unfollowed(run, "an item", value)
        made = [one for one in stood_for(value) if isinstance(one, Dict) and one.default is not None]
        if made:  # an item that is missing is made
            run.blur("an item of a dictionary that may make one", *made)
        return part(run, value, key if isinstance(key, str) else "", lambda: item_of(run, value, key), True)
    if run.is_tensor(value):
        return run.tensor_item(value, key)
    if isinstance(value, (List, tuple, str, bytes, range)):
        found = _of_sequence(run, value, key)
        if isinstance(key, slice):
            run.budget.charge_for(found)
        return found
    if isinstance(value, Dict):
        return _of_dict(run, value, key)
    if isinstance(value, Instance):
        method = classes.user_method(value, "__getitem__")
        if method is not None:
            return run.call(method, [value, key], {})
        found = run.native_item(value, key)
        if isinstance(found, Unknown):
            run.may_raise("an item that is not known")
        return found
    if isinstance(value, Class):
        found = run.method(value, "__getitem__")
        if isinstance(found, Unknown):
            return found
        if found is not MISSING and isinstance(key, str):
            return attributes.get(run, value, key)
        return value  # a generic class
    if isinstance(value, Native):
        return value
    if value is None or isinstance(value, (int, float, Set)):
        raise Raised(run.error("TypeError", "object is not subscriptable"))
    run.may_raise("an item that is not known")
    return run.unknown("an item that is not known", value, key)


def _of_sequence(run: State, value: List | tuple[Value, ...] | str | bytes | range, key: Value) -> Value:
    blur = value.blur if isinstance(value, List) else None
    known = isinstance(key, (int, slice)) and not (
        isinstance(key, slice) and any(not isinstance(one, int) and one is not None for one in _ends(key))
    )
    if blur is not None or not known:
        run.may_raise("an unknown index")
        return run.unknown("an item at an unknown place", value)
    items = value.items if isinstance(value, List) else value
    try:
        found: Value = items[key]  # type: ignore[call-overload,index]  # an index or a slice, as was checked
    except IndexError:
        raise Raised(run.error("IndexError", "index out of range")) from None
    except ValueError:
        raise Raised(run.error("ValueError", "slice step cannot be zero")) from None
    return List(found) if isinstance(value, List) and isinstance(found, list) else found


def _ends(key: slice) -> tuple[Value, Value, Value]:
    return key.start, key.stop, key.step


def _of_dict(run: State, value: Dict, key: Value) -> Value:
    if not is_key(run, key) or value.blur is not None:
        run.may_raise("an unknown key")
        if value.default is not None:  # which is called where there is no such key, and makes one
            call_back(run, "a default", [value.default])
            run.change(value)
            value.blur = run.unknown("an unknown key", value.blur, value.default, *value.named.values())
        return run.unknown("an item of an unknown dictionary", value)
    if key in value.named:
        return value.named[key]
    if value.default is not None:
        made = run.call(value.default, [], {})
        run.change(value)
        value.named[key] = made
        return made
    raise Raised(run.error("KeyError", str(key)[:80]))


def store_item(run: State, value: Value, key: Value, item: Value) -> None:
    """Set an item."""
    run.budget.charge(STORED)
    before: tuple[Value, ...] = ()
    new = isinstance(value, TrackedDict) and is_key(run, key) and key not in value.named
    if isinstance(value, (TrackedDict, TrackedList)):
        before = tuple(held(value))
    _store_item(run, value, key, item)
    check_change(run, value, "update" if new else "a new item", *before)


def of_optimizer(value: Unknown) -> bool:
    """Tell whether a value is an optimizer, or a part of one: it holds parameters, and no model holds it."""
    return value.path.startswith(OPTIMIZERS) and not value.path.startswith(AVERAGES)


def _store_item(run: State, value: Value, key: Value, item: Value) -> None:
    if isinstance(value, Dict):
        run.change(value)
        if not is_key(run, key) or value.blur is not None:
            reason = value.blur.reason if value.blur else "an unknown key"
            value.blur = run.unknown(reason, value, value.blur, item, key, tuple(value.named.values()))
        elif len(value.named) >= MOST_ITEMS:
            raise Stop("a dictionary that is too large")
        else:
            value.named[key] = item
        return
    if isinstance(value, List):
        run.change(value)
        if value.blur is None and isinstance(key, int):
            if not -len(value.items) <= key < len(value.items):
                raise Raised(run.error("IndexError", "index out of range"))
            value.items[key] = item
        elif value.blur is None and isinstance(key, slice) and not any(isinstance(one, Unknown) for one in _ends(key)):
            several = items_of(run, item)
            if isinstance(several, Unknown) or len(several) + len(value.items) > MOST_ITEMS:
                value.blur = run.unknown("an unknown slice", value, item)
            else:
                try:
                    value.items[key] = several
                except (ValueError, TypeError):
                    raise Raised(run.error("ValueError", "a slice of another size")) from None
        else:
            run.may_raise("an unknown index")
            value.blur = run.unknown("an item at an unknown place", value, *value.items, item)
        return
    if isinstance(value, Instance):
        method = classes.user_method(value, "__setitem__")
        if method is None and classes.find(value.cls, "__setitem__") is not MISSING:
            run.call(attributes.get(run, value, "__setitem__"), [key, item], {})
            return
        if method is not None:
            run.call(method, [value, key, item], {})
            return
    if isinstance(value, (tuple, str)):
        raise Raised(run.error("TypeError", "does not support item assignment"))
    if isinstance(value, Unknown) and of_optimizer(value):
        return  # a rate of learning
    run.changed_tensors += 1
    if run.is_tensor(value):
        run.tensor_written(value, key, item)
    run.blur("an item of it was set", value, item)


def delete_item(run: State, value: Value, key: Value) -> None:
    """Delete an item."""
    if isinstance(value, (TrackedDict, TrackedList)):
        check_change(run, value, "a deletion")
    if isinstance(value, Dict) and is_key(run, key) and value.blur is None:
        if key not in value.named:
            raise Raised(run.error("KeyError", str(key)[:80]))
        run.change(value)
        del value.named[key]
    elif isinstance(value, List) and value.blur is None and isinstance(key, (int, slice)):
        run.change(value)
        try:
            del value.items[key]
        except (IndexError, TypeError):
            raise Raised(run.error("IndexError", "index out of range")) from None
    elif isinstance(value, Instance) and classes.find(value.cls, "__delitem__") is not MISSING:
        run.call(attributes.get(run, value, "__delitem__"), [key], {})
    else:
        unfollowed(run, "a deletion", value)
        run.blur("an item of it was deleted", value)
