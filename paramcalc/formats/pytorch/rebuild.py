"""What PyTorch's own functions make of their arguments, as data: tensors, parameters, storages and plain containers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ...errors import FileError
from ..tensors.data import DTYPES, check_shape
from .values import Global, Opaque, Reference, Value

STORAGES = {
    "Double": "float64",
    "Float": "float32",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Long": "int64",
    "Int": "int32",
    "Short": "int16",
    "Char": "int8",
    "Byte": "uint8",
    "Bool": "bool",
    "ComplexDouble": "complex128",
    "ComplexFloat": "complex64",
    "QInt8": "int8",
    "QUInt8": "uint8",
    "QInt32": "int32",
    "Untyped": "",
}
"""The dtype of a storage by what its class begins with; of an untyped one the tensor says it."""

SPARSE = "a sparse tensor"


class Stored(NamedTuple):
    """A storage.

    Attributes
    ----------
    key : str
        Its name in the file.
    dtype : str
        Empty where the tensor says it.
    size : int
        How many numbers it has, or bytes where it is untyped.
    start : int
        Where it begins in that of its name.
    """

    key: str
    dtype: str
    size: int
    start: int = 0


@dataclass(slots=True)
class Tensor:
    """A tensor.

    Attributes
    ----------
    shape, strides : tuple of int
    dtype : str
    storage : Stored or None
        ``None`` where there are no numbers, as of one on ``meta``.
    offset : int
    trainable : bool
    parameter : bool
        Whether it is an object of the class Parameter.
    """

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str
    storage: Stored | None
    offset: int
    trainable: bool
    parameter: bool = False


def load(id: Value) -> Value:
    """Give what a persistent id stands for: a storage, or a class whose source is in the file."""
    if isinstance(id, tuple) and 4 < len(id) < 7 and id[0] == "storage" and isinstance(id[1], Global):
        dtype = _dtype(id[1].name)
        if dtype is None:
            return Reference(id)
        key, size, start = id[2], id[4], 0
        if not isinstance(key, str):
            key = str(key) if isinstance(key, int) else ""
        if len(id) == 6 and isinstance(id[5], tuple) and len(id[5]) == 3:  # a view
            start = id[5][1]
        if type(size) is not int or size < 0 or type(start) is not int or start < 0:
            raise FileError("not the size of a storage", received=size)
        return Stored(key, dtype, size, start)
    if isinstance(id, tuple) and len(id) == 4 and id[0] == "module":
        return id[1]
    return Reference(id)


@lru_cache(256)
def _dtype(name: str) -> str | None:
    # of a storage of a class
    kind = name.rpartition(".")[2]
    return STORAGES.get(kind.removesuffix("Storage")) if kind.endswith("Storage") else None


def _made(storage: Value, offset: Value, size: Value, strides: Value, trainable: Value, dtype: Value = None) -> Value:
    if isinstance(storage, Tensor) and storage.storage is not None:  # a typed storage around an untyped one
        storage = storage.storage
    if not isinstance(storage, Stored):
        return Opaque("a storage of an unknown kind", (Reference(storage),))
    shape = check_shape(size)
    named = dtype.name.rpartition(".")[2] if isinstance(dtype, Global) else storage.dtype
    if named not in DTYPES or type(offset) is not int or offset < 0:
        raise FileError("not a tensor", expected="an offset, sizes and strides", received=named)
    steps, reach = _steps(strides, shape)
    if 0 not in shape:
        held = storage.size if storage.dtype else 8 * storage.size // DTYPES[named]
        if offset + reach >= held:
            many = offset + reach + 1
            raise FileError("a tensor larger than its storage", expected=f"at most {held:,} numbers", received=many)
    return Tensor(shape, steps, named, storage, offset, trainable is True)


def _steps(strides: Value, shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    # how far apart the numbers of each axis are, and the last from the first
    if not isinstance(strides, (list, tuple)) or len(strides) != len(shape):
        raise FileError("not the strides of a tensor", expected=f"{len(shape)} numbers", received=strides)
    reach = 0
    for length, step in zip(shape, strides, strict=True):
        if type(step) is not int or step < 0:
            raise FileError("not the strides of a tensor", expected="non-negative numbers", received=strides)
        reach += (length - 1) * step
    return tuple(strides), reach


def _parts(args: Value, least: int) -> tuple[Value, ...]:
    if not isinstance(args, tuple) or len(args) < least:
        raise FileError("a tensor without all its parts", expected=f"{least} arguments")
    return args


def _v1(args: Value) -> Value:
    storage, offset, size, strides, *_ = _parts(args, 4)
    return _made(storage, offset, size, strides, False)


def _v2(args: Value) -> Value:
    storage, offset, size, strides, trainable, *_ = _parts(args, 5)
    return _made(storage, offset, size, strides, trainable)


def _v3(args: Value) -> Value:
    storage, offset, size, strides, trainable, _, dtype, *_ = _parts(args, 7)
    return _made(storage, offset, size, strides, trainable, dtype)


def _quantized(args: Value) -> Value:
    storage, offset, size, strides, _, trainable, *_ = _parts(args, 6)
    found = _made(storage, offset, size, strides, trainable)
    if isinstance(found, Tensor):
        found.parameter = True  # no buffer is quantized; it is an integer that is not trained
    return found


def _meta(args: Value) -> Value:
    dtype, size, strides, trainable, *_ = _parts(args, 4)
    named = dtype.name.rpartition(".")[2] if isinstance(dtype, Global) else ""
    if named not in DTYPES:
        raise FileError("an unknown dtype", received=named)
    shape = check_shape(size)
    return Tensor(shape, _steps(strides, shape)[0], named, None, 0, trainable is True)


def _parameter(args: Value) -> Value:
    data, trainable, *_ = _parts(args, 2)
    if not isinstance(data, Tensor):
        return Opaque("torch.nn.Parameter", (data,))
    return Tensor(data.shape, data.strides, data.dtype, data.storage, data.offset, trainable is True, True)


def _typed(args: Value) -> Value:
    # of a subclass of Tensor: the function that makes it, its class, the arguments
    made_by, _, inner, *_ = _parts(args, 3)
    known = CALLS.get(made_by.name) if isinstance(made_by, Global) and made_by.name != TYPED else None
    return Opaque(TYPED, args) if known is None else known(inner)


def _pairs(args: Value) -> Value:
    # OrderedDict() is filled afterwards; Python 2 hands over a list of pairs
    found: dict[object, Value] = {}
    listed = args[0] if isinstance(args, tuple) and args else ()
    for pair in listed if isinstance(listed, (list, tuple)) else ():
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[0], (str, int)):
            found[pair[0]] = pair[1]
    return found


def _values(args: Value) -> Value:
    listed = args[0] if isinstance(args, tuple) and args else ()
    return list(listed) if isinstance(listed, (list, tuple)) else []


def _size(args: Value) -> Value:
    return tuple(args[0]) if isinstance(args, tuple) and args and isinstance(args[0], (list, tuple)) else ()


TYPED = "torch._tensor._rebuild_from_type_v2"

CALLS: dict[str, Callable[[Value], Value]] = {
    "torch._utils._rebuild_tensor": _v1,
    "torch._utils._rebuild_tensor_v2": _v2,
    "torch._utils._rebuild_tensor_v3": _v3,
    "torch._utils._rebuild_qtensor": _quantized,
    "torch._utils._rebuild_meta_tensor_no_storage": _meta,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    TYPED: _typed,
    "torch.Size": _size,
    "collections.OrderedDict": _pairs,
    "builtins.dict": _pairs,
    "builtins.set": _values,
    "__builtin__.set": _values,
    "builtins.frozenset": _values,
    "builtins.list": _values,
}
"""The globals that give something; every other call gives an opaque value."""
