"""Kinds of options that PyTorch's layers have and others do not: margins from 0 up, sides, shapes, scales."""

from collections.abc import Callable, Sequence
from operator import index

from ...core.json_data import JsonObject, either
from ...core.kinds import (
    EXPRESSION,
    MAX_AXES,
    NULL,
    SIZE_SCHEMA,
    ByRank,
    Check,
    Kind,
    Sized,
    Window,
    _number,
    has_index,
    size,
)
from ...errors import OptionError, nearest
from ...symbolic import Expr, Size
from ...untyped import OptionValue

WORDS = ("same", "valid")  # of paddings
MOST = 10_000  # layers in a stack of recurrent layers, copies in a transformer


class Whole(Sized):
    """A size that may be 0; in formulas it is the given symbol, unless it is 0."""

    expected = "a whole number from 0 up, or an expression"

    def __init__(self, symbol: str | None = None) -> None:
        super().__init__(symbol, unless=0)

    def __call__(self, value: object) -> Size:
        """Check one size, or 0."""
        return 0 if _zero(value) else super().__call__(value)

    def schema(self) -> JsonObject:
        """Describe a size from 0 up."""
        return _FROM_0


class Margins(Window):
    """A margin from 0 up for each spatial axis, or one of a few words; a single number serves all axes."""

    def __init__(self, rank: int = 1, words: tuple[str, ...] = ()) -> None:
        super().__init__(None, rank)
        self.words = words
        self.expected = " or ".join([f"{rank} sizes from 0 up, or one for all", *map(repr, words)])

    def __call__(self, value: object) -> OptionValue:
        """Spread one margin over the axes, or check that there is one for each."""
        if isinstance(value, (str, Expr)):
            said = str(value)
            if said in self.words:
                return said
            near = nearest(said, self.words)
            if near or said in WORDS:  # and no symbol
                raise OptionError("not a padding", expected=self.expected, received=said, suggestion=near)
        several = value if isinstance(value, (list, tuple)) else (value,) * self.rank
        if len(several) != self.rank:
            raise OptionError("wrong number of sizes", expected=self.expected, received=value)
        return tuple(0 if _zero(one) else size(one) for one in several)

    def schema(self) -> JsonObject:
        """Describe a word, one margin or a list of them."""
        words: list[JsonObject] = [{"enum": [word]} for word in self.words]
        return either(*words, several(_FROM_0, self.rank))


class Several(Kind):
    """A size for each of some axes, however many; one size is one axis. In formulas ``d``, or ``d_1, d_2``."""

    expected = "a size or a list of sizes"

    def __init__(self, symbol: str) -> None:
        self.symbol: str = symbol

    def __call__(self, value: object) -> tuple[Size, ...]:
        """Check the sizes."""
        if not isinstance(value, (list, tuple)):
            return (size(value),)
        if not 0 < len(value) <= MAX_AXES:
            raise OptionError("not a shape", expected=f"1 to {MAX_AXES} sizes", received=value)
        return tuple(size(one) for one in value)

    def symbols(self, value: Sequence[Size]) -> tuple[str, ...]:
        """Give the names of the sizes in formulas."""
        return (self.symbol,) if len(value) == 1 else tuple(f"{self.symbol}_{at}" for at in range(1, len(value) + 1))

    def schema(self) -> JsonObject:
        """Describe a size or a list of them."""
        return either(SIZE_SCHEMA, {"type": "array", "items": SIZE_SCHEMA, "minItems": 1})


def several(one: JsonObject, count: int) -> JsonObject:
    """Describe one value or a list of so many."""
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": count, "maxItems": count}]}


def spread(
    rank: int, convert: Callable[[object], object], what: str, schema: JsonObject, double: bool = False
) -> Check:
    """Make the kind of a value for each axis (``double``: for each side of each), or one for all."""
    count = 2 * rank if double else rank

    def check(value: object) -> tuple[object, ...]:
        values = value if isinstance(value, (list, tuple)) else (value,) * count
        if len(values) != count:
            raise ValueError(value)
        return tuple(convert(one) for one in values)

    return Check(f"{count} {what}, or one for all" if count > 1 else what, check, several(schema, count))


def _zero(value: object) -> bool:
    return not isinstance(value, (bool, str)) and isinstance(value, int) and value == 0


def _side(value: object) -> Size:
    # how much is added, or taken away
    if isinstance(value, bool):
        raise TypeError(value)
    return index(value) if has_index(value) else size(value)


def _kept(value: object) -> Size | None:
    return None if value is None else size(value)


def _share(value: object) -> float:
    share = _number(value)
    if not 0 < share < 1:
        raise ValueError(share)
    return share


def _scale(value: object) -> float:
    scale = _number(value)
    if scale <= 0:
        raise ValueError(scale)
    return scale


def _count(value: object) -> int:
    if isinstance(value, bool) or not has_index(value) or not 0 < index(value) <= MOST:
        raise ValueError(value)
    return index(value)


def _sizes(value: object) -> Size | tuple[Size, ...]:
    # for as many spatial axes as the input has
    return tuple(size(one) for one in value) if isinstance(value, (list, tuple)) else size(value)


def _scales(value: object) -> float | tuple[float, ...]:
    return tuple(_scale(one) for one in value) if isinstance(value, (list, tuple)) else _scale(value)


def _act(value: object) -> object:
    if value not in ("relu", "gelu") and not callable(value):
        raise ValueError(value)
    return value


_FROM_0 = either({"type": "integer", "minimum": 0}, EXPRESSION)
_ANY = either({"type": "integer"}, EXPRESSION)
_OPEN = either(SIZE_SCHEMA, NULL)
_POSITIVE: JsonObject = {"type": "number", "exclusiveMinimum": 0}
_SHARE: JsonObject = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}

COUNT = Check(f"a whole number from 1 to {MOST:,}", _count, {"type": "integer", "minimum": 1, "maximum": MOST})
ACTIVATION = Check("'relu', 'gelu' or a function", _act, {"enum": ["relu", "gelu"]})
MARGINS = ByRank(Margins)
PADDING = ByRank(lambda rank: Margins(rank, ("same", "valid")))
SIDES = ByRank(lambda rank: spread(rank, _side, "whole numbers", _ANY, double=True))
TARGETS = ByRank(lambda rank: spread(rank, size if rank == 1 else _kept, "sizes", SIZE_SCHEMA if rank == 1 else _OPEN))
SHARES = ByRank(lambda rank: spread(rank, _share, "numbers between 0 and 1", _SHARE))
SIZES = Check(
    "a size, or one for each spatial axis",
    _sizes,
    either(SIZE_SCHEMA, {"type": "array", "items": SIZE_SCHEMA}),
)
SCALES = Check(
    "a number above 0, or one for each spatial axis",
    _scales,
    either(_POSITIVE, {"type": "array", "items": _POSITIVE}),
)
