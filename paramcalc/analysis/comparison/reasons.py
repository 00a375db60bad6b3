"""Why two layers have different counts: from the first to the second by one change at a time, each with its difference.

Layers of one rule differ in their options and in what they read. Recurrent layers of different frameworks differ in
their sizes and in their convention. Of other layers, the weights are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from ...catalogue import message
from ...core.built import Weight
from ...core.framework import title
from ...core.rule import Layer
from ...core.shapes import AnyShape, shape_text
from ...errors import ParamcalcError
from ...report import Row
from ...rules.conventions.compare import against
from ...rules.conventions.read import rows
from ...symbolic import Expr, Size, collect, unicode
from ...untyped import OptionValue
from ..stacks import Stack, literature, stack_of_layer

CHANGES = {
    "{before} → {after} input features": "d_x",
    "{before} → {after} units": "d_h",
    "{before} → {after} layers": "layers",
    "{before} → {after} directions": "directions",
}


class Reason(NamedTuple):
    """One change and the difference that it makes.

    Attributes
    ----------
    text : str
        ``units: 128 → 256``.
    difference : int or Expr
    """

    text: str
    difference: Size


def difference(after: Size, before: Size) -> Size:
    """Subtract counts, which may be expressions."""
    found = after - before
    return collect(found) if isinstance(found, Expr) else found


def reasons(before: Row, after: Row) -> tuple[Reason, ...]:
    """Give the changes that lead from one layer to another; their differences add up to that of the counts."""
    if before.params == after.params or before.unknown or after.unknown:
        return ()
    one, other = before.layer, after.layer
    if isinstance(one, Layer) and isinstance(other, Layer) and one.rule is other.rule:
        found = _of_options(before, one, after, other)
        if found:
            return found
    first, second = _stack(before), _stack(after)
    if first is not None and second is not None:
        return tuple(_of_stacks(first, second))
    return tuple(_of_weights(before.weights, after.weights))


# --- layers of one rule -----------------------------------------------------------------------------


def _of_options(before: Row, one: Layer, after: Row, other: Layer) -> tuple[Reason, ...]:
    options = dict(one.options)
    changed = [name for name in options if not _same(options[name], other.options[name])]
    inputs, count = before.inputs, before.params
    found: list[Reason] = []
    waiting: list[str] = []  # changes that are possible only together with the next one
    if before.inputs != after.inputs:
        inputs, waiting = after.inputs, [_input_text(before.inputs, after.inputs)]
        count, waiting = _count_after(one, options, inputs, count, waiting, found)
    for name in changed:
        options[name] = other.options[name]
        waiting.append(_option_text(name, one.options[name], other.options[name]))
        count, waiting = _count_after(one, options, inputs, count, waiting, found)
    return tuple(found) if not waiting and count == after.params else ()


def _count_after(
    layer: Layer,
    options: Mapping[str, OptionValue],
    inputs: tuple[AnyShape, ...],
    count: Size,
    waiting: list[str],
    found: list[Reason],
) -> tuple[Size, list[str]]:
    # the count after the changes so far, where there is one
    try:
        now = layer.copy_with(None, dict(options)).on(*inputs).params
    except ParamcalcError:
        return count, waiting
    if now != count:
        found.append(Reason("; ".join(waiting), difference(now, count)))
    return now, []


def _same(one: OptionValue, other: OptionValue) -> bool:
    if isinstance(one, Layer) and isinstance(other, Layer):
        return repr(one) == repr(other)
    return (type(one) is type(other) and bool(one == other)) or (isinstance(one, (int, Expr)) and bool(one == other))


def _option_text(name: str, one: OptionValue, other: OptionValue) -> str:
    return f"{name}: {_value_text(one)} → {_value_text(other)}"


def _value_text(value: OptionValue) -> str:
    written = unicode(value) if isinstance(value, Expr) else repr(value)
    return written if len(written) <= 60 else f"{written[:59]}…"


def _input_text(one: tuple[AnyShape, ...], other: tuple[AnyShape, ...]) -> str:
    shapes = (" ".join(map(shape_text, shapes)) for shapes in (one, other))
    return message("input {before} → {after}", before=next(shapes), after=next(shapes))


# --- recurrent layers of different frameworks -------------------------------------------------------


def _stack(row: Row) -> Stack | None:
    (shape, *others) = row.inputs or ((),)
    if others or not isinstance(shape, tuple):
        return None
    found = stack_of_layer(row.layer, shape)
    return found if found is not None and found.count == row.params and found.row not in literature() else None


def _of_stacks(before: Stack, after: Stack) -> Iterator[Reason]:
    # sizes first, then depth, then the options of both layers at their defaults in between, and the convention
    here = before
    for text, name in CHANGES.items():
        size: int = getattr(after, name)
        made = replace(here, **{name: size})  # type: ignore[arg-type]  # the fields that are named are numbers
        yield from _step(message(text, before=getattr(before, name), after=size), here, made)
        here = made
    made = replace(here, options=())
    yield from _step(message("without {options}", options=_options_text(here)), here, made)
    here, made = made, replace(made, row=after.row)
    yield from _step(_convention_text(here, made), here, made)
    yield from _step(message("with {options}", options=_options_text(after)), made, after)


def _step(text: str, before: Stack, after: Stack) -> Iterator[Reason]:
    if before.count != after.count:
        yield Reason(text, after.count - before.count)


def _options_text(stack: Stack) -> str:
    return ", ".join(f"{name}={value}" for name, value in stack.options)


def _convention_text(before: Stack, after: Stack) -> str:
    one, other = rows()[before.row], rows()[after.row]
    if one.cell != other.cell:
        return f"{one.called} → {other.called}"
    return f"{title(other.framework)}'s {other.called}: {against(other, one)}"


# --- other layers -----------------------------------------------------------------------------------


def _of_weights(before: tuple[Weight, ...], after: tuple[Weight, ...]) -> Iterator[Reason]:
    # by name, and those that are in one layer alone by position
    one = {weight.path: weight for weight in before if not weight.buffer}
    other = {weight.path: weight for weight in after if not weight.buffer}
    common = [path for path in one if path in other]
    left_alone, right_alone = ([weight for path, weight in each.items() if path not in common] for each in (one, other))
    pairs: list[tuple[Weight | None, Weight | None]] = [(one[path], other[path]) for path in common]
    pairs += zip_longest(left_alone, right_alone)
    for left, right in pairs:
        counts = [0 if weight is None else weight.params for weight in (left, right)]
        if counts[0] != counts[1]:
            yield Reason(_weight_text(left, right), difference(counts[1], counts[0]))


def _weight_text(left: Weight | None, right: Weight | None) -> str:
    if left is None or right is None:
        there, shape = (right, "no {name} → {shape}") if left is None else (left, "{name} {shape} → none")
        assert there is not None
        return message(shape, name=there.path, shape=shape_text(there.shape))
    named = left.path if left.path == right.path else f"{left.path} → {right.path}"
    return f"{named}: {shape_text(left.shape)} → {shape_text(right.shape)}"
