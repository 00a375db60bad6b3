"""The walk over a graph of ONNX: every node after what it reads, into bodies and functions; it gives the rows.

Names stand for values, a value for stored tensors. A node that computes a constant from constants makes no row, and the
operator that reads it has the tensors behind it for its weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import prod

from ...core.formula import Formula
from ...core.shapes import UNKNOWN_OUTPUTS
from ...core.tensors import BATCH
from ...errors import FileError, quoted
from ...symbolic import Size, unknown
from ..operators.stored import StoredOperator, StoredTensor, checked_shape, short
from ..operators.wire import Message, Span, Wire
from . import messages
from .messages import FEW, FUNCTION, GRAPH, TYPES, Tensor
from .nodes import IN_ATTRIBUTES, Attributes, Node, Place, Scope
from .operators import ARITHMETIC, CONTRIB, DOMAINS, KNOWN, PRODUCTS, RECURRENT, Operator, formula, operator, recurrent
from .outputs import carried, split
from .shapes import within_bounds
from .values import NOTHING, Call, Sizes, Value

MAX_NODES = 200_000  # those of bodies included
MAX_CALLED = 20_000  # those of functions, at each use
MAX_NAMED = 200_000  # what those of functions read and give, and their whole numbers
MAX_ROOTS = 400_000  # tensors behind the values that nodes read and give, all together, in a small file
BYTES_EACH = 10  # of a file, for which there may be one more
MAX_MORE = 800_000
FLOATS = frozenset(name for name, _, _ in TYPES.values() if name.startswith(("float", "bfloat", "complex")))
FLOATING = ("value_float", "value_floats")  # attributes of a Constant
PACKED = "MatMulNBits"
_PARTS = (1, 2, 3)  # its inputs that make the matrix: the packed numbers, the scales and the zero points


class Walk:
    """The walk, and what it has found.

    Parameters
    ----------
    wire : Wire
    functions : sequence of Span
        The functions of the model.
    """

    def __init__(self, wire: Wire, functions: Sequence[Span]) -> None:
        self.wire = wire
        self.attributes = Attributes(wire)
        self.rows: list[StoredOperator] = []
        self.tensors: list[Tensor] = []  # all that are stored, in order
        self.read: set[int] = set()  # those that a row has
        self.nodes = self.uses = self.named = self.roots = 0
        self.most = MAX_ROOTS + min(len(wire.data) // BYTES_EACH, MAX_MORE)
        self.decoded: dict[Span, Node] = {}
        self.same: dict[tuple[str, tuple[int, ...]], StoredTensor] = {}
        self.functions: dict[tuple[str, str, str], Message] = {}
        for span in functions:
            found = wire.message(span, FUNCTION, "a function")
            domain = found.text("domain")
            self.functions[domain if domain not in DOMAINS else "", found.text("name"), found.text("overload")] = found

    # --- graphs -----------------------------------------------------------------------------------------------------

    def graph(self, span: Span, outer: Scope | None = None, place: Place = Place()) -> tuple[Message, Scope]:  # noqa: B008
        """Walk a graph; give its message and its names."""
        wire, scope = self.wire, Scope(outer)
        found = wire.message(span, GRAPH, "a graph")
        for kind in ("value_info", "output", "input"):
            for one in found.spans(kind):
                name, shape = self.declared(one)
                if shape is not None:
                    scope.shapes[name] = shape
                if kind == "input":
                    scope.values[name] = Value(shape)
        stored = [messages.tensor(wire, one) for one in found.spans("initializer")]
        stored += [messages.sparse(wire, one) for one in found.spans("sparse_initializer")]
        for tensor in stored:
            scope.values[tensor.name] = self.constant(tensor)
        self.walk(found.spans("node"), scope, place)
        return found, scope

    def walk(self, nodes: Iterable[Span], scope: Scope, place: Place) -> None:
        """Visit the nodes of a graph or of a function.

        Raises
        ------
        FileError
            When a node is damaged, or there are too many of them.
        """
        for span in nodes:
            self.nodes += 1
            if self.nodes > MAX_NODES:
                raise FileError("too many nodes", expected=f"at most {MAX_NODES:,}")
            self.node(Node(self.attributes, span), scope, place)

    def called(self, function: Message, scope: Scope, place: Place) -> None:
        """Visit the nodes of a function, which are decoded once.

        Raises
        ------
        FileError
            When functions that use others make too many nodes.
        """
        for span in function.spans("node"):
            self.uses += 1
            if self.uses > MAX_CALLED:
                raise FileError("too many nodes in functions", expected=f"at most {MAX_CALLED:,}")
            if span not in self.decoded:
                self.decoded[span] = Node(self.attributes, span)
            node = self.decoded[span]
            self.named += len(node.inputs) + len(node.outputs) + sum(map(len, node.ints.values()))
            if self.named > MAX_NAMED:
                raise FileError("too much that nodes in functions read and give", expected=f"at most {MAX_NAMED:,}")
            self.node(node, scope, place)

    def node(self, node: Node, scope: Scope, place: Place) -> None:
        """Visit one node: it makes a constant, leads into others, or is a row."""
        for name, attribute in node.spans.items():
            for at, span in enumerate(attribute.spans("g") + attribute.spans("graphs")):
                self.graph(span, scope, place.inside(f"{node.name}/{name}{at or ''}", once=False))
        values = [scope.value(name) if name else None for name in node.inputs]
        call = Call(node.op, tuple(values), node.ints, max(1, len(node.outputs)))  # none: a damaged file
        function = self.functions.get(node.key)
        if function is not None:
            self.function(function, node, values, scope, place)
            return
        self.count(values)
        if node.op == "Constant" and node.domain in DOMAINS:
            made = [self.constant_node(node)]
        elif node.op == "Split" and node.domain in DOMAINS:
            made = split(call)
        else:
            made = [carried(call)]
        first = made[0]
        if node.op == "ConstantOfShape" and first.roots is not None:
            made = [self.filled(node, first)]
        elif first.roots is None:
            made = self.row(node, call, first, scope, place)
        self.count(made)
        for at, name in enumerate(node.outputs):
            value = made[at] if at < len(made) else made[0]._replace(shape=None) if made[0].roots else NOTHING
            declared = scope.shapes.get(name)
            scope.values[name] = value if declared is None else value._replace(shape=declared)

    def count(self, values: Iterable[Value | None]) -> None:
        """Count the tensors behind values: as much work as there are, and as much memory where a row has them.

        Raises
        ------
        FileError
            When a small file has very many.
        """
        for one in values:
            if one is not None and one.roots:
                self.roots += len(one.roots) + len(one.beside)
        if self.roots > self.most:
            raise FileError("too many constants joined", expected=f"at most {self.most:,}")

    def function(
        self, function: Message, node: Node, values: Sequence[Value | None], scope: Scope, place: Place
    ) -> None:
        """Visit the nodes of a function where it is used."""
        inner = Scope()
        inner.values.update(zip(function.texts("input"), (one or NOTHING for one in values), strict=False))
        self.called(function, inner, place.inside(node.name))
        for outside, inside in zip(node.outputs, function.texts("output"), strict=False):
            value = inner.value(inside)
            scope.values[outside] = value._replace(shape=scope.shapes.get(outside, value.shape))

    # --- constants --------------------------------------------------------------------------------------------------

    def constant(self, tensor: Tensor) -> Value:
        """Give a stored tensor as a value."""
        self.tensors.append(tensor)
        return Value(tensor.shape, tensor.dtype, (tensor,), (), tensor.ints)

    def constant_node(self, node: Node) -> Value:
        """Give what a node of the operator Constant has in its attribute."""
        name = next(filter(None, node.outputs), node.name)
        for attribute in node.spans.values():
            span, sparse = attribute.span("t"), attribute.span("sparse_tensor")
            if span is not None:
                made = messages.tensor(self.wire, span, name)
                made.name = name  # unnamed there, or named alike in every node
                return self.constant(made)
            if sparse is not None:
                return self.constant(messages.sparse(self.wire, sparse))
        if "value_int" in node.ints or "value_ints" in node.ints:
            numbers = node.ints.get("value_ints") or node.ints.get("value_int", ())
            shape = (len(numbers),) if "value_ints" in node.ints else ()
            made = Tensor(name, shape, "int64", 8 * len(numbers))
            made.ints = numbers if len(numbers) <= FEW else None
            return self.constant(made)
        count = sum(node.floats.get(one, 0) for one in FLOATING)
        shape = (count,) if "value_floats" in node.floats else ()
        return self.constant(Tensor(name, shape, "float32", 4 * count)) if count else Value((), "string", ())

    def filled(self, node: Node, first: Value) -> Value:
        """Give what a ConstantOfShape makes: as many equal numbers as its input says, of which none is stored."""
        if first.shape is None:
            return first
        name = next(filter(None, node.outputs), node.name)
        shape = checked_shape((size for size in first.shape if isinstance(size, int)), f"the constant {quoted(name)}")
        value = node.spans["value"].span("t") if "value" in node.spans else None
        dtype = messages.tensor(self.wire, value).dtype if value is not None else "float32"
        bits = next(bits for name, bits, _ in TYPES.values() if name == dtype)
        return Value(shape, dtype, (Tensor(name, shape, dtype, (bits + 7) // 8),))  # one number is stored

    # --- rows -------------------------------------------------------------------------------------------------------

    def row(self, node: Node, call: Call, made: Value, scope: Scope, place: Place) -> list[Value]:
        """Make the row of a node that reads weights, or multiplies; give its outputs."""
        outs = [scope.shapes.get(name) for name in node.outputs]
        out = outs[0] if outs and outs[0] is not None else made.shape
        found = operator(node.op, node.domain)
        if node.domain == IN_ATTRIBUTES and node.floats:
            self.in_attributes(node, place)
            return [made]
        weights = self.weights(node, found, call)
        if not weights and not (node.op in PRODUCTS and node.domain in KNOWN):
            return [made]
        tensors, beside = self.tensors_of(node, found, call, weights)
        there = {at: value.shape for at, value in weights.items() if value.shape is not None}
        said: Formula | None = None
        gates: dict[str, tuple[tuple[str, ...], int]] = {}
        macs = None
        outputs: tuple[Sizes, ...] = () if out is None else (out,)
        if node.op in RECURRENT and node.domain in DOMAINS:
            convention = recurrent(call, there) if len(there) == len(weights) else None
            if convention is not None:
                said, macs, outputs = convention.formula, convention.macs, convention.outs[: len(node.outputs)]
                said = said if said is not None and said.value == sum(one.params for one in tensors) else None
                for value, weight in zip(
                    (weights[at] for at in (1, 2, 3, 7) if at in weights), convention.weights, strict=True
                ):
                    if value.roots and len(value.roots) == 1 and value.roots[0].shape == weight.shape and weight.gates:
                        gates[value.roots[0].name] = weight.gates, weight.gate_axis
        elif found is not None:
            said = formula(found, call, there, sum(one.params for one in tensors))
            macs = found.macs(call, out)
        name = (place.prefix + short(node.name))[-500:]
        note = f"an operator of {quoted(node.domain)}, which is not known" if found is None else ""
        self.rows.append(
            StoredOperator(
                node.op,
                name,
                tensors,
                beside=beside,
                formula=said,
                outs=outputs or UNKNOWN_OUTPUTS,
                macs=macs if place.once else None,
                gates=gates,
                note=note,
            )
        )
        for value in weights.values():
            self.read.update(map(id, value.roots or ()))
        self.read.update(map(id, beside))
        return [Value(shape) for shape in outputs] or [made]

    def weights(self, node: Node, found: Operator | None, call: Call) -> dict[int, Value]:
        """List the inputs of a node that are weights, by their places."""
        if found is None and node.domain in DOMAINS:
            return {}
        there: dict[int, Value] = {}
        for at, value in enumerate(call.inputs):
            if value is None or not value.roots or (found is not None and at not in found.weights):
                continue
            rank = len(value.shape) if value.shape is not None else 0
            if found is None or node.op in ARITHMETIC or node.op == "Gather":
                floats = value.dtype in FLOATS
                if not floats or value.params <= 1 or (found is not None and value.shape and rank < found.least):
                    continue
            there[at] = value
        return there

    def tensors_of(
        self, node: Node, found: Operator | None, call: Call, weights: Mapping[int, Value]
    ) -> tuple[list[StoredTensor], list[StoredTensor]]:
        """List the tensors behind weights, each once, and those that say how they are quantized."""
        roots: dict[int, StoredTensor] = {}
        for at, value in weights.items():
            for one in value.roots or ():
                if found is not None and at in found.fixed:
                    one.fixed = True
                roots[id(one)] = one
        besides = {id(one): one for value in weights.values() for one in value.beside}
        for at in found.beside if found is not None else ():
            given = call.value(at)
            besides.update((id(one), one) for one in (given.roots or () if given is not None else ()))
        if node.op == PACKED and node.domain == CONTRIB and 1 in weights:
            packed = {id(one): one for at, value in weights.items() if at in _PARTS for one in value.roots or ()}
            rest = [one for key, one in roots.items() if key not in packed]
            return [self.unpacked(node, [*packed.values()]), *rest], [*besides.values()]
        return [*roots.values()], [one for key, one in besides.items() if key not in roots]

    def unpacked(self, node: Node, parts: Sequence[StoredTensor]) -> StoredTensor:
        """Give the matrix that is packed in bytes, with its scales and zero points."""
        key = (node.op, tuple(map(id, parts)))
        if key not in self.same:
            size = [max(0, (node.ints.get(name) or (0,))[-1]) for name in ("N", "K")]
            bits = (node.ints.get("bits") or (4,))[-1]
            shape = checked_shape(size, f"the weights of {quoted(node.name)}")
            stored = sum(one.bytes for one in parts)
            if not 1 <= bits <= 8 or prod(shape) * bits > 8 * stored:
                raise FileError(f"the weights of {quoted(node.name)} are more than are stored", received=(*shape, bits))
            self.same[key] = StoredTensor(parts[0].name, shape, f"int{bits} in blocks", stored)
        return self.same[key]

    def in_attributes(self, node: Node, place: Place) -> None:
        """Make the row of an operator that has its numbers in attributes."""
        tensors = [Tensor(name, (count,), "float32", 4 * count) for name, count in node.floats.items()]
        self.rows.append(StoredOperator(node.op, (place.prefix + node.name)[-500:], tensors))

    # --- shapes -----------------------------------------------------------------------------------------------------

    def declared(self, span: Span) -> tuple[str, Sizes | None]:
        """Read the name and the shape that a graph states of a value."""
        wire = self.wire
        found = wire.message(span, messages.VALUE, "a value")
        name = found.text("name")
        kind = found.span("type")
        tensor = wire.message(kind, messages.TYPE, "a type").span("tensor") if kind is not None else None
        shape = wire.message(tensor, messages.TENSOR_TYPE, "a type").span("shape") if tensor is not None else None
        if shape is None:
            return name, None
        sizes: list[Size] = []
        for axis, one in enumerate(wire.message(shape, messages.SHAPE, "a shape").spans("dim")):
            dim = wire.message(one, messages.DIM, "a size")
            number = dim.int("value", -1)
            sizes.append(number if number >= 0 else open_size(dim.text("name"), name, axis))
        return name, within_bounds(tuple(sizes))


BATCHES = ("batch", "n", "b", "bs")


def open_size(called: str, value: str, axis: int) -> Size:
    """Give an axis whose size the file leaves open, under its own name, or one made of the value's."""
    if called.lower() in BATCHES or called.lower().startswith("batch_size"):
        return BATCH
    letters = re.sub("[^A-Za-z0-9_]", "_", called or f"{value}_{axis}")
    return unknown(letters if len(letters) == 1 and letters.isalpha() else f"n_{letters}"[:40])
