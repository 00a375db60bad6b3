"""A file whose bytes are read: a path that is opened, or a file that is open."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from ...errors import FileError, ParamcalcError
from ..opened import os_problem


@contextmanager
def opened(file: str | os.PathLike[str] | BinaryIO) -> Iterator[BinaryIO]:
    """Open a path; an open file passes, and stays open."""
    try:
        if not isinstance(file, (str, os.PathLike)):
            yield file
        elif not stat.S_ISREG(os.stat(file).st_mode):
            raise FileError("not a regular file", expected="a model or its weights")
        else:
            with open(file, "rb") as content:
                yield content
    except OSError as error:
        raise FileError(os_problem(error)) from None
    except ValueError as error:
        if isinstance(error, ParamcalcError):
            raise
        raise FileError("not the name of a file") from None  # a NUL, or a lone surrogate
