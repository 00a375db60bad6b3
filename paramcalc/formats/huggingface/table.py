"""Reading the table of architectures: sections of text to types of models and blocks of layers."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ...errors import FileError, nearest

TABLE = "architectures.txt"
_MODEL = re.compile(r"model (?P<types>[\w -]+): (?P<base>[\w-]+)\s*")
_BLOCK = re.compile(r"block (?P<name>[A-Za-z]\w*)\((?P<inputs>[\w, ]*)\):\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """Layers and what they read.

    Attributes
    ----------
    name : str
    inputs : tuple of str
    body : tuple of ast.stmt
    """

    name: str
    inputs: tuple[str, ...]
    body: tuple[ast.stmt, ...]


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a type of model is.

    Attributes
    ----------
    name : str
        The ``model_type``.
    block : str
        The block that is the whole model.
    values : dict of str to ast.expr
        Its sizes, switches and words, in order.
    """

    name: str
    block: str
    values: dict[str, ast.expr]


@dataclass(frozen=True, slots=True)
class Table:
    """All architectures by their type, and all blocks by their name."""

    architectures: dict[str, Architecture]
    blocks: dict[str, Block]


@cache
def table() -> Table:
    """Read the table that comes with the package, once."""
    from importlib.resources import files  # reads from a zip file as well

    return read(files(__package__).joinpath(TABLE).read_text(encoding="utf-8"))


def read(text: str) -> Table:
    """Read a table of architectures.

    Raises
    ------
    FileError
        With the line of what is wrong.
    """
    made = Table({}, {})
    for number, head, body in _sections(text):
        try:
            statements = _parsed(body)
            if match := _BLOCK.fullmatch(head):
                inputs = tuple(filter(None, (one.strip() for one in match["inputs"].split(","))))
                made.blocks[match["name"]] = Block(match["name"], inputs, tuple(statements))
            elif match := _MODEL.fullmatch(head):
                _add(made, match["types"].split(), match["base"], _values(statements))
            else:
                raise FileError("not a section", expected="model TYPE: BASE, or block NAME(INPUT):", received=head)
        except FileError as error:
            raise error.at(f"{TABLE}:{number}:")
    return made


def _sections(text: str) -> Iterator[tuple[int, str, list[str]]]:
    # each line that is not indented, and those below it that are
    head, start, body = "", 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.split(" #")[0].rstrip() if not line.startswith("#") else ""
        if plain and not plain[0].isspace():
            if head:
                yield start, head, body
            head, start, body = plain, number, []
        elif plain:
            body.append(plain)
    if head:
        yield start, head, body


def _parsed(body: list[str]) -> list[ast.stmt]:
    try:
        return ast.parse(textwrap.dedent("\n".join(body))).body
    except SyntaxError as error:
        raise FileError("not a line of the grammar", received=(error.text or "").strip()) from None


def _values(statements: list[ast.stmt]) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for one in statements:
        if not isinstance(one, ast.Assign) or not isinstance(one.targets[0], ast.Name):
            raise FileError("not a value", expected="a name = an expression", received=ast.unparse(one))
        found[one.targets[0].id] = one.value
    return found


def _add(made: Table, types: list[str], base: str, values: dict[str, ast.expr]) -> None:
    above = made.architectures.get(base)
    if above is None and base not in made.blocks:
        known = [*made.blocks, *made.architectures]
        raise FileError("neither a block nor a type above", received=base, suggestion=nearest(base, known))
    block = base if above is None else above.block
    for name in types:
        made.architectures[name] = Architecture(name, block, {**(above.values if above else {}), **values})
