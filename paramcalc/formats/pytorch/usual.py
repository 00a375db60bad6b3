"""A tensor in a pickle as `torch.save` writes it after the first few, taken in one step instead of about 40.

It is read as its opcodes would be, one by one: the same values are made, remembered and pushed. A tensor written in any
other way is left to the opcodes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from struct import Struct

from .machine import Machine

_GET, _PUT = rb"(?:h.|j.{4})", rb"r(.{4})"
_INTEGER = rb"(?:K.|M..|J.{4})"
_WIDTHS = {75: 2, 77: 3, 74: 5, 104: 2, 106: 5}  # bytes of an opcode with its number: K, M, J, h, j
_TUPLE = rb"((?:" + _INTEGER + rb"){1,3}[\x85-\x87]|\((?:" + _INTEGER + rb"){4,8}t)"
_USUAL = re.compile(
    _PUT + rb"(" + _GET + rb"\(\(" + _GET + _GET + rb")X(.{4})([0-9]{1,18})" + _PUT
    + rb"(" + _GET + rb")(" + _INTEGER + rb")t" + _PUT
    + rb"Q(" + _INTEGER + rb")" + _TUPLE + _PUT + _TUPLE + _PUT + rb"([\x88\x89])(" + _GET + rb")\)R"
    + rb"r(.{4}tr.{4}Rr.{4})",
    re.DOTALL,
)  # fmt: skip
_FOUR, _PLACES = Struct("<I").unpack, Struct("<6I2xI2xI").unpack
VALUES = 8  # that are made: the key, the id, the storage, the shape, the strides, the hooks, the arguments, the tensor


def take_tensor(m: Machine) -> bool:
    """Take what stands behind the name of a tensor, which is on the stack; tell whether it is written as usual.

    It fills eight places of the memo, one behind the other: with the name, the key, the id of the storage, the shape,
    the strides, the hooks, the arguments and the tensor. It takes five values that are known: the function, the word
    ``storage``, the class of the storage, the device and the class of the hooks.
    """
    found = _USUAL.match(m.data, m.at)
    if found is None:
        return False
    (
        name_at, made_by, length, key, key_at, device, size, id_at, offset,
        shape, shape_at, strides, strides_at, trainable, hooks, last_three,
    ) = found.groups()  # fmt: skip
    memo, known = m.memo, len(m.memo)
    places = _PLACES(name_at + key_at + id_at + shape_at + strides_at + last_three)
    if places != (*range(known, known + 8),) or _FOUR(length)[0] != len(key):
        return False
    taken = _places(made_by, device, hooks)
    sizes, steps = _tuple(shape), _tuple(strides)
    if max(taken) >= known or sizes is None or steps is None:
        return False
    function, word, kind, where, container = [memo[place] for place in taken]
    number = key.decode()
    id = word, kind, number, where, _integer(size)
    no_hooks = m.call(container, ())
    args = m.load(id), _integer(offset), sizes, steps, trainable == b"\x88", no_hooks
    tensor = m.call(function, args)
    memo += (m.stack[-1], number, id, sizes, steps, no_hooks, args, tensor)
    m.values += VALUES
    m.stack.append(tensor)
    m.at = found.end()
    return True


@lru_cache(4096)
def _places(made_by: bytes, device: bytes, hooks: bytes) -> tuple[int, ...]:
    # of the memo, that opcodes take; two marks stand behind the first of three
    code, found, at = made_by + device + hooks, [], 0
    while at < len(code):
        end = at + _WIDTHS.get(code[at], 1)
        if end > at + 1:
            found.append(int.from_bytes(code[at + 1 : end], "little"))
        at = end
    return tuple(found)


@lru_cache(4096)
def _integer(code: bytes) -> int:
    return int.from_bytes(code[1:], "little", signed=code[:1] == b"J")


@lru_cache(4096)
def _tuple(code: bytes) -> tuple[int, ...] | None:
    # the integers and the opcode that joins them, which says how many they are
    at, found = 1 if code[:1] == b"(" else 0, []
    while at < len(code) - 1:
        end = at + _WIDTHS[code[at]]
        found.append(code[at + 1] if end == at + 2 else _integer(code[at:end]))
        at = end
    return tuple(found) if code[:1] == b"(" or len(found) == code[-1] - 0x84 else None
