"""The options of optimizers: what each may be, and when the tensors that depend on it are there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple, Union

from ....errors import OptionError

OptionValue = Union[None, bool, int, float, str, "Optimizer", tuple["OptionValue", ...]]

SCHEDULE = "schedule"  # a learning rate that is computed at each step, and no variable
LONGEST = 200  # characters of a pattern


@dataclass(frozen=True, repr=False)
class Optimizer:
    """One optimizer with its options.

    Attributes
    ----------
    framework : str
        Whose optimizer it is: ``keras`` or ``torch``.
    name : str
        The class, as the framework spells it.
    options : tuple of (str, value)
        Those that differ from their defaults, in the order of their names.
    note : str
        Why it is of another framework than the one that was asked for; else empty.
    """

    framework: str
    name: str
    options: tuple[tuple[str, OptionValue], ...] = ()
    note: str = ""

    def __repr__(self) -> str:
        return f"<{self.framework} optimizer {self}>"

    def __str__(self) -> str:
        options = ", ".join(f"{name}={_written(value)}" for name, value in self.options)
        return f"{self.name}({options})" if options else self.name


def _written(value: OptionValue) -> str:
    # as the text form of an optimizer has it
    if isinstance(value, tuple):
        if value and all(isinstance(one, tuple) for one in value):  # of patterns to optimizers
            pairs = [(_written(one[0]), _written(one[1])) for one in value if isinstance(one, tuple)]
            return f"{{{', '.join(f'{pattern}: {chosen}' for pattern, chosen in pairs)}}}"
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, str):
        return value if re.fullmatch(r"[A-Za-z_]\w*", value) else f'"{value}"'
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


class Kind(NamedTuple):
    """What an option may be.

    Attributes
    ----------
    expected : str
        For errors.
    check : callable
        Gives the value as it is kept, or raises `ValueError`.
    holds : callable
        Whether the tensors that depend on the option are there.
    """

    expected: str
    check: Callable[[object], OptionValue]
    holds: Callable[[OptionValue], bool] = bool


class Option(NamedTuple):
    """One option of an optimizer: its name, its kind, and its value when it is left out."""

    name: str
    kind: Kind
    default: OptionValue = None

    def __call__(self, value: object) -> OptionValue:
        """Check a value.

        Raises
        ------
        OptionError
        """
        if value is None and self.default is None:
            return None
        try:
            return self.kind.check(value)
        except ValueError:
            raise OptionError("not a value of this option", expected=self.kind.expected, received=value).at(self.name)


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise ValueError(value)
    return value


def _not_negative(value: object) -> int | float:
    number = _number(value)
    if number < 0:
        raise ValueError(value)
    return number


def _whole_from(least: int | None) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or (least is not None and value < least):
            raise ValueError(value)
        return value

    return check


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _sequence(value: object) -> Sequence[object]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise ValueError(value)
    return value


def _numbers(value: object) -> tuple[int | float | None, ...]:
    return tuple(None if one is None else _number(one) for one in _sequence(value))


def _rate(value: object) -> int | float | str:
    return SCHEDULE if value == SCHEDULE else _number(value)


def _pattern(value: object) -> str:
    text = _text(value)
    try:
        if len(text) > LONGEST:
            raise ValueError(value)
        re.compile(text)
    except (re.error, RecursionError, OverflowError):
        raise ValueError(value) from None
    return text


def _optimizer(value: object) -> Optimizer:
    if not isinstance(value, Optimizer):
        raise ValueError(value)
    return value


def _optimizers(value: object) -> tuple[tuple[str, Optimizer], ...]:
    if not isinstance(value, Mapping):
        raise ValueError(value)
    return tuple((_pattern(pattern), _optimizer(chosen)) for pattern, chosen in value.items())


NUMBER = Kind("a number", _number)
AT_LEAST_0 = Kind("a number of at least 0", _not_negative)
SWITCH = Kind("true or false", _switch)
NUMBERS = Kind("several numbers", _numbers)
KINDS = {
    "number": NUMBER,
    "whole": Kind("a whole number", _whole_from(None)),
    ">=1": Kind("a whole number of at least 1", _whole_from(1)),
    ">=2": Kind("a whole number of at least 2, or none", _whole_from(2)),
    "switch": SWITCH,
    "text": Kind("text", _text),
    "numbers": NUMBERS,
    "rate": Kind("a number, or schedule", _rate, lambda value: value != SCHEDULE),
    "patterns": Kind("a list of regular expressions", lambda value: tuple(map(_pattern, _sequence(value)))),
    "optimizer": Kind("an optimizer", _optimizer),
    "optimizers": Kind("a mapping of regular expressions to optimizers", _optimizers),
}
