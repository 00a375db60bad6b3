"""Why is my number different? The fewest changes to a model that lead to a given count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import inf

from ..displayed import Displayed
from ..errors import OptionError
from ..graph.model import Model
from .causes import Cause, Explanation, plural
from .family import model_of

FARTHER = 1.9  # explanations that cost this much more than the best one are left out
SURE = 1.2  # highest cost of an option, a convention or another cell
SAID = re.compile(
    r"\.\w+=|bias|\bB$|twice|gates?\b|one direction$|steps$|units$"
)  # mistakes that such a change may be, too
ALIKE = 0.21  # mistakes whose costs differ by no more than this are given together
NAMED = 6  # most mistakes named in one explanation
FARTHER_BY_TWO = 1.4  # the same for pairs of changes, where a single change fits


class Explanations(list[Explanation], Displayed):
    """The explanations of a number, the likeliest first; a list that is displayed as a table.

    Attributes
    ----------
    model : Model
    got : int
        The number that is explained.
    """

    presented_by = "paramcalc.render.why:presentation_of"

    def __init__(self, found: Iterable[Explanation], model: Model, got: int) -> None:
        super().__init__(found)
        self.model = model
        self.got = got

    def __repr__(self) -> str:
        return f"<{len(self)} explanation{plural(len(self))} of {self.got:,} for {self.model.label!r}>"

    def __reduce__(self) -> tuple[type[Explanations], tuple[list[Explanation], Model, int]]:
        return Explanations, ([*self], self.model, self.got)


def why(model: object, got: int, most: int = 5) -> Explanations:
    """Explain a number that differs from the count of a model.

    Parameters
    ----------
    model : paramcalc.Model, a Keras model or a PyTorch module
        All sizes must be known. A live model is read by `paramcalc.from_keras` or `paramcalc.from_torch`.
    got : int
        The number to explain.
    most : int
        Maximum number of explanations.

    Returns
    -------
    Explanations
        The likeliest first: fewest changes, then the most common ones. Empty if nothing fits; one explanation
        without causes if the numbers are equal.

    Raises
    ------
    OptionError
        If the count of the model is an expression, or ``got`` is not a positive integer.
    ParamcalcError
        If ``model`` is not a model.
    """
    model = model_of(model)
    total = model.total
    if not isinstance(total, int):
        raise OptionError("the count is an expression", expected="a value for every size", received=str(total))
    if not isinstance(got, int) or isinstance(got, bool) or got <= 0:
        raise OptionError("not a count", expected="a positive whole number", received=got)
    if got == total:
        return Explanations([Explanation(())], model, got)
    found = [Explanation(causes) for causes in _found(model, got, total)]
    best: dict[object, Explanation] = {}
    for one in sorted(_together(found), key=lambda one: one.cost):
        best.setdefault(frozenset(cause.key for cause in one.causes), one)
    likely = list(best.values())
    near = [one for one in likely if one.cost <= likely[0].cost + _slack(one, likely[0])][:most]
    return Explanations((_worded(one, rank) for rank, one in enumerate(near)), model, got)


def _found(model: Model, got: int, total: int) -> Iterator[tuple[Cause, ...]]:
    from .changes import chains, of_stack
    from .layers import pairs, sums
    from .mistakes import mistakes
    from .stacks import stack_of

    stack = stack_of(model)
    if stack is None:
        yield from sums(model, got)
        return
    changed = list(chains(stack, got))
    yield from changed
    known = any(len(causes) == 1 and causes[0].cost <= SURE for causes in changed)
    by_hand = mistakes(model, model.report(), total, got)
    # what an option or a convention of the whole stack says as well is said by it
    by_hand = [one for one in by_hand if not (known and SAID.search(one.key))]
    for causes in pairs([*by_hand, *of_stack(stack)], got - total):
        made = [cause for cause in causes if cause.mistake]
        if made and (len(made) == len(causes) or not SAID.search(made[0].key)):
            yield causes


def _together(found: list[Explanation]) -> Iterator[Explanation]:
    # mistakes of one number that are about equally likely are one explanation
    by_hand = sorted((one for one in found if not one.several and one.causes[0].mistake), key=lambda one: one.cost)
    papers = by_hand[0].cost if by_hand else inf  # a cell of the literature is named where nothing likelier fits
    for one in found:
        if one.several or not (one.causes[0].mistake or (one.causes[0].paper and one.cost > papers)):
            yield one
    while by_hand:
        near = [one.causes[0] for one in by_hand if one.cost <= by_hand[0].cost + ALIKE]
        by_hand = by_hand[len(near) :]
        texts = list(dict.fromkeys(one.text for one in near))
        if len(texts) > NAMED:
            texts[NAMED:] = [f"{len(texts) - NAMED} other mistakes"]
        also = tuple(one.key for one in near[1:])
        yield Explanation((replace(near[0], text=", or ".join(texts), texts=tuple(texts), also=also),))


def _worded(one: Explanation, rank: int) -> Explanation:
    # a guess must not look as certain as a cause
    label = "would also fit" if rank else "would fit"
    return Explanation(
        tuple(replace(cause, text=f"{label}: {cause.text}") if cause.guess else cause for cause in one.causes)
    )


def _slack(one: Explanation, likeliest: Explanation) -> float:
    return FARTHER_BY_TWO if one.several and not likeliest.several else FARTHER
