"""The recurrent cells of the literature as explanations: the number may come from another cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..core.rule import Rule
from .causes import PAPER
from .stacks import Change, Stack, conventions, formula, literature, row_at, rule_of, switches, with_option

COST = 1.3  # of another cell; each option adds to it
VOWELS = re.compile(r"[aeiouAEIOU]|[FHLMNRSX][A-Z]")  # names that take "an": LSTM is spelled out, "el"


def of_papers(stack: Stack) -> Iterator[Change]:
    """Replace the layer by each cell of the literature, with default options and with one option changed."""
    if stack.options:
        return
    # a count that a framework's convention or an option of the layer gives is explained by those, not by a paper
    told = {formula(place, ()) for place, _ in conventions(stack.cell, False)} | {formula(stack.row, ())}
    for place in literature():
        plain = replace(stack, row=place, steps=0)
        named = rule_of(place) is _same(stack)
        for made in (plain, *(with_option(plain, *switch) for switch in switches(place))):
            if made is None or (named and made.options) or (not made.options and formula(made.row, ()) in told):
                continue
            key = f"{PAPER}{rule_of(place).name}{''.join(f' {name}={value}' for name, value in made.options)}"
            yield Change(key, _text(made), COST + 0.1 * len(made.options), made)


def _same(stack: Stack) -> Rule | None:
    # the cell of the literature with the same count; `variants` tries its options already
    name = next((at for at in literature() if formula(at, ()) == formula(stack.row, ())), None)
    return None if name is None or stack.cell not in rule_of(name).name else rule_of(name)


def _text(stack: Stack) -> str:
    rule = rule_of(stack.row)
    if stack.options:
        options = ", ".join(f"{name}={value}" for name, value in stack.options)
        return f"paper.{row_at(stack.row).layers[0]}({options})"
    why = f"{rule.why[:1].lower()}{rule.why[1:].removesuffix('.')}"
    words = _words(max((rule.name, *rule.aliases), key=len))
    if words == rule.name:
        return f"paper.{rule.name}: {why}"
    return f"{'an' if VOWELS.match(words) else 'a'} {words} (paper.{rule.name}): {why}"


def _words(name: str) -> str:
    # MinimalGatedUnit: minimal gated unit; MultiplicativeLSTM: multiplicative LSTM; IndRNN stays
    parts = re.findall(r"[A-Z][a-z]+|[A-Z]+(?![a-z])", name)
    if "".join(parts) != name or len(parts) < 2 or len(parts[0]) < 4:
        return name
    return " ".join(part if part.isupper() else part.lower() for part in parts)
