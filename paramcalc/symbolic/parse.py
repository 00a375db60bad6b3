"""The parser for expressions in flags and files: text to a size, never through Python's ``eval``.

Grammar (``·`` or juxtaposition also multiply; ``[ ]`` and ``{ }`` are brackets like ``( )``)::

    sum      = ["-"] product { ("+" | "-") product }
    product  = power { "*" power | bracket | "/" power | "//" power }
    power    = atom [ ("^" | "**") number | superscript ]
    atom     = number | name | bracket sum bracket | "⌊" sum "⌋"
             | "floor(" sum ")" | ("max" | "min") "(" sum { "," sum } ")"

``a/b`` directly inside a floor rounds down; elsewhere it is exact and refuses a remainder.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from ..errors import ExpressionError, SizeError
from .expr import Expr, Size, exact, maximum, minimum, symbols
from .notation import NAME, is_name

MAX_LENGTH = 1_000  # characters
MAX_DEPTH = 40  # brackets within brackets
MAX_DIGITS = 101  # sizes up to 10^100

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:_[0-9]+)*)(?![0-9_.]|[eE][0-9])"  # neither 4.5 nor 1e3
    rf"|(?P<name>{NAME})|(?P<raise>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<op>//|\*\*|[-−+*·×/^()\[\]{}⌊⌋,]))"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋"}
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
        With the position, and the text around it, of what does not parse.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"an expression of {len(source):,} characters", expected=f"at most {MAX_LENGTH:,}")
    return _Parser(source).read()


class _Parser:
    """One pass over the tokens of one expression."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = self.split()
        self.at = 0
        self.depth = 0
        self.rounding = -1  # the bracket depth at which a quotient rounds down

    def split(self) -> list[Token]:
        tokens, position = [], 0
        end = len(self.source.rstrip())
        while position < end:
            match = _TOKEN.match(self.source, position)
            if match is None or match.lastgroup is None:
                start = position + len(self.source[position:]) - len(self.source[position:].lstrip())
                self.fail(f"unexpected {self.source[start]!r}", start)
            word = match[match.lastgroup]
            tokens.append(Token(match.lastgroup, _SAME.get(word, word), match.start(match.lastgroup)))
            position = match.end()
        return [*tokens, Token("end", "", len(self.source))]

    def fail(self, problem: str, position: int | None = None) -> NoReturn:
        where = self.peek.start if position is None else position
        shown = self.source if len(self.source) <= 80 else f"{self.source[:79]}…"
        raise ExpressionError(f"{problem} at position {where + 1} of {shown!r}")

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
        size = self.sum()
        if self.peek.kind != "end":
            self.fail(f"unexpected {self.peek.text!r}")
        return size

    def sum(self) -> Size:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"brackets nested more than {MAX_DEPTH} deep")
        size: Size = -self.product() if self.accept("-") else self.product()
        while sign := self.accept("+", "-"):
            term = self.product()
            size = size + term if sign == "+" else size - term
        self.depth -= 1
        return size

    def product(self) -> Size:
        after_number = self.peek.kind == "number"  # 2h, but not d h
        size = self.power()
        while True:
            if operator := self.accept("*", "/", "//"):
                start = self.peek.start
                left, right = size, self.power()
                if operator == "*":
                    size = left * right
                elif operator == "//":
                    size = self.checked(lambda: left // right, start)  # noqa: B023  # called at once
                elif self.depth == self.rounding:
                    size = Expr("/", (left, right))  # becomes // when the floor closes
                else:
                    size = self.checked(lambda: exact(left, right), start)  # noqa: B023
            elif self.peek.text in _CLOSING or (self.peek.kind == "name" and after_number):
                size, after_number = size * self.power(), False
            else:
                return size

    def power(self) -> Size:
        base = self.atom()
        if self.peek.kind == "raise":
            exponent = self.take().text.translate(_SUPERSCRIPTS)
        elif self.accept("^"):
            if self.peek.kind != "number":
                self.fail("expected a whole number as the exponent")
            exponent = self.take().text
        else:
            return base
        if len(exponent) > 2 or int(exponent) > 64:
            self.fail("expected an exponent up to 64")
        result = base ** int(exponent)
        if isinstance(result, int) and result.bit_length() > 340:
            self.fail("a number above 10^100")
        return result

    def atom(self) -> Size:
        token = self.take()
        if token.kind == "number":
            digits = token.text.replace("_", "").replace(",", "")
            if len(digits) > MAX_DIGITS:
                self.fail(f"a number of {len(digits):,} digits, where {MAX_DIGITS} are allowed,", token.start)
            return int(digits)
        if token.kind == "name":
            if token.text in ("floor", "max", "min") and self.accept("("):
                return self.function(token.text)
            if not is_name(token.text):
                self.fail(f"{token.text[:40]!r} cannot name a size", token.start)
            return symbols(token.text)  # type: ignore[no-any-return]  # one name, one symbol
        if token.text in _CLOSING:
            size = self.floor() if token.text == "⌊" else self.sum()
            self.expect(_CLOSING[token.text])
            return size
        self.at -= 1
        self.fail(f"expected a size instead of {token.text!r}" if token.text else "expected a size")

    def function(self, name: str) -> Size:
        if name == "floor":
            size = self.floor()
        else:
            sizes = [self.sum()]
            while self.accept(","):
                sizes.append(self.sum())
            size = (maximum if name == "max" else minimum)(*sizes)
        self.expect(")")
        return size

    def floor(self) -> Size:
        # the one quotient of ⌊a/b⌋ rounds down; every other one is exact
        outer, self.rounding = self.rounding, self.depth + 1
        start = self.peek.start
        size = self.sum()
        self.rounding = outer
        if isinstance(size, Expr) and size.op == "/":
            return self.checked(lambda: size.args[0] // size.args[1], start)
        if isinstance(size, Expr) and any(isinstance(arg, Expr) and arg.op == "/" for arg in size.args):
            self.fail("a floor holds a single quotient, ⌊a/b⌋", start)
        return size

    def checked(self, divide: Callable[[], Size], start: int) -> Size:
        try:
            return divide()
        except SizeError as error:
            self.fail(error.problem, start)
        except ZeroDivisionError:
            self.fail("division by zero", start)
