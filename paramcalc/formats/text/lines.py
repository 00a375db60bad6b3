"""From a path in the data back to a line of the text; only on the way to an error, so it may read the text again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from ...errors import FileError, join_path
from ...untyped import Parsed
from .yaml_data import NONE, Event, yaml_events

_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]\n]|[^\s{}\[\],:"]+')


def json_events(text: str) -> Iterator[Event]:
    """Give the events of JSON text, only to find lines: numbers stay text."""
    line = 1
    for match in _JSON_TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token in "{}[]":
            yield Event(token, None, line)
        else:
            yield Event("scalar", json.loads(token) if token[0] == '"' else token, line)


def line_of(text: str, format: str, where: list[str]) -> int | None:
    """Find the line a path in the data stands on, or its nearest parent; ``None`` where that is not known."""
    path = [int(index) if index else key for index, key in _PATH.findall(join_path(where))]
    if format not in ("yaml", "json") or not path:
        return None
    try:
        return _walked(yaml_events(text) if format == "yaml" else json_events(text), path)
    except (FileError, ValueError):
        return None


_PATH = re.compile(r"\[(\d+)\]|([^.\[\]:]+)")


def _walked(events: Iterable[Event], path: list[Parsed]) -> int | None:
    found: int | None = None
    reached = 0  # how many steps of the path lead to the innermost collection that lies on it
    places: list[Parsed] = []  # for each open collection: the index or key of its next value
    for kind, value, line, _ in events:
        if kind == "document":
            continue
        on_path = reached == len(places) - 1
        if kind in "}]":
            if on_path:
                return found  # the next step of the path is not in here
            places.pop()
        elif places and places[-1] is NONE:
            places[-1] = value
            if on_path and path[reached] == value:
                found = line
            continue
        else:
            if on_path and path[reached] == places[-1]:
                reached += 1
                found = line if isinstance(places[-1], int) else found
                if reached == len(path) or kind not in "{[":
                    return found
            if kind in "{[":
                places.append(NONE if kind == "{" else 0)
                continue
        if places:
            places[-1] = places[-1] + 1 if isinstance(places[-1], int) else NONE
    return found
