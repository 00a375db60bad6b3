"""Functions that TensorFlow traces: what they do in Python happens when they are traced, not at each call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import source_programs

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

HEAD = """
import tensorflow as tf
from tensorflow.keras import Model, layers
class Net(Model):
    def __init__(self):
        super().__init__()
        self.fc, self.out = layers.Dense(8), layers.Dense(10)
    {mark}
    def call(self, x, training=False):
        return self.out(self.fc(x))
net = Net()
optimizer = tf.{optimizers}.Adam(0.01)
{mark}
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.losses.mse(y, net(x, training=True))
    gradients = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(gradients, net.trainable_variables))
    return loss
"""
BUILT = 5 * 8 + 8 + 8 * 10 + 10
MARKS = ("@tf.function", "@tf.function()", "@tf.function(jit_compile=True)", "")


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("optimizers", ["optimizers", "keras.optimizers"])
def test_a_model_trained_by_a_traced_function(mark: str, optimizers: str) -> None:
    text = HEAD.format(mark=mark, optimizers=optimizers)
    text += "step(tf.zeros((3, 5)), tf.zeros((3, 10)))\nfor x, y in data:\n    step(x, y)\n"
    (model,) = read_all(Source("m.py", given=text))
    assert (model.report().exact, model.report().total) == (True, BUILT)


@pytest.mark.parametrize("mark", MARKS)
def test_a_model_that_only_a_loop_over_data_builds(mark: str) -> None:
    text = HEAD.format(mark=mark, optimizers="optimizers")
    text += "for y in data:\n    step(tf.zeros((3, 5)), y)\n"
    (model,) = read_all(Source("m.py", given=text))
    report = model.report()
    assert (report.exact, report.total) == (False, 0)
    assert f"it has {BUILT} parameters where it is built, and it may not be" in report.warnings


def test_a_model_built_on_one_of_two_shapes_has_no_such_note() -> None:
    text = HEAD.format(mark="", optimizers="optimizers")
    text += "import outside\nnet(tf.zeros((3, 5 if outside.flip() else 6)))\n"
    (model,) = read_all(Source("m.py", given=text))
    assert not model.report().exact
    assert not any("where it is built" in one for one in model.report().warnings)


COUNTED = {
    "a counter": ("n = n + 1\n    return x", "step(1)"),
    "called again": ("n = n + 1\n    return x", "step(1)\nstep(1)\nstep(1)"),
    "a list": ("kept.append(1)\n    return x", "step(1)\nstep(1)\nn = len(kept) + 1"),
    "in a branch": ("n = n + 1\n    return x", "if outside.flip(): step(1)\nstep(1)"),
    "what it gives": ("return x", "step(1)\nn = 5 if step(2) == 2 else 6"),
    "set once": ("n = 7\n    return x", "step(1)"),
    "set again": ("n = 7\n    return x", "step(1)\nn = 3\nstep(1)"),
    "not called": ("n = 7\n    return x", ""),
    "a method of two objects": ("return x", "a, b = C(), C()\na.step(1)\nb.step(1)\nb.step(1)\nn = a.n + b.n"),
    "the function itself": ("n = n + 1\n    return x", "step.python_function(1)"),
}
CLASS = """
class C:
    n = 2
    @tf.function
    def step(self, x):
        self.n = self.n + 1
        return x
"""


@pytest.mark.torch
@pytest.mark.parametrize("mark", MARKS[:3])
@pytest.mark.parametrize("name", COUNTED)
def test_what_a_traced_function_does_in_python(name: str, mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="programs are run by PyTorch")
    from test_source_kinds import wrong

    module = SimpleNamespace(keras=SimpleNamespace())
    made = source_programs.outside

    def outside(tape: source_programs.Tape) -> SimpleNamespace:
        module.function = lambda function=None, **_: traced(tape, function) if function else module.function
        return made(tape)

    monkeypatch.setitem(sys.modules, "tensorflow", module)
    monkeypatch.setattr(source_programs, "outside", outside)
    body, done = COUNTED[name]
    start = f"import outside\nimport tensorflow as tf\nfrom torch import nn\nn = 2\nkept = []\n{CLASS}"
    text = f"{start}{mark}\ndef step(x):\n    global n\n    {body}\n{done}\nm = nn.Linear(n, 1)\n"
    assert wrong(text, 600) == []


def traced(tape: source_programs.Tape, function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a function when it is called first, perhaps twice, and perhaps when it is called later."""
    known: dict[object, Any] = {}

    class Traced:
        python_function = staticmethod(function)

        def __get__(self, owner: object, _: object = None) -> Callable[..., Any]:
            return lambda *args: self(owner, *args)

        def __call__(self, *args: Any) -> Any:
            key = args[0] if not isinstance(args[0], int) else None
            if key not in known or tape.ask(2):
                found = function(*args)
                if key not in known and tape.ask(2):
                    function(*args)
                known[key] = found
            return known[key]

    return Traced()
