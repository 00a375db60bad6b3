"""The terminal view, drawn with rich: colour and width are the terminal's, nothing is cut off elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..document import Cell, Math, Sheet, Table, plain
from ..layout import sheet

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ...report import Report


FOLDED = 14  # columns of the terminal that are enough for what can be folded


def view(report: Report, width: int | None = None, **options: Any) -> str:
    """Draw a report without colour, as wide as it needs unless told otherwise."""
    return write(sheet(report, **options), width)


def write(made: Sheet, width: int | None = None) -> str:
    """Draw a sheet likewise; no line is padded to its width."""
    from io import StringIO

    from rich.console import Console

    console = Console(file=StringIO(), width=width or 10_000, color_system=None, legacy_windows=False)
    console.print(drawing(made))
    written = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    return "\n".join(line.rstrip() for line in written.splitlines()) + "\n"


def table(report: Report, **options: Any) -> Any:
    """Give a report as something rich can print."""
    return drawing(sheet(report, **options))


def drawing(made: Sheet) -> RenderableType:
    """Draw a sheet. Every text is a ``Text``: rich would read ``[i, f, c, o]`` as markup and drop it."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table as Grid
    from rich.text import Text

    title = Text(made.title, style="bold")
    if made.subtitle:
        title.append(f"  {made.subtitle}", style="not bold dim")
    facts = Grid.grid(padding=(0, 2))
    for label, value in made.facts:
        style = "bold green" if label == "parameters" else ""
        facts.add_row(Text(label, style="dim"), Text(plain(value), style=style, overflow="fold"))
    parts: list[RenderableType] = [title]
    tables: list[RenderableType] = [_Fitted(table) for table in made.tables]
    shown: list[RenderableType] = [Padding(facts, (0, 0, 0, 2))] if made.facts else []
    for block in [*tables[: made.lead], *shown, *tables[made.lead :]]:
        parts += [Text(""), block]
    return Group(*parts, Text(""))


class _Fitted(NamedTuple):
    """A table that sees how wide the terminal is: names and numbers stay whole as long as the rest can fold."""

    table: Table

    def __rich_console__(self, console: Any, options: Any) -> Iterator[RenderableType]:
        yield _grid(self.table, options.max_width)


def _grid(table: Table, width: int) -> RenderableType:
    from rich import box
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(
        box=box.SIMPLE,
        show_edge=False,
        show_footer=bool(table.footer),
        pad_edge=False,
        header_style="dim",
    )
    longest = [max(map(len, column)) for column in zip(*_texts(table), strict=True)]
    whole = {0, *table.right}
    folding = [min(long, FOLDED) for at, long in enumerate(longest) if at not in whole]
    if sum(longest[at] for at in whole) + sum(folding) + 3 * len(longest) > width:
        whole = set()
    for at, header in enumerate(table.headers):
        footer = Text(plain(table.footer[at]), style="bold") if table.footer else ""
        right = at in table.right
        grid.add_column(
            Text(header),
            footer,
            justify="right" if right else "left",
            overflow="fold",
            no_wrap=at in whole,
        )
    for row in table.rows:
        grid.add_row(*(_text(cell, at in table.right) for at, cell in enumerate(row)))
    head = [Text(table.title, style="bold")] * bool(table.title) + [Text(table.note, style="dim")] * bool(table.note)
    return Group(*head, Padding(grid, (0, 0, 0, 2)))


def _texts(table: Table) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in (table.headers, *table.rows, *[table.footer] * bool(table.footer))]


def _text(cell: Cell, number: bool) -> Any:
    from rich.text import Text

    style = "green" if number else "cyan" if isinstance(cell, Math) else ""
    return Text(plain(cell), style=style, overflow="fold")
