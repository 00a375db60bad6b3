"""Models of sequences with one free size: stacks of LSTM, GRU and plain RNN layers, and a transformer encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...catalogue import message
from ...core.framework import DEFAULT, framework as framework_named
from ...core.registry import find, known
from ...core.rule import Layer
from ...core.tensors import Input, Tensor
from ...graph.chain import stack_layers
from ...graph.model import Model
from ...rules.conventions.made import layer_of, row_of, rule_for
from ...symbolic import Size, exact

CELLS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
TRANSFORMER = "transformer"
HEAD = 64  # size of an attention head
WIDER = 4  # how much wider the feed-forward network is


@dataclass(frozen=True)
class Reading:
    """What a model of sequences reads and gives.

    Attributes
    ----------
    framework : str
        Whose layers it is made of.
    d_x : int
        Input features.
    layers, directions : int
        Of a stack of recurrent layers.
    output : int
        Units of a dense layer behind it; 0 if there is none.
    biased : bool
        Whether that has a bias.
    embedding : Layer, optional
        Makes the features of tokens.
    """

    framework: str
    d_x: int
    layers: int = 1
    directions: int = 1
    output: int = 0
    biased: bool = True
    embedding: Layer | None = None

    @property
    def inputs(self) -> Tensor:
        """A sequence of unknown length, of features or of tokens."""
        return Input((None, self.d_x) if self.embedding is None else (None,))

    def features(self, inputs: Tensor) -> Tensor:
        """Put the embedding on tokens."""
        return inputs if self.embedding is None else _one(self.embedding, inputs)

    @property
    def description(self) -> str:
        """What all models on it have."""
        if self.embedding is None:
            return ""
        return message("behind the same embedding of tokens in {features} features", features=f"{self.d_x:,}")

    def with_output(self, tensor: Tensor) -> Tensor:
        """Put the dense layer behind a tensor."""
        return dense(self.framework, tensor, self.output, self.biased) if self.output else tensor


def dense(framework: str, tensor: Tensor, units: Size, biased: bool = True) -> Tensor:
    """Put a dense layer of a framework on a tensor."""
    whose = framework_named(framework)
    rule = find(whose.dense, framework)
    bias = {name: False for name in ("use_bias", "bias") if name in rule.options and not biased}
    made = rule(*((_features(tensor), units) if whose.declares_inputs else (units,)), **bias)(tensor)
    assert isinstance(made, Tensor)
    return made


def _features(tensor: Tensor) -> Size:
    assert isinstance(tensor.shape, tuple)
    size: Size = tensor.shape[-1]
    return size


def recurrent(name: str, reading: Reading) -> Callable[[Size], Model]:
    """Give the function from a number of units to a stack of recurrent layers.

    Raises
    ------
    LayerError
        When the framework has no such layer.
    """
    cell, framework = CELLS[name], reading.framework
    row, rule = row_of(cell, framework), rule_for(cell, framework)
    options: dict[str, object] = {}
    wrapper = None
    if reading.directions > 1 and "bidirectional" in rule.options:
        options["bidirectional"] = True
    elif reading.directions > 1:
        wrapper = known("Bidirectional", framework)
    whole = "num_layers" in rule.options and reading.layers > 1
    if whole:
        options["num_layers"] = reading.layers
    between = {"return_sequences": True} if "return_sequences" in rule.options else {}

    def layer(d_x: Size, units: Size, more: bool) -> Layer:
        made = layer_of(row, d_x, units, **{**options, **(between if more else {})})
        return made if wrapper is None else wrapper(made)

    def made(units: Size) -> Model:
        inputs = reading.inputs
        outputs = stack_layers(layer, reading.features(inputs), [units] * (1 if whole else reading.layers))
        return Model(inputs, reading.with_output(outputs[0]), name=name)

    return made


def transformer(reading: Reading, layers: int) -> Callable[[Size], Model]:
    """Give the function from a model size d to a pre-norm encoder with d/64 heads.

    An input projection brings the features to d. Each layer has layer normalization before its attention and before its
    feed-forward network of 4d units, and there is one more behind the last layer. Vaswani et al. 2017, with the order
    of Xiong et al. 2020. The layers are those of the framework of the model, if it is in `ENCODERS`, and else Keras's.
    """
    framework = encoded_in(reading.framework)
    encoder, norm = ENCODERS[framework]

    def made(d: Size) -> Model:
        inputs = reading.inputs
        tensor = dense(framework, reading.features(inputs), d)
        for _ in range(layers):
            tensor = encoder(tensor, d)
        return Model(inputs, reading.with_output(norm(tensor, d)), name=TRANSFORMER)

    return made


def _encoder_of_torch(tensor: Tensor, d: Size) -> Tensor:
    options = {"dim_feedforward": WIDER * d, "norm_first": True, "batch_first": True}
    return _one(find("TransformerEncoderLayer", "torch")(d, exact(d, HEAD), **options), tensor)


def _encoder_of_keras(tensor: Tensor, d: Size) -> Tensor:
    normal, added = find("LayerNormalization"), find("Add")
    read = _one(normal(), tensor)
    tensor = _one(added(), [tensor, _one(find("MultiHeadAttention")(exact(d, HEAD), HEAD), read, read)])
    wide = dense("keras", _one(normal(), tensor), WIDER * d)
    return _one(added(), [tensor, dense("keras", wide, d)])


def _norm_of_torch(tensor: Tensor, d: Size) -> Tensor:
    return _one(find("LayerNorm", "torch")(d), tensor)


def _norm_of_keras(tensor: Tensor, d: Size) -> Tensor:
    return _one(find("LayerNormalization")(), tensor)


Block = Callable[[Tensor, Size], Tensor]
# of each framework with attention: a layer of an encoder, and the normalization behind the last one
ENCODERS: dict[str, tuple[Block, Block]] = {
    "keras": (_encoder_of_keras, _norm_of_keras),
    "torch": (_encoder_of_torch, _norm_of_torch),
}


def encoded_in(framework: str) -> str:
    """Give the framework whose layers a transformer for a model of this framework has."""
    return framework if framework in ENCODERS else DEFAULT


def _one(layer: Layer, *tensors: Tensor | list[Tensor]) -> Tensor:
    made = layer(*tensors)
    assert isinstance(made, Tensor)
    return made


def description() -> str:
    """Say which transformer is meant."""
    said = "a pre-norm encoder: an input projection to d, heads of size {head}, a feed-forward network of {wider}d"
    return message(said, head=HEAD, wider=WIDER)
