"""What an explanation is made of: changes, what each adds to the count, and how far-fetched it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

PAIR = 0.5  # a second change is a coincidence, too
DOUBLE, ROUND, NEXT = 1.4, 1.5, 1.9  # of sizes: twice or half another, of one digit or a power of two, off by one
AGAINST = 0.1  # and more of one where two nearly cancel: for each doubling of what they would add up to otherwise


@dataclass(frozen=True, slots=True)
class Cause:
    """One change that gives another count.

    Attributes
    ----------
    key : str
        What it is, for programs: ``convention 4``, ``reader.use_bias=False``.
    text : str
        What it is, for people: ``PyTorch's LSTM: a second bias vector: +4d_h``.
    delta : int
        What it adds to the count.
    cost : float
        How far-fetched it is; 1 is what happens every day.
    also : tuple of str
        The keys of other changes that count alike, told in the same text.
    guess : bool
        Whether it is a size that fits, and nothing else speaks for it.
    """

    key: str
    text: str
    delta: int
    cost: float = 1.0
    also: tuple[str, ...] = ()
    guess: bool = False

    def __str__(self) -> str:
        told = self.text.count(": +") + self.text.count(": −")  # an equation of one term; of several, their sum
        joined = (": ", " = ")[told] if told < 2 else "; together "
        return f"{self.text}{joined}{'−' if self.delta < 0 else '+'}{abs(self.delta):,}"


def plural(count: int) -> str:
    """Give the ending of what is counted: one layer, two layers."""
    return "" if count == 1 else "s"


def telling(size: int) -> float:
    """Say how far-fetched a size is that was made to fit: the more digits it needs, the more a coincidence."""
    digits = len(str(size).rstrip("0"))
    if size & (size - 1) == 0 or (size < 10_000 and size % 64 == 0):  # powers of two, 192, 768
        digits = min(digits, 1)
    return 0.85 + 0.65 * digits


def mistaken(size: int, stated: int) -> float | None:
    """Say how far-fetched a size is that people take another for: doubled, halved, off by one, round."""
    if size in (2 * stated, stated / 2):
        return DOUBLE
    round_ = telling(size)
    return min(round_, NEXT) if abs(size - stated) == 1 else round_ if round_ <= ROUND else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Changes that together lead from the count to the number somebody got.

    Attributes
    ----------
    causes : tuple of Cause
        Each told with what it adds once those before it have been made.
    """

    causes: tuple[Cause, ...]

    @property
    def cost(self) -> float:
        """How far-fetched it is as a whole."""
        whole, parts = abs(self.delta), sum(abs(cause.delta) for cause in self.causes)
        against = AGAINST * log2(parts / whole) if whole else 0
        return sum(cause.cost for cause in self.causes) + PAIR * (len(self.causes) - 1) + against

    @property
    def several(self) -> bool:
        """Whether it takes more than one change: then it fits, and may be an accident."""
        return len(self.causes) > 1

    @property
    def delta(self) -> int:
        """What it adds to the count."""
        return sum(cause.delta for cause in self.causes)

    def __str__(self) -> str:
        return "; ".join(map(str, self.causes))
