"""Reading the table of optimizers: lines of text to options, and to tensors and the weights they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ....errors import FileError, ParamcalcError, nearest
from ....symbolic import Expr, Size, parse
from .options import AT_LEAST_0, KINDS, NUMBER, NUMBERS, SWITCH, Option, OptionValue

TABLE = "optimizers.txt"
COLUMNS = ("framework", "optimizer", "option", "of", "tensors", "other options")
NONE, REFUSED = "-", "refused"
MADE, ONCE, EACH = "made", "once", "each"
RANKS = ("rank<2", "rank>=2", "rank!=2")
EMBEDDING, EXCLUDED = "path~embedding", "path~exclude_layers"
OF = (MADE, ONCE, EACH, *RANKS, EMBEDDING, EXCLUDED)
SIZES = ("N", "R", "C")  # elements of a weight; without its last axis; without its last but one
DTYPES = ("int", "int32", "float32")

_CLASS = re.compile(r"(\w+)(?:\s*<\s*(\w+))?\Z")
_TENSOR = re.compile(r"\s*(\w+)\s*\(([^()]*)\)(?:\s+(\w+)(?!\w|\s*\())?\s*")
_OPTION = re.compile(r"([a-z]\w*)(=|:)(\S+)\Z")
_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"


class Tensor(NamedTuple):
    """One tensor that an optimizer keeps: its elements in the sizes of the table; no dtype means the weight's own."""

    name: str
    elements: Size
    dtype: str = ""


class Line(NamedTuple):
    """Tensors that are there together: for which weights, and on which option they depend."""

    option: str
    of: str
    replaced: bool
    tensors: tuple[Tensor, ...]
    refused: bool = False


class Row(NamedTuple):
    """All lines of one optimizer, those of its groups first, and all its options by name."""

    framework: str
    name: str
    lines: tuple[Line, ...]
    options: dict[str, Option]


class _Read(NamedTuple):
    # one line of the text; a group or class that it is based on, if it says one
    framework: str
    name: str
    base: str
    line: Line
    options: tuple[Option, ...]


@cache
def rows() -> dict[str, dict[str, Row]]:
    """Read the table that comes with the package, once: by framework, then by name."""
    from importlib.resources import files  # reads from a zip file as well

    return read(files(__package__).joinpath(TABLE).read_text(encoding="utf-8"))


def read(text: str) -> dict[str, dict[str, Row]]:
    """Read a table of optimizers; ``#`` begins a comment line.

    Raises
    ------
    FileError, ExpressionError
        With the line and the column of what is wrong.
    """
    found: dict[tuple[str, str], list[_Read]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                one = _line([cell.strip() for cell in line.split("|")])
            except ParamcalcError as error:
                raise error.at(f"{TABLE}:{number}:")
            found.setdefault((one.framework, one.name), []).append(one)
    made: dict[str, dict[str, Row]] = {}
    for framework, name in found:
        if not name[0].islower():
            made.setdefault(framework, {})[name] = _row(found, framework, name)
    return made


def _row(found: dict[tuple[str, str], list[_Read]], framework: str, name: str) -> Row:
    lines: list[_Read] = []
    chain, base = [name], name
    while base:
        own = found.get((framework, base))
        if own is None:
            raise FileError(f"{name} is based on {base}, of which there are no lines").at(TABLE)
        lines[:0] = own
        base = next((one.base for one in own if one.base), "")
        if base in chain:
            raise FileError(f"{name} is based on itself").at(TABLE)
        chain.append(base)
    options: dict[str, Option] = {}
    for option in (option for one in lines for option in one.options):
        if options.setdefault(option.name, option) != option:
            raise FileError(f"{name} declares {option.name} twice, as two things").at(TABLE)
    return Row(framework, name, tuple(one.line for one in lines if one.line.tensors or one.line.refused), options)


def _line(cells: list[str]) -> _Read:
    if len(cells) != len(COLUMNS):
        raise FileError(
            f"{len(cells)} columns", expected=f"{len(COLUMNS)}: {' | '.join(COLUMNS)}", received=" | ".join(cells)
        )
    given = dict(zip(COLUMNS, cells, strict=True))
    for column, cell in given.items():
        if not cell:
            raise FileError("an empty column", expected=f"{NONE} for nothing").at(column)
    match = _CLASS.match(given["optimizer"])
    if match is None:
        raise FileError("not an optimizer", expected="Adam, or Adam < base", received=given["optimizer"]).at(
            "optimizer"
        )
    of = given["of"].removesuffix("*")
    if of not in OF:
        raise FileError("not a set of weights", expected=", ".join(OF), received=of, suggestion=nearest(of, OF)).at(
            "of"
        )
    deciding = [] if given["option"] == NONE else [_option(given["option"], "option")]
    others = [] if given["other options"] == NONE else given["other options"].split()
    options = [*deciding, *(_option(word, "other options") for word in others)]
    line = Line(
        deciding[0].name if deciding else "",
        of,
        given["of"].endswith("*"),
        tuple(_tensors(given["tensors"], [option.name for option in deciding])),
        given["tensors"] == REFUSED,
    )
    return _Read(given["framework"], match[1], match[2] or "", line, tuple(options))


def _option(text: str, column: str) -> Option:
    # amsgrad=False, momentum=0.0, betas=0.9,0.999, clipnorm:number
    match = _OPTION.match(text)
    if match is None:
        raise FileError("not an option", expected="amsgrad=False or clipnorm:number", received=text).at(column)
    name, sign, said = match.groups()
    if sign == ":":
        if said not in KINDS:
            raise FileError(
                "not a kind of option", expected=", ".join(KINDS), received=said, suggestion=nearest(said, KINDS)
            ).at(column)
        return Option(name, KINDS[said])
    if said in ("True", "False"):
        return Option(name, SWITCH, said == "True")
    if not re.fullmatch(rf"{_NUMBER}(,{_NUMBER})*", said):
        raise FileError("not a default", expected="True, False or numbers", received=said).at(column)
    numbers: list[OptionValue] = [int(one) if re.fullmatch(r"-?\d+", one) else float(one) for one in said.split(",")]
    if len(numbers) > 1:
        return Option(name, NUMBERS, tuple(numbers))
    whole = KINDS[">=1"] if isinstance(numbers[0], int) else AT_LEAST_0  # a whole number is a size of the tensors
    return Option(name, whole if column == "option" else NUMBER, numbers[0])


def _tensors(text: str, options: list[str]) -> Iterator[Tensor]:
    if text in (NONE, REFUSED):
        return
    at = 0
    while at < len(text):
        match = _TENSOR.match(text, at)
        if match is None:
            raise FileError("not a tensor", expected="momentum (N) or step (1) float32", received=text[at:]).at(
                "tensors"
            )
        name, inside, dtype = match.groups()
        at = match.end()
        if dtype and dtype not in DTYPES:
            raise FileError(
                "not a dtype", expected=", ".join(DTYPES), received=dtype, suggestion=nearest(dtype, DTYPES)
            ).at("tensors")
        yield Tensor(name, _size(inside, (*SIZES, *options)), dtype or "")


def _size(text: str, known: tuple[str, ...]) -> Size:
    try:
        size = parse(text)
    except ParamcalcError as error:
        raise error.at("tensors")
    for name in size.symbols if isinstance(size, Expr) else ():
        if name not in known:
            raise FileError(
                "an unknown size", expected=", ".join(known), received=name, suggestion=nearest(name, known)
            ).at("tensors")
    return size
