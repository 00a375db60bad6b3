"""Operations of the cells of the literature, against programs that are written from the papers' equations."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import reference_cells
from counted import Counted, Tally, sigmoid
from paper_cells import P, layers, shapes
from reference_cells import STEPS, Taken

from paramcalc.analysis.cost.operations.counting import count
from paramcalc.rules.shared.over_time import TIME

CELLS = [name for name in STEPS if name.endswith("Cell")]
TOLD = ("forget_bias", *TIME)  # options that change no work of a step
DRAWN = 60  # combinations of options
B = 2


class Weights(Taken):
    """Weights that count what is done to them."""

    def __init__(self, weights: Any, tally: Tally) -> None:
        super().__init__(weights)
        self.tally = tally
        self.arrays = {key: tally.array(array) for key, array in self.arrays.items()}

    def norm(self, name: str, x: Any, *gates: str) -> Any:
        k = x.shape[-1]
        gain, bias = (
            np.concatenate([self(f"{name}_{part}", k // len(gates or "x"), gate=gate) for gate in gates or ("",)])
            for part in ("gain", "bias")
        )
        centered = x - np.sum(x, axis=-1, keepdims=True) / k
        variance = np.sum(centered * centered, axis=-1, keepdims=True) / k
        return centered * np.power(variance + 1e-5, -0.5) * gain + bias


def counted_step(layer: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    convolved = reference_cells.conv

    def conv(w: Weights, x: Any, kernel: Any) -> Any:
        before = w.tally.operations  # its sums are those of a product
        found = convolved(w, x, kernel)
        w.tally.operations = before
        return found

    monkeypatch.setattr(reference_cells, "sigma", sigmoid)
    monkeypatch.setattr(reference_cells, "conv", conv)
    tally = Tally()
    (x,) = shapes(layer)
    built = layer.on(x)
    states = [tally.array(np.full(shape, 0.5)) for shape in built.states]
    STEPS[layer.type](Weights(built.weights, tally), layer.options, tally.array(np.full(x, 0.5)), states)
    return tally.macs, tally.operations


def besides(layer: Any) -> int:
    """Give what a program takes more than it has to, or another of two ways that a paper has."""
    o, (x,) = layer.options, shapes(layer)
    units = x[0] * o.get("units", 0)
    match layer.type:
        case "LMUCell":
            return units  # tanh, twice
        case "sLSTMCell":
            return 3 * units  # f is σ and not exp, and log f + m is there twice
        case "mLSTMCell":
            return 3 * x[0] * o["heads"]  # as above
        case "LightGRUCell" if o["batch_norm"]:
            return 2 * 2 * units - 4 * 2 * o["units"]  # statistics are not folded
        case "ConvLSTM2DCell" if not o["peephole"]:
            return 6 * int(np.prod(layer.on(x).shapes()[0]))  # peepholes of zero
    return 0


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_takes_what_its_program_takes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list(layers(name, TOLD))
    for layer in random.Random(name).sample(tried, min(DRAWN, len(tried))):
        built = layer.on(*shapes(layer))
        found = count(layer, shapes(layer))
        macs, operations = counted_step(layer, monkeypatch)
        assert built.forward() == macs, layer
        assert found + besides(layer) == operations, layer


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("pooling", "networks", "pooled"), [("f", 2, 4), ("fo", 3, 5), ("ifo", 4, 4)])
def test_a_qrnn_by_hand(pooling: str, networks: int, pooled: int, bias: bool) -> None:
    # a function of each network; f h + (1 − f) z, and o c; or f c + i z, and o c
    qrnn = P["QRNN"](5, pooling=pooling, use_bias=bias)
    assert count(qrnn, [(B, 3, 4)]) == (networks * (1 + bias) + pooled) * 5 * B * 3


@pytest.mark.parametrize("name", CELLS)
def test_a_layer_is_its_cell_at_every_step(name: str) -> None:
    layer = next(one for one in layers(name) if not one.options.get("batch_norm"))
    (x,) = shapes(layer)
    whole = P[name.removesuffix("Cell")](**layer.options)
    assert count(whole, [(x[0], 7, *x[1:])]) == 7 * count(layer, [x])


def test_arrays_are_counted() -> None:
    assert isinstance(Tally().random(2) + 1, Counted)
