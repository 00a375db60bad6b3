"""Soundness: what is exact equals what running the program gives under every outcome of its unknown conditions."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import math
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from keras_programs import keras_program
from program_mutations import mutants, runnable
from source_programs import MOST_RUNS, TooMany, program, runs
from tiers import pieces

from paramcalc.errors import ParamcalcError
from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import interpret
from paramcalc.report import Report
from paramcalc.symbolic import Expr

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = pytest.mark.torch

FEW = range(10)
MORE = range(10, 60)
MANY = pieces(range(10_000, 13_000))
ENDS = (7, 19, 22, 25)  # programs of Keras that end, under few outcomes


def read(text: str) -> dict[str, Report]:
    """Read a program; give the report of each model bound to a name of the module."""
    run, found = interpret(Source("program.py", given=text))
    return {name: model.report() for name, model in found if name in run.globals.named}


def registered(module: torch.nn.Module) -> list[torch.nn.Parameter]:
    """List the parameters of a module, each once; where a constructor was not run, nothing could be registered."""
    modules, pending = {id(module): module}, [module]  # a module may hold itself
    while pending:
        inside = vars(pending.pop()).get("_modules", {}).values()
        new = {id(one): one for one in inside if one is not None and id(one) not in modules}
        modules |= new
        pending += new.values()
    held = [one for each in modules.values() for one in vars(each).get("_parameters", {}).values()]
    return list({id(one): one for one in held if one is not None}.values())


def truth(value: Any) -> tuple[int, int] | None:
    """Count the parameters of a real model, all and those that are trained."""
    if isinstance(value, torch.nn.Module):
        found = registered(value)
        if any(isinstance(one, torch.nn.parameter.UninitializedParameter) for one in found):
            return None
        counts = [(one.numel(), one.requires_grad) for one in found]
        return sum(count for count, _ in counts), sum(count for count, trained in counts if trained)
    keras = sys.modules.get("keras")
    if keras is None or not isinstance(value, keras.Model):
        return None
    try:
        chain = isinstance(value, keras.Sequential)
        if chain and all(type(one).build is keras.Layer.build and not one.weights for one in value.layers):
            return 0, 0  # nothing in it would make weights on its first input
        if not _is_whole(value, keras.Model):
            return None
        weights = [{id(one): math.prod(one.shape) for one in some} for some in (value.weights, value.trainable_weights)]
    except (AttributeError, TypeError):  # without Keras's constructor, or with properties of the program's own
        return None
    return sum(weights[0].values()), sum(weights[1].values())


def _is_whole(model: Any, base: Any) -> bool:
    # whether no input gives it more weights: it is built, or it only calls layers that are
    return bool(model.built) or (type(model).build is base.build and all(one.built for one in model.layers))


def violations(reports: dict[str, Report], outcomes: list[dict[str, object]]) -> Iterator[str]:
    """List the models of which something wrong is said."""
    for name, report in reports.items():
        if any(isinstance(names.get(name), type) for names in outcomes):
            continue  # a class that is listed because no model is made
        answers = {truth(names.get(name)) for names in outcomes}
        if isinstance(report.total, Expr):
            continue  # a formula in unknown sizes
        if report.exact:
            if report.total == 0:  # a model that was not built yet has no weights either
                answers = {answer or (0, 0) for answer in answers}
            total = {None if answer is None else answer[0] for answer in answers}
            trained = {None if answer is None else answer[1] for answer in answers}
            if total != {report.total} or not (report.guessed or trained == {report.trainable}):
                yield f"{name} is exactly {report.total} ({report.trainable}), and running it gives {answers}"
        elif any(answer is not None and answer[0] < report.total for answer in answers):
            yield f"{name} is at least {report.total}, and running it gives {answers}"


class Figures(NamedTuple):
    """How programs were answered."""

    ran: int = 0  # programs that ended at least once
    exact: int = 0  # models
    formulas: int = 0
    least: int = 0


def check(programs: Iterable[tuple[int, str]], most: int = MOST_RUNS) -> Figures:
    """Check programs that have a number each."""
    figures = Figures()
    for seed, text in programs:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                outcomes = list(runs(text, most))
            except TooMany:
                continue
        if not outcomes:
            continue
        try:
            reports = read(text)
        except ParamcalcError:
            continue  # it says that there is no model
        found = list(violations(reports, outcomes))
        assert not found, f"seed {seed}: {found}\n{text}"
        symbolic = [isinstance(one.total, Expr) for one in reports.values()]
        exact = sum(one.exact and not formula for one, formula in zip(reports.values(), symbolic, strict=True))
        least = len(reports) - exact - sum(symbolic)
        added = (1, exact, sum(symbolic), least)
        figures = Figures(*(one + more for one, more in zip(figures, added, strict=True)))
    return figures


def drawn(write: Callable[[int], str], seeds: range) -> Iterator[tuple[int, str]]:
    """Write programs."""
    return ((seed, write(seed)) for seed in seeds)


EXAMPLES = Path(os.environ.get("PARAMCALC_PROGRAMS") or Path(__file__).parents[2] / "docs" / "examples")


def examples() -> list[str]:
    """Read the programs that are changed, as far as they can be run here."""

    def ends(text: str) -> bool:
        try:
            return bool(list(runs(text)))
        except TooMany:
            return False

    texts = [file.read_text() for file in sorted(EXAMPLES.glob("[!h]*.py"))]
    return [runnable(text, ends) for text in texts]


def test_random_programs() -> None:
    assert check(drawn(program, FEW)).ran > 2


@pytest.mark.slow
def test_more_random_programs() -> None:
    assert check(drawn(program, MORE)).ran > 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", MANY)
def test_many_random_programs(seeds: range) -> None:
    assert check(drawn(program, seeds)).ran > len(seeds) // 6


def test_random_programs_of_keras() -> None:
    pytest.importorskip("keras")
    assert check(((seed, keras_program(seed)) for seed in ENDS), most=8).ran == len(ENDS)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", MANY)
def test_many_random_programs_of_keras(seeds: range) -> None:
    pytest.importorskip("keras")
    assert check(drawn(keras_program, seeds), most=32).ran > len(seeds) // 6


def test_changed_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["program.py"])
    pytest.importorskip("keras")
    assert check(mutants(examples(), range(16)), most=8).ran > 1


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", MANY)
def test_many_changed_programs(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["program.py"])
    pytest.importorskip("keras")
    assert check(mutants(examples(), seeds), most=32).ran > len(seeds) // 6


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
    "an attribute of None": ("m = n = None\ntry:\n    n.size = 1\n    m = nn.Linear(1, 1)\nexcept AttributeError:\n    m = nn.Linear(2, 2)", {"m": 6}),
    "an attribute of a list": ("m, n = None, []\ntry:\n    n.size = 1\n    m = nn.Linear(1, 1)\nexcept Exception:\n    m = nn.Linear(2, 2)", {"m": 6}),
    "an attribute of a tensor": ("m, n = nn.Linear(2, 2), torch.zeros(1)\ntry:\n    n.shape = 1\n    m = nn.Linear(1, 1)\nexcept Exception:\n    pass", {}),
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
    "a generator that reads what changes": ("n = 1\ndef g():\n    for _ in range(3): yield n\nk = 0\nfor x in g():\n    n += 1; k += x\nm = nn.Linear(k, 1)", {}),
    "a generator expression that reads what changes": ("n, k = 1, 0\nfor x in (n for _ in range(3)):\n    n += 1; k += x\nm = nn.Linear(k, 1)", {"m": 7}),
    "its first source is evaluated at once": ("l = [1]\ng = (x for x in l)\nl = [1, 2, 3]\nm = nn.Linear(sum(g), 1)", {"m": 2}),
    "a list that grows under enumerate": ("l = [1]\nfor i, x in enumerate(l):\n    if i < 2: l.append(x)\nm = nn.Linear(len(l), 1)", {"m": 4}),
    "what a break leaves": ("g = iter([1, 2, 3])\nfor x in g: break\nm = nn.Linear(next(g), 1)", {"m": 3}),
    "a view": ("d = {}\nv = d.values()\nd['a'] = nn.Linear(1, 1)\nm = nn.Sequential(*v)", {"m": 2}),
    "any stops": ("n = 0\ndef f(x):\n    global n\n    n += 1\n    return x > 0\nany(f(x) for x in [0, 1, 2])\nm = nn.Linear(n, 1)", {"m": 3}),
    "an iterator that is used outside": ("g = iter([1, 2, 3])\noutside.use(g)\nm = nn.Linear(next(g), 1)", {}),
    "a function called outside": ("l = [nn.Linear(1, 1)]\noutside.call(lambda: l.append(nn.Linear(1, 1)))\nm = nn.Sequential(*l)", {}),
    "an order": ("s = {'a', 'b'}\nx = list(s)[0]\nm = nn.Linear(3, 1) if x == 'a' else nn.Linear(1, 1)", {}),
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
    "a tensor that may be another": (
        "x = keras.Input((3,))\ny = x\nif outside.flip(): y = layers.Dense(4)(x)\nm = keras.Model(x, layers.Concatenate()([layers.Dense(2)(x), y]))",
        None,
    ),
    "a wrapped layer": (
        "x = keras.Input((2, 3))\nm = keras.Model(x, layers.TimeDistributed(layers.Dense(2, trainable=outside.flip()))(x))",
        None,
    ),
    "frozen": (START + "if outside.flip(): m.layers[0].trainable = False", None),
}


@pytest.mark.parametrize("name", KERAS_CASES)
def test_keras_is_exact_where_every_outcome_agrees(name: str) -> None:
    text, total = KERAS_CASES[name]
    found = read(KERAS_HEAD + text + "\n").get("m")
    if total is None:
        assert found is None or not found.exact or found.guessed
    else:
        assert found is not None
        assert (found.total, found.exact) == (total, True)
