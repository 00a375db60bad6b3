"""What a command is about: a file, or a layer in the words of the command that counts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

from ...core.framework import frameworks
from ...core.registry import split_name
from ...errors import OptionError, ParamcalcError, nearest
from ...graph.model import Model
from ...untyped import Passed
from ..options import REQUIRED, Command, Flag, Parameter, Positional
from . import recurrent, single
from .recurrent import COMMANDS

LAYERS = ("dense", "embedding", "layer")
OF_FILES = ("sizes", "args", "words")  # parameters that only a file has a use for
TARGET = f"{'|'.join((*COMMANDS, *LAYERS))}|CLASS|FILE"
Target = Annotated[
    str,
    Positional(TARGET, "A command that counts a layer, the class of a layer, or a file; then its own words."),
]


def plain_name(flag: str) -> str:
    """Give the name of a size that a flag has: ``hidden`` for ``--hidden``."""
    return flag.lstrip("-").replace("-", "_")


class LayerCommand(NamedTuple):
    """The command that counts a layer.

    Attributes
    ----------
    command : Command
        Gives the model.
    name : str
        ``lstm``, ``dense``, …; empty where a class of a layer was typed instead.
    """

    command: Command
    name: str

    @property
    def needed(self) -> list[Parameter]:
        """The flags that it cannot do without."""
        return [one for one in self.command.parameters if one.default is REQUIRED and isinstance(one.told, Flag)]

    def missing(self, given: Mapping[str, Passed]) -> list[Parameter]:
        """List those of them that have no value."""
        return [one for one in self.needed if given[one.name] is None]

    def model(self, given: Mapping[str, Passed]) -> Model:
        """Give the model.

        Raises
        ------
        OptionError
            When a flag is missing that it cannot do without.
        """
        missing = [next(iter(one.flags)) for one in self.missing(given)]
        if missing:
            raise OptionError(f"no {' and no '.join(missing)}", expected=f"the sizes of the {self.name}")
        made = self.command.run(**given)
        if not isinstance(made, Model):
            raise OptionError("--compare gives no model", expected=f"{self.name} without it")
        return made


def layer_command(whole: Command, words: Sequence[str]) -> LayerCommand | None:
    """Find the command of the layer that words are about; ``None`` for a file.

    Parameters
    ----------
    whole : Command
        The command with a target, which has flags of its own.
    words : sequence of str
        What was typed behind its name.
    """
    valued = {flag for one in whole.parameters if one.kind is not bool for flag in one.flags}
    loose = [
        word for before, word in zip(["", *words], words, strict=False) if word[:1] != "-" and before not in valued
    ]
    name = next((word for word in loose if word in COMMANDS or word in LAYERS), None)
    if name in COMMANDS:
        return LayerCommand(recurrent.builder(name, words), name)
    if name is not None:
        return LayerCommand(single.builder(name), name)
    if loose and _is_class(loose, words):
        return LayerCommand(single.builder("layer"), "")
    if loose and loose[0].isalpha() and not Path(loose[0]).exists():
        suggestion = nearest(loose[0], (*COMMANDS, *LAYERS))
        if suggestion:
            raise OptionError(f"no file {loose[0]!r}, and no layer", suggestion=suggestion)
    return None


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


def about_layer(
    whole: Command, layer: LayerCommand, run: Callable[..., None], without: Sequence[str] = ("compare",)
) -> Command:
    """Give a command the words of the command that counts a layer.

    Parameters
    ----------
    whole : Command
        The command with a target.
    layer : LayerCommand
    run : callable
        Receives the values for the layer as a dictionary, then those of the command by name.
    without : sequence of str
        Parameters of the layer that the command does not take.
    """
    words = [one for one in layer.command.parameters if one.name not in without]
    words = [one._replace(default=None) if one in layer.needed else one for one in words]
    named = {one.name for one in words}
    own = [one for one in whole.parameters if one.name not in named and one.name not in OF_FILES]
    own = own if layer.name else [one for one in own if one.name != "target"]  # the class is a word of the layer

    def both(**given: Passed) -> None:
        given.pop("target", None)
        run({name: given.pop(name) for name in named}, **given)

    first = [one for one in own if isinstance(one.told, Positional)]
    last = [one for one in own if one not in first]
    return whole._replace(parameters=(*first, *words, *last), run=both)
