"""Files that are made by the program and kept to be read: golden files, the index of rules, stubs."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import paramcalc

ROOT = Path(paramcalc.__file__).parents[1]
SHOWN = 40  # lines of a difference


def hold(path: Path, made: str, update: bool, tests: str) -> None:
    """Hold a file against what is made now; with ``update``, write it.

    Parameters
    ----------
    path : Path
    made : str
    update : bool
        Whether ``--update`` was given.
    tests : str
        The tests that write it, as pytest takes them.
    """
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    remedy = f"run `pytest {tests} --update`, and read the change before you commit it"
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    assert path.exists(), f"{name} is missing: {remedy}"
    kept = path.read_text(encoding="utf-8")
    changes = unified_diff(kept.splitlines(), made.splitlines(), "as it is kept", "as it is made", "", "", 1, "")
    assert kept == made, "\n".join([f"{name} is out of date: {remedy}", *[*changes][:SHOWN]])
