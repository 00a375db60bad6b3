"""One step of each row of the table of conventions: in numpy, from the source that the row names, and in the framework.

A step takes the weights by the names of the table, those of the second direction by the names of the first, and each
tensor without its axis of directions. It gives the output, and the states after it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from equation_values import Kernel, sigma

Array = Any
Weights = dict[str, Array]
Step = Callable[[Weights, Array, Array, Array], tuple[Array, ...]]  # of x, h and c, where there is one

tanh = np.tanh


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def split(array: Array, parts: int, axis: int = 0) -> list[Array]:
    return np.split(array, parts, axis)


# --- in numpy --------------------------------------------------------------------------------------


def tf1_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    i, j, f, o = split(np.concatenate([x, h]) @ w["kernel"] + w["bias"], 4)
    peephole = "w_f_diag" in w
    f = sigma(f + 1.0 + (w["w_f_diag"] * c if peephole else 0))
    i = sigma(i + (w["w_i_diag"] * c if peephole else 0))
    c = f * c + i * tanh(j)
    m = sigma(o + (w["w_o_diag"] * c if peephole else 0)) * tanh(c)
    m = m @ w["projection/kernel"] if "projection/kernel" in w else m
    return m, m, c


def tf1_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    r, u = split(sigma(np.concatenate([x, h]) @ w["gates/kernel"] + w["gates/bias"]), 2)
    c = tanh(np.concatenate([x, r * h]) @ w["candidate/kernel"] + w["candidate/bias"])
    new = u * h + (1 - u) * c
    return new, new


def tf1_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    new = tanh(np.concatenate([x, h]) @ w["kernel"] + w["bias"])
    return new, new


def cudnn_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    def adds(n: str) -> Array:
        return w[f"W_{n}"] @ x + w[f"R_{n}"] @ h + w.get(f"b_W{n}", 0) + w.get(f"b_R{n}", 0)

    c = sigma(adds("f")) * c + sigma(adds("i")) * tanh(adds("c"))
    h = sigma(adds("o")) * tanh(c)
    h = w["P"] @ h if "P" in w else h
    return h, h, c


def cudnn_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    r, i = (sigma(w[f"W_{n}"] @ x + w[f"R_{n}"] @ h + w.get(f"b_W{n}", 0) + w.get(f"b_R{n}", 0)) for n in ("r", "i"))
    new = tanh(w["W_h"] @ x + r * (w["R_h"] @ h + w.get("b_Rh", 0)) + w.get("b_Wh", 0))
    h = (1 - i) * new + i * h
    return h, h


def cudnn_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    h = tanh(w["W_i"] @ x + w["R_i"] @ h + w.get("b_W", 0) + w.get("b_R", 0))
    return h, h


def onnx_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    wb, rb = split(w["B"], 2) if "B" in w else (0, 0)
    i, o, f, g = split(w["W"] @ x + w["R"] @ h + wb + rb, 4)
    p_i, p_o, p_f = split(w["P"], 3) if "P" in w else (0, 0, 0)
    i, f = sigma(i + p_i * c), sigma(f + p_f * c)
    c = f * c + i * tanh(g)
    h = sigma(o + p_o * c) * tanh(c)
    return h, h, c


def onnx_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    wb, rb = split(w["B"], 2) if "B" in w else (np.zeros(3 * len(h)), np.zeros(3 * len(h)))
    (wz, wr, wh), (rz, rr, rh) = split(w["W"], 3), split(w["R"], 3)
    (wbz, wbr, wbh), (rbz, rbr, rbh) = split(wb, 3), split(rb, 3)
    z = sigma(wz @ x + rz @ h + wbz + rbz)
    r = sigma(wr @ x + rr @ h + wbr + rbr)
    new = tanh(wh @ x + rh @ (r * h) + rbh + wbh)
    h = (1 - z) * new + z * h
    return h, h


def onnx_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    wb, rb = split(w["B"], 2) if "B" in w else (0, 0)
    h = tanh(w["W"] @ x + w["R"] @ h + wb + rb)
    return h, h


def flax_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    def adds(n: str) -> Array:
        forget = "if_" if "if_/kernel" in w else "if"  # nnx cannot have a keyword as a name
        return x @ w[f"{forget if n == 'f' else f'i{n}'}/kernel"] + h @ w[f"h{n}/kernel"] + w[f"h{n}/bias"]

    c = sigma(adds("f")) * c + sigma(adds("i")) * tanh(adds("g"))
    h = sigma(adds("o")) * tanh(c)
    return h, h, c


def linen_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    r, z = (sigma(x @ w[f"i{n}/kernel"] + w[f"i{n}/bias"] + h @ w[f"h{n}/kernel"]) for n in "rz")
    n = tanh(x @ w["in/kernel"] + w["in/bias"] + r * (h @ w["hn/kernel"] + w["hn/bias"]))
    h = (1 - z) * n + z * h
    return h, h


def linen_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    h = tanh(x @ w["i/kernel"] + w["i/bias"] + h @ w["h/kernel"])
    return h, h


def nnx_optimized_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    i, f, g, o = split(x @ w["dense_i/kernel"] + h @ w["dense_h/kernel"] + w["dense_h/bias"], 4)
    c = sigma(f) * c + sigma(i) * tanh(g)
    h = sigma(o) * tanh(c)
    return h, h, c


def nnx_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    x_r, x_z, x_n = split(x @ w["dense_i/kernel"] + w["dense_i/bias"], 3)
    h_r, h_z, h_n = split(h @ w["dense_h/kernel"], 3)
    z = sigma(x_z + h_z)
    h = (1 - z) * tanh(x_n + sigma(x_r + h_r) * h_n) + z * h
    return h, h


def nnx_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    h = tanh(x @ w["dense_i/kernel"] + w["dense_i/bias"] + h @ w["dense_h/kernel"])
    return h, h


def haiku_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    i, g, f, o = split(np.concatenate([x, h]) @ w["linear/w"] + w["linear/b"], 4)
    c = sigma(f + 1) * c + sigma(i) * tanh(g)
    h = sigma(o) * tanh(c)
    return h, h, c


def haiku_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    x_z, x_r, x_a = split(x @ w["w_i"], 3)
    w_z, w_r, w_a = split(w["w_h"], 3, 1)
    b_z, b_r, b_a = split(w["b"], 3)
    z, r = sigma(x_z + h @ w_z + b_z), sigma(x_r + h @ w_r + b_r)
    h = (1 - z) * h + z * tanh(x_a + (r * h) @ w_a + b_a)
    return h, h


def haiku_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    h = relu(x @ w["linear/w"] + w["linear/b"] + h @ w["linear_1/w"] + w.get("linear_1/b", 0))
    return h, h


def equinox_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    i, f, g, o = split(w["weight_ih"] @ x + w["weight_hh"] @ h + w.get("bias", 0), 4)
    c = sigma(f) * c + sigma(i) * tanh(g)
    h = sigma(o) * tanh(c)
    return h, h, c


def equinox_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    x_r, x_z, x_n = split(w["weight_ih"] @ x + w.get("bias", 0), 3)
    h_r, h_z, h_n = split(w["weight_hh"] @ h, 3)
    new = tanh(x_n + sigma(x_r + h_r) * (h_n + w.get("bias_n", 0)))
    h = new + sigma(x_z + h_z) * (h - new)
    return h, h


def mxnet_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    seen = w["l0_i2h_weight"] @ x + w["l0_i2h_bias"] + w["l0_h2h_weight"] @ h + w["l0_h2h_bias"]
    i, f, g, o = split(seen, 4)
    c = sigma(f) * c + sigma(i) * tanh(g)
    h = sigma(o) * tanh(c)
    h = w["l0_h2r_weight"] @ h if "l0_h2r_weight" in w else h
    return h, h, c


def mxnet_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    x_r, x_i, x_n = split(w["l0_i2h_weight"] @ x + w["l0_i2h_bias"], 3)
    h_r, h_i, h_n = split(w["l0_h2h_weight"] @ h + w["l0_h2h_bias"], 3)
    i = sigma(x_i + h_i)
    h = (1 - i) * tanh(x_n + sigma(x_r + h_r) * h_n) + i * h
    return h, h


def mxnet_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    h = relu(w["l0_i2h_weight"] @ x + w["l0_i2h_bias"] + w["l0_h2h_weight"] @ h + w["l0_h2h_bias"])
    return h, h


def caffe_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    i, f, o, g = split(w["W_xc"] @ x + w["b_c"] + w["W_hc"] @ h, 4)
    c = sigma(f) * c + sigma(i) * tanh(g)
    h = sigma(o) * tanh(c)
    return h, h, c


def caffe_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    h = tanh(w["W_hh"] @ h + w["W_xh"] @ x + w["b_h"])
    return tanh(w["W_ho"] @ h + w["b_o"]), h


def darknet_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    def adds(n: str) -> Array:
        return w[f"w{n}/weights"] @ h + w[f"w{n}/biases"] + w[f"u{n}/weights"] @ x + w[f"u{n}/biases"]

    c = sigma(adds("f")) * c + sigma(adds("i")) * tanh(adds("g"))
    h = sigma(adds("o")) * tanh(c)
    return h, h, c


def darknet_gru(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    def adds(n: str, seen: Array) -> Array:
        return w[f"u{n}/weights"] @ x + w[f"u{n}/biases"] + w[f"w{n}/weights"] @ seen + w[f"w{n}/biases"]

    z, r = sigma(adds("z", h)), sigma(adds("r", h))
    h = z * h + (1 - z) * sigma(adds("h", r * h))
    return h, h


def darknet_rnn(w: Weights, x: Array, h: Array, _: Array) -> tuple[Array, ...]:
    def layer(name: str, seen: Array) -> Array:
        return sigma(w[f"{name}_layer/weights"] @ seen + w[f"{name}_layer/biases"])

    h = layer("input", x) + layer("self", h)
    return layer("output", h), h


def kaldi_lstm(w: Weights, x: Array, r: Array, c: Array) -> tuple[Array, ...]:
    i, f, g, o = split(w["W_all/linear_params"] @ np.concatenate([x, r]) + w["W_all/bias_params"], 4)
    w_ic, w_fc, w_oc = w["lstm_nonlin/params"]
    c = sigma(f + w_fc * c) * c + sigma(i + w_ic * c) * tanh(g)
    m = sigma(o + w_oc * c) * tanh(c)
    if "W_rp/linear_params" not in w:
        return m, m, c
    rp = w["W_rp/linear_params"] @ m + w["W_rp/bias_params"]
    return rp, split(rp, 2)[0], c


def tesseract_lstm(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    source = np.concatenate([x, h])

    def gate(name: str) -> Array:
        matrix = w[f"gate_weights_{name}"]
        return matrix[:, :-1] @ source + matrix[:, -1]

    c = np.clip(c * sigma(gate("GF1")) + tanh(gate("CI")) * sigma(gate("GI")), -100, 100)
    h = sigma(gate("GO")) * tanh(c)
    return h, h, c


def conv_lstm(*names: str) -> Step:
    """The convolutional LSTM of Flax and of Haiku; the names of its kernels and biases."""

    def step(w: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
        kernel, recurrent, *biases = names
        sums = Kernel(w[kernel]) @ x + Kernel(w[recurrent]) @ h
        i, g, f, o = split(sums + sum(w.get(one, 0) for one in biases), 4, -1)
        c = sigma(f + 1) * c + sigma(i) * tanh(g)
        h = sigma(o) * tanh(c)
        return h, h, c

    return step


BY_HAND: dict[tuple[str, str], Step] = {
    ("tf1", "LSTMCell"): tf1_lstm,
    ("tf1", "BasicLSTMCell"): tf1_lstm,
    ("tf1", "GRUCell"): tf1_gru,
    ("tf1", "BasicRNNCell"): tf1_rnn,
    ("cudnn", "CUDNN_LSTM"): cudnn_lstm,
    ("cudnn", "CUDNN_GRU"): cudnn_gru,
    ("cudnn", "CUDNN_RNN_TANH"): cudnn_rnn,
    ("onnx", "LSTM"): onnx_lstm,
    ("onnx", "GRU"): onnx_gru,
    ("onnx", "RNN"): onnx_rnn,
    ("flax-linen", "LSTMCell"): flax_lstm,
    ("flax-linen", "GRUCell"): linen_gru,
    ("flax-linen", "SimpleCell"): linen_rnn,
    ("flax-linen", "ConvLSTMCell"): conv_lstm("ih/kernel", "hh/kernel", "ih/bias", "hh/bias"),
    ("flax-nnx", "LSTMCell"): flax_lstm,
    ("flax-nnx", "OptimizedLSTMCell"): nnx_optimized_lstm,
    ("flax-nnx", "GRUCell"): nnx_gru,
    ("flax-nnx", "SimpleCell"): nnx_rnn,
    ("haiku", "LSTM"): haiku_lstm,
    ("haiku", "GRU"): haiku_gru,
    ("haiku", "VanillaRNN"): haiku_rnn,
    ("haiku", "Conv2DLSTM"): conv_lstm(
        "input_to_hidden/w", "hidden_to_hidden/w", "input_to_hidden/b", "hidden_to_hidden/b"
    ),
    ("equinox", "LSTMCell"): equinox_lstm,
    ("equinox", "GRUCell"): equinox_gru,
    ("mxnet", "LSTM"): mxnet_lstm,
    ("mxnet", "GRU"): mxnet_gru,
    ("mxnet", "RNN"): mxnet_rnn,
    ("caffe", "LSTM"): caffe_lstm,
    ("caffe", "RNN"): caffe_rnn,
    ("darknet", "lstm"): darknet_lstm,
    ("darknet", "gru"): darknet_gru,
    ("darknet", "rnn"): darknet_rnn,
    ("kaldi", "fast-lstm-layer"): kaldi_lstm,
    ("tesseract", "Lfx"): tesseract_lstm,
}


# --- in the framework ------------------------------------------------------------------------------


def _tree(weights: Weights) -> dict[str, Any]:
    # a/b/kernel -> {"a": {"b": {"kernel": …}}}
    found: dict[str, Any] = {}
    for name, array in weights.items():
        inner, (*scopes, last) = found, name.split("/")
        for scope in scopes:
            inner = inner.setdefault(scope, {})
        inner[last] = array
    return found


def haiku_step(layer: str, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    hk = pytest.importorskip("haiku")
    jax = importlib.import_module("jax")

    def call(seen: Array) -> Any:
        make, frames = getattr(hk, layer), seen.ndim == 3
        options = {"double_bias": "linear_1/b" in weights} if layer == "VanillaRNN" else {}
        cell = make(seen.shape[:2], h.shape[-1], (3, 2)) if frames else make(h.shape[-1], **options)
        state = hk.LSTMState(h[None], c[None]) if "LSTM" in layer else h[None]
        return cell(seen[None], state)

    made = hk.transform(call)
    empty = jax.eval_shape(made.init, jax.random.key(0), x)
    params = {
        scope: {name: weights[f"{scope}/{name}".partition("/")[2]] for name in inner} for scope, inner in empty.items()
    }
    out, after = made.apply(params, None, x)
    states = after if "LSTM" in layer else (after,)
    return tuple(np.asarray(one)[0] for one in (out, *states))


def equinox_step(layer: str, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    eqx = pytest.importorskip("equinox")
    jax = importlib.import_module("jax")
    cell = getattr(eqx.nn, layer)(len(x), len(h), use_bias="bias" in weights, key=jax.random.key(0))
    cell = eqx.tree_at(lambda one: [getattr(one, name) for name in weights], cell, [*weights.values()])
    after = cell(x, (h, c) if layer == "LSTMCell" else h)
    states = after if layer == "LSTMCell" else (after,)
    return tuple(np.asarray(one) for one in (states[0], *states))


def linen_step(layer: str, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    nn = pytest.importorskip("flax.linen")
    options = {"kernel_size": (3, 2), "use_bias": "ih/bias" in weights} if layer == "ConvLSTMCell" else {}
    cell = getattr(nn, layer)(features=h.shape[-1], **options)
    carry = (c[None], h[None]) if "LSTM" in layer else h[None]
    after, out = cell.apply({"params": _tree(weights)}, carry, x[None])
    states = after[::-1] if "LSTM" in layer else (after,)
    return tuple(np.asarray(one)[0] for one in (out, *states))


def nnx_step(layer: str, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    nnx = pytest.importorskip("flax.nnx")
    jnp = importlib.import_module("jax.numpy")
    cell = getattr(nnx, layer)(len(x), len(h), rngs=nnx.Rngs(0))
    for name, array in weights.items():
        inside, last = name.split("/")
        getattr(getattr(cell, inside), last).value = jnp.asarray(array)
    after, out = cell((c, h) if "LSTM" in layer else h, x)
    states = after[::-1] if "LSTM" in layer else (after,)
    return tuple(np.asarray(one) for one in (out, *states))


def onnx_step(layer: str, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    onnx = pytest.importorskip("onnx")
    reference = importlib.import_module("onnx.reference")
    given = {name: array[None] for name, array in weights.items()}  # one direction
    given |= {"X": x[None, None], "initial_h": h[None, None]}
    given |= {"initial_c": c[None, None]} if layer == "LSTM" else {}
    order = ("X", "W", "R", "B", "sequence_lens", "initial_h", *("initial_c", "P") * (layer == "LSTM"))
    outputs = ["Y", "Y_h", *["Y_c"] * (layer == "LSTM")]
    helper = onnx.helper
    node = helper.make_node(layer, [one * (one in given) for one in order], outputs, hidden_size=len(h))
    double = onnx.TensorProto.DOUBLE
    ends = [
        [helper.make_tensor_value_info(name, double, None) for name in names]
        for names in ((one for one in order if one in given), outputs)
    ]
    model = helper.make_model(helper.make_graph([node], "step", *ends))
    return tuple(one.reshape(-1) for one in reference.ReferenceEvaluator(model).run(None, given))


def cudnn_step(layer: str, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    """PyTorch's layers compute what cuDNN does, on a CPU, too; its tensors are cuDNN's, side by side."""
    torch = pytest.importorskip("torch")
    name, nets = {"CUDNN_LSTM": ("LSTM", "ifco"), "CUDNN_GRU": ("GRU", "rih")}.get(layer, ("RNN", "i"))
    units = len(next(array for key, array in weights.items() if key.startswith("W_")))
    options = {"proj_size": len(h)} if "P" in weights else {}
    real = getattr(torch.nn, name)(len(x), units, **options).double()
    zeros = np.zeros(units)
    letters = nets if name != "RNN" else ("",)
    given = {
        "weight_ih_l0": np.concatenate([weights[f"W_{n}"] for n in nets]),
        "weight_hh_l0": np.concatenate([weights[f"R_{n}"] for n in nets]),
        "bias_ih_l0": np.concatenate([weights.get(f"b_W{n}", zeros) for n in letters]),
        "bias_hh_l0": np.concatenate([weights.get(f"b_R{n}", zeros) for n in letters]),
    }
    given |= {"weight_hr_l0": weights["P"]} if "P" in weights else {}
    real.load_state_dict({key: torch.as_tensor(value) for key, value in given.items()})
    states = [torch.as_tensor(one)[None] for one in ((h, c) if name == "LSTM" else (h,))]
    with torch.no_grad():
        out, after = real(torch.as_tensor(x)[None], tuple(states) if name == "LSTM" else states[0])
    return tuple(one.numpy()[0] for one in (out, *(after if name == "LSTM" else (after,))))


def tf1_step(layer: str, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    tf = pytest.importorskip("tensorflow").compat.v1
    lstm = "LSTM" in layer
    units = len(c) if lstm else len(h)
    options = {"use_peepholes": "w_f_diag" in weights} if layer == "LSTMCell" else {}
    options |= {"num_proj": len(h)} if "projection/kernel" in weights else {}
    with tf.Graph().as_default(), tf.Session() as run:
        cell = getattr(tf.nn.rnn_cell, layer)(units, dtype="float64", **options)
        out, after = cell(tf.constant(x[None]), (c[None], h[None]) if lstm else tf.constant(h[None]))
        for one in cell.variables:
            one.load(weights[one.name.partition(":")[0].partition("/")[2]], run)  # its own name in front
        states = (after.h, after.c) if lstm else (after,)
        return tuple(one[0] for one in run.run((out, *states)))


def mxnet_step(layer: str, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    if not find_spec("mxnet"):
        pytest.skip("could not import 'mxnet'")
    np.bool = bool  # type: ignore[attr-defined]  # MXNet asks for it, and NumPy since 1.24 has it no more
    mx = importlib.import_module("mxnet")
    units = len(c) if layer == "LSTM" else len(h)
    options = {"projection_size": len(h)} if "l0_h2r_weight" in weights else {}
    real = getattr(mx.gluon.rnn, layer)(units, input_size=len(x), dtype="float64", **options)
    real.initialize()
    for name, one in real.collect_params().items():
        one.set_data(mx.nd.array(weights[name.partition("_")[2]], dtype="float64"))
    states = [mx.nd.array(one[None, None], dtype="float64") for one in ((h, c) if layer == "LSTM" else (h,))]
    out, after = real(mx.nd.array(x[None, None], dtype="float64"), states)
    return tuple(one.asnumpy().reshape(-1) for one in (out, *after))


RUN: dict[str, Callable[..., tuple[Array, ...]]] = {
    "haiku": haiku_step,
    "equinox": equinox_step,
    "flax-linen": linen_step,
    "flax-nnx": nnx_step,
    "onnx": onnx_step,
    "cudnn": cudnn_step,
    "tf1": tf1_step,
    "mxnet": mxnet_step,
}
