"""Mends texts that Python does not parse: copied with an indentation or with typographic signs, or in Python 2.

A mended text has as many lines as before, so that places stay right. Nothing is mended in a text that parses.
"""

from __future__ import annotations

import ast
import re
from textwrap import dedent

from .tree import tree_of

SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", " "),  # spaces that do not break, or of other widths
        **dict.fromkeys("\u200b\ufeff", ""),
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2013\u2212", "-"),
        "\uff08": "(",
        "\uff09": ")",
        "\uff0c": ",",
        "\uff1a": ":",
    }
)
OLD = "this is Python 2, read as Python 3: a quotient of integers may differ"
EXCEPT = re.compile(r"except[ \t]+([\w.]+)[ \t]*,[ \t]*(\w+)[ \t]*:")
RAISE = re.compile(r"raise[ \t]+([\w.]+)[ \t]*,[ \t]*(?=\S)")
PRINT = re.compile(r"print(?![\w=.])[ \t]*(?:>>[^,]*,?[ \t]*)?(?!=)")


def mended(code: str) -> tuple[ast.Module, str] | None:
    """Parse a text after as few changes as are needed.

    Returns
    -------
    (ast.Module, str) or None
        The tree, and what to say of it if it may mean something else now; ``None`` where no change helps.
    """
    for change, remark in ((_shifted, ""), (_plain_signs, ""), (_of_python_3, OLD)):
        code = change(code)
        try:
            return tree_of(code), remark
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _shifted(code: str) -> str:
    return dedent(code)


def _plain_signs(code: str) -> str:
    return dedent(code.translate(SIGNS))


def _of_python_3(code: str) -> str:
    return "\n".join(map(_line, code.split("\n")))


def _line(line: str) -> str:
    # the statement begins the line, or stands behind the colon of a condition or a loop
    words = line.lstrip(" \t")
    head, colon, rest = words.partition(": ")
    one = colon and rest.lstrip().startswith(("print", "raise")) and not {"'", '"', "#"} & set(head)
    statement = rest.lstrip() if one else words
    before = line[: len(line) - len(statement)]
    if found := EXCEPT.match(statement):
        return f"{before}except {found[1]} as {found[2]}:{statement[found.end() :]}"
    if found := RAISE.match(statement):
        return f"{before}raise {found[1]}({statement[found.end() :]})"
    found = PRINT.match(statement)
    if found is None or _called(statement[found.end() :]):
        return line
    printed, comment = _without_comment(statement[found.end() :])
    return f"{before}print({printed}){comment}"


def _called(rest: str) -> bool:
    # print is a function here; its parenthesis may be closed in another line
    return rest.startswith("(") and (rest.rstrip().endswith(")") or rest.count("(") != rest.count(")"))


def _without_comment(rest: str) -> tuple[str, str]:
    at = rest.rfind("#")
    return (rest, "") if at < 0 or {"'", '"'} & set(rest[at:]) else (rest[:at].rstrip(), f"  {rest[at:]}")
