"""Random programs of Keras with unknown conditions: Sequential models that grow in branches, graphs, and classes."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

from source_programs import Maker

HEAD = """
import outside
import keras
from keras import layers
class Block(layers.Layer):
    def __init__(self, units, deep=False):
        super().__init__()
        self.d = layers.Dense(units)
        self.e = layers.Dense(units) if deep else None
    def call(self, x):
        x = self.d(x)
        return self.e(x) if self.e is not None else x
class Own(layers.Layer):
    def __init__(self, units, bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.bias = units, bias
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), initializer="zeros")
        if self.bias:
            self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=n < 5)
    def call(self, x):
        return keras.ops.matmul(x, self.w)
class Net(keras.Model):
    def __init__(self, units, deep=False):
        super().__init__()
        self.a = layers.Dense(units)
        self.more = [layers.Dense(units) for _ in range(2)] if deep else []
        self.out = layers.Dense(2)
    def call(self, x):
        x = self.a(x)
        for one in self.more:
            x = one(x)
            if outside.flip():
                break
        return self.out(x)
class Odd(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(3) if outside.flip() else layers.Dense(k)
    def call(self, x):
        return self.first(x)
def stack(sizes):
    made = keras.Sequential([keras.Input((3,))])
    for size in sizes:
        made.add(layers.Dense(size))
        if outside.flip():
            made.add(layers.Dropout(0.1))
    return made
n = 3
k = 2
m0 = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
m1 = None
l0 = [layers.Dense(2)]
d = {'x': layers.Dense(3)}
x0 = keras.Input((3,))
y0 = x0
"""


class KerasMaker(Maker):
    """Writes a program of Keras, statement by statement."""

    def program(self) -> str:
        self.lines = HEAD.strip().splitlines()
        for _ in range(self.random.randint(0, 2)):
            self.function()
        for _ in range(self.random.randint(3, 8)):
            self.statement(0, 0)
        self.lines += ["final = keras.Model(x0, y0)"]
        return "\n".join(self.lines) + "\n"

    def condition(self) -> str:
        return self.pick("outside.flip()", "outside.flip()", "outside.flip()", "n > 3", "k == 2", "len(l0) > 1", "m1 is None",
                         "not outside.flip()", "outside.flip() and n < 5", "len(m0.layers) > 1", "m0.built")  # fmt: skip

    def simple(self) -> str:
        return self.pick(f"layers.Dense({self.size()})", "layers.Dense(2)", "layers.Dropout(0.5)", "layers.Activation('relu')",
                         f"layers.Dense({self.size()}, use_bias=False)", "layers.BatchNormalization()", "l0[0]", "d['x']",
                         f"Own({self.size()})", f"Own({self.size()}, {self.condition()})", f"Block({self.size()}, {self.condition()})",
                         f"layers.Dense({self.size()}, trainable={self.pick('False', 'True', 'outside.flip()')})")  # fmt: skip

    def model(self) -> str:
        choices = [
            f"keras.Sequential([keras.Input((3,)), {self.simple()}, {self.simple()}])", f"keras.Sequential([keras.Input(({self.size()},)), *l0])",
            "keras.Model(x0, y0)", "keras.Model(x0, [y0, layers.Dense(2)(y0)])", "m0", "m1", f"stack([{self.size()}, {self.size()}])",
            f"Net({self.size()}, {self.condition()})", f"Net({self.size()})", "Odd()", f"keras.Sequential([{self.simple()}, {self.simple()}])",
            f"keras.Sequential([m0, {self.simple()}])", f"keras.models.clone_model({self.pick('m0', 'm0')})",
            f"({self.model_or_none()} if {self.condition()} else m0)",
        ]  # fmt: skip
        if self.functions and not self.inside:
            choices += [f"{self.random.choice(self.functions)}({self.pick('m0', 'm1')})"] * 3
        return self.random.choice(choices)

    def model_or_none(self) -> str:
        return self.pick("None", "m1", "keras.Sequential([keras.Input((3,)), layers.Dense(4)])")

    def function(self) -> None:
        name = f"f{len(self.functions)}"
        self.inside = True
        self.put(0, f"def {name}(x):")
        self.put(1, self.pick("global m0, n, k, y0", "global m1, k, y0", "global y0"))
        for _ in range(self.random.randint(1, 3)):
            self.statement(1, 0, function=True)
        self.put(1, f"return {self.pick('x', 'm0', 'keras.Model(x0, y0)')}")
        self.functions.append(name)
        self.inside = False

    def plain(self, function: bool) -> str:
        target = self.pick("m0", "m1", "x") if function else self.pick("m0", "m1", "m2", "m3")
        return self.random.choice(
            [
                f"{target} = {self.model()}", f"{target} = {self.model()}", f"m0.add({self.simple()})", f"m0.add({self.simple()})", "m0.pop()",
                f"y0 = {self.simple()}(y0)", f"y0 = {self.simple()}(y0)", f"y0 = {self.simple()}(x0)", f"y0 = layers.Concatenate()([y0, {self.simple()}(x0)])",
                f"y0 = layers.add([layers.Dense(2)(y0), {self.pick('layers.Dense(2)', 'l0[0]')}(x0)])", f"y0 = keras.ops.concatenate([y0, {self.simple()}(y0)], axis=-1)",
                f"y0 = layers.Dense(2)(y0) {self.pick('+', '*')} layers.Dense(2)(x0)", "y0 = m0(x0)", f"y0 = m0(layers.Dense({self.size()})(y0))",
                f"l0.append({self.simple()})", f"l0[0] = {self.simple()}", f"d['x'] = {self.simple()}", "l0 = l0[:1]",
                f"for one in m0.layers: one.trainable = {self.pick('False', 'True', 'outside.flip()')}", f"m0.trainable = {self.pick('False', 'True', 'outside.flip()')}",
                "m0.layers[-1].trainable = False", f"l0[0].trainable = {self.pick('False', 'outside.flip()')}", f"m1 = Net({self.size()}, {self.condition()})\nm1(keras.Input((3,)))",
                f"m1 = Odd()\nm1({self.pick('x0', 'y0')})", "m1(x0)", f"m0.build((None, {self.size()}))",
                f"n {self.pick('=', '+=', '-=')} {self.pick('1', '2')}", f"k = {self.size()}", f"k = {self.pick('2', '3')} if outside.flip() else 2",
                f"x0 = keras.Input(({self.size()},)); y0 = x0", f"m2 = keras.Sequential([keras.Input((n,))])\nfor size in range(1, {self.size()}): m2.add(layers.Dense(size))",
                "m0.compile(loss='mse', optimizer='adam')", "outside.risky()", f"m3 = keras.Model(x0, {self.simple()}({self.simple()}(x0)))",
                "for one in l0: y0 = one(y0)", "y0 = layers.Dense(k)(m0.layers[-1].output)", "m1 = keras.Model(m0.inputs, m0.layers[0].output)",
                f"m0.layers[0].units = {self.size()}", f"setattr(m1, 'a', {self.simple()})", f"y0 = layers.TimeDistributed({self.simple()})(layers.RepeatVector(2)(x0))\ny0 = layers.Flatten()(y0)",
                f"y0 = layers.Bidirectional(layers.LSTM({self.size()}))(layers.RepeatVector(2)(x0))", "y0 = layers.Flatten()(layers.Reshape((3, 1))(x0))",
                f"y0 = (layers.Dense(3) if {self.condition()} else {self.simple()})(y0)", f"outside.call(lambda: m0.add({self.simple()}))",
            ]
        )  # fmt: skip


def keras_program(seed: int) -> str:
    """Write a program."""
    return KerasMaker(seed).program()
