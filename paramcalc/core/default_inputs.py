"""The default inputs of a layer: the sizes that it declares, and symbols for the rest.

PyTorch's layers say how many features come in, so that they can be counted and shown on no input in particular.
"""

from __future__ import annotations

from ..symbolic import Size, symbols
from .rule import Layer
from .shapes import Shape

RANKS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}  # of what Upsample takes, by its mode
MOST_AXES = 9  # of an input whose pattern says how many it has


def natural_inputs(layer: Layer) -> list[Shape]:
    """Give an input for each the layer must have, with a batch where it takes one."""
    patterns = layer.rule.inputs[: layer.rule.least_inputs]
    if len(patterns[0].tokens) == 1 and patterns[0].tokens[0][0] == "*":  # it takes what the layer in it takes
        inner = layer.options[patterns[0].tokens[0][1:]]
        if isinstance(inner, Layer):
            return natural_inputs(inner)[: len(patterns)]
    last = layer.options.get("normalized_shape", ())
    least = max([pattern.least for pattern in patterns] + [1 + len(last)])
    rank = max([pattern.most for pattern in patterns if pattern.most <= MOST_AXES] or [max(2, least)])
    rank = RANKS.get(str(layer.options.get("mode")), rank) if layer.rule.name == "Upsample" else rank
    sizes = _declared(layer)
    shapes = []
    for pattern in patterns:
        names = pattern.named(min(rank, pattern.most), layer.options) or []
        shape = tuple(sizes[name] if name in sizes else symbols(name) for name in names)
        shapes.append((*shape[: len(shape) - len(last)], *last) if last else shape)
    return shapes


def _declared(layer: Layer) -> dict[str, Size]:
    # by the names both options and axes have in formulas
    found = {}
    for name, value in layer.options.items():
        symbol = layer.rule.options[name].kind.base.symbol
        if symbol is not None and value is not None and not isinstance(value, tuple):
            found[symbol] = value
    return found
