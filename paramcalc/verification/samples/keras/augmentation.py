"""What is tried of image augmentation: each layer at its defaults, and with each of its options given."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ....core.declare import REQUIRED
from ....core.rule import Rule
from ....errors import OptionError
from ....rules.keras.augmentation import LAYERS
from ....untyped import OptionValue
from ...cases import Case, shape

GIVEN: dict[str, tuple[OptionValue, ...]] = {
    "all_ops": (False,),
    "data_format": ("channels_last", "channels_first"),
    "fill_mode": ("constant",),
    "interpolation": ("nearest",),
    "kernel_size": (5, (3, 5)),
    "max_number": (2,),
    "mode": ("horizontal",),
    "scale": ((0.1, 0.2),),
    "sigma": (0.5, (0.1, 0.5)),
    "tile_grid_size": ((2, 2),),
    "value_range": ((0, 1),),
    "bins": (16,),
    "seed": (7,),
    "fill_value": (1.0,),
    "alpha": (0.3,),
}
FACTORS = (0.5, (0.1, 0.5), -0.5, 1.5, 1, (1, 8))
ALONE = {("RandomPerspective", "scale"), ("RandomGrayscale", "factor")}  # one number, never a range
SLOW = frozenset({"AugMix", "Equalization", "RandAugment", "RandomElasticTransform"})  # to run or to trace
TEXTS: tuple[str, ...] = ("2 8 9 3", "? 8 9 3", "8 9 3", "? ? ? 3", "2 8 9 1", "2 8 9 4", "2 3 8 9", "8 9", "2 2 8 9 3")


def _options(rule: Rule) -> Iterator[dict[str, OptionValue]]:
    needed: dict[str, OptionValue] = {
        name: GIVEN.get(name, (1,) if rule.name == "RandomPosterization" else (0.5,))[0]
        for name, option in rule.options.items()
        if option.default is REQUIRED
    }
    yield needed
    for name in rule.options:
        for value in FACTORS[: 2 if rule.name in SLOW else None] if name.endswith("factor") else GIVEN.get(name, (2,)):
            if (rule.name, name) not in ALONE or not isinstance(value, tuple):
                yield {**needed, name: value}


def _tried(rule: Rule) -> Iterator[Case]:
    slow = rule.name in SLOW
    for place, options in enumerate(_options(rule)):
        try:
            layer = rule(**options)
        except OptionError:
            continue
        texts = TEXTS if not place or "data_format" in options else TEXTS[:2]
        if slow:  # all with colours, too: some draw what they do
            texts = TEXTS[:4] if not place else TEXTS[: place % 4 == 1]
        for text in texts if not (slow and options.get("data_format") == "channels_first") else ():
            yield Case(layer, (shape(text),))


CASES = {rule.name: partial(_tried, rule) for rule in LAYERS}
