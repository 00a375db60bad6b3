"""What the cells of the papers share: how they are declared, and gates side by side in one tensor.

A cell is written once, as a function of one time step; its layer is the same function with a time axis.
Tensors have readable names; the equations of a cell have a letter for each. A paper that leaves its
biases out to keep the equations short is counted with them, and without under ``use_bias=False``.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.ignored_options import SEALED
from ...core.kinds import Sized
from ...core.products import Source
from ...core.rule import Rule
from ...errors import OptionError
from ...symbolic import Size
from ..shared.over_time import TIME, layer_of

Units = Annotated[Size, Sized("d_h")]
Outputs = Annotated[Size, Sized("d_y")]
Step = Annotated[Shape, Inputs("B d_x")]
Sequence = Annotated[Shape, Inputs("B T d_x")]

paper = partial(rule, (), SEALED, "paper")


def recurrent(name: str, *aliases: str) -> Callable[[Callable[..., Built]], tuple[Rule, Rule]]:
    """Declare a cell, ``LSTMCell``, and the layer that runs it over time, ``LSTM``."""

    def declared(cell: Callable[..., Built]) -> tuple[Rule, Rule]:
        of_cells = tuple(f"{alias}Cell" for alias in aliases)
        one = paper(name=f"{name}Cell", aliases=of_cells)(cell)
        schema = one.schema.over_time(TIME)
        return one, Rule(
            layer_of(cell), schema, "paper", name, cell.__doc__ or "", cell.__module__, SEALED, aliases=aliases
        )

    return declared


def bank(name: str, gates: tuple[str, ...], units: Size, *rows: Size, scope: str = "") -> Weight:
    """Lay the networks of several gates side by side: ``(*rows, g·units)``."""
    return Weight(name, (*rows, len(gates) * units), True, scope, gates)


def norm(name: str, gates: tuple[str, ...], units: Size) -> tuple[Weight, ...]:
    """Give a normalised vector its gain and its bias, a number each for every element."""
    if not gates:
        return Weight(f"{name}_gain", (units,)), Weight(f"{name}_bias", (units,))
    return bank(f"{name}_gain", gates, units), bank(f"{name}_bias", gates, units)


LETTERS = {"kernel": "W", "recurrent_kernel": "U", "bias": "b"}


def paths(weights: Iterable[Weight]) -> tuple[Source, ...]:
    """Give the weights as what an operand depends on."""
    return tuple(weight.path for weight in weights)


def refuse(*conflicts: tuple[bool, str, str]) -> None:
    """Refuse the first combination of options that is there: (whether, what is wrong, what was expected).

    Raises
    ------
    OptionError
    """
    for there, problem, expected in conflicts:
        if there:
            raise OptionError(problem, expected=expected)
