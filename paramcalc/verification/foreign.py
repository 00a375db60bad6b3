"""Calling another package's code: in a thread of its own, and what its errors say."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from ..errors import LayerError, ParamcalcError, Verbatim, shorten
from ..untyped import Foreign

Foreign: TypeAlias = (
    Foreign  # a framework's own object: frameworks are extras, so their types are not there to be checked
)

T = TypeVar("T")


def loaded(name: str) -> Foreign | None:
    """Give the module of a framework, if it has been imported."""
    return sys.modules.get(name)


def is_of(kind: type, name: str) -> bool:
    """Tell whether a class is a framework's own, and not one derived from it."""
    return kind.__module__.partition(".")[0] == name


class _End:
    """What stands after the last result."""


def isolated(results: Iterator[T]) -> Iterator[T]:
    """Run a generator in a thread of its own.

    Keras keeps its names, its scopes and the list of weights still to be allocated per thread. A fresh
    thread starts from a clean slate, and leaves the caller's session as it was: without it, the next training
    step there would allocate every weight built here.
    """
    end = _End()
    with ThreadPoolExecutor(1, "paramcalc-verify") as thread:
        while not isinstance(result := thread.submit(next, results, end).result(), _End):
            yield result


def first_line(error: BaseException) -> str:
    """Give the first line of an error's message that says something, or the name of the error."""
    try:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error) if isinstance(error, Exception) else "")
    except Exception:  # its text is foreign code, too
        plain = ""
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith("Exception encountered when calling")]
    return shorten(Verbatim((telling or lines or [type(error).__name__])[0]))


@contextmanager
def reading(subject: object) -> Iterator[None]:
    """Read a live object, of which everything may be foreign code: whatever that raises is an error of ours.

    Raises
    ------
    ParamcalcError
    """
    kind = type(subject).__name__
    try:
        yield
    except (ParamcalcError, KeyboardInterrupt):
        raise
    except RecursionError:
        raise ParamcalcError(f"{kind} is nested too deeply") from None
    except BaseException as error:
        raise ParamcalcError(f"{kind} cannot be read: {first_line(error)}") from None


def class_named(name: str, title: str, *places: object) -> Foreign:
    """Find a class in the modules of an installed framework.

    Raises
    ------
    LayerError
        When none of them has it.
    """
    found = next((vars(place)[name] for place in places if name in getattr(place, "__dict__", ())), None)
    if found is None:
        raise LayerError(f"the installed {title} has no {name}")
    return found
