"""The index of rules says the same as the modules it was made from."""

from __future__ import annotations

from importlib import reload
from pathlib import Path

import golden
import pytest

import paramcalc.rules.index as index
from paramcalc.core.framework import BUILT_IN
from paramcalc.core.registry import families, find, rules_in

FILE = Path(index.__file__)
HEADER = '"""Which module declares which rule, by class name and alias. Generated: ``pytest tests/docs --update``."""'


def declared(framework: str) -> dict[str, str]:
    return {
        name: module.__name__.rpartition(".")[2]
        for module in families(framework)
        for rule in rules_in(module)
        for name in (rule.name, *rule.aliases)
    }


def written() -> str:
    lines = [HEADER, "", "FAMILIES = {"]
    for one in BUILT_IN:
        entries = [f'        "{name}": "{module}",' for name, module in declared(one.name).items()]
        lines += [f'    "{one.name}": {{', *entries, "    },"]
    return "\n".join([*lines, "}", ""])


def test_the_index_is_current(update: bool) -> None:
    golden.hold(FILE, written(), update, "tests/docs")
    if update:
        reload(index)  # the tests below read what was written


@pytest.mark.parametrize("framework", [one.name for one in BUILT_IN])
def test_a_name_in_the_index_is_found_in_its_module(framework: str) -> None:
    for name, module in index.FAMILIES[framework].items():
        assert find(name, framework).family == module
