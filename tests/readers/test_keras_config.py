"""Reading Keras's own configurations: what was built there, and what nobody should believe."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from tiers import examples, quick

import paramcalc as pc
from paramcalc.core.registry import rules
from paramcalc.errors import FileError, GraphError, LayerError, OptionError, ParamcalcError
from paramcalc.formats.keras.config import from_config
from paramcalc.symbolic import text


def dense(name: str, units: int = 3, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": "Dense", "config": {"name": name, "units": units, **config}}


def entry(name: str, shape: list[int | None]) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": shape, "name": name}}


def sequential(*layers: dict[str, Any], **config: Any) -> dict[str, Any]:
    return {"module": "keras", "class_name": "Sequential", "config": {"layers": list(layers), **config}}


def tensor(layer: str, call: int = 0, output: int = 0, shape: Any = None) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"shape": shape, "keras_history": [layer, call, output]}}


def placed(layer: dict[str, Any], *calls: Any, **kwargs: Any) -> dict[str, Any]:
    nodes = [{"args": [args], "kwargs": kwargs} for args in calls]
    return {**layer, "name": layer["config"]["name"], "inbound_nodes": nodes}


def functional(layers: list[dict[str, Any]], inputs: Any, outputs: Any, name: str = "net") -> dict[str, Any]:
    config = {"name": name, "layers": layers, "input_layers": inputs, "output_layers": outputs}
    return {"module": "keras", "class_name": "Functional", "config": config}


def test_a_chain() -> None:
    model = from_config(
        sequential(entry("x", [None, 5]), dense("a", dtype={"class_name": "DTypePolicy"}), dense("b", 2))
    )
    assert model.type == "Sequential"
    assert [row.name for row in model.rows] == ["a", "b"]
    assert model.total == (5 * 3 + 3) + (3 * 2 + 2)
    assert from_config(sequential(dense("a"), build_input_shape=[None, 7])).total == 7 * 3 + 3
    assert from_config(sequential(entry("x", [None, 5]), dense("a", trainable=False))).trainable == 0
    assert from_config(sequential(entry("x", [None, 5]), dense("a", kernel_constraint=None, quantization_config=None)))


def test_a_graph_with_a_layer_used_twice() -> None:
    layers = [
        placed(entry("x", [None, 5])),
        placed(entry("y", [None, 5])),
        placed(dense("twice"), tensor("x"), tensor("y")),
        placed(
            {"module": "keras.layers", "class_name": "Add", "config": {"name": "sum"}},
            [tensor("twice", 1), tensor("twice")],
        ),
    ]
    model = from_config(functional(layers, [["x", 0, 0], ["y", 0, 0]], ["sum", 0, 0]))
    assert model.total == 5 * 3 + 3
    assert len(model.layers) == 2
    assert len(model.nodes) == 3
    assert [node.args for node in model.nodes][-1] == ((3, 0), (2, 0))
    assert model.name == "net"


def test_flat_lists_dictionaries_and_order() -> None:
    layers = [placed(entry("x", [None, 5])), placed(dense("a"), tensor("x")), placed(dense("b", 2), tensor("x"))]
    model = from_config(functional(layers, ["x", 0, 0], {"second": ["b", 0, 0], "first": ["a", 0, 0]}))
    assert [shape[-1] for shape in model.report().outputs] == [3, 2]  # as Keras: by the keys
    backwards = from_config(functional(layers[::-1], {"x": ["x", 0, 0]}, [["b", 0, 0], ["a", 0, 0]]))
    assert [shape[-1] for shape in backwards.report().outputs] == [2, 3]


def test_initial_states_and_masks() -> None:
    lstm = {"module": "keras.layers", "class_name": "LSTM", "config": {"name": "enc", "units": 4, "return_state": True}}
    decoder = {"module": "keras.layers", "class_name": "LSTM", "config": {"name": "dec", "units": 4}}
    mask = {
        "module": "keras.src.ops.numpy",
        "class_name": "NotEqual",
        "config": {"name": "ne"},
        "registered_name": "NotEqual",
    }
    layers = [
        placed(entry("x", [None, None, 5])),
        placed(mask, tensor("x")),
        placed(lstm, tensor("x"), mask=tensor("ne")),
        placed(decoder, tensor("x"), initial_state=[tensor("enc", 0, 1), tensor("enc", 0, 2)]),
    ]
    model = from_config(functional(layers, ["x", 0, 0], ["dec", 0, 0]))
    assert model.nodes[-1].states == ((2, 1), (2, 2))
    assert model.nodes[1].masks == {"mask": (1, 0)}
    assert model.total == 2 * 4 * (4 * (4 + 5) + 4)


def test_wrappers_cells_and_nested_models() -> None:
    cell = {"module": "keras.layers", "class_name": "LSTMCell", "config": {"units": 3}}
    rnn = {"module": "keras.layers", "class_name": "RNN", "config": {"name": "r", "cell": [cell, cell]}}
    inner = sequential(entry("i", [None, 3]), dense("d"), name="inner", trainable=False)
    each = {"module": "keras.layers", "class_name": "TimeDistributed", "config": {"name": "t", "layer": inner}}
    model = from_config(sequential(entry("x", [None, 7, 3]), each, rnn))
    assert model.total == 12 + 2 * 4 * (3 * (3 + 3) + 3)
    assert model.non_trainable == 0  # set on the model, each layer inside would say so


def test_the_copy_keras_makes_is_not_written_twice() -> None:
    def gru(name: str, **more: Any) -> dict[str, Any]:
        return {"module": "keras.layers", "class_name": "GRU", "config": {"name": name, "units": 3, **more}}

    both = {
        "module": "keras.layers",
        "class_name": "Bidirectional",
        "config": {"name": "b", "layer": gru("forward_gru"), "backward_layer": gru("backward_gru", go_backwards=True)},
    }
    model = from_config(sequential(entry("x", [None, 7, 5]), both))
    assert model.rows[0].formula is not None
    assert str(model.rows[0].formula).startswith("2·3[")
    assert {weight.scope.split("/")[0] for weight in model.rows[0].weights} == {"forward_gru", "backward_gru"}
    both["config"]["backward_layer"] = gru("other", go_backwards=True)
    scopes = {
        weight.scope.split("/")[0] for weight in from_config(sequential(entry("x", [None, 7, 5]), both)).rows[0].weights
    }
    assert scopes == {"forward_gru", "other"}


BAD: list[tuple[str, Any, type[ParamcalcError], str]] = [
    ("nothing", {}, FileError, "no class_name"),
    ("a list", [], FileError, "no class_name"),
    ("a layer", dense("a"), LayerError, "not a model"),
    ("no layers", {"class_name": "Sequential", "config": {}}, FileError, "no layers"),
    ("no config", {"class_name": "Sequential", "config": None}, FileError, "no config"),
    (
        "an operation",
        {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}},
        LayerError,
        "'Dense' is not a model",
    ),
    ("an option of another layer", sequential(dense("a", groups=4)), OptionError, r"layers\[0\].*groups"),
    ("a bad size", sequential(dense("a", -4)), ParamcalcError, r"layers\[0\].Dense.units"),
    ("an input in the middle", sequential(dense("a"), entry("x", [None, 5])), GraphError, "an Input at the start"),
    ("a bad input", sequential(entry("x", [])), FileError, "no axes"),
    ("no such layer", functional([], ["x", 0, 0], ["x", 0, 0]), FileError, "layer 'x'"),
    (
        "no such output",
        functional([placed(entry("x", [None, 5]))], ["x", 0, 0], ["y", 0, 0]),
        GraphError,
        "no layer 'y'",
    ),
    (
        "no such call",
        functional([placed(entry("x", [None, 5])), placed(dense("a"), tensor("x"))], ["x", 0, 0], ["a", 1, 0]),
        GraphError,
        "called 1 times",
    ),
    (
        "a circle",
        functional(
            [placed(entry("x", [None, 5])), placed(dense("a"), tensor("b")), placed(dense("b"), tensor("a"))],
            ["x", 0, 0],
            ["a", 0, 0],
        ),
        GraphError,
        "'a', 'b' form a cycle",
    ),
    (
        "a tensor given by name",
        functional(
            [placed(entry("x", [None, 5])), placed(dense("a"), tensor("x"), scale=tensor("x"))],
            ["x", 0, 0],
            ["a", 0, 0],
        ),
        OptionError,
        "called with 'scale'",
    ),
    ("places that are none", functional([placed(entry("x", [None, 5]))], "x", 7), FileError, "input_layers"),
    (
        "an input that is a layer",
        functional([placed(dense("x"))], ["x", 0, 0], ["x", 0, 0]),
        GraphError,
        "an InputLayer",
    ),
]


@pytest.mark.parametrize(("config", "error", "message"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
def test_bad_configurations(config: Any, error: type[ParamcalcError], message: str) -> None:
    with pytest.raises(error, match=message):
        from_config(config)


UNKNOWN: list[tuple[str, dict[str, Any], str]] = [
    (
        "a layer of a later Keras",
        {"module": "keras.layers", "class_name": "Spectral", "config": {"name": "a"}},
        "a (Spectral): a class no rule knows",
    ),
    (
        "a custom layer",
        {**dense("a"), "registered_name": "Mine>Dense"},
        "a (Dense): a custom class; only its own code knows its weights",
    ),
    (
        "a custom module",
        {**dense("a"), "module": "mine"},
        "a (Dense): a custom class; only its own code knows its weights",
    ),
    (
        "a function",
        {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "a", "function": {"class_name": "x"}}},
        "a (Lambda): a function in Python code, which is not read",
    ),
    (
        "what is around one",
        {
            "module": "keras.layers",
            "class_name": "TimeDistributed",
            "config": {"name": "a", "layer": {**dense("d"), "module": "mine"}},
        },
        "a (TimeDistributed): it is around 'd', a custom class; only its own code knows its weights",
    ),
]


@pytest.mark.parametrize(("layer", "warning"), [one[1:] for one in UNKNOWN], ids=[one[0] for one in UNKNOWN])
def test_what_no_rule_knows_is_a_row_and_a_warning(layer: dict[str, Any], warning: str) -> None:
    after = {**dense("b", 2), "build_config": {"input_shape": [None, 7, 4]}}
    report = from_config(sequential(entry("x", [None, 7, 5]), dense("first"), layer, after)).report()
    assert not report.exact
    assert report.warnings == [warning]
    assert report.total == 5 * 3 + 3 + 4 * 2 + 2  # at least
    assert [row.unknown != "" for row in report.rows] == [False, True, False]
    assert text(report.rows[1].outputs[0][2]) == "4"
    found = report.to_dict()
    assert found["exact"] is False
    assert found["layers"][1]["params"] is None
    assert found["layers"][1]["unknown"] == warning.partition(": ")[2]
    graph = functional(
        [
            placed(entry("x", [None, 7, 5])),
            placed(layer, tensor("x")),
            placed(dense("b", 2), tensor("a", shape=[None, 7, 4])),
        ],
        ["x", 0, 0],
        ["b", 0, 0],
    )
    report = from_config(graph).report()
    assert (report.total, report.warnings) == (4 * 2 + 2, [warning])


def test_beyond_what_nobody_knows_nothing_is_guessed() -> None:
    unknown = {"module": "mine", "class_name": "Mine", "config": {"name": "a"}}
    report = from_config(sequential(entry("x", [None, 5]), unknown, dense("b"))).report()
    assert report.total == 0
    assert report.warnings == [
        "a (Mine): a custom class; only its own code knows its weights",
        "b (Dense): the shape of its input is not known",
    ]
    assert report.to_dict()["layers"][1]["input_shape"] is None
    assert report.to_dict()["output_shape"] is None


def test_a_subclassed_model_is_one_row() -> None:
    found = {
        "module": "mine",
        "class_name": "Mine",
        "config": {"name": "m"},
        "build_config": {"input_shape": [None, 5]},
    }
    report = from_config(found).report()
    assert (report.total, report.exact, len(report.rows)) == (0, False, 1)
    assert report.rows[0].inputs == (pc.Input((5,)).shape,)
    weights = (pc.Weight("0", (5, 3)), pc.Weight("1", (3,)))
    stored = from_config(found, lambda name, kind: weights).report()
    assert (stored.total, stored.exact) == (18, True)
    assert stored.warnings == [
        "m (Mine): a custom class; only its own code knows its weights; counted from the weights stored with it, "
        "taken as trained: no file says which are"
    ]


def test_a_subclass_that_writes_down_its_graph_is_read() -> None:
    layers = [placed(entry("x", [None, 5])), placed(dense("a"), tensor("x"))]
    graph = {**functional(layers, ["x", 0, 0], ["a", 0, 0]), "class_name": "Mine", "module": "mine"}
    assert from_config(graph).total == 18


def test_an_object_in_several_places_is_one() -> None:
    shared = {**dense("d"), "shared_object_id": 7}
    each = {"module": "keras.layers", "class_name": "TimeDistributed", "config": {"name": "t", "layer": shared}}
    layers = [placed(entry("x", [None, 4, 5])), placed(each, tensor("x")), placed(shared, tensor("x"))]
    layers.append(
        placed({"module": "keras.layers", "class_name": "Add", "config": {"name": "s"}}, [tensor("t"), tensor("d")])
    )
    report = from_config(functional(layers, ["x", 0, 0], ["s", 0, 0])).report()
    assert report.total == 18
    assert [row.params for row in report.rows] == [18, 18, 0]


def test_an_output_a_layer_does_not_have() -> None:
    layers = [placed(entry("x", [None, 5])), placed(dense("a"), tensor("x"))]
    with pytest.raises(ParamcalcError):
        _ = from_config(functional(layers, ["x", 0, 0], ["a", 0, 3])).total


def test_layers_inside_layers_inside_layers() -> None:
    layer = dense("a")
    for _ in range(500):
        layer = {"module": "keras.layers", "class_name": "TimeDistributed", "config": {"layer": layer}}
    with pytest.raises(FileError, match="at most 50 deep"):
        from_config(sequential(layer))


words = st.sampled_from(
    [
        "class_name",
        "config",
        "layers",
        "name",
        "module",
        "Sequential",
        "Functional",
        "Dense",
        "LSTM",
        "keras",
        "units",
        "keras.layers",
        "input_layers",
        "output_layers",
        "inbound_nodes",
        "args",
        "kwargs",
        "batch_shape",
        "InputLayer",
        "a",
    ]
)
leaves = st.none() | st.booleans() | st.integers(-3, 9) | words
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4))


@given(st.dictionaries(words, anything, max_size=4), st.sampled_from(["Sequential", "Functional"]))
@settings(deadline=None, max_examples=examples(50, 300))
def test_any_structure_ends_in_a_model_or_an_error_of_ours(config: dict[str, Any], kind: str) -> None:
    with suppress(ParamcalcError):
        _ = from_config({"class_name": kind, "config": {"layers": [], **config}}).total


# --- what Keras really writes ---------------------------------------------------------------------------------


LAYERS = [
    name
    for name, rule in rules().items()
    if not name.endswith(("Cell", "Cells")) and rule.family != "legacy"  # cells are read inside their RNN
]


@pytest.mark.parametrize("name", quick(LAYERS, 8))
def test_every_layer_is_read_back_as_keras_writes_it(name: str) -> None:
    pytest.importorskip("keras")
    from paramcalc.verification.adapters.keras.build import Builder
    from paramcalc.verification.adapters.keras.framework import keras
    from paramcalc.verification.adapters.keras.quirks import CYCLES, TENSORFLOW
    from paramcalc.verification.audit import configurations
    from paramcalc.verification.cases import cases
    from paramcalc.verification.foreign import isolated

    rule = rules()[name]
    tried = [case for at, case in enumerate(configurations(cases(rule))) if at % 97 == 0 or at < 3]

    def answers() -> Any:
        for layer, shapes, call in tried:
            names = [None] if len(shapes) == 1 else [f"in{at}" for at in range(len(shapes))]
            known = [tuple(size if isinstance(size, int) else None for size in shape) for shape in shapes]
            tensors = [pc.Input(shape[1:], shape[0], name) for shape, name in zip(known, names, strict=True)]
            try:
                ours = pc.Model(tensors, layer(*tensors, **call))
                made, _ = Builder().graph(ours, "model")
            except Exception:  # refused; the audit is about that
                continue
            config = json.loads(json.dumps(keras().saving.serialize_keras_object(made)))
            read = from_config(config)
            yield read.report().to_dict()["layers"], ours.report().to_dict()["layers"]

    compared = 0
    for theirs, ours in isolated(answers()):
        for row in (*theirs, *ours):
            del row["reads"]  # an input without a name gets one from Keras
        assert theirs == ours
        compared += 1
    assert compared or name in (*TENSORFLOW, *CYCLES)


def test_a_saved_model_is_read_from_its_file(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    x = keras.Input((4, 3))
    model = keras.Model(x, keras.layers.Dense(2)(keras.layers.LSTM(5)(x)))
    (tmp_path / "config.json").write_text(model.to_json())
    assert from_config(json.loads((tmp_path / "config.json").read_text())).total == model.count_params()


def test_layers_alike_but_for_a_word_are_told_apart() -> None:
    # a layer like the last of its class is not read again: its name, its freedom and its sizes are its own
    layers = [
        dense("a", 3),
        dense("b", 3),
        {**dense("c", 3), "config": {**dense("c", 3)["config"], "trainable": False}},
        {**dense("d", 3), "build_config": {"input_shape": [None, 3]}},
        dense("e", 4),
    ]
    model = from_config(sequential(entry("x", [None, 3]), *layers))
    assert [layer.name for layer in model.layers] == ["a", "b", "c", "d", "e"]
    assert [row.trainable for row in model.rows] == [12, 12, 0, 12, 16]
    assert [layer.declared_inputs is None for layer in model.layers] == [True, True, True, False, True]
    assert len({id(layer) for layer in model.layers}) == 5
