"""Files of tensors: 100,000 in one file, and the cold count of a checkpoint of 10 GB, of which only the header is read.

The peers are `json.loads` of the same header, which builds what it reads and checks nothing, and the loader of PyTorch
that executes nothing, which maps the numbers and reads none.
"""

from __future__ import annotations

import gc
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

import graph_files as g
import numpy as np
import pytest
from conftest import Record, cold
from numpy.lib import format

import paramcalc as pc

TENSORS = 100_000
ROUNDS = 3
JSON_GOAL = 4  # times as long as the standard library takes to read the header
# the same for graphs of operators and variables, which say more of a tensor than its shape
ONNX_GOAL, TFLITE_GOAL, INDEX_GOAL, SAVED_MODEL_GOAL = 40, 30, 18, 30
TENSORS_OF_10_GB = 291  # as a model of 7 billion parameters has them
PYTHON_GOAL = 12  # times as long as Python takes to begin


def sparse(path: Path, shapes: dict[str, tuple[int, ...]], width: int = 2) -> bytes:
    """Write a file of safetensors whose numbers are a hole; give the header."""
    at, entries = 0, {}
    for name, shape in shapes.items():
        size = width
        for one in shape:
            size *= one
        entries[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    header = json.dumps(entries, separators=(",", ":")).encode()
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + at)
    return header


def linears(count: int) -> dict[str, tuple[int, ...]]:
    """Give the shapes of layers of a few sizes, a weight and a bias each."""
    found: dict[str, tuple[int, ...]] = {}
    for at in range(count // 2):
        found[f"layers.{at // 7}.proj{at % 7}.weight"] = (64, 32 + at % 7)
        found[f"layers.{at // 7}.proj{at % 7}.bias"] = (64,)
    return found


def different(count: int) -> dict[str, tuple[int, ...]]:
    """Give the shapes of layers of which no two are alike."""
    found: dict[str, tuple[int, ...]] = {}
    for at in range(count // 2):
        found[f"layers.{at // 7}.proj{at % 7}.weight"] = (4 + at % 500, 2 + at // 500)
        found[f"layers.{at // 7}.proj{at % 7}.bias"] = (4 + at % 500,)
    return found


def listed(shapes: dict[str, tuple[int, ...]]) -> str:
    """List tensors in JSON, as the header of safetensors does: the peer of formats that Python has no reader of."""
    return json.dumps(
        {name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 1]} for name, shape in shapes.items()}
    )


def times(*calls: Callable[[], object]) -> list[float]:
    """Time calls by turns; the median of each."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for own, call in zip(found, calls, strict=True):
            gc.collect()
            start = process_time()
            call()
            own.append(process_time() - start)
    return [median(own) for own in found]


SHAPES = [pytest.param(linears, "", id="alike"), pytest.param(different, ", no two layers alike", id="different")]


@pytest.mark.parametrize(("shapes", "said"), SHAPES)
def test_100_000_tensors_of_safetensors_against_their_json(
    shapes: Callable[[int], dict[str, tuple[int, ...]]], said: str, record: Record, tmp_path: Path
) -> None:
    path = tmp_path / "large.safetensors"
    header = sparse(path, shapes(TENSORS))
    ours, theirs = times(lambda: pc.load(path).total, lambda: json.loads(header))
    ratio = ours / theirs
    name = f"read and count a `.safetensors` file of {TENSORS:,} tensors{said}"
    goal = JSON_GOAL if shapes is linears else 2 * JSON_GOAL
    peer = f"{theirs:.2f} s (`json.loads` of the header)"
    record(name, f"{ours:.2f} s", peer, ratio, f"≤ {goal}", ratio <= goal)


@pytest.mark.torch
def test_100_000_tensors_of_pytorch_against_its_own_loader(record: Record, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    path = tmp_path / "large.pt"
    torch.save({name: torch.zeros(1, *shape[1:]) for name, shape in linears(TENSORS).items()}, path)
    ours, theirs = times(lambda: pc.load(path).total, lambda: torch.load(path, mmap=True, weights_only=True))
    ratio = theirs / ours
    peer = f"{theirs:.2f} s (`torch.load`, weights only, mapped)"
    record(f"the same of a `.pt` file of {TENSORS:,} tensors", f"{ours:.2f} s", peer, ratio, "≥ 2", ratio >= 2)


def test_100_000_tensors_of_gguf_against_as_many_of_json(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "large.gguf"
    shapes = linears(TENSORS)
    path.write_bytes(g.gguf({name: ((1, *shape[1:]), 0, 4 * shape[-1]) for name, shape in shapes.items()}))
    text = listed(shapes)
    ours, theirs = times(lambda: pc.load(path).total, lambda: json.loads(text))
    ratio = ours / theirs
    record(
        f"the same of a `.gguf` file of {TENSORS:,} tensors",
        f"{ours:.2f} s",
        f"{theirs:.2f} s (`json.loads` of the same list)",
        ratio,
        "≤ 12",
        ratio <= 12,
    )


def test_100_000_arrays_of_numpy_against_its_own_headers(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "large.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name, shape in linears(TENSORS).items():
            content = io.BytesIO()
            format.write_array(content, np.zeros((1, *shape[1:]), "f2"))
            archive.writestr(f"{name}.npy", content.getvalue())

    def headers() -> None:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    format.read_magic(member), format.read_array_header_1_0(member)

    ours, theirs = times(lambda: pc.load(path).total, headers)
    ratio = theirs / ours
    peer = f"{theirs:.2f} s (NumPy, the headers alone)"
    record(f"the same of a `.npz` file of {TENSORS:,} arrays", f"{ours:.2f} s", peer, ratio, "≥ 1", ratio >= 1)


def onnx(path: Path) -> None:
    """Write convolutions, each with a weight and a bias, and an activation behind each."""
    nodes, stored = [], []
    for at in range(TENSORS // 2):
        nodes.append(g.node("Conv", f"x{at} w{at} b{at}", f"c{at}", pads=(1, 1, 1, 1), kernel_shape=(3, 3)))
        nodes.append(g.node("Relu", f"c{at}", f"x{at + 1}"))
        stored += [g.tensor(f"w{at}", 4, 4, 3, 3), g.tensor(f"b{at}", 4)]
    path.write_bytes(g.model(g.graph(nodes, stored, [g.value("x0", 1, 4, 8, 8)])))


def tflite(path: Path) -> None:
    """Write dense layers, each with a weight and a bias; what they give are 50,000 more tensors, without numbers."""
    tensors: list[tuple[str, tuple[int, ...], str, int]] = [("x", (1, 8), "float32", 0)]
    operators: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
    for at in range(TENSORS // 2):
        last = len(tensors) - 1
        tensors += [(f"w{at}", (8, 8), "float32", 2 * at + 1), (f"b{at}", (8,), "float32", 2 * at + 2)]
        tensors.append((f"y{at}", (1, 8), "float32", 0))
        operators.append((9, (last, last + 1, last + 2), (last + 3,)))
    path.write_bytes(g.tflite(tensors, operators))


def index(path: Path) -> None:
    """Write the index of a checkpoint."""
    variables = {name.replace(".", "/"): shape for name, shape in linears(TENSORS).items()}
    path.write_bytes(g.checkpoint(variables))


def saved_model(path: Path) -> None:
    """Write objects, each with a weight and a bias."""
    nodes: list[tuple[str, tuple[int, ...], bool] | None] = [None]
    children: dict[int, dict[str, int]] = {0: {}}
    for at in range(TENSORS // 2):
        place = children[0][f"layer_{at}"] = len(nodes)
        nodes += [None, (f"layer_{at}/kernel", (64, 32), True), (f"layer_{at}/bias", (64,), True)]
        children[place] = {"kernel": place + 1, "bias": place + 2}
    path.write_bytes(g.saved_model(nodes, children))


GRAPHS = [
    pytest.param(onnx, "an `.onnx` file", ONNX_GOAL, id="onnx"),
    pytest.param(tflite, "a `.tflite` file", TFLITE_GOAL, id="tflite"),
    pytest.param(index, "the index of a TensorFlow checkpoint", INDEX_GOAL, id="index"),
    pytest.param(saved_model, "a `saved_model.pb`", SAVED_MODEL_GOAL, id="saved_model"),
]


@pytest.mark.parametrize(("write", "what", "goal"), GRAPHS)
def test_100_000_tensors_of_a_graph_against_as_many_of_json(
    write: Callable[[Path], None], what: str, goal: int, record: Record, tmp_path: Path
) -> None:
    path = tmp_path / "large"
    write(path)
    text = listed(linears(TENSORS))
    ours, theirs = times(lambda: pc.load(path).total, lambda: json.loads(text))
    ratio = ours / theirs
    peer = f"{theirs:.2f} s (`json.loads` of a list of as many)"
    record(f"the same of {what} of {TENSORS:,} tensors", f"{ours:.2f} s", peer, ratio, f"≤ {goal}", ratio <= goal)


def test_a_cold_count_of_a_checkpoint_of_10_gb(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    sparse(path, {f"layers.{at}.proj.weight": (4096, 4200) for at in range(TENSORS_OF_10_GB)})
    answer = f"{TENSORS_OF_10_GB * 4096 * 4200:,}"
    command = [str(Path(sys.executable).with_name("paramcalc")), "count", str(path)]
    begin = [sys.executable, "-c", "pass"]
    cold(command, answer), cold(begin)
    ours = median(cold(command, answer) for _ in range(ROUNDS))
    theirs = median(cold(begin) for _ in range(ROUNDS))
    ratio = ours / theirs
    name = "cold `paramcalc count` of a `.safetensors` file of 10 GB"
    record(
        name, f"{ours * 1e3:.0f} ms", f"{theirs * 1e3:.0f} ms (Python)", ratio, f"≤ {PYTHON_GOAL}", ratio <= PYTHON_GOAL
    )
