"""Notation: an expression as ASCII text, Unicode or LaTeX, with brackets nested as textbooks do.

=========  =====================================  ==========================
style      ``4*(h*(h+x) + h)``                    ``(T - 3)//2 + 1``
=========  =====================================  ==========================
text       ``4[h(h + x) + h]``                    ``floor((T - 3)/2) + 1``
unicode    ``4[h(h + x) + h]``                    ``⌊(T − 3)/2⌋ + 1``
latex      ``4\\left[h\\left(h + x\\right) + …``  ``\\left\\lfloor …``
=========  =====================================  ==========================

What ``text`` and ``unicode`` print, `paramcalc.symbolic.parse` reads back. With ``values`` the symbols
are replaced *in print*, nothing is computed: ``4[128(128 + 108) + 128]``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from .expr import Expr, Size

NAME = r"[A-Za-zΑ-Ωα-ω][A-Za-zΑ-Ωα-ω0-9_]*"  # \w would take the superscripts along
_NAME = re.compile(NAME + r"\Z")
_RESERVED = frozenset({"floor", "max", "min", "None", "null", "True", "true", "False", "false", "nan", "inf"})
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Style(NamedTuple):
    """What differs between the notations."""

    times: str
    minus: str
    brackets: tuple[tuple[str, str], ...]  # innermost first
    floor: tuple[str, str]
    power: str
    fraction: str
    function: str
    number: str = "{}"


TEXT = Style("*", "-", (("(", ")"), ("[", "]"), ("{", "}")), ("floor(", ")"), "^{}", "{}/{}", "{}({})")
UNICODE = TEXT._replace(times="·", minus="−", floor=("⌊", "⌋"))
GROUPED = UNICODE._replace(number="{:,}")
LATEX = Style(
    r" \cdot ",
    "-",
    ((r"\left(", r"\right)"), (r"\left[", r"\right]"), (r"\left\{", r"\right\}")),
    (r"\left\lfloor ", r"\right\rfloor"),
    "^{{{}}}",
    r"\frac{{{}}}{{{}}}",
    r"\{}\left({}\right)",
)

_OPENING = ("(", "[", "{", "⌊", r"\left")
_SCIENTIFIC = re.compile("[eE][0-9]")  # 2·e1: beside the 2 it would be a number with an exponent

# How tightly a piece of text binds; a looser piece inside a tighter place needs brackets.
SUM, QUOTIENT, PRODUCT, POWER, ATOM = range(5)


class Piece(NamedTuple):
    """Printed text, how tightly it binds and how many levels of brackets it holds."""

    string: str
    binds: int
    depth: int = 0


def text(size: Size, values: Mapping[str, Size] | None = None) -> str:
    """Print in plain ASCII, as the JSON report and files have it."""
    return _print(size, values or {}, TEXT).string


def unicode(size: Size, values: Mapping[str, Size] | None = None) -> str:
    """Print for people: ``d_h²``, ``⌊(T − 3)/2⌋ + 1``."""
    return _print(size, values or {}, UNICODE).string


def grouped(size: Size) -> str:
    """Print a result for people, thousands apart: ``120,832·T``; this one is not to be parsed back."""
    return _print(size, {}, GROUPED).string


def latex(size: Size, values: Mapping[str, Size] | None = None) -> str:
    """Print for LaTeX, without the dollar signs."""
    return _print(size, values or {}, LATEX).string


def is_name(word: str) -> bool:
    """Tell whether a word can name a size: a letter, then letters, digits and underscores."""
    return bool(_NAME.match(word)) and len(word) <= 100 and word not in _RESERVED


def _print(size: Size, values: Mapping[str, Size], style: Style) -> Piece:
    if isinstance(size, int):
        if size < 0:
            return Piece(style.minus + style.number.format(-size), SUM)
        return Piece(style.number.format(size), ATOM)
    op, args = size.op, size.args
    if op in ("name", "?"):
        if args[0] in values:
            return _print(values[args[0]], {}, style)
        return Piece(_symbol(args[0], style), ATOM)
    if op == "+":
        return _print_sum(args, values, style)
    if op == "*":
        return _print_product(args, values, style)
    if op == "^":
        base = _inside(_print(args[0], values, style), ATOM, style)
        exponent = str(args[1])
        raised = exponent.translate(_SUPERSCRIPTS) if style.times == "·" else style.power.format(exponent)
        return Piece(base.string + raised, POWER, base.depth)
    if op in ("max", "min"):
        parts = [_print(arg, values, style) for arg in args]
        inner = ", ".join(part.string for part in parts)
        deepest = max(part.depth for part in parts)
        return Piece(style.function.format(op, inner), ATOM, deepest + 1)
    top, bottom = (_print(arg, values, style) for arg in args)
    if style is not LATEX:
        top, bottom = _inside(top, PRODUCT, style), _inside(bottom, POWER, style)
    quotient = style.fraction.format(top.string, bottom.string)
    depth = max(top.depth, bottom.depth)
    if op == "/":
        return Piece(quotient, ATOM if style is LATEX else QUOTIENT, depth)
    left, right = style.floor
    return Piece(f"{left}{quotient}{right}", ATOM, depth)


def _print_sum(args: tuple[Size, ...], values: Mapping[str, Size], style: Style) -> Piece:
    string, depth = "", 0
    for arg in args:
        negative, size = _sign(arg)
        piece = _inside(_print(size, values, style), QUOTIENT, style)
        depth = max(depth, piece.depth)
        if string:
            string += f" {style.minus if negative else '+'} {piece.string}"
        else:
            string = (style.minus if negative else "") + piece.string
    return Piece(string, SUM, depth)


def _sign(size: Size) -> tuple[bool, Size]:
    # -3 -> (True, 3);  -1·e -> (True, e);  -2·e -> (True, 2·e)
    if isinstance(size, int):
        return size < 0, abs(size)
    if size.op == "*" and isinstance(size.args[0], int) and size.args[0] < 0:
        number, rest = -size.args[0], size.args[1:]
        kept = rest if number == 1 else (number, *rest)
        return True, kept[0] if len(kept) == 1 else Expr("*", kept)
    return False, size


def _print_product(args: tuple[Size, ...], values: Mapping[str, Size], style: Style) -> Piece:
    if isinstance(args[0], int) and args[0] < 0:
        return _print_sum((Expr("*", args),), values, style)
    string, depth, number = "", 0, False
    for arg in args:
        piece = _inside(_print(arg, values, style), PRODUCT, style)  # a(b/c), since a·b/c reads as (a·b)/c
        beside = piece.string.startswith(_OPENING)  # 4(…), h(…)
        if number and (piece.string[0].isalpha() or piece.string[0] == "\\"):  # 2h, but 2·128
            beside = not _SCIENTIFIC.match(piece.string)
        if string and not beside:
            string += style.times
        string += piece.string
        number = piece.string.isdigit()
        depth = max(depth, piece.depth)
    return Piece(string, PRODUCT, depth)


def _inside(piece: Piece, binds: int, style: Style) -> Piece:
    return piece if piece.binds >= binds else _bracket(piece, style)


def _bracket(piece: Piece, style: Style) -> Piece:
    left, right = style.brackets[min(piece.depth, len(style.brackets) - 1)]
    return Piece(f"{left}{piece.string}{right}", ATOM, piece.depth + 1)


def _symbol(name: str, style: Style) -> str:
    # d_model -> d_{\mathrm{model}};  filters -> \mathrm{filters};  d_h1 -> d_{h1}
    if style is not LATEX:
        return name
    stem, _, index = name.partition("_")
    base = stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
    if not index:
        return base
    index = index.replace("_", r"\_")
    return f"{base}_{{{index}}}" if len(index) <= 2 else rf"{base}_{{\mathrm{{{index}}}}}"
