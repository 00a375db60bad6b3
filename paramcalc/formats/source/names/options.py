"""Names: options of layers whose value is unknown, and the attributes that layers keep of their options."""

from __future__ import annotations

from ....core.rule import Rule
from ....errors import ParamcalcError
from ....symbolic import Expr
from ..memory.objects import List, Value
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


def kept_option(run: State, rule: Rule, name: str, value: Value) -> Value:
    """Give the attribute that a layer has of an option: one number for all axes becomes a tuple, as in the rule."""
    if name == "activation" or name.endswith(("_initializer", "_regularizer", "_constraint")):
        return run.unknown(f"{name} of a layer", value)  # a function or an object, whatever was given
    if name not in rule.options or isinstance(value, bool) or not isinstance(value, (int, Expr, tuple, List)):
        return value
    if isinstance(value, List) and value.blur is not None:
        return run.unknown(value.blur.reason, value)
    try:
        found: Value = rule.options[name].kind(tuple(value.items) if isinstance(value, List) else value)
    except ParamcalcError:
        return run.unknown(f"{name} of a layer", value)
    if name in ("axis", "axes") or (name == "padding_idx" and _negative(value)):
        return run.unknown(f"{name} of a layer", value)  # some are kept as lists, some are counted from the front
    return found if isinstance(found, (tuple, float)) else value


def _negative(value: Value) -> bool:
    return isinstance(value, int) and value < 0
