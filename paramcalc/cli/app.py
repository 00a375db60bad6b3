"""The command line: which module has which command. Only the one asked for is loaded; help and completion load all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import import_module

from ..characters import LOOKS_LIKE_A_HYPHEN, as_meant
from ..core.framework import DEFAULT
from ..errors import OptionError, ParamcalcError, nearest
from .effects import check_width
from .options import Command
from .plain import plain

MODULES = {
    "recurrent": ("lstm", "gru", "rnn"),
    "single": ("dense", "embedding", "layer"),
    "files": ("count", "verify", "schema"),
    "rules": ("layers", "formula"),
    "why": ("why",),
    "cost": ("cost",),
    "sweep": ("sweep",),
    "sizing": ("solve", "match"),
    "comparison": ("compare", "check"),
}
ALL = [name for names in MODULES.values() for name in names]
VERSION = (["--version"], ["-V"])


def run(words: Sequence[str]) -> None:
    """Run the command the words ask for: directly where they are plain, else through typer."""
    if list(words) in VERSION:
        from .version import print_version

        print_version()
        return
    if words and not words[0].startswith("-") and words[0] not in ALL:
        raise OptionError("no such command", received=words[0], suggestion=_command_meant(words[0]))
    if "_PARAMCALC_COMPLETE" in os.environ:
        # the words after the command decide which flags it has
        _by_typer([*_commands("", _typed()[2:])], words)
        return
    asked, rest = (words[0], words[1:]) if words else ("", ())
    commands = [*_commands(asked, rest)]
    if asked and len(commands) == 1:
        (one,) = commands
        values = plain(one.parameters, rest)
        if values is not None:
            one.run(**values)
            return
    _by_typer(commands, words)


def _by_typer(commands: list[Command], words: Sequence[str]) -> None:
    from .typer_app import build

    known = {flag for one in commands for parameter in one.parameters for flag in parameter.flags}
    for word in words:
        flag = "--" + as_meant(word).partition("=")[0].lstrip("-")
        if word[:1] in LOOKS_LIKE_A_HYPHEN and flag in known:
            raise OptionError(f"{word!r} does not begin with two hyphens", suggestion=f"did you mean {flag}?")
    app = build(commands)
    if words and not {"-h", "--help"}.intersection(words):
        check_width(words, known)
        app(prog_name="paramcalc", args=list(words))
        return
    # help is written by our own function, which handles a closed output
    from contextlib import redirect_stdout
    from io import StringIO

    from .help import print_help

    code: object = 0
    with redirect_stdout(StringIO()) as help:
        try:
            app(prog_name="paramcalc", args=list(words))
        except SystemExit as stop:
            code = stop.code
    print_help(help.getvalue())
    sys.exit(code)  # type: ignore[arg-type]  # what an exit was asked for with


def _typed() -> list[str]:
    # the line so far, as bash hands it over, or zsh and fish
    import shlex  # only for completion

    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    try:
        return shlex.split(line)
    except ValueError:  # a quote that is still open
        return line.split()


def _command_meant(word: str) -> str | None:
    # a layer, a file, or a command that is misspelt
    from ..core.registry import of_class, split_name

    if word.lower() in ALL:
        return f"did you mean {word.lower()!r}?"
    with suppress(ParamcalcError):
        framework, name = split_name(word)
        if of_class(name, framework or DEFAULT) is not None:
            return f"it is a layer: paramcalc layer {word}"
    if "." in word or "/" in word:
        return f"is it a file? paramcalc count {word}"
    return nearest(word.lower(), ALL)


def _commands(asked: str, rest: Sequence[str]) -> Iterable[Command]:
    # the one with this name, or all if there is none
    known = asked in ALL
    for module, names in MODULES.items():
        if not known or asked in names:
            make = import_module(f"{__package__}.commands.{module}").command
            yield from (make(name, rest) for name in ([asked] if known else names))
