"""Building a paramcalc layer or model in PyTorch, on the meta device."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from ....core.kinds import Maybe, Window
from ....core.rule import Layer
from ....core.shapes import listed
from ....errors import LayerError
from ....graph.model import Model
from ....untyped import Foreign
from ...compare import Tensor
from ...foreign import class_named
from .counter import counted
from .framework import META, PYTORCH, quiet, torch

INTEGERS = {"Embedding": (0,), "EmbeddingBag": (0, 1), "MaxUnpool1d": (1,), "MaxUnpool2d": (1,), "MaxUnpool3d": (1,)}


class Run(NamedTuple):
    """What a module gave on inputs of known shapes: the tensors, and the multiply-adds if they are known."""

    outs: list[Foreign]
    macs: int | None


class Maker:
    """Makes modules from paramcalc's layers, each once, so that what is shared stays shared."""

    def __init__(self, device: str = META) -> None:
        self.torch = torch()
        self.device = device
        self._made: dict[int, Foreign] = {}

    def module(self, layer: Foreign) -> Foreign:
        """Make the module of a paramcalc layer (or model), as it is when it does not train."""
        if id(layer) not in self._made:
            with quiet():
                made = self._model(layer) if isinstance(layer, Model) else self._layer(layer)
            if layer.frozen:
                made.requires_grad_(False)
            self._made[id(layer)] = made.eval()
        return self._made[id(layer)]

    def _layer(self, layer: Foreign) -> Foreign:
        if not isinstance(layer, Layer) or layer.rule.framework != PYTORCH.name:
            raise LayerError(f"{layer.type} is no layer of PyTorch's", expected="layers of one framework")
        return layer_class(layer.rule.name)(**self.options(layer))

    def options(self, layer: Layer) -> dict[str, Foreign]:
        """Give the keywords that make the module: what is not at its default."""
        rule = layer.rule
        given = dict(layer.ignored_options or {})
        if "device" in rule.ignored:
            given["device"] = self.device
        for name, value in layer.options.items():
            if value is not rule.defaults[name] and value != rule.defaults[name]:
                kind = rule.options[name].kind
                window = isinstance(kind.kind if isinstance(kind, Maybe) else kind, Window)
                # of one axis: PyTorch's LPPool1d multiplies by it
                given[name] = value[0] if window and len(value) == 1 and value[0] else self._value(value)
        return given

    def _value(self, value: Foreign) -> Foreign:
        return self.module(value) if isinstance(value, (Layer, Model)) else value

    def _model(self, model: Model) -> Foreign:
        names = {key: name.replace(".", "_") for key, name in model.names.items()}
        nodes = [(names[id(node.layer)], node) for node in model.nodes]
        children = OrderedDict((names[id(layer)], self.module(layer)) for layer in model.layers)
        chain = len(model.input_shapes) == 1 and len(children) == len(nodes)
        chain = chain and all(node.args == ((at, 0),) and not node.states for at, (_, node) in enumerate(nodes))
        # a Sequential hands on all there is; the outputs of a nested one without a shape are unknown here
        chain = chain and bool(model.input_shapes[0]) and all(len(listed(step.outs)) == 1 for step in model.built)
        if chain and model.outputs == ((len(nodes), 0),):
            return self.torch.nn.Sequential(children)
        return graph(self.torch, children, nodes, model)

    def run(self, layer: Foreign, inputs: Sequence[Foreign], states: Sequence[Foreign] = ()) -> Run:
        """Put the module of a layer on tensors, and count what its operators multiply."""
        module = self.module(layer)
        given = [*inputs, packed(states)] if states else list(inputs)
        with quiet(), counted() as tally:
            outs = flat(module(*given))
        told = self.device == META and not tally.unknown and not isinstance(layer, Model)
        return Run(outs, tally.macs if told else None)

    def tensor(self, shape: Sequence[int], integers: bool = False) -> Foreign:
        """Make an input; on the meta device it holds nothing."""
        return self.torch.zeros(tuple(shape), device=self.device, dtype=self.torch.int64 if integers else None)

    def inputs(self, layer: Foreign, shapes: Sequence[Sequence[int]]) -> list[Foreign]:
        """Make the inputs of a layer: numbers, or places in a table."""
        places = INTEGERS.get(layer.type, ())
        return [self.tensor(shape, at in places) for at, shape in enumerate(shapes)]


def graph(
    framework: Foreign, children: OrderedDict[str, Foreign], nodes: list[tuple[str, Foreign]], model: Model
) -> Foreign:
    """Make a module of a graph: its layers, called in order on what they read."""

    class Graph(framework.nn.Module):  # type: ignore[misc]  # a class of a module that is not there to be checked
        def __init__(self) -> None:
            super().__init__()
            for name, module in children.items():
                self.add_module(name, module)

        def forward(self, *inputs: Foreign) -> Foreign:
            values: list[list[Foreign]] = [[tensor] for tensor in inputs]
            for name, node in nodes:
                args = [fitting(framework, node.layer, at, values[p][i]) for at, (p, i) in enumerate(node.args)]
                if node.states:
                    args.append(packed([values[p][i] for p, i in node.states]))
                values.append(flat(children[name](*args)))
            outs = tuple(values[position][index] for position, index in model.outputs)
            return outs if len(outs) > 1 else outs[0]

    return Graph()


def fitting(framework: Foreign, layer: Foreign, at: int, tensor: Foreign) -> Foreign:
    """Read numbers as places in a table where a layer takes those."""
    return tensor.to(framework.int64) if at in INTEGERS.get(getattr(layer, "type", ""), ()) else tensor


def packed(states: Sequence[Foreign]) -> Foreign:
    """Arrange initial states as PyTorch takes them: one by itself, two as a pair."""
    return states[0] if len(states) == 1 else tuple(states)


def flat(outs: Foreign) -> list[Foreign]:
    """List the tensors of an output: (output, (h_n, c_n)) is three."""
    if isinstance(outs, (tuple, list)):
        return [tensor for one in outs for tensor in flat(one)]
    if isinstance(outs, dict):
        return [tensor for one in outs.values() for tensor in flat(one)]
    return [] if outs is None else [outs]


def shapes_of(tensors: Sequence[Foreign]) -> list[tuple[int, ...]]:
    """Give the shapes of tensors."""
    return [tuple(tensor.shape) for tensor in tensors]


def tensors_of(module: Foreign, once: bool = False) -> list[Tensor]:
    """List the parameters and buffers of a module; ``once`` leaves out a tensor that stands under a second name."""
    found = [
        Tensor(name, tuple(one.shape), one.requires_grad)
        for name, one in module.named_parameters(remove_duplicate=once)
    ]
    kept = module.named_buffers(remove_duplicate=once)
    return [*found, *(Tensor(name, tuple(one.shape), False, buffer=True) for name, one in kept)]


def layer_class(name: str) -> Foreign:
    """Give the class of torch.nn a rule is about.

    Raises
    ------
    LayerError
        Where the installed PyTorch has none.
    """
    return class_named(name, PYTORCH.title, torch().nn)
