"""Splits a text into pieces of Python, and parses them: a file, cells, fenced blocks, what stands behind prompts."""

from __future__ import annotations

import ast
import json
import re

from ....errors import FileError
from .detect import CELL_PROMPT
from .mending import mended
from .tree import tree_of

MOST_CHARACTERS = 2_000_000
MOST_NESTING = 90
FENCE = re.compile(
    r"^(?P<fence>```+|~~~+)[ \t]*(?:\{?\.?)(?P<tag>[\w+-]*)[^\n]*\n(?P<code>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


CELL = re.compile(rf"^{CELL_PROMPT}[ \t]?", re.MULTILINE)
MORE = re.compile(r"^ +\.\.\.: ?", re.MULTILINE)  # a further line of a cell
MAGIC = re.compile(r"^([ \t]*)(?:%{1,2}[A-Za-z][^\n]*|![^\n]*|\?{1,2}[\w.]+|[%!]?[\w.*]+\?{1,2})[ \t]*$")
TIMED = re.compile(r"^((?:[\w., \t]+=)?[ \t]*)%(?:time|prun)[ \t]+(?=\w)")  # the rest of the line is run
RUN = re.compile(r"^([ \t]*)%(?:run|load|pylab|store|cd|reset\w*)\b")  # it may bind any name
SHELL = re.compile(r"^([\w., \t]+=[ \t]*)[!%](?=[\w.~/({])[^\n]*$")
OTHER = re.compile(  # cells in another language or for a file
    r"\s*%%(?:!|(?:bash|sh|script|writefile|file|html|HTML|javascript|js|latex|markdown|svg|SVG|perl|ruby|python[23]?|pypy"
    r"|cmd|system|sx|sql|R)\b)"
)
PROMPT = re.compile(rf"{CELL.pattern}|^>>> ", re.MULTILINE)


class NotPython(FileError):
    """A text that does not parse, with the line where it stops to."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.line = line


def blocks(text: str) -> list[tuple[str, int]]:
    """Split a text into pieces of Python, each with the line it begins on."""
    if text.lstrip()[:1] == "{" and '"cells"' in text:
        return _cells(text)
    fences = list(FENCE.finditer(text))
    tagged = [one for one in fences if one["tag"].lower() in ("python", "py", "python3", "pycon", "")]
    # "In [1]: x = 3" alone is Python: an item with an annotation
    if not tagged and (CELL.match(text.lstrip()) or (PROMPT.search(text) and not _is_whole(text))):
        return _prompted(text)
    if tagged and not _is_whole(text):
        found = []
        for one in tagged:
            code = _plain(one["code"])
            if one["tag"] or _parses(code) is not None:
                found.append((code, text.count("\n", 0, one.start("code"))))
        return found
    return [(text, 0)]


def _is_whole(text: str) -> bool:
    # prompts and fences inside the texts of a program are no pieces of it
    return _parses(text) is not None or mended(text) is not None


def _prompted(text: str) -> list[tuple[str, int]]:
    # what was copied from a notebook or a console: the input of each prompt, without what was printed
    if not CELL.search(text):
        return [(_plain(text), 0)]
    found = []
    starts = [*CELL.finditer(text)]
    line = counted = 0
    for at, one in enumerate(starts):
        line += text.count("\n", counted, one.end())
        counted = one.end()
        end = starts[at + 1].start() if at + 1 < len(starts) else len(text)
        code = MORE.sub("", text[one.end() : end].partition("\nOut[")[0])
        found.append((_plain(code), line))
    return found


def _cells(text: str) -> list[tuple[str, int]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise FileError("not a notebook", expected="JSON with cells") from None
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise FileError("not a notebook", expected="a list of cells")
    found, line = [], 0
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        code = "".join(str(one) for one in source) if isinstance(source, list) else str(source)
        found.append((_plain(code), line))
        line += code.count("\n") + 1
    return found


def _plain(code: str) -> str:
    # magics, shell lines and prompts become empty; the number of lines stays
    if _parses(code) is not None:
        return code + "\n"
    if OTHER.match(code):
        return "\n" * (code.count("\n") + 1)
    prompts = any(line.startswith(">>> ") for line in code.splitlines())
    return "\n".join(map(_typed if prompts else _without_magic, code.splitlines())) + "\n"


def _typed(line: str) -> str:
    return line[4:] if line.startswith((">>> ", "... ")) else ""


def _without_magic(line: str) -> str:
    line = TIMED.sub(r"\1", line)
    if found := RUN.match(line):
        return f"{found[1]}exec(open('').read())"
    if found := SHELL.match(line):
        return f"{found[1]}input().split()"
    found = MAGIC.match(line)
    if found is None:
        return line
    return f"{found[1]}pass" if found[1] else ""


def _parses(code: str) -> ast.Module | None:
    try:
        return tree_of(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def parsed(text: str) -> tuple[list[ast.stmt], list[str]]:
    """Parse all pieces of a text, and say what was mended; one that does not parse is an error if it stands alone."""
    if len(text) > MOST_CHARACTERS:
        raise FileError("too long for source code", expected=f"at most {MOST_CHARACTERS:,} characters")
    pieces = blocks(text)
    body: list[ast.stmt] = []
    said: dict[str, None] = {}
    for code, line in pieces:
        _check_nesting(code)
        try:
            tree = tree_of(code)
        except SyntaxError as error:
            found = mended(code)
            if found is None and len(pieces) == 1:
                raise NotPython(f"not Python: {error.msg}", error.lineno) from None
            if found is None:
                said[f"the code at line {line + (error.lineno or 1)} is not Python, left out"] = None
                continue
            tree, remark = found
            said |= {remark: None} if remark else {}
        except (ValueError, RecursionError, MemoryError):
            raise FileError("nested too deeply") from None
        ast.increment_lineno(tree, line)
        body += tree.body
    return body, [*said]


def _check_nesting(code: str) -> None:
    # brackets inside brackets, and signs in a row, before the parser sees them
    depth = deepest = 0
    for one in code:
        if one in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif one in ")]}":
            depth = max(0, depth - 1)
    if deepest > MOST_NESTING or re.search(r"(?:[-+~]\s*|not\s+|lambda:\s*){100}", code):
        raise FileError("nested too deeply", expected=f"at most {MOST_NESTING} brackets inside brackets")
