"""What PyTorch's recurrent layers keep of packed sequences equals what autograd saves of them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from tiers import sampled

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost import cost

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


def saved(run: Callable[[], list[Any]], weights: list[Any]) -> int:
    """Bytes of the tensors that autograd saves, those of the weights and of the data that it returns aside."""
    memories: dict[int, int] = {}
    held: list[Any] = []

    def save(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        memories[storage.data_ptr()] = storage.nbytes()
        held.append(tensor)
        return tensor

    with (
        torch.backends.mkldnn.flags(enabled=False),
        torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor),
    ):
        data = run()
    there = {one.untyped_storage().data_ptr() for one in [*weights, *data]}
    return sum(size for place, size in memories.items() if place not in there)


@pytest.mark.filterwarnings("ignore:TF32 acceleration")
@pytest.mark.parametrize("seed", sampled(range(120), 6))
def test_a_model_keeps_what_autograd_saves(seed: int) -> None:
    draw = Random(seed)
    kind = draw.choice(["LSTM", "GRU", "RNN"])
    lengths = sorted((draw.randint(1, 6) for _ in range(draw.randint(1, 5))), reverse=True)
    layers = draw.randint(1, 3)
    options: dict[str, Any] = {"batch_first": True, "bidirectional": draw.random() < 0.5}
    if layers > 1:
        options["dropout"] = draw.choice([0, 0.3])
    if kind == "LSTM" and draw.random() < 0.3:
        options["proj_size"] = 3
    width = options.get("proj_size", 5) * (1 + options["bidirectional"])
    behind = draw.random() < 0.5  # another layer
    theirs = getattr(torch.nn, kind)(4, 5, layers, **options)
    before, after = torch.nn.Linear(4, 4), torch.nn.Linear(width, 2)
    for one in theirs.parameters():
        one.requires_grad = draw.random() < 0.9
    x = torch.randn(len(lengths), max(lengths), 4)

    def run() -> list[Any]:
        packed = torch.nn.utils.rnn.pack_padded_sequence(before(x) if behind else x, lengths, batch_first=True)
        out, _ = torch.nn.utils.rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)
        after(out)
        return [x] if behind else [x, packed.data]

    read = pc.Input(shape=(max(lengths), 4), batch_size=len(lengths))
    hidden = getattr(nn, kind)(4, 5, layers, **options)(nn.Linear(4, 4)(read) if behind else read)[0]
    model = pc.Model(read, nn.Linear(width, 2)(hidden))
    name = next(one.name for one in cost(model).layers if one.type == kind)
    frozen = [f"{name}/{path}" for path, one in theirs.named_parameters() if not one.requires_grad]
    found = cost(model, lengths=lengths, frozen=frozen)
    assert found.memory.activations == saved(run, [*before.parameters(), *after.parameters(), *theirs.parameters()])
    least = cost(model, lengths=lengths, frozen=frozen, activations="minimum").memory.activations
    assert isinstance(least, int)
    assert least <= found.memory.activations


def test_the_page_of_the_example() -> None:
    x = pc.Input(shape=(7, 16), batch_size=3)
    found = cost(pc.Model(x, nn.LSTM(16, 32, batch_first=True)(x)[0]), lengths=(7, 3, 1))
    # gates and tanh of cells of 11 steps, cell and hidden states that are handed on, and the initial ones
    assert found.memory.activations == 4 * (5 * 11 * 32 + 2 * 10 * 32 + 2 * 3 * 32)


def test_sequences_of_one_length_keep_what_unpacked_ones_do() -> None:
    x = pc.Input(shape=(5, 3), batch_size=5)  # five steps of five sequences
    for kind in (nn.LSTM, nn.GRU, nn.RNN):
        model = pc.Model(x, kind(3, 6, 2, bidirectional=True)(x)[0])
        assert cost(model, lengths=(5,) * 5).memory.activations == cost(model).memory.activations
