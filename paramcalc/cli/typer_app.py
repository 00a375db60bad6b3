"""The commands as a typer app, for help, completion, and what is wrong with a line."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from types import GenericAlias
from typing import Annotated

import typer

from ..errors import ParamcalcError
from .options import REQUIRED, Command, Flag, Parameter, Values
from .version import print_version

SHORT = 65


def build(commands: Iterable[Command]) -> typer.Typer:
    """Make the app."""
    app = typer.Typer(
        name="paramcalc",
        epilog="Sizes may be symbols: paramcalc lstm --in d_x --hidden 4*k",
        rich_markup_mode=None,  # rich would read [i, f, c, o] as markup
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    )
    app.callback(help="How many parameters does this layer have, and why?")(_top)
    for command in commands:
        # \b keeps the lines as they are
        lines = ("\b", "Examples:", *(f"  {example}" for example in command.examples)) if command.examples else ()
        epilog, short = "\n".join(lines), _short(command.help)
        app.command(command.name, help=command.help, short_help=short, epilog=epilog)(_function(command))
    return app


def _short(help: str) -> str:
    # for the list of commands: whole words that fit beside a name in 80 columns
    first = help.partition("\n")[0]
    return first if len(first) <= SHORT else re.split(r"[:;,(]", first)[0].strip(" .") + "."


def _function(command: Command) -> Callable[..., None]:
    # typer reads the flags off a signature
    def run(**values: object) -> None:
        command.run(**values)

    parameters = [_parameter(one) for one in command.parameters]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer asks inspect.signature
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _parameter(one: Parameter) -> inspect.Parameter:
    told = one.told
    offered = _completion(told.values) if told.values else None
    if isinstance(told, Flag):
        info = typer.Option(
            *told.spelling.split(),
            help=told.help,
            metavar=told.metavar,
            min=told.least,
            max=told.most,
            autocompletion=offered,
        )
    else:
        info = typer.Argument(metavar=told.metavar, help=told.help, autocompletion=offered)
    kind: GenericAlias | type = GenericAlias(list, one.kind) if one.many else one.kind
    annotation: object = Annotated[(kind | None if one.default is None else kind, info)]
    default = inspect.Parameter.empty if one.default is REQUIRED else one.default
    return inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _completion(values: Values) -> Callable[[typer.Context, str], list[str]]:
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            found = [*values(ctx.params)]
        except ParamcalcError:  # a layer that is not typed to the end
            return []
        return [one for one in found if one.lower().startswith(incomplete.lower())]

    return complete


def _version(asked: bool) -> None:
    if asked:
        print_version()
        raise typer.Exit


def _top(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass
