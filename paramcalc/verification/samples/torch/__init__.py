"""Tables of what the audit tries of PyTorch's layers (see `paramcalc.verification.samples.keras`).

Where switches and settings in every combination would be too many, a layer has a list of settings, each of which is
tried with every combination of its switches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from ....core.kinds import Choice
from ....core.registry import find
from ....core.rule import Rule
from ....untyped import OptionValue
from ...cases import Case, shape

Settings = dict[str, OptionValue]


def crossed(rule: Rule, settings: Iterable[Settings]) -> Iterator[OptionValue]:
    """Make a layer of each setting, with every combination of the switches it does not set."""
    for setting in settings:
        free = [name for name, option in rule.options.items() if name not in setting and _free(option.kind)]
        for row in product(*(rule.options[name].kind.values for name in free)):  # type: ignore[attr-defined]
            yield rule(**setting, **dict(zip(free, row, strict=True)))


def _free(kind: OptionValue) -> bool:
    return isinstance(kind, Choice)


def listed(name: str, settings: Iterable[Settings], inputs: Iterable[OptionValue]) -> Callable[[], Iterator[Case]]:
    """Give a function that lists every layer of these settings on every input.

    An input is text such as ``"2 C 7"``, or a tuple of such texts for a layer with several inputs.
    """
    several, shapes = list(settings), [(one,) if isinstance(one, str) else one for one in inputs]

    def cases() -> Iterator[Case]:
        for layer in crossed(find(name, "torch"), several):
            for texts in shapes:
                yield Case(layer, tuple(shape(text) for text in texts))

    return cases
