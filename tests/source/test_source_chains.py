"""Chains: a Sequential calls each layer that is added, so that its layers have outputs, from which graphs are made.

What was called and is changed later is the hard part; the random programs do that all the time.
"""

from __future__ import annotations

import random
from math import prod
from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all
from paramcalc.report import Report

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's own, about input_shape and names

HEAD = "import keras\nfrom keras import layers\n"


def read(text: str) -> dict[str, Report]:
    """Read a program, and report its models by name."""
    return {one.label: one.report() for one in read_all(Source("m.py", given=text))}


def count(model: Any) -> tuple[int, int]:
    """Count the parameters of Keras's model, and those that are trained."""
    return (
        sum(prod(weight.shape) for weight in model.weights),
        sum(prod(weight.shape) for weight in model.trainable_weights),
    )


def run(text: str) -> dict[str, Any]:
    """Run a program in Keras; give its names."""
    names: dict[str, Any] = {}
    with keras.StatelessScope(initialize_variables=False):
        exec(text, names)  # the program of the test, in Keras
    return names


def program(seed: int) -> str:
    """Write a program that makes chains at random, changes and calls them, and makes graphs of their tensors."""
    draw = random.Random(seed)
    lines, chains, alone, graphs = [HEAD], [], [], []

    def layer() -> str:
        size = draw.randint(2, 6)
        kinds = [f"layers.Dense({size})", f"layers.Dense({size}, use_bias=False)", "layers.BatchNormalization()"]
        return draw.choice([kinds[0], *kinds, "layers.Dropout(0.1)", *alone[-1:], *chains[-1:], *graphs[-1:]])

    def chain() -> str:
        first = draw.choice([["keras.Input((4,))"]] * 4 + [["layers.InputLayer(shape=(4,))"], []])
        return f"keras.Sequential([{', '.join(first + [layer() for _ in range(draw.randint(1, 3))])}])"

    for at in range(draw.randint(3, 12)):
        one = draw.choice(chains) if chains else ""
        kind = draw.random() if chains else 0
        if kind < 0.25:
            lines.append(f"c{at} = {chain()}")
            chains.append(f"c{at}")
        elif kind < 0.5:
            lines.append(draw.choice([f"{one}.add({layer()})", f"{one}.add({layer()})", f"{one}.pop()"]))
        elif kind < 0.6:
            lines.append(f"l{at} = layers.Dense({draw.randint(2, 6)})")
            alone.append(f"l{at}")
        elif kind < 0.7:
            lines.append(draw.choice([f"{one}.build((None, 4))", f"{one}(keras.Input((4,)))"]))
        elif kind < 0.8:
            whose = draw.choice([one, f"{one}.layers[0]", f"{one}.layers[-1]"])
            lines.append(f"{whose}.trainable = {draw.choice([True, False, False])}")
        else:
            inputs = draw.choice([f"{one}.inputs", f"{one}.inputs", f"{one}.input"])
            outputs = (
                f"{one}.outputs",
                f"{one}.layers[{draw.choice([0, -1])}].output",
                f"layers.Dense(3)({one}.layers[-1].output)",
                f"layers.Dense({one}.output_shape[-1])({one}.output)",
                f"[each.output for each in {one}.layers]",
            )
            lines.append(f"g{at} = keras.Model({inputs}, {draw.choice(outputs)})")
            graphs.append(f"g{at}")
    return "\n".join(lines)


def agreeing(seeds: range) -> int:
    """Hold the models of programs against Keras, where Keras runs them; count those that are read exactly."""
    exact = 0
    for seed in seeds:
        text = program(seed)
        try:
            names = run(text)
        except (
            ValueError,
            AttributeError,
            IndexError,
            RecursionError,
        ):  # of chains that do not fit, or hold themselves
            continue
        for name, report in read(text).items():
            if report.exact and names[name].built:
                assert (seed, name, report.total, report.trainable) == (seed, name, *count(names[name]))
                exact += 1
    return exact


def test_random_chains() -> None:
    assert agreeing(range(60)) > 40


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", range(1000, 2000, 50))
def test_more_random_chains(first: int) -> None:
    assert agreeing(range(first, first + 50)) > 20


CHAIN = """
b = keras.Sequential([keras.Input((8,)), layers.Dense(5, name="a"), layers.Dense(6)])
{then}
m = keras.Model(b.inputs, {outs})
"""
CUT = {
    "a layer": ("", "layers.Dense(3)(b.layers[0].output)"),
    "all layers": ("", "[one.output for one in b.layers]"),
    "by its name": ("", "b.get_layer('a').output"),
    "the outputs": ("", "b.outputs"),
    "one more layer": ("b.add(layers.Dense(9))", "b.layers[-1].output"),
    "one less": ("b.pop()", "layers.Dense(2)(b.outputs[0])"),
    "frozen": ("b.layers[0].trainable = False", "layers.Dense(2)(b.outputs[0])"),
    "its shape": ("", "layers.Dense(b.output_shape[-1])(b.outputs[0])"),
    "a declared input": (
        "b = keras.Sequential([layers.Dense(5, input_shape=(8,)), layers.Dense(6)])",
        "b.layers[0].output",
    ),
    "a chain in a chain": ("b = keras.Sequential([b, layers.Dense(4)])\nb.build((None, 8))", "b.outputs"),
    "a call of a layer elsewhere": ("b.layers[0](keras.Input((8,)))", "b.layers[0].output"),
}


@pytest.mark.whole
@pytest.mark.parametrize(("then", "outs"), CUT.values(), ids=CUT)
def test_layers_of_a_chain_have_outputs(then: str, outs: str) -> None:
    text = HEAD + CHAIN.format(then=then, outs=outs)
    report = read(text)["m"]
    assert (report.exact, report.total, report.trainable) == (True, *count(run(text)["m"]))


def test_equal_chains_of_two_branches_are_one() -> None:
    made = "m = keras.Sequential([layers.Dense(5, input_shape=(8,))])"
    text = f"{HEAD}import outside\nif outside.flip():\n    {made}\nelse:\n    {made}\n"
    report = read(text)["m"]
    assert (report.exact, report.total) == (True, 45)


SET = "b = keras.Sequential([keras.Input((4,)), layers.Dense(4)]{})\n{}\nm = keras.Sequential([keras.Input((4,)), b])"


@pytest.mark.parametrize(
    ("options", "then"),
    [("", "b.trainable = False\nb.add(layers.Dense(3))"), (", trainable=False", ""), ("", "b.trainable = False")],
    ids=["a layer added later", "when it was made", "later"],
)
def test_of_a_frozen_chain_inside_another_the_layers_tell(options: str, then: str) -> None:
    text = HEAD + SET.format(options, then)
    names = run(text)
    for name, report in read(text).items():
        assert (report.exact, report.total, report.trainable) == (True, *count(names[name]))


OWN = """
class Own(layers.Layer):
    def __init__(self, units, **words):
        super().__init__(**words)
        self.units = units
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units))
    def call(self, x):
        return keras.ops.matmul(x, self.kernel)
"""
MADE = {
    "a layer of the program": "m = keras.Sequential([keras.Input((5,)), Own(3), layers.Dense(2)])",
    "what it gives": (
        "c = keras.Sequential([keras.Input((5,)), Own(3), layers.Dense(2)])\n"
        "m = keras.Model(c.inputs, c.layers[0].output)"
    ),
    "one that declares its input": "m = keras.Sequential([Own(3, input_shape=(5,)), layers.Dense(2)])",
    "a function": "m = keras.Sequential([keras.Input((8, 4)), layers.Lambda(lambda x: x[:, 0]), layers.Dense(2)])",
    "a function that declares its input": (
        "m = keras.Sequential([layers.Lambda(lambda x: x / 127.5 - 1.0, input_shape=(5,)), layers.Dense(2)])"
    ),
    "a function with arguments": (
        "f = layers.Lambda(lambda x, n, of=1: keras.ops.repeat(x, n, axis=of), arguments={'n': 3})\n"
        "m = keras.Sequential([keras.Input((5,)), f, layers.Dense(2)])"
    ),
    "a copy": (
        "c = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.BatchNormalization()])\n"
        "c.layers[0].trainable = False\nm = keras.models.clone_model(c)\nc.add(layers.Dense(7))"
    ),
    "a copy that is frozen": (
        "c = keras.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2)])\n"
        "m = keras.models.clone_model(c)\nm.set_weights(c.get_weights())\nm.trainable = False"
    ),
    "a copy of a frozen one inside another": (
        "c = keras.Sequential([keras.Input((4,)), layers.Dense(3)], trainable=False)\n"
        "m = keras.Sequential([keras.Input((4,)), keras.models.clone_model(c)])"
    ),
    "the model of a copy that is not followed": (
        "i = keras.Input((4,))\nm = keras.Model(i, layers.Dense(3)(i))\n"
        "n = keras.models.clone_model(m)\nn.trainable = False"
    ),
}


@pytest.mark.whole
@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_chains_of_layers_of_the_program_and_their_copies(made: str) -> None:
    text = HEAD + OWN + made + "\n"
    report = read(text)["m"]
    assert (report.exact, report.total, report.trainable) == (True, *count(run(text)["m"]))
