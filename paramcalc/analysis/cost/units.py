"""Multiples: numbers of MACs, FLOPs and bytes as people write them, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ...errors import OptionError
from ...symbolic import Size, grouped

SI: Mapping[str, int] = {"": 1, **{prefix: 1000 ** (at + 1) for at, prefix in enumerate("kMGTPE")}}
BINARY: Mapping[str, int] = {"": 1, **{f"{prefix}i": 1024 ** (at + 1) for at, prefix in enumerate("KMGTPE")}}

_QUANTITY = re.compile(r"([0-9]{1,25})(?:\.([0-9]{1,25}))?\s*([A-Za-z/]{0,12})")
_COUNTS = {**{prefix.lower(): value for prefix, value in SI.items()}, "b": SI["G"]}
_BYTES = {f"{prefix}{unit}".lower(): value for prefix, value in {**BINARY, **SI}.items() for unit in ("", "B")}


def scaled_macs(size: Size, digits: int = 1) -> str:
    """Print a number of multiply-adds: ``153.2 kMAC``; an expression in full: ``120,832·T MAC``."""
    return _scaled(size, SI, "MAC", digits)


def scaled_flops(size: Size, digits: int = 1) -> str:
    """Print a number of floating-point operations: ``306.5 kFLOP``."""
    return _scaled(size, SI, "FLOP", digits)


def scaled_bytes(size: Size, digits: int = 1, beside: int = 0) -> str:
    """Print a number of bytes in powers of 1024: ``474.0 KiB``; below 1024 in full: ``512 B``.

    Beside a number that is not much larger, in the unit of that one.
    """
    if isinstance(size, int) and 9 * beside < 10 * size < 20 * beside:
        prefix = next(prefix for prefix, multiple in reversed([*BINARY.items()]) if multiple <= beside)
        return _in(size, prefix, BINARY, "B", digits)
    return _scaled(size, BINARY, "B", digits)


def bytes_beside(sizes: Sequence[int], budget: int) -> Callable[[int], str]:
    """Give what prints numbers of bytes, so that each shows on which side of a budget it is.

    Parameters
    ----------
    sizes : sequence of int
        The numbers that stand beside the budget.
    budget : int
        It gets no more decimals than it has.
    """

    def written(size: int, digits: int) -> str:
        if size != budget:
            return scaled_bytes(size, digits, beside=budget)
        texts = [scaled_bytes(size, fewer) for fewer in range(digits + 1)]
        return next((text for text in texts if read_bytes(text.replace(",", "")) == size), texts[-1])

    for digits in (2, 3, 4, 6):
        texts = [scaled_bytes(size, digits, beside=budget) for size in sizes if size != budget]
        if scaled_bytes(budget, digits) not in texts:
            return partial(written, digits=digits)
    return "{:,} B".format


def _scaled(size: Size, multiples: Mapping[str, int], unit: str, digits: int) -> str:
    if not isinstance(size, int) or size < 1000:
        return f"{grouped(size)} {unit}"
    base = [*multiples.values()][1]
    if size < base:
        return f"{size:,} {unit}"
    fitting = (
        prefix
        for prefix, multiple in multiples.items()
        if multiple > 1 and _rounded(size, multiple, digits) < base * _tens(digits)
    )
    return _in(size, next(fitting, [*multiples][-1]), multiples, unit, digits)


def _in(size: int, prefix: str, multiples: Mapping[str, int], unit: str, digits: int) -> str:
    if not prefix:
        return f"{size:,} {unit}"
    whole, part = divmod(_rounded(size, multiples[prefix], digits), _tens(digits))
    return f"{whole:,}.{part:0{digits}} {prefix}{unit}" if digits else f"{whole:,} {prefix}{unit}"


def _rounded(size: int, multiple: int, digits: int) -> int:
    return (2 * size * _tens(digits) + multiple) // (2 * multiple)


def _tens(digits: int) -> int:
    return int(10**digits)


def read_bytes(text: str | int) -> int:
    """Read a number of bytes.

    Parameters
    ----------
    text : str or int
        ``16GiB``, ``1.5 MiB`` (powers of 1024), ``16G``, ``16GB``, ``500k`` (powers of 1000), or bytes. The case of
        letters does not matter. A part of a byte is left out.

    Raises
    ------
    OptionError
        For anything else, and for less than one byte.
    """
    expected = "16GiB, 512MiB, 16G or a number of bytes"
    if type(text) is int:
        if text < 1:
            raise OptionError("not a number of bytes", expected=f"at least 1, as in {expected}", received=text)
        return text
    return read_quantity(text, _BYTES, "a number of bytes", expected)


def read_count(text: str | int, what: str) -> int:
    """Read a number of parameters or of multiply-adds.

    Parameters
    ----------
    text : str or int
        ``1M``, ``1.5G``, ``7B`` (powers of 1000; a B is a billion, as a G is), ``1,000,000``, or a number.
    what : str
        What it is a number of, for the message of an error.

    Raises
    ------
    OptionError
        For anything else, and for less than one.
    """
    expected = "1M, 2.5G, 500k or a whole number"
    if type(text) is int:
        if text < 1:
            raise OptionError(f"not a number of {what}", expected=f"at least 1, as in {expected}", received=text)
        return text
    plain = re.sub(r"(?<=[0-9])[,_](?=[0-9]{3})", "", text) if isinstance(text, str) else text
    return read_quantity(plain, _COUNTS, f"a number of {what}", expected)


def read_quantity(text: object, units: Mapping[str, int], problem: str, expected: str) -> int:
    """Read a number with a unit; what it is less than a whole number is left out.

    Parameters
    ----------
    text : str
        Anything else is an error.
    units : mapping of str to int
        What each unit stands for, in lower case.
    problem, expected : str
        What is read, and examples of it, for the message of an error.

    Raises
    ------
    OptionError
    """
    match = _QUANTITY.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise OptionError(f"not {problem}", expected=expected, received=text)
    whole, part, unit = match[1], match[2] or "", match[3].lower()
    if unit not in units:
        raise OptionError(f"not {problem}: unknown unit {match[3]!r}", expected=expected, received=text)
    value = int(whole + part) * units[unit] // _tens(len(part))
    if value < 1:
        raise OptionError(f"not {problem}", expected=f"at least 1, as in {expected}", received=text)
    return value
