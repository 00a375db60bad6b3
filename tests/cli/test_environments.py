"""paramcalc works without docstrings, from a zip file, and where characters are missing."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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


def run(words: str, *flags: str, **environ: str) -> subprocess.CompletedProcess[str]:
    script = "import sys; from paramcalc.cli import main; sys.argv = ['paramcalc', *sys.argv[1:]]; main()"
    return subprocess.run(
        [sys.executable, *flags, "-c", script, *words.split()],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
    )


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zip") / "paramcalc.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in PACKAGE.rglob("*"):
            if file.is_file() and file.suffix != ".pyc":
                archive.write(file, file.relative_to(PACKAGE.parent))
    return path


@pytest.mark.parametrize("words", LINES)
def test_from_a_zip_file(words: str, zipped: Path, tmp_path: Path) -> None:
    found = run(words, "-P", PYTHONPATH=str(zipped))
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import paramcalc; print(paramcalc.__file__)"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(zipped)},
        cwd=tmp_path,
    ).stdout
    assert "paramcalc.zip" in where
    assert (found.returncode, found.stderr) == (run(words).returncode, "")
    assert found.stdout == run(words).stdout


@pytest.mark.parametrize("words", LINES)
def test_without_docstrings(words: str) -> None:
    found = run(words, "-OO")
    assert (found.returncode, found.stderr) == (run(words).returncode, "")
    assert found.stdout.count("\n") > 0


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
@pytest.mark.parametrize("words", LINES)
def test_an_encoding_that_lacks_characters(words: str, encoding: str) -> None:
    found = run(words, PYTHONIOENCODING=encoding)
    assert found.returncode == run(words).returncode
    assert "Traceback" not in found.stderr
    assert "\\u" not in found.stdout or words == "schema"
