"""``config.json`` of Hugging Face: the type of a model and its sizes, from which the table has its layers."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from ...core.formula import Formula
from ...core.kinds import size
from ...core.rule import Layer
from ...core.totals import summed
from ...errors import FileError, ParamcalcError, SizeError, nearest, placed
from ...graph.model import Model
from ...graph.stack import Copies
from ...symbolic import Size, add, symbols
from ...symbolic.factor import factored
from ...untyped import Parsed
from ..opened import Source
from .build import whole
from .expressions import Value, evaluate
from .table import Architecture, table
from .values import Known, Values

TYPE, CLASSES = "model_type", "architectures"
HEADLESS = "Model"
_SIZE = re.compile(r"[A-Za-z](_[a-z])?")


class Described(NamedTuple):
    """A model of a configuration.

    Attributes
    ----------
    model : Model
    architecture : Architecture
    base : str
        What the names of its tensors begin with, except in a model without a head.
    renamed : tuple of (str, str)
        Pieces of names, and what transformers 5 has for them.
    tied : dict of str to str
        Names of layers whose weights are those of another one, each with the name of that one.
    """

    model: Model
    architecture: Architecture
    base: str
    renamed: tuple[tuple[str, str], ...]
    tied: dict[str, str]


def is_config(data: Mapping[str, Parsed]) -> bool:
    """Tell whether data is a configuration of Hugging Face."""
    return "class_name" not in data and any(key in data for key in (TYPE, CLASSES, "transformers_version"))


def read(source: Source) -> Model:
    """Read a configuration.

    Raises
    ------
    ParamcalcError
        For an unknown type, and sizes that are missing or do not go together.
    """
    sizes, source.sizes = source.sizes, {}
    return described(source.data, sizes).model


def described(config: Mapping[str, Parsed], sizes: Mapping[str, object] | None = None, name: str = "") -> Described:
    """Make the model that a configuration describes.

    Parameters
    ----------
    config : dict
    sizes : mapping of str to int, str or Expr, optional
        Values in place of those of the configuration, by its keys.
    name : str, optional
        Of the model.

    Raises
    ------
    ParamcalcError
        For an unknown type, and sizes that are missing or do not go together.
    """
    found = architecture_of(config)
    given = {**config, **_replaced(config, found, sizes or {})}
    values = _values(found, given)
    refused = values["refused"].value
    if refused:
        raise FileError(f"{found.name} with {refused} is not supported").at(str(refused))
    head, class_name = _head(values, given)
    values["head"] = Known(head, head)
    base = str(values["base"].value)
    model, tied = _made(found, values, base, name or class_name)
    model.active = active_of(model)
    model.formula = _formula(found, values, base, model)
    pairs = (pair.partition("=") for pair in str(values["aka"].value).split())
    return Described(model, found, base, tuple((old, new) for old, _, new in pairs), tied)


def architecture_of(config: Mapping[str, Parsed]) -> Architecture:
    """Find the architecture of a configuration.

    Raises
    ------
    FileError
        For an unknown type; the message has the nearest ones.
    """
    named, known = config.get(TYPE), table().architectures
    if named is None:
        raise FileError(f"no {TYPE}", expected="such as llama").at(TYPE)
    if not isinstance(named, str) or named not in known:
        from difflib import get_close_matches

        near = get_close_matches(str(named), known, 3, 0.5)
        raise FileError(
            "an unknown type of model",
            expected=", ".join(near or known),
            received=named,
            suggestion=nearest(str(named), known),
        ).at(TYPE)
    return known[named]


def _replaced(config: Mapping[str, Parsed], found: Architecture, sizes: Mapping[str, object]) -> Mapping[str, object]:
    keys = {*config, *(name for tree in found.values.values() for name in _names(tree))}
    for name in sizes:
        if name not in keys:
            raise SizeError(f"no size {name!r}", suggestion=nearest(name, keys)).at("sizes")
    made = {}
    for name, value in sizes.items():
        try:
            made[name] = size(value)
        except ParamcalcError as error:
            raise placed(error, name).at("sizes")
    return made


def _names(tree: ast.expr) -> list[str]:
    return [one.id for one in ast.walk(tree) if isinstance(one, ast.Name)]


def _values(found: Architecture, config: Mapping[str, Parsed]) -> dict[str, Known]:
    known: dict[str, Known] = {}

    def value(name: str) -> Value:
        return known[name].value if name in known else config.get(name)

    for name, tree in found.values.items():
        try:
            made = evaluate(tree, value)
            if _SIZE.fullmatch(name):
                made = _sized(made, tree, config)
        except ParamcalcError as error:
            keys = [key for key in _names(tree) if key in config]
            raise placed(error, keys[0]) if keys and not error.where else error
        known[name] = Known(made, made)
    return known


def _sized(value: Value, tree: ast.expr, config: Mapping[str, Parsed]) -> Value:
    if value is not None:
        return size(value)
    last = tree.values[-1] if isinstance(tree, ast.BoolOp) else tree
    if isinstance(last, ast.Constant) and last.value is None:
        return None
    keys = [one for one in _names(tree) if not _SIZE.fullmatch(one) and one != "default"]
    raise FileError(f"no {' or '.join(keys)}", suggestion=nearest(keys[0], config) if keys else None)


def _head(values: Mapping[str, Known], config: Mapping[str, Parsed]) -> tuple[str, str]:
    # the head, and the name of the class
    prefix, heads = str(values["prefix"].value), str(values["heads"].value).split()
    classes = config.get(CLASSES) or [prefix + heads[0]]
    known = [prefix + head for head in heads]
    first = classes[0] if isinstance(classes, list) else classes
    if first not in known:
        near = nearest(first, known) if isinstance(first, str) else None
        raise FileError("an unknown class", expected=", ".join(known), received=first, suggestion=near).at(CLASSES)
    return str(first).removeprefix(prefix), str(first)


def _made(found: Architecture, values: Mapping[str, Known], base: str, name: str) -> tuple[Model, dict[str, str]]:
    bare = values["head"].value == HEADLESS

    def root(name: str) -> str:
        if name == "base" or name.startswith("base."):
            name = base.rstrip(".") + name[4:]
        return name.removeprefix(base) if bare and name != base.rstrip(".") else name

    blocks = table().blocks
    return whole(blocks[found.block], blocks, Values(values), root, name)


def _formula(found: Architecture, values: Mapping[str, Known], base: str, model: Model) -> Formula | None:
    # each size of the configuration by its letter; blocks that are alike once, with their number in front
    if not isinstance(model.total, int):
        return None
    shown = {
        name: Known(one.value, symbols(name)) if _SIZE.fullmatch(name) and one.value is not None else one
        for name, one in values.items()
    }
    made, _ = _made(found, shown, base, "formula")
    terms = []
    seen: set[int] = set()
    for node, built in zip(made.nodes, made.built, strict=True):
        if id(node.layer) in seen:
            continue
        seen.add(id(node.layer))
        terms.append(_term(node.layer, [weight.shape for weight in built.weights if not weight.buffer]))
    sizes: dict[str, Size] = {name: one.value for name, one in values.items() if isinstance(one.value, int)}
    return Formula(add([term for term in terms if term != 0]), sizes)


def _term(layer: object, shapes: list[tuple[Size, ...]]) -> Size:
    if not isinstance(layer, Copies):
        return summed(map(prod, shapes))
    once = summed(prod(shape if layer.shared else shape[1:]) for shape in shapes)
    return once if layer.shared else layer.count * factored(once)


def active_of(model: Model) -> Size | None:
    """Count the parameters that one token passes through, where a mixture of experts lets it pass through a part."""
    idle = [*_idle(model, 1)]
    return summed((model.total, *(-1 * one for one in idle))) if idle else None


def _idle(layer: object, number: Size) -> list[Size]:
    if isinstance(layer, Copies):
        return _idle(layer.block, number if layer.shared else number * layer.count)
    if isinstance(layer, Model):
        return [size for one in layer.layers for size in _idle(one, number)]
    if isinstance(layer, Layer) and layer.type == "Experts":
        options = layer.options
        each: Size = 3 * options["size"] * options["inner"]
        return [number * ((options["experts"] - options["active"]) * each)]
    return []
