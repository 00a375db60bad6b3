"""Gradient clipping: passes over the gradients, and neither parameters nor memory that grows with them."""

from __future__ import annotations

from typing import NamedTuple

from ...core.totals import summed
from ...errors import OptionError, nearest
from ...symbolic import Size

KINDS = ("value", "norm")


class Clipping(NamedTuple):
    """What clipping the gradients takes in one training step. It has no parameters.

    Attributes
    ----------
    kind : str
        ``"value"`` limits each number to an interval; ``"norm"`` scales all gradients if their norm is too large.
    passes : int
        How often all gradients are read.
    norm_macs : int or Expr
        Multiply-adds of the sum of squares.
    scaling_macs : int or Expr
        Multiplications of the gradients by one factor.
    comparisons : int or Expr
        Limits applied to single numbers, two for each.
    memory : int or Expr
        Numbers kept besides the gradients: the norm.
    """

    kind: str
    passes: int
    norm_macs: Size
    scaling_macs: Size
    comparisons: Size
    memory: int

    @property
    def macs(self) -> Size:
        """Multiply-adds of a step; a multiplication counts as one."""
        return summed((self.norm_macs, self.scaling_macs))


def clipping(kind: str, parameters: Size) -> Clipping:
    """Say what clipping the gradients of so many parameters takes.

    Parameters
    ----------
    kind : str
        ``"value"`` or ``"norm"``.
    parameters : int or Expr
        N, how many numbers the gradients have.

    Raises
    ------
    OptionError
        For another kind.

    Notes
    -----
    By norm, N multiply-adds for Σ g², then N multiplications by min(1, limit/‖g‖); by value, one pass of comparisons.
    Source: Pascanu, Mikolov & Bengio 2013 (the norm).
    """
    if kind == "value":
        return Clipping(kind, 1, 0, 0, 2 * parameters, 0)
    if kind == "norm":
        return Clipping(kind, 2, parameters, parameters, 0, 1)
    raise OptionError(
        "unknown way of clipping", expected=" or ".join(KINDS), received=kind, suggestion=nearest(kind, KINDS)
    )
