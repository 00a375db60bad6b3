"""Files and folders in which there is no model: the content decides what the message says, and it names them once."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest

SPEC = "input: [3]\nlayers: [Dense: 4]\n"
JUNK = bytes(Random(3).randbytes(4000))
WITHOUT_ZEROS = JUNK.replace(b"\0", b"\1")
TEXT = b"hello world\n"
KNOWN = "a binary file of no format that is known; expected a saved model, tensors, or a spec in YAML, TOML or JSON"
LATIN = "name: café\n".encode("latin-1")
ENCODED = "not UTF-8: byte 0xe9 on line 1; expected YAML, TOML or JSON in UTF-8"
NO_MODEL = "not a model; expected keys and values such as input and layers, received 'hello world'"
FOLDERS = (
    "this is a folder without a model; expected a folder of Hugging Face, a folder of weights, a folder saved by Keras "
    "or a folder of a SavedModel"
)
ZIPPED = (
    "a zip archive without a model; expected config.json of Keras, data.pkl of PyTorch, or arrays of NumPy in it, "
    "received ['a.txt', 'b/c.txt']"
)


def begins(suffix: str) -> str:
    return f" (it does not begin as {suffix} files do: was it downloaded or copied whole?)"


def is_text(suffix: str) -> str:
    return f" (this is text, and {suffix} files are not: was it downloaded or copied whole?)"


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "hello")
    return file.getvalue()


BINARY_SUFFIXES = (".pt", ".h5", ".keras", ".safetensors", ".onnx")
FILES = [(f"m{suffix}", JUNK, KNOWN + begins(suffix)) for suffix in BINARY_SUFFIXES]
FILES += [(f"m{suffix}", TEXT, NO_MODEL + is_text(suffix)) for suffix in BINARY_SUFFIXES]
FILES += [("m.pt", WITHOUT_ZEROS, KNOWN + begins(".pt"))]
FILES += [(f"m{suffix}", JUNK, KNOWN) for suffix in (".yaml", ".bin", ".json", "")]
FILES += [("m.yaml", LATIN, ENCODED), ("m.pt", LATIN, ENCODED), ("m.yaml", TEXT, NO_MODEL)]
FILES += [(name, zipped("a.txt", "b/c.txt"), ZIPPED) for name in ("m.pt", "m.keras", "m.zip")]


@pytest.mark.whole
@pytest.mark.parametrize("command", ["count", "verify"])
@pytest.mark.parametrize(("name", "content", "message"), FILES)
def test_the_content_decides(run: Any, tmp_path: Path, command: str, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert run(command, str(path)) == (2, "", f"paramcalc: {path}: {message}\n")


@pytest.mark.whole
@pytest.mark.parametrize("command", ["count", "verify", "cost"])
def test_folders(run: Any, tmp_path: Path, command: str) -> None:
    (tmp_path / "readme.txt").write_text("hello")
    assert run(command, str(tmp_path)) == (2, "", f"paramcalc: {tmp_path}: {FOLDERS}\n")


def test_an_empty_archive(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(zipped())
    code, _, err = run("count", str(path))
    assert code == 2
    assert err.startswith(f"paramcalc: {path}: this is an empty zip archive; expected a folder of Hugging Face, ")


COMMANDS = {
    "count": lambda file, spec: ["count", file],
    "verify": lambda file, spec: ["verify", file],
    "against": lambda file, spec: ["verify", file, "--against", spec],
    "against itself": lambda file, spec: ["verify", file, "--against", file],
    "compare": lambda file, spec: ["compare", spec, file],
    "cost": lambda file, spec: ["cost", file],
    "why": lambda file, spec: ["why", file, "--got", "3"],
    "solve": lambda file, spec: ["solve", file, "--for", "h", "--params", "3"],
    "nothing to find": lambda file, spec: ["solve", file, "--params", "3"],
    "sweep": lambda file, spec: ["sweep", file, "--vary", "h=3"],
    "match": lambda file, spec: ["match", file],
    "check": lambda file, spec: ["check", file, "--max-params", "3"],
    "growth": lambda file, spec: ["check", spec, "--against", file, "--max-growth", "3%"],
}
BAD = {
    "junk": JUNK,
    "text": TEXT,
    "a zip archive": zipped("a.txt"),
    "half an archive": zipped("a.txt")[:30],
    "a document": b"%PDF-1.4",
    "a bad spec": b"input: [3]\nlayers: [Dens: 4]\n",
    "half a file of tensors": (10).to_bytes(8, "little") + b'{"a": {}}',
    "a list": json.dumps([1]).encode(),
}


@pytest.mark.whole
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("bad", [*BAD, "no file", "empty", "a folder"])
def test_a_message_names_its_file_once(run: Any, tmp_path: Path, command: str, bad: str) -> None:
    spec, path = tmp_path / "spec.yaml", tmp_path / "m.pt"
    spec.write_text(SPEC)
    if bad == "a folder":
        path.mkdir()
    elif bad != "no file":
        path.write_bytes(BAD.get(bad, b""))
    code, out, err = run(*COMMANDS[command](str(path), str(spec)))
    assert (code, out) == (2, "")
    assert err.count(str(path)) == 1, err
    assert err.startswith(f"paramcalc: {path}:")
