"""The changes that ``why`` tries on a stack of recurrent layers: common mistakes and framework conventions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial

from ..core.framework import framework, title
from ..rules.conventions.compare import against
from ..rules.conventions.read import rows
from .causes import PAPER, ROUND, Cause, mistaken, plural, telling
from .literature import of_papers
from .search import first
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

SLOTS = {
    2: "including one optimizer slot per parameter (momentum)",
    3: "including two optimizer slots per parameter (Adam)",
}
BYTES = {4: "the size in bytes (float32)", 2: "the size in bytes (float16)", 8: "the size in bytes (float64)"}
STATE = "{}, step counter and learning rate"  # the two numbers that Keras's optimizers keep besides the slots
CONVENTION = "convention"  # the family of changes to another framework's convention
BOOKKEEPING = 2  # Keras's step counter and learning rate
SQUARE = 2.4  # highest cost of a size that enters the count squared; below that of two changes
GUESS, GUESSED = 0.9, 3.4  # added for a size that enters linearly, since many fit by chance; and the highest cost
SHARED = 2.1  # highest cost of a vocabulary that two layers share
FEWEST = 20  # smallest vocabulary considered
RARER = 0.2  # added for the rarer of two changes that are described alike
BIASES = ("use_bias", "bias")  # options of all biases of a layer
FORGETFUL = 0.1  # by which a bias too few is likelier than other options
LARGEST = 10_000_000  # largest size solved for


def changes(stack: Stack, got: int) -> Iterator[Change]:
    """Try every single change; free sizes are solved so that the count is ``got``, where that is possible."""
    for family in (whose, variants, depth, sizes, besides, multiples):
        yield from family(stack, got)


def whose(stack: Stack, got: int) -> Iterator[Change]:
    """Try the conventions of other frameworks for the same cell; those with equal counts are one change."""
    if stack.options:
        return
    own = rows()[stack.row]
    for place, alike in conventions(stack.cell, stack.directions > 1):
        row = rows()[place]
        options_tell = row.framework == own.framework and rule_of(place) is rule_of(stack.row)
        if not options_tell and formula(place, ()) != formula(stack.row, ()):
            cost = 1.0 if framework(row.framework).common else 1.1 if alike else 1.45  # 1.45: one framework alone
            yield Change(f"{CONVENTION} {place}", _as_theirs(stack, place, alike), cost, replace(stack, row=place))


def _as_theirs(stack: Stack, place: int, alike: Iterable[str]) -> str:
    row = rows()[place]
    others = f" (and {', '.join(alike)})" if alike else ""
    said = f"{_reason(place, stack.row)}{each(stack)}"
    return f"{title(row.framework)}'s {row.called}{others}: {said}"


def _before(one: Change, stack: Stack, after: Change) -> Change:
    # name only the frameworks of this convention that support the second change, too
    if _family(one) != CONVENTION or after.stack.directions == one.stack.directions:
        return one
    alike = dict(conventions(stack.cell, after.stack.directions > 1)).get(one.stack.row, ())
    return one._replace(text=_as_theirs(stack, one.stack.row, alike))


@cache
def _reason(place: int, own: int) -> str:
    return against(rows()[place], rows()[own])


def each(stack: Stack) -> str:
    """Write how often the difference of one layer counts: `` in each of 2 layers and both directions``."""
    places = [f"each of {stack.layers} layers"] * (stack.layers > 1) + ["both directions"] * (stack.directions > 1)
    times = f", times {stack.times}" if stack.times > 1 else ""
    return f" in {' and '.join(places)}{times}" if places else times


def variants(stack: Stack, got: int) -> Iterator[Change]:
    """Try the options of the layer, and options from the literature that its framework does not have."""
    own = list(switches(stack.row))
    yield from _with(stack, own, 1.0)
    paper = next((at for at, row in enumerate(rows()) if (row.framework, row.cell) == ("paper", stack.cell)), None)
    base = stack
    if paper is not None and not stack.options and formula(paper, ()) == formula(stack.row, ()):
        base = replace(stack, row=paper)
        names = {name for name, _ in own}
        yield from _with(base, [one for one in switches(paper) if one[0] not in names], 1.2)
    projection = projection_of(base.row)
    if projection:  # only to fewer features than there are units, since a projection saves weights
        made = partial(with_option, base, projection)
        yield from _solved(base, got, "projection", "a projection to {:,} feature{s}", made, base.d_h - 1)


def _with(stack: Stack, options: Iterable[tuple[str, object]], cost: float) -> Iterator[Change]:
    for name, value in options:
        made = with_option(stack, name, value)
        if made is not None and made.count != stack.count:
            yield Change(f"{name}={value}", _option(name, value), cost - FORGETFUL * (name in BIASES), made)


def _option(name: str, value: object) -> str:
    return name.replace("_", " ") if value is True else f"{name}={value}"


def depth(stack: Stack, got: int) -> Iterator[Change]:
    """Try other numbers of layers and directions, and other cells."""
    other = 3 - stack.directions
    text = "bidirectional" if other == 2 else "unidirectional"
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
                made = replace(stack, row=place)
                text = f"{row.called} instead of {rows()[stack.row].called}{_one_gate(stack, made)}"
                yield Change(f"cell {row.called}", text, 1.2, made)


def _one_gate(stack: Stack, other: Stack) -> str:
    # a plain cell has the weights of one gate, which is what somebody counts who forgets the others
    ours, theirs = formula(stack.row, stack.options), formula(other.row, other.options)
    gates = next((n for n in (3, 4) if ours == n * theirs), None)
    return "" if gates is None else f" (one gate of {gates} is counted)"


def sizes(stack: Stack, got: int) -> Iterator[Change]:
    """Try swapped sizes, and sizes other than the stated ones."""
    if stack.d_x != stack.d_h:
        yield Change("swapped", "input and hidden size swapped", 1.1, replace(stack, d_x=stack.d_h, d_h=stack.d_x))
    here = f"an input size of {{:,}} instead of {stack.d_x:,}", f"{{:,}} unit{{s}} instead of {stack.d_h:,}"
    for one in _solved(stack, got, "input size", here[0], lambda n: replace(stack, d_x=n)):
        if one.stack.d_x == stack.steps:
            yield one._replace(text=f"{one.text}: the number of time steps, not of features", cost=1.1)
        elif one.stack.d_x == stack.d_h:
            yield one._replace(text=f"{one.text}: the number of units, not of features", cost=1.1)
        else:  # a bias vector has as many weights as one input feature, so many numbers fit some input size
            known = mistaken(one.stack.d_x, stack.d_x)
            yield one._replace(alone=known or _guessed(one), guess=known is None)
    for one in _solved(stack, got, "hidden size", here[1], lambda n: replace(stack, d_h=n)):
        # the count grows with its square, so few sizes fit by chance
        yield one._replace(alone=mistaken(one.stack.d_h, stack.d_h) or min(one.cost, SQUARE))


def besides(stack: Stack, got: int) -> Iterator[Change]:
    """Try extra layers before and after the stack, and the stack without its dense layer."""
    if stack.output:
        yield Change("no output", "without the dense layer", 1.0, replace(stack, output=0))
        other = f"the dense layer with{'out' * stack.biased} bias"
        yield Change("output bias", other, 1.0, replace(stack, biased=not stack.biased))
        if stack.directions > 1 and not stack.halved:
            reads = f"the dense layer reads one direction: {stack.width // 2:,} features, not {stack.width:,}"
            yield Change("output reads", reads, 1.1, replace(stack, halved=True))
    else:
        text = "an extra dense layer with {:,} unit{s}"
        for one in _solved(stack, got, "output", text, lambda n: replace(stack, output=n)):
            yield one._replace(alone=_guessed(one))
        text = "an extra dense layer with {:,} unit{s} and no bias"
        for one in _solved(stack, got, "output without bias", text, lambda n: replace(stack, output=n, biased=False)):
            likely = one.stack.output >= FEWEST and one.cost <= ROUND
            yield one._replace(cost=one.cost + GUESS, alone=(one.cost if likely else GUESSED) + RARER)
    if not stack.vocabulary:
        text = "an extra embedding of {:,} token{s}"
        for one in _solved(stack, got, "embedding", text, lambda n: replace(stack, vocabulary=n)):
            known = ROUND if one.stack.vocabulary == stack.output else None
            yield one._replace(alone=known or _guessed(one))
    if not stack.vocabulary and not stack.output:
        yield from _language(stack, got)


def _language(stack: Stack, got: int) -> Iterator[Change]:
    # an embedding, and a dense layer with one unit for each of its tokens
    model = "a language model: an extra embedding and output layer for {:,} token{s}"
    ways = {"": stack, ", without bias": replace(stack, biased=False)}
    if stack.d_x == stack.width:
        ways[", with tied weights"] = replace(stack, tied=True)
    for text, base in ways.items():
        make = partial(_with_vocabulary, base)
        for one in _solved(stack, got, f"language{text}", model + text, make):
            # a vocabulary need not be round, and few differences are multiples of d_x + d_h + 1
            alone = min(one.cost, SHARED) if one.stack.biased and one.stack.output >= FEWEST else _guessed(one)
            yield one._replace(cost=one.cost + GUESS, alone=alone + RARER * bool(text))


def _with_vocabulary(stack: Stack, tokens: int) -> Stack:
    return replace(stack, vocabulary=tokens, output=tokens)


def _guessed(one: Change) -> float:
    # as the only change, a size that need only divide the difference is a guess unless it is round
    return one.cost if one.cost <= ROUND else min(one.cost + GUESS, GUESSED)


def multiples(stack: Stack, got: int) -> Iterator[Change]:
    """Try counts that include optimizer slots, and sizes in bytes."""
    if stack.times > 1:
        return
    for times, text in SLOTS.items():
        yield Change(f"slots {times}", text, 1.3, replace(stack, times=times))
        state = replace(stack, times=times, more=BOOKKEEPING)
        yield Change(f"slots {times} and state", STATE.format(text), 1.3, state)
    for times, text in BYTES.items():
        yield Change(f"bytes {times}", text, 1.35 + times / 100, replace(stack, times=times))


def _solved(
    stack: Stack, got: int, key: str, text: str, make: Callable[[int], Stack | None], largest: int = LARGEST
) -> Iterator[Change]:
    # the size at which the count is ``got``: by division where the count is linear in it, else by bisection, since
    # counts grow with every size
    smallest = make(1)
    if smallest is None or smallest.count > got:
        return
    second, third = make(2), make(3)
    if second is not None and third is not None and third.count - second.count == second.count - smallest.count:
        low = (got - smallest.count) // max(second.count - smallest.count, 1) + 1
    else:
        found = first(lambda number: (made := make(number)) is None or made.count >= got, max(largest, 1))
        low = largest + 1 if found is None else found
    made = make(low) if low <= largest else None
    if made is not None and made.count == got and made != stack:
        yield Change(f"{key} {low}", text.format(low, s=plural(low)), telling(low), made)


def chains(stack: Stack, got: int) -> Iterator[tuple[Cause, ...]]:
    """Give the single changes, and the sequences of two changes, whose count is ``got``."""
    found = list(changes(stack, got))
    tried = [*found, *of_papers(stack)]
    singles = [one._replace(cost=one.alone or one.cost) for one in tried if one.stack.count == got]
    for several in alike(stack, singles, papers=True):
        # cells of the literature are named only where no other change gives the count
        papers = several[0].key.startswith(PAPER)
        yield (_cause(stack, [one for one in several if papers or not one.key.startswith(PAPER)], alone=True),)
    # equal counts may differ after a second change: a dense layer reads both directions, but not two copies
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


def of_stack(stack: Stack) -> Iterator[Cause]:
    """Give the conventions and options whose differences add to those of a mistake in one layer."""
    for one in (*whose(stack, 0), *variants(stack, 0)):
        if one.stack.count != stack.count:
            yield _cause(stack, [one])


def alike(stack: Stack, found: list[Change], papers: bool = False) -> Iterable[list[Change]]:
    """Group changes that give equal counts at all sizes, such as two directions and two copies."""
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
