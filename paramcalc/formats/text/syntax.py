"""Syntax: YAML, TOML or JSON to plain data.

The three give the same: dictionaries with text as keys, lists, text, whole numbers, floats, booleans and
null. Nothing is ever constructed but these. TOML has no null, so the text ``"null"`` stands for it there.
What a file may ask for is bounded (see `bounds`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from ...characters import lookalike
from ...errors import FileError, quoted
from ...untyped import Parsed
from .bounds import (
    Malformed,
    Refused,
    bounded,
    check_commas,
    check_depth,
    check_digits,
    containers,
    finite,
    most_digits,
    not_valid,
    too_long,
)
from .decoding import decode
from .yaml_data import read_yaml


def read(text: str, hint: str | None = None) -> tuple[dict[str, Parsed], str]:
    """Read text in whichever syntax it is: content decides, the hint says what to try first.

    Returns
    -------
    dict, str
        The data, and the name of the syntax.

    Raises
    ------
    FileError
        When it is a mapping in none of them.
    """
    order = ["json", "yaml"] if text.lstrip().startswith("{") else ["toml", "yaml"]
    if hint == "json" == order[0]:
        order = ["json"]  # YAML would let pass what JSON does not, a comma too many
    elif hint in SYNTAXES:
        order = [hint, *(name for name in order if name != hint)]
    failures: dict[str, Refused] = {}
    for name in order:
        try:
            data = SYNTAXES[name](text)
        except Malformed as error:
            error.suggestion = error.suggestion or _odd(text, name, error.line)
            failures[name] = error
            continue
        if isinstance(data, dict):
            return data, name
        what = "no model" if data is None else "not a model"
        odd = lookalike(data) if isinstance(data, str) else None
        failures[name] = Refused(
            what, expected="keys and values such as input and layers", received=data, suggestion=odd
        )
    toml = "toml" in failures and _LIKE_TOML.search(text[:10_000])
    raise failures[hint if hint in failures else "toml" if toml else "json" if "json" in order else "yaml"]


def _odd(text: str, syntax: str, line: int | None) -> str | None:
    # what on the line of an error, or on the one above, no parser names: a tab, or a character of another keyboard
    near = text.split("\n", line)[max(line - 2, 0) : line] if line else []
    for one in reversed(near):
        if syntax == "yaml" and "\t" in one[: len(one) - len(one.lstrip())]:
            return "the line is indented with a tab, and YAML takes blanks alone"
        if odd := lookalike(one):
            return odd
    return None


_LIKE_TOML = re.compile(r"^[ \t]*(?:\[+[\w.\"' -]+\]+[ \t]*(?:#.*)?$|[\w.\"'-]+[ \t]*=)", re.MULTILINE)


def read_json(text: str) -> Parsed:
    """Read JSON; keys given twice, ``NaN`` and ``Infinity`` are refused.

    A file of Keras, recognized by its ``class_name``, is read as Keras reads it, at four times the speed: there the
    last of two equal keys counts.

    Raises
    ------
    FileError
    """
    check_commas(text)
    check_digits(text)
    try:
        data = json.loads(text)
        if isinstance(data, dict) and "class_name" in data:
            return _without_surrogates(data, text)
        data = json.loads(text, object_pairs_hook=_unique, parse_float=finite, parse_constant=finite)
    except json.JSONDecodeError as error:
        check_depth(text, error.pos, Malformed)
        raise not_valid("JSON", error.msg, error.lineno) from None
    except RecursionError:
        check_depth(text)
        raise
    except FileError:
        raise
    except ValueError:  # what Python says to an integer of thousands of digits
        too_long()
    return _without_surrogates(bounded(data), text)


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _without_surrogates(data: Parsed, text: str) -> Parsed:
    if "\\u" in text and _SURROGATE.search(text):
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Refused("an unpaired surrogate in a text") from None
    return data


def _unique(pairs: list[tuple[str, Parsed]]) -> dict[str, Parsed]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Refused(f"the key {quoted(key)} is given twice")
            seen.add(key)
    return found


def read_toml(text: str) -> Parsed:
    """Read TOML; the text ``"null"`` stands for null.

    Raises
    ------
    FileError
    """
    import tomllib

    check_commas(text)
    check_digits(text)
    try:
        data = tomllib.loads(text, parse_float=finite)
    except tomllib.TOMLDecodeError as error:
        problem, line = _toml_problem(error)
        check_depth("\n".join(text.split("\n", line)[:line]) if line else text, kind=Malformed)
        raise not_valid("TOML", problem, line) from None
    except RecursionError:
        check_depth(text)
        raise
    except FileError:
        raise
    except ValueError:
        raise Refused("a number or a date is not possible", expected=f"at most {most_digits():,} digits") from None
    for holder in containers(data):
        for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if value == "null":
                holder[key] = None
    return bounded(data) or None


def _toml_problem(error: ValueError) -> tuple[str, int | None]:
    # From Python 3.14 on the error has its parts. The text of 3.11 to 3.13, which cannot change any more, has them too.
    problem, _, place = str(error).partition(" (at ")
    found = re.match(r"line (\d+)", place)
    line = getattr(error, "lineno", int(found[1]) if found else None)
    return getattr(error, "msg", problem), line


SYNTAXES: dict[str, Callable[[str], Parsed]] = {"json": read_json, "toml": read_toml, "yaml": read_yaml}


def read_data(text: str | bytes, syntax: str = "yaml") -> Parsed:
    """Read plain data in one syntax, such as the value of an option: ``3``, ``[3, 3]``, ``{LSTM: 128}``.

    Raises
    ------
    FileError
        When it is not in that syntax.
    """
    return SYNTAXES[syntax](decode(text))
