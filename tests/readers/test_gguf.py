"""GGUF files: rows, blocks and bits; with the library, every tensor, shape, type and size of random files."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import graph_files as g
import pytest
from graph_seeds import gguf_files

import paramcalc as pc
from paramcalc.errors import FileError
from paramcalc.formats.gguf.blocks import BLOCKS
from paramcalc.formats.gguf.header import read_header


def test_rows_of_blocks_with_bits() -> None:
    report = pc.loads(gguf_files()[0]).report()
    assert [(row.name, row.type, row.params) for row in report.rows] == [
        ("token_embd", "Embedding", 1024),
        ("blk.0", "Block", 32 * 256 + 32 + 256),
        ("blk.1", "Block", 256),
        ("rope_freqs", "Constant", 0),
    ]
    inside = {row.name: (row.type, str(row.formula)) for row in report.rows[1].rows}
    assert inside == {"attn_q": ("Linear", "d_o·d_i + d_o"), "attn_norm": ("Norm", "n")}
    assert report.rows[0].in_file.bits == round(8 * 210 / 256, 2)
    assert report.total == 1024 + 8192 + 32 + 256 + 256
    assert report.buffers == 16
    assert report.in_file.bytes == 840 + 32 * 144 + 128 + 1024 + 8 * 34
    assert report.name == "tiny"


def test_one_file_of_several_is_at_least() -> None:
    report = pc.loads(gguf_files()[1]).report()
    assert (report.total, report.exact) == (12, False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (g.gguf({"a": ((8,), 77, 32)}), "unknown type; expected one of 0, 1, 2"),
        (g.gguf({"a": ((33,), 2, 32)}), "no whole blocks; expected a multiple of 32, received 33"),
        (g.gguf({"a": ((8,), 0, 32)}, version=9), "unknown version; expected 2 or 3, received 9"),
        (g.gguf({"a": ((8,), 0, 32)}, {"general.alignment": 24}), "no power of two"),
        (g.gguf({"a": ((2,), 0, 8)})[:-40], "beyond the end of the file"),
        (g.gguf({}), "it stores no weights"),
    ],
)
def test_what_is_wrong_is_said(content: bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        pc.loads(content)


def test_views() -> None:
    for content in gguf_files():
        for format in ("table", "text", "json", "csv", "html", "latex", "markdown"):
            assert pc.loads(content).render(format)


def library() -> Any:
    return pytest.importorskip("gguf", reason="writes the files to read")


def test_the_table_of_blocks_is_the_library_s() -> None:
    gguf = library()
    theirs = {int(kind): size for kind, size in gguf.GGML_QUANT_SIZES.items()}
    assert {number: (block.numbers, block.bytes) for number, block in BLOCKS.items()} == theirs
    assert {block.name for block in BLOCKS.values()} >= {
        kind.name for kind in gguf.GGMLQuantizationType if kind.name[0] in "QT"
    }


@pytest.mark.parametrize("seed", range(40))
def test_every_tensor_is_the_library_s(seed: int, tmp_path: Path) -> None:
    gguf, np = library(), pytest.importorskip("numpy")
    luck = Random(seed)
    path = tmp_path / "model.gguf"
    big = luck.random() < 0.2
    endian = gguf.GGUFEndian.BIG if big else gguf.GGUFEndian.LITTLE
    writer = gguf.GGUFWriter(path, "llama", endianess=endian)
    writer.add_token_list([f"t{at}" for at in range(luck.randrange(1, 50))])
    writer.add_array("numbers", [1, 2, 3])
    writer.add_bool("switch", True)
    writer.add_float64("ratio", 0.5)
    if luck.random() < 0.5:
        writer.add_custom_alignment(luck.choice((32, 64, 128)))
    total = 0
    for at in range(luck.randrange(1, 12)):
        kind = luck.choice([one for one in gguf.GGML_QUANT_SIZES if one.name not in ("BF16",) or not big])
        block, size = gguf.GGML_QUANT_SIZES[kind]
        shape = [luck.randrange(1, 5) for _ in range(luck.randrange(0, 3))]
        raw = np.zeros((*shape, luck.randrange(1, 4) * size), np.uint8)
        writer.add_tensor(f"blk.{at}.weight", raw, raw_dtype=kind)
        total += raw.size // size * block
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    ours = read_header(path.read_bytes()).tensors
    theirs = gguf.GGUFReader(path).tensors
    assert [(one.name, one.shape[::-1], one.bytes, one.params) for one in ours] == [
        (one.name, tuple(map(int, one.shape)), int(one.n_bytes), int(one.n_elements)) for one in theirs
    ]
    assert pc.load(path).total == total
