"""Where the audit knows that Keras does not do what it says, or what is none of a model's business."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from ....core.rule import Rule
from ...cases import Case

# Layers Keras has only where TensorFlow is installed.
TENSORFLOW = ("Hashing", "HashedCrossing", "IntegerLookup", "StringLookup", "TextVectorization")
# Layers that Keras cannot have in a functional model: what comes out is the very tensor that went in.
CYCLES = ("Equalization",)


def _stack_of_one(case: Case) -> bool:
    cells = case.layer.options["cell"]
    return isinstance(cells, tuple) and len(cells) == 1 and cells[0].type in ("SimpleRNNCell", "GRUCell")


def _stateful_returning_states(case: Case) -> bool:
    inner = case.layer.options["layer"].options
    return bool(inner.get("stateful") and inner.get("return_state"))


def _no_tensorflow(case: Case) -> bool:
    return find_spec("tensorflow") is None


def _values_of_another_width(case: Case) -> bool:
    options = case.layer.options
    return options["value_dim"] not in (None, options["key_dim"]) and not case.call.get("return_attention_scores")


# Where Keras builds a layer and cannot run it: (layer, which of its configurations, what it is).
QUIRKS: tuple[tuple[str, Callable[[Case], bool], str], ...] = (
    ("RNN", _stack_of_one, "Keras builds a stack of one cell that has a single state, and cannot run it"),
    (
        "Bidirectional",
        _stateful_returning_states,
        "Keras stumbles over its own masks when both stateful and returning states",
    ),
    *((name, _no_tensorflow, "Keras has this layer only where TensorFlow is installed") for name in TENSORFLOW),
    ("StringLookup", lambda case: bool(case.layer.options["invert"]), "Keras on jax cannot give words back"),
    (
        "Discretization",
        lambda case: case.layer.options["bin_boundaries"] is None,
        "Keras computes it only once it has seen data",
    ),
    (
        "MultiHeadAttention",
        _values_of_another_width,
        "Keras's fused attention on jax wants values as wide as keys, and computes others where it returns scores",
    ),
)

# What changes data before a model sees them, families and layers: how it is done is no product of the model's.
UNCOUNTED = frozenset({"augmentation", "images", "MelSpectrogram", "Pipeline"})


def counted(rule: Rule) -> bool:
    """Tell whether the multiply-adds of a layer are compared."""
    return UNCOUNTED.isdisjoint((rule.family, rule.name))
