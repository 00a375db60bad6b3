"""Arrays and columns of other libraries, exact or refused by name: NumPy, pandas, polars, PyTorch, jax and dask.

Whose a value is follows from the module of its class, so no library is imported to find out. The bounds on every
value in between come from the values that are put in; those of dask come block by block, when it computes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from importlib import import_module
from itertools import zip_longest
from typing import NamedTuple

from ..errors import SizeError, Verbatim
from ..untyped import Foreign
from .arrays import on_arrays
from .fold import Tree
from .program import INT32, INT64, INT128, Operations, Program, Range, compiled, ranges, run, within

Column = Foreign  # an array or a series of one of the libraries


class Library(NamedTuple):
    """One library.

    Attributes
    ----------
    name : str
        The first part of the name of its modules.
    type : str
        What of it is taken, ``"module:class"``.
    work : callable
        Takes a program and the values, at least one of them a column of the library.
    unwrap, wrap : callable, optional
        To a NumPy array and back, for a library whose columns are worked out by NumPy; ``wrap`` takes a column that the
        result is to be like.
    """

    name: str
    type: str
    work: Callable[[Library, Program, Mapping[str, Foreign]], Column]
    unwrap: Callable[[str, Column], Column] | None = None
    wrap: Callable[[Column, Column], Column] | None = None


def column_library(values: Mapping[str, Foreign]) -> Library | None:
    """Find the library whose columns are among values; ``None`` where all bring an arithmetic of their own.

    Raises
    ------
    SizeError
        For columns of two libraries, unless one is NumPy and the other has columns of NumPy's underneath; and for
        columns of a library that is not known.
    """
    found: dict[str, Library] = {}
    others = []
    for name, value in values.items():
        whose = type(value).__module__.partition(".")[0]
        library = next((one for one in LIBRARIES if one.name == _OTHER_NAMES.get(whose, whose)), None)
        if library is not None and isinstance(value, _class(library.type)):
            found[library.name] = library
        elif library is None and _brings_arithmetic(value):
            others.append(name)
        else:
            raise _refused(name, value)
    if not found:
        return None
    if others:
        raise _refused(others[0], values[others[0]])
    *_, library = sorted(found.values(), key=lambda one: one is not _NUMPY)
    if len(found) > 1 and not (len(found) == 2 and library.unwrap and "numpy" in found):
        raise SizeError("values of two libraries", received=Verbatim(" and ".join(sorted(found))))
    return library


def on_columns(library: Library, size: Tree, values: Mapping[str, Foreign]) -> Column:
    """Work out an expression on columns of a library.

    Raises
    ------
    SizeError
        For values that are no integers, divisions without a result, and integers too wide for the library.
    """
    _check_shapes(values.values())
    return library.work(library, _program(size), values)


def _check_shapes(values: Iterable[Foreign]) -> None:
    # whether arrays broadcast; a size that is not known yet is no integer
    shapes = [tuple(one.shape) for one in values if not isinstance(one, (int, Tree))]
    for axis in zip_longest(*map(reversed, shapes), fillvalue=1):
        if len({size for size in axis if isinstance(size, int)} - {1}) > 1:
            shown = Verbatim(", ".join(map(str, shapes)))
            raise SizeError("values of different shapes", expected="shapes that broadcast", received=shown)


def _program(size: Tree) -> Program:
    # a formula is often called again
    try:
        found: Program = size.program
    except AttributeError:
        found = size.program = compiled([size])
    return found


def elements(
    library: Library, values: Mapping[str, Foreign], work: Callable[[Mapping[str, Foreign]], Foreign]
) -> Column:
    """Work on columns of Python integers, beside symbols; only for libraries that can hold expressions."""
    if library.unwrap is None or library.wrap is None or library.name == "polars":
        raise SizeError(f"values of {library.name} beside sizes without a value", expected="a value for every size")
    _check_shapes(values.values())
    taken = {
        name: one if isinstance(one, (int, Tree)) else _integers(name, _unwrapped(library, name, one)).astype(object)
        for name, one in values.items()
    }
    return library.wrap(work(taken), _like(library, values))


@cache
def _class(type: str) -> Foreign:
    module, _, name = type.partition(":")
    return tuple(getattr(import_module(module), one) for one in name.split("|"))


def _brings_arithmetic(value: object) -> bool:
    # of what has a dtype, the integers wrap around
    known = not hasattr(value, "dtype") and type(value).__module__.partition(".")[0] not in _WITHOUT_BOUNDS
    return known and all(hasattr(type(value), f"__{name}__") for name in ("add", "mul", "floordiv"))


def _refused(name: str, value: object) -> SizeError:
    kind = type(value)
    return SizeError(
        f"values for {name}",
        expected="whole numbers, or an array or series of " + ", ".join(one.name for one in LIBRARIES),
        received=Verbatim(f"a {kind.__module__}.{kind.__qualname__}"),
    )


def _integers(name: str, array: Column) -> Column:
    # an array that holds integers and nothing else
    kind = array.dtype.kind
    if kind in "iu" or (kind == "O" and all(_is_integer(one) for one in array.flat)):
        return array
    raise SizeError(f"values for {name}", expected="an array of integers", received=array.dtype)


def _is_integer(one: object) -> bool:
    return isinstance(one, int) and not isinstance(one, bool)


def _unwrapped(library: Library, name: str, value: Column) -> Column:
    import numpy

    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return numpy.asarray(value)
    assert library.unwrap is not None  # of the libraries whose columns NumPy works out
    return library.unwrap(name, value)


def _like(library: Library, values: Mapping[str, Foreign]) -> Column:
    return next(one for one in values.values() if isinstance(one, _class(library.type)))


# --- NumPy, and what is a column of NumPy's underneath ------------------------------------------------


def _by_numpy(library: Library, program: Program, values: Mapping[str, Foreign]) -> Column:
    assert library.wrap is not None
    used = {
        name: values[name]
        if isinstance(values[name], int)
        else _integers(name, _unwrapped(library, name, values[name]))
        for name in program.names
    }
    (made,) = on_arrays(program, used)
    return library.wrap(made, _like(library, values))


def _to_numpy(made: Column, like: Column) -> Column:
    return made[()] if hasattr(made, "dtype") else made  # an expression, of no axes, is not indexed


def _same_index(library: Library, program: Program, values: Mapping[str, Foreign]) -> Column:
    several = [one for one in values.values() if hasattr(one, "index")]
    if any(not one.index.equals(several[0].index) for one in several):
        raise SizeError("series of different indexes", expected="one index")
    return _by_numpy(library, program, values)


def _of_pandas(name: str, series: Column) -> Column:
    if series.isna().any():
        raise SizeError(f"values for {name}", expected="a series of integers", received=Verbatim("missing values"))
    if series.dtype.kind == "b":
        raise SizeError(f"values for {name}", expected="a series of integers", received=series.dtype)
    unsigned = "uint64" if series.dtype.kind == "u" else "int64"
    return series.to_numpy(unsigned if series.dtype.kind in "iu" else object)


def _to_pandas(made: Column, like: Column) -> Column:
    _as_long(made, like)
    return type(like)(made, index=like.index)


def _as_long(made: Column, like: Column) -> None:
    if made.shape != (len(like),):
        raise SizeError("values of different lengths", expected=f"{len(like):,} of each", received=made.shape)


def _of_polars(name: str, series: Column) -> Column:
    import numpy

    if series.null_count():
        raise SizeError(f"values for {name}", expected="a series of integers", received=Verbatim("missing values"))
    if not series.dtype.is_integer():
        raise SizeError(f"values for {name}", expected="a series of integers", received=series.dtype)
    if series.dtype.to_python() is int and str(series.dtype) in ("Int128", "UInt128"):
        return numpy.array([*series.to_list(), None], dtype=object)[:-1]
    return series.to_numpy()


def _to_polars(made: Column, like: Column) -> Column:
    _as_long(made, like)
    polars = import_module("polars")
    if made.dtype.kind != "O":
        return type(like)(like.name, made)
    numbers = [int(one) for one in made]
    if not within([(min(numbers, default=0), max(numbers, default=0))], INT128):
        raise _too_wide("polars", "128 bits")
    return type(like)(like.name, numbers, dtype=polars.Int128)


def _too_wide(library: str, widest: str, suggestion: str | None = None) -> SizeError:
    return SizeError(
        f"values beyond {widest}, the widest integers of {library}",
        suggestion=suggestion or "NumPy arrays become exact Python integers",
    )


# --- PyTorch and jax: their own operations, in 64 bits -------------------------------------------------


def _checked(program: Program, values: Mapping[str, Foreign], spread: Callable[[Foreign], Range]) -> list[Range]:
    names = {name: (one, one) if isinstance(one, int) else spread(one) for name, one in values.items()}
    return ranges(program, names)


def _by_torch(library: Library, program: Program, values: Mapping[str, Foreign]) -> Column:
    torch = import_module("torch")
    whole = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
    for name, one in values.items():
        if not isinstance(one, int) and (one.dtype not in whole or one.is_meta):
            received = "a tensor without values" if one.is_meta else str(one.dtype)
            raise SizeError(f"values for {name}", expected="a tensor of integers", received=Verbatim(received))

    def spread(one: Foreign) -> Range:
        return (int(one.min()), int(one.max())) if one.numel() else (1, 1)

    if not within(_checked(program, values, spread), INT64):
        raise _too_wide("torch", "64 bits")
    like = _like(library, values)
    operations = {
        **_plain_operations(partial(torch.div, rounding_mode="floor")),
        "max": torch.maximum,
        "min": torch.minimum,
    }

    def tensor(one: Foreign) -> Foreign:
        return torch.tensor(one, device=like.device) if isinstance(one, int) else one.to(torch.int64)

    made = _worked_out(program, {name: tensor(one) for name, one in values.items()}, operations, tensor)
    shape = torch.broadcast_shapes(*_shapes(values))
    return made if made.shape == shape else made.expand(shape).contiguous()


def _by_jax(library: Library, program: Program, values: Mapping[str, Foreign]) -> Column:
    jax, numpy = import_module("jax"), import_module("jax.numpy")
    for name, one in values.items():
        if isinstance(one, int):
            continue
        if isinstance(one, jax.core.Tracer):
            raise SizeError(f"values for {name}", expected="values that are known", received=Verbatim("a traced array"))
        if not numpy.issubdtype(one.dtype, numpy.integer):
            raise SizeError(f"values for {name}", expected="an array of integers", received=one.dtype)

    def spread(one: Foreign) -> Range:
        return (int(one.min()), int(one.max())) if one.size else (1, 1)

    wide = bool(jax.config.jax_enable_x64)
    if not within(_checked(program, values, spread), INT64 if wide else INT32):
        if wide:
            raise _too_wide("jax", "64 bits")
        raise _too_wide("jax", "32 bits", 'jax.config.update("jax_enable_x64", True) gives it 64')
    dtype = "int64" if wide else "int32"

    def array(one: Foreign) -> Foreign:
        return numpy.asarray(one, dtype)

    operations = {
        **_plain_operations(numpy.floor_divide),
        "max": numpy.maximum,
        "min": numpy.minimum,
    }
    made = _worked_out(program, {name: array(one) for name, one in values.items()}, operations, array)
    return numpy.broadcast_to(made, numpy.broadcast_shapes(*_shapes(values)))


def _shapes(values: Mapping[str, Foreign]) -> list[tuple[int, ...]]:
    # a name that cancels has a shape all the same
    return [tuple(one.shape) for one in values.values() if not isinstance(one, int)]


def _plain_operations(floor: Callable[[Foreign, Foreign], Foreign]) -> Operations:
    return {"+": operator.add, "-": operator.sub, "*": operator.mul, "//": floor, "/": floor}


def _worked_out(
    program: Program, values: Mapping[str, Foreign], operations: Operations, made: Callable[[int], Foreign]
) -> Column:
    def checked(divide: Callable[[Foreign, Foreign], Foreign], exact: bool) -> Callable[[Foreign, Foreign], Foreign]:
        def apply(top: Foreign, bottom: Foreign) -> Foreign:
            if not (bottom == 0).any():
                quotient = divide(top, bottom)
                if not exact or not (quotient * bottom != top).any():
                    return quotient
            import numpy

            # NumPy says in which quotient it happens
            on_arrays(
                program,
                {name: numpy.asarray(one if not hasattr(one, "cpu") else one.cpu()) for name, one in values.items()},
            )
            raise AssertionError("a division fails in one library alone")

        return apply

    operations = {**operations, "//": checked(operations["//"], False), "/": checked(operations["/"], True)}
    inputs = [*(values[name] for name in program.names), *map(made, program.constants)]
    return run(program, inputs, operations)[program.results[0]]


# --- dask: NumPy, block by block ----------------------------------------------------------------------


def on_block(
    *arrays: Foreign, program: Program, names: tuple[str, ...], plain: Mapping[str, int], wide: bool
) -> Foreign:
    """Work out one block of a dask array.

    Raises
    ------
    SizeError
        Where the block would need more than 64 bits, and the whole array was said to have no more.
    """
    (made,) = on_arrays(program, {**plain, **dict(zip(names, arrays, strict=True))})
    if made.dtype.kind == "O" and not wide:
        raise _too_wide("a dask array", "64 bits", "array.astype(object) gives exact Python integers")
    return made.astype(object) if wide else made


def _by_dask(library: Library, program: Program, values: Mapping[str, Foreign]) -> Column:
    import numpy

    dask = import_module("dask.array")
    arrays = {name: one for name, one in values.items() if not isinstance(one, int)}
    if len({one.shape for one in arrays.values() if all(isinstance(size, int) for size in one.shape)}) > 1:
        arrays = dict(zip(arrays, dask.broadcast_arrays(*arrays.values()), strict=True))
    for name, one in arrays.items():
        if one.dtype.kind not in "iuO":
            raise SizeError(f"values for {name}", expected="an array of integers", received=one.dtype)
    wide = any(one.dtype.kind == "O" for one in arrays.values())
    plain = {name: one for name, one in values.items() if isinstance(one, int)}
    return dask.map_blocks(
        on_block,
        *arrays.values(),
        program=program,
        names=tuple(arrays),
        plain=plain,
        wide=wide,
        dtype="object" if wide else "int64",
        meta=numpy.array((), "object" if wide else "int64"),
    )


_NUMPY = Library("numpy", "numpy:ndarray|generic", _by_numpy, lambda name, one: one, _to_numpy)
LIBRARIES = (
    _NUMPY,
    Library("pandas", "pandas:Series", _same_index, _of_pandas, _to_pandas),
    Library("polars", "polars:Series", _by_numpy, _of_polars, _to_polars),
    Library("torch", "torch:Tensor", _by_torch),
    Library("jax", "jax:Array", _by_jax),
    Library("dask", "dask.array:Array", _by_dask),
)
_OTHER_NAMES = {"jaxlib": "jax"}  # its arrays are of this module
_WITHOUT_BOUNDS = ("duckdb", "_duckdb", "pyarrow")  # their expressions say nothing of sizes
