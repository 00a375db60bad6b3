"""What a model is read from: a file, standard input or text, looked at only as far as a reader asks."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Mapping
from copy import copy
from functools import cached_property
from io import BytesIO
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from ..errors import FileError, OptionError, ParamcalcError
from ..symbolic import Size
from ..untyped import Parsed
from .text import bounds
from .text.decoding import Binary, decode

FOLDER = "config.json"  # the file that tells a folder in which Keras saved a model
HEAD = 512  # bytes that tell what a file is
STDIN = "-"

_OS_PROBLEMS = {
    errno.ENOENT: "no such file or directory",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EISDIR: "a directory",
    errno.ENOTDIR: "not a directory",
    errno.ENAMETOOLONG: "file name too long",
    errno.ELOOP: "too many levels of symbolic links",
    errno.ENOSPC: "no space left on device",
    errno.EROFS: "read-only file system",
    errno.EIO: "input/output error",
}


class Asked(NamedTuple):
    """What of a program is asked for.

    Attributes
    ----------
    model : str
        The name of a model, class or function; empty for all models.
    options : mapping of str to str
        Arguments for it, as Python writes them.
    words : tuple of str
        The words of the program's command line.
    inputs : tuple of shapes
        What the models are put on; of PyTorch with the batch, of Keras without it.
    """

    model: str = ""
    options: Mapping[str, str] = MappingProxyType({})
    words: tuple[str, ...] = ()
    inputs: tuple[tuple[Size, ...], ...] = ()


# Suffixes of formats that are not text. They decide nothing: they only explain why a text is no model.
BINARY = frozenset(
    (
        ".keras", ".h5", ".hdf5", ".onnx", ".gguf", ".safetensors", ".pt", ".pth", ".ckpt", ".tflite", ".npz", ".npy",
        ".pb", ".traineddata", ".zip",
    )
)  # fmt: skip


WHOLE = "was it downloaded or copied whole?"


class Source:
    """A file, standard input or text.

    Parameters
    ----------
    name : str
        Name of the text in error messages.
    path : str
        Where the file lies; empty for text and standard input.
    given : str or bytes, optional
        The content, where there is no file.
    hint : {"yaml", "toml", "json"}, optional
        The syntax to try first.
    framework : str, optional
        Whose layers they are, where the content does not say.
    sizes : mapping of str to int or str, optional
        Values for the named sizes of a spec, or for open axes.
    """

    def __init__(
        self,
        name: str,
        path: str = "",
        given: str | bytes = b"",
        hint: str | None = None,
        framework: str | None = None,
        sizes: Mapping[str, object] | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self.hint = hint
        self.framework = framework
        if sizes is not None and not isinstance(sizes, Mapping):
            raise OptionError("no sizes", expected='names and values such as {"h": 64}', received=sizes).at("sizes")
        self.sizes = dict(sizes or {})
        self.asked = Asked()
        self._given = given
        self.syntax = ""  # of the data, once it was read

    @cached_property
    def head(self) -> bytes:
        """The first bytes."""
        return read_file(self.path, HEAD) if self.path else _bytes(self._given[:HEAD])

    @cached_property
    def tail(self) -> bytes:
        """The last eight bytes."""
        if not self.path or len(self.head) < HEAD:
            return (_bytes(self._given) if not self.path else self.head)[-8:]
        with open(self.path, "rb") as file:
            file.seek(max(0, os.path.getsize(self.path) - 8))
            return file.read(8)

    def member(self, name: str) -> str | None:
        """Give the path of a file in this folder, or ``None`` where it is no folder or has no such file."""
        if not self.path or not os.path.isdir(self.path):
            return None
        path = os.path.join(self.path, name)
        return path if os.path.isfile(path) else None

    @property
    def file(self) -> str | BinaryIO:
        """What a reader of binary files opens: the path, or the bytes as a file."""
        return self.path or BytesIO(_bytes(self._given))

    @cached_property
    def text(self) -> str:
        """The content as text (see `paramcalc.formats.text.decoding.decode`)."""
        try:
            return decode(read_file(self.path) if self.path else self._given)
        except Binary as error:
            error.problem = "a binary file of no format that is known"
            error.expected = "a saved model, tensors, or a spec in YAML, TOML or JSON"
            if self.suffix in BINARY:
                error.suggestion = f"it does not begin as {self.suffix} files do: {WHOLE}"
            raise

    @cached_property
    def data(self) -> dict[str, Parsed]:
        """The content as plain data, in whichever syntax it is."""
        from .text.syntax import read

        text = self.text
        try:
            found, self.syntax = read(text, self.hint)
        except FileError as error:
            if self.suffix in BINARY:
                error.suggestion = f"this is text, and {self.suffix} files are not: {WHOLE}"
            raise
        return found

    @property
    def suffix(self) -> str:
        """The end of the name of the file, such as ``.pt``."""
        return os.path.splitext(self.path)[1].lower()

    def forget(self) -> None:
        """Let go of the data once it was read: it is as large as the model."""
        vars(self).pop("data", None)

    def at(self, sizes: Mapping[str, object]) -> Source:
        """Give the same source with other values for its sizes; what was read of it is kept."""
        made = copy(self)
        made.sizes = {**sizes}
        return made

    def located(self, error: ParamcalcError) -> ParamcalcError:
        """Say in an error which file it is about, once, and which line where there is one."""
        if error.file == self.name:
            return error
        line = error.line
        if line is None and self.syntax:
            from .text.lines import line_of

            line = line_of(self.text, self.syntax, error.where)
        error.file = self.name
        return error.at(f"{self.name}:{line}:" if line else f"{self.name}:")


def opened(
    path: str,
    framework: str | None = None,
    hint: str | None = None,
    sizes: Mapping[str, object] | None = None,
) -> Source:
    """Give the source at a path, or standard input for ``-``.

    Raises
    ------
    FileError
        When it is missing, unreadable, empty, or a device or pipe; the message names it.
    """
    name = "<stdin>" if path == STDIN else path if path.isprintable() else ascii(path)
    try:
        if path == STDIN:
            return Source(name, given=_standard_input(), hint=hint, framework=framework, sizes=sizes)
        source = Source(name, path, hint=hint, framework=framework, sizes=sizes)
        if not os.path.isdir(path) and not source.head:  # a reader may know the folder
            raise FileError("the file is empty", expected="a model")
    except ParamcalcError as error:
        raise error.at(f"{name}:")
    return source


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode(errors="replace")


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise FileError("standard input is closed")
    return _bounded(sys.stdin.buffer)


def read_file(path: str, most: int | None = None) -> bytes:
    """Read a regular file, never more than `bounds.MAX_BYTES`; with ``most`` no more than its first bytes.

    Raises
    ------
    FileError
        When it is missing, unreadable, too large, or a directory, device or pipe.
    """
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISDIR(kind):
            raise FileError("a directory", expected="a spec file")
        if not stat.S_ISREG(kind):
            raise FileError("not a regular file", expected="a spec file, or - for standard input")
        with open(path, "rb") as file:
            return _bounded(file) if most is None else file.read(most)
    except OSError as error:
        raise FileError(os_problem(error)) from None
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise FileError("not the name of a file") from None  # a NUL, or a lone surrogate


def os_problem(error: OSError) -> str:
    """Say what the operating system refused, in words that are the same on every system."""
    return _OS_PROBLEMS.get(error.errno or 0, (error.strerror or "the operating system refuses").lower())


def _bounded(file: BinaryIO) -> bytes:
    content = file.read(bounds.MAX_BYTES + 1)
    if len(content) > bounds.MAX_BYTES:
        raise FileError("too large", expected=f"at most {bounds.MAX_BYTES >> 20} MiB")
    return content
