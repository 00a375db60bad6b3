"""The published JSON Schema: right specs pass, wrong ones do not, and every rule is in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from paramcalc import ParamcalcError
from paramcalc.core.registry import rules
from paramcalc.formats.modelspec.document import model_from
from paramcalc.formats.modelspec.schema import schema
from paramcalc.formats.text.syntax import read_data

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@cache
def validator(framework: str = "keras") -> Draft202012Validator:
    return Draft202012Validator(schema(framework))


@pytest.mark.slow  # it checks the schema of every layer against that of schemas
def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_rule_is_described_with_its_reason() -> None:
    found = schema()["$defs"]
    for rule in rules().values():
        assert found[rule.name]["description"] == rule.why
        assert {rule.name, rule.snake} <= found[rule.name]["properties"].keys()
        assert {"$ref": f"#/$defs/{rule.name}"} in found["layer"]["anyOf"]


def test_every_reference_leads_somewhere() -> None:
    whole = schema()
    pending: list[Any] = [whole]
    references = set()
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                references.add(value["$ref"])
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    for reference in references:
        found = whole
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


SPECS = [
    path
    for path in sorted(EXAMPLES.iterdir())
    if path.suffix in (".yaml", ".toml", ".json") and "model_type" not in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_examples_are_valid(path: Path) -> None:
    data = read_data(path.read_text(), path.suffix[1:])
    assert [error.message for error in validator(data.get("framework", "keras")).iter_errors(data)] == []


RIGHT = [
    "input: [h, null]\nlayers: [{lstm: 2*h, name: b}, {dense: {units: 3, name: a, trainable: false}, inputs: 'b[0]'}]",
    "input: [8, 3]\nlayers: [{Bidirectional: {LSTM: 4, merge_mode: sum}}, {RepeatVector: 3}, {RNN: [{LSTMCell: 3}]}]",
    "input: [8, 3]\nlayers: [{TimeDistributed: {Sequential: [{Dense: 3}, ReLU]}}, Flatten, {Dropout: 0.5}]",
    "input: [8]\nlayers: [{Model: {inputs: {a: [8]}, layers: [{Dense: 8, name: d}, {Add: null, inputs: [a, d]}]}}]",
    "input: [8]\nbatch: 4\nlayers: [{Sequential: {layers: [{Dense: 8}], inputs: input, repeat: 2}}]",
    "input: [6]\nlayers: [{Reshape: [2, -1]}, {Permute: [2, 1]}, {BatchNormalization: {momentum: 0.9}}]",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_can_be_read_is_valid(text: str) -> None:
    data = read_data(text)
    model_from(data)
    assert [error.message for error in validator(data.get("framework", "keras")).iter_errors(data)] == []


WRONG = [
    "input: [3]",
    "input: 3\nlayers: [Flatten]",
    "input: [0]\nlayers: [Flatten]",
    "input: [3]\nlayers: []",
    "input: [3]\nlayers: [Dense]",
    "input: [3]\nlayers: [Dens: 3]",
    "input: [3]\nlayers: [{Dense: {units: 3}, Flatten: null}]",
    "input: [3]\nlayers: [{Dense: {unit: 3}}]",
    "input: [3]\nlayers: [{Dense: {}}]",
    "input: [3]\nlayers: [{Dense: -3}]",
    "input: [3]\nlayers: [{Dense: 2.5}]",
    "input: [3]\nlayers: [{Dense: {units: 3, use_bias: maybe}}]",
    "input: [3]\nlayers: [{Dense: {units: 3, activation: rleu}}]",
    "input: [3, 4]\nlayers: [{Bidirectional: {LSTM: 3, merge_mode: cat}}]",
    "input: [3, 4]\nlayers: [{Bidirectional: {layer: {LSTM: 3}, LSTM: 4}}]",
    "input: [3, 4]\nlayers: [{Bidirectional: {merge_mode: sum}}]",
    "input: [3]\nlayers: [{repeat: 0, layers: [Flatten]}]",
    "input: [3]\nlayers: [{use: a, units: 3}]",
    "input: [3]\nlayer: [Flatten]",
    "input: [3]\nframework: karas\nlayers: [Flatten]",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_read_is_not_valid(text: str) -> None:
    data = read_data(text)
    with pytest.raises(ParamcalcError):
        model_from(data)
    assert not validator().is_valid(data)
