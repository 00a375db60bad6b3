"""paramcalc: how many parameters a layer has, why, what shape comes out, and what it costs.

Layers are spelled as in Keras and come from the rules themselves: ``paramcalc.LSTM(128)``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis import why as why
    from .core.formula import Formula as Formula
    from .core.registry import register as register
    from .core.rule import Layer as Layer, Rule, Weight as Weight
    from .core.tensors import Input as Input
    from .errors import ParamcalcError as ParamcalcError
    from .formats import load as load, loads as loads
    from .graph.model import Model as Model
    from .graph.sequential import Sequential as Sequential
    from .report import Report as Report
    from .rules.conventions.compare import conventions as conventions
    from .symbolic import Expr as Expr, parse as parse, symbols as symbols
    from .verification import from_keras as from_keras, from_torch as from_torch, verify as verify

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
    "Weight": "core.rule",
    "conventions": "rules.conventions.compare",
    "from_keras": "verification",
    "from_torch": "verification",
    "load": "formats",
    "loads": "formats",
    "parse": "symbolic",
    "register": "core.registry",
    "symbols": "symbolic",
    "verify": "verification",
    "why": "analysis",
}


def __getattr__(name: str) -> Rule:  # the names in _PUBLIC have their own types, by the imports above
    if name.startswith("_"):
        raise AttributeError(name)
    if name in _PUBLIC:
        value: Rule = getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    else:
        from .core.registry import of_class, rules

        found = of_class(name)
        if found is None:
            from .errors import nearest

            near = nearest(name, [*_PUBLIC, *rules()])
            raise AttributeError(f"module 'paramcalc' has no {name!r}" + (f" ({near})" if near else "")) from None
        value = found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    from .core.registry import rules

    return sorted([*_PUBLIC, *rules(), "__version__"])
