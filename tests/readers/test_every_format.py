"""Every format that is read has an example here, which its own line of the registry recognises and reads."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from graph_seeds import gguf_files, javascript_files, onnx_files, tensorflow_files, tflite_files

import paramcalc as pc
from paramcalc.formats.opened import Source
from paramcalc.formats.readers import READERS

ROOT = Path(__file__).parents[2]
EXAMPLES, ARCHIVES = ROOT / "docs" / "examples", ROOT / "tests" / "data" / "archives"
TENSORS = ROOT / "tests" / "data" / "tensors"


def folder(place: Path) -> Path:
    with zipfile.ZipFile(EXAMPLES / "sentiment.keras") as archive:
        archive.extractall(place / "model")
    return place / "model"


def weights(place: Path) -> Path:
    (place / "model").mkdir()
    (place / "model/config.json").write_text("{}", encoding="utf-8")
    (place / "model/model.safetensors").write_bytes((TENSORS / "state.safetensors").read_bytes())
    return place / "model"


def shards(place: Path) -> Path:
    h5py = pytest.importorskip("h5py")
    with h5py.File(place / "model_00000.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", data=[[1.0, 2.0]])
    path = place / "model.weights.json"
    index = {"metadata": {"total_size": 8}, "weight_map": {"/layers/dense/vars": ["model_00000.weights.h5"]}}
    path.write_text(json.dumps(index), encoding="utf-8")
    return path


def saved_model(place: Path) -> Path:
    (place / "saved_model.pb").write_bytes(tensorflow_files()[1])
    return place


def written(content: bytes) -> Callable[[Path], Path]:
    def write(place: Path) -> Path:
        (place / "model").write_bytes(content)
        return place / "model"

    return write


READ: dict[str, Callable[[Path], Path]] = {
    "a folder of Hugging Face": lambda _: TENSORS.parent / "huggingface" / "tiny-llama",
    "a config.json of Hugging Face": lambda _: EXAMPLES / "mixtral-8x7b.json",
    "a folder of weights": weights,
    "a folder saved by Keras": folder,
    "a PyTorch file": lambda _: TENSORS / "state.pt",
    "an older PyTorch file": lambda _: TENSORS / "stream.pt",
    "a NumPy archive": lambda _: TENSORS / "arrays.npz",
    "a safetensors file": lambda _: TENSORS / "state.safetensors",
    "an index of safetensors": lambda _: TENSORS / "model.safetensors.index.json",
    "a .keras archive": lambda _: EXAMPLES / "sentiment.keras",
    "an .h5 file": lambda _: ARCHIVES / "shared_with_wrapper.h5",
    "a program in Python": lambda _: EXAMPLES / "letters.py",
    "Keras's JSON": lambda _: ARCHIVES / "attention_on_two_axes.json",
    "an index of shards": shards,
    "a folder of a SavedModel": saved_model,
    "a TensorFlow SavedModel": written(tensorflow_files()[1]),
    "the index of a TensorFlow checkpoint": written(tensorflow_files()[0]),
    "an ONNX file": written(onnx_files()[0]),
    "a GGUF file": written(gguf_files()[0]),
    "a TensorFlow Lite file": written(tflite_files()[0]),
    "a model.json of TensorFlow.js": written(javascript_files()[0]),
    "a model of TensorFlow.js": written(javascript_files()[2]),
    "a traineddata file of Tesseract": lambda _: ARCHIVES.parent / "tesseract" / "line.traineddata",
    "a spec in YAML, TOML or JSON": lambda _: EXAMPLES / "tutorial.toml",
}


def test_every_format_that_is_read_has_an_example() -> None:
    assert set(READ) == {one.name for one in READERS if one.read}


@pytest.mark.whole
@pytest.mark.parametrize("name", READ)
def test_its_own_line_reads_it(name: str, tmp_path: Path) -> None:
    path = READ[name](tmp_path)
    assert next(one.name for one in READERS if one.sniff(Source(path.name, str(path)))) == name
    assert pc.load(path).total != 0


FRAMEWORKS = {
    "an ONNX file": "onnx",
    "a GGUF file": "gguf",
    "a TensorFlow Lite file": "tflite",
    "a TensorFlow SavedModel": "tensorflow",
    "a folder of a SavedModel": "tensorflow",
    "the index of a TensorFlow checkpoint": "tensorflow",
    "a traineddata file of Tesseract": "tesseract",
    "a config.json of Hugging Face": "torch",
    "a PyTorch file": "torch",
    "a .keras archive": "keras",
}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_report_names_the_framework_of_the_file(name: str, tmp_path: Path) -> None:
    assert pc.load(READ[name](tmp_path)).report().to_dict()["framework"] == FRAMEWORKS[name]
