"""Arrays that count what is done to them: multiply-adds of products, and operations of everything else."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

sigmoid = np.frompyfunc(lambda x: 1 / (1 + math.exp(-x)), 1, 1)
erf = np.frompyfunc(math.erf, 1, 1)
tanh, exp, log, sqrt = np.tanh, np.exp, np.log, np.sqrt


class Tally:
    """What was counted.

    Attributes
    ----------
    macs, operations : int
    """

    def __init__(self) -> None:
        self.macs = self.operations = 0

    def array(self, values: Any) -> Counted:
        """Make an array that is counted here."""
        made = np.asarray(values, dtype=float).view(Counted)
        made.tally = self
        return made

    def random(self, *shape: int) -> Counted:
        """Make an array of random numbers."""
        return self.array(np.random.default_rng(len(shape)).normal(size=shape))


class Counted(np.ndarray):
    """An array whose universal functions count an operation for each element they give, and sums those they take."""

    tally: Tally

    def __array_finalize__(self, of: Any) -> None:
        self.tally = getattr(of, "tally", None)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        found = super().__array_function__(function, types, args, options)
        # what is joined comes back as a plain array
        return self.tally.array(found) if function is np.concatenate else found

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        tally = next(one.tally for one in inputs if getattr(one, "tally", None) is not None)
        nothing = {np.add: 0, np.multiply: 1}.get(function)  # as a program writes what is not there
        if any(type(one) is int and one == nothing for one in inputs):
            return next(one for one in inputs if isinstance(one, Counted))
        plain = [np.asarray(one) for one in inputs]
        found = np.asarray(getattr(function, method)(*plain, **options), dtype=float)
        if function is np.matmul:
            tally.macs += found.size * plain[0].shape[-1]
        elif method == "reduce":
            tally.operations += plain[0].size - found.size
        else:
            assert method == "__call__", method
            tally.operations += found.size
        return tally.array(found)


def counted(program: Callable[[Tally], object]) -> tuple[int, int]:
    """Run a program; give its multiply-adds and its operations."""
    tally = Tally()
    program(tally)
    return tally.macs, tally.operations
