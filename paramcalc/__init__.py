"""paramcalc: how many parameters a layer has, why, what shape comes out, and what it costs.

Layers are spelled as in Keras and come from the rules themselves: ``paramcalc.LSTM(128)``. Type checkers read the
generated ``__init__.pyi``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from .core.rule import Rule

__version__ = "0.1.0"

_PUBLIC = {
    "Expr": "symbolic",
    "Formula": "core.formula",
    "Input": "core.tensors",
    "Layer": "core.rule",
    "Model": "graph.model",
    "ParamcalcError": "errors",
    "Report": "report",
    "Sequential": "graph.sequential",
    "Weight": "core.built",
    "check": "analysis.comparison",
    "compare": "analysis.comparison",
    "cost": "analysis.cost",
    "conventions": "rules.conventions.compare",
    "from_keras": "verification",
    "from_torch": "verification",
    "load": "formats",
    "loads": "formats",
    "match": "analysis.sizing",
    "parse": "symbolic",
    "register": "core.registry",
    "sweep": "analysis.sweep",
    "solve": "analysis.sizing",
    "symbols": "symbolic",
    "verify": "verification",
    "verify_checkpoint": "verification",
    "why": "analysis",
}


_MODULES = ("paper", "torch")  # of layers of others than Keras


def __getattr__(name: str) -> Rule | ModuleType:  # the names in _PUBLIC have types of their own, in the stub
    if name.startswith("_"):
        raise AttributeError(name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _PUBLIC:
        value: Rule = getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    else:
        from .core.registry import of_class, rules

        found = of_class(name)
        if found is None:
            from .errors import nearest

            near = nearest(name, [*_PUBLIC, *_MODULES, *rules()])
            raise AttributeError(f"module 'paramcalc' has no {name!r}" + (f" ({near})" if near else "")) from None
        value = found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    from .core.registry import rules

    return sorted([*_PUBLIC, *_MODULES, *rules(), "__version__"])
