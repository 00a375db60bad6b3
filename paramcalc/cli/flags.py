"""Making commands: the flags that every command which shows a model has, and those read off a rule.

A command is a function that gives a `Model`, or something that knows how to show itself. :func:`shows` adds
``--format``, ``--explain``, ``--verify`` and the like, and shows what the function gave; ``flags`` are those of the
on/off options of a rule (:func:`switches_of`), so that a new option in a rule is a new flag here.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Annotated, Any, Protocol

import typer

from ..core.kinds import SWITCH, size
from ..core.rule import Rule
from ..errors import ParamcalcError
from ..graph.model import Model
from ..symbolic import Size
from ..writers import FORMATS
from .output import View, show_model

Batch = Annotated[str | None, typer.Option(metavar="B", help="Batch size; costs are for one sample otherwise.")]
Format = Annotated[
    str | None,
    typer.Option("--format", "-f", metavar="F", help=f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}."),
]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
Explain = Annotated[bool, typer.Option("--explain", help="Say where each term comes from.")]
Weights = Annotated[bool, typer.Option("--weights", help="List every weight of every layer.")]
Depth = Annotated[int | None, typer.Option("--depth", min=0, metavar="N", help="Levels of insides to show.")]
Verify = Annotated[bool, typer.Option("--verify", help="Build the same in Keras and compare every tensor.")]

VIEWS: dict[str, Any] = {
    "format": Format,
    "json": Json,
    "explain": Explain,
    "weights": Weights,
    "depth": Depth,
    "verify": Verify,
}


Flags = dict[str, tuple[Any, Any]]  # of a name: what typer is told, and the default


class Shown(Protocol):
    """Something other than a model that can be shown."""

    def show(self, view: View) -> None:
        """Print it in the view asked for."""


def shows(
    app: typer.Typer, name: str, help: str | None = None, layer: str | None = None, flags: Flags | None = None
) -> Callable[[Callable[..., Model | Shown]], Callable[..., Model | Shown]]:
    """Register a function that gives a model as a command that shows it.

    Parameters
    ----------
    app : typer.Typer
    name : str
        What the command is called.
    help : str, optional
        Taken from the function's docstring when left out.
    layer : str, optional
        What the function receives as ``layer``.
    flags : dict, optional
        Flags besides those in its signature; the function receives them as ``switches``.
    """
    besides = flags or {}

    def register(function: Callable[..., Model | Shown]) -> Callable[..., Model | Shown]:
        def command(**given: Any) -> None:
            view = View(**{key: given.pop(key) for key in VIEWS})
            if layer:
                given |= {"layer": layer, "switches": {key: given.pop(key) for key in besides}}
            made = function(**given)
            if not isinstance(made, Model):
                made.show(view)
            elif code := show_model(made, view):
                sys.exit(code)

        signature = inspect.signature(function, eval_str=True)
        own = [p for p in signature.parameters.values() if p.name not in ("layer", "switches")]
        extra = [_parameter(key, *flag) for key, flag in besides.items()]
        extra += [_parameter(key, note, None if key in ("format", "depth") else False) for key, note in VIEWS.items()]
        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in [*own, *extra]]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
        command.__annotations__ = {p.name: p.annotation for p in parameters}
        app.command(name, help=help or function.__doc__)(command)
        return function

    return register


def switches_of(rule: Rule) -> Flags:
    """Give a flag for each on/off option: use_bias=True → --bias/--no-bias, return_state=False → --return-state."""
    return {
        flag_of(option.name): (switch(option.name, option.default, f"Keras's {option.name}."), option.default)
        for option in rule.options.values()
        if option.kind is SWITCH
    }


def flag_of(option: str) -> str:
    """Name the flag of an option, which is what the function receives: use_bias → bias."""
    return option.removeprefix("use_")


def switch(option: str, default: Any, help: str) -> Any:
    """Say to typer how an on/off option is spelled."""
    flag = flag_of(option).replace("_", "-")
    return Annotated[bool, typer.Option(f"--{flag}/--no-{flag}" if default else f"--{flag}", help=help)]


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def flag_size(flag: str, value: str) -> Size:
    """Read the size a flag gives; an error names the flag."""
    try:
        return size(value)
    except ParamcalcError as error:
        raise error.at(flag)


def flag_batch(value: str | None) -> Size | None:
    """Read ``--batch``, which may be left out."""
    return None if value is None else flag_size("--batch", value)
