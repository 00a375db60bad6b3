"""Which backend Keras is imported on, and what its configuration may do wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from paramcalc.errors import MissingExtra, ParamcalcError
from paramcalc.verification.adapters.keras import framework
from paramcalc.verification.adapters.keras.framework import backend, config_path

Only = Callable[..., None]


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Only:
    """Let these backends be installed, and no other."""
    return lambda *names: monkeypatch.setattr(framework, "find_spec", lambda name: name in names or None)


def configured(home: Path, text: str) -> dict[str, str]:
    (home / "keras.json").write_text(text, encoding="utf-8")
    return {"KERAS_HOME": str(home)}


@pytest.mark.parametrize(
    ("there", "text", "variable", "chosen"),
    [
        ("jax torch tensorflow", "{}", "", "jax"),
        ("torch tensorflow", "{}", "", "torch"),
        ("jax torch tensorflow", "{}", "torch", "torch"),
        ("jax torch tensorflow", '{"backend": "torch"}', "", "torch"),
        ("jax torch tensorflow", '{"backend": "torch"}', "jax", "jax"),
        ("jax tensorflow", '{"backend": "tensorflow"}', "", "tensorflow"),
        ("jax torch", '{"backend": "tensorflow"}', "", "jax"),  # Keras writes this by itself
        ("jax torch", "[", "", "jax"),  # Keras reads what is no JSON as nothing
        ("jax torch", '["jax"]', "", "jax"),
    ],
)
def test_the_backend_chosen(there: str, text: str, variable: str, chosen: str, only: Only, tmp_path: Path) -> None:
    only(*there.split())
    assert backend({"KERAS_BACKEND": variable, **configured(tmp_path, text)}) == chosen


def test_without_a_keras_json(only: Only, tmp_path: Path) -> None:
    only("torch")
    assert backend({"KERAS_HOME": str(tmp_path)}) == "torch"
    only()
    with pytest.raises(MissingExtra, match="verification needs jax"):
        backend({"KERAS_HOME": str(tmp_path)})


def test_a_backend_that_is_not_there(only: Only, tmp_path: Path) -> None:
    only("jax", "torch")
    expected = "the backend chosen for Keras is not installed; expected jax or torch or tensorflow, received "
    with pytest.raises(ParamcalcError) as caught:
        backend({"KERAS_BACKEND": "tensorflow", "KERAS_HOME": str(tmp_path)})
    assert str(caught.value) == f"{expected}'tensorflow' (KERAS_BACKEND chooses it)"
    for text, shown in (('{"backend": "jaxx"}', "'jaxx'"), ('{"backend": "a.b"}', "'a.b'"), ('{"backend": 3}', "'3'")):
        with pytest.raises(ParamcalcError) as caught:
            backend(configured(tmp_path, text))
        assert str(caught.value) == f"{expected}{shown} ({tmp_path / 'keras.json'} chooses it)"


def test_the_place_of_keras_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path({}) == tmp_path / ".keras" / "keras.json"
    assert config_path({"KERAS_HOME": "~/elsewhere"}) == tmp_path / "elsewhere" / "keras.json"


AUDIT = """
from paramcalc.verification.audit import audit
print(audit(["Flatten", "RandomHue", "LSTMCell"]))
"""
VERIFY = """
import paramcalc as pc
try:
    print(pc.verify(pc.Sequential([pc.Input((3,)), pc.Dense(2)])))
except pc.ParamcalcError as error:
    print(error)
"""


def run(code: str = VERIFY, **environ: str) -> str:
    known = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**known, **environ}
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("environ", "config", "told"),
    [
        ({"KERAS_BACKEND": "nonsense"}, "{}", "the backend chosen for Keras is not installed; expected jax"),
        ({"KERAS_BACKEND": "yaml"}, "{}", "Keras cannot be imported: Unable to import backend : yaml ("),
        ({}, '{"floatx": "float3"}', "Keras cannot be imported: Invalid `floatx` configuration. Expected one of"),
        ({}, "[]", "Keras cannot be imported: 'list' object has no attribute 'get' (KERAS_BACKEND and "),
    ],
)
def test_what_keras_refuses_to_import_on(environ: dict[str, str], config: str, told: str, tmp_path: Path) -> None:
    pytest.importorskip("keras")
    found = run(**configured(tmp_path, config), **environ)
    assert found.startswith(told)
    assert found.count("\n") == 1


@pytest.mark.torch
@pytest.mark.slow  # another Keras is imported
def test_the_backend_of_keras_json_is_respected(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    pytest.importorskip("torch")
    assert "(torch) agrees" in run(**configured(tmp_path, '{"backend": "torch"}'))


@pytest.mark.torch
@pytest.mark.slow  # another Keras is imported
def test_on_another_backend_multiply_adds_are_left_out_and_the_rest_is_compared(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    pytest.importorskip("torch")
    found = run(AUDIT, KERAS_BACKEND="torch", **configured(tmp_path, "{}")).splitlines()
    assert found[-2] == "multiply-adds are not compared: they need Keras on jax (KERAS_BACKEND=jax)"
    assert found[-1].endswith(" 0 of them with their multiply-adds, 0 mismatches")
    remarks = {name: int(row[-2]) for name, *row in map(str.split, found[1:4])}
    assert remarks["RandomHue"] > 0  # it announces a shape for channels it cannot run on
    assert remarks["Flatten"] == remarks["LSTMCell"] == 0
