"""Programs on NumPy arrays: in blocks that fit the cache, in 64 bits where all values fit, else in Python integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from .program import INT64, Program, Range, at_point, ranges, within

BLOCK = 16_384  # numbers of 8 bytes: a handful of such arrays fits the second level of a cache

Array = Any  # numpy.ndarray, which is no dependency


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
        Between which the values of each name lie. Without them, the values are looked at.

    Returns
    -------
    list of array
        Of ``int64``, or of Python integers (``object``) where 64 bits may not hold every value of the program.

    Raises
    ------
    SizeError
        For a division by zero or an exact one with a remainder, and for numbers beyond all bounds.
    """
    arrays = {name: one for name, one in values.items() if not isinstance(one, int)}
    plain = {name: (one, one) for name, one in values.items() if isinstance(one, int)}
    if bounds is None and all(one.dtype.kind in "iu" for one in arrays.values()):
        found = _in_blocks(program, values, "int64", plain)
        if found is not None:
            return found
    known = bounds or {name: spread(one) for name, one in arrays.items()}
    narrow = within(ranges(program, {**plain, **known}), INT64)
    made = _in_blocks(program, values, "int64" if narrow else "object")
    assert made is not None
    return made


def _in_blocks(
    program: Program, values: Mapping[str, Array | int], type: str, unsure: Mapping[str, Range] | None = None
) -> list[Array] | None:
    # unsure: whether 64 bits hold all is found out block by block; None if they may not. The ranges of plain values.
    import numpy

    dtype = numpy.dtype(type)
    arrays = {at: values[name] for at, name in enumerate(program.names) if not isinstance(values[name], int)}
    plain = [*(values[name] for name in program.names), *program.constants]
    if unsure is not None and not within([(one, one) for one in plain if isinstance(one, int)], INT64):
        return None
    cells: list[Array] = [None if at in arrays else _scalar(one, dtype) for at, one in enumerate(plain)]
    cells += [None] * len(program.steps)
    code, slots = _allocated(program, numpy)
    count = len(arrays)
    each = count + len(program.results)
    options: Any = {
        "flags": ["external_loop", "buffered", "zerosize_ok", "refs_ok"],
        "op_flags": [["readonly"]] * count + [["writeonly", "allocate"]] * len(program.results),
        "op_dtypes": [dtype] * each,
        "casting": "unsafe",  # what is cast fits, or the result is thrown away
        "buffersize": BLOCK,
    }
    blocks = numpy.nditer([*arrays.values(), *(None for _ in program.results)], **options)
    scratch: list[Array] = [numpy.empty(BLOCK, dtype) for _ in range(slots)]
    union = numpy.bitwise_or.reduce
    bits = [0] * count  # how many the largest of each array may have
    with blocks:
        for block in blocks if blocks.itersize else ():
            length = len(block[0])
            views = scratch if length == BLOCK else [one[:length] for one in scratch]
            for at, operand in zip(arrays, block[:count], strict=True):
                cells[at] = operand
            if unsure is not None:
                # the union of all bits, from one pass: nothing is larger, and a negative number shows
                seen = [int(union(operand)) for operand in block[:count]]
                if min(seen) < 0:
                    return None
                if any(one.bit_length() > most for one, most in zip(seen, bits, strict=True)):
                    bits = [max(one.bit_length(), most) for one, most in zip(seen, bits, strict=True)]
                    names = {program.names[at]: (0, 2**most - 1) for at, most in zip(arrays, bits, strict=True)}
                    if not within(ranges(program, {**unsure, **names}), INT64):
                        return None
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


def _scalar(value: int, dtype: Any) -> Array:
    import numpy

    made = numpy.empty((), dtype)
    made[()] = value
    return made


def _allocated(program: Program, numpy: Any) -> tuple[list[Any], int]:
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
