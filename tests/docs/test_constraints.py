"""The versions of other packages: what pyproject.toml allows, and what constraints.txt says the tests pass with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from paramcalc.verification.adapters.keras.framework import OLDEST

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(TEXT)["project"]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = dict(line.split("==") for line in LINES if not line.startswith("#"))
EXTRAS = {name: lines for name, lines in PROJECT["optional-dependencies"].items() if name != "torch"}
ASKED = [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]


@pytest.mark.parametrize("line", sorted(set(ASKED)))
def test_every_requirement_has_a_version_it_allows(line: str) -> None:
    asked = Requirement(line)
    pinned = {canonicalize_name(name): version for name, version in PINS.items()}[canonicalize_name(asked.name)]
    assert asked.specifier.contains(pinned)


def test_constraints_are_names_and_versions() -> None:
    assert all(re.fullmatch(r"[\w.-]+", name) and str(Version(version)) for name, version in PINS.items())
    assert not any("+" in version for version in PINS.values())  # a build for one kind of machine
    assert "torch" not in PINS  # .ci/run installs it by itself, where it is needed
    assert "paramcalc" not in PINS


def test_the_oldest_versions_are_those_of_the_ranges() -> None:
    lines = (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()
    oldest = dict(line.split("==") for line in lines if not line.startswith("#"))
    ranges = {asked.name: asked.specifier for asked in map(Requirement, ASKED) if asked.specifier}
    lowest = {
        name: Version(one.version) for name, range in ranges.items() for one in range if one.operator in (">=", "==")
    }
    assert {name: Version(version) for name, version in oldest.items() if name != "jaxlib"} == lowest
    assert oldest["jaxlib"] == oldest["jax"]  # they are released together
    assert lowest["keras"].release[:2] == OLDEST


def test_every_range_states_its_reason() -> None:
    lines = TEXT[: TEXT.index("[project.scripts]")].splitlines()
    ranges = [at for at, line in enumerate(lines) if re.search(r'"[\w-]*\s*[<>=~!]=?\s*[0-9]', line)]
    assert len(ranges) > 5
    for at in ranges:
        assert "#" in lines[at] or lines[at - 1].lstrip().startswith("#"), lines[at]
