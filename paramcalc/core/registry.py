"""Finding rules by framework and name: those that come with paramcalc, and those that are registered.

A family of rules is a module of its framework's package. An index, generated from the modules, says which module
declares which name, so that one layer loads one module. The index only saves time: a name that is not in it is
searched in all modules.
"""

from __future__ import annotations

import copyreg
import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TypeVar

from ..errors import LayerError, ParamcalcError, nearest
from .framework import CONVENTIONS, DEFAULT, framework as framework_named, framework_of_module, frameworks
from .rule import Rule
from .spelling import snake

INDEX = "paramcalc.rules.index"
ENTRY_POINTS = "paramcalc.rules"  # the group in which other packages offer their rules
FEW = 8  # layers that an error lists

R = TypeVar("R", bound=Rule)

_registered: dict[str, dict[str, Rule]] = {}


def register(rule: R, *, replace: bool = False) -> R:
    """Add a rule, so that the command line, files and views know its layer.

    Parameters
    ----------
    rule : Rule
        The rule is found by its framework, name and aliases. A name of the form ``Package>Class`` among the
        aliases is the ``registered_name`` of the class in a ``.keras`` file.
    replace : bool
        Whether the rule may replace another rule of the same name.

    Returns
    -------
    Rule
        The rule itself, so that ``register`` can be used as a decorator.

    Raises
    ------
    LayerError
        If the name is taken, or the framework is unknown.
    """
    home = framework_named(rule.framework).name
    names = [rule.name, *rule.aliases]
    for name in names:
        found = _registered.get(home, {}).get(name) or _built_in_spellings(home).get(name)
        if found is not None and found is not rule and not replace:
            raise LayerError(f"{home} has a layer {name} already", expected="another name, or replace=True")
    _registered.setdefault(home, {}).update(dict.fromkeys(names, rule))
    _forget(names)
    return rule


def unregister(rule: Rule) -> None:
    """Remove a registered rule. The rule that it replaced, if any, is used again."""
    own = _registered.get(rule.framework, {})
    names = [name for name, one in own.items() if one is rule]
    for name in names:
        del own[name]
    _forget(names)


def registered(name: str, framework: str = DEFAULT) -> Rule | None:
    """Give the registered rule of exactly this name, such as the ``registered_name`` of a class in a file."""
    _load_entry_points()
    return _registered.get(framework, {}).get(name)


def rules(framework: str = DEFAULT) -> dict[str, Rule]:
    """Give every rule of a framework by class name: families in alphabetical order, then those registered.

    Raises
    ------
    LayerError
        For an unknown framework.
    """
    return _rules(framework_named(framework).name)


@cache
def _rules(framework: str) -> dict[str, Rule]:
    _load_entry_points()
    added = _registered.get(framework, {})
    return {**_built_in(framework), **{rule.name: rule for rule in added.values()}}


@cache
def _built_in(framework: str) -> dict[str, Rule]:
    if not framework_named(framework).package:
        declared: dict[str, Rule] = import_module(CONVENTIONS).declared(framework)
        return declared
    return {rule.name: rule for module in families(framework) for rule in rules_in(module)}


def rules_in(module: ModuleType) -> list[Rule]:
    """List the rules a module declares, in order; a tuple of rules counts as several."""
    return [
        rule
        for value in vars(module).values()
        for rule in (value if isinstance(value, tuple) else (value,))
        if isinstance(rule, Rule) and rule.__module__ == module.__name__
    ]


@cache
def families(framework: str) -> tuple[ModuleType, ...]:
    """Load every module with rules of a framework."""
    from pkgutil import iter_modules  # only when all rules are asked for

    name = framework_named(framework).package
    if not name:
        return ()
    package = import_module(name)
    return tuple(import_module(f"{name}.{module.name}") for module in iter_modules(package.__path__))


@cache
def named(framework: str = DEFAULT) -> dict[str, Rule]:
    """Give every rule by class name and by its aliases."""
    by_name = {name: rule for rule in rules(framework).values() for name in (rule.name, *rule.aliases)}
    return {**by_name, **_registered.get(framework, {})}


@cache
def _spellings(framework: str) -> dict[str, Rule]:
    return _spelled(named(framework))


@cache
def _built_in_spellings(framework: str) -> dict[str, Rule]:
    return _spelled({name: rule for rule in _built_in(framework).values() for name in (rule.name, *rule.aliases)})


def _spelled(rules: dict[str, Rule]) -> dict[str, Rule]:
    return {spelling: rule for name, rule in rules.items() for spelling in (snake(name), name)}


def known(name: str, framework: str = DEFAULT) -> Rule | None:
    """Give the rule of exactly this class name, alias or snake-case name, if there is one."""
    return of_class(name, framework) or _spellings(framework).get(name)


def of_class(name: str, framework: str = DEFAULT) -> Rule | None:
    """Give the rule of exactly this class name or alias, if there is one."""
    return _indexed(name, framework) or named(framework).get(name)


@cache
def _indexed(name: str, framework: str) -> Rule | None:
    # the one module that declares the name, if the index knows it
    if name in _registered.get(framework, ()):
        return _registered[framework][name]
    index: dict[str, dict[str, str]] = import_module(INDEX).FAMILIES
    family = index.get(framework, {}).get(name)
    if family is None:
        return None
    declared = rules_in(import_module(f"{framework_named(framework).package}.{family}"))
    return next((rule for rule in declared if name == rule.name or name in rule.aliases), None)


@cache
def refused(framework: str) -> dict[str, str]:
    """Name the classes of a framework that are no layers, with the reason (``REFUSED`` in its modules)."""
    return {name: why for module in families(framework) for name, why in getattr(module, "REFUSED", {}).items()}


def split_name(name: str) -> tuple[str | None, str]:
    """Split ``nn.LSTM``, ``torch.nn.LSTM`` or ``paper.LSTM`` into the framework and the class name."""
    module, dot, plain = name.rpartition(".")
    return (framework_of_module(module) or module, plain) if dot else (None, name)


def find(name: str, framework: str = DEFAULT) -> Rule:
    """Find a rule by class name (``LSTM``), alias (``Convolution2D``) or the snake-case name of either (``lstm``).

    The framework may stand in front: ``keras.LSTM``.

    Raises
    ------
    LayerError
        With the nearest right spelling.
    """
    found = known(name, framework)
    if found is not None:
        return found
    whose, plain = split_name(name)
    if whose == framework:
        return find(plain, framework)
    if whose is not None and whose in frameworks():
        raise LayerError(f"{name[:80]} is {whose}'s", expected=f"a layer of {framework}")
    if name in refused(framework):
        raise LayerError(f"{name} {refused(framework)[name]}")
    others = (one for one in frameworks() if one != framework and framework_named(one).package)
    elsewhere = next((one for one in others if known(name, one)), None)
    if elsewhere and len(rules(framework)) > FEW:
        raise LayerError(f"{framework} has no layer {name}", suggestion=f"it is one of {elsewhere}: {elsewhere}.{name}")
    listed = f"paramcalc layers{f' --framework {framework}' * (framework != DEFAULT)} lists them all"
    if len(rules(framework)) <= FEW:
        listed = f"{framework} has {', '.join(rules(framework))}"
    raise LayerError(f"no rule for a layer {name[:80]!r}", suggestion=nearest(name, rules(framework)) or listed)


@cache
def _load_entry_points() -> None:
    from importlib.metadata import entry_points  # only when all rules are asked for

    for point in entry_points(group=ENTRY_POINTS):
        try:
            offered = point.load()
        except Exception as error:  # the error names the package, whatever it raises
            raise LayerError(f"the rules offered by {point.value} cannot be loaded: {error}") from error
        for rule in [offered] if isinstance(offered, Rule) else rules_in(offered):
            try:
                register(rule)
            except ParamcalcError as error:
                raise error.at(f"{point.value}:")


def _forget(names: list[str]) -> None:
    for remembered in (_rules, named, _spellings, _indexed):
        remembered.cache_clear()
    for name in names:  # paramcalc.LSTM is remembered as an attribute once it was asked for
        vars(sys.modules[__name__.partition(".")[0]]).pop(name, None)


def _restored(name: str, framework: str, module: str = "") -> Rule:
    if module:
        rule: Rule = getattr(import_module(module), name)
        return rule
    return find(name, framework)


def _home(rule: Rule) -> str:
    # the module of a rule that is in no registry, such as one of an architecture
    module = sys.modules.get(rule.__module__)
    own = module is not None and vars(module).get(rule.name) is rule
    return rule.__module__ if own and of_class(rule.name, rule.framework) is not rule else ""


copyreg.pickle(Rule, lambda rule: (_restored, (rule.name, rule.framework, _home(rule))))
