"""Reading the table of conventions: lines of text to rows, shapes and formulas to expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import NamedTuple, NoReturn

from ...errors import FileError, ParamcalcError, nearest
from ...symbolic import Expr, Size, parse
from ...untyped import OptionValue
from ..shared.cells import CANDIDATE, GATES

TABLE = "conventions.txt"
COLUMNS = (
    *("framework", "cell", "layers", "gates", "input", "recurrent", "bias", "besides"),
    *("step", "formula", "count", "source"),
)
SHORT = ("framework", "cell", "layer", "count", "source")
BESIDES = {"peephole": "peepholes", "projection": "a projection", "output": "an output layer"}  # names of the roles
SIZES = ("d_x", "d_h", "d_p", "d_r", "D", "k_h", "k_w")
NONE, ABOVE = "-", '"'
AXES = "batch_first"  # an option that moves axes and makes no other convention
CELLS = ("i f g o", "z r g", "h")  # the networks of an LSTM, a GRU and a plain RNN, in any order

_TENSOR = re.compile(r"\s*(?:(\?)?([A-Za-z_]\w*)\s+)?([\w/.{},<>]+)\s*\(([^()]*)\)\s*")
_BRACES = re.compile(r"\{([^{}]*)\}")
_WAYS = re.compile(r"<([^<>,]*),([^<>,]*)>")
_MADE = re.compile(r"=\s*(\w+)\(([^()]*)\)\Z")


class Tensor(NamedTuple):
    """One tensor of a convention: its shape in the sizes of the table, its role, the option it depends on.

    One that is there only for the second direction is marked ``backwards``.
    """

    name: str
    shape: tuple[Size, ...]
    role: str
    option: str | None = None
    backwards: bool = False


class Step(NamedTuple):
    """What one time step computes, as far as the tensors do not show it.

    Attributes
    ----------
    reset : str
        Where the reset gate acts: ``before`` or ``after`` the product with the recurrent weights; empty without one.
    update : str
        Of what the update gate is the share: ``old`` for the previous output, ``new`` for the candidate.
    activation : tuple of str
        Of the candidate of a GRU, of a plain RNN and of its output layer: ``tanh``, ``relu`` or ``sigmoid``; the
        default, then the others that the framework offers.
    on : str
        What the activation of a plain RNN is applied to: the ``sum``, or each of the ``products``.
    forget : int
        A constant that each step adds to what the forget gate adds up.
    bound : int
        The largest absolute value of the cell state; 0 for none.
    peepholes : tuple of str
        The gates with a peephole, in the order of the tensors.
    """

    reset: str = ""
    update: str = "old"
    activation: tuple[str, ...] = ("tanh",)
    on: str = "sum"
    forget: int = 0
    bound: int = 0
    peepholes: tuple[str, ...] = ()


NOTHING = Step()  # the tensors show everything
WORDS = {
    "reset": ("before", "after"),
    "update": ("old", "new"),
    "activation": ("tanh", "relu", "sigmoid"),
    "on": ("sum", "products"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; either ``tensors`` and ``formula``, or the options of a ``rule`` that is there."""

    framework: str
    cell: str
    layers: tuple[str, ...]
    count: int
    source: str
    gates: tuple[str, ...] = ()
    tensors: tuple[Tensor, ...] = ()
    step: Step = NOTHING
    formula: Size = 0
    rule: str = ""
    options: tuple[tuple[str, OptionValue], ...] = ()

    @property
    def called(self) -> str:
        """Its own name, with the options that make it another convention: ``GRU(reset_after=False)``."""
        options = [f"{name}={value}" for name, value in self.options if isinstance(value, bool) and name != AXES]
        return f"{self.layers[0]}({', '.join(options)})" if options else self.layers[0]

    @property
    def joint(self) -> bool:
        """Whether one kernel reads the input and the previous output side by side."""
        return not any(tensor.role == "recurrent" for tensor in self.tensors)

    def has(self, name: str) -> bool:
        """Tell whether a size occurs in the shapes."""
        return any(name in symbols_of(tensor.shape) for tensor in self.tensors)


@cache
def rows() -> tuple[Row, ...]:
    """Read the table that comes with the package, once."""
    from importlib.resources import files  # reads from a zip file as well; a count in Keras's convention needs none

    return read(files(__package__).joinpath(TABLE).read_text(encoding="utf-8"))


def read(text: str) -> tuple[Row, ...]:
    """Read a table of conventions; ``#`` begins a comment line.

    Raises
    ------
    FileError, ExpressionError
        With the line and the column of what is wrong.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                found.append(_row([cell.strip() for cell in line.split("|")]))
            except ParamcalcError as error:
                raise error.at(f"{TABLE}:{number}:")
    return tuple(found)


def _row(cells: list[str]) -> Row:
    short = len(cells) > 2 and cells[2].startswith("=")
    columns = SHORT if short else COLUMNS
    if len(cells) != len(columns):
        raise FileError(
            f"{len(cells)} columns", expected=f"{len(columns)}: {' | '.join(columns)}", received=" | ".join(cells)
        )
    given = dict(zip(columns, cells, strict=True))
    for name, cell in given.items():
        if not cell:
            raise FileError("an empty column", expected="- for nothing").at(name)
    head = (given["framework"], _cell(given["cell"]))
    tail = (_count(given["count"]), _source(given["source"]))
    return _made(given["layer"], head, tail) if short else _declared(given, head, tail)


def _made(text: str, head: tuple[str, str], tail: tuple[int, str]) -> Row:
    # = GRU(units=d_h, reset_after=False)
    match = _MADE.match(text)
    if match is None:
        raise FileError("not a rule with its options", expected="= LSTM(units=d_h)", received=text).at("layer")
    name, inside = match.groups()
    options = []
    for word in filter(None, (word.strip() for word in inside.split(","))):
        option, equals, value = word.partition("=")
        if not equals:
            raise FileError("an option without a value", expected="option=value", received=word).at("layer")
        switch = {"True": True, "False": False}.get(value)
        options.append((option, _size(value, "layer", ("d_x", "d_h")) if switch is None else switch))
    return Row(*head, (name,), *tail, rule=name, options=tuple(options))


def _declared(given: dict[str, str], head: tuple[str, str], tail: tuple[int, str]) -> Row:
    gates = tuple(given["gates"].split())
    for gate in gates:
        if gate not in GATES:
            raise FileError("not a network", expected=", ".join(GATES), received=gate).at("gates")
    if sorted(gates) not in [sorted(cell.split()) for cell in CELLS]:
        expected = f"{' or '.join(CELLS)}, in any order"
        raise FileError("not the networks of a cell", expected=expected, received=given["gates"]).at("gates")
    tensors = tuple(
        tensor for column in ("input", "recurrent", "bias", "besides") for tensor in _tensors(given[column], column)
    )
    options = {tensor.option for tensor in tensors if tensor.option}
    formula = _size(given["formula"], "formula", (*SIZES, *sorted(options)))
    step = _step(given["step"], gates, tensors)
    return Row(*head, tuple(given["layers"].split()), *tail, gates=gates, tensors=tensors, step=step, formula=formula)


def _step(text: str, gates: tuple[str, ...], tensors: tuple[Tensor, ...]) -> Step:
    given: dict[str, OptionValue] = {}
    for word in () if text == NONE else text.split():
        name, _, value = word.partition("=")
        if name not in Step._fields:
            known = ", ".join(Step._fields)
            raise FileError(
                "an unknown word", expected=known, received=word, suggestion=nearest(name, Step._fields)
            ).at("step")
        if name in given:
            raise FileError("a word twice", received=word).at("step")
        given[name] = _step_value(name, value)
    if ("z" in gates) != ("reset" in given):
        expected = "reset=before or reset=after" if "z" in gates else "no reset"
        raise FileError("where the reset gate acts", expected=expected, received=text).at("step")
    if any(tensor.role == "peephole" for tensor in tensors) != ("peepholes" in given):
        raise FileError(
            "peepholes", expected="peepholes=i,f,o beside tensors of peepholes, else none", received=text
        ).at("step")
    if given.get("reset") == "after" and not any(tensor.role == "recurrent" for tensor in tensors):
        raise FileError("reset=after without a recurrent weight", expected="reset=before", received=text).at("step")
    return Step(**given)


def _step_value(name: str, value: str) -> str | int | tuple[str, ...]:
    if name == "peepholes":
        gates = tuple(value.split(","))
        if set(gates) <= GATES.keys() - {CANDIDATE} and len(set(gates)) == len(gates):
            return gates
        raise FileError("not gates", expected="gates with commas, such as i,f,o", received=value).at("step")
    if name in WORDS:
        values = tuple(value.split(",")) if name == "activation" else (value,)
        for one in values:
            if one not in WORDS[name]:
                expected = " or ".join(WORDS[name])
                raise FileError(
                    f"not a value of {name}", expected=expected, received=one, suggestion=nearest(one, WORDS[name])
                ).at("step")
        return values if name == "activation" else value
    return int(value) if value.isdecimal() else _refused("step", f"{name}=1", f"{name}={value}")


def _tensors(text: str, column: str) -> Iterator[Tensor]:
    if text == NONE or (text == ABOVE and column in ("recurrent", "bias")):
        return
    at = 0
    while at < len(text):
        match = _TENSOR.match(text, at)
        if match is None:
            raise FileError(
                "not a tensor", expected="a name and a shape, such as kernel (d_x, 4d_h)", received=text[at:]
            ).at(column)
        optional, word, name, shape = match.groups()
        at = match.end()
        role = _role(word, column, bool(optional))
        axes = tuple(_size(axis, column, SIZES) for axis in shape.split(","))
        if (column == "input") != ("d_x" in symbols_of(axes)):
            problem = "an input weight without d_x" if column == "input" else f"d_x in the column {column}"
            raise FileError(problem, received=match[0].strip()).at(column)
        option = word if optional else None
        for back in range(1 + bool(_WAYS.search(name))):
            way = _WAYS.sub(rf"\{back + 1}", name)
            yield from (Tensor(each, axes, role, option, bool(back)) for each in _names(way))


def _role(word: str | None, column: str, optional: bool) -> str:
    if column != "besides":
        if word and not optional:
            raise FileError("a word in front of a tensor", expected=f"?{word} for an option", received=word).at(column)
        return column
    if word not in BESIDES:
        raise FileError(
            "a tensor without its role",
            expected=f"{', '.join(BESIDES)} in front",
            received=word or "none",
            suggestion=nearest(word or "", BESIDES),
        ).at(column)
    return word


def _names(name: str) -> list[str]:
    # i{r,z}/kernel -> ir/kernel, iz/kernel
    choices = [part.split(",") if at % 2 else [part] for at, part in enumerate(_BRACES.split(name))]
    return ["".join(parts) for parts in product(*choices)]


def _size(text: str, column: str, known: tuple[str, ...]) -> Size:
    try:
        size = parse(text)
    except ParamcalcError as error:
        raise error.at(column)
    for name in symbols_of((size,)):
        if name not in known:
            raise FileError(
                "an unknown size", expected=", ".join(known), received=name, suggestion=nearest(name, known)
            ).at(column)
    return size


def symbols_of(sizes: Iterable[Size]) -> set[str]:
    """Name the sizes that occur in shapes."""
    return {name for size in sizes if isinstance(size, Expr) for name in size.symbols}


def at(size: Size, values: Mapping[str, OptionValue]) -> Size:
    """Put values into a size of the table."""
    return size(**values) if isinstance(size, Expr) else size


def _cell(text: str) -> str:
    if not re.fullmatch(r"[A-Z]\w*", text):
        raise FileError("not the name of a cell", expected="LSTM, GRU, …", received=text).at("cell")
    return text


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else _refused("count", "the number for 10 inputs and 16 units", text)


def _source(text: str) -> str:
    return text if text.startswith(("run ", "read ")) else _refused("source", "run or read, and where", text)


def _refused(column: str, expected: str, received: str) -> NoReturn:
    raise FileError(f"not a {column}", expected=expected, received=received).at(column)
