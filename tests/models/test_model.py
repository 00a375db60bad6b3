"""Models: chains and graphs, sharing, nesting, names, freezing, and the errors that name who disagrees."""

from __future__ import annotations

import pickle
from typing import Any

import numpy
import pytest

import paramcalc as pc
from paramcalc.errors import Disagreement, GraphError, ParamcalcError, ShapeError
from paramcalc.graph.bind import bind
from paramcalc.graph.node import Node
from paramcalc.symbolic import symbols, text

T, h, d_x, k = symbols("T h d_x k")


def tutorial(**first: Any) -> pc.Model:
    return pc.Sequential([pc.Dense(108, **first), pc.LSTM(128), pc.Dense(32, activation="softmax")])


def rejected(expected: type[ParamcalcError], make: Any) -> str:
    with pytest.raises(expected) as caught:
        make()
    return str(caught.value)


# --- chains -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "total"),
    [
        (tutorial(input_shape=(32, 256)), 153_228),
        (tutorial(batch_input_shape=(4, 32, 256)), 153_228),
        (pc.Sequential([pc.Input((32, 256)), *tutorial().layers]), 153_228),
        (pc.Sequential([pc.Input((13, 5)), pc.LSTM(10)]), 640),
        (pc.Sequential([pc.Input((10, 108)), pc.LSTM(128, return_sequences=True), pc.LSTM(128)]), 252_928),
        (pc.Sequential([pc.Input((10, 108)), pc.Bidirectional(pc.LSTM(128))]), 242_688),
        (pc.Sequential([pc.Dense(3, input_dim=4)]), 15),
        # a plain RNN with an output layer: U, W, b and V, c
        (pc.Sequential([pc.Input((7, 3)), pc.SimpleRNN(5), pc.Dense(2)]), 3 * 5 + 5 * 5 + 5 + 5 * 2 + 2),
        # a CNN for every frame, feeding an LSTM
        (pc.Sequential([
            pc.Input((10, 64, 64, 3)),
            pc.TimeDistributed(pc.Conv2D(16, 3, padding="same")),
            pc.TimeDistributed(pc.MaxPooling2D(4)),
            pc.TimeDistributed(pc.Flatten()),
            pc.LSTM(32),
            pc.Dense(5),
        ]), (27 * 16 + 16) + 4 * (32 * (32 + 16 * 16 * 16) + 32) + 32 * 5 + 5),
        (pc.Sequential([pc.Input((3,))]), 0),
        (pc.Sequential([pc.Input((10**30,)), pc.Dense(10**30)]), 10**60 + 10**30),
    ],
)  # fmt: skip
def test_totals_of_chains(model: pc.Model, total: int) -> None:
    assert model.total == model.report().total == total
    assert model.trainable == total
    assert model.non_trainable == 0


def test_a_chain_without_an_input_takes_the_shape_it_is_given() -> None:
    chain = tutorial()
    assert rejected(GraphError, lambda: chain.total) == (
        "the input shape of 'sequential' is not known; expected Input(shape) as the first layer, or input_shape= on it"
    )
    assert chain.on((1, 32, 256)).params == 153_228
    assert pc.Sequential([pc.Input((32, 256)), chain]).total == 153_228


def test_the_last_layer_may_give_several_outputs_and_no_other() -> None:
    model = pc.Sequential([pc.Input((5, 3)), pc.LSTM(4, return_state=True)])
    assert [text(shape[-1]) for shape in model.report().outputs] == ["4", "4", "4"]
    assert len(model(pc.Input((5, 3)))) == 3
    assert rejected(GraphError, lambda: pc.Sequential([*model.layers, pc.Dense(2)]).on((1, 5, 3))) == (
        "layer 'dense': 'lstm' has 3 outputs, a Sequential takes one (connect the layers by calling them on tensors)"
    )


def test_a_chain_is_a_graph_like_any_other() -> None:
    chain = tutorial(input_shape=(32, 256))
    assert chain.nodes == [Node(layer, ((place, 0),)) for place, layer in enumerate(chain.layers)]
    drawn = pc.Input((32, 256))
    ends = drawn
    for layer in chain.layers:
        ends = layer(ends)
    graph = pc.Model(drawn, ends, name="sequential")
    ours, theirs = chain.report().to_dict(), graph.report().to_dict()
    assert ours == theirs
    assert repr(chain) == "<Sequential 'sequential': 3 layers>"


# --- symbols ------------------------------------------------------------------------------------


def test_sizes_flow_as_symbols() -> None:
    model = pc.Sequential([pc.Input(("T", "d_x")), pc.LSTM("h", return_sequences=True), pc.Dense("k")])
    assert model.total == 4 * (h * (h + d_x) + h) + h * k + k
    assert str(model.total) == "4d_x·h + 4h² + h·k + 4h + k"
    assert model.report().outputs[0][1:] == (T, k)
    assert model.report().macs == T * (4 * h * (h + d_x) + h * k)
    assert model.total(h=numpy.array([10, 20]), d_x=5, k=1).tolist() == [651, 2101]


def test_an_unknown_length_stays_unknown_and_changes_no_count() -> None:
    model = pc.Sequential([pc.Input((None, 5)), pc.Conv1D(4, 3, strides=2), pc.LSTM(10, return_sequences=True)])
    assert model.total == 64 + 600
    assert str(model.report().outputs[0][1]) == "⌊(T − 3)/2⌋ + 1"
    flat = pc.Sequential([pc.Input((None, 5)), pc.Flatten(), pc.Dense(3)])
    assert str(flat.total) == "15T + 3"


# --- graphs -------------------------------------------------------------------------------------


def test_several_inputs_branches_merges_and_outputs() -> None:
    words, time = pc.Input((12,), name="words"), pc.Input((3,), name="time")
    embedded = pc.Embedding(1000, 16)(words)
    read = pc.Bidirectional(pc.GRU(8))(embedded)
    looked = pc.GlobalMaxPooling1D()(pc.Conv1D(8, 3)(embedded))
    merged = pc.Concatenate()([read, looked, time])
    model = pc.Model([words, time], {"label": pc.Dense(2)(merged), "score": pc.Dense(1)(merged)})
    parts = [16_000, 2 * 3 * (8 * (8 + 16) + 2 * 8), 3 * 16 * 8 + 8, (16 + 8 + 3) * 2 + 2, 16 + 8 + 3 + 1]
    assert model.total == sum(parts)
    assert [row.params for row in model.rows if row.params] == parts
    assert [row.name for row in model.rows] == [
        "embedding", "bidirectional", "conv1d", "global_max_pooling1d", "concatenate", "dense", "dense_1",
    ]  # fmt: skip
    report = model.report().to_dict()
    assert report["input_shape"] == [[None, 12], [None, 3]]
    assert report["output_shape"] == [[None, 2], [None, 1]]


def test_encoder_and_decoder() -> None:
    source, target = pc.Input((3, 5), name="source"), pc.Input((4, 6), name="target")
    _, state_h, state_c = pc.LSTM(8, return_state=True, name="encoder")(source)
    decoded = pc.LSTM(8, return_sequences=True, name="decoder")(target, initial_state=[state_h, state_c])
    model = pc.Model([source, target], pc.Dense(6)(decoded))
    assert model.total == 4 * (8 * 13 + 8) + 4 * (8 * 14 + 8) + 8 * 6 + 6
    assert [row.name for row in model.rows] == ["encoder", "decoder", "dense"]
    assert model.report().macs == 3 * 4 * 8 * 13 + 4 * 4 * 8 * 14 + 4 * 8 * 6


@pytest.mark.parametrize(
    ("decoder", "states", "problem"),
    [
        (pc.LSTM(7, name="decoder"), 2, "decoder: 'encoder' gives an initial state of 8, the layer keeps states of 7"),
        (pc.LSTM(8, name="decoder"), 1, "decoder: initial states for LSTM; expected 2, received 1"),
        (pc.GRU(8, name="decoder"), 2, "decoder: initial states for GRU; expected 1, received 2"),
        (pc.Dense(8, name="decoder"), 1, "decoder: initial states for Dense; expected 0, received 1"),
    ],
)
def test_initial_states_must_fit(decoder: Any, states: int, problem: str) -> None:
    found = pc.LSTM(8, return_state=True, name="encoder")(pc.Input((3, 5)))
    assert rejected(ShapeError, lambda: decoder(pc.Input((4, 6)), initial_state=list(found[1 : 1 + states]))) == problem


def test_a_layer_used_twice_has_its_weights_once_and_its_work_twice() -> None:
    left, right = pc.Input((5, 3)), pc.Input((7, 3))
    shared = pc.LSTM(4)
    model = pc.Model([left, right], pc.Add()([shared(left), shared(right)]))
    assert model.total == 4 * (4 * 7 + 4)
    assert len(model.rows) == 2
    assert model.rows[0].macs == (5 + 7) * 4 * 4 * 7
    assert model.rows[0].to_dict()["calls"] == 2
    chain = pc.Dense(3)
    assert pc.Sequential([pc.Input((3,)), chain, chain, chain]).total == 12


def test_a_layer_used_twice_must_want_the_same_weights() -> None:
    one, other = pc.Input((4,), name="one"), pc.Input((6,), name="other")
    shared = pc.Dense(3, name="both")
    assert rejected(ShapeError, lambda: pc.Model([one, other], [shared(one), shared(other)]).total) == (
        "layer 'both': shared between 'one' and 'other', which need a kernel of (4, 3) and of (6, 3); "
        "one layer has one set of weights"
    )
    assert "shared between 'input' and 'both'" in rejected(
        ShapeError, lambda: pc.Sequential([pc.Input((4,)), shared, shared]).total
    )


def test_models_nest() -> None:
    inner = pc.Sequential([pc.Dense(4, input_shape=(3,)), pc.Dense(2)], name="inner")
    x = pc.Input((3,))
    model = pc.Model(x, pc.Dense(5)(inner(x)))
    assert model.total == 16 + 10 + 15
    row = model.rows[0]
    assert (row.name, row.type, row.params) == ("inner", "Sequential", 26)
    assert [one.name for one in row.rows] == ["dense", "dense_1"]
    assert [weight.path for weight in row.weights][:2] == ["dense/kernel", "dense/bias"]
    assert pc.Sequential([pc.Input((7, 3)), pc.TimeDistributed(inner)]).total == 26


def test_a_nested_model_used_twice_counts_once() -> None:
    inner = pc.Sequential([pc.Dense(4), pc.Dense(2)], name="inner")
    a, b = pc.Input((3,)), pc.Input((3,))
    model = pc.Model([a, b], pc.Concatenate()([inner(a), inner(b)]))
    assert model.total == 26
    assert model.rows[0].macs == 2 * (12 + 8)
    deeper = pc.Sequential([pc.Input((3,)), pc.Sequential([inner, pc.Dense(3)])])
    assert deeper.report().to_dict()["layers"][0]["layers"][0]["name"] == "inner"


def test_a_nested_model_refuses_another_input() -> None:
    inner = pc.Sequential([pc.Dense(4, input_shape=(5,))])
    assert rejected(ShapeError, lambda: inner(pc.Input((6,)))) == (
        "sequential: 'sequential' was built for another input; expected (B, 5), received (B, 6)"
    )
    two = pc.Model([a := pc.Input((2,)), b := pc.Input((2,))], pc.Add()([a, b]))
    assert rejected(ShapeError, lambda: two(a)) == "functional: 'functional' inputs; expected 2, received 1"


# --- disagreements ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "read"), [((5, 4), (5, 4, 1)), ((5, 4, 1), (5, 4)), ((4, 1), (4,)), ((4,), (4, 1))]
)
@pytest.mark.parametrize("kind", ["Sequential", "Functional"])
def test_a_nested_model_takes_a_last_axis_of_one_as_keras_does(
    kind: str, declared: tuple[int, ...], read: tuple[int, ...]
) -> None:
    def made(library: Any, dense: Any) -> Any:
        entry, x = library.Input(declared), library.Input(read)
        inner = library.Sequential([entry, dense]) if kind == "Sequential" else library.Model(entry, dense(entry))
        return library.Model(x, inner(x))

    keras, np = pytest.importorskip("keras"), pytest.importorskip("numpy")
    ours, theirs = made(pc, pc.Dense(3)), made(keras, keras.layers.Dense(3))
    assert ours.total == theirs.count_params()
    assert ours.report().outputs[0][1:] == theirs(np.zeros((2, *read))).shape[1:]  # it infers another one
    assert pc.from_keras(theirs).report().exact


def test_a_disagreement_names_both_layers_and_both_sizes() -> None:
    x, y = pc.Input((13, 5), name="x"), pc.Input((12, 5), name="y")
    assert rejected(Disagreement, lambda: pc.Add(name="sum")([x, y])) == (
        "sum: 'x' gives 13 and 'y' gives 12 on axis 1; they must agree"
    )
    a, b = pc.LSTM(4, name="reader")(x), pc.LSTM(h, name="writer")(y)
    assert rejected(Disagreement, lambda: pc.Add()([a, b])) == (
        "add: 'reader' gives 4 and 'writer' gives h on axis 1; they must agree"
    )
    assert rejected(Disagreement, lambda: pc.Dot(axes=1)([a, pc.Input((3,))])) == (
        "dot: 'reader' gives 4 and 'input' gives 3 on axis 1; they must agree"
    )


def test_a_disagreement_found_when_the_model_runs_names_them_too() -> None:
    nodes = [Node(pc.Dense(4), ((0, 0),)), Node(pc.Dense(6), ((0, 0),)), Node(pc.Add(), ((1, 0), (2, 0)))]
    graph = pc.Model.from_nodes([(2, 3)], nodes, ((3, 0),), "net")
    problem = "layer 'add': 'dense' gives 4 and 'dense_1' gives 6 on axis 1; they must agree"
    assert rejected(Disagreement, lambda: graph.total) == problem
    outer = pc.Sequential([pc.Input((3,), batch_size=2), pc.Dense(3), graph])
    assert rejected(Disagreement, lambda: outer.total) == f"layer 'net': {problem}"
    placed = [*nodes[:2], Node(pc.Add(), ((1, 0), (2, 0)), where="layers[2]")]
    assert rejected(Disagreement, lambda: pc.Model.from_nodes([(2, 3)], placed, ((3, 0),)).total).startswith(
        "layers[2]: 'dense' gives 4 and"
    )


def test_unknown_sizes_agree_with_all_and_symbols_with_themselves() -> None:
    assert pc.Add()([pc.Input((None, 3)), pc.Input((7, 3))]).shape[2] == 3
    assert pc.Add()([pc.Input(("T", 3)), pc.Input((T, 3))]).shape[1] == T
    assert pc.Concatenate()([pc.Input((T, 3)), pc.Input(("T", "h"))]).shape[2] == h + 3
    with pytest.raises(Disagreement, match="'input' gives T and 'input' gives T \\+ 1 on axis 1"):
        pc.Concatenate()([pc.Input((T, 3)), pc.Input((T + 1, 3))])


def test_a_wrong_rank_names_the_layer() -> None:
    chain = pc.Sequential([pc.Input((5, 3)), pc.LSTM(4), pc.LSTM(3)])
    assert rejected(ShapeError, lambda: chain.total) == (
        "layer 'lstm_1': LSTM does not take an input of 2 axes; expected (B, T, d_x), received (B, 4)"
    )


# --- names --------------------------------------------------------------------------------------


def test_names_are_those_keras_gives() -> None:
    layers = [pc.Dense(3), pc.Dense(3), pc.Dense(3, name="dense_2"), pc.Dense(3), pc.PReLU(), pc.Conv1D(2, 1), pc.ELU()]
    chain = pc.Sequential([pc.Input((4, 3)), *layers])
    assert [row.name for row in chain.rows] == [
        "dense", "dense_1", "dense_2", "dense_3", "p_re_lu", "conv1d", "elu",
    ]  # fmt: skip


def test_one_name_for_two_layers_is_an_error() -> None:
    chain = pc.Sequential([pc.Input((5,)), pc.Dense(3, name="a"), pc.Dense(3, name="a")])
    assert rejected(GraphError, chain.report) == "two layers are named 'a' (give each its own name)"
    x = pc.Input((5,))
    assert "two layers are named 'a'" in rejected(
        GraphError, lambda: pc.Model(x, pc.Dense(3, name="a")(pc.Dense(3, name="a")(x)))
    )


# --- freezing -----------------------------------------------------------------------------------


def test_what_training_leaves_alone() -> None:
    model = pc.Sequential([
        pc.Input((5,)), pc.Dense(4, trainable=False), pc.BatchNormalization(), pc.Dense(3),
        pc.BatchNormalization(trainable=False),
    ])  # fmt: skip
    assert (model.total, model.trainable, model.non_trainable) == (24 + 16 + 15 + 12, 8 + 15, 24 + 8 + 12)
    assert [weight["trainable"] for weight in model.rows[0].to_dict()["weights"]] == [False, False]


def test_frozen_models_freeze_their_layers() -> None:
    inner = pc.Sequential([pc.Dense(4), pc.BatchNormalization()], trainable=False)
    model = pc.Sequential([pc.Input((5,)), inner, pc.Dense(3)])
    assert (model.trainable, model.non_trainable) == (15, 24 + 16)
    assert all(not weight.trainable for row in model.rows[0].rows for weight in row.weights)
    wrapped = pc.Sequential([pc.Input((7, 5)), pc.TimeDistributed(inner), pc.Bidirectional(pc.GRU(2, trainable=False))])
    assert wrapped.trainable == 0
    x = pc.Input((2,))
    assert pc.Model(x, pc.Dense(3)(x), trainable=False).trainable == 0


# --- what is not a graph ------------------------------------------------------------------------


def test_graphs_that_do_not_hold_together() -> None:
    x, y = pc.Input((3,), name="x"), pc.Input((3,), name="y")
    both = pc.Add()([x, y])
    assert rejected(GraphError, lambda: pc.Model(x, both)) == (
        "an output depends on the input y (list it among the model's inputs)"
    )
    assert rejected(GraphError, lambda: pc.Dense(3)(5)) == (
        "not a tensor; expected an output of Input() or of a layer, received 5"
    )
    assert rejected(GraphError, lambda: pc.Sequential([pc.Dense(3), 4])) == (
        "item 1 of Sequential; expected a layer, or an Input at the start, received 4"
    )
    with pytest.raises(GraphError, match="item 1 of Sequential"):
        pc.Sequential([pc.Dense(3), pc.Input((3,))])


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (3, "not the shape of an input; expected a list of sizes, without the batch, received 3"),
        ("32,3", "not the shape of an input; expected a list of sizes, without the batch, received '32,3'"),
        ({"a": 1}, "not the shape of an input; expected a list of sizes, without the batch, received {'a': 1}"),
        ([3, 0], "[1]: not a size; expected a positive whole number or an expression such as 4*h, received 0"),
        ([3] * 21, "an input with too many axes; expected at most 20, received 21"),
    ],
)
def test_shapes_that_are_none(shape: Any, problem: str) -> None:
    assert rejected(ParamcalcError, lambda: pc.Input(shape)) == problem


def test_binding_keeps_every_output_of_a_chain() -> None:
    chain = pc.Sequential([pc.Input((5, "d")), pc.LSTM("h", return_state=True)])
    bound = bind(chain, {"d": 3, "h": 4})
    assert bound.total == 4 * (4 * (4 + 3) + 4)
    assert len(bound.report().outputs) == 3


@pytest.mark.parametrize("around", [pc.TimeDistributed, lambda layer: pc.Sequential([layer], name="inner")])
def test_a_layer_shared_across_levels_counts_once(around: Any) -> None:
    shared = pc.Dense(4, name="shared")
    x = pc.Input((5, 3))
    model = pc.Model(x, pc.Add()([around(shared)(x), shared(x)]))
    assert [row.params for row in model.rows] == [16, 16, 0]
    assert model.total == model.trainable == 16
    outer = pc.Model(x, pc.Concatenate()([model(x), shared(x)]))
    assert outer.total == 16


def test_what_is_shared_across_levels_is_frozen_everywhere() -> None:
    shared = pc.Dense(4, name="shared")
    x = pc.Input((5, 3))
    frozen = pc.Sequential([shared], name="frozen", trainable=False)
    assert pc.Model(x, pc.Add()([shared(x), frozen(x)])).trainable == 0


def test_what_is_shared_across_levels_has_one_set_of_weights() -> None:
    shared = pc.Dense(3, name="shared")
    x = pc.Input((5, 2))
    model = pc.Model(x, shared(pc.TimeDistributed(shared)(x)))
    with pytest.raises(ShapeError, match=r"part of 'time_distributed' and of 'shared' needs a kernel of \(2, 3\) and"):
        _ = model.total


def test_a_bidirectional_copies_its_layer() -> None:
    lstm = pc.LSTM(4, return_sequences=True)
    x = pc.Input((5, 3))
    model = pc.Model(x, pc.Add()([pc.Bidirectional(lstm, merge_mode="sum")(x), lstm(x)]))
    assert model.total == 3 * 4 * (4 * (4 + 3) + 4)


def test_one_cell_twice_in_a_stack_counts_once() -> None:
    cell = pc.LSTMCell(3)
    assert pc.Sequential([pc.Input((5, 3)), pc.RNN([cell, cell])]).total == 4 * (3 * (3 + 3) + 3)


def test_a_chain_takes_its_input_from_the_model_it_begins_with() -> None:
    base = pc.Sequential([pc.Input((8,)), pc.Dense(4)], name="base")
    assert pc.Sequential([base, pc.Dense(3)]).total == 8 * 4 + 4 + 4 * 3 + 3


def test_models_and_reports_travel() -> None:
    model = pc.Sequential([pc.Input((5, 3)), pc.Bidirectional(pc.LSTM("h"))], name="m")
    again = pickle.loads(pickle.dumps(model))
    assert again.total == model.total
    assert pickle.loads(pickle.dumps(model.report())).to_dict() == model.report().to_dict()
    assert repr(model.report()) == "<report of 'm': 8h² + 32h parameters in 1 layers>"
    assert repr(model.rows[0]) == "<row bidirectional (Bidirectional): 8h² + 32h parameters>"


def test_work_inside_a_nested_model_adds_up() -> None:
    inner = pc.Sequential([pc.Dense(4), pc.Dense(2)], name="inner")
    x = pc.Input((10, 3))
    row = pc.Model(x, pc.TimeDistributed(inner)(x)).rows[0]
    (model,) = row.rows
    assert [one.macs for one in model.rows] == [10 * 3 * 4, 10 * 4 * 2]
    assert row.macs == model.macs == 200


def test_a_size_that_is_negative_at_all_sizes_is_none() -> None:
    with pytest.raises(ParamcalcError, match="not a size"):
        pc.Dense("-h")


def test_two_unknown_lengths_are_two() -> None:
    a, b = pc.Input((None, 3)), pc.Input((None, 3))
    joined = pc.Model([a, b], pc.Concatenate(axis=1)([a, b])).report()
    assert text(joined.outputs[0][1]) == "T + T2"
    macs = pc.Sequential([pc.Input((None, "T")), pc.LSTM(3)]).report().macs
    assert text(macs(T=3).expand()) == "72T2"
