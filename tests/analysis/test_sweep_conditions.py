"""A formula stands for a model at every point, or the model is built there: the polynomial is not the model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost.sizes import open_sizes
from paramcalc.analysis.family import ModelFamily
from paramcalc.analysis.sweep.axes import Grid, axis
from paramcalc.analysis.sweep.columns import NAMES, Asked, UnknownColumn, columns_named
from paramcalc.analysis.sweep.conditions import UNIFORM, over_one_denominator
from paramcalc.analysis.sweep.pieces import Piece, block, pieces
from paramcalc.graph.bind import names_in
from paramcalc.graph.model import Model
from paramcalc.symbolic import symbols

a, b, c, d = symbols("a b c d")
FIGURES = ("params", "trainable", "macs", "weights", "inference", "step_macs", "memory")  # the last two may be unknown


def on(shape: tuple[Any, ...], *layers: Any) -> Model:
    return pc.Sequential([pc.Input(shape), *layers])


def torch_on(shape: tuple[Any, ...], *layers: Any) -> Model:
    tensor = pc.core.tensors.Tensor(shape)
    inputs = tensor
    for layer in layers:
        made = layer(tensor)
        tensor = made[0] if isinstance(made, tuple) else made
    return Model(inputs, tensor)


def added() -> Model:
    left, right = pc.Input((c, a)), pc.Input((c, a))
    return Model([left, right], pc.Add()([left, right]))


def attended() -> Model:
    query = pc.Input((c, a))
    return Model(query, pc.MultiHeadAttention(b, d)(query, query))


# of each layer that formulas stand for, models in which every free option and every input size varies
SAMPLES: dict[str, dict[str, Callable[[], list[Model]]]] = {
    "keras": {
        "Dense": lambda: [on((c, a), pc.Dense(b)), on((a,), pc.Dense(b / 2), pc.Dense((b - 1) // 2, use_bias=False))],
        "Embedding": lambda: [on((c,), pc.Embedding(a, b))],
        "LSTM": lambda: [on((c, a), pc.LSTM(b)), on((c, a), pc.LSTM(b / a, return_sequences=True), pc.LSTM(a))],
        "GRU": lambda: [on((c, a), pc.GRU(b)), on((c, a), pc.GRU(b, reset_after=False, return_sequences=True))],
        "SimpleRNN": lambda: [on((c, a), pc.SimpleRNN(b - 2))],
        "Conv1D": lambda: [
            on((c, a), pc.Conv1D(b, 3), pc.Conv1D(a, 2, strides=2)),
            on((c, a), pc.Conv1D(b, 4, padding="same", strides=3), pc.Conv1D(4, 2, dilation_rate=3)),
            on((c, a), pc.Conv1D(b, 3, groups=2)),
            on((c, 6), pc.Conv1D(b, 3, groups=3)),
        ],
        "Conv2D": lambda: [on((c, d, a), pc.Conv2D(b, (3, 2), strides=(1, 2)), pc.Conv2D(a, 2))],
        "Conv3D": lambda: [on((c, d, 4, a), pc.Conv3D(b, (2, 3, 1)))],
        **{
            f"{kind}Pooling{rank}D": lambda kind=kind, rank=rank: [
                on((*(c, d, 5)[:rank], a), getattr(pc, f"{kind}Pooling{rank}D")(2)),
                on((*(c, d, 5)[:rank], a), getattr(pc, f"{kind}Pooling{rank}D")(3, strides=1, padding="same")),
            ]
            for kind in ("Max", "Average")
            for rank in (1, 2, 3)
        },
        **{
            f"Global{kind}Pooling{rank}D": lambda kind=kind, rank=rank: [
                on((*(c, d, 5)[:rank], a), getattr(pc, f"Global{kind}Pooling{rank}D")()),
                on((*(c, d, 5)[:rank], a), getattr(pc, f"Global{kind}Pooling{rank}D")(keepdims=True)),
            ]
            for kind in ("Max", "Average")
            for rank in (1, 2, 3)
        },
        "Flatten": lambda: [on((c, a), pc.Flatten(), pc.Dense(b))],
        "Dropout": lambda: [on((a,), pc.Dropout(0.5), pc.Dense(b))],
        "Activation": lambda: [on((a,), pc.Activation("tanh"), pc.Dense(b))],
        "ReLU": lambda: [on((a,), pc.ReLU(), pc.Dense(b))],
        "Softmax": lambda: [on((a,), pc.Softmax(), pc.Dense(b))],
        "LayerNormalization": lambda: [on((c, a), pc.LayerNormalization(), pc.Dense(b))],
        "BatchNormalization": lambda: [on((c, a), pc.BatchNormalization(), pc.Dense(b))],
        "Add": lambda: [added()],
        "RepeatVector": lambda: [on((a,), pc.RepeatVector(c), pc.LSTM(b))],
        "MultiHeadAttention": lambda: [attended()],
        "InputLayer": lambda: [on((a,), pc.Dense(b))],
    },
    "torch": {
        "Linear": lambda: [torch_on((c, a), nn.Linear(a, b), nn.Linear(b, a / 2, bias=False))],
        "Embedding": lambda: [torch_on((c, d), nn.Embedding(a, b))],
        "LSTM": lambda: [torch_on((d, c, a), nn.LSTM(a, b)), torch_on((d, c, a), nn.LSTM(a, b, 2, bidirectional=True))],
        "GRU": lambda: [torch_on((d, c, a), nn.GRU(a, b, num_layers=2))],
        "RNN": lambda: [torch_on((d, c, a), nn.RNN(a, b))],
        "LayerNorm": lambda: [torch_on((c, a), nn.LayerNorm(a), nn.Linear(a, b))],
        "Dropout": lambda: [torch_on((c, a), nn.Dropout(0.1), nn.Linear(a, b))],
        "ReLU": lambda: [torch_on((c, a), nn.ReLU(), nn.Linear(a, b))],
        "GELU": lambda: [torch_on((c, a), nn.GELU(), nn.Linear(a, b))],
        "Tanh": lambda: [torch_on((c, a), nn.Tanh(), nn.Linear(a, b))],
        "Sigmoid": lambda: [torch_on((c, a), nn.Sigmoid(), nn.Linear(a, b))],
        "Flatten": lambda: [torch_on((c, a, d), nn.Flatten())],
    },
}


def compare(model: Model, values: tuple[int, ...] = (1, 2, 6)) -> list[Piece]:
    """Work a model out by its formulas, and build it at every point: columns, and what is left out, are the same."""
    inputs = {leaf.args[0] for leaf in open_sizes(model.input_shapes) if leaf.op == "name"}
    names = sorted({*names_in(model), *inputs})
    axes = tuple(axis(name, values) for name in names)
    family = ModelFamily(model)
    for columns in (FIGURES, FIGURES[:-2]):  # what some kernels keep is not known
        try:
            made = list(pieces(family, axes, columns_named(columns), Asked()))
            built = [block(piece._replace(formulas=None), 0, piece.grid.size) for piece in made]
        except UnknownColumn:
            assert columns == FIGURES
            continue
        for piece, (theirs, built_left) in zip(made, built, strict=True):
            ours, left = block(piece, 0, piece.grid.size)
            assert left.number == built_left.number
            assert {name: one.tolist() for name, one in ours.items()} == {
                name: one.tolist() for name, one in theirs.items()
            }
        return made
    raise AssertionError("no column is known")


def test_every_uniform_layer_has_samples() -> None:
    sampled = {(framework, name) for framework, layers in SAMPLES.items() for name in layers}
    uniform = {(framework, name) for framework, layers in UNIFORM.items() for name in layers}
    assert sampled >= uniform, (
        "layers in UNIFORM of paramcalc/analysis/sweep/conditions.py have no models: add them to SAMPLES in "
        f"{Path(__file__).name}: {sorted(uniform - sampled)}"
    )
    assert sampled <= uniform, f"SAMPLES has models of layers that UNIFORM lacks: {sorted(sampled - uniform)}"


@pytest.mark.parametrize(
    ("framework", "layer"), [(framework, layer) for framework, layers in SAMPLES.items() for layer in layers]
)
def test_a_formula_of_a_uniform_layer_stands_for_its_models(framework: str, layer: str) -> None:
    formulas = []
    for model in SAMPLES[framework][layer]():
        assert layer == "InputLayer" or layer in {one.type for one in model.uses}
        formulas += [piece.formulas for piece in compare(model)]
    assert any(formulas)  # else nothing is compared


def test_other_layers_are_built_at_every_point() -> None:
    for model in (
        on((c, a), pc.Dense(b), pc.GroupNormalization(2)),
        on((c, a), pc.Conv1D(b, 3, groups=2), pc.Reshape((-1, 2))),
        on((c, a), pc.Bidirectional(pc.LSTM(b))),
        on((c, 4), pc.Conv1D(b, 1, groups=2)),  # channels divide into groups
    ):
        assert not any(piece.formulas for piece in compare(model, (1, 2, 3, 4)))


def test_points_between_the_ends_that_have_no_model_are_left_out() -> None:
    grouped = pc.Sequential([pc.Input((10, 8)), pc.Conv1D("f", 3, groups=4)])
    assert [*pc.sweep(grouped, f="4:8").columns["f"]] == [4, 8]
    embedded = pc.Model(x := pc.Input((None,)), nn.Embedding("v", 4, padding_idx=5)(x))
    assert [*pc.sweep(embedded, v=[100, 3, 100]).columns["v"]] == [100, 100]


def test_a_fraction_of_a_sum_is_not_rounded_term_by_term() -> None:
    size = over_one_denominator(a * a / 2 + a / 2)
    assert size == (a * a + a) // 2
    assert [size(a=value) for value in (1, 2, 3)] == [1, 3, 6]
    assert over_one_denominator(a / b + 1) is None
    assert over_one_denominator(a * b // 3 + 1) == a * b // 3 + 1


def test_a_formula_that_differs_at_a_corner_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    model = on((a,), pc.Dense(b))
    (before,) = pieces(ModelFamily(model), (axis("a", [1, 2]), axis("b", [1, 2])), columns_named(["params"]), Asked())
    assert before.formulas is not None
    monkeypatch.setattr("paramcalc.analysis.sweep.pieces.over_one_denominator", lambda size: size + 1)
    (after,) = pieces(ModelFamily(model), (axis("a", [1, 2]), axis("b", [1, 2])), columns_named(["params"]), Asked())
    assert after.formulas is None


def test_grids() -> None:
    grid = Grid((axis("x", "2:10:4"), axis("y", [7, 5]), axis("z", 3)))
    points = [grid.point(at) for at in range(grid.size)]
    assert points == [{"x": x, "y": y, "z": 3} for x in (2, 6, 10) for y in (7, 5)]
    blocks = grid.block(1, 5)
    assert [
        dict(zip(blocks, row, strict=True)) for row in zip(*(one.tolist() for one in blocks.values()), strict=True)
    ] == points[1:5]
    assert sorted(grid.corners) == [0, 1, 4, 5]
    assert grid.bounds == {"x": (2, 10), "y": (5, 7), "z": (3, 3)}
    assert Grid((axis("x", [10**20, 1]),)).block(0, 2)["x"].tolist() == [10**20, 1]


def test_every_column_is_compared_above() -> None:
    assert {*NAMES} - {*FIGURES} == {"non_trainable", "backward_macs", "activations", "state"}
