"""Options: which sizes and values a layer takes, and what it says to the others."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import numpy
import pytest

import paramcalc as pc
from paramcalc.core.declare import Built, Inputs, Shape
from paramcalc.core.framework import frameworks
from paramcalc.core.kinds import ByRank, Maybe, Window
from paramcalc.core.registry import rules
from paramcalc.core.schema import Schema, kind_of
from paramcalc.errors import OptionError, ParamcalcError, SizeError
from paramcalc.symbolic import symbols

h = symbols("h")


def rejected(expected: type[ParamcalcError], make: Any) -> str:
    with pytest.raises(expected) as caught:
        make()
    return str(caught.value)


SIZE = "Dense.units: not a size; expected a positive whole number or an expression such as 4*h, received "


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        *((wrong, SIZE + repr(wrong)) for wrong in (0, -1, 1.5, True, None, b"3", [3], (3,), {}, 2.0)),
        (float("nan"), SIZE + "nan"),
        (float("inf"), SIZE + "inf"),
        (1j, SIZE + "1j"),
        ("0", SIZE + "0"),
        ("-3", SIZE + "-3"),
        ("h - h", SIZE + "0"),
        ("(h + 2) - h - 5", SIZE + "-3"),
        ("h/(2h)", SIZE + "h/(2h)"),
        (numpy.float64(3), SIZE + repr(numpy.float64(3))),
        (10**101, "Dense.units: not a size; expected at most 10^100, received 1" + "0" * 101),
        (10**4000, "Dense.units: not a size; expected at most 10^100, received an integer of 13,288 bits"),
        ("4*", "Dense.units: expected a size at position 3 of '4*'"),
        ("", "Dense.units: an empty expression at position 1 of ''"),
        ("３", "Dense.units: unexpected '３' at position 1 of '３' (did you mean '3'?)"),
        ("1e3", "Dense.units: not a whole number at position 1 of '1e3'"),
        ("7/2", "Dense.units: 7 does not divide evenly by 2 at position 3 of '7/2'"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_bad_sizes(size: Any, problem: str) -> None:
    assert rejected(ParamcalcError, lambda: pc.Dense(size)) == problem


@pytest.mark.parametrize("size", [1, 10**30, 10**100, "10^30", "4*h", h, h + 1, numpy.int64(3), numpy.uint8(3), " 3 "])
def test_good_sizes(size: Any) -> None:
    assert pc.Dense(size).on((1, 2)).outs[0][1] != 0


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: pc.Dense(), "Dense needs units; expected a positive whole number or an expression"),
        (lambda: pc.LSTM(3, return_sequence=True),
         "LSTM has no option 'return_sequence' (did you mean 'return_sequences'?)"),
        (lambda: pc.LSTM(3, foo=True), "LSTM has no option 'foo' (it has units, use_bias, unit_forget_bias, "
         "return_sequences, return_state, go_backwards, stateful, unroll)"),
        (lambda: pc.Identity(foo=True), "Identity has no option 'foo' (it has none of its own)"),
        (lambda: pc.LSTM(3, "tanh", 5),
         "LSTM takes 2 positional options; expected units, activation, received (3, 'tanh', 5)"),
        (lambda: pc.Flatten(1, 2), "Flatten takes 1 positional options; expected data_format, received (1, 2)"),
        (lambda: pc.LSTM(3, units=4), "LSTM: units given twice"),
        (lambda: pc.Conv1D(3, 3, padding="smae"), "Conv1D.padding: not a choice; expected 'valid' or 'same' or "
         "'causal', received 'smae' (did you mean 'same'?)"),
        (lambda: pc.LSTM(3, return_state=1),
         "LSTM.return_state: not a choice; expected False or True, received 1"),
        (lambda: pc.Dense(3, "softmx"), "Dense.activation: unknown activation; expected an activation Keras knows, "
         "received 'softmx' (did you mean 'softmax'?)"),
        (lambda: pc.Dropout(1.5), "Dropout.rate: not a valid value; expected a number from 0 to 1, received 1.5"),
        (lambda: pc.Conv2D(3, (3, 3, 3)),
         "Conv2D.kernel_size: wrong number of sizes; expected 2 sizes, or one for all, received (3, 3, 3)"),
        (lambda: pc.Dense(3, name=""), "Dense: the name of a layer; expected a short text, received ''"),
        (lambda: pc.TimeDistributed(3), "TimeDistributed.layer: not a valid value; expected a layer, received 3"),
        (lambda: pc.RNN([]), "RNN.cell: not a valid value; expected a cell or a list of cells, received []"),
        (lambda: pc.Dense(3, trainable="no"),
         "Dense.trainable: not a choice; expected False or True, received 'no'"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_bad_options(make: Any, problem: str) -> None:
    assert rejected(OptionError, make) == problem


def test_keras_own_positional_order() -> None:
    assert pc.Dense(3, "relu").ignored_options == {"activation": "relu"}
    assert pc.Conv2D(8, 3, 2, "same").on((1, 9, 9, 3)).outs == ((1, 5, 5, 8),)
    assert repr(pc.LSTM(3, return_sequences=True, name="x")) == "LSTM(units=3, return_sequences=True, name='x')"


def test_errors_are_value_errors_and_keep_their_parts() -> None:
    with pytest.raises(ValueError, match="not a size") as caught:
        pc.Dense(0)
    error = caught.value
    assert isinstance(error, SizeError)
    assert (error.where, error.received) == (["Dense", "units"], 0)


def test_a_layer_prints_as_it_was_made() -> None:
    made = pc.Dense(32, activation="softmax", name="out", trainable=False)
    assert repr(made) == "Dense(units=32, activation='softmax', trainable=False, name='out')"
    assert repr(pc.LSTM("h")) == "LSTM(units=h)"


def test_an_option_without_a_kind_is_refused_when_the_rule_is_declared() -> None:
    def body(x: Annotated[Shape, Inputs("B ... d_x")], /, units: int) -> Built:
        return Built((x,))

    with pytest.raises(TypeError, match=r"int.* names no kind of option"):
        Schema.of(body)


def test_a_kind_by_rank_is_refused_in_a_rule_without_a_rank() -> None:
    by_rank = Annotated[int, ByRank(lambda rank: Window("k", rank))]
    assert kind_of(by_rank, 2).symbols((1, 1)) == ("k_h", "k_w")
    with pytest.raises(TypeError, match="names no kind of option"):
        kind_of(by_rank)


def test_what_a_partial_function_has_given_is_no_option() -> None:
    def body(x: Annotated[Shape, Inputs("B ... d_x")], /, bias: bool = True, *, rank: int) -> Built:
        return Built((x,))

    assert list(Schema.of(partial(body, rank=2)).options) == ["bias"]


def test_the_base_of_a_kind_takes_no_null_and_like_names_an_option() -> None:
    options = [(rule, option) for framework in frameworks() for rule in rules(framework).values() for option in
               rule.options.values()]  # fmt: skip
    assert options
    for rule, option in options:
        base = option.kind.base
        assert (base is option.kind) == (not isinstance(option.kind, Maybe)), f"{rule} {option.name}"
        assert not isinstance(base, Maybe), f"{rule} {option.name}"
        assert base.like is None or base.like in rule.options, f"{rule} {option.name}"
