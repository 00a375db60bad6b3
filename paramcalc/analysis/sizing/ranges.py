"""The values of a size that a search goes through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import gcd

from ...errors import OptionError

RANGE = re.compile(r"([0-9]{1,18})(?::([0-9]{1,18})(?::([0-9]{1,18}))?)?")


class NoValues(OptionError):
    """A range of which no value is possible."""


@dataclass(frozen=True)
class Axis:
    """The values of one size.

    Attributes
    ----------
    name : str
    least : int
    most : int or None
        ``None`` if nothing limits it.
    step : int
    """

    name: str
    least: int = 1
    most: int | None = None
    step: int = 1

    def narrow(self, least: int, step: int) -> Axis:
        """Keep the values that are ``least`` and every ``step`` after it, too; the axis is empty if there are none.

        Raises
        ------
        NoValues
        """
        # first = self.least + k·self.step = least (mod step), for the smallest k from 0 on
        common = gcd(self.step, step)
        first: int | None = None
        if (least - self.least) % common == 0:
            k = (least - self.least) // common * pow(self.step // common, -1, step // common) % (step // common)
            first = self.least + k * self.step
            together = self.step // common * step
            first += max(0, -(-(least - first) // together)) * together
        if first is None or (self.most is not None and first > self.most):
            most = "" if self.most is None else f" to {self.most:,}"
            raise NoValues(
                f"no value of {self.name} from {self.least:,}{most} in steps of {self.step:,}",
                expected=f"{least:,}, {least + step:,}, {least + 2 * step:,}, …",
            )
        return Axis(self.name, first, self.most, self.step // common * step)

    def up_to(self, most: int) -> Axis:
        """Keep the values up to a number.

        Raises
        ------
        NoValues
        """
        if most < self.least:
            raise NoValues(f"no value of {self.name} from {self.least:,}", expected=f"at most {most:,}")
        return replace(self, most=most if self.most is None else min(most, self.most))

    def values(self, most: int) -> range:
        """Give the values, up to ``most`` where nothing else limits them."""
        return range(self.least, max(most if self.most is None else self.most, self.least) + 1, self.step)


def count(values: range) -> int:
    """Count the values of a range; ``len`` has a limit."""
    return (values[-1] - values[0]) // values.step + 1 if values else 0


def read_axis(name: str, given: object) -> Axis:
    """Read the values of a size.

    Parameters
    ----------
    name : str
    given : range, str or None
        ``range(64, 1025, 64)``, or ``"64:1024:64"`` or ``"1:12"``, whose end is a value, too.

    Raises
    ------
    OptionError
    """
    expected = "LEAST:MOST or LEAST:MOST:STEP, such as 64:1024:64"
    if given is None:
        return Axis(name)
    if isinstance(given, str) and (match := RANGE.fullmatch(given.strip())) and match[2] is not None:
        least, most, step = int(match[1]), int(match[2]), int(match[3] or 1)
        if 1 <= least <= most and step >= 1:
            return Axis(name, least, least + (most - least) // step * step, step)
    if isinstance(given, range) and given and given.step > 0 and given[0] >= 1:
        return Axis(name, given[0], given[-1], given.step)
    raise OptionError(f"no values for {name}", expected=expected, received=given)


def lines(ranges: Mapping[str, range]) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the longest axis with the values of all others, line by line."""
    along = max(ranges, key=lambda name: count(ranges[name]))
    others = [name for name in ranges if name != along]
    for fixed in product(*(ranges[name] for name in others)):
        yield along, dict(zip(others, fixed, strict=True))


def check_ends(axes: Sequence[Axis]) -> None:
    """Refuse several axes without an end.

    Raises
    ------
    OptionError
    """
    endless = [axis.name for axis in axes if axis.most is None]
    if len(endless) > 1:
        raise OptionError(f"several sizes without an end: {', '.join(endless)}", expected="LEAST:MOST for all but one")


def too_many(several: int, most: int) -> OptionError:
    """Give the error of ranges with more combinations than are tried."""
    return OptionError(
        f"{several:,} combinations of sizes", expected=f"at most {most:,}; smaller ranges or larger steps"
    )
