"""Command lines of programs: the interpreter makes of words what argparse makes of them, or says that it is unknown."""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from random import Random
from typing import Any

import pytest
from tiers import examples

from paramcalc.errors import ParamcalcError
from paramcalc.formats.opened import Asked, Source
from paramcalc.formats.source.memory.objects import Instance, List, Unknown
from paramcalc.formats.source.reader import interpret, read_all

FLAGS = ["--size", "--sizes", "--hidden-size", "--no-bias", "-n", "-v", "--deep"]
WORDS = [
    "3", "-1", "7", "x", "--", "-", "", "a b", "-n5", "-vn", "-vv", "--siz", "--size=4", "--hid", "--other", "-q",
    "--deep=2", "--no-deep", "-h", "2.5", "-vn5", "--sizes=", "-v=3",
]  # fmt: skip


def declared(luck: Random) -> str:
    """Write a program that declares arguments and parses its command line."""
    options = luck.choice(["", "allow_abbrev=False", "add_help=False"])
    lines = ["import argparse, sys", f"p = argparse.ArgumentParser({options})"]
    holders = ["p"]
    if luck.random() < 0.2:
        lines.append("p.set_defaults(size=9, deep=True)")
    if luck.random() < 0.2:
        lines.append("g = p.add_mutually_exclusive_group()")
        holders.append("g")
    for flag in luck.sample(FLAGS, luck.randint(0, 4)):
        kind = luck.choice(
            ["type=int", "type=int, default=2", "default='5', type=int", "action='store_true'", "action='store_false'",
             "action='count', default=0", "action='append', type=int", "action='extend', nargs='+', default=[1]",
             "nargs='*', type=int", "nargs='?', const=8, type=int", "nargs=2, type=int", "type=int, choices=[3, 7]",
             "action='store_const', const=4", "action=argparse.BooleanOptionalAction", "type=float", "dest='same'",
             "nargs=argparse.REMAINDER"]
        )  # fmt: skip
        if "Boolean" in kind and not flag.startswith("--"):
            continue
        names = f"'{flag}'" + (", '-x'" if luck.random() < 0.1 else "")
        lines.append(f"{luck.choice(holders)}.add_argument({names}, {kind})")
    for name in ["one", "two"][: luck.choice([0, 0, 1, 2])]:
        kind = luck.choice([", type=int", "", ", nargs='?', default=6", ", nargs='*'", ", nargs='+'", ", nargs=2"])
        lines.append(f"p.add_argument('{name}'{kind})")
    if luck.random() < 0.3:
        lines.append(luck.choice(["p.set_defaults(size=11)", "p.set_defaults(deep=False, n=3)", "sys.argv += ['3']"]))
    lines.append(
        luck.choice(
            ["a = p.parse_args()", "a = p.parse_args(sys.argv[1:])", "a, rest = p.parse_known_args()",
             "a = p.parse_args(['3'] + sys.argv[1:])"]
        )
    )  # fmt: skip
    return "\n".join(lines) + "\n"


def drawn(luck: Random, program: str) -> list[str]:
    """Draw words, most of them those that the program declares."""
    flags = [flag for flag in FLAGS if f"'{flag}'" in program]
    return [luck.choice([*flags * 3, *WORDS, "3", "7", "4"]) for _ in range(luck.randint(0, 5))]


def truth(program: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any] | None:
    """Run a program; ``None`` where argparse ends it."""
    monkeypatch.setattr(sys, "argv", ["program.py", *words])
    found: dict[str, Any] = {}
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(program, "program.py", "exec"), found)  # written above
        except SystemExit:
            return None
    return {**vars(found["a"]), **({"<rest>": found["rest"]} if "rest" in found else {})}


def plain(value: Any) -> Any:
    if isinstance(value, List):
        return "<unknown>" if value.blur is not None else [plain(one) for one in value.items]
    return "<unknown>" if isinstance(value, Unknown) else value


def ours(program: str, words: list[str]) -> dict[str, Any] | str | None:
    """Interpret it; a text where the arguments are unknown."""
    source = Source("program.py", given=program)
    source.asked = Asked(words=tuple(words))
    run, _ = interpret(source)
    named = run.globals.named
    if any("is not followed" in str(one) for one in run.mistakes):
        return "unknown"
    if run.mistakes or "a" not in named:
        return None
    found = named["a"]
    if not isinstance(found, Instance) or found.blur is not None:
        return "unknown"
    values = {str(name): plain(value) for name, value in found.named.items()}
    return {**values, **({"<rest>": plain(named["rest"])} if "rest" in named else {})}


def test_arguments_are_those_of_argparse(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = ended = 0
    for seed in range(examples(150, 5_000)):
        luck = Random(f"arguments {seed}")
        program = declared(luck)
        words = drawn(luck, program)
        try:
            expected = truth(program, words, monkeypatch)
        except (argparse.ArgumentError, ValueError, TypeError, AttributeError):
            continue  # two arguments of one name
        found = ours(program, words)
        if isinstance(found, str):
            continue
        where = f"seed {seed}: {words}\n{program}{found} {expected}"
        if found is not None and "<unknown>" in found.values():  # one that is needed: a size, where argparse ends
            assert expected is None or found.keys() == expected.keys(), where
            continue
        assert found == expected, where
        followed, ended = followed + (found is not None), ended + (found is None)
    assert min(followed, ended) > 20, (followed, ended)


LOST = {
    "subparsers": "s = p.add_subparsers()\nq = s.add_parser('train')\nq.add_argument('--n', type=int, default=4)\n",
    "an action of its own": "class A(argparse.Action):\n    pass\np.add_argument('--n', action=A)\n",
    "the rest of the words": "p.add_argument('n', nargs=argparse.REMAINDER)\n",
}


@pytest.mark.parametrize("name", LOST)
def test_words_of_a_command_line_that_is_not_followed_are_refused(name: str) -> None:
    program = f"import argparse\nfrom torch import nn\np = argparse.ArgumentParser()\n{LOST[name]}a = p.parse_args()\n"
    source = Source("program.py", given=f"{program}m = nn.Linear(a.n, 3)\n")
    assert [one.report().total for one in read_all(source)] != [15]
    source.asked = Asked(words=("--n", "4"))
    with pytest.raises(ParamcalcError, match="the command line of this program is not followed; expected --set"):
        read_all(source)


def test_words_for_a_program_that_reads_none_are_refused() -> None:
    source = Source("program.py", given="from torch import nn\nm = nn.Linear(2, 3)\n")
    source.asked = Asked(words=("--n", "4"))
    with pytest.raises(ParamcalcError, match="the program reads no command line; expected --set, or FILE:NAME"):
        read_all(source)


@pytest.mark.parametrize(
    ("ending", "total"),
    [
        ("a = p.parse_args()", 15),
        ("p.set_defaults(h=64)\na = p.parse_args()", 195),
        ("a, rest = p.parse_known_args()\np.set_defaults(h=32)\na = p.parse_args(rest)", 99),
        ("sys.argv = ['x', '--h', '7']\na = p.parse_args()", 24),
        ("sys.argv += ['--h', '7']\na = p.parse_args()", 24),
        ("a = p.parse_args([], argparse.Namespace(h=9))", None),
        ("a = p.parse_args()\nif a.h > 3:\n    p.error('too large')", None),
    ],
)
def test_defaults_and_words_that_a_program_sets(ending: str, total: int | None) -> None:
    head = "import argparse, sys\nfrom torch import nn\np = argparse.ArgumentParser()\n"
    text = f"{head}p.add_argument('--h', type=int, default=4)\n{ending}\nm = nn.Linear(a.h, 3)\n"
    (model,) = read_all(Source("program.py", given=text))
    report = model.report()
    if total is None:
        assert report.total != 15 or not report.exact
    else:
        assert (report.total, report.exact) == (total, True)


TWO = """
from torch import nn
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.one = nn.Linear(width, width)
class Net(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.blocks = nn.Sequential(*[Block(width) for _ in range(depth)])
"""


def test_each_class_is_given_the_arguments_that_it_takes() -> None:
    source = Source("net.py", given=TWO)
    source.asked = Asked(options={"width": "2", "depth": "3"})
    assert [model.report().total for model in read_all(source)] == [6, 18]


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        ("", "dept", "no argument 'dept' (did you mean 'depth'?)"),
        ("", "height", "no argument 'height' (Block, Net take width, depth)"),
        ("Block", "n", "no argument 'n' (Block takes width)"),
    ],
)
def test_an_argument_that_no_class_takes_is_refused(name: str, asked: str, message: str) -> None:
    source = Source("net.py", given=TWO)
    source.asked = Asked(name, {asked: "3"})
    with pytest.raises(ParamcalcError) as error:
        read_all(source)
    assert str(error.value) == message
