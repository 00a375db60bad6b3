"""Programs of ``torch.export`` (``.pt2``): a JSON file lists their weights, each with its dtype, sizes and strides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from ...errors import FileError, ParamcalcError, placed
from ..containers.zipped import Entry, content
from ..tensors.data import DTYPES, Contents, FileTensor, View, check_count, check_name, check_shape
from ..text.decoding import decode
from ..text.syntax import read_json

CONFIG = "data/weights/model_weights_config.json"
CONSTANTS = "data/constants/model_constants_config.json"
MAX_JSON = 2**24  # bytes; a tensor takes about 300

KINDS = {
    1: "uint8",
    2: "int8",
    3: "int16",
    4: "int32",
    5: "int64",
    6: "float16",
    7: "float32",
    8: "float64",
    9: "complex32",
    10: "complex64",
    11: "complex128",
    12: "bool",
    13: "bfloat16",
    28: "uint16",
    29: "float8_e4m3fn",
    30: "float8_e5m2",
    31: "float8_e4m3fnuz",
    32: "float8_e5m2fnuz",
    33: "float8_e8m0fnu",
    34: "uint32",
    35: "uint64",
}
"""Our names of the dtypes by the numbers of torch._export.serde.schema.ScalarType."""


def exported(file: BinaryIO, members: dict[str, Entry], folder: str) -> Contents:
    """Read what an archive of ``torch.export`` holds.

    Raises
    ------
    FileError
        When it is damaged or beyond the bounds.
    """
    contents = _listed(file, members, folder, CONFIG)
    if f"{folder}/{CONSTANTS}" in members:
        constants = _listed(file, members, folder, CONSTANTS)
        count = sum(tensor.size for tensor in constants.tensors)
        if count:
            contents.aside["constants of the program"] = count
    return contents


def _listed(file: BinaryIO, members: dict[str, Entry], folder: str, name: str) -> Contents:
    contents = Contents()
    try:
        found = read_json(decode(content(file, members[f"{folder}/{name}"], MAX_JSON)))
        listed = found.get("config") if isinstance(found, dict) else None
        if not isinstance(listed, Mapping):
            raise FileError("not a list of weights", expected="config", received=found)
        check_count(len(listed))
        for tensor, entry in listed.items():
            try:
                _add(contents, members, f"{folder}/{name.rpartition('/')[0]}", check_name(tensor), entry)
            except ParamcalcError as error:
                raise placed(error, str(tensor))
    except ParamcalcError as error:
        raise error.at(f"{name}:")
    return contents


def _add(contents: Contents, members: dict[str, Entry], folder: str, name: str, entry: object) -> None:
    meta = entry.get("tensor_meta") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or (meta is None and not entry.get("use_pickle")):
        raise FileError("not a tensor", expected="path_name and tensor_meta", received=entry)
    if not isinstance(meta, dict):
        contents.unread[name] = "it is saved as an object of Python"
        return
    file, dtype, offset = entry.get("path_name"), meta.get("dtype"), meta.get("storage_offset")
    shape, strides = (_numbers(meta.get(key)) for key in ("sizes", "strides"))
    (start,) = _numbers([offset])
    if not isinstance(dtype, int) or dtype not in KINDS or not isinstance(file, str) or len(shape) != len(strides):
        raise FileError("not a tensor", expected="path_name, dtype, sizes and strides", received=entry)
    parameter = entry.get("is_param") is True
    trained = meta.get("requires_grad") is True
    tensor = FileTensor(name, shape, KINDS[dtype], View(file, start, strides), parameter, trained)
    member = members.get(f"{folder}/{file}")
    last = start + sum((size - 1) * step for size, step in zip(shape, strides, strict=True)) + 1
    if member is None or (tensor.size and last * DTYPES[tensor.dtype] > 8 * member.size):
        raise FileError("its numbers are not in the archive", expected=f"{folder}/{file} with {last:,} of them")
    contents.tensors.append(tensor)


def _numbers(value: object) -> tuple[int, ...]:
    listed = value if isinstance(value, list) else [value]
    return check_shape([one.get("as_int") if isinstance(one, dict) else one for one in listed])
