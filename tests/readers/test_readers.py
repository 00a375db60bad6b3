"""The list of formats: each line reads its own, what is known and not read is named, and nothing global is switched."""

from __future__ import annotations

import bz2
import decimal
import gc
import io
import json
import locale
import lzma
import os
import pickle
import signal
import subprocess
import sys
import tarfile
import threading
import warnings
import zipfile
from pathlib import Path

import pytest

import paramcalc as pc
from paramcalc.errors import FileError, ParamcalcError
from paramcalc.formats.opened import Source
from paramcalc.formats.readers import READERS, expected
from paramcalc.loading import load

ROOT = Path(__file__).parents[2]
SPEC = "input: [3]\nlayers: [Dense: 4]\n"


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def tarred(*names: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return file.getvalue()


FOREIGN = {
    "a web page": b"\n<!DOCTYPE HTML>\n<html><body>404</body></html>",
    "a pointer of Git LFS to a file that was not downloaded": b"version https://git-lfs.github.com/spec/v1\noid 4d",
    "a CoreML model": b"\x08\x05\x12\x9a\x0b\x0a\x07input_1",
    "a pickle, which can run code": pickle.dumps({"weight": [1, 2]}),
    "a NumPy array": b"\x93NUMPY\x01\0v\0{'descr'",
    "an empty zip archive": b"PK\5\6" + bytes(18),
    "a gzip file": b"\x1f\x8b\x08\0",
    "a tar archive": tarred("model"),
    "a PyTorch file of 2016, a tar archive": tarred("sys_info", "pickle", "tensors", "storages"),
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3",
    "a PNG image": b"\x89PNG\r\n\x1a\n",
    "a bzip2 file": bz2.compress(b"weights"),
    "an XZ file": lzma.compress(b"weights"),
    "a Zstandard file": b"(\xb5/\xfd\x04X",
    "an LZ4 file": b'\x04"M\x18d@',
    "a 7z archive": b"7z\xbc\xaf'\x1c\x00\x04",
    "a RAR archive": b"Rar!\x1a\x07\x01\x00",
    "a model of fastText": bytes.fromhex("ba164f2f") + b"\x0c\0\0\0",
    "a file of parameters of MXNet": bytes.fromhex("1201000000000000") + bytes(8),
    "an ORT model of ONNX Runtime": b"\x18\0\0\0ORTM",
    "an engine of TensorRT": b"ftrt\x93\0\0\0",
    "a model of ncnn": b"7767517\n75 83\n",
    "a Parquet file": b"PAR1\x15\x04",
    "an Arrow file": b"ARROW1\0\0",
    "an SQLite database": b"SQLite format 3\0\x10\0",
    "a program of Linux": b"\x7fELF\x02\x01\x01",
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "a GIF image": b"GIF89a\x01\0",
    "a recording or an image in RIFF": b"RIFF\x24\0\0\0WAVEfmt ",
    "a model of OpenVINO": b'<?xml version="1.0"?>\n<net name="model" version="11">\n',
}


def test_every_line_of_the_registry_loads() -> None:
    assert len({one.name for one in READERS}) == len(READERS)
    for one in READERS:
        assert not one.read or callable(load(one.read))
        assert one.name.startswith(("a ", "an ", "the ", "Keras's "))


FOREIGN_FOLDERS = {
    "a CoreML package": "Manifest.json",
    "a folder of programs in Python (name one of them)": "model.py",
    "a folder without a model": "readme.txt",
}


@pytest.mark.parametrize("name", FOREIGN_FOLDERS)
def test_a_folder_that_is_not_read_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / FOREIGN_FOLDERS[name]).write_text("{}", encoding="utf-8")
    with pytest.raises(FileError) as caught:
        pc.load(tmp_path)
    assert str(caught.value) == f"{tmp_path}: this is {name}; expected {expected(folders=True)}"


def test_every_format_that_is_only_named_has_an_example() -> None:
    assert {*FOREIGN, *FOREIGN_FOLDERS} == {one.name for one in READERS if not one.read}


@pytest.mark.whole
@pytest.mark.parametrize("name", FOREIGN)
def test_a_format_that_is_not_read_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(FOREIGN[name])
    for found in (lambda: pc.load(path), lambda: pc.loads(FOREIGN[name], str(path))):
        with pytest.raises(FileError) as caught:
            found()
        assert str(caught.value) == f"{path}: this is {name}; expected {expected()}"


@pytest.mark.parametrize("name", FOREIGN)
def test_a_format_is_recognised_by_one_line_alone_or_is_an_archive(name: str) -> None:
    by_bytes = (
        "starts",
        "protobuf",
        "zip_",
        "is_safe",
        "is_coreml",
        "is_tar",
        "is_traineddata",
        "is_page",
        "is_openvino",
    )
    binary = [one for one in READERS if one.sniff.__qualname__.startswith(by_bytes)]
    found = [one.name for one in binary if one.sniff(Source("file", given=FOREIGN[name]))]
    assert found[0] == name
    assert found[1:] in ([], ["a .keras archive"])


def test_beginnings_of_foreign_files_end_in_an_error() -> None:
    for content in FOREIGN.values():
        for end in range(min(len(content), 40)):
            with pytest.raises(ParamcalcError):
                pc.loads(content[:end])


def test_what_is_read_is_listed_in_errors() -> None:
    assert expected() == (
        "a folder of Hugging Face, a folder of weights, a folder saved by Keras, a folder of a SavedModel, "
        "the index of a TensorFlow checkpoint, "
        "a PyTorch file, a NumPy archive, a .keras archive, an .h5 file, a safetensors file, a GGUF file, "
        "a TensorFlow Lite file, a TensorFlow SavedModel, an ONNX file, "
        "a traineddata file of Tesseract, an older PyTorch file, "
        "a model of TensorFlow.js, a program in Python, a model.json of TensorFlow.js, Keras's JSON, "
        "a config.json of Hugging Face, an index of safetensors, "
        "an index of shards or "
        "a spec in YAML, TOML or JSON"
    )


DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "b", "units": 4}}
INPUT = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "a"}}
KERAS = {"class_name": "Sequential", "config": {"name": "s", "layers": [INPUT, DENSE]}}


@pytest.mark.parametrize(
    ("text", "spared"), [(SPEC, ("formats.keras", "containers")), (json.dumps(KERAS), ("hdf5", "zipped", "modelspec"))]
)
def test_reading_loads_nothing_but_its_own_format(text: str, spared: tuple[str, ...]) -> None:
    code = (
        f"import sys, paramcalc; print(paramcalc.loads({text!r}).total)\n"
        f"print([name for name in sys.modules if any(part in name for part in {spared})])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout.splitlines(), result.stderr) == (["16", "[]"], "")


def settings_of_the_process() -> dict[str, object]:
    """Give what a reader could be tempted to switch for a while, and another thread would see."""
    return {
        "collector": (gc.isenabled(), gc.get_threshold()),
        "limits": (sys.getrecursionlimit(), sys.get_int_max_str_digits(), threading.stack_size()),
        "switches": (sys.getswitchinterval(), sys.gettrace(), sys.getprofile(), sys.dont_write_bytecode),
        "hooks": (sys.excepthook, sys.stdout, sys.stderr, signal.getsignal(signal.SIGINT)),
        "place": (os.getcwd(), tuple(sys.path), tuple(os.environ.items()), locale.setlocale(locale.LC_ALL)),
        "warnings": tuple(warnings.filters),
        "decimal": str(decimal.DefaultContext),
    }


def test_concurrent_loads_leave_the_settings_of_the_process_alone() -> None:
    before, frozen = settings_of_the_process(), gc.get_freeze_count()
    assert gc.isenabled()
    data = ROOT / "tests" / "data"
    samples = [path for folder in ("graphs", "tensors") for path in (data / folder).iterdir() if path.suffix != ".py"]
    changed: list[list[str]] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.0002):
            now = settings_of_the_process()
            changed.append([name for name in before if now[name] != before[name]])

    def read() -> None:
        for _ in range(3):
            pc.loads("input: [3]\nlayers:\n" + "  - Dense: 4\n" * 50)
            pc.load(ROOT / "docs" / "examples" / "sentiment.keras")
            pc.load(ROOT / "tests" / "data" / "archives" / "shared_with_wrapper.h5")
            pc.load(ROOT / "docs" / "examples" / "letters.py")
            for one in samples:
                pc.load(one)
            with pytest.raises(ParamcalcError):
                pc.loads("[" * 10_000)

    watcher = threading.Thread(target=watch)
    watcher.start()
    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    watcher.join()
    assert changed
    assert [names for names in changed if names] == []
    assert settings_of_the_process() == before
    assert gc.get_freeze_count() <= frozen  # some of what was frozen may have gone


def test_a_reader_states_the_line_of_a_problem() -> None:
    source = Source("mine", given="chain 256\nten")
    assert str(source.located(FileError("not a size", line=2))) == "mine:2: not a size"
    assert str(source.located(FileError("no layers"))) == "mine: no layers"
    nested = source.located(FileError("not a size", line=2).at("units").at("layers[0]"))
    assert str(nested) == "mine:2: layers[0].units: not a size"


def test_a_line_is_no_place() -> None:
    with pytest.raises(TypeError, match=r"a place is text, such as 'layers\[2\]', and not 7; a line is given as line="):
        FileError("not a size").at(7)  # type: ignore[arg-type]  # it is what is tried
