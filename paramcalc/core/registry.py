"""Finding rules: every Rule in the modules of a framework's folder, by class or snake-case name, or an alias.

Other frameworks have no folder, only lines in the table of conventions; it is not read for those that have one.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ..errors import LayerError, nearest
from .rule import Rule, snake

RULES = "paramcalc.rules"
APART = ("conventions", "ops", "shared")  # folders of rules that are no framework's
FEW = 8  # layers that are listed in an error
# Where frameworks keep their layers, as people import them; else a framework's own name stands in front.
MODULES = {"nn": "torch", "torch.nn": "torch", "layers": "keras", "keras.layers": "keras", "tf.keras.layers": "keras"}


TITLES = {
    "keras": "Keras",
    "torch": "PyTorch",
    "tf1": "TensorFlow 1",
    "cudnn": "cuDNN",
    "onnx": "ONNX",
    "paper": "the literature",
}


def title(framework: str) -> str:
    """Write the name of a framework as its people do."""
    return TITLES.get(framework, framework)


@cache
def folders() -> tuple[str, ...]:
    """Name the frameworks that have a folder of rules."""
    found = iter_modules(import_module(RULES).__path__)
    return tuple(module.name for module in found if module.ispkg and module.name not in APART)


@cache
def frameworks() -> tuple[str, ...]:
    """Name every framework: those with a folder, then those of the table of conventions."""
    from ..rules.conventions.made import frameworks as others

    return (*folders(), *others())


@cache
def rules(framework: str = "keras") -> dict[str, Rule]:
    """Give every rule of a framework by class name, families in alphabetical order.

    Raises
    ------
    LayerError
        For a framework without rules.
    """
    if framework not in folders():
        from ..rules.conventions.made import declared

        if framework in frameworks():
            return declared(framework)
        *most, last = frameworks()
        raise LayerError(
            "unknown framework",
            expected=f"{', '.join(most)} or {last}",
            received=framework,
            suggestion=nearest(str(framework), (*most, last)),
        )
    package = import_module(f"{RULES}.{framework}")
    modules = [import_module(f"{package.__name__}.{module.name}") for module in iter_modules(package.__path__)]
    return {
        rule.name: rule
        for module in modules
        for value in vars(module).values()
        for rule in (value if isinstance(value, tuple) else (value,))
        if isinstance(rule, Rule) and rule.__module__ == module.__name__
    }


@cache
def named(framework: str = "keras") -> dict[str, Rule]:
    """Give every rule by class name and by its aliases."""
    return {name: rule for rule in rules(framework).values() for name in (rule.name, *rule.aliases)}


@cache
def _spellings(framework: str) -> dict[str, Rule]:
    return {spelling: rule for name, rule in named(framework).items() for spelling in (snake(name), name)}


def known(name: str, framework: str = "keras") -> Rule | None:
    """Give the rule of exactly this class or snake-case name, if there is one."""
    return _spellings(framework).get(name)


@cache
def refused(framework: str) -> dict[str, str]:
    """Name the classes of a framework that are no layers, with the reason (``REFUSED`` in its modules)."""
    if framework not in folders():
        return {}
    package = import_module(f"{RULES}.{framework}")
    modules = [import_module(f"{package.__name__}.{module.name}") for module in iter_modules(package.__path__)]
    return {name: why for module in modules for name, why in getattr(module, "REFUSED", {}).items()}


def parted(name: str) -> tuple[str | None, str]:
    """Split ``nn.LSTM``, ``torch.nn.LSTM``, ``paper.LSTM`` into whose it is and what it is called."""
    module, dot, plain = name.rpartition(".")
    return (MODULES.get(module, module), plain) if dot else (None, name)


def find(name: str, framework: str = "keras") -> Rule:
    """Find a rule by class name (``LSTM``), alias (``Convolution2D``) or the snake-case name of either (``lstm``).

    Whose it is may stand in front: ``keras.LSTM``.

    Raises
    ------
    LayerError
        With the nearest right spelling.
    """
    known = _spellings(framework)
    if name in known:
        return known[name]
    whose, plain = parted(name)
    if whose == framework:
        return find(plain, framework)
    if whose is not None and whose in frameworks():
        raise LayerError(f"{name[:80]} is {whose}'s", expected=f"a layer of {framework}")
    if name in refused(framework):
        raise LayerError(f"{name} {refused(framework)[name]}")
    elsewhere = next((one for one in folders() if one != framework and name in _spellings(one)), None)
    if elsewhere and len(rules(framework)) > FEW:
        raise LayerError(f"{framework} has no layer {name}", suggestion=f"it is one of {elsewhere}: {elsewhere}.{name}")
    listed = f"paramcalc layers{f' --framework {framework}' * (framework != 'keras')} lists them all"
    if len(rules(framework)) <= FEW:
        listed = f"{framework} has {', '.join(rules(framework))}"
    raise LayerError(f"no rule for a layer {name[:80]!r}", suggestion=nearest(name, rules(framework)) or listed)
