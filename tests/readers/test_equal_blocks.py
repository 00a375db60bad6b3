"""Equal blocks of a model of Hugging Face are made once, and come to the same as those that are made one by one."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hf_configs import DRAWN
from tiers import quick

from paramcalc.formats.huggingface import build
from paramcalc.formats.huggingface.config import described
from paramcalc.formats.huggingface.names import parameters
from paramcalc.formats.huggingface.table import Block, read
from paramcalc.formats.huggingface.values import Known, Values


def config_of(kind: str, blocks: int) -> dict[str, Any]:
    """Sizes drawn for a type of model, and so many blocks."""
    config = {"model_type": kind, **DRAWN[kind](Random(kind))}
    return config | {key: blocks for key in config if key in ("num_hidden_layers", "n_layer", "num_layers", "n_layers")}


def shown(config: dict[str, Any]) -> list[str]:
    """What a configuration comes to, in every form that names its layers."""
    found = described(config)
    model = found.model
    cost = model.cost(batch=2, optimizer="adam").render("json")
    names = [f"{name} {shape}" for name, shape in parameters(found).items()]
    return [model.render("json"), model.render("text", weights=True), cost, *names]


@pytest.mark.parametrize("kind", quick(DRAWN, 12))
def test_blocks_are_those_that_are_made_one_by_one(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of(kind, 12 if kind == "albert" else 5)
    once = shown(config)
    monkeypatch.setattr(build, "fits", lambda steps, at: False)
    assert shown(config) == once


@pytest.mark.parametrize(
    ("kind", "more", "different"),
    [
        ("llama", {}, 1),
        ("deepseek_v3", {"first_k_dense_replace": 3}, 2),
        ("qwen2_moe", {"decoder_sparse_step": 4, "mlp_only_layers": [7]}, 2),
        ("t5", {"num_decoder_layers": 24}, 4),  # the first blocks of both stacks have the biases
    ],
)
def test_equal_blocks_are_made_once(
    kind: str, more: dict[str, Any], different: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {**config_of(kind, 24), **more}
    made = []
    original = build.Maker._block

    def noted(maker: build.Maker, block: Block, at: int) -> Any:
        made.append(at)
        return original(maker, block, at)

    monkeypatch.setattr(build.Maker, "_block", noted)
    described(config)
    assert len(made) == 2 * different  # for the numbers and for the formula


NESTED = """
block Inner(x):
    if wide:
        a = Linear(d, d)(x)
    else:
        a = Linear(d, d, odd)(x)
    if i == last:
        b = Linear(d, d)(a)

block Outer(x):
    wide = i == 1
    odd = i % 2 == 1
    last = i
    inner = Stack(3, Inner)(x)

block Whole():
    x = Input(T, d)
    blocks = Stack(5, Outer)(x)
"""


def test_a_block_may_depend_on_the_number_of_the_block_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = read(NESTED).blocks

    def made() -> str:
        model, _ = build.whole(blocks["Whole"], blocks, Values({"d": Known(4, 4)}), str, "nested")
        return model.render("json")

    once = made()
    monkeypatch.setattr(build, "fits", lambda steps, at: False)
    assert made() == once
    layers = json.loads(once)["layers"][0]["layers"]
    assert [one["params"] for one in layers] == [3 * 16 + 20, 3 * 20 + 20, 3 * 16 + 20, 3 * 20, 3 * 16]
