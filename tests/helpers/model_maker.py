"""Random Keras models from a seed: chains and graphs with everything Keras lets stand in them.

``python tests/model_maker.py 20000`` reads so many of them and prints how many agreed with Keras.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

import keras
from keras import layers, ops
from keras.src.saving.serialization_lib import ObjectSharingScope
from model_steps import STEPS, UNARY, Tensors

DEEPEST = 3  # models inside models
REFUSED = (ValueError, TypeError, ZeroDivisionError, RuntimeError, NotImplementedError, IndexError, AttributeError)


class Maker:
    """Makes one model; those inside it are made by others that know the same layers.

    Parameters
    ----------
    random : Random
    depth : int
        How many models it is inside.
    again : list of (layer, shape)
        Layers that were called on one tensor, and may be called on another of that shape.
    """

    def __init__(self, random: Random, depth: int = 0, again: list[tuple[Any, Any]] | None = None) -> None:
        self.random = random
        self.depth = depth
        self.again: list[tuple[Any, Any]] = [] if again is None else again
        self.tensors: Tensors = []
        self.masks: list[tuple[Any, Any]] = []  # masks, and the shape of the sequence
        self.inputs: Tensors = []
        self.entries = 0  # how many of the tensors are inputs

    @property
    def deeper(self) -> bool:
        """Whether a model may stand inside this one."""
        return self.depth < DEEPEST

    def inside(self) -> Maker:
        """Give the maker of a model inside this one."""
        return Maker(self.random, self.depth + 1, self.again)

    # --- drawing --------------------------------------------------------------------------------

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def chance(self, often: float) -> bool:
        return self.random.random() < often

    def size(self) -> int:
        return self.one(1, 2, 3, 4, 4, 6)  # few, so that tensors fit one another

    def open(self, size: int, often: float = 0.3) -> int | None:
        return None if self.chance(often) else size

    def options(self) -> dict[str, Any]:
        """What any layer may be given."""
        given: dict[str, Any] = {}
        if self.chance(0.06):
            given["trainable"] = False
        if self.chance(0.06):
            given["dtype"] = self.one("mixed_float16", "float64", "float16", "mixed_bfloat16")
        return given

    def call(self, layer: Any, x: Any, **keywords: Any) -> Tensors:
        outs = keras.tree.flatten(layer(x, **keywords))
        if not keywords and not isinstance(x, (list, dict)):
            self.again.append((layer, x.shape))
        return outs

    # --- models ---------------------------------------------------------------------------------

    def entry(self) -> Any:
        """Make an input of some rank; whole numbers are embedded at once."""
        batch = self.one(None, None, None, None, None, 3)
        rank = self.one(2, 2, 3, 3, 3, 4, 4, 5)
        if rank == 3 and self.chance(0.4):
            x = keras.Input(batch_shape=(batch, self.open(self.one(5, 8))), dtype="int32")
            embedded = layers.Embedding(50, self.size() + 1, mask_zero=self.chance(0.5), **self.options())(x)
            if self.chance(0.4):
                self.masks.append((ops.not_equal(x, 0), embedded.shape))
            self.inputs.append(x)
            return embedded
        middle = [self.open(self.one(5, 8), 0.2) for _ in range(rank - 2)]
        x = keras.Input(
            batch_shape=(batch, *middle, self.size()), name=self.one(None, f"in_{self.random.random()}"[:9])
        )
        self.inputs.append(x)
        return x

    def grow(self, steps: int) -> None:
        """Do so many things with the tensors there are."""
        for _ in range(steps):
            x = self.random.choice(self.tensors[-6:])
            fitting = [(done, often) for done, ranks, often in STEPS if len(x.shape) in ranks]
            (done,) = self.random.choices([one for one, _ in fitting], [often for _, often in fitting])
            try:
                made = done(self, x)
            except REFUSED:  # sizes that do not fit, a kernel longer than its input: Keras says so
                continue
            self.tensors += [one for one in made if usable(one) and one is not x]

    def outputs(self) -> Any:
        """Take the last tensor, and perhaps others, in a list or by name."""
        ready = self.tensors[self.depth and self.entries :]  # Keras cannot call a model that hands on its own input
        if not ready:
            ready = [layers.Dropout(0.1)(self.tensors[-1])]
        chosen = [ready[-1], *(one for one in ready[:-1] if self.chance(0.25))]
        self.random.shuffle(chosen)
        if len(chosen) == 1 and self.chance(0.8):
            return chosen[0]
        names = [f"out_{at}" for at in range(len(chosen))]
        self.random.shuffle(names)
        return dict(zip(names, chosen, strict=True)) if self.chance(0.3) else chosen

    def graph(self, entries: list[Any] | None = None) -> Any:
        """Make a functional model."""
        if entries is None:
            self.tensors = [self.entry() for _ in range(self.one(1, 1, 1, 2, 3))]
        else:
            self.tensors, self.inputs = list(entries), list(entries)
        self.entries = len(self.tensors)
        self.grow(self.random.randint(2, 12 - 3 * self.depth))
        outputs = self.outputs()
        inputs = self.inputs if len(self.inputs) > 1 or self.chance(0.3) else self.inputs[0]
        if isinstance(inputs, list) and self.chance(0.2):
            inputs = {one.name: one for one in inputs}
        return keras.Model(inputs, outputs, **({"trainable": False} if self.chance(0.04) else {}))

    def chain(self, shape: Any = None) -> Any:
        """Make a sequential model."""
        if shape is None:
            shape = (self.open(3, 0.9), *(self.one(5, 8) for _ in range(self.one(1, 2, 2, 3))))
        made = keras.Sequential([keras.Input(batch_shape=shape)], trainable=not self.chance(0.04))
        for _ in range(self.random.randint(1, 5)):
            try:
                layer = self.unary(shape)
            except REFUSED:
                continue
            try:
                made.add(layer)
                shape = made.output_shape
            except REFUSED:
                made.pop()
            if not isinstance(shape, tuple):
                break
        if not made.layers:
            made.add(layers.Identity())
        return made

    def unary(self, shape: Any) -> Any:
        """Make a layer for one tensor of a shape."""
        table = [*UNARY.get(len(shape), ()), *UNARY[0]]
        return self.random.choice(table)(self, shape)


INSIDE = ("MultiHeadAttention", "GroupQueryAttention", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


def made(seed: int) -> Any:
    """Make the model of a seed, some of its layers frozen; nothing is allocated within a stateless scope."""
    random = Random(seed)
    maker = Maker(random)
    model = maker.chain() if maker.chance(0.2) else maker.graph()
    if maker.chance(0.4):
        parts = freezable(model)
        for one in random.sample(parts, min(len(parts), random.randint(1, 3))):
            # a file says the same of a layer frozen when it was made and of one frozen later; of these Keras trains the
            # layers inside when it reads the file, so what was trained before is not in it
            if not any(type(each).__name__ in INSIDE for each in one._flatten_layers()):
                one.trainable = maker.chance(0.15)
    return model


def usable(tensor: Any) -> bool:
    """Tell whether something can be done with a tensor: it has a few axes beside the batch, and is not empty."""
    return 1 < len(tensor.shape) < 6 and tensor.dtype != "bool" and 0 not in tensor.shape


def freezable(model: Any) -> list[Any]:
    """List the layers whose being frozen Keras writes down: all but the cells of LSTM, GRU and SimpleRNN."""
    found = []
    for layer in getattr(model, "layers", ()):
        found += [layer, *freezable(layer)]
        inner = [getattr(layer, name, None) for name in ("layer", "forward_layer", "backward_layer")]
        if type(layer) is layers.RNN:
            inner.append(layer.cell)
        found += [one for one in inner if isinstance(one, keras.Layer)]
    return found


def text(model: Any) -> str:
    """Write a model as archives have it: what is in several places is numbered, as ``to_json`` does not."""
    with ObjectSharingScope():
        return json.dumps(keras.saving.serialize_keras_object(model))


def main(count: int) -> None:
    """Read so many models and say how many agreed."""
    from collections import Counter

    from held_against import agreement

    kinds: Counter[str] = Counter()
    for seed, found in agreement(range(count)):
        kinds["agree" if not found else "differ"] += 1
        if found:
            print(f"seed {seed}: {found[0]}" + f" and {len(found) - 1} more" * (len(found) > 1), flush=True)
    print(f"{sum(kinds.values()):,} models: {kinds['agree']:,} agree with Keras, {kinds['differ']:,} do not")


if __name__ == "__main__":
    import sys

    main(int(sys.argv[1]))
