"""The app: which module has which command. Only the one asked for is loaded; help and completion load all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from .. import __version__
from .output import write

MODULES = {
    "recurrent": ("lstm", "gru", "rnn"),
    "single": ("dense", "embedding", "layer"),
    "files": ("count", "verify", "schema"),
    "rules": ("layers", "formula"),
    "why": ("why",),
}


def build(words: Sequence[str]) -> typer.Typer:
    """Make the app with the commands the words may mean: one, or all.

    Registering a command costs typer about a millisecond, so a known first word spares the others.
    """
    app = typer.Typer(
        name="paramcalc",
        epilog="Sizes may be symbols: paramcalc lstm --in d_x --hidden 4*k",
        rich_markup_mode=None,  # rich would read [i, f, c, o] as markup
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    )
    app.callback()(top)
    asked = words[0] if words and "_PARAMCALC_COMPLETE" not in os.environ else ""
    known = any(asked in names for names in MODULES.values())
    for module, names in MODULES.items():
        if not known or asked in names:
            import_module(f"{__package__}.commands.{module}").register(app, (asked,) if known else names)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        write([f"paramcalc {__version__}\n"])
        raise typer.Exit


def top(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """How many parameters has this layer, and why?"""  # noqa: D400  # a question, as users read it
