"""PyTorch's rules against numbers worked out by hand, formulas against inventories, and what the rules refuse."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from by_hand_torch import TABLE

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.core.default_inputs import natural_inputs
from paramcalc.core.formula import formula_of, rule_formula
from paramcalc.core.registry import find, refused, rules
from paramcalc.core.rule import Rule
from paramcalc.errors import LayerError, ParamcalcError
from paramcalc.symbolic import symbols
from paramcalc.verification.cases import cases

N, L, T, d, d_x, d_h, h = symbols("N L T d d_x d_h h")


@pytest.mark.parametrize(
    ("layer", "inputs", "count", "outs", "macs", "buffers"), TABLE, ids=[repr(one[0]) for one in TABLE]
)
def test_by_hand(layer: Any, inputs: Any, count: int, outs: Any, macs: int | None, buffers: int) -> None:
    built = layer.on(*inputs)
    assert built.params == count
    assert list(built.outs) == outs
    if macs is not None:
        assert built.forward() == macs
    assert sum(weight.params for weight in built.weights if weight.buffer) == buffers
    assert (built.formula() if built.formula else 0) == count


def test_every_rule_has_a_line_and_says_why() -> None:
    assert {line[0].type for line in TABLE} == set(rules("torch"))
    for rule in rules("torch").values():
        assert rule.why.endswith(".")
        assert 10 < len(rule.why) <= 110
        assert not rule.ignored & rule.options.keys()
        assert all(option.kind.expected for option in rule.options.values())
        assert rule.framework == "torch"
        assert find(rule.snake, "torch") is rule


# --- formula = inventory ------------------------------------------------------------------------------


@pytest.mark.whole
@pytest.mark.parametrize("rule", rules("torch").values(), ids=lambda rule: rule.name)
def test_formula_is_inventory(rule: Rule) -> None:
    """Whatever the audit tries, in symbols: one equality of polynomials holds for all sizes."""
    proved, learning = 0, 0
    for layer, shapes, _ in cases(rule):
        try:
            built = layer.on(*shapes)
        except ParamcalcError:
            continue
        learning += any(not weight.buffer for weight in built.weights)
        assert (built.formula() if built.formula else 0) == built.params, (layer, shapes)
        proved += 1
    assert proved > 0
    if learning:
        for layer, shapes, _ in list(cases(rule))[:40]:
            with suppress(ParamcalcError):
                count = layer.on(*shapes).params
                found = formula_of(layer, *shapes)
                assert (found.value if found else 0) == count
        assert (rule_formula(rule) is None) == (rule.defaults.get("affine") is False)


@pytest.mark.parametrize(
    ("layer", "formula", "substituted"),
    [
        (nn.LSTM(108, 128), "4[d_h(d_h + d_x) + 2d_h]", "4[128(128 + 108) + 2*128]"),
        (nn.LSTM(108, 128, bias=False), "4d_h(d_h + d_x)", "4*128(128 + 108)"),
        (nn.LSTM(108, 128, 2), "4[d_h(d_h + d_x) + 2d_h] + 4[d_h(d_h + d_h) + 2d_h]",
         "4[128(128 + 108) + 2*128] + 4[128(128 + 128) + 2*128]"),
        (nn.LSTM(108, 128, 3, bidirectional=True),
         "2*4[d_h(d_h + d_x) + 2d_h] + 4*4[d_h(d_h + 2d_h) + 2d_h]",
         "2*4[128(128 + 108) + 2*128] + 4*4[128(128 + 2*128) + 2*128]"),
        (nn.LSTM(108, 128, proj_size=5), "4[d_h(d_p + d_x) + 2d_h] + d_p*d_h", "4[128(5 + 108) + 2*128] + 5*128"),
        (nn.GRU(108, 128), "3[d_h(d_h + d_x) + 2d_h]", "3[128(128 + 108) + 2*128]"),
        (nn.RNN(108, 128), "d_h(d_h + d_x) + 2d_h", "128(128 + 108) + 2*128"),
        (nn.Linear(108, 32), "d_x*d_y + d_y", "108*32 + 32"),
        (nn.LazyLinear(32), "d_x*d_y + d_y", "d_x*32 + 32"),
        (nn.Conv2d(3, 8, 3), "F(k_h*k_w*C + 1)", "8(3*3*3 + 1)"),
        (nn.Conv1d(6, 8, 3, groups=2), "F[k(C/g) + 1]", "8[3(6/2) + 1]"),
        (nn.ConvTranspose1d(6, 8, 3), "C*k*F + F", "6*3*8 + 8"),
        (nn.BatchNorm2d(6), "2d", "2*6"),
        (nn.LayerNorm((3, 4)), "2d_1*d_2", "2*3*4"),
        (nn.MultiheadAttention(16, 4), "4(d*d + d)", "4(16*16 + 16)"),
        (nn.MultiheadAttention(16, 4, kdim=3, vdim=5), "d(2d + d_k + d_v) + 4d", "16(2*16 + 3 + 5) + 4*16"),
        (nn.TransformerEncoderLayer(16, 4, 32), "4(d*d + d) + d*d_f + d_f + d_f*d + d + 2*2d",
         "4(16*16 + 16) + 16*32 + 32 + 32*16 + 16 + 2*2*16"),
    ],
    ids=repr,
)  # fmt: skip
def test_formulas_as_people_write_them(layer: Any, formula: str, substituted: str) -> None:
    found = formula_of(layer)
    assert found is not None
    assert (repr(found), found.substituted) == (formula, substituted)


# --- names, gates, symbols ------------------------------------------------------------------------------


def test_tensors_have_the_names_of_the_state_dict() -> None:
    stack = nn.LSTM(5, 7, 2, bidirectional=True, proj_size=3).on((10, 4, 5)).weights
    assert [weight.name for weight in stack[:11]] == [
        "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0", "weight_ih_l0_reverse",
        "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse", "weight_hr_l0_reverse", "weight_ih_l1",
    ]  # fmt: skip
    assert stack[10].shape == (28, 6)
    layer = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8), 2, nn.LayerNorm(4)).on((3, 2, 4), (5, 2, 4))
    names = [weight.name for weight in layer.weights]
    assert names[0] == "layers.0.self_attn.in_proj_weight"
    assert names[4] == "layers.0.multihead_attn.in_proj_weight"
    assert "layers.1.self_attn.out_proj.bias" in names
    assert names[-2:] == ["norm.weight", "norm.bias"]
    assert [(one.name, one.shape, one.buffer, one.trainable) for one in nn.BatchNorm1d(3).on((4, 3)).weights] == [
        ("weight", (3,), False, True),
        ("bias", (3,), False, True),
        ("running_mean", (3,), True, False),
        ("running_var", (3,), True, False),
        ("num_batches_tracked", (), True, False),
    ]


def test_gates_lie_one_below_the_other() -> None:
    weight, _, bias, _ = nn.LSTM(108, h).on((10, 4, 108)).weights
    assert (
        weight.gate_slices()
        == bias.gate_slices()
        == [("i", 0, h), ("f", h, 2 * h), ("g", 2 * h, 3 * h), ("o", 3 * h, 4 * h)]
    )
    assert weight.shape == (4 * h, 108)
    assert [gate for gate, _, _ in nn.GRU(5, 7).on((10, 4, 5)).weights[0].gate_slices()] == ["r", "z", "g"]
    row = pc.Sequential([nn.Input((10, 4, 5)), nn.GRU(5, 7)]).report().to_dict()["layers"][0]
    assert row["weights"][0]["gates"] == {"r": [0, 7], "z": [7, 14], "g": [14, 21]}
    assert row["weights"][0]["gate_axis"] == 0


def test_sizes_nobody_knows_flow() -> None:
    model = pc.Sequential([nn.Input((None, "N", "d_x")), nn.LSTM("d_x", "d_h", bidirectional=True)])
    built = model.built[0]
    length = model.input_shapes[0][0]
    assert built.outs == ((length, N, 2 * d_h), (2, N, d_h), (2, N, d_h))
    assert nn.LSTM(5, 7, batch_first=True).on((N, T, 5)).outs == ((N, T, 7), (1, N, 7), (1, N, 7))
    assert nn.Conv1d(3, 8, 5, stride=2, padding=1).on((N, 3, T)).outs == ((N, 8, (T - 3) // 2 + 1),)
    assert nn.MaxPool1d(2, ceil_mode=True).on((3, 7)).outs == ((3, 4),)
    assert nn.Linear(5, 7).on((N, T, model.input_shapes[0][0])).outs == ((N, T, 7),)


# --- what does not fit -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "inputs", "problem"),
    [
        (nn.Linear(64, 3), [(4, 128)], "Linear is declared with 64 features, but receives 128"),
        (nn.Linear("h", 3), [(4, 2 * h)], "Linear is declared with h features, but receives 2h"),
        (nn.LSTM(108, 3), [(4, 2, 107)], "LSTM is declared with 108 features, but receives 107"),
        (nn.Conv2d(3, 8, 3), [(4, 1, 28, 28)], "Conv2d is declared with 3 channels, but receives 1"),
        (nn.BatchNorm2d(3), [(4, 8, 5, 5)], "BatchNorm2d is declared with 3 channels, but receives 8"),
        (nn.LSTM(5, 7), [(5,)],
         "LSTM does not take an input of 1 axis; expected (L, N, d_x) or (L, d_x), received (5,)"),
        (nn.LSTM(5, 7, batch_first=True), [(2, 3, 4, 5)],
         "LSTM does not take an input of 4 axes; expected (N, L, d_x) or (L, d_x), received (2, 3, 4, 5)"),
        (nn.Conv2d(3, 8, 3), [(3, 5)],
         "Conv2d does not take an input of 2 axes; expected (N, C, H, W) or (C, H, W), received (3, 5)"),
        (nn.BatchNorm1d(3), [(3,)],
         "BatchNorm1d does not take an input of 1 axis; expected (N, d, L) or (N, d), received (3,)"),
        (nn.Conv1d(3, 8, 9), [(3, 5)], "a window over 9 places does not fit on an axis of 5"),
        (nn.Conv1d(3, 8, 9, padding=1), [(3, 5)],
         "a window over 9 places does not fit on an axis of 5, 1 on each side"),
        (nn.Conv1d(3, 8, 3, groups=2), [(3, 5)], "3 input channels do not divide into 2 groups"),
        (nn.Conv1d(3, 8, 3, stride=2, padding="same"), [(3, 5)],
         "padding 'same' does not allow a stride; expected stride 1, received (2,)"),
        (nn.Conv1d(3, 8, 3, padding=5, padding_mode="reflect"), [(3, 5)],
         "reflect padding of 5 on an axis of 5; expected at least 6 places"),
        (nn.MaxPool1d(3, padding=2), [(3, 5)],
         "padding is more than half of the window; expected at most 1 for 3, received 2"),
        (nn.LSTM(5, 7, proj_size=7), [(4, 2, 5)],
         "proj_size is not below hidden_size; expected below 7, received 7"),
        (nn.MultiheadAttention(8, 3), [(4, 2, 8)] * 3, "8 features do not divide into 3 heads"),
        (nn.MultiheadAttention(8, 2), [(4, 2, 8), (5, 3, 8), (5, 3, 8)],
         "input 1 gives 2 and input 2 gives 3 on axis 1; they must agree"),
        (nn.MultiheadAttention(8, 2, kdim=5), [(4, 2, 8), (5, 2, 8), (5, 2, 8)],
         "MultiheadAttention is declared with 5 features of the key, but receives 8"),
        (nn.GroupNorm(4, 6), [(2, 6)], "6 channels do not divide into 4 groups"),
        (nn.LayerNorm((3, 4)), [(4,)], "LayerNorm normalizes over 2 axes, but receives 1"),
        (nn.Unflatten(1, (2, 3)), [(2, 7)], "7 places do not fill a shape of 6"),
        (nn.Upsample(scale_factor=2, mode="linear"), [(2, 3, 4, 4)],
         "mode 'linear' does not take an input of 4 axes; expected 3 axes"),
        (nn.LazyInstanceNorm1d(), [(2, 3)],
         "LazyInstanceNorm1d finds its channels on axis 1, so its first input needs a batch, received (2, 3)"),
        (nn.TransformerEncoder(nn.Linear(3, 3), 2), [(4, 2, 3)],
         "Linear is not a layer for a TransformerEncoder; expected TransformerEncoderLayer"),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_what_does_not_fit_says_so(layer: Any, inputs: Any, problem: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        layer.on(*inputs)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: nn.LSTM(5), "LSTM needs hidden_size; expected a positive whole number or an expression"),
        (lambda: nn.LSTM(5, 7, num_layer=2), "LSTM has no option 'num_layer' (did you mean 'num_layers'?)"),
        (lambda: nn.LSTM(5, 7, num_layers=0),
         "LSTM.num_layers: not a valid value; expected a whole number from 1 to 10,000, received 0"),
        (lambda: nn.Linear(5, 7, activation="relu"),
         "Linear has no option 'activation' (it has in_features, out_features, bias)"),
        (lambda: nn.Conv2d(3, 8, 3, padding="smae"),
         "Conv2d.padding: not a padding; expected 2 sizes from 0 up, or one for all or 'same' or 'valid', "
         "received 'smae' (did you mean 'same'?)"),
        (lambda: nn.Conv2d(3, 8, 3, padding=(1, 2, 3)),
         "Conv2d.padding: wrong number of sizes; expected 2 sizes from 0 up, or one for all or 'same' or 'valid', "
         "received (1, 2, 3)"),
        (lambda: nn.Transformer(custom_encoder=nn.Identity()),
         "Transformer.custom_encoder: not a choice; expected null, received Identity()"),
    ],
)  # fmt: skip
def test_options_that_are_wrong_say_so(make: Any, problem: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        make()
    assert str(caught.value) == problem


def test_losses_are_no_layers() -> None:
    with pytest.raises(LayerError) as caught:
        find("CrossEntropyLoss", "torch")
    assert str(caught.value) == "CrossEntropyLoss is a loss, not a layer: it has no parameters"
    with pytest.raises(AttributeError, match="NLLLoss is a loss, not a layer"):
        nn.NLLLoss  # noqa: B018
    with pytest.raises(
        AttributeError, match=r"torch.nn has no 'Liner' that paramcalc knows \(did you mean 'Linear'\?\)"
    ):
        nn.Liner  # noqa: B018
    assert not refused("torch").keys() & rules("torch").keys()
    assert "Input" in dir(nn)


def test_a_stack_takes_what_the_layer_in_it_takes() -> None:
    layer = {"Encoder": nn.TransformerEncoderLayer(16, 2), "Decoder": nn.TransformerDecoderLayer(16, 2)}
    for kind, inner in layer.items():
        stack = getattr(nn, f"Transformer{kind}")(inner, 3)
        assert natural_inputs(stack) == natural_inputs(inner)
        assert stack.on(*natural_inputs(stack)).outs == inner.on(*natural_inputs(inner)).outs
