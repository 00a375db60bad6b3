"""One step of each cell of the literature, in numpy, from the papers' equations: a third entry of every count.

A step takes its weights from an inventory: by name, with the shape the equation wants, each of them once. What it
multiplies as matrices it multiplies through :meth:`Taken.dot`, which counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
Step = Callable[["Taken", dict[str, Any], Array, list[Array]], tuple[Array, list[Array]]]


class Taken:
    """The weights of an inventory, gate by gate; what is left, and the multiply-adds so far."""

    def __init__(self, weights: Any, seed: int = 0) -> None:
        draw = np.random.default_rng(seed)
        self.arrays: dict[tuple[str, str], Array] = {}
        self.macs = 0
        for weight in weights:
            array = draw.uniform(0.1, 1, size=weight.shape)
            gates = weight.gates or ("",)
            for gate, part in zip(gates, np.split(array, len(gates), axis=-1), strict=True):
                assert (weight.path, gate) not in self.arrays, "two weights of one name"
                self.arrays[weight.path, gate] = part

    def __call__(self, name: str, *shape: int, gate: str = "") -> Array:
        array = self.arrays.pop((name, gate))  # a second time it is not there
        assert array.shape == shape, (name, gate, array.shape, shape)
        return array

    def dot(self, left: Array, right: Array) -> Array:
        product = left @ right
        self.macs += product.size * left.shape[-1]
        return product

    def dense(self, name: str, gate: str, x: Array, units: int) -> Array:
        return self.dot(x, self(name, x.shape[-1], units, gate=gate))

    def norm(self, name: str, x: Array, *gates: str) -> Array:
        each = x.shape[-1] // len(gates or "x")
        gain, bias = (
            np.concatenate([self(f"{name}_{part}", each, gate=gate) for gate in gates or ("",)])
            for part in ("gain", "bias")
        )
        return (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-5) * gain + bias


def sigma(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def same(x: Array) -> Array:
    return x


def networks(w: Taken, o: dict[str, Any], nets: str, x: Array, h: Array, d_h: int, scope: str = "") -> dict[str, Array]:
    """W x + U h + b for each network, as most cells begin."""
    return {
        n: w.dense(f"{scope}kernel", n, x, d_h)
        + w.dense(f"{scope}recurrent_kernel", n, h, d_h)
        + (w(f"{scope}bias", d_h, gate=n) if o["use_bias"] else 0)
        for n in nets
    }


def lstm(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    r, c, *before = states
    d_h = o["units"]
    without = {"i": o["no_input_gate"], "f": o["no_forget_gate"] or o["coupled"], "o": o["no_output_gate"], "g": False}
    nets = [n for n in "ifgo" if not without[n]]
    if o["layer_norm"]:
        wide = np.concatenate([w.dense("kernel", n, x, d_h) for n in nets], -1)
        deep = np.concatenate([w.dense("recurrent_kernel", n, r, d_h) for n in nets], -1)
        total = w.norm("input_norm", wide, *nets) + w.norm("recurrent_norm", deep, *nets)
        a = dict(zip(nets, np.split(total, len(nets), -1), strict=True))
        if o["use_bias"]:
            a = {n: a[n] + w("bias", d_h, gate=n) for n in nets}
    else:
        a = networks(w, o, "".join(nets), x, r, d_h)
    gates = [n for n in nets if n != "g"]
    if o["full_gate_recurrence"]:
        for n in gates:  # R_in i + R_fn f + R_on o, one block of rows below the other
            a[n] = a[n] + w.dense("gate_kernel", n, np.concatenate(before, -1), d_h)
    if o["peephole"]:
        for n in set(gates) & {"i", "f"}:
            a[n] = a[n] + w("peephole", d_h, gate=n) * c
    now = {n: sigma(a[n]) for n in gates if n != "o"}
    i = now.get("i", 1)
    f = 1 - i if o["coupled"] else now.get("f", 1)
    c = f * c + i * (same if o["no_input_activation"] else np.tanh)(a["g"])
    if "o" in gates:
        now["o"] = sigma(a["o"] + (w("peephole", d_h, gate="o") * c if o["peephole"] else 0))
    shown = w.norm("cell_norm", c) if o["layer_norm"] else c
    h = now.get("o", 1) * (same if o["no_output_activation"] else np.tanh)(shown)
    after = [now[n] for n in gates] if o["full_gate_recurrence"] else []
    if o["projection"] is None:
        return h, [h, c, *after]
    r = w.dense("projection/kernel", "", h, o["projection"])
    if o["nonrecurrent_projection"] is None:
        return r, [r, c, *after]
    p = w.dense("nonrecurrent_projection/kernel", "", h, o["nonrecurrent_projection"])
    return np.concatenate([r, p], -1), [r, c, *after]


def multiplicative_lstm(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    h, c = states
    d_m = o["intermediate"] or o["units"]
    m = w.dense("factor_kernel", "", x, d_m) * w.dense("factor_recurrent_kernel", "", h, d_m)
    a = networks(w, o, "ifgo", x, m, o["units"])
    c = sigma(a["f"]) * c + sigma(a["i"]) * np.tanh(a["g"])
    h = sigma(a["o"]) * np.tanh(c)
    return h, [h, c]


def nested_lstm(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    h, c, inner_c = states
    a = networks(w, o, "ifgo", x, h, o["units"])
    enters, stays = sigma(a["i"]) * np.tanh(a["g"]), sigma(a["f"]) * c
    b = networks(w, o, "ifgo", enters, stays, o["units"], "memory/")
    inner_c = sigma(b["f"]) * inner_c + sigma(b["i"]) * np.tanh(b["g"])
    c = sigma(b["o"]) * np.tanh(inner_c)
    h = sigma(a["o"]) * np.tanh(c)
    return h, [h, c, inner_c]


def conv(w: Taken, x: Array, kernel: Array) -> Array:
    """A convolution that keeps the frame's size, window by window."""
    rows, columns = kernel.shape[:2]
    (_, H, W, _) = x.shape
    edges = [(0, 0), ((rows - 1) // 2, rows // 2), ((columns - 1) // 2, columns // 2), (0, 0)]
    wide = np.pad(x, edges)
    places = [(i, j) for i in range(rows) for j in range(columns)]
    return sum(w.dot(wide[:, i : i + H, j : j + W], kernel[i, j]) for i, j in places)


def conv_lstm(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    h, c = states
    F, k = o["filters"], o["kernel_size"]
    _, H, W, C = x.shape
    a = {
        n: conv(w, x, w("kernel", *k, C, F, gate=n))
        + conv(w, h, w("recurrent_kernel", *k, F, F, gate=n))
        + (w("bias", F, gate=n) if o["use_bias"] else 0)
        for n in "ifgo"
    }
    peep = {n: w("peephole", H, W, F, gate=n) if o["peephole"] else np.zeros((H, W, F)) for n in "ifo"}
    before = c
    c = sigma(a["f"] + peep["f"] * before) * before + sigma(a["i"] + peep["i"] * before) * np.tanh(a["g"])
    h = sigma(a["o"] + peep["o"] * c) * np.tanh(c)
    return h, [h, c]


def gru(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    (h,) = states
    d_h, variant = o["units"], o["variant"]

    def bias(n: str) -> Array:
        return w("bias", d_h, gate=n) if o["use_bias"] else 0

    if o["layer_norm"]:
        wide = np.concatenate([w.dense("kernel", n, x, d_h) for n in "zr"], -1)
        deep = np.concatenate([w.dense("recurrent_kernel", n, h, d_h) for n in "zr"], -1)
        total = w.norm("input_norm", wide, "z", "r") + w.norm("recurrent_norm", deep, "z", "r")
        z, r = (sigma(part + bias(n)) for part, n in zip(np.split(total, 2, -1), "zr", strict=True))
    else:
        from_x = {n: w.dense("kernel", n, x, d_h) if variant == 0 else 0 for n in "zr"}
        from_h = {n: w.dense("recurrent_kernel", n, h, d_h) if variant < 3 else 0 for n in "zr"}
        z, r = (sigma(from_x[n] + from_h[n] + (bias(n) if variant != 2 else 0)) for n in "zr")
    new = w.dense("kernel", "g", x, d_h)
    old = w.dense("recurrent_kernel", "g", r * h if o["reset"] == "before" else h, d_h)
    if o["layer_norm"]:
        new, old = w.norm("candidate_input_norm", new, "g"), w.norm("candidate_recurrent_norm", old, "g")
    new = new + bias("g")
    if o["reset"] == "after":
        old = r * (old + (w("recurrent_bias", d_h, gate="g") if o["use_bias"] else 0))
    h = z * h + (1 - z) * np.tanh(new + old)
    return h, [h]


def light_gru(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    (h,) = states
    d_h = o["units"]
    a = {n: w.dense("kernel", n, x, d_h) for n in "zg"}
    for n in "zg":
        if o["batch_norm"]:
            mean, variance = w("norm_mean", d_h, gate=n), w("norm_variance", d_h, gate=n)
            a[n] = (a[n] - mean) / np.sqrt(variance) * w("norm_gain", d_h, gate=n) + w("norm_bias", d_h, gate=n)
        else:
            a[n] = a[n] + w("bias", d_h, gate=n)
        a[n] = a[n] + w.dense("recurrent_kernel", n, h, d_h)
    z = sigma(a["z"])
    h = z * h + (1 - z) * np.maximum(a["g"], 0)
    return h, [h]


def mgu(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    (h,) = states
    f = sigma(networks(w, o, "u", x, h, o["units"])["u"])
    new = np.tanh(networks(w, o, "g", x, f * h, o["units"])["g"])
    h = (1 - f) * h + f * new
    return h, [h]


def elman(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    d_h = o["units"]
    a = w.dense("kernel", "", x, d_h) + w.dense("recurrent_kernel", "", states[0], d_h)
    h = np.tanh(a + (w("bias", d_h) if o["use_bias"] else 0))
    return (h if o["outputs"] is None else read(w, o, h)), [h]


def jordan(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    d_h = o["units"]
    a = w.dense("kernel", "", x, d_h) + w.dense("recurrent_kernel", "", states[0], d_h)
    y = read(w, o, sigma(a + (w("bias", d_h) if o["use_bias"] else 0)))
    return y, [y]


def read(w: Taken, o: dict[str, Any], h: Array) -> Array:
    """V h + c."""
    return w.dense("output/kernel", "", h, o["outputs"]) + (w("output/bias", o["outputs"]) if o["use_bias"] else 0)


def ind_rnn(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    d_h = o["units"]
    a = w.dense("kernel", "", x, d_h) + w("recurrent_vector", d_h) * states[0]
    h = np.maximum(a + (w("bias", d_h) if o["use_bias"] else 0), 0)
    return h, [h]


def sru(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    (c,) = states
    d_h = o["units"]

    def gate(n: str) -> Array:
        a = w.dense("kernel", n, x, d_h) + w("recurrent_vector", d_h, gate=n) * before
        return sigma(a + (w("bias", d_h, gate=n) if o["use_bias"] else 0))

    before = c
    f = gate("f")
    c = f * c + (1 - f) * w.dense("kernel", "g", x, d_h)
    if o["skip"] is None:
        return c, [c]
    r = gate("t")
    return r * c + (1 - r) * (x if o["skip"] == "identity" else w.dense("kernel", "s", x, d_h)), [c]


def lmu(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    h, m = states
    n, d = o["units"], o["order"]
    u = w.dot(x, w("input_encoder", x.shape[-1])[:, None]) + w.dot(h, w("hidden_encoder", n)[:, None])
    u = u + w.dot(m, w("memory_encoder", d)[:, None])
    m = w.dot(m, w("memory_matrix", d, d).T) + w.dot(u, w("memory_input", d)[None])
    h = w.dense("kernel", "", x, n) + w.dense("recurrent_kernel", "", h, n) + w.dense("memory_kernel", "", m, n)
    return np.tanh(h), [np.tanh(h), m]


def slstm(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    h, c, n, m = states
    d_h, N = o["units"], o["heads"]
    e = d_h // N
    heads = h.reshape(-1, N, e).transpose(1, 0, 2)
    a = {}
    for net in "ifgo":
        mixed = w.dot(heads, w("recurrent_kernel", N, e, e, gate=net)).transpose(1, 0, 2).reshape(-1, d_h)
        a[net] = w.dense("kernel", net, x, d_h) + mixed + (w("bias", d_h, gate=net) if o["use_bias"] else 0)
    log_f = np.log(sigma(a["f"]))
    new_m = np.maximum(log_f + m, a["i"])
    i, f = np.exp(a["i"] - new_m), np.exp(log_f + m - new_m)
    c, n = f * c + i * np.tanh(a["g"]), f * n + i
    h = sigma(a["o"]) * c / n
    return h, [h, c, n, new_m]


def mlstm(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    C, n, m = states
    d_h, N = o["units"], o["heads"]
    e = d_h // N
    a = {g: w.dense("kernel", g, x, d_h) + (w("bias", d_h, gate=g) if o["use_bias"] else 0) for g in "qkvo"}
    b = {g: w.dense("gate_kernel", g, x, N) + (w("gate_bias", N, gate=g) if o["use_bias"] else 0) for g in "if"}
    q, k, v = (a[g].reshape(-1, N, e, 1) for g in "qkv")
    k = k / np.sqrt(e)
    log_f = np.log(sigma(b["f"]))
    new_m = np.maximum(log_f + m, b["i"])
    i, f = np.exp(b["i"] - new_m)[..., None], np.exp(log_f + m - new_m)[..., None]
    C = f[..., None] * C + i[..., None] * w.dot(v, k.swapaxes(-1, -2))
    n = f * n + i * k[..., 0]
    below = np.maximum(np.abs(w.dot(n[..., None, :], q)), 1)
    h = sigma(a["o"]) * (w.dot(C, q) / below).reshape(-1, d_h)
    return h, [C, n, new_m]


def qrnn(w: Taken, o: dict[str, Any], x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
    """All steps of a sequence; the output of each."""
    (c,) = states
    d_h, k, T = o["units"], o["window"], x.shape[1]
    past = np.concatenate([np.zeros((len(x), k - 1, x.shape[2])), x], 1)
    a = {}
    for n in {"f": "gf", "fo": "gfo", "ifo": "gfoi"}[o["pooling"]]:
        kernel = w("kernel", k, x.shape[2], d_h, gate=n)
        a[n] = sum(w.dot(past[:, j : j + T], kernel[j]) for j in range(k))
        a[n] = a[n] + (w("bias", d_h, gate=n) if o["use_bias"] else 0)
    out = []
    for t in range(T):
        f = sigma(a["f"][:, t])
        i = sigma(a["i"][:, t]) if "i" in a else 1 - f
        c = f * c + i * np.tanh(a["g"][:, t])
        out.append(sigma(a["o"][:, t]) * c if "o" in a else c)
    return np.stack(out, 1), [c]


STEPS: dict[str, Step] = {
    "LSTMCell": lstm,
    "MultiplicativeLSTMCell": multiplicative_lstm,
    "NestedLSTMCell": nested_lstm,
    "ConvLSTM2DCell": conv_lstm,
    "GRUCell": gru,
    "LightGRUCell": light_gru,
    "MGUCell": mgu,
    "ElmanRNNCell": elman,
    "JordanRNNCell": jordan,
    "IndRNNCell": ind_rnn,
    "SRUCell": sru,
    "LMUCell": lmu,
    "sLSTMCell": slstm,
    "mLSTMCell": mlstm,
    "QRNN": qrnn,
}
