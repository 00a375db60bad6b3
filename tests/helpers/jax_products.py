"""The multiply-adds of a jax program forwards and backwards, counted in what jax traces of it.

Dead code is dropped. The body of a loop counts as often as it turns; a loop carries its states alike in every turn, so
none of its steps reads a state that is known to be constant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import pytest
import reference_cells
from jax.interpreters import partial_eval
from reference_cells import STEPS, Taken

from paramcalc.core.built import Built
from paramcalc.core.products import Source, State
from paramcalc.core.rule import Layer

Values = dict[Source, Any]
Program = Callable[[Values], list[Any]]


class Passes(NamedTuple):
    """What one pass forwards and one backwards multiply."""

    forward: int
    backward: int


def macs(jaxpr: Any) -> int:
    """Add up the multiply-adds of a jaxpr."""
    total = 0
    for equation in jaxpr.eqns:
        if equation.primitive.name == "dot_general":
            (contracted, _), _ = equation.params["dimension_numbers"]
            left, out = equation.invars[0].aval.shape, equation.outvars[0].aval.shape
            total += prod(out) * prod(left[axis] for axis in contracted)
        else:
            assert equation.primitive.name not in ("conv_general_dilated", "while", "cond"), equation
            turns = equation.params["length"] if equation.primitive.name == "scan" else 1
            total += turns * sum(map(macs, programs(equation.params)))
    return total


def programs(params: dict[str, Any]) -> Iterator[Any]:
    """Give the programs inside an operation."""
    for value in params.values():
        inner = getattr(value, "jaxpr", value)
        if hasattr(inner, "eqns"):
            yield inner


def traced(function: Callable[[Values], Any], values: Values) -> Any:
    """Trace a function of values that are not known; nothing whose result is not given back stays in it."""
    jaxpr = jax.make_jaxpr(lambda given: function(dict(zip(values, given, strict=True))))(list(values.values())).jaxpr
    return partial_eval.dce_jaxpr(jaxpr, [True] * len(jaxpr.outvars))[0]


def measured(program: Program, values: Values, live: Collection[Source]) -> Passes:
    """Count a pass forwards, and one backwards from all outputs to ``live``."""

    def both(given: Values) -> Any:
        outs, pull = jax.vjp(
            lambda some: program({**given, **dict(zip(live, some, strict=True))}), [given[source] for source in live]
        )
        return outs, pull([jnp.ones_like(out) for out in outs])

    forward = macs(traced(program, values))
    return Passes(forward, macs(traced(both, values)) - forward if live else 0)


def reached(program: Program, values: Values) -> list[set[Source]]:
    """Say of each output which values it depends on."""
    jaxpr = jax.make_jaxpr(lambda given: program(dict(zip(values, given, strict=True))))(list(values.values())).jaxpr
    found = []
    for at in range(len(jaxpr.outvars)):
        _, used = partial_eval.dce_jaxpr(jaxpr, [place == at for place in range(len(jaxpr.outvars))])
        found.append({source for source, one in zip(values, used, strict=True) if one})
    return found


def values_of(built: Built, *shapes: Any) -> Values:
    """Make what a layer depends on: its inputs, its initial states, its weights, buffers among them."""
    found: list[tuple[Source, Any]] = [*enumerate(shapes)]
    found += [(State(at), shape) for at, shape in enumerate(built.states)]
    found += [(weight.path, weight.shape) for weight in built.weights]
    return {source: jax.ShapeDtypeStruct(shape, "float32") for source, shape in found}


class Given(Taken):
    """The weights of an inventory that are values of a program."""

    def __init__(self, weights: Any, values: Values) -> None:
        self.macs = 0
        self.arrays = {}
        for weight in weights:
            gates = weight.gates or ("",)
            for gate, part in zip(gates, jnp.split(values[weight.path], len(gates), axis=-1), strict=True):
                self.arrays[weight.path, gate] = part


def step_of(cell: Layer, built: Built) -> Callable[[Values, Any, list[Any]], tuple[Any, list[Any]]]:
    """Make the step of a cell of the literature, as `reference_cells` has it from the paper, a function of jax."""

    def step(values: Values, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reference_cells, "np", jnp)
            return STEPS[cell.type](Given(built.weights, values), cell.options, x, states)

    return step


def once(cell: Layer, built: Built) -> Program:
    """Run a cell once: its output, and its states after it."""
    step = step_of(cell, built)

    def program(values: Values) -> list[Any]:
        out, after = step(values, values[0], [values[State(at)] for at in range(len(built.states))])
        return [out, *after]

    return program


def over_time(step: Callable[..., Any], states: int, sequences: bool, state: bool) -> Program:
    """Run a step over the second axis of the input, as a loop; give the outputs or the last, and perhaps the states."""

    def program(values: Values) -> list[Any]:
        def body(carry: list[Any], x: Any) -> Any:
            out, after = step(values, x, carry)
            return after, out

        first = [values[State(at)] for at in range(states)]
        last, outs = jax.lax.scan(body, first, jnp.moveaxis(values[0], 1, 0))
        return [jnp.moveaxis(outs, 0, 1) if sequences else outs[-1], *(last if state else ())]

    return program
