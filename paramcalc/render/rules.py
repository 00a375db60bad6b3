"""The rules themselves as a table: the layers there are, their weights, their formulas and why."""

from __future__ import annotations

from typing import Any

from ..errors import OptionError
from ..rules.formula import Formula, rule_formula
from ..rules.registry import rules
from ..rules.rule import Rule
from .sheet import Cell, Math, Sheet, Table
from .views import markdown, text


def rule_records(framework: str = "keras") -> list[dict[str, Any]]:
    """Give one record for each rule: name, family, formula, reason, options."""
    records = []
    for rule in rules(framework).values():
        formula = default_formula(rule)
        records.append(
            {
                "type": rule.name,
                "family": rule.family,
                "formula": repr(formula) if formula else None,
                "why": rule.why,
                "options": list(rule.options),
            }
        )
    return records


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
        cells: tuple[Cell, ...] = (rule.name, Math(formula.expr) if formula else "none", rule.why)
        families.setdefault(rule.family, []).append(cells)
    for family, rows in families.items():
        tables.append(Table(("layer", "parameters", "why"), rows, title=family))
    made = Sheet(f"{len(rules(framework))} layers of {framework.title()}", "", [], tables)
    if format == "text":
        return text.write(made, ascii)
    if format == "markdown":
        return markdown.write(made)
    raise OptionError("unknown format", expected="text or markdown", received=format)
