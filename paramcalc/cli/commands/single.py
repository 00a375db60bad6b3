"""Single layers by flags: ``dense``, ``embedding``, and ``layer`` for any rule by its class name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from ...characters import as_meant
from ...core.default_inputs import natural_inputs
from ...core.framework import DEFAULT, framework as framework_named, frameworks
from ...core.registry import find, rules, split_name
from ...core.rule import Layer, Rule
from ...core.tensors import Input, Tensor
from ...errors import LayerError, OptionError
from ...graph.model import Model
from ...graph.sequential import Sequential
from ...symbolic import unknown
from ...untyped import Passed
from ..flags import Batch, builds, shows
from ..options import Command, Flag, Positional
from ..sizes import flag_batch, flag_size


def classes(given: Mapping[str, object]) -> list[str]:
    """List the layers of a framework, and those of PyTorch and the literature with their module."""
    whose = given.get("framework")
    if isinstance(whose, str):
        return [*rules(whose)]
    return [*rules(), *(f"nn.{name}" for name in rules("torch")), *(f"paper.{name}" for name in rules("paper"))]


def options_of(given: Mapping[str, object]) -> list[str]:
    """List the options of the layer that is named already."""
    whose = given.get("framework")
    rule = rule_named(str(given.get("name")), whose if isinstance(whose, str) else None)
    return [f"{name}=" for name in (*rule.options, *sorted(rule.ignored))]


In = Annotated[str, Flag("--in", "Input size: features.", "D")]
Units = Annotated[str, Flag("--out", "Units.", "D")]
Bias = Annotated[bool, Flag("--bias/--no-bias", "Set use_bias of Keras.")]
Vocabulary = Annotated[str, Flag("--vocab", "Number of tokens in the vocabulary.", "V")]
Width = Annotated[str, Flag("--out", "Size of each token's vector.", "D")]
Shapes = Annotated[
    list[str] | None,
    Flag("--input", "Input shape without the batch, such as 32,32,3; repeat it for several inputs.", "SHAPE"),
]
Whose = Annotated[
    str | None, Flag("--framework", "Framework of the layer: keras, torch, ….", "NAME", values=lambda _: frameworks())
]
Class = Annotated[str, Positional("CLASS", "Class of the layer: Conv2D, nn.LSTM, paper.GRU, ….", values=classes)]
Options = Annotated[
    list[str] | None,
    Positional("OPTION=VALUE", "Options, by the framework's own argument names.", values=options_of),
]
Steps = Annotated[str | None, Flag("--steps", "Number of time steps. Default: the symbol T.", "T")]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``dense``, ``embedding`` or ``layer``."""
    return shows(builder(name), words)


def builder(name: str) -> Command:
    """Make what gives the model of ``dense``, ``embedding`` or ``layer``."""
    functions: dict[str, Callable[..., Model]] = {"dense": dense, "embedding": embedding, "layer": layer}
    return builds(functions[name])


def dense(
    size_in: In,
    out: Units,
    bias: Bias = True,
    batch: Batch = None,
) -> Model:
    """Count a Dense layer: d_x·d_y + d_y.

    $ paramcalc dense --in 256 --out 108
    $ paramcalc dense --in d_x --out 4*d_x --no-bias
    """
    one = find("Dense")(flag_size("--out", out), use_bias=bias)
    return Sequential([Input((flag_size("--in", size_in),), flag_batch(batch)), one], name="dense")


def embedding(
    vocab: Vocabulary,
    out: Width,
    steps: Steps = None,
    batch: Batch = None,
) -> Model:
    """Count an Embedding: V·d_e.

    $ paramcalc embedding --vocab 32000 --out 512
    $ paramcalc embedding --vocab 32000 --out 512 --dtype bfloat16
    """
    length = unknown("T") if steps is None else flag_size("--steps", steps)
    one = find("Embedding")(flag_size("--vocab", vocab), flag_size("--out", out))
    return Sequential([Input((length,), flag_batch(batch)), one], name="embedding")


def layer(
    name: Class,
    options: Options = None,
    shapes: Shapes = None,
    batch: Batch = None,
    framework: Whose = None,
) -> Model:
    """Count any layer of a framework, by its class.

    $ paramcalc layer Conv2D --input 32,32,3 filters=8 kernel_size=3
    $ paramcalc layer nn.LSTM input_size=108 hidden_size=128 --explain
    $ paramcalc layer paper.LSTM --input 10,108 units=128 peephole=true
    """
    from ...formats.modelspec.document import layer_options, model_from

    rule = rule_named(name, framework)
    if not shapes and framework_named(rule.framework).declares_inputs:
        if batch is not None:
            raise OptionError("--batch without --input", expected="--input, the shape without the batch")
        return _as_it_stands(rule(**layer_options(rule, values(options or []))))
    if not shapes:
        raise OptionError("--input is missing", expected="the shape of an input without the batch, such as 32,32,3")
    named = {"input" if len(shapes) == 1 else f"input_{at}": _sizes(shape) for at, shape in enumerate(shapes, 1)}
    spec: dict[str, Passed] = {
        "name": rule.snake,
        "framework": rule.framework,
        "inputs": named,
        "layers": [{rule.name: {**values(options or []), "inputs": list(named)}}],
    }
    return model_from(spec if batch is None else {**spec, "batch": batch})


def rule_named(name: str, framework: str | None = None) -> Rule:
    """Find the rule of ``LSTM``, or of ``paper.GRU``, ``nn.LSTM``, ``torch.nn.LSTM``: whose it is stands in front.

    Raises
    ------
    OptionError
        When the name is one framework's and ``framework`` another.
    LayerError
        For an unknown framework or layer.
    """
    told, plain = split_name(name)
    whose = (framework or DEFAULT) if told is None else told
    try:
        rules(whose)
    except LayerError as error:
        above = whose.rpartition(".")[0]
        if told is not None and split_name(f"{above}.{plain}")[0] in frameworks():
            raise LayerError(f"no rules for the module {whose}", expected=f"a layer of {above}", received=name)
        raise error.at("--framework" if told is None else name)
    if framework not in (None, whose):
        raise OptionError(f"{name} is {whose}'s", expected=f"--framework {whose}, or none", received=framework)
    return find(plain, whose)


def _as_it_stands(layer: Layer) -> Model:
    inputs = [Tensor(shape) for shape in natural_inputs(layer)]
    return Model(inputs, layer(*inputs), name=layer.rule.snake)


def values(words: list[str]) -> dict[str, Passed]:
    """Read ``OPTION=VALUE`` words, values as a spec file has them: ``3``, ``false``, ``3,3``, ``{LSTM: 128}``.

    Raises
    ------
    OptionError
        For a word without ``=`` and for an option given twice.
    """
    found: dict[str, Passed] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise OptionError("not an option", expected="OPTION=VALUE, such as filters=8", received=word)
        if name in found:
            raise OptionError(f"{name} given twice")
        if not value.strip():
            raise OptionError(f"{name} has no value", expected="OPTION=VALUE, such as filters=8")
        found[name] = _value(value)
    return found


def _value(word: str) -> Passed:
    from ...formats.text.syntax import read_data

    if "," in word and word[0] not in "[{\"'":
        word = f"[{word}]"
    if word[0] in "[{" and not any(mark in word for mark in "\"'"):
        word = re.sub(r"(?<=\w):(?=\S)", ": ", word)  # YAML would have a blank there
    return read_data(word)


def _sizes(shape: str) -> list[Passed]:
    inner = shape.strip()
    if inner[:1] + inner[-1:] in ("()", "[]"):
        inner = inner[1:-1].strip()
    words = [word.strip() for word in inner.removesuffix(",").split(",")] if inner else []
    plain = re.sub("[;xX×]", ",", as_meant(inner))
    if plain != inner and re.fullmatch("[0-9]+(, *[0-9]+)+", plain):
        raise OptionError(
            "--input", expected="commas between the axes", received=shape, suggestion=f"did you mean {plain}?"
        )
    if "" in words:
        raise OptionError("--input lacks a size", expected="sizes such as 32,32,3", received=shape)
    for before, word in pairwise(words):
        if len(word) == 3 and word.isdecimal() and word[0] == "0":
            hint = f"a comma separates axes; write {before}{word} without it"
            raise OptionError(f"{word} is not a size", suggestion=hint)
    return [None if word.lower() in ("none", "null", "?") else word for word in words]
