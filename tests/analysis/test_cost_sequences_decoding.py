"""Decoding step by step and clipping, held against NumPy programs that count their own work."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import paramcalc as pc
from paramcalc import symbols
from paramcalc.analysis.cost.clipping import clipping
from paramcalc.analysis.cost.decoding import Growth, decoding, growth_of
from paramcalc.errors import OptionError
from paramcalc.graph.model import Model
from paramcalc.symbolic import Expr
from paramcalc.symbolic.evaluate import evaluate

Array = Any


class Counted:
    """Products that count."""

    def __init__(self) -> None:
        self.macs = 0

    def dot(self, left: Array, right: Array) -> Array:
        product = left @ right
        self.macs += product.size * left.shape[-1]
        return product


class Transformer(Counted):
    """Layers of causal self-attention with a dense layer on top, whose output is the next input."""

    def __init__(self, layers: int, heads: int, wide: int, d: int, batch: int) -> None:
        super().__init__()
        draw = np.random.default_rng(heads)
        self.heads, self.wide, self.d, self.batch = heads, wide, d, batch
        shapes = [(d, heads * wide)] * 3 + [(heads * wide, d)]
        self.layers = [[draw.normal(size=shape) for shape in shapes] for _ in range(layers)]
        self.dense = draw.normal(size=(d, d))
        self.prompt = draw.normal(size=(batch, 99, d))

    @property
    def model(self) -> Model:
        x = out = pc.Input((None, self.d))
        for _ in self.layers:
            out = pc.MultiHeadAttention(self.heads, self.wide, use_bias=False)(out, out)
        return pc.Model(x, pc.Dense(self.d, use_bias=False)(out))

    def split(self, x: Array) -> Array:
        return x.reshape(*x.shape[:2], self.heads, self.wide).swapaxes(1, 2)

    def run(self, x: Array, cache: list[Any]) -> Array:
        """Put new steps in; what came before is in the cache."""
        for at, (query, key, value, out) in enumerate(self.layers):
            q, k, v = (self.split(self.dot(x, one)) for one in (query, key, value))
            if cache[at] is not None:
                k, v = (np.concatenate([old, new], 2) for old, new in zip(cache[at], (k, v), strict=True))
            cache[at] = k, v
            scores = self.dot(q, k.swapaxes(2, 3))
            new, seen = scores.shape[2:]
            scores = np.where(np.tri(new, seen, seen - new), scores, -np.inf)
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            mixed = self.dot(weights / weights.sum(-1, keepdims=True), v)
            x = self.dot(mixed.swapaxes(1, 2).reshape(*x.shape[:2], -1), out)
        return self.dot(x, self.dense)

    def generate(self, prompt: int, tokens: int, cached: bool) -> tuple[int, Array]:
        self.macs = 0
        cache: list[Any] = [None] * len(self.layers)
        seen = self.prompt[:, :prompt]
        out = self.run(seen, cache)[:, -1:]
        for _ in range(tokens - 1):
            seen = np.concatenate([seen, out], 1)
            again: list[Any] = [None] * len(self.layers)
            out = self.run(out, cache)[:, -1:] if cached else self.run(seen, again)[:, -1:]
        return self.macs, out


small = st.integers(1, 4)


@settings(max_examples=30)
@given(layers=st.integers(1, 2), heads=small, wide=small, d=small, batch=small, prompt=small, tokens=small)
def test_attention_takes_what_a_program_counts(
    layers: int, heads: int, wide: int, d: int, batch: int, prompt: int, tokens: int
) -> None:
    program = Transformer(layers, heads, wide, d, batch)
    outs = []
    for cached in (True, False):
        macs, out = program.generate(prompt, tokens, cached)
        outs.append(out)
        found = decoding(program.model, prompt=prompt, tokens=tokens, batch=batch, cached=cached)
        assert found.macs == macs
        assert found.first == decoding(program.model, prompt=prompt, tokens=1, batch=batch).macs
        if tokens > 1:
            fewer = decoding(program.model, prompt=prompt, tokens=tokens - 1, batch=batch, cached=cached)
            assert found.last == found.macs - fewer.macs
    np.testing.assert_allclose(outs[0], outs[1], rtol=1e-6)


class Recurrent(Counted):
    """A stack of LSTMs, the last one with a dense layer on its last step, whose output is the next input."""

    def __init__(self, units: list[int], d: int, batch: int) -> None:
        super().__init__()
        draw = np.random.default_rng(d)
        self.units, self.d, self.batch = units, d, batch
        self.layers = [
            (draw.normal(size=(seen, 4 * h)), draw.normal(size=(h, 4 * h)))
            for seen, h in zip([d, *units], units, strict=False)
        ]
        self.dense = draw.normal(size=(units[-1], d))
        self.prompt = draw.normal(size=(batch, 99, d))

    @property
    def model(self) -> Model:
        layers = [pc.LSTM(h, return_sequences=at + 1 < len(self.units)) for at, h in enumerate(self.units)]
        return pc.Sequential([pc.Input((None, self.d)), *layers, pc.Dense(self.d)])

    def run(self, xs: Array, states: list[Any]) -> Array:
        for at in range(xs.shape[1]):
            x = xs[:, at]
            for n, (kernel, recurrent) in enumerate(self.layers):
                h, c = states[n]
                i, f, g, o = np.split(np.tanh(self.dot(x, kernel) + self.dot(h, recurrent)), 4, -1)
                c = f * c + i * g
                x = o * np.tanh(c)
                states[n] = x, c
        return self.dot(x, self.dense)[:, None]

    def generate(self, prompt: int, tokens: int, cached: bool) -> tuple[int, Array]:
        self.macs = 0
        states = self.zeros()
        seen = self.prompt[:, :prompt]
        out = self.run(seen, states)
        for _ in range(tokens - 1):
            seen = np.concatenate([seen, out], 1)
            out = self.run(out, states) if cached else self.run(seen, self.zeros())
        return self.macs, out

    def zeros(self) -> list[Any]:
        return [(np.zeros((self.batch, h)),) * 2 for h in self.units]


@settings(max_examples=30)
@given(units=st.lists(small, min_size=1, max_size=3), d=small, batch=small, prompt=small, tokens=small)
def test_recurrent_layers_take_what_a_program_counts(
    units: list[int], d: int, batch: int, prompt: int, tokens: int
) -> None:
    program, outs = Recurrent(units, d, batch), []
    for cached in (True, False):
        macs, out = program.generate(prompt, tokens, cached)
        outs.append(out)
        assert decoding(program.model, prompt=prompt, tokens=tokens, batch=batch, cached=cached).macs == macs
    np.testing.assert_allclose(outs[0], outs[1], rtol=1e-6)


def test_a_recurrent_step_takes_the_same_at_every_length() -> None:
    model = pc.Sequential([pc.Input((None, 10)), pc.LSTM(20), pc.Dense(10)])
    found = decoding(model, tokens=100, batch=1)
    assert found.macs == 100 * (4 * 20 * 30 + 200)
    assert found.last == 4 * 20 * 30 + 200


def test_symbols_evaluate_to_the_numbers() -> None:
    prompt, tokens, batch = symbols("P M B")
    draw = random.Random(2)
    for program in (Transformer(2, 3, 4, 5, 1), Recurrent([3, 4], 5, 1)):
        for cached in (True, False):
            symbolic = decoding(program.model, prompt=prompt, tokens=tokens, batch=batch, cached=cached)
            for _ in range(5):
                values = {name: draw.randint(1, 30) for name in "PMB"}
                numbers = {"prompt": values["P"], "tokens": values["M"], "batch": values["B"]}
                numeric = decoding(program.model, **numbers, cached=cached)
                for one, other in ((symbolic.macs, numeric.macs), (symbolic.last, numeric.last)):
                    assert isinstance(one, Expr)
                    assert evaluate(one, values) == other


def test_an_encoder_is_run_once() -> None:
    source, target = pc.Input((7, 4)), pc.Input((None, 4))
    encoded = pc.Dense(4, use_bias=False)(source)
    crossed = pc.MultiHeadAttention(2, 3, use_bias=False)(target, encoded)
    model = pc.Model([source, target], pc.Dense(4, use_bias=False)(crossed))
    found = growth_of(model, 1)
    assert found == Growth(7 * 16 + 2 * 7 * 24, 0, 2 * 24 + 2 * 6 * 7 + 16, 0)


def test_what_cannot_decode_is_refused_by_name() -> None:
    both = pc.Sequential([pc.Input((None, 4)), pc.Bidirectional(pc.LSTM(3))])
    with pytest.raises(OptionError, match="decoding step by step is not possible: Bidirectional"):
        decoding(both, tokens=3)
    conv = pc.Sequential([pc.Input((None, 4)), pc.Conv1D(3, 2, padding="same"), pc.LSTM(3)])
    with pytest.raises(OptionError, match="Conv1D does not work on each step alone"):
        decoding(conv, tokens=3)
    plain = pc.Sequential([pc.Input((None, 4)), pc.LSTM(3)])
    for sizes in ({"tokens": 0}, {"tokens": 1, "prompt": 0}):
        with pytest.raises(OptionError, match="at least 1"):
            decoding(plain, **sizes)


# --- clipping ----------------------------------------------------------------------------------------


@given(gradient=st.lists(st.floats(-9, 9), min_size=1, max_size=50), limit=st.floats(0.1, 5))
def test_clipping_takes_what_a_program_counts(gradient: list[float], limit: float) -> None:
    squares = products = comparisons = 0
    total = 0.0
    for one in gradient:
        total += one * one
        squares += 1
    factor = min(1, limit / max(total**0.5, 1e-300))
    scaled = []
    for one in gradient:
        scaled.append(one * factor)
        products += 1
    assert sum(one * one for one in scaled) <= limit**2 * (1 + 1e-9)
    by_norm = clipping("norm", len(gradient))
    assert (by_norm.norm_macs, by_norm.scaling_macs, by_norm.macs) == (squares, products, squares + products)
    for _ in gradient:
        comparisons += 2  # max(−limit, min(limit, g))
    by_value = clipping("value", len(gradient))
    assert (by_value.comparisons, by_value.macs, by_value.passes) == (comparisons, 0, 1)
    assert (by_norm.memory, by_value.memory, by_norm.passes) == (1, 0, 2)


def test_clipping_of_a_symbolic_number_of_parameters() -> None:
    n = symbols("n")
    assert str(clipping("norm", n).macs) == "2n"
    with pytest.raises(OptionError, match="unknown way of clipping; expected value or norm"):
        clipping("norms", 3)


# --- on the page of a cost --------------------------------------------------------------------------------------------


def recurrent(steps: int | None) -> Model:
    return pc.Sequential([pc.Input((steps, 8)), pc.LSTM(16), pc.Dense(8)])


@given(prompt=st.integers(1, 50), tokens=st.integers(1, 50))
def test_a_cost_has_what_decoding_takes(prompt: int, tokens: int) -> None:
    found = pc.cost(recurrent(None), batch=2, steps=prompt, decode=tokens)
    alone = decoding(recurrent(None), prompt=prompt, tokens=tokens, batch=2)
    assert found.decoding == alone
    assert found.to_dict()["decoding"] == {
        "prompt": prompt,
        "steps": tokens,
        "macs": alone.macs,
        "prompt_macs": alone.first,
        "last_step_macs": alone.last,
    }
    assert f"{alone.macs:,} multiply-adds for {tokens} step" in str(found)
    assert f" after a prompt of {prompt} step" in str(found)
    assert pc.cost(recurrent(None), batch=2, steps=prompt).decoding is None


def test_sizes_stay_symbols() -> None:
    found = pc.cost(recurrent(None), batch=1, decode="M")
    assert found.decoding is not None
    values = {"T": 5, "M": 9}
    assert found.decoding.macs(**values) == decoding(recurrent(None), prompt=5, tokens=9, batch=1).macs


@pytest.mark.parametrize(
    ("steps", "asked", "message"),
    [
        (None, {"decode": 0}, "decode: not a size; expected a positive whole number or an expression such as 4*h"),
        (7, {"decode": 3}, "decoding step by step: the number of time steps is fixed; expected an open axis such as T"),
        (None, {"decode": 3, "lengths": (3, 2)}, "lengths of sequences; expected one length, as steps, for a prompt"),
    ],
)
def test_what_cannot_be_decoded(steps: int | None, asked: Any, message: str) -> None:
    with pytest.raises(pc.ParamcalcError) as error:
        pc.cost(recurrent(steps), **asked)
    assert str(error.value).startswith(message)
