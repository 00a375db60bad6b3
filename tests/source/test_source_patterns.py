"""Regular expressions in programs give what Python gives, and none takes long."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import re
import time
import warnings
from typing import Any

import pytest
from hypothesis import given, strategies as st

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import interpret, read_all
from paramcalc.symbolic import Expr

FOLLOWED = {
    "a block as a text": """
options = {}
for op in "r2_k3_s22_e6_i16_o24_se0.25".split("_"):
    splits = re.split(r"(\\d.*)", op)
    if len(splits) >= 2:
        key, value = splits[:2]
        options[key] = value
found = [int(options["r"]), int(options["s"][0]), int(float(options["se"]) * 100), int(options["o"])]
""",
    "groups": """
m = re.match(r"(?P<kind>[a-z]+)(\\d+)x(\\d+)", "conv3x16")
found = [int(m.group(2)), int(m[3]), len(m.group("kind")), len(m.groups()), len(m.groupdict()), m.end(), m.start(2) + 1]
found += [1 + (m.span(3) == (6, 8)), len(m.group(1, 2)), len(m["kind"])]
""",
    "no match": "found = [1 if re.match('b', 'abc') else 2, 1 if re.search('b', 'abc') else 2]",
    "all of them": "found = [int(one) for one in re.findall(r'\\d+', '3x16x256')]\nfound += [len(re.findall('(a)(b)', 'abab')[1])]",
    "replaced": "found = [int(re.sub('[^0-9]', '', 'h=128')), len(re.sub('a', 'bb', 'aaa', 2))]",
    "compiled": "p = re.compile('(\\\\d+)')\nfound = [int(p.search('k7').group(1)), len(p.split('a1b2c')), len(p.pattern), len(p.findall('1 2'))]",
    "a group that is missing": """
m = re.match("a", "a")
try:
    found = [len(m.group(1))]
except IndexError:
    found = [4]
""",
    "wrong": """
found = []
for pattern, text in (("(", "a"), ("a", "\\\\2"), ("a", "\\\\g<z>")):
    try:
        found += [len(re.sub(pattern, text, "a"))]
    except IndexError:
        found += [5]
    except ValueError:
        found += [6]
    except Exception:
        found += [4]
""",
}
NOT_FOLLOWED = {
    "flags": "found = [len(re.findall('A', 'aA', re.I))]",
    "a function that replaces": "found = [len(re.sub('a', lambda m: 'bbb', 'aa'))]",
    "a repeated group": "found = [len(re.findall('(?:ab)+', 'abab'))]",
    "many repeats": "found = [len(re.findall('a+b+c+d+e+', 'abcde' * 30)) + 1]",
}
SLOW = ("(a+)+$", "(a|a)*$", "a*a*a*a*a*a*b", "(a*)*b", ".*.*.*.*.*c", "((a{1,99}){1,99}){1,99}", "a?" * 30 + "a" * 30)
DOUBTFUL = ("[[a]", "[a--b]", "[a&&b]")  # Python warns of these


def run(program: str) -> tuple[Any, dict[str, Any]]:
    text = f"import re\n{program}\n"
    names: dict[str, Any] = {}
    exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    layers = "m = nn.Sequential(*[nn.Linear(size, 1, bias=False) for size in found])\n"
    (model,) = read_all(Source("m.py", given=f"import torch.nn as nn\n{text}{layers}"))
    return model.report(), names


@pytest.mark.parametrize("name", FOLLOWED)
def test_patterns_on_known_texts(name: str) -> None:
    report, names = run(FOLLOWED[name])
    assert report.exact
    assert [row.params for row in report.rows] == names["found"]


@pytest.mark.parametrize("name", NOT_FOLLOWED)
def test_patterns_that_are_not_followed(name: str) -> None:
    report, _ = run(NOT_FOLLOWED[name])
    assert not report.exact or isinstance(report.total, Expr)


@pytest.mark.parametrize("pattern", SLOW)
def test_no_pattern_takes_long(pattern: str) -> None:
    text = f"import re\nm = re.match({pattern!r}, {'a' * 5_000!r})\nn = re.search({pattern!r}, {'a' * 40!r})\n"
    begin = time.process_time()
    interpret(Source("m.py", given=text))
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("pattern", DOUBTFUL)
def test_no_pattern_warns(pattern: str) -> None:
    run, _ = interpret(Source("m.py", given=f"import re\nn = len(re.findall({pattern!r}, 'ab-'))\n"))
    assert not isinstance(run.globals.named["n"], int)


PATTERNS = st.text(alphabet="ab1.*+?[]()|^$\\d-{}", max_size=8)


@given(PATTERNS, st.text(alphabet="ab1-", max_size=12), st.sampled_from(["split", "findall", "search", "sub"]))
def test_any_pattern_gives_what_python_gives(pattern: str, text: str, name: str) -> None:
    words = (pattern, "x", text) if name == "sub" else (pattern, text)
    asked = f"re.{name}({', '.join(map(repr, words))})"
    program = (
        f"import re\ntry:\n    found = {asked}\n    r = [len(found) if {name != 'search'} else 1 if found else 2]\n"
    )
    program += "except Exception:\n    r = [-1]\nr = r[0]\n"
    names: dict[str, Any] = {"re": re}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program, "m.py", "exec", dont_inherit=True), names)
        told = interpret(Source("m.py", given=program))[0].globals.named.get("r")
    assert told == names["r"] or not isinstance(told, int)
