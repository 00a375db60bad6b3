"""YAML, TOML and JSON to plain data: what is read, what is refused, and on which line; files that mean harm."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from paramcalc import load, loads
from paramcalc.errors import FileError, ParamcalcError
from paramcalc.formats.text import bounds
from paramcalc.formats.text.lines import line_of
from paramcalc.formats.text.syntax import read_data

SPEC = "input: [3]\nlayers: [{Dense: 4}]\n"


def refusal(text: str | bytes, format: str | None = None) -> str:
    with pytest.raises(FileError) as caught:
        loads(text, format=format)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- the three syntaxes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("+3", 3),
        ("0o17", 15),
        ("0x1F", 31),
        ("010", 10),
        ("2.5", 2.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("null", None),
        ("~", None),
        ("'3'", "3"),
        ('"true"', "true"),
        ("2001-01-01", "2001-01-01"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("4*h", "4*h"),
        ("[3, 3]", [3, 3]),
        ("{LSTM: 128}", {"LSTM": 128}),
        ("a:", {"a": None}),
        ("{a: &x [1, 2], b: *x}", {"a": [1, 2], "b": [1, 2]}),
        ("- |\n  two\n  lines\n", ["two\nlines\n"]),
    ],
)
def test_yaml_values(text: str, value: Any) -> None:
    found = read_data(text)
    assert found == value
    assert type(found) is type(value)


def test_the_pure_python_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x [1, yes, {b: null}]\nc: *x\n"
    expected = read_data(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert read_data(text) == expected


def test_toml_and_json_values() -> None:
    assert read_data('a = [1, "null", 2.5]\n[b]\nc = "null"', "toml") == {"a": [1, None, 2.5], "b": {"c": None}}
    assert read_data('{"a": [1, null, 2.5], "b": {"c": null}}', "json") == {"a": [1, None, 2.5], "b": {"c": None}}


@pytest.mark.parametrize("hint", [None, "yaml", "toml", "json"])
@pytest.mark.parametrize(
    "text",
    [
        SPEC,
        "input = [3]\nlayers = [{Dense = 4}]",
        "input = [3]\n\n[[layers]]\nDense = 4",
        '{"input": [3], "layers": [{"Dense": 4}]}',
        "---\n" + SPEC,
        "\ufeff" + SPEC,
        "# a comment\n\n" + SPEC,
        SPEC.replace("\n", "\r\n"),
    ],
)
def test_content_decides_whatever_the_hint(text: str, hint: str | None) -> None:
    assert loads(text, format=hint).total == 16
    assert loads(text.encode(), format=hint).total == 16


def test_a_yaml_mapping_may_stand_in_braces() -> None:
    assert loads("{input: [3], layers: [{Dense: 4},]}").total == 16
    assert loads('{"input": [3], "layers": [{"Dense": 4},]}', format="yaml").total == 16
    assert refusal('{"input": [3], "layers": [{"Dense": 4},]}', "json").startswith("<text>:1: not valid JSON")


def test_numbers_of_any_size_are_exact() -> None:
    large = 10**100
    for text in (f"input: [{large}]\nlayers: [{{Dense: 2}}]", json.dumps({"input": [large], "layers": [{"Dense": 2}]})):
        assert loads(text).total == 2 * large + 2


# --- refused ----------------------------------------------------------------------------------------

REFUSED = {
    "": "<text>: empty; expected a model in YAML, TOML or JSON",
    " \n\t\n": "<text>: empty; expected a model in YAML, TOML or JSON",
    "# nothing": "<text>: no model; expected keys and values such as input and layers, received None",
    "hello": "<text>: not a model; expected keys and values such as input and layers, received 'hello'",
    "- Dense: 3": "<text>: not a model; expected keys and values such as input and layers, received [{'Dense': 3}]",
    "a: b: c": "<text>:1: not valid YAML: …",
    "a: 1\nb: ]": "<text>:2: not valid YAML: …",
    "a: 1\n\tb: 2": "<text>:2: not valid YAML: …",
    "a: 1\na: 2": "<text>:2: the key 'a' is given twice",
    "1: a": "<text>:1: a key that is not text, received 1",
    "true: a": "<text>:1: a key that is not text, received True",
    "? [a]\n: b": "<text>:1: a key that is not text",
    "a: !!python/name:os.system ''": "<text>:1: a tag; expected plain data, received '!!python/name:os.system'",
    "a: 1\nb: !!int 3": "<text>:2: a tag; expected plain data, received '!!int'",
    "a: !local 3": "<text>:1: a tag; expected plain data, received '!local'",
    "%TAG ! tag:x,2000:\n---\na: 1": "<text>: a %TAG directive; expected plain data, without tags",
    "a: &x {b: 1}\nc: {<<: *x}": "<text>:2: a merge key (<<) (write the options out)",
    "a: &x [*x]": "<text>:1: *x stands inside itself",
    "a: *x": "<text>:1: *x refers to nothing; expected &x before it",
    "a: 1\n---\nb: 2": "<text>:2: a second document; expected one model in a file",
    "a: .nan": "<text>:1: not a number anything can have, received 'nan'",
    "a: 1e999": "<text>:1: not a number anything can have, received '1e999'",
    "a: [enc[1]]": '<text>:1: not valid YAML: … (in a list within brackets, write "enc[1]")',
    '{"a": 1,': "<text>:1: not valid JSON: …",
    '{"a": 1\n"b": 2}': "<text>:2: not valid JSON: …",
    '{"a": 1, "a": 2}': "<text>: the key 'a' is given twice",
    '{"a": NaN}': "<text>: not a number anything can have, received 'NaN'",
    '{"a": -Infinity}': "<text>: not a number anything can have, received '-Infinity'",
    '{"a": "\\ud800"}': "<text>: an unpaired surrogate in a text",
    "a = 1\na = 2": "<text>: not valid TOML: …",
    "a = inf": "<text>: not a number anything can have, received 'inf'",
    "[a]\nb = ": "<text>: not valid TOML: …",
    "a: " + "1" * 5000: "<text>:1: a number is too long; expected at most 1,000 digits",
    '{"a": ' + "1" * 5000 + "}": "<text>: a number is too long; expected at most 1,000 digits",
    '{"a": ' + "1" * 1001 + "}": "<text>: a number is too long; expected at most 1,000 digits",
    "a = -" + "1" * 1001: "<text>: a number is too long; expected at most 1,000 digits",
    "a\0b": "<text>: a binary file of no format that is known; expected a saved model, tensors, or a spec in YAML, "
    "TOML or JSON",
    "\ud800": "<text>: an unpaired surrogate at character 1; expected text",
}


def without_detail(message: str) -> str:
    """Leave out what a parser says, and the line of a TOML error, which not every Python knows."""
    message = re.sub(r"(not valid (?:YAML|JSON|TOML)): .+?(?= \(in a list|$)", r"\1: …", message)
    return re.sub(r"^<text>:[0-9]+: (not valid TOML)", r"<text>: \1", message)


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:20]))
def test_refused(text: str) -> None:
    assert without_detail(refusal(text)) == REFUSED[text]


BINARY = {
    b"PK\x03\x04\x14\x00": "<text>: a truncated archive",
    b"\x89HDF\r\n\x1a\n": "<text>: not an HDF5 file; expected HDF5",
    SPEC.encode("utf-16"): "<text>: encoded as UTF-16; expected UTF-8",
    b"input: [3]\n# caf\xe9": "<text>: not UTF-8: byte 0xe9 on line 2; expected YAML, TOML or JSON in UTF-8",
    b"\xca\xfe\x02\x01\x00\xff": "<text>: a binary file of no format that is known; expected a saved model, tensors, "
    "or a spec in YAML, TOML or JSON",
}


@pytest.mark.parametrize("content", BINARY)
def test_refused_bytes(content: bytes) -> None:
    assert refusal(content) == BINARY[content]


def test_every_truncation_ends_in_a_model_or_an_error() -> None:
    for text in (SPEC, json.dumps({"input": [3], "layers": [{"Dense": 4}]}), "input = [3]\nlayers = [{Dense = 4}]\n"):
        for end in range(len(text)):
            try:
                assert loads(text[:end]).total == 16
            except ParamcalcError:
                continue


# --- files that mean harm -----------------------------------------------------------------------------


def laughs(levels: int) -> str:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "\n".join(lines)


HOSTILE = {
    "aliases that explode": (laughs(20), "too many values, aliases followed"),
    "aliases that go deep": (
        "\n".join(["a0: &a0 [1]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 100))]),
        "64 deep",
    ),
    "brackets in YAML": ("a: " + "[" * 1_000_000, "64 deep"),
    "braces in YAML": ("a: " + "{b: " * 300_000, "64 deep"),
    "dashes in YAML": ("- " * 1_000_000, "64 deep"),
    "questions in YAML": ("? " * 300_000, "key that is not text"),
    "brackets in JSON": ('{"a": ' + "[" * 1_000_000, "64 deep"),
    "just too deep in JSON": ('{"a": ' + "[" * 64 + "]" * 64 + "}", "64 deep"),
    "just too deep in YAML": ("a: " + "[" * 64 + "]" * 64, "64 deep"),
    "just too deep in TOML": ("a = " + "[" * 64 + "]" * 64, "64 deep"),
    "brackets in TOML": ("a = " + "[" * 100_000, "64 deep"),
    "dots in TOML": (".".join("a" * 5_000) + " = 1", "64 deep"),
    "directives": ("%TAG !a! tag:x,2000:\n" * 200_000, "directive"),
    "anchors": ("a: [" + ", ".join(f"&a{i} 1" for i in range(100_000)), "not valid YAML"),
    "a long key": ("a" * 1_000 + ": 1", "a spec has no"),
    "many keys": ("\n".join(f"k{i}: 1" for i in range(50_000)), "a spec has no"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str, ends: None) -> None:
    text, message = HOSTILE[name]
    with pytest.raises(ParamcalcError) as caught:
        loads(text)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 500


# --- parsers with limits of their own -------------------------------------------------------------------


def limited_yaml(most: int, ahead: int) -> Callable[..., Iterator[Any]]:
    """Give a YAML parser whose scanner refuses more than so many levels, and reads so many events ahead."""
    honest = yaml.parse

    def parse(text: str, Loader: Any) -> Iterator[Any]:
        held: list[Any] = []
        depth = 0
        try:
            for event in honest(text, Loader):
                depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
                held.append(event)
                if depth > most:
                    held.clear()
                    raise yaml.scanner.ScannerError("while nesting", None, "a limit of mine", event.start_mark)
                if len(held) > ahead:
                    yield held.pop(0)
        except yaml.YAMLError:
            yield from held
            raise
        yield from held

    return parse


DEEP = {
    "brackets": "a: " + "[" * 900,
    "braces": "a: " + "{b: " * 900,
    "dashes": "- " * 900,
    "questions": "? " * 900,
    "braces for keys": "a: " + "{[" * 900,
    "after a list": "a:\n- [1, 2]\n- " + "[" * 900,
    "in a block": "a:\n  b:\n    c: " + "[{d: " * 450,
    "closed": "a: " + "[" * 70 + "]" * 70,
    "quoted": "a: [\"[[[\", '{', " + "[" * 900,
}


@pytest.mark.parametrize("name", DEEP)
def test_the_bound_on_depth_holds_whatever_the_limit_of_the_yaml_parser(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {refusal(DEEP[name])}
    assert expected <= {
        "<text>:1: brackets within brackets; expected at most 64 deep",
        "<text>:3: brackets within brackets; expected at most 64 deep",
        "<text>:1: a key that is not text",
    }
    for most in (70, 800):  # a parser that allows no more than we do is of no use
        for ahead in (5, 1000):
            with monkeypatch.context() as patch:
                patch.setattr(yaml, "parse", limited_yaml(most, ahead))
                assert {refusal(DEEP[name])} == expected
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert {refusal(DEEP[name])} == expected


def test_what_is_allowed_is_read_whatever_the_limit_of_the_yaml_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "parse", limited_yaml(66, 1000))
    for text in ("[" * 64 + "]" * 64, "- " * 64 + "1", "'" + "[" * 99 + "'", "a: |\n  " + "- [ " * 99):
        assert read_data(text) is not None
    for text in ('a: "' + "[" * 99, "a: '" + "{" * 99, "a: @" + "[" * 99, "a: ] # " + "[" * 99):
        assert without_detail(refusal(text)) == "<text>:1: not valid YAML: …"


@pytest.mark.parametrize("error", [RecursionError, ValueError])
@pytest.mark.parametrize(("name", "module"), [("json", json), ("toml", tomllib)])
def test_the_bound_on_depth_holds_whatever_the_limit_of_another_parser(
    error: type[Exception], name: str, module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = module.loads
    start = '{"a": ' if name == "json" else "a = "

    def loads(text: str, **hooks: Any) -> Any:
        if "[" * 70 not in text:
            return honest(text, **hooks)
        if error is RecursionError:
            raise RecursionError
        raise json.JSONDecodeError("A limit", text, 90) if name == "json" else tomllib.TOMLDecodeError("A limit")

    monkeypatch.setattr(module, "loads", loads)
    assert refusal(start + "[" * 900, name) == "<text>:1: brackets within brackets; expected at most 64 deep"
    assert read_data(start + "[" * 60 + "]" * 60 + "}" * (name == "json"), name)["a"] is not None


def test_a_text_that_is_deep_in_one_syntax_may_be_flat_in_another() -> None:
    text = "input: [3]\nname: >-\n  " + "[" * 99 + "\nlayers: [{Dense: 4}]\n"
    for hint in (None, "yaml", "toml", "json"):
        assert loads(text, format=hint).total == 16


@pytest.mark.parametrize("digits", [0, 640, 100_000])
def test_the_bound_on_digits_holds_whatever_the_limit_of_the_interpreter(digits: int) -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(digits)
    try:
        most = "640" if digits == 640 else "1,000"
        for length in (1001, 200_000):
            number = "1" * length
            for text in (f"a: {number}", f'{{"a": {number}}}', f'{{"class_name": {number}}}', f"a = {number}"):
                if length > 1001 or "class_name" not in text:
                    assert refusal(text).endswith(f"; expected at most {most} digits"), text[:20]
    finally:
        sys.set_int_max_str_digits(before)


@pytest.mark.parametrize(("deep", "said"), [(64, "not valid YAML: enough"), (65, "64 deep")])
def test_the_bound_on_depth_is_ours_whatever_the_parser_allows(
    monkeypatch: pytest.MonkeyPatch, deep: int, said: str
) -> None:
    yaml = pytest.importorskip("yaml")

    def refuse(*_: Any, **__: Any) -> None:
        raise yaml.MarkedYAMLError(problem="enough")

    monkeypatch.setattr(yaml, "parse", refuse)
    for opening in ("[", "{a: "):
        text = 'b: "[[[" # [[[\na: ' + opening * deep
        assert said in refusal(text)


def test_what_is_just_allowed() -> None:
    assert read_data("[" * 64 + "]" * 64) is not None
    assert read_data('{"a": ' + "[" * 63 + "]" * 63 + "}", "json")["a"] is not None


def test_the_number_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_NODES", 10)
    for text in (
        "a: [1, 2, 3, 4, 5, 6, 7, 8, 9]",
        '{"a": [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]}',
        "a = [1,2,3,4,5,6,7,8,9,0]",
    ):
        assert "too many values" in refusal(text)


# --- files --------------------------------------------------------------------------------------------


def file_refusal(path: Any) -> str:
    with pytest.raises(FileError) as caught:
        load(path)
    return str(caught.value).removeprefix(str(path))


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(SPEC)
    assert load(path).total == load(str(path)).total == load(path, framework="keras").total == 16
    path.write_text("framework: keras\n" + SPEC)
    assert load(path, framework="keras").total == 16
    path.write_text(SPEC)
    with pytest.raises(ParamcalcError, match="unknown framework"):
        load(path, framework="kreas")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert file_refusal(tmp_path / "none.yaml") == ": no such file or directory"
    assert file_refusal("a\0b").endswith("not the name of a file")
    os.mkfifo(tmp_path / "pipe")
    assert file_refusal(tmp_path / "pipe") == ": not a regular file; expected a spec file, or - for standard input"
    assert file_refusal("/dev/zero") == ": not a regular file; expected a spec file, or - for standard input"
    text = tmp_path / "model.keras"
    text.write_text("hello")
    assert file_refusal(text).endswith(
        "received 'hello' (this is text, and .keras files are not: was it downloaded or copied whole?)"
    )
    empty = tmp_path / "empty.json"
    empty.touch()
    assert file_refusal(empty) == ": the file is empty; expected a model"


def test_a_file_nobody_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "model.yaml"
    path.write_text(SPEC)
    monkeypatch.setattr("builtins.open", refuse)
    assert file_refusal(path) == ": permission denied"


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_BYTES", 2**20)
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (2**20 + 1))
    assert file_refusal(path) == ": too large; expected at most 1 MiB"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    given(SPEC.encode())
    assert load("-").total == 16
    given(b"input: [3]\nlayers: [Dens: 3]")
    with pytest.raises(ParamcalcError, match=r"^<stdin>:2: layers\[0\]: no rule for a layer 'Dens'"):
        load("-")
    monkeypatch.setattr(bounds, "MAX_BYTES", 10)
    given(SPEC.encode())
    with pytest.raises(FileError, match=r"^<stdin>: too large"):
        load("-")


# --- lines --------------------------------------------------------------------------------------------

YAML = """\
input: [3]
# two
layers:
  - Dense: 3

  - LSTM:
      units: 4
      name: |
        a
  - {Dense:
    {units: 5, seed: 1}}
x: {none: 1}
"""
JSON = """\
{"input": [3],
 "text": "\\"[{",
 "layers": [
{"Dense": 3},

{"LSTM": {
"units": 4,
"name": "a"}},
{"Dense":
{"units": 5, "seed": 1}}],
"x": {"none": 1}}
"""
# path: (line of the YAML, line of the JSON); the nearest parent where it leads nowhere
LINES = {
    "input": (1, 1),
    "layers": (3, 3),
    "layers[0]": (4, 4),
    "layers[0].Dense": (4, 4),
    "layers[0].Dense.units": (4, 4),
    "layers[1].LSTM": (6, 6),
    "layers[1].LSTM.units": (7, 7),
    "layers[1].LSTM.units.more": (7, 7),
    "layers[1].LSTM.name": (8, 8),
    "layers[1].LSTM.seed": (6, 6),  # not the one in layers[2]
    "layers[2].Dense": (10, 9),
    "layers[2].Dense.seed": (11, 10),
    "layers[7]": (3, 3),
    "none": (None, None),  # not the one in x
    "x.none": (12, 11),
}


@pytest.mark.parametrize("path", LINES)
def test_lines(path: str) -> None:
    assert (line_of(YAML, "yaml", [path]), line_of(JSON, "json", [path])) == LINES[path]
