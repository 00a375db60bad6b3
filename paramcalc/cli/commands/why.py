"""``paramcalc why``: the number somebody got, and the fewest changes that lead to it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

from ...errors import OptionError
from ...graph.model import Model
from ...untyped import Passed
from ..flags import Format, Json
from ..options import REQUIRED, Command, Flag, command_of, with_flags
from ..output import View, show
from .files import Args, Set, Words, model_of
from .recurrent import COMMANDS, builder
from .targets import Target, about_layer, layer_command

Got = Annotated[str, Flag("--got", "The number to explain.", "N")]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``why``: with the words of the command that counts the layer, or those of a file."""
    whole = with_flags(command_of(why), _explain)
    layer = layer_command(whole, words)
    if layer is not None:
        made = layer.model
        return about_layer(whole, layer, lambda given, **asked: _explain(made(given), **asked))
    # those of a layer are in the help, and are refused beside a file
    recurrent = [one for one in builder(next(iter(COMMANDS)), words).parameters if one.name != "compare"]
    flags = [one._replace(default=None) if one.default is REQUIRED else one for one in recurrent]

    def run(**given: Passed) -> None:
        asked = {one.name: given.pop(one.name) for one in flags}
        if any(asked[one.name] != one.default for one in flags):
            raise OptionError(
                "a file cannot be combined with the options of a layer",
                expected="such options only with lstm, gru or rnn",
                received=given["target"],
            )
        why(**given)

    target, *own = whole.parameters
    return whole._replace(parameters=(target, *flags, *own), run=run)


def why(target: Target, sizes: Set = None, args: Args = None, words: Words = None, **asked: Passed) -> None:
    """Explain a count that differs from the one here.

    $ paramcalc why lstm --in 108 --hidden 128 --got 121856
    $ paramcalc why Conv2D --input 32,32,3 filters=8 kernel_size=3 --got 216
    $ paramcalc why model.yaml --got 153228
    """
    _explain(model_of(target, sizes, args, None, words), **asked)


def _explain(model: Model, got: Got, format: Format = None, json: Json = False) -> None:
    from ...analysis import why as explain
    from ...render.why import presentation

    number, view = _number(got), View(format, json)
    found = explain(model, number)
    show(presentation(model, number, found), view)
    if not found:
        sys.exit(1)


def _number(words: str) -> int:
    plain: Passed = words.replace(",", "").replace("_", "").replace(" ", "").replace("\u202f", "")
    if not plain.isdecimal() or len(plain) > 100:
        raise OptionError("--got is not a count", expected="a whole number, such as 121856 or 121,856", received=words)
    return int(plain)
