"""``paramcalc why``: the number somebody got, and the fewest changes that lead to it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ...core.framework import DEFAULT
from ...errors import OptionError
from ...graph.model import Model
from ..flags import Format, Json
from ..output import View, show
from .recurrent import COMMANDS, Both, Framework, Layers, Out, stack

Target = Annotated[str, typer.Argument(metavar="lstm|gru|rnn|FILE", help="A recurrent layer, or a model in a file.")]
Got = Annotated[str, typer.Option(metavar="N", help="The number to be explained.")]
In = Annotated[str | None, typer.Option("--in", metavar="D", help="Input size, for a layer.")]
Hidden = Annotated[str | None, typer.Option("--hidden", metavar="H", help="Units, for a layer.")]


def register(app: typer.Typer, names: Iterable[str]) -> None:
    """Add the command."""
    if "why" in names:
        app.command()(why)


def why(
    target: Target,
    got: Got,
    size_in: In = None,
    hidden: Hidden = None,
    layers: Layers = 1,
    bidirectional: Both = False,
    out: Out = None,
    framework: Framework = DEFAULT,
    format: Format = None,
    json: Json = False,
) -> None:
    """Say why a number is different: why lstm --in 108 --hidden 128 --got 121856."""
    from ...analysis import why as explain
    from ...render.why import presentation

    given = {"--in": size_in, "--hidden": hidden}
    if target in COMMANDS:
        missing = [flag for flag, value in given.items() if value is None]
        if missing:
            raise OptionError(f"no {' and no '.join(missing)}", expected=f"the sizes of the {target}")
        made = stack(
            COMMANDS[target], {}, str(size_in), str(hidden), layers, bidirectional, out=out, framework=framework
        )
        assert isinstance(made, Model)  # without --compare
        model = made
    else:
        if any(given.values()) or bidirectional or out or layers != 1 or framework != DEFAULT:
            raise OptionError("flags of a layer beside a file", expected="them with lstm, gru or rnn", received=target)
        from ...formats import load

        model = load(target)
    number = _number(got)
    found = explain(model, number)
    show(presentation(model, number, found), View(format, json))
    if not found:
        sys.exit(1)


def _number(words: str) -> int:
    plain: Any = words.replace(",", "").replace("_", "").replace(" ", "").replace("\u202f", "")
    if not plain.isdecimal() or len(plain) > 100:
        raise OptionError("--got is no count", expected="a whole number, such as 121856 or 121,856", received=words)
    return int(plain)
