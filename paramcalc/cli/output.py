"""What the commands print: the format asked for, the check against a framework, the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TextIO

from ..catalogue import message
from ..characters import in_json
from ..core.storage import DTYPE, check_dtype
from ..displayed import speaks_unicode as speaks_unicode
from ..errors import OptionError, ParamcalcError
from ..loading import load
from ..render.presentation import Presentation, write as pieces_of
from ..untyped import Passed, Written
from ..writers import Writer, writer

if TYPE_CHECKING:
    from ..graph.model import Model
    from ..verification.outcome import Verification


class View(NamedTuple):
    """How something is to be shown: the values of the flags that all commands share."""

    format: str | None = None
    json: bool = False
    explain: bool = False
    weights: bool = False
    depth: int | None = None
    dtype: str | None = None
    verify: bool = False

    @property
    def writer(self) -> Writer:
        """The view asked for; without one a table on a terminal, text elsewhere.

        Raises
        ------
        OptionError
            For an unknown format, and when two are asked for.
        """
        if self.json and self.format not in (None, "json"):
            raise OptionError("--json and --format ask for different views", received=self.format)
        usual = "table" if sys.stdout.isatty() and speaks_unicode() else "text"
        return writer("json" if self.json else self.format or usual)


def show(shown: Presentation, view: View, **layout: Passed) -> None:
    """Print a presentation: on a terminal in its colours and width, where the view has them.

    Parameters
    ----------
    shown : Presentation
    view : View
    **layout
        Options of the layout.
    """
    one, unicode = view.writer, speaks_unicode()
    if one.draw and unicode and sys.stdout.isatty():
        load(one.draw)(shown, sys.stdout, **layout)
    else:
        write(pieces_of(shown, one.name, ascii=not unicode, **layout))


def show_model(model: Model, view: View) -> int:
    """Print a model; give the exit code: 1 if its file stores other weights, or ``verify`` finds another model."""
    from ..render.layout import presentation

    one = view.writer
    report = model.report()
    shown = presentation(report)
    check = _verified(model) if view.verify else None
    if check is not None:
        outcome = check.to_dict()
        stream = shown.data
        shown = shown._replace(data=lambda explain=False: stream(explain) | {"verification": outcome})
    show(shown, view, explain=view.explain, weights=view.weights, depth=view.depth, dtype=_dtype(view))
    if check is not None and one.name != "json":
        print_outcome(check, sys.stdout if one.for_reading else sys.stderr)
    return 0 if model.holds and (check is None or check.ok) else 1


def _dtype(view: View) -> str:
    try:
        return check_dtype(DTYPE if view.dtype is None else view.dtype)
    except ParamcalcError as error:
        raise error.at("--dtype")


def _verified(model: Model) -> Verification:
    from ..core.framework import verifiable
    from ..verification import verify

    if model.framework not in verifiable():
        raise OptionError(
            f"--verify cannot build {model.framework}'s layers in",
            expected=f"layers of {' or '.join(verifiable())}",
        )
    return verify(model)


def print_outcome(check: Verification, stream: TextIO) -> None:
    """Print the outcome of a check on stdout, or on stderr where stdout belongs to a file format."""
    mark = ("✓" if check.ok else "✗") if speaks_unicode() else (message("ok:") if check.ok else message("DIFFERS:"))
    print(f"{mark} {message(str(check))}", file=stream)


def write(pieces: Iterable[str]) -> None:
    """Print text that already ends its lines; leave quietly when the reader of a pipe has gone."""
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except BrokenPipeError:
        abandon(141)


def tell(text: str) -> None:
    """Write a line to standard error; where that takes nothing, the answer matters more than the remark."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def abandon(code: int) -> NoReturn:
    """Exit without flushing into a stream that takes nothing more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)


def write_json(data: Written) -> None:
    """Print data as JSON."""
    import json

    write([in_json(json.dumps(data, indent=2, ensure_ascii=not speaks_unicode())), "\n"])
