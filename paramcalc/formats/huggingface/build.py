"""From a block of the table to a graph: each line of it a layer, a block inside, a sum of tensors, or a value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...core.built import Applicable
from ...core.registry import find
from ...core.rule import Rule
from ...core.shapes import UNKNOWN_SHAPE, AnyShape
from ...core.tensors import BATCH
from ...errors import FileError, ParamcalcError
from ...graph.model import Model
from ...graph.node import Node, Ref
from ...graph.stack import Copies, Stack, copied
from ...loading import load
from ...symbolic import Expr, Size
from .expressions import Value
from .table import Block
from .values import Known, Step, Values, fits

RULES = "paramcalc.rules.transformer"
OWN = {
    **dict.fromkeys(
        ("Add", "Multiply", "Bias", "HeadNorm", "ReversibleEmbedding", "LearnedPositions", "Slice", "TransposedLinear"),
        "elementwise",
    ),
    **dict.fromkeys(("FirstPlace", "InRows", "LearnedTokens"), "images"),
    **dict.fromkeys(("Attention", "LatentCore"), "attention"),
    "Experts": "experts",
}
"""The layers that PyTorch has not, each with the module of its rule."""

PROBED = 64  # blocks that are looked at where their number is a symbol
MAX_BLOCKS = 300  # in a model; each has rows of its own, which are 16 to 27 KB of JSON
STACK, REVERSE, SELF, OUTPUTS = "Stack", "Reverse", "self", "outputs"


class Kind(NamedTuple):
    """Blocks of a stack that are equal.

    Attributes
    ----------
    first : Model
        The first one of them.
    tests : list of bool
        What its conditions came to.
    steps : list of Step
        All that follows from the number of the block.
    inside : int
        How many blocks it has inside.
    """

    first: Model
    tests: list[bool]
    steps: list[Step]
    inside: int


@dataclass(slots=True)
class Graph:
    """Nodes in the making.

    Attributes
    ----------
    inputs : list of shapes
    nodes : list of Node
    """

    inputs: list[AnyShape]
    nodes: list[Node] = field(default_factory=list)

    def add(self, layer: Applicable, args: Sequence[Ref], call: Mapping[str, bool] | None = None) -> Ref:
        """Add a layer; give its output."""
        self.nodes.append(Node(layer, tuple(args), call=call))
        return len(self.inputs) + len(self.nodes) - 1, 0


@dataclass(slots=True)
class Count:
    """How many blocks a model has so far."""

    number: int = 0

    def add(self, more: int) -> None:
        """Count some more.

        Raises
        ------
        FileError
            When they are none, or too many.
        """
        self.number += more
        if more < 1 or self.number > MAX_BLOCKS:
            raise FileError("not a number of blocks", expected=f"1 to {MAX_BLOCKS:,}", received=more)


@dataclass(slots=True)
class Maker:
    """Goes through a block; one for each graph and each block inside.

    Attributes
    ----------
    blocks : dict of str to Block
    values : Values
    graph : Graph
    root : callable
        Gives the name of a layer in the files by its name in the whole model.
    prefix : str
        In front of the names of layers.
    tensors : dict of str to Ref
    layers : dict of str to Applicable
        By their name in the block.
    tied : dict of str to str
        Names of a layer that is used once more, each with its first name.
    outputs : tuple of Ref
        Those that the block lists.
    count : Count
    """

    blocks: Mapping[str, Block]
    values: Values
    graph: Graph
    root: Callable[[str], str] = str
    prefix: str = ""
    tensors: dict[str, Ref] = field(default_factory=dict)
    layers: dict[str, Applicable] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)
    outputs: tuple[Ref, ...] = ()
    count: Count = field(default_factory=Count)

    def run(self, body: Sequence[ast.stmt]) -> Ref | None:
        """Go through statements; give the last tensor."""
        last: Ref | None = None
        for one in body:
            try:
                made = self._statement(one)
            except ParamcalcError as error:
                raise error.at(f"{_path(one.targets[0])}:") if isinstance(one, ast.Assign) else error
            last = last if made is None else made
        return last

    def _statement(self, one: ast.stmt) -> Ref | None:
        if isinstance(one, ast.If):
            return self.run(one.body if self.values.holds(one.test) else one.orelse)
        if not isinstance(one, ast.Assign) or len(one.targets) != 1:
            raise FileError("not a line of a block", expected="a name = a layer, a sum or a value")
        name = _path(one.targets[0])
        if name == OUTPUTS and isinstance(one.value, ast.Tuple):
            self.outputs = tuple(map(self._needed, one.value.elts))
            return self.outputs[0]
        made = self._tensor(one.value, name)
        if made is None:
            self.values = self.values.with_more({name: self.values.evaluated(one.value)})
        else:
            self.tensors[name] = made
        return made

    def _tensor(self, tree: ast.expr, name: str = "") -> Ref | None:
        # None for what is no tensor
        match tree:
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self.tensors.get(_path(tree))
            case ast.BinOp(op=ast.Add() | ast.Mult() as op, left=left, right=right):
                first = self._tensor(left)
                if first is None:
                    return None
                kind = "Add" if isinstance(op, ast.Add) else "Multiply"
                return self.graph.add(rule_of(kind)(), [first, self._needed(right)])
            case ast.Call(func=ast.Name(id="Input"), args=sizes):
                shape = (_size(self.values.evaluated(one).shown) for one in sizes)
                self.graph.inputs.append((BATCH, *shape))
                return len(self.graph.inputs) - 1, 0
            case ast.Call(func=ast.Call(func=ast.Name(id=kind)) as made, args=args):
                return self._applied(kind, made, [self._needed(one) for one in args], name)
            case ast.Call(func=ast.Name() | ast.Attribute() as used, args=args) if _path(used) in self.layers:
                self._tie(name, _path(used))
                return self.graph.add(self.layers[_path(used)], [self._needed(one) for one in args])
        return None

    def _needed(self, tree: ast.expr) -> Ref:
        found = self._tensor(tree)
        if found is None:
            raise FileError("not a tensor", expected=", ".join(self.tensors), received=ast.unparse(tree))
        return found

    def _applied(self, kind: str, made: ast.Call, args: list[Ref], name: str) -> Ref:
        if kind == REVERSE:
            used = _path(made.args[0])
            self._tie(name, used)
            return self.graph.add(self.layers[used], args, {"reverse": True})
        if kind == STACK:
            return self._stack(made, args, name)
        options = {word.arg: self.values.evaluated(word.value) for word in made.keywords if word.arg is not None}
        if kind in self.blocks:
            block = self.blocks[kind]
            inner = Maker(
                self.blocks,
                self.values.with_more(options),
                self.graph,
                self.root,
                f"{self.prefix}{name}.",
                dict(zip(block.inputs, args, strict=True)),
                tied=self.tied,
                count=self.count,
            )
            out = inner.run(block.body)
            assert out is not None
            return out
        positional = [self.values.evaluated(one).shown for one in made.args]
        layer = rule_of(kind)(*positional, **{word: one.shown for word, one in options.items()})
        layer.name = self._full(name) if name else None
        self.layers[name] = layer
        return self.graph.add(layer, args)

    def _full(self, name: str) -> str:
        return self.root(self.prefix[:-1] if name == SELF else self.prefix + name)

    def _tie(self, name: str, used: str) -> None:
        if name:
            self.tied[self._full(name)] = self._full(used)

    # --- blocks on top of one another -----------------------------------------------------------

    def _stack(self, made: ast.Call, args: list[Ref], name: str) -> Ref:
        count, block = self.values.evaluated(made.args[0]), self.blocks[_path(made.args[1])]
        times = self.values.evaluated(made.args[2]) if len(made.args) > 2 else Known(1, 1)
        if count.value == 0 or count.value is None:
            return args[0]
        if all(isinstance(one, int) for one in (count.value, count.shown, times.shown)):
            return self._numbered(block, count, times, args, name)
        return self._grouped(block, count, times, args, name)

    def _numbered(self, block: Block, count: Known, times: Known, args: list[Ref], name: str) -> Ref:
        number, again = count.value, times.value
        assert isinstance(number, int)
        assert isinstance(again, int)
        self.count.add(number * again)
        kinds, blocks = list[Kind](), list[Applicable]()
        for at in range(number):
            kind = self._kind(kinds, block, at)
            blocks.append(kind.first if kind.first.name == str(at) else copied(kind.first, str(at)))
        return self.graph.add(Stack(blocks * again, len(args), self._full(name)), args)

    def _grouped(self, block: Block, count: Known, times: Known, args: list[Ref], name: str) -> Ref:
        # those whose conditions come to the same are one group; of a number that is open the last group has the rest
        number = count.value
        probed = number if isinstance(number, int) else PROBED
        groups: list[tuple[int, list[bool], Model]] = []
        kinds: list[Kind] = []
        for at in range(probed):
            one, tests, *_ = self._kind(kinds, block, at)
            same = next((place for place, group in enumerate(groups) if group[1] == tests), None)
            if same is None:
                groups.append((1, tests, one))
            elif same == len(groups) - 1 or isinstance(number, int):
                groups[same] = (groups[same][0] + 1, *groups[same][1:])
            else:
                raise FileError("blocks of several kinds in turn", expected="a number of blocks", received=number)
        largest = max(range(len(groups)), key=lambda place: (groups[place][0], place))
        rest: Size = _size(count.shown) - sum(group[0] for place, group in enumerate(groups) if place != largest)
        out = args[0]
        for place, (size, _, one) in enumerate(groups):
            label = self._full(name) if not place else f"{self._full(name)}.{sum(group[0] for group in groups[:place])}"
            held: Applicable = Copies(one, rest if place == largest else size, label)
            if times.shown != 1:
                inside = Model.from_nodes([UNKNOWN_SHAPE], [Node(held, ((0, 0),))], ((1, 0),), "0", type=block.name)
                held = Copies(inside, _size(times.shown), label, shared=True)
            out = self.graph.add(held, [out, *args[1:]])
        return out

    def _kind(self, kinds: list[Kind], block: Block, at: int) -> Kind:
        # that of a block; one that is known is not made again
        for kind in kinds:
            if fits(kind.steps, at):
                if kind.inside:
                    self.count.add(kind.inside)
                return kind
        before = self.count.number
        model, values = self._block(block, at)
        kinds.append(Kind(model, values.tests, values.steps, self.count.number - before))
        return kinds[-1]

    def _block(self, block: Block, at: int) -> tuple[Model, Values]:
        values = self.values.of_block(at)
        graph = Graph([UNKNOWN_SHAPE for _ in block.inputs])
        inputs = {name: (place, 0) for place, name in enumerate(block.inputs)}
        out = Maker(self.blocks, values, graph, tensors=inputs, tied=self.tied, count=self.count).run(block.body)
        assert out is not None
        made = Model.from_nodes(graph.inputs, graph.nodes, (out,), str(at), type=block.name)
        return made, values


def rule_of(kind: str) -> Rule:
    """Find the rule of a layer of the table: one that architectures have of their own, else PyTorch's."""
    home = OWN.get(kind)
    if home is not None:
        rule: Rule = load(f"{RULES}.{home}:{kind}")
        return rule
    return find(kind, "torch")


def _path(tree: ast.expr) -> str:
    match tree:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_path(value)}.{name}"
        case ast.Subscript(value=value, slice=ast.Constant(value=at)):
            return f"{_path(value)}.{at!r}"
    raise FileError("not a name", received=ast.unparse(tree))


def _size(value: Value) -> Size:
    if not isinstance(value, (int, Expr)):
        raise FileError("not a size", received=value)
    return value


def whole(
    block: Block, blocks: Mapping[str, Block], values: Values, root: Callable[[str], str], name: str
) -> tuple[Model, dict[str, str]]:
    """Make the model of a block that has inputs of its own.

    Returns
    -------
    Model
    dict of str to str
        Names of layers that are used once more, each with the first name.
    """
    maker = Maker(blocks, values, Graph([]), root)
    out = maker.run(block.body)
    if out is None:
        raise FileError("a block without layers", received=block.name)
    graph = maker.graph
    return Model.from_nodes(graph.inputs, graph.nodes, maker.outputs or (out,), name), maker.tied
