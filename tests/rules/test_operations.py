"""Operations (`keras.ops`) held against Keras: what it announces, what it computes, and how it writes a graph down."""

from __future__ import annotations

import inspect
import pkgutil
import warnings
from copy import deepcopy
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from operation_calls import (
    BITWISE,
    CALLS,
    LEFT,
    LENIENT,
    PAIRS,
    REDUCING,
    UNARIES,
    UNCOMPUTED,
    WHICH,
    WHOLE,
    Call,
    T,
    c,
    name_of,
    operation,
    replaced,
)
from tiers import examples, first_of_each, quick

from paramcalc.errors import LayerError, ParamcalcError
from paramcalc.rules.ops.table import operations
from paramcalc.symbolic import Expr, symbols, unknown

keras = pytest.importorskip("keras")


def made(call: Call) -> Any:
    module, _, name = call.op.partition(".")
    return getattr(import_module(f"keras.src.ops.{module}"), name)(
        **deepcopy(call.options)
    )  # Keras changes lists it is given


def ours(call: Call) -> Any:
    """Our shapes, or the error."""
    shapes = [
        tuple(unknown(f"n{at}_{axis}") if size is None else size for axis, size in enumerate(tensor.shape))
        for at, tensor in enumerate(call.tensors)
    ]
    try:
        return [none_for_unknown(shape) for shape in operation(call).on(*shapes).outs]
    except ParamcalcError as error:
        return error


def none_for_unknown(shape: Any) -> tuple[int | None, ...]:
    return tuple(size if isinstance(size, int) else None for size in shape)


def announced(call: Call) -> Any:
    """Keras's shapes, or ``None`` where it refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's, about how Keras compares
            return keras_announces(call)
    except Exception:
        return None


def keras_announces(call: Call) -> Any:
    args, kwargs = replaced([call.args, call.kwargs], lambda one: keras.KerasTensor(one.shape, one.dtype))
    outs = keras.tree.flatten(made(call).compute_output_spec(*args, **kwargs))
    return [tuple(None if size is None else int(size) for size in out.shape) for out in outs if out is not None]


def computed(call: Call, size: int = 2) -> Any:
    """The shapes jax computes with a size for every open one, or ``None`` where it refuses."""
    import jax

    def program(*values: Any) -> Any:
        given = iter(values)
        args, kwargs = replaced([call.args, call.kwargs], lambda _: next(given))
        return made(call).call(*args, **kwargs)

    specs = [
        jax.ShapeDtypeStruct(tuple(size if one is None else one for one in tensor.shape), tensor.dtype)
        for tensor in call.tensors
    ]
    try:
        return [tuple(out.shape) for out in jax.tree.leaves(jax.eval_shape(program, *specs))]
    except Exception:
        return None


def fits(shapes: Any, concrete: Any) -> bool:
    return len(shapes) == len(concrete) and all(
        len(one) == len(other) and all(a in (None, b) for a, b in zip(one, other, strict=True))
        for one, other in zip(shapes, concrete, strict=True)
    )


def agree(call: Call) -> None:
    """Ours is what Keras announces; we refuse where it refuses to announce or to compute, and where it errs."""
    mine, theirs = ours(call), announced(call)
    if not isinstance(mine, ParamcalcError):
        if theirs is None and call.op in LENIENT:
            return
        assert theirs == mine, f"{call}: Keras infers {theirs}, ours is {mine}"
    elif theirs is not None:
        truths = [computed(call, size) for size in (1, 2, 3, 4, 6)]
        unsure = isinstance(mine, LayerError) and call.op not in UNCOMPUTED  # then only a false announcement excuses us
        excused = [not fits(theirs, truth) if truth is not None else not unsure for truth in truths]
        assert any(excused), f"{call}: Keras infers and computes {theirs}: {mine}"


def exact(call: Call) -> None:
    """A named size in place of a number flows to the same result."""
    mine = ours(call)
    if isinstance(mine, ParamcalcError) or any(None in tensor.shape for tensor in call.tensors):
        return
    for at, tensor in enumerate(call.tensors):
        for axis, size in enumerate(tensor.shape):
            if size == 1:
                continue  # a size with a name is taken for more than 1
            shapes = [list(one.shape) for one in call.tensors]
            shapes[at][axis] = symbols("T")
            try:
                outs = operation(call).on(*map(tuple, shapes)).outs
            except ParamcalcError:
                continue  # what is compared with a number must be that number
            values = [tuple(one(T=size) if isinstance(one, Expr) else one for one in out) for out in outs]
            sure = [none_for_unknown(out) for out in values]
            assert fits(sure, mine), f"{call} with T on axis {axis} of input {at}: {outs}, not {mine}"


@pytest.mark.parametrize("call", quick(CALLS, 5), ids=name_of)
def test_a_call_is_what_keras_announces(call: Call) -> None:
    agree(call)
    exact(call)


def test_every_operation_is_tried() -> None:
    tried = {call.op for call in CALLS}.union(UNARIES, WHOLE, PAIRS, BITWISE, REDUCING, WHICH, ["numpy.Arange"])
    assert tried == {f"{module}.{name}" for module, name in operations()}


def test_every_operation_of_keras_has_a_rule_or_a_reason() -> None:
    package = import_module("keras.src.ops")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.endswith("_test"):
            inside = vars(import_module(f"{package.__name__}.{module.name}"))
            found |= {
                f"{module.name}.{name}": kind
                for name, kind in inside.items()
                if isinstance(kind, type)
                and issubclass(kind, keras.Operation)
                and kind.__module__ == inside["__name__"]
            }
    rules = {f"{module}.{name}": rule for (module, name), rule in operations().items()}
    assert not found.keys() - rules.keys() - LEFT.keys(), "operations nobody has thought of"
    assert not LEFT.keys() & rules.keys()
    for op in found.keys() & rules.keys():
        words = inspect.signature(found[op].__init__).parameters.values()
        options = {word.name for word in words if word.kind is not word.VAR_KEYWORD} - {"self", "name"}
        assert options <= rules[op].options, op


# --- drawn calls ------------------------------------------------------------------------------

sizes = st.sampled_from([1, 2, 3, 4, 6, None])
shapes = st.lists(sizes, max_size=4).map(tuple)
axis = st.integers(-4, 4)
axes = st.none() | axis | st.lists(axis, max_size=3).map(tuple)
drawn = settings(max_examples=examples(4, 100), deadline=None)


@st.composite
def related(draw: Any) -> tuple[Any, Any]:
    """Two shapes that mostly stretch to one another."""
    one = draw(shapes)
    other = [draw(st.sampled_from([size, size, 1, None]) | sizes) for size in one]
    pair = (one, tuple(other[draw(st.integers(0, len(other))) :]))
    return pair if draw(st.booleans()) else pair[::-1]


@drawn
@given(shapes)
def test_one_for_one(shape: Any) -> None:
    for op in UNARIES:
        agree(c(op, T(shape)))
    for op in WHOLE:
        agree(c(op, T(shape, "int32")))


@drawn
@given(related())
def test_two_stretched_to_one_another(pair: Any) -> None:
    for op in PAIRS:
        agree(c(op, *map(T, pair)))
    for op in BITWISE:
        agree(c(op, *(T(shape, "int32") for shape in pair)))
    for scalar in (2, 2.5):
        agree(c("numpy.Add", T(pair[0]), scalar))


@drawn
@given(shapes, axes, st.booleans())
def test_many_to_one(shape: Any, axes: Any, keepdims: bool) -> None:
    for op in REDUCING:
        if not (isinstance(axes, tuple) and len({one % 9 for one in axes}) < len(axes)):  # Keras miscounts those
            agree(c(op, T(shape), axis=axes, keepdims=keepdims))
    if not isinstance(axes, tuple):
        for op in WHICH:
            agree(c(op, T(shape), axis=axes, keepdims=keepdims))


ends = st.none() | st.integers(-5, 5)
keys = st.lists(
    st.builds(slice, ends, ends, ends.filter(lambda step: step != 0)) | st.integers(-4, 3) | st.none() | st.just(...),
    max_size=4,
).map(tuple)


@settings(max_examples=examples(20, 600), deadline=None)
@given(shapes, keys)
def test_what_is_written_in_brackets(shape: Any, key: Any) -> None:
    agree(c("numpy.GetItem", T(shape), key))
    exact(c("numpy.GetItem", T(shape), key))


@settings(max_examples=examples(10, 300), deadline=None)
@given(shapes, st.lists(st.sampled_from([-1, None, 1, 2, 3, 4, 6, 12]), max_size=4).map(tuple))
def test_laid_out_anew(shape: Any, newshape: Any) -> None:
    agree(c("numpy.Reshape", T(shape), newshape=newshape))
    exact(c("numpy.Reshape", T(shape), newshape=newshape))


@settings(max_examples=examples(4, 80), deadline=None)
@given(shapes, axis, axis, st.lists(st.integers(1, 3), min_size=1, max_size=4), st.permutations(range(4)))
def test_moved_about(shape: Any, one: int, other: int, counts: list[int], order: list[int]) -> None:
    x = T(shape)
    for call in (
        c("numpy.Transpose", x, axes=tuple(at for at in order if at < len(shape))),
        c("numpy.Swapaxes", x, axis1=one, axis2=other),
        c("numpy.Moveaxis", x, source=one, destination=other),
        c("numpy.ExpandDims", x, axis=one),
        c("numpy.Squeeze", x, axis=one),
        c("numpy.Tile", x, repeats=tuple(counts)),
        c("numpy.Repeat", x, repeats=counts[0], axis=one),
        c("numpy.Pad", x, pad_width=tuple((count, other % 3) for count in counts)),
        c("numpy.Split", x, indices_or_sections=counts[0] + 1, axis=one),
        c("numpy.Split", x, indices_or_sections=tuple(sorted(counts)), axis=one),
        c("numpy.ArraySplit", x, indices_or_sections=counts[0] + 1, axis=one),
        c("numpy.Flip", x, axis=(one,)),
        c("numpy.Cumsum", x, axis=one),
        c("numpy.Take", x, counts, axis=one),
        c("numpy.Diff", x, n=counts[0], axis=one),
        c("numpy.Stack", [x, x], axis=one),
        c("numpy.Diagonal", x, offset=other, axis1=0, axis2=1),
        c("nn.Softmax", x, axis=one),
        c("nn.OneHot", T(shape, "int32"), num_classes=counts[0] + 1, axis=one),
    ):
        agree(call)
        exact(call)


@settings(max_examples=examples(4, 80), deadline=None)
@given(related(), axis, st.integers(0, 3))
def test_joined_and_multiplied(pair: Any, one: int, count: int) -> None:
    x, y = map(T, pair)
    for call in (
        c("numpy.Concatenate", [x, y], axis=one),
        c("numpy.Stack", [x, y], axis=one),
        c("numpy.Matmul", x, y),
        c("numpy.Dot", x, y),
        c("numpy.Inner", x, y),
        c("numpy.Tensordot", x, y, axes=count),
        c("numpy.Einsum", x, y, subscripts="...ij,...jk->...ik"),
        c("numpy.Einsum", x, y, subscripts="ab,b->ba"),
        c("numpy.Where", T(x.shape, "bool"), x, y),
        c("numpy.TakeAlongAxis", x, T(y.shape, "int32"), axis=one),
    ):
        agree(call)
        exact(call)


# --- what Keras computes ----------------------------------------------------------------------


@pytest.mark.parametrize("call", first_of_each(CALLS, lambda call: call.op), ids=name_of)
def test_a_call_computes_what_is_announced(call: Call) -> None:
    mine, truth = ours(call), computed(call, 3)
    if isinstance(mine, ParamcalcError) or truth is None or call.op in ("math.ViewAsComplex", "core.Slice"):
        return
    assert fits(mine, truth), f"{call}: {mine} is not the computed {truth}"
