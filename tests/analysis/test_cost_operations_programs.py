"""Operations that are no products, against programs that count their own."""

from __future__ import annotations

import numpy as np
import pytest
from counted import Tally, counted, erf, exp, log, sigmoid, sqrt, tanh
from hypothesis import given, settings, strategies as st

import paramcalc as pc
from paramcalc import paper, torch as nn
from paramcalc.analysis.cost.operations.counting import count
from paramcalc.analysis.cost.operations.functions import DEFINITIONS, of_each
from paramcalc.errors import ParamcalcError

SIZES = st.integers(1, 4)


def figures(layer, *shapes, training=False):
    """Give the multiply-adds and the operations of a layer on shapes, the batch included."""
    built = layer.on(*shapes)
    return built.forward(), count(layer, shapes, built, training)


maximum, minimum = np.maximum, np.minimum
FUNCTIONS = {
    "relu": lambda x: maximum(x, 0),
    "relu6": lambda x: minimum(maximum(x, 0), 6),
    "leaky_relu": lambda x: maximum(x, 0.2 * x),
    "elu": lambda x: np.where(x > 0, x, 1.0 * (exp(x) - 1)),
    "celu": lambda x: np.where(x > 0, x, 1.0 * (exp(x / 1.0) - 1)),
    "selu": lambda x: 1.0507009873554805 * x.tally.array(np.where(x > 0, x, 1.6732632423543772 * (exp(x) - 1))),
    "gelu": lambda x: 0.5 * x * (1 + erf(x / 2**0.5)),
    "silu": lambda x: x * sigmoid(x),
    "swish": lambda x: x * sigmoid(x),
    "sigmoid": sigmoid,
    "log_sigmoid": lambda x: log(sigmoid(x)),
    "hard_sigmoid": lambda x: minimum(maximum(x / 6 + 0.5, 0), 1),
    "hard_silu": lambda x: x * minimum(maximum(x / 6 + 0.5, 0), 1),
    "hard_tanh": lambda x: minimum(maximum(x, -1), 1),
    "tanh": tanh,
    "tanh_shrink": lambda x: x - tanh(x),
    "soft_shrink": lambda x: x - minimum(maximum(x, -0.5), 0.5),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0),
    "threshold": lambda x: np.where(x > 0.5, x, 0.25),
    "softplus": lambda x: log(1 + exp(x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "mish": lambda x: x * tanh(log(1 + exp(x))),
    "exponential": exp,
    "squareplus": lambda x: (x + sqrt(x * x + 4)) / 2,
    "sparse_plus": lambda x: np.where(x > 1, x, 0.25 * np.square(maximum(x + 1, 0))),
    "sparse_sigmoid": lambda x: minimum(maximum(0.5 * (x + 1), 0), 1),
    "linear": lambda x: x,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_what_its_program_takes(name):
    keras = pytest.importorskip("keras")
    tally = Tally()
    x = tally.array(np.linspace(-4, 4, 41))
    ours = np.asarray(FUNCTIONS[name](x), dtype=float)
    assert tally.operations == of_each(name) * x.size
    function = getattr(keras.activations, name)
    theirs = function(np.asarray(x), *((0.5, 0.25) if name == "threshold" else ()))
    np.testing.assert_allclose(ours, np.asarray(theirs), atol=2e-6)


def test_all_definitions_are_tried():
    assert DEFINITIONS.keys() - FUNCTIONS.keys() == {"gelu_tanh", "scaled_softplus", "prelu"}
    x = Tally().random(5)
    0.5 * x * (1 + tanh(0.8 * (x + 0.044715 * x * x * x)))
    assert x.tally.operations == 5 * of_each("gelu_tanh") == figures(nn.GELU("tanh"), (5,))[1]


def _lstm(t, x, h, c, units, biases, gate, act):
    gates = [
        sum(
            (t.random(units) for _ in range(biases)),
            start=x @ t.random(x.shape[-1], units) + h @ t.random(*[units] * 2),
        )
        for _ in range(4)
    ]
    i, f, g, o = gate(gates[0]), gate(gates[1]), act(gates[2]), gate(gates[3])
    c = f * c + i * g
    return o * act(c), c


def _net(t, x, h, units, biases):
    total = x @ t.random(x.shape[-1], units) + h @ t.random(h.shape[-1], units)
    for _ in range(biases):
        total = total + t.random(units)
    return total


def _gru(t, x, h, units, biases, before):
    z, r = sigmoid(_net(t, x, h, units, biases)), sigmoid(_net(t, x, h, units, biases))
    if before:
        candidate = tanh(_net(t, x, r * h, units, biases))
    else:
        given, recalled = x @ t.random(x.shape[-1], units), h @ t.random(units, units)
        if biases:
            given = given + t.random(units)
        if biases == 2:
            recalled = recalled + t.random(units)
        candidate = tanh(given + r * recalled)
    return z * h + (1 - z) * candidate


ACTS = {"tanh": tanh, "sigmoid": sigmoid, "relu": FUNCTIONS["relu"], "softsign": FUNCTIONS["softsign"]}


@settings(max_examples=25, deadline=None)
@given(SIZES, SIZES, SIZES, SIZES, st.booleans(), st.sampled_from(sorted(ACTS)), st.sampled_from(sorted(ACTS)))
def test_keras_cells_take_what_their_programs_take(B, T, x, h, bias, gate, act):
    def lstm(t):
        state = t.random(B, h), t.random(B, h)
        for _ in range(T):
            state = _lstm(t, t.random(B, x), *state, h, int(bias), ACTS[gate], ACTS[act])

    layer = pc.LSTM(h, use_bias=bias, activation=act, recurrent_activation=gate)
    assert figures(layer, (B, T, x)) == counted(lstm)

    def gru(t, after):
        state = t.random(B, h)
        for _ in range(T):
            state = _gru(t, t.random(B, x), state, h, bias * (1 + after), not after)

    for after in (False, True):
        assert figures(pc.GRU(h, use_bias=bias, reset_after=after), (B, T, x)) == counted(lambda t, a=after: gru(t, a))

    def simple(t):
        state = t.random(B, h)
        for _ in range(T):
            state = ACTS[act](_net(t, t.random(B, x), state, h, bias))

    assert figures(pc.SimpleRNN(h, use_bias=bias, activation=act), (B, T, x)) == counted(simple)
    cell = pc.RNN(pc.SimpleRNNCell(h, use_bias=bias, activation=act))
    assert figures(cell, (B, T, x)) == counted(simple)


@settings(max_examples=15, deadline=None)
@given(SIZES, SIZES, SIZES, SIZES, st.booleans(), st.integers(1, 2), st.booleans())
def test_torch_stacks_take_what_their_programs_take(B, T, x, h, bias, layers, both):
    ways = 1 + both

    def run(t, step):
        read = [t.random(B, x) for _ in range(T)]
        for _ in range(layers):
            outs = []
            for _ in range(ways):
                state = t.random(B, h), t.random(B, h)
                outs.append([])
                for one in read:
                    state = step(t, one, *state)
                    outs[-1].append(state[0])
            read = [t.array(np.concatenate([np.asarray(way[at]) for way in outs], axis=-1)) for at in range(T)]

    steps = {
        nn.LSTM: lambda t, one, s, c: _lstm(t, one, s, c, h, 2 * bias, sigmoid, tanh),
        nn.GRU: lambda t, one, s, c: (_gru(t, one, s, h, 2 * bias, False), c),
        nn.RNN: lambda t, one, s, c: (tanh(_net(t, one, s, h, 2 * bias)), c),
    }
    for rule, step in steps.items():
        layer = rule(x, h, bias=bias, num_layers=layers, bidirectional=both)
        assert figures(layer, (T, B, x)) == counted(lambda t, one=step: run(t, one)), rule


def _softmax(x):
    e = exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def _standardized(x, axis=-1, eps=1e-3):
    n = np.prod([x.shape[one] for one in np.atleast_1d(axis)])
    axis = tuple(int(one) for one in np.atleast_1d(axis))
    centered = x - np.sum(x, axis=axis, keepdims=True) / n
    variance = np.sum(centered * centered, axis=axis, keepdims=True) / n
    return centered * np.power(variance + eps, -0.5)


@settings(max_examples=25, deadline=None)
@given(SIZES, SIZES, SIZES, st.booleans(), st.booleans())
def test_norms_and_softmax_take_what_their_programs_take(B, T, d, scale, center):
    def learned(t, y, width):
        y = y * t.random(width) if scale else y
        return y + t.random(width) if center else y

    x = (B, T, d)
    layer = pc.LayerNormalization(scale=scale, center=center)
    assert figures(layer, x) == counted(lambda t: learned(t, _standardized(t.random(*x)), d))
    layer = pc.LayerNormalization(axis=(1, 2), scale=scale, center=center)
    assert figures(layer, x)[1] == counted(lambda t: learned(t, _standardized(t.random(*x), (1, 2)), (T, d)[1]))[1]
    grouped = pc.GroupNormalization(1, scale=scale, center=center)
    assert figures(grouped, x) == counted(lambda t: learned(t, _standardized(t.random(*x), (1, 2)), d))
    assert figures(pc.Softmax(), x) == counted(lambda t: _softmax(t.random(*x)))

    def logs(t):
        y = t.random(*x)
        y = y - np.max(y, axis=-1, keepdims=True)
        y - log(np.sum(exp(y), axis=-1, keepdims=True))

    assert figures(nn.LogSoftmax(-1), x) == counted(logs)

    def rms(t):
        y = t.random(*x)
        y * np.power(np.sum(y * y, axis=-1, keepdims=True) / d + 1e-6, -0.5) * t.random(d)

    assert figures(pc.RMSNormalization(), x) == figures(nn.RMSNorm(d), x) == counted(rms)

    def folded(t, y, mean, variance):
        factor = np.power(variance + 1e-3, -0.5)
        factor = factor * t.random(d) if scale else factor
        summand = t.random(d) - mean * factor if center else -(mean * factor)
        return y * factor + summand

    batch = pc.BatchNormalization(scale=scale, center=center)
    assert figures(batch, x) == counted(lambda t: folded(t, t.random(*x), t.random(d), t.array(np.ones(d))))

    def trained(t):
        y = t.random(*x)
        mean = np.sum(y, axis=(0, 1)) / (B * T)
        centered = y - mean
        variance = np.sum(centered * centered, axis=(0, 1)) / (B * T)
        for new in (mean, variance):
            0.99 * t.random(d) + (1 - 0.99) * new
        folded(t, y, mean, variance)

    assert figures(batch, x, training=True) == counted(trained)


@settings(max_examples=25, deadline=None)
@given(SIZES, st.integers(4, 9), st.integers(4, 9), SIZES, st.integers(1, 3), st.integers(1, 3))
def test_pooling_takes_what_its_program_takes(B, H, W, C, window, stride):
    def pooled(t, over):
        x = t.random(B, H, W, C)
        for i in range(0, H - window + 1, stride):
            for j in range(0, W - window + 1, stride):
                over(x[:, i : i + window, j : j + window])

    def mean(x):
        return np.sum(x, axis=(1, 2)) / (x.shape[1] * x.shape[2])

    def largest(x):
        return np.max(x, axis=(1, 2))

    x = (B, H, W, C)
    assert figures(pc.AveragePooling2D(window, stride), x) == counted(lambda t: pooled(t, mean))
    assert figures(pc.MaxPooling2D(window, stride), x) == counted(lambda t: pooled(t, largest))
    assert figures(nn.AvgPool2d(window, stride), (B, C, H, W)) == counted(lambda t: pooled(t, mean))
    assert figures(pc.GlobalAveragePooling2D(), x) == counted(lambda t: mean(t.random(*x)))
    assert figures(pc.GlobalMaxPooling2D(), x) == counted(lambda t: largest(t.random(*x)))

    def adaptive(t, over):
        y = t.random(*x)
        for i in range(window):
            for j in range(stride):
                rows = slice(i * H // window, -(-(i + 1) * H // window))
                over(y[:, rows, j * W // stride : -(-(j + 1) * W // stride)])

    assert figures(nn.AdaptiveAvgPool2d((window, stride)), (B, C, H, W)) == counted(lambda t: adaptive(t, mean))
    assert figures(pc.AdaptiveMaxPooling2D((window, stride)), x) == counted(lambda t: adaptive(t, largest))


@settings(max_examples=25, deadline=None)
@given(SIZES, SIZES, SIZES, SIZES, SIZES, st.booleans())
def test_attention_takes_what_its_program_takes(B, T, S, heads, d_k, bias):
    d = 5

    def project(t, x, width):
        y = x @ t.random(x.shape[-1], width)
        return y + t.random(width) if bias else y

    def attention(t, d, mean=False):
        q, k = t.random(B, T, d), t.random(B, S, d)
        q, k, v = project(t, q, heads * d_k), project(t, k, heads * d_k), project(t, k, heads * d_k)
        q = q * d_k**-0.5
        outs, shares = [], []
        for head in range(heads):
            own = slice(head * d_k, (head + 1) * d_k)
            shares.append(_softmax(q[..., own] @ k[..., own].swapaxes(1, 2)))
            outs.append(shares[-1] @ v[..., own])
        if mean:
            total = shares[0]
            for one in shares[1:]:
                total = total + one
            total / heads
        project(t, t.array(np.concatenate(outs, axis=-1)), d)

    layer = pc.MultiHeadAttention(heads, d_k, use_bias=bias)
    assert figures(layer, (B, T, d), (B, S, d)) == counted(lambda t: attention(t, d))
    wide = heads * d_k
    module = nn.MultiheadAttention(wide, heads, bias=bias, batch_first=True)
    found = figures(module, (B, T, wide), (B, S, wide), (B, S, wide))
    assert found == counted(lambda t: attention(t, wide, mean=True))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([(3, 4), (1, 4), (3, 1)]), min_size=2, max_size=4))
def test_merging_takes_what_its_program_takes(shapes):
    def program(t, merge, last=lambda x: x):
        total = t.random(2, *shapes[0])
        for shape in shapes[1:]:
            total = merge(total, t.random(2, *shape))
        last(total)

    batched = [(2, *shape) for shape in shapes]
    for layer, merge in ((pc.Add(), np.add), (pc.Multiply(), np.multiply), (pc.Maximum(), np.maximum)):
        assert figures(layer, *batched) == counted(lambda t, one=merge: program(t, one))
    assert figures(pc.Average(), *batched) == counted(lambda t: program(t, np.add, lambda x: x / len(shapes)))
    assert figures(pc.Concatenate(), (2, 3), (2, 4))[1] == 0


def _variant(t, x, h, c, units, o):
    def net():
        total = x @ t.random(x.shape[-1], units) + h @ t.random(units, units)
        return total + t.random(units) if o["use_bias"] else total

    def gate(cell):
        total = net()
        if o["peephole"]:
            total = total + t.random(units) * cell
        return sigmoid(total)

    i = None if o["no_input_gate"] else gate(c)
    f = None if o["no_forget_gate"] else 1 - i if o["coupled"] else gate(c)
    g = net()
    g = g if o["no_input_activation"] else tanh(g)
    c = (c if f is None else f * c) + (g if i is None else i * g)
    shown = c if o["no_output_activation"] else tanh(c)
    return (shown if o["no_output_gate"] else gate(c) * shown), c


SWITCHES = ("use_bias", "peephole", "coupled", "no_input_gate", "no_forget_gate", "no_output_gate")
SWITCHES += ("no_input_activation", "no_output_activation")


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(SWITCHES, st.booleans())), SIZES, SIZES, SIZES, SIZES)
def test_the_variants_of_the_lstm_take_what_their_program_takes(options, B, T, x, h):
    def program(t):
        state = t.random(B, h), t.random(B, h)
        for _ in range(T):
            state = _variant(t, t.random(B, x), *state, h, options)

    try:
        found = figures(paper.LSTM(h, **options), (B, T, x))
    except ParamcalcError:
        return  # a combination that no paper has
    assert found == counted(program)


@pytest.mark.parametrize("bias", [False, True])
def test_cells_of_papers_take_what_their_programs_take(bias):
    B, T, x, h = 2, 3, 4, 5

    def run(step):
        def program(t):
            state = t.random(B, h)
            for _ in range(T):
                state = step(t, t.random(B, x), state)

        return counted(program)

    def mgu(t, x, s):
        f = sigmoid(_net(t, x, s, h, bias))
        candidate = tanh(_net(t, x, f * s, h, bias))
        return (1 - f) * s + f * candidate

    def ind(t, x, s):
        total = x @ t.random(4, h) + t.random(h) * s
        return sigmoid(total + t.random(h) if bias else total)

    assert figures(paper.GRU(h, use_bias=bias), (B, T, x)) == run(lambda t, x, s: _gru(t, x, s, h, bias, True))
    after = paper.GRU(h, reset="after", use_bias=bias)
    assert figures(after, (B, T, x))[1] == run(lambda t, x, s: _gru(t, x, s, h, bias, False))[1] + bias * B * T * h
    assert figures(paper.MGU(h, use_bias=bias), (B, T, x)) == run(mgu)
    assert figures(paper.IndRNN(h, use_bias=bias), (B, T, x)) == run(ind)
    assert figures(paper.ElmanRNN(h, use_bias=bias), (B, T, x)) == run(lambda t, x, s: tanh(_net(t, x, s, h, bias)))
