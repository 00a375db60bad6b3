"""What is tried of lookups and hashes; Keras has them only where TensorFlow is installed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

from ....core.registry import rules
from ....untyped import OptionValue
from ...cases import Case, shape

TEXTS = ("4", "2 1", "? 1", "2 3", "? 3", "? ?", "2 3 4", "?")
MODES = ("int", "one_hot", "multi_hot", "count")


def _hashing() -> Iterator[Case]:
    for mode, text in product(MODES, TEXTS):
        if (mode, text) != ("one_hot", "? ?"):  # Keras would announce that the last size is 1
            yield Case(rules()["Hashing"](5, output_mode=mode), (shape(text),))
    yield Case(rules()["Hashing"](5, sparse=True), (shape("2 3"),))
    yield Case(rules()["Hashing"](5, salt=[3, 4]), (shape("2 3"),))


def _crossing() -> Iterator[Case]:
    pairs = (("4", "4"), ("2 1", "2 1"), ("? 1", "? 1"), ("2 3", "2 3"), ("4",), ("4", "5"), ("4", "4 1"), ("?", "?"))
    for mode, texts in product(("int", "one_hot"), pairs):
        yield Case(rules()["HashedCrossing"](5, mode), tuple(shape(text) for text in texts))


def _lookup(name: str, tokens: list[OptionValue], mask: OptionValue, oov: OptionValue) -> Iterator[Case]:
    rule = rules()[name]
    for mode, text in product(MODES, TEXTS):
        yield Case(rule(vocabulary=tokens, output_mode=mode), (shape(text),))
    told: tuple[dict[str, OptionValue], ...] = (
        {"num_oov_indices": 0}, {"num_oov_indices": 2}, {"mask_token": mask}, {"mask_token": tokens[0]},
        {"vocabulary": [oov, *tokens]}, {"vocabulary": [*tokens, oov]}, {"vocabulary": [mask, oov, *tokens]},
        {"vocabulary": [mask, oov, *tokens], "mask_token": mask}, {"vocabulary": [*tokens, tokens[0]]},
        {"vocabulary": []}, {"max_tokens": 9}, {"max_tokens": 2}, {"max_tokens": 1}, {"pad_to_max_tokens": True},
        {"max_tokens": 9, "pad_to_max_tokens": True}, {"invert": True}, {"sparse": True},
        {"idf_weights": [0.5] * len(tokens)},
    )  # fmt: skip
    for options, mode in product(told, ("int", "count")):
        if not (options.get("sparse") and mode == "count"):  # which depends on the backend
            layer = rule(**{"vocabulary": tokens, "output_mode": mode, **options})
            yield Case(layer, (shape("2 3"),))
            yield Case(layer, (shape("? 3"),))
    for weights in (None, [0.5] * len(tokens), [0.5]):
        yield Case(rule(vocabulary=tokens, output_mode="tf_idf", idf_weights=weights), (shape("2 3"),))
    yield Case(rule(output_mode="count"), (shape("? 3"),))
    yield Case(rule(), (shape("? 3"),))


def _texts() -> Iterator[Case]:
    rule, tokens = rules()["TextVectorization"], ["a", "b"]
    told: tuple[dict[str, OptionValue], ...] = (
        {}, {"output_sequence_length": 4}, {"output_mode": "count"}, {"output_mode": "multi_hot"}, {"split": None},
        {"split": None, "output_mode": "count"}, {"split": None, "output_mode": "one_hot"}, {"ngrams": 2},
        {"max_tokens": 10, "pad_to_max_tokens": True, "output_mode": "count"}, {"split": "character"},
        {"output_mode": "count", "output_sequence_length": 4}, {"output_mode": "one_hot"}, {"max_tokens": 2},
        {"split": None, "output_sequence_length": 4},
    )  # fmt: skip
    for options, text in product(told, ("2", "?", "2 1", "? 1", "2 3", "? 3")):
        if not (options.get("output_sequence_length") and "split" in options and len(text) == 1):
            yield Case(rule(vocabulary=tokens, **options), (shape(text),))


CASES = {
    "Hashing": _hashing,
    "HashedCrossing": _crossing,
    "IntegerLookup": partial(_lookup, "IntegerLookup", [5, 6, 7], 0, -1),
    "StringLookup": partial(_lookup, "StringLookup", ["a", "b", "c"], "", "[UNK]"),
    "TextVectorization": _texts,
}
