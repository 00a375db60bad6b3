"""The recurrent cells of the literature: ``from paramcalc import paper; paper.LSTM(128, peephole=True)``."""

from .core.registry import of_class, rules
from .core.rule import Rule


def __getattr__(name: str) -> Rule:
    found = None if name.startswith("_") else of_class(name, "paper")
    if found is None:
        from .errors import nearest

        near = nearest(name, rules("paper"))
        raise AttributeError(f"no paper has {name!r} that paramcalc knows" + (f" ({near})" if near else ""))
    return found


def __dir__() -> list[str]:
    return sorted(rules("paper"))
