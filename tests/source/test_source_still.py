"""Loops of known length of which the rounds that are left change nothing: they are not walked, and nothing is lost."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
from tiers import parts, pieces, quick

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import interpret, read_all
from paramcalc.formats.source.syntax import loops

HEAD = """
from torch import nn
from somewhere import data
"""
START = """
a, b, c, d = 2, 3, 5, 7
i = j = k = x = y = z = counted = raised = 0
first = None
held, seen = [], {}
class Box:
    n = 0
box = Box()
"""
NUMBERS = ("a", "b", "c", "d")
END = "model = nn.Linear(a, b)\nother = nn.Linear(c, d)\n"


def statement(draw: random.Random, names: list[str], depth: int) -> list[str]:
    """Write a statement of a round, most of them such that rounds soon change nothing."""
    target, value = draw.choice(NUMBERS), draw.choice([*NUMBERS, *names])
    number = draw.choice((1, 2, 3, 5, 7, 11, 19, 29))
    plain = (
        [f"x = data({value})", "y = x", "z = (x, y)", "y = x + 1", "print(x, i)"],
        [f"x = data({value})"],
        [f"if x > {number}:", "    y = x"],
        [f"if {draw.choice(names)} % {number} == 0:", "    print(x)"],
        ["first = x if first is None else first"],
        [f"if {draw.choice(names)} == {number}:", f"    {target} = {target} + 1"],
        [f"if {draw.choice(names)} > {number}:", "    " + draw.choice(("break", "continue", "raised = 1"))],
        [f"{target} = {number}"],
        [f"{target} = {draw.choice(NUMBERS)}"],
        [f"{target} = min({target} + 1, {number})"],
        ["counted = counted + 1"],
        [f"if counted == {number}:", f"    {target} = {number}"],
        [f"{target} = {draw.choice(names)} + 1"],
        [f"held.append({draw.choice(('x', '1'))})"],
        [f"if len(held) == {number}:", f"    {target} = {number}"],
        [f"seen[{draw.choice(('0', value))}] = {value}"],
        [f"box.n = {draw.choice((value, 'x', 'box.n'))}"],
        [f"{target} = step({value})"],
        ["step(1)"],
        ["i = i + 1"],
        ["if x is y:", f"    {target} = {number}"],
        ["if first is x:", f"    {target} = {number}"],
        [
            "try:",
            f"    {target} = {number} if {draw.choice(names)} < {number} else missing",
            "except NameError:",
            "    y = 0",
        ],
        ["if y:", f"    {target} = {number}"],
    )
    weights = [6, 6, 4, 4, 2] + [1] * (len(plain) - 5)
    if depth < 2 and draw.random() < 0.15:
        name = "jk"[depth]
        inner = block(draw, [*names, name], depth + 1)
        return [f"for {name} in range({draw.choice((3, 9, 30))}):", *inner]
    return draw.choices(plain, weights)[0]


def block(draw: random.Random, names: list[str], depth: int) -> list[str]:
    """Write the body of a loop."""
    lines = [line for _ in range(draw.randint(1, 5)) for line in statement(draw, names, depth)]
    return [f"    {line}" for line in lines]


def program(seed: int) -> str:
    """Write a program with a loop of known length, of whose numbers two layers are made."""
    draw = random.Random(seed)
    start = [
        "def step(n):",
        "    global c",
        f"    {draw.choice(('c = 13', 'c = c', 'c = min(c + 1, 21)', 'return 4'))}",
        "    return 6",
    ]
    length = draw.choice((7, 12, 31, 40, 64))
    ends = draw.choice(([], ["else:", "    d = d + 1"]))
    return HEAD + START + "\n".join([*start, f"for i in range({length}):", *block(draw, ["i"], 0), *ends, END])


def truth(text: str, seed: int) -> dict[str, int] | None:
    """Run a program with numbers for data."""
    draw = random.Random(seed)

    class Number(float):
        """A result from outside; arithmetic with it gives others."""

    def data(_: object) -> object:
        return Number(draw.random() * 40)

    made: dict[str, int] = {}
    names: dict[str, object] = {
        "nn": SimpleNamespace(Linear=lambda i, o: i * o + o),
        "data": data,
        "print": lambda *_: None,
    }
    body = text.removeprefix(HEAD)
    try:
        exec(compile(body, "net.py", "exec"), names)  # a program of ours
    except Exception:
        return None
    for name in ("model", "other"):
        value = names[name]
        assert isinstance(value, (int, float))
        made[name] = int(value)
    return made


def totals(text: str) -> tuple[dict[str, int], dict[str, int]]:
    """Read a program; give the totals that are exact, and those that are at least."""
    reports = [(one.label, one.report()) for one in read_all(Source("m.py", given=text))]
    known = [(name, one.exact, one.total) for name, one in reports if isinstance(one.total, int)]
    exact = {name: total for name, sure, total in known if sure}
    return exact, {name: total for name, sure, total in known if not sure}


def violations(text: str) -> list[tuple[str, int, int]]:
    """List the models that a program answers wrongly in a run, with what it says and what is so."""
    exact, least = totals(text)
    runs = [one for one in (truth(text, seed) for seed in range(5)) if one is not None]
    found = [(name, exact[name], one[name]) for one in runs for name in exact if exact[name] != one[name]]
    return [*found, *((name, least[name], one[name]) for one in runs for name in least if least[name] > one[name])]


def wrong(seeds: range) -> tuple[list[str], int]:
    """Give the programs that are answered wrongly, and how many answers are exact."""
    texts = [program(seed) for seed in seeds]
    return [text for text in texts if violations(text)], sum(len(totals(text)[0]) for text in texts)


@pytest.mark.parametrize("seeds", quick(parts(range(60), 5), 6))
def test_random_loops_give_what_running_them_gives(seeds: range) -> None:
    found, answers = wrong(seeds)
    assert found == []
    assert answers > 2


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", pieces(range(10_000, 14_000), 200))
def test_many_random_loops_give_what_running_them_gives(seeds: range) -> None:
    found, answers = wrong(seeds)
    assert found == []
    assert answers > len(seeds)


@pytest.mark.parametrize("seeds", quick(parts(range(100, 140), 5), 4))
def test_no_answer_is_lost(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [program(seed) for seed in seeds]
    ours = [totals(text)[0] for text in texts]
    monkeypatch.setattr(loops, "still", lambda run, piece: False)
    assert all(
        told.items() <= mine.items() for told, mine in zip([totals(text)[0] for text in texts], ours, strict=True)
    )


LATE: dict[str, str] = {
    "the name of the item is set": "    i = 7\na = i",
    "the name of the item is set in a late round": "    if i == 39:\n        i = 7\na = i",
    "two results are one until a late round": "    x = data(box)\n    y = x if i < 30 else data(box)\nif x is y:\n    a = 9",
    "a late round ends the loop": "    x = data(i)\n    if i == 30:\n        break\na = i",
    "a late round is not followed": "    x = data(i)\n    if i == 30:\n        match x:\n            case _:\n                a = 9",
    "a result may be an object in a late round": "    x = data(box) if i < 30 else held\nx.append(3)\na = 5 + len(held)",
    "a result is among others in a late round": ("    x = (40 if data(i) > 20 else 50) if i < 30 else 1\na = x"),
    "a result is a number in a late round": "    x = data(i) if i < 30 else 3\na = 9 if x == 3 else 4",
    "a count": "    counted = counted + 1\na = counted",
    "a number of a late round": "    if i == 30:\n        a = 9",
    "an attribute of a late round": "    if i == 30:\n        box.n = 9\na = box.n + 1",
    "a list that grows": "    held.append(data(i))\na = len(held)",
}


@pytest.mark.whole
@pytest.mark.parametrize("body", LATE.values(), ids=LATE)
def test_what_late_rounds_do_is_not_passed_over(body: str) -> None:
    text = f"{HEAD}{START}for i in range(40):\n{body}\n{END}"
    assert truth(text, 0) is not None
    assert violations(text) == []


MAY_BE: dict[str, str] = {
    "data": "data(i)",
    "a condition": "data(i) > 2",
    "one of two": "(1 if data(i) > 2 else None)",
    "a number": "float(data(i))",
}


@pytest.mark.whole
@pytest.mark.parametrize("result", MAY_BE.values(), ids=MAY_BE)
def test_a_result_may_be_a_model_in_a_late_round(result: str) -> None:
    loop = f"for i in range(40):\n    x = {result} if i < 30 else timm.create_model('a')\n"
    text = f"{HEAD}import timm\n{START}{loop}model = nn.Sequential(x, nn.Linear(1, 1))\n"
    assert "model" not in totals(text)[0]


def test_two_results_that_are_one_until_a_late_round_have_no_size_in_common() -> None:
    loop = "for i in range(40):\n    x = data(box)\n    y = x if i < 30 else data(box)\n"
    (model,) = read_all(Source("m.py", given=f"{HEAD}{START}{loop}model = nn.Linear(x.n, y.n)\n"))
    report = model.report()
    assert not report.exact or len(getattr(report.total, "symbols", ())) == 2


def test_each_model_that_a_loop_makes_is_listed() -> None:
    text = f"{HEAD}for i in range(40):\n    nn.Sequential(nn.Linear(3, 4))\n"
    assert len(read_all(Source("m.py", given=text))) == 40


def steps(body: str, length: int) -> int:
    """Tell how many steps a loop takes."""
    text = "import torch\nfrom torch import nn\nmodel = nn.Linear(2, 3)\nx = torch.zeros(4, 2)\nbest = 0\n"
    return interpret(Source("m.py", given=f"{text}for i in range({length}):\n{body}"))[0].budget.spent


LOOPS: dict[str, str] = {
    "training": "    loss = model(x).sum()\n    loss.backward()\n",
    "a counter": "    loss = model(x).sum()\n    if loss < 1:\n        print(f'{loss.item():.3f}')\n",
    "batches": "    total = 0\n    for at, one in enumerate(loader):\n        total += model(one).sum().item()\n",
    "the best so far": "    loss = model(x).sum().item()\n    if loss > best:\n        best = loss\n",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_a_training_loop_takes_few_steps_however_long_it_is(body: str) -> None:
    assert steps(body, 100_000) == steps(body, 50)


def test_the_name_of_the_item_has_its_last_value() -> None:
    told, _ = totals("from torch import nn\nfor i in range(100_000):\n    x = 1\nmodel = nn.Linear(i, 1)\n")
    assert told == {"model": 100_000}  # 99,999 weights and a bias


def test_rounds_that_read_the_item_are_all_walked() -> None:
    texts = {
        "a key": "d = collections.defaultdict(list, {k: [] for k in range(5)})\nfor i in range(20):\n    d[i]\nn = len(d)\n",
        "an index": "l, n = [1, 2, 3], 3\nfor i in range(12):\n    try:\n        l[i]\n    except IndexError:\n        n = 20\n",
        "a name": (
            "class D:\n    a0, n = 1, 0\n    @property\n    def a1(self):\n        D.n = D.n + 4\n        return 1\n"
            "o = D()\nfor i in range(20):\n    getattr(o, f'a{i // 15}')\nn = D.n\n"
        ),
        "in a function": "n = 0\ndef step():\n    global n\n    if i == 15:\n        n = 20\nfor i in range(20):\n    step()\n",
    }
    for text in texts.values():
        assert totals(f"import collections\nfrom torch import nn\n{text}model = nn.Linear(n, 1)\n") == (
            {"model": 21},
            {},
        )


def test_a_zero_that_changes_its_sign_is_another_number() -> None:
    text = "from torch import nn\nx = 0.0\nfor i in range(7):\n    x = -x\nmodel = nn.Linear(len(str(x)), 1)\n"
    assert totals(text)[0] == {"model": 5}


def test_a_key_of_another_type_is_another_key() -> None:
    round = "    k = list(d)[0]\n    del d[k]\n    d[True if k is not True else 1] = 0\n    del k\n"
    text = f"from torch import nn\nd = {{1: 0}}\nfor i in range(7):\n{round}"
    assert totals(f"{text}model = nn.Linear(3 if list(d)[0] is True else 5, 1)\n")[0] == {"model": 4}


REMADE = """
import torch
import numpy as np
from torch import nn
points = np.vstack([np.linspace(-1, 1, 15) for _ in range(4)])
def works():
    a = np.random.uniform(1, 2, size=4)[:, np.newaxis]
    return torch.from_numpy(a * np.power(points, 2) + (a - 1)).float()
m = nn.Linear(15, 2)
optimizer = torch.optim.Adam(m.parameters())
for step in range(10000):
    given = works()
    loss = torch.mean(m(given))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print("%.2f" % loss.data.numpy())
"""


def test_a_tensor_made_anew_in_each_round_is_like_the_one_before() -> None:
    (report,) = [one.report() for one in read_all(Source("m.py", given=REMADE)) if one.label == "m"]
    assert (report.exact, report.total) == (True, 32)
