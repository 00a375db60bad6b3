"""Binding: the same layer or model with values in place of named sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from ..core.built import Applicable
from ..core.rule import Layer
from ..core.shapes import AnyShape, UnknownShape
from ..errors import OptionError
from ..symbolic import Expr, Size, leaves
from ..symbolic.evaluate import evaluate
from ..untyped import OptionValue
from .model import Model
from .sequential import Sequential
from .stack import Copies


@overload
def bind(subject: Layer, values: Mapping[str, Size]) -> Layer: ...


@overload
def bind(subject: Model, values: Mapping[str, Size]) -> Model: ...


def bind(subject: Layer | Model, values: Mapping[str, Size]) -> Applicable:
    """Put values in place of named sizes, in every option and input shape.

    Parameters
    ----------
    subject : Layer or Model
    values : mapping of str to int or Expr
        Names that do not occur are ignored. An unknown size is bound by its name too (``B``, the batch).

    Returns
    -------
    Layer or Model
        A new one; what was shared is shared, what was nested is nested.

    Raises
    ------
    SizeError, OptionError
        When a value makes an option impossible (``h // 4`` at ``h = 3``).
    """
    return _bound(subject, values, {})


def _bound(layer: Applicable, values: Mapping[str, Size], made: dict[int, Applicable]) -> Applicable:
    # made: what each layer and model became, by id, so that one object stays one object
    if id(layer) not in made:
        if isinstance(layer, Layer):
            made[id(layer)] = _layer(layer, values, made)
        elif isinstance(layer, Model):
            bound = made[id(layer)] = _model(layer, values, made)
            bound.optimizer = layer.optimizer
        else:
            return layer
    return made[id(layer)]


def _layer(layer: Layer, values: Mapping[str, Size], made: dict[int, Applicable]) -> Layer:
    options = {}
    for name, option in layer.options.items():
        bound = _option(option, values, made)
        same = bound is option or isinstance(bound, (Layer, Model))
        options[name] = bound if same else layer.rule.checked(name, layer.rule.options[name].kind, bound)
    return layer.copy_with(layer.name, options)


def _option(value: OptionValue, values: Mapping[str, Size], made: dict[int, Applicable]) -> OptionValue:
    if isinstance(value, Expr):
        return evaluate(value, values)
    if isinstance(value, tuple):
        return tuple(_option(one, values, made) for one in value)
    return _bound(value, values, made) if isinstance(value, Applicable) else value


def _shape(shape: AnyShape, values: Mapping[str, Size]) -> AnyShape:
    return shape if isinstance(shape, UnknownShape) else tuple(evaluate(size, values) for size in shape)


def _model(model: Model, values: Mapping[str, Size], made: dict[int, Applicable]) -> Model:
    shapes = [_shape(shape, values) for shape in model.input_shapes]
    if isinstance(model, Sequential):  # how many outputs it has is known when it has run
        chain = Sequential((_bound(layer, values, made) for layer in model.chain), model.name, not model.frozen)
        chain.input_shapes, chain.input_names = shapes, model.input_names
        return chain
    if not model.nodes:
        raise OptionError(
            f"the sizes of {model.label!r} cannot be replaced: it is unknown how its layers are connected"
        )
    nodes = [node.evolve(layer=_bound(node.layer, values, made)) for node in model.nodes]
    return Model.from_nodes(
        shapes, nodes, model.outputs, model.name, model.input_names, not model.frozen, model.type, model.single
    )


def bind_inputs(model: Model, values: Mapping[str, Size]) -> None:
    """Put values in place of the open sizes of a model's inputs, before anything is built on them."""
    model.input_shapes = [_shape(shape, values) for shape in model.input_shapes]
    model.forget()


def open_sizes(shapes: Sequence[AnyShape]) -> list[Expr]:
    """List the leaves of the sizes that are not numbers, each once, in order."""
    found: dict[Expr, None] = {}
    for shape in shapes:
        for axis in () if isinstance(shape, UnknownShape) else shape:
            if isinstance(axis, Expr):
                found.update(dict.fromkeys(leaves(axis)))
    return list(found)


def open_names(model: Model) -> set[str]:
    """List the names of the open sizes of a model's inputs."""
    return {one.args[0] for one in open_sizes(model.input_shapes)}


def names_in(subject: Layer | Model) -> tuple[str, ...]:
    """List the named sizes in the options of a layer, or in all layers of a model, as first met."""
    return tuple(dict.fromkeys(_names(subject)))


def _names(value: object) -> Iterator[str]:
    if isinstance(value, Expr):
        yield from (leaf.args[0] for leaf in leaves(value) if leaf.op == "name")
    elif isinstance(value, Layer):
        yield from _names(tuple(value.options.values()))
    elif isinstance(value, Model):
        yield from _names(tuple(value.layers))
    elif isinstance(value, Copies):
        yield from _names((value.count, value.block))
    elif isinstance(value, tuple):
        for one in value:
            if isinstance(one, (Expr, tuple, Layer, Model, Copies)):
                yield from _names(one)
