"""What a command loads: nothing that its answer does not need. The times of it are in the benchmarks."""

from __future__ import annotations

import subprocess
import sys

import pytest

LSTM = ("lstm", "--in", "108", "--hidden", "128")
LIBRARIES = {"keras", "jax", "torch", "numpy", "sympy", "rich", "yaml", "typer", "pydantic"}
# On top of which everything here is written. Up to Python 3.12, `typing` itself imports `contextlib`.
FOUNDATION = (
    "import __future__, atexit, collections.abc, contextlib, gc, importlib, re, signal, types, typing, warnings"
)
# for signatures, data classes and source code; each takes as long as a tenth of a short answer and more
REFLECTION = {"inspect", "dataclasses", "ast", "dis", "tokenize", "pkgutil", "shlex"}
RUN = """
import sys
sys.argv[0] = "paramcalc"
from paramcalc.cli import main
try:
    main()
except SystemExit:
    pass
"""


def loaded(code: str, *words: str) -> set[str]:
    """Name the modules that are loaded in a process of its own, after the code has run."""
    listing = 'import sys; print("", *sys.modules, sep="\\n", file=sys.stderr)'
    done = subprocess.run([sys.executable, "-c", f"{code}\n{listing}", *words], capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return {*done.stderr.split()}


def own(modules: set[str]) -> set[str]:
    return {name.partition(".")[2] for name in modules if name.startswith("paramcalc.")}


def test_a_single_layer_needs_next_to_nothing_of_the_standard_library() -> None:
    modules = loaded(RUN, *LSTM) - loaded(FOUNDATION)
    others = {name for name in modules if name.partition(".")[0] != "paramcalc"}
    assert others <= {"math", "_bisect", "bisect", "unicodedata"}


def test_a_single_layer_needs_few_modules_of_the_package() -> None:
    modules = own(loaded(RUN, *LSTM))
    assert {name.partition(".")[0] for name in modules}.isdisjoint({"analysis", "formats", "verification"})
    assert modules.isdisjoint({"symbolic.libraries", "symbolic.arrays", "graph.gradients", "graph.wiring"})
    assert {name for name in modules if name.startswith("rules.keras.")} == {"rules.keras.recurrent"}
    assert len(modules) <= 89


@pytest.mark.parametrize(
    "words",
    [
        LSTM,
        (*LSTM, "--json"),
        (*LSTM, "--explain"),
        (*LSTM, "--bidirectional", "--out", "10"),
        ("dense", "--in", "3", "--out", "4"),
        ("--version",),
    ],
)
def test_a_count_by_flags_needs_no_library_and_no_reflection(words: tuple[str, ...]) -> None:
    assert loaded(RUN, *words).isdisjoint(LIBRARIES | REFLECTION)
