"""Command lines that are read without typer: the same values, or left to typer."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, strategies as st

from paramcalc.cli import app
from paramcalc.cli.options import Command
from paramcalc.cli.plain import plain
from paramcalc.cli.typer_app import build

NAMES = [name for names in app.MODULES.values() for name in names]


def command(name: str, words: list[str]) -> Command:
    (made,) = app._commands(name, words)
    return made


def by_typer(made: Command, words: list[str]) -> dict[str, Any] | None:
    """The values typer hands to the command, or nothing where it has something to say."""
    seen: list[dict[str, Any]] = []
    asked = build([made._replace(run=lambda **values: seen.append(values))])
    try:
        asked([made.name, *words], standalone_mode=False)
    except Exception:  # a usage error of typer
        return None
    return seen[0] if seen else None


VALUES = st.sampled_from(["3", "d_x", "4*k", "", "-", "--", "-1", "007", "1e3", "true", "x=y", "filters=8", "½", "٣"])


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A command and words: its flags in any spelling and order, values, and words of other kinds."""
    name = draw(st.sampled_from(NAMES))
    flags = [word for one in command(name, []).parameters for word in one.flags]
    words = draw(st.lists(st.sampled_from([*flags, "--framework", "-h", "-x", "--inn"]) | VALUES, max_size=8))
    for at, word in enumerate(words):
        if word.startswith("-") and draw(st.booleans()):
            words[at] = f"{word}={draw(VALUES)}"
    return name, words


@given(lines())
def test_a_line_is_read_as_typer_reads_it_or_left_to_typer(line: tuple[str, list[str]]) -> None:
    name, words = line
    made = command(name, words)
    values = plain(made.parameters, words)
    if values is not None:
        assert values == by_typer(made, words)


@given(st.data())
def test_good_lines_are_read_without_typer(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    made = command(name, [])
    words: list[str] = []
    for one in made.parameters:
        if one.flags:
            flag = data.draw(st.sampled_from(sorted(one.flags)))
            words += [flag] if one.kind is bool else [flag, "3"]
        else:
            words += (["x=1", "y=2"] if one.name == "options" else ["x", "y"]) if one.many else ["word"]
    made = command(name, words)
    values = plain(made.parameters, words)
    assert values is not None
    assert values == by_typer(made, words)


@pytest.mark.parametrize(
    "words",
    [
        ["lstm", "--in", "108", "--hidden", "128"],
        ["layer", "Conv2D", "--input", "32,32,3", "filters=8", "kernel_size=3", "--json"],
        ["dense", "--in=3", "--out=4", "--no-bias"],
        ["formula", "lstm"],
        ["--version"],
    ],
)
def test_a_plain_line_does_not_import_typer(words: list[str], run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [module for module in sys.modules if module.partition(".")[0] == "typer" or "typer_app" in module]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "typer", None)  # importing it fails
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert out
