"""Every example in the README and the docs is run, and every generated table is what the rules say now.

In a Markdown page, the lines after ``$ paramcalc …`` in a ``console`` block must be what the command prints; ``>>>``
examples run as doctests, one session a page; what stands between ``<!-- generated: COMMAND -->`` and
``<!-- end -->`` must be the output of the command. ``pytest tests/docs/test_docs.py --update`` writes all of it anew.
"""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "paramcalc").rglob("README.md"))
CONSOLE = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.S)
GENERATED = re.compile(r"(<!-- generated: (.*?) -->\n)(.*?)(<!-- end -->)", re.S)
VERSION = re.compile(r"Keras \d+\.\d+\.\d+(\.dev\d+)?")


def printed(command: str) -> str:
    words = shlex.split(command.replace(".venv/bin/", ""))
    assert words[0] == "paramcalc", f"{command!r} is not a command of this package"
    result = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=600
    )
    return result.stdout + result.stderr


def session(block: str) -> str:
    """Run the commands of a console block; lines that start otherwise than with ``$ paramcalc`` set the scene."""
    parts = re.split(r"(?m)^(?=\$ )", block)
    done = [parts[0]]
    for part in parts[1:]:
        command = part.splitlines()[0][2:]
        last = command.split("&&")[-1].strip()
        if last.startswith(("paramcalc ", ".venv/bin/paramcalc ")):
            done.append(f"$ {command}\n{printed(last).rstrip()}\n")
            done.append("\n" if part.endswith("\n\n") else "")
        else:
            done.append(part)
    return "".join(done)


def refreshed(page: str) -> str:
    page = CONSOLE.sub(lambda match: session(match[1]), page)
    return GENERATED.sub(lambda match: f"{match[1]}\n{printed(match[2]).strip()}\n\n{match[4]}", page)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page(path: Path, update: bool) -> None:
    page = path.read_text(encoding="utf-8")
    fresh = refreshed(page)
    if update:
        path.write_text(fresh, encoding="utf-8")
    else:
        assert VERSION.sub("Keras", page) == VERSION.sub("Keras", fresh)
    parser = doctest.DocTestParser()
    test = parser.get_doctest(re.sub(r"(?m)^```.*$", "", page), {}, path.name, str(path), 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=report.append)
    assert not report, "".join(report)


def test_the_second_command_of_the_readme_is_what_ci_runs() -> None:
    readme, ci = (ROOT / "README.md").read_text(), (ROOT / ".ci/run").read_text()
    commands = re.findall(r"(?m)^\$? ?(python3 -m venv .*)$", readme)
    assert len(commands) == 2
    assert commands[1] in ci


def test_the_notebook_runs(tmp_path: Path, update: bool) -> None:
    nbformat = pytest.importorskip("nbformat")
    from nbclient import NotebookClient

    path = ROOT / "docs" / "notebook.ipynb"
    notebook = nbformat.read(path, as_version=4)
    stored = [cell.get("outputs", []) for cell in notebook.cells]
    place = {"metadata": {"path": str(ROOT / "docs")}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
    if update:
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
        nbformat.write(notebook, path)
        return
    for cell, before in zip(notebook.cells, stored, strict=True):
        texts = [
            [output.get("data", {}).get("text/plain") for output in outputs]
            for outputs in (cell.get("outputs", []), before)
        ]
        assert VERSION.sub("", str(texts[0])) == VERSION.sub("", str(texts[1])), cell.source
