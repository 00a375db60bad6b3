"""The errors paramcalc raises: one tree, each built from the same few facts.

ParamcalcError                 every mistake this package reports; a ``ValueError``
├── SizeError                  a size that is not a positive whole number or an expression
├── ExpressionError            text that does not parse as an expression (with the position)
├── LayerError                 a layer nobody has a rule for
├── OptionError                an unknown, missing or ill-valued option of a layer
├── ShapeError                 a wrong rank, or sizes that do not fit
│   └── Disagreement           sizes that two layers disagree about, and which
├── GraphError                 missing, duplicate or circular connections
├── FileError                  a file that cannot be read as a model
└── MissingExtra               an optional dependency that is not installed

An error carries its parts (``problem``, ``expected``, ``received``, ``suggestion``, ``where``) and
builds its text only when asked, so a reader can add the place (``error.at("layers[2]")``) as
the error passes through.
"""

from __future__ import annotations

from collections.abc import Iterable

_ABSENT = object()
_LONGEST = 120  # characters of a received value worth repeating
_LONGEST_NAME = 80


class ParamcalcError(ValueError):
    """Something the caller can put right.

    Parameters
    ----------
    problem : str
        What is wrong, in one clause.
    expected : str, optional
        What would have been right.
    received : object, optional
        The offending value; shown shortened.
    suggestion : str, optional
        The nearest right spelling, or the next thing to try.
    """

    def __init__(
        self,
        problem: str,
        *,
        expected: str | None = None,
        received: object = _ABSENT,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected
        self.received = received
        self.suggestion = suggestion
        self.where: list[str] = []

    def at(self, place: str) -> ParamcalcError:
        """Say where it happened; outer places are added last and printed first."""
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
        return f"{join_path(self.where)}: {text}" if self.where else text


class SizeError(ParamcalcError):
    """A size that is not a positive whole number or an expression."""


class ExpressionError(ParamcalcError):
    """Text that does not parse as an expression over sizes."""


class LayerError(ParamcalcError):
    """A layer nobody has a rule for."""


class OptionError(ParamcalcError):
    """An unknown, missing or ill-valued option of a layer."""


class ShapeError(ParamcalcError):
    """A wrong rank, or sizes that disagree."""


class Disagreement(ShapeError):
    """Two inputs of one layer have different sizes where they must agree.

    Attributes
    ----------
    inputs : pair of int
        Which inputs of the layer, from 0.
    sizes : pair of int or Expr
    axis : int
        Which axis, from 0 (the batch).
    """

    def __init__(self, inputs: tuple[int, int], sizes: tuple[object, object], axis: int) -> None:
        first, second = (f"input {place + 1}" for place in inputs)
        super().__init__(self.told(first, second, sizes, axis))
        self.inputs = inputs
        self.sizes = sizes
        self.axis = axis
        self.named = False

    def name(self, first: str, second: str) -> None:
        """Say whose sizes they are; only the innermost model or call knows, so the first word stands."""
        if not self.named:
            self.problem = self.told(first, second, self.sizes, self.axis)
            self.named = True

    def told(self, first: str, second: str, sizes: tuple[object, object], axis: int) -> str:
        """Tell the disagreement."""
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
        The extra of paramcalc that brings it.
    purpose : str
        What it is needed for.
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {package}, which is not installed",
            suggestion=f"pip install 'paramcalc[{extra}]'",
        )


class Verbatim(str):
    """Text to be shown as it stands, without quotation marks."""


def shorten(value: object) -> str:
    """Show a received value on one line, in at most 120 characters, whatever it is."""
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
    """Cut a name out of a file where it is longer than anybody reads."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def quoted(name: str) -> str:
    """Quote a name out of a file, cut likewise."""
    return repr(cut(name))


def placed(error: ParamcalcError, key: object) -> ParamcalcError:
    """Say at which key it happened, if the key is fit to be shown in a path."""
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
    """Phrase the nearest right spelling, or ``None`` when nothing is near.

    Case and underscores do not count: ``lstm`` is near ``LSTM``, ``retrun_sequence`` is near
    ``return_sequences``.
    """
    from difflib import get_close_matches  # only on the way to an error

    plain = {name.lower().replace("_", ""): name for name in known}
    match = get_close_matches(word[:80].lower().replace("_", ""), plain, n=1, cutoff=0.6)
    return f"did you mean {plain[match[0]]!r}?" if match else None
