"""Settings in one object that is not given: each attribute is one size, until something may have changed it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from paramcalc.errors import OptionError
from paramcalc.formats import load, load_all
from paramcalc.formats.opened import Asked, Source
from paramcalc.formats.source.reader import read_all
from paramcalc.graph.model import Model
from paramcalc.symbolic import text as written

HEAD = "from torch import nn\n\nclass M(nn.Module):\n    def __init__(self, c):\n        super().__init__()\n"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "encoder.py"


def model(body: str, **options: str) -> Model:
    program = HEAD + "".join(f"        {line}\n" for line in body.splitlines())
    source = Source("a.py", given=program)
    source.asked = Asked("M", {key.replace("__", "."): value for key, value in options.items()})
    (found,) = read_all(source)
    return found


@pytest.mark.whole
@pytest.mark.parametrize(
    ("body", "total"),
    {
        "one size": ("self.a = nn.Linear(c.h, c.h)\nself.b = nn.Linear(c.h, 2)", "h^2 + 3h + 2"),
        "an item": ("self.a = nn.Linear(c['h'], c['h'], bias=False)", "h^2"),
        "of an object within": ("self.a = nn.Linear(c.net.h, c.net['h'], bias=False)", "h_2*h"),
        "named by its variable": ("h = c.n\nk = c.m\nself.a = nn.Linear(h, c.n, bias=False)", "h^2"),
        "a number of its own": ("self.a = nn.Linear(3 * c.h, c.h // 2, bias=False)", "3floor(h/2)*h"),
        "set by the program": ("a = c.h\nc.h = 3\nself.a = nn.Linear(a, c.h, bias=False)", "h*a"),
        "given away": ("self.x = nn.Linear(c.h, 1)\nchange(c)\nself.a = nn.Linear(c.h, 1)", "h + h_2 + 2"),
        "a text": ("s = c.name + 'x'\np = c.root / 'y'\nself.a = nn.Linear(2, 2)", "6"),
    }.values(),
)
def test_an_attribute_is_a_size_of_its_name(body: str, total: str) -> None:
    report = model(body).report()
    assert report.exact
    assert written(report.total) == total


@pytest.mark.parametrize("switch", ["bias=c.bias", "bias=c['bias']"])
def test_a_switch_is_no_size(switch: str) -> None:
    report = model(f"self.a = nn.Linear(3, 4, {switch})").report()
    assert not report.exact
    assert "bias is not known: the argument c" in str(report)
    assert model(f"self.a = nn.Linear(3, 4, {switch})", c__bias="False").report().total == 12


STATEMENTS = ("read x", "read y", "item x", "set x", "set y", "call change", "call print", "branch", "loop")


class Settings(SimpleNamespace):
    """What the program is run with: attributes, which are its items as well."""

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


@given(st.lists(st.sampled_from(STATEMENTS), max_size=12), st.lists(st.integers(1, 99), min_size=40, max_size=40))
def test_one_size_is_one_number_whatever_the_program_does(steps: list[str], luck: list[int]) -> None:
    """Run it with an object: wherever the interpreter says the same size, there has to be the same number."""
    lines = []
    for at, step in enumerate(steps):
        kind, _, name = step.partition(" ")
        lines.append(
            {
                "read": f"self.m{at} = nn.Embedding(c.{name}, 1)",
                "item": f"self.m{at} = nn.Embedding(c['{name}'], 1)",
                "set": f"c.{name} = c.{'y' if name == 'x' else 'x'}",
                "call": f"{name}(c)",
                "branch": f"if c.flag:\n    c.x = c.y\nself.m{at} = nn.Embedding(c.x, 1)",
                "loop": f"for i in c.several:\n    c.y = next(c.some)\nself.m{at} = nn.Embedding(c.y, 1)",
            }[kind]
        )
    body = "\n".join(lines)
    numbers = iter(luck)

    def change(settings: Settings) -> None:
        settings.x, settings.y = next(numbers), next(numbers)

    embedding = SimpleNamespace(Embedding=lambda count, _: count)
    ran = SimpleNamespace()
    settings = Settings(x=next(numbers), y=next(numbers), flag=luck[2] % 2, several=range(luck[3] % 3), some=numbers)
    exec(body, {"nn": embedding, "c": settings, "self": ran, "change": change, "print": lambda _: None})
    sizes: dict[str, int] = {}
    for row in model(body or "pass").report().rows:
        if not row.unknown:
            number = getattr(ran, row.name)
            assert sizes.setdefault(written(row.params), number) == number, body


def test_sizes_are_given_by_name_and_by_path() -> None:
    total = 80 + 2 * (16 + 288 + 264)
    assert load(EXAMPLE, sizes={"width": 8, "n_words": 10}).report().total == total
    (found,) = load_all(f"{EXAMPLE}:Encoder", asked=Asked("", {"config.width": "8", "config.n_words": "10"}))
    assert found.report().total == total


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"config.widht": "1"}, r"--args config.widht: nothing reads it \(did you mean 'width'\?\)"),
        ({"config.x": "1"}, "nothing reads it .what is read: n_words, width."),
        ({"config": "3", "config.width": "1"}, "--args config.width; expected either config or its attributes"),
        ({"config.width": "1", "config": "3"}, "--args config; expected either config or its attributes"),
        (
            {"config.width": "3", "config.width.x": "1"},
            "--args config.width.x; expected either width or its",
        ),
        ({"depth": "1"}, "no argument 'depth' \\(Encoder takes config\\)"),
    ],
)
def test_what_no_attribute_can_be_is_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        load_all(f"{EXAMPLE}:Encoder", asked=Asked("", options))
