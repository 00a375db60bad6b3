"""Records: what a data class of the same fields does, and a weight as one of them."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import make_dataclass
from inspect import signature
from typing import Any

import pytest

from paramcalc.core.built import Weight
from paramcalc.core.record import Record
from paramcalc.formats.containers.stored import Stored, StoredTensor
from paramcalc.formats.source.models.rows import Piece
from paramcalc.formats.tensors.data import Contents
from paramcalc.graph.node import Node

RECORDS = (Weight, Node, Contents, Piece, Stored, StoredTensor)
WEIGHT = Weight("kernel", (3, 4), False, "cell", ("i", "f"), (("f", 1),), (7, 2), True, 0, True, "float16", 24)
OTHER = Weight("bias", (4,), True, "", (), (), None, False, -1, False, "", None)


class Point(Record):
    __slots__ = __match_args__ = ("x", "y", "name")

    def __init__(self, x: int, y: int = 0, name: str = "") -> None:
        self.x = x
        self.y = y
        self.name = name


AS_DATA = make_dataclass("Point", [("x", int), ("y", int, 0), ("name", str, "")], slots=True)


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_takes_its_fields_in_their_order(record: type[Record]) -> None:
    values = {name: object() for name in signature(record).parameters}
    made = record(**values)
    assert record.__match_args__ == (*values,)
    assert {*values} <= {*record.__slots__}
    assert [getattr(made, name) for name in values] == [*values.values()]
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("given", [(1,), (1, 2), (1, 2, "a")])
@pytest.mark.parametrize("also", [(1,), (1, 2, "a"), (3, 2, "a")])
def test_a_record_is_printed_and_compared_as_a_data_class(given: tuple[Any, ...], also: tuple[Any, ...]) -> None:
    assert repr(Point(*given)) == repr(AS_DATA(*given))
    assert (Point(*given) == Point(*also)) is (AS_DATA(*given) == AS_DATA(*also))
    assert Point(*given) != AS_DATA(*given)
    assert Point.__match_args__ == AS_DATA.__match_args__
    for one in (Point, AS_DATA):
        with pytest.raises(TypeError, match="unhashable"):
            hash(one(*given))


@pytest.mark.parametrize("record", [WEIGHT, OTHER, Point(1, 2, "a")])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_is_another_record_that_is_equal(record: Record, again: Callable[[Record], Record]) -> None:
    made = again(record)
    assert made is not record
    assert made == record
    assert type(made) is type(record)


@pytest.mark.parametrize("name", Weight.__match_args__)
def test_another_value_of_one_field_leaves_the_others_as_they_are(name: str) -> None:
    value = getattr(OTHER, name)
    assert value != getattr(WEIGHT, name)
    made = WEIGHT.evolve(**{name: value})
    assert made is not WEIGHT
    assert {one for one in Weight.__match_args__ if getattr(made, one) != getattr(WEIGHT, one)} == {name}
    assert getattr(made, name) == value


def test_a_field_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        WEIGHT.evolve(nmae="bias")
