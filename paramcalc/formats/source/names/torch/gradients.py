"""Names: PyTorch. What tensors depend on, where a gradient can follow: functions, views, what is written in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .....graph.wiring import Leaf, Link, Links
from ...memory.objects import Instance, List, Unknown, Value
from ...memory.state import State
from ...memory.trace import NO_LINKS, Memory
from .function_table import CONVERTED, FIRST, NEW as FRESH, NONE, VIEW, names
from .recording import record
from .tensors import Tensor, is_parameter

CUT, OF_ONE, CONVERTING = (names(reads=kind) for kind in (NONE, FIRST, CONVERTED))
VIEWS, NEW = names(memory=VIEW), names(memory=FRESH)
FLOATS = ("torch.float", "torch.half", "torch.double", "torch.bfloat16", "torch.device", "torch.cuda")
NO_TENSORS = frozenset(  # keywords that take none
    [
        "dim", "axis", "keepdim", "dtype", "p", "training", "inplace", "eps", "momentum", "size", "alpha", "is_causal",
        "dropout_p", "scale", "enable_gqa", "padding_idx", "device", "approximate", "negative_slope", "correction",
    ]
)  # fmt: skip
WITH_PLACES = frozenset(["max", "min", "topk", "sort"])  # which also give whole numbers


def links_of(run: State, *values: Value) -> Links | None:
    """Give what values depend on together; ``None`` where that is unknown."""
    found: set[Link] = set()
    for value in values:
        links = _links_of(run, value)
        if links is None:
            return None
        found |= links
    return frozenset(found)


def _links_of(run: State, value: Value) -> Links | None:
    if isinstance(value, Tensor):
        written = run.trace.written.get(value.memory, NO_LINKS) if run.trace is not None else NO_LINKS
        return None if value.links is None else value.links | written
    if isinstance(value, Instance) and is_parameter(value) and value.blur is None:
        trained = value.named.get("requires_grad")
        leaf = frozenset[Link]({Leaf((id(value), 0))})
        return leaf if trained is True else NO_LINKS if trained is False else None
    if isinstance(value, List):
        return None if value.blur is not None else links_of(run, *value.items)
    if isinstance(value, tuple):
        return links_of(run, *value)
    return None if isinstance(value, (Unknown, Instance)) else NO_LINKS


def derived(run: State, name: str, found: Value, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
    """Give what a function found, new tensors, with what they depend on."""
    if "out" in kwargs:
        run.entangle()
    made = [*_tensors(found)]
    if not made:
        return found
    run.budget.charge(len(made))
    links = graded(run, _depends(run, name, args, kwargs))
    memory = _memory(name, args[0] if args else None)
    for one in made:
        one.links, one.memory = links, memory
    if name in WITH_PLACES and isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], Tensor):
        found = found[0], Tensor(found[1].shape, links=NO_LINKS)
        made = [*_tensors(found)]
    record(run, name, made, args, kwargs)
    return found


def graded(run: State, links: Links | None) -> Links | None:
    """Give what a result depends on, which is nothing where no gradients are recorded."""
    return links if run.grad is True or links == NO_LINKS else NO_LINKS if run.grad is False else None


def _tensors(found: Value) -> Iterator[Tensor]:
    if isinstance(found, Tensor):
        yield found
    elif isinstance(found, (tuple, list)):
        for one in found:
            yield from _tensors(one)


def _depends(run: State, name: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Links | None:
    others = [value for key, value in kwargs.items() if key not in NO_TENSORS]
    if name in CUT:
        return NO_LINKS
    if name in OF_ONE:
        return links_of(run, *args[:1])
    if name == "embedding":
        return links_of(run, *args[1:2], *others)
    if name in ("masked_fill", "where") and len(args) == 3:
        return links_of(run, args[2], args[1] if name == "where" else args[0])
    if name in CONVERTING:
        links = links_of(run, *args[:1])
        floats = all(_is_float(run, one) for one in (*args[1:], *kwargs.values()))
        return links if floats or not links else None
    return links_of(run, *args, *others)


def _is_float(run: State, value: Value) -> bool:
    # whether a tensor that is converted to it surely holds floating point numbers, as one that needs a gradient does
    if isinstance(value, Unknown):
        return value.path.startswith(FLOATS)
    return isinstance(value, (bool, str)) or bool(links_of(run, value))


def _memory(name: str, value: Value) -> Memory:
    if name in NEW:
        return Memory()
    if not isinstance(value, Tensor):
        return Memory(doubtful=True)
    if name in VIEWS:
        return value.memory
    value.memory.doubtful = True
    return Memory(doubtful=True)


def write(run: State, value: Value, *given: Value) -> None:
    """Write something into the memory of a tensor: it depends on that, too, and so do all that share the memory."""
    before, more = links_of(run, value), graded(run, links_of(run, *given))
    if more == NO_LINKS or (before is not None and more is not None and more <= before):
        return
    alone = isinstance(value, Tensor) and not value.memory.doubtful and run.certain
    if not isinstance(value, Tensor) or run.trace is None or before is None or more is None or not alone:
        run.entangle()
    else:
        run.trace.written[value.memory] = before | more
