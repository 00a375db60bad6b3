"""What there are rules for: ``layers`` lists them, ``formula`` prints the formula of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from ...core.formula import rule_formula
from ...core.framework import DEFAULT
from ...errors import OptionError
from ..flags import Format, Json
from ..output import View, show, speaks_unicode, write
from .single import Whose, rule_named, values


def register(app: typer.Typer, names: Iterable[str]) -> None:
    """Add the commands."""
    for function in (layers, formula):
        if function.__name__ in names:
            app.command()(function)


def layers(
    format: Format = None,
    json: Json = False,
    framework: Whose = None,
) -> None:
    """List every layer there is a rule for, with its formula."""
    from ...render.rules import presentation

    show(presentation(framework or DEFAULT), View(format, json))


def formula(
    name: Annotated[str, typer.Argument(metavar="LAYER", help="lstm, Conv2D, nn.LSTM, paper.GRU, ….")],
    options: Annotated[list[str] | None, typer.Argument(metavar="OPTION=VALUE", help="reset_after=false, ….")] = None,
    latex: Annotated[bool, typer.Option("--latex", help="In LaTeX.")] = False,
    framework: Whose = None,
) -> None:
    """Print the formula of a layer: formula lstm; formula gru reset_after=false."""
    from ...formats.modelspec.document import layer_options

    rule = rule_named(name, framework)
    found = rule_formula(rule, **layer_options(rule, values(options or [])))
    if found is None:
        raise OptionError(f"{rule.name} has no weights, so there is no formula")
    write([found.latex() if latex else found.unicode() if speaks_unicode() else repr(found), "\n"])
