"""Live PyTorch modules, read by their rules tensor by tensor, nothing computed; and models held against PyTorch."""

from __future__ import annotations

from typing import Any

import pytest

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.errors import ParamcalcError
from paramcalc.writers import FORMATS_OF_MODELS

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
live = torch.nn


class Net(live.Module):  # type: ignore[misc]  # of a package without types
    """Words in, words out: a table used at both ends, a stack, a scale of its own, an encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = live.Embedding(50, 16)
        self.lstm = live.LSTM(16, 16, 2, batch_first=True)
        self.scale = live.Parameter(torch.ones(16))
        self.norm = live.BatchNorm1d(16)
        self.encoder = live.TransformerEncoder(live.TransformerEncoderLayer(16, 4, 32), 2, enable_nested_tensor=False)
        self.out = live.Linear(16, 50, bias=False)
        self.out.weight = self.embed.weight
        self.ran = 0

    def forward(self, words: Any) -> Any:
        self.ran += 1
        found, _ = self.lstm(self.embed(words))
        found = self.norm((found * self.scale).transpose(1, 2)).transpose(1, 2)
        return self.out(self.encoder(found))


def own(module: Any) -> int:
    return sum(one.numel() for one in module.parameters())


def test_modules_are_read_by_their_rules() -> None:
    net = Net()
    report = pc.from_torch(net).report()
    rows = {row.name: row for row in report.rows}
    assert list(rows) == ["Net", "embed", "lstm", "norm", "encoder.layers.0", "encoder.layers.1", "out"]
    assert net.ran == 0
    assert report.total == own(net)
    assert report.framework == "torch"
    assert [weight.name for weight in rows["lstm"].weights][:2] == ["weight_ih_l0", "weight_hh_l0"]
    assert repr(rows["lstm"].formula) == "4[d_h(d_h + d_x) + 2d_h] + 4[d_h(d_h + d_h) + 2d_h]"
    assert rows["encoder.layers.0"].params == own(net.encoder.layers[0])
    assert report.buffers == 33
    assert pc.verify(net).ok


def test_tied_weights_count_once() -> None:
    net = Net()
    model = pc.from_torch(net)
    rows = {row.name: row for row in model.report().rows}
    assert rows["embed"].params == rows["out"].params == 800
    assert not rows["embed"].counted_above
    assert rows["out"].counted_above
    assert model.total == own(net)
    chain = live.Sequential(live.Linear(4, 4, bias=False), live.Linear(4, 4, bias=False))
    chain[1].weight = chain[0].weight
    assert pc.from_torch(chain).total == 16
    one = live.Linear(4, 4)
    assert pc.from_torch(live.Sequential(one, one)).total == 20
    assert len(pc.from_torch(live.Sequential(one, one)).report().rows) == 1


def test_frozen_parameters_are_not_trainable() -> None:
    net = Net()
    net.lstm.requires_grad_(False)
    net.embed.weight.requires_grad = False
    report = pc.from_torch(net).report()
    assert report.non_trainable == own(net.lstm) + 800
    assert report.trainable + report.non_trainable == own(net)
    assert pc.verify(net).ok


def test_a_module_no_rule_knows_has_the_tensors_it_has() -> None:
    report = pc.from_torch(Net()).report()
    assert report.rows[0].params == 16
    assert report.exact
    assert report.warnings == ["Net (Net): no rule knows it and its tensors; they are counted as they are"]

    class Twice(live.Linear):  # type: ignore[misc]
        """A class of somebody's own may hold anything, and do anything."""

    module = live.Sequential(Twice(3, 4), live.Linear(4, 2))
    first, second = pc.from_torch(module).report().rows
    assert (first.type, first.params, first.formula) == ("Twice", 16, None)
    assert (second.type, second.params) == ("Linear", 10)


def test_tensors_that_are_not_as_the_rule_says_are_counted_as_they_are() -> None:
    module = live.Linear(3, 4)
    module.weight = live.Parameter(torch.zeros(4, 9))
    model = pc.from_torch(module)
    assert model.total == 40
    assert model.report().warnings == [
        "Linear (Linear): its tensors are not those of a Linear; they are counted as they are"
    ]
    found = pc.verify(module)
    assert found.ok
    assert found.remarks == ["Linear: its tensors are not those of a Linear; they are counted as they are"]
    normed = live.utils.parametrizations.weight_norm(live.Linear(3, 4))
    assert pc.from_torch(normed).total == own(normed)


@pytest.mark.parametrize("format", FORMATS_OF_MODELS)
def test_every_view_of_a_module(format: str) -> None:
    for module, shapes in ((Net(), ()), (live.GRU(3, 3), ()), (live.Sequential(live.Sequential()), [(8,)])):
        model = pc.from_torch(module, *shapes)
        if format == "yaml":
            with pytest.raises(ParamcalcError, match="nothing states how its layers are connected"):
                model.render(format)
        else:
            assert model.render(format) or not model.rows


def test_a_shape_lets_every_module_tell_its_own() -> None:
    net = Net()
    before = {name: one.device.type for name, one in net.named_parameters()}
    rows = {row.name: row for row in pc.from_torch(net, (4, 7)).rows}
    assert rows["embed"].outputs == ((4, 7, 16),)
    assert rows["lstm"].inputs == ((4, 7, 16),)
    assert rows["lstm"].outputs == ((4, 7, 16), (2, 4, 16), (2, 4, 16))
    assert rows["lstm"].macs == 4 * 7 * 2 * 4 * 16 * 32
    assert rows["norm"].outputs == ((4, 16, 7),)
    assert rows["out"].outputs == ((4, 7, 50),)
    assert net.ran == 0  # a copy was
    assert {name: one.device.type for name, one in net.named_parameters()} == before
    assert not any(module._forward_hooks for module in net.modules())
    assert net.training


def test_a_module_used_twice_is_a_row_of_two_calls() -> None:
    one = live.Linear(4, 4)
    (row,) = pc.from_torch(live.Sequential(one, one), (3, 4)).report().rows
    assert len(row.calls) == 2
    assert (row.params, row.macs) == (20, 2 * 3 * 16)


def test_a_single_layer_tells_its_shapes() -> None:
    report = pc.from_torch(live.Linear(3, 4), (2, 3)).report()
    (row,) = report.rows
    assert (row.inputs, row.outputs, row.macs) == (((2, 3),), ((2, 4),), 2 * 3 * 4)
    assert (report.inputs, report.outputs, report.macs) == ([(2, 3)], [(2, 4)], 24)
    (row,) = pc.from_torch(live.LSTM(3, 4, batch_first=True), (5, 7, 3)).rows
    assert row.outputs == ((5, 7, 4), (1, 5, 4), (1, 5, 4))
    assert row.macs == 5 * 7 * 4 * 4 * (3 + 4)
    assert pc.from_torch(live.LazyLinear(4), (2, 3)).total == 16


def test_a_single_layer_on_no_shape_in_particular() -> None:
    report = pc.from_torch(live.LSTM(3, 4)).report()
    assert [str(size) for size in report.inputs[0]] == ["L", "N", "3"]
    assert [str(size) for size in report.rows[0].outputs[0]] == ["L", "N", "4"]
    assert str(report.macs) == "112L·N"


def test_a_model_tells_what_it_gives() -> None:
    module = live.Sequential(live.Linear(3, 4), live.GRU(4, 5))
    model = pc.from_torch(module, (2, 3))
    assert model.report().outputs == [(2, 5), (1, 5)]
    assert model.report().to_dict()["output_shape"] == [[2, 5], [1, 5]]
    assert model.total == pc.from_torch(module).total == own(module)


def test_tensors_that_are_partly_anothers_are_told() -> None:
    net = Net()
    net.out = live.Linear(16, 50)
    net.out.weight = net.embed.weight
    model = pc.from_torch(net)
    assert model.total == own(net)
    said = "out (Linear): its weight is that of embed, and counted there"
    assert said in model.report().warnings
    assert said in str(model.report())
    lstm, other = live.LSTM(4, 4), live.LSTM(4, 4)
    other.weight_ih_l0, other.bias_ih_l0 = lstm.weight_ih_l0, lstm.bias_ih_l0
    assert pc.from_torch(live.Sequential(lstm, other)).report().warnings == [
        "1 (LSTM): its weight_ih_l0 and bias_ih_l0 are those of 0, and counted there"
    ]
    lstm = live.LSTM(4, 4, 2)
    lstm.weight_hh_l1 = lstm.weight_hh_l0
    assert pc.from_torch(lstm).total == own(lstm)
    assert pc.from_torch(lstm).warnings == [
        "lstm (LSTM): its weight_hh_l1 is that of its own weight_hh_l0, and counted there"
    ]
    assert pc.from_torch(Net()).warnings == []  # what is another's whole is marked, and needs no words


def test_a_reading_is_not_built_anew() -> None:
    with pytest.raises(ParamcalcError) as caught:
        pc.verify(pc.from_torch(live.Sequential(live.Linear(3, 4))))
    assert str(caught.value) == (
        "'Sequential' is read from a live module, and cannot be built anew "
        "(paramcalc.verify(module) compares the reading with the module itself)"
    )


def test_nothing_is_allocated() -> None:
    with torch.device("meta"):
        large = live.Sequential(live.Linear(200_000, 200_000), live.Linear(200_000, 200_000))
    rows = pc.from_torch(large, (8, 200_000)).rows
    assert [row.params for row in rows] == [200_000 * 200_001] * 2
    assert pc.verify(large).ok
    model = pc.Sequential([nn.Input((8, 2_000_000)), nn.Linear(2_000_000, 2_000_000), nn.LSTM(2_000_000, 1_000_000)])
    assert pc.verify(model).ok


def test_lazy_modules_wait_for_their_input() -> None:
    module = live.Sequential(live.Linear(4, 5), live.LazyLinear(3))
    report = pc.from_torch(module).report()
    assert not report.exact
    assert report.warnings == ["1 (LazyLinear): it has not met its first input"]
    with pytest.raises(ParamcalcError) as caught:
        pc.verify(module)
    assert str(caught.value) == (
        "Sequential has weights that are not known: 1 (LazyLinear): it has not met its first input "
        "(run it once, or read it with from_torch and an input_shape)"
    )
    assert pc.from_torch(module, (2, 4)).total == 25 + 18
    assert type(module[1]).__name__ == "LazyLinear"


class Two(live.Module):  # type: ignore[misc]
    """Places in a table and numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.linear, self.last = live.Embedding(9, 4), live.Linear(3, 4), live.Bilinear(4, 4, 2)

    def forward(self, words: Any, numbers: Any) -> Any:
        return self.last(self.embed(words), self.linear(numbers))


def test_several_inputs() -> None:
    rows = {row.name: row for row in pc.from_torch(Two(), [(7,), (7, 3)]).rows}
    assert rows["last"].inputs == ((7, 4), (7, 4))
    assert rows["last"].outputs == ((7, 2),)


class Stubborn(live.Module):  # type: ignore[misc]
    """Decides by a number."""

    def forward(self, x: Any) -> Any:
        return x if x.sum().item() > 0 else -x


@pytest.mark.parametrize(
    ("module", "shape", "problem"),
    [
        (live.Linear(3, 4), (2, 5),
         "Linear is declared with 3 features, but receives 5"),
        (live.Sequential(live.Conv2d(3, 4, 3), live.Conv2d(8, 4, 3)), (2, 3, 9, 9),
         "1: Conv2d is declared with 8 channels, but receives 4"),
        (live.Linear(3, 4), ("h", 3),
         "input_shape: a module needs numeric sizes to run; expected a size for every axis, received ('h', 3)"),
        (live.Linear(3, 4), (None, 3),
         "input_shape: a module needs numeric sizes to run; expected a size for every axis, received (None, 3)"),
        (live.Linear(3, 4), (0, 3),
         "input_shape[0]: not a size; expected a positive whole number or an expression such as 4*h, received 0"),
        (live.Linear(3, 4), 3,
         "input_shape: not a shape; expected every size of the input, such as (32, 3), or a list of shapes, "
         "received 3"),
        (live.Linear(3, 4), "3",
         "input_shape: not a shape; expected every size of the input, such as (32, 3), or a list of shapes, "
         "received '3'"),
        (live.Linear(3, 4), [(2, 3), 4],
         "input_shape: not a shape; expected every size of the input, such as (32, 3), or a list of shapes, "
         "received 4"),
        ("net", None, "not a PyTorch module; expected a torch.nn.Module, received 'net'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_so(module: Any, shape: Any, problem: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        pc.from_torch(module, shape)
    assert str(caught.value) == problem


def test_a_shape_too_large_for_pytorch_is_told() -> None:
    with pytest.raises(ParamcalcError, match=r"Linear fails on the meta device: empty\(\): argument 'size'"):
        pc.from_torch(live.Linear(3, 4), (10**30, 3))


def test_a_module_that_decides_by_numbers_runs_on_numbers() -> None:
    assert pc.from_torch(Stubborn()).total == 0
    with pytest.raises(ParamcalcError) as caught:
        pc.from_torch(Stubborn(), (2, 3))
    assert str(caught.value) == (
        "what Stubborn does depends on the numbers in its input (aten::_local_scalar_dense); expected an example "
        "input, such as from_torch(module, tensor) (without inputs its modules are read, and nothing is run)"
    )
    assert pc.from_torch(Stubborn(), torch.ones(2, 3)).report().outputs == [(2, 3)]


# --- models of ours -----------------------------------------------------------------------------------------


def tutorial(h: Any = 16) -> Any:
    words, first, second = nn.Input((10, 4, 12)), nn.Input((2, 4, h)), nn.Input((2, 4, h))
    out, *states = nn.LSTM(12, h, num_layers=2)(words, initial_state=[first, second])
    return pc.Model([words, first, second], [nn.LogSoftmax(-1)(nn.Linear(h, 20)(out)), *states])


def test_models_are_built_and_agree() -> None:
    assert str(pc.verify(tutorial())).endswith("(meta device) agrees: 3 layers, 10 tensors, 4,436 parameters")
    found = pc.verify(tutorial("h"))
    assert found.ok
    assert found.scope == "certified for all h (3 sizes)"
    assert found.to_dict()["torch"] == torch.__version__
    chain = pc.Sequential([nn.Input((None, "C", 28, 28)), nn.Conv2d("C", "F", 3), nn.BatchNorm2d("F"), nn.ReLU(),
                           nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(10)])  # fmt: skip
    assert pc.verify(chain).ok
    assert pc.verify(pc.Sequential([nn.Input((None, "L")), nn.Embedding("V", 8), nn.Linear(8, "V")])).ok
    nested = pc.Sequential(
        [nn.Input((5, 8)), pc.Sequential([nn.Linear(8, 4), nn.ReLU()], name="inner"), nn.Linear(4, 2)]
    )
    assert pc.verify(nested).ok
    shared = nn.Linear(8, 8)
    assert pc.verify(pc.Sequential([nn.Input((5, 8)), shared, shared], trainable=False)).ok


def test_a_model_that_is_not_as_pytorch_has_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = nn.Linear.body
    assert nn.Linear.options
    monkeypatch.setattr(
        nn.Linear, "body", lambda x, **more: honest(x, **more)._replace(weights=honest(x, **more).weights[:1])
    )
    found = pc.verify(pc.Sequential([nn.Input((5, 8)), nn.Linear(8, 4)]))
    assert not found.ok
    assert str(found).splitlines()[1:] == [
        "  linear: bias: paramcalc nothing, PyTorch (4,)",
        "  sequential: total: paramcalc 32, PyTorch 36",
        "  sequential: trainable: paramcalc 32, PyTorch 36",
    ]


def test_layers_of_two_frameworks_make_no_model_to_verify() -> None:
    mixed = pc.Sequential([nn.Input((5, 8)), nn.Linear(8, 4), pc.Dense(3)])
    with pytest.raises(ParamcalcError, match="Dense is no layer of PyTorch's; expected layers of one framework"):
        pc.verify(mixed)
