"""The command line: which module has which command. Only the one asked for is loaded; help and completion load all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from importlib import import_module

from .options import Command
from .plain import plain

MODULES = {
    "recurrent": ("lstm", "gru", "rnn"),
    "single": ("dense", "embedding", "layer"),
    "files": ("count", "verify", "schema"),
    "rules": ("layers", "formula"),
    "why": ("why",),
}
VERSION = (["--version"], ["-V"])


def run(words: Sequence[str]) -> None:
    """Run the command the words ask for: directly where they are plain, else through typer."""
    if list(words) in VERSION:
        from .version import print_version

        print_version()
        return
    asked, rest = (words[0], words[1:]) if words and "_PARAMCALC_COMPLETE" not in os.environ else ("", ())
    commands = [*_commands(asked, rest)]
    if asked and len(commands) == 1:
        (one,) = commands
        values = plain(one.parameters, rest)
        if values is not None:
            one.run(**values)
            return
    from .typer_app import build

    build(commands)(prog_name="paramcalc", args=list(words))


def _commands(asked: str, rest: Sequence[str]) -> Iterable[Command]:
    # the one with this name, or all if there is none
    known = any(asked in names for names in MODULES.values())
    for module, names in MODULES.items():
        if not known or asked in names:
            make = import_module(f"{__package__}.commands.{module}").command
            yield from (make(name, rest) for name in ([asked] if known else names))
