"""Products of the conventions: what each choice of frozen weights costs backwards, as jax differentiates them.

Haiku and Equinox are run; what other frameworks do is written from their equations, one for each way in which tensors
are cut: input and previous output side by side, a projection, an output layer, two directions in one tensor. The steps
run in a loop of jax, which treats all steps alike, as the rules do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain, combinations
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from jax_programs import Program, Values, over_time, values_of
from tiers import quick

from paramcalc.core.products import State
from paramcalc.core.registry import find
from paramcalc.verification.adapters.keras.gradients import Gradients

X = (2, 4, 3)  # samples, steps, features
H = 5
Step = Callable[[Values, Any, list[Any]], tuple[Any, list[Any]]]


def check(name: str, framework: str, options: dict[str, Any], program: Program) -> None:
    built = find(name, framework)(H, return_sequences=True, return_state=True, **options).on(X)
    values = values_of(built, X)
    theirs = Gradients(program, values)
    assert [built.flow(1, at) for at in range(len(built.shapes()))] == theirs.flow()
    assert built.forward() == theirs.forward()
    alone = [[source] for source in values]
    pairs = map(list, combinations(values, 2)) if len(values) < 7 else ()
    weights = [source for source in values if isinstance(source, str)]
    for live in chain(alone, pairs, [weights, list(values)]):
        assert built.backward(live) == theirs.backward(live), live


def lstm(z: Any, c: Any, order: str, peephole: Any = None, axis: int = -1) -> tuple[Any, Any]:
    """The gates of an LSTM from what its networks give side by side; a peephole for each of i, o, f."""
    gates = dict(zip(order, jnp.split(z, 4, axis=-1), strict=True))
    p_i, p_o, p_f = (0, 0, 0) if peephole is None else peephole
    i, f = jax.nn.sigmoid(gates["i"] + p_i * c), jax.nn.sigmoid(gates["f"] + p_f * c)
    c = f * c + i * jnp.tanh(gates["c"])
    return jax.nn.sigmoid(gates["o"] + p_o * c) * jnp.tanh(c), c


# --- from their equations -----------------------------------------------------------------------


def tf1_lstm(values: Values, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    m, c = states
    z = jnp.concatenate([x, m], -1) @ values["kernel"] + values["bias"]
    peephole = tuple(values[f"w_{gate}_diag"] for gate in "iof") if "w_f_diag" in values else None
    m, c = lstm(z, c, "icfo", peephole)
    m = m @ values["projection/kernel"] if "projection/kernel" in values else m
    return m, [m, c]


def tf1_gru(values: Values, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    (h,) = states
    gates = jax.nn.sigmoid(jnp.concatenate([x, h], -1) @ values["gates/kernel"] + values["gates/bias"])
    r, z = jnp.split(gates, 2, -1)
    new = jnp.tanh(jnp.concatenate([x, r * h], -1) @ values["candidate/kernel"] + values["candidate/bias"])
    h = z * h + (1 - z) * new
    return h, [h]


def caffe_rnn(values: Values, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    h = jnp.tanh(x @ values["W_xh"].T + states[0] @ values["W_hh"].T + values["b_h"])
    return jnp.tanh(h @ values["W_ho"].T + values["b_o"]), [h]


def kaldi_lstm(values: Values, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    r, c = states
    z = jnp.concatenate([x, r], -1) @ values["W_all/linear_params"].T + values["W_all/bias_params"]
    m, c = lstm(z, c, "ifco", tuple(values["lstm_nonlin/params"]))
    if "W_rp/linear_params" not in values:
        return m, [m, c]
    both = m @ values["W_rp/linear_params"].T + values["W_rp/bias_params"]
    return both, [both[:, : r.shape[-1]], c]


def tesseract_lstm(values: Values, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    h, c = states
    wide = jnp.concatenate([x, h], -1)
    kernels = [values[f"gate_weights_{name}"] for name in ("CI", "GI", "GF1", "GO")]
    z = jnp.concatenate([wide @ kernel[:, :-1].T + kernel[:, -1] for kernel in kernels], -1)
    h, c = lstm(z, c, "cifo")
    return h, [h, c]


def darknet_gru(values: Values, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    (h,) = states

    def net(gate: str, read: Any) -> Any:
        biases = values[f"u{gate}/biases"] + values[f"w{gate}/biases"]
        return x @ values[f"u{gate}/weights"].T + read @ values[f"w{gate}/weights"].T + biases

    z, r = jax.nn.sigmoid(net("z", h)), jax.nn.sigmoid(net("r", h))
    h = z * h + (1 - z) * jnp.tanh(net("h", r * h))
    return h, [h]


STEPS: list[tuple[str, str, dict[str, Any], Step]] = [
    ("LSTM", "tf1", {}, tf1_lstm),
    ("LSTM", "tf1", {"peephole": True, "projection": 4}, tf1_lstm),
    ("GRU", "tf1", {}, tf1_gru),
    ("RNN", "caffe", {}, caffe_rnn),
    ("LSTM", "kaldi", {}, kaldi_lstm),
    ("LSTM", "kaldi", {"projection": 4}, kaldi_lstm),
    ("LSTM", "tesseract", {}, tesseract_lstm),
    ("GRU", "darknet", {}, darknet_gru),
]


@pytest.mark.parametrize(
    ("name", "framework", "options", "step"), STEPS, ids=lambda one: getattr(one, "__name__", str(one))
)
def test_as_its_equations_differentiate(name: str, framework: str, options: dict[str, Any], step: Step) -> None:
    check(name, framework, options, over_time(step, 1 + (name == "LSTM"), True, True))


def onnx_lstm(values: Values) -> list[Any]:
    """Both directions, each with its half of every tensor and of every state."""
    outs, states = [], []
    for way in range(2):

        def step(carry: Any, x: Any, way: int = way) -> Any:
            h, c = carry
            bias = values["B"][way, : 4 * H] + values["B"][way, 4 * H :]
            z = x @ values["W"][way].T + h @ values["R"][way].T + bias
            h, c = lstm(z, c, "iofc", tuple(jnp.split(values["P"][way], 3)))
            return (h, c), h

        first = (values[State(0)][way], values[State(1)][way])
        last, run = jax.lax.scan(step, first, jnp.moveaxis(values[0], 1, 0), reverse=bool(way))
        outs.append(jnp.moveaxis(run, 0, 1))
        states.append(last)
    return [jnp.concatenate(outs, -1), *(jnp.stack(both) for both in zip(*states, strict=True))]


def test_two_directions_in_one_tensor() -> None:
    check("LSTM", "onnx", {"bidirectional": True, "peephole": True}, onnx_lstm)


def mxnet_gru(values: Values) -> list[Any]:
    """Both directions, each with tensors of its own."""
    outs, states = [], []
    for way in "lr":

        def step(h: Any, x: Any, way: str = way) -> Any:
            from_x = x @ values[f"{way}0_i2h_weight"].T + values[f"{way}0_i2h_bias"]
            from_h = h @ values[f"{way}0_h2h_weight"].T + values[f"{way}0_h2h_bias"]
            (r_x, z_x, n_x), (r_h, z_h, n_h) = (jnp.split(one, 3, -1) for one in (from_x, from_h))
            r, z = jax.nn.sigmoid(r_x + r_h), jax.nn.sigmoid(z_x + z_h)
            h = z * h + (1 - z) * jnp.tanh(n_x + r * n_h)
            return h, h

        first = values[State(0)]["lr".index(way)]
        last, run = jax.lax.scan(step, first, jnp.moveaxis(values[0], 1, 0), reverse=way == "r")
        outs.append(jnp.moveaxis(run, 0, 1))
        states.append(last)
    return [jnp.concatenate(outs, -1), jnp.stack(states)]


def test_two_directions_in_tensors_of_their_own() -> None:
    check("GRU", "mxnet", {"bidirectional": True}, mxnet_gru)


# --- run ----------------------------------------------------------------------------------------


def haiku_step(root: str, make: Callable[[Any], Any], values: Values, x: Any, states: list[Any]) -> Any:
    haiku = pytest.importorskip("haiku")
    params: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        if isinstance(path, str):
            module, _, leaf = path.rpartition("/")
            params.setdefault(f"{root}/{module}" if module else root, {})[leaf] = value
    state = haiku.LSTMState(*states) if root == "lstm" else states[0]
    run = haiku.without_apply_rng(haiku.transform(lambda x, state: make(haiku)(x, state)))
    out, after = run.apply(params, x, state)
    return out, [after.hidden, after.cell] if root == "lstm" else [after]


@pytest.mark.parametrize(
    ("name", "root", "options"),
    [("LSTM", "lstm", {}), ("GRU", "gru", {}), ("RNN", "vanilla_rnn", {"double_bias": True})],
)
def test_as_haiku_does(name: str, root: str, options: dict[str, Any]) -> None:
    pytest.importorskip("haiku")
    classes: dict[str, Callable[[Any], Any]] = {
        "LSTM": lambda haiku: haiku.LSTM(H),
        "GRU": lambda haiku: haiku.GRU(H),
        "RNN": lambda haiku: haiku.VanillaRNN(H, double_bias=True),
    }
    step = partial(haiku_step, root, classes[name])
    check(name, "haiku", options, over_time(step, 1 + (name == "LSTM"), True, True))


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
@pytest.mark.parametrize("use_bias", quick([True, False], 2))
def test_as_equinox_does(name: str, use_bias: bool) -> None:
    equinox = pytest.importorskip("equinox")
    kind = getattr(equinox.nn, f"{name}Cell")
    made = equinox.filter_eval_shape(kind, X[2], H, use_bias=use_bias, key=jax.random.key(0))

    def step(values: Values, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        names = [path for path in values if isinstance(path, str)]
        cell = equinox.tree_at(lambda one: [getattr(one, path) for path in names], made, [values[p] for p in names])
        after = jax.vmap(cell)(x, tuple(states) if name == "LSTM" else states[0])
        return (after[0], [*after]) if name == "LSTM" else (after, [after])

    check(name, "equinox", {"use_bias": use_bias}, over_time(step, 1 + (name == "LSTM"), True, True))
