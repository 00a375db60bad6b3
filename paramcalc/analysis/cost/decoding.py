"""Decoding that feeds its output back: what generating a sequence step by step takes.

A prompt of P steps is read in one pass, which gives the first new step. Each further one is fed back and takes one pass
over one step. On a sequence of T steps a layer takes a + b·T + c·T² multiply-adds: c is what relates steps to one
another, as attention does, and a what does not depend on the steps::

    with states and cached keys and values    step t takes a + b + c·t
    without                                   step t takes a + b·t + c·t²

A recurrent layer has c = 0: every step takes the same.

Source: the key-value cache is described in Shazeer 2019, section 2.4.
"""

from __future__ import annotations

from typing import NamedTuple

from ...core.shapes import UnknownShape, shape_text
from ...core.totals import summed
from ...errors import OptionError
from ...graph.model import Model
from ...symbolic import Size, add, collect, exact
from .passes import Training, parts_on, uses
from .sequences import ATTENTION, Uses, check_one_way, in_order, with_time
from .sizes import times_of, with_sizes

METHOD = "decoding step by step"


class Growth(NamedTuple):
    """Multiply-adds of a forward pass over T steps: ``once + (always + steps·T + pairs·T²)``.

    Attributes
    ----------
    once : int or Expr
        Of what does not depend on the steps and is done for the first pass alone, such as an encoder.
    always : int or Expr
        Of what each pass does once, such as an output layer on the last step.
    steps, pairs : int or Expr
        Of each step, and of each pair of two steps.
    """

    once: Size = 0
    always: Size = 0
    steps: Size = 0
    pairs: Size = 0


class Decoding(NamedTuple):
    """What generating a sequence takes.

    Attributes
    ----------
    prompt, tokens : int or Expr
        Steps given, P, and steps generated, M.
    cached : bool
        Whether the states of recurrent layers, and the keys and values of attention, are kept from step to step.
    first : int or Expr
        Multiply-adds of the pass over the prompt, which gives the first new step.
    further : int or Expr
        Multiply-adds of all further passes.
    last : int or Expr
        Multiply-adds of the last of these.
    """

    prompt: Size
    tokens: Size
    cached: bool
    first: Size
    further: Size
    last: Size

    @property
    def macs(self) -> Size:
        """Multiply-adds in all."""
        return _added((self.first, self.further))


def decoding(
    model: Model, *, prompt: Size = 1, tokens: Size, batch: Size | None = None, cached: bool = True
) -> Decoding:
    """Give the multiply-adds of generating a sequence step by step, each output fed back as the next input.

    The caller states that an output fits as the next input, and that attention is causal: a step sees itself and the
    steps before it. Each pass over a prompt computes all T² pairs, as the frameworks do.

    Parameters
    ----------
    model : Model
        With one open time axis; layers on other inputs, such as an encoder of fixed length, are run once.
    prompt, tokens : int or Expr
        Steps given, at least 1 (a start token), and steps generated.
    batch : int or Expr, optional
        How many sequences at once.
    cached : bool
        Whether states, keys and values are kept from step to step. If not, every step runs the model on all steps.

    Raises
    ------
    OptionError
        For bidirectional layers, and layers that mix steps otherwise than by attention.
    """
    for name, size in (("prompt", prompt), ("tokens", tokens)):
        if isinstance(size, int) and size < 1:
            raise OptionError(f"steps of the {name}", expected="at least 1", received=size)
    growth = growth_of(model, batch)
    once, always, steps, pairs = growth
    first = summed((once, always, steps * prompt, pairs * prompt**2))
    begin, end = prompt + 1, prompt + tokens - 1  # the lengths of the sequence at the further passes
    number = tokens - 1
    lengths = (begin + end) * number  # twice their sum
    if cached:
        further = _added(((always + steps) * number, _evenly(pairs * lengths, 2)))
        last = summed((always, steps, pairs * end))
    else:
        squares = pairs * (_squares(end) - _squares(prompt))
        further = _added((always * number, _evenly(steps * lengths, 2), _evenly(squares, 6)))
        last = summed((always, steps * end, pairs * end**2))
    return Decoding(prompt, tokens, cached, first, further, last)


def growth_of(model: Model, batch: Size | None = None) -> Growth:
    """Find out how the multiply-adds of a forward pass grow with the number of steps.

    Raises
    ------
    OptionError
        For layers that cannot decode step by step, and where there is no open time axis or more than one.
    """
    shapes = [shape for shape in model.input_shapes if not isinstance(shape, UnknownShape)]
    if shapes and not times_of(shapes):
        open_axis = f"an open axis such as T in the inputs: {', '.join(map(shape_text, shapes))}"
        raise OptionError(f"{METHOD}: the number of time steps is fixed", expected=open_axis)
    lengths = [_layers(model, batch, steps) for steps in (1, 2, 3, 4)]
    sequence = lengths[0]
    timed = with_time(model, sequence)
    check_one_way(sequence, timed, METHOD, (ATTENTION,))
    repeated = _after(sequence, timed)
    terms = []
    for at, one in enumerate(sequence.uses):
        f1, f2, f3, f4 = (each.uses[at].use.passes.forward for each in lengths)
        pairs = _evenly(summed((f3, -2 * f2, f1)), 2)
        steps = summed((f2, -1 * f1, -3 * pairs))
        rest = summed((f1, -1 * steps, -1 * pairs))
        if summed((rest, 4 * steps, 16 * pairs)) != f4:
            raise OptionError(
                f"{METHOD} is not possible: {one.use.part.layer.type} grows otherwise than with T or T²",
                received=one.path,
            )
        always = not repeated.isdisjoint(one.reads) and one.role != ATTENTION
        terms.append(Growth(0, rest, steps, pairs) if always else Growth(rest, 0, steps, pairs))
    return Growth(*(summed(each) for each in zip(Growth(), *terms, strict=True)))


def _layers(model: Model, batch: Size | None, steps: int) -> Uses:
    shapes = with_sizes(model.input_shapes, batch, steps)
    parts = parts_on(model, shapes)
    found, _ = uses(model, parts, Training(lambda path: True, frozenset()), [False] * len(shapes))
    return in_order(model, found)


def _after(sequence: Uses, timed: frozenset[int]) -> frozenset[int]:
    # the tensors that follow from steps of the sequence, and so are made anew at each of them
    found = set(timed)
    for one in sequence.uses:
        if not found.isdisjoint(one.reads):
            found.update(one.writes)
    return frozenset(found)


def _squares(end: Size) -> Size:
    """Give six times the sum of the squares of the whole numbers up to ``end``."""
    return end * (end + 1) * (2 * end + 1)


def _evenly(numerator: Size, denominator: int) -> Size:
    """Divide what comes out even: term by term where each does, else the whole of it."""
    whole = summed((numerator,))
    terms = collect(exact(whole, denominator))
    return terms if _is_whole(terms) else exact(whole, denominator)


def _added(sizes: tuple[Size, ...]) -> Size:
    """Add up and collect, unless that would leave terms that are no whole numbers by themselves."""
    terms = summed(sizes)
    return terms if _is_whole(terms) else add(sizes)


def _is_whole(size: Size) -> bool:
    return isinstance(size, int) or all(isinstance(factor, int) for factor in size.normal.values())
