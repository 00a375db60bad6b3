"""The number of operations of each class is compared with something: a program, or a number worked out by hand."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
import test_cost_operations_keras as against_keras
from reference_cells import STEPS

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost.operations import torch_layers
from paramcalc.analysis.cost.operations.counting import TABLES, count

ROWS, IMAGE = (2, 5), (2, 6, 6, 3)
SEQUENCE = (2, 3, 5)
N = 2 * 6 * 6 * 3

# A layer, its inputs, the number by hand, and whether it is of training.
BY_HAND: list[tuple[Any, Any, int, bool]] = [
    (pc.Normalization(), [SEQUENCE], 2 * 30 + 2 * 5, False),  # x − mean, the quotient; √ and max with ε of each feature
    (pc.CategoryEncoding(9, "count"), [(4, 3)], 12, False),
    (pc.Discretization(num_bins=9), [(4, 3)], 12 * 4, False),  # four comparisons tell nine bins from one another
    (pc.IntegerLookup(max_tokens=9, output_mode="count"), [(4, 3)], 12, False),
    (pc.Resizing(6, 6), [(4, 3, 3, 2)], 9 * 4 * 6 * 6 * 2, False),  # three times a·p + b·q
    (pc.AutoContrast((0, 255)), [IMAGE], 2 * (N - 6) + 2 * 6 + 2 * 6 + 5 * N, False),
    (pc.RandomFlip(), [IMAGE], 0, False),
    (pc.Activation("relu"), [ROWS], 10, False),
    (pc.PReLU(), [ROWS], 2 * 10, False),  # x > 0, a x
    (pc.ThresholdedReLU(), [ROWS], 10, False),
    (pc.LayerScale(0.1, 5), [ROWS], 10, False),
    (pc.CustomScaleLayer(0.5), [ROWS, ROWS], 2 * 10, False),
    (pc.Embedding(9, 4, mask_zero=True), [(2, 7)], 14, False),  # every token is compared with 0
    (pc.ReversibleEmbedding(9, 4, mask_zero=True), [(2, 7)], 14, False),
    # a mean and a difference, the squares and their mean, ε and a root, the product; γ and β
    (pc.LayerNormalization(), [(4, 8)], 4 * (8 + 8 + 8 + 8 + 2 + 8 + 8 + 8), False),
    (pc.GroupNormalization(2), [(4, 8)], 8 * (4 + 4 + 4 + 4 + 2 + 4 + 4 + 4), False),
    (pc.AdaptiveMaxPooling1D(2), [(2, 6, 5)], 2 * 2 * 5 * 2, False),  # the largest of three
    (pc.AdaptiveAveragePooling1D(2), [(2, 6, 5)], 2 * 2 * 5 * 3, False),
    (pc.SpatialDropout1D(0.5), [SEQUENCE], 2 * 2 * 5 + 30, True),  # of each channel a random number and a comparison
    (pc.AlphaDropout(0.5), [ROWS], 4 * 10, True),
    (pc.GaussianDropout(0.5), [ROWS], 4 * 10, True),
    (pc.GaussianNoise(0.5), [ROWS], 3 * 10, True),
    (pc.ActivityRegularization(0.1, 0.1), [ROWS], 2 * (10 + 9 + 1) + 1, True),  # |x|, their sum and a factor; so x²
    # a plain cell: a sum of two products, a bias, tanh
    (pc.RNN(pc.SimpleRNNCell(4)), [SEQUENCE], 3 * (2 * 4) * 3, False),
    (pc.StackedRNNCells([pc.SimpleRNNCell(4), pc.SimpleRNNCell(4)]), [ROWS], 2 * 3 * (2 * 4), False),
    (pc.Bidirectional(pc.SimpleRNN(4)), [SEQUENCE], 2 * 3 * (2 * 4) * 3, False),
    (pc.TimeDistributed(pc.Dense(4)), [SEQUENCE], 2 * 3 * 4, False),
    (pc.Pipeline([pc.Rescaling(2.0), pc.ReLU()]), [ROWS], (2 + 1) * 10, False),
    (pc.SpectralNormalization(pc.Dense(4)), [ROWS], 2 * 4, False),
    (pc.CuDNNLSTM(4), [SEQUENCE], (17 + 4) * (2 * 4) * 3, False),  # a second bias of each gate
    (nn.Linear(5, 4), [ROWS], 2 * 4, False),
    (nn.Softmin(1), [(6, 4)], (5 * 24 - 2 * 6) + 24, False),
    (nn.Softmax(1), [(6, 4)], 5 * 24 - 2 * 6, False),
    (nn.Softmax2d(), [(2, 4, 3, 1)], 5 * 24 - 2 * 6, False),
    (nn.LocalResponseNorm(3), [(2, 6, 4)], 48 * (1 + 3 + 1 + 1 + 1 + 1), False),  # x², their mean, α, k, β, a quotient
    (nn.MaxPool2d(2), [(2, 3, 6, 6)], 3 * 2 * 3 * 3 * 3, False),
    (nn.FractionalMaxPool2d(2, 3), [(2, 3, 6, 6)], 3 * 2 * 3 * 3 * 3, False),
    (nn.AdaptiveMaxPool1d(2), [(2, 5, 6)], 2 * 2 * 5 * 2, False),
    (nn.Fold((4, 4), 2), [(2, 12, 9)], 2 * 12 * 9, False),  # every number is added where it belongs
]  # fmt: skip

# Classes that are compared in a test of their own, and where.
ELSEWHERE = {
    "test_cost_operations_torch.py": """GroupNorm InstanceNorm2d BatchNorm2d LPPool2d Upsample CosineSimilarity
        PairwiseDistance GLU EmbeddingBag Embedding Dropout AlphaDropout RReLU Dropout2d MultiheadAttention
        TransformerEncoderLayer TransformerEncoder Transformer""",
    "test_cost_operations_programs.py": "GELU LSTM LayerNorm RMSNorm LogSoftmax AvgPool2d AdaptiveAvgPool2d",
    # a definition for each element, in test_a_function_takes_what_its_program_takes
    "test_cost_operations_programs.py, FUNCTIONS": " ".join(torch_layers.FUNCTIONS),
}


@pytest.mark.parametrize(("layer", "shapes", "number", "training"), BY_HAND, ids=lambda one: getattr(one, "type", ""))
def test_a_number_by_hand(layer: Any, shapes: Any, number: int, training: bool) -> None:
    assert count(layer, shapes, layer.on(*shapes), training) == number


@pytest.mark.whole
@pytest.mark.parametrize("framework", TABLES)
def test_every_entry_is_compared(framework: str) -> None:
    """Of classes with one entry, such as a layer in one, two and three dimensions, one is enough."""
    compared = {
        "keras": {name for name, *_ in [*against_keras.EQUAL, *against_keras.MORE]},
        "torch": {name for names in ELSEWHERE.values() for name in names.split()},
        "paper": {*STEPS, *(name.removesuffix("Cell") for name in STEPS)},
    }
    for layer, *_ in BY_HAND:
        compared.setdefault(layer.framework, set()).add(layer.type)
    tables = {one: import_module(module).TABLE for one, module in TABLES.items()}
    entries = {tables[one][name] for one, names in compared.items() for name in names}
    missing = sorted(name for name, entry in tables[framework].items() if entry not in entries)
    assert not missing, (
        f"{TABLES[framework]}.TABLE has numbers that nothing is compared with: {', '.join(missing)}; "
        "add a line to EQUAL or MORE in test_cost_operations_keras.py, or to BY_HAND here"
    )
