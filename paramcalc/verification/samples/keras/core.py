"""Samples for dense layers and embeddings: all options for the storage of their weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from ....core.registry import rules
from ....untyped import OptionValue
from ...adapters.keras.framework import keras
from ...cases import Case, every, shape

SETTINGS: dict[str, tuple[OptionValue, ...]] = {
    "lora_alpha": (),
    "quantization_config": (),
    "dtype": (),
    "kernel_constraint": (),
    "embeddings_constraint": (),
    "weights": (),
    "logit_soft_cap": (30.0,),
}

INPUTS = {"ReversibleEmbedding": (("2 3",), ("? ?",), ("2 d_e",), ("2 3 d_e",), ("? ? d_e",), ("? 2 3 d_e",))}

KEPT = (
    "int8_from_float32", "int8_from_mixed_bfloat16", "int4_from_float32", "int4/-1_from_float32", "int4/2_from_float32",
    "int4/128_from_float32", "float8_from_float32", "gptq/4/2_from_float32", "gptq/8/-1_from_float32",
    "gptq/3/128_from_float32", "awq/4/2_from_float32", "awq/4/-1_from_float32", "mixed_bfloat16", "float16",
)  # fmt: skip
POLICIES = (
    {"class_name": "QuantizedFloat8DTypePolicy", "config": {"mode": "float8", "amax_history_length": 16}},
    {"class_name": "QuantizedDTypePolicy", "config": {"mode": "float8", "source_name": "float32"}},
    {"class_name": "DTypePolicy", "config": {"name": "float32"}},
)
CONFIGS = (
    ("int8_from_float32", {"class_name": "Int8QuantizationConfig", "config": {}}),
    ("int4_from_float32", {"class_name": "Int4QuantizationConfig", "config": {"block_size": 3}}),
    ("int4/2_from_float32", {"class_name": "Int4QuantizationConfig", "config": {"block_size": -1}}),
    ("int4/2_from_float32", {"class_name": "Int4QuantizationConfig", "config": {}}),
    ("int4/2_from_float32", {"class_name": "Int8QuantizationConfig", "config": {}}),
    ("gptq/4/2_from_float32", {"class_name": "GPTQConfig", "config": {"weight_bits": 8, "group_size": 3}}),
    ("awq/4/2_from_float32", {"class_name": "AWQConfig", "config": {"group_size": 3}}),
    (None, {"class_name": "Int4QuantizationConfig", "config": {"block_size": 3}}),
)


def _kept(
    name: str, constraint: str, texts: Iterable[str], *sizes: OptionValue, **options: OptionValue
) -> Iterator[Case]:
    rule = rules()[name]
    shapes = [(shape(text),) for text in texts]
    thrown = [dict.fromkeys(rule.call[:count], True) for count in range(len(rule.call) + 1)]
    ways: list[dict[str, OptionValue]] = [
        {"dtype": dtype, "lora_rank": rank} for dtype, rank in product((*KEPT, *POLICIES), (None, "r"))
    ]
    ways += [{"dtype": dtype, "quantization_config": _whole(config)} for dtype, config in CONFIGS]
    ways += [{"lora_rank": 2, "lora_alpha": 0.5}, {constraint: "non_neg"}, {"lora_rank": 2, constraint: "non_neg"}]
    for way, inputs, call in product(ways, shapes, thrown):
        yield Case(rule(*sizes, **options, **way), inputs, call)


def _whole(config: dict[str, OptionValue]) -> dict[str, OptionValue]:
    # these two cannot be made without what they were calibrated on
    needed = {"dataset": None, "tokenizer": None} if config["class_name"] in ("GPTQConfig", "AWQConfig") else {}
    return {**config, "config": {**needed, **config["config"]}}


def _dense() -> Iterator[Case]:
    yield from every(rules()["Dense"])
    yield from _kept("Dense", "kernel_constraint", ("2 3 d_x",), "d_y")


def _embedding() -> Iterator[Case]:
    rule = rules()["Embedding"]
    yield from every(rule)
    yield from _kept("Embedding", "embeddings_constraint", ("2 3",), "V", "d_e")
    zeros = keras().ops.zeros
    drawn = (zeros((4, 3)), [zeros((4, 3))], zeros((3, 4)), zeros((4,)))
    told: tuple[dict[str, OptionValue], ...] = ({}, {"dtype": "int8_from_float32"}, {"lora_rank": 2})
    for values, options in product(drawn, told):
        yield Case(rule(4, 3, weights=values, **options), (shape("2 5"),))


def _reversible() -> Iterator[Case]:
    rule = rules()["ReversibleEmbedding"]
    yield from every(rule, lora_rank=[None], logit_soft_cap=[None])
    yield from every(rule, lora_rank=[None], tie_weights=[True], logit_soft_cap=[30.0])
    for tied in (True, False):
        yield from _kept("ReversibleEmbedding", "embeddings_constraint", ("2 d_e",), "V", "d_e", tie_weights=tied)
    yield Case(rule(4, 3), (shape("2 5"),), {"reverse": True})


EQUATIONS: tuple[tuple[str, OptionValue, tuple[str | None, ...], tuple[str, ...]], ...] = (
    ("ab,bc->ac", ("d_y",), (None, "c"), ("2 d_x", "? d_x", "2 3 d_x")),
    ("abc,cd->abd", (None, "d_y"), (None, "d", "b", "bd"), ("2 3 d_x", "? ? d_x", "2 d_x")),
    ("abc,cd->abd", (3, "d_y"), (None, "db"), ("2 3 d_x", "2 4 d_x", "? 3 d_x")),
    ("...x,xy->...y", ("d_y",), (None, "y"), ("2 d_x", "2 3 d_x", "? ? 5 d_x")),
    ("...x,yx->...y", ("d_y",), ("y",), ("2 3 d_x",)),
    ("...bc,cd->...bd", (3, "d_y"), ("d", "b"), ("2 3 d_x", "2 5 3 d_x")),
    ("abc...,bd->adc...", (None, None), (None,), ("2 d_x 3",)),
    ("abc...,bd->adc...", ("d_y", None), (None, "d", "dc"), ("2 d_x 3", "2 d_x 3 4", "? d_x 3 ?")),
    ("ab...,bc->ac...", ("d_y",), ("c",), ("2 d_x", "2 d_x 5")),
    ("abc,cde->abde", (None, "d_y", "d_y"), ("de", "e"), ("2 3 d_x", "? ? d_x")),
    ("abcd,cde->abe", (None, "d_y"), ("e",), ("2 3 4 d_x", "? ? 4 d_x")),
    ("abc,cde->abed", (None, "d_y", 5), ("d",), ("2 3 d_x",)),
    ("abc,bcd->abd", (None, "d_y"), ("bd",), ("2 3 d_x", "? 3 d_x")),
    ("abc,abd->abcd", (None, None, 3), (None,), ("2 3 4",)),
    ("abc,bd->ad", ("d_y",), ("d",), ("2 d_x 4",)),
    ("abc,c->abc", (None, None), ("c",), ("2 3 d_x",)),
    ("abc,cb->a", (), (None,), ("2 3 d_x",)),
    ("abcd,dbe->abce", (None, None, "d_y"), ("be",), ("2 3 4 d_x",)),
    ("abc,cdef->abdef", (None, 2, 3, 4), ("def",), ("2 3 5",)),
)  # fmt: skip
BARE = tuple(f"{mode}_from_float32" for mode in ("int8", "int4", "int4/2", "gptq/4/2", "awq/4/2"))


def _einsum() -> Iterator[Case]:
    rule = rules()["EinsumDense"]
    for equation, sizes, axes, texts in EQUATIONS:
        for bias, text, thin in product(axes, texts, (None, "r")):
            yield Case(rule(equation, sizes, bias_axes=bias, lora_rank=thin), (shape(text),))
        known = [4 if size == "d_y" else size for size in sizes]
        for dtype, rank in product(BARE, (None, 3)):
            yield Case(rule(equation, known, bias_axes=axes[0], dtype=dtype, lora_rank=rank), (shape(texts[0]),))
    whole: tuple[tuple[str, OptionValue, str], ...] = (
        ("ab,bc->ac", (4,), "2 d_x"), ("abc,cde->abde", (None, 2, 3), "2 3 d_x"), ("...x,xy->...y", 3, "2 3 d_x"),
    )  # fmt: skip
    for equation, sizes, text in whole:
        yield from _kept("EinsumDense", "kernel_constraint", (text,), equation, sizes, bias_axes=equation[-1])
    yield Case(rule("abc,cde->abde", (None, 7, 2), dtype="gptq/4/2_from_float32"), (shape("2 3 5"),))
    yield Case(rule("ab,bc->ac", "d_y", gptq_unpacked_column_size=3), (shape("2 d_x"),))


CASES = {"Dense": _dense, "EinsumDense": _einsum, "Embedding": _embedding, "ReversibleEmbedding": _reversible}
