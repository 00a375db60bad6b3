"""The table of all formats in the docs: a line for each reader, in their order, and the names of those not read."""

from __future__ import annotations

import re
from pathlib import Path

from paramcalc.core.storage import bytes_text
from paramcalc.formats.checkpoints import npz, safetensors, shards
from paramcalc.formats.containers import hdf5_bytes
from paramcalc.formats.huggingface import build
from paramcalc.formats.modelspec import items
from paramcalc.formats.operators import wire
from paramcalc.formats.pytorch import machine, opcodes
from paramcalc.formats.readers import READERS
from paramcalc.formats.tensors import data
from paramcalc.formats.tesseract import read as tesseract, vgsl
from paramcalc.formats.text import bounds
from paramcalc.formats.tflite import read as tflite

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## All formats")[2].partition("\n## ")[0]
LINES = {cells[0]: cells[1:] for cells in re.findall(r"^\| (.*?) \| (.*?) \|(?: (.*?))? \| (.*?) \|$", SECTION, re.M)}


def test_every_reader_has_a_line_in_the_order_of_the_readers() -> None:
    assert list(LINES)[2:] == [one.name for one in READERS if one.read]
    assert all(read and bound for read, _, bound in LINES.values())


def test_formats_that_are_not_read_are_named() -> None:
    said = " ".join(SECTION.split())
    assert all(one.name in said for one in READERS if not one.read)


def size(count: int) -> str:
    return bytes_text(count).replace(".0 ", " ")


def test_bounds_are_those_of_the_code() -> None:
    stated = {
        "a folder of Hugging Face": [f"{build.MAX_BLOCKS} blocks"],
        "an index of safetensors": [f"{shards.MAX_SHARDS:,} shards", f"{data.MAX_TENSORS:,} tensors"],
        "a PyTorch file": [
            size(machine.MAX_PICKLE),
            f"{opcodes.MAX_STEPS:,} opcodes",
            f"{opcodes.MAX_VALUES:,} values",
        ],
        "a NumPy archive": [f"{npz.MAX_MEMBERS:,} members", f"{npz.MAX_HEADER:,} bytes"],
        "an .h5 file": [size(hdf5_bytes.MAX_TOTAL)],
        "a safetensors file": [size(safetensors.MAX_HEADER), f"{data.MAX_TENSORS:,} tensors"],
        "a TensorFlow Lite file": [f"{tflite.MAX_TENSORS:,} tensors"],
        "an ONNX file": [
            f"{wire.MAX_FIELDS:,} fields, and one for every {wire.BYTES_EACH} bytes of the file, "
            f"{wire.MAX_FIELDS + wire.MAX_MORE:,} in all"
        ],
        "a traineddata file of Tesseract": [f"{tesseract.MOST} components", f"{vgsl.PARTS} parts"],
        "a spec in YAML, TOML or JSON": [size(bounds.MAX_BYTES), f"{items.MAX_LAYERS:,} layers"],
    }
    for name, bounds_of in stated.items():
        assert all(one in LINES[name][2] for one in bounds_of), (name, bounds_of)
