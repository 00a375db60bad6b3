"""Objects of a Keras configuration that no rule knows: why, and which weights an archive holds for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ...core.built import Weight
from ...core.registry import rules
from ...core.schema import REQUIRED
from ...errors import cut, quoted
from ...graph.unknown_layers import UnknownLayer, counted
from ...rules.keras.unknown import OPAQUE, WEIGHTLESS
from ...untyped import Parsed
from .reading import Reading
from .values import name_in, shape_stated


def why_unknown(kind: str, custom: bool) -> str:
    """Say why no rule knows a class."""
    if custom:
        return "a custom class; only its own code knows its weights"
    return OPAQUE.get(kind, "a class no rule knows")


def opaque(
    kind: str, reason: str, config: Mapping[str, Parsed], reading: Reading, lacks: str | None = None
) -> UnknownLayer:
    """Make the row of what no rule knows, with the weights an archive holds for it.

    An archive may hold fewer weights than the layer has. ``lacks`` says why it may, and is empty where it holds all;
    it is found from the class and its configuration when it is left out.
    """
    name = name_in(config)
    weights = reading.stored(name, kind)
    # Keras 3 passes it to the constructor of the class, and only that knows how far it reaches
    reaches = reading.sets or (reading.depth == 0 and not reading.live)
    trainable = config.get("trainable") is not False or not reaches
    if lacks is None:
        lacks = _lacks(kind, config, weights, reading)
    told = None if weights is None else f"{reason}; {counted(weights, not trainable, reading.live)}"
    if told and lacks:
        told += f"; {lacks}"
    guessed = bool(weights) and trainable and not reading.live
    made = UnknownLayer(cut(kind), reason, name, weights, trainable, bool(lacks), told, guessed, lacks)
    sizes = config.get("output_shape")
    if (
        kind == "Lambda"
        and isinstance(sizes, (list, tuple))
        and not any(isinstance(one, (list, dict)) for one in sizes)
    ):
        made.out_sizes = shape_stated([None, *sizes])[1:]
    return made


def _lacks(kind: str, config: Mapping[str, Parsed], weights: tuple[Weight, ...] | None, reading: Reading) -> str:
    # why an archive may hold fewer weights than a layer has
    if reading.whole or weights is None or kind in WEIGHTLESS:
        return ""
    if _stores_its_own(config):
        return "the layer of Keras that it extends stores no others"
    return reading.omits if weights else "a class may keep weights that Keras does not store"


def lacks_around(inner: Sequence[UnknownLayer], reading: Reading) -> str:
    """Say why an archive may hold fewer weights than a layer has that holds layers which no rule knows."""
    if reading.whole:
        return ""
    lost = next((one for one in inner if one.lacks or one.stored is None), None)
    return "" if lost is None else lost.lacks or f"the weights of {quoted(lost.label)} are not found in it"


def _stores_its_own(config: Mapping[str, Parsed]) -> bool:
    # layers that LoRA can be put on merge it before they store what they learn, and nothing that a subclass adds
    return any(names <= config.keys() for names in _merging())


@cache
def _merging() -> list[frozenset[str]]:
    # the options by which a subclass of such a layer is known
    found = []
    for rule in rules().values():
        if "lora_rank" in rule.options:
            needed = [name for name, default in rule.defaults.items() if default is REQUIRED]
            found.append(frozenset([*needed, *(name for name in rule.ignored if name.endswith("_initializer"))]))
    return found
