"""The JSON that commands print is as its published schema says, and has no key that the schema does not name."""

import json
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from safetensors_files import write

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost.page import page
from paramcalc.analysis.sweep.columns import NAMES
from paramcalc.render.sweep import lines

ROOT = Path(__file__).parents[2]
SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text()) for path in (ROOT / "docs/schemas").iterdir()
}
EXAMPLES = sorted((ROOT / "docs" / "examples").iterdir())


def closed(schema):
    """Forbid keys that are not named, which readers of the contract have to allow."""
    if isinstance(schema, dict):
        found = {key: closed(value) for key, value in schema.items()}
        named = isinstance(schema.get("properties"), dict) and schema["properties"]
        return {**found, "additionalProperties": False} if named and "additionalProperties" not in schema else found
    return [closed(one) for one in schema] if isinstance(schema, list) else schema


@cache
def validator(name):
    return Draft202012Validator(closed(SCHEMAS[name]))


def problems(name, data):
    errors = validator(name).iter_errors(json.loads(json.dumps(data)))
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda one: one.name)
def test_counts_and_costs_of_the_examples(path):
    model = pc.load(path)
    assert problems("paramcalc-1", model.report().to_dict()) == []
    assert problems("paramcalc-cost-1", page(model).to_dict()) == []


def test_every_part_of_a_report_and_of_a_cost():
    tensor = pc.core.tensors.Tensor((10, 128))
    model = pc.Model(tensor, nn.BatchNorm1d(128)(tensor))  # with buffers
    assert problems("paramcalc-1", model.report().to_dict()) == []
    found = page(pc.Sequential([pc.Input((32, 8)), pc.LSTM(4)]), batch=2, device="h100", optimizer="adam").to_dict()
    assert "estimates" in found
    assert problems("paramcalc-cost-1", found) == []


def test_the_points_of_a_sweep():
    pytest.importorskip("numpy")
    found = pc.sweep(ROOT / "docs/examples/deep.yaml", h="8:16", layers=[1, 2], T=[3], columns=NAMES, batch=2)
    points = [*lines(found)]
    assert len(points) == 4
    assert [problem for point in points for problem in problems("paramcalc-sweep-1", point)] == []
    assert problems("paramcalc-sweep-1", {**points[0], "size": 1}) != []
    assert problems("paramcalc-sweep-1", {**points[0], "params": "many"}) != []
    assert {*SCHEMAS["paramcalc-sweep-1"]["properties"]} == {"schema", "sizes", *NAMES}


def test_solved_sizes():
    lstm = pc.Sequential([pc.Input((32, 108)), pc.LSTM("h")])
    for options in ({"params": "1M"}, {"params": 500, "at_least": True}, {"params": 10}, {"macs": "1M", "near": True}):
        assert problems("paramcalc-solve-1", pc.solve(lstm, "h", **options).to_dict()) == []
    found = pc.solve(lstm, {"h": "8:64:8"}, params="20k", memory="1MiB", batch=2, optimizer="adam")
    assert problems("paramcalc-solve-1", found.to_dict()) == []
    batch = pc.solve("docs/examples/tutorial.yaml", "B", memory="1MiB").to_dict()
    assert (problems("paramcalc-solve-1", batch), batch["setting"]["batch"]) == ([], "B")
    window = pc.solve(lambda k: pc.Sequential([pc.Input((9, 2)), pc.Conv1D(3, k)]), "k", params="1M")
    assert window.beside[0].problem
    assert problems("paramcalc-solve-1", window.to_dict()) == []


def test_models_of_equal_size():
    found = pc.match(pc.Sequential([pc.Input((32, 108)), pc.LSTM(128)]))
    assert problems("paramcalc-match-1", found.to_dict()) == []
    huge = pc.match(pc.Sequential([pc.Input((32, 10**9)), pc.LSTM(10**12)]), "gru").to_dict()
    assert (problems("paramcalc-match-1", huge), huge["matches"][0]["limits"]) == (
        [], ["1,073,741,824 is the largest value of h that is tried"],
    )  # fmt: skip


def test_compared_models():
    models = [pc.load(path) for path in EXAMPLES]
    assert problems("paramcalc-compare-1", pc.compare(*models[:4]).to_dict()) == []
    assert problems("paramcalc-compare-1", pc.compare(*models[-3:], cost=True).to_dict()) == []


def test_checks(run):
    lstm = pc.Sequential([pc.Input((32, 108)), pc.LSTM(128)])
    limits = {"max_params": "1k", "max_macs": "1G", "max_memory": "1GiB", "batch": 2}
    found = pc.check(lstm, **limits, max_growth="5%", against=lstm)
    assert len(found.outcomes) == 4
    assert problems("paramcalc-check-1", found.to_dict()) == []
    words = ("check", "docs/examples/tutorial.yaml", "docs/examples/stacked.yaml", "--max-params", "1k", "--json")
    assert problems("paramcalc-check-1", json.loads(run(*words)[1])) == []


def test_a_key_that_is_not_published_is_noticed():
    found = pc.Sequential([pc.Input((8,)), pc.Dense(2)]).report().to_dict()
    assert problems("paramcalc-1", {**found, "size": 1}) != []


def test_an_agreement(tmp_path):
    model = pc.loads(
        "{framework: torch, input: [B, 3], layers: [{Linear: {in_features: 3, out_features: 4, name: a}}]}"
    )
    path = write(tmp_path / "c.safetensors", {"a.weight": (4, 5), "b": (2,)})
    found = pc.verify_checkpoint(path, model).to_dict()
    assert found["lacking_in_model"]
    assert found["missing_in_checkpoint"]
    assert found["other_shape"]
    assert problems("paramcalc-agreement-1", found) == []
