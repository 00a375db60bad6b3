"""The changes tried on a stack of recurrent layers: what people mistake, and what frameworks differ in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial

from ..core.framework import title
from ..rules.conventions.compare import against
from ..rules.conventions.read import rows
from .causes import ROUND, Cause, mistaken, plural, telling
from .literature import PAPER, of_papers
from .stacks import (
    CELLS,
    DEEPEST,
    Change,
    Stack,
    both_ways,
    conventions,
    formula,
    projection_of,
    rule_of,
    switches,
    with_option,
)

SLOTS = {2: "one optimizer slot for each parameter (momentum)", 3: "two optimizer slots for each (Adam)"}
BYTES = {4: "bytes of float32", 2: "bytes of float16", 8: "bytes of float64"}
CONVENTION = "convention"  # the family of changes to another framework's
BOOKKEEPING = 2  # Keras's iteration and learning rate
SQUARE = 2.4  # at most, of one that few counts fit; less than two changes
GUESS, GUESSED = 0.9, 3.4  # more, of one that many do, and at most
SHARED = 2.1  # at most, of a vocabulary that two layers have
FEWEST = 20  # tokens of a language
RARER = 0.2  # of two that are told alike
LARGEST = 10_000_000  # sizes solved for


def changes(stack: Stack, got: int) -> Iterator[Change]:
    """Try every single change; sizes nobody stated are those that lead to ``got``, if any do."""
    for family in (whose, variants, depth, sizes, besides, multiples):
        yield from family(stack, got)


def whose(stack: Stack, got: int) -> Iterator[Change]:
    """Another framework's convention for the same cell; those that count alike are one."""
    if stack.options:
        return
    own = rows()[stack.row]
    for place, alike in conventions(stack.cell, stack.directions > 1):
        row = rows()[place]
        options_tell = row.framework == own.framework and rule_of(place) is rule_of(stack.row)
        if not options_tell and formula(place, ()) != formula(stack.row, ()):
            cost = 1.0 if row.framework in ("keras", "torch") else 1.1 if alike else 1.45  # one that nobody shares
            yield Change(f"{CONVENTION} {place}", _as_theirs(stack, place, alike), cost, replace(stack, row=place))


def _as_theirs(stack: Stack, place: int, alike: Iterable[str]) -> str:
    row = rows()[place]
    others = f" (and {', '.join(alike)})" if alike else ""
    said = f"{_reason(place, stack.row)}{each(stack)}"
    return f"{title(row.framework)}'s {row.called}{others}: {said}"


def _before(one: Change, stack: Stack, after: Change) -> Change:
    # of those who share a convention, name the ones that can also do what comes after
    if _family(one) != CONVENTION or after.stack.directions == one.stack.directions:
        return one
    alike = dict(conventions(stack.cell, after.stack.directions > 1)).get(one.stack.row, ())
    return one._replace(text=_as_theirs(stack, one.stack.row, alike))


@cache
def _reason(place: int, own: int) -> str:
    return against(rows()[place], rows()[own])


def each(stack: Stack) -> str:
    """Say how often the difference of one layer is there: `` in each of 2 layers and both directions``."""
    places = [f"each of {stack.layers} layers"] * (stack.layers > 1) + ["both directions"] * (stack.directions > 1)
    times = f", {stack.times} times over" if stack.times > 1 else ""
    return f" in {' and '.join(places)}{times}" if places else times


def variants(stack: Stack, got: int) -> Iterator[Change]:
    """Options of the layer, and those the literature knows where its own framework does not."""
    own = list(switches(stack.row))
    yield from _with(stack, own, 1.0)
    paper = next((at for at, row in enumerate(rows()) if (row.framework, row.cell) == ("paper", stack.cell)), None)
    base = stack
    if paper is not None and not stack.options and formula(paper, ()) == formula(stack.row, ()):
        base = replace(stack, row=paper)
        names = {name for name, _ in own}
        yield from _with(base, [one for one in switches(paper) if one[0] not in names], 1.2)
    projection = projection_of(base.row)
    if projection:  # to fewer numbers than there are units: it is there to save weights
        made = partial(with_option, base, projection)
        yield from _solved(base, got, "projection", "a projection to {:,}", made, base.d_h - 1)


def _with(stack: Stack, options: Iterable[tuple[str, object]], cost: float) -> Iterator[Change]:
    for name, value in options:
        made = with_option(stack, name, value)
        if made is not None and made.count != stack.count:
            yield Change(f"{name}={value}", _option(name, value), cost, made)


def _option(name: str, value: object) -> str:
    return name.replace("_", " ") if value is True else f"{name}={value}"


def depth(stack: Stack, got: int) -> Iterator[Change]:
    """Layers and directions; another cell."""
    other = 3 - stack.directions
    text = "both directions (bidirectional)" if other == 2 else "one direction only"
    if both_ways(stack.row):
        yield Change(f"directions {other}", text, 1.0, replace(stack, directions=other))
    for layers in range(1, DEEPEST + 1):
        if layers != stack.layers:
            several = f"{layers} layer{plural(layers)} instead of {stack.layers}"
            yield Change(
                f"layers {layers}", several, 1.05 + 0.05 * abs(layers - stack.layers), replace(stack, layers=layers)
            )
    if not stack.options:
        framework = rows()[stack.row].framework
        for place, row in enumerate(rows()):
            if row.framework == framework and row.cell in CELLS.values() and row.cell != stack.cell:
                yield Change(f"cell {row.called}", f"{row.called} instead", 1.2, replace(stack, row=place))


def sizes(stack: Stack, got: int) -> Iterator[Change]:
    """Sizes swapped, or others than stated."""
    if stack.d_x != stack.d_h:
        yield Change("swapped", "input and hidden size swapped", 1.1, replace(stack, d_x=stack.d_h, d_h=stack.d_x))
    here = f"an input size of {{:,}} instead of {stack.d_x:,}", f"{{:,}} unit{{s}} instead of {stack.d_h:,}"
    for one in _solved(stack, got, "input size", here[0], lambda n: replace(stack, d_x=n)):
        if one.stack.d_x == stack.steps:
            yield one._replace(text=f"{one.text}: time steps for features", cost=1.1)
        else:  # every bias more or less is as many weights as some inputs have
            known = mistaken(one.stack.d_x, stack.d_x)
            yield one._replace(alone=known or _guessed(one), guess=known is None)
    for one in _solved(stack, got, "hidden size", here[1], lambda n: replace(stack, d_h=n)):
        # counts are squares of it: few fit by accident
        yield one._replace(alone=mistaken(one.stack.d_h, stack.d_h) or min(one.cost, SQUARE))


def besides(stack: Stack, got: int) -> Iterator[Change]:
    """Layers that may be counted along, or left out."""
    if stack.output:
        yield Change("no output", "without the dense layer", 1.0, replace(stack, output=0))
        other = f"the dense layer with{'out' * stack.biased} bias"
        yield Change("output bias", other, 1.0, replace(stack, biased=not stack.biased))
        if stack.directions > 1 and not stack.halved:
            reads = f"the dense layer reads one direction, {stack.width // 2:,} numbers, not {stack.width:,}"
            yield Change("output reads", reads, 1.1, replace(stack, halved=True))
    else:
        told = "a dense layer of {:,} counted along"
        for one in _solved(stack, got, "output", told, lambda n: replace(stack, output=n)):
            yield one._replace(alone=_guessed(one))
        told = "a dense layer of {:,} without bias counted along"
        for one in _solved(stack, got, "output without bias", told, lambda n: replace(stack, output=n, biased=False)):
            likely = one.stack.output >= FEWEST and one.cost <= ROUND
            yield one._replace(cost=one.cost + GUESS, alone=(one.cost if likely else GUESSED) + RARER)
    if not stack.vocabulary:
        told = "an embedding of {:,} token{s} counted along"
        for one in _solved(stack, got, "embedding", told, lambda n: replace(stack, vocabulary=n)):
            known = ROUND if one.stack.vocabulary == stack.output else None
            yield one._replace(alone=known or _guessed(one))
    if not stack.vocabulary and not stack.output:
        yield from _language(stack, got)


def _language(stack: Stack, got: int) -> Iterator[Change]:
    # an embedding of as many tokens as a dense layer turns back into
    told = "a language model: an embedding of {:,} token{s} and a dense layer back to them counted along"
    ways = {"": stack, ", without bias": replace(stack, biased=False)}
    if stack.d_x == stack.width:
        ways[", which share their matrix"] = replace(stack, tied=True)
    for text, base in ways.items():
        make = partial(_with_vocabulary, base)
        for one in _solved(stack, got, f"language{text}", told + text, make):
            # few differences can be divided by both sizes and one, and vocabularies are of any size
            alone = min(one.cost, SHARED) if one.stack.biased and one.stack.output >= FEWEST else _guessed(one)
            yield one._replace(cost=one.cost + GUESS, alone=alone + RARER * bool(text))


def _with_vocabulary(stack: Stack, tokens: int) -> Stack:
    return replace(stack, vocabulary=tokens, output=tokens)


def _guessed(one: Change) -> float:
    # a size that need only divide the difference, as the only change: what is not round is a guess
    return one.cost if one.cost <= ROUND else min(one.cost + GUESS, GUESSED)


def multiples(stack: Stack, got: int) -> Iterator[Change]:
    """Optimizer slots, bytes."""
    if stack.times > 1:
        return
    for times, text in SLOTS.items():
        yield Change(f"slots {times}", text, 1.3, replace(stack, times=times))
        state = replace(stack, times=times, more=BOOKKEEPING)
        yield Change(f"slots {times} and state", f"{text}, its step and rate", 1.3, state)
    for times, text in BYTES.items():
        yield Change(f"bytes {times}", text, 1.35 + times / 100, replace(stack, times=times))


def _solved(
    stack: Stack, got: int, key: str, text: str, make: Callable[[int], Stack | None], largest: int = LARGEST
) -> Iterator[Change]:
    # the size at which the count is ``got``: found by division where two steps are alike, else by halving, for
    # counts grow with every size
    first = make(1)
    if first is None or first.count > got:
        return
    second, third = make(2), make(3)
    if second is not None and third is not None and third.count - second.count == second.count - first.count:
        low = (got - first.count) // max(second.count - first.count, 1) + 1
    else:
        low = _halved(got, make, largest)
    made = make(low) if low <= largest else None
    if made is not None and made.count == got and made != stack:
        yield Change(f"{key} {low}", text.format(low, s=plural(low)), telling(low), made)


def _halved(got: int, make: Callable[[int], Stack | None], largest: int) -> int:
    low, high = 1, max(largest, 1)
    while low < high:
        middle = (low + high) // 2
        made = make(middle)
        if made is None or made.count >= got:
            high = middle
        else:
            low = middle + 1
    return low


def chains(stack: Stack, got: int) -> Iterator[tuple[Cause, ...]]:
    """Give the single changes, and the pairs of them one after the other, that lead to ``got``."""
    found = list(changes(stack, got))
    tried = [*found, *of_papers(stack)]
    singles = [one._replace(cost=one.alone or one.cost) for one in tried if one.stack.count == got]
    for several in alike(stack, singles, papers=True):
        # what is told without the literature needs none
        papers = several[0].key.startswith(PAPER)
        yield (_cause(stack, [one for one in several if papers or not one.key.startswith(PAPER)], alone=True),)
    # first changes that count alike may part after the second: an output layer sees two directions, but not two copies
    pairs: dict[object, tuple[list[Change], list[Change]]] = {}
    for one in found:
        if one.stack.count not in (got, stack.count):
            there = [two for two in changes(one.stack, got) if two.stack.count == got and _family(two) != _family(one)]
            for seconds in alike(one.stack, there):
                key = one.stack.count, tuple(two.key for two in seconds)
                pairs.setdefault(key, ([], seconds))[0].append(one)
    for firsts, seconds in pairs.values():
        for several in alike(stack, firsts):
            named = [_before(one, stack, seconds[0]) for one in several]
            yield _cause(stack, named), _cause(several[0].stack, seconds)


def alike(stack: Stack, found: list[Change], papers: bool = False) -> Iterable[list[Change]]:
    """Put changes together that count alike at all sizes: nobody can tell two directions from two copies."""
    if len(found) < 2:
        return [[one] for one in found]
    elsewhere = replace(stack, d_x=stack.d_x + 7, d_h=stack.d_h + 11)
    tried = (*changes(elsewhere, 0), *(of_papers(elsewhere) if papers else ()))
    counts = {change.key: change.stack.count for change in tried}
    groups: dict[object, list[Change]] = {}
    for one in sorted(found, key=lambda one: one.cost):
        groups.setdefault((one.stack.count, counts.get(one.key, one.key)), []).append(one)
    return groups.values()


def _family(change: Change) -> str:
    return change.key.split()[0].split("=")[0]


def _cause(before: Stack, several: list[Change], alone: bool = False) -> Cause:
    first = several[0]
    text = ", or ".join(change.text for change in several)
    also = tuple(one.key for one in several[1:])
    return Cause(first.key, text, first.stack.count - before.count, first.cost, also, alone and first.guess)
