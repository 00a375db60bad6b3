"""Parses Python without the warnings of its parser."""

from __future__ import annotations

import ast
import re
import warnings

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
        return ast.parse(code)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)
