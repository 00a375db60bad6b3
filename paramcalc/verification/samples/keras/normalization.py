"""What is tried of normalization, and of the wrapper that normalizes a kernel."""

from __future__ import annotations

from collections.abc import Iterator

from ....core.registry import rules
from ....untyped import OptionValue
from ...cases import Case, every, shape

SETTINGS: dict[str, tuple[OptionValue, ...]] = {
    **dict.fromkeys(
        ("LayerNormalization.axis", "RMSNormalization.axis"),
        (-1, 1, (2, 1), (-1, 1), [-2, -1], (1, 1), (3, 1), 4),
    ),
    "UnitNormalization.axis": (-1, 1, (1, 2), (2, 1), [-2, -1], 4, -5),
}


def _groups() -> Iterator[Case]:
    rule = rules()["GroupNormalization"]
    for groups in (1, 2, -1):
        yield from every(rule, groups=[groups], axis=[-1])
    texts = ("2 4", "2 3 4", "? 3 4", "? ? 4", "2 6 5 4", "? 5 ? 6", "? ?", "? 4 ?", "2 3 5 4 6")
    for groups in (1, 2, 3, 4, 32, -1):
        for axis in (-1, 1, -2, 2, 0, 7):
            for text in texts:
                yield Case(rule(groups, axis), (shape(text),))


def _spectral() -> Iterator[Case]:
    rule, known = rules()["SpectralNormalization"], rules()
    inner: list[tuple[OptionValue, tuple[str, ...]]] = [
        (known["Dense"]("d_y"), ("2 d_x", "? d_x", "2 3 d_x", "? ? d_x")),
        (known["Dense"]("d_y", use_bias=False, name="a"), ("2 d_x",)),
        (known["Dense"](3, trainable=False), ("2 d_x",)),
        (known["EinsumDense"]("abc,cde->abde", (None, "d_y", 3)), ("2 3 d_x",)),
        (known["Conv2D"]("F", 3, padding="same"), ("2 5 6 C", "? ? 6 C")),
        (known["Conv1D"]("F", 2), ("2 5 C", "2 1 C")),
        (known["Embedding"]("V", "d_e"), ("2 3", "? ?")),
        (known["LSTM"](3), ("2 3 4",)),
        (known["Dropout"](0.5), ("2 3 4",)),
        (known["BatchNormalization"](), ("2 3 4",)),
        (known["TimeDistributed"](known["Dense"](3)), ("2 3 4",)),
        (rule(known["Dense"](3)), ("2 4",)),
    ]
    for layer, texts in inner:
        for iterations in (1, 2):
            for text in texts:
                yield Case(rule(layer, iterations), (shape(text),))


def _layers() -> Iterator[Case]:
    rule = rules()["LayerNormalization"]
    yield from every(rule, rms_scaling=[False], center=[True])
    yield from every(rule, rms_scaling=[False, True], axis=[-1, (1, 2)])


CASES = {"LayerNormalization": _layers, "GroupNormalization": _groups, "SpectralNormalization": _spectral}
