"""Numbers worked out by hand for the tests of rules, a module for the families that belong together.

``TABLE`` has lines of (layer, input shapes, count, output shapes, multiply-adds), the arithmetic by hand from the
framework's documentation. ``LEARNING`` is the number of combinations of switches and inputs that have weights, by
layer: the proof of formula = inventory must cover exactly as many, so none is skipped. ``TRIED`` has the values that it
tries of options that are neither sizes nor switches.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
Line = tuple[Any, list[tuple[int, ...]], int, list[tuple[int, ...]], int]

TABLE: list[Line] = [line for module in MODULES for line in module.TABLE]
LEARNING: dict[str, int] = {name: count for module in MODULES for name, count in module.LEARNING.items()}
TRIED: dict[tuple[str, str], list[Any]] = {key: values for module in MODULES for key, values in module.TRIED.items()}
