"""Keras's own optimizers: all that is exported, built on small variables of every rank, and what they then keep."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, MutableMapping
from math import prod
from typing import Any

import keras
import numpy
from optimizer_variations import Kept, Options

from paramcalc.analysis.cost.optimizers.options import Optimizer
from paramcalc.core.built import Weight

OWN = "float16"  # of the variables: what has another dtype does not hide among them
# scope, name, shape, and whether its gradient replaces it; few shapes, since jax compiles what fills each new one
VARIABLES: tuple[tuple[str, str, tuple[int, ...], bool], ...] = (
    ("scalar", "v0", (), False),
    ("dense", "v1", (3,), False),
    ("dense", "kernel", (3, 4), False),
    ("output", "kernel", (3, 4), False),
    ("Token_Embedding", "v4", (3, 4), False),
    ("cube", "v5", (3, 4, 4), False),
    ("conv", "v6", (3, 4, 4, 2), False),
    ("dense", "scale", (3,), True),
    ("dense", "square", (3, 4), True),
)
WEIGHTS = [Weight(name, shape, scope=scope, replaced=replaced) for scope, name, shape, replaced in VARIABLES]


def exported() -> dict[str, Any]:
    """List the optimizers that Keras exports, by name; the base class of all is none."""
    found = {name: getattr(keras.optimizers, name) for name in dir(keras.optimizers)}
    base = keras.optimizers.Optimizer
    return {
        name: one for name, one in found.items() if inspect.isclass(one) and issubclass(one, base) and one is not base
    }


def variables() -> list[Any]:
    """Make the variables."""
    made = []
    for scope, name, shape, replaced in VARIABLES:
        with keras.name_scope(scope):
            one = keras.Variable(numpy.zeros(shape, OWN), dtype=OWN, name=name)
        one.overwrite_with_gradient = replaced
        made.append(one)
    return made


def made(optimizer: Optimizer) -> Any:
    """Make Keras's own of an optimizer."""
    options: Options = dict(optimizer.options)
    if options.get("learning_rate") == "schedule":
        options["learning_rate"] = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    if isinstance(rate := options.get("learning_rate"), int):
        options["learning_rate"] = float(rate)  # Keras takes no others
    if isinstance(momentum := options.get("momentum"), int):
        options["momentum"] = float(momentum)
    if optimizer.name == "LossScaleOptimizer":
        options["inner_optimizer"] = made(_inner(options["inner_optimizer"]))
    if optimizer.name == "MultiOptimizer":
        pairs = options.pop("optimizer_map", ())
        assert isinstance(pairs, tuple)
        map_of = keras.optimizers.OptimizerMap
        default = made(_inner(options.pop("default_optimizer")))
        options["optimizer_map"] = map_of(default, {pattern: made(_inner(one)) for pattern, one in pairs})
    return getattr(keras.optimizers, optimizer.name)(**options)


def _inner(value: object) -> Optimizer:
    assert isinstance(value, Optimizer)
    return value


def built(optimizer: Optimizer, over: list[Any]) -> Any:
    """Make Keras's own of an optimizer and build it."""
    own = made(optimizer)
    own.build(over)
    return own


def kept(optimizer: Optimizer, over: list[Any]) -> Kept:
    """Count the variables of Keras's optimizer once it is built, by elements and dtype."""
    return counted(reachable(built(optimizer, over), over))


def counted(found: Iterable[Any]) -> Kept:
    """Count variables by elements and dtype."""
    return Counter((prod(one.shape), str(one.dtype)) for one in found)


def reachable(own: Any, over: list[Any]) -> list[Any]:
    """Find all variables that an optimizer holds, listed by it or not; those of the model are not its own."""
    found: dict[int, Any] = {}
    seen, pending = {id(one) for one in over}, [own]
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, keras.Variable):
            found[id(value)] = value
        elif isinstance(value, (list, tuple)):
            pending.extend(value)
        elif isinstance(value, (dict, MutableMapping)):
            pending.extend(value.values())
        elif isinstance(value, keras.optimizers.Optimizer):
            pending.extend(vars(value).values())
    return [*found.values()]
