"""Time: a cell run over the steps of a sequence, whoever's cell it is.

The weights are the cell's, whatever T is; the work is T times the cell's.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Annotated, Any, TypedDict, Unpack

from ...core.rule import Built, Inputs, Shape
from ...errors import ShapeError
from ...symbolic import is_known


class OverTime(TypedDict):
    """What every recurrent layer can be told about time."""

    return_sequences: bool
    return_state: bool
    go_backwards: bool
    stateful: bool


def over_time(x: Shape, step: Built, time: OverTime) -> Built:
    """Run a cell over the time steps: its weights once, its work T times. ``step``, just built, becomes the layer's."""
    batch, T, out, macs = x[0], x[1], step.outs[0], step.macs
    if time["stateful"] and not is_known(batch):
        raise ShapeError(
            "a stateful layer keeps one state for each sample, so the batch size must be known",
            suggestion="give the batch size",
        )
    if time["return_sequences"]:
        out = (batch, T, *out[1:])
    step.outs = (out, *step.states) if time["return_state"] else (out,)
    step.macs = lambda: T * macs() if macs else 0
    return step


class Loop:
    """A cell's function as its layer's: the input has a time axis, the options those of time besides."""

    def __init__(self, cell: Callable[..., Built]) -> None:
        update_wrapper(self, cell)
        self.cell = cell
        self.__code__ = cell.__code__
        self.__defaults__ = cell.__defaults__
        self.__kwdefaults__ = cell.__kwdefaults__
        x = cell.__code__.co_varnames[0]
        batch, *rest = cell.__annotations__[x].__metadata__[0].tokens
        sequence = Annotated[Shape, Inputs(" ".join((batch, "T", *rest)))]
        self.__annotations__ = {**cell.__annotations__, x: sequence, "time": Unpack[OverTime]}

    def __call__(self, x: Shape, /, **options: Any) -> Built:
        """Build the cell on one step, and run it over all of them."""
        time = OverTime(**{name: options.pop(name) for name in OverTime.__annotations__})  # type: ignore[typeddict-item]
        return over_time(x, self.cell((x[0], *x[2:]), **options), time)
