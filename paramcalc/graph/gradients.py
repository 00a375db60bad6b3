"""Gradients in a graph: which nodes one comes back to, and the work of the whole in terms of its own inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ..core.built import Built, placed
from ..core.products import NOTHING, Product, Source, Sources, State, Work
from ..core.shapes import listed
from ..core.sources import joined, written_out
from .node import Node, Ref


def work_of(built: Built) -> Work:
    """Give the work of a layer, none where it has no products."""
    return built.work() if built.work is not None else Work()


def work_of_graph(
    nodes: Sequence[Node], names: Mapping[int, str], inputs: int, outputs: Sequence[Ref], built: Sequence[Built]
) -> Work:
    """Compose the products of all nodes, their sources traced back to the inputs and weights of the graph.

    Parameters
    ----------
    nodes : list of Node
    names : dict of int to str
        The name of each layer by its ``id``.
    inputs : int
        How many inputs the graph has.
    outputs : list of (int, int)
    built : list of Built
        What every node builds.
    """
    works = [work_of(step) for step in built]
    reached = [bool(one) for one in gradients(nodes, inputs, outputs, built, works)]
    values: list[list[Sources]] = [[frozenset({at})] for at in range(inputs)]
    products: list[Product] = []
    for node, step, work, needed in zip(nodes, built, works, reached, strict=True):
        read = [values[position][index] for position, index in node.args]
        states = [values[position][index] for position, index in node.states] or [NOTHING] * len(step.states)
        done = placed(step._replace(work=partial(Work, *work)), names[id(node.layer)], read, states)
        products += done.products if needed else (Product(one.size, NOTHING, NOTHING) for one in done.products)
        values.append([joined(one) for one in done.flow or ()])
    return Work(tuple(products), tuple(values[position][index] for position, index in outputs))


def gradients(
    nodes: Sequence[Node], inputs: int, outputs: Sequence[Ref], built: Sequence[Built], works: Sequence[Work]
) -> list[frozenset[int]]:
    """List the outputs of each node to which a gradient comes back.

    It comes from the outputs of the graph, through nodes that let it pass.
    """
    wanted: dict[int, set[int]] = {}  # by the position of the node
    for position, index in outputs:
        wanted.setdefault(position, set()).add(index)
    found: list[frozenset[int]] = []
    numbered = list(enumerate(zip(nodes, built, works, strict=True), inputs))
    for place, (node, step, work) in reversed(numbered):
        reached = frozenset(wanted.get(place, ()))
        flows = step.flows(work, len(node.args), len(listed(step.outs))) if reached else ()
        into = written_out(NOTHING.union(*(flows[index] for index in reached)))
        sources: list[tuple[Source, Ref]] = [*enumerate(node.args)]
        sources += [(State(at), ref) for at, ref in enumerate(node.states)]
        for source, (position, index) in sources:
            if source in into:
                wanted.setdefault(position, set()).add(index)
        found.append(reached)
    return found[::-1]
