"""Columns of integers of a library, beside Python's integers: what the tests of the libraries share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy
from hypothesis import event, strategies as st
from strategies import NAMES, at, formulas, names, ours, pythons

from paramcalc.errors import SizeError
from paramcalc.symbolic import Expr, maximum, symbols

ROWS = 4
DTYPES = ("int8", "uint8", "int16", "int32", "int64")


class Kind(NamedTuple):
    """How a library makes a column of a dtype, and gives its numbers back."""

    name: str
    make: Callable[[list[int], str], Any]
    numbers: Callable[[Any], list[int]]
    dtypes: tuple[str, ...] = DTYPES


def largest(dtype: str) -> int:
    bits = re.search(r"\d+$", dtype)
    return min(10**20, 2 ** (int(bits[0]) - (not dtype.lower().startswith("u"))) - 1) if bits else 10**20


def check(kind: Kind, data: Any) -> None:
    """Draw an expression and columns, and compare."""
    tree = data.draw(formulas)
    always = data.draw(st.sampled_from(sorted(names(tree))))  # one size is a column in any case
    columns: dict[str, list[int]] = {}
    point: dict[str, Any] = {}
    for name in NAMES:
        if name == always or data.draw(st.booleans()):
            dtype = data.draw(st.sampled_from(kind.dtypes))
            most = data.draw(st.sampled_from([3, 1000, largest(dtype)]))
            columns[name] = data.draw(st.lists(st.integers(1, min(most, largest(dtype))), min_size=ROWS, max_size=ROWS))
            point[name] = kind.make(columns[name], dtype)
        else:
            number = data.draw(st.integers(1, 50) | st.integers(1, 10**20))
            columns[name], point[name] = [number] * ROWS, number
    size = ours(tree)
    expected = [pythons(tree, {name: column[row] for name, column in columns.items()}) for row in range(ROWS)]
    whole = isinstance(size, Expr) and any(not isinstance(point[name], int) for name in size.symbols)
    try:
        result = at(size, point)
        assert (kind.numbers(result) if whole else [result] * ROWS) == expected
        event("equal" if whole else "a number")
    except SizeError as error:
        widest = {"polars": "128 bits", "torch": "64 bits", "jax": r"(32|64) bits", "dask": "64 bits"}
        assert kind.name in widest
        named = f"widest integers of (a )?{kind.name}"
        told = re.search(f"values beyond {widest[kind.name]}, the {named}", str(error))
        assert told  # it is one of two outcomes
        event("refused")


h, x = symbols("h x")
CANCELED = (h - h + 3, h - h + x, maximum(h - h, 3), h * x - x * h + 1)


def check_shapes(make: Callable[[Any], Any]) -> None:
    """A symbol that cancels has a shape all the same, as in NumPy."""
    column, row = numpy.array([[1], [2]]), numpy.array([[5, 6, 7]])
    for size in CANCELED:
        for values in ({"h": column, "x": row}, {"h": column, "x": 4}, {"h": numpy.array(2), "x": row}):
            used = {name: values[name] for name in size.symbols}
            expected = size(**used)
            made = size(**{name: one if isinstance(one, int) else make(one) for name, one in used.items()})
            assert tuple(made.shape) == numpy.shape(expected)
            assert (numpy.asarray(made) == expected).all()
