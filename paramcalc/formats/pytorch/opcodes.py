"""Pickles as data: every opcode acts on plain values, and a global is nothing but its name.

A pickle is a program for a stack machine. Here a call of a global gives what a table has for its name, or an `Opaque`
value that remembers the name and the arguments; nothing is imported and nothing is called. Work and memory are bounded
by the length of the pickle, whatever it says: by the steps, the values made, and the depth at which they are looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Hashable, Mapping
from typing import TypeAlias

from ...errors import FileError
from .usual import VALUES, Usual, usual

MAX_PICKLE = 32 * 2**20  # bytes
MAX_STEPS = 5_000_000  # opcodes; a tensor takes about 40
MAX_VALUES = 1_200_000  # lists, dicts, tuples and texts; a tensor takes about 10
MAX_INTEGER = 64  # bytes of a whole number

Value: TypeAlias = object


class Global:
    """A name of a module and of what is in it: ``collections.OrderedDict``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Opaque:
    """What a global that is not in the table would have made.

    Attributes
    ----------
    name : str
        Of the global.
    args : object
        What it would have been called with.
    state : object
        What would have been put into it: ``__dict__`` of an object.
    items : dict
        What would have been set by key.
    """

    __slots__ = ("args", "items", "name", "state")

    def __init__(self, name: str, args: Value = ()) -> None:
        self.name = name
        self.args = args
        self.state: Value = None
        self.items: dict[Hashable, Value] = {}


class Reference:
    """What a persistent id stands for where nothing is known of it."""

    __slots__ = ("id",)

    def __init__(self, id: Value) -> None:
        self.id = id


class Key:
    """A key of a dictionary that is no text and no number."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


Call = Callable[[Value], Value]
_FOUR = struct.Struct("<I").unpack_from


class Machine:
    """Runs pickles, one after the other, over the same bytes.

    Parameters
    ----------
    data : bytes
    calls : mapping of str to callable
        What the call of a global gives, by its name; each takes the arguments.
    load : callable
        What a persistent id stands for.
    """

    __slots__ = ("at", "calls", "data", "load", "marks", "memo", "stack", "values")

    def __init__(self, data: bytes, calls: Mapping[str, Call], load: Call) -> None:
        if len(data) > MAX_PICKLE:
            raise FileError(f"a pickle of {len(data):,} bytes", expected=f"at most {MAX_PICKLE:,}")
        self.data = data
        self.calls = calls
        self.load = load
        self.at = 0
        self.values = 0
        self.stack: list[Value] = []
        self.marks: list[int] = []
        self.memo: list[Value] = []

    def run(self) -> Value:
        """Run the next pickle and give what it makes.

        Raises
        ------
        FileError
            When it is damaged, beyond the bounds, or has an opcode that files of PyTorch never have.
        """
        data, opcodes = self.data, OPCODES
        stack: list[Value] = []
        marks: list[int] = []
        memo: list[Value] = []
        self.stack, self.marks, self.memo = stack, marks, memo
        at = self.at
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
                        self.remember(place)
                elif code == GET:
                    stack.append(memo[data[at]])
                    at += 1
                elif code == SMALL:
                    stack.append(data[at])
                    at += 1
                elif code == MARK:
                    marks.append(len(stack))
                elif code == STOP:
                    self.at = at
                    return stack.pop()
                else:
                    self.at = at
                    opcodes[code](self)
                    at = self.at
                    if self.values > MAX_VALUES:
                        raise FileError("too many values in the pickle", expected=f"at most {MAX_VALUES:,}")
        except FileError as error:
            raise error.at(f"byte {self.at:,} of the pickle")
        except (IndexError, KeyError, ValueError, TypeError, AttributeError, OverflowError, struct.error):
            self.at = max(self.at, at)
            raise FileError(f"the pickle is damaged at byte {self.at:,}") from None
        raise FileError("too many steps in the pickle", expected=f"at most {MAX_STEPS:,}")

    def take(self, size: int) -> bytes:
        """Take the next bytes."""
        start = self.at
        self.at = end = start + size
        if end > len(self.data):
            raise FileError("a truncated pickle")
        return self.data[start:end]

    def number(self, size: int) -> int:
        """Take a number without a sign."""
        return int.from_bytes(self.take(size), "little")

    def line(self) -> bytes:
        """Take a line."""
        end = self.data.index(b"\n", self.at)
        found = self.data[self.at : end]
        self.at = end + 1
        return found

    def push(self, value: Value) -> None:
        """Put a value that was made on the stack."""
        self.values += 1
        self.stack.append(value)

    def marked(self) -> list[Value]:
        """Take what lies above the last mark."""
        start = self.marks.pop()
        found = self.stack[start:]
        if len(self.stack) < start:
            raise IndexError
        del self.stack[start:]
        return found

    def four(self) -> int:
        """Take a number of four bytes without a sign."""
        at = self.at
        self.at = at + 4
        found: int = _FOUR(self.data, at)[0]
        return found

    def remember(self, place: int) -> None:
        """Put the last value into the memo. Every pickler counts the places up, that of Python 2 from 1."""
        memo, value = self.memo, self.stack[-1]
        known = len(memo)
        if place == known:
            memo.append(value)
        elif place == known + 1:
            memo += (None, value)
        else:
            memo[place] = value

    def call(self, made_by: Value, args: Value) -> Value:
        """Give what a call would have made, as data."""
        if not isinstance(made_by, Global):
            return Opaque("", args)
        known = self.calls.get(made_by.name)
        return Opaque(made_by.name, args) if known is None else known(args)


def key_of(value: Value) -> Hashable:
    """Give a key that can be looked up in a bounded time; that of a nested tuple cannot."""
    return value if value is None or isinstance(value, (str, int, float, bytes)) else Key(value)


def fill(target: Value, pairs: list[Value]) -> None:
    """Set items: keys and values by turns."""
    if len(pairs) % 2:
        raise IndexError
    items = target.items if isinstance(target, Opaque) else target
    if not isinstance(items, dict):
        raise TypeError
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        items[key_of(key)] = value


def extend(target: Value, values: list[Value]) -> None:
    """Append values."""
    if isinstance(target, list):
        target += values
    elif isinstance(target, Opaque):
        target.items.update({Key(value): value for value in values})
    else:
        raise TypeError


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
    found = usual(m.data, end)
    if found is not None:
        _usual_tensor(m, found)


def _usual_tensor(m: Machine, found: Usual) -> None:
    memo = m.memo
    known = len(memo)
    (name,) = m.stack[-1:]
    taken = found.made_by, found.word, found.kind, found.device, found.hooks
    if found.places != tuple(range(known, known + len(found.places))) or max(taken) >= known:
        return
    made_by, word, kind, device, hooks = (memo[place] for place in taken)
    id = word, kind, found.key, device, found.size
    no_hooks = m.call(hooks, ())
    args = m.load(id), found.offset, found.shape, found.strides, found.trainable, no_hooks
    tensor = m.call(made_by, args)
    memo += (name, found.key, id, found.shape, found.strides, no_hooks, args, tensor)
    m.values += VALUES
    m.stack.append(tensor)
    m.at = found.end


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
