"""Models of legacy Keras, read without it: what Keras 2 wrote down, and what nobody should believe."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from tiers import examples

from paramcalc.errors import FileError, GraphError, OptionError, ParamcalcError
from paramcalc.formats.keras.config import from_config
from paramcalc.formats.keras.keras2 import is_legacy, upgraded

DATA = Path(__file__).parents[1] / "data" / "keras2"
# Keras 2 leaves out a tensor, or has a size worked out by another layer: nobody can tell the shapes
REFUSED = {
    "op_incomplete": "layer 'tf.einsum': a call of einsum without a tensor; expected its inputs",
    "op_dynamic": "layer 'tf.reshape': shape is worked out by another layer; expected numbers",
}
# what stands in them is in code, or has no rule: see what becomes of it below
UNKNOWN = ("custom_lambda", "op_unknown", "shared_across_levels")
FIXTURES = sorted({path.stem for path in DATA.glob("*.json")} - REFUSED.keys() - set(UNKNOWN))
FORMS = ("model", "older")  # to_json() of 2.15, and what legacy .h5 and to_json() before 2.13 hold


def fixture(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return found


def read(found: dict[str, Any]) -> dict[str, Any]:
    return from_config(upgraded(found)).report().to_dict()


def plain(shape: Any) -> Any:
    """Say None for the sizes nobody knows, which have names here."""
    return [plain(one) for one in shape] if isinstance(shape, list) else shape if isinstance(shape, int) else None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", FIXTURES)
def test_what_keras_2_wrote(name: str, form: str) -> None:
    fixed = fixture(name)
    found, expected = fixed[form], fixed["expected"]
    before = json.dumps(found)
    assert is_legacy(found)
    report = read(found)
    assert json.dumps(found) == before
    rows = [[row["name"], row["params"], row["trainable"], plain(row["output_shape"])] for row in report["layers"]]
    assert sorted(rows) == sorted(expected["layers"])
    assert report["total"] == expected["total"]
    assert report["trainable"] == expected["trainable"]
    outs = report["output_shape"]
    assert plain(outs if isinstance(outs[0], list) else [outs]) == expected["outputs"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_keras_2_did_not_write(name: str, form: str) -> None:
    with pytest.raises(GraphError, match=re.escape(REFUSED[name])):
        upgraded(fixture(name)[form])


@pytest.mark.parametrize("form", FORMS)
def test_a_layer_in_two_levels_is_numbered_in_both(form: str) -> None:
    outer = upgraded(fixture("shared_across_levels")[form])["config"]["layers"]
    inner = outer[1]["config"]["layers"]
    numbers = [layer.get("shared_object_id") for layer in (outer[2], inner[1])]
    assert numbers == ([2, 2] if form == "older" else [None, None])  # where nothing says so, Keras makes two as well


@pytest.mark.parametrize("form", FORMS)
def test_a_function_without_counterpart_keeps_its_name(form: str) -> None:
    layers = {layer["name"]: layer for layer in upgraded(fixture("op_unknown")[form])["config"]["layers"]}
    found = layers["tf.math.squared_difference"]
    assert (found["module"], found["class_name"]) == ("keras.src.ops.tensorflow", "tf.math.squared_difference")
    assert found["inbound_nodes"][0]["kwargs"]["y"]["config"]["keras_history"] == ["y", 0, 0]


@pytest.mark.parametrize("form", FORMS)
def test_bytecode_is_handed_on_unread(form: str) -> None:
    found = fixture("custom_lambda")[form]
    code = found["config"]["layers"][1]["config"]["function"]
    (layer,) = [one for one in upgraded(found)["config"]["layers"] if one["class_name"] == "Lambda"]
    assert layer["config"]["function"] == {"class_name": "__lambda__", "config": {"code": code}}


@pytest.mark.parametrize("name", ["chain_without_input", "encoder_decoder"])
def test_h5_files_hold_the_older_form(name: str) -> None:
    text = (DATA / f"{name}.h5").read_bytes().decode("latin-1")
    found, _ = json.JSONDecoder().raw_decode(text, text.index('{"class_name": '))
    assert is_legacy(found)
    assert read(found)["total"] == fixture(name)["expected"]["total"]


# --- the form, by hand ----------------------------------------------------------------------------------------


def layer(kind: str, name: str, *calls: Any, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, **config}, "name": name, "inbound_nodes": list(calls)}


def entry(name: str, *shape: int | None) -> dict[str, Any]:
    return layer("InputLayer", name, batch_input_shape=[None, *shape])


def graph(*layers: Any, inputs: Any = None, outputs: Any = None, kind: str = "Model") -> dict[str, Any]:
    first, last = layers[0]["name"], layers[-1]["name"]
    ends = {"input_layers": inputs or [[first, 0, 0]], "output_layers": outputs or [[last, 0, 0]]}
    return {"class_name": kind, "config": {"name": "net", "layers": list(layers), **ends}}


def chain(*layers: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": list(layers)}


def tensor(*history: Any) -> dict[str, Any]:
    config = {"shape": None, "dtype": None, "keras_history": list(history)}
    return {"class_name": "__keras_tensor__", "config": config}


def changed(one: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = upgraded(chain(one))["config"]["layers"][-1]["config"]
    return config


KERAS_3: dict[str, Any] = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {
        "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 3]}}]
    },
}


@pytest.mark.parametrize(
    ("found", "legacy"),
    [
        (KERAS_3, False),
        ({**KERAS_3, "keras_version": "3.4.1"}, False),
        ({**KERAS_3, "keras_version": "2.13.1"}, True),
        ({"class_name": "Sequential", "config": [], "keras_version": "1.2.2"}, True),
        (chain(layer("Dense", "a", units=3)), True),
        (graph(entry("x", 3), layer("Dense", "a", [["x", 0, 0]], units=3)), True),
        ({"class_name": "Sequential", "config": {"layers": [layer("Dense", "a", units=3)]}}, True),
        ({"class_name": "Sequential", "config": {"layers": [{"module": "keras.layers", "config": {}}]}}, False),
        ({"class_name": "Functional", "config": {"layers": [{"inbound_nodes": [{"args": []}], "config": {}}]}}, False),
        ({"class_name": "Functional", "config": {"layers": [{"inbound_nodes": [[["x", 0, 0]]], "config": {}}]}}, True),
        ({}, False),
        ({"class_name": "Sequential", "config": {"layers": []}}, False),
        ({"class_name": "Sequential", "config": {"layers": 3}, "keras_version": "nightly"}, False),
    ],
)
def test_the_forms_are_told_apart(found: Any, legacy: bool) -> None:
    assert is_legacy(found) is legacy


def test_the_new_form() -> None:
    made = upgraded(graph(entry("x", 3), layer("Dense", "a", [["x", 0, 0, {"training": None}]], units=3)))
    assert made == {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": {
            "name": "net",
            "layers": [
                {
                    "module": "keras.layers",
                    "class_name": "InputLayer",
                    "registered_name": None,
                    "config": {"name": "x", "batch_shape": [None, 3]},
                    "name": "x",
                    "inbound_nodes": [],
                },
                {
                    "module": "keras.layers",
                    "class_name": "Dense",
                    "registered_name": None,
                    "config": {"name": "a", "units": 3},
                    "name": "a",
                    "inbound_nodes": [{"args": [tensor("x", 0, 0)], "kwargs": {"training": None}}],
                },
            ],
            "input_layers": ["x", 0, 0],
            "output_layers": ["a", 0, 0],
        },
    }


def test_the_call_a_nested_model_is_born_with() -> None:
    inner = graph(entry("i", 3), layer("Dense", "d", [["i", 0, 0]], units=3))
    twice = {**inner, "name": "n", "inbound_nodes": [[["x", 0, 0]], [["n", 1, 0]]]}
    made = upgraded(graph(entry("x", 3), twice, outputs=[["n", 2, 0], ["n", 1, 0]]))["config"]
    assert made["layers"][1]["inbound_nodes"][1]["args"] == [tensor("n", 0, 0)]
    assert made["output_layers"] == [["n", 2, 0], ["n", 1, 0]]  # as Keras 3: the born call counts among outputs
    late = {**chain(layer("Dense", "d", units=3)), "name": "n", "inbound_nodes": [[["x", 0, 0]], [["n", 0, 0]]]}
    made = upgraded(graph(entry("x", 3), late, outputs=[["n", 1, 0]]))["config"]
    assert made["layers"][1]["inbound_nodes"][1]["args"] == [tensor("n", 0, 0)]
    assert made["output_layers"] == ["n", 1, 0]


def test_a_class_of_ones_own_that_writes_down_its_graph() -> None:
    dense = layer("Dense", "d", [["x", 0, 0]], units=2)
    mine = upgraded(graph(entry("x", 3), dense, kind="Mine"))
    assert (mine["class_name"], mine["registered_name"]) == ("Mine", "Custom>Mine")
    assert mine["config"]["layers"][1]["inbound_nodes"] == [{"args": [tensor("x", 0, 0)], "kwargs": {}}]
    nested = {**graph(entry("x", 3), dense, kind="Mine"), "name": "n", "inbound_nodes": [[["y", 0, 0]]]}
    outer = upgraded(graph(entry("y", 3), nested, layer("Dense", "e", [["n", 1, 0]], units=2)))["config"]["layers"]
    assert outer[2]["inbound_nodes"][0]["args"] == [tensor("n", 0, 0)]
    assert upgraded({"class_name": "Mine", "config": {}})["registered_name"] == "Custom>Mine"


def test_a_class_of_a_script_is_not_the_layer_of_its_name() -> None:
    mine = {"module": None, "registered_name": "Dense", "class_name": "Dense", "config": {"name": "d", "units": 2}}
    assert upgraded(chain(entry("x", 3), mine))["config"]["layers"][1] == mine
    made = upgraded(chain(entry("x", 3), layer("Dense", "d", units=2)))["config"]["layers"][1]
    assert (made["module"], made["registered_name"]) == ("keras.layers", None)


def test_initial_states_stand_among_the_inputs() -> None:
    gru = layer("GRU", "g", [["x", 0, 0, {"mask": ["m", 0, 0]}], ["h", 0, 0, {}]], units=3, reset_after=True)
    made = upgraded(graph(entry("x", 5, 2), entry("h", 3), gru, inputs=[["x", 0, 0], ["h", 0, 0]]))["config"]
    assert made["layers"][2]["inbound_nodes"] == [
        {"args": [tensor("x", 0, 0)], "kwargs": {"mask": tensor("m", 0, 0), "initial_state": [tensor("h", 0, 0)]}}
    ]


def test_inputs_by_name_come_in_the_order_of_their_names() -> None:
    inner = graph(entry("a", 3), entry("b", 3), layer("Add", "s", [["a", 0, 0], ["b", 0, 0]]))
    inner["config"]["input_layers"] = {"b": ["b", 0, 0], "a": ["a", 0, 0]}
    nested = {**inner, "name": "n", "inbound_nodes": [{"b": ["y", 0, 0, {}], "a": ["x", 0, 0, {}]}]}
    made = upgraded(graph(entry("x", 3), entry("y", 3), nested, inputs=[["x", 0, 0], ["y", 0, 0]]))["config"]
    (given,) = made["layers"][2]["inbound_nodes"][0]["args"]
    assert list(given.items()) == [("a", tensor("x", 0, 0)), ("b", tensor("y", 0, 0))]


def test_a_loop_called_on_nothing() -> None:
    made = upgraded(graph(entry("x", 3), layer("LSTM", "l", [], units=3)))["config"]["layers"][1]
    assert made["inbound_nodes"] == [{"args": [[]], "kwargs": {}}]


def test_what_freezes_a_wrapper_freezes_its_inside() -> None:
    inner: dict[str, Any] = {"class_name": "LSTM", "config": {"name": "l", "units": 3, "trainable": True}}
    both = layer("Bidirectional", "b", trainable=False, layer=inner, batch_input_shape=[None, 5, 2])
    assert changed(both)["layer"]["config"]["trainable"] is False
    assert inner["config"]["trainable"] is True
    assert read(chain(both))["trainable"] == 0


KERAS_1 = chain(
    layer("Convolution2D", "c", nb_filter=4, nb_row=3, nb_col=5, border_mode="valid", subsample=[1, 2], bias=True,
          dim_ordering="th", init="glorot_uniform", W_regularizer=None, b_constraint=None, activation="relu",
          batch_input_shape=[None, 3, 10, 12], input_dtype="float32"),
    layer("MaxPooling2D", "m", pool_size=[2, 2], strides=[2, 2], border_mode="valid", dim_ordering="th"),
    layer("BatchNormalization", "n", mode=0, axis=1, epsilon=0.001, momentum=0.99, beta_init="zero", gamma_init="one"),
    layer("Dropout", "o", p=0.25),
    layer("Reshape", "r", target_shape=[4, 8]),
    layer("GRU", "g", output_dim=6, init="glorot_uniform", inner_init="orthogonal", inner_activation="hard_sigmoid",
          return_sequences=True, go_backwards=False, stateful=False, unroll=False, consume_less="cpu", input_dim=None,
          input_length=None, dropout_W=0.0, dropout_U=0.0, U_regularizer=None, W_regularizer=None, b_regularizer=None),
    layer("TimeDistributedDense", "t", output_dim=5, bias=True, input_dim=6, input_length=None),
    layer("Flatten", "f"),
    layer("Dense", "d", output_dim=2, init="uniform", bias=False, input_dim=20, activation="linear"),
)  # fmt: skip


def test_keras_1() -> None:
    rows = {row["name"]: (row["params"], plain(row["output_shape"])) for row in read(KERAS_1)["layers"]}
    assert rows == {
        "c": (3 * 5 * 3 * 4 + 4, [None, 4, 8, 4]),
        "m": (0, [None, 4, 4, 2]),
        "n": (4 * 4, [None, 4, 4, 2]),
        "o": (0, [None, 4, 4, 2]),
        "r": (0, [None, 4, 8]),
        "g": (3 * (6 * (6 + 8) + 6), [None, 4, 6]),  # one row of biases: there was no reset_after
        "t": (6 * 5 + 5, [None, 4, 5]),
        "f": (0, [None, 20]),
        "d": (20 * 2, [None, 2]),
    }


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("sum", "Add", {}),
        ("mul", "Multiply", {}),
        ("ave", "Average", {}),
        ("max", "Maximum", {}),
        ("concat", "Concatenate", {"axis": 1}),
        ("dot", "Dot", {"axes": [2, 1]}),
    ],
)
def test_one_layer_merged_in_every_way(mode: str, kind: str, options: dict[str, Any]) -> None:
    merge = layer("Merge", "m", [["x", 0, 0], ["x", 0, 0]], mode=mode, mode_type="raw", concat_axis=1, dot_axes=[2, 1])
    made = upgraded(graph(entry("x", 3, 3), merge))["config"]["layers"][1]
    assert (made["class_name"], made["config"]) == (kind, {"name": "m", **options})


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (layer("BatchNormalization", "n", axis=[3], fused=True, virtual_batch_size=None), {"axis": 3}),
        (layer("LayerNormalization", "n", axis=[1, 2]), {"axis": [1, 2]}),
        (layer("LayerNormalization", "n", axis=[2]), {"axis": 2}),
        (layer("LeakyReLU", "n", alpha=0.1), {"negative_slope": 0.1}),
        (layer("Embedding", "n", input_dim=5, output_dim=2, input_length=7), {"input_dim": 5, "output_dim": 2}),
        (layer("GRU", "n", units=3, time_major=False), {"units": 3, "reset_after": False}),
        (layer("CuDNNGRU", "n", units=3, time_major=True), {"units": 3, "time_major": True}),
        (layer("Reshape", "n", target_shape={"class_name": "__tuple__", "items": [2, 3]}), {"target_shape": [2, 3]}),
        (layer("UpSampling1D", "n", length=2), {"size": 2}),
        (layer("Lambda", "n", function="relu", function_type="function", module="m", output_shape=[3]),
         {"function": {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "relu"},
          "output_shape": [3]}),
        (layer("Lambda", "n", function=["code", None, None], function_type="lambda", output_shape=["more code"],
               output_shape_type="lambda"),
         {"function": {"class_name": "__lambda__", "config": {"code": ["code", None, None]}}, "output_shape": None}),
        (layer("Dense", "n", units=3, dtype={"class_name": "Policy", "config": {"name": "mixed_float16"}}),
         {"units": 3, "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"},
                                "registered_name": None}}),
    ],
)  # fmt: skip
def test_options(one: dict[str, Any], expected: dict[str, Any]) -> None:
    assert changed(one) == {"name": "n", **expected}


def function(name: str, first: Any = ("x", 0, 0), **given: Any) -> dict[str, Any]:
    call = [*first, {**given, "name": None}]
    two = graph(entry("x", 4, 6), entry("y", 4, 6), layer("TFOpLambda", "f", call, function=name))
    made: dict[str, Any] = upgraded(two)["config"]["layers"][2]
    return made


X, Y = tensor("x", 0, 0), tensor("y", 0, 0)
SLICE = {"start": None, "stop": 3, "step": None}


@pytest.mark.parametrize(
    ("made", "kind", "options", "args"),
    [
        (function("math.add", y=["y", 0, 0]), "numpy.Add", {}, [X, Y]),
        (function("math.subtract", ("_CONSTANT_VALUE", -1, 2.0), y=["x", 0, 0]), "numpy.Subtract", {}, [2.0, X]),
        (function("math.add", y=[1.0, 2.0]), "numpy.Add", {},
         [X, {"class_name": "__numpy__", "config": {"value": [1.0, 2.0], "dtype": "float32"}}]),
        (function("compat.v1.reduce_mean", reduction_indices=[1], keep_dims=True), "numpy.Mean",
         {"axis": [1], "keepdims": True}, [X]),
        (function("reverse", axis=[1]), "numpy.Flip", {"axis": [1]}, [X]),
        (function("nn.bias_add", bias=[1.0] * 6), "numpy.Add", {},
         [X, {"class_name": "__numpy__", "config": {"value": [1.0] * 6, "dtype": "float32"}}]),
        (function("split", num_or_size_splits=[1, 2, 3], axis=2), "numpy.Split",
         {"indices_or_sections": [1, 3], "axis": 2}, [X]),
        (function("split", num_or_size_splits=2), "numpy.Split", {"indices_or_sections": 2, "axis": 0}, [X]),
        (function("linalg.matmul", b=["y", 0, 0], transpose_a=True), "numpy.Einsum",
         {"subscripts": "...ji,...jk->...ik"}, [X, Y]),
        (function("linalg.matmul", b=["y", 0, 0], adjoint_b=True), "numpy.Einsum",
         {"subscripts": "...ij,...kj->...ik"}, [X, Y]),
        (function("__operators__.getitem", slice_spec=SLICE), "numpy.GetItem", {},
         [X, {"class_name": "__slice__", "config": SLICE}]),
        (function("__operators__.getitem", slice_spec=[{"class_name": "__ellipsis__"}, 0, None]), "numpy.GetItem", {},
         [X, [{"class_name": "__ellipsis__", "config": {}}, 0, None]]),
        (function("compat.v1.squeeze", squeeze_dims=[1]), "numpy.Squeeze", {"axis": 1}, [X]),
        (function("math.is_nan"), "numpy.Isnan", {}, [X]),
        (function("nn.leaky_relu", alpha=0.2), "nn.LeakyRelu", {}, [X]),
    ],
)  # fmt: skip
def test_functions(made: dict[str, Any], kind: str, options: dict[str, Any], args: list[Any]) -> None:
    assert f"{made['module']}.{made['class_name']}" == f"keras.src.ops.{kind}"
    assert made["registered_name"] == made["class_name"]
    assert made["config"] == {"name": "f", **options}
    assert made["inbound_nodes"] == [{"args": args, "kwargs": {}}]


@pytest.mark.parametrize(
    "made",
    [
        function("compat.v1.gather", indices=[0], axis=1, batch_dims=1),
        function("image.resize", size=[3, 3], preserve_aspect_ratio=True),
        function("split", num_or_size_splits=[-1, 2]),
        function("boolean_mask", mask=["y", 0, 0]),
    ],
)
def test_functions_that_mean_something_else(made: dict[str, Any]) -> None:
    assert made["module"] == "keras.src.ops.tensorflow"
    assert made["class_name"].startswith("tf.")


def test_nodes_of_older_graphs_go_by_their_operation() -> None:
    node = layer("TensorFlowOpLayer", "f", [["x", 0, 0, {}]], node_def={"name": "mul", "op": "Mul"}, constants={"1": 2})
    assert upgraded(graph(entry("x", 4), node))["config"]["layers"][1]["class_name"] == "tf.Mul"


def test_constants_of_a_loop() -> None:
    rnn = layer("LSTM", "r", [["x", 0, 0, {"constants": ["x", 0, 0]}]], units=3)
    with pytest.raises(OptionError, match="layer 'r': a loop over constants"):
        upgraded(graph(entry("x", 4, 6), rnn))


# --- what nobody should believe -------------------------------------------------------------------------------

BAD: list[tuple[str, Any, type[ParamcalcError], str]] = [
    ("nothing", {}, FileError, "no class_name"),
    ("no layers", {"class_name": "Sequential", "config": {}}, FileError, "no layers"),
    ("no config", {"class_name": "Model", "config": None}, FileError, "no config"),
    ("a layer that is none", chain(7), FileError, r"layers\[0\]: no class_name"),
    ("a layer without options", chain({"class_name": "Dense"}), FileError, r"layers\[0\]: no config"),
    ("several axes", chain(layer("BatchNormalization", "n", axis=[1, 2])), OptionError, "statistics along several"),
    ("no statistics", chain(layer("BatchNormalization", "n", mode=1)), OptionError, "BatchNormalization.mode"),
    ("constants", chain(layer("RNN", "r", num_constants=1)), OptionError, "a loop over constants"),
    ("models merged", chain(layer("Merge", "m", layers=[1], mode="sum")), OptionError, r"Merge.layers"),
    ("merged by code", chain(layer("Merge", "m", mode=["code"], mode_type="lambda")), OptionError, r"Merge.mode"),
    ("calls that are none", graph(entry("x", 3), layer("Dense", "a", 7)), FileError, "layer 'a': not a call"),
    ("calls of no values", graph({**entry("x", 3), "inbound_nodes": 3}), FileError, "no inbound_nodes"),
    ("places that are none", graph(entry("x", 3), layer("Dense", "a", [["x", "y", 0]])), FileError, "not a reference"),
    ("outputs that are none", graph(entry("x", 3), outputs=[["x", 0]]), FileError, "not a reference to a tensor"),
    ("a nameless function", graph(entry("x", 3), layer("TFOpLambda", "f", ["x", 0, 0]) | {"config": {}}), FileError,
     "layer 'f': a function without a name"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "error", "message"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
def test_bad_descriptions(found: Any, error: type[ParamcalcError], message: str) -> None:
    with pytest.raises(error, match=message):
        upgraded(found)


def deep(times: int, inner: Any, wrap: Any) -> Any:
    for _ in range(times):
        inner = wrap(inner)
    return inner


@pytest.mark.parametrize(
    "found",
    [
        deep(500, chain(), chain),
        chain(deep(500, layer("Dense", "d"), lambda one: layer("TimeDistributed", "t", layer=one))),
        graph(entry("x", 3), layer("Dense", "a", deep(500, ["x", 0, 0], lambda one: [one]))),
        graph(entry("x", 3), layer("Dense", "a", [["x", 0, 0, {"mask": deep(500, 1, lambda one: [one])}]])),
        graph(entry("x", 3), outputs=deep(500, ["x", 0, 0], lambda one: [one])),
        chain(layer("Reshape", "r", target_shape=deep(500, 1, lambda one: [one]))),
    ],
)
def test_depth_is_bounded(found: Any) -> None:
    assert is_legacy(found)
    with pytest.raises(FileError, match="at most 50 deep"):
        upgraded(found)


WORDS = (
    "class_name config layers name Sequential Model Functional Dense LSTM units input_layers output_layers layer cell "
    "inbound_nodes batch_input_shape InputLayer TFOpLambda function math.add a x axis BatchNormalization Merge mode "
    "_CONSTANT_VALUE shared_object_id trainable dtype slice_spec __operators__.getitem Bidirectional items node_def"
)
words = st.sampled_from(WORDS.split())
leaves = st.none() | st.booleans() | st.integers(-3, 9) | words
places = st.tuples(words, st.integers(0, 2), st.integers(0, 2), st.dictionaries(words, leaves, max_size=2)).map(list)
anything = st.recursive(
    leaves | places, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=5)
)
objects = st.fixed_dictionaries(
    {"class_name": words, "config": st.dictionaries(words, anything, max_size=4), "name": words},
    optional={"inbound_nodes": st.lists(places | st.lists(places, max_size=2) | anything, max_size=2)},
)


@given(st.lists(objects | anything, max_size=4), st.sampled_from(["Sequential", "Model"]), anything)
@settings(deadline=None, max_examples=examples(50, 300))
def test_any_structure_is_put_in_the_new_form_or_is_an_error_of_ours(layers: Any, kind: str, ends: Any) -> None:
    config = {"layers": layers, "input_layers": [["x", 0, 0]], "output_layers": ends}
    found = {"class_name": kind, "config": config}
    assert is_legacy(found) in (True, False)
    with suppress(ParamcalcError):
        made = upgraded(found)
        assert json.dumps(made, default=str)
        _ = from_config(made).total
