"""The spec reader: every feature of the file, on plain data."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest

import paramcalc as pc
from paramcalc import Model, ParamcalcError, symbols
from paramcalc.core.declare import Built, Inputs, Shape, rule
from paramcalc.core.registry import find, unregister
from paramcalc.errors import FileError, GraphError, LayerError, OptionError, SizeError
from paramcalc.formats.modelspec.document import layer_options, model_from


def chain(*layers: Any, **more: Any) -> Model:
    return model_from({"input": [6, 8], "layers": list(layers), **more})


def names(model: Model) -> list[str]:
    return [row.name for row in model.rows]


def reads(model: Model) -> list[Any]:
    return [node.args for node in model.nodes]


# --- items ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        {"Dense": 4},
        {"dense": 4},
        {"Dense": "4"},
        {"Dense": {"units": 4}},
        {"Dense": {"units": "2*2"}},
        {"Dense": {"units": 4}, "name": "a"},
        {"Dense": {"units": 4, "name": "a", "inputs": "input"}},
        {"Dense": 4, "inputs": ["input"]},
    ],
)
def test_ways_to_write_a_layer(item: Any) -> None:
    assert chain(item).total == 8 * 4 + 4


@pytest.mark.parametrize("item", ["Flatten", "flatten", {"Flatten": None}, {"Flatten": {}}])
def test_ways_to_write_a_layer_without_options(item: Any) -> None:
    assert chain(item).report().outputs[0][1:] == (48,)


def test_a_list_is_the_first_option() -> None:
    assert chain({"Reshape": [4, 12]}).report().outputs[0][1:] == (4, 12)


@pytest.mark.parametrize(
    "item",
    [
        {"Bidirectional": {"layer": {"LSTM": 4}}},
        {"Bidirectional": {"LSTM": 4}},
        {"bidirectional": {"lstm": {"units": 4}, "name": "both"}},
        {
            "Bidirectional": {
                "layer": {"LSTM": {"units": 4}},
                "backward_layer": {"LSTM": {"units": 4, "go_backwards": True}},
            }
        },
    ],
)
def test_ways_to_write_a_wrapped_layer(item: Any) -> None:
    assert chain(item).total == 2 * 4 * (4 * (4 + 8) + 4)


@pytest.mark.parametrize(
    "cells", [[{"LSTMCell": 3}, {"GRUCell": 4}], {"StackedRNNCells": [{"LSTMCell": 3}, {"GRUCell": 4}]}]
)
def test_cells(cells: Any) -> None:
    # 4[3(3 + 8) + 3] = 144, then 3[4(4 + 3) + 2·4] = 108
    assert chain({"RNN": {"cell": cells}}).total == chain({"RNN": cells}).total == 144 + 108


def test_names_and_frozen_layers() -> None:
    model = chain({"Dense": {"units": 4, "name": "a", "trainable": False}}, {"Dense": 2})
    assert names(model) == ["a", "dense"]
    assert (model.trainable, model.non_trainable) == (4 * 2 + 2, 8 * 4 + 4)
    assert chain({"Dense": 4}, trainable=False).trainable == 0


def test_the_first_layer_may_declare_the_input() -> None:
    assert model_from({"layers": [{"LSTM": {"units": 10, "input_shape": [13, 5]}}]}).total == 640
    sized = {"sizes": {"d": 5}, "layers": [{"LSTM": {"units": 10, "input_shape": ["T", "d"]}}]}
    assert model_from(sized).total == 640


# --- sizes ------------------------------------------------------------------------------------------


def test_sizes_may_be_defined_in_any_order() -> None:
    model = chain({"Dense": "d"}, sizes={"d": "2*h", "h": "k + 1", "k": 127})
    assert model.total == 8 * 256 + 256


def test_a_size_without_a_value_is_a_symbol() -> None:
    h = symbols("h")
    assert chain({"Dense": "h"}, sizes={"h": None}).total == chain({"Dense": "h"}).total == 9 * h
    assert chain({"Dense": "d"}, sizes={"d": "2*h"}).total == 18 * h


def test_sizes_hold_in_shapes_windows_and_nested_layers() -> None:
    spec = {
        "sizes": {"n": 8, "k": 3},
        "batch": "n",
        "input": ["n", "n", "k"],
        "layers": [
            {"Conv2D": {"filters": "k", "kernel_size": ["k", "k"]}},
            {"Reshape": ["n - 2", -1]},
            {"Bidirectional": {"LSTM": "k"}},
        ],
    }
    # 3·3·3·3 + 3, then 2·4[3(3 + 18) + 3]
    model = model_from(spec)
    assert model.total == 84 + 2 * 4 * (3 * (3 + 18) + 3)
    assert model.input_shapes[0] == (8, 8, 8, 3)


# --- graphs -----------------------------------------------------------------------------------------


def test_several_inputs_and_outputs() -> None:
    model = model_from(
        {
            "inputs": {"a": [4], "b": [4]},
            "layers": [
                {"Dense": 3, "name": "left", "inputs": "a"},
                {"Dense": 5, "name": "right", "inputs": "b"},
                {"Concatenate": {"inputs": ["left", "right"], "name": "both"}},
            ],
            "outputs": ["both", "left"],
        }
    )
    assert [shape[1:] for shape in model.report().outputs] == [(8,), (3,)]
    assert model.type == "Functional"


def test_layers_may_be_used_before_they_are_written() -> None:
    model = chain(
        {"Dense": {"units": 3, "inputs": "late", "name": "last"}},
        {"Dense": {"units": 5, "inputs": "input", "name": "late"}},
        outputs="last",
    )
    assert names(model) == ["late", "last"]
    assert model.total == 8 * 5 + 5 + 5 * 3 + 3


def test_outputs_of_a_layer_by_number() -> None:
    model = chain(
        {"LSTM": {"units": 4, "return_state": True, "return_sequences": True, "name": "enc"}},
        {"Dense": 2, "inputs": "enc[2]"},
    )
    assert reads(model)[1] == ((1, 2),)
    assert model.report().outputs[0][1:] == (2,)


def test_a_last_layer_with_several_outputs_gives_them_all() -> None:
    assert len(chain({"LSTM": {"units": 4, "return_state": True}}).report().outputs) == 3


def test_a_layer_used_twice_is_counted_once() -> None:
    model = chain({"Dense": 8, "name": "d"}, {"use": "d", "name": "again"}, {"use": "again"}, {"use": "d", "repeat": 2})
    assert model.total == 8 * 8 + 8
    assert len(model.nodes) == 5
    assert names(model) == ["d"]


def test_a_layer_used_several_times_in_a_row() -> None:
    again = {"use": "d", "inputs": "input", "repeat": 2, "name": "e"}
    model = chain({"Dense": 8, "name": "d"}, again, outputs=["d", "e_2"])
    assert reads(model) == [((0, 0),), ((0, 0),), ((2, 0),)]


# --- blocks -----------------------------------------------------------------------------------------


def test_a_block_is_repeated_with_weights_of_its_own() -> None:
    model = chain({"repeat": "n", "layers": [{"Dense": {"units": 8, "name": "d"}}, "ReLU"]}, sizes={"n": 3})
    assert model.total == 3 * 72
    assert names(model) == ["d_1", "re_lu", "d_2", "re_lu_1", "d_3", "re_lu_2"]
    assert model.type == "Sequential"


def test_input_in_a_block_is_what_the_block_reads() -> None:
    block = {"repeat": 2, "layers": [{"Dense": 8, "name": "d"}, {"Add": None, "inputs": ["input", "d"]}]}
    model = chain({"Dense": 8}, block)
    assert reads(model) == [((0, 0),), ((1, 0),), ((1, 0), (2, 0)), ((3, 0),), ((3, 0), (4, 0))]


def test_a_block_may_read_something_else_than_the_layer_before() -> None:
    block = {"repeat": 2, "inputs": "a", "layers": [{"Dense": 8, "name": "d"}]}
    model = chain({"Dense": 8, "name": "a"}, {"Dense": 8, "name": "b"}, block, outputs=["d_2", "b"])
    assert reads(model) == [((0, 0),), ((1, 0),), ((1, 0),), ((3, 0),)]


def test_one_layer_repeated() -> None:
    model = chain(
        {"LSTM": {"units": 8, "return_sequences": True, "repeat": 3, "name": "l"}}, {"Dense": 1, "inputs": "l_3"}
    )
    assert names(model) == ["l_1", "l_2", "l_3", "dense"]
    assert model.total == 3 * 4 * (8 * 16 + 8) + 9


def test_blocks_within_blocks() -> None:
    inner = {"repeat": 2, "layers": [{"Dense": {"units": 8, "name": "d"}}]}
    assert names(chain({"repeat": 2, "layers": [inner]})) == ["d_1_1", "d_2_1", "d_1_2", "d_2_2"]


# --- models within models ---------------------------------------------------------------------------


def test_a_chain_as_a_layer() -> None:
    model = chain({"Sequential": {"name": "mlp", "layers": [{"Dense": 4}, {"Dense": 2}]}})
    assert [row.name for row in model.rows[0].rows] == ["dense", "dense_1"]
    assert model.total == 36 + 10
    assert (
        chain({"Sequential": [{"Dense": 4}, {"Dense": 2}], "name": "mlp"}).report().to_dict()
        == model.report().to_dict()
    )


def test_a_graph_as_a_layer() -> None:
    inner = {
        "inputs": {"a": [8], "b": None},
        "layers": [{"Dense": 8, "inputs": "b", "name": "d"}, {"Add": {"inputs": ["a", "d"]}}],
    }
    spec = {"inputs": {"x": [8], "y": [8]}, "layers": [{"Model": inner, "inputs": ["x", "y"], "name": "m"}]}
    model = model_from(spec)
    assert model.total == 72
    assert model.rows[0].name == "m"


def test_a_nested_model_used_twice_is_counted_once() -> None:
    model = chain({"Sequential": [{"Dense": 8}], "name": "s"}, {"use": "s"})
    assert model.total == 72


def test_options_of_one_layer() -> None:
    options = layer_options(find("Bidirectional"), {"LSTM": "2*h", "merge_mode": "sum"})
    assert options["merge_mode"] == "sum"
    assert options["layer"].options["units"] == 2 * symbols("h")


# --- what is refused ----------------------------------------------------------------------------------

MISTAKES: dict[str, tuple[Any, type[ParamcalcError]]] = {
    "which of the inputs": ({"inputs": {"a": [3], "b": [3]}, "layers": ["Flatten"]}, GraphError),
    "leads to no output": ({"input": [3], "layers": ["Flatten", {"Dense": 3, "inputs": "input"}]}, GraphError),
    "use: a": ({"input": [3], "layers": [{"Dense": 3, "name": "a"}, {"Dense": 3, "name": "a"}]}, GraphError),
    "such as lstm\\[0\\]": (
        {"input": [3, 4], "layers": [{"LSTM": {"units": 3, "return_state": True}}, {"Dense": 3}]},
        GraphError,
    ),
    "there is no a\\[3\\]; expected a, its only": (
        {"input": [3], "layers": [{"Dense": 3, "name": "a"}], "outputs": "a[3]"},
        GraphError,
    ),
    "did you mean 'enc'": (
        {"input": [3], "layers": [{"Dense": 3, "name": "enc"}, {"Dense": 3, "inputs": "encc"}]},
        GraphError,
    ),
    r"layers\[0\] \(lstm\) has 3 outputs": (
        {"input": [3, 4], "layers": [{"Sequential": [{"LSTM": {"units": 3, "return_state": True}}]}]},
        GraphError,
    ),
    "no layer above": ({"input": [3], "layers": [{"use": "input"}]}, GraphError),
    "too many copies": (
        {"input": [3], "layers": [{"repeat": 1001, "layers": [{"ReLU": None, "repeat": 1000}]}]},
        GraphError,
    ),
    "not one layer": ({"input": [3], "layers": [{"LSTM": None, "units": 3}]}, LayerError),
    "a Sequential is a chain": (
        {"input": [3], "layers": [{"Sequential": [{"Dense": 3, "name": "a"}, {"Add": {"inputs": ["a", "a"]}}]}]},
        GraphError,
    ),
    "defined by one another": (
        {"input": ["a"], "sizes": {"a": "b", "b": "c", "c": "a"}, "layers": ["ReLU"]},
        SizeError,
    ),
    "more than 200 terms": (
        {"input": [3], "sizes": {"a": "x+y+z", "b": "a*a*a*a*a*a*a*a", "c": "b*b*b*b*b*b*b*b*b"}, "layers": ["ReLU"]},
        SizeError,
    ),
    "name is given twice": ({"input": [3], "layers": [{"ReLU": {"name": "a"}, "name": "b"}]}, OptionError),
    "unknown framework": ({"framework": "kerasss", "input": [3], "layers": ["ReLU"]}, LayerError),
    "both input and inputs": ({"input": [3], "inputs": {"a": [3]}, "layers": ["ReLU"]}, OptionError),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_mistakes(message: str) -> None:
    spec, kind = MISTAKES[message]
    with pytest.raises(kind, match=message):
        model_from(spec)


def test_large_nested_models_used_often_are_refused_in_time() -> None:
    big = {"Sequential": [{"ReLU": None, "repeat": 2000}], "name": "big"}
    with pytest.raises(GraphError, match="too many layers"):
        chain(big, {"use": "big", "repeat": 1000})


GROWING: dict[str, tuple[list[Any], str]] = {
    "d, 2d, 4d": ([{"Concatenate": {"inputs": ["input", "input"]}}], "above 10\\^100"),
    "n, n², n⁴": (
        ["Flatten", {"Reshape": [1, -1], "name": "r"}, {"Dot": {"axes": 1}, "inputs": ["r", "r"]}],
        "above 10\\^100",
    ),
    "(2), (2, 2), (2, 2, 2)": ([{"Embedding": {"input_dim": 3, "output_dim": 2}}], "axes"),
}


@pytest.mark.parametrize("name", GROWING)
def test_shapes_that_grow_without_end_are_refused(name: str) -> None:
    layers, message = GROWING[name]
    with pytest.raises(ParamcalcError, match=message):
        chain({"repeat": 2000, "layers": layers})


def test_expressions_that_grow_without_end_are_refused() -> None:
    spec = {"input": ["d"], "layers": [{"repeat": 12_000, "layers": [{"Concatenate": {"inputs": ["input", "input"]}}]}]}
    with pytest.raises(SizeError, match="a number of more than 10,000 bits"):
        model_from(spec)


BOMBS = {
    "one layer": "- {Dense: 4, repeat: 1000000}",
    "a use": "- {Dense: 4, name: a}\n- {use: a, repeat: 200000}",
    "blocks in blocks": "- {repeat: 300, layers: [{repeat: 300, layers: [{repeat: 300, layers: [{Dense: 4}]}]}]}",
    "chains in chains": "- {Sequential: {layers: [{Dense: 4, repeat: 400}]}, repeat: 400}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_few_bytes_cannot_ask_for_minutes_of_work(name: str, ends: None) -> None:
    with pytest.raises(GraphError, match=r"too many copies; expected at most 100,000 layers that repeat adds"):
        pc.loads(f"input: [4]\nlayers:\n{BOMBS[name]}", "yaml")


def test_aliases_that_double_are_refused(ends: None) -> None:
    lines = ["- &b0 {Sequential: {layers: [{Dense: 4}, {Dense: 4}]}}"]
    lines += [f"- &b{at} {{Sequential: {{layers: [*b{at - 1}, *b{at - 1}]}}}}" for at in range(1, 18)]
    with pytest.raises(FileError, match="too many values, aliases followed; expected at most 100,000"):
        pc.loads("\n".join(["input: [4]", "layers:", *lines]), "yaml")


SIZED = "sizes: {h: 128, d: 2*h}\ninput: [T, f]\nlayers: [{LSTM: h}, {Dense: d}]"


@pytest.mark.parametrize(
    ("given", "units"),
    [({}, (128, 256)), ({"h": 64}, (64, 128)), ({"d": "7"}, (128, 7)), ({"h": "2*k", "f": 3}, (2 * symbols("k"),))],
)
def test_sizes_from_outside_take_precedence(given: dict[str, Any], units: tuple[Any, ...], tmp_path: Any) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(SIZED, encoding="utf-8")
    found = [layer.options["units"] for layer in pc.load(path, sizes=given).layers]
    assert found[: len(units)] == list(units)


def test_a_size_that_a_file_does_not_have_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(SIZED, encoding="utf-8")
    with pytest.raises(SizeError, match=r"sizes: no size 'hh'; expected B or T or d or f or h \(did you mean 'h'\?\)"):
        pc.load(path, sizes={"hh": 3})


def test_open_axes_of_a_saved_model_are_set_by_name(tmp_path: Any) -> None:
    config = {"batch_shape": [None, None, None, 3], "name": "i"}
    layers = [
        {"class_name": "InputLayer", "config": config},
        {"class_name": "Conv2D", "config": {"name": "c", "filters": 2, "kernel_size": [3, 3]}},
    ]
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"class_name": "Sequential", "config": {"layers": layers}}), encoding="utf-8")
    model = pc.load(path, sizes={"H": 10, "W": "2*k"})
    assert model.rows[0].outputs[0][1:] == (8, 2 * symbols("k") - 2, 2)
    assert model.cost(batch=2).passes.forward == 2 * 8 * (2 * symbols("k") - 2) * 27 * 2
    with pytest.raises(SizeError, match=r"m.json: sizes: no size 'h'; expected B or H or W \(did you mean 'H'\?\)"):
        pc.load(path, sizes={"h": 3})
    with pytest.raises(ParamcalcError, match="a window over 3 places does not fit on an axis of 1"):
        pc.load(path, sizes={"H": 1})


@pytest.mark.parametrize("sizes", ["h=4", 5, ["h"]])
def test_sizes_of_another_type_are_refused(sizes: Any, tmp_path: Any) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(SIZED, encoding="utf-8")
    with pytest.raises(OptionError, match="sizes: no sizes; expected names and values such as"):
        pc.load(path, sizes=sizes)


def test_a_registered_layer_is_found_inside_wrappers_that_were_read_before() -> None:
    def body(x: Annotated[Shape, Inputs("B d_x")], /) -> Built:
        return Built(outs=(x,))

    spec = "input: [3, 4]\nlayers: [{TimeDistributed: {%s: {}}}]"
    pc.loads(spec % "ReLU", "yaml")
    made = pc.register(rule(name="ReadLater", why="It does nothing.")(body))
    try:
        assert pc.loads(spec % "ReadLater", "yaml").total == 0
    finally:
        unregister(made)
