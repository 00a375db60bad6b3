"""Values: attributes are set and deleted, on instances, classes, modules and functions of a program."""

from __future__ import annotations

from collections.abc import Iterable

from ..memory.objects import (
    MISSING,
    Class,
    Dict,
    Function,
    Instance,
    List,
    Module,
    Native,
    Set,
    Unknown,
    Value,
    Wrapper,
)
from ..memory.reach import reachable
from ..memory.state import Raised, State, Stop
from .attributes import ANY_NAME, bound
from .classes import find, lineage, native_of

# what is no attribute like others: it is what a function does, and what a class is
REPLACING_FUNCTION = ("__code__", "__defaults__", "__kwdefaults__", "__globals__", "__closure__", "__class__")
REPLACING_CLASS = ("__bases__", "__class__", "__dict__", "__mro__")


def store(run: State, value: Value, name: str, item: Value, making: bool = False) -> None:
    """Set an attribute; ``making`` says that a data class sets its fields."""
    if isinstance(value, Instance):
        native, own = native_of(value), find(value.cls, "__setattr__")
        if name == "__class__":
            run.blur("the class of an object was changed", value, item)
        elif own is not MISSING and not isinstance(own, Native):
            run.call(bound(run, own, value, value.cls, "__setattr__"), [name, item], {})
        elif native is not None and native.set is not None:
            native.set(run, value, name, item)
        elif not by_property(run, value, name, item):
            _check_settable(run, value, name, making)
            if name == "__dict__":  # it stays the dictionary that others have, too
                run.blur("the attributes of an object were replaced", value, item)
                return
            run.change(value)
            value.named[name] = item
    elif isinstance(value, (Class, Function)):
        _check_plain(value, name)
        run.change(value)
        value.named[name] = item
        if isinstance(value, Class):
            check_class(run, value)
    elif isinstance(value, Unknown):
        run.may_raise("an assignment to an unknown object")
        run.blur("an attribute of an unknown object was set", value, item)
        lose_attribute(run, value, name, item)
    elif isinstance(value, Module):
        target = value.scope if value.scope is not None else run.patches
        run.change(target)
        target.named[name if value.scope is not None else (value.path, name)] = item
    elif isinstance(value, Native):
        run.distrust = True
        raise Stop(f"the class {value.name} is changed", everything=True)
    elif value is None or isinstance(value, (int, float, str, bytes, tuple, range, frozenset, List, Dict, Set)):
        raise Raised(run.error("AttributeError", f"no attribute {name!r} can be set"))
    else:
        run.may_raise("an assignment")
        run.note(f"an assignment to the attribute {name!r} is not followed")
        run.entangle()
        run.blur("an attribute was set", value)


def _check_plain(value: Class | Function, name: str) -> None:
    if name in (REPLACING_FUNCTION if isinstance(value, Function) else REPLACING_CLASS):
        raise Stop(f"{name} of {value.name} is changed", everything=True)


def lose_attribute(run: State, value: Unknown, name: str | None, item: Value = None) -> None:
    """Make an attribute of the classes and functions unknown that an unknown value may be; ``None`` is any name."""
    for one in reachable(run.budget, [value]):
        if isinstance(one, Instance) and (name is None or find(one.cls, name) is not MISSING):
            lose_names(run, one, "an attribute was set, perhaps in place of what the class has", item)
        if not isinstance(one, (Class, Function)):
            continue
        if name is None:
            raise Stop(f"an attribute of an unknown name is set, perhaps of {one.name}", everything=True)
        if name in (*REPLACING_FUNCTION, *REPLACING_CLASS):
            raise Stop(f"{name} is changed, perhaps of {one.name}", everything=True)
        before = one.named.get(name, MISSING)
        lost = run.unknown("an attribute that was set perhaps", before, item)
        lost.path = "?" if before is MISSING else ""
        run.change(one)
        one.named[name] = lost


def lose_names(run: State, value: Value, reason: str, *items: Value) -> None:
    """Make an object unknown of which an attribute was set that may have any name, also that of a method."""
    run.blur(reason, value, *items)
    if isinstance(value, Instance) and isinstance(value.cls, Class):
        run.change(value.cls)
        value.cls.named[ANY_NAME] = True


def by_property(run: State, value: Instance, name: str, item: Value) -> bool:
    """Set an attribute by the property that the class has for it; tell whether there is one."""
    found = find(value.cls, name)
    if isinstance(found, Unknown) and not found.scalar:
        run.blur("an attribute was set that may be a property", value, item)
    if not isinstance(found, Wrapper) or found.kind != "property":
        return False
    if found.setter is None:
        raise Raised(run.error("AttributeError", f"can't set {name!r}"))
    run.call(found.setter, [value, item], {})
    return True


def _check_settable(run: State, value: Instance, name: str, making: bool) -> None:
    # what a frozen data class, or a class with slots, refuses
    if find(value.cls, "<frozen>") is True and not making:
        raise Raised(run.error("AttributeError", f"cannot assign to field {name!r}"))
    slots: list[Value] = []
    for one in lineage(value.cls):
        if isinstance(one, Class):
            found = one.named.get("__slots__", MISSING)
            if found is MISSING:
                return  # instances have a dictionary
            slots += found.items if isinstance(found, List) else found if isinstance(found, tuple) else [found]
    if slots and name not in slots:
        if all(isinstance(one, str) for one in slots):
            raise Raised(run.error("AttributeError", f"no attribute {name!r} in the slots"))
        run.may_raise("an attribute that is no slot")


def check_class(run: State, cls: Class) -> None:
    """Make a class unknown that replaces what a library calls itself, such as ``parameters`` of a module."""
    check = cls.native.methods.get("<replaced>") if cls.native is not None else None
    if check is not None and cls.blur is None:
        check(run, cls, [], {})


def check_setting(run: State, cls: Class) -> None:
    """Make a class unknown that has its own ``__setattr__``, where setting attributes does more than to store them."""
    plain = cls.native is None or ("__setattr__" in cls.native.methods and "<replaced>" not in cls.native.methods)
    if cls.blur is None and not plain:
        blur_if_replaced(run, cls, ("__setattr__", "__delattr__"))


def blur_if_replaced(run: State, cls: Class, names: Iterable[str]) -> None:
    """Make a class unknown that has one of these names itself, in place of a library."""
    own = [one for one in cls.mro if isinstance(one, Class)]
    found = next((name for name in names if any(name in one.named for one in own)), None)
    if found is not None:
        cls.blur = run.unknown(f"a class with its own {found}()")


def delete(run: State, value: Value, name: str) -> None:
    """Delete an attribute."""
    own = find(value.cls, "__delattr__") if isinstance(value, Instance) else MISSING
    if isinstance(value, Instance) and own is not MISSING and not isinstance(own, Native):
        run.call(bound(run, own, value, value.cls, "__delattr__"), [name], {})
    else:
        delete_plainly(run, value, name)


def delete_plainly(run: State, value: Value, name: str) -> None:
    """Delete an attribute past what the class says of it."""
    if isinstance(value, (Class, Module, Native)):
        if isinstance(value, Class) and value.blur is None and name in value.named:
            run.change(value)
            del value.named[name]
            return
        raise Stop("an attribute of a class or module is deleted", everything=True)
    if (
        isinstance(value, Instance)
        and value.blur is None
        and name in value.named
        and not isinstance(value.named[name], Unknown)
    ):
        run.change(value)
        del value.named[name]
        return
    run.blur("an attribute was deleted", value)
    if isinstance(value, Unknown):
        lose_attribute(run, value, name)
