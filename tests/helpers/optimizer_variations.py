"""Configurations of optimizers, and how a library's own tensors are compared with what the table says of them."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from paramcalc.analysis.cost.optimizers import Optimizer, State, optimizer
from paramcalc.analysis.cost.optimizers.read import Row
from paramcalc.errors import OptionError

# what every option is tried with; those that an optimizer or its library refuses are left out
CANDIDATES: tuple[object, ...] = (
    *(True, False, 0.5, 0.0, 2, 3, "schedule", "strong_wolfe", "original", "some_name"),
    *((0.5, 0.9), (0.5, 1.5), (0.5, 0.6, 0.7), ["output"], ["dense", "v1"]),
)
ONE_AT_A_TIME = ("clipnorm", "clipvalue", "global_clipnorm")  # Keras takes one of these
NEEDED = {"nesterov": {"momentum": 0.5}}  # PyTorch's SGD has it with a momentum only
CONFLICTS = {"foreach": ("fused", "differentiable"), "fused": ("foreach", "differentiable")}  # refused by PyTorch

Options = dict[str, object]
Kept = Counter[tuple[int, str]]  # how many tensors of so many elements and this dtype


def accepted(row: Row, options: Options) -> Optimizer | None:
    """Give the optimizer, or none where an option cannot have its value."""
    try:
        return optimizer(row.name, row.framework, **options)
    except OptionError:
        return None


def alternatives(row: Row, option: str, given: Options) -> list[object]:
    """List the values other than its default that an option can have."""
    default = row.options[option].default
    found = [value for value in CANDIDATES if accepted(row, {**given, option: value})]
    return [value for value in found if isinstance(value, bool) != isinstance(default, bool) or value != default]


def deciding(row: Row) -> list[str]:
    """List the options that change what is kept."""
    return list(dict.fromkeys(line.option for line in row.lines if line.option))


def one_by_one(row: Row, given: Options) -> Iterator[Options]:
    """Give each option each value it can have, the others their defaults."""
    for option in row.options:
        if option not in given:
            for value in alternatives(row, option, given):
                needed = {name: one for name, one in NEEDED.get(option, {}).items() if name in row.options}
                yield {**given, **needed, option: value}


def few(row: Row, given: Options) -> Iterator[Options]:
    """Give the defaults; each option that decides by itself; all of those together; all the others together."""
    yield given
    first = {
        option: found[0]
        for option in row.options
        if option not in given and (found := alternatives(row, option, given))
    }
    decides = {option: value for option, value in first.items() if option in deciding(row)}
    for option, value in decides.items():
        yield {**given, option: value}
    yield {**given, **decides}
    others = {option: value for option, value in first.items() if option not in decides}
    for left_out in (*ONE_AT_A_TIME[1:], *CONFLICTS["fused"]):
        others.pop(left_out, None)
    yield {**given, **decides, **others}


def pairs(row: Row, given: Options) -> Iterator[Options]:
    """Give every two options that decide each a value."""
    for one, two in combinations([option for option in deciding(row) if option not in given], 2):
        for first in alternatives(row, one, given)[:2]:
            for second in alternatives(row, two, given)[:2]:
                yield {**given, one: first, two: second}


def told(state: State, own: str) -> Kept:
    """Count the tensors that the table tells, by elements and dtype; ``own`` is the dtype of the weights."""
    found: Kept = Counter()
    for slot in state.slots:
        assert isinstance(slot.elements, int)
        found[slot.elements, slot.dtype or own] += 1
    return found


def signature_of(*classes: type) -> dict[str, object]:
    """List the options of constructors and their defaults; ``*args`` and ``**kwargs`` are none."""
    return {
        name: parameter.default
        for one in classes
        for name, parameter in list(inspect.signature(one.__init__).parameters.items())[1:]  # type: ignore[misc]
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }


def disagreements(row: Row, library: dict[str, object], given: Options) -> list[str]:
    """Compare the options of a row with those of a constructor: their names, and values that decide."""
    found = [f"{row.name} has no option {name}" for name in sorted({*library} - {*row.options})]
    found += [f"{row.name}: no {name} in the library" for name in sorted({*row.options} - {*library})]
    for name in {*row.options} & {*library}:
        default, theirs = row.options[name].default, library[name]
        if name in deciding(row) and name != "learning_rate" and default != theirs:
            found.append(f"{row.name}.{name} is {default} here and {theirs} there")
        required = theirs is inspect.Parameter.empty
        if not required and theirs is not None and accepted(row, {**given, name: theirs}) is None:
            found.append(f"{row.name}.{name} cannot be {theirs}, which is the library's default")
    return found
