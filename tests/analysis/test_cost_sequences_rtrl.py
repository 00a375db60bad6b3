"""Real-time recurrent learning, held against programs in NumPy that learn in real time and count what they do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from forward_mode import Dual, columns_of, dot, drawn, dual, elements, full, step
from hypothesis import given, settings, strategies as st
from jax_programs import step_of
from reference_cells import STEPS

import paramcalc as pc
from paramcalc import paper, symbols
from paramcalc.analysis.cost.rtrl import Rtrl, rtrl
from paramcalc.core.kinds import Maybe
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer
from paramcalc.errors import OptionError, ParamcalcError
from paramcalc.rules.shared.over_time import TIME
from paramcalc.symbolic import Expr
from paramcalc.symbolic.evaluate import evaluate

P = rules("paper")
CELLS = [name for name in STEPS if name.endswith("Cell")]
SIZES = {
    "units": 4, "filters": 2, "kernel_size": (3, 2), "heads": 2, "order": 3, "outputs": 5,
    "projection": 3, "nonrecurrent_projection": 2, "intermediate": 5,
}  # fmt: skip
AXES = {"B": 2, "d_x": 3, "H": 2, "W": 2, "C": 1}
STEPS_OF_TIME = 3


def cells(name: str) -> Iterator[Layer]:
    """A cell with every combination of its switches and of sizes that may be left out."""
    rule = P[name]
    choices: dict[str, list[Any]] = {}
    for option in rule.options.values():
        if option.name in ("no_input_activation", "no_output_activation", "forget_bias", *TIME):
            continue
        if option.name in SIZES:
            choices[option.name] = [SIZES[option.name], None][: 1 + isinstance(option.kind, Maybe)]
        else:
            choices[option.name] = list(getattr(option.kind, "values", None) or (False, True))
    for values in product(*choices.values()):
        cell = rule(**dict(zip(choices, values, strict=True)))
        try:
            cell.on(shape_of(cell))
        except ParamcalcError:
            continue
        yield cell


def shape_of(cell: Layer) -> tuple[int, ...]:
    wide = {**AXES, "d_x": cell.options["units"]} if cell.options.get("skip") == "identity" else AXES
    return tuple(wide[axis] for axis in cell.rule.inputs[0].tokens)


@cache
def few(name: str) -> list[Layer]:
    found = list(cells(name))
    return found if len(found) <= 5 else [found[0], found[-1], *random.Random(name).sample(found[1:-1], 3)]


class Learner:
    """A stack of cells, with an output layer, that learns in real time.

    Before it counts, it runs a few steps to see what its states depend on; then all steps are alike.
    """

    def __init__(self, stack: list[Layer], batch: int, inputs: tuple[int, ...], outputs: int = 0, seed: int = 0) -> None:
        self.stack, self.batch, self.outputs = stack, batch, outputs
        self.draw = np.random.default_rng(seed)
        shape = (batch, *inputs)
        self.built = []
        for cell in stack:
            self.built.append(cell.on(shape))
            shape = self.built[-1].shapes()[0]
        self.arrays = [drawn(one.weights, seed + at) for at, one in enumerate(self.built)]
        self.shape = shape
        self.dense = self.draw.normal(size=(shape[-1], outputs)) if outputs else None
        self.inputs = inputs
        self.macs = {"forward": 0, "sensitivities": 0, "readout": 0, "backward": 0}
        self.first = [[self.draw.uniform(0.1, 1, size=shape) for shape in one.states] for one in self.built]
        states = [[full(one, {}) for one in each] for each in self.first]
        for _ in range(4):
            _, states = self.run(self.draw.normal(size=(batch, *inputs)), states)
        self.starts = [
            [full(one, known) for one, known in zip(first, columns_of(after), strict=True)]
            for first, after in zip(self.first, states, strict=True)
        ]
        self.kept = sum(elements(each) for each in self.starts)

    def run(self, x: Any, states: Any) -> tuple[Dual, Any]:
        counts: list[int] = []
        after, out = [], dual(x)
        for at, cell in enumerate(self.stack):
            out, new = step(cell, self.built[at].weights, self.arrays[at], str(at), out, states[at], counts.append)
            after.append(new)
        forward = sum(one.forward() for one in self.built)
        self.macs = {"forward": forward, "sensitivities": sum(counts) - forward, "readout": 0, "backward": 0}
        return out, after

    def learn(self, xs: Any, wanted: Any) -> dict[str, Any]:
        """Give the gradient of the sum over time of output · wanted, step by step."""
        gradient: dict[str, Any] = {}
        states = self.starts
        for x, error in zip(xs, wanted, strict=True):
            out, states = self.run(x, states)
            if self.dense is not None:
                below = dot(out.value, self.dense, self.count("forward"))
                assert below.shape == error.shape
                own = dot(out.value.T, error, self.count("backward")).value
                gradient["dense"] = gradient.get("dense", 0) + own
                error = dot(error, self.dense.T, self.count("backward")).value
            for path, block in out.blocks.items():
                read = dot(error.reshape(1, -1), block.reshape(-1, block.shape[-1]), self.count("readout"))
                gradient[path] = gradient.get(path, 0) + read.value[0]
        return gradient

    def count(self, kind: str) -> Any:
        def add(number: int) -> None:
            self.macs[kind] += number

        return add

    def back_propagated(self, xs: Any, wanted: Any) -> dict[str, Any]:
        """Give the same gradient by jax, through time."""
        import jax
        import jax.numpy as jnp

        steps = [step_of(cell, built) for cell, built in zip(self.stack, self.built, strict=True)]

        def loss(values: Any) -> Any:
            states = [[*map(jnp.asarray, one)] for one in self.first]
            total = 0.0
            for x, error in zip(xs, wanted, strict=True):
                out = x
                for at, one in enumerate(steps):
                    out, states[at] = one(values[at], out, states[at])
                total += ((out if self.dense is None else out @ values[-1]) * error).sum()
            return total

        with jax.enable_x64(True):
            values = [{path: jnp.asarray(array) for path, array in one.items()} for one in self.arrays]
            found = jax.jit(jax.grad(loss))([*values, jnp.asarray(self.dense if self.dense is not None else 0.0)])
        gradient = {f"{at}/{path}": np.ravel(one) for at, each in enumerate(found[:-1]) for path, one in each.items()}
        return {**gradient, **({"dense": np.asarray(found[-1])} if self.dense is not None else {})}


def layered(cell: Layer) -> Layer:
    return P[cell.type.removesuffix("Cell")](**cell.options, return_sequences=True)


def compare(learner: Learner, found: Rtrl, numerically: bool = True) -> None:
    xs = learner.draw.normal(size=(STEPS_OF_TIME, learner.batch, *learner.inputs))
    shape = (*learner.shape[:-1], learner.outputs) if learner.outputs else learner.shape
    wanted = learner.draw.normal(size=(STEPS_OF_TIME, *shape))
    gradient = learner.learn(xs, wanted)
    assert found.each._asdict() == learner.macs
    assert found.kept == learner.kept
    assert found.total.total == STEPS_OF_TIME * sum(learner.macs.values())
    if numerically:
        theirs = learner.back_propagated(xs, wanted)
        for path, one in theirs.items():
            if path in gradient or "norm_mean" not in path and "norm_variance" not in path and "memory_" not in path:
                np.testing.assert_allclose(gradient[path], one, rtol=1e-7, atol=1e-9, err_msg=path)


def of_stack(learner: Learner) -> Rtrl:
    layers = [layered(cell) for cell in learner.stack]
    layers += [pc.Dense(learner.outputs, use_bias=False)] if learner.outputs else []
    model = pc.Sequential([pc.Input((None, *learner.inputs)), *layers])
    return rtrl(model, batch=learner.batch, steps=STEPS_OF_TIME)


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_learns_in_real_time(name: str) -> None:
    for place, cell in enumerate(few(name)):
        batch, *inputs = shape_of(cell)
        learner = Learner([cell], batch, tuple(inputs))
        compare(learner, of_stack(learner), numerically=not place)
