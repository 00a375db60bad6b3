"""Layers around cells and layers: any cell over time, stacks of cells, both directions, a layer at every step."""

from copy import copy
from typing import Annotated, Literal, Unpack

from ...core.combined import known_of, placed
from ...core.declare import CELLS, LAYER, Built, Inputs, Part, Shape, rule, scaled, scoped
from ...core.products import Product, Source, Sources, State, Work
from ...core.rule import Layer
from ...core.shapes import UNKNOWN_OUTPUTS, UnknownShape, listed, shape_text
from ...errors import OptionError, ShapeError
from ...symbolic import times, unicode
from ...untyped import OptionValue
from .recurrent import LOOP, Count, Loop, over_steps


@rule()
def StackedRNNCells(x: Annotated[Shape, Inputs("*cells")], /, cells: Annotated[OptionValue, CELLS]) -> Built:
    """A stack of cells: each cell takes the output of the cell below as its input.

    A cell that stands in several places has one set of weights.
    """
    stack = cells if isinstance(cells, tuple) else (cells,)
    names = unique_labels(stack)
    parts: list[Built] = []
    for one in stack:
        parts.append(one.on(x if not parts else parts[-1].shapes()[0]))
        _check_cell(one, parts[-1])
    states = tuple(state for part in parts for state in part.states)
    distinct = {id(one): place for place, one in reversed([*enumerate(stack)])}  # each cell where it stands first
    for place, one in enumerate(stack):
        _check_same_weights(one, parts[distinct[id(one)]], parts[place])
    counted = [(parts[place], names[place], stack[place]) for place in sorted(distinct.values())]
    return Built(
        weights=tuple(weight for part, name, one in counted for weight in scoped(part.weights, name, one)),
        outs=(parts[-1].shapes()[0], *states),
        states=states,
        **known_of(parts),
        formula=added([part.formula for part, _, _ in counted]),
        work=lambda: _stacked(parts, names),
        parts=lambda: [
            Part(name, one, (x if not place else parts[place - 1].shapes()[0],), parts[place])
            for place, (name, one) in enumerate(zip(names, stack, strict=True))
        ],
    )


def added(formulas: list[Count | None]) -> Count | None:
    """Add up the formulas of parts; ``None`` where one of them has none."""
    known = [formula for formula in formulas if formula is not None]
    return (lambda: sum(formula() for formula in known)) if len(known) == len(formulas) else None


def doubled(formula: Count | None) -> Count | None:
    """Take a formula twice."""
    return (lambda: times(2, formula())) if formula is not None else None


def _stacked(parts: list[Built], names: list[str]) -> Work:
    # each cell reads the output of the one below; the states are numbered from the first cell to the last
    read: Sources = frozenset({0})
    products: list[Product] = []
    carried: list[Sources] = []
    for part, name in zip(parts, names, strict=True):
        own = [frozenset({State(len(carried) + at)}) for at in range(len(part.states))]
        done = placed(part, name, [read], own)
        products += done.products
        read, *states = done.flow or ()
        carried += states
    return Work(tuple(products), (read, *carried))


def _check_cell(layer: OptionValue, step: Built) -> None:
    # a cell keeps states and takes one time step; a recurrent layer keeps states and takes them all
    if not step.states or "go_backwards" in getattr(layer, "options", ()):
        raise OptionError(f"{layer.type} is not a cell", expected="LSTMCell, GRUCell, SimpleRNNCell or a stack of them")


def _check_same_weights(layer: OptionValue, first: Built, again: Built) -> None:
    for one, other in zip(first.weights, again.weights, strict=True):
        if any(
            isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(one.shape, other.shape, strict=True)
        ):
            raise ShapeError(
                f"{layer.label} is used in several places, which need a {one.name} of {shape_text(one.shape)} "
                f"and of {shape_text(other.shape)}; one cell has one set of weights"
            )


def unique_labels(layers: tuple[Layer, ...]) -> list[str]:
    """Number layers of one name as Keras does: ``lstm_cell``, ``lstm_cell_1``; one layer keeps one name."""
    seen: dict[str, int] = {}
    labels: dict[int, str] = {}
    for layer in layers:
        if id(layer) not in labels:
            count = seen.get(layer.label, 0)
            seen[layer.label] = count + 1
            labels[id(layer)] = f"{layer.label}_{count}" if count else layer.label
    return [labels[id(layer)] for layer in layers]


@rule(LOOP)
def RNN(
    x: Annotated[Shape, Inputs("B T *cell")],
    /,
    cell: Annotated[OptionValue, CELLS],
    **time: Unpack[Loop],
) -> Built:
    """Any cell, or a stack of cells, the same at every time step."""
    inner = StackedRNNCells(cell) if isinstance(cell, tuple) else cell
    step = inner.on((x[0], *x[2:]))
    _check_cell(inner, step)
    cost = Part(inner.label, inner, ((x[0], *x[2:]),), scaled(step, x[1]))
    weights = scoped(step.weights, inner.label, inner)
    own = [frozenset({State(at)}) for at in range(len(step.states))]
    work = lambda: placed(step, inner.label, [frozenset({0})], own)  # noqa: E731
    return over_steps(x, step._replace(weights=weights, work=work, parts=lambda: [cost], equations=None), time)


@rule(("weights",), copies=("layer",))
def Bidirectional(
    x: Annotated[Shape, Inputs("*layer")],
    /,
    layer: Annotated[OptionValue, LAYER],
    merge_mode: Literal["concat", "sum", "mul", "ave", None] = "concat",
    *,
    backward_layer: Annotated[OptionValue, LAYER] | None = None,
) -> Built:
    """Two copies with separate weights: one reads forwards, one backwards."""
    _check_directions(layer, backward_layer)
    forward = layer.on(x)
    backward = backward_layer.on(x) if backward_layer is not None else forward
    there, back = forward.shapes()[0], backward.shapes()[0]
    if merge_mode == "concat":
        wide = 2 * there[-1] if there[-1] == back[-1] else there[-1] + back[-1]
        merged: tuple[Shape, ...] = ((*there[:-1], wide),)
    elif merge_mode is None:
        merged = (there, back)
    elif there[-1] == back[-1]:
        merged = (there,)
    else:
        raise ShapeError(
            f"merge_mode {merge_mode!r} combines both directions elementwise, but the forward layer has "
            f"{unicode(there[-1])} units and the backward layer {unicode(back[-1])}"
        )
    name = f"backward_{layer.label.removeprefix('backward_')}" if backward_layer is None else backward_layer.label
    ahead_name = f"forward_{layer.label.removeprefix('forward_')}"
    ahead = scoped(forward.weights, ahead_name)
    double = backward_layer is None
    return Built(
        weights=ahead + scoped(backward.weights, name, backward_layer),
        outs=merged + forward.shapes()[1:] + backward.shapes()[1:],
        states=forward.states + backward.states,
        **known_of((forward, backward)),
        formula=doubled(forward.formula) if double else added([forward.formula, backward.formula]),
        work=lambda: _both_ways(forward, backward, ahead_name, name, len(merged)),
        parts=lambda: [
            Part(ahead_name, copy(layer), (x,), forward),
            Part(name, copy(backward_layer or layer), (x,), backward),
        ],
    )


def _both_ways(forward: Built, backward: Built, ahead: str, back: str, merged: int) -> Work:
    # both directions read the input; the states of the forward layer come first
    read, n = [frozenset[Source]({0})], len(forward.states)
    one = placed(forward, ahead, read, [frozenset({State(at)}) for at in range(n)])
    other = placed(backward, back, read, [frozenset({State(n + at)}) for at in range(len(backward.states))])
    (there, *first), (here, *second) = one.flow or (), other.flow or ()
    outputs = (there | here,) if merged == 1 else (there, here)
    return Work(one.products + other.products, (*outputs, *first, *second))


def _check_directions(forward: Layer, backward: Layer | None) -> None:
    # both must be recurrent layers, alike in what they return, opposite in direction
    for one in (forward, backward):
        if one is not None and "go_backwards" not in getattr(one, "options", ()):
            raise OptionError(f"{one.type} cannot run backwards", expected="a recurrent layer such as LSTM or GRU")
    backwards = True if backward is None else backward.options["go_backwards"]  # Keras turns its own copy so
    if forward.options["go_backwards"] == backwards:
        raise OptionError("forward and backward layer run the same way", expected="go_backwards on one of them")
    if backward is None:
        return
    for name in ("stateful", "return_sequences", "return_state"):
        if forward.options[name] != backward.options[name]:
            raise OptionError(
                f"forward and backward layer differ in {name}",
                expected=f"{name}={forward.options[name]} in both",
                received=backward.options[name],
            )


@rule()
def TimeDistributed(x: Annotated[Shape, Inputs("B T *layer")], /, layer: Annotated[OptionValue, LAYER]) -> Built:
    """One layer applied to every time step: its weights count once, its cost T times."""
    batch, T, *rest = x
    if not rest:
        raise ShapeError("TimeDistributed does not take an input of 2 axes", expected="at least (B, T, d)")
    inner: Built = layer.on((batch, *rest))
    if len(listed(inner.outs)) != 1:
        raise ShapeError(f"TimeDistributed needs a layer with one output; {layer.type} has {len(listed(inner.outs))}")
    shape, each = inner.output(), scaled(inner, T)
    return each._replace(
        weights=scoped(inner.weights, layer.label, layer),
        work=lambda: placed(each, layer.label, [frozenset({0})]),
        parts=lambda: [Part(layer.label, layer, ((batch, *rest),), each)],
        outs=UNKNOWN_OUTPUTS if isinstance(shape, UnknownShape) else ((batch, T, *shape[1:]),),
        states=(),
        equations=None,
    )
