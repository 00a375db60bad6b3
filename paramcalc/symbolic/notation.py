"""Notation: a size as ASCII text, Unicode or LaTeX, with brackets nested as textbooks do.

=========  =====================================  ==========================
style      ``4*(h*(h+x) + h)``                    ``(T - 3)//2 + 1``
=========  =====================================  ==========================
text       ``4[h(h + x) + h]``                    ``floor((T - 3)/2) + 1``
unicode    ``4[h(h + x) + h]``                    ``⌊(T − 3)/2⌋ + 1``
latex      ``4\\left[h\\left(h + x\\right) + …``  ``\\left\\lfloor …``
html       ``4[<i>h</i>(<i>h</i> + <i>x</i>) …``  ``⌊(<i>T</i> − 3)/2⌋ …``
=========  =====================================  ==========================

What ``text`` and ``unicode`` print, `paramcalc.symbolic.parse` reads back. With ``values`` the symbols
are replaced *in print*, nothing is computed: ``4[128(128 + 108) + 128]``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from ..errors import SizeError
from .fold import Algebra, Tree, fold

# without the superscripts, which `str.isalnum` and \w of a pattern would take along
_LETTERS = (("A", "Z"), ("a", "z"), ("Α", "Ω"), ("α", "ω"))
_ANY = "".join(f"{first}-{last}" for first, last in _LETTERS)
NAME = f"[{_ANY}][{_ANY}0-9_]*"
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
    symbol: Callable[[str], str] = str
    number: str = "{}"


_OPENING = ("(", "[", "{", "⌊", r"\left")

# How tightly a piece of text binds; a looser piece inside a tighter place needs brackets.
SUM, QUOTIENT, PRODUCT, POWER, ATOM = range(5)


def _latex_symbol(name: str) -> str:
    # d_model -> d_{\mathrm{model}};  filters -> \mathrm{filters};  d_h1 -> d_{h1}
    stem, _, index = name.partition("_")
    base = stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
    if not index:
        return base
    index = index.replace("_", r"\_")
    return f"{base}_{{{index}}}" if len(index) <= 2 else rf"{base}_{{\mathrm{{{index}}}}}"


def _html_symbol(name: str) -> str:
    # d_model -> <i>d</i><sub>model</sub>; a name has letters, digits and underscores only
    stem, _, index = name.partition("_")
    return f"<i>{stem}</i><sub>{index}</sub>" if index else f"<i>{stem}</i>"


MATH_FONT = "font-family: STIX Two Text, Latin Modern Roman, Times New Roman, serif; font-size: 1.1em"
TEXT = Style("*", "-", (("(", ")"), ("[", "]"), ("{", "}")), ("floor(", ")"), "^{}", "{}/{}", "{}({})")
UNICODE = TEXT._replace(times="·", minus="−", floor=("⌊", "⌋"), power="")
HTML = UNICODE._replace(power="<sup>{}</sup>", symbol=_html_symbol)
GROUPED = UNICODE._replace(number="{:,}")
LATEX = Style(
    r" \cdot ",
    "-",
    ((r"\left(", r"\right)"), (r"\left[", r"\right]"), (r"\left\{", r"\right\}")),
    (r"\left\lfloor ", r"\right\rfloor"),
    "^{{{}}}",
    r"\frac{{{}}}{{{}}}",
    r"\{}\left({}\right)",
    _latex_symbol,
)


class Piece(NamedTuple):
    """Printed text.

    Attributes
    ----------
    string : str
    binds : int
        How tightly it binds.
    depth : int
        How many levels of brackets it holds.
    negative : bool
        Whether a minus comes before it.
    digits : bool
        Whether it is a number, written in digits alone.
    """

    string: str
    binds: int
    depth: int = 0
    negative: bool = False
    digits: bool = False


def text(size: int | Tree, values: Mapping[str, int | Tree] | None = None) -> str:
    """Print in plain ASCII, as the JSON report and files have it."""
    return _TEXT(size, values)


def unicode(size: int | Tree, values: Mapping[str, int | Tree] | None = None) -> str:
    """Print for people: ``d_h²``, ``⌊(T − 3)/2⌋ + 1``."""
    return _UNICODE(size, values)


def grouped(size: int | Tree) -> str:
    """Print a result for people, thousands apart: ``120,832·T``; this one is not to be parsed back."""
    return _GROUPED(size)


def latex(size: int | Tree, values: Mapping[str, int | Tree] | None = None) -> str:
    """Print for LaTeX, without the dollar signs."""
    return _LATEX(size, values)


def html(size: int | Tree, values: Mapping[str, int | Tree] | None = None) -> str:
    """Print for HTML, with italic names, subscripts and superscripts: no script is needed to show it."""
    return _HTML(size, values)


def is_name(word: str) -> bool:
    """Tell whether a word can name a size: a letter, then letters, digits and underscores."""
    return 0 < len(word) <= 100 and word not in _RESERVED and _is_letter(word[0]) and all(map(_is_in_name, word))


def _is_letter(one: str) -> bool:
    return any(first <= one <= last for first, last in _LETTERS)


def _is_in_name(one: str) -> bool:
    return _is_letter(one) or "0" <= one <= "9" or one == "_"


def no_name(given: object) -> SizeError:
    """Make the error for what cannot name a size; a word with hyphens gets its spelling with underscores."""
    plain = given.replace("-", "_") if isinstance(given, str) else ""
    near = f"did you mean {plain!r}?" if is_name(plain) else None
    return SizeError(
        "the name of a size", expected="a letter, then letters, digits and _", received=given, suggestion=near
    )


def _number(style: Style, number: int) -> Piece:
    try:
        string = style.number.format(abs(number))
    except ValueError:  # Python's own bound on digits
        raise SizeError(f"a number of {number.bit_length():,} bits is too long to print") from None
    return Piece(string, ATOM, 0, number < 0, string.isdigit())


def _sum(style: Style, parts: list[Piece]) -> Piece:
    strings: list[str] = []
    depth = 0
    for part in parts:
        piece = part if part.binds >= QUOTIENT else _bracket(part, style)
        if strings:
            strings.append(f" {style.minus} " if part.negative else " + ")
        elif part.negative:
            strings.append(style.minus)
        strings.append(piece.string)
        if piece.depth > depth:
            depth = piece.depth
    return Piece("".join(strings), SUM, depth)


def _product(style: Style, parts: list[Piece]) -> Piece:
    first, *rest = parts
    if first.negative:  # -2·e -> −(2e);  -1·e -> −(e)
        kept = rest if first.string == "1" else [first._replace(negative=False), *rest]
        product = _product(style, kept) if len(kept) > 1 else kept[0]
        return _inside(product, QUOTIENT, style)._replace(negative=True)
    string, depth, number = "", 0, False
    for part in parts:
        piece = _inside(part, PRODUCT, style)  # a(b/c), since a·b/c reads as (a·b)/c
        beside = piece.string.startswith(_OPENING)  # 4(…), h(…)
        if number and (piece.string[0].isalpha() or piece.string[0] in "\\<"):  # 2h, but 2·128
            seen = piece.string.removeprefix("<i>")
            beside = not (seen[0] in "eE" and "0" <= seen[1:2] <= "9")  # 2e1 reads as 20
        if string and not beside:
            string += style.times
        string += piece.string
        number = piece.digits
        depth = max(depth, piece.depth)
    return Piece(string, PRODUCT, depth)


def _power(style: Style, base: Piece, exponent: int) -> Piece:
    inner = _inside(base, ATOM, style)
    raised = style.power.format(exponent) if style.power else str(exponent).translate(_SUPERSCRIPTS)
    return Piece(inner.string + raised, POWER, inner.depth)


def _quotient(style: Style, top: Piece, bottom: Piece) -> Piece:
    if style is LATEX:  # the bar brackets what is above and below it
        top, bottom, binds = _signed(top, style), _signed(bottom, style), ATOM
    else:
        top, bottom, binds = _inside(top, PRODUCT, style), _inside(bottom, POWER, style), QUOTIENT
    return Piece(style.fraction.format(top.string, bottom.string), binds, max(top.depth, bottom.depth))


def _floor(style: Style, top: Piece, bottom: Piece) -> Piece:
    left, right = style.floor
    quotient = _quotient(style, top, bottom)
    return Piece(f"{left}{quotient.string}{right}", ATOM, quotient.depth)


def _extremum(style: Style, op: str, parts: list[Piece]) -> Piece:
    inner = ", ".join(_signed(part, style).string for part in parts)
    return Piece(style.function.format(op, inner), ATOM, max(part.depth for part in parts) + 1)


def _signed(piece: Piece, style: Style) -> Piece:
    return Piece(style.minus + piece.string, SUM, piece.depth) if piece.negative else piece


def _inside(piece: Piece, binds: int, style: Style) -> Piece:
    if piece.negative:
        piece = _signed(piece, style)
    return piece if piece.binds >= binds else _bracket(piece, style)


def _bracket(piece: Piece, style: Style) -> Piece:
    left, right = style.brackets[min(piece.depth, len(style.brackets) - 1)]
    return Piece(f"{left}{piece.string}{right}", ATOM, piece.depth + 1)


class Form(NamedTuple):
    """A printed expression with blanks in the place of its symbols."""

    blanks: str
    symbols: tuple[str, ...]

    def fill(self, values: Mapping[str, int | Tree]) -> str | None:
        """Put numbers into the blanks; ``None`` where one is missing or too long to print."""
        try:
            return self.blanks % tuple([values[name] for name in self.symbols])
        except (KeyError, ValueError):
            return None


class _Printer:
    """The functions above in one style: an algebra of pieces, and what to print for a symbol."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.algebra: Algebra[Piece] = Algebra(
            number=partial(_number, style),
            sum=partial(_sum, style),
            product=partial(_product, style),
            power=partial(_power, style),
            floor=partial(_floor, style),
            quotient=partial(_quotient, style),
            maximum=partial(_extremum, style, "max"),
            minimum=partial(_extremum, style, "min"),
        )

    def __call__(self, size: int | Tree, values: Mapping[str, int | Tree] | None = None) -> str:
        if type(size) is int and 0 <= size < 2**63:  # nearly all that a table has
            return self.style.number.format(size)
        if not values:
            return self.piece(size, self.symbol).string
        if isinstance(size, Tree) and not any(type(one) is not int or one < 0 for one in values.values()):
            filled = self.form(size).fill(values)
            if filled is not None:
                return filled

        def put_in(leaf: Tree) -> Piece:
            given = values.get(leaf.args[0])
            return self.symbol(leaf) if given is None else self.piece(given, self.symbol)

        return self.piece(size, put_in).string

    def form(self, size: Tree) -> Form:
        """Print with a blank for each symbol; all numbers that are not negative are printed alike."""
        forms = size.forms = getattr(size, "forms", {})
        if self not in forms:
            printed = self.piece(size, lambda leaf: Piece(f"\0{leaf.args[0]}\0", ATOM, digits=True)).string
            fixed = printed.split("\0")
            blanks = ["%d" if at % 2 else part.replace("%", "%%") for at, part in enumerate(fixed)]
            forms[self] = Form("".join(blanks), tuple(fixed[1::2]))
        form: Form = forms[self]
        return form

    def piece(self, size: int | Tree, leaf: Callable[[Tree], Piece]) -> Piece:
        return _signed(fold(size, leaf, self.algebra), self.style)

    def symbol(self, leaf: Tree) -> Piece:
        return Piece(self.style.symbol(leaf.args[0]), ATOM)


_TEXT, _UNICODE, _GROUPED, _LATEX, _HTML = map(_Printer, (TEXT, UNICODE, GROUPED, LATEX, HTML))
