"""Properties: whatever is read ends in a model that can be counted and shown, or in a paramcalc error of one line."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings, strategies as st
from tiers import examples

import paramcalc as pc
from paramcalc import Model, ParamcalcError, loads, torch as nn
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer
from paramcalc.formats.modelspec.document import model_from
from paramcalc.symbolic import Expr

QUIET = settings(deadline=None, max_examples=examples(20, 300), suppress_health_check=[HealthCheck.too_slow])


def survives(read: Any, *given: Any) -> None:
    """Anything ends in a model that can be counted and shown, or in a paramcalc error of one line."""
    try:
        model = read(*given)
        assert isinstance(model, Model)
        str(model.total)
        json.dumps(model.report().to_dict())
    except ParamcalcError as error:
        message = str(error)
        assert message
        assert len(message.splitlines()) == 1
        message.encode()


@QUIET
@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"a: &a [*a]")
def test_arbitrary_bytes(content: bytes) -> None:
    survives(loads, content)


@QUIET
@given(
    st.text(alphabet="aLSTMDense:[]{},-&*!|>'\"=#%? \n\t\\0123\ud800\x00é", max_size=80),
    st.sampled_from(["yaml", "toml", "json", None]),
)
def test_arbitrary_text(text: str, format: str | None) -> None:
    survives(loads, text, "<text>", format)


SIZE = st.integers(-2, 40) | st.sampled_from([None, True, 2.0, "h", "2*h", "x y", "", b"3", [3], 10**101])
SHAPE = st.one_of(st.none(), st.integers(), st.text(max_size=4), st.lists(SIZE, max_size=6), st.lists(SIZE).map(tuple))


APPLIED = [pc.LSTM(4), pc.Dense(4), pc.Add(), pc.Conv2D(4, 3), nn.Linear(4, 4)]


@QUIET
@given(st.sampled_from(APPLIED), st.lists(SHAPE, max_size=3))
def test_a_layer_on_anything(layer: Layer, shapes: list[Any]) -> None:
    try:
        built = layer.on(*shapes)
    except ParamcalcError:
        return
    assert isinstance(built.outs, tuple)
    assert all(isinstance(size, Expr) or size > 0 for shape in built.outs for size in shape)
    assert repr(built).startswith("<built: ")


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([1, 2, 3, 4, 10**100, 10**101, -1, 0]),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(
        ["h", "2*h", "h//2", "a", "a[1]", "b", "input", "h^64", "max(h, 3)", "(h+k)^40", "same", "sum", "x - h"]
    ),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(st.text(max_size=5), st.integers()), inner, max_size=4)
    ),
    max_leaves=12,
)
RULES = sorted(rules())
OPTIONS = sorted({option for rule in rules().values() for option in rule.options})
LINKS: dict[str, Any] = {
    "name": st.sampled_from(["a", "b", "c", 3]),
    "inputs": st.sampled_from(["a", "b", ["a", "b"], "input", "a[1]", ["input", "input"], {"a": [3]}, 7]),
    "repeat": st.sampled_from([1, 2, 3, "h", 0]),
    "initial_state": st.sampled_from(["a[1]", ["a[1]", "a[2]"], "b"]),
}


def layers(inner: Any) -> Any:
    """Items that are likely to be layers."""
    value = st.one_of(SCALARS, inner, st.lists(st.integers(1, 4), max_size=3))
    given_options = st.dictionaries(st.sampled_from(OPTIONS), value, max_size=3)
    options = st.builds(lambda some, links: {**some, **links}, given_options, st.fixed_dictionaries({}, optional=LINKS))
    layer = st.builds(lambda key, value: {key: value}, st.sampled_from(RULES), st.one_of(options, value))
    block = st.fixed_dictionaries({"repeat": LINKS["repeat"], "layers": st.lists(inner, max_size=3)})
    nested = st.builds(
        lambda key, items, links: {key: {"layers": items, **links}},
        st.sampled_from(["Sequential", "Model"]),
        st.lists(inner, max_size=3),
        st.fixed_dictionaries({}, optional=LINKS),
    )
    used = st.fixed_dictionaries({"use": LINKS["name"]}, optional=LINKS)
    return st.one_of(layer, block, nested, used)


LAYER = st.recursive(
    st.sampled_from(["Flatten", "ReLU", {"Dense": 3}, {"LSTM": {"units": 2, "return_state": True}}]),
    layers,
    max_leaves=6,
)
SHAPE = st.lists(st.one_of(st.integers(1, 9), st.sampled_from(["h", "T", None, "2*h", 10**100])), max_size=4)
SPECS = st.fixed_dictionaries(
    {"input": SHAPE, "layers": st.lists(LAYER, min_size=1, max_size=5)},
    optional={
        "sizes": st.dictionaries(
            st.sampled_from(["h", "k", "T"]),
            st.one_of(st.integers(1, 9), st.none(), st.sampled_from(["2*k", "h"])),
            max_size=3,
        ),
        "outputs": LINKS["inputs"],
        "batch": st.sampled_from([1, "n", None, "2*n"]),
        "trainable": st.booleans(),
    },
)


@QUIET
@given(ANYTHING)
def test_arbitrary_structures(data: Any) -> None:
    survives(model_from, data)


@QUIET
@given(
    st.dictionaries(
        st.sampled_from(["input", "inputs", "layers", "sizes", "batch", "outputs", "name", "framework"]), ANYTHING
    )
)
def test_arbitrary_values_of_the_right_keys(data: Any) -> None:
    survives(model_from, data)


@settings(QUIET, max_examples=examples(40, 1_000))
@given(SPECS)
def test_likely_specs(data: Any) -> None:
    survives(model_from, data)


@QUIET
@given(SPECS)
def test_likely_specs_as_text(data: Any) -> None:
    survives(loads, json.dumps(data))


def test_likely_specs_are_often_models() -> None:
    found = {True: 0, False: 0}

    @settings(QUIET, max_examples=examples(100, 600), database=None, derandomize=True)  # the same draw every time
    @given(SPECS)
    def look(data: Any) -> None:
        try:
            model_from(data)
            found[True] += 1
        except ParamcalcError:
            found[False] += 1

    look()
    assert found[True] > 5, found
