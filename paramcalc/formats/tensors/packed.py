"""Quantized weights: how many numbers a module has whose tensors hold several in one, where names and shapes say it.

Of each scheme, with ``b`` bits per number and groups of ``g`` input features that share a scale::

    GPTQ    qweight (in·b/32, out)  scales (in/g, out)  qzeros (in/g, out·b/32)  g_idx (in)
    AWQ     qweight (in, out·b/32)  scales (in/g, out)  qzeros (in/g, out·b/32)
    int8    weight (out, in) of 8 bits beside its scales (SCB of bitsandbytes, weight_scale, weight_scale_inv)
    4 bit   weight (out·in/2, 1) beside absmax and quant_map (bitsandbytes)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .data import DTYPES, FileTensor

WIDTHS = (2, 3, 4, 8)  # bits per number that GPTQ and AWQ have
INT8_SCALES = ("SCB", "weight_scale", "weight_scale_inv")
SCALES = ("scales", "weight_scale", "weight_scale_inv", "SCB", "weight.absmax", "absmax", "qzeros", "weight_shape")
BEARERS = ("weight", "qweight", "weight_packed", "weight_q")
BYTES = tuple(name for name, bits in DTYPES.items() if bits == 8 and name not in ("uint8", "bool"))
FLOATS = ("float64", "float32", "float16", "bfloat16")

Members = Mapping[str, FileTensor]


class Unpacked(NamedTuple):
    """What a packed weight is.

    Attributes
    ----------
    scheme : str
    bits : int
        Of one number, scales aside.
    shape : tuple of int
        Of the weight, output features first; one axis where the file does not say how its numbers are arranged.
    least : bool
        Whether there may be more numbers: the file does not say how many stand in one.
    """

    scheme: str
    bits: int
    shape: tuple[int, ...]
    least: bool = False


def unpack(members: Members) -> Unpacked | None:
    """Say what the weight of a module is that is packed; ``None`` where none is.

    Parameters
    ----------
    members : mapping of str to FileTensor
        Its tensors by their names within it.
    """
    if "qweight" in members:
        found = _gptq(members) or _awq(members)
        if found is not None:
            return found
    weight = next((members[name] for name in BEARERS if name in members), None)
    if weight is None or weight.dtype in FLOATS or not (_is_scaled(members) or _is_integer_matrix(weight)):
        return None
    if "weight.absmax" in members or "absmax" in members:
        if weight.dtype == "uint8" and (len(weight.shape) == 1 or weight.shape[1:] == (1,)):
            return Unpacked("bitsandbytes", 4, (2 * weight.size,))
    elif len(weight.shape) == 2 and weight.dtype in BYTES and any(name in members for name in INT8_SCALES):
        return Unpacked(weight.dtype, 8, weight.shape)
    # an integer has at least one number
    return Unpacked("packed", DTYPES[weight.dtype], weight.shape, least=True)


def is_plain(members: Members) -> bool:
    """Tell whether no weight of a module is packed, whatever its sizes are."""
    weight = next((members[name] for name in BEARERS if name in members), None)
    return "qweight" not in members and (weight is None or weight.dtype in FLOATS)


def _is_scaled(members: Members) -> bool:
    return any(name in members for name in SCALES)


def _is_integer_matrix(weight: FileTensor) -> bool:
    # what has no gradient and is called a weight was quantized, whatever scales it
    return weight.dtype.startswith(("int", "uint")) and len(weight.shape) > 1


def _matrix(members: Members, name: str) -> tuple[int, int] | None:
    shape = members[name].shape if name in members else ()
    return (shape[0], shape[1]) if len(shape) == 2 and 0 not in shape else None


def _gptq(members: Members) -> Unpacked | None:
    packed, scales, zeros = (_matrix(members, name) for name in ("qweight", "scales", "qzeros"))
    if packed is None or scales is None or zeros is None or members["qweight"].dtype != "int32":
        return None
    groups, out = scales
    bits, rest = divmod(32 * zeros[1], out)
    if rest or bits not in WIDTHS or packed[1] != out or zeros[0] != groups:
        return None
    inputs, rest = divmod(32 * packed[0], bits)
    index = members.get("g_idx")
    if rest or (index is not None and index.shape != (inputs,)) or groups > inputs:
        return None
    return Unpacked("GPTQ", bits, (out, inputs))


def _awq(members: Members) -> Unpacked | None:
    packed, scales, zeros = (_matrix(members, name) for name in ("qweight", "scales", "qzeros"))
    if packed is None or scales is None or zeros is None or members["qweight"].dtype != "int32":
        return None
    groups, out = scales
    bits, rest = divmod(32 * packed[1], out)
    if rest or bits not in WIDTHS or zeros != (groups, packed[1]) or packed[0] % groups:
        return None
    return Unpacked("AWQ", bits, (out, packed[0]))
