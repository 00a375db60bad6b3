"""Files of PyTorch, held against PyTorch: every tensor, shape, dtype and total, of files drawn at random."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tiers import sampled

import paramcalc as pc
from paramcalc.formats.pytorch.files import contents_of
from paramcalc.formats.tensors.data import Contents
from paramcalc.formats.tensors.forms import StoredLayer

torch = pytest.importorskip("torch")
nn = torch.nn
pytestmark = pytest.mark.torch

DTYPES = (
    *("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"),
    *("complex128", "complex64", "uint16", "uint32", "uint64"),
    *("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"),
)


def tensor(luck: Random, held: list[Any]) -> Any:
    """A tensor of any dtype and shape: of its own, a view of another, or another one again."""
    if held and luck.random() < 0.3:
        other = luck.choice(held)
        made = other
        if luck.random() < 0.7:
            made = luck.choice(
                [other, other.flatten()[luck.randrange(other.numel() + 1) :], other.transpose(0, -1)]
                if other.dim()
                else [other, other.expand(3)]
            )
    else:
        shape = [luck.choice((0, 1, 2, 3, 5)) for _ in range(luck.randrange(4))]
        made = torch.zeros(shape, dtype=getattr(torch, luck.choice(DTYPES)))
        held.append(made)
    if luck.random() < 0.1 and made.dtype.is_floating_point:
        made = nn.Parameter(made, requires_grad=luck.random() < 0.5)
    return made


def state(luck: Random, held: list[Any]) -> dict[str, Any]:
    parts = [".".join(luck.choice(("enc", "dec", "0", "w")) for _ in range(luck.randrange(3))) for _ in range(6)]
    return OrderedDict((f"{part}.t{at}".strip("."), tensor(luck, held)) for at, part in enumerate(parts))


def checkpoint(luck: Random) -> tuple[Any, dict[str, Any]]:
    """A checkpoint, and the tensors of the model in it."""
    held: list[Any] = []
    model = state(luck, held)
    aside = {
        "optimizer": {
            "state": {0: {"exp_avg": torch.zeros(3), "step": 1}},
            "param_groups": [{"lr": 0.1, "params": [0]}],
        },
        "lr_scheduler": {"last_epoch": 3, "base_lrs": [0.1]},
        "epoch": 7,
        "hyper_parameters": {"sizes": (1, 2), "rates": {0.1, 0.2}, "text": "x" * 300, "none": None, "large": 2**70},
        "rng_state": torch.zeros(16, dtype=torch.uint8),
        "ema_state_dict": {name: one.detach().clone() for name, one in model.items()},
    }
    if luck.random() < 0.2:
        return model, model
    wrapper = luck.choice(("module.", "_orig_mod.", ""))
    wrapped = OrderedDict((wrapper + name, one) for name, one in model.items())
    chosen = dict(luck.sample(list(aside.items()), luck.randrange(len(aside))))
    kind = luck.choice(("state_dict", "model", "model_state_dict", "net"))
    return {kind: wrapped, **chosen}, model


def read(path: Path) -> Contents:
    with path.open("rb") as file:
        return contents_of(file)


def written(root: Any, path: Path, legacy: bool) -> Contents:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save(root, path, _use_new_zipfile_serialization=not legacy)
    return read(path)


def told(named: dict[str, Any]) -> dict[str, tuple[tuple[int, ...], str]]:
    return {name: (tuple(one.shape), str(one.dtype).removeprefix("torch.")) for name, one in named.items()}


def found(contents: Contents) -> dict[str, tuple[tuple[int, ...], str]]:
    return {one.name: (one.shape, one.dtype) for one in contents.tensors}


@pytest.mark.parametrize("seed", sampled(range(600), 20))
@pytest.mark.parametrize("legacy", [False, True])
def test_random_checkpoints(seed: int, legacy: bool, tmp_path: Path) -> None:
    root, model = checkpoint(Random(seed))
    contents = written(root, tmp_path / "one.pt", legacy)
    assert found(contents) == told(model)
    views = {one.name: one for one in contents.tensors}
    names = list(model)
    for a in names:
        for b in names:
            if model[a].numel() and model[b].numel() and model[a].dtype == model[b].dtype:
                same = model[a].data_ptr() == model[b].data_ptr() and model[a].stride() == model[b].stride()
                assert (views[a].view == views[b].view) == same, (a, b)


LAYERS: dict[str, Any] = {
    "Linear": lambda luck: nn.Linear(luck.randrange(1, 9), luck.randrange(1, 9), bias=luck.random() < 0.7),
    "Embedding": lambda luck: nn.Embedding(luck.randrange(1, 9), luck.randrange(1, 9)),
    "LayerNorm": lambda luck: nn.LayerNorm(luck.randrange(1, 9)),
    "GroupNorm": lambda luck: nn.GroupNorm(2, 2 * luck.randrange(1, 9)),
    "BatchNorm2d": lambda luck: nn.BatchNorm2d(luck.randrange(1, 9), affine=luck.random() < 0.7),
    "Conv1d": lambda luck: nn.Conv1d(4, 2 * luck.randrange(1, 5), luck.randrange(1, 4), bias=luck.random() < 0.7),
    "Conv2d": lambda luck: nn.Conv2d(4, 2 * luck.randrange(1, 5), (1, 3), groups=luck.choice((1, 2))),
    "Conv3d": lambda luck: nn.Conv3d(3, 5, (1, 2, 3), bias=luck.random() < 0.7),
    "ConvTranspose2d": lambda luck: nn.ConvTranspose2d(4, 2, 3),
    "MultiheadAttention": lambda luck: nn.MultiheadAttention(
        8, 2, bias=luck.random() < 0.7, add_bias_kv=luck.random() < 0.4, kdim=luck.choice((None, 3)), vdim=None
    ),
    **{
        name: lambda luck, name=name: getattr(nn, name)(
            luck.randrange(1, 9),
            luck.randrange(2, 9),
            num_layers=luck.randrange(1, 4),
            bias=luck.random() < 0.7,
            bidirectional=luck.random() < 0.5,
            **({"proj_size": 1} if name == "LSTM" and luck.random() < 0.4 else {}),
        )
        for name in ("LSTM", "GRU", "RNN")
    },
    **{
        f"{name}Cell": lambda luck, name=name: getattr(nn, f"{name}Cell")(
            luck.randrange(1, 9), luck.randrange(1, 9), bias=luck.random() < 0.7
        )
        for name in ("LSTM", "GRU", "RNN")
    },
}
# of these, other layers have the same tensors, and the name of the module says nothing
PLAIN = {"Linear": lambda one: one.bias is None, "Embedding": lambda one: True}
CALLED = {"GroupNorm": "LayerNorm | GroupNorm", "LayerNorm": "LayerNorm | GroupNorm", "BatchNorm2d": "BatchNorm"}


def same_counts(row: pc.Row, layer: Any) -> None:
    assert row.params == sum(one.numel() for one in layer.parameters())
    assert row.buffers == sum(one.numel() for one in layer.buffers())
    size = sum(one.numel() * one.element_size() for one in [*layer.parameters(), *layer.buffers()])
    assert row.stored_as is not None
    assert row.stored_as.size == size


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", LAYERS)
def test_layers_are_recognised(kind: str, seed: int, tmp_path: Path) -> None:
    torch.manual_seed(0)
    layer = LAYERS[kind](Random(seed))
    torch.save({f"net.one.{name}": value for name, value in layer.state_dict().items()}, tmp_path / "one.pt")
    (row,) = pc.load(tmp_path / "one.pt").rows
    assert row.name == "net.one"
    same_counts(row, layer)
    if kind in PLAIN and PLAIN[kind](layer):
        assert row.type == "tensors"
        assert row.formula is None
    else:
        assert row.type == CALLED.get(kind, kind)
        assert row.formula is not None or not row.params
    # where the file has the class, it is that one
    torch.save(nn.Sequential(layer), tmp_path / "whole.pt")
    (row,) = pc.load(tmp_path / "whole.pt").rows
    assert (row.name, row.type, row.guessed) == ("0", kind, False)
    assert isinstance(row.layer, StoredLayer) or not row.params
    same_counts(row, layer)


class Net(nn.Module):
    """A model with all there is: a tied head, a frozen layer, a buffer, a loose parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(11, 4)
        self.lstm = nn.LSTM(4, 3, 2, bidirectional=True)
        self.norm = nn.LayerNorm(6)
        self.fixed = nn.Linear(6, 4)
        self.fixed.requires_grad_(False)
        self.head = nn.Linear(4, 11, bias=False)
        self.head.weight = self.embed.weight
        self.scale = nn.Parameter(torch.ones(2, 2))
        self.register_buffer("mask", torch.ones(5))

    def forward(self, x: Any) -> Any:
        return self.head(self.fixed(self.norm(self.lstm(self.embed(x))[0]))) * self.scale.sum() * self.mask.sum()


@pytest.fixture
def net() -> Iterator[Any]:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield Net().eval()


def numbers(net: Any, trained: bool | None = None) -> int:
    return sum(one.numel() for one in net.parameters() if trained is None or one.requires_grad == trained)


@pytest.mark.parametrize("how", ["whole", "legacy", "exported"])
def test_whole_models(how: str, net: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    if how == "exported":
        torch.export.save(torch.export.export(net, (torch.zeros(2, dtype=torch.long),)), path)
    else:
        torch.save(net, path, _use_new_zipfile_serialization=how == "whole")
    report = pc.load(path).report()
    assert report.exact
    assert not report.guessed
    assert (report.total, report.trainable) == (numbers(net), numbers(net, True))
    assert report.buffers == 5
    assert any("head.weight is embed.weight" in warning for warning in report.warnings)


@pytest.mark.filterwarnings("ignore")
def test_script(net: Any, tmp_path: Path) -> None:
    torch.jit.trace(net, torch.zeros(2, dtype=torch.long)).save(str(tmp_path / "net.pt"))
    report = pc.load(tmp_path / "net.pt").report()
    # no file of TorchScript says whether `mask` is a buffer or a parameter that is not trained
    assert report.total == numbers(net) + 5
    assert {row.name: row.type for row in report.rows if row.formula} == {
        "embed": "Embedding",
        "lstm": "LSTM",
        "norm": "LayerNorm",
        "fixed": "Linear",
    }


def test_what_training_keeps_is_not_counted(net: Any, tmp_path: Path) -> None:
    optimizer = torch.optim.Adam([one for one in net.parameters() if one.requires_grad])
    net(torch.zeros(2, dtype=torch.long)).sum().backward()
    optimizer.step()
    held = {
        "state_dict": {f"model.{name}": one for name, one in net.state_dict().items()},
        "optimizer_states": [optimizer.state_dict()],
        "ema": {"shadow": {name: one.clone() for name, one in net.state_dict().items()}},
        "pytorch-lightning_version": "2.0.0",
    }
    torch.save(held, tmp_path / "last.ckpt")
    report = pc.load(tmp_path / "last.ckpt").report()
    assert report.total == numbers(net) + 5  # a state_dict does not say which are buffers
    moments = sum(one.numel() for group in optimizer.state.values() for one in group.values())
    average = sum(one.numel() for one in net.state_dict().values())
    assert (
        f"not counted: optimizer state ({moments:,} numbers), a moving average of the model ({average:,} numbers)"
        in (report.warnings)
    )


def test_an_average_alone_is_the_model(net: Any, tmp_path: Path) -> None:
    torch.save({"ema": net.state_dict(), "step": 3}, tmp_path / "ema.pt")
    report = pc.load(tmp_path / "ema.pt").report()
    assert report.total == numbers(net) + 5
    assert "the file holds no model but a moving average of the model" in report.warnings


def test_nothing_but_an_optimizer(tmp_path: Path) -> None:
    layer = nn.Linear(2, 3)
    optimizer = torch.optim.SGD(layer.parameters(), momentum=0.9)
    layer(torch.zeros(1, 2)).sum().backward()
    optimizer.step()
    torch.save({"optimizer": optimizer.state_dict()}, tmp_path / "one.pt")
    with pytest.raises(pc.ParamcalcError, match=r"no tensors of a model in the file: it holds optimizer state \(9 num"):
        pc.load(tmp_path / "one.pt")


def test_a_flattened_gru_is_not_tied(tmp_path: Path) -> None:
    gru = nn.GRU(3, 4, 2)
    flat = torch.zeros(sum(one.numel() for one in gru.parameters()))
    at, held = 0, {}
    for name, one in gru.named_parameters():
        held[name] = flat[at : at + one.numel()].view(one.shape)
        at += one.numel()
    torch.save(held, tmp_path / "gru.pt")
    (row,) = pc.load(tmp_path / "gru.pt").rows
    assert (row.type, row.params) == ("GRU", flat.numel())


ODD: dict[str, Any] = {
    "quantized": lambda: torch.quantize_per_tensor(torch.zeros(2, 3), 1.0, 0, torch.qint8),
    "meta": lambda: torch.zeros(2, 2, device="meta"),
    "sparse": lambda: torch.zeros(2, 2).to_sparse(),
    "nested": lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.filterwarnings("ignore")
def test_odd_tensors(kind: str, tmp_path: Path) -> None:
    value = ODD[kind]()
    torch.save({"fc.weight": torch.zeros(3, 4), "odd": value}, tmp_path / "odd.pt")
    report = pc.load(tmp_path / "odd.pt").report()
    if value.is_sparse or value.is_nested:  # more than is counted, and it says so
        assert not report.exact
        assert report.total == 12
    else:
        assert report.exact
        assert report.total + report.buffers == 12 + value.numel()
        assert report.buffers == 0
