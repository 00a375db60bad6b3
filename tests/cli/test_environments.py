"""paramcalc works without docstrings, from a zip file, and where characters are missing."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from tiers import quick

import paramcalc

PACKAGE = Path(paramcalc.__file__).parent
LINES = [
    "lstm --in 3 --hidden 4 --explain",
    "why lstm --in 3 --hidden 4 --got 145",
    "lstm --in 3 --hidden 4 --compare",
    "gru --in 3 --hidden 4 --framework torch",
    "schema",
    "layers",
    "lstm -h",
    "formula nn.LSTM",
]


SCRIPT = """
import sys
from paramcalc.cli import main

for words in sys.argv[1:]:
    sys.argv = ["paramcalc", *words.split()]
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code or 0
    for stream in (sys.stdout, sys.stderr):
        print(f"\\0{code}\\0", file=stream, end="", flush=True)
"""


class Ran(NamedTuple):
    """What came of a command line."""

    code: int
    out: str
    err: str


def run(*flags: str, **environ: str) -> dict[str, Ran]:
    """Run all lines in one child process of these flags of Python and this environment."""
    done = subprocess.run(
        [sys.executable, *flags, "-c", SCRIPT, *LINES],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
    )
    assert done.returncode == 0, done.stderr
    out, err = done.stdout.split("\0"), done.stderr.split("\0")
    codes = map(int, out[1::2])
    return dict(zip(LINES, map(Ran, codes, out[::2], err[::2]), strict=False))


@pytest.fixture(scope="module")
def plain() -> dict[str, Ran]:
    return run()


def test_plain(plain: dict[str, Ran]) -> None:
    assert list(plain) == LINES
    assert {(ran.code, ran.err) for ran in plain.values()} == {(0, "")}
    assert all(ran.out.count("\n") > 0 for ran in plain.values())


def test_from_a_zip_file(plain: dict[str, Ran], tmp_path: Path) -> None:
    path = tmp_path / "paramcalc.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in PACKAGE.rglob("*"):
            if file.is_file() and file.suffix != ".pyc":
                archive.write(file, file.relative_to(PACKAGE.parent))
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import paramcalc; print(paramcalc.__file__)"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(path)},
        cwd=tmp_path,
    ).stdout
    assert "paramcalc.zip" in where
    assert run("-P", PYTHONPATH=str(path)) == plain


def test_without_docstrings(plain: dict[str, Ran]) -> None:
    found = run("-OO")
    assert [(ran.code, ran.err) for ran in found.values()] == [(ran.code, "") for ran in plain.values()]
    assert all(ran.out.count("\n") > 0 for ran in found.values())


@pytest.mark.parametrize("encoding", quick(["ascii", "cp1252", "latin-1"], 3))
def test_an_encoding_that_lacks_characters(encoding: str, plain: dict[str, Ran]) -> None:
    for words, ran in run(PYTHONIOENCODING=encoding).items():
        assert ran.code == plain[words].code, words
        assert "Traceback" not in ran.err
        assert "\\u" not in ran.out or words == "schema"
