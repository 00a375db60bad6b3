"""Live PyTorch modules on example inputs: what can be handed over, what is run, and what stays as it was."""

from __future__ import annotations

import random
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import paramcalc as pc

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
nn = torch.nn
F = nn.functional


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    # of PyTorch's own warnings, of what it no longer likes, where a test makes a module
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def made(forward: Callable[..., Any], **parts: Any) -> Any:
    """Make a module of its parts and what it does with them."""

    class Made(nn.Module):  # type: ignore[misc]  # of a package without types
        def __init__(self) -> None:
            super().__init__()
            for name, part in parts.items():
                setattr(self, name, part)

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return forward(self, *args, **kwargs)

    return Made()


def scores(self: Any, batch: Any, scale: float = 1.0, mask: Any = None) -> Any:
    found = self.out(self.embed(batch["words"]))
    return {"scores": found * scale if mask is None else found * mask.unsqueeze(-1), "name": "scores", "count": 3}


def words() -> Any:
    return made(scores, embed=nn.Embedding(10, 4), out=nn.Linear(4, 2))


PACKED = nn.utils.rnn.pack_padded_sequence(torch.zeros(5, 3, 8), [5, 3, 2])
LSTM = 10 * 4 * 6 * (8 + 6)  # ten steps of three sequences


@pytest.mark.parametrize(
    ("module", "args", "keywords", "macs"),
    [
        (words(), ({"words": torch.zeros(2, 3, dtype=torch.int64)},), {}, 48),
        (words(), (), {"batch": {"words": torch.zeros(2, 3, dtype=torch.int32)}, "scale": 2.0}, 48),
        (words(), ({"words": torch.zeros(2, 3, dtype=torch.int64)},), {"mask": torch.ones(2, 3).bool()}, 48),
        (words(), ({"words": (2, 3)},), {}, 48),
        (nn.Linear(3, 4).half(), (torch.zeros(2, 3).half(),), {}, 24),
        (nn.Linear(3, 4).double(), (torch.zeros(2, 3).double(),), {}, 24),
        (nn.Linear(3, 4, dtype=torch.cfloat), (torch.zeros(2, 3, dtype=torch.cfloat),), {}, 24),
        (made(lambda self, x: x.float() @ x.float().T), (torch.ones(5, 3).bool(),), {}, 75),
        (nn.LSTM(8, 6), (PACKED,), {}, LSTM),
        (nn.LSTM(8, 6), (PACKED, (torch.zeros(1, 3, 6), torch.zeros(1, 3, 6))), {}, LSTM),
        (nn.RNN(8, 6, 2, bidirectional=True), (PACKED,), {}, 10 * 2 * 6 * (8 + 6 + 12 + 6)),
        (nn.LSTM(8, 6, proj_size=3), (PACKED,), {}, 10 * (24 * (8 + 3) + 6 * 3)),
        (nn.GRU(3, 4), (torch.zeros(5, 2, 3), None), {}, 5 * 2 * 12 * 7),
        (nn.Linear(3, 4), (), {"input": torch.zeros(2, 3)}, 24),
        (nn.Bilinear(3, 4, 5), ((2, 3), (2, 4)), {}, 160),
        (made(lambda self, x, *, deep: self.a(x) if deep else x, a=nn.Linear(3, 3)), ((2, 3),), {"deep": True}, 18),
    ],
)
def test_whatever_a_module_takes_can_be_handed_over(module: Any, args: Any, keywords: Any, macs: int) -> None:
    report = pc.from_torch(module, *args, **keywords).report()
    assert report.macs == macs
    assert report.costed
    assert not any("the rule gives" in warning for warning in report.warnings)


def test_the_report_shows_the_shapes_of_the_example() -> None:
    report = pc.from_torch(words(), {"words": torch.zeros(2, 3, dtype=torch.int64)}).report()
    assert report.inputs == [(2, 3)]
    assert report.outputs == [(2, 3, 2)]
    packed = pc.from_torch(nn.LSTM(8, 6), PACKED).report()
    assert (packed.inputs, packed.outputs) == ([(10, 8)], [(10, 6), (1, 3, 6), (1, 3, 6)])


def with_state(self: Any, x: Any) -> Any:
    state = torch.zeros(1, x.shape[1], 6)
    return self.rnn(x, (state, state))[0]


def decides(self: Any, x: Any) -> Any:
    return self.a(x) if x.sum().item() > 0 else x


def causal(self: Any, x: Any) -> Any:
    return self.layer(x, src_mask=nn.Transformer.generate_square_subsequent_mask(x.shape[1]))


TABLE = torch.ones(8, 4)
ENCODER = 14 * (4 * 8 * 8 + 2 * 8 * 16) + 2 * 2 * 7 * 7 * 8


@pytest.mark.parametrize(
    ("module", "given", "macs"),
    [
        (made(with_state, rnn=nn.LSTM(8, 6)), (5, 3, 8), 5 * 3 * 24 * (8 + 6)),
        (made(causal, layer=nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)), (2, 7, 8), ENCODER),
        (made(lambda self, x: self.a(x + self.b[: len(x)]), a=nn.Linear(8, 8), b=torch.zeros(9, 8)), (2, 8), 128),
        (made(lambda self, x: self.a(x + torch.randn(8)), a=nn.Linear(8, 4)), (2, 8), 64),
        (made(lambda self, x: x @ TABLE), (2, 8), 64),  # a tensor that nothing copies: on the processor
        (made(decides, a=nn.Linear(3, 3)), torch.ones(2, 3), 18),
        (made(decides, a=nn.Linear(3, 3)), -torch.ones(2, 3), 0),
        (made(lambda self, x: x[x > 0] @ x[x > 0]), torch.ones(5), 5),
    ],
    ids=["state", "mask", "plain tensor", "noise", "global tensor", "decides so", "decides otherwise", "picks"],
)  # fmt: skip
def test_a_forward_may_make_tensors_and_read_numbers(module: Any, given: Any, macs: int) -> None:
    report = pc.from_torch(module, given).report()
    assert report.macs == macs
    assert report.costed


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize(
    ("forward", "macs"),
    [
        (lambda self, x: x @ self.a(self.p).T, 3 * 8 * 8 + 2 * 8 * 3),
        (lambda self, x: self.heads(self.p.expand(2, 3, 8), x[:, None], x[:, None])[0], 64 * 16 + 2 * 2 * 3 * 8),
        (lambda self, x: x + self.a(self.p[:1]), 64),
        (lambda self, x: x @ self.a(self.a.weight), 8 * 64 + 2 * 64),
    ],
    ids=["itself", "expanded", "a part", "of another"],
)  # fmt: skip
def test_a_parameter_may_be_the_input_of_a_module(forward: Any, macs: int, frozen: bool) -> None:
    module = made(
        forward,
        p=nn.Parameter(torch.zeros(3, 8)),
        a=nn.Linear(8, 8),
        heads=nn.MultiheadAttention(8, 2, batch_first=True),
    )
    module.requires_grad_(not frozen)
    report = pc.from_torch(module, torch.zeros(2, 8)).report()
    assert report.macs == macs
    assert report.trainable == (0 if frozen else report.total)


def locked() -> Any:
    module = made(lambda self, x: self.a(self.before(x)), a=nn.Linear(3, 4), lock=threading.Lock())
    module.before = module.a.weight.new_tensor([1.0]).__mul__  # bound to a tensor
    module.steps = iter([1, 2])
    module.register_forward_hook(lambda one, args, out: out)
    return module


@pytest.mark.parametrize(
    ("make", "total", "macs"),
    [
        (locked, 16, 24),
        (lambda: nn.Sequential(nn.utils.weight_norm(nn.Linear(3, 4)), nn.ReLU()), 20, 24),
        (lambda: nn.utils.weight_norm(nn.Conv1d(3, 4, 2)), 32, None),
        (lambda: nn.Sequential(nn.utils.spectral_norm(nn.Linear(3, 4)), nn.ReLU()), 16, 24 + 12 + 4),
        (lambda: nn.Sequential(nn.utils.parametrizations.orthogonal(nn.Linear(3, 3))), 12, None),
        (lambda: nn.DataParallel(nn.Linear(3, 4)), 16, 24),
    ],
    ids=["lock", "weight_norm", "weight_norm of a convolution", "spectral_norm", "orthogonal", "DataParallel"],
)
def test_what_deepcopy_refuses_is_copied(make: Any, total: int, macs: int | None) -> None:
    module = make()
    shape = (2, 3, 5) if "Conv" in type(module).__name__ else (2, 3)
    report = pc.from_torch(module, torch.zeros(shape)).report()
    assert report.total == total
    if macs is not None:
        assert report.macs == macs
        assert report.costed


def test_a_scripted_module_is_a_row_of_its_tensors() -> None:
    inner = torch.jit.script(nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5)))
    module = nn.Sequential(nn.Linear(3, 4), inner, nn.Linear(5, 2))
    report = pc.from_torch(module, torch.zeros(2, 3)).report()
    assert [(row.name, row.params, row.macs) for row in report.rows] == [("0", 16, 24), ("1", 35, 40), ("2", 12, 20)]
    assert report.warnings == ["1 (RecursiveScriptModule): it is scripted; its tensors are counted as they are"]
    assert pc.from_torch(module).total == 63
    assert pc.from_torch(torch.jit.script(nn.Linear(3, 4)), (2, 3)).report().macs == 24
    assert pc.verify(module).ok


def test_a_quantized_module_hides_its_weights_and_not_a_normalization() -> None:
    from torch.ao.nn import quantized
    from torch.ao.nn.intrinsic.quantized import BNReLU2d

    module = nn.Sequential(
        quantized.Quantize(1.0, 0, torch.quint8), quantized.Conv2d(3, 4, 3), quantized.BatchNorm2d(4), BNReLU2d(4),
        quantized.DeQuantize(),
    )  # fmt: skip
    for report in (pc.from_torch(module).report(), pc.from_torch(module, torch.zeros(2, 3, 8, 8)).report()):
        rows = {row.name: row for row in report.rows}
        assert (rows["2"].params, rows["3"].params, report.total) == (8, 8, 16)
        assert not report.exact
        assert rows["1"].unknown
    assert any("no formula for quantized::conv2d" in warning for warning in report.warnings)
    assert rows["2"].costed


@pytest.mark.parametrize(
    ("parts", "warning"),
    [
        ({"layers": [nn.Linear(2, 3), nn.Linear(3, 3), nn.Linear(3, 2)]}, "layers: 3 modules in a plain list are"),
        ({"layers": {"a": nn.Linear(2, 3), "b": [nn.Linear(3, 2)]}}, "layers: 2 modules in a plain dict are"),
        ({"layers": (nn.Linear(2, 3),)}, "layers: 1 module in a plain tuple is"),
        ({"scales": [nn.Parameter(torch.zeros(2))]}, "scales: 1 parameter in a plain list is"),
    ],
)
def test_modules_in_a_plain_container_are_told(parts: Any, warning: str) -> None:
    module = made(lambda self, x: self.out(x), out=nn.Linear(2, 2), **parts)
    whole = nn.Sequential(module)
    assert pc.from_torch(module).report().warnings == [f"{warning} not registered, and not counted"]
    assert pc.from_torch(whole, (1, 2)).report().warnings == [f"0.{warning} not registered, and not counted"]
    assert pc.from_torch(module).total == 6
    fine = made(lambda self, x: x, layers=nn.ModuleList([nn.Linear(2, 2)]), rnn=nn.LSTM(2, 2))
    fine.again = [fine.layers[0]]
    assert pc.from_torch(fine).report().warnings == []


def test_modules_in_a_plain_list_multiply_all_the_same() -> None:
    lost = [nn.Linear(6, 5), nn.Linear(5, 4)]
    module = made(lambda self, x: self.out(self.layers[1](self.layers[0](x))), out=nn.Linear(4, 2), layers=lost)
    assert pc.from_torch(module, (3, 6)).report().macs == 3 * (30 + 20 + 8)


def test_a_refusal_quotes_the_run_that_came_furthest() -> None:
    module = nn.Sequential(nn.Embedding(5, 3), made(lambda self, x: x @ torch.zeros(4, 4)))
    with pytest.raises(pc.ParamcalcError, match=r"fails on the processor: mat1 and mat2 shapes cannot be mul"):
        pc.from_torch(module, (2, 2))
    with pytest.raises(pc.ParamcalcError, match=r"mat1 and mat2 shapes cannot be multiplied \(2x2 and 4x4\)"):
        pc.from_torch(made(lambda self, x: x @ torch.zeros(4, 4)), (2, 2))
    with pytest.raises(pc.ParamcalcError, match="inputs are given twice"):
        pc.from_torch(nn.Linear(3, 4), torch.zeros(2, 3), input_shape=(2, 3))


def meddles(self: Any, x: Any) -> Any:
    if x.sum().item() > 1e9:
        return x
    self.seen.append(1)
    self.count += 1
    self.norm.train()
    self.norm.weight.data.add_(1)
    self.norm.running_mean.add_(1)
    x.mul_(2)
    random.random()
    torch.set_grad_enabled(True)
    return self.norm(x + torch.randn(3))


@pytest.mark.parametrize("gradients", [False, True])
def test_nothing_of_the_callers_is_changed(gradients: bool) -> None:
    module = made(meddles, norm=nn.BatchNorm1d(3), seen=[], count=0)
    x = torch.ones(2, 3)
    tensors = {name: one.clone() for name, one in module.state_dict().items()}
    drawn, plain = torch.get_rng_state(), random.getstate()
    with torch.set_grad_enabled(gradients):
        pc.from_torch(module, x)
        assert torch.is_grad_enabled() == gradients
    assert all(torch.equal(one, tensors[name]) for name, one in module.state_dict().items())
    assert torch.equal(x, torch.ones(2, 3))
    assert torch.equal(torch.get_rng_state(), drawn)
    assert random.getstate() == plain
    assert (module.seen, module.count) == ([], 0)
    assert all(one.training and not one._forward_hooks and not one._forward_pre_hooks for one in module.modules())
    assert all(one.requires_grad and one.device.type == "cpu" for one in module.parameters())


def test_a_method_of_a_module_is_that_of_the_copy() -> None:
    module = made(lambda self, x: self.act(x), a=nn.Linear(3, 4), seen=[])
    module.act = module.a.forward
    module.note = module.seen.append
    assert pc.from_torch(module, torch.zeros(2, 3)).report().macs == 24
    tied = made(lambda self, x: self.b(self.a(x)), a=nn.Linear(3, 3), b=nn.Linear(3, 3))
    tied.b.weight = tied.a.weight
    assert pc.from_torch(tied, torch.zeros(2, 3)).total == 9 + 3 + 3


def test_a_gradient_inside_a_forward_is_counted() -> None:
    def force(self: Any, x: Any) -> Any:
        with torch.enable_grad():
            x = x.requires_grad_()
            return torch.autograd.grad(self.a(x).sum(), x)[0]

    def inner_loop(self: Any, x: Any) -> Any:
        with torch.enable_grad():
            return torch.autograd.grad(self.a(x).sum(), self.a.weight)[0]

    def of_its_input(self: Any, x: Any) -> Any:
        with torch.enable_grad():
            return torch.autograd.grad(self.a(x).sum(), x)[0]

    frozen = nn.Linear(3, 1).requires_grad_(False)
    for module, x in (
        (made(force, a=frozen), torch.zeros(2, 3)),
        (made(inner_loop, a=nn.Linear(3, 1)), torch.zeros(2, 3)),
        (made(of_its_input, a=frozen), torch.zeros(2, 3, requires_grad=True)),
    ):
        assert pc.from_torch(module, x).report().macs == 6 + 6


def test_a_module_under_vmap_is_at_least() -> None:
    class Mapped(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = torch.nn.Linear(4, 4)

        def forward(self, x: Any) -> Any:
            return torch.vmap(self.inner)(x)

    report = pc.from_torch(Mapped(), torch.ones(100, 4)).report()
    assert report.macs in (16, 1_600)
    assert not report.costed
