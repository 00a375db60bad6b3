"""Equations of a layer as text, and the letter of each of its tensors in them.

A line is plain text. A product of a vector and a matrix is written side by side, ``x_t W_i``; ``⊙`` is the product
element by element, ``∗`` a convolution, ``σ`` the logistic function. Subscripts follow ``_``, in parentheses if they
are longer than a word: ``h_(t-1)``. A list in brackets stands for vectors side by side.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Parts(NamedTuple):
    """The networks whose weights one tensor holds, in equal parts along an axis.

    A tensor with two letters, such as ``b, b'``, holds the parts of the first letter, then those of the second.
    """

    networks: tuple[str, ...]
    axis: int


class Equations(NamedTuple):
    """What a layer computes in one time step, with the options it has.

    Attributes
    ----------
    lines : tuple of str
        One equation each, in the order in which they can be computed.
    letters : dict of str to str
        The letter of each tensor, by its path inside the layer: ``{"kernel": "W"}``.
    summary : str
        One sentence, where the options make another layer of it than the first line of the rule says.
    parts : dict of str to Parts
        The networks of every tensor, by its path, where `Weight.gates` does not list them all; a tensor that belongs
        to none has no networks.
    roles : dict of str to str
        What a network decides, by its letter, where that is not what the letter stands for elsewhere.
    """

    lines: tuple[str, ...]
    letters: dict[str, str]
    summary: str = ""
    parts: dict[str, Parts] = {}  # noqa: RUF012  # a default that nothing changes
    roles: dict[str, str] = {}  # noqa: RUF012

    def letter(self, path: str) -> str:
        """Give the letter of a tensor; its path may begin with the scopes of the layers around."""
        return _found(self.letters, path, "")

    def networks(self, path: str) -> Parts | None:
        """Give the networks of a tensor; ``None`` leaves that to `Weight.gates`."""
        return _found(self.parts, path, None)


def _found(table: dict[str, T], path: str, other: U) -> T | U:
    fitting = [own for own in table if path == own or path.endswith(f"/{own}")]
    return table[max(fitting, key=len)] if fitting else other
