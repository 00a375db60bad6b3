"""ONNX files: rows, formulas and totals; with the library, every tensor, shape and type of random models."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from itertools import product
from math import prod
from pathlib import Path
from random import Random
from typing import Any

import graph_files as g
import pytest
from graph_seeds import onnx_files
from hypothesis import given, settings, strategies as st

import paramcalc as pc
from paramcalc.formats.onnx.graph import Walk
from paramcalc.formats.onnx.messages import MODEL, TYPES
from paramcalc.formats.onnx.operators import OPERATORS
from paramcalc.formats.onnx.outputs import OF_SHAPE, QUANTIZING
from paramcalc.formats.onnx.shapes import SHAPES
from paramcalc.formats.operators.wire import Wire

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
NODES = sorted({*SHAPES, *OPERATORS, *QUANTIZING, *OF_SHAPE, "Split", "Constant", "Cast"})
NUMBERS = st.integers(-3, 5) | st.lists(st.integers(-3, 5), min_size=1, max_size=3).map(tuple)


def rows(content: bytes) -> dict[str, Any]:
    return {row.name: row for row in pc.loads(content).report().rows}


def test_rows_formulas_and_work_of_a_network() -> None:
    report = pc.loads(onnx_files()[0]).report()
    found = {row.name: (row.type, row.params, row.macs) for row in report.rows}
    assert found == {
        "c": ("Conv", 8 * (27 + 1), 16 * 16 * 8 * 27),
        "n": ("BatchNormalization", 16, 0),  # it reads two tensors twice each
        "e": ("Gemm", 90, 80),
        "constants": ("Constant", 0, 0),
    }
    assert report.total == 224 + 16 + 90
    assert report.buffers == 1
    assert report.costed
    assert report.guessed
    assert report.to_dict()["trainable"] is None
    assert report.batch == 1
    assert str(report.rows[0].formula) == "F(k_h·k_w·C + 1)"
    assert report.rows[0].outputs[0][1:] == (8, 16, 16)
    assert any("other files, which are not opened" in one for one in report.warnings)
    assert any("not counted: 1 in constants" in one for one in report.warnings)


def test_statistics_are_not_trained_and_the_rest_is_a_guess() -> None:
    stored = [g.tensor(name, 6) for name in "sbmv"]
    (row,) = pc.loads(g.model(g.graph([g.node("BatchNormalization", "x s b m v", "y")], stored))).report().rows
    assert (row.params, row.trainable, row.non_trainable) == (24, 12, 12)
    assert row.formula.value == 24


@pytest.mark.parametrize(
    ("op", "ways", "bias", "peephole", "layout"),
    [case for case in product(GATES, (1, 2), (0, 1), (0, 1), (0, 1)) if not case[3] or case[0] == "LSTM"],
)
def test_recurrent_options(op: str, ways: int, bias: int, peephole: int, layout: int) -> None:
    n, d_x, d_h = GATES[op], 7, 5
    stored = [g.tensor("W", ways, n * d_h, d_x), g.tensor("R", ways, n * d_h, d_h)]
    stored += [g.tensor("B", ways, 2 * n * d_h)] * bias + [g.tensor("P", ways, 3 * d_h)] * peephole
    reads = f"x W R {'B' if bias else '-'}" + " - - - P" * peephole
    options: dict[str, Any] = {"hidden_size": d_h, "layout": layout}
    options["direction"] = "bidirectional" if ways == 2 else "reverse"
    content = g.model(g.graph([g.node(op, reads, "y h", **options)], stored, [g.value("x", 11, 3, d_x)]))
    (row,) = pc.loads(content).report().rows
    want = ways * (n * (d_h * (d_h + d_x) + 2 * bias * d_h) + 3 * d_h * peephole)
    assert row.params == want == row.formula.value
    assert row.macs == 11 * 3 * ways * n * d_h * (d_h + d_x)
    assert row.costed
    whole, last = ((11, 3, ways, d_h), (11, ways, d_h)) if layout else ((11, ways, 3, d_h), (ways, 3, d_h))
    assert row.outputs == (whole, last)
    assert [weight.shape for weight in row.weights][:2] == [(ways, n * d_h, d_x), (ways, n * d_h, d_h)]
    if n > 1:
        gates = [gate for gate, _, _ in row.weights[0].gate_slices()]
        assert gates == {"LSTM": ["i", "o", "f", "g"], "GRU": ["z", "r", "g"]}[op]
        assert row.weights[0].gate_axis == 1


MOVED = {  # how a weight of 20 × 7 reaches its operator: nodes, and the shape that is stored
    "Identity": ([g.node("Identity", "s", "m")], (20, 7)),
    "Transpose": ([g.node("Transpose", "s", "m")], (7, 20)),
    "Reshape": ([g.node("Reshape", "s shape", "m")], (140,)),
    "Squeeze": ([g.node("Squeeze", "s", "m")], (1, 20, 7)),
    "Cast": ([g.node("Cast", "s", "m", to=1)], (20, 7)),
    "Slice and Concat": (
        [
            g.node("Slice", "s ten twenty", "a"),
            g.node("Slice", "s zero ten", "b"),
            g.node("Concat", "a b", "m", axis=0),
        ],
        (20, 7),
    ),
    "Split and Concat": ([g.node("Split", "s", "a b", axis=0), g.node("Concat", "b a", "m", axis=0)], (20, 7)),
    "Unsqueeze and back": ([g.node("Unsqueeze", "s zero", "a"), g.node("Squeeze", "a zero", "m")], (20, 7)),
}


@pytest.mark.parametrize("how", MOVED)
def test_weights_are_followed_through_moves(how: str) -> None:
    nodes, shape = MOVED[how]
    numbers = [g.integers("zero", 0), g.integers("ten", 10), g.integers("twenty", 20), g.integers("shape", 20, -1)]
    made = [*nodes, g.node("Unsqueeze", "m zero", "W"), g.node("LSTM", "x W R", "y", hidden_size=5)]
    (row, _) = (
        pc.loads(g.model(g.graph(made, [g.tensor("s", *shape), g.tensor("R", 1, 20, 5), *numbers]))).report().rows
    )
    assert row.params == 240
    assert row.formula is not None
    assert row.formula.value == 240
    assert {weight.name for weight in row.weights} == {"s", "R"}


def test_a_part_of_a_tensor_is_counted_whole_and_has_no_formula() -> None:
    numbers = [g.integers("zero", 0), g.integers("ten", 10)]
    made = [g.node("Slice", "s zero ten", "w"), g.node("MatMul", "x w", "y")]
    row = pc.loads(g.model(g.graph(made, [g.tensor("s", 20, 7), *numbers]))).report().rows[0]
    assert (row.params, row.formula) == (140, None)


def test_a_recurrent_weight_of_unknown_shape_leaves_no_formula() -> None:
    stored = [g.tensor("W", 1, 20, 7), g.tensor("R", 1, 20, 5), g.tensor("b", 1, 20), g.integers("twice", 1, 2)]
    made = [g.node("Tile", "b twice", "B"), g.node("LSTM", "x W R B", "y", hidden_size=5)]
    row = pc.loads(g.model(g.graph(made, stored))).report().rows[0]
    assert (row.params, row.formula, row.costed) == (260, None, False)


def test_bodies_functions_and_shared_tensors() -> None:
    report = pc.loads(onnx_files()[2]).report()
    found = {row.name: row for row in report.rows}
    assert found["o/then_branch/o"].params == 12
    assert not found["o/then_branch/o"].costed  # of two branches one is computed
    assert found["y/h"].params == 36
    assert found["y/b"].counted_above  # the function multiplies by one matrix twice
    assert found["z"].counted_above
    assert found["last"].in_file.to_dict() == {"bytes": 36, "dtypes": ["int8"], "bits_per_parameter": 8.0}
    assert (found["end"].params, found["end"].in_file.bits) == (3 * 64, 8 * (96 + 24) / 192)  # 4 bits, and the scales
    assert report.total == 12 + 12 + 36 + 36 + 192


def test_a_tied_matrix_counts_once() -> None:
    report = pc.loads(onnx_files()[1]).report()
    assert report.total == 140 + 100 + 40 + 15 + 45
    assert [row.name for row in report.rows if row.counted_above] == ["e"]


def test_numbers_of_a_model_that_stores_none_but_one_each() -> None:
    made = [g.node("ConstantOfShape", "s", "w", value=("t", g.tensor("", 1))), g.node("MatMul", "x w", "y")]
    (row, _) = pc.loads(g.model(g.graph(made, [g.integers("s", 30, 40)]))).report().rows
    assert (row.params, row.weights[0].bytes) == (1200, 4)


@pytest.mark.parametrize(
    ("sizes", "op", "reads", "out"),
    [
        ((2, 3, 9), "Conv", "x k", (2, 8, 7)),
        ((2, 3, 9), "Relu", "x", (2, 3, 9)),
        ((2, 3, 9), "Transpose", "x", (9, 3, 2)),
        ((2, 3, 9), "Flatten", "x", (2, 27)),
        ((2, 3, 9), "GlobalAveragePool", "x", (2, 3, 1)),
    ],
)
def test_shapes_that_no_file_states(sizes: tuple[int, ...], op: str, reads: str, out: tuple[int, ...]) -> None:
    nodes = [g.node(op, reads, "o"), g.node("Add", "o v", "y")]
    stored = [g.tensor("k", 8, 3, 3), g.tensor("v", 1, 1, 2) if len(out) == 3 else g.tensor("v", 1, 2)]
    stored[1] = g.tensor("v", out[-1]) if out[-1] > 1 else g.tensor("v", *out[1:])
    report = pc.loads(g.model(g.graph(nodes, stored, [g.value("x", *sizes)]))).report()
    assert next(row for row in report.rows if row.name == "y").outputs == (out,)


@settings(max_examples=300)
@given(st.data())
def test_a_node_of_any_operator_may_read_and_give_any_number_of_values(data: st.DataObject) -> None:
    """Of a damaged file: what an operator does not allow, such as no output, is a model or an error of the file."""
    names = st.lists(st.sampled_from("xwvnab-"), max_size=4).map(" ".join)
    attributes = st.dictionaries(
        st.sampled_from(["axis", "perm", "split", "axes", "kernel_shape"]), NUMBERS, max_size=2
    )
    made = [
        g.node(
            data.draw(st.sampled_from(NODES)),
            data.draw(names),
            " ".join("abcd"[: data.draw(st.integers(0, 4))]),
            **more,
        )
        for more in data.draw(st.lists(attributes, min_size=1, max_size=3))
    ]
    stored = [g.tensor("w", 4, 3), g.tensor("v", 4), g.integers("n", 2, 2)]
    with suppress(pc.ParamcalcError):
        assert pc.loads(g.model(g.graph(made, stored, [g.value("x", 2, 4)]))).report().total >= 0


def test_every_view_shows_it() -> None:
    for content in onnx_files():
        model = pc.loads(content)
        for format in ("table", "text", "json", "csv", "html", "latex", "markdown"):
            assert model.render(format)
        assert model.render("table", explain=True, weights=True)
        assert pc.cost(model).render()


# --- against the library ---------------------------------------------------------------------------------------------


def stored_in(path: Path) -> Counter[tuple[tuple[int, ...], str, int]]:
    data = path.read_bytes()
    wire = Wire(data)
    found = wire.message(wire.whole, MODEL, "the model")
    walk = Walk(wire, found.spans("function"))
    span = found.span("graph")
    assert span is not None
    walk.graph(span)
    return Counter((one.shape, one.dtype, one.bytes) for one in walk.tensors)


def random_tensor(onnx: Any, luck: Random, name: str) -> Any:
    kind = luck.choice([number for number in TYPES if number <= max(onnx.TensorProto.DataType.values())])
    shape = tuple(luck.randrange(4) for _ in range(luck.randrange(4)))
    count = prod(shape)
    dtype, bits, _ = TYPES[kind]
    if dtype == "string":
        return onnx.helper.make_tensor(name, kind, shape, [b"ab"] * count)
    if luck.random() < 0.5:
        return onnx.helper.make_tensor(name, kind, shape, bytes((count * bits + 7) // 8), raw=True)
    return onnx.helper.make_tensor(name, kind, shape, [0] * count)


@pytest.mark.parametrize("seed", range(40))
def test_every_tensor_is_the_library_s(seed: int, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="writes ONNX files to read; not an extra, since it brings 36 MB")
    luck = Random(seed)
    h = onnx.helper
    tensors = [random_tensor(onnx, luck, f"t{at}") for at in range(luck.randrange(1, 12))]
    constants = [random_tensor(onnx, luck, "") for _ in range(luck.randrange(4))]
    inner = [random_tensor(onnx, luck, f"i{at}") for at in range(luck.randrange(3))]
    body = h.make_graph(
        [h.make_node("Identity", ["w"], ["o"])], "body", [], [h.make_tensor_value_info("o", 1, None)], inner
    )
    nodes = [h.make_node("Constant", [], [f"c{at}"], value=one) for at, one in enumerate(constants)]
    nodes += [
        h.make_node("If", ["q"], ["p"], then_branch=body, else_branch=body),
        h.make_node("Constant", [], ["n"], value_ints=[1, 2, 3]),
        h.make_node("Constant", [], ["m"], value_floats=[0.5, 1.5]),
        h.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    weight = h.make_tensor("w", 1, (3, 4), [0.0] * 12)
    graph = h.make_graph(nodes, "g", [h.make_tensor_value_info("x", 1, ["n", 3])], [], [*tensors, weight])
    path = tmp_path / "model.onnx"
    external = luck.random() < 0.3
    onnx.save(h.make_model(graph), path, save_as_external_data=external, size_threshold=0, location="data.bin")

    def size(one: Any) -> int:
        dtype, bits, _ = TYPES[one.data_type]
        return sum(map(len, one.string_data)) if dtype == "string" else (prod(one.dims) * bits + 7) // 8

    every = [*tensors, *constants, *inner, *inner, weight]
    want = Counter((tuple(one.dims), TYPES[one.data_type][0], size(one)) for one in every)
    want += Counter({((3,), "int64", 24): 1, ((2,), "float32", 8): 1})
    assert stored_in(path) == want
    assert pc.load(path).total == 12


@pytest.mark.parametrize("seed", range(60))
def test_shapes_are_those_that_the_library_infers(seed: int) -> None:
    onnx = pytest.importorskip("onnx", reason="infers the shapes to compare; not an extra, since it brings 36 MB")
    luck = Random(seed)
    op, ways, layout = luck.choice([*GATES]), luck.choice((1, 2)), 0
    n, d_x, d_h = GATES[op], luck.randrange(1, 9), luck.randrange(1, 9)
    stored = [g.tensor("W", ways, n * d_h, d_x), g.tensor("R", ways, n * d_h, d_h), g.tensor("B", ways, 2 * n * d_h)]
    reads, extra = "xt W R" + " B" * luck.choice((0, 1)), {}
    if op == "GRU":
        extra["linear_before_reset"] = luck.choice((0, 1))
    k, s, p = luck.randrange(1, 4), luck.randrange(1, 3), luck.randrange(3)
    nodes = [
        g.node("Conv", "image k", "c", strides=(s, s), pads=(p, 0, p, 1), kernel_shape=(k, k)),
        g.node("MaxPool", "c", "pool", kernel_shape=(2, 2), strides=(2, 2)),
        g.node("Flatten", "pool", "flat"),
        g.node("Transpose", "x", "xt", perm=(1, 0, 2)),
        g.node(
            op,
            reads,
            "y h",
            hidden_size=d_h,
            direction="bidirectional" if ways == 2 else "forward",
            layout=layout,
            **extra,
        ),
        g.node("Squeeze", "h zero", "hs") if ways == 1 else g.node("Identity", "h", "hs"),
        g.node("MatMul", "hs m", "z"),
        g.node("Add", "z v", "end"),
    ]
    stored += [g.tensor("k", 4, 3, k, k), g.tensor("m", d_h, 6), g.tensor("v", 6), g.integers("zero", 0)]
    inputs = [g.value("image", 2, 3, luck.randrange(6, 12), 8), g.value("x", 3, 11, d_x)]
    content = g.model(g.graph(nodes, stored, inputs, [g.value("end")][:0]))
    inferred = onnx.shape_inference.infer_shapes(onnx.load_from_string(content), strict_mode=True, data_prop=True)
    want = {
        one.name: tuple(dim.dim_value for dim in one.type.tensor_type.shape.dim) for one in inferred.graph.value_info
    }
    wire = Wire(content)
    walk = Walk(wire, [])
    span = wire.message(wire.whole, MODEL, "the model").span("graph")
    assert span is not None
    _, scope = walk.graph(span)
    names = ("c", "pool", "flat", "xt", "y", "h", "hs", "z", "end")
    assert {name: scope.value(name).shape for name in names if name in want} == {
        name: want[name] for name in names if name in want
    }
    assert len([name for name in names if name in want]) >= 8


def test_the_files_made_here_are_valid() -> None:
    onnx = pytest.importorskip("onnx", reason="checks the files; not an extra, since it brings 36 MB")
    for content in onnx_files():
        found = onnx.load_from_string(content)
        assert found.graph.node
        assert found.SerializeToString()
