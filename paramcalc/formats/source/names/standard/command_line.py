"""Names: the standard library. Which words of a command line belong to which argument, by the rules of argparse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .....errors import OptionError, nearest

NEGATIVE = re.compile(r"-\d+|-\d*\.\d+")


class Unsure(Exception):
    """Versions of argparse differ here, or the case is not followed."""


class Argument(NamedTuple):
    """An argument that a program declares.

    Attributes
    ----------
    names : tuple of str
        ``("-n", "--number")``, or one name without a dash.
    least, most : int
        How many words it takes.
    group : int
        Of arguments that exclude one another; 0 for none.
    """

    names: tuple[str, ...]
    least: int
    most: int
    group: int = 0

    @property
    def flagged(self) -> bool:
        """Whether it is given by a flag."""
        return self.names[0].startswith("-")

    @property
    def title(self) -> str:
        """Its longest name."""
        return max(self.names, key=len)


class Given(NamedTuple):
    """An argument in the words.

    Attributes
    ----------
    place : int
        Which argument.
    flag : str
        As it was written out, or empty.
    words : list of str
        Its values.
    """

    place: int
    flag: str
    words: list[str]


class Word(NamedTuple):
    """A word, whether it is a flag, and whether it stands behind ``--``."""

    text: str
    flag: bool
    behind: bool


def matched(arguments: Sequence[Argument], words: Sequence[str], shortened: bool) -> tuple[list[Given], list[str]]:
    """Give the arguments in words, and the words that are left over.

    Parameters
    ----------
    arguments : sequence of Argument
    words : sequence of str
    shortened : bool
        Whether the beginning of a long flag may stand for it.

    Raises
    ------
    OptionError
        Where argparse ends the program.
    Unsure
    """
    return _Matching(arguments, words, shortened).run()


class _Matching:
    def __init__(self, arguments: Sequence[Argument], words: Sequence[str], shortened: bool) -> None:
        self.arguments, self.shortened = arguments, shortened
        self.flags = {name: at for at, one in enumerate(arguments) for name in one.names if name[:1] == "-"}
        self.open = [at for at, one in enumerate(arguments) if not one.flagged]  # those without a flag, not given yet
        self.numbers = any(NEGATIVE.fullmatch(name) for name in self.flags)
        self.given = words
        self.words = self._split(words)
        self.found: list[Given] = []
        self.left: list[str] = []

    def run(self) -> tuple[list[Given], list[str]]:
        """Go through the words."""
        chunks, at = 0, 0
        while at < len(self.words):
            if self.words[at].flag:
                at = self._flagged(at)
                continue
            end = next((place for place in range(at, len(self.words)) if self.words[place].flag), len(self.words))
            chunks += 1
            if chunks > 1 and any(not one.flagged and one.least == 0 for one in self.arguments):
                raise Unsure
            self._plain([one.text for one in self.words[at:end]])
            at = end
        self._plain([])
        self._check_groups()
        if "--" in self.given and (self.left or not any(word.behind for word in self.words)):
            raise Unsure  # whether -- is among them
        return self.found, self.left

    def _split(self, words: Sequence[str]) -> list[Word]:
        found: list[Word] = []
        behind = False
        for word in words:
            if word == "--" and not behind:
                behind = True
            else:
                found.append(Word(word, not behind and self._is_flag(word), behind))
        return found

    def _is_flag(self, word: str) -> bool:
        if len(word) < 2 or word[0] != "-":
            return False
        if self._meant(word):
            return True
        return not (NEGATIVE.fullmatch(word) and not self.numbers) and " " not in word

    def _meant(self, word: str) -> list[tuple[int, str, str | None]]:
        # the arguments that a flag may be, each with its flag written out and the value joined to it
        if word in self.flags:
            return [(self.flags[word], word, None)]
        head, joined, value = word.partition("=")
        if joined and head in self.flags:
            return [(self.flags[head], head, value)]
        if word.startswith("--"):
            begun = [name for name in self.flags if name.startswith(head)] if self.shortened else []
            return [(self.flags[name], name, value if joined else None) for name in begun]
        short = [(self.flags[word[:2]], word[:2], word[2:])] if word[:2] in self.flags else []
        begun = [name for name in self.flags if name.startswith(word)]
        return short + [(self.flags[name], name, None) for name in begun]

    def _flagged(self, at: int) -> int:
        # the flag at this place; gives the place behind its values
        word = self.words[at].text
        meant = self._meant(word)
        if not meant:
            self.left.append(word)
            return at + 1
        if len(meant) > 1:
            raise OptionError(f"the argument {word[:40]!r}", expected=f"one of {', '.join(one[1] for one in meant)}")
        place, flag, value = meant[0]
        while value is not None and self.arguments[place].most == 0:  # flags in one word: -vn5
            if word.startswith("--") or f"-{value[:1]}" not in self.flags:
                raise OptionError(f"the argument {flag}", expected="no value", received=value[:40])
            self.found.append(Given(place, flag, []))
            flag = f"-{value[0]}"
            place, value = self.flags[flag], value[1:] or None
        one = self.arguments[place]
        if value is not None:
            values, end = [value], at + 1
        else:
            end = at + 1
            while end < len(self.words) and not (self.words[end].flag or self.words[end].behind):
                end += 1
            end = min(end, at + 1 + one.most)
            values = [word.text for word in self.words[at + 1 : end]]
        if not one.least <= len(values) <= one.most:
            wanted = "a value" if one.least == 1 else f"{one.least} values"
            raise OptionError(f"the argument {flag}", expected=wanted, received=", ".join(values)[:40] or "none")
        self.found.append(Given(place, flag, values))
        return end

    def _plain(self, words: list[str]) -> None:
        # as many of the arguments without a flag as the words suffice for; each takes what it can
        several, need = 0, 0
        for place in self.open:
            need += self.arguments[place].least
            if need > len(words):
                break
            several += 1
        taken, self.open = self.open[:several], self.open[several:]
        for at, place in enumerate(taken):
            later = sum(self.arguments[one].least for one in taken[at + 1 :])
            count = min(self.arguments[place].most, len(words) - later)
            self.found.append(Given(place, "", words[:count]))
            words = words[count:]
        self.left += words

    def _check_groups(self) -> None:
        seen: dict[int, int] = {}
        for one in self.found:
            group = self.arguments[one.place].group
            if group and (one.flag or one.words) and seen.setdefault(group, one.place) != one.place:
                other = self.arguments[seen[group]].title
                raise OptionError(
                    f"the arguments {other} and {self.arguments[one.place].title}", expected="one of them"
                )


def unknown_words(words: Sequence[str], arguments: Sequence[Argument]) -> OptionError:
    """Make the error for words that no argument takes."""
    known = [name for one in arguments for name in one.names if "--help" not in one.names]
    has = f"it has {', '.join(known)}" if known else "it has none"
    return OptionError(
        f"the program has no argument {words[0][:40]!r}", suggestion=nearest(words[0].partition("=")[0], known) or has
    )
