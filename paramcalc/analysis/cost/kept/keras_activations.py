"""What the gradients of Keras's activations need, as jax traces them; and which options of a layer are set."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from ....core.rule import Layer
from .values import Call, Tape, Value, value_of


class Activation(NamedTuple):
    """What the gradient of an activation needs.

    Attributes
    ----------
    numbers : int
        How many numbers for each element, besides input and output.
    masks : int
        How many truth values for each element.
    input, output : bool
        Whether it needs these.
    rows : int
        How many numbers for each row.
    scalars : int
        How many numbers in all.
    """

    numbers: int = 0
    masks: int = 0
    input: bool = False
    output: bool = False
    rows: int = 0
    scalars: int = 0


ACTIVATIONS = {
    "relu": Activation(1, 1),  # zeros, too
    "relu6": Activation(1, 1),
    "sigmoid": Activation(1),
    "tanh": Activation(1, output=True),
    "softmax": Activation(1, rows=2),
    "log_softmax": Activation(1, rows=1),
    "gelu": Activation(3),
    "silu": Activation(2, input=True),
    "swish": Activation(2, input=True),
    "elu": Activation(2, 2, scalars=1),
    "selu": Activation(2, 2, scalars=1),
    "celu": Activation(3, scalars=2),
    "softplus": Activation(2),
    "softsign": Activation(2, 1, input=True),
    "leaky_relu": Activation(0, 1, scalars=1),
    "hard_sigmoid": Activation(1, 1),
    "hard_silu": Activation(2, 1, input=True),
    "hard_swish": Activation(2, 1, input=True),
    "hard_tanh": Activation(2, 2),
    "exponential": Activation(output=True),
    "mish": Activation(4, input=True),
    "tanh_shrink": Activation(2),
    "log_sigmoid": Activation(2),
    "soft_shrink": Activation(1, 2),
    "hard_shrink": Activation(1, 1),
    "squareplus": Activation(2),
}


def is_set(call: Call, *names: str) -> bool:
    """Tell whether one of these options of the called layer is set, to something else than off."""
    return is_set_of(call.layer, *names)


def is_set_of(layer: Layer, *names: str) -> bool:
    """Tell whether one of these options of a layer is set, to something else than off."""
    given: Mapping[str, object] = {**layer.options, **(layer.ignored_options or {})}
    return any(given.get(name) not in (None, False, 0, (), "linear", "float32") for name in names)


def activation_of(call: Call) -> object:
    """Give the activation of the called layer."""
    given: Mapping[str, object] = {**call.layer.options, **(call.layer.ignored_options or {})}
    return given.get("activation") or "linear"


def activated(tape: Tape, x: Value, name: object) -> Value | None:
    """Apply an activation; ``None`` for one that is not in the table."""
    if name == "linear":
        return x
    one = ACTIVATIONS.get(name) if isinstance(name, str) else None
    if one is None:
        return None
    out = value_of(x.shape, live=x.live)
    if x.live:
        tape.keep(*[x] * one.input, *[out] * one.output)
    tape.new("of the activation", one.numbers * x.size, times=x.live)
    tape.new("masks of the activation", one.masks * x.size, "bool", times=x.live)
    tape.new("sums of the activation", one.rows * prod(x.shape[:-1]) + one.scalars, times=x.live)
    return out
