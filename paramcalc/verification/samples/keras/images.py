"""What is tried of images cut or scaled to a size."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

from ....core.registry import rules
from ...cases import Case, shape

TEXTS = ("2 8 9 3", "? 8 9 3", "8 9 3", "? ? ? 3", "? ? 3", "2 3 8 9", "2 4 5 1", "8 9", "2 2 8 9 3", "1 8 9 C")

SIZES = ((4, 5), (12, 3), (8, 9), (5, 20))
LAYOUTS = (None, "channels_last", "channels_first")


def _sizes(name: str) -> Iterator[Case]:
    rule = rules()[name]
    for (height, width), layout, text in product(SIZES, LAYOUTS, TEXTS):
        yield Case(rule(height=height, width=width, data_format=layout), (shape(text),))


def _resizing() -> Iterator[Case]:
    yield from _sizes("Resizing")
    rule = rules()["Resizing"]
    for interpolation, antialias in product(("nearest", "bicubic", "lanczos3", "lanczos5"), (False, True)):
        yield Case(rule(4, 5, interpolation, antialias=antialias), (shape("2 8 9 3"),))
    for crop, pad, text in product((False, True), (False, True), TEXTS[:4]):
        layer = rule(4, 5, crop_to_aspect_ratio=crop, pad_to_aspect_ratio=pad, fill_value=1.0)
        yield Case(layer, (shape(text),))


CASES = {
    "Resizing": _resizing,
    "CenterCrop": partial(_sizes, "CenterCrop"),
    "RandomCrop": partial(_sizes, "RandomCrop"),
}
