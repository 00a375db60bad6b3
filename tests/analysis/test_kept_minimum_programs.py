"""What the least convention keeps is enough: programs that go backwards from it alone give autograd's gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost import cost

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
B, T, X, H = 3, 6, 4, 5
Tensors = dict[str, Any]


def lstm_forwards(x: Any, w: Tensors) -> tuple[Any, Tensors]:
    h = c = torch.zeros(B, H, dtype=x.dtype)
    outs, gates, cells = [], [], []
    for t in range(T):
        i, f, g, o = (x[:, t] @ w["ih"].T + w["b"] + h @ w["hh"].T).chunk(4, 1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        outs.append(h)
        gates.append(torch.cat([i, f, g, o], 1))
        cells.append(c)
    return torch.stack(outs, 1), {"gates": torch.stack(gates), "cell states": torch.stack(cells)}


def lstm_backwards(x: Any, w: Tensors, kept: Tensors, out: Any) -> Tensors:
    gates, cells = kept["gates"], kept["cell states"]
    d = {name: torch.zeros_like(one) for name, one in w.items()}
    dh = dc = torch.zeros(B, H, dtype=x.dtype)
    for t in reversed(range(T)):
        i, f, g, o = gates[t].chunk(4, 1)
        before = cells[t - 1] if t else torch.zeros_like(dc)
        h = gates[t - 1].chunk(4, 1)[3] * before.tanh() if t else torch.zeros_like(dh)
        tanh = cells[t].tanh()
        dh = dh + out[:, t]
        dc = dc + dh * o * (1 - tanh**2)
        each = [dc * g * i * (1 - i), dc * before * f * (1 - f), dc * i * (1 - g**2), dh * tanh * o * (1 - o)]
        inside = torch.cat(each, 1)
        d["ih"] += inside.T @ x[:, t]
        d["hh"] += inside.T @ h
        d["b"] += inside.sum(0)
        dh, dc = inside @ w["hh"], dc * f
    return d


def gru_forwards(x: Any, w: Tensors) -> tuple[Any, Tensors]:
    h = torch.zeros(B, H, dtype=x.dtype)
    kept: dict[str, list[Any]] = {"gates": [], "candidates": [], "products": [], "hidden states": []}
    outs = []
    for t in range(T):
        kept["hidden states"] += [h] if t else []
        xr, xz, xn = (x[:, t] @ w["ih"].T + w["b"]).chunk(3, 1)
        hr, hz, hn = (h @ w["hh"].T + w["bh"]).chunk(3, 1)
        r, z = (xr + hr).sigmoid(), (xz + hz).sigmoid()
        n = (xn + r * hn).tanh()
        h = (1 - z) * n + z * h
        outs.append(h)
        for name, one in (("gates", torch.cat([r, z], 1)), ("candidates", n), ("products", hn)):
            kept[name].append(one)
    return torch.stack(outs, 1), {name: torch.stack(several) for name, several in kept.items()}


def gru_backwards(x: Any, w: Tensors, kept: Tensors, out: Any) -> Tensors:
    d = {name: torch.zeros_like(one) for name, one in w.items()}
    dh = torch.zeros(B, H, dtype=x.dtype)
    for t in reversed(range(T)):
        (r, z), n, hn = kept["gates"][t].chunk(2, 1), kept["candidates"][t], kept["products"][t]
        h = kept["hidden states"][t - 1] if t else torch.zeros_like(dh)
        dh = dh + out[:, t]
        dn = dh * (1 - z) * (1 - n**2)
        dz = dh * (h - n) * z * (1 - z)
        dr = dn * hn * r * (1 - r)
        read, handed = torch.cat([dr, dz, dn], 1), torch.cat([dr, dz, dn * r], 1)
        d["ih"] += read.T @ x[:, t]
        d["hh"] += handed.T @ h
        d["b"] += read.sum(0)
        d["bh"] += handed.sum(0)
        dh = dh * z + handed @ w["hh"]
    return d


def attention_forwards(x: Any, w: Tensors) -> tuple[Any, Tensors]:
    q, k, v = (x @ w[name] for name in "qkv")
    weights = (q @ k.transpose(1, 2) / X**0.5).softmax(-1)
    mixed = weights @ v
    return mixed @ w["o"], {"q": q, "k": k, "v": v, "weights": weights, "attended": mixed}


def attention_backwards(x: Any, w: Tensors, kept: Tensors, out: Any) -> Tensors:
    q, k, v, weights, mixed = kept.values()
    read = out @ w["o"].T
    scores = read @ v.transpose(1, 2)
    scores = weights * (scores - (scores * weights).sum(-1, keepdim=True)) / X**0.5
    each = {"q": scores @ k, "k": scores.transpose(1, 2) @ q, "v": weights.transpose(1, 2) @ read}

    def weight(read: Any, gradient: Any) -> Any:
        return torch.einsum("bti,btj->ij", read, gradient)

    return {**{name: weight(x, one) for name, one in each.items()}, "o": weight(mixed, out)}


def cell(gates: int, both: bool) -> dict[str, tuple[int, ...]]:
    return {"ih": (gates * H, X), "hh": (gates * H, H), "b": (gates * H,), **({"bh": (gates * H,)} if both else {})}


def attended(x: Any) -> Any:
    return nn.MultiheadAttention(X, 1, batch_first=True)(x, x, x)[0]


PROGRAMS: list[tuple[Callable[[Any], Any], Any, Any, dict[str, tuple[int, ...]]]] = [
    (lambda x: nn.LSTM(X, H, batch_first=True)(x)[0], lstm_forwards, lstm_backwards, cell(4, False)),
    (lambda x: pc.LSTM(H)(x), lstm_forwards, lstm_backwards, cell(4, False)),
    (lambda x: nn.GRU(X, H, batch_first=True)(x)[0], gru_forwards, gru_backwards, cell(3, True)),
    (lambda x: pc.GRU(H)(x), gru_forwards, gru_backwards, cell(3, True)),
    (attended, attention_forwards, attention_backwards, dict.fromkeys("qkvo", (X, X))),
]


@pytest.mark.parametrize("at", range(len(PROGRAMS)))
def test_gradients_follow_from_what_is_kept(at: int) -> None:
    apply, forwards, backwards, shapes = PROGRAMS[at]
    torch.manual_seed(at)
    x = torch.randn(B, T, X, dtype=torch.float64)
    weights = {name: torch.randn(shape, dtype=x.dtype, requires_grad=True) for name, shape in shapes.items()}
    out, kept = forwards(x, weights)
    gradient = torch.randn_like(out)
    out.backward(gradient)
    alone = {name: one.detach().clone() for name, one in kept.items()}
    with torch.no_grad():
        found = backwards(x, weights, alone, gradient)
    for name, one in weights.items():
        torch.testing.assert_close(found[name], one.grad)
    read = pc.Input(shape=(T, X), batch_size=B)
    counted = cost(pc.Model(read, apply(read)), activations="minimum").elements
    assert counted == sum(one.numel() for one in alone.values())
