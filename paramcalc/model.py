"""Models: layers and the edges between them, and the shapes that flow along.

A :class:`Model` is data: a list of :class:`Node` in an order in which every node comes after what it
reads. One layer object in two nodes is one set of weights. A model is itself a layer (it has ``on``), so
models nest. Build one with :func:`Sequential`, or by calling layers on `Input` tensors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import Disagreement, GraphError, ParamcalcError, ShapeError, Verbatim
from .rules.rule import Built, Layer, Shape, Weight, scoped
from .symbolic import Size, add, collect, is_known, unicode
from .tensors import StateDisagreement, Tensor, check_states, connect, flat, in_order, input_shape, shape_text

if TYPE_CHECKING:
    from .report import Report

Ref = tuple[int, int]  # (position, which output); the inputs hold the first positions, then the nodes


class Node(NamedTuple):
    """One use of a layer.

    Attributes
    ----------
    layer : Layer or Model
    args : tuple of Ref
        What it reads.
    states : tuple of Ref
        Where its initial states come from, if not zeros.
    where : str
        The place in a file, for errors.
    """

    layer: Any
    args: tuple[Ref, ...]
    states: tuple[Ref, ...] = ()
    where: str = ""


class Model:
    """Layers and the edges between them.

    Parameters
    ----------
    inputs, outputs : Tensor, or nested lists, tuples and dicts of them
    name : str, optional
    trainable : bool
        False freezes every layer in it when the model is used as a layer.

    Raises
    ------
    GraphError
        When an output depends on an input that is not given, or two layers share a name.
    """

    framework = "keras"
    type = "Functional"

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, trainable: bool = True) -> None:
        ins, outs = flat(inputs), flat(outputs)
        positions = {id(tensor): place for place, tensor in enumerate(ins)}

        def ref(tensor: Tensor) -> Ref:
            if id(tensor) in positions:
                return positions[id(tensor)], 0
            return positions[id(tensor.source)], tensor.index

        nodes: list[Node] = []
        for call in in_order(outs, positions):
            nodes.append(Node(call.layer, tuple(map(ref, call.args)), tuple(map(ref, call.states))))
            positions[id(call)] = len(ins) + len(nodes) - 1
        self._fill([t.shape for t in ins], nodes, tuple(map(ref, outs)), name, [t.name for t in ins], trainable)
        self.names  # noqa: B018  # a name given twice is an error here, not later

    @classmethod
    def from_nodes(
        cls,
        input_shapes: Sequence[Shape],
        nodes: list[Node],
        outputs: tuple[Ref, ...],
        name: str | None = None,
        input_names: Sequence[str | None] = (),
        trainable: bool = True,
        type: str = "Functional",
    ) -> Model:
        """Make a model from its data; every node must come after what it reads."""
        model = cls.__new__(cls)
        model._fill(input_shapes, nodes, outputs, name, input_names or [None] * len(input_shapes), trainable)
        model.type = type
        return model

    def _fill(
        self,
        shapes: Sequence[Shape],
        nodes: list[Node],
        outputs: tuple[Ref, ...],
        name: str | None,
        input_names: Sequence[str | None],
        trainable: bool,
    ) -> None:
        self.input_shapes = shapes
        self.input_names = input_names
        self.nodes = nodes
        self.outputs = outputs
        self.name = name
        self.frozen = not trainable
        self.shares = len({id(node.layer) for node in nodes}) < len(nodes)  # some layer is used twice
        self._built: list[Built] | None = None

    # --- names ----------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """Its name, or the one Keras would give the first model of its kind."""
        return self.name or self.type.lower()

    @property
    def layers(self) -> list[Any]:
        """Every layer once, in order of first use."""
        return list({id(node.layer): node.layer for node in self.nodes}.values())

    @property
    def names(self) -> dict[int, str]:
        """The name of each layer by its ``id``: its own, or a numbered one as Keras gives it.

        Raises
        ------
        GraphError
            When two layers were given one name.
        """
        names: dict[int, str] = {}
        taken: set[str] = set()
        for layer in self.layers:
            if layer.name is not None:
                if layer.name in taken:
                    raise GraphError(f"two layers are named {layer.name!r}", suggestion="give each its own name")
                taken.add(layer.name)
                names[id(layer)] = layer.name
        counters: dict[str, int] = {}
        for layer in self.layers:
            if layer.name is None:
                stem = layer.label
                count = counters.get(stem, 0)
                while (name := f"{stem}_{count}" if count else stem) in taken:
                    count += 1
                counters[stem] = count + 1
                names[id(layer)] = name
        return names

    def _producer(self, ref: Ref) -> str:
        place = ref[0] - len(self.input_shapes)
        if place < 0:
            return self.input_names[ref[0]] or "input"
        return self.names[id(self.nodes[place].layer)]

    # --- shapes ---------------------------------------------------------------------------------

    def run(self, shapes: Sequence[Shape]) -> list[Built]:
        """Let shapes flow from the inputs through every node.

        Raises
        ------
        ShapeError
            Where a layer's inputs do not fit; the message names the layers and the sizes.
        """
        values: list[tuple[Shape, ...]] = [(shape,) for shape in shapes]
        built: list[Built] = []
        try:
            for layer, args, states, _ in self.nodes:
                if len(args) == 1:
                    ((position, index),) = args
                    step = layer.on(values[position][index])
                else:
                    step = layer.on(*[values[position][index] for position, index in args])
                if states:
                    check_states(layer, step, [values[position][index] for position, index in states])
                values.append(step.outs)
                built.append(step)
        except ParamcalcError as error:
            raise self._located(error, self.nodes[len(built)])
        if self.shares:
            self._check_sharing(built)
        return built

    def _located(self, error: ParamcalcError, node: Node) -> ParamcalcError:
        # say which layers disagree, and where the trouble is
        own = self.names[id(node.layer)]
        if isinstance(error, Disagreement):
            refs = node.states if isinstance(error, StateDisagreement) else node.args
            first, second = (self._producer(refs[at]) for at in error.inputs)
            a, b = (unicode(size) for size in error.sizes)
            if isinstance(error, StateDisagreement):
                error.problem = f"{first!r} gives an initial state of {a}, {own!r} keeps states of {b}"
            else:
                error.problem = f"{first!r} gives {a} and {second!r} gives {b} on axis {error.axis}; they must agree"
        return error.at(node.where or f"layer {own!r}:")

    def _check_sharing(self, built: list[Built]) -> None:
        # a layer used twice has one set of weights, so both uses must ask for the same
        first: dict[int, int] = {}
        for place, node in enumerate(self.nodes):
            before = first.setdefault(id(node.layer), place)
            if before != place and built[before].weights != built[place].weights:
                a, b = (self._producer(self.nodes[at].args[0]) for at in (before, place))
                pairs = zip(built[before].weights, built[place].weights, strict=True)
                one, other = next(pair for pair in pairs if pair[0] != pair[1])
                raise self._located(
                    ShapeError(
                        f"shared between {a!r} and {b!r}, which need a {one.name} of {shape_text(one.shape)} "
                        f"and of {shape_text(other.shape)}; one layer has one set of weights"
                    ),
                    node,
                )

    @property
    def built(self) -> list[Built]:
        """What every node builds on the model's own inputs."""
        if self._built is None:
            if not self.input_shapes or not self.input_shapes[0]:
                raise GraphError(
                    f"the input shape of {self.label!r} is not known",
                    expected="Input(shape) as the first layer, or input_shape= on it",
                )
            self._built = self.run(self.input_shapes)
        return self._built

    def on(self, *shapes: Shape) -> Built:
        """Apply the model, as a layer, to input shapes (batch included)."""
        if len(shapes) != len(self.input_shapes):
            raise ShapeError(f"{self.label!r} inputs", expected=f"{len(self.input_shapes)}", received=len(shapes))
        for given, wanted in zip(shapes, self.input_shapes, strict=True):
            if wanted and not _fits(given, wanted):
                raise ShapeError(
                    f"{self.label!r} was made for another input",
                    expected=shape_text(wanted),
                    received=Verbatim(shape_text(given)),
                )
        built = self.run(shapes)
        values = [(shape,) for shape in shapes] + [step.outs for step in built]
        return Built(
            outs=tuple(values[position][index] for position, index in self.outputs),
            weights=tuple(self._all_weights(built)),
            macs=lambda: sum(step.macs() for step in built if step.macs),
            inside=lambda: (self, built, shapes),
        )

    def _all_weights(self, built: list[Built]) -> Iterable[Weight]:
        names = self.names
        seen: set[int] = set()
        for node, step in zip(self.nodes, built, strict=True):
            if id(node.layer) not in seen:
                seen.add(id(node.layer))
                for weight in scoped(step.weights, names[id(node.layer)]):
                    yield weight._replace(trainable=False) if self.frozen or node.layer.frozen else weight

    def axes(self, rank: int) -> None:
        """Name no axes: the count of a model is a sum over its layers, not a formula of its own."""

    def __call__(self, *tensors: Any) -> Any:
        """Connect the model, as a layer, to tensors."""
        return connect(self, tensors)

    # --- what people ask ------------------------------------------------------------------------

    @property
    def total(self) -> Size:
        """Number of parameters, a shared layer's once; an expression where sizes are symbols."""
        steps = self.built
        if self.shares:
            steps = list({id(node.layer): step for node, step in zip(self.nodes, steps, strict=True)}.values())
        number, symbolic = 0, []
        for step in steps:
            for weight in step.weights:
                count = prod(weight.shape)
                if isinstance(count, int):
                    number += count
                else:
                    symbolic.append(count)
        return collect(add([*symbolic, number])) if symbolic else number

    @property
    def trainable(self) -> Size:
        """Number of parameters that training changes."""
        return self.report().trainable

    @property
    def non_trainable(self) -> Size:
        """Number of parameters that training leaves alone: statistics and frozen layers."""
        return self.report().non_trainable

    @property
    def rows(self) -> list[Any]:
        """One row for each layer (see `paramcalc.report.Row`)."""
        return self.report().rows

    def report(self) -> Report:
        """Give rows and totals, with every view of them."""
        from .report import report_of

        return report_of(self)

    def __repr__(self) -> str:
        return f"<{self.type} {self.label!r}: {len(self.layers)} layers>"

    def __rich__(self) -> Any:
        return self.report().__rich__()

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()


def _fits(given: Shape, wanted: Shape) -> bool:
    return len(given) == len(wanted) and all(
        a == b or not (is_known(a) and is_known(b)) for a, b in zip(given, wanted, strict=True)
    )


def Sequential(layers: Iterable[Any] = (), name: str | None = None, trainable: bool = True) -> Model:
    """Make a chain of layers.

    Parameters
    ----------
    layers : list of Layer, Model or Tensor
        The first may be an ``Input``, or a layer with ``input_shape=``; without either, the chain takes its
        shape from what it is applied to.
    name : str, optional
    trainable : bool
        False freezes every layer in it when the chain is used as a layer.

    Raises
    ------
    GraphError
        When something in the list is not a layer, or a layer has several outputs.
    """
    shape: Shape = ()
    input_name: str | None = None
    nodes: list[Node] = []
    for layer in layers:
        if isinstance(layer, (Layer, Model)):
            nodes.append(Node(layer, ((len(nodes), 0),)))
        elif isinstance(layer, Tensor) and layer.source is None and not nodes and not shape:
            shape, input_name = layer.shape, layer.name
        else:
            raise GraphError(
                f"item {len(nodes)} of Sequential", expected="a layer (an Input only at the start)", received=layer
            )
    if nodes and not shape and getattr(nodes[0].layer, "input_shape", None) is not None:
        shape = _declared(*nodes[0].layer.input_shape)
    return Model.from_nodes([shape], nodes, ((len(nodes), 0),), name, [input_name], trainable, "Sequential")


def _declared(option: str, value: Any) -> Shape:
    # input_shape=(13, 5);  batch_input_shape=(None, 13, 5);  input_dim=5
    if option == "input_dim":
        return input_shape((value,))
    if option == "batch_input_shape" and isinstance(value, (list, tuple)) and value:
        return input_shape(value[1:], value[0])
    return input_shape(value)
