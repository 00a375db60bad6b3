"""Damaged files of every reader: the readers are those of `READERS`, their seeds the small files that the tests have.

A file belongs to the reader that recognises it, so that a new reader is tried as soon as the tests have a file of it.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import paramcalc as pc
from paramcalc.formats.opened import Source, opened
from paramcalc.formats.readers import READERS

ROOT = Path(__file__).parents[2]
HELPERS = str(ROOT / "tests" / "helpers")  # pytest has it on the path, a script has not
LARGEST = 60_000  # bytes of a file that is taken as a seed
EXTREMES = [b"\xff" * 10, b"\x80" * 9 + b"\x01", struct.pack("<Q", 2**63), struct.pack("<I", 2**31 - 1), b"\0" * 8]
EXTREMES += [struct.pack("<i", -4), struct.pack("<q", -1), b"\x7f", b"\0"]
EXTREMES += [struct.pack(">Q", 2**63), struct.pack(">I", 2**31 - 1), struct.pack("<q", 2**40), struct.pack("<i", 24)]

SLOW = re.compile(rb'"num_hidden_layers": *\d\d|keras\.applications')  # a model of many layers
OFTEN_SLOW = 0.05  # of the inputs are made of seeds that take long to read
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # where files are never written to a disk

Damage = Callable[[Random, bytes], bytes]


class Seed(NamedTuple):
    """What a reader reads.

    Attributes
    ----------
    files : dict of str to bytes
        By name; one file without a name is content alone.
    opened : str
        Which of them is opened; empty for the folder.
    slow : bool
        Whether it takes several times as long to read as others; then few inputs are made of it.
    """

    files: dict[str, bytes]
    opened: str = ""
    slow: bool = False


def reader_of(source: Source) -> str:
    """Give the name of the reader that recognises a source; empty where it refuses to look."""
    try:
        return next(one for one in READERS if one.sniff(source)).name
    except pc.ParamcalcError:
        return ""


@cache
def seeds() -> dict[str, tuple[Seed, ...]]:
    """Give the seeds of every reader that has a function."""
    found: dict[str, list[Seed]] = {one.name: [] for one in READERS if one.read}
    contents = [
        path.read_bytes()
        for folder in (ROOT / "tests/data", ROOT / "docs/examples")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "make.py" and path.stat().st_size <= LARGEST
    ]
    wrapped = [json.loads(one) for one in contents if one.startswith(b'{"model":{')]  # what tests expect beside a model
    contents += [json.dumps(one["model"]).encode() for one in wrapped]
    if HELPERS not in sys.path:
        sys.path.append(HELPERS)
    from graph_seeds import FILES

    contents += [one for make in FILES.values() for one in make()]
    contents += [re.sub(rb'("num_hidden_layers": *)\d\d+', rb"\g<1>2", one) for one in contents if SLOW.search(one)]
    for content in dict.fromkeys(contents):
        name = reader_of(Source("seed", given=content))
        if name in found:
            found[name].append(Seed({"": content}, slow=SLOW.search(content) is not None))
    for seed in several():
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            name = reader_of(opened(written(folder, seed)))
        found[name].append(seed)
    return {name: tuple(own) for name, own in found.items()}


def several() -> Iterable[Seed]:
    """Give seeds of several files: folders, and an index with its shards."""
    from graph_seeds import FILES

    tensors = ROOT / "tests/data/tensors"
    shards = {path.name: path.read_bytes() for path in sorted(tensors.glob("model*"))}
    keras = zipfile.ZipFile(ROOT / "docs/examples/sentiment.keras")
    members = {name: keras.read(name) for name in keras.namelist()}
    weights = members["model.weights.h5"]
    shard = "model_00000.weights.h5"
    index = json.dumps({"metadata": {}, "weight_map": {"/layers/embedding/vars": shard}}).encode()
    llama = ROOT / "tests/data/huggingface/tiny-llama"
    yield Seed(shards)
    yield Seed(shards, "model.safetensors.index.json")
    yield Seed({"model.safetensors": (tensors / "state.safetensors").read_bytes()})
    yield Seed({"pytorch_model.bin": (tensors / "state.pt").read_bytes()})
    yield Seed({path.name: path.read_bytes() for path in sorted(llama.iterdir())})
    yield Seed(members)
    yield Seed({"model.weights.json": index, shard: weights}, "model.weights.json")
    checkpoint, graph = FILES["tensorflow"]()
    yield Seed({"saved_model.pb": graph})
    yield Seed({"saved_model.pb": graph[:2], "variables/variables.index": checkpoint})


def written(folder: str, seed: Seed) -> str:
    """Write the files of a seed; give what is opened."""
    for name, content in seed.files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    return os.path.join(folder, seed.opened) if seed.opened else folder


def mutated(luck: Random, content: bytes, others: Iterable[bytes]) -> bytes:
    """Give bytes with a few changed, lost or repeated, with extreme numbers, and with parts of other files."""
    made, parts = bytearray(content), list(others)
    for _ in range(luck.choice((1, 1, 2, 3, 8))):
        at = luck.randrange(len(made) + 1)
        length = min(luck.choice((1, 1, 2, 4, 8, 40)), len(made) - at)
        how = luck.randrange(7)
        if how == 0:
            made[at : at + length] = luck.randbytes(length)
        elif how == 1:
            del made[at : at + length]
        elif how == 2:
            made[at:at] = made[at : at + length]
        elif how == 3 and length:
            made[at] ^= 1 << luck.randrange(8)
        elif how == 4:
            extreme = luck.choice(EXTREMES)
            made[at : at + len(extreme)] = extreme
        elif how == 5:
            other = luck.choice(parts)
            start = luck.randrange(len(other) + 1)
            made[at : at + length] = other[start : start + length]
        elif luck.random() < 0.3:
            del made[at:]
    return bytes(made)


def rearchived(luck: Random, content: bytes, damage: Damage) -> bytes:
    """Give an archive one of whose members is changed, with checksums that are right."""
    target = io.BytesIO()
    members = _members(content)
    telling = [name for name in members if name.endswith((".pkl", ".json", ".npy", ".h5"))]
    chosen = luck.choice(telling or list(members))
    with zipfile.ZipFile(target, "w") as new:
        for name, member in members.items():
            new.writestr(zipfile.ZipInfo(name), damage(luck, member) if name == chosen else member)
    return target.getvalue()


@cache
def _members(content: bytes) -> dict[str, bytes]:
    # of the archive of a seed
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def damaged(luck: Random, content: bytes, others: Iterable[bytes], damages: tuple[Damage, ...]) -> bytes:
    """Damage a file in one of the ways there are: bytes, members of an archive, values of JSON."""

    def any_way(luck: Random, content: bytes) -> bytes:
        if luck.random() < 0.5:
            return mutated(luck, content, others)
        return luck.choice(damages)(luck, content)

    if content.startswith(b"PK") and luck.random() < 0.7:
        return rearchived(luck, content, any_way)
    return any_way(luck, content)


SHOWN = 0.1  # of the answers, in some view; of the others the total is taken


def reading(name: str, damages: tuple[Damage, ...], shown: Callable[[Random], Callable[[pc.Model], object]]) -> object:
    """Give the maker of damaged files of a reader, each read, and counted or shown."""

    def make(luck: Random) -> Callable[[], object]:
        own = seeds()[name]
        usual = [one for one in own if not one.slow]
        seed = luck.choice(usual if usual and luck.random() >= OFTEN_SLOW else own)
        chosen = luck.choice(list(seed.files))
        others = [one for other in own for one in other.files.values()]
        content = damaged(luck, seed.files[chosen], others, damages)
        show = shown(luck) if luck.random() < SHOWN else _total
        if chosen == "":
            return lambda: show(pc.loads(content))
        return partial(_read, name, own.index(seed), chosen, content, show)

    return make


def _total(model: pc.Model) -> object:
    return model.total


def _read(name: str, place: int, chosen: str, content: bytes, show: Callable[[pc.Model], object]) -> object:
    # the folder of a seed is written once; the damaged file is put into it, and the right one back
    path = _folder(name, place)
    seed = seeds()[name][place]
    file = os.path.join(path, chosen)
    try:
        Path(file).write_bytes(content)
        return show(pc.load(os.path.join(path, seed.opened) if seed.opened else path))
    finally:
        Path(file).write_bytes(seed.files[chosen])


@cache
def _folder(name: str, place: int) -> str:
    folder = tempfile.TemporaryDirectory(dir=MEMORY)
    _FOLDERS.append(folder)  # it is removed when the process ends
    written(folder.name, seeds()[name][place])
    return folder.name


_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
