"""Truncated back-propagation through time: which models it fits, and how many steps are kept at a time.

The sequence is cut into windows of k steps. Values flow from window to window, gradients do not, so the states of one
window suffice to start the next. The multiply-adds follow from `paramcalc.core.products.Work.truncated`::

    backward of a window's first step    no gradient of the state it starts from
    kept                                 the tensors of one window

Source: Williams & Peng 1990, with windows that do not overlap (k1 = k2 = k).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import OptionError
from ...graph.model import Model
from ...symbolic import Size, ceil_div, minimum
from .passes import Use
from .sequences import MIXES, check_one_way, check_recurrent, in_order, with_time

METHOD = "truncated back-propagation"


def check_truncation(model: Model, found: Sequence[Use]) -> None:
    """Refuse models in which a gradient passes from window to window on another way than the states.

    Parameters
    ----------
    model : Model
    found : list of Use
        The uses of its layers.

    Raises
    ------
    OptionError
        For bidirectional layers, attention over the steps, a recurrent layer that starts from another one's state, and
        a model without recurrent layers. It names the layer.

    Notes
    -----
    A recurrent layer that gives its last step alone gives that of every window: the loss is taken once for each.
    """
    sequence = in_order(model, found)
    check_one_way(sequence, with_time(model, sequence), METHOD, (MIXES,), backwards=True)
    check_recurrent(sequence, METHOD)


def check_window(window: Size | None) -> None:
    """Refuse a window that is no number of steps.

    Raises
    ------
    OptionError
    """
    if isinstance(window, int) and window < 1:
        raise OptionError("the window of truncated back-propagation", expected="at least 1 step", received=window)


def windows(steps: Size, window: Size) -> Size:
    """Count the windows: ⌈T/k⌉."""
    return ceil_div(steps, window)


def kept_steps(steps: Size, window: Size) -> Size:
    """Give the length of the time axis of what is kept: a window, or the whole sequence if that is shorter."""
    return minimum(steps, window)
