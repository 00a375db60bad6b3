"""Archives made to do harm: what is said of each, and how little time and memory it takes."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from work import within

from paramcalc.errors import FileError
from paramcalc.formats.containers.archive import read_archive
from paramcalc.formats.containers.hdf5 import stored_in
from paramcalc.formats.text.decoding import decode
from paramcalc.formats.text.syntax import read_json

h5py = pytest.importorskip("h5py")

LINES, BYTES = 1_000_000, 64 * 2**20  # of Python, and of memory: more than any of them may take


def said(reader: Callable[[Any], Any], content: bytes, most: int = BYTES) -> str:
    tracemalloc.start()
    with pytest.raises(FileError) as caught:
        within(LINES, lambda: reader(io.BytesIO(content)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < most
    return str(caught.value)


# --- archives -------------------------------------------------------------------------------------


def archive(*members: tuple[Any, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as file:
        for name, content in members:
            file.writestr(name, content)
    return target.getvalue()


def put(content: bytes, mark: bytes, at: int, form: str, *values: int) -> bytes:
    # write numbers over a record of an archive
    changed = bytearray(content)
    struct.pack_into(form, changed, content.index(mark) + at, *values)
    return bytes(changed)


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info


def twice(name: str) -> bytes:
    other = name[:-1] + "_"
    return archive((name, b"{}"), (other, b"{}")).replace(other.encode(), name.encode())


PLAIN = archive(("config.json", b"{}"))
ENTRY, MEMBER, END = b"PK\1\2", b"PK\3\4", b"PK\5\6"
ZEROS = archive(("config.json", bytes(40 * 2**20)), method=zipfile.ZIP_DEFLATED)
PACKED = struct.unpack_from("<I", ZEROS, ZEROS.index(ENTRY) + 20)[0]

NO_MODEL = (
    "a zip archive without a model; expected config.json of Keras, data.pkl of PyTorch, or arrays of NumPy in it, "
    "received "
)
ARCHIVES = {
    "empty": (b"", "a truncated archive"),
    "no end": (PLAIN[:-22], "a truncated archive"),
    "half": (PLAIN[: len(PLAIN) // 2], "a truncated archive"),
    "other things": (archive(("notes.txt", b"")), f"{NO_MODEL}['notes.txt']"),
    "path tricks": (
        archive(("../config.json", b"{}"), ("/config.json", b"{}"), ("a\\config.json", b"{}"), ("config.json/", b"")),
        f"{NO_MODEL}['../config.json', '/config.json', 'a\\\\config.json', 'config.json/']",
    ),
    "a symbolic link": (
        archive((link("config.json"), b"/etc/passwd")),
        "config.json: a symbolic link; expected a file",
    ),
    "two of one name": (
        twice("config.json"),
        "the archive contains two files named 'config.json'; expected different names",
    ),
    "too many": (
        put(PLAIN, END, 8, "<HH", 20_000, 20_000),
        "too many files in the archive; expected at most 10,000, received 20000",
    ),
    "more than there are": (put(PLAIN, END, 8, "<HH", 2, 2), "a damaged archive"),
    "a list behind the end": (put(PLAIN, END, 16, "<I", 2**31), "a damaged archive"),
    "several parts": (put(PLAIN, END, 4, "<HH", 1, 1), "an archive in several parts; expected a single file"),
    "a bomb": (
        ZEROS,
        f"config.json: compressed too much; expected at most 100 to 1, received (41943040, {PACKED})",
    ),
    "a bomb of 1 GiB": (
        put(ZEROS, ENTRY, 24, "<I", 2**30),
        "config.json: too large; expected at most 67,108,864 bytes, received 1073741824",
    ),
    "a bomb that hides its size": (
        put(ZEROS, ENTRY, 24, "<I", 2**20),
        "config.json: holds more than it says; expected 1,048,576 bytes",
    ),
    "less than said": (
        put(archive(("config.json", b"{}"), method=8), ENTRY, 24, "<I", 3),
        "config.json: holds less than it says; expected 3 bytes",
    ),
    "more than the file": (
        put(PLAIN, ENTRY, 20, "<II", 2**20, 2**20),
        "files in the archive overlap; expected separate ranges",
    ),
    "two sizes": (
        put(PLAIN, ENTRY, 24, "<I", 3),
        "config.json: its two sizes differ, although it is not compressed, received (3, 2)",
    ),
    "overlapping": (
        put(archive(("a", bytes(99)), ("config.json", b"{}")), ENTRY, 20, "<II", 140, 140),
        "files in the archive overlap; expected separate ranges",
    ),
    "encrypted": (put(PLAIN, ENTRY, 8, "<H", 1), "config.json: encrypted; expected a file without encryption"),
    "another compression": (
        put(PLAIN, ENTRY, 10, "<H", 14),
        "config.json: an unknown compression; expected none, or deflate, received 14",
    ),
    "no deflate": (
        put(archive(("config.json", b"\7\7")), ENTRY, 10, "<H", 8),
        "config.json: the compressed data is damaged",
    ),
    "another name inside": (
        PLAIN.replace(b"config.json", b"CONFIG.JSON", 1),
        "config.json: another file is at the listed position",
    ),
    "no member": (put(PLAIN, MEMBER, 0, "<I", 0), "config.json: another file is at the listed position"),
    "other content": (PLAIN.replace(b"{}", b"[]"), "config.json: damaged: the checksum differs"),
    "metadata of one text": (
        archive(("config.json", b"{}"), ("metadata.json", b'"3.0"')),
        "metadata.json: not in the form that Keras writes; expected keys and values, received '3.0'",
    ),
    "a version of another kind": (
        archive(("config.json", b"{}"), ("metadata.json", b'{"keras_version": [3]}')),
        "metadata.json: keras_version: not a version; expected a short text, received [3]",
    ),
    "metadata without end": (
        archive(("config.json", b"{}"), ("metadata.json", b" " * 70_000)),
        "metadata.json: too large; expected at most 65,536 bytes, received 70000",
    ),
    "NUL in the metadata": (
        archive(("config.json", b"{}"), ("metadata.json", b"{}\0")),
        "metadata.json: a binary file; expected YAML, TOML or JSON",
    ),
    "weights that are none": (
        archive(("config.json", b"{}"), ("model.weights.h5", b"\x80\x04." * 30)),
        "model.weights.h5: not an HDF5 file; expected HDF5",
    ),
    "a shard elsewhere": (
        archive(("config.json", b"{}"), ("model.weights.json", b'{"weight_map": {"/a/vars": "../x.h5"}}')),
        "model.weights.json: /a/vars: not the name of a shard, received '../x.h5'",
    ),
    "a shard that is missing": (
        archive(("config.json", b"{}"), ("model.weights.json", b'{"weight_map": {"/a/vars": ["x.h5"]}}')),
        "model.weights.json: no x.h5 in the archive",
    ),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_archives(case: str) -> None:
    content, message = ARCHIVES[case]
    assert said(read_archive, content) == message


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (b"[" * 1_000_000, "brackets within brackets; expected at most 64 deep"),
        (b'{"a":' * 1_000_000, "brackets within brackets; expected at most 64 deep"),
        (b'{"a": "\0"}', "a binary file; expected YAML, TOML or JSON"),
        (b"\xff" * 99, "not UTF-8: byte 0xff on line 1; expected YAML, TOML or JSON in UTF-8"),
    ],
)
def test_what_is_in_a_description_is_left_to_its_reader(config: bytes, message: str) -> None:
    found = read_archive(io.BytesIO(archive(("config.json", config))))
    with pytest.raises(FileError) as caught:
        read_json(decode(found.config))
    assert str(caught.value) == message


def by_hand(path: Path, *members: tuple[str, Callable[[Any], Any], int, bool]) -> None:
    # an archive whose sizes need eight bytes: for each member its name, what writes it, its size, whether it is packed
    listed = b""
    with open(path, "wb") as file:
        for name, write, size, packed in members:
            at, method = file.tell(), 8 if packed else 0
            file.write(struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, method, 0, 0, 0, 0, 0, len(name), 0) + name.encode())
            start = file.tell()
            check = write(file) or 0
            far = struct.pack("<2H3Q", 1, 24, size, file.tell() - start, at)
            head = (45, 45, 0, method, 0, 0, check, *(2**32 - 1,) * 2, len(name), len(far), 0, 0, 0, 0, 2**32 - 1)
            listed += struct.pack("<4s6H3I5H2I", b"PK\1\2", *head) + name.encode() + far
        at = file.tell()
        end = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, *[len(members)] * 2, len(listed), at)
        place = struct.pack("<4sIQI", b"PK\6\7", 0, at + len(listed), 1)
        file.write(
            listed + end + place + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, *(2**16 - 1,) * 2, *(2**32 - 1,) * 2, 0)
        )


def test_a_description_of_one_gibibyte_of_zeros(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)  # may be repeated
    by_hand(tmp_path / "m.keras", ("config.json", lambda file: file.write(zeros * 1024) and 0, 2**30, True))
    message = "config.json: too large; expected at most 67,108,864 bytes, received 1073741824"
    assert said(lambda _: read_archive(tmp_path / "m.keras"), b"") == message
    by_hand(tmp_path / "m.keras", ("config.json", lambda file: file.write(zeros * 1024) and 0, 2**20, True))
    assert said(lambda _: read_archive(tmp_path / "m.keras"), b"") == (
        "config.json: holds more than it says; expected 1,048,576 bytes"
    )


def test_weights_of_many_gigabytes_cost_nothing(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    layout.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    with h5py.File(tmp_path / "m.weights.h5", "w") as file:  # 16 GiB of which nothing is written
        variables = file.create_group("layers/dense/vars")
        variables.attrs["name"] = "wide"
        space = h5py.h5s.create_simple((2**15, 2**17))
        h5py.h5d.create(variables.id, b"0", h5py.h5t.IEEE_F32LE, space, layout)
    size = (tmp_path / "m.weights.h5").stat().st_size
    assert size > 2**34

    def weights(target: Any) -> None:
        # what is behind the data is the end of the file, and free
        with open(tmp_path / "m.weights.h5", "rb") as source:
            target.write(source.read(2**16))
        target.seek(size - 2**16, 1)
        target.truncate()

    def config(target: Any) -> int:
        target.write(b"{}")
        return zlib.crc32(b"{}")

    by_hand(tmp_path / "m.keras", ("model.weights.h5", weights, size, False), ("config.json", config, 2, False))
    tracemalloc.start()
    stored = read_archive(tmp_path / "m.keras").stored
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stored is not None
    assert [(one.shape, one.dtype) for one in stored.tensors] == [((2**15, 2**17), "float32")]
    assert stored == stored_in(tmp_path / "m.weights.h5")
    assert peak < 2**20
