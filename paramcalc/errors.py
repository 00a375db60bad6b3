"""The errors that paramcalc raises, as one tree.

ParamcalcError                 the base of all errors of this package; a ``ValueError``
├── SizeError                  a size that is not a positive integer or an expression
├── ExpressionError            text that does not parse as an expression (with the position)
├── LayerError                 a layer without a rule
├── OptionError                an unknown, missing or invalid option of a layer
├── ShapeError                 a wrong rank, or sizes that do not fit
│   └── Disagreement           two inputs of a layer with different sizes that must be equal
├── GraphError                 missing, duplicate or circular connections
├── FileError                  a file that cannot be read as a model
└── MissingExtra               an optional dependency that is not installed

An error stores its parts (``problem``, ``expected``, ``received``, ``suggestion``, ``where``). The text is built
when it is printed, so a reader can add the place (``error.at("layers[2]")``) while the error propagates. A line of the
file is no part of the place: its number is ``line``, and `load` writes it after the name of the file.
"""

from __future__ import annotations

from collections.abc import Iterable

from .characters import visible

_ABSENT = object()
_LONGEST = 120  # most characters shown of a received value
_LONGEST_NAME = 80


class ParamcalcError(ValueError):
    """The base of all errors of this package: a mistake in the input that the caller can correct.

    Parameters
    ----------
    problem : str
        What is wrong, in one clause.
    expected : str, optional
        What was expected.
    received : object, optional
        The invalid value; shown in at most 120 characters.
    suggestion : str, optional
        The nearest valid spelling, or the next thing to try.
    line : int, optional
        The line of the file, from 1, where the reader knows it.
    """

    def __init__(
        self,
        problem: str,
        *,
        expected: str | None = None,
        received: object = _ABSENT,
        suggestion: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected
        self.received = received
        self.suggestion = suggestion
        self.line = line
        self.where: list[str] = []
        self.file = ""  # the file that it is about, once its name is a place

    def at(self, place: str) -> ParamcalcError:
        """Add the place of the error; outer places are added last and printed first.

        Raises
        ------
        TypeError
            For a place that is no text, such as the number of a line.
        """
        if not isinstance(place, str):
            raise TypeError(f"a place is text, such as 'layers[2]', and not {place!r}; a line is given as line=…")
        self.where.insert(0, place)
        return self

    def __str__(self) -> str:
        text = self.problem
        if self.expected is not None:
            text += f"; expected {self.expected}"
        if self.received is not _ABSENT:
            text += f", received {shorten(self.received)}"
        if self.suggestion is not None:
            text += f" ({self.suggestion})"
        return visible(f"{join_path(self.where)}: {text}" if self.where else text)


class SizeError(ParamcalcError):
    """A size that is not a positive integer or an expression."""


class ExpressionError(ParamcalcError):
    """Text that does not parse as an expression over sizes."""


class LayerError(ParamcalcError):
    """A layer without a rule."""


class OptionError(ParamcalcError):
    """An unknown, missing or invalid option of a layer."""


class ShapeError(ParamcalcError):
    """A wrong rank, or sizes that do not fit."""


class Disagreement(ShapeError):
    """Two inputs of a layer have different sizes where they must be equal.

    Attributes
    ----------
    inputs : pair of int
        The positions of the two inputs, from 0.
    sizes : pair of int or Expr
    axis : int
        The axis, from 0 (the batch).
    """

    def __init__(self, inputs: tuple[int, int], sizes: tuple[object, object], axis: int) -> None:
        first, second = (f"input {place + 1}" for place in inputs)
        super().__init__(self.describe(first, second, sizes, axis))
        self.inputs = inputs
        self.sizes = sizes
        self.axis = axis
        self.named = False

    def name(self, first: str, second: str) -> None:
        """Name the layers that give the sizes; the first call wins, since the innermost model knows the names."""
        if not self.named:
            self.problem = self.describe(first, second, self.sizes, self.axis)
            self.named = True

    def describe(self, first: str, second: str, sizes: tuple[object, object], axis: int) -> str:
        """Write the message."""
        return f"{first} gives {sizes[0]} and {second} gives {sizes[1]} on axis {axis}; they must agree"


class GraphError(ParamcalcError):
    """Missing, duplicate or circular connections."""


class FileError(ParamcalcError):
    """A file that cannot be read as a model."""


class MissingExtra(ParamcalcError, ImportError):
    """An optional dependency that is not installed.

    Parameters
    ----------
    package : str
        The module that could not be imported.
    extra : str
        The extra of paramcalc that installs it.
    purpose : str
        What needs it.
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {package}, which is not installed",
            suggestion=f"pip install 'paramcalc[{extra}]'",
        )


class Verbatim(str):
    """Text that is shown without quotation marks."""


def shorten(value: object) -> str:
    """Show any value on one line of at most 120 characters."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 10_000:
        return f"an integer of {value.bit_length():,} bits"
    if isinstance(value, Verbatim):
        text = str(value)
    elif isinstance(value, (str, bytes)):
        text = repr(value[: _LONGEST + 1])
    else:
        try:
            text = repr(value)
        except Exception:  # a hostile or broken __repr__ must not hide the real error
            text = f"a {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def cut(name: str) -> str:
    """Shorten a name from a file to at most 80 characters."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def quoted(name: str) -> str:
    """Quote a name from a file, shortened by `cut`."""
    return repr(cut(name))


def placed(error: ParamcalcError, key: object) -> ParamcalcError:
    """Add a key to the place of an error, if the key is short and printable."""
    return error.at(key) if isinstance(key, str) and len(key) <= _LONGEST_NAME and key.isprintable() else error


def join_path(parts: Iterable[str]) -> str:
    """Join places into a path: ``layers[2]``, ``LSTM``, ``units`` → ``layers[2].LSTM.units``."""
    path = ""
    for part in parts:
        if path.endswith(":"):
            path += " " + part
        elif path and not part.startswith("["):
            path += "." + part
        else:
            path += part
    return path.removesuffix(":")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Suggest the nearest valid spelling; ``None`` if nothing is near.

    Case and underscores are ignored: ``lstm`` is near ``LSTM``, ``retrun_sequence`` is near ``return_sequences``. Among
    those that are near, a part of the word is the nearest: ``input`` of ``input_shape``.
    """
    import re
    from difflib import get_close_matches  # only on the way to an error

    plain = {name.lower().replace("_", ""): name for name in known}
    near = get_close_matches(word[:80].lower().replace("_", ""), plain, n=3, cutoff=0.6)
    parts = [part.lower() for part in re.findall("[A-Z]?[a-z0-9]+|[A-Z]+", word[:80])]
    match = next((one for one in near if one in parts), near[0] if near else None)
    return None if match is None else f"did you mean {plain[match]!r}?"
