"""Parses Python without the warnings of its parser."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence

from .private import with_private_names

SCRIPT = ("__name__ == '__main__'", "'__main__' == __name__")
# what the parser warns of: an escape that is none, and a number that touches a word
_ODD = re.compile(r"\\[^\n\r\\'\"abfnrtvxNuU0-3]|\d(?:and|else|for|if|in|is|not|or)\b")


def tree_of(code: str) -> ast.Module:
    """Parse a module.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As `ast.parse` does.
    """
    # the filters of warnings are those of all threads: they are switched for programs that have such a place alone
    if not _ODD.search(code):
        return with_private_names(code, ast.parse(code))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return with_private_names(code, ast.parse(code))


def flat(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """List the statements of a program, with those that a script runs in a condition of their own."""
    names = (one for node in body for one in ast.walk(node) if isinstance(one, ast.Name) and one.id == "__name__")
    if not all(isinstance(one.ctx, ast.Load) for one in names):
        return list(body)
    found: list[ast.stmt] = []
    for one in body:
        found += one.body if isinstance(one, ast.If) and ast.unparse(one.test) in SCRIPT else [one]
    return found
