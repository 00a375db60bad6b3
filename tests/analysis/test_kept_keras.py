"""What Keras's layers keep on jax for the backward pass, by the table, equals the residuals that jax traces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import pytest
from tiers import in_turn, quick, sampled

import paramcalc as pc
from paramcalc.analysis.cost import cost
from paramcalc.analysis.cost.kept.keras_activations import ACTIVATIONS
from paramcalc.analysis.cost.kept.keras_layers import TABLE, keeping
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer
from paramcalc.errors import ParamcalcError
from paramcalc.verification.adapter import Case
from paramcalc.verification.adapters.keras.answers import built
from paramcalc.verification.adapters.keras.build import Builder
from paramcalc.verification.adapters.keras.residuals import KerasTraining, residual_bytes
from paramcalc.verification.backward import Live
from paramcalc.verification.cases import cases, configurations
from paramcalc.verification.residuals import residual_problems, stated

pytest.importorskip("jax")
Shapes = Sequence[tuple[int, ...]]
SAMPLE, CHOICES = 1, 4
MANY, MANY_CHOICES = 25, 16


def trained(layer: Layer, shapes: Any) -> KerasTraining | None:
    """Make the layer, if both accept these inputs, the table knows such a call, and Keras can run it."""
    function = keeping(layer.type)
    assert function is not None
    try:
        ours = layer.on(*shapes)
        if stated(function, layer, shapes, Live()) is None:
            return None
        builder = Builder()
        made, _ = built(builder, Case(layer, tuple(shapes)))
        states: Any = ours.states
        found = KerasTraining(builder, layer, made, shapes, states, [weight.path for weight in ours.weights])
        found.saved(Live())  # Keras builds layers that it cannot run
    except (ParamcalcError, ValueError, TypeError):
        return None
    return found


def training(name: str, most: int) -> Iterator[tuple[Layer, Shapes, KerasTraining]]:
    for case in in_turn([*configurations(cases(rules("keras")[name]))]):
        shapes: Any = case.shapes
        known = not case.call and all(isinstance(size, int) for shape in shapes for size in shape)
        found = trained(case.layer, shapes) if known else None
        if found is not None:
            yield case.layer, shapes, found
            most -= 1
        if not most:
            return


def problems(name: str, configurations: int, choices: int) -> Iterator[str]:
    function = keeping(name)
    assert function is not None
    tried = 0
    for layer, shapes, theirs in training(name, configurations):
        tried += 1
        yield from (
            f"{layer} on {shapes}: {one}" for one in residual_problems(function, layer, shapes, theirs, choices)
        )
    assert tried


@pytest.mark.parametrize("name", quick(sorted(TABLE), 3))
def test_a_sample_keeps_what_jax_holds(name: str) -> None:
    assert [*problems(name, SAMPLE, CHOICES)] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_layer_keeps_what_jax_holds(name: str) -> None:
    assert [*problems(name, MANY, MANY_CHOICES)] == []


def check(layer: Layer, *shapes: tuple[int, ...], many: int = CHOICES) -> None:
    function, theirs = keeping(layer.type), trained(layer, shapes)
    assert function is not None
    assert theirs is not None
    assert [*residual_problems(function, layer, shapes, theirs, many)] == []


@pytest.mark.parametrize("keys", quick([1, 2], 2))
@pytest.mark.parametrize("layer", quick([pc.MultiHeadAttention(2, 3), pc.GroupQueryAttention(2, 4, 4)], 2), ids=repr)
def test_one_sample_of_keys_or_values_for_all_queries(layer: Layer, keys: int) -> None:
    check(layer, (2, 3, 4), (1, 5, 4), (keys, 5, 4))


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations(name: str) -> None:
    check(pc.Activation(name), (2, 5, 6))


@pytest.mark.parametrize("name", ["relu", "tanh", "silu", "softmax", "gelu"])
def test_a_layer_with_an_activation(name: str) -> None:
    check(pc.Dense(4, activation=name), (2, 3))
    check(pc.Conv1D(4, 3, activation=name), (2, 8, 3))


@pytest.mark.parametrize("sequences", quick([True, False], 2))
@pytest.mark.parametrize("merge", quick(["concat", "sum", "ave", "mul", None], 3))
@pytest.mark.parametrize("kind", quick([pc.LSTM, pc.GRU, pc.SimpleRNN], 3))
def test_both_directions(kind: Any, merge: str | None, sequences: bool) -> None:
    check(pc.Bidirectional(kind(4, return_sequences=sequences), merge_mode=merge), (2, 5, 3))


@pytest.mark.parametrize("many", quick([CHOICES, MANY_CHOICES], 2))
@pytest.mark.parametrize("states", quick([False, True], 2))
@pytest.mark.parametrize("sequences", quick([True, False], 2))
@pytest.mark.parametrize("steps", quick([3, 1], 2))
@pytest.mark.parametrize(
    "layer",
    [
        lambda **options: pc.LSTM(4, **options),
        lambda **options: pc.GRU(4, **options),
        lambda **options: pc.GRU(4, reset_after=False, **options),
        lambda **options: pc.SimpleRNN(4, **options),
    ],
)
def test_unrolled_loops(layer: Callable[..., Layer], steps: int, sequences: bool, states: bool, many: int) -> None:
    check(layer(unroll=True, return_sequences=sequences, return_state=states), (2, steps, 3), many=many)


STEP = {"LSTM": 12, "GRU": 9, "SimpleRNN": 3}


@pytest.mark.parametrize("kind", [pc.LSTM, pc.GRU, pc.SimpleRNN])
def test_numbers_of_a_step(kind: Any) -> None:
    """Twelve, nine and three numbers of a unit and step; an LSTM and a plain layer copy their input as well."""
    layer, (batch, steps, width, units) = kind(7), (2, 5, 3, 7)
    function = keeping(layer.type)
    assert function is not None
    paths = frozenset(layer.on((batch, steps, width)).weight_paths)
    found = stated(function, layer, [(batch, steps, width)], Live(frozenset({0}), paths))
    assert found is not None
    copied = 0 if kind is pc.GRU else width
    assert found.own == {"float32": batch * steps * (STEP[layer.type] * units + copied)}
    assert found.inputs == (frozenset({0}) if kind is pc.GRU else frozenset())


@pytest.mark.parametrize(
    "layer",
    [
        pc.Bidirectional(pc.LSTM(4, unroll=True)),
        pc.LSTM(4, activation="relu"),
        pc.GRU(4, dropout=0.5),
        pc.Dense(4, activation="sparsemax"),
        pc.Dense(4, lora_rank=2),
        pc.UpSampling2D(2, interpolation="bicubic"),
    ],
    ids=repr,
)
def test_a_program_of_another_kind_is_not_known(layer: Layer) -> None:
    shape = {"UpSampling2D": (2, 4, 4, 3), "Dense": (2, 3)}.get(layer.type, (2, 5, 3))
    function = keeping(layer.type)
    assert function is not None
    assert stated(function, layer, [shape], Live(frozenset({0}))) is None


def test_behind_a_mask_a_recurrent_layer_is_not_known() -> None:
    for hidden in (False, True):
        model = pc.Sequential([pc.Input(shape=(5,), batch_size=2), pc.Embedding(9, 3, mask_zero=hidden), pc.LSTM(4)])
        assert (cost(model).memory.activations is None) is hidden


@pytest.mark.parametrize("scale", [False, True])
def test_a_frozen_batch_normalization_takes_its_moving_statistics(scale: bool) -> None:
    layer = pc.BatchNormalization(scale=scale)
    layer.frozen = True
    check(layer, (4, 8, 3))


DENSE = [
    lambda draw: pc.Dense(draw.randint(1, 9), activation=draw.choice(["relu", "tanh", "gelu", "linear", "sigmoid"])),
    lambda draw: pc.LayerNormalization(scale=draw.random() < 0.7),
    lambda draw: pc.Dropout(draw.choice([0.0, 0.3])),
    lambda draw: pc.Activation(draw.choice(["silu", "softplus", "elu", "mish"])),
    lambda draw: pc.BatchNormalization(),
]
OVER_TIME = [
    *DENSE,
    lambda draw: draw.choice([pc.LSTM, pc.GRU, pc.SimpleRNN])(draw.randint(1, 6), return_sequences=True),
    lambda draw: pc.Bidirectional(pc.LSTM(draw.randint(1, 4), return_sequences=True)),
    lambda draw: pc.Conv1D(draw.randint(1, 5), 3, padding=draw.choice(["same", "causal"]), activation="relu"),
]


@pytest.mark.parametrize("seed", sampled(range(45), 3))
def test_a_chain_keeps_what_the_program_of_the_whole_model_holds(seed: int) -> None:
    draw = Random(seed)
    over_time = seed % 2
    shape = (draw.randint(2, 4), *[draw.randint(2, 6)] * over_time, draw.randint(2, 6))
    layers = [draw.choice(OVER_TIME if over_time else DENSE)(draw) for _ in range(draw.randint(2, 6))]
    for layer in layers:
        layer.frozen = draw.random() < 0.2
    model = pc.Sequential([pc.Input(shape=shape[1:], batch_size=shape[0]), *layers, pc.Dense(3)])
    assert cost(model).memory.activations == residual_bytes(model, [shape]), [*map(repr, layers)]
