"""Values: names that a library makes: those of layers, of which the number is unknown and the beginning is not."""

from __future__ import annotations

import re

from ..memory.objects import Builtin, Unknown, Value
from ..memory.state import State

NUMBERING = re.compile(r"_?\d*")


class MadeName(Unknown):
    """A name that is a stem, perhaps with a number behind it: ``dense``, ``dense_1``.

    Attributes
    ----------
    stem : str
        Lower-case, as a library makes it of the name of a class.
    """

    __slots__ = ("stem",)

    def __init__(self, stem: str, line: int) -> None:
        super().__init__("a name that Keras makes", line, scalar=True)
        self.stem = stem

    def equals(self, text: str) -> bool | None:
        """Tell whether it is a text: it may be only one that begins with the stem, with a number at most behind it."""
        rest = text.removeprefix(self.stem)
        return None if text.startswith(self.stem) and (not rest or re.fullmatch(r"_\d+", rest)) else False

    def holds(self, text: str) -> bool | None:
        """Tell whether a text is a part of it."""
        if text in self.stem:
            return True
        head, line, _ = re.fullmatch(r"(.*?)(_?)(\d*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
        return None if (self.stem.endswith(head) if line else not head) else False

    def begins(self, text: str) -> bool | None:
        """Tell whether it begins with a text."""
        if self.stem.startswith(text):
            return True
        rest = text.removeprefix(self.stem)
        return None if text.startswith(self.stem) and NUMBERING.fullmatch(rest) else False

    def ends(self, text: str) -> bool | None:
        """Tell whether it ends with a text."""
        plain = text.rstrip("0123456789").removesuffix("_")
        return None if self.stem.endswith(plain) or not text else False


def method_of(value: MadeName, name: str) -> Value:
    """Give a method of such a name, or ``None``."""
    asks = {"startswith": value.begins, "endswith": value.ends}.get(name)
    if asks is None:
        return None

    def call(run: State, args: list[Value], kwargs: dict[str, Value]) -> Value:
        texts = args[0] if len(args) == 1 and isinstance(args[0], tuple) else tuple(args[:1])
        if kwargs or len(args) != 1 or not all(isinstance(one, str) for one in texts):
            return run.unknown("a comparison", scalar=True)
        answers = [asks(one) for one in texts if isinstance(one, str)]
        if True in answers:
            return True
        return run.unknown("a comparison", scalar=True) if None in answers else False

    return Builtin(f"str.{name}", call)
