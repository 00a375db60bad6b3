"""``paramcalc why``: the number somebody got, and the fewest changes that lead to it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

from ...core.framework import DEFAULT
from ...errors import OptionError
from ...graph.model import Model
from ..flags import Format, Json
from ..options import Command, Flag, Positional, command_of
from ..output import View, show
from .recurrent import COMMANDS, Both, Framework, Layers, Out, stack

Target = Annotated[str, Positional("lstm|gru|rnn|FILE", "A recurrent layer, or a model in a file.")]
Got = Annotated[str, Flag("--got", "The number to explain.", "N")]
In = Annotated[str | None, Flag("--in", "Input size, for a layer.", "D")]
Hidden = Annotated[str | None, Flag("--hidden", "Units, for a layer.", "H")]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``why``."""
    return command_of(why)


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
    """Explain a different count, such as: why lstm --in 108 --hidden 128 --got 121856."""
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
