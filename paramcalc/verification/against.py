"""A checkpoint held against a model: a spec, source code, a configuration, another checkpoint or a live module."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..core.shapes import Shape
from ..errors import FileError, ParamcalcError
from ..formats.checkpoints.inventory import is_checkpoint, tensors_of
from ..formats.huggingface.folder import config_in, verify_folder
from ..formats.opened import Source, opened
from ..formats.readers import load
from ..formats.tensors.agreement import Agreement, compare
from ..graph.model import Model

Named = tuple[Mapping[str, Shape], frozenset[str], str]  # shapes, those of buffers among them, what it is called


def verify_checkpoint(
    checkpoint: str | os.PathLike[str], against: object = None, sizes: Mapping[str, object] | None = None
) -> Agreement:
    """Compare the tensors of a checkpoint with those of a model, by their names.

    Parameters
    ----------
    checkpoint : path
        A safetensors file, a PyTorch file, an index of shards, or a folder with one of them.
    against : path, Model or module of PyTorch, optional
        A path is that of a spec, source code (``FILE:NAME``), a ``config.json`` or another checkpoint. Without it, a
        folder is compared with its own ``config.json``.
    sizes : mapping of str to int or str, optional
        Values for the named sizes of the model.

    Raises
    ------
    ParamcalcError
        When one of the two cannot be read.
    """
    source = _opened(checkpoint)
    try:
        if against is None:
            if not (os.path.isdir(source.path) and config_in(source)):
                raise FileError("nothing to compare the tensors with", expected="--against and a model")
            return verify_folder(source)
        theirs: Mapping[str, Shape] = tensors_of(source).shapes
    except ParamcalcError as error:
        raise source.located(error)
    ours, buffers, name = _named(against, sizes)
    return compare(theirs, ours, source.name, name, buffers)


def _opened(path: str | os.PathLike[str]) -> Source:
    return opened(os.fspath(path))


def _named(against: object, sizes: Mapping[str, object] | None) -> Named:
    if isinstance(against, (str, os.PathLike)):
        source = _opened(against) if os.path.isfile(against) else None
        if source is not None and is_checkpoint(source):
            return tensors_of(source).shapes, frozenset(), source.name
        return _of_model(load(against, sizes=sizes), os.fspath(against))
    if isinstance(against, Model):
        return _of_model(against, against.label)
    state = getattr(against, "state_dict", None)
    if not callable(state):
        raise ParamcalcError("nothing to compare with", expected="a path, a model or a module", received=against)
    held = {name: tuple(tensor.shape) for name, tensor in state().items() if hasattr(tensor, "shape")}
    return held, frozenset(), type(against).__name__


def _of_model(model: Model, name: str) -> Named:
    ours: dict[str, Shape] = {}
    buffers = set[str]()
    for row in model.report().rows:
        for weight in row.weights:
            path = f"{row.name}.{weight.path}".replace("/", ".")
            ours[path] = weight.shape
            if weight.buffer:
                buffers.add(path)
    return ours, frozenset(buffers), name
