"""Building a paramcalc layer or model in Keras, without allocating its weights."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ....core.declare import Shape
from ....core.ignored_options import Custom
from ....core.rule import Layer
from ....core.shapes import UnknownShape
from ....errors import LayerError, ParamcalcError
from ....graph.model import Model
from ....graph.unknown_layers import BestEffortOperation, UnknownLayer
from ....rules.keras.quantized import Policy
from ....rules.keras.recurrent_wrappers import unique_labels
from ....rules.keras.values import Values
from ....rules.ops.operation import Operation
from ....untyped import Foreign
from ...grid import known_shapes, stateful
from .framework import keras, layer_class
from .operations import build

LARGEST_STATEFUL = 2**28  # parameters; one gigabyte as float32


class Builder:
    """Makes Keras layers from paramcalc's, each once, so that what is shared stays shared.

    With ``real`` their weights are allocated, so that they can be run.
    """

    def __init__(self, real: bool = False) -> None:
        self.keras = keras()
        self.real = real
        self._made: dict[int, Foreign] = {}

    def layer(self, layer: Foreign, name: str | None = None) -> Foreign:
        """Make the Keras layer (or model) of a paramcalc layer (or model)."""
        if id(layer) not in self._made:
            make = self._model if isinstance(layer, Model) else self._layer
            self._made[id(layer)] = make(layer, name or layer.label)
        return self._made[id(layer)]

    def _layer(self, layer: Foreign, name: str) -> Foreign:
        if isinstance(layer, UnknownLayer):
            raise _without_rule(layer, name)
        with scope(self.real or stateful(layer)):
            options = self.options(layer, name)
            if layer.constructed_frozen:
                return layer_class(layer.rule)(**options, trainable=False)
            made = layer_class(layer.rule)(**options)
            return _frozen(made, layer.frozen)  # set, not passed: only setting it reaches the layers inside

    def options(self, layer: Layer, name: str) -> dict[str, Foreign]:
        """Give the keywords that make the layer in Keras: what is not at its default."""
        rule = layer.rule
        given: dict[str, Foreign] = {"name": name}
        given |= {key: value for key, value in (layer.ignored_options or {}).items() if value is not Custom.OBJECT}
        for option, value in layer.options.items():
            if value is not rule.defaults[option] and value != rule.defaults[option]:
                given[option] = self._value(value)
        if "quantization_config" in given:  # one that has been read, as only Keras's own reader would take it
            config = {"module": "keras.quantizers", "registered_name": None, **given["quantization_config"]}
            given["quantization_config"] = self.keras.saving.deserialize_keras_object(config)
        if isinstance(given.get("cell"), list):  # Keras would number the stack it makes of a list
            given["cell"] = self.keras.layers.StackedRNNCells(given["cell"], name="stacked_rnn_cells")
        return given

    def _value(self, value: Foreign) -> Foreign:
        if isinstance(value, (Layer, Model)):
            return self.layer(value)
        if isinstance(value, tuple) and value and isinstance(value[0], Layer):
            return [self.layer(one, label) for one, label in zip(value, unique_labels(value), strict=True)]
        if isinstance(value, Policy):
            return value.config
        return value.values if isinstance(value, Values) else value

    def _model(self, model: Model, name: str) -> Foreign:
        if not model.input_shapes[0]:  # a chain that takes its shape from what it is applied to
            names = model.names
            chain = self.keras.Sequential([self.layer(layer, names[id(layer)]) for layer in model.layers], name=name)
            return _frozen(chain, model.frozen)
        return self.graph(model, name)[0]

    def graph(self, model: Model, name: str) -> tuple[Foreign, list[list[Foreign]]]:
        """Build a model; give it, and the output tensors of every node."""
        with scope():
            inputs = [
                self.keras.Input(batch_shape=none_for_unknown(shape), name=label)
                for shape, label in zip(known_shapes(model.input_shapes), model.input_names, strict=True)
            ]
        values = [[tensor] for tensor in inputs]
        names = model.names
        for node in model.nodes:
            args, states = ([values[at][index] for at, index in refs] for refs in (node.args, node.states))
            if isinstance(node.layer, BestEffortOperation) and isinstance(node.layer.operation, Operation):
                with scope():
                    values.append(list(self.keras.tree.flatten(build(node.layer.operation, self.keras)(args))))
                continue
            layer = self.layer(node.layer, names[id(node.layer)])
            if is_cell(layer) and not states:
                with scope():
                    states = self.state_inputs(layer, args[0].shape[0])
                inputs += states
            masks = {name: values[at][index] for name, (at, index) in (node.masks or {}).items()}
            values.append(self.call(node.layer, layer, args, states, {**(node.call or {}), **masks}))
        with scope():
            outputs = [values[at][index] for at, index in model.outputs]
            # a list of one is still a list to Keras, and not every wrapper takes one
            made = self.keras.Model(*(side[0] if len(side) == 1 else side for side in (inputs, outputs)), name=name)
        return _frozen(made, model.frozen), values[len(model.input_shapes) :]

    def call(
        self,
        layer: Foreign,
        made: Foreign,
        args: Sequence[Foreign],
        states: Sequence[Foreign] = (),
        call: Foreign = None,
    ) -> list[Foreign]:
        """Call a Keras layer on symbolic tensors, ``call`` by name; give its outputs in one list."""
        inputs, keywords = self.arguments(layer, made, args, states)
        with scope(self.real or stateful(layer)):
            return list(self.keras.tree.flatten(made(*inputs, **keywords, **call or {})))

    def arguments(
        self, layer: Foreign, made: Foreign, args: Sequence[Foreign], states: Sequence[Foreign]
    ) -> tuple[list[Foreign], dict[str, Foreign]]:
        """Arrange inputs and states as the Keras layer takes them."""
        together = len(args) > 1 if isinstance(layer, Model) else layer.rule.inputs[0].together
        inputs: list[Foreign] = [list(args)] if together else list(args)
        if not states:
            return inputs, {}
        packed, sizes = list(states), getattr(made, "state_size", None)
        if sizes is not None and len(self.keras.tree.flatten(sizes)) == len(states):  # ConvLSTM's is no count of them
            packed = self.keras.tree.pack_sequence_as(_plain(sizes), packed)
        return ([*inputs, packed], {}) if is_cell(made) else (inputs, {"initial_state": packed})

    def state_inputs(self, cell: Foreign, batch: int | None) -> list[Foreign]:
        """Make inputs for the states that a cell outside an RNN must be handed."""
        return [self.keras.Input(batch_shape=(batch, size)) for size in self.keras.tree.flatten(cell.state_size)]


def _frozen(made: Foreign, frozen: bool) -> Foreign:
    if frozen:  # True would thaw the layers inside
        made.trainable = False
    return made


def calibrated(made: Foreign) -> Foreign:
    """Let a built layer compute from what it keeps in few bits, as it does once it has been loaded from a file."""
    for layer in made._flatten_layers():
        for flag in ("is_gptq_calibrated", "is_awq_calibrated"):
            if hasattr(layer, flag):
                setattr(layer, flag, True)
    return made


def _plain(sizes: Foreign) -> Foreign:
    # Keras's own list type, which jax does not take for a list
    return sizes if isinstance(sizes, int) else [_plain(size) for size in sizes]


@contextmanager
def scope(real: bool = False) -> Iterator[None]:
    """Defer every allocation, unless ``real``; Keras's own warnings are not the caller's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if real:
            yield
        else:
            with keras().StatelessScope(initialize_variables=False):
                yield


def refuse_unknown_layers(model: Model) -> None:
    """Refuse a model with a layer that has no rule, or whose input shape is unknown.

    Raises
    ------
    LayerError
        Naming the layer.
    """
    for layer in model.layers:
        if isinstance(layer, UnknownLayer):
            raise _without_rule(layer, model.names[id(layer)])
        if isinstance(layer, Model):
            refuse_unknown_layers(layer)
    if any(isinstance(shape, UnknownShape) for shape in model.input_shapes):
        raise LayerError(f"{model.label!r} cannot be built: the shape of its input is unknown")


def _without_rule(layer: UnknownLayer, name: str) -> LayerError:
    return LayerError(f"{name!r} cannot be built: {layer.reason}")


def refuse_large_states(model: Model) -> None:
    """Refuse a stateful layer whose weights would not fit into memory.

    Raises
    ------
    ParamcalcError
        Naming the layer.
    """
    for node, built in zip(model.nodes, model.built, strict=True):
        if isinstance(node.layer, Layer) and stateful(node.layer):
            params = built.params
            if isinstance(params, int) and params > LARGEST_STATEFUL:
                raise ParamcalcError(
                    f"Keras allocates the weights of a stateful layer, here {params:,}",
                    suggestion="verify it with stateful=False: its weights and shapes are the same",
                ).at(f"layer {model.names[id(node.layer)]!r}:")


def is_cell(made: Foreign) -> bool:
    """Tell whether a Keras layer is a cell: it takes its states as its second argument."""
    return hasattr(made, "state_size") and not isinstance(made, keras().layers.RNN)


def none_for_unknown(shape: Shape) -> tuple[int | None, ...]:
    """Write a shape as Keras does: ``None`` for what is not a number."""
    return tuple(size if isinstance(size, int) else None for size in shape)
