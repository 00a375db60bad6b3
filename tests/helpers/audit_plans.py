"""Configurations of a rule for tests of the audit: all of them in mixed order, or a sample, which is made faster."""

from __future__ import annotations

from tiers import in_turn

from paramcalc.core.rule import Rule
from paramcalc.verification.cases import Case, cases, configurations


def plan_of(rule: Rule) -> list[Case]:
    """List all configurations of a rule."""
    return in_turn([*configurations(cases(rule))])


def sample_of(rule: Rule, many: int) -> list[Case]:
    """List so many configurations of a rule, each of another kind, at the largest sizes that are tried for it."""
    return [[*configurations([case])][-1] for case in in_turn([*cases(rule)])[:many]]
