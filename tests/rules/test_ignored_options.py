"""Options that change no count: what Keras refuses is refused."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import pytest
from tiers import quick

import paramcalc as pc
from paramcalc.core.ignored_options import NAMED
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer, Rule
from paramcalc.errors import OptionError, ParamcalcError
from paramcalc.verification.adapters.keras.build import Builder, scope
from paramcalc.verification.adapters.keras.framework import layer_class
from paramcalc.verification.cases import cases, configurations

pytest.importorskip("keras")

WRONG = [128, -1, 1.5, True, "zebra", "", [1, 2], (3,), {"a": 1}, object()]
# Here Keras refuses every value because it lacks TensorFlow, or the value is checked for its tensors.
UNDECIDED = {
    "encoding",
    "has_input_vocabulary",
    "mask_value",
    "name",
    "ngrams",
    "noise_shape",
    "oov_method",
    "salt",
    "score_mode",
    "sparse",
    "standardize",
    "synchronized",
    "trainable",
    "vocabulary_dtype",
    "weights",
    "window",
}


@cache
def example(rule: Rule) -> Layer:
    return next(iter(configurations(cases(rule)))).layer


def having() -> dict[str, Rule]:
    """A rule for every name of an ignored option."""
    found: dict[str, Rule] = {}
    for rule in rules().values():
        if rule.family != "legacy":
            for name in sorted(rule.ignored - set(UNDECIDED)):
                found.setdefault(name, rule)
    return found


HAVING = having()


def taken_by_keras(rule: Rule, name: str, value: Any) -> bool:
    try:
        with warnings.catch_warnings(), scope():
            warnings.simplefilter("ignore")
            layer_class(rule)(**{**Builder().options(example(rule), "x"), name: value})
    except Exception:
        return False
    return True


def taken(rule: Rule, name: str, value: Any) -> bool:
    try:
        rule(**{**example(rule).options, name: value})
    except ParamcalcError:
        return False
    return True


@pytest.mark.parametrize("name", quick(HAVING, 4))
def test_what_keras_refuses_is_refused(name: str) -> None:
    rule = HAVING[name]
    if not taken_by_keras(rule, name, None) and not taken_by_keras(rule, name, True):
        pytest.skip(f"this Keras refuses {name} whatever its value")
    # the name of a dtype is left to the framework: there are many, and more with every release
    values = [value for value in WRONG if name != "dtype" or isinstance(value, (int, float, list, tuple))]
    assert [value for value in values if taken(rule, name, value) and not taken_by_keras(rule, name, value)] == []


@pytest.mark.parametrize("kind", NAMED)
def test_a_configuration_or_a_function_is_taken(kind: str) -> None:
    for value in (None, {"class_name": "X", "config": {}}, len):
        assert taken(rules()["Dense"], "kernel_" + kind if kind != "activation" else kind, value)


@pytest.mark.parametrize(
    ("rule", "args"), [("LSTM", (108, 128)), ("GRU", (3, 4)), ("Dense", (256, 108)), ("SimpleRNN", (5, 6))]
)
def test_the_sizes_in_the_order_of_pytorch_are_refused_with_a_hint(rule: str, args: tuple[int, int]) -> None:
    with pytest.raises(OptionError) as caught:
        getattr(pc, rule)(*args)
    assert str(caught.value) == (
        f"{rule}.activation: not an activation; expected the name of an activation, its configuration, or null, "
        f"received {args[1]} (Keras takes the input size from the input: give only the units)"
    )
