"""Ways to train on a sequence, and what each changes in the cost of full back-propagation through time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import NamedTuple

from ...catalogue import message
from ...core.totals import summed
from ...errors import OptionError, Verbatim
from ...graph.model import Model
from ...symbolic import Size, unicode
from .checkpointing import SQRT, Checkpointing, over_time, recomputed
from .dtypes import Policy, in_bytes
from .kept import Found, Tensor
from .memory import bytes_kept
from .passes import Passes, Use, total
from .rtrl import LayerRtrl, Rtrl, rtrl_of
from .sequences import LOOP, in_order
from .truncation import check_truncation, check_window, kept_steps

SENSITIVITIES = "sensitivities"


class Method(NamedTuple):
    """A way to train on a sequence; without any of them, full back-propagation through time.

    Attributes
    ----------
    window : int, Expr or None
        Of truncated back-propagation, in steps.
    rtrl : bool
        Real-time recurrent learning.
    segments : int, str or None
        Of gradient checkpointing over time; ``"sqrt"`` is the best number.
    """

    window: Size | None = None
    rtrl: bool = False
    segments: int | str | None = None

    @property
    def sentences(self) -> Iterator[str]:
        """Say what it is."""
        if self.window is not None:
            yield message("back-propagation is truncated to windows of {window} steps", window=unicode(self.window))
        if self.rtrl:
            yield message("gradients go forwards in time, by real-time recurrent learning")
        if self.segments is not None:
            yield message("the states at the borders of segments are kept, and the steps of a segment computed twice")
            yield message("each layer lists what it keeps of all steps; the memory has one segment and the borders")


class Trained(NamedTuple):
    """The cost of training in some way.

    Attributes
    ----------
    uses : list of Use
    keeps : list of Found
        What each use keeps.
    recomputed : int or Expr
        Multiply-adds that are done once more.
    learning : Rtrl, optional
        Real-time recurrent learning, step by step.
    checkpointing : callable, optional
        Gives the checkpoints, in bytes of a dtype policy; ``None`` where what layers keep is unknown.
    """

    uses: list[Use]
    keeps: list[Found]
    recomputed: Size = 0
    learning: Rtrl | None = None
    checkpointing: Callable[[Policy], Checkpointing | None] | None = None


def method_of(window: Size | None, rtrl: bool, segments: int | str | None) -> Method:
    """Make a method of what was asked for.

    Raises
    ------
    OptionError
        When several ways are asked for, and for a window or a number of segments that is none.
    """
    asked = [name for name, given in (("bptt", window is not None), ("rtrl", rtrl), ("checkpoint", segments)) if given]
    if len(asked) > 1:
        raise OptionError(
            "several ways to train", expected="one of bptt, rtrl and checkpoint", received=Verbatim(" and ".join(asked))
        )
    if segments is not None and segments != SQRT and (isinstance(segments, bool) or not isinstance(segments, int)):
        raise OptionError("checkpoint", expected="a number of segments, or sqrt", received=segments)
    check_window(window)
    return Method(window, rtrl, segments)


def trained_by(
    method: Method,
    model: Model,
    found: list[Use],
    keeps: list[Found],
    steps: Size | None,
    at: Callable[[Size], list[Found]],
    input_gradient: bool = False,
) -> Trained:
    """Give the cost of a model when it is trained in this way.

    Parameters
    ----------
    method : Method
    model : Model
    found, keeps : lists of Use and of Found
        Of full back-propagation, the products of a window aside.
    steps : int, Expr or None
        How many time steps there are.
    at : callable
        Gives what is kept on another number of time steps.
    input_gradient : bool
        Whether a gradient of the inputs is wanted.

    Raises
    ------
    OptionError
        For a model that cannot be trained in this way.
    """
    if method.window is not None:
        check_truncation(model, found)
        return Trained(found, _at(at, keeps, None if steps is None else kept_steps(steps, method.window)))
    if method.rtrl:
        if input_gradient:
            raise OptionError(
                "real-time recurrent learning gives the gradients of weights", expected="no input gradient"
            )
        learning = rtrl_of(model, found)
        by_path = _by_path(learning.layers)
        learned = [_learned(use, by_path, learning.steps) for use in found]
        kept = _with_sensitivities(found, _at(at, keeps, 1), _by_path(learning.layers))
        return Trained(learned, kept, learning=learning)
    if method.segments is not None:
        if steps is None:
            raise OptionError("checkpointing over time needs a number of time steps")
        loops = [one.use.part.built for one in in_order(model, found).uses if one.role == LOOP]
        states = summed(prod(shape) for built in loops for shape in built.states)
        extra, segments, number = recomputed(model, found), method.segments, steps

        def checkpoints(policy: Policy) -> Checkpointing | None:
            one, two = (bytes_kept(found, _at(at, keeps, count), policy) for count in (1, 2))
            if one is None or two is None:
                return None
            each = summed((two, -1 * one))
            forward = summed((one, -1 * each))
            return over_time(number, in_bytes(states, policy.computation), each, extra, segments, forward)

        return Trained(found, keeps, extra, checkpointing=checkpoints)
    return Trained(found, keeps)


def _by_path(layers: Sequence[LayerRtrl]) -> dict[str, list[LayerRtrl]]:
    found: dict[str, list[LayerRtrl]] = {}
    for one in layers:
        found.setdefault(one.path, []).append(one)
    return found


def _at(at: Callable[[Size], list[Found]], keeps: list[Found], steps: Size | None) -> list[Found]:
    # on a sequence of another length, where the length is open; else unknown
    try:
        if steps is not None:
            return at(steps)
    except OptionError:
        pass
    return [_unknown(one) for one in keeps]


def _unknown(one: Found) -> Found:
    return Found((), False, [_unknown(inner) for inner in one.inner])


def _learned(use: Use, by_path: dict[str, list[LayerRtrl]], steps: Size, above: str = "") -> Use:
    path = f"{above}{use.part.name}"
    if use.inner:
        inner = [_learned(one, by_path, steps, f"{path}/") for one in use.inner]
        return use._replace(inner=inner, passes=total([one.passes for one in inner]))
    mine = by_path[path].pop(0)  # the uses of a shared layer stand one after the other
    gradients = summed((*(steps * size for size in mine.each[1:]), *mine.end[1:]))
    return use._replace(passes=Passes(use.passes.forward, gradients, 0))


def _with_sensitivities(
    found: Sequence[Use], keeps: Sequence[Found], by_path: dict[str, list[LayerRtrl]], above: str = ""
) -> list[Found]:
    made = []
    for use, one in zip(found, keeps, strict=True):
        path = f"{above}{use.part.name}"
        if use.inner and one.inner:
            made.append(one._replace(inner=_with_sensitivities(use.inner, one.inner, by_path, f"{path}/")))
            continue
        size = by_path[path].pop(0).kept
        added = (Tensor(SENSITIVITIES, size),) if size != 0 else ()
        made.append(one._replace(tensors=(*one.tensors, *added)))
    return made
