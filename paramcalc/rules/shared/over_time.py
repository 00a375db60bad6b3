"""Recurrent layers: a cell run over the T time steps of a sequence, for all frameworks.

The weights are those of the cell and do not depend on T. The work is T times that of the cell. Each step reads the
states of the step before.
"""

from collections.abc import Callable
from typing import TypedDict, cast

from ...core.built import Built
from ...core.products import Work, loop
from ...core.schema import options_of_dict
from ...core.shapes import Shape
from ...core.sources import written_out
from ...errors import ShapeError
from ...symbolic import Size, is_known
from ...untyped import OptionValue

AXIS = 1  # the time axis; axis 0 is the batch


class OverTime(TypedDict):
    """Options about time that every recurrent layer has."""

    return_sequences: bool
    return_state: bool
    go_backwards: bool
    stateful: bool


TIME = options_of_dict(OverTime)


def over_time(x: Shape, step: Built, time: OverTime, dead: int = 0) -> Built:
    """Run a cell over the time steps: the weights count once, the work T times.

    Parameters
    ----------
    x : tuple of int or Expr
        The whole input, (B, T, …).
    step : Built
        The cell on one time step; its first output is the output of the step, the others are the new states.
    time : OverTime
    dead : int
        How many steps read a state that is a constant (see `loop`).
    """
    batch, steps = x[0], x[AXIS]
    if time["stateful"] and not is_known(batch):
        raise ShapeError(
            "a stateful layer keeps one state for each sample, so the batch size must be known",
            suggestion="give the batch size",
        )
    out = step.shapes()[0]
    if time["return_sequences"]:
        out = (batch, steps, *out[1:])
    work = step.work
    return step.repeated(
        (out, *step.states) if time["return_state"] else (out,),
        (lambda: _repeated(step, work(), steps, dead)) if work else None,
    )


def _repeated(step: Built, work: Work, steps: Size, dead: int) -> Work:
    # the outputs of a cell are its output and the new value of each state
    _, *carried = map(written_out, step.flows(work, 1, 1 + len(step.states)))
    return loop(work, steps, carried, dead)


def layer_of(cell: Callable[..., Built]) -> Callable[..., Built]:
    """Make the function of a recurrent layer from the function of its cell.

    The layer takes the input of the cell with an additional time axis after the batch. Its options are those of the
    cell and of `OverTime`.
    """

    def layer(x: Shape, /, **options: OptionValue) -> Built:
        time = cast(OverTime, {name: options.pop(name) for name in TIME})
        return over_time(x, cell((x[0], *x[2:]), **options), time)

    return layer
