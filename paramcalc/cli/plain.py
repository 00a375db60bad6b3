"""Reading a command line that is well formed, without typer.

Importing typer takes longer than everything else that a count needs. So it is left for what it does best: help,
completion, and saying what is wrong with a line. A line is read here only if there is nothing to say about it; all
others, abbreviated or doubtful ones included, are given up and left to typer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .options import REQUIRED, Parameter, Positional


def plain(parameters: Sequence[Parameter], words: Sequence[str]) -> dict[str, object] | None:
    """Give the value of every parameter, or ``None`` where the words are not plain.

    Plain are the exact spelling of a flag, each at most once, its value in the next word or after ``=``, whole
    numbers in their range, and as many positional words as there are parameters for them.
    """
    spelled = {word: (one, on) for one in parameters for word, on in one.flags.items()}
    given: dict[str, object] = {}
    loose: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            loose.append(word)
            continue
        flag, equals, value = word.partition("=")
        if flag not in spelled or (equals and not flag.startswith("--")):
            return None
        one, on = spelled[flag]
        if one.name in given and not one.many:
            return None
        if one.kind is bool:
            if equals:
                return None
            given[one.name] = on
            continue
        read = _value(one, value if equals else _next(rest))
        if read is None:
            return None
        given[one.name] = [*_list(given.get(one.name)), read] if one.many else read
    placed = _placed([one for one in parameters if isinstance(one.told, Positional)], loose)
    if placed is None:
        return None
    values = {one.name: one.default for one in parameters} | given | placed
    return None if REQUIRED in values.values() else values


def _next(words: Iterator[str]) -> str | None:
    # a value that looks like a flag is one that has been forgotten, or not
    word = next(words, None)
    return None if word is None or (word.startswith("-") and word != "-") else word


def _value(one: Parameter, word: str | None) -> str | int | None:
    if word is None or one.kind is str:
        return word
    if not (word.isascii() and word.isdigit()) or len(word) > 18:
        return None
    number, limits = int(word), one.told
    assert not isinstance(limits, Positional)
    outside = (limits.least is not None and number < limits.least) or (limits.most is not None and number > limits.most)
    return None if outside else number


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []


def _placed(parameters: Sequence[Parameter], words: Sequence[str]) -> dict[str, object] | None:
    # words in turn; the last parameter may take all that are left
    placed: dict[str, object] = dict(zip((one.name for one in parameters if not one.many), words, strict=False))
    left = words[len(placed) :]
    if not left:
        return placed
    many = [one for one in parameters if one.many]
    return placed | {many[0].name: list(left)} if many else None
