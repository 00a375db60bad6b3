"""The public names: all of them resolve, are said once, and cost the standard library alone."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

import paramcalc
from paramcalc.core.registry import rules


@pytest.mark.parametrize("name", dir(paramcalc))
def test_every_name_resolves(name: str) -> None:
    assert getattr(paramcalc, name) is not None


def test_names_are_the_public_ones_and_the_rules() -> None:
    assert set(dir(paramcalc)) == {*paramcalc._PUBLIC, *paramcalc._MODULES, *rules(), "__version__"}
    assert not set(paramcalc._PUBLIC) & set(rules())
    for name, module in paramcalc._PUBLIC.items():
        value, declared = getattr(paramcalc, name), getattr(import_module(f"paramcalc.{module}"), name)
        assert value is declared or (isinstance(value, ModuleType) and callable(value))  # verify: see its __init__.py


def test_unknown_names_suggest_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"module 'paramcalc' has no 'LTSM' \(did you mean 'LSTM'\?\)"):
        paramcalc.LTSM  # noqa: B018
    with pytest.raises(AttributeError):
        paramcalc.__wrapped__  # noqa: B018
    assert not hasattr(paramcalc, "_nothing")


def test_import_star_and_submodules() -> None:
    from paramcalc import LSTM, Input  # the lazy names import as any others

    assert LSTM is paramcalc.LSTM
    assert Input is paramcalc.Input


@pytest.mark.parametrize(
    "use",
    [
        "",
        "paramcalc.Sequential([paramcalc.LSTM(3, input_shape=(5, 4))]).total",
        "paramcalc.Sequential([paramcalc.LSTM('h', input_shape=(None, 4))]).report().to_dict()",
        "paramcalc.Sequential([paramcalc.LSTM('h', input_shape=(None, 4))]).report().to_json()",
        "dir(paramcalc)",
    ],
)
def test_the_core_needs_the_standard_library_alone(use: str) -> None:
    script = f"""
import sys
before = set(sys.modules)
import paramcalc
{use}
loaded = {{name.partition(".")[0] for name in set(sys.modules) - before}} - {{"paramcalc"}}
print(*sorted(loaded - set(sys.stdlib_module_names)))
"""
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("", "")
