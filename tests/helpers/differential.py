"""Differential tests: what paramcalc says of a layer drawn at random, valid or not, is what Keras makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paramcalc.core.registry import find
from paramcalc.core.rule import Layer
from paramcalc.errors import ParamcalcError
from paramcalc.symbolic import unknown
from paramcalc.verification.adapter import Case, adapter
from paramcalc.verification.adapters.keras.build import Builder, none_for_unknown, scope
from paramcalc.verification.adapters.keras.macs import trace
from paramcalc.verification.audit import check
from paramcalc.verification.foreign import isolated

Open = tuple[int | None, ...]  # a shape as Keras writes it


def compare(name: str, options: Mapping[str, Any], *shapes: Open, remarks: bool = False) -> list[str]:
    """Hold one layer on one input against Keras: refusals, tensors, output shapes, multiply-adds.

    Parameters
    ----------
    name : str
        Class name.
    options : mapping
        As a person would give them, valid or not.
    *shapes : tuple of int or None
        The input shapes, the batch included; ``None`` is a size nobody knows.
    remarks : bool
        Count as different where Keras announces one thing and computes another, or cannot tell while a size is open.

    Returns
    -------
    list of str
        What differs, in words; empty when nothing does.
    """
    return [problem for found in isolated(_compared(name, options, shapes, remarks)) for problem in found]


def _compared(name: str, options: Mapping[str, Any], shapes: tuple[Open, ...], remarks: bool) -> Iterator[list[str]]:
    sizes = tuple(
        tuple(unknown(f"u{place}_{axis}") if size is None else size for axis, size in enumerate(shape))
        for place, shape in enumerate(shapes)
    )
    try:
        layer = find(name)(**options)
    except ParamcalcError as error:
        accepted = _keras_accepts(name, options, shapes)
        yield [f"{name}({dict(options)}) on {shapes}: refused, Keras accepts: {error}"] if accepted else []
    else:
        row = check(adapter("keras"), Case(layer, sizes))
        yield row.mismatches + row.remarks * remarks


def _keras_accepts(name: str, options: Mapping[str, Any], shapes: tuple[Open, ...]) -> bool:
    # options that paramcalc refuses are handed to Keras as they are
    builder, rule = Builder(), find(name)
    layer = Layer(rule, {key: value for key, value in options.items() if key in rule.options})
    layer.ignored_options = {key: value for key, value in options.items() if key not in rule.options}
    known = [tuple(size for size in shape if size is not None) for shape in shapes]
    try:
        with scope():
            tensors = [builder.keras.Input(batch_shape=shape) for shape in map(none_for_unknown, shapes)]  # type: ignore[arg-type]  # None is no size, and stays None
        made = builder.layer(layer)
        builder.call(layer, made, tensors)
        if list(map(len, known)) == list(map(len, shapes)):
            trace(builder, layer, made, known)
    except Exception:  # whatever Keras raises is its refusal
        return False
    return True
