"""Operations that are no products, against the instructions of the programs that Keras has for its layers."""

from __future__ import annotations

from math import prod

import pytest
from tiers import quick_sets

import paramcalc as pc
from paramcalc.analysis.cost.operations.counting import count

keras = pytest.importorskip("keras")
programs = pytest.importorskip("elementwise_programs")

B, T, S, X, H = 2, 3, 6, 5, 4
SEQUENCE, IMAGE = (B, T, X), (B, 6, 6, X)
CROSS = (SEQUENCE, (B, S, X))
ALIKE = ((B, X),) * 3
ACTIVATIONS = """elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_softmax relu
relu6 selu sigmoid silu softmax softsign sparse_plus sparse_sigmoid squareplus tanh tanh_shrink"""
SCORES = 2 * B * T * S  # of two heads

# a class, its options, its inputs
EQUAL = [
    *[(name, {"units": H}, (SEQUENCE,)) for name in ("SimpleRNN", "LSTM", "GRU")],
    ("SimpleRNN", {"units": H, "use_bias": False, "activation": "relu"}, (SEQUENCE,)),
    ("LSTM", {"units": H, "use_bias": False, "activation": "relu", "return_sequences": True}, (SEQUENCE,)),
    ("LSTM", {"units": H, "recurrent_activation": "hard_sigmoid"}, (SEQUENCE,)),
    ("GRU", {"units": H, "reset_after": False}, (SEQUENCE,)),
    ("ConvLSTM1D", {"filters": H, "kernel_size": 3}, ((B, T, 6, X),)),
    *[("Dense", {"units": H, "activation": name}, ((B, X),)) for name in ACTIVATIONS.split()],
    ("Dense", {"units": H, "use_bias": False}, ((B, X),)),
    ("Dense", {"units": H, "lora_rank": 2}, ((B, X),)),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 4), "bias_axes": "d"}, (SEQUENCE,)),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal"}, (SEQUENCE,)),
    ("Conv2D", {"filters": 3, "kernel_size": 2, "activation": "relu", "groups": 1}, (IMAGE,)),
    ("DepthwiseConv2D", {"kernel_size": 2}, (IMAGE,)),
    ("SeparableConv2D", {"filters": 3, "kernel_size": 2}, (IMAGE,)),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": 2}, (IMAGE,)),
    ("RMSNormalization", {}, (SEQUENCE,)),
    ("UnitNormalization", {}, (SEQUENCE,)),
    ("BatchNormalization", {"center": False}, (SEQUENCE,)),
    ("Attention", {}, CROSS),
    ("Attention", {"use_scale": True}, CROSS),
    ("Attention", {"score_mode": "concat"}, CROSS),
    ("AdditiveAttention", {}, CROSS),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": H, "dropout": 0.1}, CROSS),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": H, "dropout": 0.1, "use_bias": False, "value_dim": 3}, CROSS),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": H, "dropout": 0.1, "use_gate": True}, CROSS),
    *[(name, {}, ALIKE) for name in ("Add", "Multiply", "Average", "Maximum", "Minimum")],
    ("Add", {}, ((B, 1, X), (B, T, 1))),
    ("Subtract", {}, ALIKE[:2]),
    ("Dot", {"axes": 1}, ALIKE[:2]),
    ("Dot", {"axes": 1, "normalize": True}, ALIKE[:2]),
    ("MaxPooling2D", {}, (IMAGE,)),
    ("AveragePooling2D", {"pool_size": 3, "strides": 2}, (IMAGE,)),
    ("GlobalAveragePooling2D", {}, (IMAGE,)),
    ("GlobalMaxPooling1D", {}, (SEQUENCE,)),
    ("LeakyReLU", {}, ((B, X),)),
    ("ReLU", {"max_value": 6.0}, ((B, X),)),
    ("ELU", {}, ((B, X),)),
    ("Softmax", {}, (SEQUENCE,)),
    ("Masking", {}, (SEQUENCE,)),
    ("Rescaling", {"scale": 2.0}, ((B, X),)),
    ("STFTSpectrogram", {"frame_length": 16}, ((B, 64, 1),)),
    ("STFTSpectrogram", {"frame_length": 16, "mode": "psd"}, ((B, 64, 1),)),
    ("STFTSpectrogram", {"frame_length": 16, "mode": "magnitude"}, ((B, 64, 1),)),
    ("Flatten", {}, (IMAGE,)),
    ("ZeroPadding2D", {}, (IMAGE,)),
    ("UpSampling1D", {}, (SEQUENCE,)),
    ("Dropout", {"rate": 0.5}, (SEQUENCE,)),
]
# and what the program takes besides, and why
MORE = [
    ("GRU", {"units": H, "use_bias": False}, (SEQUENCE,), 6 * H * B * T, "zeros are added for both biases"),
    ("BatchNormalization", {}, (SEQUENCE,), X, "β + (−μ)·a in place of β − μ·a"),
    ("AdditiveAttention", {"use_scale": False}, CROSS, B * T * S * X, "a product with a scale of 1"),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": H},
        CROSS,
        SCORES - 2 * B * T * H,
        "the scores are over √d_k, and not the query",
    ),
]


def figures(name, options, shapes):
    theirs = programs.of_layer(getattr(keras.layers, name)(**options), *shapes)
    return count(getattr(pc, name)(**options), shapes), theirs


@pytest.mark.parametrize(
    ("name", "options", "shapes"), quick_sets(EQUAL, 3), ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_layer_takes_what_its_program_takes(name, options, shapes):
    ours, theirs = figures(name, options, shapes)
    assert ours == theirs
    moves = name in ("Flatten", "ZeroPadding2D", "UpSampling1D", "Dropout") or options == {"axes": 1}
    assert (ours == 0) == (moves or (options.get("use_bias") is False and name == "Dense")), prod(shapes[0])


@pytest.mark.parametrize(("name", "options", "shapes", "more", "why"), MORE, ids=lambda one: str(one)[:20])
def test_a_program_that_takes_more_takes_so_much_more(name, options, shapes, more, why):
    ours, theirs = figures(name, options, shapes)
    assert theirs - ours == more, why
