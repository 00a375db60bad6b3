"""Reading models from files: `text` in three syntaxes, a `spec`, what `keras` saved and the `containers` it is in."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import FileError, ParamcalcError
from ..graph.model import Model
from .containers.shards import is_index
from .keras import saved
from .text import syntax
from .text.bounds import Refused
from .text.lines import line_of
from .text.source import decode, read

HEAD = 16  # bytes that tell what a file is

__all__ = ["load", "loads", "loads_data"]


def load(path: str | os.PathLike[str], framework: str | None = None) -> Model:
    """Read a model from a spec file in YAML, TOML or JSON, or from what Keras saved.

    Archives (``.keras``), HDF5 files (``.h5``) and Keras's JSON are told by their content, not by their names.

    Parameters
    ----------
    path : str or Path
        ``-`` reads standard input.
    framework : str, optional
        Whose layers they are, where the file does not say; Keras's otherwise.

    Returns
    -------
    Model
        With its shapes worked out, so a file whose layers do not fit is refused here.

    Raises
    ------
    FileError
        When the file cannot be read, or is in no known syntax.
    ParamcalcError
        When what it says is wrong. The message names the file, the line and the path inside.
    """
    place = os.fspath(path)
    name = "<stdin>" if place == "-" else place if place.isprintable() else ascii(place)
    hint = syntax.EXTENSIONS.get(os.path.splitext(place)[1].lower())
    try:
        content = read(place, HEAD)
        if place != "-" and not content:
            raise FileError("the file is empty", expected="a model")
        packed = place != "-" and saved.container(content) is not None
        if place != "-" and not packed:
            content = read(place)
    except ParamcalcError as error:
        raise error.at(f"{name}:")
    return _saved(place, content, name) if packed else _model(content, name, hint, framework, place)


def loads(text: str | bytes, name: str = "<text>", format: str | None = None) -> Model:
    """Read a model from text, as `load` does from a file.

    Parameters
    ----------
    text : str or bytes
    name : str
        What errors call it.
    format : {"yaml", "toml", "json"}, optional
        Which syntax to try first; the content decides otherwise.

    Raises
    ------
    ParamcalcError
        As `load` does.
    """
    return _model(text, name, format, None)


def loads_data(text: str | bytes, format: str = "yaml") -> Any:
    """Read plain data, such as the value of an option: ``3``, ``[3, 3]``, ``{LSTM: 128}``.

    Raises
    ------
    FileError
        When it is not in that syntax.
    """
    return syntax.READERS[format](decode(text))


def _saved(file: str | bytes, head: bytes, name: str) -> Model:
    # an archive or HDF5 file
    try:
        with _collecting_later():
            model = saved.model_in(saved.container(head) or "", file)
            _settled(model)
    except ParamcalcError as error:
        raise error.at(f"{name}:")
    except RecursionError:
        raise FileError("nested too deeply").at(f"{name}:") from None
    return model


def _model(content: str | bytes, name: str, hint: str | None, framework: str | None, place: str = "-") -> Model:
    if isinstance(content, bytes) and saved.container(content):
        return _saved(content, content[:HEAD], name)
    text, format = "", ""
    try:
        with _collecting_later():
            text = decode(content)
            data, format = syntax.read(text, hint)
            model = _meant(data, framework, place)
            del data  # before the collector looks through all there is
            _settled(model)
    except ParamcalcError as error:
        line = error.line if isinstance(error, Refused) else line_of(text, format, error.where)
        raise error.at(f"{name}:{line}:" if line else f"{name}:")
    except RecursionError:
        raise FileError("nested too deeply").at(f"{name}:") from None
    return model


def _meant(data: dict[str, Any], framework: str | None, place: str) -> Model:
    if saved.is_keras(data):
        return saved.model_of(data)
    if is_index(data):
        if place == "-":
            raise FileError("an index of shards, which lie beside it", expected="the path of its file")
        return saved.weights_of(place, data)
    from .modelspec.document import model_from

    return model_from(data, framework)


def _settled(model: Model) -> None:
    # sizes that do not fit and names given twice are errors of the file, said with its lines
    model.built  # noqa: B018
    model.names  # noqa: B018


@contextmanager
def _collecting_later() -> Iterator[None]:
    # Reading makes many objects and no garbage. A collector that looks through all of them again and again doubles
    # the time of a long file, and makes it grow faster than the file.
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()
