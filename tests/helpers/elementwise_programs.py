"""What a program of jax does besides products: an operation for each element that one of its instructions gives."""

from __future__ import annotations

from math import inf, prod
from typing import Any

import jax
import numpy as np
from jax.extend.core import Literal
from jax.interpreters.partial_eval import dce_jaxpr

_EACH = """abs add add_any atan2 ceil cos div erf erfc exp expm1 floor integer_pow log log1p logistic max min mul neg
pow round rsqrt sign sin sqrt square sub tanh"""
_NONE = """broadcast_in_dim concatenate conv_general_dilated convert_element_type copy dot_general dynamic_slice iota
pad reshape rev select_n slice split squeeze stop_gradient transpose"""
_SUMS = "reduce_and reduce_max reduce_min reduce_or reduce_prod reduce_sum"
_COMPARISONS = "eq ge gt le lt ne"
EACH, NONE, SUMS = frozenset(f"{_EACH} {_COMPARISONS}".split()), frozenset(_NONE.split()), frozenset(_SUMS.split())


def operations(program: Any) -> int:
    """Count the operations of a jaxpr on numbers, a loop as often as it turns; dead code and counters aside."""
    alive, _ = dce_jaxpr(program, [True] * len(program.outvars))
    return sum(map(_equation, alive.eqns))


def _equation(one: Any) -> int:
    name, params = one.primitive.name, one.params
    if name == "scan":
        return int(params["length"]) * operations(params["jaxpr"].jaxpr)
    inside = [getattr(value, "jaxpr", value) for value in params.values()]
    programs = [value for value in inside if hasattr(value, "eqns")]
    if programs:
        return sum(map(operations, programs))
    (out, *_), (given, *_) = (var.aval for var in one.outvars), (var.aval for var in one.invars)
    size = prod(out.shape)
    if name.startswith("reduce_window"):
        return int(size * (prod(params["window_dimensions"]) - 1))
    if name in SUMS:
        return int(prod(given.shape) - size)
    if name in NONE or not out.shape or not np.issubdtype(given.dtype, np.floating):
        return 0  # a number alone is a constant or a counter
    if name == "max" and any(isinstance(var, Literal) and var.val == -inf for var in one.invars):
        return 0  # the largest of nothing
    assert name in EACH, name
    return int(size)


def of_layer(layer: Any, *shapes: tuple[int, ...]) -> int:
    """Count the operations of a call of a Keras layer in inference."""
    import keras

    apart = isinstance(layer, (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention))
    inputs = [keras.KerasTensor(shape) for shape in shapes]
    with keras.StatelessScope(initialize_variables=False):
        layer(*inputs) if apart or len(shapes) == 1 else layer(inputs)
    options = {"training": False} if layer._call_has_training_arg else {}

    def call(trained: Any, fixed: Any, args: Any) -> Any:
        given = args if apart or len(shapes) == 1 else [args]
        return layer.stateless_call(trained, fixed, *given, **options)[0]

    variables = [
        [jax.ShapeDtypeStruct(one.shape, one.dtype) for one in group]
        for group in (layer.trainable_variables, layer.non_trainable_variables)
    ]
    args = [jax.ShapeDtypeStruct(shape, "float32") for shape in shapes]
    return operations(jax.make_jaxpr(call)(*variables, args).jaxpr)
