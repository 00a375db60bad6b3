"""The multiply-adds of a layer as formulas in its own letters, with the sizes to put in."""

from __future__ import annotations

from typing import NamedTuple

from ...core.formula import Formula
from ...core.on_symbols import symbolic_build, symbolic_call
from ...core.shapes import UnknownShapeError
from ...core.totals import summed
from ...errors import ParamcalcError
from ...graph.gradients import work_of
from ...graph.size_names import BATCHES, TIMES
from ...symbolic import Size, collect, symbols
from ...symbolic.expr import BUILD
from ...symbolic.factor import factored
from ...symbolic.fold import fold
from .operations import UnknownOperations, count
from .passes import Use

OUTSIDE = tuple(symbols(name) for name in (*BATCHES, *TIMES))  # the batch and the time steps come first


class Formulas(NamedTuple):
    """What each pass takes; ``None`` where there is nothing to do.

    Attributes
    ----------
    forward, weight_gradient, input_gradient : Formula or None
    """

    forward: Formula | None
    weight_gradient: Formula | None
    input_gradient: Formula | None


def formulas(use: Use, window: Size | None = None) -> Formulas | None:
    """Give the formulas of one use of a layer; ``None`` for a model, and where a layer has no formula in symbols.

    Parameters
    ----------
    use : Use
    window : int or Expr, optional
        Of truncated back-propagation through time.
    """
    found = symbolic_build(use.part.layer, *use.part.inputs)
    if found is None or found[0].work is None:
        return None
    built, values = found
    work = work_of(built)
    if window is not None:
        work, values = work.truncated(symbols("k")), {**values, "k": window}
    own = frozenset(one for one in use.live if isinstance(one, str))
    weights = work.backward(own) if use.reached else 0
    both = work.backward(use.live) if use.reached else 0

    def written(size: Size) -> Formula | None:
        size = factored(size, OUTSIDE)
        return Formula(size, values) if size != 0 else None

    made = Formulas(written(work.forward()), written(weights), written(collect(both - weights)))
    # a rule may be another function at some sizes, as one group of channels is: then it has no formula
    same = (_named(one.value if one else 0) == _named(size) for one, size in zip(made, use.passes, strict=True))
    return made if all(same) else None


def formula_of_operations(use: Use, number: Size, training: bool) -> Formula | None:
    """Give the formula of the operations of one use of a layer; ``None`` where a layer has no formula in symbols."""
    found = symbolic_call(use.part.layer, *use.part.inputs)
    if found is None or number == 0:
        return None
    layer, inputs, values = found
    try:
        size = factored(summed([count(layer, inputs, None, training)]), OUTSIDE)
    except (UnknownOperations, UnknownShapeError, ParamcalcError):
        return None
    made = Formula(size, values)
    return made if _named(made.value) == _named(number) else None


def _named(size: Size | None) -> Size | None:
    # a formula has symbols for sizes that are unknown in the model
    return None if size is None else fold(size, lambda leaf: symbols(leaf.args[0]), BUILD)
