"""Values: arithmetic, comparison, truth, and formatted texts."""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable, Iterable

from ....errors import ParamcalcError
from ....symbolic import Expr
from ..memory.budget import ITEMS
from ..memory.objects import MISSING, Dict, Instance, List, Native, Obj, Set, Unknown, Value
from ..memory.state import Raised, State
from . import attributes, classes
from .implicit import unfollowed
from .made_names import MadeName
from .pieces import joined, marked

MOST_BITS = 4_000
MOST_TEXT = 200_000
MOST_ITEMS = 50_000

ARITHMETIC: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
DUNDER = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
}  # fmt: skip
COMPARE: dict[type[ast.cmpop], Callable[..., object]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
# the methods of the first operand, and of the second with the operands turned; those of == are asked for by `equal`
ORDER: dict[type[ast.cmpop], str] = {
    ast.Lt: "__lt__", ast.LtE: "__le__", ast.Gt: "__gt__", ast.GtE: "__ge__", ast.NotEq: "__ne__"
}  # fmt: skip
TURNED: dict[type[ast.cmpop], str] = {
    ast.Lt: "__gt__", ast.LtE: "__ge__", ast.Gt: "__lt__", ast.GtE: "__le__", ast.NotEq: "__ne__"
}  # fmt: skip
NUMBERS = (int, float, complex)


def make_set(run: State, items: list[Value]) -> Value:
    """Make a set; of what cannot be hashed, an unknown."""
    if not are_keys(run, items):
        return run.unknown("a set of unknown members", tuple(items))
    return Set(dict.fromkeys(items))


def are_keys(run: State, values: Iterable[Value]) -> bool:
    """Tell whether all of them are known well enough; each is asked."""
    known = [is_key(run, one) for one in values]
    return all(known)


def is_key(run: State, value: Value) -> bool:
    """Tell whether a value is known well enough to be a key.

    Raises
    ------
    Raised
        A TypeError, where it surely is none.
    """
    if isinstance(value, (List, Dict, Set, slice)):
        raise Raised(run.error("TypeError", "unhashable type"))
    if isinstance(value, tuple):
        return are_keys(run, value)
    if isinstance(value, Unknown):
        run.may_raise("an unknown key")
        return False
    own = [isinstance(value, Instance) and classes.user_method(value, name) for name in ("__eq__", "__hash__")]
    if any(own):
        unfollowed(run, "a key", value)
    return not (isinstance(value, Instance) and classes.compares(value.cls))


def binary(run: State, op: ast.operator, a: Value, b: Value) -> Value:
    """Apply an arithmetic operator."""
    found = _binary(run, op, a, b)
    run.budget.charge_for(found)
    return found


def _binary(run: State, op: ast.operator, a: Value, b: Value) -> Value:
    kind = type(op)
    tensor = run.tensor_binary(kind, a, b)
    if tensor is not MISSING:
        return tensor
    for one, other, prefix in ((a, b, "__"), (b, a, "__r")):
        if isinstance(one, Instance) and kind in DUNDER:
            method = classes.user_method(one, f"{prefix}{DUNDER[kind]}__")
            if method is not None and not (one is b and isinstance(a, Unknown)):
                return run.call(method, [one, other], {})
            if isinstance(classes.find(one.cls, f"{prefix}{DUNDER[kind]}__"), Native):
                return run.call(attributes.get(run, one, f"{prefix}{DUNDER[kind]}__"), [other], {})
    a, b = sized(run, a), sized(run, b)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        both = [one for one in (a, b) if isinstance(one, Unknown)]
        unfollowed(run, "an operation on an unknown value", a, b)
        number = all(one.data if isinstance(one, Unknown) else isinstance(one, (int, float, Expr)) for one in (a, b))
        if not all(isinstance(one, (Unknown, int, float, str, Expr)) for one in (a, b)):
            run.blur("an operation with an unknown value", *both)
        return run.unknown(both[0].reason, a, b, data=number, scalar=True)
    found = _arithmetic(run, kind, a, b) if kind in ARITHMETIC else MISSING
    if found is MISSING:
        unfollowed(run, "an operation", a, b)
        return run.unknown("an operation that is not followed", a, b)
    return found


def sized(run: State, value: Value) -> Value:
    """Give the size symbol of an unknown number that has a name."""
    return run.symbol(value) if isinstance(value, Unknown) and value.data and (value.name or value.attribute) else value


def _arithmetic(run: State, kind: type[ast.operator], a: Value, b: Value) -> Value:
    if isinstance(a, List) and isinstance(b, List) and kind is ast.Add:
        return _joined_lists(run, a, b)
    if kind is ast.Mult and isinstance(b, (List, str, bytes, tuple)) and isinstance(a, int):
        a, b = b, a
    if kind is ast.Mult and isinstance(a, (List, str, bytes, tuple)):
        return _times(run, a, b)
    if isinstance(a, Set) or isinstance(b, Set) or isinstance(a, Dict) or isinstance(b, Dict):
        return _sets(run, kind, a, b)
    if kind is ast.Mod and isinstance(a, str):
        return percent(run, a, b)
    if kind is ast.Add and type(a) is type(b) and isinstance(a, (str, tuple, bytes)):
        if len(a) + len(b) > MOST_TEXT:  # type: ignore[arg-type]
            return run.unknown("a text or tuple that is too long", a, b)
        return ARITHMETIC[kind](a, b)
    if isinstance(a, Expr) or isinstance(b, Expr):
        if kind is ast.FloorDiv and isinstance(b, Expr):
            run.may_raise("arithmetic")  # a division by a size that may be zero
        if kind in (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Pow) and all(
            isinstance(one, (int, Expr)) for one in (a, b)
        ):
            if kind is ast.Pow and not (isinstance(b, int) and 0 <= b <= 20):
                return run.unknown("a power of an unknown size", data=True, scalar=True)
            try:
                return ARITHMETIC[kind](a, b)
            except (ParamcalcError, ArithmeticError, TypeError):
                pass
        unfollowed(run, "arithmetic", a, b)
        return run.unknown("an unknown size", data=True, scalar=True)
    if isinstance(a, NUMBERS) and isinstance(b, NUMBERS):
        return _numbers(run, kind, a, b)
    if isinstance(a, Obj) or isinstance(b, Obj) or not isinstance(a, (*NUMBERS, str, tuple, bytes)):
        return MISSING
    raise Raised(run.error("TypeError", "unsupported operand types"))


def _numbers(run: State, kind: type[ast.operator], a: complex, b: complex) -> Value:
    if isinstance(a, int) and isinstance(b, int):
        large = (kind is ast.Pow and (abs(b) > MOST_BITS or a.bit_length() * abs(b) > MOST_BITS)) or (
            kind is ast.LShift and (b > MOST_BITS or a.bit_length() + b > MOST_BITS)
        )
        if large or max(a.bit_length(), b.bit_length()) > MOST_BITS:
            return run.unknown("a number that is too large", scalar=True)
    try:
        return ARITHMETIC[kind](a, b)
    except ZeroDivisionError:
        raise Raised(run.error("ZeroDivisionError", "division by zero")) from None
    except (OverflowError, ValueError, TypeError):
        run.may_raise("arithmetic")
        return run.unknown("a number that is not followed", scalar=True)


def _joined_lists(run: State, a: List, b: List) -> Value:
    made = List()
    if a.blur is not None or b.blur is not None or len(a.items) + len(b.items) > MOST_ITEMS:
        known, why = joined(run, a, b), "a list of unknown length"
        lost = (*a.items, *b.items, a.blur, b.blur)
        made.blur = run.unknown(why, *lost) if known is None else marked(run, made, why, known)
    else:
        made.state = [*a.items, *b.items]
    return made


def _times(run: State, a: List | str | bytes | tuple[Value, ...], b: Value) -> Value:
    if isinstance(b, int) and not -sys.maxsize - 1 <= b <= sys.maxsize:
        raise Raised(run.error("OverflowError", "cannot fit 'int' into an index-sized integer"))
    if isinstance(a, List):
        made = List()
        if a.blur is not None or not isinstance(b, int) or len(a.items) * b > MOST_ITEMS:
            made.blur = run.unknown("a list of unknown length", *a.items, a.blur)
        else:
            made.state = a.items * b
        return made
    if not isinstance(b, int) or len(a) * b > MOST_TEXT:
        return run.unknown("a text or tuple of unknown length", a)
    return a * b


def _sets(run: State, kind: type[ast.operator], a: Value, b: Value) -> Value:
    if isinstance(a, (Set, Dict)) and isinstance(b, (Set, Dict)) and a.blur is None and b.blur is None:
        x, y = a.named, b.named
        if kind is ast.BitOr:
            return Dict({**x, **y}) if isinstance(a, Dict) else Set({**x, **y})
        if kind is ast.BitAnd:
            return Set({one: value for one, value in x.items() if one in y})
        if kind is ast.Sub:
            return Set({one: value for one, value in x.items() if one not in y})
    return MISSING


def percent(run: State, text: str, value: Value) -> Value:
    """Format a text by ``%``; only plain values, and no wide fields."""
    given = value if isinstance(value, tuple) else (value,)
    wide = any(len(part) > 4 for part in _digits(text))
    if wide or not all(isinstance(one, (int, float, str)) for one in given):
        unfollowed(run, "a format", *given)
        return run.unknown("a formatted text", scalar=True)
    try:
        return text % given
    except (TypeError, ValueError, OverflowError):
        run.may_raise("a format")
        return run.unknown("a formatted text", scalar=True)


def _digits(text: str) -> list[str]:
    return "".join(one if one.isdigit() else " " for one in text).split()


def truth(run: State, value: Value) -> bool | None:
    """Tell whether a value counts as true; ``None`` where that is unknown."""
    if isinstance(value, (Unknown, Expr)):
        unfollowed(run, "a condition", value)
        return None
    if isinstance(value, (List, Dict, Set)):
        return None if value.blur is not None else bool(value.state)
    if isinstance(value, Instance):
        for name in ("__bool__", "__len__"):
            method = classes.user_method(value, name)
            if method is not None:
                return truth(run, run.call(method, [value], {}))
        if isinstance(classes.find(value.cls, "__bool__"), Native):
            return truth(run, run.call(attributes.get(run, value, "__bool__"), [], {}))
        size = run.native_length(value)
        return None if isinstance(size, Unknown) else size is MISSING or bool(size)
    if isinstance(value, (int, float, complex, str, bytes, tuple, frozenset, range)) or value is None:
        return bool(value)
    if run.is_tensor(value):
        return None
    return True


def compare(run: State, op: ast.cmpop, a: Value, b: Value) -> Value:
    """Compare two values; what is unknown gives an unknown."""
    if isinstance(op, (ast.In, ast.NotIn)):
        found = run.contains(b, a)
        return found if isinstance(found, Unknown) else bool(found) is isinstance(op, ast.In)
    if isinstance(op, (ast.Is, ast.IsNot)):
        same = identical(a, b)
        return run.unknown("a comparison", scalar=True) if same is None else same is isinstance(op, ast.Is)
    tensor = run.tensor_compared(a, b)
    if tensor is not MISSING:
        return tensor
    for one, other, name in ((a, b, ORDER.get(type(op))), (b, a, TURNED.get(type(op)))):
        method = classes.user_method(one, name) if isinstance(one, Instance) and name else None
        if method is not None and not (one is b and isinstance(a, Unknown)):
            return run.call(method, [one, other], {})
    if isinstance(op, (ast.Eq, ast.NotEq)):
        method = classes.user_method(a, "__eq__") if isinstance(a, Instance) else None
        answer = truth(run, run.call(method, [a, b], {})) if method is not None else equal(run, a, b)
        if answer is not None:
            return answer is isinstance(op, ast.Eq)
    plain = all(isinstance(one, (int, float)) for one in (a, b)) or all(isinstance(one, str) for one in (a, b))
    if plain:
        return COMPARE[type(op)](a, b)
    if isinstance(a, tuple) and isinstance(b, tuple) and all(isinstance(one, (int, float, str)) for one in a + b):
        try:
            return COMPARE[type(op)](a, b)
        except TypeError:
            pass
    unfollowed(run, "a comparison", a, b)
    return run.unknown("a comparison", scalar=True)


def identical(a: Value, b: Value) -> bool | None:
    """Tell whether two values are one object."""
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return None
    if a is None or b is None or isinstance(a, (Obj, bool)) or isinstance(b, (Obj, bool)):
        return a is b
    if isinstance(a, (int, str, float, tuple, Expr)) or isinstance(b, (int, str, float, tuple, Expr)):
        return None if type(a) is type(b) else False
    return a is b


def equal(run: State, a: Value, b: Value) -> bool | None:
    """Tell whether two values are equal."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, MadeName) and isinstance(other, str):
            return one.equals(other)
    if isinstance(a, Unknown) or isinstance(b, Unknown) or run.is_tensor(a) or run.is_tensor(b):
        return None
    if isinstance(a, Expr) or isinstance(b, Expr):
        if not isinstance(a, (Expr, int, float)) or not isinstance(b, (Expr, int, float)):
            return False
        return True if bool(a == b) else None
    if isinstance(a, List) and isinstance(b, List):
        if a is b:
            return True
        return None if a.blur or b.blur else equal(run, tuple(a.items), tuple(b.items))
    if isinstance(a, tuple) and isinstance(b, tuple):
        run.budget.charge(len(a) // ITEMS)
        found = [equal(run, x, y) for x, y in zip(a, b, strict=False)]
        if len(a) != len(b) or False in found:
            return False
        return None if None in found else True
    if isinstance(a, (Dict, Set)) and isinstance(b, (Dict, Set)):
        if a.blur or b.blur or type(a) is not type(b):
            return None
        if a.named.keys() != b.named.keys():
            return False
        return equal(run, tuple(a.named.values()), tuple(b.named[key] for key in a.named))
    if isinstance(a, Instance) or isinstance(b, Instance):
        if a is b:
            return True
        method = classes.user_method(a, "__eq__") if isinstance(a, Instance) else None
        if method is not None:
            return truth(run, run.call(method, [a, b], {}))
        known = [one.cls for one in (a, b) if isinstance(one, Instance)]
        return None if any(classes.compares(one) for one in known) else False
    if isinstance(a, Obj) or isinstance(b, Obj):
        return a is b
    return bool(a == b)


OPTIMIZERS = "torch.optim."  # what an optimizer holds is known to be of one


def item_of(run: State, source: Unknown, *more: Value) -> Unknown:
    """Give an item of an unknown sequence or mapping: unknown, and perhaps any of the objects in it."""
    found = run.unknown(source.reason, source, *more, data=source.data, scalar=source.scalar)
    found.path = source.path if source.path.startswith(OPTIMIZERS) else ""
    return found


def format_value(run: State, value: Value, spec: Value = "", conversion: int = -1) -> Value:
    """Format a number or a text; no wide fields."""
    plain = isinstance(value, (int, float, str)) or value is None
    if not plain or not isinstance(spec, str) or any(len(one) > 3 for one in _digits(spec)):
        unfollowed(run, "a format", value)
        return run.unknown("a formatted text", scalar=True)
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return run.unknown("a formatted text", scalar=True)
    try:
        return format(repr(value) if conversion in (114, 97) else str(value) if conversion == 115 else value, spec)
    except (ValueError, TypeError, OverflowError):
        run.may_raise("a format")
        return run.unknown("a formatted text", scalar=True)
