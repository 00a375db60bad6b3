"""The formats that models are read from, one line each, and the functions that choose among them and load a model.

A line says what users call the format, how it is recognised, and which function reads it. The first that recognises
its own is loaded, and no other. A line without a function names a format that is known and not read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from ..errors import FileError, OptionError, ParamcalcError
from ..graph.model import Model
from ..loading import load as function
from .opened import FOLDER, Asked, Source, opened
from .sniffs import (
    PYTORCH,
    STREAM,
    TAR_OF_2016,
    ZIP,
    Sniff,
    holding,
    is_config,
    is_coreml,
    is_described,
    is_folder,
    is_in_javascript,
    is_mapping,
    is_of_programs,
    is_onnx,
    is_openvino,
    is_page,
    is_safetensors,
    is_shards,
    is_table,
    is_tar,
    is_tensor_shards,
    is_traineddata,
    is_weights,
    protobuf,
    says,
    starts,
    zip_beginning_with,
)
from .source.parsing.detect import is_source


class Reader(NamedTuple):
    """One format.

    Attributes
    ----------
    name : str
        What users call a file of it, with its article.
    sniff : callable
        Whether a `Source` is one: by its first bytes, or by what its text says.
    read : str
        ``"module:function"`` that takes the source and gives the model.
    several : str
        The same for a format that may hold several models: the function gives a list.
    framework : str
        What a report names as the framework of a file without layers of a framework, such as a graph of operators.
    sizes : bool
        Whether it has named sizes that may be given other values.
    folder : bool
        Whether it is a folder.
    """

    name: str
    sniff: Sniff
    read: str = ""
    several: str = ""
    framework: str = ""
    sizes: bool = False
    folder: bool = False


PROGRAMS = "paramcalc.formats.source.reader"
SPEC = "paramcalc.formats.modelspec.document:read"
BEGINNINGS = {  # of files that are known and not read, by their first bytes
    "a pickle, which can run code": b"\x80",
    "a NumPy array": b"\x93NUMPY",
    "an empty zip archive": b"PK\x05\x06",
    "a gzip file": b"\x1f\x8b",
    "a bzip2 file": b"BZh",
    "an XZ file": b"\xfd7zXZ\x00",
    "a Zstandard file": b"\x28\xb5\x2f\xfd",
    "an LZ4 file": b"\x04\x22\x4d\x18",
    "a 7z archive": b"7z\xbc\xaf\x27\x1c",
    "a RAR archive": b"Rar!\x1a\x07",
    "a PyTorch file of 2016, a tar archive": TAR_OF_2016,
    "a model of fastText": (793_712_314).to_bytes(4, "little"),
    "a file of parameters of MXNet": (0x112).to_bytes(8, "little"),
    "an engine of TensorRT": b"ftrt",
    "a model of ncnn": b"7767517\n",
    "a Parquet file": b"PAR1",
    "an Arrow file": b"ARROW1",
    "an SQLite database": b"SQLite format 3\x00",
    "a program of Linux": b"\x7fELF",
    "a PDF document": b"%PDF-",
    "a PNG image": b"\x89PNG",
    "a JPEG image": b"\xff\xd8\xff",
    "a GIF image": b"GIF8",
    "a recording or an image in RIFF": b"RIFF",
    "a pointer of Git LFS to a file that was not downloaded": b"version https://git-lfs.github.com/",
}
READERS = (
    Reader("a folder of Hugging Face", is_described, "paramcalc.formats.huggingface.folder:read", folder=True),
    Reader("a folder of weights", is_weights, "paramcalc.formats.checkpoints.shards:read_folder", folder=True),
    Reader("a folder saved by Keras", holding(FOLDER), "paramcalc.formats.keras.saved:read_folder", folder=True),
    Reader(
        "a folder of a SavedModel",
        holding("saved_model.pb"),
        "paramcalc.formats.tensorflow.read:read_folder",
        framework="tensorflow",
        folder=True,
    ),
    Reader("a CoreML package", holding("Manifest.json"), folder=True),
    Reader("a folder of programs in Python (name one of them)", is_of_programs, folder=True),
    Reader("a folder without a model", is_folder, folder=True),
    # by their first bytes, or by their last
    Reader(
        "the index of a TensorFlow checkpoint",
        is_table,
        "paramcalc.formats.tensorflow.read:read_index",
        framework="tensorflow",
    ),
    Reader("a PyTorch file", zip_beginning_with(PYTORCH), "paramcalc.formats.pytorch.files:read"),
    Reader("a NumPy archive", zip_beginning_with(r".+\.npy"), "paramcalc.formats.checkpoints.npz:read"),
    Reader("a .keras archive", starts(ZIP), "paramcalc.formats.keras.saved:read_archive"),
    Reader("an .h5 file", starts(b"\x89HDF\r\n\x1a\n"), "paramcalc.formats.keras.saved:read_hdf5"),
    Reader("a safetensors file", is_safetensors, "paramcalc.formats.checkpoints.safetensors:read"),
    Reader("a GGUF file", starts(b"GGUF"), "paramcalc.formats.gguf.read:read", framework="gguf"),
    Reader("a TensorFlow Lite file", starts(b"TFL3", 4), "paramcalc.formats.tflite.read:read", framework="tflite"),
    Reader(
        "a TensorFlow SavedModel",
        protobuf(b"\x01", 2),
        "paramcalc.formats.tensorflow.read:read_saved_model",
        framework="tensorflow",
    ),
    Reader("a CoreML model", is_coreml),
    Reader("an ONNX file", is_onnx, "paramcalc.formats.onnx.read:read", framework="onnx"),
    Reader(
        "a traineddata file of Tesseract",
        is_traineddata,
        "paramcalc.formats.tesseract.read:read",
        framework="tesseract",
    ),
    Reader("an older PyTorch file", starts(STREAM), "paramcalc.formats.pytorch.files:read"),
    *(Reader(name, starts(beginning)) for name, beginning in BEGINNINGS.items()),
    Reader("an ORT model of ONNX Runtime", starts(b"ORTM", 4)),
    Reader("a tar archive", is_tar),
    Reader("a web page", is_page),
    Reader("a model of OpenVINO", is_openvino),
    # by what the text says
    Reader(
        "a model of TensorFlow.js",
        is_in_javascript,
        "paramcalc.formats.tensorflow.javascript:read_wrapped",
        framework="tensorflow",
    ),
    Reader("a program in Python", is_source, f"{PROGRAMS}:read", f"{PROGRAMS}:read_all", sizes=True),
    Reader(
        "a model.json of TensorFlow.js",
        says("weightsManifest"),
        "paramcalc.formats.tensorflow.javascript:read",
        framework="tensorflow",
    ),
    Reader("Keras's JSON", says("class_name", "config"), "paramcalc.formats.keras.description:read"),
    Reader("a config.json of Hugging Face", is_config, "paramcalc.formats.huggingface.config:read"),
    Reader("an index of safetensors", is_tensor_shards, "paramcalc.formats.checkpoints.shards:read_index"),
    Reader("an index of shards", is_shards, "paramcalc.formats.keras.saved:read_index"),
    Reader("a spec in YAML, TOML or JSON", is_mapping, SPEC, sizes=True),
)

SYNTAXES = {".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json"}


def load(
    path: str | os.PathLike[str], framework: str | None = None, sizes: Mapping[str, object] | None = None
) -> Model:
    """Read a model from a spec file in YAML, TOML or JSON, from a file saved by Keras, or from a file of tensors.

    The content decides the format, not the name of the file.

    Parameters
    ----------
    path : str or Path
        ``-`` reads standard input.
    framework : str, optional
        Framework of the layers if the file does not name one; by default ``keras``.
    sizes : mapping of str to int, str or Expr, optional
        Values for the named sizes of a spec, ``{"h": 64}``; they take precedence over the values in the spec. Of other
        files, sizes of the open axes of the inputs, ``{"T": 10}``.

    Returns
    -------
    Model
        With all shapes computed, so a file whose layers do not fit together is an error here.

    Raises
    ------
    FileError
        If the file cannot be read, or its format is unknown.
    ParamcalcError
        If the content is invalid. The message names the file, the line and the path inside it.
    """
    return _read(source_at(path, framework, sizes))


def _place(path: str | os.PathLike[str]) -> str:
    try:
        return os.fsdecode(path)
    except Exception:  # no path; one of a class of the caller's may raise anything
        raise FileError("not the path of a file", expected="text or a pathlib.Path", received=path) from None


def load_all(path: str, sizes: Mapping[str, object] | None = None, asked: Asked | None = None) -> list[Model]:
    """Read every model of a file, as `load` reads one; only source code has several."""
    source = source_at(path, None, sizes)
    if asked is not None:
        source.asked = asked._replace(model=asked.model or source.asked.model)
    try:
        reader = reader_of(source)
        if not reader.several:
            if source.asked != Asked():
                second = source.asked.words[:1] and not source.asked.words[0].startswith("-")
                raise OptionError(
                    "only source code takes arguments",
                    expected="one file; paramcalc compare takes several"
                    if second
                    else f"a program; {reader.name} is none",
                )
            return [_read(source)]
        models: list[Model] = function(reader.several)(source)
        for model in models:
            model.built  # noqa: B018
            model.names  # noqa: B018
    except ParamcalcError as error:
        raise source.located(error)
    return models


def source_at(
    path: str | os.PathLike[str], framework: str | None = None, sizes: Mapping[str, object] | None = None
) -> Source:
    """Open a file, standard input for ``-``, or a model in a file of source code for ``FILE:NAME``.

    Raises
    ------
    FileError
        When it is missing, unreadable or empty.
    """
    place = _place(path)
    path, colon, name = place.rpartition(":")
    inside = bool(colon and path and name) and not os.path.exists(place) and (os.path.isfile(path) or path == "-")
    path = path if inside else place
    source = opened(path, framework, SYNTAXES.get(os.path.splitext(path)[1].lower()), sizes)
    source.asked = Asked(name if inside else "")
    return source


def loads(text: str | bytes, name: str = "<text>", format: str | None = None) -> Model:
    """Read a model from text, as `load` does from a file.

    Parameters
    ----------
    text : str or bytes
    name : str
        Name of the text in error messages.
    format : {"yaml", "toml", "json"}, optional
        Syntax to try first; by default the content decides.

    Raises
    ------
    ParamcalcError
        As `load` does.
    """
    if not isinstance(text, (str, bytes)):
        raise FileError("not the text of a model", expected="text or bytes", received=text)
    return _read(Source(name, given=text, hint=format))


def recognize(source: Source) -> Reader:
    """Find the format of a source, which may be one that is not read.

    Raises
    ------
    FileError
        When it has none that is known.
    """
    try:
        return next(one for one in READERS if one.sniff(source))
    except ParamcalcError as error:
        raise source.located(error)
    except RecursionError:
        raise source.located(FileError("nested too deeply")) from None


def reader_of(source: Source) -> Reader:
    """Find the format of a source.

    Raises
    ------
    FileError
        When it has none that is read.
    """
    reader = recognize(source)
    if not reader.read:
        raise source.located(FileError(f"this is {reader.name}", expected=expected(reader.folder)))
    return reader


def _read(source: Source) -> Model:
    reader = reader_of(source)
    return read_by(reader.read, source, reader.framework)


def read_by(reading: str, source: Source, framework: str = "") -> Model:
    """Read a model by the function of a format.

    Parameters
    ----------
    reading, framework : str
        As of a `Reader`.
    source : Source
        With values for sizes.

    Raises
    ------
    ParamcalcError
        If the content is invalid. The message names the file, the line and the path inside it.
    """
    try:
        model: Model = function(reading)(source)
        if all(layer.framework is None for layer in model.uses):
            model.stated_framework = framework
        if source.sizes:  # a reader that has named sizes takes them out
            _bind_open_sizes(model, source)
        source.forget()
        # sizes that do not fit and names given twice are errors of the file, and get its lines
        model.built  # noqa: B018
        model.names  # noqa: B018
    except ParamcalcError as error:
        raise source.located(error)
    except RecursionError:
        raise source.located(FileError("nested too deeply")) from None
    return model


def _bind_open_sizes(model: Model, source: Source) -> None:
    from ..graph.bind import bind_inputs, open_names
    from .modelspec.sizes import Sizes, numbers_alone

    sizes = Sizes(instead=source.sizes)
    sizes.used = open_names(model)
    sizes.check_used(source.sizes, numbers_alone(source.name))
    bind_inputs(model, sizes.values)


def expected(folders: bool = False) -> str:
    """Name the formats that are read: ``a .keras archive, …, or a spec``; or those of folders alone."""
    *most, last = dict.fromkeys(one.name for one in READERS if one.read and (one.folder or not folders))
    return f"{', '.join(most)} or {last}"
