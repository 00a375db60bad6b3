"""What the benchmarks share: how a process is timed, a fixture that records each ratio, and the closing table.

Run them with ``pytest tests/benchmarks``; a plain ``pytest`` leaves them out. Every figure is a ratio of two
things measured in the same run on the same machine, so that it means something on another machine too. Times are
processor times, so that what else runs on the machine counts for neither side.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

os.environ["JAX_DISABLE_MOST_OPTIMIZATIONS"] = "0"  # jax compiles as it does for its users, unlike in other tests
Record = Callable[[str, str, str, float, str, bool], None]


class Line(NamedTuple):
    """One line of the closing table."""

    name: str
    ours: str
    peer: str
    ratio: float
    goal: str
    ok: bool


LINES = pytest.StashKey[list[Line]]()


@pytest.fixture(autouse=True)
def names_from_the_start() -> None:
    """Let Keras number its layers from the start; its initial values are drawn as it draws them, unlike in tests."""
    if keras := sys.modules.get("keras"):
        keras.utils.clear_session(free_memory=False)


def child_environment() -> dict[str, str]:
    """Give the environment of a child: Keras on jax, and byte code kept once it is compiled, as in an installation."""
    return {**os.environ, "KERAS_BACKEND": "jax", "PYTHONDONTWRITEBYTECODE": ""}


def cold(command: Sequence[str], answer: str = "") -> float:
    """Run a command in a pipe, insist on its answer, and give its processor time with that of its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=child_environment(), timeout=300)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert answer in done.stdout
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture
def record(pytestconfig: pytest.Config) -> Record:
    """Give a function that records ``(name, ours, peer, ratio, goal, ok)`` and fails where ``ok`` is false."""

    def note(name: str, ours: str, peer: str, ratio: float, goal: str, ok: bool) -> None:
        pytestconfig.stash.setdefault(LINES, []).append(Line(name, ours, peer, ratio, goal, ok))
        assert ok, f"{name}: a ratio of {ratio:,.1f} where the goal is {goal} (ours {ours}, peer {peer})"

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every ratio as a Markdown table, to be pasted into the documentation."""
    lines = terminalreporter.config.stash.get(LINES, [])
    if not lines:
        return
    terminalreporter.section("ratios")
    terminalreporter.write_line("| what | paramcalc | peer | ratio | goal | held |")
    terminalreporter.write_line("|---|---|---|---|---|---|")
    for line in lines:
        held = "yes" if line.ok else "**no**"
        terminalreporter.write_line(
            f"| {line.name} | {line.ours} | {line.peer} | {line.ratio:,.1f} | {line.goal} | {held} |"
        )
