"""Flags of recurrent layers in every framework: which there are, and which of them a framework's layer knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..core.declare import REQUIRED
from ..core.descriptions import deed
from ..core.framework import DEFAULT, framework as framework_named
from ..core.kinds import SWITCH, Choice, Maybe, Sized
from ..core.registry import find, known
from ..core.rule import Rule
from ..errors import OptionError
from ..untyped import Passed
from .flags import Flags, flag_of, switch, switches_of
from .options import Flag, Parameter
from .sizes import flag_size

OURS = ("bidirectional", "batch_first")  # options the command sets itself
NAMES = {"proj_size": "projection"}
# an option that is a number in one framework and a switch in another: the flag is the number
SWITCHED = {"unit_forget_bias": ("forget_bias", {"0": False, "1": True})}


def usual_rule(cell: str) -> Rule:
    """Give the rule that the default framework has for a cell, without a look at the table of conventions."""
    return find(dict(framework_named(DEFAULT).recurrent).get(cell, cell))


def flags(cell: str, words: Sequence[str], usual: Collection[str]) -> Flags:
    """Give the flags for a cell: those of Keras's layer, and every framework's if the words ask for more.

    Parameters
    ----------
    cell : str
        ``LSTM``, ``GRU`` or ``RNN``.
    words : sequence of str
        What was typed.
    usual : collection of str
        The flags the command has of its own, as they are typed.
    """
    # None means not typed: a typed value must have an effect, even if it is Keras's default
    own = {name: one._replace(default=None) for name, one in switches_of(usual_rule(cell)).items()}
    plain = {"--json", *usual, *(f"--{no}{name}".replace("_", "-") for name in own for no in ("", "no-"))}
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    if not given - plain and "-h" not in words:
        return own
    return {**own, **_others(cell)}


def typed(flag: str, value: bool | str) -> list[str]:
    """Give the words that set a flag: ``--no-bias``, or ``--projection 3``."""
    word = f"--{'no-' if value is False else ''}{flag}".replace("_", "-")
    return [word] if isinstance(value, bool) else [word, value]


def chosen(rule: Rule, cell: str, given: dict[str, Passed]) -> dict[str, Passed]:
    """Give the options of a rule that flags set, by the rule's names.

    Raises
    ------
    OptionError
        For a flag of other frameworks only; the message names them.
    """
    names = {_flag(name): name for name in rule.options}
    either_, numbered = _either_way(rule), _numbered(rule)
    options: dict[str, Passed] = {}
    for flag, value in given.items():
        if value is None:
            continue
        (word, *_) = typed(flag, value)
        if flag in either_:
            name, values = either_[flag]
            options |= {name: values[value]} if values[value] != rule.defaults[name] else {}
            continue
        if flag in numbered:
            options |= _by_number(rule, cell, flag, value, given)
            continue
        if flag not in names:
            raise OptionError(
                f"{rule.framework}'s {rule.name} has no {word}",
                expected=f"--framework {either(having(cell, flag))}",
                suggestion=_akin(rule, flag, value),
            )
        if value != rule.defaults[names[flag]]:
            options[names[flag]] = flag_size(word, value) if isinstance(value, str) else value
    return options


def _numbered(rule: Rule) -> dict[str, tuple[str, dict[str, Passed]]]:
    # the options that a number chooses, by flag: forget_bias, which Keras has as a switch
    found: dict[str, tuple[str, dict[str, Passed]]] = {}
    for name, option in rule.options.items():
        kind = option.kind
        if name in SWITCHED:
            flag, values = SWITCHED[name]
            found[flag] = name, values
        elif isinstance(kind, Choice) and kind is not SWITCH and all(type(one) is int for one in kind.values):
            found[_flag(name)] = name, {str(one): one for one in kind.values}
    return found


def _by_number(rule: Rule, cell: str, flag: str, value: str, given: dict[str, Passed]) -> dict[str, Passed]:
    name, values = _numbered(rule)[flag]
    typed = f"--{flag}".replace("_", "-")
    if _flag(name) != flag and given.get(_flag(name)) is not None:
        raise OptionError(f"{typed} and --{_flag(name)} set one option".replace("_", "-"), expected="one of the two")
    if value not in values:
        others = [
            framework
            for framework, one in _rules(cell)
            if value in _numbered(one).get(flag, ("", dict[str, Passed]()))[1]
        ]
        raise OptionError(
            f"{typed} of {rule.framework}'s {rule.name}",
            expected=either([*values]),
            received=value,
            suggestion=f"--framework {either(others)} has it" if others else None,
        )
    return {name: values[value]} if values[value] != rule.defaults[name] else {}


def _either_way(rule: Rule) -> dict[str, tuple[str, dict[bool, Passed]]]:
    # an option of two words is a flag of another framework: reset="before" or "after" is --reset-after, or not
    found = {}
    for name, option in rule.options.items():
        if isinstance(option.kind, Choice) and option.kind is not SWITCH and len(option.kind.values) == 2:
            for word, other in (option.kind.values, option.kind.values[::-1]):
                if isinstance(word, str):
                    found[f"{name}_{word}"] = name, {True: word, False: other}
    return found


def _akin(rule: Rule, flag: str, value: Passed) -> str | None:
    # the flags of the same kind that the layer has: --no-input-bias --no-recurrent-bias for --no-bias
    akin = [_flag(name) for name, option in rule.options.items() if name.endswith(f"_{flag}") and option.kind is SWITCH]
    flags = [f"--{'no-' if value is False else ''}{name}".replace("_", "-") for name in akin]
    return f"{rule.framework} has {' '.join(flags)}" if flags else None


def having(cell: str, flag: str) -> list[str]:
    """Name the frameworks whose layer has the option of a flag."""
    return [
        framework
        for framework, rule in _rules(cell)
        if flag in {*map(_flag, rule.options), *_either_way(rule), *_numbered(rule)}
    ]


def both_ways(cell: str) -> list[str]:
    """Name the frameworks that read in both directions, by an option or a wrapper."""
    return [
        framework
        for framework, rule in _rules(cell)
        if "bidirectional" in rule.options or known("Bidirectional", framework)
    ]


def either(words: Sequence[str]) -> str:
    """Join words: ``keras, onnx or torch``."""
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _others(cell: str) -> Flags:
    # every on/off option and every size that may be left out, with the frameworks that have it
    found: dict[str, tuple[Passed, list[str]]] = {}
    numbers: dict[str, tuple[dict[str, None], list[tuple[str, str]]]] = {}
    every = list(_rules(cell))
    for framework, rule in every:
        for name, option in rule.options.items():
            kind = option.kind.kind if isinstance(option.kind, Maybe) else option.kind
            if name not in OURS and option.default is not REQUIRED and (kind is SWITCH or isinstance(kind, Sized)):
                found.setdefault(_flag(name), (option, []))[1].append(framework)
        for flag in found.keys() & _either_way(rule).keys():
            found[flag][1].append(framework)
        for flag, (name, values) in _numbered(rule).items():
            numbers.setdefault(flag, ({}, []))[0].update(dict.fromkeys(values))
            numbers[flag][1].append((framework, name))
    made: Flags = {}
    for flag, (values, places) in numbers.items():
        framework, name = next((place for place in places if place[1] == flag), places[0])
        told = f"{deed(framework, name)} Only {', '.join(framework for framework, _ in places)}."
        offered = lambda _, values=values: [*values]  # noqa: E731
        made[flag] = Parameter(flag, str, None, Flag(f"--{flag}".replace("_", "-"), told, "N", values=offered))
    for flag, (option, theirs) in found.items():
        without = [framework for framework, _ in every if framework not in theirs]
        few = f"All frameworks except {', '.join(without)}." if without else "All frameworks."
        whose = few if len(without) < len(theirs) / 2 else f"Only {', '.join(theirs)}."
        told = f"{deed(theirs[0], option.name)} {whose}"
        if option.kind is SWITCH:
            made[flag] = switch(flag, option.default, told)._replace(default=None)
        else:
            made[flag] = Parameter(flag, str, None, Flag(f"--{flag}".replace("_", "-"), told, "D"))
    return made


def _flag(option: str) -> str:
    return flag_of(NAMES.get(option, option))


def _rules(cell: str) -> Iterable[tuple[str, Rule]]:
    from ..rules.conventions.made import rule_for
    from ..rules.conventions.read import rows

    for name in dict.fromkeys(row.framework for row in rows() if row.cell == cell):
        yield name, rule_for(cell, name)
