"""The HTML view, for notebooks: one self-contained fragment that follows the notebook's own colours."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ...untyped import Passed
from ..document import Cell, Document, Fact, Letters, Math, Passage, Table, plain
from ..presentation import Presentation

_STYLE = """
.paramcalc { font-family: system-ui, sans-serif; line-height: 1.45; }
.paramcalc { display: inline-block; max-width: 100%; overflow-x: auto; }
.paramcalc .title { font-weight: 600; font-size: 1.08em; margin-bottom: .35em; }
.paramcalc .title small { font-weight: 400; opacity: .7; margin-left: .6em; }
.paramcalc table { border-collapse: collapse; margin: .4em 0 .8em; }
.paramcalc th, .paramcalc td { text-align: left !important; padding: .22em .9em .22em 0; border: 0; white-space: pre; }
.paramcalc th { font-weight: 500; opacity: .65; border-bottom: 1px solid currentColor; }
.paramcalc .n { text-align: right !important; font-variant-numeric: tabular-nums; }
.paramcalc .m { font-family: ui-monospace, monospace; }
.paramcalc tfoot td { border-top: 1px solid currentColor; font-weight: 600; }
.paramcalc .equations { white-space: pre; margin: .3em 0 .5em; }
.paramcalc .note { max-width: 46em; opacity: .75; }
.paramcalc .facts td:first-child { opacity: .65; }
.paramcalc .facts .p td:last-child { font-weight: 600; }
"""


def write(shown: Presentation, *, ascii: bool = False, **options: Passed) -> Iterator[str]:
    """Write a presentation as an HTML fragment; in ASCII its characters become references, by `paramcalc.writers`."""
    return _blocks(shown.laid_out(**options))


def _blocks(made: Document) -> Iterator[str]:
    subtitle = f"<small>{escape(made.subtitle)}</small>" if made.subtitle else ""
    yield f'<div class="paramcalc"><style>{_STYLE}</style><div class="title">{escape(made.title)}{subtitle}</div>'
    for block in made.blocks():
        if isinstance(block, Passage):
            yield from _passage(block)
        elif isinstance(block, Table):
            yield from _table(block)
        else:
            yield '<table class="facts"><tbody>'
            yield from map(_fact, block)
            yield "</tbody></table>"
    yield "</div>"


def _fact(fact: Fact) -> str:
    mark = ' class="p"' if fact.strong else ""
    return f"<tr{mark}><td>{escape(fact.label)}</td>{_cell(fact.value, False)}</tr>"


def _passage(passage: Passage) -> Iterator[str]:
    yield f"<div>{escape(passage.title)}</div>"
    if passage.equations:
        yield f'<div class="m equations">{escape(chr(10).join(passage.equations))}</div>'
    yield from (f'<div class="note">{escape(sentence)}</div>' for sentence in passage.sentences)


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"<div>{escape(table.title)}</div>"
    head = "".join(f"<th{_class(at in table.right)}>{escape(header)}</th>" for at, header in enumerate(table.headers))
    yield f"<table><thead><tr>{head}</tr></thead><tbody>"
    yield from (_row(row, table.right) for row in table.rows)
    yield "</tbody>"
    if table.footer:
        yield f"<tfoot>{_row(table.footer, table.right)}</tfoot>"
    yield "</table>"


def _row(cells: tuple[Cell, ...], right: tuple[int, ...]) -> str:
    return f"<tr>{''.join(_cell(cell, at in right) for at, cell in enumerate(cells))}</tr>"


def _cell(cell: Cell, number: bool) -> str:
    formula = isinstance(cell, Letters) or (isinstance(cell, Math) and not isinstance(cell.size, int))
    return f"<td{_class(number, formula)}>{escape(plain(cell))}</td>"


def _class(number: bool, formula: bool = False) -> str:
    names = "n" * number + (" " if number and formula else "") + "m" * formula
    return f' class="{names}"' if names else ""
