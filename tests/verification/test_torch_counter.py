"""Counting PyTorch's multiply-adds operation by operation, where its own counter is right and where it is not.

What its own counter misses is why there is another one: see what it does not see, and what it sees too often.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from paramcalc.verification.adapters.torch.counter import counted
from paramcalc.verification.adapters.torch.derivative import passes

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
functional = torch.nn.functional


def zeros(*shape: int) -> Any:
    return torch.zeros(shape, requires_grad=True)


def own(call: Callable[..., Any], given: list[Any]) -> tuple[int, int]:
    """What PyTorch's counter says of a forward pass, and of a backward pass."""
    from torch.utils.flop_counter import FlopCounterMode  # a module of its own, which torch does not import

    counter = FlopCounterMode(display=False)
    with counter:
        out = call(*given)
        forward = counter.get_total_flops()
        out.backward(torch.ones_like(out))
    return forward // 2, (counter.get_total_flops() - forward) // 2


def conv(groups: int, transposed: bool = False) -> Callable[..., Any]:
    kind = functional.conv_transpose2d if transposed else functional.conv2d
    return lambda x, w, b: kind(x, w, b, stride=2, groups=groups)


IMAGE, BIAS = (2, 4, 7, 6), (8,)
SAME = {  # where both counters agree
    "mm": (torch.matmul, [(3, 4), (4, 5)], 60),
    "bmm": (torch.matmul, [(2, 3, 4), (2, 4, 5)], 120),
    "addmm": (lambda x, w, b: functional.linear(x, w, b), [(3, 4), (5, 4), (5,)], 60),
    "baddbmm": (torch.baddbmm, [(2, 3, 5), (2, 3, 4), (2, 4, 5)], 120),
    "einsum": (lambda x, y: torch.einsum("bij,bkj->bik", x, y), [(2, 3, 4), (2, 5, 4)], 120),
    "convolution": (conv(1), [IMAGE, (8, 4, 3, 2), BIAS], 2 * 3 * 3 * 8 * 4 * 6),
    "transposed convolution": (conv(1, True), [IMAGE, (4, 8, 3, 2), BIAS], 2 * 7 * 6 * 4 * 8 * 6),
}


@pytest.mark.parametrize("name", SAME)
def test_as_the_counter_of_pytorch(name: str) -> None:
    call, shapes, expected = SAME[name]
    measured = passes(call, [zeros(*shape) for shape in shapes])
    assert measured[:2] == (expected, 2 * expected)
    assert measured[:2] == own(call, [zeros(*shape) for shape in shapes])


@pytest.mark.parametrize("groups", [2, 4])
@pytest.mark.parametrize("transposed", [False, True])
def test_the_gradient_of_a_grouped_kernel_is_counted_once(groups: int, transposed: bool) -> None:
    # PyTorch's counter takes the gradient of the kernel for that of one without groups; red means it no longer does
    channels, places = (4, 8), 2 * (7 * 6 if transposed else 3 * 3)
    kernel = (4, 8 // groups, 3, 2) if transposed else (8, 4 // groups, 3, 2)
    once = places * channels[0] * channels[1] // groups * 6
    measured = passes(conv(groups, transposed), [zeros(*IMAGE), zeros(*kernel), zeros(*BIAS)])
    assert measured[:2] == (once, 2 * once)
    theirs = own(conv(groups, transposed), [zeros(*IMAGE), zeros(*kernel), zeros(*BIAS)])
    assert theirs == (once, once + groups * once)


def test_a_frozen_operand_saves_its_product() -> None:
    x, w = zeros(3, 4), zeros(4, 5)
    assert passes(torch.matmul, [x, w.detach()])[:2] == (60, 60)
    assert passes(torch.matmul, [x.detach(), w])[:2] == (60, 60)
    assert passes(torch.matmul, [x.detach(), w.detach()]) == (60, 0, (False,))


def test_a_recurrent_layer_is_its_products_on_a_processor() -> None:
    # oneDNN's LSTM is one operation, in which PyTorch's counter sees nothing
    lstm = torch.nn.LSTM(5, 4)
    assert passes(lstm, [zeros(3, 2, 5)]).forward == 3 * 2 * 4 * 4 * (5 + 4)


def test_attention_is_its_products_on_a_processor() -> None:
    # the flash kernel of a processor is one operation, in which PyTorch's counter sees nothing
    query, key = zeros(2, 3, 4, 8), zeros(2, 3, 5, 8)
    once = 2 * 3 * 4 * 5 * 8
    measured = passes(functional.scaled_dot_product_attention, [query, key, zeros(2, 3, 5, 8)])
    assert measured[:2] == (2 * once, 4 * once)


def test_an_encoder_layer_is_its_products_when_it_does_not_train() -> None:
    # the fast path is one operation for the whole layer
    layer = torch.nn.TransformerEncoderLayer(4, 2, 6, batch_first=True).eval()
    before = torch.backends.mha.get_fastpath_enabled(), torch.backends.mkldnn.enabled
    with torch.no_grad(), counted() as tally:
        layer(torch.zeros(2, 3, 4))
    assert tally.macs == 2 * 3 * (4 * 4 * 4 + 2 * 3 * 4 + 2 * 4 * 6)
    assert (torch.backends.mha.get_fastpath_enabled(), torch.backends.mkldnn.enabled) == before


def test_what_multiplies_elements_is_not_counted() -> None:
    assert passes(lambda x: (x * x).sum() + x.cumsum(0).exp().mean(), [zeros(3, 4)])[:2] == (0, 0)
