"""Where the audit knows that Keras does not do what it says, or what is none of a model's business."""

from __future__ import annotations

from ....core.rule import Rule

# Layers Keras has only where TensorFlow is installed.
TENSORFLOW = ("Hashing", "HashedCrossing", "IntegerLookup", "StringLookup", "TextVectorization")
# Layers that Keras cannot have in a functional model: what comes out is the very tensor that went in.
CYCLES = ("Equalization",)
# Where Keras builds a layer and cannot run it: (layer, sign in its message, what it is).
QUIRKS = (
    ("RNN", "same pytree structure", "Keras builds a stack of one cell that has a single state, and cannot run it"),
    (
        "Bidirectional",
        "'generator' and 'int'",
        "Keras stumbles over its own masks when both stateful and returning states",
    ),
    *((name, "requires TensorFlow", "Keras has this layer only where TensorFlow is installed") for name in TENSORFLOW),
    ("StringLookup", "string arrays can only", "Keras on jax cannot give words back"),
    ("Discretization", "call `adapt", "Keras computes it only once it has seen data"),
    (
        "MultiHeadAttention",
        "tuple index out of range",
        "Keras builds it for inputs without an axis of steps, and cannot run it",
    ),
    (
        "MultiHeadAttention",
        "cannot reshape array",
        "Keras's fused attention on jax wants values as wide as keys, and computes others where it returns scores",
    ),
)

# What changes data before a model sees them, families and layers: how it is done is no product of the model's.
UNCOUNTED = frozenset({"augmentation", "images", "MelSpectrogram", "Pipeline"})


def counted(rule: Rule) -> bool:
    """Tell whether the multiply-adds of a layer are compared."""
    return UNCOUNTED.isdisjoint((rule.family, rule.name))
