"""The answer as a formula of the budget, for amounts that are polynomials of degree one or two in one size.

For non-negative a and b, the largest whole h with ``a·h² + b·h + c ≤ N`` is ``⌊(⌊√(b² + 4a(N − c))⌋ − b)/(2a)⌋``: the
inner floor changes nothing, since b and 2a are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from ...symbolic import Expr, Size


@dataclass(frozen=True)
class Quadratic:
    """The polynomial ``a·h² + b·h + c`` of one size, with whole coefficients and a or b above 0."""

    name: str
    a: int
    b: int
    c: int

    def largest(self, limit: int) -> int:
        """Give the largest h at which it is not above a limit; less than 1 if there is none."""
        if limit < self.c:
            return -1
        if self.a == 0:
            return (limit - self.c) // self.b
        return (isqrt(self.b**2 + 4 * self.a * (limit - self.c)) - self.b) // (2 * self.a)

    def text(self, limit: int) -> str:
        """Write that as a formula: ``⌊(√(436² + 16·1,000,000) − 436)/8⌋``."""
        left = f"{limit:,}" if self.c == 0 else f"({limit:,} {'−' if self.c > 0 else '+'} {abs(self.c):,})"
        if self.a == 0:
            return f"{self.name} = ⌊{left}/{self.b:,}⌋" if self.b > 1 else f"{self.name} = {left.strip('()')}"
        if self.b == 0:
            return f"{self.name} = ⌊√({left}/{self.a:,})⌋" if self.a > 1 else f"{self.name} = ⌊√{left}⌋"
        return f"{self.name} = ⌊(√({self.b:,}² + {4 * self.a:,}·{left}) − {self.b:,})/{2 * self.a:,}⌋"


def quadratic(size: Size) -> Quadratic | None:
    """Read an expression as such a polynomial; ``None`` if it is none."""
    if not isinstance(size, Expr) or len(size.symbols) != 1:
        return None
    (name,) = size.symbols
    found = {0: 0, 1: 0, 2: 0}
    for monomial, coefficient in size.normal.items():
        powers = dict(monomial)
        degree = powers.pop(("name", name), 0)
        if powers or degree not in found or not isinstance(coefficient, int):
            return None
        found[degree] = coefficient
    c, b, a = found.values()
    return Quadratic(name, a, b, c) if a >= 0 and b >= 0 and a + b > 0 else None
