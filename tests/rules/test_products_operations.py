"""Products of operations (`keras.ops`): what each choice of tensors costs backwards, and where no gradient goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from itertools import combinations
from math import prod
from random import Random
from typing import Any

import numpy as np
import pytest
from operation_calls import (
    BITWISE,
    CALLS,
    PAIRS,
    REDUCING,
    UNARIES,
    UNCOUNTED,
    WHICH,
    WHOLE,
    Call,
    T,
    c,
    name_of,
    operation,
    replaced,
)
from tiers import examples, in_turn, sampled

import paramcalc as pc
from paramcalc.core.built import Built
from paramcalc.core.products import Product, Source, Work
from paramcalc.errors import ParamcalcError
from paramcalc.rules.ops.operation import Operation, Slot
from paramcalc.rules.ops.table import operations
from paramcalc.verification.adapters.keras.build import scope
from paramcalc.verification.adapters.keras.gradients import Gradients
from paramcalc.verification.adapters.keras.operations import build

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")

OPEN = 3  # in place of an open size
FACTORED = "linalg."  # how a factorization is differentiated is not counted
COMPLEX_ONLY = {"numpy.Imag"}  # of real numbers it is nothing, but the rule does not see a dtype
CANNOT_RUN = "nn.ConvTranspose"  # the class hands its arguments on in the wrong order; the function does not


def known(call: Call) -> Call:
    """Put a number in place of every open size."""

    def put(tensor: T) -> T:
        return T(tuple(OPEN if size is None else size for size in tensor.shape), tensor.dtype)

    return Call(call.op, call.options, *replaced([call.args, call.kwargs], put))


def built_of(call: Call) -> Built | None:
    try:
        return operation(call).on(*(tensor.shape for tensor in call.tensors))
    except ParamcalcError:
        return None


ROW, NUMBERS = T((3, 4)), T((3, 4), "int32")
FAMILIES = [
    *(c(op, ROW) for op in UNARIES),
    *(c(op, NUMBERS) for op in WHOLE),
    *(c(op, ROW, ROW) for op in PAIRS),
    *(c(op, NUMBERS, NUMBERS) for op in BITWISE),
    *(c(op, ROW, axis=1) for op in [*REDUCING, *WHICH]),
    *(c("core.Cast", ROW, dtype=dtype) for dtype in ("float16", "bfloat16", "int8", "bool")),
    *(c("numpy.Sum", ROW, axis=axis) for axis in (None, (0, 1))),
    c("numpy.Array", ROW, dtype="uint8"),
    c("numpy.Prod", ROW, dtype="int32"),
]
ALL = [known(call) for call in [*CALLS, *FAMILIES]]
ANSWERED = [call for call in ALL if built_of(call) is not None]
MULTIPLYING = [
    call
    for call in ANSWERED
    if built_of(call).products() and call.op != CANNOT_RUN and call.options.get("padding") != "causal"  # type: ignore[union-attr]
]
OTHERS = [call for call in ANSWERED if call not in MULTIPLYING]


def differentiated(program: Callable[..., Any], tensors: list[T]) -> Gradients:
    """Trace a program of tensors, and its gradients."""

    def of(values: Mapping[Source, Any]) -> Any:
        return jax.tree.map(jax.numpy.asarray, program(*(values[at] for at in range(len(tensors)))))

    return Gradients(of, {at: jax.ShapeDtypeStruct(one.shape, one.dtype) for at, one in enumerate(tensors)})


def program_of(call: Call) -> Callable[..., Any]:
    made = build(operation(call), keras)
    return lambda *tensors: made(tensors)


def runs(call: Call) -> bool:
    """Tell whether jax computes a call."""
    try:
        jax.eval_shape(program_of(call), *(jax.ShapeDtypeStruct(one.shape, one.dtype) for one in call.tensors))
    except Exception:
        return False
    return True


def problems(built: Built, theirs: Gradients, backward: bool = True) -> Iterator[str]:
    """Say where a rule and the program differ: forwards, backwards for every choice of inputs, in what it reaches."""
    if built.forward() != theirs.forward():
        yield f"forwards {built.forward()}, jax {theirs.forward()}"
    for size in range(len(theirs.sources) + 1):
        for live in combinations(theirs.sources, size) if backward else ():
            if built.backward(live) != theirs.backward(live):
                yield f"backwards for {live}: {built.backward(live)}, jax {theirs.backward(live)}"
    yield from flow_problems(built, theirs)


def flow_problems(built: Built, theirs: Gradients) -> Iterator[str]:
    numbers = frozenset(theirs.sources)
    for at, (shape, reached) in enumerate(zip(theirs.shapes, theirs.flow(), strict=True)):
        mine = built.flow(len(numbers), at) & numbers
        if prod(shape) and mine != reached:  # where there are no numbers, none comes from an input
            yield f"output {at} depends on {sorted(mine, key=str)}, in jax on {sorted(reached, key=str)}"


@pytest.mark.parametrize("call", sampled(MULTIPLYING, 2), ids=name_of)
def test_products_are_those_of_the_program(call: Call) -> None:
    built = built_of(call)
    assert built is not None
    assert not list(problems(built, differentiated(program_of(call), call.tensors)))


@pytest.mark.parametrize("call", sampled(in_turn(OTHERS), 8), ids=name_of)
def test_a_gradient_goes_where_the_program_lets_it(call: Call) -> None:
    built = built_of(call)
    assert built is not None
    if not runs(call) or call.op in COMPLEX_ONLY:
        return
    try:
        theirs = differentiated(program_of(call), call.tensors)
    except NotImplementedError:  # jax does not differentiate it
        return
    except AttributeError:
        assert call.op == "image.ElasticTransform"  # Keras keeps the state of a random generator
        return
    if call.op in UNCOUNTED:
        assert not list(flow_problems(built, theirs))
    else:
        assert not list(problems(built, theirs, backward=not call.op.startswith(FACTORED)))


TRANSPOSED = ({"padding": "same"}, {"padding": "valid", "strides": (2, 1)}, {"padding": "valid", "dilation_rate": 2})


@pytest.mark.parametrize("words", TRANSPOSED, ids=str)
def test_a_transposed_convolution_costs_what_the_function_does(words: dict[str, Any]) -> None:
    tensors = [T((2, 9, 8, 4)), T((3, 2, 6, 4))]
    built = built_of(c(CANNOT_RUN, *tensors, **words))
    assert built is not None
    program = differentiated(lambda x, k: keras.ops.conv_transpose(x, k, **({"strides": 1} | words)), tensors)
    assert list(built.outs) == program.shapes
    assert not list(problems(built, program))


def test_scores_depend_on_a_bias_and_not_on_a_mask() -> None:
    query, key = T((2, 4, 3, 5)), T((2, 7, 3, 5))
    call = c("nn.DotProductAttention", query, key, key, T((2, 3, 4, 7)), T((2, 3, 4, 7), "bool"))
    built = built_of(call)
    assert built is not None
    program = differentiated(lambda q, k, v, b, m: keras.ops.dot_product_attention(q, k, v, b, m), call.tensors)
    assert not list(problems(built, program))


# --- constants and places of tensors ------------------------------------------------------------


def array(*shape: int) -> Any:
    value: Any = 0.0
    for size in reversed(shape):
        value = [value] * size
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}}


CONSTANT = [  # what it is called with, by position or by name; the tensors
    ("numpy.Matmul", {}, [Slot(0), array(3, 5)], {}, [T((2, 3))]),
    ("numpy.Matmul", {}, [array(5, 2), Slot(0)], {}, [T((2, 3))]),
    ("numpy.Matmul", {}, [], {"x2": Slot(0), "x1": Slot(1)}, [T((3, 5)), T((2, 3))]),
    ("numpy.Matmul", {}, [Slot(0), Slot(0)], {}, [T((3, 3))]),
    ("numpy.Einsum", {"subscripts": "ij,jk,kl->il"}, [Slot(1), array(3, 4), Slot(0)], {}, [T((4, 5)), T((2, 3))]),
    ("nn.Conv", {"padding": "same"}, [Slot(0), array(3, 4, 6)], {}, [T((2, 9, 4))]),
    ("nn.Conv", {"padding": "same"}, [array(2, 9, 4)], {"kernel": Slot(0)}, [T((3, 4, 6))]),
    (
        "nn.SeparableConv",
        {"padding": "valid"},
        [Slot(0), array(3, 4, 2)],
        {"pointwise_kernel": Slot(1)},
        [T((2, 9, 4)), T((1, 8, 5))],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("op", "options", "args", "kwargs", "tensors"), CONSTANT, ids=str)
def test_a_constant_has_no_gradient(op: str, options: Any, args: Any, kwargs: Any, tensors: list[T]) -> None:
    module, _, name = op.partition(".")
    made = Operation(f"keras.src.ops.{module}", name, options, args, kwargs)
    call = build(made, keras)
    built = made.on(*(tensor.shape for tensor in tensors))
    assert built.forward() > 0
    assert not list(problems(built, differentiated(lambda *given: call(given), tensors)))


def test_every_source_is_a_tensor_of_the_call() -> None:
    # a misspelt parameter would be taken for the path of a weight
    for call in ALL:
        built = built_of(call)
        if built is None or built.work is None:
            continue
        tensors = set(range(len(call.tensors)))
        found = [operand for one in built.products() for operand in (one.left, one.right)]
        found += [built.flow(len(tensors), at) for at in range(len(built.outs))]
        assert all(operand <= tensors for operand in found), call
    for rule in operations().values():
        assert set(rule.flow or ()) <= set(rule.signature.parameters), rule


# --- einsum -------------------------------------------------------------------------------------


def drawn(draw: Random, inputs: int) -> Call:
    """An einsum of some inputs over a few letters."""
    sizes = {letter: draw.choice((1, 2, 3, 5, 7)) for letter in "abcdef"}
    terms = ["".join(draw.sample("abcdef", draw.randint(1, 3))) for _ in range(inputs)]
    met = sorted(set("".join(terms)))
    kept = "".join(draw.sample(met, draw.randint(0, min(3, len(met)))))
    tensors = (T(tuple(sizes[letter] for letter in term)) for term in terms)
    return c("numpy.Einsum", *tensors, subscripts=f"{','.join(terms)}->{kept}")


@pytest.mark.parametrize("inputs", [2, 3])
def test_einsum_of_up_to_three_inputs_takes_the_order_of_jax(inputs: int) -> None:
    draw = Random(inputs)
    for _ in range(examples(8, 300)):
        call = drawn(draw, inputs)
        built = built_of(call)
        assert built is not None
        assert not list(problems(built, differentiated(program_of(call), call.tensors))), call


@pytest.mark.parametrize("inputs", [4, 5])
def test_einsum_of_more_inputs_is_a_chain_of_products(inputs: int) -> None:
    # opt_einsum does not always find the cheapest order, so that jax may multiply otherwise
    draw = Random(inputs)
    for _ in range(examples(20, 500)):
        built = built_of(drawn(draw, inputs))
        assert built is not None
        assert len(built.products()) == inputs - 1
        last: Product = built.products()[-1]
        assert last.left | last.right == set(range(inputs))
        assert last.left.isdisjoint(last.right)


# --- in a model ---------------------------------------------------------------------------------


def attending(x: Any, tokens: Any) -> Any:
    """Attention written with operations, one branch of it cut off from the gradient."""
    table = keras.layers.Embedding(7, 4, name="table")(tokens)
    query, key, value = (keras.layers.Dense(4, use_bias=False, name=name)(x) for name in ("query", "key", "value"))
    scores = keras.ops.softmax(keras.ops.matmul(query, keras.ops.transpose(key, (0, 2, 1))))
    seen = keras.ops.einsum("bqk,bkd->bqd", scores, value + table)
    mixed = keras.ops.matmul(seen, np.ones((4, 5), "float32"))
    best = keras.ops.one_hot(keras.ops.argmax(keras.layers.Dense(3, name="cut")(mixed), axis=-1), 3)
    fixed = keras.ops.stop_gradient(keras.layers.Dense(5, name="stopped")(x))
    out = keras.layers.Dense(2, name="out")(keras.ops.concatenate([mixed, best, keras.ops.floor(fixed)], axis=-1))
    return out, keras.ops.sum(out * keras.ops.cast(tokens, "float32")[:, :, None], axis=1)


def test_a_graph_of_operations_costs_what_keras_makes_of_it() -> None:
    with scope():
        x, tokens = keras.Input((5, 6), 2), keras.Input((5,), 2, dtype="int32")
        theirs = keras.Model([x, tokens], attending(x, tokens))
    ours = pc.loads(theirs.to_json())
    built = ours.on((2, 5, 6), (2, 5))
    values: dict[Source, Any] = {0: jax.ShapeDtypeStruct((2, 5, 6), "float32")}
    values |= {1: jax.ShapeDtypeStruct((2, 5), "int32")}
    weights = {
        variable.path: jax.ShapeDtypeStruct(variable.shape, "float32") for variable in theirs.trainable_variables
    }
    assert set(weights) == set(built.weight_paths)

    def program(values: Mapping[Source, Any]) -> Any:
        return theirs.stateless_call([values[path] for path in weights], [], [values[0], values[1]])[0]

    measured = Gradients(program, {**values, **weights})
    assert not list(flow_problems(built, measured))
    assert built.forward() == measured.forward()
    alone = [[source] for source in measured.sources]
    draw = Random(0)
    several = [[source for source in measured.sources if draw.random() < 0.4] for _ in range(examples(5, 200))]
    for live in [*alone, *several, measured.sources]:
        assert built.backward(live) == measured.backward(live), live


# --- broken on purpose --------------------------------------------------------------------------

SEPARABLE = c("nn.SeparableConv", T((2, 9, 4)), T((3, 4, 2)), T((1, 8, 5)), padding="valid")
THREE = c("numpy.Einsum", T((2, 3)), T((3, 5)), T((5, 7)), subscripts="ij,jk,kl->il")
ATTENTION = c("nn.DotProductAttention", T((2, 4, 3, 5)), T((2, 7, 3, 5)), T((2, 7, 3, 5)))


def operands(*wrong: tuple[Any, Any]) -> Callable[[Product, int], Product]:
    """Give the products of a rule other operands, one after the other."""
    return lambda one, at: one._replace(left=frozenset(wrong[at][0]), right=frozenset(wrong[at][1]))


BROKEN: dict[str, tuple[Call, Callable[[Product, int], Product]]] = {
    "a kernel without a source": (c("nn.Conv", T((2, 9, 4)), T((3, 4, 6))), operands((["inputs"], []))),
    "an image without a source": (c("nn.Conv", T((2, 9, 4)), T((3, 4, 6))), operands(([], ["kernel"]))),
    "both operands from one tensor": (c("numpy.Matmul", T((2, 3)), T((3, 4))), operands((["x1"], ["x1"]))),
    "a pointwise part that the depthwise kernel does not reach": (
        SEPARABLE,
        operands((["inputs"], ["depthwise_kernel"]), (["inputs"], ["pointwise_kernel"])),
    ),
    "scores that the keys do not reach": (ATTENTION, operands((["query"], ["key"]), (["query"], ["value"]))),
    "an inner product of two factors alone": (THREE, operands(([0], [1]), ([1], [2]))),
    "a window that is trained": (
        c("image.GaussianBlur", T((2, 5, 6, 3)), kernel_size=(3, 3)),
        operands((["images"], ["images"])),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_wrong_sources_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call, wrong = BROKEN[name]
    theirs, right = differentiated(program_of(call), call.tensors), built_of(call)
    assert right is not None
    assert not list(problems(right, theirs))
    key = tuple(call.op.split("."))
    honest = operations()[key]

    @wraps(honest.body)
    def body(*args: Any, **words: Any) -> Built:
        built = honest.body(*args, **words)
        made = [wrong(one, at) for at, one in enumerate(built.products())]
        return built._replace(work=lambda: Work(tuple(made)))

    monkeypatch.setitem(operations(), key, honest._replace(body=body))
    broken = built_of(call)
    assert broken is not None
    assert any("backwards" in problem for problem in problems(broken, theirs))


@pytest.mark.parametrize(
    ("call", "flow"),
    [
        (c("numpy.Floor", ROW), None),
        (c("numpy.Argmax", ROW, axis=1), ("x",)),
        (c("numpy.Maximum", ROW, ROW), ()),
        (c("numpy.Where", T((3, 4), "bool"), ROW, ROW), ("x1",)),
        (c("core.StopGradient", ROW), None),
    ],
    ids=str,
)
def test_a_wrong_flow_is_found(call: Call, flow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = differentiated(program_of(call), call.tensors)
    key = tuple(call.op.split("."))
    monkeypatch.setitem(operations(), key, operations()[key]._replace(flow=flow))
    built = built_of(call)
    assert built is not None
    assert list(flow_problems(built, theirs))
