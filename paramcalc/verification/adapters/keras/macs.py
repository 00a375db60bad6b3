"""What a Keras layer computes: its program, traced by jax, gives the true output shapes and multiply-adds.

The program is walked, not run: every matrix product and convolution in it counts its multiply-adds, a loop
as often as it turns. Dead code does not count. Keras, for example, runs a stack of cells once before the loop, for its
dropout masks; the compiler drops that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

from ....core.rule import Layer
from ....errors import ParamcalcError
from ....untyped import Foreign
from ...grid import stateful
from .build import Builder, is_cell, scope

Known = tuple[int, ...]


class Traced(NamedTuple):
    """What a layer computes on inputs of known sizes."""

    outs: list[Known]
    macs: int


def trace(
    builder: Builder,
    layer: Layer,
    made: Foreign,
    shapes: Sequence[Known],
    call: Mapping[str, bool] | None = None,
) -> Traced:
    """Trace a built Keras layer on inputs of these shapes; needs the jax backend."""
    import jax

    args = [jax.ShapeDtypeStruct(shape, "float32") for shape in shapes]
    states: list[Foreign] = []
    if is_cell(made):
        sizes = builder.keras.tree.flatten(made.state_size)
        states = [jax.ShapeDtypeStruct((shapes[0][0], size), "float32") for size in sizes]

    def program(trainable: Foreign, fixed: Foreign, args: Foreign, states: Foreign) -> Foreign:
        return outputs(builder, layer, made, (trainable, fixed), args, states, call)

    with scope(stateful(layer)):
        jaxpr, outs = jax.make_jaxpr(program, return_shape=True)(*variables_like(made), args, states)
    return Traced([tuple(out.shape) for out in jax.tree.leaves(outs)], macs(jaxpr.jaxpr))


def outputs(
    builder: Builder,
    layer: Layer,
    made: Foreign,
    held: tuple[Foreign, Foreign],
    args: Sequence[Foreign],
    states: Sequence[Foreign],
    call: Mapping[str, bool] | None = None,
) -> Foreign:
    """Compute the outputs of a layer, with values for the variables it trains and for those it does not."""
    inputs, keywords = builder.arguments(layer, made, args, states)
    return made.stateless_call(*held, *inputs, **keywords, **call or {})[0]


def variables_like(made: Foreign) -> tuple[list[Foreign], list[Foreign]]:
    """Give the shapes and dtypes of the variables a layer trains, and of those it does not."""
    import jax

    def like(variables: Foreign) -> list[Foreign]:
        return [jax.ShapeDtypeStruct(variable.shape, variable.dtype) for variable in variables]

    return like(made.trainable_variables), like(made.non_trainable_variables)


def macs(program: Foreign, derivative: bool = False) -> int:
    """Add up the multiply-adds of a jaxpr, except those whose result nothing reads.

    Parameters
    ----------
    program : jax.core.Jaxpr
    derivative : bool
        Whether it computes gradients, whose convolutions have the window of the layer in other places.
    """
    from jax.interpreters.partial_eval import dce_jaxpr

    alive, _ = dce_jaxpr(program, [True] * len(program.outvars))
    return sum(_equation(equation, derivative) for equation in alive.eqns)


def _equation(equation: Foreign, derivative: bool) -> int:
    name, params = equation.primitive.name, equation.params
    if name == "dot_general":
        (contracted, _), _ = params["dimension_numbers"]
        left = equation.invars[0].aval.shape
        return int(prod(equation.outvars[0].aval.shape)) * prod(int(left[axis]) for axis in contracted)
    if name == "conv_general_dilated":
        return _convolution(equation, derivative)
    if "_resize" in str(params.get("name")):
        return 0  # pixels between pixels: jax writes interpolation as products with matrices of mostly zeros
    if name == "while":
        if macs(params["body_jaxpr"].jaxpr, derivative):
            raise ParamcalcError("a loop without a known number of turns multiplies, so its cost is unknown")
        return 0
    if name == "cond":
        return max(macs(branch.jaxpr, derivative) for branch in params["branches"])
    inner = sum(macs(getattr(value, "jaxpr", value), derivative) for value in params.values() if _is_program(value))
    return int(params["length"]) * inner if name == "scan" else inner


def _convolution(equation: Foreign, derivative: bool) -> int:
    # the kernel's input channels are already those of one group
    layout = equation.params["dimension_numbers"]
    image, kernel, out = (variable.aval.shape for variable in (*equation.invars, *equation.outvars))
    places = zip(layout.lhs_spec[2:], layout.rhs_spec[2:], layout.out_spec[2:], strict=True)
    met = prod(_met(image[i], kernel[k], out[o], derivative) for i, k, o in places)
    return int(out[layout.out_spec[0]] * met * kernel[layout.rhs_spec[0]] * kernel[layout.rhs_spec[1]])


def _met(image: int, window: int, out: int, derivative: bool) -> int:
    # Along each axis a weight meets a place of the input for a place of the output, so the shorter of the two counts:
    # the rest are zeros that strides put in between. In a derivative the three change places. There the longest is
    # taken for the image, which holds unless a window is longer than the image and the output.
    if derivative:
        shortest, middle, _ = sorted((image, window, out))
        return shortest * middle
    return window * min(image, out)


def _is_program(value: Foreign) -> bool:
    return hasattr(getattr(value, "jaxpr", value), "eqns")
