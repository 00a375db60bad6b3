"""What a Keras layer computes: its program, traced by jax, gives the true output shapes and multiply-adds.

The program is walked, not run: every matrix product and convolution in it counts its multiply-adds, a loop
as often as it turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from ....errors import ParamcalcError
from ...grid import stateful
from .build import Builder, scope
from .framework import keras


class Traced(NamedTuple):
    """What a layer computes on inputs of known sizes."""

    outs: list[tuple[int, ...]]
    macs: int


def trace(
    builder: Builder, layer: Any, made: Any, shapes: Sequence[tuple[int, ...]], call: Mapping[str, Any] | None = None
) -> Traced:
    """Trace a built Keras layer on inputs of these shapes; needs the jax backend."""
    import jax

    def like(variables: Any) -> list[Any]:
        return [jax.ShapeDtypeStruct(variable.shape, variable.dtype) for variable in variables]

    def program(trainable: list[Any], fixed: list[Any], args: list[Any], states: list[Any]) -> Any:
        inputs, keywords = builder.arguments(layer, made, args, states)
        return made.stateless_call(trainable, fixed, *inputs, **keywords, **call or {})[0]

    args = [jax.ShapeDtypeStruct(shape, "float32") for shape in shapes]
    states = []
    if getattr(layer, "type", "").endswith(("Cell", "Cells")):
        states = [jax.ShapeDtypeStruct((shapes[0][0], n), "float32") for n in keras().tree.flatten(made.state_size)]
    with scope(stateful(layer)):
        jaxpr, outs = jax.make_jaxpr(program, return_shape=True)(
            like(made.trainable_variables), like(made.non_trainable_variables), args, states
        )
    return Traced([tuple(out.shape) for out in jax.tree.leaves(outs)], macs(jaxpr.jaxpr))


def macs(program: Any) -> int:
    """Add up the multiply-adds of a jaxpr, except those whose result nobody reads.

    (Keras runs a stack of cells once before the loop, for its dropout masks; the compiler drops that.)
    """
    total = 0
    read = {variable for variable in program.outvars if not hasattr(variable, "val")}  # literals have a val
    for equation in reversed(program.eqns):
        if not read.isdisjoint(equation.outvars):
            read.update(variable for variable in equation.invars if not hasattr(variable, "val"))
            total += _equation(equation)
    return total


def _equation(equation: Any) -> int:
    name, params = equation.primitive.name, equation.params
    if name == "dot_general":
        (contracted, _), _ = params["dimension_numbers"]
        left = equation.invars[0].aval.shape
        return _places(equation) * prod(int(left[axis]) for axis in contracted)
    if name == "conv_general_dilated":
        return _convolution(equation)
    if params.get("name") == "_resize":
        return 0  # pixels between pixels: jax writes interpolation as products with matrices of mostly zeros
    if name == "while":
        if macs(params["body_jaxpr"].jaxpr):
            raise ParamcalcError("a loop without a known number of turns multiplies, so its cost cannot be told")
        return 0
    if name == "cond":
        return max(macs(branch.jaxpr) for branch in params["branches"])
    inner = sum(macs(getattr(value, "jaxpr", value)) for value in params.values() if _is_program(value))
    return int(params["length"]) * inner if name == "scan" else inner


def _convolution(equation: Any) -> int:
    # the kernel's input channels are already those of one group; along each axis a weight meets a place of the input
    # for a place of the output, so the shorter of the two counts: transposed, the rest are zeros put in between
    layout = equation.params["dimension_numbers"]
    image, kernel, out = (variable.aval.shape for variable in (*equation.invars, *equation.outvars))
    met = [min(image[i], out[o]) for i, o in zip(layout.lhs_spec[2:], layout.out_spec[2:], strict=True)]
    return int(out[layout.out_spec[0]] * prod(met) * prod(kernel))


def _places(equation: Any) -> int:
    return int(prod(equation.outvars[0].aval.shape))


def _is_program(value: Any) -> bool:
    return hasattr(getattr(value, "jaxpr", value), "eqns")
