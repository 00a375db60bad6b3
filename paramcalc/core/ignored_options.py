"""Options that carry no weights and no shapes, accepted in one place for every rule.

A rule says in a few words which of them its layer takes (``also="activation kernel bias"``); a word
stands for itself, or for a weight's initializer, regularizer and constraint.
"""

from __future__ import annotations

from typing import Any

from ..errors import OptionError, nearest
from .kinds import NUMBER, RATE, SWITCH, Check, Maybe

_NAMED = {
    "activation": "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh "
    "leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax "
    "softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold",
    "initializer": "constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal "
    "lecun_uniform ones orthogonal random_normal random_uniform stft truncated_normal variance_scaling "
    "zeros normal uniform one zero",
    "regularizer": "l1 l1_l2 l2 orthogonal_regularizer",
    "constraint": "max_norm min_max_norm non_neg unit_norm",
}
NAMED = {kind: tuple(names.split()) for kind, names in _NAMED.items()}

_ALWAYS = ("activity_regularizer", "autocast", "dtype")  # what Keras's base Layer takes, besides name and trainable
_PARTS = ("initializer", "regularizer", "constraint")
_GROUPS = {
    "factory": ("device", "dtype"),  # PyTorch's modules with tensors of their own
    "dropout": ("dropout", "recurrent_dropout"),
    "activation": ("activation",),
    "recurrent_activation": ("recurrent_activation",),
}
_PLAIN = frozenset(
    {
        "bounding_box_format",
        "epsilon",
        "gptq_unpacked_column_size",
        "implementation",
        "input_length",
        "mask_value",
        "mask_zero",
        "momentum",
        "noise_shape",
        "normalize",
        "renorm_clipping",
        "renorm_momentum",
        "process_group",
        "reverse_dtype",
        "score_mode",
        "seed",
        "synchronized",
        "unroll",
        "use_cudnn",
        "zero_output_for_mask",
    }
)
_CHECKS = {
    "dropout": RATE,
    "recurrent_dropout": RATE,
    "momentum": NUMBER,
    "renorm_momentum": NUMBER,
    "epsilon": NUMBER,
    "mask_zero": SWITCH,
    "normalize": SWITCH,
    "unroll": SWITCH,
    "zero_output_for_mask": SWITCH,
    "autocast": SWITCH,
    "synchronized": SWITCH,
    "input_length": Maybe(NUMBER),
}


def _activation(value: Any) -> Any:
    if value is None or isinstance(value, dict) or callable(value):
        return value
    if not isinstance(value, str):
        raise TypeError(value)
    check("activation", value)
    return value


ACTIVATION = Check("the name of an activation", _activation, {"type": ["string", "object"]})


def expand(also: str) -> frozenset[str]:
    """Spell out what a rule's ``also`` accepts: ``kernel`` → its initializer, regularizer, constraint."""
    names = set(_ALWAYS)
    for word in also.split():
        if word == "bare":  # PyTorch's modules have no options in common
            names.difference_update(_ALWAYS)
        elif word == "sealed":  # a Keras class without **kwargs: its own options, name and dtype, nothing else
            names = {"dtype", *names.difference(_ALWAYS)}
        elif word == "bare":  # and one that takes no dtype either
            names.clear()
        elif word[0] == "=":
            names.add(word[1:])
        elif word in _PLAIN or word.endswith("_initializer"):
            names.add(word)
        else:
            names.update(_GROUPS.get(word) or (f"{word}_{part}" for part in _PARTS))
    return frozenset(names)


def check(name: str, value: Any) -> None:
    """Refuse a misspelt activation, initializer, regularizer or constraint, and an impossible rate.

    Raises
    ------
    OptionError
        With the nearest right spelling.
    """
    if name in _CHECKS:
        _CHECKS[name](value)  # type: ignore[operator]  # every kind is callable
        return
    known = NAMED.get(name.rpartition("_")[2])
    if known is None or not isinstance(value, str):
        return
    plain = "".join("_" + c.lower() if c.isupper() else c for c in value).lstrip("_")
    if plain not in known and value.lower().replace("_", "") not in {one.replace("_", "") for one in known}:
        kind = name.rpartition("_")[2]
        article = "an" if kind[0] in "ai" else "a"
        raise OptionError(
            f"unknown {kind}",
            expected=f"{article} {kind} Keras knows",
            received=value,
            suggestion=nearest(value, known),
        )


def schema(name: str) -> dict[str, Any]:
    """Describe an inert option as JSON Schema."""
    if name in _CHECKS:
        return _CHECKS[name].schema()  # type: ignore[attr-defined,no-any-return]
    known = NAMED.get(name.rpartition("_")[2])
    return {"anyOf": [{"enum": [*known, None]}, {"type": "object"}]} if known else {}
