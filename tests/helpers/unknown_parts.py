"""Random Keras models with parts that no rule knows: classes of the user's own and Lambdas, wrapped, nested, shared."""

from __future__ import annotations

from random import Random
from typing import Any

import keras

L = keras.layers
DEEPEST = 2


@keras.saving.register_keras_serializable("parts")
class Own(L.Layer):
    """A layer of the user's own that changes the last axis."""

    def __init__(self, units: int = 3, **others: Any) -> None:
        super().__init__(**others)
        self.units = units

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")

    def call(self, x: Any) -> Any:
        return x @ self.kernel

    def compute_output_shape(self, shape: Any) -> Any:
        return (*shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("parts")
class OwnCell(L.Layer):
    """A cell of the user's own."""

    def __init__(self, units: int = 3, **others: Any) -> None:
        super().__init__(**others)
        self.units = self.state_size = self.output_size = units

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")

    def call(self, x: Any, states: Any) -> Any:
        h = x @ self.kernel + states[0]
        return h, [h]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def unknown(random: Random) -> Any:
    """Make a layer that no rule knows, for an input of any rank."""
    size = random.choice((1, 2, 3))
    return random.choice((lambda: Own(size), lambda: L.Lambda(_first), lambda: L.Lambda(_twice)))()


def _first(x: Any) -> Any:
    return x[..., :1]


def _twice(x: Any) -> Any:
    return keras.ops.concatenate([x, x], axis=-1)


def known(random: Random) -> Any:
    """Make a layer with a rule that keeps the number of axes."""
    size = random.choice((1, 2, 3))
    return random.choice(
        (lambda: L.Dense(size), L.BatchNormalization, L.LayerNormalization, lambda: L.Activation("relu"), L.Identity)
    )()


def cells(random: Random) -> Any:
    """Make one cell or several, some of which no rule knows."""
    size = random.choice((1, 2, 3))
    made: list[Any] = [
        random.choice((lambda: L.LSTMCell(size), lambda: L.GRUCell(size), lambda: OwnCell(size)))()
        for _ in range(random.choice((1, 1, 2, 3)))
    ]
    return made if len(made) > 1 else made[0]


def step(random: Random, shape: Any, depth: int) -> Any:
    """Make a layer, a wrapper or a model for one input of a shape."""
    kinds = ["unknown", "known", "known"]
    if depth < DEEPEST:
        kinds.append("nested")
        if len(shape) >= 3:
            kinds += ["timed", "timed"]
    if len(shape) == 3:
        kinds += ["loop", "both", "recurrent"]
    kind = random.choice(kinds)
    if kind == "unknown":
        return unknown(random)
    if kind == "known":
        return known(random)
    if kind == "nested":
        return chain(random, shape, depth + 1)
    if kind == "timed":
        return L.TimeDistributed(step(random, (shape[0], *shape[2:]), depth + 1))
    if kind == "loop":
        return L.RNN(cells(random), return_sequences=True)
    if kind == "both":
        return L.Bidirectional(L.LSTM(2, return_sequences=True))
    return L.LSTM(random.choice((1, 2, 3)), return_sequences=True)


def chain(random: Random, shape: Any, depth: int = 0) -> Any:
    """Make a sequential model."""
    made = keras.Sequential([keras.Input(batch_shape=shape)])
    for _ in range(random.randint(1, 3 - depth if depth else 4)):
        made.add(step(random, made.output_shape, depth) if made.layers else step(random, shape, depth))
    return made


def graph(random: Random, shape: Any) -> Any:
    """Make a model in which a layer may stand in two places."""
    x = keras.Input(batch_shape=shape)
    tensors = [x]
    layers: list[tuple[Any, Any]] = []
    for _ in range(random.randint(2, 5)):
        read = random.choice(tensors)
        again = [layer for layer, axes in layers if axes == read.shape]
        if again and random.random() < 0.3:
            layer = random.choice(again)
        elif len(tensors) > 1 and random.random() < 0.2:
            tensors.append(L.Concatenate()(tensors[-2:]))
            continue
        else:
            layer = step(random, read.shape, 1)
            layers.append((layer, read.shape))
        tensors.append(layer(read))
    return keras.Model(x, L.Dense(2)(tensors[-1]))


def made(seed: int) -> Any:
    """Make the model of a seed; nothing is allocated within a stateless scope."""
    random = Random(seed)
    shape = (None, *random.choice(((4,), (5, 4), (5, 4), (3, 5, 4))))
    return chain(random, shape) if random.random() < 0.5 else graph(random, shape)


def stripped(random: Random, value: Any, often: float) -> Any:
    """Leave out of a description some of what says on which input a layer was built."""
    if isinstance(value, dict):
        gone = {"build_config"} if random.random() < often else set()
        return {key: stripped(random, one, often) for key, one in value.items() if key not in gone}
    return [stripped(random, one, often) for one in value] if isinstance(value, list) else value
