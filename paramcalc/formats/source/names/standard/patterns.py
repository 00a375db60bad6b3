"""Names: the standard library. Regular expressions, of patterns that cannot take long, on texts that are known."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

from ...memory.objects import Builtin, Dict, Host, Instance, List, Module, Native, Value
from ...memory.state import Raised, State
from ...values.containers import get_item
from ..native import Args, Kwargs, by_place, not_known
from .iteration import outside

MOST_PATTERN = 200  # characters
MOST_TRIED = 10**6  # ways to match, at most
TRIED = 100  # of them are tried in the time of a step
REPEATED_GROUP = re.compile(r"\)[*+?{]")
LONG = re.compile(r"\{\d{3}|\\[1-9]|\(\?[P<]*[=!>(]")  # many repeats, references to groups, and what looks around
SPLIT, FIND, REPLACE, MATCHES = "split", "findall", "sub", ("match", "search", "fullmatch")


def _lost(run: State, name: str, args: Args) -> Value:
    return run.call(not_known("re", name, scalar=True), args, {})


def _ways(pattern: str, text: str) -> int:
    # how many ways there are at most to match: each repeat may end at any place, and the match begin at any place
    repeats = sum(map(pattern.count, "*+{"))
    ways: int = (len(text) + 1) ** (repeats + 1) * 2 ** pattern.count("?")
    return ways


def _compiled(run: State, pattern: Value, text: Value) -> re.Pattern[str] | None:
    # a pattern that is followed, or None
    if not isinstance(pattern, str) or not isinstance(text, str) or len(pattern) > MOST_PATTERN:
        return None
    if REPEATED_GROUP.search(pattern) or LONG.search(pattern):
        return None
    ways = _ways(pattern, text)
    if ways > MOST_TRIED:
        return None
    run.budget.charge(ways // TRIED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(pattern)
    except Warning:  # Python says that it may mean something else in another version
        return None
    except (re.error, RecursionError, OverflowError):
        raise Raised(run.error("Exception", "not a regular expression")) from None


def _given(value: object) -> Value:
    # what Python gives, as a value of the program
    if isinstance(value, list):
        return List([_given(one) for one in value])
    return value


def _groups(match: re.Match[str] | None) -> Value:
    if match is None:
        return None
    made = Instance(MATCH)
    made.named["<groups>"] = (match.group(), *match.groups())
    made.named["<places>"] = tuple(match.span(at) for at in range(len(match.groups()) + 1))
    made.named["<names>"] = Dict({name: place for name, place in match.re.groupindex.items()})  # noqa: C416  # str to Value
    return made


def _kept(self: Instance) -> tuple[tuple[Value, ...], dict[Value, Value]]:
    # the groups, and the places of those that have names
    groups, names = self.named["<groups>"], self.named["<names>"]
    assert isinstance(groups, tuple)
    assert isinstance(names, Dict)
    return groups, names.named


def _group(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    groups, names = _kept(self)
    found = [get_item(run, groups, names.get(one, one)) for one in args or [0]]
    return found[0] if len(found) == 1 else tuple(found)


def _place(of: Callable[[Value], Value]) -> Host:
    def call(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
        _, names = _kept(self)
        at = args[0] if args else 0
        return of(get_item(run, self.named["<places>"], names.get(at, at)))

    return by_place(call, 1)


def _named(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    groups, names = _kept(self)
    return Dict({name: groups[at] for name, at in names.items() if isinstance(at, int)})


def _all(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return _kept(self)[0][1:]


MATCH = Native(
    "re.Match",
    make=lambda run, cls: Instance(cls),
    methods={
        "group": by_place(_group, None),
        "__getitem__": by_place(_group, 1),
        "groups": by_place(_all, 0),
        "groupdict": by_place(_named, 0),
        "span": _place(lambda place: place),
        "start": _place(lambda place: place[0] if isinstance(place, tuple) else place),
        "end": _place(lambda place: place[1] if isinstance(place, tuple) else place),
    },
    names=dir(re.Match),
)


def _applied(name: str) -> Host:
    # pattern, then what replaces it, the text, and how often
    behind = 2 if name == REPLACE else 1  # the place of the text

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        pattern, text = args[0], args[behind] if len(args) > behind else None
        rest = args[1:behind] + args[behind + 1 :]
        flags = name in (FIND, *MATCHES) and bool(rest)
        compiled = None if flags or not all(map(_is_plain, rest)) else _compiled(run, pattern, text)
        if compiled is None or not isinstance(text, str):
            return _lost(run, name, args)
        try:
            if name in MATCHES:
                how = {"match": compiled.match, "search": compiled.search, "fullmatch": compiled.fullmatch}
                return _groups(how[name](text))
            if name == REPLACE:
                return compiled.sub(str(rest[0]), text, *[int(one) for one in rest[1:] if isinstance(one, int)])
            if name == FIND:
                return _given(compiled.findall(text))
            return _given(compiled.split(text, *[int(one) for one in rest if isinstance(one, int)]))
        except IndexError:
            raise Raised(run.error("IndexError", "no such group")) from None
        except re.error:
            raise Raised(run.error("Exception", "not a replacement")) from None

    return by_place(call, behind + 2)


def _is_plain(value: Value) -> bool:
    return isinstance(value, (str, int))


def _method(name: str) -> Host:
    def call(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
        return FUNCTIONS[name].call(run, [self.named["<pattern>"], *args], kwargs)

    return call


def _compile(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not isinstance(args[0], str) or _compiled(run, args[0], "") is None:
        return _lost(run, "compile", args)
    made = Instance(PATTERN)
    made.named["<pattern>"] = args[0]
    return made


FUNCTIONS = {name: Builtin(f"re.{name}", _applied(name)) for name in (SPLIT, FIND, REPLACE, *MATCHES)}
PATTERN = Native(
    "re.Pattern",
    make=lambda run, cls: Instance(cls),
    methods={name: _method(name) for name in FUNCTIONS},
    get=lambda run, self, name: self.named["<pattern>"] if name == "pattern" else run.unknown(f"{name} of a pattern"),
)
RE = Module("re", {**FUNCTIONS, "compile": Builtin("re.compile", by_place(_compile, 1))}, outside("re").other)
