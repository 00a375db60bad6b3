"""Formula = inventory, proved: every rule with weights, every combination of switches, every size a symbol.

The count of a layer is entered twice, as the textbook's formula and as the list of its tensors. Both are polynomials
in the sizes, and polynomials have a normal form, so one ``==`` here holds for all sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from by_hand import LEARNING, TRIED

import paramcalc as pc
from paramcalc.core.declare import REQUIRED
from paramcalc.core.formula import formula_of
from paramcalc.core.kinds import Choice, Maybe, Sized, Window
from paramcalc.core.on_symbols import symbolised
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer, Rule
from paramcalc.errors import ParamcalcError
from paramcalc.symbolic import is_known, symbols

WRAPPERS = ("Bidirectional", "RNN", "StackedRNNCells", "TimeDistributed")
CELLS = ("SimpleRNNCell", "LSTMCell", "GRUCell")
RECURRENT = ("SimpleRNN", "LSTM", "GRU")
PLAIN = [rule for name, rule in rules().items() if name not in WRAPPERS and not rule.inputs[0].many]


def tried(rule: Rule, name: str, kind: Any) -> list[Any]:
    """Every value of a switch; a symbol, and what leaves the formula, for a size; both sides of a Maybe."""
    if (rule.name, name) in TRIED:
        return TRIED[rule.name, name]
    if isinstance(kind, Maybe):
        return [None, *tried(rule, name, kind.kind)]
    if isinstance(kind, Choice):
        return list(kind.values)
    if isinstance(kind, Sized):
        return [symbols(f"n_{name}")] if kind.unless is None else [kind.unless, symbols(f"n_{name}")]
    if isinstance(kind, Window):
        several = [tuple(symbols(f"n_{name}_{axis}") for axis in range(kind.rank))]
        return several if kind.symbol else [1, *several]
    default = rule.options[name].default
    return [0.5 if default is REQUIRED else default]


def variants(rule: Rule) -> Iterator[Layer]:
    """The rule with every combination of its switches."""
    names = list(rule.options)
    for values in product(*(tried(rule, name, option.kind) for name, option in rule.options.items())):
        yield rule(**dict(zip(names, values, strict=True)))


def symbolic_inputs(layer: Layer) -> Iterator[tuple[Any, ...]]:
    """Every input of 2 to 5 axes the layer takes, or of as many as it needs, each axis a symbol."""
    for rank in range(2, max(6, layer.rule.inputs[0].least + 1)):
        names = layer.axes(rank)
        if names is not None and len(names) == rank:
            yield tuple(symbols(name) for name in names)


def proved(layer: Layer, inputs: list[tuple[Any, ...]] | None = None) -> int:
    """Prove formula = inventory on every input the layer takes; give how many there were."""
    symbolic, _ = symbolised(layer)
    count = 0
    for shape in inputs or list(symbolic_inputs(symbolic)):
        try:
            built = symbolic.on(shape)
        except ParamcalcError:
            continue  # strides and dilation together, an axis this input does not have
        if built.weights:
            assert built.formula is not None, layer
            assert built.formula() == built.params, layer
            assert is_known(built.params), layer
            count += 1
        else:
            assert not built.formula or built.formula() == 0, layer
    return count


@pytest.mark.whole
@pytest.mark.parametrize("rule", PLAIN, ids=lambda rule: rule.name)
def test_formula_is_inventory(rule: Rule) -> None:
    count = sum(proved(layer) for layer in variants(rule))
    stated = LEARNING.get(rule.name, 0)
    assert count == stated, (
        f"the formula of {rule.name} is proved for {count} combinations, and LEARNING has {stated}: "
        "count them by hand, in LEARNING beside the TABLE of its family in tests/helpers/by_hand/"
    )


def inner(*names: str) -> list[Layer]:
    return [layer for name in names for layer in variants(rules()[name])]


def test_bidirectional_over_every_recurrent_layer() -> None:
    modes = rules()["Bidirectional"].options["merge_mode"].kind.values
    count = 0
    for layer, mode in product(inner(*RECURRENT), modes):
        count += proved(pc.Bidirectional(layer, merge_mode=mode))
        options = {**layer.options, "go_backwards": not layer.options["go_backwards"]}
        for other in ("LSTM", "GRU", "SimpleRNN"):
            shared = {name: options[name] for name in options if name in rules()[other].options}
            backward = rules()[other](**{**shared, "units": layer.options["units"]})
            if mode == "concat" or backward.type == layer.type:
                count += proved(pc.Bidirectional(layer, merge_mode=mode, backward_layer=backward))
    assert count >= 800


def test_bidirectional_over_loops_and_own_backward_switches() -> None:
    for cell in inner(*CELLS):
        assert proved(pc.Bidirectional(pc.RNN(cell))) == 1
        assert proved(pc.Bidirectional(pc.RNN([cell, pc.LSTMCell("q")]))) == 1
    forward = pc.LSTM("h")
    for backward in inner("GRU"):
        if backward.options["go_backwards"] and not any(
            backward.options[name] for name in ("return_sequences", "return_state", "stateful")
        ):
            assert proved(pc.Bidirectional(forward, backward_layer=backward)) == 1


def test_loops_over_every_cell_and_stacks_of_them() -> None:
    cells = inner(*CELLS)
    switches = [dict(zip(TIME, chosen, strict=True)) for chosen in product([False, True], repeat=len(TIME))]
    for one, time in product(cells, switches):
        assert proved(pc.RNN(one, **time)) == 1
        assert proved(pc.RNN([one], **time)) == 1
    for one, other in product(cells, cells):
        assert proved(pc.StackedRNNCells([one, other])) == 1
        assert proved(pc.RNN([one, other, one])) == 1
        assert proved(pc.RNN(pc.StackedRNNCells([one, other]))) == 1
        assert proved(pc.StackedRNNCells([pc.StackedRNNCells([one, other]), one])) == 1


TIME = ("return_sequences", "return_state", "go_backwards", "stateful")


def test_time_distributed_over_every_layer_with_weights() -> None:
    count = 0
    for layer in inner(*LEARNING):
        if layer.options.get("return_state"):
            continue  # several outputs: refused
        count += proved(pc.TimeDistributed(layer))
    count += proved(pc.TimeDistributed(pc.Bidirectional(pc.LSTM("h"))))
    count += proved(pc.TimeDistributed(pc.TimeDistributed(pc.Dense("h"))))
    count += proved(pc.TimeDistributed(pc.RNN([pc.LSTMCell("h"), pc.GRUCell("q")])))
    assert count > 300


@pytest.mark.parametrize(
    ("layer", "formula", "substituted"),
    [
        (pc.LSTM(128), "4[d_h(d_h + d_x) + d_h]", "4[128(128 + 108) + 128]"),
        (pc.GRU(128), "3[d_h(d_h + d_x) + 2d_h]", "3[128(128 + 108) + 2*128]"),
        (pc.GRU(128, reset_after=False), "3[d_h(d_h + d_x) + d_h]", "3[128(128 + 108) + 128]"),
        (pc.GRU(128, use_bias=False), "3d_h(d_h + d_x)", "3*128(128 + 108)"),
        (pc.SimpleRNN(128), "d_h(d_h + d_x) + d_h", "128(128 + 108) + 128"),
        (pc.SimpleRNN(128, use_bias=False), "d_h(d_h + d_x)", "128(128 + 108)"),
        (pc.Bidirectional(pc.LSTM(128)), "2*4[d_h(d_h + d_x) + d_h]", "2*4[128(128 + 108) + 128]"),
        (pc.Dense(32), "d_x*d_y + d_y", "108*32 + 32"),
        (pc.Dense(32, use_bias=False), "d_x*d_y", "108*32"),
        (pc.Conv1D(8, 3), "F(k*C + 1)", "8(3*108 + 1)"),
        (pc.Conv1D(8, 3, groups=4), "F[k(C/g) + 1]", "8[3(108/4) + 1]"),
        (pc.BatchNormalization(), "4d", "4*108"),
        (pc.LayerNormalization(), "2d", "2*108"),
        (pc.Embedding(1000, 16), "V*d_e", "1000*16"),
        (
            pc.RNN([pc.LSTMCell(128), pc.LSTMCell(64)]),
            "4[d_h1(d_h1 + d_x) + d_h1] + 4[d_h2(d_h2 + d_h1) + d_h2]",
            "4[128(128 + 108) + 128] + 4[64(64 + 128) + 64]",
        ),
        (pc.TimeDistributed(pc.Dense(32)), "d_x*d_y + d_y", "108*32 + 32"),
        (pc.LSTM("4*k"), "4[d_h(d_h + d_x) + d_h]", "4[4k(4k + 108) + 4k]"),
        (pc.LSTM("d_h"), "4[d_h(d_h + d_x) + d_h]", "4[d_h(d_h + 108) + d_h]"),
        (pc.Flatten(), None, None),
    ],
    ids=repr,
)
def test_formulas_as_textbooks_write_them(layer: Layer, formula: str | None, substituted: str | None) -> None:
    found = formula_of(layer, (4, 10, 108))
    assert (repr(found) if found else None) == formula
    if found:
        assert found.substituted == substituted
        assert found.value == layer.on((4, 10, 108)).params


def test_the_formula_at_its_sizes_is_the_count() -> None:
    sizes = {"C": 12, "d": 7, "d_x": 11, "T": 9, "H": 13, "W": 14, "D": 5, "B": 2}
    for rule in PLAIN:
        if rule.name not in LEARNING:
            continue
        for layer in variants(rule):
            for names in (layer.axes(rank) for rank in range(2, max(6, rule.inputs[0].least + 1))):
                if names is None:
                    continue
                shape = tuple(sizes.get(name, 6) for name in names)
                try:
                    built = layer.on(shape)
                except ParamcalcError:
                    continue
                found = formula_of(layer, shape)
                assert (found.value if found else 0) == built.params
