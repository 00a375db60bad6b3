"""The most memory of activations and gradients at once in a training step, on PyTorch's own CPU kernels.

On the way forwards the kept tensors add up. On the way backwards a layer's kept tensors go once its gradients are
there, and the gradients of its weights stay. At each layer there are besides: its input and output or their gradients,
and what its kernels take for the time being. The most is taken over the layers of a chain, both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

from ...core.rule import Layer
from ...core.shapes import AnyShape, UnknownShape
from ...symbolic import Size
from ...untyped import OptionValue
from .dtypes import Policy, in_bytes
from .kept import Found
from .passes import Use

COMPOSITE = ("Transformer", "MultiheadAttention")  # whose insides have a peak of their own, which is not followed
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
LEAST_NNPACK = 16  # samples, from which on the library NNPACK convolves, forwards without columns


class Moment(NamedTuple):
    """Bytes that a layer takes while it works, besides what is kept.

    Attributes
    ----------
    forward, backward : int
    after : int or None
        While it works on the gradient of its input, if what it kept of its own is gone by then.
    """

    forward: int = 0
    backward: int = 0
    after: int | None = None


def peak(found: Sequence[Use], keeps: Sequence[Found], policy: Policy) -> int | None:
    """Give the most bytes at once of what a training step allocates: kept tensors, gradients and scratch memory.

    The weights, the inputs of the model and the state of an optimizer are there before, and are not in it.

    Parameters
    ----------
    found : list of Use
        Of a chain, each reading the first output of the one before; sizes are numbers.
    keeps : list of Found
    policy : Policy

    Returns
    -------
    int or None
        ``None`` where what a layer keeps, or takes for the time being, is unknown.
    """
    if not all(one.complete for one in keeps) or any(_unknown(use) for use in found):
        return None
    kept = [_bytes(one, policy) for one in keeps]
    ins = [_size(use.part.inputs[0], policy) for use in found]
    outs = [_size(use.part.built.output(), policy) for use in found]
    gradients = [_gradients(use, policy) for use in found]
    moments = [_moment(use, policy) for use in found]
    views = [_is_view(use) for use in found]
    has_output = [any(one.name == "output" for one in keep.everything) for keep in keeps]
    has_input = [any(one.name == "input" for one in keep.everything) for keep in keeps]
    last = 0 if has_output[-1] or views[-1] else outs[-1]
    most = 0
    for at in range(len(found)):
        held = sum(kept[: at + 1])
        read = 0 if at == 0 or has_input[at] or has_output[at - 1] or views[at - 1] else ins[at]
        made = 0 if has_output[at] or views[at] else outs[at]
        most = max(most, held + read + made + moments[at].forward)
        back = last + sum(gradients[at:]) + (outs[at] if at < len(found) - 1 else 0)
        passed = ins[at] if at > 0 and 0 in found[at].live and not views[at] else 0
        after = moments[at].after
        if after is None:
            most = max(most, held + back + passed + moments[at].backward)
        else:
            most = max(most, held + back + moments[at].backward, held - kept[at] + back + passed + after)
    return most


def _unknown(use: Use) -> bool:
    kind = use.part.layer.type
    return bool(use.inner) or not isinstance(use.part.layer, Layer) or kind.startswith(COMPOSITE)


def _is_view(use: Use) -> bool:
    layer = use.part.layer
    in_place = isinstance(layer, Layer) and bool(layer.options.get("inplace"))
    return in_place or layer.type in ("Flatten", "Identity", "Unflatten")


def _size(shape: AnyShape, policy: Policy) -> int:
    return _whole(in_bytes(1 if isinstance(shape, UnknownShape) else prod(shape), policy.computation))


def _whole(size: Size) -> int:
    if not isinstance(size, int):
        raise TypeError("the peak of a training step is computed from sizes that are numbers")
    return size


def _bytes(found: Found, policy: Policy) -> int:
    return sum(_whole(in_bytes(one.size, one.dtype or policy.computation)) for one in found.everything)


def _gradients(use: Use, policy: Policy) -> int:
    trained = (one.params for one in use.part.built.weights if one.path in use.live)
    return sum(_whole(in_bytes(size, policy.variables)) for size in trained)


def _moment(use: Use, policy: Policy) -> Moment:
    layer = use.part.layer
    assert isinstance(layer, Layer)
    options: Mapping[str, OptionValue] = layer.options
    x: OptionValue = use.part.inputs[0]
    out: OptionValue = use.part.built.output()
    if layer.type in GATES:
        # the product of the input of all steps, or its gradient; a second gradient of the recurrent weight
        gates = GATES[layer.type] * options["hidden_size"]
        projected = in_bytes(prod(x[:-1]) * gates, policy.computation)
        recurrent = in_bytes(gates * options["hidden_size"], policy.variables)
        return Moment(_whole(projected), _whole(recurrent), _whole(projected))
    if (
        "Conv" in layer.type
        and "Transpose" not in layer.type
        and options["groups"] == 1
        and prod(options["kernel_size"]) > 1
    ):
        columns = _whole(in_bytes(x[1] * prod(options["kernel_size"]) * prod(out[2:]), policy.computation))
        return Moment(0, columns) if x[0] >= LEAST_NNPACK else Moment(x[0] * columns, x[0] * columns)
    return Moment()
