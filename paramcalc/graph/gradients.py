"""Gradients in a graph: which nodes one comes back to, and the work of the whole in terms of its own inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ..core.built import Built
from ..core.combined import placed
from ..core.products import NOTHING, Product, Source, Sources, State, Work
from ..core.shapes import listed
from ..core.sources import joined, written_out
from .node import Node, Ref
from .wiring import Leaf, Links, Wiring, wiring_of


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
    reached = [bool(one) for one in gradients(wiring_of(inputs, nodes, outputs), built, works)]
    values: list[list[Sources]] = [[frozenset({at})] for at in range(inputs)]
    products: list[Product] = []
    for node, step, work, needed in zip(nodes, built, works, reached, strict=True):
        read = [values[position][index] for position, index in node.args]
        states = [values[position][index] for position, index in node.states] or [NOTHING] * len(step.states)
        done = placed(step._replace(work=partial(Work, *work)), names[id(node.layer)], read, states)
        products += done.products if needed else (Product(one.size, NOTHING, NOTHING) for one in done.products)
        values.append([joined(one) for one in done.flow or ()])
    return Work(tuple(products), tuple(values[position][index] for position, index in outputs))


def gradients(wiring: Wiring, built: Sequence[Built], works: Sequence[Work]) -> list[frozenset[int]]:
    """List the outputs of each call to which a gradient comes back.

    It comes from the outputs of the model, through calls that let it pass.
    """
    wanted: dict[int, set[int]] = {}  # by the position of the call

    def want(links: Links) -> None:
        for link in links:
            if not isinstance(link, Leaf):
                wanted.setdefault(link[0], set()).add(link[1])

    for links in wiring.outputs:
        want(links)
    found: list[frozenset[int]] = []
    for place, wire in reversed([*enumerate(wiring.wires, wiring.inputs)]):
        step, work = built[wire.part], works[wire.part]
        reached = frozenset(wanted.get(place, ()))
        flows = step.flows(work, len(wire.args), len(listed(step.outs))) if reached else ()
        into = written_out(NOTHING.union(*(flows[index] for index in reached)))
        sources: list[tuple[Source, Links]] = [*enumerate(wire.args)]
        sources += [(State(at), links) for at, links in enumerate(wire.states)]
        for source, links in sources:
            if source in into:
                want(links)
        found.append(reached)
    return found[::-1]
