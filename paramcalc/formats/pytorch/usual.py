"""A tensor in a pickle as `torch.save` writes it after the first few, taken in one step instead of about 40.

It is read as its opcodes would be, one by one: the same values are made, remembered and pushed. A tensor written in any
other way is left to the opcodes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

_GET, _PUT = rb"(?:h(.)|j(.{4}))", rb"r(.{4})"
_INTEGER = rb"(?:K.|M..|J.{4})"
_TUPLE = rb"((?:" + _INTEGER + rb"){1,3}[\x85-\x87]|\((?:" + _INTEGER + rb"){4,8}t)"
_USUAL = re.compile(
    _PUT + _GET + rb"\(\(" + _GET + _GET + rb"X(.{4})([0-9]{1,18})" + _PUT + _GET + rb"(" + _INTEGER + rb")t" + _PUT
    + rb"Q(" + _INTEGER + rb")" + _TUPLE + _PUT + _TUPLE + _PUT + rb"([\x88\x89])" + _GET + rb"\)R"
    + _PUT + rb"t" + _PUT + rb"R" + _PUT,
    re.DOTALL,
)  # fmt: skip
_FOUR, _EIGHT = Struct("<I").unpack, Struct("<8I").unpack
VALUES = 8  # that are made: the key, the id, the storage, the shape, the strides, the hooks, the arguments, the tensor


class Usual(NamedTuple):
    """What stands behind the name of a tensor.

    Attributes
    ----------
    end : int
        Where it ends.
    places : tuple of int
        Of the memo, which it fills with the name, the key, the id of the storage, the shape, the strides, the hooks,
        the arguments and the tensor.
    made_by, word, kind, device, hooks : int
        Places of the memo whose values it takes: the function, ``"storage"``, the class of the storage, the device,
        the class of the hooks.
    key : str
    size, offset : int
        Of the storage, and where the tensor begins in it.
    shape, strides : tuple of int
    trainable : bool
    """

    end: int
    places: tuple[int, ...]
    made_by: int
    word: int
    kind: int
    device: int
    hooks: int
    key: str
    size: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    trainable: bool


def usual(data: bytes, at: int) -> Usual | None:
    """Read what stands behind the name of a tensor; ``None`` where it is written in another way."""
    found = _USUAL.match(data, at)
    if found is None:
        return None
    part = found.groups()
    name, f, f4, w, w4, k, k4, length, key, key_at, d, d4, size, id_at, offset = part[:15]
    shape, shape_at, strides, strides_at, trainable, h, h4, hooks_at, args_at, tensor_at = part[15:]
    if _FOUR(length)[0] != len(key):
        return None
    sizes, steps = _tuple(shape), _tuple(strides)
    if sizes is None or steps is None:
        return None
    return Usual(
        found.end(),
        _EIGHT(name + key_at + id_at + shape_at + strides_at + hooks_at + args_at + tensor_at),
        f[0] if f else _FOUR(f4)[0],
        w[0] if w else _FOUR(w4)[0],
        k[0] if k else _FOUR(k4)[0],
        d[0] if d else _FOUR(d4)[0],
        h[0] if h else _FOUR(h4)[0],
        key.decode(),
        _integer(size),
        _integer(offset),
        sizes,
        steps,
        trainable == b"\x88",
    )


@lru_cache(4096)
def _integer(code: bytes) -> int:
    return int.from_bytes(code[1:], "little", signed=code[:1] == b"J")


@lru_cache(4096)
def _tuple(code: bytes) -> tuple[int, ...] | None:
    # the integers and the opcode that joins them, which says how many they are
    at, found = 1 if code[:1] == b"(" else 0, []
    while at < len(code) - 1:
        end = at + {75: 2, 77: 3, 74: 5}[code[at]]
        found.append(_integer(code[at:end]))
        at = end
    return tuple(found) if code[:1] == b"(" or len(found) == code[-1] - 0x84 else None
