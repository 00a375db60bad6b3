"""The largest batch, number of steps or window that fits: proved by the cost at it and at its successor."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from tiers import examples
from work import within

import paramcalc as pc
from paramcalc.analysis.cost import Cost, cost
from paramcalc.analysis.cost.fit import MOST, At, Fit, _largest, fit
from paramcalc.analysis.cost.memory import Memory
from paramcalc.errors import OptionError, ShapeError
from paramcalc.graph.model import Model
from paramcalc.symbolic import Size, ceil_div

LSTM = pc.Sequential([pc.Input((None, 108)), pc.LSTM(128), pc.Dense(10)])
ATTENTION = (lambda x: pc.Model(x, pc.MultiHeadAttention(2, 4)(x, x)))(pc.Input((None, 8)))


def with_kept(kept: Any, model: Model, **options: Any) -> Cost:
    """Make a cost whose activations are a function of its batch, steps and window."""
    made = cost(model, **options)
    size: Size = kept(made.batch, made.steps, options.get("bptt"))
    return replace(made, memory=made.memory._replace(activations=size))


def linear(batch: Size, steps: Size, window: Size | None) -> Size:
    return 4 * 7 * 128 * batch * steps


def squared(batch: Size, steps: Size, window: Size | None) -> Size:
    return 12 * batch * steps * steps + 100 * ceil_div(steps, 7)


def windowed(batch: Size, steps: Size, window: Size | None) -> Size:
    return 1000 * batch * (window or 0)


@pytest.mark.parametrize(
    ("model", "kept", "size", "given"),
    [
        (LSTM, linear, "batch", {"steps": 1000}),
        (LSTM, linear, "steps", {"batch": 32}),
        (LSTM, windowed, "window", {"batch": 32, "steps": 1000}),
        (ATTENTION, squared, "batch", {"steps": 100}),
        (ATTENTION, squared, "steps", {"batch": 3}),
    ],
)
@pytest.mark.parametrize("memory", ["8MiB", "9999k", 2**23 + 1])
def test_the_answer_fits_and_its_successor_does_not(
    model: Model, kept: Any, size: str, given: dict[str, int], memory: str | int
) -> None:
    made = partial(with_kept, kept)
    found = fit(model, memory, size, cost=made, **given)  # type: ignore[arg-type]
    assert found.fits is not None
    assert found.exceeds is not None
    assert found.exceeds.number == found.fits.number + 1
    option = "bptt" if size == "window" else size
    for at, fits in ((found.fits, True), (found.exceeds, False)):
        total = made(model, **given, **{option: at.number}).memory.training
        assert total == at.bytes
        assert isinstance(total, int)
        assert (total <= found.budget) is fits


@settings(max_examples=examples(50, 1000))
@given(
    st.integers(1, 10**6),
    st.integers(0, 10**6),
    st.integers(1, 3),
    st.integers(1, 10**9),
    st.integers(1, 10**6),
    st.integers(1, 200),
    st.none() | st.integers(1, 10**6),
)
def test_any_memory_that_grows(
    slope: int, fixed: int, power: int, budget: int, most: int, least: int, guess: int | None
) -> None:
    tried: list[int] = []
    least, guess = min(least, most), guess and min(guess, most)

    def at(number: int) -> At:
        assert 1 <= number <= most
        tried.append(number)
        if number < least:
            raise ShapeError("too few")
        return At(number, fixed + slope * number**power, Memory())

    fits, exceeds = _largest(at, budget, most, guess)
    expected = [number for number in (fits, exceeds) if number is not None]
    assert all(one.bytes == fixed + slope * one.number**power for one in expected)
    assert fits is None or (fits.bytes <= budget and fits.number >= least)
    assert exceeds is None or exceeds.bytes > budget
    if fits is None:
        assert exceeds is not None
        assert exceeds.number == least
    elif exceeds is None:
        assert fits.number == most
    else:
        assert exceeds.number == fits.number + 1
    assert len(tried) <= 5 * most.bit_length() + 10


def test_the_proof_is_readable() -> None:
    found = fit(LSTM, "16GiB", steps=1000, cost=partial(with_kept, linear))
    assert found.value == 4793
    assert found.lines == ("batch 4,793: 15.999 GiB ≤ 16 GiB", "batch 4,794: 16.003 GiB > 16 GiB")
    assert found.to_dict() == {
        "size": "batch",
        "value": 4793,
        "training": True,
        "budget": 2**34,
        "bytes": found.fits.bytes if found.fits else None,
        "next": {"value": 4794, "bytes": found.exceeds.bytes if found.exceeds else None},
        "most": MOST,
    }


@pytest.mark.parametrize(
    ("fits", "exceeds", "budget", "lines"),
    [
        (2**34 - 1, 2**34 + 1, 2**34, ("17,179,869,183 B ≤ 17,179,869,184 B", "17,179,869,185 B > 17,179,869,184 B")),
        (2**34, 2**35, 2**34, ("16 GiB ≤ 16 GiB", "32.00 GiB > 16 GiB")),
        (2**34 - 2**20, 2**34 + 10**5, 2**34, ("15.9990 GiB ≤ 16 GiB", "16.0001 GiB > 16 GiB")),
        (900, 1001, 1000, ("900 B ≤ 1,000 B", "1,001 B > 1,000 B")),
        (2**29, 2**30, 10**9, ("512.00 MiB ≤ 953.67 MiB", "1,024.00 MiB > 953.67 MiB")),
    ],
)
def test_a_proof_has_the_digits_that_it_needs(fits: int, exceeds: int, budget: int, lines: tuple[str, str]) -> None:
    found = Fit("batch", True, budget, MOST, At(1, fits, Memory()), At(2, exceeds, Memory()))
    assert found.lines == (f"batch 1: {lines[0]}", f"batch 2: {lines[1]}")


def test_what_does_not_fit_at_all_says_what_takes_it() -> None:
    found = fit(LSTM, "1MiB", "steps", batch=32, cost=partial(with_kept, linear))
    assert found.value is None
    assert found.lines == (
        "steps 1: 1.04 MiB > 1 MiB",
        "that is 479.04 KiB of weights, 479.04 KiB of gradients, 112.00 KiB of activations",
    )


def test_what_fits_at_any_number_says_that_it_was_not_tried_further() -> None:
    found = fit(LSTM, "1GiB", "steps", training=False, batch=1, most=5000)
    assert (found.value, found.exceeds) == (5000, None)
    assert found.lines[1:] == ("the memory does not depend on it", "5,000 is the largest number that is tried")
    growing = fit(LSTM, "1TiB", "batch", training=False, steps=1, most=5000)
    assert growing.lines[1:] == ("5,000 is the largest number that is tried",)


def test_a_window_is_not_larger_than_the_steps() -> None:
    assert fit(LSTM, "1TiB", "window", batch=1, steps=17, cost=partial(with_kept, windowed)).value == 17


def test_there_is_no_window_where_the_memory_does_not_depend_on_it() -> None:
    with pytest.raises(OptionError, match="does not depend on it"):
        fit(LSTM, "1GiB", "window", batch=1, steps=17, cost=partial(with_kept, linear))


def test_inference_needs_weights_and_states() -> None:
    found = fit(LSTM, 490_544 + 1024 * 1000, training=False, steps=5)
    assert found.value == 1000


def test_layers_that_need_some_steps() -> None:
    model = pc.Sequential([pc.Input((None, 8)), pc.Conv1D(4, 5), pc.Conv1D(4, 5), pc.LSTM(8)])
    made = partial(with_kept, linear)
    with pytest.raises(ShapeError):
        cost(model, batch=2, steps=8)
    weights = cost(model, batch=1, steps=9).memory.weights
    assert isinstance(weights, int)
    per_step = 7 * 128 * 4 * 2
    assert fit(model, "1MiB", "steps", batch=2, cost=made).value == (2**20 - 2 * weights) // per_step
    none = fit(model, 2 * weights + 9 * per_step - 1, "steps", batch=2, cost=made)
    assert none.fits is None
    assert none.exceeds is not None
    assert none.exceeds.number == 9
    assert fit(model, 2 * weights + 9 * per_step, "steps", batch=2, cost=made).value == 9
    with pytest.raises(ShapeError):
        fit(model, "1GiB", "steps", batch=2, most=8, cost=made)


def test_an_answer_costs_few_costs() -> None:
    calls: list[dict[str, Any]] = []

    def counted(model: Model, **options: Any) -> Cost:
        calls.append(options)
        return with_kept(linear, model, **options)

    fit(LSTM, "16GiB", steps=1000, cost=counted)
    assert len(calls) == 3  # the expression, the answer, its successor
    within(400_000, lambda: fit(LSTM, "16GiB", "steps", batch=32, cost=partial(with_kept, linear)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("16GiB", "batches"), "did you mean 'batch'"),
        (("16 gigs",), "not a number of bytes"),
        (("16GiB", "steps"), "expected a value for B"),
    ],
)
def test_what_cannot_be_asked(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        fit(LSTM, *arguments, cost=partial(with_kept, linear))


def test_a_size_that_is_given_is_not_to_be_found() -> None:
    with pytest.raises(OptionError, match="the batch is given"):
        fit(LSTM, "1GiB", batch=3)
    with pytest.raises(OptionError, match="at least 1"):
        fit(LSTM, "1GiB", most=0)


def test_unknown_activations_are_an_error_that_names_the_layers() -> None:
    def unknown(model: Model, **options: Any) -> Cost:
        made = cost(model, **options)
        layers = tuple(replace(one, kept=(), kept_known=one.name == "dense") for one in made.layers)
        return replace(made, layers=layers, memory=made.memory._replace(activations=None))

    with pytest.raises(OptionError, match=r"what these layers keep for it: lstm \(LSTM\)$"):
        fit(LSTM, "16GiB", steps=10, cost=unknown)
    assert fit(LSTM, "16GiB", steps=10, training=False, cost=unknown).value is not None
