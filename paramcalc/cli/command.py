"""Making commands: the flags that every command which shows a model has, and those read off a rule.

A command is a function that gives a `Model`. :func:`shows` adds ``--format``, ``--explain``, ``--verify``
and the like, and shows what the function gave; ``switches`` adds a flag for every on/off option of a rule, so
that a new option in a rule is a new flag here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from ..errors import ParamcalcError
from ..model import Model
from ..rules.kinds import SWITCH, size
from ..rules.registry import find
from ..symbolic import Size
from .show import show

Batch = Annotated[str | None, typer.Option(metavar="B", help="Batch size; costs are for one sample otherwise.")]
Format = Annotated[
    str | None,
    typer.Option("--format", "-f", metavar="F", help="table, text, markdown, latex, csv, json or html."),
]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
Explain = Annotated[bool, typer.Option("--explain", help="Say where each term comes from.")]
Weights = Annotated[bool, typer.Option("--weights", help="List every weight of every layer.")]
Depth = Annotated[int | None, typer.Option("--depth", min=0, metavar="N", help="Levels of insides to show.")]
Verify = Annotated[bool, typer.Option("--verify", help="Build the same in Keras and compare every tensor.")]

_VIEW: dict[str, Any] = {
    "format": Format,
    "json": Json,
    "explain": Explain,
    "weights": Weights,
    "depth": Depth,
    "verify": Verify,
}


def shows(
    app: typer.Typer, name: str, help: str | None = None, layer: str | None = None
) -> Callable[[Callable[..., Model]], Callable[..., Model]]:
    """Register a function that gives a model as a command that shows it.

    Parameters
    ----------
    app : typer.Typer
    name : str
        What the command is called.
    help : str, optional
        Taken from the function's docstring when left out.
    layer : str, optional
        A layer whose on/off options become flags; the function receives it as ``layer``, them as ``switches``.
    """

    def register(function: Callable[..., Model]) -> Callable[..., Model]:
        flags = _flags(layer) if layer else {}

        def command(**given: Any) -> None:
            views = {key: given.pop(key) for key in _VIEW}
            if layer:
                given |= {"layer": layer, "switches": {key: given.pop(key) for key in flags}}
            show(function(**given), **views)

        signature = inspect.signature(function, eval_str=True)
        own = [p for p in signature.parameters.values() if p.name not in ("layer", "switches")]
        extra = [_parameter(key, *flag) for key, flag in flags.items()]
        extra += [_parameter(key, note, None if key in ("format", "depth") else False) for key, note in _VIEW.items()]
        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in [*own, *extra]]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
        command.__annotations__ = {p.name: p.annotation for p in parameters}
        app.command(name, help=help or function.__doc__)(command)
        return function

    return register


def _flags(layer: str) -> dict[str, tuple[Any, bool]]:
    # use_bias=True -> --bias/--no-bias;  return_state=False -> --return-state
    flags = {}
    for option in find(layer).options.values():
        if option.kind is SWITCH:
            flag = option.name.removeprefix("use_").replace("_", "-")
            names = f"--{flag}/--no-{flag}" if option.default else f"--{flag}"
            flags[option.name] = (Annotated[bool, typer.Option(names, help=f"Keras's {option.name}.")], option.default)
    return flags


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
