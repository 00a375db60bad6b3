"""What is known while a Keras configuration is read, handed from object to object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ...core.built import Weight
from ...core.rule import Layer, Rule
from ...errors import FileError
from ...untyped import Parsed

DEEPEST = 50  # layers inside layers


class Reading(NamedTuple):
    """What is known while a configuration is read.

    Attributes
    ----------
    model : callable
        Reads a nested model.
    stored : callable
        Gives the weights an archive holds for a layer: ``stored(name, class name)``, or ``None``.
    shared : dict
        Objects that stand in several places of the file, by Keras's number for them; and the others, each with what
        it was read from, by class and name.
    unsorted : list
        Objects, each with what it was read from, that are not resolved yet; they belong into ``shared``.
    last : dict
        The last layer of each rule, with the configuration it was read from: networks repeat themselves.
    depth : int
    whole : bool
        Whether the archive holds all weights a layer has, as legacy files do, whatever its class makes of storing them.
    live : bool
        Whether it is no archive, but a model in memory, of which is known as well what is trained.
    sets : bool
        Whether ``trainable`` is what was set on a layer, which reaches the layers inside, as Keras 2 has it; Keras 3
        passes it to the constructor.
    omits : str
        What the writer of the archive may have left out of a class of the user's own; empty where nothing.
    """

    model: Callable[[Mapping[str, Parsed], Reading], Parsed]
    stored: Callable[[str | None, str], tuple[Weight, ...] | None]
    shared: dict[Parsed, Parsed]
    unsorted: list[tuple[Mapping[str, Parsed], Parsed]]
    last: dict[Rule, tuple[Mapping[str, Parsed], Layer]]
    depth: int = 0
    whole: bool = False
    live: bool = False
    sets: bool = False
    omits: str = ""

    def deeper(self) -> Reading:
        """Go one level down.

        Raises
        ------
        FileError
            If layers are nested too deeply.
        """
        if self.depth >= DEEPEST:
            raise FileError("layers are nested too deeply", expected=f"at most {DEEPEST} deep")
        return self._replace(depth=self.depth + 1)
