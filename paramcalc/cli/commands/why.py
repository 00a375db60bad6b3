"""``paramcalc why``: the number somebody got, and the fewest changes that lead to it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

from ...core.framework import DEFAULT
from ...errors import OptionError
from ...graph.model import Model
from ..flags import Format, Json
from ..options import Command, Flag, command_of
from ..output import View, show
from .files import Args, Set, model_of
from .recurrent import Both, Framework, Layers, Out
from .targets import Target, about_layer, layer_command

OWN = ("target", "got", "format", "json")
Got = Annotated[str, Flag("--got", "The number to explain.", "N")]
In = Annotated[str | None, Flag("--in", "Input size, for a layer.", "D")]
Hidden = Annotated[str | None, Flag("--hidden --units", "Units, for a layer.", "H")]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``why``: with the words of the command that counts the layer, or those of a file."""
    whole = command_of(why)
    layer = layer_command(whole, words)
    if layer is None:
        return whole
    made = layer.model

    def run(given: dict[str, Any], got: str, format: str | None, json: bool) -> None:
        number = _number(got)
        _explain(made(given), number, View(format, json))

    kept = whole._replace(parameters=tuple(one for one in whole.parameters if one.name in OWN))
    return about_layer(kept, layer, run)


def why(
    target: Target,
    got: Got,
    size_in: In = None,
    hidden: Hidden = None,
    layers: Layers = 1,
    bidirectional: Both = False,
    out: Out = None,
    framework: Framework = DEFAULT,
    sizes: Set = None,
    args: Args = None,
    format: Format = None,
    json: Json = False,
) -> None:
    """Explain a count that differs from the one here.

    $ paramcalc why lstm --in 108 --hidden 128 --got 121856
    $ paramcalc why Conv2D --input 32,32,3 filters=8 kernel_size=3 --got 216
    $ paramcalc why model.yaml --got 153228
    """
    if size_in or hidden or bidirectional or out or layers != 1 or framework != DEFAULT:
        raise OptionError(
            "a file cannot be combined with the options of a layer",
            expected="such options only with lstm, gru or rnn",
            received=target,
        )
    _explain(model_of(target, sizes, args), _number(got), View(format, json))


def _explain(model: Model, number: int, view: View) -> None:
    from ...analysis import why as explain
    from ...render.why import presentation

    found = explain(model, number)
    show(presentation(model, number, found), view)
    if not found:
        sys.exit(1)


def _number(words: str) -> int:
    plain: Any = words.replace(",", "").replace("_", "").replace(" ", "").replace("\u202f", "")
    if not plain.isdecimal() or len(plain) > 100:
        raise OptionError("--got is not a count", expected="a whole number, such as 121856 or 121,856", received=words)
    return int(plain)
