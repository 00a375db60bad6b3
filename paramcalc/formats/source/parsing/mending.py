"""Mends texts that Python does not parse: copied with an indentation or with typographic signs, or in Python 2.

A mended text has as many lines as before, so that places stay right. Nothing is mended in a text that parses.
"""

from __future__ import annotations

import ast
import re
from textwrap import dedent

from ....characters import as_meant
from .python2 import with_meaning
from .tree import tree_of

STRINGS = re.compile(  # and comments: what they say stays as it is
    r"""(?P<plain>#[^\n]*|\"{3}(?:[^"\\]|\\.|"(?!""))*(?:\"{3})?|'{3}(?:[^'\\]|\\.|'(?!''))*(?:'{3})?"""
    r"""|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)"""
    "|\u2018(?P<one>[^\u2018\u2019'\\\\\n]*)\u2019|\u2019(?P<same>[^\u2018\u2019'\\\\\n]*)\u2019"
    '|[\u201c\u201d](?P<two>[^\u201c\u201d"\\\\\n]*)[\u201c\u201d]|(?P<code>[^#"\'\u2018\u2019\u201c\u201d]+)',
    re.DOTALL,
)
OLD = "this is Python 2, read as such"
EXCEPT = re.compile(r"except[ \t]+([\w.]+)[ \t]*,[ \t]*(\w+)[ \t]*:")
RAISE = re.compile(r"raise[ \t]+([\w.]+)[ \t]*,[ \t]*(?=\S)")
PRINT = re.compile(r"print(?![\w=.])[ \t]*(?:>>[ \t]*)?(?!=)")  # a file is one more argument


def mended(code: str) -> tuple[ast.Module, str] | None:
    """Parse a text after as few changes as are needed.

    Returns
    -------
    (ast.Module, str) or None
        The tree, and what to say of it; ``None`` where no change helps.
    """
    for change, remark in ((_shifted, ""), (_plain_signs, ""), (_of_python_3, OLD)):
        before, code = code, change(code)
        if code == before:  # it does not parse
            continue
        try:
            tree = tree_of(code)
            return (with_meaning(tree) if remark else tree), remark
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _shifted(code: str) -> str:
    shifted = dedent(code)
    return shifted if shifted != code else dedent(STRINGS.sub(_no_comment, code))


def _no_comment(found: re.Match[str]) -> str:
    return "" if found[0][0] == "#" else found[0]


def _plain_signs(code: str) -> str:
    return dedent(STRINGS.sub(_plain, code))


def _plain(found: re.Match[str]) -> str:
    if found["code"]:
        return as_meant(found["code"])
    quoted = next((found[one] for one in ("one", "same") if found[one] is not None), None)
    if quoted is not None:
        return f"'{quoted}'"
    return found[0] if found["two"] is None else f'"{found["two"]}"'


def _of_python_3(code: str) -> str:
    within: set[int] = set()  # lines that begin inside a text
    line = end = 0
    for found in STRINGS.finditer(code):
        line += code.count("\n", end, found.start())
        end = found.start()
        if found["plain"]:
            within |= {line + 1 + one for one in range(found[0].count("\n"))}
    return "\n".join(one if at in within else _line(one) for at, one in enumerate(code.split("\n")))


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
