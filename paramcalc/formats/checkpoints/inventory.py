"""The tensors of a file or folder by their names, before they become layers."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import FileError
from ..containers.files import opened
from ..opened import Source
from ..pytorch.files import contents_of as pytorch
from ..readers import recognize
from ..tensors.data import Contents
from .safetensors import contents_of as safetensors
from .shards import folder_contents, index_contents

_OF_FILES: dict[str, Callable[..., Contents]] = {
    "paramcalc.formats.checkpoints.safetensors:read": safetensors,
    "paramcalc.formats.pytorch.files:read": pytorch,
}
_OF_SOURCES: dict[str, Callable[[Source], Contents]] = {
    "paramcalc.formats.checkpoints.shards:read_index": index_contents,
    "paramcalc.formats.checkpoints.shards:read_folder": folder_contents,
    "paramcalc.formats.huggingface.folder:read": folder_contents,
}


def is_checkpoint(source: Source) -> bool:
    """Tell whether a source holds tensors with names."""
    return recognize(source).read in {*_OF_FILES, *_OF_SOURCES}


def tensors_of(source: Source) -> Contents:
    """Read the tensors of a checkpoint.

    Raises
    ------
    ParamcalcError
        When it is no checkpoint, damaged or beyond the bounds.
    """
    reader = recognize(source)
    if reader.read in _OF_SOURCES:
        return _OF_SOURCES[reader.read](source)
    if reader.read not in _OF_FILES:
        raise FileError(f"this is {reader.name}", expected="safetensors, a PyTorch file, or a folder with either")
    with opened(source.file) as file:
        return _OF_FILES[reader.read](file)
