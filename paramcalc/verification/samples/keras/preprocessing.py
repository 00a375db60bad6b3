"""What is tried of numbers, categories and signals made ready for a model."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ....core.registry import rules
from ....untyped import OptionValue
from ...cases import Case, shape

MIXED = ("2 4", "? 4", "2 3 4", "? 3 4", "2 1", "? 1", "2 ?", "4", "?", "2 3 1", "2 3 5 4", "? ? 4")


def _normalization() -> Iterator[Case]:
    rule = rules()["Normalization"]
    texts = ("2 d", "? d", "2 3 d", "? 3 d", "? ? d", "2 ?", "2 3 4 d")
    for axis, invert, text in product((-1, None, 1, (1, 2), (2, 1), (-1, 1), [0], (1, 1), 5, -2), (False, True), texts):
        yield Case(rule(axis, invert=invert), (shape(text),))
    given: tuple[OptionValue, ...] = (0.5, [1.0] * 4, [1.0] * 3, [1.0], [[1.0] * 4] * 3, [[1.0]])
    for mean, variance in [*zip(given, given, strict=True), (0.5, None), (None, [1.0] * 4), (0.5, [1.0])]:
        for axis, text in product((-1, None, (1, 2)), ("2 4", "? 3 4", "? ? 4", "2 3 4")):
            yield Case(rule(axis, mean, variance), (shape(text),))


def _rescaling() -> Iterator[Case]:
    rule = rules()["Rescaling"]
    for scale, offset in ((0.5, 0.0), (2, 1), ([1.0] * 4, 0.0), (1.0, [1.0] * 4), ([1.0] * 3, 0.0), ([1.0], [2.0])):
        for text in MIXED:
            yield Case(rule(scale, offset), (shape(text),))
    yield Case(rule([[1.0] * 4] * 3, 0.0), (shape("2 3 4"),))
    yield Case(rule([[1.0] * 4] * 3, 0.0), (shape("2 1 4"),))


def _categories() -> Iterator[Case]:
    rule = rules()["CategoryEncoding"]
    for mode, tokens, text in product(("multi_hot", "one_hot", "count", "binary"), (1, 6), MIXED):
        yield Case(rule(tokens, mode), (shape(text),))


def _bins() -> Iterator[Case]:
    rule = rules()["Discretization"]
    for mode, text in product(("int", "one_hot", "multi_hot", "count"), MIXED):
        yield Case(rule([0.0, 1.0, 2.0], output_mode=mode), (shape(text),))
        yield Case(rule(num_bins=5, output_mode=mode), (shape(text),))
    yield Case(rule(), (shape("2 3"),))


def _waves() -> Iterator[Case]:
    rule = rules()["STFTSpectrogram"]
    modes = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
    for mode, expand, layout, text in product(modes, (False, True), (None, "channels_first"), ("2 40 3", "? 40 3")):
        yield Case(rule(mode, 8, expand_dims=expand, data_format=layout), (shape(text),))
    lengths = ((8, 3, None), (8, 8, 16), (7, None, 20), (8, 9, None), (8, None, 4), (1, None, None), (1, 1, 4))
    for (frame, step, fft), padding, text in product(lengths, ("valid", "same"), ("2 40 1", "2 9 2", "2 5 1", "? ? 2")):
        yield Case(rule("psd", frame, step, fft, padding=padding), (shape(text),))
    yield Case(rule(), (shape("1 600 1"),))


def _pitches() -> Iterator[Case]:
    rule = rules()["MelSpectrogram"]
    for fft, stride, length, bins in ((16, 4, None, 5), (16, 5, 8, 3), (32, 7, 32, 6), (8, 3, 16, 4), (15, 4, None, 3)):
        for text in ("40", "2 40", "2 39", "2 34", "? 40", "? ?", "2 3 40", "2 12"):
            yield Case(rule(fft, stride, length, num_mel_bins=bins), (shape(text),))
    yield Case(rule(), (shape("1 3000"),))


def _pipelines() -> Iterator[Case]:
    known, rule = rules(), rules()["Pipeline"]
    dense, flip, rescaling = known["Dense"], known["RandomFlip"], known["Rescaling"]
    chains: list[tuple[list[OptionValue], tuple[str, ...]]] = [
        ([flip(), rescaling(0.5)], ("2 8 9 3", "? ? ? 3", "2 4")),
        ([known["Resizing"](4, 5), flip("horizontal", name="a")], ("2 8 9 3", "? ? ? 3")),
        ([dense("d_y"), dense(3), known["BatchNormalization"]()], ("2 d_x", "? d_x", "2 3 d_x")),
        ([known["Flatten"](), dense(3)], ("2 3 4", "? 3 4")),
        ([known["Normalization"](), known["LSTM"](3, return_state=True)], ("2 3 4",)),
        ([known["TimeDistributed"](dense(3)), rule([dense(2)])], ("2 3 4",)),
        ([dense(3, trainable=False), dense(3)], ("2 4",)),
    ]
    for layers, texts in chains:
        for text in texts:
            yield Case(rule(layers), (shape(text),))


CASES = {
    "Normalization": _normalization,
    "Rescaling": _rescaling,
    "CategoryEncoding": _categories,
    "Discretization": _bins,
    "STFTSpectrogram": _waves,
    "MelSpectrogram": _pitches,
    "Pipeline": _pipelines,
}
