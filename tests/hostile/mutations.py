"""Inputs changed at random: descriptions, bytes, objects and command lines, each drawn from a number.

A maker takes a source of random numbers and gives what is to be run. It draws from what the project has already: the
examples of the documentation, the files of the tests, the rules and their options, the commands and their flags. So a
new rule or flag is tried without a line here.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import yaml
from readers import reading
from syntax import drawn, read

import paramcalc as pc
from paramcalc.core.framework import frameworks
from paramcalc.core.registry import rules
from paramcalc.core.rule import REQUIRED, Rule
from paramcalc.formats.readers import READERS
from paramcalc.writers import FORMATS_OF_MODELS as FORMATS

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "docs/examples", ROOT / "tests/data/archives", ROOT / "tests/data/keras2")
LARGEST = 40_000  # bytes of a file that is taken as a seed
Run = Callable[[], object]

NUMBERS = (0, 1, -1, 2, 3, 7, 64, 1000, 2**31, 2**63, 10**30, 10**101, 0.5, 1e308, True, False)
TEXTS = (
    "", "x", "h", "2h", "h // 0", "4[h(h + x)]", "h^64", "None", "lstm", "Dense", "layers", "a/b", "../..", "\x1b[31m",
    "a\nb", "é", "１２", "(" * 45, "9" * 400, "a" * 300, "float32", "same", "channels_first", "@", "$x", "{}", "-",
)  # fmt: skip
TOKENS = (
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"null", b"1e999", b"-1", b"\x00", b"\xff\xfe", b"&a ", b"*a",
    b"- ", b"\n  ", b"\t", b"!!python/object", b"<<: *a", b"repeat: 999999", b"[[layers]]\n", b"PK\x03\x04",
    b"\x89HDF\r\n\x1a\n", b"\xff" * 8, b"\x00" * 8, b"TREE", b"SNOD", b"HEAP", b"OHDR", b"FRHP", b"9" * 60,
)  # fmt: skip


# --- values --------------------------------------------------------------------------------------------------


def value(luck: Random, depth: int = 2) -> Any:
    """Plain data of any kind."""
    kind = luck.randrange(8 if depth else 5)
    if kind < 2:
        return luck.choice(NUMBERS)
    if kind < 4:
        return luck.choice(TEXTS)
    if kind == 4:
        return None
    if kind == 5:
        return {luck.choice(TEXTS): value(luck, depth - 1) for _ in range(luck.randrange(3))}
    return [value(luck, depth - 1) for _ in range(luck.randrange(4))]


def shape(luck: Random) -> list[Any]:
    """Sizes of an input, most of them small."""
    sizes = [luck.choice((1, 2, 3, 8, 32, None, "h", "T")) for _ in range(luck.randrange(5))]
    if sizes and luck.random() < 0.2:
        sizes[luck.randrange(len(sizes))] = value(luck, 1)
    return sizes


def options(luck: Random, rule: Rule) -> dict[str, Any]:
    """Options for a rule, a few of them odd."""
    needed = [name for name, one in rule.options.items() if one.default is REQUIRED]
    found = {
        name: luck.choice((1, 2, 3, 8, 8, "h", [2, 2])) if luck.random() < 0.95 else value(luck) for name in needed
    }
    for name in sorted(rule.options.keys() - needed) if luck.random() < 0.7 else ():
        if luck.random() < 0.1:
            found[name] = luck.choice((1, 2, 3, True, False, "same", "valid", "h", [2, 2], None))
    if luck.random() < 0.05:
        found[luck.choice([*sorted(rule.ignored), "name", "trainable", "input_shape"])] = value(luck)
    return found


@cache
def every_rule() -> tuple[Rule, ...]:
    return tuple(rule for framework in frameworks() for rule in rules(framework).values())


# --- seeds ---------------------------------------------------------------------------------------------------


@cache
def files() -> tuple[bytes, ...]:
    """The contents of every small file that the project has as an example or for a test."""
    paths = sorted(path for folder in FOLDERS for path in folder.iterdir() if path.suffix not in (".py", ".md"))
    return tuple(path.read_bytes() for path in paths if path.stat().st_size <= LARGEST)


@cache
def texts() -> tuple[str, ...]:
    """Their descriptions, as JSON: those of specs, and those of Keras, also inside an archive."""
    found = []
    for content in files():
        if content.startswith(b"PK"):
            found.append(zipfile.ZipFile(io.BytesIO(content)).read("config.json").decode())
        elif content.startswith((b"{", b"[")):
            found.append(content.decode())
        elif content.isascii() and not content.startswith(b"\x89"):
            try:
                found.append(json.dumps(yaml.safe_load(content)))
            except yaml.YAMLError:
                continue  # TOML
    return tuple(text for text in found if text.startswith("{"))


# --- structure -----------------------------------------------------------------------------------------------


def place(luck: Random, data: Any) -> tuple[Any, Any]:
    """A container somewhere in the data, and a key of it."""
    holder, key = data, None
    while True:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        if not keys:
            return holder, None
        key = luck.choice(keys)
        if not isinstance(holder[key], (dict, list)) or luck.random() < 0.15:
            return holder, key
        holder = holder[key]


def change(luck: Random, data: Any) -> None:
    """Change one place: another value, one fewer, one more, a part from elsewhere, a level more."""
    holder, key = place(luck, data)
    how = luck.randrange(7)
    if key is None:
        holder.append(value(luck)) if isinstance(holder, list) else holder.update({luck.choice(TEXTS): value(luck)})
    elif how == 0:
        del holder[key]
    elif how == 1:
        elsewhere, other = place(luck, data if luck.random() < 0.5 else json.loads(luck.choice(texts())))
        if other is not None:
            holder[key] = json.loads(json.dumps(elsewhere[other]))
    elif how == 2:
        holder[key] = [holder[key]] if luck.random() < 0.5 else {luck.choice(TEXTS): holder[key]}
    elif how == 3 and isinstance(holder, list):
        holder.insert(luck.randrange(len(holder) + 1), json.loads(json.dumps(holder[key])))
    elif how == 4 and isinstance(holder, dict):
        holder[luck.choice([*TEXTS, *holder])] = holder.pop(key)
    else:
        holder[key] = value(luck)


def spec(luck: Random) -> dict[str, Any]:
    """A spec of random layers."""
    whose = luck.choice(frameworks())
    names = [*rules(whose)]
    layers = []
    for _ in range(luck.randrange(1, 4)):
        name = luck.choice(names)
        layers.append({name: options(luck, rules(whose)[name])})
    return {"framework": whose, "input": shape(luck), "layers": layers}


def structured(luck: Random) -> str:
    """A description with something changed, as text."""
    data = spec(luck) if luck.random() < 0.3 else json.loads(luck.choice(texts()))
    for _ in range(luck.choice((0, 1, 1, 1, 2, 3))):
        if data:
            change(luck, data)
    return json.dumps(data)


def structure(luck: Random) -> Run:
    """A changed description, read and shown."""
    text = structured(luck)
    show = shown(luck)
    return lambda: show(pc.loads(text))


def shown(luck: Random) -> Callable[[Any], object]:
    """One of the views, with options that it has."""
    format = luck.choice(FORMATS)
    given: dict[str, Any] = {"ascii": luck.random() < 0.2}
    if format not in ("csv", "json", "yaml"):
        given |= {"explain": luck.random() < 0.3, "weights": luck.random() < 0.3, "depth": luck.choice((None, 0, 1))}
    if format == "table":
        given["width"] = luck.choice((None, 1, 40, 80))
    return lambda model: model.render(format, **given)


# --- bytes ---------------------------------------------------------------------------------------------------


def damaged(luck: Random, content: bytes) -> bytes:
    """Bytes with a few of them changed, lost, repeated, or replaced by others of some file."""
    made = bytearray(content)
    for _ in range(luck.choice((1, 1, 2, 4, 16))):
        at = luck.randrange(len(made) + 1)
        length = min(luck.choice((1, 1, 2, 4, 8, 64, 1024)), len(made) - at)
        how = luck.randrange(7)
        if how == 0:
            made[at : at + length] = luck.randbytes(length)
        elif how == 1:
            del made[at : at + length]
        elif how == 2:
            made[at:at] = luck.choice(TOKENS)
        elif how == 3:
            made[at:at] = made[at : at + length]
        elif how == 4 and length:
            made[at] ^= 1 << luck.randrange(8)
        elif how == 5:
            other = luck.choice(files())
            start = luck.randrange(len(other))
            made[at : at + length] = other[start : start + length]
        elif luck.random() < 0.2:
            del made[at:]
    return bytes(made)


# --- files of tensors ----------------------------------------------------------------------------------------

HEADERS = (
    b'"F32"', b'"I4"', b'"shape":', b'"data_offsets":', b"[1,2]", b"[-1]", b"[0,0]", b"18446744073709551615", b"[[[[",
    b'"__metadata__":{}', b'{"dtype":', b"'descr':", b"'<f4'", b"(3,)", b"True", b"as_int", b"\\u0000",
)  # fmt: skip
CALLED = (
    b"ctorch._utils\n_rebuild_tensor_v2\n", b"ctorch._utils\n_rebuild_tensor_v3\n", b"ctorch\nFloatStorage\n",
    b"ctorch._utils\n_rebuild_parameter\n", b"ccollections\nOrderedDict\n", b"ctorch\nSize\n", b"cos\nsystem\n",
    b"cbuiltins\neval\n", b"ctorch._tensor\n_rebuild_from_type_v2\n", b"X\x07\x00\x00\x00storage",
    b"X\x01\x00\x00\x000",
    b"X\x08\x00\x00\x00_modules", b"X\x0b\x00\x00\x00_parameters", b"X\x08\x00\x00\x00_buffers",
)  # fmt: skip


def reworded(luck: Random, content: bytes) -> bytes:
    """Bytes damaged at random, or with parts of a header or of a program in them."""
    if luck.random() < 0.4:
        return damaged(luck, content)
    made = bytearray(content)
    for _ in range(luck.choice((1, 1, 2, 4))):
        at = luck.randrange(len(made) + 1)
        end = at + luck.choice((0, 0, 1, 4, 12))
        made[at:end] = luck.choice((*HEADERS, *CALLED, bytes([luck.randrange(256)])))
    return bytes(made)


def revalued(luck: Random, content: bytes) -> bytes:
    """JSON with values that do not belong there; other bytes damaged at random."""
    try:
        data = json.loads(content)
    except ValueError:
        return damaged(luck, content)
    if not isinstance(data, dict) or not data:
        return damaged(luck, content)
    for _ in range(luck.choice((1, 1, 2, 4))):
        change(luck, data)
    return json.dumps(data).encode()


def programs(luck: Random) -> Run:
    """A checkpoint whose pickle is made of opcodes drawn at random, most of which have what they need."""
    steps = [*CALLED, *(code.encode("latin-1") for code in "(}])RtuseabQ20N\x81\x85\x86\x87\x89\x94")]
    steps += [b"K\x02", b"h\x00", b"h\x01"]
    chosen = (luck.choice((luck.choice(steps), bytes([luck.randrange(256)]))) for _ in range(luck.randrange(1, 200)))
    parts = [b"\x80\x02", *chosen]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as new:
        new.writestr("archive/data.pkl", b"".join(parts) + b"." * luck.randrange(2))
        new.writestr("archive/data/0", bytes(8))
    show = shown(luck)
    return lambda: show(pc.loads(target.getvalue()))


def syntax(luck: Random) -> Run:
    """A program of Python, drawn node by node or changed in some."""
    text = drawn(luck)
    return lambda: read(text)


ODD: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 300, 301, 10**6, 10**30, 1.5, "", "d", "2*h", "a b", "x" * 2000),
    *([], [1], {}, [[[]]], float("nan")),
)


def configurations(luck: Random) -> Run:
    """A config.json of Hugging Face with values that do not belong there."""
    helpers = str(Path(__file__).parents[1] / "helpers")  # pytest has it on the path, a script has not
    if helpers not in sys.path:
        sys.path.append(helpers)
    from hf_configs import DRAWN

    kind = luck.choice(list(DRAWN))
    config: dict[str, object] = {"model_type": kind, **DRAWN[kind](luck)}
    for _ in range(luck.randrange(1, 4)):
        config[luck.choice([*config, "architectures", "id2label", "tie_word_embeddings"])] = luck.choice(ODD)
    show = shown(luck)
    return lambda: show(pc.loads(json.dumps(config)))


# --- command lines -------------------------------------------------------------------------------------------

LEFT_OUT = ("verify",)  # builds models in their frameworks; `--verify` and `--rules` likewise


@cache
def commands() -> dict[str, tuple[list[str], list[str]]]:
    """Of each command, the flags that take a value and those that take none."""
    from paramcalc.cli.app import _commands

    found = {}
    for one in _commands("", ()):
        flags = [(flag, parameter.kind is bool) for parameter in one.parameters for flag in parameter.flags]
        flags = [(flag, switch) for flag, switch in flags if flag not in ("--verify", "--rules")]
        if one.name not in LEFT_OUT:
            found[one.name] = [flag for flag, switch in flags if not switch], [flag for flag, on in flags if on]
    return found


def word(luck: Random) -> str:
    """A value of a flag, or a position."""
    kind = luck.randrange(6)
    if kind == 0:
        return luck.choice(TEXTS)
    if kind == 1:
        return luck.choice(("12", "h", "3,4", "128,64", "T,8", "32,32,3", "sum", *FORMATS, *frameworks()))
    if kind == 2:
        return str(luck.choice(NUMBERS))
    if kind == 3:
        rule = luck.choice(every_rule())
        return luck.choice((rule.name, f"nn.{rule.name}", *(f"{name}={luck.choice(NUMBERS)}" for name in rule.options)))
    if kind == 4:
        return str(luck.choice(sorted(FOLDERS[luck.randrange(2)].iterdir())))
    return "".join(luck.choice("abhxT0123456789,=-:+*/()[].\x00\x1b–１é ") for _ in range(luck.randrange(12)))


def line(luck: Random) -> list[str]:
    """The words of a command line."""
    name = luck.choice([*commands()])
    valued, switches = commands()[name]
    words = [name if luck.random() < 0.97 else word(luck)]
    likely = {"--in": "8", "--hidden": "16", "--out": "4", "--vocab": "100", "--got": "1234"}
    words += [
        part for flag, given in likely.items() if flag in valued and luck.random() < 0.7 for part in (flag, given)
    ]
    if name in ("count", "layer", "why", "formula"):
        words.append(word(luck))
    for _ in range(luck.randrange(5)):
        drawn = luck.randrange(4)
        if drawn == 0 and switches:
            words.append(luck.choice(switches))
        elif drawn == 1 and valued:
            words += [luck.choice(valued), word(luck)]
        elif drawn == 2 and valued:
            words.append(f"{luck.choice(valued)}={word(luck)}")
        else:
            words.insert(luck.randrange(len(words) + 1), word(luck))
    return [one.replace("\x00", "") for one in words]  # no system hands on a word with a NUL


def flags(luck: Random) -> Run:
    """A command line, run."""
    from paramcalc.cli import main

    words = line(luck)

    def run() -> None:
        errors, nothing = io.StringIO(), io.TextIOWrapper(io.BytesIO())
        with redirect_stdout(io.StringIO()), redirect_stderr(errors):
            try:
                # a command that cannot write gives up its stdout, which is that of all inputs here
                with patch("sys.argv", ["paramcalc", *words]), patch("sys.stdin", nothing), patch("os.dup2"):
                    main()
            except SystemExit as stop:
                if stop.code not in (None, 0, 1, 2):
                    raise AssertionError(f"exit code {stop.code!r} of {words}") from None
        if "Traceback" in errors.getvalue():
            raise AssertionError(f"a traceback of {words}")

    return run


# --- objects -------------------------------------------------------------------------------------------------


class Itself:
    """Answers every attribute with itself."""

    def __getattr__(self, name: str) -> Any:
        return self


class Raising:
    """Raises at whatever is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __repr__(self) -> str:
        raise KeyError("repr")


def odd(luck: Random) -> Any:
    """An object, mostly not what is wanted."""
    return luck.choice((value(luck), Itself(), Raising(), object, {1, 2}, b"x", range(3), lambda: 3, float("nan")))


def layers(luck: Random) -> Run:
    """A layer made with odd objects for options, on an odd input; or such an object in the place of a file."""
    if luck.random() < 0.05:
        return readable(luck)
    rule = luck.choice(every_rule())
    given = options(luck, rule)
    for name in [*given]:
        if luck.random() < 0.15:
            given[name] = odd(luck)
    entry = shape(luck) if luck.random() < 0.9 else odd(luck)
    show = shown(luck)
    return lambda: show(pc.Sequential([pc.Input(entry), rule(**given)]))


def readable(luck: Random) -> Run:
    """An odd object in the place of a file, a text or a model."""
    read = luck.choice((pc.load, pc.loads))
    given = odd(luck)
    given = given if not isinstance(given, str) else None
    return lambda: read(given)


def modules(luck: Random) -> Run:
    """A PyTorch module with something odd inside."""
    from torch import nn

    def one(depth: int) -> Any:
        if depth and luck.random() < 0.4:
            return nn.Sequential(*(one(depth - 1) for _ in range(luck.randrange(4))))
        kind = luck.randrange(6)
        if kind == 0:
            return nn.LSTM(3, 4, num_layers=luck.randrange(1, 3), bidirectional=luck.random() < 0.5)
        if kind == 1:
            return nn.Conv2d(2, 4, 3)
        return luck.choice(
            (lambda: nn.Linear(3, 3), lambda: nn.ReLU(), lambda: nn.BatchNorm1d(3), lambda: nn.GRU(3, 3))
        )()

    module = one(3)
    every = [*module.modules()]
    for _ in range(luck.randrange(3)):
        changed = luck.choice(every)
        held = [*vars(changed)]
        registry = vars(changed).get(luck.choice(("_modules", "_parameters", "_buffers")))
        if isinstance(registry, dict) and luck.random() < 0.6:
            key = luck.choice(("weight", "bias", "running_mean", "0", "odd"))
            registry[key] = luck.choice((None, luck.choice(every), odd(luck), odd(luck)))
        elif luck.random() < 0.7:
            vars(changed)[luck.choice(held)] = odd(luck)
        else:
            vars(changed).pop(luck.choice(held))
    entry = tuple(luck.choice((1, 2, 3, 8)) for _ in range(luck.randrange(1, 4)))
    inputs = () if luck.random() < 0.3 else (entry if luck.random() < 0.8 else odd(luck),)
    show = shown(luck)
    return lambda: show(pc.from_torch(module, *inputs))


def models(luck: Random) -> Run:
    """A Keras model that says odd things of itself."""
    model = kerass()[luck.randrange(len(kerass()))]
    told = json.loads(json.dumps(model.get_config()))
    change(luck, told)
    changed = luck.choice(model.layers)
    attribute = luck.choice(
        ("units", "weights", "layers", "get_config", "get_build_config", "trainable", "dtype_policy")
    )
    what = odd(luck)
    show = shown(luck)

    def run() -> None:
        if luck.random() < 0.6:
            with patch.object(type(model), "get_config", lambda self: told):
                show(pc.from_keras(model))
        else:
            with patch.object(type(changed), attribute, what, create=True):
                show(pc.from_keras(model))

    return run


@cache
def kerass() -> tuple[Any, ...]:
    """Live models of Keras."""
    import keras

    L = keras.layers
    entry = keras.Input((5, 4))
    around = L.Bidirectional(L.LSTM(3, return_sequences=True))(entry)
    graph = keras.Model(entry, [L.Dense(2)(around), L.MultiHeadAttention(2, 3)(entry, entry)])
    inner = keras.Sequential([keras.Input((4,)), L.Dense(3), L.BatchNormalization()])
    return graph, keras.Sequential([entry, L.TimeDistributed(inner), L.GRU(3), L.Dense(2)])


def torch_ready() -> None:
    """Import what modules need, so that none of them is charged for it."""
    from torch import nn

    pc.from_torch(nn.Linear(2, 2), (2, 2)).report()


def keras_ready() -> None:
    """Import what Keras models need, so that none of them is charged for it."""
    pc.from_keras(kerass()[0]).report()


KINDS: dict[str, Callable[[Random], Run]] = {
    "structure": structure,
    "programs": programs,
    "configurations": configurations,
    "syntax": syntax,
    "flags": flags,
    "layers": layers,
    "modules": modules,
    "models": models,
}
READ = tuple(one.name for one in READERS if one.read)  # damaged files of each reader, under its name
KINDS |= {name: reading(name, (damaged, reworded, revalued), shown) for name in READ}
READY: dict[str, tuple[str, Run]] = {"modules": ("torch", torch_ready), "models": ("keras", keras_ready)}
