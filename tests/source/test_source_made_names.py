"""The names that Keras makes begin with the class of a layer: what is asked of them is answered as far as that goes."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest

from paramcalc.core.spelling import snake
from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

HEAD = "import keras\nfrom keras import layers\nkeras.backend.clear_session()\n"
CHAIN = (
    "m = keras.Sequential([keras.Input((8, 8, 3)), layers.MaxPool2D(2), layers.Conv2D(4, 3), layers.PReLU(),"
    " layers.GlobalAvgPool2D(), layers.Dense(3), layers.Dense(2, name='last')])\n"
)
ASKED = """
'p_re' in l.name
l.name == 'p_re_lu'
l.name.startswith('p_re')
l.name.endswith('lu')
l.name.endswith('2d')
'2d' in l.name
'max_pool' in l.name
'd' in l.name
l.name.startswith('conv2d_')
l.name.startswith('conv2d')
'conv2d_' in l.name
'_1' in l.name
'' in l.name
l.name.startswith(('conv', 'last'))
l.name.endswith('')
l.name in ['last', 'other']
l.name in ['dense', 'other']
l.name in {'last': 1}
l.name != 'last'
not l.name.startswith('dense')
l.name.split('_')[0] == 'conv2d'
l.name[:4] == 'conv'
l.name.find('conv') != -1
any(k in l.name for k in ['conv', 'lstm'])
""".strip().splitlines()
SURE = {  # where nothing depends on the number behind the class
    "'p_re' in l.name", "l.name.startswith('p_re')", "'2d' in l.name", "'max_pool' in l.name", "'d' in l.name",
    "l.name.startswith('conv2d')", "l.name.startswith(('conv', 'last'))", "l.name in ['last', 'other']",
    "l.name != 'last'", "not l.name.startswith('dense')", "any(k in l.name for k in ['conv', 'lstm'])",
}  # fmt: skip
OWN = {
    "a name of its own": (
        "m = keras.Sequential([keras.Input((3,)), layers.Dense(2, name='conv_x'), layers.Dense(2)])\nASK = 'conv_x'"
    ),
    "a name that is not known": (
        "n = ['dense_x', 'dense_x'][outside()]\nASK = 'dense_x'\n"
        "m = keras.Sequential([keras.Input((3,)), layers.Dense(2, name=n)])"
    ),
}


def truth(text: str) -> tuple[int, int]:
    keras = pytest.importorskip("keras")
    names: dict[str, Any] = {"outside": lambda: 0}
    with keras.StatelessScope(initialize_variables=False):
        exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    made = names["m"]
    total, trained = (sum(prod(one.shape) for one in some) for some in (made.weights, made.trainable_weights))
    return total, trained


def check(text: str) -> bool:
    """Compare with Keras; tell whether the split is known."""
    total, trained = truth(text)
    report = next(one.report() for one in read_all(Source("m.py", given=text)) if one.label == "m")
    assert (report.exact, report.total) == (True, total)
    assert report.trainable >= trained if report.guessed else report.trainable == trained
    return not report.guessed


@pytest.mark.whole
@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_of_a_name(asked: str) -> None:
    known = check(f"{HEAD}{CHAIN}for l in m.layers:\n    if {asked}: l.trainable = False\n")
    assert known or asked not in SURE


@pytest.mark.parametrize("program", OWN.values(), ids=OWN)
def test_names_that_a_program_gives(program: str) -> None:
    check(f"{HEAD}{program}\nfor l in m.layers:\n    if ASK in l.name: l.trainable = False\n")


def test_names_of_all_classes() -> None:
    layers = pytest.importorskip("keras").layers
    to_snake_case = pytest.importorskip("keras.src.utils.naming").to_snake_case
    classes = [one.__name__ for one in vars(layers).values() if isinstance(one, type)]
    assert len(classes) > 100
    assert {name: snake(name) for name in classes} == {name: to_snake_case(name) for name in classes}
