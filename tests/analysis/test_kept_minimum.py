"""The least that gradients need: counted by hand, enough to compute them, and never above what kernels keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from random import Random
from typing import Any

import pytest
from test_kept_chains import CHAINS
from test_kept_keras import DENSE, OVER_TIME
from tiers import in_turn, quick_sets, sampled

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost import cost
from paramcalc.analysis.cost.kept import convention_of, keras_layers, names_of_conventions, torch_layers
from paramcalc.analysis.cost.kept.minimum_layers import KERAS, TORCH, of_keras, of_torch
from paramcalc.analysis.cost.kept.values import Keeping
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer
from paramcalc.errors import OptionError, ParamcalcError
from paramcalc.verification.backward import Live, choices
from paramcalc.verification.cases import cases, configurations
from paramcalc.verification.residuals import Saved, stated

B, T, X, H = 2, 5, 3, 7
BYTES = {"float32": 4, "int64": 8, "int32": 4, "uint8": 1, "bool": 1}
TABLES = {"keras": (KERAS, of_keras, keras_layers.keeping), "torch": (TORCH, of_torch, torch_layers.keeping)}
EVERY = [(framework, name) for framework, (table, *_) in TABLES.items() for name in sorted(table)]


def least(*layers: Any, shape: Sequence[int], lengths: Sequence[int] = ()) -> int:
    """Numbers kept by a chain, whose input needs a gradient, behind a layer whose output nothing follows from."""
    model = pc.Sequential([pc.Input(shape=tuple(shape[1:]), batch_size=shape[0]), *layers])
    found = cost(model, activations="minimum", lengths=lengths, input_gradient=True)
    assert isinstance(found.elements, int)
    return found.elements


def between(layer: Any, wide: int, out: int, keras: bool, shape: Sequence[int] = (B, X)) -> int:
    """Numbers kept by a layer, between products whose outputs and inputs do not follow from data."""
    dense: list[Any] = [pc.Dense(wide), pc.Dense(3)] if keras else [nn.Linear(X, wide), nn.Linear(out, 3)]
    return least(dense[0], layer, dense[1], shape=shape)


def test_a_dense_layer_keeps_its_input() -> None:
    assert between(pc.Dense(8), 6, 8, True) == between(nn.Linear(6, 8), 6, 8, False) == B * 6 + B * 8


@pytest.mark.parametrize(
    ("keras", "torch", "size"),
    [
        (pc.Activation("relu"), nn.ReLU(), 6),  # the output, which the next layer reads in any case
        (pc.Activation("tanh"), nn.Tanh(), 6),
        (pc.Activation("gelu"), nn.GELU(), 6),  # the input, from which the output follows
        (pc.LayerNormalization(), nn.LayerNorm(6), 6),
        (pc.BatchNormalization(), nn.BatchNorm1d(6), 6),
        (pc.Identity(), nn.Identity(), 6),
    ],
    ids=lambda one: getattr(one, "type", str(one)),
)
def test_a_layer_between_dense_ones_adds_one_tensor_at_most(keras: Layer, torch: Layer, size: int) -> None:
    assert between(keras, 6, 6, True) == between(torch, 6, 6, False) == B * size


def test_dropout_keeps_zeros_of_a_byte_beside_what_it_drops() -> None:
    for layers in ([pc.Dense(6), pc.Dropout(0.5), pc.Dense(3)], [nn.Linear(X, 6), nn.Dropout(0.5), nn.Linear(6, 3)]):
        model = pc.Sequential([pc.Input(shape=(X,), batch_size=B), *layers])
        assert cost(model, activations="minimum").memory.activations == B * 6 * (4 + 1)


def test_signs_take_a_byte_where_nothing_reads_the_output() -> None:
    model = pc.Sequential([pc.Input(shape=(X,), batch_size=B), pc.Dense(6, activation="relu")])
    assert cost(model, activations="minimum").memory.activations == B * 6


STEP = {"LSTM": 5, "GRU": 4, "SimpleRNN": 1, "RNN": 1}  # and of a GRU, hidden states that are handed on


@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("kind", [pc.LSTM, pc.GRU, pc.SimpleRNN])
def test_numbers_of_a_step_of_keras(kind: Any, unroll: bool) -> None:
    layer = kind(H, unroll=unroll)
    own = B * T * STEP[layer.type] * H + (B * (T - 1) * H if layer.type == "GRU" else 0)
    assert least(layer, shape=(B, T, X)) == own


def test_a_gru_whose_reset_gate_comes_first_keeps_one_product_less() -> None:
    assert least(pc.GRU(H, reset_after=False), shape=(B, T, X)) == B * T * 3 * H + B * (T - 1) * H


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_numbers_of_a_step_of_torch(kind: Any) -> None:
    layer = kind(X, H, batch_first=True)
    own = B * T * STEP[layer.type] * H + (B * (T - 1) * H if layer.type == "GRU" else 0)
    assert least(layer, shape=(B, T, X)) == own
    # what the next layer reads follows from the gates and cells of an LSTM, and is kept of the others
    model = pc.Input(shape=(T, X), batch_size=B)
    read = cost(pc.Model(model, nn.Linear(H, 2)(layer(model)[0])), activations="minimum").elements
    assert read == {"LSTM": 5, "GRU": 5, "RNN": 1}[layer.type] * B * T * H


def test_a_layer_at_each_step_keeps_what_it_keeps_of_all_rows() -> None:
    inner = pc.Sequential([pc.Dense(6, activation="relu"), pc.Dense(4, activation="gelu"), pc.Dense(3)])
    alone = [pc.Dense(6, activation="relu"), pc.Dense(4, activation="gelu"), pc.Dense(3)]
    found = least(pc.Dense(5), pc.TimeDistributed(inner), pc.Dense(2), shape=(B, T, X))
    assert found == least(pc.Dense(5), *alone, pc.Dense(2), shape=(B, T, X)) == B * T * (5 + 6 + 4 + 3)
    frozen = pc.Sequential([pc.Input(shape=(T, X), batch_size=B), pc.TimeDistributed(inner)])
    paths = ["time_distributed/sequential/dense", "time_distributed/sequential/dense_1"]
    assert cost(frozen, frozen=paths, activations="minimum").elements == B * T * 4  # from data, but for the product


def test_similarity_reads_both_inputs() -> None:
    x, y = (pc.Input(shape=(X,), batch_size=B) for _ in range(2))
    pairs = [pc.Dense(4)(x), pc.Dense(4)(y)]
    for normalize in (False, True):
        found = cost(pc.Model([x, y], pc.Dot(axes=1, normalize=normalize)(pairs)), activations="minimum")
        assert found.elements == 2 * B * 4


def test_packed_sequences_keep_their_own_steps() -> None:
    lengths = (7, 3, 1)
    found = least(nn.LSTM(16, 32, batch_first=True), shape=(3, 7, 16), lengths=lengths)
    assert found == 5 * 32 * sum(lengths)


def test_attention_keeps_queries_keys_values_weights_and_what_is_attended() -> None:
    heads, d, steps = 2, 8, 5
    own = B * (4 * steps * d + heads * steps * steps)
    x = pc.Input(shape=(steps, d), batch_size=B)
    keras = cost(pc.Model(x, pc.MultiHeadAttention(heads, d // heads)(x, x)), activations="minimum")
    torch = cost(pc.Model(x, nn.MultiheadAttention(d, heads, batch_first=True)(x, x, x)[0]), activations="minimum")
    assert keras.elements == torch.elements == own


def test_a_convolution_keeps_its_input_once_and_pooling_a_byte_for_each_window() -> None:
    shape = (2, 8, 8, 3)
    model = pc.Sequential(
        [pc.Input(shape=shape[1:], batch_size=2), pc.Conv2D(4, 3), pc.MaxPooling2D(2), pc.Conv2D(5, 3)]
    )
    # the first reads data; places in 3 × 3 windows; the input of the second
    assert cost(model, activations="minimum").memory.activations == prod((2, 3, 3, 4)) * (1 + 4)


def test_what_is_side_by_side_is_kept_in_its_parts() -> None:
    x = pc.Input(shape=(X,), batch_size=B)
    first, second = pc.Dense(6, activation="relu")(x), pc.Dense(7, activation="tanh")(x)
    found = cost(pc.Model(x, pc.Dense(2)(pc.Concatenate()([first, second]))), activations="minimum")
    assert found.elements == B * (6 + 7)


def test_what_follows_from_the_input_of_another_function_is_not_kept() -> None:
    x = pc.Input(shape=(X,), batch_size=B)
    wide = pc.Dense(6)(x)

    def branches(first: str, second: str) -> Any:
        each = [pc.Dense(2)(pc.Activation(one)(wide)) for one in (first, second)]
        return cost(pc.Model(x, pc.Add()(each)), activations="minimum").elements

    assert branches("gelu", "tanh") == branches("tanh", "silu") == B * 6  # the input is kept for one of them
    assert branches("tanh", "sigmoid") == 2 * B * 6


def bytes_of(saved: Saved, layer: Layer, shapes: Sequence[tuple[int, ...]]) -> int:
    built = layer.on(*shapes)
    given = ((saved.inputs, shapes), (saved.states, built.states), (saved.outputs, built.shapes()))
    others = sum(4 * prod(some[at]) for places, some in given for at in places)  # type: ignore[misc]  # known sizes
    return int(others) + sum(BYTES[dtype] * size for dtype, size in saved.own.items())


def configured(framework: str, name: str, most: int) -> Iterator[tuple[Layer, Any]]:
    rule = rules(framework)[name]
    try:
        every = in_turn([*configurations(cases(rule))])
    except ParamcalcError:  # a rule of Keras 2 has no values to try
        return
    for case in every:
        if not case.call and all(isinstance(size, int) for shape in case.shapes for size in shape):
            yield case.layer, case.shapes
            most -= 1
        if not most:
            return


def above(framework: str, name: str, configurations: int, several: int) -> Iterator[str]:
    """List calls of which the minimum is above what the kernels keep."""
    _, of, kernels = TABLES[framework]
    minimum, theirs = of(name), kernels(name)
    assert minimum is not None
    for layer, shapes in configured(framework, name, configurations):
        try:
            built = layer.on(*shapes)
            weights = frozenset(one.path for one in built.weights if not one.buffer)
            every = Live(frozenset(range(len(shapes))), weights, frozenset(range(len(built.states))))
            for live in choices(every, several):
                found = both(minimum, theirs, layer, shapes, live)
                if found is not None and found[0] > found[1]:
                    yield f"{layer} on {shapes} for {live}: {found}"
        except ParamcalcError:
            continue


def both(minimum: Keeping, theirs: Keeping | None, layer: Layer, shapes: Any, live: Live) -> tuple[int, int] | None:
    here = stated(minimum, layer, shapes, live)
    there = None if theirs is None else stated(theirs, layer, shapes, live)
    if here is None or there is None:
        return None
    return bytes_of(here, layer, shapes), bytes_of(there, layer, shapes)


@pytest.mark.parametrize(("framework", "name"), quick_sets(EVERY, 40))
def test_a_sample_is_not_above_the_kernels(framework: str, name: str) -> None:
    assert [*above(framework, name, 3, 4)] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(("framework", "name"), EVERY)
def test_no_layer_is_above_the_kernels(framework: str, name: str) -> None:
    assert [*above(framework, name, 100, 12)] == []


def test_every_class_whose_kernels_are_known_has_a_minimum() -> None:
    assert TORCH.keys() == torch_layers.TABLE.keys()
    assert keras_layers.TABLE.keys() <= KERAS.keys()


@pytest.mark.parametrize("seed", sampled(range(90), 9))
def test_a_chain_is_not_above_the_kernels(seed: int) -> None:
    draw = Random(seed)
    if seed % 2:
        layers, shape = CHAINS[seed // 2 % len(CHAINS)](draw)
    else:
        over_time = seed % 4 == 0
        shape = (draw.randint(2, 4), *[draw.randint(2, 6)] * over_time, draw.randint(2, 6))
        layers = [draw.choice(OVER_TIME if over_time else DENSE)(draw) for _ in range(draw.randint(2, 6))]
        layers.append(pc.Dense(3))
    for layer in layers:
        layer.frozen = draw.random() < 0.2
    model = pc.Sequential([pc.Input(shape=shape[1:], batch_size=shape[0]), *layers])
    here, there = (cost(model, activations=one).memory.activations for one in ("minimum", None))
    assert isinstance(here, int)
    assert isinstance(there, int)
    assert here <= there, [*map(repr, layers)]


TWINS: list[Callable[[Random, int], tuple[Any, Any, int]]] = [
    lambda draw, d: (pc.Dense(n := draw.randint(1, 9)), nn.Linear(d, n), n),
    lambda draw, d: (pc.Activation("relu"), nn.ReLU(), d),
    lambda draw, d: (pc.Activation("gelu"), nn.GELU(), d),
    lambda draw, d: (pc.Activation("softplus"), nn.Softplus(), d),
    lambda draw, d: (pc.LayerNormalization(), nn.LayerNorm(d), d),
    lambda draw, d: (pc.Dropout(0.3), nn.Dropout(0.3), d),
    lambda draw, d: (pc.GRU(n := draw.randint(1, 5), return_sequences=True), nn.GRU(d, n, batch_first=True), n),
    lambda draw, d: (pc.LSTM(n := draw.randint(1, 5), return_sequences=True), nn.LSTM(d, n, batch_first=True), n),
    lambda draw, d: (pc.SimpleRNN(n := draw.randint(1, 5), return_sequences=True), nn.RNN(d, n, batch_first=True), n),
]


@pytest.mark.parametrize("seed", sampled(range(60), 10))
def test_the_minimum_does_not_depend_on_the_framework(seed: int) -> None:
    draw = Random(seed)
    x, y = (pc.Input(shape=(T, X), batch_size=B) for _ in range(2))
    keras, torch, d = x, y, X
    for _ in range(draw.randint(2, 6)):
        one, other, d = draw.choice(TWINS)(draw, d)
        keras, torch = one(keras), other(torch)
        torch = torch[0] if isinstance(torch, tuple) else torch
    one, other = (cost(pc.Model(a, b), activations="minimum") for a, b in ((x, keras), (y, torch)))
    assert one.memory.activations == other.memory.activations is not None


def test_names() -> None:
    assert names_of_conventions() == ["torch", "keras-jax", "minimum"]
    assert convention_of("paper") is None
    with pytest.raises(OptionError) as error:
        convention_of("keras", "minimun")
    assert str(error.value) == (
        "unknown convention of kept activations for layers of Keras; expected keras-jax or minimum, received 'minimun' "
        "(did you mean 'minimum'?)"
    )
    with pytest.raises(OptionError) as error:
        convention_of("torch", "keras-jax")
    assert str(error.value) == (
        "this convention of kept activations does not apply to layers of PyTorch; expected torch or minimum, "
        "received 'keras-jax'"
    )
    with pytest.raises(OptionError) as error:
        convention_of("paper", "torch")
    assert str(error.value) == (
        "this convention of kept activations does not apply to layers of the literature; expected none, since there is "
        "no table of what these layers keep, received 'torch'"
    )
