"""The record of a weight."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from paramcalc.core.built import Weight

WEIGHT = Weight("kernel", (3, 4), False, "cell", ("i", "f"), (("f", 1),), (7, 2), True, 0, True, "float16", 24)
OTHER = Weight("bias", (4,), True, "", (), (), None, False, -1, False, "", None)


@pytest.mark.parametrize("name", [one.name for one in fields(Weight)])
def test_another_value_of_one_field_leaves_the_others_as_they_are(name: str) -> None:
    value = getattr(OTHER, name)
    assert value != getattr(WEIGHT, name)
    made = WEIGHT.evolve(**{name: value})
    assert made == replace(WEIGHT, **{name: value})
    assert made is not WEIGHT


def test_a_field_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        WEIGHT.evolve(nmae="bias")
