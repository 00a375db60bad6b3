"""The formats that models are read from, one line each, and the two functions that ask them in turn.

A line says what users call the format, how it is recognised, and which function reads it. The first that recognises
its own is loaded, and no other. A line without a function names a format that is known and not read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..errors import FileError, OptionError, ParamcalcError
from ..graph.model import Model
from ..loading import load as function
from .opened import FOLDER, Asked, Source, opened
from .source.detect import is_source

Sniff = Callable[[Source], bool]


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


def starts(magic: bytes, at: int = 0) -> Sniff:
    """Recognise a format by bytes at a fixed place."""
    return lambda source: source.head[at : at + len(magic)] == magic


def protobuf(version: bytes, *following: int) -> Sniff:
    """Recognise a message of Protocol Buffers whose field 1 is a version, by the numbers of fields that may follow it.

    Each of these has a length.
    """
    keys = [bytes([number << 3 | 2]) for number in following]
    return lambda source: (
        source.head[:1] == b"\x08"
        and source.head[1:2] in [bytes([one]) for one in version]
        and source.head[2:3] in keys
    )


def holding(member: str) -> Sniff:
    """Recognise a folder by a file in it."""
    return lambda source: source.member(member) is not None


def zip_beginning_with(member: str) -> Sniff:
    """Recognise a zip archive by the name of its first member, which matches a pattern."""
    pattern = re.compile(member.encode())

    def sniff(source: Source) -> bool:
        head = source.head
        end = 30 + int.from_bytes(head[26:28], "little")
        return head.startswith(ZIP) and pattern.fullmatch(head[30:end]) is not None

    return sniff


def says(*keys: str) -> Sniff:
    """Recognise plain data by its keys."""
    return lambda source: all(key in source.data for key in keys)


def _safetensors(source: Source) -> bool:
    # the length of a JSON object, then the object
    return source.head[8:10] == b'{"' and int.from_bytes(source.head[:8], "little") < 2**27


def _table(source: Source) -> bool:
    return source.tail == b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"


def _coreml(source: Source) -> bool:
    # a version, and a description that begins with a message, where ONNX has a text
    head = source.head
    after = next((at for at in range(3, 8) if head[at : at + 1] < b"\x80"), 8) + 1
    return protobuf(bytes(range(2, 32)), 2)(source) and head[after : after + 1] == b"\n"


def _in_javascript(source: Source) -> bool:
    # JSON that a package has as a module of code
    head = source.head.lstrip()
    return head.startswith((b"module.", b"export", b"const ", b"var ", b"let ")) and b'"modelTopology"' in head


def _onnx(source: Source) -> bool:
    return protobuf(bytes(range(3, 32)), 2, 3, 4, 6, 7, 8)(source) and not _coreml(source)


def _folder(source: Source) -> bool:
    return bool(source.path) and os.path.isdir(source.path)


def _tar(source: Source) -> bool:
    return source.head[257:262] == b"ustar" and not source.head.startswith(TAR_OF_2016)


def _page(source: Source) -> bool:
    return source.head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))


def _traineddata(source: Source) -> bool:
    # a number of components, the places of all, and the first right behind them
    head = source.head
    count = int.from_bytes(head[:4], "little")
    places = [int.from_bytes(head[at : at + 8], "little") for at in range(4, min(4 + 8 * count, len(head)), 8)]
    return 17 < count <= 63 and next((one for one in places if one < 2**63), 0) == 4 + 8 * count


def _shards(source: Source) -> bool:
    return isinstance(source.data.get("weight_map"), Mapping) and "layers" not in source.data


def _tensor_shards(source: Source) -> bool:
    places = source.data.get("weight_map")
    first = next(iter(places.values()), "") if isinstance(places, Mapping) else ""
    return isinstance(first, str) and first.endswith((".safetensors", ".bin"))


def _weights(source: Source) -> bool:
    return any(source.member(name) is not None for name in WEIGHTS)


def _described(source: Source) -> bool:
    if source.member(FOLDER) is None:
        return False
    is_folder: Sniff = function("paramcalc.formats.huggingface.folder:is_folder")
    return is_folder(source)


def _config(source: Source) -> bool:
    return any(key in source.data for key in ("model_type", "transformers_version"))


def _anything(source: Source) -> bool:
    return isinstance(source.data, Mapping)


PROGRAMS = "paramcalc.formats.source.reader"
ZIP = b"PK\x03\x04"
TAR_OF_2016 = b"sys_info\0"  # the first member that torch.save wrote until 0.1.1
STREAM = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # a pickle of the magic number of PyTorch before 1.6
PYTORCH = (  # torch.save and TorchScript write a folder; torch.export did not until PyTorch 2.6
    r"[^/]+/(data\.pkl|constants\.pkl|data/[\w/]+|(code|extra|models)/.+|version|byteorder|archive_format|\.\w+)"
    r"|version|serialized_\w+\.(json|pt)"
)
WEIGHTS = (  # what a folder of Hugging Face has its weights in; the first that is there is read
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "adapter_model.safetensors",
    "diffusion_pytorch_model.safetensors",
)

SPEC = "paramcalc.formats.modelspec.document:read"
READERS = (
    Reader("a folder of Hugging Face", _described, "paramcalc.formats.huggingface.folder:read", folder=True),
    Reader("a folder of weights", _weights, "paramcalc.formats.checkpoints.shards:read_folder", folder=True),
    Reader("a folder saved by Keras", holding(FOLDER), "paramcalc.formats.keras.saved:read_folder", folder=True),
    Reader(
        "a folder of a SavedModel",
        holding("saved_model.pb"),
        "paramcalc.formats.tensorflow.read:read_folder",
        framework="tensorflow",
        folder=True,
    ),
    Reader("a CoreML package", holding("Manifest.json"), folder=True),
    Reader("a folder without a model", _folder, folder=True),
    # by their first bytes, or by their last
    Reader(
        "the index of a TensorFlow checkpoint",
        _table,
        "paramcalc.formats.tensorflow.read:read_index",
        framework="tensorflow",
    ),
    Reader("a PyTorch file", zip_beginning_with(PYTORCH), "paramcalc.formats.pytorch.files:read"),
    Reader("a NumPy archive", zip_beginning_with(r".+\.npy"), "paramcalc.formats.checkpoints.npz:read"),
    Reader("a .keras archive", starts(ZIP), "paramcalc.formats.keras.saved:read_archive"),
    Reader("an .h5 file", starts(b"\x89HDF\r\n\x1a\n"), "paramcalc.formats.keras.saved:read_hdf5"),
    Reader("a safetensors file", _safetensors, "paramcalc.formats.checkpoints.safetensors:read"),
    Reader("a GGUF file", starts(b"GGUF"), "paramcalc.formats.gguf.read:read", framework="gguf"),
    Reader("a TensorFlow Lite file", starts(b"TFL3", 4), "paramcalc.formats.tflite.read:read", framework="tflite"),
    Reader(
        "a TensorFlow SavedModel",
        protobuf(b"\x01", 2),
        "paramcalc.formats.tensorflow.read:read_saved_model",
        framework="tensorflow",
    ),
    Reader("a CoreML model", _coreml),
    Reader("an ONNX file", _onnx, "paramcalc.formats.onnx.read:read", framework="onnx"),
    Reader(
        "a traineddata file of Tesseract", _traineddata, "paramcalc.formats.tesseract.read:read", framework="tesseract"
    ),
    Reader("an older PyTorch file", starts(STREAM), "paramcalc.formats.pytorch.files:read"),
    Reader("a pickle, which can run code", starts(b"\x80")),
    Reader("a NumPy array", starts(b"\x93NUMPY")),
    Reader("an empty zip archive", starts(b"PK\x05\x06")),
    Reader("a gzip file", starts(b"\x1f\x8b")),
    Reader("a PyTorch file of 2016, a tar archive", starts(TAR_OF_2016)),
    Reader("a tar archive", _tar),
    Reader("a PDF document", starts(b"%PDF-")),
    Reader("a PNG image", starts(b"\x89PNG")),
    Reader("a web page", _page),
    Reader("a pointer of Git LFS to a file that was not downloaded", starts(b"version https://git-lfs.github.com/")),
    # by what the text says
    Reader(
        "a model of TensorFlow.js",
        _in_javascript,
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
    Reader("a config.json of Hugging Face", _config, "paramcalc.formats.huggingface.config:read"),
    Reader("an index of safetensors", _tensor_shards, "paramcalc.formats.checkpoints.shards:read_index"),
    Reader("an index of shards", _shards, "paramcalc.formats.keras.saved:read_index"),
    Reader("a spec in YAML, TOML or JSON", _anything, SPEC, sizes=True),
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
