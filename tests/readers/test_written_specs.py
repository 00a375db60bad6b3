"""Specs that are written of what was read: read again, they give the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tiers import examples

from paramcalc.errors import LayerError, OptionError, ParamcalcError
from paramcalc.formats import load_all, loads
from paramcalc.formats.modelspec.schema import schema
from paramcalc.graph.model import Model
from paramcalc.report import Row
from paramcalc.verification import from_keras

pytest.importorskip("keras")

from held_against import unallocated  # they import Keras
from model_maker import made

HERE = Path(__file__).parents[1]
FOLDERS = (HERE / "data", HERE.parent / "docs" / "examples")
# files with a row that no spec can have, and that row
REFUSED = {
    "llama-7b.json": "self_attn (Attention): torch has no layer",
    "mixtral-8x7b.json": "self_attn (Attention): torch has no layer",
    "tiny-llama": "self_attn (Attention): torch has no layer",
    "config.json": "self_attn (Attention): torch has no layer",
    "transfer.py": "true_divide (TrueDivide): TrueDivide is no layer",
    "contradictory_cells.json": "rnn (RNN): its weights are not those",
    "custom_cell_wrapper_keras2.keras": "rnn_3 (RNN): RNN is no layer",
    "custom_nested_tuple_keras2.keras": "hid (Hid): Hid is no layer",
    "hub_reversible.keras": "reversible_embedding (ReversibleEmbedding): it is called with reverse",
    "shared_cell_twice.keras": "rnn (RNN): its weights are not those",
    "shared_nested_keras2.keras": "sequential_8 (Sequential): its weights are those of a layer on another level",
    "shared_with_wrapper.h5": "dense (Dense): its weights are not those",
    "mlx.safetensors": "proj (tensors): tensors is no layer",
    "nf4.safetensors": "proj (tensors): tensors is no layer",
    "model-00001-of-00002.safetensors": "other files (tensors): tensors is no layer",
    "model-00002-of-00002.safetensors": "other files (tensors): tensors is no layer",
    "both.traineddata": "Lbx8 (LSTM): LSTM is no layer",
    "line.traineddata": "Ct3,3,16 (Convolution): Convolution is no layer",
    "recurrent_cudnn.weights.h5": "bidirectional (stored): stored is no layer",
}


def paths() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")):
            program = path.name == "make.py" or path.parent.name == "programs"  # several in each file
            if not program and (not path.is_dir() or path.name == "tiny-llama"):
                yield path


def models_in(path: Path) -> list[Model]:
    if path.parent.name != "keras2" or path.suffix != ".json":
        return load_all(str(path))
    try:
        return [loads(json.dumps(json.loads(path.read_text(encoding="utf-8"))["model"]))]
    except ParamcalcError:
        return []  # tests of this reader name these files


def counts(rows: list[Row]) -> list[Any]:
    return [(row.name, row.params, row.trainable, row.non_trainable, counts(row.rows)) for row in rows]


@cache
def validator(framework: str) -> Draft202012Validator:
    return Draft202012Validator(schema(framework))


def check(model: Model) -> None:
    text = model.render("yaml")
    again = loads(text)
    assert counts(again.rows) == counts(model.rows)
    assert (again.total, again.trainable, again.non_trainable) == (model.total, model.trainable, model.non_trainable)
    assert again.framework == model.framework
    assert counts(loads(again.render("yaml")).rows) == counts(model.rows)
    assert text.isascii() or loads(model.render("yaml", ascii=True)).total == model.total
    validator(model.framework).validate(again.report().spec())


def refusal(model: Model) -> str:
    try:
        model.render("yaml")
    except LayerError as error:
        return str(error)
    return ""


def stated(model: Model) -> bool:
    """Whether the inputs of every layer are known, and what trains."""
    found = model.report()
    connected = any(row.reads for row in found.rows)
    return connected and not found.guessed


@pytest.mark.parametrize("path", [*paths()], ids=lambda path: path.name)
def test_a_written_spec_gives_the_rows_it_was_written_of(path: Path) -> None:
    for model in models_in(path):
        said = refusal(model)
        if not stated(model):
            assert said.startswith("no spec can have this model: nothing states ")
        elif path.name in REFUSED:
            assert said.startswith(f"no spec can have {REFUSED[path.name]}")
        elif said:  # of legacy Keras: operations, and layers on several levels
            assert path.parent.name == "keras2", said
            assert any(reason in said for reason in ("is no layer with a rule", "it is called with", "another level"))
        else:
            check(model)


@pytest.mark.slow
def test_most_files_have_a_spec() -> None:
    expressed = sum(not refusal(model) for path in paths() for model in models_in(path))
    assert expressed >= 55, expressed
    assert {path.name for path in paths()} >= REFUSED.keys()


@pytest.mark.parametrize("seed", range(examples(30, 500)))
def test_random_models(seed: int) -> None:
    model = from_keras(unallocated(partial(made, seed)))
    said = refusal(model)
    assert not said or said.startswith("no spec can have ")
    if not said:
        check(model)


@pytest.mark.parametrize("name", ["yes", "null", "1e3", "a: b", "x[1]", "é ü", "a, b", "#c", "'", '"', "- d", "N"])
def test_names_of_any_text_are_read_as_they_were(name: str) -> None:
    model = loads(json.dumps({"input": [3], "layers": [{"Dense": 4, "name": name}, {"Dense": 2, "inputs": name}]}))
    check(model)
    assert next(row.name for row in loads(model.render("yaml")).rows) == name


def test_numbers_are_read_as_they_were() -> None:
    model = loads(json.dumps({"input": [3], "layers": [{"Dropout": 1e-7}, {"Dropout": 0.25}, {"Dense": 4}]}))
    assert [row.layer.options.get("rate") for row in loads(model.render("yaml")).rows] == [1e-7, 0.25, None]


def test_other_presentations_have_no_spec() -> None:
    model = loads("input: [3]\nlayers:\n  - Dense: 4\n")
    with pytest.raises(OptionError, match="the format yaml is for the spec of a counted model; expected table, text"):
        model.cost().render("yaml")
