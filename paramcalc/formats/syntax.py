"""Syntax: YAML, TOML or JSON to plain data.

The three give the same: dictionaries with text as keys, lists, text, whole numbers, floats, booleans and
null. Nothing is ever constructed but these. YAML goes by its 1.2 core schema (``yes`` is a word), without
tags and merge keys. TOML has no null, so the text ``"null"`` stands for it there.

What a file may ask for is bounded: `source.MAX_BYTES`, and

======================  ==========  ==========================================================
`MAX_DEPTH`                     64  brackets within brackets, aliases followed
`MAX_NODES`             10,000,000  values in a file, aliases followed (so none can explode)
`MAX_DIGITS`                 1,000  digits of one number
======================  ==========  ==========================================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, NoReturn

from ..errors import FileError

MAX_DEPTH = 64
MAX_NODES = 10_000_000
MAX_DIGITS = 1_000

EXTENSIONS = {".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json"}


class Refused(FileError):
    """What a file may not hold, and the line if it is known."""

    def __init__(self, problem: str, line: int | None = None, **parts: Any) -> None:
        super().__init__(problem, **parts)
        self.line = line


class Malformed(Refused):
    """Not in this syntax; perhaps in another."""


def read(text: str, hint: str | None = None) -> tuple[dict[str, Any], str]:
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
    elif hint in READERS:
        order = [hint, *(name for name in order if name != hint)]
    failures: dict[str, Refused] = {}
    for name in order:
        try:
            data = READERS[name](text)
        except Malformed as error:
            failures[name] = error
            continue
        if isinstance(data, dict):
            return data, name
        what = "no model" if data is None else "not a model"
        failures[name] = Refused(what, expected="keys and values such as input and layers", received=data)
    toml = "toml" in failures and _LIKE_TOML.search(text[:10_000])
    raise failures[hint if hint in failures else "toml" if toml else "json" if "json" in order else "yaml"]


_BARE_INDEX = re.compile(r"[\[,] *\w{1,200}\[[0-9]{1,6}\]")  # enc[1], as YAML does not have it within brackets
_LIKE_TOML = re.compile(r"^[ \t]*(?:\[+[\w.\"' -]+\]+[ \t]*(?:#.*)?$|[\w.\"'-]+[ \t]*=)", re.MULTILINE)


def read_json(text: str) -> Any:
    """Read JSON; keys given twice, ``NaN`` and ``Infinity`` are refused.

    What a machine wrote, told by its ``class_name``, is read as Keras reads it, at four times the speed: there the
    last of two equal keys counts.

    Raises
    ------
    FileError
    """
    _check_commas(text)
    try:
        data = json.loads(text)
        if isinstance(data, dict) and "class_name" in data:
            return _without_surrogates(data, text)
        data = json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_finite)
    except json.JSONDecodeError as error:
        problem = error.msg[:1].lower() + error.msg[1:]
        raise Malformed(f"not valid JSON: {problem}", error.lineno) from None
    except RecursionError:
        _too_deep()
    except FileError:
        raise
    except ValueError:  # what Python says to an integer of thousands of digits
        raise Refused("a number is too long", expected=f"at most {MAX_DIGITS:,} digits") from None
    return _without_surrogates(bounded(data), text)


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _without_surrogates(data: Any, text: str) -> Any:
    if "\\u" in text and _SURROGATE.search(text):
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Refused("half a surrogate pair in a text") from None
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Refused(f"the key {key[:80]!r} is given twice")
            seen.add(key)
    return found


def _finite(digits: str) -> float:
    number = float(digits) if len(digits) <= MAX_DIGITS else float("inf")
    if not -1e308 <= number <= 1e308:
        raise Refused("not a number anything can have", received=digits)
    return number


def read_toml(text: str) -> Any:
    """Read TOML; the text ``"null"`` stands for null.

    Raises
    ------
    FileError
    """
    import tomllib

    _check_commas(text)
    try:
        data = tomllib.loads(text, parse_float=_finite)
    except tomllib.TOMLDecodeError as error:
        problem, _, place = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", place)
        problem = problem[:1].lower() + problem[1:] if problem else "not a document"
        raise Malformed(f"not valid TOML: {problem[:200]}", int(line[1]) if line else None) from None
    except RecursionError:
        _too_deep()
    except FileError:
        raise
    except ValueError:
        raise Refused("a number or a date is not possible", expected=f"at most {MAX_DIGITS:,} digits") from None
    for holder in containers(data):
        for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if value == "null":
                holder[key] = None
    return bounded(data) or None


def read_yaml(text: str) -> Any:
    """Read one YAML document of plain data.

    Raises
    ------
    FileError
        For what is not YAML, and for tags, merge keys, keys given twice or that are not text, recursive
        aliases and several documents.
    """
    return _Document().read(yaml_events(text))


class Event(NamedTuple):
    """A bracket, a scalar or an alias, and the line it stands on.

    ``kind`` is one of ``{ } [ ] scalar alias document``; ``value`` is the scalar, or the alias's name.
    """

    kind: str
    value: Any
    line: int
    anchor: str | None = None


def yaml_events(text: str) -> Iterator[Event]:
    """Give the events of YAML text; a missing value and ``null`` are ``None``."""
    import yaml

    if re.search(r"^%TAG", text, re.MULTILINE):
        raise Refused("a %TAG directive", expected="plain data, without tags")
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            line = event.start_mark.line + 1  # type: ignore[union-attr]  # every event of a text has one
            if isinstance(event, yaml.ScalarEvent):
                if event.tag is not None:
                    _refuse_tag(event.tag, line)
                value = plain_scalar(event.value, line) if event.implicit[0] else event.value
                yield Event("scalar", value, line, event.anchor)
            elif isinstance(event, yaml.AliasEvent):
                yield Event("alias", event.anchor, line)
            elif isinstance(event, yaml.CollectionStartEvent):
                if event.tag is not None:
                    _refuse_tag(event.tag, line)
                yield Event("{" if isinstance(event, yaml.MappingStartEvent) else "[", None, line, event.anchor)
            elif isinstance(event, yaml.CollectionEndEvent):
                yield Event("}" if isinstance(event, yaml.MappingEndEvent) else "]", None, line)
            elif isinstance(event, yaml.DocumentStartEvent):
                yield Event("document", None, line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join((error.problem or error.context or "something is wrong").split())
        quote = 'in a list within brackets, write "enc[1]"' if _BARE_INDEX.search(text) else None
        at = mark.line + 1 if mark else None
        raise Malformed(f"not valid YAML: {problem[:200]}", at, suggestion=quote) from None
    except yaml.YAMLError as error:
        problem = str(getattr(error, "reason", None) or "something is wrong")
        raise Malformed(f"not valid YAML: {' '.join(problem.split())[:200]}") from None


def _refuse_tag(tag: str, line: int) -> NoReturn:
    shown = tag.replace("tag:yaml.org,2002:", "!!")
    raise Refused("a tag", line, expected="plain data", received=shown)


_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(
    r"(?P<whole>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)


def plain_scalar(word: str, line: int | None = None) -> Any:
    """Read a scalar without quotation marks by YAML's core schema.

    Raises
    ------
    FileError
        For a number that is infinite, none, or longer than `MAX_DIGITS`.
    """
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    match = _NUMBER.fullmatch(word)
    if match is None:
        return word
    if len(word) > MAX_DIGITS:
        raise Refused("a number is too long", line, expected=f"at most {MAX_DIGITS:,} digits")
    if match["float"]:
        try:
            return _finite(word.replace(".i", "i").replace(".I", "I").replace(".n", "n").replace(".N", "N"))
        except Refused as error:
            error.line = line
            raise
    if match["whole"]:
        return int(word)
    return int(match["octal"], 8) if match["octal"] else int(match["hex"], 16)


class _Open(NamedTuple):
    """A collection being filled: the node, its anchor, and how many nodes there were when it began."""

    node: Any
    anchor: str | None
    before: int


class _Document:
    """Builds the data of one document from events, without recursion."""

    def __init__(self) -> None:
        self.nodes = 0
        self.open: list[_Open] = []
        self.keys: list[Any] = []  # for each open collection: the key whose value comes next
        self.deepest: list[int] = [0]  # how deep the brackets inside each open collection go
        self.anchors: dict[str, tuple[Any, int, int] | None] = {}  # node, size, depth; None while it is open
        self.result: Any = None

    def read(self, events: Iterable[Event]) -> Any:
        documents = 0
        for kind, value, line, anchor in events:
            if kind == "scalar":
                self.count(1, line)
                if anchor is not None:
                    self.anchors[anchor] = value, 1, 0
                self.put(value, line)
            elif kind in "{[":
                self.start({} if kind == "{" else [], anchor, line)
            elif kind in "}]":
                self.end(line)
            elif kind == "alias":
                self.alias(value, line)
            else:
                documents += 1
                if documents > 1:
                    raise Refused("a second document", line, expected="one model in a file")
        return self.result

    def start(self, node: Any, anchor: str | None, line: int) -> None:
        self.count(1, line)
        if len(self.open) >= MAX_DEPTH:
            _too_deep(line)
        if anchor is not None:
            self.anchors[anchor] = None
        if self.open and isinstance(self.open[-1].node, dict) and self.keys[-1] is NONE:
            raise Refused("a key that is not text", line)
        self.open.append(_Open(node, anchor, self.nodes))
        self.keys.append(NONE)
        self.deepest.append(0)

    def end(self, line: int) -> None:
        node, anchor, before = self.open.pop()
        self.keys.pop()
        depth = self.deepest.pop() + 1
        self.deepest[-1] = max(self.deepest[-1], depth)
        if anchor is not None:
            self.anchors[anchor] = node, self.nodes - before + 1, depth
        self.put(node, line)

    def alias(self, name: str, line: int) -> None:
        known = self.anchors.get(name, NONE)
        if known is NONE:
            raise Refused(f"*{name[:80]} refers to nothing", line, expected=f"&{name[:80]} before it")
        if known is None:
            raise Refused(f"*{name[:80]} stands inside itself", line)
        node, size, depth = known
        self.count(size, line)
        if len(self.open) + depth > MAX_DEPTH:
            _too_deep(line)
        self.deepest[-1] = max(self.deepest[-1], depth)
        self.put(node, line)

    def put(self, value: Any, line: int) -> None:
        if not self.open:
            self.result = value
            return
        holder = self.open[-1].node
        if isinstance(holder, list):
            holder.append(value)
        elif self.keys[-1] is NONE:
            self.key(value, holder, line)
        else:
            holder[self.keys[-1]] = value
            self.keys[-1] = NONE

    def key(self, value: Any, holder: dict[str, Any], line: int) -> None:
        if not isinstance(value, str):
            raise Refused("a key that is not text", line, received=value)
        if value == "<<":
            raise Refused("a merge key (<<)", line, suggestion="write the options out")
        if value in holder:
            raise Refused(f"the key {value[:80]!r} is given twice", line)
        self.keys[-1] = value

    def count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise Refused("too many values, aliases followed", line, expected=f"at most {MAX_NODES:,}")


NONE: Any = object()


READERS: dict[str, Callable[[str], Any]] = {"json": read_json, "toml": read_toml, "yaml": read_yaml}


def _too_deep(line: int | None = None) -> NoReturn:
    raise Refused("brackets within brackets", line, expected=f"at most {MAX_DEPTH} deep")


def containers(data: Any) -> Iterator[Any]:
    """Yield every list and dictionary in plain data, the outer before the inner."""
    level = [data]
    depth = 0
    while level:
        depth += 1
        inner: list[Any] = []
        for holder in level:
            if isinstance(holder, (dict, list)):
                yield holder
                inner += holder.values() if isinstance(holder, dict) else holder
        if depth >= MAX_DEPTH and any(isinstance(one, (dict, list)) for one in inner):
            _too_deep()
        level = inner


def _check_commas(text: str) -> None:
    # before a parser fills the memory with what will be refused
    if text.count(",") > MAX_NODES:
        raise Refused("too many values", expected=f"at most {MAX_NODES:,}")


def bounded(data: Any) -> Any:
    """Check the depth of data and the number of its values."""
    if sum(len(holder) for holder in containers(data)) > MAX_NODES:
        raise Refused("too many values", expected=f"at most {MAX_NODES:,}")
    return data
