"""``paramcalc --version``."""

from __future__ import annotations

from .. import __version__
from .output import write


def print_version() -> None:
    """Print the version."""
    write([f"paramcalc {__version__}\n"])
