"""The parts of an explanation: changes, the difference that each makes to the count, and how unlikely each is."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import NamedTuple

PAPER = "paper "  # in the keys of cells of the literature
PAIR = 0.5  # added for a second change, since needing two is less likely
DOUBLE, ROUND, NEXT = 1.4, 1.5, 1.9  # sizes: twice or half the stated one; one digit or a power of two; off by one
AGAINST = 0.1  # added where two changes nearly cancel: once for each doubling of Σ|delta| over |Σ delta|


class Mistake(NamedTuple):
    """One mistake about one layer.

    Attributes
    ----------
    key : str
        Identifier, which is the same for all layers: `` without bias``, ``.use_bias=False``.
    text : str
        What was done: ``the bias is missing``, ``with use_bias=False``.
    delta : int
        Difference that it makes to the count.
    cost : float
        How unlikely it is, as in `Cause`.
    """

    key: str
    text: str
    delta: int
    cost: float


@dataclass(frozen=True, slots=True)
class Cause:
    """One change that leads to a different count.

    Attributes
    ----------
    key : str
        Identifier for programs: ``convention 4``, ``reader.use_bias=False``.
    text : str
        Description for people: ``PyTorch's LSTM: a second bias vector: +4d_h``.
    delta : int
        Difference that it makes to the count.
    cost : float
        How unlikely it is; 1 is an everyday mistake, and higher is less likely.
    also : tuple of str
        Keys of other changes that give the same count at all sizes; ``text`` names them, too.
    guess : bool
        Whether it is a size that fits the number and has no other evidence.
    mistake : bool
        Whether it is a mistake of a count by hand; such causes are given together where they fit equally well.
    texts : tuple of str
        The descriptions of the causes that are given together, one by one.
    where : frozenset of str
        The paths of the layers that a mistake is about, if it is not about the whole model.
    """

    key: str
    text: str
    delta: int
    cost: float = 1.0
    also: tuple[str, ...] = ()
    guess: bool = False
    mistake: bool = False
    texts: tuple[str, ...] = ()
    where: frozenset[str] = frozenset()

    @property
    def paper(self) -> bool:
        """Whether it is a cell of the literature."""
        return PAPER in self.key

    def __str__(self) -> str:
        terms = self.text.count(": +") + self.text.count(": −")  # one: the text is the left side of an equation
        joined = (": ", " = ")[terms] if terms < 2 else "; in total "
        return f"{self.text}{joined}{'−' if self.delta < 0 else '+'}{abs(self.delta):,}"


def plural(count: int) -> str:
    """Give the plural ending for a number: one layer, two layers."""
    return "" if count == 1 else "s"


def telling(size: int) -> float:
    """Rate how unlikely a size is that was solved for: a size with more significant digits is less likely."""
    digits = len(str(size).rstrip("0"))
    if size & (size - 1) == 0 or (size < 10_000 and size % 64 == 0):  # powers of two, 192, 768
        digits = min(digits, 1)
    return 0.85 + 0.65 * digits


def mistaken(size: int, stated: int) -> float | None:
    """Rate how unlikely it is to take one size for another: double, half, off by one, round; ``None`` for others."""
    if size in (2 * stated, stated / 2):
        return DOUBLE
    round_ = telling(size)
    return min(round_, NEXT) if abs(size - stated) == 1 else round_ if round_ <= ROUND else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Changes that together lead from the count of a model to the given number.

    Attributes
    ----------
    causes : tuple of Cause
        In order; the difference of each is counted after the changes before it.
    """

    causes: tuple[Cause, ...]

    @property
    def cost(self) -> float:
        """How unlikely the whole explanation is; higher is less likely."""
        whole, parts = abs(self.delta), sum(abs(cause.delta) for cause in self.causes)
        against = AGAINST * log2(parts / whole) if whole else 0
        return sum(cause.cost for cause in self.causes) + PAIR * (len(self.causes) - 1) + against

    @property
    def several(self) -> bool:
        """Whether it combines more than one change, and so may be a coincidence."""
        return len(self.causes) > 1

    @property
    def delta(self) -> int:
        """Difference that all changes make to the count."""
        return sum(cause.delta for cause in self.causes)

    def __str__(self) -> str:
        return "; ".join(map(str, self.causes))
