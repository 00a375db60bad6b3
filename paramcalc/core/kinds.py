"""The kinds of options a rule can declare: how each is checked, described and named in formulas.

A rule's signature is its schema. ``bool`` and ``Literal[...]`` speak for themselves; everything else is
``Annotated[type, kind]`` with a kind from here. A kind turns what a person gave into the one form the
rule's body expects (``"3"`` → 3, ``3`` → ``(3, 3)`` for a window) or raises an error that says what was
expected; ``symbols`` names the sizes that appear in the layer's formula; ``schema`` is its JSON Schema.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from operator import index
from typing import SupportsFloat, SupportsIndex, TypeGuard

from ..errors import OptionError, SizeError, nearest
from ..symbolic import Expr, Size, parse
from ..untyped import OptionValue
from .json_data import JsonObject, either

MAX_SIZE = 10**100
MAX_AXES = 20  # of a shape, the batch aside
MAX_TERMS = 1_000  # of a size made by layers
EXPRESSION: JsonObject = {"type": "string", "minLength": 1, "maxLength": 1000}
SIZE_SCHEMA = either({"type": "integer", "minimum": 1}, EXPRESSION)
NULL: JsonObject = {"type": "null"}


class Kind(ABC):
    """What every kind answers.

    Attributes
    ----------
    expected : str
        What is accepted, for errors.
    symbol : str or None
        The name of its size in formulas, if it is one size or several of one name.
    like : str or None
        The option whose size it has unless it says otherwise.
    """

    expected: str
    symbol: str | None = None
    like: str | None = None

    @abstractmethod
    def __call__(self, value: object) -> OptionValue:
        """Give the checked value in the form a rule's body expects.

        Raises
        ------
        OptionError, SizeError
            When the value is not of this kind.
        """

    @abstractmethod
    def schema(self) -> JsonObject:
        """Describe the accepted values as JSON Schema."""

    def symbols(self, value: OptionValue) -> tuple[str, ...]:
        """Give the names of the sizes in formulas, one for each size in a checked value; none if it is no size."""
        return ()

    @property
    def base(self) -> Kind:
        """What is accepted besides ``None``."""
        return self

    def ranked(self, rank: int) -> Kind:
        """Give the kind over so many spatial axes."""
        return self


def size(value: object) -> Size:
    """Read one size: a positive whole number, an expression, or text that parses as either.

    Raises
    ------
    SizeError
        For zero, negative, fractional and non-numeric values, and for numbers above 10^100.
    """
    if type(value) is int:
        if 0 < value <= MAX_SIZE:
            return value
    elif isinstance(value, Expr):
        if isinstance(value.key, frozenset) and any(number > 0 for number in value.normal.values()):
            return value  # what is negative at all sizes is none
        if isinstance(value.key, int):  # h - h + 3
            return size(value.key)
    elif isinstance(value, str):
        return size(parse(value))
    elif has_index(value) and not isinstance(value, bool):
        try:
            return size(index(value))
        except (TypeError, SizeError):
            pass
    large = isinstance(value, int) and value > MAX_SIZE
    expected = "at most 10^100" if large else "a positive whole number or an expression such as 4*h"
    raise SizeError("not a size", expected=expected, received=value)


def has_index(value: object) -> TypeGuard[SupportsIndex]:
    """Tell whether a value can stand for a whole number; its class says so, since the value may raise when asked."""
    return hasattr(type(value), "__index__")


def has_float(value: object) -> TypeGuard[SupportsFloat]:
    """Tell whether a value can stand for a number, by its class."""
    return hasattr(type(value), "__float__")


def grown(made: Size) -> Size:
    """Let a size that layers have made pass, unless it has grown past all use.

    Raises
    ------
    SizeError
        Above 10^100, or an expression of more than `MAX_TERMS` terms: a few layers could fill the memory.
    """
    if isinstance(made, int):
        if made > MAX_SIZE:
            raise SizeError("a size is above 10^100")
    elif made.length > MAX_TERMS:
        raise SizeError(f"a size has more than {MAX_TERMS:,} terms")
    return made


class Sized(Kind):
    """A size; in formulas it is the given symbol, unless it is ``unless``, or what the option ``like`` says already."""

    expected = "a positive whole number or an expression"

    def __init__(self, symbol: str | None = None, unless: int | None = None, like: str | None = None) -> None:
        self.symbol = symbol
        self.unless = unless
        self.like = like

    def __call__(self, value: object) -> Size:
        """Check one size."""
        if type(value) is int and 0 < value <= MAX_SIZE:
            return value
        return size(value)

    def symbols(self, value: Size) -> tuple[str, ...]:
        """Give the names of the sizes in formulas."""
        silent = self.symbol is None or (self.unless is not None and value == self.unless)
        return () if silent or self.symbol is None else (self.symbol,)

    def schema(self) -> JsonObject:
        """Describe a size."""
        return SIZE_SCHEMA


_AXES = {1: ("",), 2: ("_h", "_w"), 3: ("_d", "_h", "_w")}


class Window(Kind):
    """One size for each of ``rank`` spatial axes, those of the rule; a single one serves them all."""

    def __init__(self, symbol: str | None = None, rank: int = 1) -> None:
        self.rank = rank
        self.symbol = symbol
        self.expected = f"{rank} sizes, or one for all" if rank > 1 else "a size"

    def ranked(self, rank: int) -> Window:
        """Give the window over so many axes."""
        return Window(self.symbol, rank)

    def __call__(self, value: object) -> tuple[Size, ...]:
        """Spread one size over the axes, or check that there is one for each."""
        if type(value) is int or isinstance(value, (str, Expr)):
            return (size(value),) * self.rank
        if isinstance(value, (list, tuple)):
            if len(value) != self.rank:
                raise OptionError("wrong number of sizes", expected=self.expected, received=value)
            return tuple(map(size, value))
        return (size(value),) * self.rank

    def symbols(self, value: Sequence[Size]) -> tuple[str, ...]:
        """Give a name for each axis: ``k``; ``k_h, k_w``; ``k_d, k_h, k_w``."""
        if self.symbol is None:
            return ()
        return tuple(self.symbol + axis for axis in _AXES[self.rank])

    def schema(self) -> JsonObject:
        """Describe one size or a list of them."""
        several: JsonObject = {"type": "array", "items": SIZE_SCHEMA, "minItems": self.rank, "maxItems": self.rank}
        return either(SIZE_SCHEMA, several)


class Sizes(Kind):
    """One size or a list of them; with ``open`` any of them may be ``None``."""

    def __init__(self, symbol: str, open: bool = False) -> None:
        self.symbol: str = symbol
        self.open = open
        self.expected = "a size or a list of sizes" + ", any of them null" * open

    def __call__(self, value: object) -> tuple[Size | None, ...]:
        """Check one size or each of a list."""
        if not isinstance(value, (list, tuple)):
            return (size(value),)
        if len(value) > MAX_AXES:
            raise OptionError("a shape with too many axes", expected=f"at most {MAX_AXES}", received=len(value))
        return tuple(None if one is None and self.open else size(one) for one in value)

    def symbols(self, value: Sequence[Size | None]) -> tuple[str, ...]:
        """Give one name to every size there is; formulas number them."""
        return tuple("" if one is None else self.symbol for one in value)

    def schema(self) -> JsonObject:
        """Describe one size or a list of them."""
        items = either(SIZE_SCHEMA, NULL) if self.open else SIZE_SCHEMA
        return either(SIZE_SCHEMA, {"type": "array", "items": items, "maxItems": MAX_AXES})


class Check(Kind):
    """A value that passes a test, kept as it is or converted; for options that are not sizes."""

    def __init__(self, expected: str, convert: Callable[[object], object], schema: JsonObject | None = None) -> None:
        self.expected = expected
        self.convert = convert
        self._schema = schema or {}

    def __call__(self, value: object) -> OptionValue:
        """Convert, or say what was expected (a converter raises ``TypeError`` or ``ValueError``)."""
        try:
            return self.convert(value)
        except OptionError:
            raise
        except Exception:  # a value may be an object of any class, whose attributes raise anything
            raise OptionError("not a valid value", expected=self.expected, received=value) from None

    def schema(self) -> JsonObject:
        """Describe the values, as loosely as the test allows."""
        return self._schema


class ByRank:
    """A kind that depends on the number of spatial axes: three croppings for three of them."""

    def __init__(self, kind: Callable[[int], Kind]) -> None:
        self.ranked = kind


class AtCall:
    """A switch that is thrown where a layer is called, not where it is made; off unless it says otherwise."""


class Choice(Kind):
    """One of a few literal values."""

    def __init__(self, values: tuple[bool | int | str | None, ...]) -> None:
        self.values = values
        self.expected = " or ".join("null" if value is None else repr(value) for value in values)

    def __call__(self, value: object) -> bool | int | str | None:
        """Check that the value is one of the choices (``True`` is not the number 1)."""
        for known in self.values:
            if known is value or (type(known) is type(value) and known == value):
                return known
        near = nearest(value, [v for v in self.values if isinstance(v, str)]) if isinstance(value, str) else None
        raise OptionError("not a choice", expected=self.expected, received=value, suggestion=near)

    def schema(self) -> JsonObject:
        """List the choices."""
        return {"enum": list(self.values)}


class Maybe(Kind):
    """Another kind, or ``None``."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.expected = f"{kind.expected}, or null"

    def __call__(self, value: object) -> OptionValue:
        """Let ``None`` pass and check everything else."""
        return None if value is None else self.kind(value)

    @property
    def base(self) -> Kind:
        """The kind without ``None``."""
        return self.kind

    def symbols(self, value: OptionValue) -> tuple[str, ...]:
        """Give the names of the sizes in formulas."""
        return () if value is None else self.kind.symbols(value)

    def schema(self) -> JsonObject:
        """Describe the kind or null."""
        inner = self.kind.schema()
        return either(inner, NULL) if inner else {}


def _whole(value: object) -> int:
    if isinstance(value, bool) or not has_index(value):
        raise TypeError(value)
    return index(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not (has_float(value) or has_index(value)):
        raise TypeError(value)
    if not -1e308 <= float(value) <= 1e308:
        raise TypeError(value)
    return float(value)


def _rate(value: object) -> float:
    rate = _number(value)
    if not 0 <= rate <= 1:
        raise ValueError(rate)
    return rate


def _positive(value: object) -> float:
    number = _number(value)
    if number < 0:
        raise ValueError(number)
    return number


def _axes(value: object) -> int | tuple[int, ...]:
    if not isinstance(value, (list, tuple)):
        return _whole(value)
    if not value:
        raise ValueError(value)
    return tuple(_whole(axis) for axis in value)


def _any_axes(value: object) -> int | tuple[int, ...]:
    return () if isinstance(value, (list, tuple)) and not value else _axes(value)


def _target(value: object) -> tuple[Size, ...]:
    # -1 stands for "whatever is left", once
    given = value if isinstance(value, (list, tuple)) else (value,)
    if len(given) > MAX_AXES:
        raise OptionError("a shape with too many axes", expected=f"at most {MAX_AXES}", received=len(given))
    shape: list[Size] = []
    for one in given:
        shape.append(-1 if type(one) is int and one == -1 else size(one))
    if sum(type(one) is int and one == -1 for one in shape) > 1:
        raise OptionError("-1 is given more than once", expected="at most one -1", received=given)
    return tuple(shape)


def _permutation(value: object) -> tuple[int, ...]:
    if not isinstance(value, Iterable):
        raise TypeError(value)
    dims = tuple(_whole(dim) for dim in value)
    if not dims or sorted(dims) != list(range(1, len(dims) + 1)):
        raise ValueError(dims)
    return dims


def _pair(value: object) -> int | tuple[int, int]:
    if isinstance(value, (list, tuple)):
        first, second = value
        return (_whole(first), _whole(second))
    return _whole(value)


_INTEGER: JsonObject = {"type": "integer"}
_INTEGERS: JsonObject = {"type": "array", "items": _INTEGER, "minItems": 1}

SWITCH = Choice((False, True))
AXIS = Check("an axis number", _whole, _INTEGER)
ANY_AXES = Check("axis numbers, perhaps none", _any_axes, either(_INTEGER, {"type": "array", "items": _INTEGER}))
AXES = Check("an axis number or a list of them", _axes, either(_INTEGER, _INTEGERS))
NUMBER = Check("a number", _number, {"type": "number"})
POSITIVE = Check("a number from 0 up", _positive, {"type": "number", "minimum": 0})
RATE = Check("a number from 0 to 1", _rate, {"type": "number", "minimum": 0, "maximum": 1})
TARGET = Check(
    "a list of sizes, one of which may be -1",
    _target,
    {"type": "array", "items": either(SIZE_SCHEMA, {"const": -1})},
)
PERMUTATION = Check("the numbers 1 to n in some order", _permutation, _INTEGERS)
AXIS_PAIR = Check("an axis number or a pair of them", _pair, either(_INTEGER, _INTEGERS))
