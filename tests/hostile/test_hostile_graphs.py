"""Damaged and hostile ONNX, GGUF and TensorFlow Lite files: each is read or refused, soon and within the bounds."""

from __future__ import annotations

import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import graph_files as g
import pytest
from graph_seeds import FILES

import paramcalc as pc
from paramcalc.core.shapes import UNKNOWN_SHAPE
from paramcalc.errors import ParamcalcError

SECONDS, BYTES = 1.0, 100 * 2**20


def run(content: bytes) -> str:
    """Read a file and show it; give the error, or nothing."""
    try:
        pc.loads(content, "file").render("json")
    except ParamcalcError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", FILES)
def test_seeds_are_read(kind: str) -> None:
    for content in FILES[kind]():
        assert pc.loads(content).report().total > 0


@pytest.mark.parametrize("kind", FILES)
def test_every_beginning_of_a_file_is_refused(kind: str) -> None:
    for content in FILES[kind]():
        for end in range(0, len(content), 1 + len(content) // 300):
            run(content[:end])


def bodies(depth: int) -> bytes:
    inner = g.graph([])
    for _ in range(depth):
        inner = g.graph([g.node("If", "c", "o", then_branch=("g", inner))])
    return g.model(inner)


def doubling(levels: int) -> bytes:
    """Functions of which each uses the next one twice: 2^levels nodes."""
    made = [
        g.function(
            f"f{at}", "own", "a", "b", [g.node(f"f{at + 1}", "a", "h", "own"), g.node(f"f{at + 1}", "h", "b", "own")]
        )
        for at in range(levels)
    ]
    return g.model(g.graph([g.node("f0", "x", "y", "own")]), made)


def joining(nodes: int) -> bytes:
    """Constants joined one by one: the last is made of all, and so is each before it."""
    stored = [g.tensor(f"w{at}", 1) for at in range(nodes)]
    steps = [g.node("Concat", f"{'j' if at else 'w'}{max(at - 1, 0)} w{at}", f"j{at}", axis=0) for at in range(nodes)]
    return g.model(g.graph(steps, stored))


def reading(constants: int, nodes: int, op: str, times: int) -> bytes:
    """Constants joined once, and nodes of which each reads all of them, once or several times."""
    names = [f"w{at}" for at in range(constants)]
    steps = [g.node("Concat", " ".join(names), "j", axis=0)]
    steps += [g.node(op, "x" + " j" * times if times == 1 else " j" * times, f"y{at}", axis=0) for at in range(nodes)]
    return g.model(g.graph(steps, [g.tensor(name, 1, 1) for name in names], [g.value("x", 1, constants)]))


def typed(numbers: int) -> bytes:
    """A tensor of numbers of one byte each, which are counted one by one."""
    return g.field(1, numbers) + g.field(2, g.INT64) + g.field(7, bytes(numbers))


def calling(node: bytes) -> bytes:
    """A function of one node, used 2,000 times."""
    steps = [g.node("f", "x", "y", "own") for _ in range(2_000)]
    stored, inputs = [g.tensor("w", 2)], [g.value("x", 2)]
    return g.model(g.graph(steps, stored, inputs), [g.function("f", "own", "a", "b", [node])])


def growing(nodes: int) -> bytes:
    """A size that squares itself with every step."""
    steps = []
    for at in range(nodes):
        steps += [g.node("Concat", f"x{at} x{at}", f"c{at}", axis=0), g.node("Flatten", f"c{at}", f"d{at}", axis=2)]
        steps += [g.node("Transpose", f"d{at}", f"e{at}"), g.node("MatMul", f"d{at} e{at}", f"x{at + 1}")]
    return g.model(g.graph(steps, inputs=[g.value("x0", "n", "m")]))


def gguf_of(keys: int, *rest: bytes, tensors: int = 0) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, keys) + b"".join(rest)


def array(kind: int, size: int, *rest: bytes) -> bytes:
    return g.text("k") + struct.pack("<IIQ", 9, kind, size) + b"".join(rest)


def overlapping_vectors(length: int) -> bytes:
    """A vector of graphs, all of them one graph with a vector of tensors, all of them one tensor."""
    made = bytearray(g.tflite([("w", (2, 2), "float32", 1)], []))
    count = struct.pack("<I", length)
    # the vector of graphs is moved to the end and says that it is long; its items lead to the one graph
    root = struct.unpack_from("<I", made, 0)[0]
    listed = root - struct.unpack_from("<i", made, root)[0]
    place = root + struct.unpack_from("<H", made, listed + 4 + 2 * 2)[0]
    vector = place + struct.unpack_from("<I", made, place)[0]
    graph = vector + 4 + struct.unpack_from("<I", made, vector + 4)[0]
    struct.pack_into("<I", made, place, len(made) - place)
    made += count
    for _ in range(length):
        made += struct.pack("<I", (graph - len(made)) % 2**32)
    return bytes(made)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bodies within bodies": (lambda: bodies(60), "graphs within graphs"),
    "functions that use each other twice": (lambda: doubling(30), "too many"),
    "a function that uses itself": (
        lambda: g.model(
            g.graph([g.node("f", "x", "y", "own")]),
            [g.function("f", "own", "a", "b", [g.node("f", "a", "b", "own")])],
        ),
        "graphs within graphs",
    ),
    "constants joined one by one": (lambda: joining(6_000), "too many constants joined"),
    "constants joined, and read by many": (lambda: reading(1_000, 2_000, "MatMul", 1), "too many constants joined"),
    "constants joined, and joined with themselves": (
        lambda: reading(300, 100, "Concat", 300),
        "too many constants joined",
    ),
    "a function that reads much": (
        lambda: calling(g.node("Relu", " ".join(["a"] * 20_000), "b")),
        "too much that nodes in functions read",
    ),
    "a function with a long constant": (
        lambda: calling(g.node("Constant", "", "b", value=("t", typed(1_000_000)))),
        "too many fields",
    ),
    "a function with many numbers": (
        lambda: calling(g.node("Transpose", "a", "b", perm=tuple(range(20_000)))),
        "too much that nodes in functions read",
    ),
    "many empty fields": (lambda: g.model(g.field(1, b"") * 1_000_000), "too many"),
    "a long varint": (lambda: b"\x08\x08\x3a" + b"\xff" * 12, "longer than 64 bits"),
    "a length beyond the end": (lambda: b"\x08\x08\x3a" + g.varint(2**62) + b"\0" * 8, "goes beyond its message"),
    "a tensor of 2^80 numbers": (
        lambda: g.model(g.graph([], [g.field(1, 2**40) * 2 + g.field(2, 1) + g.field(8, "w")])),
        "impossible shape",
    ),
    "a negative size": (
        lambda: g.model(g.graph([], [g.field(1, -3) + g.field(2, 1) + g.field(8, "w")])),
        "impossible shape",
    ),
    "data shorter than the shape": (
        lambda: g.model(g.graph([], [g.tensor("w", 4, raw=b"1234")])),
        "another size; expected 16 bytes, received 4",
    ),
    "data outside the folder": (lambda: g.model(g.graph([], [g.outside("w", "../../etc/passwd", 4)])), "outside"),
    "data at an absolute path": (lambda: g.model(g.graph([], [g.outside("w", "/etc/passwd", 4)])), "outside"),
    "data of another drive": (lambda: g.model(g.graph([], [g.outside("w", "c:\\w", 4)])), "outside"),
    "external data of another size": (
        lambda: g.model(g.graph([], [g.outside("w", "w.bin", 4, length="9" * 30)])),
        "external data of another size",
    ),
    "a constant of 2^80 numbers": (
        lambda: g.model(
            g.graph(
                [g.node("ConstantOfShape", "s", "w"), g.node("MatMul", "x w", "y")], [g.integers("s", 2**40, 2**40)]
            )
        ),
        "",
    ),
    "an array of 2^63 numbers": (lambda: gguf_of(1, array(4, 2**63)), "goes beyond the end"),
    "an array of 2^63 texts": (lambda: gguf_of(1, array(8, 2**63)), "is too long"),
    "an array of 2 million empty texts": (lambda: gguf_of(1, array(8, 1_999_999)), "goes beyond the end"),
    "arrays within arrays": (
        lambda: gguf_of(1, array(9, 1, *[struct.pack("<IQ", 9, 1)] * 100)),
        "arrays within arrays",
    ),
    "many tensors": (lambda: gguf_of(0, tensors=2**40), "number of tensors is too large"),
    "many keys": (lambda: gguf_of(2**40), "number of metadata keys is too large"),
    "a long key": (lambda: gguf_of(1, struct.pack("<Q", 2**60)), "length of a metadata key is too large"),
    "tensors upon one another": (
        lambda: g.gguf({"a": ((8,), 0, 0), "b": ((8,), 0, 64)}),
        "overlap",
    ),
    "a tensor beyond the end": (lambda: g.gguf({"a": ((8,), 0, 0)}), "goes beyond the end of the file"),
    "graphs that are all the same": (lambda: overlapping_vectors(200_000), "an offset leads out of the file"),
    "a table that begins before the file": (
        lambda: struct.pack("<I", 8) + b"TFL3" + struct.pack("<i", 2**30) + bytes(32),
        "an offset leads out of the file",
    ),
}


def test_sizes_that_square_themselves_end_as_unknown() -> None:
    begin = time.process_time()
    report = pc.loads(growing(200)).report()
    assert report.rows[-1].outputs in ((), (UNKNOWN_SHAPE,))
    assert time.process_time() - begin < SECONDS


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_end_in_a_clear_error(what: str, tmp_path: Path) -> None:
    make, said = HOSTILE[what]
    path = tmp_path / "model"
    path.write_bytes(make())
    begin = time.process_time()
    with pytest.raises(ParamcalcError) as caught:
        pc.load(path).report()
    assert time.process_time() - begin < 5 * SECONDS  # most of it is for a machine that does other things as well
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.exhaustive
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_take_little_memory(what: str) -> None:
    content = HOSTILE[what][0]()
    tracemalloc.start()
    try:
        run(content)
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()
