"""Truncated back-propagation through time: which models it fits, and how many steps are kept at a time.

The sequence is cut into windows of k steps. Values flow from window to window, gradients do not, so the states of one
window suffice to start the next. The multiply-adds follow from `paramcalc.core.products.Work.truncated`::

    backward of a window's first step    no gradient of the state it starts from
    kept                                 the tensors of one window

Source: Williams & Peng 1990, with windows that do not overlap (k1 = k2 = k).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...core.built import AnyShape
from ...errors import OptionError
from ...graph.model import Model
from ...symbolic import Size, ceil_div, minimum
from .passes import Use
from .sequences import LOOP, MIXES, check_one_way, check_recurrent, gives_steps, in_order, with_time
from .sizes import steps_in, with_sizes

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
        For bidirectional layers, attention over the steps, a recurrent layer that gives its last step alone or starts
        from another one's state, and a model without recurrent layers. It names the layer.
    """
    sequence = in_order(model, found)
    check_recurrent(sequence, METHOD)
    check_one_way(sequence, with_time(model, sequence), METHOD, (MIXES,), backwards=True)
    for one in sequence.uses:
        layer = one.use.part.layer
        if one.role == LOOP and one.use.reached and not gives_steps(layer):
            raise OptionError(
                f"{METHOD} is not possible: {layer.type} gives its last step alone; only the last window would learn",
                expected="return_sequences=True",
                received=one.path,
            )


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


def shapes_kept(model: Model, batch: Size | None, steps: Size | None, window: Size) -> list[AnyShape]:
    """Give the input shapes on which the model keeps what truncated back-propagation keeps.

    What a window keeps is what the model keeps on a sequence as long as a window.

    Parameters
    ----------
    model : Model
    batch, steps : int or Expr, optional
        Sizes in place of the open batch and the open time axis.
    window : int or Expr

    Raises
    ------
    OptionError
        When the number of time steps is not open.
    """
    whole = steps_in(model.input_shapes, with_sizes(model.input_shapes, batch, steps))
    if whole is None:
        raise OptionError(
            "the number of time steps is fixed, so what one window keeps is unknown", expected="an open time axis"
        )
    return with_sizes(model.input_shapes, batch, kept_steps(whole, window))
