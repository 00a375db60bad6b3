"""Spec files: ``count``, ``verify`` and ``schema``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from ...core.framework import DEFAULT
from ...errors import OptionError
from ...graph.model import Model
from ..flags import Json, builds, shows
from ..options import Command, Flag, Positional, command_of
from ..output import print_outcome, write, write_json
from .single import Whose

File = Annotated[str, Positional("FILE|-", "A spec or a file saved by Keras; - reads standard input.")]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``count``, ``verify`` or ``schema``."""
    functions: dict[str, Callable[..., None]] = {"verify": verify, "schema": schema}
    return shows(builds(count)) if name == "count" else command_of(functions[name])


def count(file: File) -> Model:
    """Count a whole model: a spec (YAML, TOML, JSON), .keras, .h5, or Keras's JSON."""
    from ...formats import load

    return load(file)


def verify(
    file: Annotated[str | None, Positional("FILE|-", "A spec or a file saved by Keras.")] = None,
    rules: Annotated[bool, Flag("--rules", "Audit every rule against its framework; takes no FILE.")] = False,
    json: Json = False,
    framework: Whose = None,
) -> None:
    """Build the model in its framework and compare every tensor, shape and total."""
    if (file is None) == (not rules):
        raise OptionError("verify takes one of two", expected="either a FILE or --rules")
    if file is not None and framework is not None:
        raise OptionError("a file says itself whose layers it has", expected="--framework with --rules")
    check: Any
    if file is not None:
        from ...formats import load
        from ...verification import verify as compare

        check = compare(load(file))
    else:
        check = _audited(framework or DEFAULT)
    if json:
        write_json(check.to_dict())
    elif rules:
        write([str(check), "\n"])
    else:
        print_outcome(check, sys.stdout)
    if not check.ok:
        sys.exit(1)


def _audited(framework: str) -> Any:
    # a bar on a terminal, silence in pipes
    from ...verification.audit import audit

    if not sys.stderr.isatty():
        return audit(framework=framework)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<24}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("rules", total=None)
        return audit(
            progress=lambda done, total, rule: progress.update(task, completed=done, total=total, description=rule),
            framework=framework,
        )


def schema(framework: Whose = None) -> None:
    """Print the JSON Schema of spec files, for editors and checks."""
    from ...formats.modelspec.schema import schema as spec_schema

    write_json(spec_schema(framework or DEFAULT))
