"""What is tried of convolutions, pooling, cropping, padding and resizing, and of recurrent convolutions.

Where an option has a value for each axis, one table serves all numbers of axes: what does not fit is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ....core.registry import rules
from ....untyped import OptionValue
from ...cases import Case, inputs_of, shape, variants

Settings = list[dict[str, OptionValue]]

SETTINGS: dict[str, tuple[OptionValue, ...]] = {
    "strides": (1, 2, (2, 1), (1, 2, 3)),
    "pool_size": (1, 2, 3, (3, 2), (2, 1, 3), 12),
    "dilation_rate": (1, 2, (1, 2), (2, 1, 1)),
    "groups": (1, 2),
    "output_padding": (0, 1, (1, 0), (0, 1, 0)),
    "output_size": (1, 3, (2, 5), (3, 1, 2), 11),
    "Cropping1D.cropping": (0, 1, (1, 2), (0, 6), (3, 4), 4),
    "Cropping2D.cropping": (0, 1, 4, (1, 2), ((1, 0), (2, 3)), ((0, 8), 0), ((4, 5), 0), (0, (8, 0))),
    "Cropping3D.cropping": (0, 1, 3, (1, 2, 0), ((1, 0), (2, 3), 1), ((2, 2), 0, 0), ((0, 5), 0, 0), (1, 1, (8, 0))),
    "ZeroPadding1D.padding": (0, 1, (1, 2)),
    "ZeroPadding2D.padding": (0, 2, (1, 2), ((1, 0), (2, 3)), (0, (0, 4))),
    "ZeroPadding3D.padding": (0, 2, (1, 2, 0), ((1, 0), (2, 3), 1)),
    "UpSampling1D.size": (1, 2, 3),
    "size": (1, 2, (2, 3), (3, 1, 2)),
}

ONE: dict[str, list[OptionValue]] = {
    "strides": [1], "dilation_rate": [1], "groups": [1], "depth_multiplier": [1], "output_padding": [None],
    "lora_rank": [None], "lora_alpha": [None], "kernel_constraint": [None],
}  # fmt: skip
STEPS: Settings = [
    {},
    {"strides": 2},
    {"dilation_rate": 2},
    {"strides": 3, "dilation_rate": 2},
    {"strides": (2, 1)},
    {"dilation_rate": (1, 2)},
    {"strides": (1, 2, 3)},
    {"dilation_rate": (2, 1, 1)},
    {"strides": (2, 1), "dilation_rate": (1, 2)},
    {"kernel_size": 12},
]
THIN: Settings = [
    {"lora_rank": "r"},
    {"lora_rank": 3, "lora_alpha": 0.5, "groups": 2},
    {"kernel_constraint": "non_neg"},
    {"lora_rank": 2, "kernel_constraint": "non_neg"},
]
GROUPED: Settings = [*STEPS, {"groups": 2}, {"groups": 2, "strides": 2}, {"groups": 3, "dilation_rate": 2}, *THIN]
DEEP: Settings = [*STEPS, {"depth_multiplier": "m"}, {"depth_multiplier": "m", "strides": 2}]
LONGER: Settings = [
    *STEPS,
    {"strides": 5},
    {"output_padding": 0},
    {"output_padding": 1},
    {"output_padding": 0, "strides": 2},
    {"output_padding": 1, "strides": 2},
    {"output_padding": 3, "strides": 5},
    {"output_padding": 0, "dilation_rate": 2},
    {"output_padding": (1, 0), "strides": (2, 1)},
    {"output_padding": (1, 0), "strides": (1, 2)},
    {"output_padding": (0, 1, 2), "strides": (1, 2, 3)},
]


def _settings(name: str, drawn: Settings) -> Iterator[dict[str, list[OptionValue]]]:
    # the size of the window is a symbol on one axis, and with no other settings; else there would be too many
    rank = rules()[name].rank or 1
    for settings in drawn:
        if all(not isinstance(value, tuple) or len(value) == rank for value in settings.values()):
            window = {"kernel_size": (3, 2, 2)[:rank]} if settings and rank > 1 else {}
            yield ONE | {option: [value] for option, value in (window | settings).items()}


def _convolutions(name: str, drawn: Settings) -> Iterator[Case]:
    """List all switches with each of the settings, and channels that do not divide."""
    rule = rules()[name]
    for settings in _settings(name, drawn):
        for layer in variants(rule, **settings):
            yield from (Case(layer, shapes) for shapes in inputs_of(rule, layer))
    if "groups" in rule.options:
        odd = (2, *(9,) * rule.inputs[0].least)[: rule.inputs[0].least - 1]
        yield from (Case(rule(filters=6, kernel_size=2, groups=n), ((*odd, 4),)) for n in (2, 3, 4, 5))


FRAMES = ["6", "5", "4"]
FRAME_STEPS: Settings = [{**settings, "kernel_size": 2} for settings in STEPS[:9]] + [{}, {"kernel_size": 7}]
STILL: dict[str, list[OptionValue]] = {
    "return_sequences": [False],
    "return_state": [False],
    "go_backwards": [False],
    "stateful": [False],
}
BIASED: dict[str, list[OptionValue]] = {"use_bias": [True], "unit_forget_bias": [True]}
TOLD: dict[str, list[OptionValue]] = {
    "filters": [3],
    "kernel_size": [2],
    "strides": [2],
    "padding": ["same"],
    "data_format": [None],
}


def _frames(name: str) -> Iterator[Case]:
    """List every geometry of one layer, and every switch about time and bias with one geometry."""
    rule = rules()[name]
    known = FRAMES[: rule.rank]
    geometry = [STILL | settings | BIASED for settings in _settings(name, FRAME_STEPS)]
    for fixed in (*geometry, ONE | TOLD):
        for layer in variants(rule, **fixed):
            for lead, frame in (("2 4", known), ("? ?", known), ("2 4", ["?", *known[1:]])):
                axes = ["C", *frame] if layer.options["data_format"] == "channels_first" else [*frame, "C"]
                yield Case(layer, (shape(" ".join((lead, *axes))),))


CASES = {
    **{f"Conv{n}D": partial(_convolutions, f"Conv{n}D", GROUPED) for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": partial(_convolutions, f"Conv{n}DTranspose", LONGER) for n in (1, 2, 3)},
    **{f"DepthwiseConv{n}D": partial(_convolutions, f"DepthwiseConv{n}D", DEEP) for n in (1, 2)},
    **{f"SeparableConv{n}D": partial(_convolutions, f"SeparableConv{n}D", DEEP) for n in (1, 2)},
    **{f"ConvLSTM{n}D": partial(_frames, f"ConvLSTM{n}D") for n in (1, 2, 3)},
}
