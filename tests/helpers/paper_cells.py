"""Cells of the literature with every combination of their options, at sizes of which no two are alike."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product
from typing import Any

from paramcalc.core.kinds import Maybe
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer
from paramcalc.errors import ParamcalcError
from paramcalc.rules.shared.over_time import TIME

P = rules("paper")

# No two sizes alike, so that no product is taken for another.
SIZES = {
    "units": 6, "filters": 4, "kernel_size": (3, 2), "heads": 3, "order": 5, "outputs": 7, "window": 3,
    "projection": 4, "nonrecurrent_projection": 5, "intermediate": 8,
}  # fmt: skip
AXES = {"B": 2, "d_x": 3, "T": 4, "H": 3, "W": 2, "C": 2}
SHAPING = ("no_input_activation", "no_output_activation", "forget_bias", *TIME)  # they change no product


def layers(name: str, left_out: Collection[str] = SHAPING) -> Iterator[Layer]:
    """A cell with every combination of its switches and of sizes that may be left out."""
    rule = P[name]
    choices: dict[str, list[Any]] = {}
    for option in rule.options.values():
        if option.name in left_out:
            continue
        if option.name in SIZES:
            choices[option.name] = [SIZES[option.name], None][: 1 + isinstance(option.kind, Maybe)]
        else:
            choices[option.name] = list(getattr(option.kind, "values", None) or (False, True))
    for values in product(*choices.values()):
        layer = rule(**dict(zip(choices, values, strict=True)))
        try:
            layer.on(*shapes(layer))
        except ParamcalcError:
            continue
        yield layer


def shapes(layer: Layer) -> list[tuple[int, ...]]:
    wide = {**AXES, "d_x": layer.options["units"]} if layer.options.get("skip") == "identity" else AXES
    return [tuple(wide[axis] for axis in layer.rule.inputs[0].tokens)]
