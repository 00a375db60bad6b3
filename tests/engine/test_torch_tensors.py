"""Tensors of PyTorch in place of sizes equal Python's integers, or are refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from columns import Kind, check, check_shapes
from hypothesis import given, settings, strategies as st
from tiers import examples

from paramcalc.errors import SizeError
from paramcalc.symbolic import exact, symbols

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

h, x, T = symbols("h x T")
COUNT = 4 * (h * (h + x) + h)


def make(numbers: list[int], dtype: str) -> Any:
    return torch.tensor(numbers, dtype=getattr(torch, dtype))


@settings(deadline=None, max_examples=examples(40, 1000))
@given(st.data())
def test_tensors(data: Any) -> None:
    check(Kind("torch", make, lambda made: made.tolist()), data)


def test_torch_refuses_what_wraps_around() -> None:
    assert COUNT(h=torch.tensor([50_000], dtype=torch.int32), x=1).tolist() == [COUNT(h=50_000, x=1)]
    with pytest.raises(SizeError, match="beyond 64 bits, the widest integers of torch"):
        COUNT(h=torch.tensor([3 * 10**9]), x=1)
    with pytest.raises(SizeError, match=r"expected a tensor of integers, received torch\.float32"):
        COUNT(h=torch.tensor([1.5]), x=1)
    with pytest.raises(SizeError, match="a tensor without values"):
        COUNT(h=torch.empty(3, dtype=torch.int64, device="meta"), x=1)
    with pytest.raises(SizeError, match="division by zero in ⌊T/h⌋"):
        (T // h)(T=8, h=torch.tensor([1, 0]))
    with pytest.raises(SizeError, match="9 does not divide evenly by 2"):
        exact(T, h)(T=torch.tensor([8, 9]), h=2)


def test_a_symbol_that_cancels_has_a_shape() -> None:
    check_shapes(torch.tensor)


def test_shapes_that_do_not_broadcast() -> None:
    with pytest.raises(SizeError, match="values of different shapes"):
        COUNT(h=torch.tensor([1, 2]), x=torch.tensor([1, 2, 3]))
    assert COUNT(h=torch.tensor([[1], [2]]), x=torch.tensor([1, 2, 3])).shape == (2, 3)
