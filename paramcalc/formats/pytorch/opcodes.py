"""Pickles as data: every opcode acts on plain values, and a global is nothing but its name.

A pickle is a program for a stack machine. Here a call of a global gives what a table has for its name, or an `Opaque`
value that remembers the name and the arguments; nothing is imported and nothing is called. Work and memory are bounded
by the length of the pickle, whatever it says: by the steps, the values made, and the depth at which they are looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Hashable

from ...errors import FileError
from .machine import Machine
from .usual import take_tensor
from .values import Global, Opaque, Value, extend, fill

MAX_STEPS = 5_000_000  # opcodes; a tensor takes about 40
MAX_VALUES = 1_200_000  # lists, dicts, tuples and texts; a tensor takes about 10
MAX_INTEGER = 64  # bytes of a whole number

_FOUR = struct.Struct("<I").unpack_from


def run(m: Machine) -> Value:
    """Run the next pickle of a machine and give what it makes.

    Raises
    ------
    FileError
        When it is damaged, beyond the bounds, or has an opcode that files of PyTorch never have.
    """
    data, opcodes = m.data, OPCODES
    stack: list[Value] = []
    marks: list[int] = []
    memo: list[Value] = []
    m.stack, m.marks, m.memo = stack, marks, memo
    at = m.at
    try:
        for _ in range(MAX_STEPS):
            code = data[at]
            at += 1
            if code == PUT:  # the four that are two thirds of a file; all others have a function
                (place,) = _FOUR(data, at)
                at += 4
                if place == len(memo):
                    memo.append(stack[-1])
                else:
                    m.remember(place)
            elif code == GET:
                stack.append(memo[data[at]])
                at += 1
            elif code == SMALL:
                stack.append(data[at])
                at += 1
            elif code == MARK:
                marks.append(len(stack))
            elif code == STOP:
                m.at = at
                return stack.pop()
            else:
                m.at = at
                opcodes[code](m)
                at = m.at
                if m.values > MAX_VALUES:
                    raise FileError("too many values in the pickle", expected=f"at most {MAX_VALUES:,}")
    except FileError as error:
        raise error.at(f"byte {m.at:,} of the pickle")
    except (IndexError, KeyError, ValueError, TypeError, AttributeError, OverflowError, struct.error):
        m.at = max(m.at, at)
        raise FileError(f"the pickle is damaged at byte {m.at:,}") from None
    raise FileError("too many steps in the pickle", expected=f"at most {MAX_STEPS:,}")


def _text(size: int) -> Callable[[Machine], None]:
    return lambda m: m.push(m.take(m.number(size)).decode("utf-8", "surrogatepass"))


def _bytes(size: int) -> Callable[[Machine], None]:
    return lambda m: m.push(m.take(m.number(size)))


def _skip(size: int) -> Callable[[Machine], None]:
    # the number of the protocol, and the length of a frame
    def step(m: Machine) -> None:
        m.take(size)

    return step


def _old_text(m: Machine) -> None:
    m.push(m.take(m.number(1)).decode("latin-1"))


def _long(size: int) -> Callable[[Machine], None]:
    def step(m: Machine) -> None:
        length = m.number(size)
        if length > MAX_INTEGER:
            raise FileError(f"a whole number of {length:,} bytes", expected=f"at most {MAX_INTEGER}")
        m.push(int.from_bytes(m.take(length), "little", signed=True))

    return step


def _integer_line(m: Machine) -> None:
    text = m.line()
    if len(text) > 2 * MAX_INTEGER:
        raise FileError(f"a whole number of {len(text):,} digits", expected=f"at most {2 * MAX_INTEGER}")
    m.push({b"00": False, b"01": True}[text] if text in (b"00", b"01") else int(text.rstrip(b"L")))


def _float_line(m: Machine) -> None:
    m.push(float(m.line()[:MAX_INTEGER]))


def _string_line(m: Machine) -> None:
    text = m.line()
    if len(text) < 2 or text[:1] != text[-1:] or text[:1] not in (b"'", b'"'):
        raise ValueError
    m.push(text[1:-1].decode("latin-1"))


def _global_line(m: Machine) -> None:
    module, name = m.line().decode(), m.line().decode()
    m.push(Global(f"{module}.{name}"))


def _global(m: Machine) -> None:
    name, module = m.stack.pop(), m.stack.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise TypeError
    m.push(Global(f"{module}.{name}"))


def _tuple(size: int) -> Callable[[Machine], None]:
    def step(m: Machine) -> None:
        stack = m.stack
        found = tuple(stack[-size:])
        if len(found) < size:
            raise IndexError
        stack[-size:] = (found,)
        m.values += 1

    return step


def _dict(m: Machine) -> None:
    found: dict[Hashable, Value] = {}
    fill(found, m.marked())
    m.push(found)


def _set_item(m: Machine) -> None:
    value, key = m.stack.pop(), m.stack.pop()
    fill(m.stack[-1], [key, value])


def _set_items(m: Machine) -> None:
    pairs = m.marked()
    fill(m.stack[-1], pairs)


def _append(m: Machine) -> None:
    value = m.stack.pop()
    extend(m.stack[-1], [value])


def _appends(m: Machine) -> None:
    values = m.marked()
    extend(m.stack[-1], values)


def _reduce(m: Machine) -> None:
    args = m.stack.pop()
    m.push(m.call(m.stack.pop(), args))


def _new_with_keywords(m: Machine) -> None:
    m.stack.pop()
    _reduce(m)


def _instance(m: Machine) -> None:
    args = tuple(m.marked())
    _global_line(m)
    m.push(m.call(m.stack.pop(), args))


def _object(m: Machine) -> None:
    made_by, *args = m.marked()
    m.push(m.call(made_by, tuple(args)))


def _build(m: Machine) -> None:
    # a dict or a list may have attributes besides, such as the versions of a state_dict, which are no tensors
    state = m.stack.pop()
    if isinstance(m.stack[-1], Opaque):
        m.stack[-1].state = state


def _pop(m: Machine) -> None:
    if m.marks and m.marks[-1] == len(m.stack):
        m.marks.pop()
    else:
        m.stack.pop()


def _refused(m: Machine) -> None:
    raise FileError("an opcode that no file of PyTorch has", received=m.data[m.at - 1])


def place_of(text: bytes) -> int:
    """Read a place of the memo as the oldest protocol writes it."""
    if not text.isdigit() or len(text) > MAX_INTEGER:
        raise ValueError
    return int(text)


# the opcodes of which a file has most


def _remember_small(m: Machine) -> None:
    m.remember(m.data[m.at])
    m.at += 1


def _usual_text(m: Machine) -> None:
    start = m.at + 4
    m.at = end = start + _FOUR(m.data, m.at)[0]
    if end > len(m.data):
        raise FileError("a truncated pickle")
    m.values += 1
    m.stack.append(m.data[start:end].decode("utf-8", "surrogatepass"))
    take_tensor(m)


def _found(code: int) -> Callable[[Machine], None]:
    return _OPCODES.get(bytes([code]), _refused)


_OPCODES: dict[bytes, Callable[[Machine], None]] = {
    b"0": _pop,
    b"1": lambda m: m.marked().clear(),
    b"2": lambda m: m.stack.append(m.stack[-1]),
    b"F": _float_line,
    b"I": _integer_line,
    b"J": lambda m: m.stack.append(int.from_bytes(m.take(4), "little", signed=True)),
    b"L": _integer_line,
    b"M": lambda m: m.stack.append(m.number(2)),
    b"N": lambda m: m.stack.append(None),
    b"P": lambda m: m.push(m.load(m.line().decode())),
    b"Q": lambda m: m.push(m.load(m.stack.pop())),
    b"R": _reduce,
    b"S": _string_line,
    b"T": lambda m: m.push(m.take(m.number(4)).decode("latin-1")),
    b"U": _old_text,
    b"V": lambda m: m.push(m.line().decode("raw-unicode-escape")),
    b"X": _usual_text,
    b"a": _append,
    b"b": _build,
    b"c": _global_line,
    b"d": _dict,
    b"}": lambda m: m.push({}),
    b"e": _appends,
    b"g": lambda m: m.stack.append(m.memo[place_of(m.line())]),
    b"i": _instance,
    b"j": lambda m: m.stack.append(m.memo[m.four()]),
    b"l": lambda m: m.push(m.marked()),
    b"]": lambda m: m.push([]),
    b"o": _object,
    b"p": lambda m: m.remember(place_of(m.line())),
    b"q": _remember_small,
    b"s": _set_item,
    b"t": lambda m: m.push(tuple(m.marked())),
    b")": lambda m: m.stack.append(()),
    b"u": _set_items,
    b"G": lambda m: m.push(struct.unpack(">d", m.take(8))[0]),
    b"B": _bytes(4),
    b"C": _bytes(1),
    b"\x80": _skip(1),
    b"\x81": _reduce,
    b"\x85": _tuple(1),
    b"\x86": _tuple(2),
    b"\x87": _tuple(3),
    b"\x88": lambda m: m.stack.append(True),
    b"\x89": lambda m: m.stack.append(False),
    b"\x8a": _long(1),
    b"\x8b": _long(4),
    b"\x8c": _text(1),
    b"\x8d": _text(8),
    b"\x8e": _bytes(8),
    b"\x8f": lambda m: m.push([]),
    b"\x90": _appends,
    b"\x91": lambda m: m.push(m.marked()),
    b"\x92": _new_with_keywords,
    b"\x93": _global,
    b"\x94": lambda m: m.remember(len(m.memo)),
    b"\x95": _skip(8),
    b"\x96": _bytes(8),
}
OPCODES = [_found(code) for code in range(256)]
STOP, PUT, GET, SMALL, MARK = b".rhK("
