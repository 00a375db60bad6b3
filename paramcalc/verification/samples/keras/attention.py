"""What is tried of attention: inputs that fit and do not, with and without a key of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from ....core.registry import rules
from ....untyped import OptionValue
from ...cases import Case, shape
from .core import KEPT, POLICIES

SETTINGS: dict[str, tuple[OptionValue, ...]] = {
    "dropout": (0.0, 0.5),
    "sliding_window": (2,),
    "flash_attention": (False,),
    "attention_axes": (),
    "output_shape": (),
}

LISTED = (
    ("2 3 4", "2 5 4"), ("2 3 4", "2 5 6", "2 5 4"), ("? ? 4", "? ? 4"), ("? 3 d_q", "? 5 d_q"), ("2 3 d_q", "2 5 d_q"),
    ("2 3 4", "2 5 6"), ("2 3 4", "2 5 4", "2 6 4"), ("2 3 4", "3 5 4"), ("2 3 4",), ("2 4", "2 4"), ("2 4", "3 4"),
    ("2 7 3 4", "2 7 5 4"), ("2 1 3 4", "2 7 5 4"), ("2 7 3 4", "2 6 5 4"), ("2 3 1", "2 5 4"), ("2 3 4", "2 5 1"),
    ("2 3 4", "1 5 4"), ("1 3 4", "2 5 4"), ("? ? ?", "? ? ?"), ("2 3 4", "2 5 4", "2 5 4", "2 5 4"),
    ("2 3 4", "2 ? 4"), ("? ? d_q", "? ? 6", "? ? d_q"),
)  # fmt: skip
INPUTS = {
    "Attention": LISTED,
    "AdditiveAttention": LISTED,
}
SEQUENCES = (
    ("2 3 d_Q", "2 5 d_V"), ("? ? d_Q", "? ? d_V"), ("2 3 d_Q", "2 5 d_V", "2 5 d_K"),
    ("? ? d_Q", "? ? d_V", "? ? d_K"),
)  # fmt: skip
BUILT = (("? 3 4", "? 5 4"), ("? ? 4", "? ? 4", "? ? 5"))  # in few bits Keras builds attention and cannot run it
MISFITS = (
    ("2 3 4",), ("2 3 4", "2 5 4", "2 6 4"), ("2 3 4", "3 5 4"), ("2 3 4", "2 3 5 4"), ("2 3 3 4", "2 5 4"),
    ("2 4", "2 4"), ("? 3 4", "? ? 4", "? 5 4"), ("? 3 4", "? 5 4", "? ? 4"), ("2 3 4", "2 5 6", "2 5 4"),
    ("2 3 4", "2 5 4", "2 5 6"), ("2 3 4", "1 5 4"), ("2 3 4", "? 5 4"), ("? ? ?", "? ? 4"), ("2 3 3 4", "2 3 3 4"),
)  # fmt: skip


def _shapes(texts: Sequence[str]) -> tuple[OptionValue, ...]:
    return tuple(shape(text) for text in texts)


def _multi_head() -> Iterator[Case]:
    rule = rules()["MultiHeadAttention"]
    scores: tuple[dict[str, bool], ...] = ({}, {"return_attention_scores": True})
    for wide, bias, gate in ((None, True, True), ("d_v", True, False), ("d_v", False, True)):
        layer = rule("H", "d_k", wide, dropout=0.5 if wide else 0.0, use_bias=bias, use_gate=gate)
        yield Case(layer, _shapes(SEQUENCES[0]))
    for value_dim, out, call in product((None, 5), (None, 7, (3, 2)), scores):
        for bias, gate, at in ((True, True, 0), (True, False, 3), (False, True, 1), (False, False, 2)):
            layer = rule(2, 3, value_dim, use_bias=bias, use_gate=gate, output_shape=out)
            known = [text.replace("d_Q", "4").replace("d_V", "6").replace("d_K", "5") for text in SEQUENCES[at]]
            yield Case(layer, _shapes(known), call)
    for settings in product((0.0, 0.5), (None, 2), (None, False), scores):
        dropout, window, flash, call = settings
        layer = rule(2, 3, dropout=dropout, sliding_window=window, flash_attention=flash)
        yield Case(layer, _shapes(("2 4 d_Q", "2 5 6")), call)
        yield Case(layer, _shapes(("? ? d_Q", "? ? 6")), call)
    for texts, call in product(MISFITS, scores):
        yield Case(rule(2, 3), _shapes(texts), call)
    high = (("2 3 4 d_Q", "2 3 4 d_V"), ("2 3 4 d_Q", "2 3 7 d_V"), ("2 3 4 d_Q", "2 5 4 d_V"), ("? 3 ? 5", "? 3 ? 6"),
            ("2 3 4 5 6", "2 3 4 5 6"), ("2 3 4", "2 5 4"), ("2 3 4", "2 3 4"))  # fmt: skip
    axes = (None, 1, -2, -3, (2, 1), [1, 2], 3, -1, 0, 7, (1, 1), (1, 2, 3))
    for (place, texts), over in product(enumerate(high), axes):
        call = scores[place % 2]
        yield Case(rule(2, 3, attention_axes=over), _shapes(texts), call)
    yield Case(rule(2, 3, flash_attention=True, dropout=0.5), _shapes(("2 3 4", "2 5 4")))
    for dtype, out in product((*KEPT, *POLICIES), (None, 7, (3, 2))):
        yield Case(rule(2, 3, 5, output_shape=out, use_gate=not out, dtype=dtype), _shapes(BUILT[-1]))
        yield Case(rule(2, 3, output_shape=out, use_bias=False, dtype=dtype), _shapes(("? 3 4 5", "? 3 4 6")))


def _grouped() -> Iterator[Case]:
    rule = rules()["GroupQueryAttention"]
    texts = (("2 3 d_Q", "2 5 d_Q"), ("? ? d_Q", "? ? d_Q"), ("2 3 d_Q", "2 5 d_Q", "2 5 d_K"))
    for heads, groups in (("2*G", "G"), ("G", "G"), (6, 2), (6, 1), (6, 4)):
        for bias, gate, inputs, scores in product((True, False), (True, False), texts, (True, False)):
            layer = rule("d_h", heads, groups, use_bias=bias, use_gate=gate)
            yield Case(layer, _shapes(inputs), {"return_attention_scores": True} if scores else {})
    for dropout, window, flash, scores in product((0.0, 0.5), (None, 2), (None, False), (True, False)):
        layer = rule("d_h", 4, 2, dropout=dropout, sliding_window=window, flash_attention=flash)
        for inputs in texts[:2]:
            yield Case(layer, _shapes(inputs), {"return_attention_scores": True} if scores else {})
    for inputs in MISFITS:
        yield Case(rule(3, 4, 2), _shapes(inputs))
    yield Case(rule(3, 4, 2, flash_attention=True, dropout=0.5), _shapes(("2 3 4", "2 5 4")))
    for dtype, bias in product((*KEPT, *POLICIES), (True, False)):
        for inputs in BUILT:
            yield Case(rule(3, 4, 2, use_bias=bias, use_gate=bias, dtype=dtype), _shapes(inputs))


CASES = {"MultiHeadAttention": _multi_head, "GroupQueryAttention": _grouped}
