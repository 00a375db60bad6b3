"""Reads source code: runs a program on shapes, and gives the models in it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ...core.kinds import size
from ...errors import FileError, OptionError, Verbatim, nearest
from ...graph.bind import bind_inputs, open_names
from ...graph.model import Model
from ...symbolic import parse
from ..opened import Source
from .earlier import add_earlier_counts
from .interpreter import Interpreter
from .memory.objects import Class, Function, Unknown, Value
from .memory.state import ARGV, NO_WORDS
from .models.found import model_of, models_of
from .parsing.texts import parsed
from .snippets import remarks
from .summon import call_functions, makers, model_classes, summon, taken_by

MOST_NAMES = 8  # that are listed


class UnusedSize(OptionError):
    """A value for a size that a program does not ask for."""


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
        classes = model_classes(run)
        options = taken_by(run, classes, asked.options) if asked.options else {}
        found = _all_summoned(run, classes, options)
        named = makers(run, classes)
        if named and len(found) > 1:
            listed = ", ".join(named[:MOST_NAMES]) + (
                f" and {len(named) - MOST_NAMES} more" if named[MOST_NAMES:] else ""
            )
            run.notes.insert(0, f"FILE:{named[0]} counts what {named[0]}() makes; such functions: {listed}")
    if not found:
        call_functions(run)
        found = models_of(run, run.globals, bare=True)
    return run, found


def _all_summoned(
    run: Interpreter, classes: list[str], options: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, Model]]:
    # a class that surely raises an exception is a row of its own beside others, and an error where there is no other
    found, errors = [], []
    for name in classes:
        try:
            found.append((name, _summoned(run, name, options.get(name, {}))))
        except OptionError as error:
            errors.append(error)
            found.append((name, model_of(run, name, Unknown(str(error)))))
    if errors and len(errors) == len(found):
        raise errors[0]
    return found


def _summoned(run: Interpreter, name: str, options: Mapping[str, str]) -> Model:
    # what is noted while one class is called is about its model
    notes, remarks = run.notes, run.remarks
    run.notes, run.remarks = [], []
    model = summon(run, name, options)
    model.warnings = [*model.warnings, *run.remarks, *(run.notes if _unsure(model) else ())]
    run.notes, run.remarks = notes, remarks
    return model


def _unsure(model: Model) -> bool:
    return any(one.unknown for one in model.built)


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
    unsure = [model for model in models if _unsure(model)]
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
