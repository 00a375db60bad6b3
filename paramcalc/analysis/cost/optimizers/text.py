"""The text form of an optimizer: ``adam``, ``adam(amsgrad=true)``, ``LossScaleOptimizer(sgd(momentum=0.9))``.

Grammar::

    optimizer = name [ "(" [ item { "," item } ] ")" ]
    item      = name "=" value | optimizer            (the optimizer inside another one needs no name)
    value     = number | "true" | "false" | "none" | word | quoted text | optimizer
              | "[" values "]" | "(" values ")" | "{" quoted text ":" value { "," … } "}"
"""

from __future__ import annotations

import re
from typing import NoReturn

from ....characters import as_meant
from ....errors import OptionError
from .choose import USUAL, find, optimizer
from .options import KINDS, Optimizer
from .read import rows

MAX_LENGTH = 1_000  # characters
MAX_DEPTH = 8  # optimizers and lists inside one another

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(?!\w)|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<mark>[()\[\]{}=:,]))"
)
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "none": None, "null": None}
_CLOSING = {"(": ")", "[": "]"}


def read_optimizer(text: str, framework: str = USUAL) -> Optimizer:
    """Read an optimizer from text.

    Parameters
    ----------
    text : str
        For example ``adam``, ``adam(amsgrad=true)``, ``muon(exclude_layers=["output"])`` or
        ``MultiOptimizer(sgd, optimizer_map={"encoder/.*": adam})``.
    framework : str
        The framework of the model.

    Raises
    ------
    OptionError
        With the position of what does not parse, or as `optimizer`.
    """
    if len(text) > MAX_LENGTH:
        raise OptionError(f"an optimizer of {len(text):,} characters", expected=f"at most {MAX_LENGTH:,}")
    return _Parser(as_meant(text), framework).read()


class _Parser:
    """One pass over the tokens of one text."""

    def __init__(self, source: str, framework: str) -> None:
        self.source = source
        self.framework = framework
        self.depth = 0
        self.at = 0
        self.tokens = self.split()

    def split(self) -> list[tuple[str, str, int]]:
        tokens, position, end = [], 0, len(self.source.rstrip())
        while position < end:
            match = _TOKEN.match(self.source, position)
            if match is None or match.lastgroup is None:
                self.fail("unexpected text", position)
            tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            position = match.end()
        return [*tokens, ("end", "", len(self.source))]

    def fail(self, problem: str, position: int | None = None) -> NoReturn:
        where = self.tokens[self.at][2] if position is None else position
        raise OptionError(
            f"{problem} at position {where + 1} of an optimizer",
            expected="a name and options, such as adam(amsgrad=true)",
            received=self.source,
        )

    def take(self, kind: str) -> str:
        if self.tokens[self.at][0] != kind:
            found = self.tokens[self.at][1]
            self.fail(f"unexpected {found!r}" if found else "an end that comes too early")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def accept(self, mark: str) -> bool:
        if self.tokens[self.at][:2] == ("mark", mark):
            self.at += 1
            return True
        return False

    def expect(self, mark: str) -> None:
        if not self.accept(mark):
            self.fail(f"{mark!r} is missing")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"more than {MAX_DEPTH} brackets inside one another")

    def read(self) -> Optimizer:
        found = self.optimizer(self.take("word"))
        if self.tokens[self.at][0] != "end":
            self.fail(f"unexpected {self.tokens[self.at][1]!r}")
        return found

    def optimizer(self, name: str) -> Optimizer:
        options: dict[str, object] = {}
        if self.accept("("):
            self.deeper()
            while not self.accept(")"):
                option, value = self.item(name, first=not options)
                if option in options:
                    self.fail(f"{option} is there twice")
                options[option] = value
                if self.tokens[self.at][:2] != ("mark", ")"):
                    self.expect(",")
            self.depth -= 1
        return optimizer(name, self.framework, **options)

    def item(self, name: str, first: bool) -> tuple[str, object]:
        start, word = self.tokens[self.at][2], self.take("word")
        if self.accept("="):
            return word, self.value()
        whose = self.framework if self.framework in rows() else USUAL
        declared = find(name, whose).options
        inside = next((option for option, one in declared.items() if one.kind is KINDS["optimizer"]), None)
        if inside is None or not first:
            self.fail(f"{word} has no value", start)
        return inside, self.optimizer(word)

    def value(self) -> object:
        kind, word, _ = self.tokens[self.at]
        if kind == "number":
            self.at += 1
            return int(word) if re.fullmatch(r"[-+]?\d+", word) else float(word)
        if kind == "text":
            self.at += 1
            return word[1:-1]
        if kind == "word":
            self.at += 1
            if word.lower() in _CONSTANTS:
                return _CONSTANTS[word.lower()]
            return self.optimizer(word) if self.tokens[self.at][:2] == ("mark", "(") else word
        if word in _CLOSING:
            return self.values(_CLOSING[word])
        if word == "{":
            return self.mapping()
        return self.fail("a value is missing")

    def values(self, closing: str) -> list[object]:
        self.at += 1
        self.deeper()
        found: list[object] = []
        while not self.accept(closing):
            found.append(self.value())
            if self.tokens[self.at][:2] != ("mark", closing):
                self.expect(",")
        self.depth -= 1
        return found

    def mapping(self) -> dict[str, object]:
        self.at += 1
        self.deeper()
        found: dict[str, object] = {}
        while not self.accept("}"):
            key = self.take("text")[1:-1]
            self.expect(":")
            if key in found:
                self.fail(f"{key!r} is there twice")
            found[key] = self.value()
            if self.tokens[self.at][:2] != ("mark", "}"):
                self.expect(",")
        self.depth -= 1
        return found
