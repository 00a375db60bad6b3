"""The spec file: plain data, from whichever syntax, to a model.

Keys of a spec: ``framework name input inputs batch sizes layers outputs trainable``. How a layer is written is
read in `items`, what reads what is worked out in `wiring`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...core.declare import Shape
from ...core.framework import DEFAULT, framework as framework_named
from ...core.rule import Layer, Rule
from ...core.shapes import listed
from ...core.tensors import disambiguate_unknowns, input_shape
from ...errors import FileError, GraphError, LayerError, OptionError, ParamcalcError, nearest
from ...graph.bind import bind_inputs, open_names
from ...graph.model import Model
from ...symbolic import Expr, unknown
from ...untyped import Parsed
from ..opened import Source
from .fields import check_keys, declared_inputs, name, trainable
from .items import Reader
from .sizes import NAMELESS, Sizes
from .wiring import Graph

KEYS = ("framework", "name", "input", "inputs", "batch", "sizes", "layers", "outputs", "trainable", "$schema")


def read(source: Source) -> Model:
    """Read a spec (see `model_from`)."""
    sizes, source.sizes = source.sizes, {}
    return model_from(source.data, source.framework, sizes)


def model_from(
    data: Mapping[str, Parsed], framework: str | None = None, sizes: Mapping[str, object] | None = None
) -> Model:
    """Make the model a spec describes, and work out its shapes.

    Parameters
    ----------
    data : dict
        Plain data: dictionaries, lists, text, numbers, booleans, ``None``.
    framework : str, optional
        Whose layers they are, where the spec does not say; Keras's otherwise.
    sizes : mapping of str to int, str or Expr, optional
        Values for named sizes; they take precedence over the values in the spec.

    Raises
    ------
    ParamcalcError
        Whatever is wrong; the message has the path inside the spec.
    """
    try:
        return _model_from(data, framework, sizes or {})
    except RecursionError:
        raise FileError("nested too deeply") from None


def layer_options(rule: Rule, given: Mapping[str, Parsed]) -> dict[str, Parsed]:
    """Read the options of one layer as a spec has them: sizes as expressions, layers as items.

    Raises
    ------
    ParamcalcError
        For what the layer does not take.
    """
    return Reader(Sizes(), rule.framework).options(rule, given, "")


def _model_from(data: Mapping[str, Parsed], framework: str | None, given: Mapping[str, object]) -> Model:
    if not isinstance(data, Mapping):
        raise FileError("not a spec", expected="keys and values such as input and layers", received=data)
    check_keys(data, KEYS, "a spec")
    sizes = Sizes(data.get("sizes"), given)
    whose = _framework(data, framework)
    whole = framework_named(whose).batch_in_shape
    graph = Graph(_inputs(data, sizes, whole))
    reader = Reader(sizes, whose)
    if "layers" not in data:
        raise GraphError("no layers", expected="layers: with a list of them", suggestion=nearest("layers", data.keys()))
    reader.block(data["layers"], "layers", graph)
    if not graph.uses:
        raise GraphError("no layers", expected="at least one").at("layers")
    if whole:
        graph.inputs = _in_its_letters(graph)
    if graph.open_ended():
        batch = "the batch among its sizes" if whole else "without the batch"
        raise GraphError("the input shape is not known", expected=f"input: such as [32, 256], {batch}")
    model = graph.model(data.get("outputs"), name(data.get("name")), trainable(data))
    if data.get("outputs") is None:  # the last layer, all of it
        ((last, _),) = model.outputs
        several = len(listed(model.built[-1].outs))
        if several > 1:
            model.outputs = tuple((last, index) for index in range(several))
            model.type = "Functional"
    _bind_open_axes(model, sizes, given)
    model.built  # noqa: B018  # here shapes flow, and what does not fit is an error
    return model


def _bind_open_axes(model: Model, sizes: Sizes, given: Mapping[str, object]) -> None:
    # a size that the spec does not name may be an open axis of its inputs
    axes = open_names(model).difference(sizes.used)
    remedy = None if sizes.used else NAMELESS
    sizes.used |= axes
    sizes.check_used(given, remedy)
    values = {name: sizes.values[name] for name in axes if name in sizes.values}
    if values:
        bind_inputs(model, values)


def _framework(data: Mapping[str, Parsed], framework: str | None) -> str:
    said = data.get("framework")
    try:
        if said is not None and framework is not None and said != framework:
            raise LayerError(f"a spec for {said!s:.80}", expected=framework)
        chosen = said if said is not None else framework or DEFAULT
        if not isinstance(chosen, str):
            raise LayerError("not the name of a framework", received=chosen)
        framework_named(chosen)
    except ParamcalcError as error:
        raise error.at("framework")
    return chosen


def _inputs(data: Mapping[str, Parsed], sizes: Sizes, whole: bool) -> dict[str, Shape]:
    # the batch goes in front, unless the framework has it among the sizes, wherever it likes: ``whole``
    if data.get("input") is not None and data.get("inputs") is not None:
        raise OptionError("both input and inputs", expected="one of them").at("inputs")
    try:
        batch = sizes.of(data.get("batch"))
        if batch is not None:
            input_shape([], batch)
    except ParamcalcError as error:
        error.where = []
        raise error.at("batch")
    if whole and batch is not None:
        raise OptionError("a batch size next to the input", expected="the batch size in the shape of the input").at(
            "batch"
        )
    inputs = declared_inputs(data.get("input"), data.get("inputs"), sizes, batch)
    return {label: shape[1:] for label, shape in inputs.items()} if whole else inputs


def _in_its_letters(graph: Graph) -> dict[str, Shape]:
    # unknown sizes have the names that the layer gives to them: (L, N, 108) of an LSTM, (N, 3, H, W) of a Conv2d
    shapes = []
    for position, (label, shape) in enumerate(graph.inputs.items()):
        first = next((use.layer for use in graph.uses if use.inputs == [label] or use.before == position), None)
        axes = (first.axes(len(shape)) if isinstance(first, Layer) else None) or []
        letters = [axes[at] if axes and axes[at].isupper() else f"n{at + 1}" for at in range(len(shape))]
        apart = f"_{label}" if len(graph.inputs) > 1 else ""
        shapes.append(
            tuple(
                unknown(re.sub(r"\W", "_", letter + apart)) if isinstance(size, Expr) and size.op == "?" else size
                for letter, size in zip(letters, shape, strict=True)
            )
        )
    return dict(zip(graph.inputs, disambiguate_unknowns(shapes), strict=True))
