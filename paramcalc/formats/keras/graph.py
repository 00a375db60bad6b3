"""The graph in a Keras configuration: which call of which layer reads what, and the shapes the file states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from typing import NamedTuple

from ...errors import FileError, GraphError, ParamcalcError, quoted
from ...untyped import Parsed

Ref = tuple[str, int, int]  # Keras's history of a tensor: layer, which of its calls, which output
Call = tuple[str, int]
MOST_NAMED = 10  # layers in a sentence


class Tensor(NamedTuple):
    """A symbolic tensor among the arguments of a call: what gives it, as which output, and its shape as stated."""

    call: Call
    output: int
    shape: Parsed


class Arguments(NamedTuple):
    """What one call was given: constants as they stand, tensors as :class:`Tensor`; and all tensors as they are met."""

    args: list[Parsed]
    kwargs: dict[str, Parsed]
    tensors: list[Tensor]


def calls(described: Mapping[str, Parsed], outputs: list[Ref], inputs: set[str]) -> dict[Call, Arguments]:
    """Follow the outputs back to the inputs; give every call on the way, each after what it reads.

    Raises
    ------
    GraphError
        For a layer or call that is not there, and for calls that feed one another.
    FileError
        Where it is not a graph.
    """
    found: dict[Call, Arguments] = {}
    counts: dict[str, int] = {}
    pending = [(label, at) for label, at, _ in outputs]
    while pending:
        label, at = call = pending.pop()
        if call in found or (label in inputs and at == 0):
            continue
        if label in inputs:
            raise GraphError(f"the input {quoted(label)} is called once, and the graph mentions call {at}")
        if label not in described:
            raise GraphError(f"no layer {quoted(label)}, though the graph mentions it")
        nodes = field(described[label], "inbound_nodes", (list, tuple))
        counts[label] = len(nodes)
        if not 0 <= at < len(nodes):
            raise GraphError(f"layer {quoted(label)} is called {len(nodes)} times, and the graph mentions call {at}")
        try:
            found[call] = _arguments(nodes[at])
        except ParamcalcError as error:
            raise error.at(f"layer {quoted(label)}:")
        pending += [tensor.call for tensor in found[call].tensors]
    written = [(label, at) for label in described for at in range(counts.get(label, 0))]
    return _as_written(written, found) or {call: found[call] for call in _in_order(written, found) if call in found}


def _as_written(written: list[Call], found: Mapping[Call, Arguments]) -> dict[Call, Arguments] | None:
    # the order of the file, if each call stands after what it reads: Keras writes it so, mostly
    placed: dict[Call, Arguments] = {}
    for call in written:
        given = found.get(call)
        if given is not None:
            for read in given.tensors:
                if read.call not in placed and read.call in found:
                    return None
            placed[call] = given
    return placed


def _in_order(written: list[Call], found: Mapping[Call, Arguments]) -> Iterator[Call]:
    # each call after what it reads, and otherwise in the order of the file
    places = {call: place for place, call in enumerate(written)}
    sorter = TopologicalSorter({call: [read.call for read in given.tensors] for call, given in found.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = sorted({call[0] for call in error.args[1]})
        names = [quoted(name) for name in circle[:MOST_NAMED]] + ["…"] * (len(circle) > MOST_NAMED)
        raise GraphError(f"the layers {', '.join(names)} form a cycle") from None
    ready: list[tuple[int, Call]] = []
    while sorter.is_active():
        for call in sorter.get_ready():
            heappush(ready, (places.get(call, -1), call))
        _, call = heappop(ready)
        sorter.done(call)
        yield call


def stated(found: Mapping[Call, Arguments], outputs: list[Ref]) -> dict[Call, dict[int, Parsed]]:
    """Gather the shapes the file states for the outputs of each call, by which output; not looked at yet."""
    shapes: dict[Call, dict[int, Parsed]] = {}
    for given in found.values():
        for call, output, shape in given.tensors:
            shapes.setdefault(call, {})[output] = shape
    for label, at, index in outputs:
        shapes.setdefault((label, at), {}).setdefault(index, None)
    return shapes


def _arguments(node: Parsed) -> Arguments:
    args, kwargs = field(node, "args", (list, tuple)), field(node, "kwargs", dict)
    met: list[Tensor] = []
    if len(args) == 1 and not any(kwargs.values()):  # almost always
        return Arguments([_read(args[0], met)], kwargs, met)
    read = [_read(one, met) for one in args]
    return Arguments(read, {name: _read(one, met) for name, one in kwargs.items()}, met)


def _read(value: Parsed, met: list[Tensor]) -> Parsed:
    # what __keras_tensor__ stands for, within lists and dictionaries; Keras lays out a dictionary by its sorted keys
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            config = field(value, "config", dict)
            label, at, index = _ref(config.get("keras_history"))
            tensor = Tensor((label, at), index, config.get("shape"))
            met.append(tensor)
            return tensor
        return {key: _read(value[key], met) for key in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [_read(one, met) for one in value]
    return value


def tensors(value: Parsed) -> list[Tensor]:
    """Find the tensors in nested lists and dictionaries."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [tensor for one in value for tensor in tensors(one)] if isinstance(value, list) else []


def refs(value: Parsed) -> Iterator[Ref]:
    """Read ``["a", 0, 0]``, or lists and dictionaries of such.

    Raises
    ------
    FileError
        For anything else.
    """
    if isinstance(value, (list, tuple)) and len(value) == 3 and isinstance(value[0], str):
        yield _ref(value)
    elif isinstance(value, (list, tuple, dict)):
        for one in [value[key] for key in sorted(value, key=str)] if isinstance(value, dict) else value:
            yield from refs(one)
    else:
        raise _no_ref(value)


def _ref(value: Parsed) -> Ref:
    if not isinstance(value, (list, tuple)) or len(value) != 3:
        raise _no_ref(value)
    label, at, index = value
    if not (isinstance(label, str) and type(at) is int and type(index) is int and index >= 0):
        raise _no_ref(value)
    return label, at, index


def _no_ref(value: Parsed) -> FileError:
    return FileError("not a reference to a tensor of the graph", expected="[layer, call, output]", received=value)


def field(found: Parsed, name: str, kind: Parsed) -> Parsed:
    """Give what Keras writes under a name.

    Raises
    ------
    FileError
        When it is missing or of another kind.
    """
    value = found.get(name) if isinstance(found, dict) else found
    if value is found or not isinstance(value, kind):
        raise FileError(f"no {name}", expected="the form that Keras writes", received=value)
    return value
