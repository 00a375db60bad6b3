"""The parser for expressions in flags and files: text to a size, never through Python's ``eval``.

Grammar (``·`` or juxtaposition also multiply; ``[ ]`` and ``{ }`` are brackets like ``( )``)::

    sum      = ["-"] quotient { ("+" | "-") quotient }
    quotient = product { "/" power | ("*" | "//") power }
    product  = power { ("*" | "//") power | bracket | name after a number }
    power    = atom [ ("^" | "**") number | superscript ]
    atom     = number | name | bracket sum bracket | "⌊" floor "⌋" | "floor(" floor ")"
             | ("max" | "min") "(" sum { "," sum } ")"
    floor    = ["-"] product [ "/" power ]

The one ``a/b`` directly inside a floor rounds down; any other is exact and refuses a remainder.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import floordiv, mul
from typing import NamedTuple, NoReturn

from ..characters import as_meant
from ..errors import ExpressionError, SizeError
from .expr import MAX_EXPONENT, Expr, Size, add, exact, maximum, minimum, power, symbol
from .fold import check_bits
from .notation import NAME, is_name

MAX_LENGTH = 1_000  # characters
MAX_DEPTH = 40  # brackets within brackets

_TOKEN = (  # compiled at the first use: few commands read an expression
    r"\s*(?:(?P<number>[0-9]+(?:_[0-9]+)*)(?![0-9_.]|[eE][0-9])"  # neither 4.5 nor 1e3
    rf"|(?P<name>{NAME})|(?P<raise>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<op>//|\*\*|[-−+*·×/^()\[\]{}⌊⌋,]))"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋"}
_APPLY: dict[str, Callable[[Size, Size], Size]] = {"*": mul, "//": floordiv, "/": exact}
_SAME = {"·": "*", "×": "*", "−": "-", "**": "^"}


class Token(NamedTuple):
    """A word of an expression and where it starts."""

    kind: str
    text: str
    start: int


def parse(source: str) -> Size:
    """Read an expression over sizes.

    Parameters
    ----------
    source : str
        For example ``"4*h"``, ``"d_model // 8"`` or ``"4[d_h(d_h + d_x) + d_h]"``.

    Raises
    ------
    ExpressionError
        If the text is not an expression. The message has the position and the text around it.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"an expression of {len(source):,} characters", expected=f"at most {MAX_LENGTH:,}")
    if source.isascii() and source.isdigit():  # almost always
        return int(source)
    return _Parser(source).read()


def _meant(source: str) -> str | None:
    # 1,024, a comma at the end, quotes that were typed along, characters of another keyboard
    plain = as_meant(source).strip().strip("'\"").rstrip(",;")
    if re.fullmatch(r"[0-9]{1,3}([ ,][0-9]{3})+", plain):
        return f"write {re.sub('[ ,]', '', plain)}, without a separator between thousands"
    if plain != source.strip() and re.fullmatch(r"[0-9A-Za-z_*+/^() -]+", plain):
        return f"did you mean {plain!r}?"
    return None


class _Parser:
    """One pass over the tokens of one expression."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = self.split()
        self.at = 0
        self.depth = 0
        self.operand = 0  # where the operand begins that is being put to use, for errors

    def split(self) -> list[Token]:
        pattern = re.compile(_TOKEN)
        tokens, position = [], 0
        end = len(self.source.rstrip())
        while position < end:
            match = pattern.match(self.source, position)
            if match is None or match.lastgroup is None:
                start = position + len(self.source[position:]) - len(self.source[position:].lstrip())
                digit = "0" <= self.source[start] <= "9"
                self.fail("not a whole number" if digit else f"unexpected {self.source[start]!r}", start)
            word = match[match.lastgroup]
            tokens.append(Token(match.lastgroup, _SAME.get(word, word), match.start(match.lastgroup)))
            position = match.end()
        return [*tokens, Token("end", "", len(self.source))]

    def fail(self, problem: str, position: int | None = None) -> NoReturn:
        where = self.peek.start if position is None else position
        shown = self.source if len(self.source) <= 80 else f"{self.source[:79]}…"
        raise ExpressionError(f"{problem} at position {where + 1} of {shown!r}", suggestion=_meant(self.source))

    @property
    def peek(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, *texts: str) -> str | None:
        if self.peek.kind == "op" and self.peek.text in texts:
            return self.take().text
        return None

    def expect(self, text: str) -> None:
        if not self.accept(text):
            self.fail(f"expected {text!r}" + (f" instead of {self.peek.text!r}" if self.peek.text else ""))

    def read(self) -> Size:
        if self.peek.kind == "end":
            self.fail("an empty expression")
        try:
            size = self.sum()
        except (SizeError, ZeroDivisionError) as error:
            self.fail(error.problem if isinstance(error, SizeError) else "division by zero", self.operand)
        if self.peek.kind != "end":
            self.fail(f"unexpected {self.peek.text!r}")
        return size

    def sum(self) -> Size:
        terms = [-self.product() if self.accept("-") else self.product()]
        while sign := self.accept("+", "-"):
            terms.append(self.product() if sign == "+" else -self.product())
        return add(terms)

    def product(self, quotient: bool = True) -> Size:
        after_number = self.peek.kind == "number"  # 2h, but not d h
        size = self.power()
        while True:
            operator = self.accept("*", "//", "/") if quotient else self.accept("*", "//")
            beside = self.peek.text in _CLOSING or (after_number and self.peek.kind == "name")
            if not operator and not beside:
                return size
            start, after_number = self.peek.start, self.peek.kind == "number"
            factor = self.power()
            self.operand = start
            size = _APPLY[operator or "*"](size, factor)
            if isinstance(size, int):
                check_bits(size.bit_length())

    def power(self) -> Size:
        base = self.atom()
        if self.peek.kind == "raise":
            start, exponent = self.peek.start, int(self.take().text.translate(_SUPERSCRIPTS))
        elif self.accept("^"):
            if self.peek.kind != "number":
                self.fail("expected a whole number as the exponent")
            start, exponent = self.peek.start, int(self.take().text)
        else:
            return base
        if isinstance(base, Expr) and exponent > MAX_EXPONENT:
            self.fail(f"expected an exponent up to {MAX_EXPONENT}", start)
        self.operand = start
        return power(base, exponent)

    def atom(self) -> Size:
        token = self.take()
        if token.kind == "number":
            return int(token.text)
        if token.kind == "name":
            if token.text in ("floor", "max", "min") and self.peek.text == "(":
                return self.bracket(token.text)
            if not is_name(token.text):
                self.fail(f"{token.text[:40]!r} cannot name a size", token.start)
            return symbol(token.text)
        self.at -= 1
        if token.text in _CLOSING:
            return self.bracket("floor" if token.text == "⌊" else "")
        return self.fail(f"expected a size instead of {token.text!r}" if token.text else "expected a size")

    def bracket(self, function: str) -> Size:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"brackets nested more than {MAX_DEPTH} deep")
        opening = self.take()
        size = self.floor() if function == "floor" else self.sum()
        if function in ("max", "min"):
            sizes = [size]
            while self.accept(","):
                sizes.append(self.sum())
            self.operand = opening.start
            size = (maximum if function == "max" else minimum)(*sizes)
        self.expect(_CLOSING[opening.text])
        self.depth -= 1
        return size

    def floor(self) -> Size:
        size = -self.product(quotient=False) if self.accept("-") else self.product(quotient=False)
        if self.accept("/"):
            start = self.peek.start
            divisor = self.power()
            self.operand = start
            size = size // divisor
        if self.peek.text in ("+", "-", "*", "/", "//"):
            self.fail("a floor holds a single quotient, ⌊a/b⌋; the rest goes outside it")
        return size
