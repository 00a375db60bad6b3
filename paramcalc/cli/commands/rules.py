"""What there are rules for: ``layers`` lists them, ``formula`` prints the formula of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from ...core.formula import rule_formula
from ...core.framework import DEFAULT
from ...errors import OptionError
from ..flags import Format, Json
from ..options import Command, Flag, command_of
from ..output import View, show, speaks_unicode, write
from .single import Class, Options, Whose, rule_named, values


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``layers`` or ``formula``."""
    functions: dict[str, Callable[..., None]] = {"layers": layers, "formula": formula}
    return command_of(functions[name])


def layers(
    format: Format = None,
    json: Json = False,
    framework: Whose = None,
) -> None:
    """List every supported layer with its formula.

    $ paramcalc layers
    $ paramcalc layers --framework torch --format csv
    """
    from ...render.rules import presentation

    show(presentation(framework or DEFAULT), View(format, json))


def formula(
    name: Class,
    options: Options = None,
    latex: Annotated[bool, Flag("--latex", "Print LaTeX.")] = False,
    framework: Whose = None,
) -> None:
    """Print the formula of a layer.

    $ paramcalc formula gru reset_after=false
    $ paramcalc formula nn.LSTM --latex
    """
    from ...formats.modelspec.document import layer_options

    rule = rule_named(name, framework)
    found = rule_formula(rule, **layer_options(rule, values(options or [])))
    if found is None:
        raise OptionError(f"{rule.name} has no weights, so there is no formula")
    write([found.latex() if latex else found.unicode() if speaks_unicode() else repr(found), "\n"])
