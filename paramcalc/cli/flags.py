"""Making commands: the flags that every command which shows a model has, and those read off a rule.

:func:`builds` makes a command of a function that gives a `Model`, or something that knows how to show itself.
:func:`shows` adds ``--format``, ``--explain``, ``--verify`` and the like, and shows it. :func:`switches_of` reads the
flags of the on/off options of a rule, so that a new option in a rule is a new flag here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Protocol, runtime_checkable

from ..core.descriptions import deed
from ..core.kinds import SWITCH
from ..core.rule import Rule
from ..core.storage import BITS, DTYPE
from ..errors import OptionError
from ..graph.model import Model
from ..untyped import Passed
from ..writers import FORMATS, FORMATS_OF_MODELS
from .costing import COST, FLAGS as COST_FLAGS, Policy, show_cost
from .effects import naming_input
from .options import Command, Flag, Parameter, command_of, parameter
from .output import View, show_model

Batch = Annotated[str | None, Flag("--batch", "Batch size. Default: costs for one sample.", "B")]
Steps = Annotated[str | None, Flag("--steps", "Number of time steps. Default: the symbol T.", "T")]


def format_flag(formats: Sequence[str], note: str = "") -> Flag:
    """Make the flag of a command that writes these formats."""
    listed = f"{', '.join(formats[:-1])} or {formats[-1]}"
    return Flag("--format -f", f"Output format: {listed}{note}.", "F", values=lambda _: formats)


Format = Annotated[str | None, format_flag(FORMATS)]
ModelFormat = Annotated[str | None, format_flag(FORMATS_OF_MODELS)]
Json = Annotated[bool, Flag("--json", "Print JSON; the same as --format json.")]
Explain = Annotated[bool, Flag("--explain", "Show the equations, every tensor and the origin of each term.")]
Weights = Annotated[bool, Flag("--weights", "List every weight of every layer.")]
Depth = Annotated[int | None, Flag("--depth", "Show nested layers down to N levels.", "N", least=0)]
Verify = Annotated[bool, Flag("--verify", "Build the model in its framework and compare every tensor.")]

Dtype = Annotated[
    str | None,
    Flag("--dtype", f"Type of the parameters, for their size. Default: {DTYPE}.", "TYPE", values=lambda _: BITS),
]

VIEWS = (
    parameter("format", ModelFormat, None),
    parameter("json", Json, False),
    parameter("explain", Explain, False),
    parameter("weights", Weights, False),
    parameter("depth", Depth, None),
    parameter("dtype", Dtype, None),
    parameter("verify", Verify, False),
)
SIZES_OF_COSTS = ("batch", "steps")  # which other commands may have as well, or lack
COST_DTYPE = parameter("dtype", Policy, None)  # a cost has a policy where a count has one type

Flags = dict[str, Parameter]


@runtime_checkable
class Shown(Protocol):
    """Something other than a model that can be shown."""

    def show(self, view: View) -> None:
        """Print it in the view asked for."""


def builds(
    function: Callable[..., Model | Shown], name: str = "", help: str = "", layer: str = "", flags: Flags | None = None
) -> Command:
    """Make a command that gives a model; it shows nothing.

    Parameters
    ----------
    function : callable
    name : str
        What the command is called; the function's name when left out.
    help : str
        Taken from the function's docstring when left out.
    layer : str
        What the function receives as ``layer``, if it takes one.
    flags : dict of str to Parameter, optional
        Flags besides those in its signature; the function receives them as ``switches``.
    """
    besides = flags or {}

    def run(**given: Passed) -> Model | Shown:
        if layer:
            given |= {"layer": layer, "switches": {key: given.pop(key) for key in besides}}
        return function(**given)

    plain = command_of(function, name, help)
    return plain._replace(parameters=(*plain.parameters, *besides.values()), run=run)


def shows(made: Command, words: Sequence[str] = ()) -> Command:
    """Make a command that shows the model another command gives, with the flags of all such commands.

    Those of a cost are among them where ``--cost`` or one of them is among the words.
    """
    own = {one.name for one in made.parameters}
    costs = tuple(one for one in COST_FLAGS if one.name not in own)
    asked = not {word.partition("=")[0] for word in words}.isdisjoint(
        spelling for one in (COST, *costs) if one.name not in SIZES_OF_COSTS for spelling in one.flags
    )
    if not asked:
        costs = ()
    views = tuple(COST_DTYPE if asked and one.name == COST_DTYPE.name else one for one in VIEWS)

    def run(**given: Passed) -> None:
        view = View(**{one.name: given.pop(one.name) for one in views})
        cost = {one.name: given.pop(one.name) for one in costs}
        given.pop("cost")
        for name in SIZES_OF_COSTS:  # sizes of the cost, so that it can say how it grows with them
            if asked and name in own:
                cost[name], given[name] = given[name], None
        found = made.run(**given)
        if isinstance(found, Model):
            if asked:
                with naming_input(given.get("file", "")):
                    show_cost(found, view, **cost)
                return
            if code := show_model(found, view):
                sys.exit(code)
            return
        if asked:
            raise OptionError("--cost is about one model, and not about a comparison", expected="one of the two")
        assert isinstance(found, Shown)
        found.show(view)

    return made._replace(parameters=(*made.parameters, COST, *costs, *views), run=run)


def switches_of(rule: Rule) -> Flags:
    """Give a flag for each on/off option: use_bias=True → --bias/--no-bias, return_state=False → --return-state."""
    return {
        flag_of(option.name): switch(option.name, option.default, deed(rule.framework, option.name))
        for option in rule.options.values()
        if option.kind is SWITCH
    }


def flag_of(option: str) -> str:
    """Name the flag of an option, which is what the function receives: use_bias → bias."""
    return option.removeprefix("use_")


def switch(option: str, default: Passed, help: str) -> Parameter:
    """Make the flag of an on/off option; one that is on by default can be turned off."""
    name = flag_of(option)
    flag = name.replace("_", "-")
    return Parameter(name, bool, default, Flag(f"--{flag}/--no-{flag}" if default else f"--{flag}", help))
