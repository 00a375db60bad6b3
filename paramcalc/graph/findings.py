"""What a reader found wrong with a model, as data: of which kind, where, and what."""

from __future__ import annotations

from typing import NamedTuple

STORED_OTHERWISE = "stored otherwise"  # the file stores other tensors than the rules give


class Finding(NamedTuple):
    """Something a reader found.

    Attributes
    ----------
    kind : str
        One of the constants of this module.
    place : str
        The layer's name, behind those of the models it is in; empty for the model itself.
    text : str
        What is the matter.
    """

    kind: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}: {self.text}" if self.place else f"{self.kind}: {self.text}"

    def within(self, outer: str) -> Finding:
        """Give the same finding as one of a model around this one."""
        return self._replace(place=f"{outer}/{self.place}" if self.place else outer)
