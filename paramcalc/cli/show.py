"""Showing a model: the view asked for, the check against Keras, the exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ..errors import OptionError
from ..render import render

if TYPE_CHECKING:
    from ..graph.model import Model

_SPECIAL = "─·−⌊²×✓≥↑"


def show(
    model: Model,
    format: str | None = None,
    json: bool = False,
    explain: bool = False,
    weights: bool = False,
    depth: int | None = None,
    verify: bool = False,
) -> None:
    """Print a model in a view; exit 1 if its file stores other weights, or ``verify`` finds another model in Keras."""
    chosen = format_of(format, json)
    report = model.report()
    check: Any = None
    if verify:
        from ..core.framework import verifiable
        from ..verification import verify as compare

        if report.framework not in verifiable():
            raise OptionError(
                f"--verify has nothing to build {report.framework}'s layers in",
                expected=f"layers of {' or '.join(verifiable())}",
            )

        check = compare(model)
    if chosen == "json":
        write_json(report.to_dict() | ({} if check is None else {"verification": check.to_dict()}))
    elif chosen == "csv":
        write(render(report, chosen))
    elif chosen == "table" and sys.stdout.isatty():
        from rich.console import Console

        from ..render.writers.table import table

        Console().print(table(report, explain=explain, weights=weights, depth=depth))
    else:
        options: dict[str, Any] = {"explain": explain, "weights": weights, "depth": depth}
        if chosen == "text":
            options["ascii"] = not speaks_unicode()
        write(render(report, chosen, **options))
    if check is not None and chosen != "json":
        tell(check, aside=chosen in ("csv", "html", "latex"))
    if not model.holds or (check is not None and not check.ok):
        sys.exit(1)


def format_of(format: str | None, json: bool) -> str:
    """Give the format asked for; without one a table on a terminal, text elsewhere.

    Raises
    ------
    OptionError
        When two are asked for.
    """
    if json and format not in (None, "json"):
        raise OptionError("--json and --format ask for different views", received=format)
    return "json" if json else format or ("table" if sys.stdout.isatty() and speaks_unicode() else "text")


def tell(check: Any, aside: bool = False) -> None:
    """Print the outcome of a check, on stderr where stdout belongs to a file format."""
    stream = sys.stderr if aside else sys.stdout
    mark = ("✓" if check.ok else "✗") if speaks_unicode() else ("ok:" if check.ok else "DIFFERS:")
    print(f"{mark} {check}", file=stream)


def write(text: str) -> None:
    """Print text that already ends its lines; leave quietly when the reader of a pipe has gone."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        from . import _abandon

        _abandon(141)


def write_json(data: Any) -> None:
    """Print data as JSON."""
    import json

    write(json.dumps(data, indent=2, ensure_ascii=not speaks_unicode()) + "\n")


def speaks_unicode() -> bool:
    """Tell whether the output can show the characters the views use."""
    try:
        _SPECIAL.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
