"""Programs of jax that do what a layer of the literature does: its cell, once or in a loop, with values by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import pytest
import reference_cells
from reference_cells import STEPS, Taken

from paramcalc.core.built import Built
from paramcalc.core.products import Source, State
from paramcalc.core.rule import Layer

Values = Mapping[Source, Any]
Program = Callable[[Values], list[Any]]


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
