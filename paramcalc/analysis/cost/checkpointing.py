"""Gradient checkpointing: keep little of the forward pass, and do it once more on the way back.

A sequence of T steps is cut into m segments, as even as possible. The forward pass keeps the states between segments
and nothing else. On the way back, each segment is run once more, from the states it starts with, and keeps its steps
until it is done::

    extra multiply-adds    one more forward pass of what is recomputed
    kept                   (m − 1) · states + ⌈T/m⌉ · what a step keeps

The second line is least near m = √(T · what a step keeps / states), so it grows with √T.
The same holds of the layers of a chain, with the tensors between segments of layers in place of the states.

Sources: Chen et al. 2016; Gruslys et al. 2016 (over time).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import isqrt
from typing import NamedTuple

from ...core.totals import summed
from ...errors import OptionError
from ...graph.model import Model
from ...symbolic import Size, ceil_div, maximum
from .passes import Use
from .sequences import LOOP, MIXES, check_one_way, check_recurrent, in_order, with_time

METHOD = "checkpointing over time"
SQRT = "sqrt"


class Checkpointing(NamedTuple):
    """What gradient checkpointing over time takes.

    Attributes
    ----------
    segments : int or Expr
        m, how many segments there are.
    longest : int or Expr
        ⌈T/m⌉, the steps of the longest one.
    extra : int or Expr
        Multiply-adds of what is done once more.
    borders : int or Expr
        Numbers in the states between the segments.
    inside : int or Expr
        Numbers that one segment keeps.
    """

    segments: Size
    longest: Size
    extra: Size
    borders: Size
    inside: Size

    @property
    def kept(self) -> Size:
        """Numbers kept at most at a time."""
        return self.borders + self.inside


def over_time(
    steps: Size, states: Size, a_step: Size, forward: Size, segments: Size | str = SQRT, once: Size = 0
) -> Checkpointing:
    """Say what checkpointing a recurrence over time takes.

    Parameters
    ----------
    steps : int or Expr
        T.
    states : int or Expr
        Numbers in the states that one step hands to the next, of all layers and samples.
    a_step : int or Expr
        Numbers that one step keeps for the backward pass.
    forward : int or Expr
        Multiply-adds of the forward pass of what is recomputed, all steps together.
    segments : int, Expr or "sqrt"
        m, or the best number, at which the least is kept. That is near √T where a step keeps about as much as the
        states are.
    once : int or Expr
        Numbers that a segment keeps whatever its length.

    Raises
    ------
    OptionError
        When there are more segments than steps, or the best number is asked for and a size is a symbol.
    """
    if isinstance(segments, str):
        if segments != SQRT:
            raise OptionError("segments of checkpointing", expected="a number or sqrt", received=segments)
        if not (isinstance(steps, int) and isinstance(states, int) and isinstance(a_step, int)):
            raise OptionError(
                "the best number of segments needs numbers",
                expected="a batch, a number of time steps and layers of known size",
                suggestion="give the number of segments",
            )
        segments = best_segments(steps, states, a_step)
    if isinstance(segments, int) and (segments < 1 or (isinstance(steps, int) and segments > steps)):
        raise OptionError("segments of checkpointing", expected=f"1 to {steps}", received=segments)
    longest = ceil_div(steps, segments)
    return Checkpointing(segments, longest, forward, (segments - 1) * states, longest * a_step + once)


def best_segments(steps: int, states: int, a_step: int) -> int:
    """Find the smallest m at which (m − 1) · states + ⌈T/m⌉ · a_step is least, exactly.

    Notes
    -----
    With segments of at most L steps the fewest segments are ⌈T/L⌉, and with m segments the longest has ⌈T/m⌉ steps. So
    it is enough to try either all m or all L. Both curves lie less than one rounding above a convex one, so only values
    near the minimum of that one can be best: some T^(1/4) of them.
    """
    if states <= 0 or a_step <= 0:  # one of the two is free
        return 1 if a_step <= 0 else steps
    if a_step >= states:  # fewer lengths than numbers of segments are near the minimum
        return min(_ceil(steps, length) for length in _least(steps, a_step, states))
    return min(_least(steps, states, a_step))


def _least(steps: int, dear: int, cheap: int) -> list[int]:
    """List the n from 1 to T at which n · dear + ⌈T/n⌉ · cheap is least."""

    def kept(n: int) -> int:
        return n * dear + _ceil(steps, n) * cheap

    def below(n: int) -> int:  # n times a bound that the curve is not below
        return n * n * dear + steps * cheap

    middle = min(max(isqrt(steps * cheap // dear), 1), steps)
    least, found = kept(middle), [middle]
    for way in (-1, 1):
        n = middle + way
        while 1 <= n <= steps and below(n) <= least * n:
            value = kept(n)
            if value < least:
                least, found = value, [n]
            elif value == least:
                found.append(n)
            n += way
    return found


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def recomputed(model: Model, found: Sequence[Use]) -> Size:
    """Give the multiply-adds of the recurrent layers forwards, which checkpointing over time does once more.

    Raises
    ------
    OptionError
        For models that cannot be cut into segments of steps: bidirectional layers, attention over the steps.
    """
    sequence = in_order(model, found)
    check_one_way(sequence, with_time(model, sequence), METHOD, (MIXES,), backwards=True)
    check_recurrent(sequence, METHOD)
    return summed(
        one.use.passes.forward for one in sequence.uses if one.role == LOOP and one.use.reached and one.use.live
    )


class Link(NamedTuple):
    """One layer of a chain.

    Attributes
    ----------
    output : int or Expr
        Numbers in its output.
    inside : int or Expr
        Numbers that it keeps for the backward pass, its input aside.
    forward : int or Expr
        Multiply-adds forwards.
    """

    output: Size
    inside: Size
    forward: Size


def over_layers(chain: Sequence[Link], lengths: Sequence[int] = ()) -> Checkpointing:
    """Say what checkpointing a chain of layers takes: each segment keeps its input, and is run once more.

    Parameters
    ----------
    chain : list of Link
    lengths : list of int
        How many layers each segment has; one each when left out.

    Returns
    -------
    Checkpointing
        Its longest segment is the one with the most layers. The input of the chain is data, and not counted.

    Raises
    ------
    OptionError
        When the segments have other than all layers.
    """
    lengths = [*lengths] or [1] * len(chain)
    if not chain or min(lengths) < 1 or sum(lengths) != len(chain):
        raise OptionError(
            "segments of checkpointing", expected=f"lengths that add up to {len(chain)} layers", received=lengths
        )
    ends = [*accumulate(lengths)]
    segments = [chain[start:end] for start, end in pairwise([0, *ends])]
    return Checkpointing(
        len(segments),
        max(lengths),
        summed(one.forward for one in chain),
        summed(one[-1].output for one in segments[:-1]),
        maximum(*(summed(layer.inside for layer in one) for one in segments)),
    )
