"""Files of tensors that lie: each ends in a clear error, soon and in little memory, and nothing of it is run."""

from __future__ import annotations

import io
import json
import os
import pickle
import pickletools
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from tracemalloc import get_traced_memory, start as trace, stop as untrace
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.formats.pytorch import opcodes
from paramcalc.formats.pytorch.machine import Machine
from paramcalc.formats.pytorch.rebuild import CALLS, load
from paramcalc.formats.pytorch.values import Opaque

TENSORS = Path(__file__).parents[1] / "data/tensors"
SECONDS, BYTES = 1.0, 100 * 10**6


def refused(content: bytes | str) -> str:
    """The error that comes of a file, soon and in little memory."""
    start = process_time()
    with pytest.raises(pc.ParamcalcError) as error:
        pc.load(content) if isinstance(content, str) else pc.loads(content)
    assert process_time() - start < SECONDS * 4  # a machine may be busy
    trace()
    with pytest.raises(pc.ParamcalcError):
        pc.load(content) if isinstance(content, str) else pc.loads(content)
    assert get_traced_memory()[1] < BYTES
    untrace()
    return str(error.value)


# --- safetensors ---------------------------------------------------------------------------------------------


def header(text: str | bytes, numbers: int = 0) -> bytes:
    text = text.encode() if isinstance(text, str) else text
    return len(text).to_bytes(8, "little") + text + bytes(numbers)


def entry(dtype: Any = "F32", shape: Any = (2,), span: Any = (0, 8), **more: Any) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": span, **more}


def tensors(numbers: int = 8, **entries: Any) -> bytes:
    return header(json.dumps(entries), numbers)


EMPTY = json.dumps(entry(shape=[0], span=[0, 0]))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (tensors(a=entry("F33")), "an unknown dtype 'F33'"),
        (tensors(a=entry(shape=[-2])), "not a shape"),
        (tensors(a=entry(shape=[True, True], span=[0, 4])), "not a shape"),
        (tensors(a=entry(shape=[2.0])), "not a shape"),
        (tensors(a=entry(shape=[2**40, 2**40])), "a tensor with too many numbers"),
        (tensors(a=entry(shape=[0, 2**63], span=[0, 0])), "a tensor with too many numbers"),
        (tensors(a=entry(shape=[1] * 65)), "a tensor with too many axes"),
        (tensors(a=entry(span=[0, 4])), "its shape and its place disagree"),
        (tensors(a=entry(span=[8, 0])), "its shape and its place disagree"),
        (tensors(a=entry(span=[-8, 0])), "not a place"),
        (tensors(a=entry(more=1)), "not a tensor"),
        (tensors(a={"dtype": "F32"}), "not a tensor"),
        (tensors(12, a=entry(span=[4, 12])), "leaves a gap before it"),
        (tensors(8, a=entry(), b=entry()), "overlaps another tensor"),
        (tensors(9, a=entry()), "the numbers do not fill the file"),
        (tensors(7, a=entry()), "the numbers do not fill the file"),
        (header('{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 8), "a key given twice"),
        (
            header('{"a":' + json.dumps(entry()) + ',"a":' + json.dumps(entry(span=[8, 16])) + "}", 16),
            "two tensors of one",
        ),
        (header('{"a":' + json.dumps(entry()) + "} {}", 8), "more in the header"),
        (header('{"' + "x" * 2000 + '":' + json.dumps(entry()) + "}", 8), "a name of 2,000 characters"),
        (header('{"a":' + "[" * 10**6, 8), "the header is damaged at byte"),
        (header('{"a":' + '{"b":' * 10**5, 8), "the header is damaged at byte"),
        (header('{"a":{"shape":' + "[" * 3000 + "]" * 3000 + "}}", 8), "an entry of 6,0"),
        (header('{"a":{"shape":' + "[" * 1900 + "]" * 1900 + "}}", 8), "not"),
        (header('{"a":{"shape":[' + "9" * 4000 + "]}}", 8), "not a tensor"),
        (header('{"a":' + '"\\' * 10**6, 8), "the header is damaged at byte"),
        (header('{"a' + '\\"' * 10**6, 8), "the header is damaged at byte"),
        (header('{"' + "\\ud800" + '":' + json.dumps(entry()) + "}", 8), "half a character"),
        (header(b'{"\xff":' + json.dumps(entry()).encode() + b"}", 8), "not valid JSON"),
        ((2**27 - 1).to_bytes(8, "little") + b'{"' + b" " * 100, "a truncated header"),
        ((33 * 2**20).to_bytes(8, "little") + b'{"' + bytes(33 * 2**20), "a header of 34,603,008 bytes"),
        (header("{}"), ""),
        (header('{"__metadata__":{"a":"b"}}'), "no tensors of a model in the file"),
        (header('{"__metadata__":{"a":1}}'), "not metadata"),
        (header("{" + ",".join(f'"{at}":{EMPTY}' for at in range(200_001)) + "}"), "too many tensors"),
    ],
    ids=range(35),
)
def test_safetensors(content: bytes, problem: str) -> None:
    assert problem in refused(content)


def test_no_number_is_read(tmp_path: Path) -> None:
    # a sparse file of a terabyte
    path = tmp_path / "large.safetensors"
    text = json.dumps({"fc.weight": entry(shape=[2**19, 2**19], span=[0, 2**40])}).encode()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + 2**40)
    start = process_time()
    assert pc.load(path).total == 2**38
    assert process_time() - start < SECONDS


# --- shards --------------------------------------------------------------------------------------------------


def index(folder: Path, **places: Any) -> str:
    path = folder / "model.safetensors.index.json"
    path.write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return str(path)


def test_shards_lie_in_the_folder(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.safetensors", tmp_path / "model"
    outside.write_bytes(tensors(a=entry()))
    folder.mkdir()
    (folder / "one.safetensors").write_bytes(tensors(a=entry()))
    (folder / "link.safetensors").symlink_to(outside)
    (folder / "inner.safetensors").symlink_to(folder / "one.safetensors")
    os.mkfifo(folder / "pipe.safetensors")
    assert pc.load(index(folder, a="one.safetensors")).total == 2
    assert pc.load(index(folder, a="inner.safetensors")).total == 2
    for name in ("../outside.safetensors", str(outside), "a/b.safetensors", "x\0.safetensors", ".safetensors/../x.bin"):
        assert "not the name of a shard" in refused(index(folder, a=name)), name
    assert "a symbolic link out of the folder" in refused(index(folder, a="link.safetensors"))
    assert "not a regular file" in refused(index(folder, a="pipe.safetensors"))
    assert "no such file" in refused(index(folder, a="none.safetensors"))
    assert "not the name of a shard" in refused(index(folder, a="one.safetensors", b=3))
    assert "1 tensors of the index are in no shard" in refused(index(folder, a="one.safetensors", b="one.safetensors"))
    assert "the index has a in" in refused(index(folder, b="one.safetensors"))
    many = {f"{at}": f"{at}.safetensors" for at in range(1001)}
    assert "too many shards" in refused(index(folder, **many))


def test_a_cache_of_hugging_face(tmp_path: Path) -> None:
    # its files are links to blobs named by their checksums
    blobs, folder = tmp_path / "blobs", tmp_path / "snapshots" / "abc"
    folder.mkdir(parents=True)
    blobs.mkdir()
    (blobs / ("0" * 64)).write_bytes(tensors(a=entry()))
    (blobs / "readme").write_bytes(tensors(a=entry()))
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").symlink_to(Path("../../blobs") / ("0" * 64))
    assert pc.load(folder).total == 2
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to(Path("../../blobs/readme"))
    assert "a symbolic link out of the folder" in refused(str(folder))


# --- pickles -------------------------------------------------------------------------------------------------


def zipped(program: bytes, **members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("archive/data.pkl", program)
        for name, content in members.items():
            archive.writestr(f"archive/data/{name.removeprefix('_')}", content)
    return target.getvalue()


RAN: list[str] = []


def run(what: str) -> None:
    RAN.append(what)


class Attack:
    """What a pickle can do: run any function."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return run, ("it ran",)


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_is_run(protocol: int) -> None:
    program = pickle.dumps({"weights": Attack()}, protocol)
    pickle.loads(program)
    assert RAN == ["it ran"]
    RAN.clear()
    modules = set(sys.modules)
    assert "no tensors of a model" in refused(zipped(program))
    for name in ("os.system", "builtins.eval", "builtins.exec", "subprocess.Popen", "torch.load", "antigravity.fly"):
        module, _, what = name.rpartition(".")
        made = opcodes.run(Machine(f"c{module}\n{what}\n(V1\ntR.".encode(), CALLS, load))
        assert isinstance(made, Opaque)
        assert made.name == name
    assert not RAN
    assert not {"antigravity", "subprocess"} & (set(sys.modules) - modules)


def test_every_opcode_is_known() -> None:
    refused_here = {code.code for code in pickletools.opcodes if opcodes.OPCODES[ord(code.code)] is opcodes._refused}
    within_the_loop = {*".rhK("}
    assert refused_here == {"\x82", "\x83", "\x84", "\x97", "\x98"} | within_the_loop  # extensions, buffers outside
    assert sum(one is not opcodes._refused for one in opcodes.OPCODES) == len(pickletools.opcodes) - len(refused_here)


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_those_of_pickle(protocol: int) -> None:
    value: dict[str, Any] = {
        "texts": ["", "a", "é", "\ud800", "x" * 300, "y" * 70_000],
        "numbers": [0, 1, -1, 255, 256, 65_536, -(2**31), 2**31, 2**100, -(2**100), 0.5, -1e300, True, False, None],
        "bytes": [b"", b"a", b"b" * 300],
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        "nested": {"a": {"b": {}}, 3: [], None: 1, 0.5: 2},
    }
    value["again"] = value["tuples"]
    if protocol < 3:
        del value["bytes"]  # they are made by a call there
    assert opcodes.run(Machine(pickle.dumps(value, protocol), CALLS, load)) == value


BOMBS: dict[str, bytes] = {
    "depth of lists": b"\x80\x02" + b"]" * 10**5 + b"a" * (10**5 - 1) + b".",
    "depth of tuples": b"\x80\x02)" + b"\x85" * 10**5 + b".",
    "depth of keys": b"\x80\x02})" + b"\x85" * 10**5 + b"Ns.",
    "memo": b"\x80\x02]\x94"
    + b"".join(b"](h" + bytes([at]) * 1 + (b"h" + bytes([at])) * 9 + b"e\x94" for at in range(80))
    + b".",
    "memo of dicts": b"\x80\x04}\x94"
    + b"".join(
        b"}(" + b"".join(b"K" + bytes([key]) + b"h" + bytes([at]) for key in range(9)) + b"u\x94" for at in range(80)
    )
    + b".",
    "a place of the memo": b"\x80\x02]r\xff\xff\xff\xff.",
    "a cycle": b"\x80\x02]\x94h\x00a.",
    "a cycle of modules": (
        b"\x80\x02cx\nNet\n)R\x94}(X\x0b\x00\x00\x00_parameters}X\x08\x00\x00\x00_buffers}"
        b"X\x08\x00\x00\x00_modules}X\x01\x00\x00\x00ah\x00sub."
    ),
    "digits": b"\x80\x02L" + b"9" * 10**6 + b"L\n.",
    "a long number": b"\x80\x02\x8b" + (10**6).to_bytes(4, "little") + b"\xff" * 10**6 + b".",
    "a length": b"\x80\x02\x8d" + b"\xff" * 8 + b"x.",
    "a negative length": b"\x80\x02\x8b\xff\xff\xff\xff.",
    "many marks": b"\x80\x02" + b"(" * 200_000 + b".",
    "no end": b"\x80\x02" + b"N" * 1000,
    "nothing": b"",
    "more taken than there is": b"\x80\x02(\x86.",
    "a mark below": b"\x80\x02N(00e.",
    "an extension": b"\x80\x02\x82\x01.",
    "a buffer": b"\x80\x05\x97.",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs(bomb: str) -> None:
    assert refused(zipped(BOMBS[bomb]))


def test_more_values_than_any_file_has(monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped(b"\x80\x02](" + b"]" * 20_000 + b"e.")
    assert "no tensors of a model" in refused(many)
    monkeypatch.setattr(opcodes, "MAX_VALUES", 10_000)
    assert "too many values in the pickle" in refused(many)
    monkeypatch.setattr(opcodes, "MAX_STEPS", 5_000)
    assert "too many steps in the pickle" in refused(many)


def tensor(
    size: str = "K\x02\x85",
    strides: str = "K\x01\x85",
    offset: str = "K\x00",
    numel: str = "K\x02",
    dtype: str = "Float",
) -> bytes:
    made = (
        "\x80\x02}X\x09\x00\x00\x00fc.weightctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage"
        f"ctorch\n{dtype}Storage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu{numel}tQ{offset}{size}{strides}\x89NtRs."
    )
    return made.encode("latin-1")


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        (tensor(size="K\x03\x85"), "a tensor larger than its storage"),
        (tensor(strides="K\x05\x85"), "a tensor larger than its storage"),
        (tensor(offset="K\x01"), "a tensor larger than its storage"),
        (tensor(offset="J\xff\xff\xff\xff"), "not a tensor"),
        (tensor(size="J\xff\xff\xff\xff\x85"), "not a shape"),
        (tensor(size="\x88\x85"), "not a shape"),
        (tensor(size="N"), "not a shape"),
        (tensor(strides=")"), "not the strides of a tensor"),
        (tensor(strides="J\xff\xff\xff\xff\x85"), "not the strides of a tensor"),
        (tensor(strides="\x88\x85"), "not the strides of a tensor"),
        (tensor(numel="K\x03"), "has another size than its tensors say"),
        (tensor(numel="N"), "not the size of a storage"),
        (tensor(dtype="Double"), "has another size than its tensors say"),
        (tensor(size="\x8a\x09" + "\xff" * 8 + "\x00\x85", strides="K\x00\x85"), "too many numbers"),
    ],
)
def test_tensors_that_lie(program: bytes, problem: str) -> None:
    assert pc.loads(zipped(tensor(), _0=bytes(8))).total == 2
    assert problem in refused(zipped(program, _0=bytes(8)))


def test_strides_are_no_shape() -> None:
    # a mask of (1, 1, 8192, 8192) has strides whose product is more than any tensor has numbers
    ones, steps = "(" + "K\x01" * 5 + "t", "(" + "J\x00\x00\x00\x7f" * 5 + "t"
    assert pc.loads(zipped(tensor(ones, steps), _0=bytes(8))).total == 1


def test_an_unknown_storage_is_not_a_zero() -> None:
    report = pc.loads(zipped(tensor(dtype="Odd"), _0=bytes(8))).report()
    assert not report.exact


def test_a_stream_is_as_long_as_it_says() -> None:
    content = (TENSORS / "stream.pt").read_bytes()
    assert pc.loads(content).total == 244
    assert "a truncated file" in refused(content[:-1])
    assert refused(content[:200])


def test_storages_that_are_missing() -> None:
    assert "no archive/data/0 in the archive" in refused(zipped(tensor()))


def test_a_zip_bomb() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02" + b"N" * 30_000_000)
    assert "compressed too much" in refused(target.getvalue())
    assert "too large" in refused(zipped(bytes(33 * 2**20)))


# --- NumPy ---------------------------------------------------------------------------------------------------


def array(header: str, numbers: int = 8, version: int = 1) -> bytes:
    wide = 2 if version == 1 else 4
    text = header.encode("latin-1")
    content = b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(wide, "little") + text + bytes(numbers)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.npy", content)
    return target.getvalue()


FINE = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (array(FINE, 4), "its shape and its size disagree"),
        (array(FINE, version=9), "not an array of NumPy"),
        (array(FINE.replace("(2,)", "(-2,)")), "not as NumPy writes it"),
        (array(FINE.replace("(2,)", "(2, 99999999999999999999)")), "not a shape"),
        (array(FINE.replace("(2,)", "(" * 2000)), "not as NumPy writes it"),
        (array(FINE.replace("<f4", "<f3")), "an unknown dtype"),
        (array(FINE.replace("(2,)", "__import__('os').system('x')")), "not as NumPy writes it"),
        (array(FINE.replace("<f4", "|O")), "no tensors of a model"),
        (array(FINE + " " * 9000), "a header of"),
        (array("", 0), "not an array of NumPy"),
    ],
)
def test_arrays(content: bytes, problem: str) -> None:
    assert pc.loads(array(FINE)).total == 2
    assert pc.loads(array(FINE, version=2)).total == 2
    assert problem in refused(content)
