"""Names: Keras. The layers of a graph, in the order of the calls and in that of ``model.layers``."""

from __future__ import annotations

from collections.abc import Hashable

from ...memory.objects import Instance, List, Unknown, Value
from ...memory.state import State
from .tensors import Tensor


def graph_layers(self: Instance) -> list[Value]:
    """List the layers of a graph, and what is unknown in it, each once, after what it reads."""
    found: dict[int, Value] = {}
    for one in _calls(self)[0]:
        if isinstance(one.layer, (Instance, Unknown)):
            found.setdefault(id(one.layer), one.layer)
    return list(found.values())


def listed_layers(self: Instance) -> list[Tensor]:
    """List what ``model.layers`` has, each by a call of it: the inputs, the layers, and what is unknown.

    Those furthest from the outputs come first; of equal distance, those that a search from the outputs meets first.
    A layer that is called several times counts with its furthest call. Inputs that nothing reads come last.

    Source: ``map_graph`` in keras/src/ops/function.py.
    """
    calls, met = _calls(self)
    depth: dict[Hashable, int] = {}  # of calls
    furthest: dict[Hashable, int] = {}  # of layers
    places: dict[Hashable, Tensor] = {}
    for one in reversed(calls):
        layer = _layer_key(one)
        deep = furthest[layer] = max(depth.get(id(one.call), 0), furthest.get(layer, 0))
        places[layer] = one
        for before in one.args:
            depth[id(before.call)] = max(deep + 1, depth.get(id(before.call), 0))
    ordered = sorted(places, key=lambda layer: (-furthest[layer], met[layer]))
    unread = [one for one in _inputs(self) if _is_input(one) and _layer_key(one) not in places]
    listed = [places[layer] for layer in ordered]
    last = next((at for at, layer in enumerate(ordered) if furthest[layer] == 0), len(ordered))
    listed[last:last] = unread
    return [one for one in listed if _is_input(one) or isinstance(one.layer, (Instance, Unknown))]


def source_inputs(run: State, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """List the inputs that a tensor is made of, each once."""
    given = args[0] if args else kwargs.get("tensor")
    found: list[Value] = []
    pending, seen = [given], set[int]()
    while pending:
        one = pending.pop()
        if not isinstance(one, Tensor) or (one.layer is None and not one.given):
            return run.unknown("the inputs of a tensor", given)
        if id(one.call) in seen:
            continue
        seen.add(id(one.call))
        run.budget.charge(1)
        found += [one] if one.layer is None else []
        pending += reversed(one.args)
    return List(found)


def from_inputs(run: State, several: list[Tensor]) -> bool:
    """Tell whether tensors are made of inputs of graphs alone."""
    pending, seen = several, set[int]()
    while pending:
        one = pending.pop()
        if id(one.call) in seen:
            continue
        seen.add(id(one.call))
        run.budget.charge(1)
        if one.layer is None and not one.given:
            return False
        pending += one.args
    return True


def _calls(self: Instance) -> tuple[list[Tensor], dict[Hashable, int]]:
    # every call by one of its outputs, each after what it reads; and when a search from the outputs first met a layer
    outs = self.named["<outputs>"]
    assert isinstance(outs, tuple)
    ends = {(id(one.call), one.index) for one in _inputs(self) if not _is_input(one)}
    found: list[Tensor] = []
    met: dict[Hashable, int] = {}
    done: set[int] = set()
    pending: list[tuple[Tensor, bool]] = [(one, False) for one in reversed(outs) if isinstance(one, Tensor)]
    while pending:
        one, ready = pending.pop()
        if ready:
            found.append(one)
            continue
        if id(one.call) in done:
            continue
        done.add(id(one.call))
        if (id(one.call), one.index) in ends:
            continue
        met.setdefault(_layer_key(one), len(met))
        pending.append((one, True))
        pending += [(arg, False) for arg in reversed(one.args)]
    return found, met


def _inputs(self: Instance) -> list[Tensor]:
    given = self.named.get("<inputs>")
    return [one for one in given if isinstance(one, Tensor)] if isinstance(given, tuple) else []


def _is_input(one: Tensor) -> bool:
    return one.layer is None


def _layer_key(one: Tensor) -> Hashable:
    # operations that are no layers are made anew in each call
    return id(one.layer) if isinstance(one.layer, (Instance, Unknown)) else ("call", id(one.call))
