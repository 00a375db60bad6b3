"""Every example in the README and the docs is run, and every generated table is what the rules say now.

In a Markdown page, the lines after ``$ paramcalc …`` in a ``console`` block must be what the command prints; ``>>>``
examples run as doctests, one session a page; what stands between ``<!-- generated: COMMAND -->`` and
``<!-- end -->`` must be the output of the command. ``pytest tests/docs/test_docs.py --update`` writes all of it anew.
"""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "paramcalc").rglob("README.md"))
CONSOLE = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.S)
GENERATED = re.compile(r"(<!-- generated: (.*?) -->\n)(.*?)(<!-- end -->)", re.S)
Run = Callable[..., tuple[int, str, str]]
VERSION = re.compile(r"Keras \d+\.\d+\.\d+(\.dev\d+)?")


class Place(NamedTuple):
    """A command in a page: where it stands, what it is, and what stands there as its output."""

    path: Path
    start: int
    end: int
    command: str

    @property
    def page(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.page.count(chr(10), 0, self.start) + 1}"


def places(path: Path) -> Iterator[Place]:
    """Find the commands of this package in a page; other commands set the scene."""
    page = path.read_text(encoding="utf-8")
    for block in CONSOLE.finditer(page):
        for match in re.finditer(r"(?m)^\$ (.*)\n((?:(?!\$ ).*\n)*)", block[1]):
            last = match[1].split("&&")[-1].strip().removeprefix(".venv/bin/")
            if last.startswith("paramcalc "):
                output = match[2].rstrip("\n")
                start = block.start(1) + match.start(2)
                yield Place(path, start, start + len(output), last)
    for match in GENERATED.finditer(page):
        yield Place(path, match.start(3), match.end(3), match[2])


# From the last place of a page to the first: what --update writes moves nothing that is still to be written.
@pytest.mark.parametrize("place", [place for path in PAGES for place in [*places(path)][::-1]], ids=str)
def test_a_command(place: Place, run: Run, monkeypatch: pytest.MonkeyPatch, update: bool) -> None:
    program, *words = shlex.split(place.command)
    assert program == "paramcalc", f"{place.command!r} is not a command of this package"
    monkeypatch.chdir(ROOT)
    _, out, err = run(*words)
    fresh, page = (out + err).rstrip("\n"), place.page
    if page[: place.start].endswith("-->\n"):
        fresh = f"{fresh.strip()}\n\n"
    elif place.start == place.end and fresh:  # an output that is new needs a line of its own
        fresh += "\n"
    if update:
        place.path.write_text(page[: place.start] + fresh + page[place.end :], encoding="utf-8")
    else:
        kept = VERSION.sub("Keras", page[place.start : place.end])
        assert kept == VERSION.sub("Keras", fresh), f"{place} is out of date: run `pytest tests/docs --update`"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_examples_of_a_page(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    parser = doctest.DocTestParser()
    test = parser.get_doctest(re.sub(r"(?m)^```.*$", "", page), {}, path.name, str(path), 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_blocks_begin_and_end_on_lines_of_their_own(path: Path) -> None:
    fences = [line for line in path.read_text(encoding="utf-8").splitlines() if "```" in line]
    assert [line for line in fences if not line.lstrip().startswith("```")] == []
    assert len(fences) % 2 == 0


@pytest.mark.parametrize("name", ["rule.family", "proj_size"])
def test_the_tables_of_contributing_name_every_file_that_has_to_change(name: str) -> None:
    """What depends on the family of a rule, and what on an option of a recurrent layer of PyTorch."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    cells = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    paths = [path for path in (ROOT / "paramcalc").rglob("*.py") if name in path.read_text(encoding="utf-8")]
    missing = [named for path in paths if f"`{(named := path.relative_to(ROOT).as_posix())}`" not in cells]
    assert paths
    assert not missing, f"name what depends on {name} in the table of CONTRIBUTING.md: {', '.join(missing)}"


def test_the_spec_of_the_readme_is_an_example() -> None:
    (spec,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    assert spec == (ROOT / "docs/examples/short.yaml").read_text(encoding="utf-8")
    assert len(spec.splitlines()) == 5


def test_the_second_command_of_the_readme_is_what_ci_runs() -> None:
    readme, ci = (ROOT / "README.md").read_text(), (ROOT / ".ci/run").read_text()
    commands = re.findall(r"(?m)^\$? ?(python3 -m venv .*)$", readme)
    assert len(commands) == 2
    assert commands[1] in ci


@pytest.mark.exhaustive  # it starts a kernel, which imports all anew
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
