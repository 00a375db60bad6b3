"""`Model`: nodes and edges, and the shapes that pass along them.

A :class:`Model` is data: a list of :class:`Node` in an order in which every node comes after what it
reads. One layer object in two nodes is one set of weights. A model is itself a layer (it has ``on``), so
models nest. Build one with `Sequential`, or by calling layers on `Input` tensors.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from math import prod
from typing import TYPE_CHECKING

from ..core.built import Applicable, Built, Part, Weight
from ..core.combined import scoped
from ..core.formula import Formula
from ..core.framework import DEFAULT
from ..core.identity import shapes_identity
from ..core.rule import Layer
from ..core.shapes import AnyShape, Outputs, output, shape_text
from ..core.storage import DTYPE
from ..core.tensors import (
    Nested,
    Tensor,
    Tensors,
    connect,
    flat,
    in_order,
)
from ..displayed import Displayed, speaks_unicode
from ..errors import GraphError, ParamcalcError, ShapeError, Verbatim
from ..loading import load
from ..report import Report, Row, report_of
from ..symbolic import Size, add, collect
from .findings import STORED_OTHERWISE, Finding
from .forward import fits, input_shapes, run, taken
from .node import Node, Ref
from .sharing import check_levels, crossed

if TYPE_CHECKING:
    from ..core.products import Work
    from .program import Program
    from .wiring import Wiring

COST = "paramcalc.analysis.cost:cost"  # what stands above a model is loaded when it is asked for


class Model(Applicable, Displayed):
    """Layers and the edges between them.

    Parameters
    ----------
    inputs, outputs : Tensor, or nested lists, tuples and dicts of them
    name : str, optional
    trainable : bool
        False freezes all its layers when the model is used as a layer.

    Raises
    ------
    GraphError
        If an output depends on an input that is not listed, or if two layers have one name.
    """

    type = "Functional"
    crossed = False  # whether a layer is used on several levels: directly, and inside another
    single: Collection[int] = ()
    apart = False  # whether its layers can be built one by one, where it is unknown how they are connected
    sources: Sequence[str] = ()  # where source code makes the layer of each node, file:line
    wants = 0  # how many input shapes would show more of it, where none were given
    program: Program | None = None  # what its code does, where it was followed
    optimizer: object = None  # that a file states for its training, in the form of the file
    declared = False  # whether a file says that it was built on its input shapes
    batch_in_shape = False  # whether a reader found shapes whole, with no name for the batch
    findings: tuple[Finding, ...] = ()  # where a reader found something wrong, those of models inside aside
    stored: int | None = None  # how many tensors of its file agree with the rules
    stated_framework = ""  # that of its file, where its layers are those of none
    formula: Formula | None = None  # of the total, where a reader knows it by its own sizes
    active: Size | None = None  # parameters that a token passes through, if they are not all
    _built: list[Built] | None = None

    def __init__(self, inputs: Nested, outputs: Nested, name: str | None = None, trainable: bool = True) -> None:
        ins, outs = flat(inputs), flat(outputs)
        positions = {id(tensor): place for place, tensor in enumerate(ins)}

        def ref(tensor: Tensor) -> Ref:
            if id(tensor) in positions:
                return positions[id(tensor)], 0
            return positions[id(tensor.source)], tensor.index

        nodes: list[Node] = []
        for call in in_order(outs, positions):
            states = tuple(map(ref, call.states))
            nodes.append(Node(call.layer, tuple(map(ref, call.args)), states, call=call.switches or None))
            positions[id(call)] = len(ins) + len(nodes) - 1
        self._fill(
            input_shapes(ins),
            nodes,
            tuple(map(ref, outs)),
            name,
            [t.name for t in ins],
            trainable,
        )
        self.names  # noqa: B018  # a name given twice is an error here, not later

    @classmethod
    def from_nodes(
        cls,
        input_shapes: Sequence[AnyShape],
        nodes: list[Node],
        outputs: tuple[Ref, ...],
        name: str | None = None,
        input_names: Sequence[str | None] = (),
        trainable: bool = True,
        type: str = "Functional",
        single: Collection[int] = (),
    ) -> Model:
        """Make a model from its data; every node must come after what it reads.

        The layers at the positions in ``single`` are read as if they had one output, and must.
        """
        model = cls.__new__(cls)
        model._fill(input_shapes, nodes, outputs, name, input_names or [None] * len(input_shapes), trainable)
        model.type = type
        model.single = single
        return model

    def _fill(
        self,
        shapes: Sequence[AnyShape],
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
        self.warnings: list[str] = []  # what a reader found worth saying
        self.shares = len({id(node.layer) for node in nodes}) < len(nodes)  # some layer is used twice

    @property
    def framework(self) -> str:
        """Whose layers they are."""
        return next((layer.framework for layer in self.uses if layer.framework is not None), DEFAULT)

    @property
    def sublayers(self) -> list[Applicable]:
        """Every layer once, in order of first use."""
        return self.layers

    @property
    def wiring(self) -> Wiring | None:
        """How its layers are connected; ``None`` where that is unknown."""
        from .wiring import wiring_of  # a count needs none of it

        return wiring_of(len(self.input_shapes), self.nodes, self.outputs)

    @property
    def holds(self) -> bool:
        """Whether the rules agree with the tensors its file stores."""
        return not any(finding.kind == STORED_OTHERWISE for finding in self.findings)

    def identity(self) -> Hashable:
        """Give what its answer depends on: its layers, how they are connected, and which of them are one."""
        if type(self).parts is not Model.parts or type(self).on is not Model.on:
            return super().identity()
        first: dict[int, int] = {}
        nodes = []
        for at, node in enumerate(self.nodes):
            place = first.setdefault(id(node.layer), at)
            layer = node.layer.identity() if place == at else place
            nodes.append((layer, node.args, node.states, *sorted((node.call or {}).items())))
        return type(self), self.frozen, self.declared, shapes_identity(self.input_shapes), self.outputs, tuple(nodes)

    # --- names ----------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """Its name, or the one Keras would give the first model of its kind."""
        return self.name or self.type.lower()

    @property
    def layers(self) -> list[Applicable]:
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
        layers = self.layers
        for layer in layers:
            if layer.name is not None:
                if layer.name in taken:
                    raise GraphError(f"two layers are named {layer.name!r}", suggestion="give each its own name")
                taken.add(layer.name)
                names[id(layer)] = layer.name
        counters: dict[str, int] = {}
        for layer in layers:
            if layer.name is None:
                stem = layer.label
                count = counters.get(stem, 0)
                while (name := f"{stem}_{count}" if count else stem) in taken:
                    count += 1
                counters[stem] = count + 1
                names[id(layer)] = name
        return names

    def producer(self, ref: Ref) -> str:
        """Name what gives a tensor."""
        place = ref[0] - len(self.input_shapes)
        if place < 0:
            return self.input_names[ref[0]] or "input"
        return self.names[id(self.nodes[place].layer)]

    def describe(self, ref: Ref) -> str:
        """Say what gives a tensor: its name, or the place of a layer that was given none: ``layers[0] (lstm)``."""
        place = ref[0] - len(self.input_shapes)
        node = self.nodes[place] if place >= 0 else None
        if node is None or node.layer.name is not None or not node.where:
            return repr(self.producer(ref))
        return f"{node.where.rpartition('.')[0]} ({self.producer(ref)})"

    # --- shapes ---------------------------------------------------------------------------------

    def run(self, shapes: Sequence[AnyShape]) -> list[Built]:
        """Let shapes flow from the inputs through every node.

        Raises
        ------
        ShapeError
            Where a layer's inputs do not fit; the message names the layers and the sizes.
        """
        return run(self, shapes)

    @property
    def built(self) -> list[Built]:
        """What every node builds on the model's own inputs."""
        if self._built is None:
            if not self.input_shapes or not self.input_shapes[0]:
                raise GraphError(
                    f"the input shape of {self.label!r} is not known",
                    expected="Input(shape) as the first layer, or input_shape= on it",
                )
            built = self.run(self.input_shapes)
            if [layer for layer in self.uses if type(layer) is not Layer or layer.rule.sublayer_options]:
                self.crossed = crossed(self.layers)
            if self.crossed:
                check_levels(self, built)
            self._built = built
        return self._built

    def forget(self) -> None:
        """Build anew when it is asked for: the input shapes are others."""
        self._built = None

    @property
    def uses(self) -> list[Applicable]:
        """The layer of each node; a shared layer stands here several times."""
        return [node.layer for node in self.nodes]

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Apply the model, as a layer, to input shapes (batch included)."""
        if len(shapes) != len(self.input_shapes):
            raise ShapeError(f"{self.label!r} inputs", expected=f"{len(self.input_shapes)}", received=len(shapes))
        shapes = tuple(map(taken, shapes, self.input_shapes))
        for given, wanted in zip(shapes, self.input_shapes, strict=True):
            if not fits(given, wanted):
                if self.declared:
                    from ..core.declared import as_said  # only for what files say

                    return as_said(shapes, self.input_shapes, self.on(*self.input_shapes))
                raise ShapeError(
                    f"{self.label!r} was built for another input",
                    expected=shape_text(wanted),
                    received=Verbatim(shape_text(given)),
                )
        built = self.run(shapes)
        values: list[Outputs] = [*((shape,) for shape in shapes), *(step.outs for step in built)]
        return Built(
            outs=tuple(output(values[position], index) for position, index in self.outputs),
            weights=tuple(self._all_weights(built)),
            work=lambda: self._work(built),
            parts=lambda: self.parts(shapes, built),
            unknown=next((step.unknown for step in built if step.unknown), ""),
        )

    def _work(self, built: list[Built]) -> Work:
        from .gradients import work_of_graph  # a count needs none of it

        return work_of_graph(self.nodes, self.names, len(self.input_shapes), self.outputs, built)

    def parts(self, shapes: Sequence[AnyShape], built: Sequence[Built]) -> list[Part]:
        """List every use of a layer, with what it reads and what it built on these input shapes."""
        values: list[Outputs] = [*((shape,) for shape in shapes), *(step.outs for step in built)]
        names = self.names
        producers = [name or "input" for name in self.input_names] + [names[id(layer)] for layer in self.uses]
        return [
            Part(
                names[id(node.layer)],
                node.layer,
                tuple(output(values[position], index) for position, index in node.args),
                step,
                tuple((producers[position], index) for position, index in node.args + node.states),
                source,
                node.call or {},
            )
            for node, step, source in zip(self.nodes, built, self.sources or [""] * len(built), strict=True)
        ]

    def _all_weights(self, built: list[Built]) -> Iterable[Weight]:
        # a layer that is also inside another of them has one set of weights, frozen if it is so anywhere
        names = self.names
        found: dict[tuple[int, int] | None, Weight] = {}
        for node, step in zip(self.nodes, built, strict=True):
            for weight in scoped(step.weights, names[id(node.layer)], node.layer):
                first = found.setdefault(weight.origin, weight)
                if first.trainable and (self.frozen or node.layer.frozen or not weight.trainable):
                    found[weight.origin] = first.evolve(trainable=False)
        return found.values()

    def __call__(self, *tensors: Nested) -> Tensors:
        """Connect the model, as a layer, to tensors."""
        return connect(self, tensors)

    # --- what people ask ------------------------------------------------------------------------

    @property
    def total(self) -> Size:
        """Number of parameters; a shared layer counts once. An expression if sizes are symbols."""
        steps = self.built
        if self.crossed:
            return self.report().total
        if self.shares:
            steps = list({id(node.layer): step for node, step in zip(self.nodes, steps, strict=True)}.values())
        number, symbolic = 0, []
        for step in steps:
            for weight in step.weights:
                if weight.buffer:
                    continue
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
        """Number of parameters that training does not change, such as statistics and frozen layers."""
        return self.report().non_trainable

    @property
    def rows(self) -> list[Row]:
        """One row for each layer (see `paramcalc.report.Row`)."""
        return self.report().rows

    def report(self) -> Report:
        """Return the rows and totals, which every view shows."""
        return report_of(self)

    def cost(self, **asked: object) -> Displayed:
        """Give what the model costs to train and to run: `paramcalc.cost` of it, with the same keywords."""
        found: Displayed = load(COST)(self, **asked)
        return found

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "_built": None}  # what was built holds functions, and is soon built again

    def __repr__(self) -> str:
        return f"<{self.type} {self.label!r}: {len(self.layers)} layers>"

    def summary(self, format: str = "table", dtype: str = DTYPE) -> None:
        """Print the table of the layers, as ``print(model)`` does, in one of `paramcalc.writers.FORMATS`.

        The size of the parameters is that of a ``dtype`` of `paramcalc.core.storage.BITS`.
        """
        print(self.render(format, ascii=not speaks_unicode(), dtype=dtype), end="")

    def count_params(self) -> Size:
        """Return the total; the method has its name in Keras."""
        return self.total

    def _presentation(self) -> object:
        return self.report()._presentation()

    def __str__(self) -> str:
        try:
            return self.render()
        except ParamcalcError as error:  # no input yet, or layers that do not fit
            return f"{self!r}: {error}"
