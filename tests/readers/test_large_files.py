"""Ten times the layers are ten times the work, in every format that is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chains import CHAINS, PER_LAYER
from work import lines

from paramcalc import loads

FEW, MANY = 60, 600


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.__name__)
def test_reading_and_counting_are_linear(chain: Callable[[int], str]) -> None:
    def count(layers: int) -> int:
        text = chain(layers)
        return lines(lambda: loads(text).total)

    assert loads(chain(FEW)).total == FEW * PER_LAYER
    assert count(MANY) <= 10.5 * count(FEW)
