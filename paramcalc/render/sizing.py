"""Solved sizes and models of equal size in the forms that views take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..catalogue import message
from ..rules.conventions.compare import signed
from ..symbolic import Expr, unicode
from .document import Cell, Document, Fact, Math, Table, number
from .presentation import Presentation, Records

if TYPE_CHECKING:
    from ..analysis.sizing.match import Matches
    from ..analysis.sizing.result import Solution

TITLES = {
    "at_most": "the largest {sizes} with at most {budgets}",
    "at_least": "the smallest {sizes} with at least {budgets}",
    "near": "the {sizes} nearest to {budgets}",
}
BUDGETS = {"params": "{limit} parameters", "macs": "{limit} MACs", "memory": "{limit} of memory"}
NONE = {
    "at_most": "nothing that was tried is within the budget; the proof has what exceeds it by the least",
    "at_least": "nothing that was tried reaches the budget; the proof has what comes nearest",
}


def solution_presentation(found: Solution) -> Presentation:
    """Give a solved size in the forms that views are made from."""
    return Presentation(partial(_solution, found), partial(_candidates, found), found.to_dict)


def _solution(found: Solution, explain: bool = False) -> Document:
    # the answer, its amounts, the proof, and which candidates were searched
    facts = [Fact(name, f"{value:,}", strong=True) for name, value in found.sizes.items()]
    if found.answer is None:
        facts = [Fact(name, message("none"), strong=True) for name in found.ranges]
        facts.append(Fact(message("note"), message(NONE[found.mode])))
    else:
        facts += [
            Fact(message(quantity.title), quantity.text(found.answer.amounts[quantity.name]))
            for quantity, _ in found.budgets
        ]
    facts += [Fact(message("proof"), line) for line in found.lines]
    facts.append(Fact(message("search"), found.search))
    facts += [Fact(message("counted for"), line) for line in _setting(found)]
    if explain:
        facts += _explanation(found)
    budgets = [message(BUDGETS[quantity.name], limit=quantity.text(limit)) for quantity, limit in found.budgets]
    subtitle = message(TITLES[found.mode], sizes=_and([*found.ranges]), budgets=_and(budgets))
    return Document(found.name, subtitle, facts, [])


def _and(words: Sequence[str]) -> str:
    *most, last = words
    return message("{most} and {last}", most=", ".join(most), last=last) if most else last


def _explanation(found: Solution) -> Iterator[Fact]:
    for quantity, _ in found.budgets:
        size = found.formulas.get(quantity.name)
        if isinstance(size, Expr):
            title = message("formula of the {quantity}", quantity=message(quantity.title))
            yield Fact(title, Math(size.expand()))
    for name, size in found.tied.items():
        yield Fact(message("tied"), f"{name} = {unicode(size)}")
    if found.closed_form:
        yield Fact(message("closed form"), found.closed_form)


def _setting(found: Solution) -> Iterator[str]:
    names = {quantity.name for quantity, _ in found.budgets}
    setting = found.setting
    sizes = [message("batch {size}", size=unicode(setting.batch))] if setting.batch is not None else []
    sizes += [message("{size} time steps", size=unicode(setting.steps))] if setting.steps is not None else []
    if "macs" in names:
        one = [message("one sample")] if setting.batch is None else []
        yield message("MACs: {sizes}", sizes=", ".join([*one, *sizes]))
    if "memory" in names:
        kind = message("a training step") if setting.training else message("inference")
        optimizer = message("no optimizer") if setting.optimizer is None else setting.optimizer
        more = [optimizer] if setting.training else []
        yield message("memory: {sizes}", sizes=", ".join([kind, *sizes, setting.dtype, *more]))


def _candidates(found: Solution) -> Records:
    # one for the answer, and one for each candidate beside it
    quantities = [quantity.name for quantity, _ in found.budgets]
    lines = [
        {**one.sizes, **{name: one.amounts.get(name) for name in quantities}, "answer": one is found.answer}
        for one in (*([found.answer] if found.answer else []), *found.beside)
    ]
    return Records((*found.ranges, *quantities, "answer"), lines)


def matches_presentation(found: Matches) -> Presentation:
    """Give models of equal size in the forms that views are made from."""
    return Presentation(partial(_matches, found), partial(_match_records, found), found.to_dict)


def _matches(found: Matches) -> Document:
    rows: list[tuple[Cell, ...]] = [(found.name, "", number(found.total), "")]
    rows += [
        (f"{one.kind} ({one.model.framework})", _sizes(one.sizes), number(one.total), signed(one.difference))
        for one in found
    ]
    headers = tuple(map(message, ("model", "sizes", "parameters", "difference")))
    facts = [Fact(one.kind, line) for one in found for line in (one.description, *one.limits) if line]
    return Document(found.name, message("models of about the same size"), facts, [Table(headers, rows, (2, 3))], lead=1)


def _sizes(sizes: Mapping[str, int]) -> str:
    layers = sizes["layers"]
    depth = message("1 layer") if layers == 1 else message("{count} layers", count=layers)
    return ", ".join([*(f"{name} = {size:,}" for name, size in sizes.items() if name != "layers"), depth])


def _match_records(found: Matches) -> Records:
    sizes = ("h", "d", "layers")
    names = ("kind", "framework", *sizes, "total", "difference")
    lines = [(one.kind, one.model.framework, *map(one.sizes.get, sizes), one.total, one.difference) for one in found]
    return Records(names, [dict(zip(names, line, strict=True)) for line in lines])
