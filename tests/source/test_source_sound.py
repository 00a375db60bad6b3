"""Soundness: what is exact equals what running the program gives under every outcome of its unknown conditions."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from source_programs import TooMany, program, runs

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import interpret
from paramcalc.report import Report
from paramcalc.symbolic import Expr

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = pytest.mark.torch

FEW = range(60)
MANY = range(10_000, 13_000)


def read(text: str) -> dict[str, Report]:
    """Read a program; give the report of each model bound to a name of the module."""
    run, found = interpret(Source("program.py", given=text))
    return {name: model.report() for name, model in found if name in run.globals.named}


def truth(value: object) -> tuple[int, int] | None:
    """Count the parameters of a real module, all and those that are trained."""
    if not isinstance(value, torch.nn.Module):
        return None
    counts = [(one.numel(), one.requires_grad) for one in value.parameters()]
    return sum(count for count, _ in counts), sum(count for count, trained in counts if trained)


def violations(text: str, outcomes: list[dict[str, object]]) -> Iterator[str]:
    """List the models of which something wrong is said."""
    for name, report in read(text).items():
        answers = {truth(names.get(name)) for names in outcomes}
        if isinstance(report.total, Expr):
            continue  # a formula in unknown sizes
        if report.exact:
            total = {None if answer is None else answer[0] for answer in answers}
            trained = {None if answer is None else answer[1] for answer in answers}
            if total != {report.total} or not (report.guessed or trained == {report.trainable}):
                yield f"{name} is exactly {report.total} ({report.trainable}), and running it gives {answers}"
        elif any(answer is not None and answer[0] < report.total for answer in answers):
            yield f"{name} is at least {report.total}, and running it gives {answers}"


def check(seeds: range) -> int:
    """Check programs; give the number that ran to their end at least once."""
    ran = 0
    for seed in seeds:
        text = program(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                outcomes = list(runs(text, torch))
            except TooMany:
                continue
        if outcomes:
            ran += 1
            found = list(violations(text, outcomes))
            assert not found, f"seed {seed}: {found}\n{text}"
    return ran


def test_random_programs() -> None:
    assert check(FEW) > 10


@pytest.mark.exhaustive
def test_many_random_programs() -> None:
    assert check(MANY) > 500


HEAD = "import outside\nimport torch\nfrom torch import nn\n"
CASES = {
    "one branch": ("m = nn.Linear(2, 3)\nif outside.flip(): m = nn.Linear(3, 3)", {}),
    "equal branches": ("if outside.flip():\n    m = nn.Linear(2, 3)\nelse:\n    m = nn.Linear(2, 3)", {"m": 9}),
    "equal and shared": (
        "if outside.flip():\n    a = nn.Linear(2, 3); b = a\nelse:\n    a = nn.Linear(2, 3); b = nn.Linear(2, 3)\nm = nn.Sequential(a, b)",
        {},
    ),
    "a loop": ("l = []\nfor _ in outside.some(): l.append(nn.Linear(1, 1))\nm = nn.Sequential(*l)", {}),
    "a loop that changes nothing": ("m = nn.Linear(1, 1)\nfor _ in outside.some(): m(torch.zeros(1, 1))", {"m": 2}),
    "else of a loop": ("m = nn.Linear(1, 1)\nfor _ in outside.some():\n    if outside.flip(): break\nelse:\n    m = nn.Linear(2, 2)", {}),
    "an exception": ("m = nn.Linear(1, 1)\ntry:\n    outside.risky()\n    m = nn.Linear(2, 2)\nexcept ValueError:\n    pass\nexcept KeyError:\n    pass", {}),
    "an exception before": ("try:\n    outside.risky()\nexcept Exception:\n    pass\nm = nn.Linear(2, 2)", {"m": 6}),
    "finally": ("try:\n    try:\n        outside.risky()\n    finally:\n        m = nn.Linear(2, 2)\nexcept Exception:\n    pass", {"m": 6}),
    "an alias": ("a = nn.Sequential(nn.Linear(1, 1))\nb = nn.Sequential(nn.Linear(1, 1))\nc = a if outside.flip() else b\nc.append(nn.Linear(2, 2))", {}),
    "a return": ("def f():\n    if outside.flip(): return nn.Linear(1, 1)\n    return nn.Linear(2, 2)\nm = f()", {}),
    "freezing": ("m = nn.Linear(1, 1)\nif outside.flip(): m.requires_grad_(False)", {"m": 2}),
    "a size": ("k = 2 if outside.flip() else 3\nm = nn.Linear(k, 1)", {}),
    "an unknown call": ("m = nn.Linear(1, 1)\noutside.change(m)", {}),
    "a generator left early": ("l = []\ndef g():\n    for i in range(3):\n        l.append(nn.Linear(1, 1)); yield i\nfor _ in g(): break\nm = nn.Sequential(*l)", {}),
    "a list that grows under a loop": ("l = [1]\nfor x in l:\n    if len(l) < 4: l.append(x)\nm = nn.Linear(len(l), 1)", {"m": 5}),
    "a class attribute": ("class A(nn.Module):\n    size = 2\n    def __init__(self):\n        super().__init__(); self.l = nn.Linear(self.size, 1)\nif outside.flip(): A.size = 3\nm = A()", {}),
    "a global in a branch": ("n = 1\ndef f():\n    if outside.flip():\n        global n\n    n = 2\nf()\nm = nn.Linear(n, 1)", {"m": 3}),
    "a patched class": ("nn.Linear.__init__ = lambda self, *a: None\nm = nn.Linear(1, 1)", {}),
    "a patched module": ("nn.Linear = lambda a, b: nn.Embedding(a, b)\nm = nn.Linear(2, 3)", {"m": 6}),
    "tied weights": ("a, b = nn.Linear(2, 2), nn.Linear(2, 2)\nif outside.flip(): a.weight = b.weight\nm = nn.Sequential(a, b)", {}),
    "exec": ("m = nn.Linear(1, 1)\nexec(outside.text())", {}),
    "values under a loop": ("d = {1: nn.Linear(1, 1), 2: nn.Linear(2, 2)}\nfor k, v in d.items():\n    d[2] = nn.Linear(3, 3); last = v\nm = nn.Sequential(last)", {"m": 12}),
    "an order": ("s = {'a', 'b'}\nx = list(s)[0]\nm = nn.Linear(len(x), 1)", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_exact_where_every_outcome_agrees_and_nowhere_else(name: str) -> None:
    text, exact = CASES[name]
    found = {key: report.total for key, report in read(HEAD + text + "\n").items() if report.exact}
    assert {key: found.get(key) for key in exact} == exact
    assert "m" not in found or "m" in exact


def test_a_split_that_is_not_known_is_no_number() -> None:
    report = read(HEAD + "m = nn.Linear(1, 1)\nif outside.flip(): m.requires_grad_(False)\n")["m"]
    assert report.exact
    assert report.guessed


KERAS_HEAD = "import outside\nimport keras\nfrom keras import layers\n"
START = "m = keras.Sequential([keras.Input((3,)), layers.Dense(2)])\n"
KERAS_CASES = {
    "a layer more": (START + "if outside.flip(): m.add(layers.Dense(1))", None),
    "an activation": (
        "a = 'relu' if outside.flip() else 'tanh'\nm = keras.Sequential([keras.Input((3,)), layers.Dense(2, activation=a)])",
        8,
    ),
    "units": ("n = 2 if outside.flip() else 3\nm = keras.Sequential([keras.Input((3,)), layers.Dense(n)])", None),
    "a graph": (
        "x = keras.Input((3,))\ny = layers.Dense(2)(x)\nif outside.flip(): y = layers.Dense(2)(y)\nm = keras.Model(x, y)",
        None,
    ),
    "a loop": (START + "for _ in outside.some(): m.add(layers.Dense(2))", None),
    "training": (START + "for x, y in outside.some():\n    m(x)\n    m.fit(x, y)\nm.compile(loss=outside.loss())", 8),
    "removed": (START + "while outside.flip(): m.pop()", None),
    "a layer of its own": (
        "class L(layers.Layer):\n    def build(self, shape):\n        if outside.flip():\n            self.w = self.add_weight(shape=(3, 3))\n    def call(self, x): return x\n"
        "x = keras.Input((3,))\nm = keras.Model(x, L()(x))",
        None,
    ),
    "pruned": (START + "m = outside.prune(m)", None),
    "an exception": (
        "try:\n    outside.risky()\n    n = 2\nexcept Exception:\n    n = 2\nm = keras.Sequential([keras.Input((3,)), layers.Dense(n)])",
        8,
    ),
    "frozen": (START + "if outside.flip(): m.layers[0].trainable = False", None),
}


@pytest.mark.parametrize("name", KERAS_CASES)
def test_keras_is_exact_where_every_outcome_agrees(name: str) -> None:
    text, total = KERAS_CASES[name]
    found = read(KERAS_HEAD + text + "\n").get("m")
    if total is None:
        assert found is None or not found.exact
    else:
        assert found is not None
        assert (found.total, found.exact) == (total, True)
