"""Sizes that must come out even: the check of a number, and the condition that a symbol leaves to its value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..errors import ParamcalcError, ShapeError
from ..symbolic import Size

Condition = tuple[Size, Size]  # the first is a multiple of the second
_noted: ContextVar[list[Condition] | None] = ContextVar("conditions", default=None)


def divides(size: Size, by: Size, problem: str, error: type[ParamcalcError] = ShapeError) -> None:
    """Refuse sizes that do not come out even.

    Parameters
    ----------
    size, by : int or Expr
    problem : str
        What is wrong, in which ``{}`` are the two sizes.
    error : type

    Raises
    ------
    ParamcalcError
        Of this type.
    """
    if not (isinstance(size, int) and isinstance(by, int)):
        noted = _noted.get()
        if noted is not None:
            noted.append((size, by))
    elif size % by:
        raise error(problem.format(size, by))


@contextmanager
def conditions() -> Iterator[list[Condition]]:
    """Note the divisions that open sizes must allow, while layers are built."""
    noted: list[Condition] = []
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)
