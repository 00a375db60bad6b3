"""Operations that are no products: by hand, what is unknown, and whether every class has an entry."""

from __future__ import annotations

from importlib import import_module
from itertools import islice, product

import numpy as np
import pytest
from counted import Counted, Tally

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost import cost
from paramcalc.analysis.cost.operations import keras_functions
from paramcalc.analysis.cost.operations.call import UnknownOperations
from paramcalc.analysis.cost.operations.counting import TABLES, count, entry
from paramcalc.analysis.cost.operations.functions import ALIASES, DEFINITIONS, of_each
from paramcalc.core.framework import BUILT_IN, frameworks
from paramcalc.core.ignored_options import NAMED
from paramcalc.core.registry import rules
from paramcalc.errors import OptionError, ParamcalcError
from paramcalc.rules.ops.operation import Operation, Slot
from paramcalc.rules.ops.table import operations as every_function
from paramcalc.symbolic import Expr
from paramcalc.verification.cases import cases, configurations


def of(layer, *shapes, batch=None):
    tensors = [pc.Input(shape, batch) for shape in shapes]
    return pc.Model(tensors, layer(tensors if len(tensors) > 1 else tensors[0]))


def figures(layer, *shapes, training=False):
    """Give the multiply-adds and the operations of a layer on shapes, the batch included."""
    built = layer.on(*shapes)
    return built.forward(), count(layer, shapes, built, training)


# By hand ------------------------------------------------------------------------------------------------------------


def test_an_lstm_by_hand():
    # four gates, each a sum of two products and a bias; three sigmoids and two tanh; f c, i g, their sum, o tanh(c)
    step = 4 * (1 + 1) + 3 + 2 + 4
    found = cost(of(pc.LSTM(128), (None, 108)), batch=4, steps=10, ops="all")
    assert found.operations.number == step * 128 * 4 * 10 == 87_040
    assert found.forward_flops == 2 * 4_833_280 + 87_040 == 9_753_600
    # a second bias of each gate in PyTorch
    assert figures(nn.LSTM(108, 128), (10, 4, 108))[1] == (step + 4) * 128 * 4 * 10


def test_grus_by_hand():
    # z, r: a sum, biases, σ; the candidate: a sum, biases, r, tanh; z h + (1 − z) candidate: 4
    assert figures(pc.GRU(8, reset_after=False), (2, 3, 5))[1] == (3 + 3 + 1 + 3 + 4) * 8 * 2 * 3
    assert figures(pc.GRU(8), (2, 3, 5))[1] == (3 + 6 + 1 + 3 + 4) * 8 * 2 * 3
    assert figures(nn.GRU(5, 8), (3, 2, 5))[1] == (3 + 6 + 1 + 3 + 4) * 8 * 2 * 3


def test_layers_by_hand():
    assert figures(pc.Dense(32, activation="relu"), (4, 8))[1] == 4 * 32 * 2
    assert figures(pc.Dense(32, activation="softmax"), (4, 8))[1] == 4 * 32 + 4 * (31 + 32 + 32 + 31 + 32)
    assert figures(pc.Dense(32, use_bias=False), (4, 8))[1] == 0
    assert figures(pc.Dropout(0.5), (4, 8)) == (0, 0)
    assert figures(pc.Dropout(0.5), (4, 8), training=True)[1] == 3 * 32
    assert figures(pc.Rescaling(1 / 255), (4, 8))[1] == 64
    assert figures(pc.Flatten(), (4, 3, 2))[1] == 0


def test_embeddings_read_rows():
    model = of(pc.Embedding(1000, 16), (None,))
    found = cost(model, batch=2, steps=7, ops="all")
    assert found.operations.lookup_bytes == 2 * 7 * 16 * 4
    assert found.operations.number == found.forward_flops == 0
    assert cost(model, batch=2, steps=7, ops="all", dtype="bfloat16").operations.lookup_bytes == 2 * 7 * 16 * 2
    assert cost(of(pc.Embedding(9, 4, mask_zero=True), (None,)), batch=2, steps=7, ops="all").operations.number == 14


def test_a_shared_layer_counts_once_a_call():
    dense = pc.Dense(8, activation="tanh")
    x = pc.Input((8,), 2)
    found = cost(pc.Model(x, dense(dense(dense(x)))), ops="all")
    (one,) = found.layers
    assert one.operations.number == 3 * 2 * 8 * 2


def test_packed_sequences_compute_no_step_beyond_their_length():
    from paramcalc.core.tensors import Tensor

    x = Tensor((pc.symbols("L"), pc.symbols("N"), 16))
    model = pc.Model(x, nn.LSTM(16, 32)(x))
    assert cost(model, lengths=(7, 3, 1), ops="all").operations.number == 21 * 32 * 11


def test_symbols_come_to_the_same_as_numbers():
    model = pc.Sequential(
        [pc.Input((None, 5)), pc.GRU(6, return_sequences=True), pc.LayerNormalization(), pc.Softmax()]
    )
    found = cost(model, ops="all").operations.number
    assert found(B=3, T=7) == cost(model, batch=3, steps=7, ops="all").operations.number


# What is unknown, and what is written ---------------------------------------------------------------------------------


def test_unknown_operations_are_no_zero():
    x = pc.Input((4, 4, 3), 2)
    odd = pc.ContrastLimitedAdaptiveHistogramEqualization()
    found = cost(pc.Model(x, pc.ReLU()(odd(x))), ops="all")
    assert not found.operations.known
    assert found.operations.number == 2 * 4 * 4 * 3
    written = found.to_dict()
    assert (written["operations"], written["operations_exact"]) == (96, False)
    by_name = {one["type"]: one for one in written["layers"]}
    assert by_name[odd.type]["operations"] is by_name[odd.type]["forward_flops"] is None
    assert by_name["ReLU"]["operations"] == 96


def test_products_alone_say_nothing_of_operations():
    found = cost(of(pc.LSTM(3), (None, 2)))
    assert found.operations is found.forward_flops is None
    assert not {"operations", "forward_flops", "lookup_bytes"} & found.to_dict().keys()
    with pytest.raises(OptionError, match="products or all"):
        cost(of(pc.LSTM(3), (None, 2)), ops="al")


def test_an_unknown_activation_is_unknown():
    assert cost(of(pc.Dense(3, activation="sparsemax"), (2,)), ops="all").operations.known is False
    function = {"class_name": "function", "config": "relu", "registered_name": "relu"}
    assert figures(pc.Dense(3, activation=function), (2, 2))[1] == 12


# Every class --------------------------------------------------------------------------------------------------------


@pytest.mark.whole
@pytest.mark.parametrize("framework", frameworks())
def test_every_class_has_an_entry(framework):
    named = getattr(import_module(TABLES[framework]), "UNKNOWN", {}) if framework in TABLES else {}
    missing = {name for name, rule in rules(framework).items() if entry(rule) is None}
    assert missing >= named.keys(), f"in TABLE and in UNKNOWN of {TABLES[framework]}: {sorted(named.keys() - missing)}"
    assert missing <= named.keys(), (
        f"no operations of {sorted(missing - named.keys())}: add them to TABLE, or with a reason to UNKNOWN, in "
        f"{TABLES.get(framework) or 'a module that TABLES in paramcalc/analysis/cost/operations/counting.py names'}"
    )
    assert all(len(why) > 10 for why in named.values())
    if framework in TABLES:
        assert import_module(TABLES[framework]).TABLE.keys() <= rules(framework).keys()


VERIFIED = [one.name for one in BUILT_IN if one.adapter]  # what else is there has no samples


@pytest.mark.parametrize(("framework", "part"), list(product(VERIFIED, range(4))))
def test_every_class_answers(framework, part):
    """A number that is not negative, or a reason."""
    for name, rule in islice(rules(framework).items(), part, None, 4):
        try:
            tried = list(islice(cases(rule), 400))
        except ParamcalcError:
            continue  # Keras has it no more, and nothing is tried
        for case in tried[:: 1 + len(tried) // 12]:
            for known in islice(configurations([case]), 1):
                for training in (False, True):
                    try:
                        built = known.layer.on(*known.shapes, **known.call)
                        found = count(known.layer, known.shapes, built, training)
                    except (UnknownOperations, ParamcalcError):
                        continue
                    assert type(found) is int or isinstance(found, Expr), (name, known)
                    assert isinstance(found, Expr) or found >= 0, (name, known)


def test_every_activation_of_keras_has_a_definition():
    without = {name for name in NAMED["activation"] if of_each(name) is None}
    assert without == {"glu", "softmax", "log_softmax", "sparsemax"}
    assert ALIASES.keys() & DEFINITIONS.keys() == set()


def test_conventions_differ_in_biases_and_in_how_products_are_made():
    from paramcalc.core.registry import find

    # per unit and step: what follows the networks, sums of two products where there are two, biases
    expected = {
        ("onnx", "LSTM"): 9 + 4 + 8,
        ("onnx", "GRU"): 8 + 3 + 6,
        ("flax-linen", "GRU"): 8 + 3 + 4,
        ("flax-nnx", "GRU"): 8 + 3 + 3,
        ("haiku", "LSTM"): 9 + 0 + 4,  # one product of input and output side by side
        ("haiku", "GRU"): 8 + 3 + 3,
        ("tesseract", "LSTM"): 9 + 0 + 4,
        ("darknet", "LSTM"): 9 + 4 + 8,
        ("equinox", "GRU"): 8 + 3 + 4,
    }
    found = {pair: figures(find(pair[1], pair[0])(5), (2, 3, 7))[1] for pair in expected}
    assert found == {pair: each * 2 * 3 * 5 for pair, each in expected.items()}
    peephole = find("LSTM", "onnx")(5, peephole=True, bidirectional=True)
    assert figures(peephole, (2, 3, 7))[1] == 2 * (21 + 6) * 2 * 3 * 5


# The command --------------------------------------------------------------------------------------------------------


def test_the_command_shows_them(tmp_path, run):
    file = tmp_path / "m.yaml"
    file.write_text("input: [T, 108]\nlayers:\n  - LSTM: 128\n  - Dense: {units: 4, activation: softmax}\n")
    code, shown, _ = run("cost", str(file), "--batch", "4", "--steps", "10", "--ops", "all", "-f", "text")
    assert code == 0
    assert all(text in shown for text in ("87,040", "other operations", "forward FLOPs"))
    code, _, refused = run("cost", str(file), "--training")
    assert code == 2
    assert "--ops all" in refused


def test_arrays_count():
    t = Tally()
    x = t.random(2, 3)
    assert isinstance(x @ t.random(3, 4) + 1, Counted)
    np.sum(x, axis=1)
    assert (t.macs, t.operations) == (24, 8 + 4)


def test_the_formula_of_a_layer_is_in_its_own_letters():
    (one,) = cost(of(pc.LSTM(128), (None, 108)), batch=4, steps=10, ops="all").layers
    assert str(one.operations_formula) == "17B·T·d_h"
    assert one.operations_formula.value == one.operations.number
    (one,) = cost(of(pc.Dense(5, activation="gelu"), (3,)), batch=4, ops="all").layers
    assert one.operations_formula.expr == 6 * pc.symbols("B") * pc.symbols("d_y")


@pytest.mark.parametrize(
    ("module", "type", "options", "expected"),
    [
        ("numpy", "Add", {}, 24),
        ("numpy", "Mean", {"axis": -1}, 24),
        ("numpy", "Max", {"axis": [1, 2]}, 22),
        ("numpy", "Std", {"axis": 1}, 4 * 24 + 8),
        ("numpy", "Transpose", {}, 0),
        ("nn", "Softmax", {}, 5 * 24 - 2 * 6),
        ("nn", "Gelu", {}, 9 * 24),
        ("nn", "Gelu", {"approximate": False}, 5 * 24),
        ("nn", "Relu6", {}, 48),
    ],
)
def test_calls_of_functions(module, type, options, expected):
    args = [Slot(0), 1.0] if type == "Add" else [Slot(0)]
    call = Operation(f"keras.src.ops.{module}", type, options, args, {})
    assert count(call, [(2, 3, 4)]) == expected


def test_a_function_without_an_entry_is_unknown():
    with pytest.raises(UnknownOperations):
        count(Operation("keras.src.ops.numpy", "Sort", {}, [Slot(0)], {}), [(2, 3)])
    assert keras_functions.TABLE.keys() <= {name for _, name in every_function()}


def test_training_counts_what_inference_leaves_out():
    x = pc.Input((7, 5), 2)
    norm = pc.BatchNormalization(name="norm")
    model = pc.Model(x, pc.SpatialDropout1D(0.5)(norm(x)))
    folded, of_batch, moving = 2 * 70 + 5 * 5, 4 * 70, 6 * 5
    dropped = 2 * 2 * 5 + 70  # a random number and a comparison of each channel, then the factor of each number
    assert cost(model, ops="all").operations.number == folded
    assert cost(model, ops="all", training=True).operations.number == folded + of_batch + moving + dropped
    # a frozen layer keeps its moving statistics
    frozen = cost(model, ops="all", training=True, frozen=["norm"])
    assert frozen.operations.number == folded + dropped


def test_layers_that_prepare_data():
    assert figures(pc.CategoryEncoding(9), (4, 3))[1] == 0
    with pytest.raises(UnknownOperations, match="random"):
        figures(pc.RandomFlip(), (4, 3, 3, 2), training=True)
