"""YAML: one document of plain data, by the 1.2 core schema (``yes`` is a word), without tags and merge keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple, NoReturn

from ...errors import FileError, quoted
from ...untyped import Parsed
from . import bounds
from .bounds import Malformed, Refused, finite, not_valid, one_too_deep, too_deep, too_long

NONE: Parsed = object()
_BARE_INDEX = re.compile(r"[\[,] *\w{1,200}\[[0-9]{1,6}\]")  # enc[1], as YAML does not have it within brackets


def read_yaml(text: str) -> Parsed:
    """Read one YAML document of plain data.

    Raises
    ------
    FileError
        For what is not YAML, and for tags, merge keys, keys given twice or that are not text, recursive
        aliases and several documents.
    """
    try:
        return _Document().read(yaml_events(text))
    except Malformed as error:
        if error.deep is not None:
            _refuse_deep(text[: error.deep])
        raise


def _refuse_deep(text: str) -> NoReturn:
    # The parser gave up at a limit of its own, ahead of the events it gave. Up to the bracket that is one level too
    # deep the text is within the limits of every parser.
    with suppress(Malformed):
        _Document().read(yaml_events(text))
    too_deep(text.count("\n") + 1)


class Event(NamedTuple):
    """A bracket, a scalar or an alias, and the line it stands on.

    ``kind`` is one of ``{ } [ ] scalar alias document``; ``value`` is the scalar, or the alias's name.
    """

    kind: str
    value: Parsed
    line: int
    anchor: str | None = None


def yaml_events(text: str) -> Iterator[Event]:
    """Give the events of YAML text; a missing value and ``null`` are ``None``."""
    import yaml

    if re.search(r"^%TAG", text, re.MULTILINE):
        raise Refused("a %TAG directive", expected="plain data, without tags")
    event: Parsed = None  # the last one, and how many collections are open after it
    open = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            line = event.start_mark.line + 1
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
                open += 1
                yield Event("{" if isinstance(event, yaml.MappingStartEvent) else "[", None, line, event.anchor)
            elif isinstance(event, yaml.CollectionEndEvent):
                open -= 1
                yield Event("}" if isinstance(event, yaml.MappingEndEvent) else "]", None, line)
            elif isinstance(event, yaml.DocumentStartEvent):
                yield Event("document", None, line)
    except FileError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two of a character that does not exist
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        detail = getattr(error, "problem", None) or getattr(error, "context", None) or getattr(error, "reason", None)
        quote = 'in a list within brackets, write "enc[1]"' if _BARE_INDEX.search(text) else None
        problem = not_valid("YAML", detail, mark.line + 1 if mark else None, quote if mark else None)
        problem.deep = one_too_deep(text, event.end_mark.index if event else 0, mark.index if mark else None, open)
        raise problem from None


def _refuse_tag(tag: str, line: int) -> NoReturn:
    shown = tag.replace("tag:yaml.org,2002:", "!!")
    raise Refused("a tag", line=line, expected="plain data", received=shown)


_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(
    r"(?P<whole>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)


def plain_scalar(word: str, line: int | None = None) -> Parsed:
    """Read a scalar without quotation marks by YAML's core schema.

    Raises
    ------
    FileError
        For a number that is infinite, none, or longer than `bounds.MAX_DIGITS`.
    """
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    match = _NUMBER.fullmatch(word)
    if match is None:
        return word
    if len(word) > bounds.MAX_DIGITS:
        too_long(line)
    if match["float"]:
        try:
            return finite(word.replace(".i", "i").replace(".I", "I").replace(".n", "n").replace(".N", "N"))
        except Refused as error:
            error.line = line
            raise
    if match["whole"]:
        try:
            return int(word)
        except ValueError:  # the interpreter's own limit, where it is lower than ours
            too_long(line)
    return int(match["octal"], 8) if match["octal"] else int(match["hex"], 16)


class _Open(NamedTuple):
    """A collection being filled: the node, its anchor, and how many nodes there were when it began."""

    node: Parsed
    anchor: str | None
    before: int


class _Document:
    """Builds the data of one document from events, without recursion."""

    def __init__(self) -> None:
        self.nodes = 0
        self.open: list[_Open] = []
        self.keys: list[Parsed] = []  # for each open collection: the key whose value comes next
        self.deepest: list[int] = [0]  # how deep the brackets inside each open collection go
        self.repeated = 0  # nodes that aliases stand for
        self.anchors: dict[str, tuple[Parsed, int, int] | None] = {}  # node, size, depth; None while it is open
        self.result: Parsed = None

    def read(self, events: Iterable[Event]) -> Parsed:
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
                    raise Refused("a second document", line=line, expected="one model in a file")
        return self.result

    def start(self, node: Parsed, anchor: str | None, line: int) -> None:
        self.count(1, line)
        if len(self.open) >= bounds.MAX_DEPTH:
            too_deep(line)
        if anchor is not None:
            self.anchors[anchor] = None
        if self.open and isinstance(self.open[-1].node, dict) and self.keys[-1] is NONE:
            raise Refused("a key that is not text", line=line)
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
            raise Refused(f"*{name[:80]} refers to nothing", line=line, expected=f"&{name[:80]} before it")
        if known is None:
            raise Refused(f"*{name[:80]} stands inside itself", line=line)
        node, size, depth = known
        self.count(size, line)
        self.repeated += size
        if self.repeated > bounds.MAX_REPEATED:
            raise Refused("too many values, aliases followed", line=line, expected=f"at most {bounds.MAX_REPEATED:,}")
        if len(self.open) + depth > bounds.MAX_DEPTH:
            too_deep(line)
        self.deepest[-1] = max(self.deepest[-1], depth)
        self.put(node, line)

    def put(self, value: Parsed, line: int) -> None:
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

    def key(self, value: Parsed, holder: dict[str, Parsed], line: int) -> None:
        if not isinstance(value, str):
            raise Refused("a key that is not text", line=line, received=value)
        if value == "<<":
            raise Refused("a merge key (<<)", line=line, suggestion="write the options out")
        if value in holder:
            raise Refused(f"the key {quoted(value)} is given twice", line=line)
        self.keys[-1] = value

    def count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > bounds.MAX_NODES:
            raise Refused("too many values, aliases followed", line=line, expected=f"at most {bounds.MAX_NODES:,}")
