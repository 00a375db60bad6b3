"""The rules themselves as a table: the layers there are, their weights, their formulas and why."""

from __future__ import annotations

import re
from functools import partial

from ..catalogue import message
from ..core.formula import Formula, rule_formula
from ..core.framework import framework as framework_named, title
from ..core.registry import families, rules
from ..core.rule import Rule
from ..errors import OptionError
from ..untyped import Written
from .document import Cell, Document, Math, Table
from .presentation import Presentation, Records, listed

UNKNOWN = "unknown"
STATUS = {"legacy": "of Keras 2", "applications": "of keras.applications"}  # of a family, where it is another


def status(rule: Rule) -> str:
    """Say what a rule is held against."""
    framework = framework_named(rule.framework)
    if rule.family == "recurrent" and not framework.package:  # of the table of conventions
        return "verified" if re.search(r"; run ", rule.about) else framework.evidence
    return STATUS.get(rule.family, framework.evidence)


def presentation(framework: str) -> Presentation:
    """Give the rules of a framework in the forms that views are made from."""
    data = partial(rule_data, framework)
    return Presentation(partial(_document, framework), partial(_records, framework), data)


def rule_data(framework: str) -> list[dict[str, Written]]:
    """Describe each layer: name, family, formula, status, reason, options.

    The status is ``verified`` for a rule held against the installed framework, ``from its paper`` where there is
    none, and ``unknown`` for a layer that no rule can know.
    """
    records = []
    for rule in rules(framework).values():
        formula = default_formula(rule)
        records.append(
            {
                "type": rule.name,
                "family": rule.family,
                "formula": repr(formula) if formula else None,
                "status": status(rule),
                "why": rule.why,
                "options": list(rule.options),
            }
        )
    for name, why in opaque(framework).items():
        records.append({"type": name, "family": UNKNOWN, "formula": None, "status": UNKNOWN, "why": why, "options": []})
    return records


def opaque(framework: str) -> dict[str, str]:
    """Name the layers no rule can know, and say why."""
    return {name: why for module in families(framework) for name, why in getattr(module, "OPAQUE", {}).items()}


def default_formula(rule: Rule) -> Formula | None:
    """Give the formula of a rule at its defaults, or ``None`` where there is nothing to learn."""
    try:
        return rule_formula(rule)
    except OptionError:  # a required option that is no size, as Reshape's target: nothing to learn there
        return None


def _records(framework: str) -> Records:
    return listed(
        [{**one, "formula": one["formula"] or "", "options": " ".join(one["options"])} for one in rule_data(framework)]
    )


def _document(framework: str) -> Document:
    # a family at a time
    families: dict[str, list[tuple[Cell, ...]]] = {}
    for rule in rules(framework).values():
        formula = default_formula(rule)
        count: Cell = Math(formula.expr) if formula else message("none")
        cells = (rule.name, count, message(status(rule)), message(rule.why))
        families.setdefault(rule.family, []).append(cells)
    for name, why in opaque(framework).items():
        said = message(f"{why[0].upper()}{why[1:]}.")
        families.setdefault(UNKNOWN, []).append((name, message("at least 0"), message(UNKNOWN), said))
    headers = tuple(map(message, ("layer", "parameters", "status", "why")))
    tables = [Table(headers, rows, title=message(family)) for family, rows in families.items()]
    number = sum(map(len, families.values()))
    counted = "{count} layer of {framework}" if number == 1 else "{count} layers of {framework}"
    return Document(message(counted, count=number, framework=message(title(framework))), "", [], tables)
