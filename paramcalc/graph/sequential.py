"""Sequential: a model that is a chain of layers, whose edges go without saying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence as Several
from functools import cached_property

from ..core.built import Applicable, Built
from ..core.rule import Layer
from ..core.shapes import AnyShape, listed
from ..core.tensors import Tensor, declared
from ..errors import GraphError, ParamcalcError
from .edges import located
from .model import Model
from .node import Node
from .sharing import check_uses


class Sequential(Model):
    """A chain of layers.

    Parameters
    ----------
    layers : list of Layer, Model or Tensor
        The first may be an ``Input``, or a layer with ``input_shape=``. Without either, the chain takes its
        shape from what it is applied to.
    name : str, optional
    trainable : bool
        False freezes all its layers when the chain is used as a layer.

    Raises
    ------
    GraphError
        If an item of the list is not a layer.
    """

    type = "Sequential"

    def __init__(
        self, layers: Iterable[Applicable | Tensor] = (), name: str | None = None, trainable: bool = True
    ) -> None:
        shape: AnyShape = ()
        input_name: str | None = None
        chain: list[Applicable] = []
        if isinstance(layers, (Applicable, Tensor)):
            raise GraphError("the layers of Sequential", expected="a list of layers", received=layers)
        for layer in layers:
            if isinstance(layer, Applicable):
                chain.append(layer)
            elif isinstance(layer, Tensor) and layer.source is None and not chain and not shape:
                shape, input_name = layer.shape, layer.name
            else:
                raise GraphError(
                    f"item {len(chain)} of Sequential", expected="a layer, or an Input at the start", received=layer
                )
        if chain and not shape and isinstance(chain[0], Layer) and chain[0].input_shape is not None:
            shape = declared(*chain[0].input_shape)
        if chain and not shape and isinstance(chain[0], Model) and len(chain[0].input_shapes) == 1:
            shape, input_name = chain[0].input_shapes[0], chain[0].input_names[0]
        self.chain = chain
        self.input_shapes = [shape]
        self.input_names = [input_name]
        self.outputs = ((len(chain), 0),)
        self.name = name
        self.frozen = not trainable
        self.warnings: list[str] = []
        self.shares = len(set(map(id, chain))) < len(chain)

    @cached_property
    def nodes(self) -> list[Node]:  # type: ignore[override]  # made when somebody asks; counting does not
        """Each layer, reading the one before."""
        return [Node(layer, ((place, 0),)) for place, layer in enumerate(self.chain)]

    @property
    def uses(self) -> list[Applicable]:
        """The layers in order."""
        return self.chain

    def run(self, shapes: Several[AnyShape]) -> list[Built]:
        """Let a shape flow from layer to layer.

        Raises
        ------
        ShapeError
            Where a layer does not fit the one before.
        GraphError
            Where a layer has several outputs and is not the last.
        """
        built: list[Built] = []
        (shape,) = shapes
        outs: tuple[AnyShape, ...] = (shape,)
        try:
            for layer in self.chain:
                if len(outs) > 1:
                    raise GraphError(
                        f"{self.producer((len(built), 0))!r} has {len(outs)} outputs, a Sequential takes one",
                        suggestion="connect the layers by calling them on tensors",
                    )
                step = layer.on(outs[0])
                built.append(step)
                outs = listed(step.outs)
        except ParamcalcError as error:
            raise located(self, error, self.nodes[len(built)])
        if len(outs) > 1:  # as in Keras, what the last layer gives is what the model gives
            self.outputs = tuple((len(built), index) for index in range(len(outs)))
        if self.shares:
            check_uses(self, built)
        return built
