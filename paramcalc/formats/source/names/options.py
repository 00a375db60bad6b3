"""Names: options of layers whose value is unknown."""

from __future__ import annotations

from ....core.rule import Rule
from ....errors import ParamcalcError
from ..memory.objects import Value
from ..memory.state import State
from ..values.operations import sized


class Unread(Exception):
    """An option whose value is unknown."""


def size_of_option(run: State, rule: Rule, name: str, value: Value) -> Value:
    """Give the size symbol of an unknown option; of a switch or a word, for which no symbol can stand, the option."""
    found = sized(run, value)
    if found is not value and name in rule.options:
        try:
            rule.options[name].kind(found)
        except ParamcalcError:
            return value
    return found
