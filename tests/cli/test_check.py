"""Models held against limits: outcomes, exit codes, annotations of a workflow, and the hook of pre-commit."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, strategies as st

import paramcalc as pc
from paramcalc.analysis.comparison import check
from paramcalc.errors import OptionError
from paramcalc.graph.unknown_layers import UnknownLayer
from paramcalc.render.comparison import workflow_commands

ROOT = Path(__file__).parents[2]
LSTM = pc.Sequential([pc.Input((10, 108)), pc.LSTM(128)], name="lstm")  # 121,344
LARGER = pc.Sequential([pc.Input((10, 108)), pc.LSTM(132)], name="larger")  # 4[132(132 + 108) + 132] = 127,248
STRANGE = pc.Sequential([pc.Input((8,)), pc.Dense(3), UnknownLayer("Strange", "its code is not there")], name="strange")


def outcomes(found: Any) -> list[tuple[str, str]]:
    return [(one.outcome, one.text) for one in found.outcomes]


def test_the_outcome_of_each_limit() -> None:
    found = check(LSTM, max_params="121344", max_macs="1M", max_memory="1.4MiB", batch=2)
    assert outcomes(found) == [
        ("holds", "parameters: 121,344 ≤ 121,344"),
        ("broken", "MACs: 2,416,640 > 1,000,000"),
        ("holds", "memory: 1.05 MiB ≤ 1.4 MiB"),
    ]
    assert not found.ok
    assert [one.name for one in found.violations] == ["macs"]
    assert check(LSTM, max_params=121_344).ok
    assert not check(LSTM, max_params=121_343).ok


@pytest.mark.parametrize(
    ("model", "limit", "outcome", "text"),
    [
        (LARGER, "5%", "holds", "growth: 121,344 → 127,248 parameters, +4.87% ≤ 5%"),
        (LARGER, "4.8%", "broken", "growth: 121,344 → 127,248 parameters, +4.87% > 4.8%"),
        (LSTM, "0%", "holds", "growth: 121,344 → 121,344 parameters, +0.00% ≤ 0%"),
        (STRANGE, "5%", "unknown", "cannot tell whether the parameters grow by at most 5%: some layers are not known"),
        (pc.Sequential([pc.Input((10, 108)), pc.Dense(9)]), "5%", "holds",
         "growth: 121,344 → 981 parameters, −99.20% ≤ 5%"),
    ],
)  # fmt: skip
def test_growth(model: pc.Model, limit: str, outcome: str, text: str) -> None:
    assert outcomes(check(model, max_growth=limit, against=LSTM)) == [(outcome, text)]


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(0, 300), st.integers(0, 2))
def test_growth_is_exact(before: int, after: int, number: int, digits: int) -> None:
    old, new = (pc.Sequential([pc.Input((1,)), pc.Dense(size, use_bias=False)]) for size in (before, after))
    whole, part = divmod(number, 10**digits)
    text = f"{whole}.{part:0{digits}}%" if digits else f"{whole}%"
    found = check(new, max_growth=text, against=old)
    assert found.ok is (100 * 10**digits * (after - before) <= number * before)


def test_a_lower_bound_above_the_limit_is_a_violation_and_below_it_nothing_is_known() -> None:
    found = check(STRANGE, max_params=26)
    assert outcomes(found) == [("broken", "parameters: at least 27 > 26")]
    found = check(STRANGE, max_params=27, max_memory="1GiB")
    assert [one.outcome for one in found.outcomes] == ["unknown", "unknown"]
    assert found.outcomes[0].text == (
        "cannot tell whether the parameters are at most 27: at least 27, and layers that are not known"
    )
    assert found.outcomes[1].text.startswith("cannot tell: the memory is unknown, because weights of the model are")
    assert not found.ok
    grown = check(LSTM, max_growth="5%", against=STRANGE)  # the other model may be as large
    assert [one.outcome for one in grown.outcomes] == ["unknown"]
    smaller = pc.Sequential([pc.Input((8,)), pc.Dense(3)])  # as large as what is known of the other
    assert [one.outcome for one in check(smaller, max_growth="0%", against=STRANGE).outcomes] == ["holds"]
    worse = check(STRANGE, max_growth="5%", against=pc.Sequential([pc.Input((1,)), pc.Dense(3)]))
    assert [one.outcome for one in worse.outcomes] == ["broken"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no limit; expected max_params, max_macs or max_memory"),
        ({"max_growth": "5%"}, "max_growth without against; expected both of them"),
        ({"against": LSTM}, "against without max_growth; expected both of them"),
        ({"max_growth": "5", "against": LSTM}, "max_growth; expected a percentage such as 5% or 0.5%, received '5'"),
        ({"max_params": "many"}, "max_params: not a number of parameters; expected 1M, 2.5G, 500k or a whole number, "
         "received 'many'"),
        ({"max_memory": "1GiB"}, "the memory depends on open sizes; expected a value for B, received "),
    ],
)  # fmt: skip
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        check(LSTM, **options)
    assert str(caught.value).startswith(message)


# --- on the command line --------------------------------------------------------------------------------

STACKED, TUTORIAL = "docs/examples/stacked.yaml", "docs/examples/tutorial.yaml"  # 252,928 and 153,228


def test_a_line_for_each_limit_and_the_exit_code(run: Any) -> None:
    assert run("check", TUTORIAL, "--max-params", "160k") == (
        0, f"{TUTORIAL}: the limit holds\n\n  holds  parameters: 153,228 ≤ 160,000\n", "",
    )  # fmt: skip
    code, out, _ = run("check", STACKED, "--max-params", "160k", "--max-growth", "70%", "--against", TUTORIAL)
    assert (code, out) == (
        1,
        f"{STACKED}: 1 of 2 limits exceeded\n\n"
        "  exceeded  parameters: 252,928 > 160,000\n"
        "  holds     growth: 153,228 → 252,928 parameters, +65.07% ≤ 70%\n",
    )
    code, out, _ = run("check", STACKED, TUTORIAL, "--max-params", "160k")
    assert (code, out) == (
        1,
        "2 models: 1 of 2 limits exceeded\n\n"
        f"  exceeded  {STACKED}: parameters: 252,928 > 160,000\n"
        f"  holds     {TUTORIAL}: parameters: 153,228 ≤ 160,000\n",
    )


def test_the_formats(run: Any) -> None:
    words = ("check", STACKED, TUTORIAL, "--max-params", "160k")
    assert run(*words, "--format", "github")[:2] == (
        1, f"::error file={STACKED},title=exceeded::stacked: parameters: 252,928 > 160,000\n",
    )  # fmt: skip
    assert run("check", TUTORIAL, "--max-params", "160k", "--format", "github") == (0, "", "")
    assert len(run(*words, "--format", "csv")[1].splitlines()) == 3
    assert [one["ok"] for one in json.loads(run(*words, "--json")[1])["checks"]] == [False, True]
    assert json.loads(run(*words[:2], *words[3:], "--json")[1])["ok"] is False


def test_annotations_have_no_room_for_other_commands() -> None:
    model = pc.Sequential([pc.Input((10, 108)), pc.LSTM(128)], name="a%0A\r\n\x1b[31m::error::b")
    (line,) = workflow_commands(check(model, max_params=1), "dir,x/a:b%\n.yaml")
    assert line == (
        "::error file=dir%2Cx/a%3Ab%25%0A.yaml,title=exceeded::"
        "a%250A%0D%0A\\x1b[31m::error::b: parameters: 121,344 > 1\n"
    )  # fmt: skip


def test_the_annotation_of_a_model_in_a_program_names_the_file(run: Any) -> None:
    words = ("check", "docs/examples/letters.py:Letters", "--set", "n_letters=60", "--max-params", "1k")
    assert run(*words, "--format", "github")[1].startswith("::error file=docs/examples/letters.py,title=exceeded::")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((TUTORIAL,), "no limit; expected --max-params, --max-macs, --max-memory or --max-growth"),
        ((TUTORIAL, "--max-growth", "5%"), "--max-growth and --against; expected both of them"),
        (("nowhere.yaml", "--max-params", "1"), "nowhere.yaml: no such file or directory"),
    ],
)
def test_bad_usage_is_no_violation(run: Any, words: tuple[str, ...], message: str) -> None:
    assert run("check", *words) == (2, "", f"paramcalc: {message}\n")


def test_the_steps_of_a_workflow_in_the_docs_run(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "design-models.md").read_text(encoding="utf-8")
    steps, hook = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", page, re.S))
    monkeypatch.chdir(tmp_path)
    for name, size in (("model.yaml", 33), ("old.yaml", 32)):
        Path(name).write_text(f"input: [9]\nlayers:\n  - Dense: {size}\n", encoding="utf-8")
    commands = [shlex.split(step["run"]) for step in steps if step.get("run", "").startswith("paramcalc ")]
    assert commands
    assert [run(*words)[:2] for _, *words in commands] == [(0, "")] * len(commands)
    (entry,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    ((repository,),) = hook.values()
    assert [*hook, *repository] == ["repos", "repo", "rev", "hooks"]
    (used,) = repository["hooks"]
    assert used["id"] == entry["id"]
    assert run(*shlex.split(entry["entry"])[1:], *used["args"], "model.yaml")[0] == 0


def test_the_hook_of_pre_commit_runs(run: Any) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {"id", "name", "entry", "language", "files"} <= hook.keys()
    program, *words = shlex.split(hook["entry"])
    assert program == "paramcalc"
    files = re.compile(hook["files"])
    assert [bool(files.search(name)) for name in ("model.yaml", "a/model-small.json", "a/data.yaml", "model.py")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert run(*words, "--max-params", "160k", TUTORIAL)[0] == 0  # as pre-commit calls it: args, then the files
    assert run(*words, "--max-params", "160k", TUTORIAL, STACKED)[0] == 1
