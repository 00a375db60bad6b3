"""Which points of a sweep are kept: those that meet a condition, and those that no other point is better than."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...errors import OptionError, ParamcalcError, nearest
from ...symbolic import Expr, Size, parse
from ...symbolic.arrays import on_arrays
from ...symbolic.program import compiled
from ...untyped import Foreign
from ..cost.units import BINARY, SI, read_quantity

Array = Foreign  # numpy.ndarray

_UNITS = {f"{prefix}{unit}".lower(): value for prefix, value in {**BINARY, **SI}.items() for unit in ("", "B")}
_QUANTITY = re.compile(r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)\s*([kKMGTPE]i?B?)(?![\w])")
_DECIMAL = re.compile(r"(?<![\w.])([0-9]+\.[0-9]+)")
_COMPARISON = re.compile(r"(.*?)(<=|>=|!=|==|=|<|>)(.*)", re.DOTALL)
_OPERATORS = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "=": "equal", "!=": "not_equal"}


class Where(NamedTuple):
    """A condition: two sides and how they compare.

    Attributes
    ----------
    text : str
    left, right : int or Expr
        Over sizes and columns.
    operator : str
    """

    text: str
    left: Size
    right: Size
    operator: str

    @property
    def names(self) -> tuple[str, ...]:
        """The sizes and columns in it."""
        found = [name for side in (self.left, self.right) if isinstance(side, Expr) for name in side.symbols]
        return tuple(dict.fromkeys(found))

    def keeps(self, block: Mapping[str, Array]) -> Array:
        """Tell which points of a block meet the condition."""
        import numpy

        program = compiled([self.left, self.right])
        left, right = on_arrays(program, {name: block[name] for name in self.names})
        return getattr(numpy, _OPERATORS[self.operator])(left, right).astype(bool)


def read_where(text: str) -> Where:
    """Read ``params < 10M``: sizes and columns, ``+ - * // max min``, and numbers with k, M, G, T or KiB, MiB, GiB.

    Raises
    ------
    OptionError
        For anything else.
    """
    match = _COMPARISON.fullmatch(text)
    expected = "a comparison such as params < 10M or memory <= 16GiB"
    if match is None or _COMPARISON.fullmatch(match[3]):
        raise OptionError("not a condition", expected=expected, received=text)
    try:
        left, right = _side(match[1]), _side(match[3])
    except ParamcalcError as error:
        raise error.at("--where")
    made = Where(text.strip(), left, right, "=" if match[2] == "==" else match[2])
    if not made.names:
        raise OptionError("a condition without a size or column", expected=expected, received=text)
    return made


def _side(text: str) -> Size:
    def number(match: re.Match[str]) -> str:
        return str(read_quantity(match[0], _UNITS, "a number", "10M or 16GiB"))

    return parse(_QUANTITY.sub(number, text).strip())


class Goal(NamedTuple):
    """What is better of a size or column.

    Attributes
    ----------
    name : str
    largest : bool
        Whether more is better; less is otherwise.
    """

    name: str
    largest: bool = False


def read_goals(text: str) -> tuple[Goal, ...]:
    """Read ``params:max,macs``: the least of each, or the most where it says ``:max``.

    Raises
    ------
    OptionError
        For anything else.
    """
    goals = []
    for word in text.split(","):
        name, _, way = word.strip().partition(":")
        if not name or way not in ("", "min", "max"):
            raise OptionError("--pareto", expected="names such as params:max,macs:min", received=text)
        goals.append(Goal(name, way == "max"))
    return tuple(goals)


def check_names(names: Sequence[str], known: Sequence[str], what: str) -> None:
    """Refuse a name in a condition or goal that is no size and no column.

    Raises
    ------
    OptionError
    """
    for name in names:
        if name not in known:
            raise OptionError(
                f"no size or column {name!r} in {what}", expected=", ".join(known), suggestion=nearest(name, known)
            )


def front(block: Mapping[str, Array], goals: Sequence[Goal]) -> Array:
    """Find the points of a block that no other is better than: as good in every goal, and better in one.

    Returns
    -------
    array of int
        Their places, in order. Points that are equal in every goal are all among them.
    """
    import numpy

    columns = [-block[one.name] if one.largest else block[one.name] for one in goals]
    dtype = "object" if any(one.dtype.kind == "O" for one in columns) else "int64"
    values = numpy.stack([one.astype(dtype) for one in columns], axis=1)
    # in this order, no point is better than one before it
    left = numpy.lexsort([values[:, at] for at in reversed(range(len(goals)))])
    found: list[Array] = []
    while len(left):
        best = values[left[0]]
        equal = (values[left] == best).all(axis=1).astype(bool)
        found.append(left[equal])
        left = left[(values[left] < best).any(axis=1).astype(bool)]
    return numpy.sort(numpy.concatenate(found)) if found else numpy.zeros(0, "int64")
