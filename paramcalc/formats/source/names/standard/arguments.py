"""Names: the standard library. Command lines of programs, and name spaces: argparse on values."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from .....errors import OptionError
from ...memory.objects import Dict, Instance, List, Module, Native, Unknown, Value
from ...memory.state import ARGV, NO_WORDS, Raised, State
from ...values.containers import items_of
from ..native import Args, Kwargs
from .command_line import Argument, Given, Unsure, matched, unknown_words

PLAIN = (str, int, float)
Spec = dict[str, Value]  # how an argument was declared
SWITCHES: dict[Value, Value] = {"store_true": True, "store_false": False}
ACTIONS = {None: 1, "store": 1, "append": 1, "extend": 1, "boolean": 0, "count": 0, "store_const": 0, "append_const": 0,
           "store_true": 0, "store_false": 0, "help": 0, "version": 0}  # fmt: skip  # how many words they take
SEVERAL: dict[Value, tuple[int, int]] = {"?": (0, 1), "*": (0, 10**6), "+": (1, 10**6)}
OF_PARSERS = ("description", "prog", "usage", "epilog", "formatter_class", "add_help", "allow_abbrev", "parents")


def _parser_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    kept = List()
    self.named["<arguments>"], self.named["<defaults>"] = kept, Dict()
    self.named["<shortened>"] = kwargs.get("allow_abbrev", True)
    if any(name not in OF_PARSERS for name in kwargs):
        self.blur = run.unknown("a parser whose options are not followed", *kwargs.values())
        return
    if kwargs.get("add_help", True) is True:
        kept.items.append((("-h", "--help"), (("action", "help"), ("dest", "help"))))
    parents = items_of(run, kwargs["parents"]) if "parents" in kwargs else []
    for one in parents if isinstance(parents, list) else [parents]:
        theirs = one.named.get("<arguments>") if isinstance(one, Instance) else None
        if not isinstance(theirs, List) or theirs.blur is not None or not isinstance(one, Instance) or one.blur:
            self.blur = run.unknown("a parent of a parser", one)
            return
        kept.items.extend(item for item in theirs.items if item not in kept.items)


def _add_argument(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept, defaults = self.named["<arguments>"], self.named["<defaults>"]
    assert isinstance(kept, List)
    assert isinstance(defaults, Dict)
    spec = dict(kwargs)
    action, count = spec.get("action"), spec.get("nargs")
    try:
        known = action in ACTIONS and (count in SEVERAL or (isinstance(count, int) and count > 0) or count is None)
    except TypeError:
        known = False
    names: list[Value] = [one for one in args if isinstance(one, str) and one] or [spec.get("dest")]
    if not known or len(names) < len(args) or not all(isinstance(one, str) for one in names) or defaults.blur:
        run.blur("an argument that is not followed", self)
        return None
    dest = spec.setdefault("dest", _dest(tuple(str(one) for one in names)))
    if "default" not in spec and dest in defaults.named:
        spec["default"] = defaults.named[dest]
    if spec.get("default") == "==SUPPRESS==" or dest == "==SUPPRESS==":
        run.blur("an argument that may leave no value", self)
        return None
    run.change(kept)
    kept.items.append((tuple(names), tuple(spec.items())))
    return None


def _dest(names: tuple[str, ...]) -> str:
    name = next((one for one in names if one.startswith("--")), names[0])
    return name.lstrip("-").replace("-", "_")


def _set_defaults(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept, defaults = self.named["<arguments>"], self.named["<defaults>"]
    assert isinstance(kept, List)
    run.change(kept)
    for at, (names, spec) in enumerate(_declared(kept)):
        if spec["dest"] in kwargs:
            kept.items[at] = (names, tuple({**spec, "default": kwargs[str(spec["dest"])]}.items()))
    return run.call(run.method(defaults, "update"), [], kwargs)


def _get_default(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept, defaults = self.named["<arguments>"], self.named["<defaults>"]
    assert isinstance(kept, List)
    assert isinstance(defaults, Dict)
    found = next((spec for _, spec in _declared(kept) if spec["dest"] == args[0] and "default" in spec), None)
    return defaults.named.get(args[0]) if found is None else found["default"]


def _declared(kept: List) -> list[tuple[tuple[str, ...], Spec]]:
    found = []
    for one in kept.items:
        assert isinstance(one, tuple)
        found.append((one[0], dict(one[1])))
    return found


def _group(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return self


def _exclusive(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept = self.named["<arguments>"]
    assert isinstance(kept, List)
    made = Instance(EXCLUSIVE)
    made.named["<parser>"], made.named["<number>"] = self, len(kept.items) + 1
    return made


def _add_exclusive(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    add = run.method(self.named["<parser>"], "add_argument")
    return run.call(add, args, {**kwargs, "<group>": self.named["<number>"]})


def _error(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    raise Raised(run.error("SystemExit", "the parser ends the program"))


def _parse_known(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found, rest = _parsed(run, self, args, kwargs)
    if isinstance(found, Unknown):
        return found, run.unknown("words that are left over", data=True)
    return found, List([*rest])


def _parse(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found, rest = _parsed(run, self, args, kwargs)
    if rest:
        kept = self.named["<arguments>"]
        assert isinstance(kept, List)
        _refuse(run, unknown_words(rest, [_argument(*one) for one in _declared(kept)]))
    return found


def _argument(names: tuple[str, ...], spec: Spec) -> Argument:
    action, count, group = spec.get("action"), spec.get("nargs"), spec.get("<group>", 0)
    if action == "boolean":
        names = (*names, *(f"--no-{name[2:]}" for name in names if name.startswith("--")))
    usual = count if isinstance(count, int) else ACTIONS[action if isinstance(action, str) else None]
    least, most = SEVERAL.get(count, (usual, usual))
    return Argument(names, least, most, group if isinstance(group, int) else 0)


def _refuse(run: State, error: OptionError) -> NoReturn:
    # argparse ends the program; where the words are those that were asked for, this is a mistake of who asks
    if run.asked_words:
        run.mistakes.append(error)
    raise Raised(run.error("SystemExit", str(error)))


def _words(run: State, args: Args, kwargs: Kwargs) -> list[str] | Unknown:
    given = args[0] if args else kwargs.get("args")
    held = run.patches.named.get(ARGV)
    run.read_patches.add(ARGV)
    listed = items_of(run, held if given is None else given)
    if isinstance(listed, Unknown) or not all(isinstance(one, str) for one in listed):
        return run.unknown("the words of the command line")
    words = [str(one) for one in listed]
    return words[1:] if given is None else words


def _parsed(run: State, self: Instance, args: Args, kwargs: Kwargs) -> tuple[Value, list[str]]:
    kept, defaults = self.named["<arguments>"], self.named["<defaults>"]
    assert isinstance(kept, List)
    assert isinstance(defaults, Dict)
    words = _words(run, args, kwargs)
    places = self.blur, kept.blur, defaults.blur
    shortened = self.named["<shortened>"]
    given = len(args) > 1 or kwargs.get("namespace") is not None
    if any(places) or given or isinstance(words, Unknown) or not isinstance(shortened, bool):
        return _lost(run), []
    declared = _declared(kept)
    try:
        found, rest = matched([_argument(*one) for one in declared], words, shortened)
    except Unsure:
        return _lost(run), []
    except OptionError as error:
        _refuse(run, error)
    if {at for at, (_, spec) in enumerate(declared) if spec.get("required") is True} - {one.place for one in found}:
        if args or kwargs.get("args") is not None:  # words of the program's own
            raise Raised(run.error("SystemExit", "an argument is missing"))
        run.may_raise("a parser")
    return _namespace(run, declared, defaults, found), rest


def _lost(run: State) -> Unknown:
    if run.asked_words:
        told = "the command line of this program is not followed"
        run.mistakes.append(OptionError(told, expected=NO_WORDS))
    run.may_raise("a parser")  # it ends the program where the words are not those that it takes
    return run.unknown("the arguments of the command line", data=True)


def _namespace(
    run: State, declared: list[tuple[tuple[str, ...], Spec]], defaults: Dict, found: list[Given]
) -> Instance:
    made = Instance(NAMESPACE)
    taken: dict[str, Value] = {}
    for one in found:
        names, spec = declared[one.place]
        dest = str(spec["dest"])
        if not one.flag and not one.words:
            continue  # an argument without a flag that was left out has its default
        before = taken[dest] if dest in taken else _default(run, names, spec)
        taken[dest] = _value(run, spec, one, before)
        run.stated.add(dest)
        _check(run, spec, dest, taken[dest], asked=False)
    for names, spec in declared:
        dest = str(spec["dest"])
        if spec.get("action") in ("help", "version") or dest in made.named:
            continue
        if dest in taken:
            item = taken[dest]
        else:
            default = _default(run, names, spec)
            item = run.left_out(dest, default)
            if item is not default and not _check(run, spec, dest, item, asked=True):
                item = default
        made.named[dest] = run.name(item, dest)
    for key, item in defaults.named.items():
        made.named.setdefault(key, item)
    return made


def _default(run: State, names: tuple[str, ...], spec: Spec) -> Value:
    action = spec.get("action")
    if "default" in spec:
        item = spec["default"]
        return _converted(run, spec, item) if isinstance(item, str) else item
    if isinstance(action, str) and action in SWITCHES:
        return not SWITCHES[action]
    if spec.get("required") is True or (not names[0].startswith("-") and spec.get("nargs") not in ("?", "*")):
        return run.unknown(f"the argument {spec['dest']} of the command line", data=True, scalar=True)
    return List() if spec.get("nargs") == "*" and not names[0].startswith("-") else None


def _converted(run: State, spec: Spec, word: str) -> Value:
    if spec.get("type") is None:
        return word
    try:
        return run.call(spec["type"], [word], {})
    except Raised:
        _refuse(run, OptionError(f"the argument {spec['dest']}", expected="a value of its type", received=word[:40]))


def _value(run: State, spec: Spec, given: Given, before: Value) -> Value:
    action, count = spec.get("action"), spec.get("nargs")
    if action in ("help", "version"):
        _refuse(run, OptionError(f"the program ends at {given.flag}"))
    if isinstance(action, str) and action in SWITCHES:
        return SWITCHES[action]
    if action == "boolean":
        return not given.flag.startswith("--no-")
    if action == "count":
        return (before or 0) + 1 if isinstance(before, int) or before is None else run.unknown("a count")
    if action == "store_const":
        return spec.get("const")
    if action == "append_const":
        item: Value = spec.get("const")
    elif count in (None, "?"):
        item = _converted(run, spec, given.words[0]) if given.words else spec.get("const")
    else:
        item = List([_converted(run, spec, word) for word in given.words])
    if action in (None, "store"):
        return item
    held = [] if before is None else items_of(run, before)
    more = items_of(run, item) if action == "extend" else [item]
    if isinstance(held, Unknown) or isinstance(more, Unknown):
        return run.unknown("the values of an argument", before, item)
    return List([*held, *more])


def _check(run: State, spec: Spec, name: str, value: Value, asked: bool) -> bool:
    # as argparse does: a default is not checked; a size that was asked for may be meant for something else
    choices = items_of(run, spec["choices"], ordered=False) if spec.get("choices") is not None else []
    if isinstance(choices, Unknown) or not all(isinstance(one, PLAIN) for one in choices):
        return True
    for one in value.items if isinstance(value, List) else [value]:
        if choices and isinstance(one, PLAIN) and one not in choices:
            listed = ", ".join(sorted(map(str, choices))[:20])
            error = OptionError(f"the argument {name}", expected=f"one of {listed}", received=str(one)[:40])
            if not asked:
                _refuse(run, error)
            run.used.discard(name)
            run.unfit[name] = error
            return False
    return True


NAMESPACE = Native(
    "argparse.Namespace",
    make=lambda run, cls: Instance(cls),
    init=lambda run, self, args, kwargs: self.named.update(kwargs),
    names=("__contains__", "__dict__", "_get_args", "_get_kwargs"),
)
METHODS: dict[str, Callable[[State, Instance, Args, Kwargs], Value]] = {
    "add_argument": _add_argument,
    "set_defaults": _set_defaults,
    "get_default": _get_default,
    "add_argument_group": _group,
    "add_mutually_exclusive_group": _exclusive,
    "parse_args": _parse,
    "parse_known_args": _parse_known,
    "print_help": lambda run, self, args, kwargs: None,
    "print_usage": lambda run, self, args, kwargs: None,
    "error": _error,
    "exit": _error,
}


def _not_followed(run: State, self: Instance, name: str) -> Value:
    run.blur(f"{name} of a parser is not followed", self)
    return run.unknown(f"{name} is not followed", self)


PARSER = Native(
    "argparse.ArgumentParser",
    make=lambda run, cls: Instance(cls),
    init=_parser_init,
    methods=METHODS,
    get=_not_followed,
)
EXCLUSIVE = Native(
    "argparse._MutuallyExclusiveGroup",
    make=lambda run, cls: Instance(cls),
    methods={"add_argument": _add_exclusive},
    get=lambda run, self, name: run.unknown(f"{name} is not followed", self.named["<parser>"]),
)
ARGPARSE = Module(
    "argparse",
    {
        "ArgumentParser": PARSER,
        "Namespace": NAMESPACE,
        "BooleanOptionalAction": "boolean",
        "SUPPRESS": "==SUPPRESS==",
        "REMAINDER": "...",
        "OPTIONAL": "?",
        "ZERO_OR_MORE": "*",
        "ONE_OR_MORE": "+",
    },
)
SIMPLE = Native(
    "types.SimpleNamespace",
    make=lambda run, cls: Instance(cls),
    init=lambda run, self, args, kwargs: self.named.update(kwargs),
    names=("__dict__",),
)
