"""Programs on NumPy arrays: in blocks that fit the cache, in 64 bits where all values fit, else in Python integers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from ..errors import SizeError
from ..untyped import Foreign
from .program import INT64, Program, Range, at_point, ranges, within

BLOCK = 65_536  # numbers of 8 bytes: a handful of such arrays fits the last level of a cache

Array = Foreign  # numpy.ndarray, which is no dependency
_Code = tuple[
    Foreign, int, int, int, int
]  # what is applied to which two values, which value it gives, and where it writes


def spread(array: Array) -> Range:
    """Give the smallest and the largest of an array of integers; of an empty one 1, since no value of it matters."""
    if not array.size:
        return 1, 1
    return int(array.min()), int(array.max())


def on_arrays(
    program: Program, values: Mapping[str, Array | int], bounds: Mapping[str, Range] | None = None
) -> list[Array]:
    """Work out the results of a program on NumPy arrays, which broadcast.

    Parameters
    ----------
    program : Program
    values : mapping of str to array of integers or int
        One for each name, at least one of them an array.
    bounds : mapping of str to (int, int), optional
        Between which the values of each name lie. Of the others, the type decides, or the values are looked at.

    Returns
    -------
    list of array
        Of ``int64``, or of Python integers (``object``) where 64 bits may not hold every value of the program.

    Raises
    ------
    SizeError
        For a division by zero or an exact one with a remainder, and for numbers beyond all bounds.
    """
    known = {name: (one, one) if isinstance(one, int) else _of_dtype(one) for name, one in values.items()}
    known |= bounds or {}
    if _held(program, known):
        return _in_blocks(program, values, "int64")
    unknown = {name: one for name, one in values.items() if name not in (bounds or {}) and not isinstance(one, int)}
    try:
        plain = [*program.constants, *(one for one in values.values() if isinstance(one, int))]
        fits = within([(one, one) for one in plain], INT64)
        if fits and unknown and all(one.dtype.kind != "O" for one in unknown.values()):
            return _in_blocks(program, values, "int64", _Watch(program, known, [*unknown]))
    except _TooWide:
        pass
    known |= {name: spread(one) for name, one in unknown.items()}
    return _in_blocks(program, values, "int64" if within(ranges(program, known), INT64) else "object")


def _held(program: Program, known: Mapping[str, Range]) -> bool:
    # whether 64 bits hold every value; not where a bound has too many bits to be worked out
    try:
        return within(ranges(program, known), INT64)
    except SizeError:
        return False


def _of_dtype(array: Array) -> Range:
    # what an array can hold; of Python's integers, what it holds
    import numpy

    if array.dtype.kind == "O":
        return spread(array)
    limits = numpy.iinfo(array.dtype)
    return int(limits.min), int(limits.max)


class _TooWide(Exception):
    """A block of which it is not known whether 64 bits hold every value."""


class _Watch:
    """Bounds from the data, block by block while it is in the cache: one look at all data would take a pass more."""

    def __init__(self, program: Program, known: Mapping[str, Range], unknown: Sequence[str]) -> None:
        self.program = program
        self.known = dict(known)
        self.ones = dict.fromkeys(unknown, 0)  # the union of the bits so far: nothing is larger, negative numbers show
        self.known |= dict.fromkeys(unknown, (0, 0))
        self.places = [(program.names.index(name), name) for name in unknown if name in program.names]

    def check(self, cells: Sequence[Array], union: Callable[[Array], Foreign]) -> None:
        """Look at a block.

        Raises
        ------
        _TooWide
        """
        changed = False
        for at, name in self.places:
            ones = int(union(cells[at])) | self.ones[name]
            if ones != self.ones[name]:
                changed = changed or ones < 0 or ones.bit_length() > self.ones[name].bit_length()
                self.ones[name] = ones
                self.known[name] = (0, (1 << ones.bit_length()) - 1)
        if changed and (min(self.ones.values()) < 0 or not _held(self.program, self.known)):
            raise _TooWide


def _in_blocks(
    program: Program, values: Mapping[str, Array | int], type: str, watch: _Watch | None = None
) -> list[Array]:
    import numpy

    dtype = numpy.dtype(type)
    arrays = {at: values[name] for at, name in enumerate(program.names) if not isinstance(values[name], int)}
    plain = [*(values[name] for name in program.names), *program.constants]
    cells: list[Array] = [None if at in arrays else _scalar(one, dtype) for at, one in enumerate(plain)]
    cells += [None] * len(program.steps)
    code, slots = _allocated(program, numpy)
    if type == "int64":
        code = [_shifted(numpy, cells, step) for step in code]
    count = len(arrays)
    each = count + len(program.results)
    options: Foreign = {
        "flags": ["external_loop", "buffered", "zerosize_ok", "refs_ok"],
        "op_flags": [["readonly"]] * count + [["writeonly", "allocate"]] * len(program.results),
        "op_dtypes": [dtype] * each,
        "casting": "unsafe",  # what is cast fits
        "buffersize": BLOCK,
    }
    blocks = numpy.nditer([*arrays.values(), *(None for _ in program.results)], **options)
    room = min(BLOCK, blocks.itersize)
    scratch: list[Array] = [numpy.empty(room, dtype) for _ in range(slots)]
    with blocks:
        for block in blocks if blocks.itersize else ():
            length = len(block[0])
            views = scratch if length == room else [one[:length] for one in scratch]
            for at, operand in zip(arrays, block[:count], strict=True):
                cells[at] = operand
            if watch is not None:
                watch.check(cells, numpy.bitwise_or.reduce)
            outputs = block[count:]
            for apply, left, right, place, slot in code:
                out = outputs[-1 - slot] if slot < 0 else views[slot]
                try:
                    apply(cells[left], cells[right], out=out)
                except _Undefined as error:
                    _explain(program, cells, error.at)
                cells[place] = out
            for place, output in zip(program.results, outputs, strict=True):
                if cells[place] is not output:
                    output[...] = cells[place]
        return list(blocks.operands[count:])


def _scalar(value: int, dtype: Foreign) -> Array:
    import numpy

    made = numpy.empty((), dtype)
    made[()] = value
    return made


def _allocated(program: Program, numpy: Foreign) -> tuple[list[_Code], int]:
    # where each step writes: into a result (from -1 down), or into a scratch array whose value is needed no more
    last: dict[int, int] = {}
    for at, step in enumerate(program.steps):
        last[step.left] = last[step.right] = at
    results = {place: -1 - at for at, place in reversed([*enumerate(program.results)]) if place >= program.first}
    ufuncs = {"+": "add", "-": "subtract", "*": "multiply", "max": "maximum", "min": "minimum"}
    apply = {"//": _floor, "/": _exact, **{op: getattr(numpy, name) for op, name in ufuncs.items()}}
    free: list[int] = []
    slots: dict[int, int] = {}
    count = 0
    code = []
    for at, (op, left, right) in enumerate(program.steps):
        place = program.first + at
        done = [slots[one] for one in {left, right} if one in slots and last[one] == at]
        if op != "/":
            # an operation reads each number before it writes it, so an operand may be overwritten; an exact division
            # is checked after it is made
            free += done
        if place in results:
            slot = results[place]
        else:
            if not free:
                free.append(count)
                count += 1
            slot = slots[place] = free.pop()
        if op == "/":
            free += done
        code.append((apply[op], left, right, place, slot))
    return code, count


def _shifted(numpy: Foreign, cells: list[Array], step: _Code) -> _Code:
    # by a power of two, numbers are shifted: a product of 64 bits takes half as long again, and a quotient longer
    apply, left, right, place, slot = step
    shift = {numpy.multiply: numpy.left_shift, _floor: numpy.right_shift}.get(apply)
    for one, other in ((left, right), (right, left)) if apply is numpy.multiply else ((left, right),):
        by = int(cells[other]) if cells[other] is not None and shift is not None else 0
        if by > 0 and by & (by - 1) == 0:
            cells.append(_scalar(by.bit_length() - 1, numpy.dtype("int64")))
            return shift, one, len(cells) - 1, place, slot
    return step


class _Undefined(Exception):
    """A division that has no result, at a position within a block."""

    def __init__(self, at: int) -> None:
        self.at = at


def _explain(program: Program, cells: list[Array], at: int) -> NoReturn:
    # the same in Python's integers has the error that says in which quotient it happens
    inputs = cells[: len(program.names)]
    point = {name: int(one[at] if one.ndim else one) for name, one in zip(program.names, inputs, strict=True)}
    for size in program.sizes:
        at_point(size, point)
    raise AssertionError("a division fails in a block alone")


def _floor(left: Array, right: Array, out: Array) -> None:
    import numpy

    if not right.all():
        raise _Undefined(int((right == 0).argmax()) if right.ndim else 0)
    numpy.floor_divide(left, right, out)


def _exact(left: Array, right: Array, out: Array) -> None:
    _floor(left, right, out)
    uneven = out * right != left
    if uneven.any():
        raise _Undefined(int(uneven.argmax()))
