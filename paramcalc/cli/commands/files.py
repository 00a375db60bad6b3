"""The commands that read a file: ``count``, ``verify`` and ``schema``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

from ...core.framework import DEFAULT
from ...errors import OptionError, Verbatim
from ...graph.model import Model
from ...symbolic import Size
from ...untyped import Passed
from ..flags import Json, Shown, builds, shows
from ..options import Command, Flag, Positional, command_of
from ..output import View, print_outcome, show_model, write, write_json
from ..sizes import flag_size
from .single import Whose

Set = Annotated[
    list[str] | None,
    Flag("--set", "Set a named size of a spec, or an open axis such as T=64; repeat it for several.", "NAME=SIZE"),
]
File = Annotated[
    str,
    Positional(
        "FILE|-",
        "A spec (YAML, TOML, JSON), source code, a config.json, or a saved model: Keras, PyTorch, safetensors, ONNX, "
        "GGUF, TFLite, TensorFlow; - reads standard input. FILE:NAME names a model.",
    ),
]
Against = Annotated[
    str | None,
    Flag(
        "--against",
        "Compare the tensors of FILE with those of a spec, source code, a config.json or another checkpoint.",
        "MODEL",
    ),
]
Args = Annotated[
    str | None,
    Flag("--args", "Arguments of the class or function that FILE:NAME names: hidden=128,layers=2.", "NAME=VALUE"),
]
Inputs = Annotated[
    list[str] | None, Flag("--input", "Shape of an input of a program's model; with its batch for PyTorch.", "SIZES")
]
Words = Annotated[list[str] | None, Positional("WORD", "After --: arguments for the program itself.")]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``count``, ``verify`` or ``schema``."""
    functions: dict[str, Callable[..., None]] = {"verify": verify, "schema": schema}
    return shows(builds(count), words) if name == "count" else command_of(functions[name])


def count(file: File, sizes: Set = None, args: Args = None, input: Inputs = None, words: Words = None) -> Model | Shown:
    """Count a whole model: a spec, source code, or a saved model of any format that is read.

    $ paramcalc count model.yaml
    $ paramcalc count model.yaml --set h=64 --depth 0
    $ paramcalc count model.py:Net --args hidden=128,layers=2
    """
    models = models_of(file, sizes, args, input, words)
    return models[0] if len(models) == 1 else Several(models)


def models_of(
    file: str,
    sizes: list[str] | None,
    args: str | None = None,
    input: list[str] | None = None,
    words: list[str] | None = None,
) -> list[Model]:
    """Read every model of a file, with what the flags of a command say about its sizes and its program."""
    from ...formats import load_all
    from ...formats.opened import Asked

    return load_all(file, named_sizes(sizes), Asked("", named_values(args), tuple(words or ()), shapes_of(input)))


def model_of(
    file: str,
    sizes: list[str] | None,
    args: str | None = None,
    input: list[str] | None = None,
    words: list[str] | None = None,
) -> Model:
    """Read the only model of a file.

    Raises
    ------
    OptionError
        When it has several.
    """
    models = models_of(file, sizes, args, input, words)
    if len(models) > 1:
        raise _several(models)
    return models[0]


def _several(models: Sequence[Model]) -> OptionError:
    names = ", ".join(model.label for model in models)
    return OptionError(f"{len(models)} models", expected="one of them, FILE:NAME", received=Verbatim(names))


class Several:
    """Several models of one file."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = models

    def show(self, view: View) -> None:
        """Print them one after the other; as JSON, a list of reports.

        Raises
        ------
        OptionError
            For a view that has no place for several models.
        """
        if view.writer.name == "json":
            reports = [model.report().to_dict() for model in self.models]
            write_json({"schema": "paramcalc/1", "models": reports})
            return
        if not view.writer.for_reading:
            raise _several(self.models)
        codes = []
        for place, model in enumerate(self.models):
            write(["\n"] if place else [])
            codes.append(show_model(model, view))
        if any(codes):
            sys.exit(1)


def shapes_of(words: list[str] | None) -> tuple[tuple[Size, ...], ...]:
    """Read ``2,3,64,64`` words."""
    return tuple(tuple(flag_size("--input", one.strip()) for one in word.split(",")) for word in words or ())


def named_values(text: str | None) -> dict[str, str]:
    """Read ``hidden=128,config.widths=[3, 4]``: a comma inside brackets separates no arguments.

    Raises
    ------
    OptionError
        For a word without ``=``, and a name given twice.
    """
    words, depth = [""], 0
    for one in text or "":
        depth += (one in "([{") - (one in ")]}")
        if one == "," and depth == 0:
            words.append("")
        else:
            words[-1] += one
    found: dict[str, str] = {}
    for word in words if text else ():
        name, _, value = word.partition("=")
        if not all(map(str.isidentifier, name.strip().split("."))) or not value.strip() or name.strip() in found:
            raise OptionError(
                "--args", expected="NAME=VALUE such as hidden=128 or config.hidden=128, each name once", received=word
            )
        found[name.strip()] = value.strip()
    return found


def named_sizes(words: list[str] | None, flag: str = "--set") -> dict[str, object]:
    """Read ``h=64`` words of a flag.

    Raises
    ------
    OptionError
        For a word without ``=``, and a name given twice.
    """
    found: dict[str, object] = {}
    for word in words or []:
        name, _, value = word.partition("=")
        if not name.strip() or not value.strip() or name.strip() in found:
            raise OptionError(flag, expected="NAME=SIZE such as h=64, each name once", received=word)
        found[name.strip()] = value.strip()
    return found


def verify(
    file: Annotated[
        str | None, Positional("FILE|-", "A spec, a file saved by Keras, a checkpoint, or a folder of Hugging Face.")
    ] = None,
    sizes: Set = None,
    args: Args = None,
    input: Inputs = None,
    against: Against = None,
    rules: Annotated[bool, Flag("--rules", "Audit every rule against its framework; takes no FILE.")] = False,
    json: Json = False,
    framework: Whose = None,
    words: Words = None,
) -> None:
    """Build the model in its framework and compare every tensor, shape and total.

    With --against, compare the tensors of a checkpoint with those of a model. A folder of Hugging Face is compared with
    its config.json.

    $ paramcalc verify model.yaml
    $ paramcalc verify weights.safetensors --against config.json
    $ paramcalc verify --rules --framework torch
    """
    if (file is None) == (not rules):
        raise OptionError("verify takes one of two", expected="a FILE or --rules")
    if file is not None and framework is not None:
        raise OptionError(
            "--framework cannot be combined with a file, which names its framework", expected="--framework with --rules"
        )
    check: Passed
    if rules and against is not None:
        raise OptionError("--against is about a checkpoint", expected="a FILE")
    tensors = file is not None and (against is not None or _has_tensors(file))
    if tensors:
        from ...verification.against import verify_checkpoint

        theirs: str | Model | None = against
        if args is not None or input is not None or words:
            if against is None:
                raise OptionError("a checkpoint takes no arguments", expected="--against and source code")
            theirs, sizes = model_of(against, sizes, args, input, words), None
        check = verify_checkpoint(str(file), theirs, named_sizes(sizes))
    elif file is not None:
        from ...verification import verify as compare

        check = compare(model_of(file, sizes, args, input, words))
    else:
        check = _audited(framework or DEFAULT)
    if json:
        write_json(check.to_dict())
    elif rules or tensors:
        write([str(check), "\n"])
    else:
        print_outcome(check, sys.stdout)
    if not check.ok:
        sys.exit(1)


def _has_tensors(file: str) -> bool:
    # a checkpoint, or a folder with one
    from ...formats.checkpoints.inventory import is_checkpoint
    from ...formats.opened import STDIN, opened

    return file != STDIN and os.path.exists(file) and is_checkpoint(opened(file))


def _audited(framework: str) -> Passed:
    from ...verification.audit import audit
    from ..progress import progress_bar

    with progress_bar("rules") as update:
        return audit(progress=update, framework=framework)


def schema(framework: Whose = None) -> None:
    """Print the JSON Schema of spec files, for editors and checks.

    $ paramcalc schema
    $ paramcalc schema --framework torch
    """
    from ...formats.modelspec.schema import schema as spec_schema

    write_json(spec_schema(framework or DEFAULT))
