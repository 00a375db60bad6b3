"""``model.layers`` of a graph: programs freeze layers by their places in it, so the order must be that of Keras."""

from __future__ import annotations

import random
from math import prod

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all
from paramcalc.report import Report

keras = pytest.importorskip("keras")

HEAD = "import keras\nfrom keras import layers\n"
# chains of a dense layer for each layer of the model tell which that is
TOLD = """
def place(one):
    return one.units if isinstance(one, layers.Dense) else 1000 if isinstance(one, layers.InputLayer) else 0
places = [place(one) for one in m.layers]
told = keras.Sequential([keras.Input((1,)), *[layers.Dense(units + 1) for units in places]])
"""


def read(text: str, name: str) -> Report:
    """Read a program, and report one of its models."""
    return next(one for one in read_all(Source("m.py", given=text)) if one.label == name).report()


def graph(seed: int) -> str:
    """Write a program that makes a graph at random: branches, shared layers, several inputs and outputs, operators."""
    draw = random.Random(seed)
    lines, tensors, shared = [], [], []
    for at in range(draw.randint(1, 3)):
        lines.append(f"i{at} = keras.Input((4,))")
        tensors.append(f"i{at}")
    inputs = list(tensors)
    for at in range(draw.randint(2, 12)):
        kind = draw.choice(("dense", "dense", "dense", "shared", "add", "concatenate", "operator"))
        one, other = draw.choice(tensors), draw.choice(tensors)
        if kind == "shared" and shared:
            lines.append(f"x{at} = layers.Dense(4)({draw.choice(shared)}({one}))")
        elif kind == "add":
            lines.append(f"x{at} = layers.Add()([{one}, {other}])")
        elif kind == "concatenate":
            lines.append(f"x{at} = layers.Dense(4)(layers.Concatenate()([{one}, {other}]))")
        elif kind == "operator":
            lines.append(f"x{at} = {one} + {other}")
        else:
            lines += [f"d{at} = layers.Dense({100 + at})", f"x{at} = layers.Dense(4)(d{at}({one}))"]
            shared.append(f"d{at}")
        tensors.append(f"x{at}")
    outs = draw.sample(tensors[len(inputs) :], k=min(len(tensors) - len(inputs), draw.randint(1, 3)))
    return "\n".join([HEAD, *lines, f"m = keras.Model([{', '.join(inputs)}], [{', '.join(outs)}])"])


def keras_order(model: object) -> list[int]:
    """List what the program tells of Keras's model."""
    dense, given = keras.layers.Dense, keras.layers.InputLayer
    return [one.units if isinstance(one, dense) else 1000 if isinstance(one, given) else 0 for one in model.layers]  # type: ignore[attr-defined]  # a model of Keras


def check(seeds: range) -> None:
    """Compare the order with that of Keras."""
    for seed in seeds:
        text = graph(seed)
        names: dict[str, object] = {}
        exec(text, names)  # the program of the test, in Keras
        report = read(f"{text}\n{TOLD}", "told")
        found = [one.outputs[0][-1] - 1 for one in report.rows if one.type == "Dense"]  # type: ignore[index, operator]  # known sizes
        assert found == keras_order(names["m"]), f"seed {seed}\n{text}"


def count(model: object) -> tuple[int, int]:
    """Count the parameters of Keras's model, all and those that are trained."""
    kinds = model.weights, model.trainable_weights  # type: ignore[attr-defined]  # a model of Keras
    total, trained = (sum(prod(one.shape) for one in weights) for weights in kinds)
    return total, trained


def check_cut(seeds: range) -> int:
    """Compare graphs that end at a layer of another, or begin at one; give how many are known."""
    known = 0
    for seed in seeds:
        draw = random.Random(f"cut {seed}")
        start = f"m.layers[{draw.randint(-3, 9)}].output" if draw.random() < 0.2 else "m.inputs"
        end = draw.choice(("output", "output", "output", "input"))
        cut = f"n = keras.Model({start}, layers.Dense(3)(m.layers[{draw.randint(-3, 9)}].{end}))"
        text = f"{graph(seed)}\n{cut}"
        names: dict[str, object] = {}
        try:
            exec(text, names)  # the program of the test, in Keras
        except (ValueError, IndexError, AttributeError):
            continue
        report = read(text, "n")
        if report.exact:
            known += 1
            assert (report.total, report.trainable) == count(names["n"]), f"seed {seed}\n{text}"
    return known


def test_graphs_that_end_at_a_layer_of_another() -> None:
    assert check_cut(range(25)) > 10


@pytest.mark.slow
@pytest.mark.parametrize("first", [100, 200])
def test_more_graphs_that_end_at_a_layer_of_another(first: int) -> None:
    assert check_cut(range(first, first + 100)) > 40


def test_the_order_of_random_graphs() -> None:
    check(range(25))


@pytest.mark.slow
@pytest.mark.parametrize("first", [100, 200, 300])
def test_the_order_of_more_random_graphs(first: int) -> None:
    check(range(first, first + 100))


FREEZE = """
import keras
m = keras.applications.{name}(weights=None)
for one in m.layers[{part}]:
    one.trainable = False
"""
MODELS = ("VGG16", "MobileNetV2", "ResNet50", "InceptionV3", "DenseNet121", "EfficientNetB0", "Xception")
PARTS = (":1", ":5", ":-4", "20:40", "::3")


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_what_is_frozen_by_its_place(name: str) -> None:
    for part in PARTS:
        text = FREEZE.format(name=name, part=part)
        names: dict[str, object] = {}
        with keras.StatelessScope(initialize_variables=False):
            exec(text, names)  # the program of the test, in Keras
        report = read(text, "m")
        assert report.exact
        assert report.trainable == count(names["m"])[1], part


def agrees(text: str) -> None:
    """Hold what is read of the model ``m`` of a program against Keras, which runs it."""
    names: dict[str, object] = {}
    with keras.StatelessScope(initialize_variables=False):
        exec(text, names)  # the program of the test, in Keras
    report = read(text, "m")
    assert (report.exact, report.total, report.trainable) == (True, *count(names["m"]))


IDIOMS = {
    "all but a block": """
m = keras.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
m.trainable = True
found = False
for layer in m.layers:
    if layer.name == "block5_conv1":
        found = True
    layer.trainable = found
""",
    "a kind of layers": """
m = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3))
for layer in m.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.trainable = False
""",
    "by numbers": """
m = keras.applications.ResNet50(weights=None)
for i, layer in enumerate(m.layers):
    layer.trainable = i >= len(m.layers) // 2
""",
    "another head": """
base = keras.applications.VGG16(weights=None)
m = keras.Model(base.input, keras.layers.Dense(10)(base.layers[-2].output))
for layer in m.layers[:-3]:
    layer.trainable = False
""",
    "features of a layer": """
base = keras.applications.VGG16(weights=None)
m = keras.Model(inputs=base.inputs, outputs=base.get_layer("block4_pool").output)
""",
    "features by the place": """
base = keras.applications.VGG16(weights=None)
m = keras.Model(inputs=base.input, outputs=[layer.output for layer in base.layers[1:6]])
""",
    "layers moved to a chain": """
base = keras.applications.VGG16(weights=None)
m = keras.Sequential()
for layer in base.layers[:-1]:
    m.add(layer)
for layer in m.layers:
    layer.trainable = False
m.add(keras.layers.Dense(10))
""",
    "an input of a layer": """
base = keras.applications.VGG16(weights=None)
m = keras.Model(base.layers[0].output, keras.layers.Dense(3)(base.get_layer("fc2").input))
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", IDIOMS)
def test_ways_to_reuse_a_model(name: str) -> None:
    text = f"import keras\n{IDIOMS[name]}"
    agrees(text)


ENDS = """
i, j = keras.Input((8,)), keras.Input((3,))
x = layers.Dense(5)(i)
y, z = layers.Dense(6)(x), layers.Dense(7)(x)
w = layers.Dense(2)(layers.Concatenate()([y, j]))
base = keras.Model({ins}, {outs})
m = keras.Model({ins_of_m}, {outs_of_m})
"""
REUSED = {
    "outputs in a list": ("i", "[y, z]", "base.input", "base.output"),
    "one of a list": ("i", "[y, z]", "base.input", "base.output[1]"),
    "outputs in a dictionary": ("i", "{'p': y, 'q': z}", "base.input", "base.output"),
    "one of a dictionary": ("i", "{'p': y, 'q': z}", "base.input", "base.output['q']"),
    "lists in lists": ("i", "[[y], z]", "base.input", "base.output[0]"),
    "a list of one": ("[i]", "[y]", "base.input", "layers.Dense(3)(base.output[0])"),
    "a tuple": ("i", "(y, z)", "base.input", "layers.Dense(len(base.output))(base.output[0])"),
    "inputs in a list": ("[i, j]", "w", "base.input", "base.output"),
    "one of the inputs": ("[i, j]", "w", "base.input[0]", "z"),
    "a head for each": ("i", "[y, z]", "base.inputs", "[layers.Dense(1)(one) for one in base.output]"),
    "and one more": ("i", "[y]", "base.input", "base.outputs + [z]"),
}


@pytest.mark.whole
@pytest.mark.parametrize("ends", REUSED.values(), ids=REUSED)
def test_the_inputs_and_outputs_of_a_model_are_as_they_were_given(ends: tuple[str, ...]) -> None:
    text = HEAD + ENDS.format(**dict(zip(("ins", "outs", "ins_of_m", "outs_of_m"), ends, strict=True)))
    agrees(text)


def test_a_list_that_a_model_was_given_may_change_afterwards() -> None:
    ends = {"ins": "i", "outs": "q", "ins_of_m": "i", "outs_of_m": "base.output"}
    text = HEAD + ENDS.format(**ends).replace("base = ", "q = [y]\nbase = ").replace("m = ", "q.append(z)\nm = ")
    assert read(text, "m").total == 45 + 36


CALLED = {
    "one of a list": ("[y, z]", "one(j)[1]"),
    "one of a list of one": ("[z]", "one(j)[0]"),
    "one of a dictionary": ("{'p': y, 'q': z}", "one(j)['q']"),
    "one of lists in lists": ("[[y], z]", "one(j)[0][0]"),
    "a list is a list": ("[y, z]", "one(j)[isinstance(one(j), list)]"),
    "a tuple is a tuple": ("(y, z)", "one(j)[isinstance(one(j), list)]"),
    "all": ("[y, z]", "layers.Concatenate()(one(j) + [j])"),
}


@pytest.mark.whole
@pytest.mark.parametrize(("outs", "result"), CALLED.values(), ids=CALLED)
def test_a_call_of_a_model_gives_what_it_was_given(outs: str, result: str) -> None:
    text = HEAD + ENDS.format(ins="i", outs=outs, ins_of_m="j", outs_of_m=f"layers.Dense(3)({result})")
    text = text.replace("m = ", "one, j = base, keras.Input((8,))\nm = ")
    agrees(text)


def test_the_call_of_a_model_whose_outputs_were_changed_is_unknown() -> None:
    text = HEAD + ENDS.format(ins="i", outs="[y]", ins_of_m="j", outs_of_m="layers.Dense(3)(base(j)[-1])")
    text = text.replace("m = ", "j = keras.Input((8,))\nbase.output.append(z)\nm = ")
    assert not read(text, "m").exact


SHAPES = {
    "features of the output": ("i", "z", "layers.Dense(base.output_shape[-1])(j)"),
    "of several outputs": ("i", "[y, z]", "layers.Dense(base.output_shape[1][-1])(j)"),
    "a list of one": ("[i]", "[z]", "layers.Dense(base.input_shape[-1])(j)"),
    "the batch": ("i", "z", "layers.Dense(base.output_shape[0] or 9)(j)"),
    "axes": ("i", "layers.Reshape((2, 3))(y)", "layers.Dense(len(base.output_shape))(j)"),
    "equal shapes": ("i", "z", "layers.Dense(4 if base.output_shape == (None, 7) else 5)(j)"),
}


@pytest.mark.whole
@pytest.mark.parametrize(("ins", "outs", "head"), SHAPES.values(), ids=SHAPES)
def test_the_shapes_of_a_model_are_those_of_its_tensors(ins: str, outs: str, head: str) -> None:
    text = HEAD + ENDS.format(ins=ins, outs=outs, ins_of_m="j", outs_of_m=head)
    agrees(text)


INPUT_CHANGED = {
    "an attribute in a branch": ("if outside.flip(): base.layers[0].foo = 7", "getattr(base.layers[0], 'foo', 3)"),
    "one in each": (
        "if outside.flip(): base.layers[0].foo = 7\nelse: base.layers[0].foo = 5",
        "getattr(base.layers[0], 'foo', 3)",
    ),
    "frozen in a branch": (
        "if outside.flip(): base.layers[0].trainable = False",
        "3 if base.layers[0].trainable else 5",
    ),
}


@pytest.mark.parametrize(("change", "units"), INPUT_CHANGED.values(), ids=INPUT_CHANGED)
def test_what_a_branch_does_to_the_layer_of_an_input_is_unknown_behind_it(change: str, units: str) -> None:
    text = f"import outside\n{HEAD}i = keras.Input((4,))\nbase = keras.Model(i, layers.Dense(4)(i))\n{change}\n"
    assert not read(f"{text}m = keras.Sequential([keras.Input((2,)), layers.Dense({units})])\n", "m").exact
