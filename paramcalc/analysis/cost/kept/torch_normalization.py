"""What PyTorch's normalizations keep, in training: what statistics they take, and from what."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ....untyped import OptionValue
from .torch_operations import keeps_input, keeps_output, layer_norm, rows_of
from .values import Call, Keeping, Value

Values = Sequence[Value]
EVERY = (1, 2, 3)


def _batch_norm(call: Call) -> Values:
    call.tape.new("means and deviations", 2 * call.inputs[0].shape[1], times=call.anything)
    return keeps_input(call)


def _instance_norm(rank: int) -> Keeping:
    def keeps(call: Call) -> Values:
        x = call.inputs[0].shape
        options = call.layer.options
        # weight and running statistics are repeated for each sample
        channels = prod(x[: len(x) - rank])
        call.tape.new("means and deviations", 2 * channels, times=call.anything)
        call.tape.new("weight of each sample", channels, times=call.anything and bool(options["affine"]))
        repeated = bool(options["track_running_stats"])
        call.tape.new("running statistics of each sample", 2 * channels, times=call.anything and repeated)
        return keeps_input(call)

    return keeps


def _group_norm(call: Call) -> Values:
    groups: OptionValue = call.layer.options["num_groups"]
    call.tape.new("means and deviations", 2 * call.inputs[0].shape[0] * groups, times=call.anything)
    return keeps_input(call)


def _layer_norm(call: Call) -> Values:
    (x,) = call.inputs
    shape: OptionValue = call.layer.options["normalized_shape"]
    rows = rows_of(x.shape, len(shape))
    return (layer_norm(call.tape, x, rows, call.trains("weight"), call.trains("bias")),)


def _rms_norm(call: Call) -> Values:
    (x,) = call.inputs
    shape: OptionValue = call.layer.options["normalized_shape"]
    if x.live:
        call.tape.keep(x)
    call.tape.new("deviations", rows_of(x.shape, len(shape)), times=x.live)
    call.tape.new("normalized input", x.size, times=call.trains("weight"))
    return (call.output(x),)


def _response_norm(call: Call) -> Values:
    (x,) = call.inputs
    size: OptionValue = call.layer.options["size"]
    channels = (x.shape[0], x.shape[1] + size - 1, *x.shape[2:])
    call.tape.new("padded squares", prod(channels), times=x.live)
    call.tape.new("sums and their powers", 2 * x.size, times=x.live)
    return keeps_input(call)


def _cross_map_norm(call: Call) -> Values:
    (x,) = call.inputs
    call.tape.new("scale", x.size, times=x.live)
    keeps_input(call)
    return keeps_output(call)


TABLE: dict[str, Keeping] = {
    **{f"{lazy}BatchNorm{n}d": _batch_norm for lazy in ("", "Lazy") for n in EVERY},
    "SyncBatchNorm": _batch_norm,
    **{f"{lazy}InstanceNorm{n}d": _instance_norm(n) for lazy in ("", "Lazy") for n in EVERY},
    "GroupNorm": _group_norm,
    "LayerNorm": _layer_norm,
    "RMSNorm": _rms_norm,
    "LocalResponseNorm": _response_norm,
    "CrossMapLRN2d": _cross_map_norm,
}
