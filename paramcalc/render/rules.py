"""The rules themselves as a table: the layers there are, their weights, their formulas and why."""

from __future__ import annotations

import re
from typing import Any

from ..core.formula import Formula, rule_formula
from ..core.framework import framework as framework_named, title
from ..core.registry import rules
from ..core.rule import Rule
from ..errors import OptionError
from ..rules.keras.unknown import OPAQUE
from .document import Cell, Math, Sheet, Table
from .writers import markdown, text

VERIFIED, UNKNOWN = "verified", "unknown"
STATUS = {"legacy": "of Keras 2", "applications": "of keras.applications"}  # of a family, where it is another
BASIS = {"paper": "from its paper"}  # of a framework that nobody can install


def status(rule: Rule) -> str:
    """Say what a rule is held against."""
    if rule.family == "recurrent" and not framework_named(rule.framework).package:  # of the table of conventions
        return "verified" if re.search(r"; run ", rule.about) else "read at its source"
    return STATUS.get(rule.family) or BASIS.get(rule.framework, VERIFIED)


def rule_records(framework: str = "keras") -> list[dict[str, Any]]:
    """Give one record for each layer: name, family, formula, status, reason, options.

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
    return OPAQUE if framework == "keras" else {}


def default_formula(rule: Rule) -> Formula | None:
    """Give the formula of a rule at its defaults, or ``None`` where there is nothing to learn."""
    try:
        return rule_formula(rule)
    except OptionError:  # a required option that is no size, as Reshape's target: nothing to learn there
        return None


def rule_table(format: str = "text", framework: str = "keras", ascii: bool = False) -> str:
    """Write the table of rules as text or Markdown, a family at a time.

    Raises
    ------
    OptionError
        For another format.
    """
    tables = []
    families: dict[str, list[tuple[Cell, ...]]] = {}
    for rule in rules(framework).values():
        formula = default_formula(rule)
        count: Cell = Math(formula.expr) if formula else "none"
        cells = (rule.name, count, status(rule), rule.why)
        families.setdefault(rule.family, []).append(cells)
    for name, why in opaque(framework).items():
        families.setdefault(UNKNOWN, []).append((name, "at least 0", UNKNOWN, f"{why[0].upper()}{why[1:]}."))
    for family, rows in families.items():
        tables.append(Table(("layer", "parameters", "status", "why"), rows, title=family))
    whose = title(framework)
    number = sum(map(len, families.values()))
    made = Sheet(f"{number} layer{'s' * (number != 1)} of {whose}", "", [], tables)
    if format == "text":
        return text.write(made, ascii)
    if format == "markdown":
        return markdown.write(made)
    raise OptionError("unknown format", expected="text or markdown", received=format)
