"""The command line: numbers, flags, exit codes, and no traceback whatever is typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from paramcalc.cli.app import MODULES

ROOT = Path(__file__).parents[2]


NUMBERS = {
    "lstm --in 108 --hidden 128": 121_344,
    "lstm --in 108 --hidden 128 --no-bias": 4 * 128 * (128 + 108),
    "lstm --in 108 --hidden 128 --bidirectional": 242_688,
    "lstm --in 108 --hidden 128 --layers 2": 121_344 + 4 * (128 * (128 + 128) + 128),
    "lstm --in 108 --hidden 128,64": 121_344 + 4 * (64 * (64 + 128) + 64),
    "lstm --in 108 --hidden 128 --layers 2 --bidirectional": 242_688 + 2 * 4 * (128 * (128 + 256) + 128),
    "lstm --in 108 --hidden 128 --layers 2 --bidirectional --merge sum": 242_688 + 2 * 4 * (128 * 256 + 128),
    "lstm --in 5 --hidden 10 --steps 13": 640,
    "gru --in 108 --hidden 128": 91_392,
    "gru --in 108 --hidden 128 --no-reset-after": 91_008,
    "rnn --in 108 --hidden 128": 30_336,
    "rnn --in 108 --hidden 128 --out 10": 30_336 + 128 * 10 + 10,
    "rnn --in 108 --hidden 128 --out 10 --return-state": 30_336 + 128 * 10 + 10,
    "dense --in 256 --out 108": 27_756,
    "dense --in 256 --out 108 --no-bias": 27_648,
    "embedding --vocab 10000 --out 128": 1_280_000,
    "layer Conv2D --input 32,32,3 filters=8 kernel_size=3": 8 * (3 * 3 * 3 + 1),
    "layer conv2d --input 32,32,3 filters=8 kernel_size=3,5": 8 * (3 * 5 * 3 + 1),
    "layer Add --input 8 --input 8": 0,
    'layer Bidirectional --input 10,8 layer={"GRU":16}': 2 * 3 * (16 * (16 + 8) + 2 * 16),
    "layer LSTM --input 10,8 units=4 use_bias=false": 4 * 4 * (4 + 8),
    "lstm --in 1000000000000000000000000000000 --hidden 1": 4 * (1 + 10**30 + 1),
}


@pytest.mark.parametrize("command", NUMBERS)
def test_numbers(run, command: str) -> None:
    code, out, err = run(*command.split(), "--json")
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert report["schema"] == "paramcalc/1"
    assert report["total"] == NUMBERS[command]


@pytest.mark.parametrize(
    ("command", "shape"),
    [
        ("lstm --in 3 --hidden 4", [None, 4]),
        ("lstm --in 3 --hidden 4 --return-sequences", [None, "T", 4]),
        ("lstm --in 3 --hidden 4 --steps 7 --batch 2 --return-sequences", [2, 7, 4]),
        ("lstm --in 3 --hidden 4 --return-state", [[None, 4]] * 3),
        ("gru --in 3 --hidden 4 --bidirectional --merge none", [[None, 4]] * 2),
        ("gru --in 3 --hidden 4 --bidirectional", [None, 8]),
        ("rnn --in 3 --hidden 4 --stateful --batch 5", [5, 4]),
        ("embedding --vocab 9 --out 4 --steps 7", [None, 7, 4]),
    ],
)
def test_shapes(run, command: str, shape: object) -> None:
    code, out, _ = run(*command.split(), "--json")
    assert code == 0
    assert json.loads(out)["output_shape"] == shape


def test_symbols(run) -> None:
    _, out, _ = run("lstm", "--in", "d_x", "--hidden", "4*k")
    assert "4[4k(4k + d_x) + 4k]" in out
    assert "parameters   16d_x·k + 64k² + 16k" in out


SIZE = "a positive whole number or an expression such as 4*h"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("lstm --in 0 --hidden 3", f"--in: not a size; expected {SIZE}, received 0"),
        ("lstm --in 3 --hidden -3", f"--hidden: not a size; expected {SIZE}, received -3"),
        ("lstm --in 3 --hidden 1.5", "--hidden: not a whole number at position 1 of '1.5'"),
        ("lstm --in 3 --hidden 4*", "--hidden: expected a size at position 3 of '4*'"),
        ("lstm --in 3 --hidden 4 --format xml", None),
        ("lstm --in 3 --hidden 4 --json --format csv", "--json and --format ask for different views, received 'csv'"),
        ("lstm --in 3 --hidden 4,5 --layers 3", "--hidden names 2 layers, --layers 3"),
        ("lstm --in 3 --hidden 4 --bidirectional --merge max", None),
        (
            "lstm --in 3 --hidden 4 --layers 2 --bidirectional --merge none",
            "--merge none gives two outputs, but the next layer takes one; expected another --merge",
        ),
        (
            "rnn --in 3 --hidden 4 --stateful",
            "simple_rnn: a stateful layer keeps one state for each sample, so the batch size must be known "
            "(give the batch size)",
        ),
        ("layer LSMT --input 3,4 units=5", "no rule for a layer 'LSMT' (did you mean 'LSTM'?)"),
        ("layer LSTM units=5", None),
        ("layer LSTM --input 3,4 units", "not an option; expected OPTION=VALUE, such as filters=8, received 'units'"),
        ("layer LSTM --input 3,4 units=5 units=6", "units given twice"),
        ("formula Dropout rate=0.5", "Dropout has no weights, so there is no formula"),
        (
            "layer nn.quantized.Linear in_features=3 out_features=4",
            "no rules for the module nn.quantized; expected a layer of nn, received 'nn.quantized.Linear'",
        ),
        (
            "layer nn.Linear in_features=3 out_features=4 --batch 5",
            "--batch without --input; expected --input, the shape without the batch",
        ),
        ("count no-such-file.yaml", None),
        ("count .", None),
        ("layer Dense --input ² units=3", None),
        (f"layer Dense --input {'9' * 5000} units=3", None),
        ("layer Dense --input 1,,2 units=3", "--input lacks a size; expected sizes such as 32,32,3, received '1,,2'"),
        ("lstm --in None --hidden 4", None),
        ("lstm --in 3 --hidden -h", f"--hidden: not a size; expected {SIZE}, received -h"),
        (
            "lstm --in 3 --hidden 4 --merge sum",
            "--merge needs --bidirectional; expected --bidirectional and --merge, received 'sum'",
        ),
        ("verify", "verify takes one of two; expected a FILE or --rules"),
    ],
)
def test_errors_are_one_line_and_exit_2(run, command: str, error: str | None) -> None:
    code, out, err = run(*command.split())
    assert code == 2
    assert out == ""
    assert err.startswith("paramcalc: ")
    assert err.count("\n") == 1
    if error is not None:
        assert err == f"paramcalc: {error}\n"


@pytest.mark.parametrize("command", ["lstm --in 3", "lstm --hiden 3", "lstm --in 3 --hidden 4 extra"])
def test_bad_usage_exits_2(run, command: str) -> None:
    code, out, err = run(*command.split())
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert err.startswith("Usage:")


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("LSTM --in 3", "did you mean 'lstm'?"),
        ("cuont x", "did you mean 'count'?"),
        ("Conv2D filters=3", "it is a layer: paramcalc layer Conv2D"),
        ("nn.LSTM", "it is a layer: paramcalc layer nn.LSTM"),
        ("x.yaml", "is it a file? paramcalc count x.yaml"),
    ],
)
def test_a_command_that_is_none(run, command: str, hint: str) -> None:
    received = command.split()[0]
    assert run(*command.split()) == (2, "", f"paramcalc: no such command, received {received!r} ({hint})\n")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("lstm —in 108 --hidden 128", "'—in' does not begin with two hyphens (did you mean --in?)"),
        ("lstm --in １０８ --hidden 128", "--in: unexpected '１' at position 1 of '１０８' (did you mean '108'?)"),
        (
            "lstm --in 1,024 --hidden 128",
            "--in: unexpected ',' at position 2 of '1,024' (write 1024, without a separator between thousands)",
        ),
        (
            "layer Conv2D --input 32x32x3 filters=3 kernel_size=3",
            "--input; expected commas between the axes, received '32x32x3' (did you mean 32,32,3?)",
        ),
        ("layer nn.LSTM input_dim=3 hidden_size=4", "LSTM has no option 'input_dim' (did you mean 'input_size'?)"),
        ("layer LSTM --input 1,024 units=3", "024 is not a size (a comma separates axes; write 1024 without it)"),
        (
            "layer LSTM --input 3,4 hidden_size=3",
            "layers[0].LSTM.hidden_size: LSTM has no option 'hidden_size' (here it is called units)",
        ),
        ("layer nn.LSTM units=3", "units: LSTM has no option 'units' (here it is called hidden_size)"),
        ("solve lstn --in 108 --params 1M", "no file 'lstn', and no layer (did you mean 'lstm'?)"),
        ("why gruu --in 3 --hidden 4 --got 5", "no file 'gruu', and no layer (did you mean 'gru'?)"),
    ],
)
def test_an_error_names_the_fix(run, command: str, said: str) -> None:
    assert run(*command.split()) == (2, "", f"paramcalc: {said}\n")


def test_a_value_may_begin_with_a_minus_sign_of_print(run) -> None:
    code, out, err = run("lstm", "--in", "3", "--hidden", "−2+h")
    assert (code, err) == (0, "")
    assert out == run("lstm", "--in", "3", "--hidden=-2+h")[1]


def test_a_symbol_is_the_size_to_find(run) -> None:
    assert run("solve", "lstm", "--in", "108", "--hidden", "k", "--params", "1M")[1].splitlines()[2].split() == [
        "k",
        "448",
    ]


def test_units_is_another_name_of_hidden(run) -> None:
    assert run("lstm", "--in", "3", "--units", "4") == run("lstm", "--in", "3", "--hidden", "4")


def test_why_gives_sizes_values(run, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("input: [h]\nlayers: [{Dense: 4}]", encoding="utf-8")
    code, out, err = run("why", str(path), "--got", "17", "--set", "h=3")
    assert (code, err) == (0, "")
    assert "17, not 16 (+1)" in out


def test_a_letter_after_a_number_is_a_symbol_and_said_so(run) -> None:
    code, out, err = run(*["lstm", "--in", "2M", "--hidden", "3"])
    assert (code, err) == (0, "paramcalc: note: --in: M is a symbol, so 2M is 2·M; for millions write the number\n")
    assert run("lstm", "--in", "1o8", "--hidden", "4")[2] == "paramcalc: note: --in: o8 is a symbol, so 1o8 is 1·o8\n"
    assert run("lstm", "--in", "2h", "--hidden", "4")[2] == ""
    assert "24M + 48" in out


def test_every_command_is_registered_under_its_module(run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    lines = out.split("Commands:")[1].splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert listed[: sum(map(len, MODULES.values()))] == [name for names in MODULES.values() for name in names]


@pytest.mark.parametrize("command", [[], *([name] for names in MODULES.values() for name in names)])
def test_help_reads_in_80_columns(run, command: list[str]) -> None:
    code, out, _ = run(*command, "--help")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80


def test_version(run) -> None:
    import paramcalc

    assert run("--version") == (0, f"paramcalc {paramcalc.__version__}\n", "")


def test_no_words_shows_help(run) -> None:
    code, out, err = run()
    assert "Usage: paramcalc" in out + err
    assert code in (0, 2)


def test_formula(run) -> None:
    assert run("formula", "lstm") == (0, "4[d_h(d_h + d_x) + d_h]\n", "")
    assert run("formula", "gru", "reset_after=false") == (0, "3[d_h(d_h + d_x) + d_h]\n", "")
    assert run("formula", "bidirectional")[1] == "2·4[d_h(d_h + d_x) + d_h]\n"
    assert run("formula", "rnn")[1] == run("formula", "StackedRNNCells")[1] == "4[d_h(d_h + d_x) + d_h]\n"
    assert run("formula", "TimeDistributed")[1] == "d_x·d_y + d_y\n"
    assert run("formula", "lstm", "--latex")[1] == "4\\left[d_{h}\\left(d_{h} + d_{x}\\right) + d_{h}\\right]\n"


def test_layers_lists_every_rule(run) -> None:
    from paramcalc.core.registry import rules
    from paramcalc.rules.keras.unknown import OPAQUE

    _, out, _ = run("layers")
    names = [*rules(), *OPAQUE]
    assert all(f"\n  {name} " in out for name in names)
    _, out, _ = run("layers", "--json")
    assert [record["type"] for record in json.loads(out)] == names


def command(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "paramcalc", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **settings},
        cwd=ROOT,
    )


def test_as_a_module() -> None:
    result = command("lstm", "--in", "108", "--hidden", "128")
    assert (result.returncode, result.stderr) == (0, "")
    assert "121,344" in result.stdout
    assert "\x1b" not in result.stdout


def test_an_ascii_terminal() -> None:
    result = command("lstm", "--in", "T//2", "--hidden", "h", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.isascii()
    assert "floor(T/2)" in result.stdout


def test_a_closed_pipe_is_quiet() -> None:
    shell = f"{sys.executable} -m paramcalc schema | true; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", shell], capture_output=True, cwd=ROOT)
    assert (result.returncode, result.stderr) == (141, b"")


@pytest.mark.parametrize("words", ["lstm --in 3 --hidden 4", "schema", "layers"])
def test_a_full_disk_is_one_line(words: str) -> None:
    shell = f"{sys.executable} -m paramcalc {words} > /dev/full"
    result = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, cwd=ROOT)
    assert (result.returncode, result.stderr) == (2, "paramcalc: cannot write: no space left on device\n")


def test_no_standard_streams() -> None:
    shell = f"{sys.executable} -m paramcalc lstm --in 3 --hidden 4 >&- 2>&- <&-"
    assert subprocess.run(["bash", "-c", shell], cwd=ROOT).returncode == 0
    result = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m paramcalc count - <&-"], capture_output=True, text=True, cwd=ROOT
    )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_ctrl_c_is_quiet() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "paramcalc", "count", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(b" " * 2**20)  # more than a pipe holds: written once it reads its input
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_keras_missing_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "keras.py").write_text("raise ModuleNotFoundError(\"No module named 'keras'\", name='keras')")
    result = command("lstm", "--in", "3", "--hidden", "4", "--verify", PYTHONPATH=str(tmp_path))
    assert result.returncode == 2
    assert result.stderr == (
        "paramcalc: verification needs keras, which is not installed (pip install 'paramcalc[keras]')\n"
    )
