"""``paramcalc why``: the number somebody got, and the fewest changes that lead to it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from ...core.framework import DEFAULT, frameworks
from ...core.registry import split_name
from ...errors import OptionError, ParamcalcError
from ...graph.model import Model
from ..flags import Format, Json
from ..options import REQUIRED, Command, Flag, Positional, command_of
from ..output import View, show
from . import recurrent, single
from .files import Set, named_sizes
from .recurrent import COMMANDS, Both, Framework, Layers, Out

LAYERS = ("dense", "embedding", "layer")
TARGET = f"{'|'.join((*COMMANDS, *LAYERS))}|CLASS|FILE"
Target = Annotated[
    str,
    Positional(TARGET, "A command that counts a layer, the class of a layer, or a file; then its own words."),
]
Got = Annotated[str, Flag("--got", "The number to explain.", "N")]
In = Annotated[str | None, Flag("--in", "Input size, for a layer.", "D")]
Hidden = Annotated[str | None, Flag("--hidden", "Units, for a layer.", "H")]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``why``: with the words of the command that counts the layer, or those of a file."""
    whole = command_of(why)
    found = layer_command(whole, words)
    return whole if found is None else _of_layer(whole, *found)


def layer_command(whole: Command, words: Sequence[str]) -> tuple[Command, str] | None:
    """Find the command that counts the layer which words are about, and its name if it is among them.

    ``None`` for a file. The parameters of the ``whole`` command tell which words are values.
    """
    target = next((word for word in words if word in COMMANDS or word in LAYERS), None)
    if target in COMMANDS:
        return recurrent.builder(target, words), target
    if target is not None:
        return single.builder(target), target
    valued = {flag for one in whole.parameters if one.kind is not bool for flag in one.flags}
    loose = [
        word for before, word in zip(["", *words], words, strict=False) if word[:1] != "-" and before not in valued
    ]
    return (single.builder("layer"), "") if loose and _is_class(loose, words) else None


def _is_class(loose: Sequence[str], words: Sequence[str]) -> bool:
    # the class of a layer, and not a file
    name = loose[0]
    if Path(name).exists():
        return False
    if any("=" in word for word in loose[1:]) or any(word.partition("=")[0] == "--input" for word in words):
        return True
    try:
        single.rule_named(name)
    except ParamcalcError:
        return split_name(name)[0] in frameworks()
    return True


def _of_layer(whole: Command, made: Command, target: str) -> Command:
    # --got and the flags of the output, beside the words that the command of the layer takes
    own = {"target"} if target else set[str]()
    kept = {"got", "format", "json"}
    layer = [one for one in made.parameters if one.name != "compare"]
    needed = [one for one in layer if one.default is REQUIRED and isinstance(one.told, Flag)]
    layer = [one._replace(default=None) if one in needed else one for one in layer]

    def run(**given: Any) -> None:
        given.pop("target", None)
        view = View(given.pop("format"), given.pop("json"))
        number = _number(given.pop("got"))
        missing = [flag for one in needed if given[one.name] is None for flag in one.flags]
        if missing:
            raise OptionError(f"no {' and no '.join(missing)}", expected=f"the sizes of the {target}")
        model = made.run(**given)
        assert isinstance(model, Model)  # without --compare
        _explain(model, number, view)

    first = [one for one in whole.parameters if one.name in own]
    last = [one for one in whole.parameters if one.name in kept]
    return whole._replace(parameters=(*first, *layer, *last), run=run)


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
    format: Format = None,
    json: Json = False,
) -> None:
    """Explain a count that differs from the one here.

    $ paramcalc why lstm --in 108 --hidden 128 --got 121856
    $ paramcalc why Conv2D --input 32,32,3 filters=8 kernel_size=3 --got 216
    $ paramcalc why model.yaml --got 153228
    """
    from ...formats import load

    if size_in or hidden or bidirectional or out or layers != 1 or framework != DEFAULT:
        raise OptionError(
            "a file cannot be combined with the options of a layer",
            expected="such options only with lstm, gru or rnn",
            received=target,
        )
    _explain(load(target, sizes=named_sizes(sizes)), _number(got), View(format, json))


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
