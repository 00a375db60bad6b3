"""Files of tensors, held against safetensors and NumPy: every tensor, shape, dtype and total; and what they form."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tiers import sampled

import paramcalc as pc
from paramcalc.formats.checkpoints.safetensors import NAMES, contents_of
from paramcalc.formats.containers.zipped import MAX_ENTRIES
from paramcalc.formats.pytorch.files import contents_of as read_pytorch
from paramcalc.formats.tensors.data import Contents
from paramcalc.formats.tensors.forms import PLAIN

TENSORS = Path(__file__).parents[1] / "data/tensors"
DTYPES = (
    "float64",
    "float32",
    "float16",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint64",
    "uint32",
    "uint16",
    "uint8",
    "bool",
)


def arrays(luck: Random) -> dict[str, np.ndarray]:
    stems = ("a", "b.c", "é", "x y", 'q"')
    names = [f"{luck.choice(stems)}.{at}" for at in range(luck.randrange(1, 9))]
    return {
        name: np.zeros([luck.choice((0, 1, 2, 3, 5)) for _ in range(luck.randrange(4))], luck.choice(DTYPES))
        for name in names
    }


def contents_of_checkpoint(path: Path) -> Contents:
    with path.open("rb") as file:
        return read_pytorch(file)


def floats(named: dict[str, np.ndarray]) -> int:
    return sum(one.size for one in named.values() if one.dtype.kind == "f")


@pytest.mark.parametrize("seed", sampled(range(1000), 20))
def test_random_safetensors(seed: int, tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    luck = Random(seed)
    named, path = arrays(luck), tmp_path / "one.safetensors"
    numpy.save_file(named, path, metadata={"a\\{": '"}'} if luck.random() < 0.5 else None)
    with path.open("rb") as file:
        found = contents_of(file)
    assert {one.name: (one.shape, one.dtype) for one in found.tensors} == {
        name: (one.shape, str(one.dtype)) for name, one in numpy.load_file(path).items()
    }
    report = pc.load(path).report()
    assert report.total == floats(named)
    assert report.total + report.buffers == sum(one.size for one in named.values())
    assert report.stored_as is not None
    assert report.stored_as.size == sum(one.nbytes for one in named.values())


@pytest.mark.torch
def test_every_dtype_of_safetensors(tmp_path: Path) -> None:
    torch, library = pytest.importorskip("torch"), pytest.importorskip("safetensors.torch")
    tried = set()
    for short, name in NAMES.items():
        kind = getattr(torch, name, None)
        if kind is None:  # PyTorch has no type of 6 bits; those of 4 bits lie in pairs
            continue
        path = tmp_path / f"{name}.safetensors"
        library.save_file({"a.weight": torch.zeros(2, 3, dtype=kind)}, path)
        with path.open("rb") as file:
            (found,) = contents_of(file).tensors
        assert (found.shape, found.dtype) == ((2, 3), name)
        tried.add(short)
    assert set(NAMES) - tried == {"F4", "F6_E2M3", "F6_E3M2"}
    library.save_file({"a.weight": torch.zeros(2, 3, dtype=torch.float4_e2m1fn_x2)}, tmp_path / "f4.safetensors")
    report = pc.load(tmp_path / "f4.safetensors").report()
    assert (report.total, report.stored_as and report.stored_as.size) == (12, 6)


@pytest.mark.parametrize("seed", sampled(range(400), 20))
@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_random_archives_of_numpy(seed: int, write: object, tmp_path: Path) -> None:
    named = {name.replace("é", "e"): one for name, one in arrays(Random(seed)).items()}
    assert callable(write)
    write(tmp_path / "one.npz", **named)
    report = pc.load(tmp_path / "one.npz").report()
    assert report.total == floats(named)
    assert report.total + report.buffers == sum(one.size for one in named.values())
    shapes = {
        f"{'' if row.name == PLAIN else f'{row.name}.'}{one.name}": one.shape
        for row in report.rows
        for one in row.weights
    }
    assert shapes == {name: one.shape for name, one in named.items()}


def test_an_archive_of_more_arrays_than_other_archives_have_members(tmp_path: Path) -> None:
    many = MAX_ENTRIES + 1
    np.savez(tmp_path / "many.npz", **{f"layers.{at}.weight": np.ones(at % 3, "f4") for at in range(many)})
    assert pc.load(tmp_path / "many.npz").total == sum(at % 3 for at in range(many))


# embed 7·4; lstm 2·4[2(2 + 4) + 2·2]; norm 2·4; attention 4(4·4 + 4); the head is the embedding
ROWS = {
    "embed": ("Embedding", 28),
    "lstm": ("LSTM", 128),
    "norm": ("BatchNorm", 8),
    "attention": ("MultiheadAttention", 80),
}


@pytest.mark.parametrize(
    "name",
    ["state.pt", "checkpoint.pt", "stream.pt", "state.safetensors", "model.safetensors.index.json", "arrays.npz"],
)
def test_one_model_in_every_format(name: str) -> None:
    report = pc.load(TENSORS / name).report()
    assert {row.name: (row.type, row.params) for row in report.rows} == ROWS
    assert (report.total, report.buffers, report.exact) == (244, 9, True)
    assert all(row.formula is not None for row in report.rows)
    tied = "stored once, under two names: head.weight is embed.weight"
    assert (tied in report.warnings) == (not name.endswith((".json", ".npz")))
    assert report.stored_as is not None
    assert report.stored_as.bytes == {"float32": 4 * (244 + 8), "int64": 8}


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin", "pytorch_model.bin.index.json"])
def test_folders(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}), encoding="utf-8")
    if name.endswith(".json"):
        state = (TENSORS / "state.pt").read_bytes()
        (folder / "pytorch_model-00001-of-00001.bin").write_bytes(state)
        names = [one.name for one in contents_of_checkpoint(TENSORS / "state.pt").tensors]
        places = dict.fromkeys(names, "pytorch_model-00001-of-00001.bin")
        (folder / name).write_text(json.dumps({"weight_map": places}), encoding="utf-8")
    else:
        source = "state.pt" if name.endswith(".bin") else "state.safetensors"
        (folder / name).write_bytes((TENSORS / source).read_bytes())
    report = pc.load(folder).report()
    assert (report.name, report.total, report.exact) == ("small", 244, True)


def test_a_shard_alone_is_a_lower_bound() -> None:
    report = pc.load(TENSORS / "model-00001-of-00002.safetensors").report()
    assert (report.total, report.exact) == (108, False)


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("gptq", "GPTQ: 4 bits per number"),
        ("awq", "AWQ: 4 bits per number"),
        ("int8", "int8: 8 bits per number"),
        ("nf4", "bitsandbytes: 4 bits per number"),
    ],
)
def test_quantized_weights_are_unpacked(scheme: str, said: str) -> None:
    # 64·32 weights and 32 biases; 64 of the normalization
    report = pc.load(TENSORS / f"{scheme}.safetensors").report()
    rows = {row.name: row for row in report.rows}
    assert set(rows) == {"proj", "norm"}
    assert (rows["proj"].params, report.total, report.exact) == (64 * 32 + 32, 2144, True)
    assert any(said in warning for warning in report.warnings)
    size = rows["proj"].stored_as
    assert size is not None
    assert f"{8 * size.size / 2080:.2f} with its scales" in " ".join(report.warnings)


def test_what_is_packed_otherwise_is_a_lower_bound() -> None:
    report = pc.load(TENSORS / "mlx.safetensors").report()
    assert not report.exact
    assert report.total == 32 * 8 + 32 + 64


def test_an_integer_weight_is_no_buffer(tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", **{"fc.weight": np.zeros((3, 2), "int8"), "fc.zero_point": np.zeros((), "int64")})
    report = pc.load(tmp_path / "one.npz").report()
    assert (report.total, report.exact) == (6, False)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ({"fc.weight": (3, 2)}, "Linear"),
        ({"wte.weight": (3, 2)}, "Embedding"),
        ({"thing.weight": (3, 2)}, PLAIN),
        ({"embed_proj.weight": (3, 2)}, PLAIN),
        ({"thing.weight": (3, 2), "thing.bias": (3,)}, "Linear"),
        ({"thing.weight": (3, 2), "thing.bias": (2,)}, PLAIN),
        ({"norm.weight": (3,)}, "RMSNorm | LayerNorm"),
        ({"thing.weight": (3,)}, PLAIN),
        ({"x.weight_ih_l0": (12, 2), "x.weight_hh_l0": (12, 3)}, "LSTM"),
        ({"x.weight_ih_l0": (9, 2), "x.weight_hh_l0": (9, 3)}, "GRU"),
        ({"x.weight_ih_l0": (6, 2), "x.weight_hh_l0": (6, 3)}, PLAIN),
        ({"x.weight_ih_l0": (12, 2), "x.weight_hh_l0": (12, 3), "x.extra": (1,)}, PLAIN),
        ({"x.weight_ih_l0": (12, 2), "x.weight_hh_l0": (12, 3), "x.weight_ih_l2": (12, 3)}, PLAIN),
    ],
)
def test_what_is_ambiguous_stays_plain(names: dict[str, tuple[int, ...]], kind: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", **{name: np.zeros(shape, "float32") for name, shape in names.items()})
    (row,) = pc.load(tmp_path / "one.npz").rows
    assert row.type == kind
    assert (row.formula is None) == (kind == PLAIN)
    assert row.params == sum(int(np.prod(shape)) for shape in names.values())


def test_every_view_shows_them() -> None:
    report = pc.load(TENSORS / "gptq.safetensors").report()
    for view in ("table", "text", "markdown", "html", "latex", "csv"):
        assert report.render(view)
        assert report.render(view, **({} if view == "csv" else {"explain": True}))
    found = json.loads(report.to_json())
    assert found["bytes"] == {"int32": 1024 + 32 + 256, "float16": 2 * (64 + 32 + 64)}
    assert sum(sum(row["bytes"].values()) for row in found["layers"]) == sum(found["bytes"].values())


def test_what_is_said_of_several_layers_is_said_once(tmp_path: Path) -> None:
    packed = {"qweight": ("I32", (8, 32)), "scales": ("F16", (2, 32)), "qzeros": ("I32", (2, 4))}
    entries, at = {}, 0
    for layer in range(5):
        for name, (dtype, shape) in packed.items():
            size = shape[0] * shape[1] * (4 if dtype == "I32" else 2)
            entries[f"layers.{layer}.proj.{name}"] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
            at += size
    header = json.dumps(entries).encode()
    path = tmp_path / "m.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(at))
    said = "GPTQ: 4 bits per number, 4.62 with its scales"  # 8 (1024 + 128 + 32) / 2048
    names = ", ".join(f"layers.{layer}.proj (Linear)" for layer in range(3))
    assert pc.load(path).report().warnings == [f"{names} and 2 more: {said}"]


@pytest.mark.parametrize("end", ["", ".default"])
def test_an_adapter_is_told_by_the_name_above_its_own(end: str, tmp_path: Path) -> None:
    shapes = {f"q_proj.lora_A{end}.weight": (8, 64), f"q_proj.lora_B{end}.weight": (64, 8), "scale": (2, 3)}
    entries, at = {}, 0
    for name, (rows, columns) in shapes.items():
        entries[name] = {"dtype": "F32", "shape": [rows, columns], "data_offsets": [at, at := at + 4 * rows * columns]}
    header = json.dumps(entries).encode()
    path = tmp_path / "m.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(at))
    kinds = {row.name: row.type for row in pc.load(path).rows}
    assert kinds == {f"q_proj.lora_A{end}": "Linear", f"q_proj.lora_B{end}": "Linear", "scale": PLAIN}
