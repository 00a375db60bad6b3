"""Reads source code: a Python file, a notebook, or Markdown with fenced code; gives the models in it."""

from __future__ import annotations

import ast
import json
import os
import re

from ...core.kinds import size
from ...errors import FileError, OptionError, Verbatim, nearest
from ...graph.bind import bind_inputs, open_names
from ...graph.model import Model
from ...symbolic import parse
from ..opened import Source
from .earlier import add_earlier_counts
from .interpreter import Interpreter
from .mending import mended
from .models import models_of
from .snippets import remarks
from .state import ARGV, NO_WORDS
from .summon import call_functions, model_classes, summon
from .tree import tree_of
from .values import Class, Function, Value

MOST_CHARACTERS = 2_000_000
MOST_NESTING = 90
FENCE = re.compile(
    r"^(?P<fence>```+|~~~+)[ \t]*(?:\{?\.?)(?P<tag>[\w+-]*)[^\n]*\n(?P<code>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


CELL = re.compile(r"^In ?\[[\d ]*\]:[ \t]?", re.MULTILINE)
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


class UnusedSize(OptionError):
    """A value for a size that a program does not ask for."""


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


def interpret(source: Source) -> tuple[Interpreter, list[tuple[str, Model]]]:
    """Run a program on shapes; give the run and the models it leaves, or those asked for by name."""
    body, said = parsed(source.text)
    run = _begun(source)
    run.remarks = said
    run.run(body)
    asked = source.asked
    found = models_of(run, run.globals, "" if asked.options else asked.model)
    add_earlier_counts(run, body, found, lambda: _begun(source))
    if asked.model and not asked.options and found:
        return run, found
    if asked.model:
        return run, [(asked.model, summon(run, asked.model, asked.options))]
    if found and asked.options:
        raise _unnamed(run)
    if not found:
        found = [(one, summon(run, one, asked.options)) for one in model_classes(run)]
    if not found:
        call_functions(run)
        found = models_of(run, run.globals)
    return run, found


def _begun(source: Source) -> Interpreter:
    folder = os.path.dirname(os.path.abspath(source.path)) if source.path else ""
    given: dict[str, Value] = {name: _size(value) for name, value in source.sizes.items() if value is not None}
    run = Interpreter(folder, os.path.basename(source.path) or source.name, given, source.asked.words)
    run.inputs = source.asked.inputs
    run.opened = frozenset(name for name, value in source.sizes.items() if value is None)
    return run


def _unnamed(run: Interpreter) -> OptionError:
    # the program makes its models itself, with arguments of its own
    callables = [name for name, value in run.globals.named.items() if isinstance(value, (Class, Function))]
    names = [str(one) for one in callables if str(one).isidentifier()]
    return OptionError(
        "--args without the name of a class or function",
        expected="FILE:NAME; --set for the sizes of the program",
        suggestion=f"it has {', '.join(names[:8])}" if names else None,
    )


def _size(value: object) -> Value:
    return parse(value) if isinstance(value, str) else value


def read_all(source: Source) -> list[Model]:
    """Read every model of a program.

    Raises
    ------
    FileError
        When there is none.
    OptionError
        When a size or a model is asked for that is not there.
    """
    run, found = interpret(source)
    if run.mistakes:
        raise run.mistakes[0]
    if run.asked_words and ARGV not in run.read_patches:
        raise OptionError("the program reads no command line", expected=NO_WORDS)
    given = {name: value for name, value in source.sizes.items() if value is not None}
    unused = [name for name, value in given.items() if name not in run.used and not _opened(found, name, value)]
    if unused:
        if unused[0] in run.unfit:
            raise run.unfit[unused[0]]
        if unused[0] in run.stated:
            raise UnusedSize(f"the size {unused[0]!r} is given twice, once as an argument of the program")
        known = sorted({*run.symbols, *run.defaults})
        listed = f"sizes here: {', '.join(known) or 'none'}"
        raise UnusedSize(f"no size {unused[0]!r}", suggestion=nearest(unused[0], known) or listed)
    source.sizes = {}
    if not found:
        told = run.notes[0] if run.notes else None
        raise FileError("no model in this program", expected="a model of Keras or PyTorch", suggestion=told)
    models = [model for _, model in found]
    for model in models:
        model.warnings = [*model.warnings, *run.remarks, *remarks(run)]
    unsure = [model for model in models if any(one.unknown for one in model.built)]
    for model in unsure or models[-1:]:  # exact models are exact whatever was left
        model.warnings = [*model.warnings, *run.notes]
    return models


def _opened(found: list[tuple[str, Model]], name: str, value: object) -> bool:
    # a size that the program does not have may be an open axis of the inputs of its models
    models = [model for _, model in found if name in open_names(model)]
    for model in models:
        bind_inputs(model, {name: size(value)})
    return bool(models)


def read(source: Source) -> Model:
    """Read the only model of a program, or the one that is asked for by name."""
    models = read_all(source)
    if len(models) == 1:
        return models[0]
    names = ", ".join(model.label for model in models)
    raise OptionError(f"{len(models)} models", expected="one of them by name, FILE:NAME", received=Verbatim(names))
