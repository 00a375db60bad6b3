"""TensorFlow Lite files: rows, formulas and totals; with the library, every tensor, shape, type and buffer."""

from __future__ import annotations

from random import Random

import graph_files as g
import pytest
from graph_seeds import tflite_files

import paramcalc as pc
from paramcalc.errors import FileError
from paramcalc.formats.tflite.flatbuffer import Flatbuffer
from paramcalc.formats.tflite.operators import OPERATORS, TYPES, formula


def test_rows_formulas_and_work() -> None:
    report = pc.loads(tflite_files()[0]).report()
    assert [(row.name, row.type, row.params, row.macs) for row in report.rows] == [
        ("c", "CONV_2D", 4 * 27 + 4, 8 * 8 * 4 * 27),
        ("y", "FULLY_CONNECTED", 5 * 256, 5 * 256),
        ("z", "ADD", 5, 0),
    ]
    assert str(report.rows[0].formula) == "F(k_h·k_w·C + 1)"
    assert report.rows[0].in_file.to_dict() == {"bytes": 124, "dtypes": ["int8", "int32"], "bits_per_parameter": 8.86}
    assert report.rows[1].in_file.dtypes == ("float16",)  # through DEQUANTIZE
    assert report.rows[1].outputs == ((1, 5),)
    assert report.guessed
    assert report.costed


LSTM = {
    "plain": (range(1, 5), range(5, 9), (), range(12, 16), (), 4 * (5 * (5 + 7) + 5)),
    "peepholes": (range(1, 5), range(5, 9), (9, 10, 11), range(12, 16), (), 4 * (5 * (5 + 7) + 5) + 15),
    "coupled": (range(2, 5), range(6, 9), (), range(13, 16), (), 3 * (5 * (5 + 7) + 5)),
    "projection": (range(1, 5), range(5, 9), (), range(12, 16), (16,), 4 * (5 * (3 + 7) + 5) + 15),
}


@pytest.mark.parametrize("kind", LSTM)
def test_lstm(kind: str) -> None:
    inputs, recurrent, peepholes, biases, projection, want = LSTM[kind]
    seen = 3 if projection else 5
    shapes = {**dict.fromkeys(inputs, (5, 7)), **dict.fromkeys(recurrent, (5, seen))}
    shapes |= {**dict.fromkeys((*peepholes, *biases), (5,)), **dict.fromkeys(projection, (3, 5))}
    tensors = [("x", (1, 9, 7), "float32", 0), ("y", (1, 9, seen), "float32", 0)]
    reads = [0, *[-1] * 23]
    for place, shape in shapes.items():
        reads[place] = len(tensors)
        tensors.append((f"w{place}", shape, "float32", len(tensors)))
    (row,) = pc.loads(g.tflite(tensors, [(44, reads, (1,))])).report().rows
    assert row.params == want
    assert row.formula is not None
    assert row.formula.value == want


@pytest.mark.parametrize("code", OPERATORS)
@pytest.mark.parametrize("place", range(4))
@pytest.mark.whole
def test_weights_in_any_place_have_a_formula_or_none(code: int, place: int) -> None:
    for shape in ((), (2,), (2, 3), (2, 3, 4, 5)):
        if place in OPERATORS[code].weights or OPERATORS[code].name == "CUSTOM":  # which reads weights in any place
            formula(OPERATORS[code], {place: shape}, code, 6)


def test_one_buffer_of_two_tensors_counts_once() -> None:
    tensors = [("x", (1, 4), "float32", 0), ("a", (4, 4), "float32", 1), ("b", (4, 4), "float32", 1)]
    tensors += [("h", (1, 4), "float32", 0), ("y", (1, 4), "float32", 0)]
    report = pc.loads(g.tflite(tensors, [(9, (0, 1), (3,)), (9, (3, 2), (4,))])).report()
    assert (report.total, [row.counted_above for row in report.rows]) == (16, [False, True])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (g.tflite([("x", (4,), "float32", 0)], [(9, (0, 7), (0,))]), "reads an unknown tensor; expected below 1"),
        (g.tflite([("x", (4,), "float32", 0)], [(9, (0,), (0,))]), "it stores no weights"),
        (
            g.tflite([("x", (4,), "float32", 1), ("y", (2,), "float32", 1)], [(9, (0, 1), (0,))]),
            "the tensor 'x' has data of another size; expected 16 bytes, received 8",
        ),
    ],
)
def test_what_is_wrong_is_said(content: bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        pc.loads(content)


def test_views() -> None:
    for format in ("table", "text", "json", "csv", "html", "latex", "markdown"):
        assert pc.loads(tflite_files()[0]).render(format)


def test_codes_and_types_are_the_library_s() -> None:
    tflite = pytest.importorskip("tflite", reason="has the codes of the operators")
    codes = {name: code for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}
    assert {one.name: code for code, one in OPERATORS.items()}.items() <= codes.items()
    kinds = {code: name.lower() for name, code in vars(tflite.TensorType).items() if isinstance(code, int)}
    assert {code: TYPES[code][0] for code in kinds} == kinds


@pytest.mark.parametrize("seed", range(40))
def test_every_tensor_is_the_library_s(seed: int) -> None:
    tflite = pytest.importorskip("tflite", reason="reads the same files")
    luck = Random(seed)
    tensors = [
        (
            f"t{at}",
            tuple(luck.randrange(1, 5) for _ in range(luck.randrange(4))),
            luck.choice([*g.TFLITE_TYPES]),
            luck.choice((0, at + 1)),
        )
        for at in range(luck.randrange(1, 12))
    ]
    steps = [
        (
            luck.choice([*OPERATORS]),
            [luck.randrange(-1, len(tensors)) for _ in range(3)],
            [luck.randrange(len(tensors))],
        )
        for _ in range(luck.randrange(5))
    ]
    content = g.tflite(tensors, steps)
    theirs = tflite.Model.GetRootAs(content, 0)
    graph = theirs.Subgraphs(0)
    want = []
    for at in range(graph.TensorsLength()):
        one = graph.Tensors(at)
        size = theirs.Buffers(one.Buffer()).DataLength()
        want.append(
            (one.Name().decode(), tuple(one.Shape(axis) for axis in range(one.ShapeLength())), one.Type(), size)
        )
    root = Flatbuffer(content).root()
    buffers = [*root.tables(4)]
    (ours,) = root.tables(2)
    assert [
        (one.text(3, "a name"), one.numbers(0, "i"), one.number(1, "<B"), buffers[one.number(2, "<I")].vector(0, 1)[1])
        for one in ours.tables(0)
    ] == want
    assert [[*one.numbers(1, "i")] for one in ours.tables(3)] == [list(reads) for _, reads, _ in steps]
