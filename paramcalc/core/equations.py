"""Equations of a layer as text, and the letter of each of its tensors in them.

A line is plain text. A product of a vector and a matrix is written side by side, ``x_t W_i``; ``⊙`` is the product
element by element, ``∗`` a convolution, ``σ`` the logistic function. Subscripts follow ``_``, in parentheses if they
are longer than a word: ``h_(t-1)``. A list in brackets stands for vectors side by side.
"""

from __future__ import annotations

from typing import NamedTuple


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
    """

    lines: tuple[str, ...]
    letters: dict[str, str]
    summary: str = ""

    def letter(self, path: str) -> str:
        """Give the letter of a tensor; its path may begin with the scopes of the layers around."""
        fitting = [own for own in self.letters if path == own or path.endswith(f"/{own}")]
        return self.letters[max(fitting, key=len)] if fitting else ""
