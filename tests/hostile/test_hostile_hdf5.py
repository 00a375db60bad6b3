"""HDF5 files made to do harm, damaged, or in any of the format's styles: what is read, and what is said."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_hostile_archives import archive, said
from tiers import examples, quick

from paramcalc import ParamcalcError
from paramcalc.errors import FileError
from paramcalc.formats.containers.archive import read_archive
from paramcalc.formats.containers.hdf5 import stored_in
from paramcalc.formats.containers.hdf5_bytes import MAX_TOTAL

numpy = pytest.importorskip("numpy")
h5py = pytest.importorskip("h5py")


def hdf5(write: Callable[[Any], Any], **options: Any) -> bytes:
    target = io.BytesIO()
    with h5py.File(target, "w", **options) as file:
        write(file)
    return target.getvalue()


def deep(file: Any) -> None:
    for _ in range(201):
        file = file.create_group("a")


def virtual(file: Any) -> None:
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "data", shape=(4,))
    file.create_virtual_dataset("layers", layout)


def looped(file: Any) -> None:
    file.create_group("layers")["again"] = file["/"]


def listed(file: Any) -> None:
    file.create_group("model_weights").attrs["layer_names"] = [b"a"]
    file["model_weights/a/k"] = 1.0
    file["model_weights/a"].attrs["weight_names"] = [b"../../k"]


WHOLE = hdf5(lambda file: file.create_dataset("layers/dense/vars/0", data=[1.0, 2.0]))
NUMBERS = "integers, floats or booleans"

FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not an HDF5 file; expected HDF5"),
    "another file": (bytes(99), "not an HDF5 file; expected HDF5"),
    "a later version": (
        WHOLE[:8] + b"\x09" + WHOLE[9:],
        "a newer version of HDF5; expected a superblock of version 0 to 3, received 9",
    ),
    "short addresses": (
        WHOLE[:13] + b"\4" + WHOLE[14:],
        "an HDF5 file with addresses of an unusual size; expected 8 bytes, received (4, 8)",
    ),
    "truncated": (WHOLE[:1500], f"a truncated HDF5 file; expected {len(WHOLE):,} bytes, received 1500"),
    "an external link": (
        hdf5(lambda file: file.__setitem__("layers", h5py.ExternalLink("/etc/passwd", "/"))),
        "layers: a link to another object; expected groups and tensors",
    ),
    "a soft link": (
        hdf5(lambda file: file.__setitem__("layers", h5py.SoftLink("/layers"))),
        "layers: a link to another object; expected groups and tensors",
    ),
    "a soft link, new style": (
        hdf5(lambda file: file.__setitem__("layers", h5py.SoftLink("/")), libver="latest"),
        "layers: a link to another object; expected groups and tensors",
    ),
    "a loop": (hdf5(looped), "layers/again: an object has two names in the file; expected one name for each object"),
    "depth": (hdf5(deep), "/".join("a" * 60) + "/: groups are nested too deeply; expected at most 200 deep"),
    "a long path": (
        hdf5(lambda file: file.create_group("/".join(["x" * 300] * 4))),
        f"{'x' * 120}: a path is too long; expected at most 1,000 characters",
    ),
    "a huge shape": (
        hdf5(lambda file: file.create_dataset("k", (2**40, 2**20), "f8", chunks=(1, 1))),
        "k: the declared size exceeds the file; expected a size that fits the file, received (1099511627776, 1048576)",
    ),
    "a shape without data": (
        hdf5(lambda file: file.create_dataset("k", (2**20,), "f4")),
        "k: the declared size exceeds the file; expected a size that fits the file, received (1048576,)",
    ),
    "data in another file": (
        hdf5(lambda file: file.create_dataset("k", (4,), "f4", external=[("/etc/passwd", 0, 16)])),
        "k: its data is in another file; expected data in the file itself",
    ),
    "data in other tensors": (
        hdf5(virtual),
        "layers: its data is a view of other tensors; expected data in the file itself",
    ),
    "texts for numbers": (
        hdf5(lambda file: file.create_dataset("k", data=["a"])),
        f"k: not a tensor of numbers; expected {NUMBERS}",
    ),
    "records": (
        hdf5(lambda file: file.create_dataset("k", (1,), [("a", "f4"), ("b", "i4")])),
        f"k: not a tensor of numbers; expected {NUMBERS}",
    ),
    "opaque": (
        hdf5(lambda file: file.create_dataset("k", (1,), "V9")),
        f"k: not a tensor of numbers; expected {NUMBERS}",
    ),
    "references": (
        hdf5(lambda file: file.create_dataset("k", (1,), h5py.ref_dtype)),
        f"k: not a tensor of numbers; expected {NUMBERS}",
    ),
    "a type": (
        hdf5(lambda file: file.__setitem__("t", numpy.dtype("f4"))),
        "t: a named type without data; expected groups and tensors",
    ),
    "a description that is a number": (
        hdf5(lambda file: file.attrs.__setitem__("model_config", 3)),
        "the attribute model_config is not text; expected text",
    ),
    "a description that is not UTF-8": (
        hdf5(lambda file: file.attrs.__setitem__("model_config", b"\xff")),
        "the attribute model_config is not UTF-8; expected text in UTF-8",
    ),
    "a layer that is not there": (
        hdf5(lambda file: file.attrs.__setitem__("layer_names", [b"../a"])),
        "the file lists a layer '../a' that it does not contain",
    ),
    "a tensor that is not there": (
        hdf5(listed),
        "model_weights/a: lists a tensor '../../k' that it does not contain",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_files(case: str) -> None:
    content, message = FILES[case]
    assert said(stored_in, content) == message


@pytest.mark.exhaustive
@pytest.mark.parametrize("style", ["earliest", "latest"])
def test_groups_of_thousands(style: str) -> None:
    # blocks of blocks in a heap, and a tree of three levels
    names = {f"{number:0250}" for number in range(4000)}

    def write(file: Any) -> None:
        for name in names:
            file.create_group(f"{name}/vars").attrs["name"] = name[-4:]

    assert set(stored_in(io.BytesIO(hdf5(write, libver=style))).names) == names


@pytest.mark.parametrize("piece", quick([500, 3000], 2))
def test_lists_in_pieces(piece: int) -> None:
    def write(file: Any) -> None:
        names = [f"layer_{number:04}".encode() for number in range(3 * piece)]
        for place in range(3):
            file.attrs[f"layer_names{place}"] = names[piece * place : piece * (place + 1)]
        for name in names:
            file.create_group(name)

    assert len(stored_in(io.BytesIO(hdf5(write))).names) == 3 * piece


def test_one_text_told_a_thousand_times() -> None:
    # every name of a long list is the same long text in the heap
    names = ["x" * 50_000, *"abcdefgh" * 400]
    content = bytearray(hdf5(lambda file: file.attrs.__setitem__("layer_names", names)))
    one = re.search(rb"\x50\xc3\0\0[^\0].{11}", content, re.DOTALL)
    assert one
    content[one.start() : one.start() + 16 * 3200] = one[0] * 3200
    assert said(stored_in, bytes(content), 2 * MAX_TOTAL) == (
        "the structure of the HDF5 file is too large; "
        "expected at most 1,000,000 pieces and 128 MiB, tensors not counted"
    )


def test_files_that_are_no_files(tmp_path: Path) -> None:
    for place, message in (
        (tmp_path, "not a regular file; expected a model or its weights"),
        (tmp_path / "none", "no such file or directory"),
        ("a\0b", "not the name of a file"),
    ):
        for reader in (stored_in, read_archive):
            with pytest.raises(FileError) as caught:
                reader(place)
            assert str(caught.value) == message


def written(luck: random.Random) -> Any:
    # a file of any shape that HDF5 has for groups and attributes
    target = io.BytesIO()
    low = luck.choice(["earliest", "latest", ("v108", "v110"), ("earliest", "v108")])
    with h5py.File(target, "w", libver=low, track_order=luck.random() < 0.5) as file:
        groups = [file]
        for number in range(luck.choice([0, 3, 30, 200])):
            group = luck.choice(groups[-luck.choice([3, 9, 1000]) :][:9])
            name = luck.choice(["a", "dense", "é", "x" * 30]) + str(number)
            if luck.random() < 0.6:
                group[name] = numpy.ones([luck.randrange(1, 4) for _ in range(luck.randrange(4))], "f4")
                continue
            groups.append(group.create_group(name))
            if luck.random() < 0.5:
                variables = groups[-1].create_group("vars")
                variables.attrs["name"] = luck.choice(["n", "é" * 50, ""])
                for other in range(luck.choice([0, 12])):
                    variables.attrs[f"x{other}"] = [0.0] * luck.choice([1, 700, 7000])
        file.attrs["model_config"] = '{"é": 1}' * luck.choice([1, 1000, 50_000])
    return target


@pytest.mark.parametrize("seed", quick(range(40), 4))
def test_the_reader_reads_what_the_library_reads(seed: int) -> None:
    target = written(random.Random(seed))
    shapes, names = {}, {}

    def look(path: str, one: Any) -> None:
        if isinstance(one, h5py.Dataset):
            shapes[path] = one.shape
        elif path.endswith("/vars"):
            names[path.removesuffix("/vars")] = one.attrs["name"]

    with h5py.File(target) as file:
        file.visititems(look)
        config = file.attrs["model_config"]
    stored = stored_in(target)
    assert {one.path: one.shape for one in stored.tensors} == shapes
    assert (stored.names, stored.config) == (names, config)


def test_nothing_else_is_raised_whatever_is_in_a_file() -> None:
    luck = random.Random(0)
    styles = [written(random.Random(seed)).getvalue() for seed in (2, 3, 5, 7)]
    files = [(stored_in, style) for style in styles if len(style) < 200_000]
    files += [(read_archive, archive(("config.json", b"{}"), ("model.weights.h5", files[0][1])))]
    refused = 0
    for number in range(tries := examples(1_000, 10_000)):
        reader, data = files[number % len(files)]
        content = bytearray(data)
        for _ in range(luck.choice([1, 2, 8])):
            place = luck.randrange(len(content) // 8) * 8
            if luck.random() < 0.5:
                content[place + luck.randrange(8)] ^= 1 << luck.randrange(8)
            else:
                value = luck.choice([0, 8 * luck.randrange(len(content) // 8), 2**64 - 1, 2**32, len(content)])
                content[place : place + 8] = value.to_bytes(8, "little")
        try:
            reader(io.BytesIO(content[: luck.choice([len(content)] * 9 + [luck.randrange(len(content))])]))
        except ParamcalcError:
            refused += 1
    assert refused > tries / 10
