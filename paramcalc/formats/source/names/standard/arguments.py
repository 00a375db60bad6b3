"""Command lines of programs, and name spaces."""

from __future__ import annotations

from collections.abc import Callable

from .....errors import OptionError, nearest
from ...containers import items_of
from ...state import Raised, State
from ...values import (
    Dict,
    Instance,
    List,
    Module,
    Native,
    Unknown,
    Value,
)
from ..native import Args, Kwargs

PLAIN = (str, int, float)


def _parser_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    self.named["<arguments>"] = List()
    self.named["<defaults>"] = Dict()


def _add_argument(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if not all(isinstance(one, str) for one in args):
        run.blur("an argument of an unknown name", self)
        return None
    kept = self.named["<arguments>"]
    assert isinstance(kept, List)
    run.change(kept)
    kept.items.append((tuple(args), tuple(kwargs.items())))
    return None


def _set_defaults(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    defaults = self.named["<defaults>"]
    return run.call(run.method(defaults, "update"), [], kwargs)


def _group(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return self


def _parse_known(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return _parsed(run, self, args, kwargs, lambda word, known: None), List()


def _parse(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    def unknown(word: str, known: list[str]) -> None:
        told = f"the program has no argument {word[:40]!r}"
        _refuse(
            run,
            OptionError(told, suggestion=nearest(word, known) or f"it has {', '.join(known)}"),
            bool(args or kwargs),
        )

    return _parsed(run, self, args, kwargs, unknown)


def _parsed(run: State, self: Instance, args: Args, kwargs: Kwargs, unknown: Callable[[str, list[str]], None]) -> Value:
    kept, defaults = self.named["<arguments>"], self.named["<defaults>"]
    assert isinstance(kept, List)
    assert isinstance(defaults, Dict)
    given: Value = args[0] if args else kwargs.get("args")
    words = run.argv if given is None else items_of(run, given)  # type: ignore[attr-defined]
    if self.blur is not None or kept.blur is not None or defaults.blur is not None or isinstance(words, Unknown):
        return run.unknown("the arguments of the command line", data=True)
    found = Instance(NAMESPACE)
    pending = [str(one) for one in words]
    options: list[Argument] = []
    for one in kept.items:
        assert isinstance(one, tuple)
        options.append((one[0], dict(one[1])))
    plain = [one for one in options if not one[0][0].startswith("-")]
    taken: dict[str, Value] = {}
    while pending:
        word = pending.pop(0)
        flag, equals, value = word.partition("=")
        match = _flagged(options, flag)
        if match is None and not word.startswith("-") and plain:
            match, pending = plain.pop(0), [word, *pending]
        elif match is None and (match := _flagged(options, word[:2])) is not None and word[1:2] != "-":
            pending = [word[2:], *pending]  # -n5
        elif match is None:
            unknown(word, [name for one in options for name in one[0]])
            continue
        elif equals:
            pending = [value, *pending]
        dest = _dest(*match)
        taken[dest] = _value(run, match[1], pending)
        run.stated.add(dest)
        _check(run, match[1], dest, taken[dest], given is not None)
    for names, spec in options:
        dest = _dest(names, spec)
        if dest in taken:
            item = taken[dest]
        else:
            default = _default(run, names, spec, defaults.named.get(dest))
            item = run.left_out(dest, default)
            if item is not default:
                _check(run, spec, dest, item)
        if dest not in found.named or found.named[dest] is None:
            found.named[dest] = run.name(item, dest)
    for key, item in defaults.named.items():
        found.named.setdefault(key, item)
    return found


def _refuse(run: State, error: OptionError, own: bool) -> None:
    # argparse ends the program: a mistake of who asks, unless the program parses words of its own
    if own:
        raise Raised(run.error("SystemExit", str(error)))
    run.mistakes.append(error)


Argument = tuple[tuple[str, ...], dict[str, Value]]  # its names, and how it was declared


def _flagged(options: list[Argument], flag: str) -> Argument | None:
    # as argparse does, by the whole name or by the beginning of one
    if not flag.startswith("-"):
        return None
    whole = next((one for one in options if flag in one[0]), None)
    if whole is not None or not flag[2:]:
        return whole
    begun = [one for one in options if any(name.startswith(flag) for name in one[0])]
    return begun[0] if len(begun) == 1 and flag.startswith("--") else None


def _default(run: State, names: tuple[str, ...], spec: dict[str, Value], default: Value) -> Value:
    if "default" in spec:
        item = spec["default"]
        converted = isinstance(item, str) and "type" in spec and spec.get("nargs") is None
        return run.call(spec["type"], [item], {}) if converted else item
    if spec.get("action") in ("store_true", "store_false"):
        return spec["action"] == "store_false"
    if spec.get("required") is True or (not names[0].startswith("-") and spec.get("nargs") not in ("?", "*")):
        return run.unknown(f"the argument {_dest(names, spec)} of the command line", data=True, scalar=True)
    return default


def _dest(names: tuple[str, ...], spec: dict[str, Value]) -> str:
    given = spec.get("dest")
    if isinstance(given, str):
        return given
    name = next((one for one in names if one.startswith("--")), names[0])
    return name.lstrip("-").replace("-", "_")


def _value(run: State, spec: dict[str, Value], pending: list[str]) -> Value:
    action, kind = spec.get("action"), spec.get("type")
    if action in ("store_true", "store_false"):
        return action == "store_true"
    if action == "store_const":
        return spec.get("const")
    if action not in (None, "store"):
        return run.unknown("an argument of the command line")
    convert: Callable[[str], Value] = lambda word: word if kind is None else run.call(kind, [word], {})  # noqa: E731
    count = spec.get("nargs")
    if count in (None, "?"):
        return convert(pending.pop(0)) if pending else spec.get("const")
    several: list[Value] = []
    while pending and not pending[0].startswith("-") and not (isinstance(count, int) and len(several) == count):
        several.append(convert(pending.pop(0)))
    return List(several)


def _check(run: State, spec: dict[str, Value], name: str, value: Value, own: bool = False) -> None:
    # as argparse does: a default is not checked
    choices = items_of(run, spec["choices"], ordered=False) if spec.get("choices") is not None else []
    if isinstance(choices, Unknown) or not all(isinstance(one, PLAIN) for one in choices):
        return
    for one in value.items if isinstance(value, List) else [value]:
        if choices and isinstance(one, PLAIN) and one not in choices:
            listed = ", ".join(sorted(map(str, choices))[:20])
            told = OptionError(f"the argument {name}", expected=f"one of {listed}", received=str(one)[:40])
            _refuse(run, told, own)


NAMESPACE = Native(
    "argparse.Namespace",
    make=lambda run, cls: Instance(cls),
    init=lambda run, self, args, kwargs: self.named.update(kwargs),
)
PARSER = Native(
    "argparse.ArgumentParser",
    make=lambda run, cls: Instance(cls),
    init=_parser_init,
    methods={
        "add_argument": _add_argument,
        "set_defaults": _set_defaults,
        "add_argument_group": _group,
        "add_mutually_exclusive_group": _group,
        "parse_args": _parse,
        "parse_known_args": _parse_known,
        "print_help": lambda run, self, args, kwargs: None,
    },
    get=lambda run, self, name: run.unknown(f"{name} is not followed", self),
)
ARGPARSE = Module("argparse", {"ArgumentParser": PARSER, "Namespace": NAMESPACE})
SIMPLE = Native(
    "types.SimpleNamespace",
    make=lambda run, cls: Instance(cls),
    init=lambda run, self, args, kwargs: self.named.update(kwargs),
)
