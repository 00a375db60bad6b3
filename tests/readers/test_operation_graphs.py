"""Operations as Keras writes them down in a graph, as Keras builds them again, and as a file may garble them."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from operation_calls import CALLS, Call, T, replaced
from tiers import examples, quick

from paramcalc.errors import Disagreement, LayerError, ParamcalcError, ShapeError
from paramcalc.rules.ops.operation import Operation, Slot, known
from paramcalc.symbolic import symbols, unknown
from paramcalc.verification.adapters.keras.operations import build

keras = pytest.importorskip("keras")
NUMPY, NN, CORE = (f"keras.src.ops.{name}" for name in ("numpy", "nn", "core"))
B = unknown("B")
T_, d = symbols("T d")


def none_for_unknown(shape: Any) -> tuple[int | None, ...]:
    return tuple(size if isinstance(size, int) else None for size in shape)


def check(inputs: Any, outputs: Any) -> int:
    """Read every operation of a real graph off its JSON; hold its shapes against the model's; say how many."""
    model = keras.Model(inputs, outputs)
    made = {operation.name: operation for operation in model.operations}
    count = 0
    for layer in json.loads(model.to_json())["config"]["layers"]:
        if ".ops." not in layer["module"]:
            continue
        for node, written in zip(made[layer["name"]]._inbound_nodes, layer["inbound_nodes"], strict=True):
            tensors: list[tuple[Any, ...]] = []

            def slot(value: Any, tensors: Any = tensors) -> Any:
                if isinstance(value, list):
                    return [slot(one) for one in value]
                if not isinstance(value, dict):
                    return value
                if value.get("class_name") == "__keras_tensor__":
                    tensors.append(tuple(B if size is None else size for size in value["config"]["shape"]))
                    return Slot(len(tensors) - 1)
                return {name: slot(one) for name, one in value.items()}

            args, kwargs = slot(written["args"]), slot(written["kwargs"])
            operation = Operation(layer["module"], layer["class_name"], layer["config"], args, kwargs, layer["name"])
            announced = [tuple(out.shape) for out in node.output_tensors]
            assert [none_for_unknown(out) for out in operation.on(*tensors).outs] == announced, repr(operation)
            rebuilt = build(operation, keras)([keras.KerasTensor(none_for_unknown(shape)) for shape in tensors])
            assert [tuple(out.shape) for out in keras.tree.flatten(rebuilt)] == announced, repr(operation)
            count += 1
    return count


PARTS = 5


@pytest.mark.parametrize("part", quick(range(PARTS), PARTS))
def test_calls_are_read_from_a_real_graph(part: int) -> None:
    count = 0
    for call in CALLS[part::PARTS]:
        inputs: list[Any] = []

        def entry(tensor: T, inputs: Any = inputs) -> Any:
            inputs.append(keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype))
            return inputs[-1]

        args, kwargs = replaced([call.args, call.kwargs], entry)
        module, _, name = call.op.partition(".")
        try:
            outputs = getattr(__import__(f"keras.src.ops.{module}", fromlist=[name]), name)(**deepcopy(call.options))(
                *args, **kwargs
            )
        except Exception:
            continue  # Keras refuses
        if readable(call):
            count += check(inputs, outputs)
    assert count > 80


def readable(call: Call) -> bool:
    try:
        operation = Operation(
            f"keras.src.ops.{call.op.partition('.')[0]}", call.op.partition(".")[2], plain(call.options),
            *plain(slotted([call.args, call.kwargs])),
        )  # fmt: skip
        operation.on(*map(known_sizes, call.tensors))
    except ParamcalcError:
        return False  # no rule for this call of it
    return True


def known_sizes(tensor: T) -> tuple[Any, ...]:
    return tuple(B if size is None else size for size in tensor.shape)


def slotted(value: Any) -> Any:
    counted = iter(range(1000))
    return replaced(value, lambda tensor: Slot(next(counted)))


def plain(value: Any) -> Any:
    if isinstance(value, slice):
        return {"class_name": "__slice__", "config": {"start": value.start, "stop": value.stop, "step": value.step}}
    if value is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return {name: plain(one) for name, one in value.items()} if isinstance(value, dict) else value


ops = keras.ops
GRAPHS: list[Callable[[Any], Any]] = [
    lambda x: x[:, 1:-1:2, None, ..., -1] * 2 - 1,
    lambda x: -(x**2) // 3 % 2 + np.ones((4, 1), "float32"),
    lambda x: x @ ops.transpose(x, (0, 2, 1)) + ops.ones((4,)),
    lambda x: ops.concatenate([x, np.ones((2, 4, 6), "float32")], axis=0),
    lambda x: ops.reshape(x, (ops.shape(x)[0], -1)),
    lambda x: ops.where(ops.logical_and(x > 0, x < 1), x, 0.0),
    lambda x: ops.select([x > 0, x < 0], [x, 2 * x], 0.0),
    lambda x: ops.take(x, np.array([0, 1]), axis=1),
    lambda x: ops.slice_update(ops.tile(x, (1, 2, 1)), (0, 0, 0), ops.ones((2, 2, 2))),
    lambda x: ops.one_hot(ops.argmax(x, axis=-1), 6),
    lambda x: ops.conv(x, np.ones((3, 6, 8), "float32"), 1, "same"),
    lambda x: ops.batch_normalization(x, np.ones(6, "float32"), np.ones(6, "float32"), -1),
    lambda x: ops.rms_normalization(ops.layer_normalization(x, np.ones(6, "float32")), np.ones(6, "float32")),
    lambda x: ops.image.extract_patches(ops.image.resize(x[..., None], (8, 8)), 2),
    lambda x: ops.quantile(ops.pad(x, 1, constant_values=3.0), [0.1, 0.5], axis=1),
    lambda x: ops.average(x, axis=1, weights=np.ones(4)),
    lambda x: ops.digitize(ops.softmax(ops.cast(x, "float16")), np.array([0.0, 1.0])),
    lambda x: ops.stack([*ops.unstack(x, axis=1), ops.split(x, [2, 3], axis=1)[1][:, 0]], axis=1),
    lambda x: ops.moments(x, axes=(0, 1))[0] + ops.norm(x, axis=-1, ord=2)[..., None],
    lambda x: ops.dot_product_attention(*[ops.reshape(x, (-1, 4, 2, 3))] * 3),
    lambda x: ops.top_k(x, 2)[0] + ops.max(x, axis=-1, keepdims=True, initial=0.0),
    lambda x: ops.einsum("bij,bkj->bik", x, x),
]  # fmt: skip


@pytest.mark.parametrize("made", range(len(GRAPHS)))
def test_graphs_as_people_write_them(made: int) -> None:
    x = keras.Input(batch_shape=(None, 4, 6))
    assert check(x, GRAPHS[made](x)) >= 1


def test_named_sizes_flow_exactly() -> None:
    def on(module: str, type: str, options: Any, args: Any, *shapes: Any) -> Any:
        return Operation(module, type, options, args, {}).on(*shapes).outs[0]

    cut = {"class_name": "__slice__", "config": {"start": 1, "stop": -1, "step": 2}}
    every = {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": None}}
    head = {"class_name": "__slice__", "config": {"start": None, "stop": 5, "step": None}}
    x = (B, T_, 6)
    assert str(on(NUMPY, "GetItem", {}, [Slot(0), [every, cut]], x)[1]) == "⌊[max(T − 2, 0) − 1]/2⌋ + 1"
    assert str(on(NUMPY, "GetItem", {}, [Slot(0), [every, head]], x)[1]) == "min(T, 5)"
    assert on(NN, "Conv", {"strides": 2, "padding": "valid"}, [Slot(0), Slot(1)], x, (3, 6, 8)) == (
        B,
        (T_ - 3) // 2 + 1,
        8,
    )
    assert on(NUMPY, "Reshape", {"newshape": [-1, 6]}, [Slot(0)], x) == (B * T_, 6)
    assert on(NUMPY, "Reshape", {"newshape": [-1, 2, 3]}, [Slot(0)], (B, 6)) == (B, 2, 3)
    assert on(NUMPY, "Reshape", {"newshape": [None, 6]}, [Slot(0)], (B, 2, 3)) == (B, 6)
    assert on(NUMPY, "Concatenate", {"axis": 1}, [[Slot(0), Slot(1)]], x, (B, d, 6)) == (B, T_ + d, 6)
    assert on(*ADD, {}, [Slot(0), Slot(1)], x, (B, 1, 6)) == x
    assert on(*MEAN, {"axis": 0}, [Slot(0)], x) == (T_, 6)
    product = Operation(NUMPY, "Matmul", {}, [Slot(0), Slot(1)], {}).on(x, (6, d))
    assert product.outs == ((B, T_, d),)
    assert product.work is not None
    assert product.forward() == B * T_ * d * 6


def test_an_operation_is_a_layer_without_weights() -> None:
    mean = Operation(NUMPY, "Argmax", {"axis": -1, "keepdims": False, "name": "best"}, [Slot(0)], {})
    assert (mean.type, mean.name, mean.label, mean.frozen, mean.axes(3)) == ("Argmax", None, "argmax", False, None)
    assert mean.options == {"axis": -1, "keepdims": False}
    assert repr(mean) == "Argmax(Slot(0), axis=-1, keepdims=False)"
    assert mean.on((B, 4)).weights == ()
    array = {"class_name": "__numpy__", "config": {"value": [1.0] * 1000, "dtype": "float32"}}
    assert repr(Operation(NUMPY, "Add", {}, [Slot(0), array], {})) == "Add(Slot(0), numpy)"
    assert Operation(NUMPY, "GetItem", {}, [Slot(0), 0], {}, "first").label == "first"
    assert Operation(NUMPY, "GetItem", {}, [Slot(0), 0], {}).label == "get_item"
    assert known(NUMPY, "Mean")
    for module, type in ((NN, "Mean"), ("keras.src.ops", "Mean"), ("numpy", "Mean"), (CORE, "Cond"), ("", "")):
        assert not known(module, type)


MEAN, ADD = (NUMPY, "Mean"), (NUMPY, "Add")
REFUSED = [
    ((CORE, "Cond", {}, [], {}), (), "no rule for the operation 'Cond'"),
    ((*MEAN, {"axes": 1}, [Slot(0)], {}), (), "no rule for the operation 'Mean' with an option 'axes'"),
    ((*MEAN, {"axis": "b"}, [Slot(0)], {}), ((3,),), "no rule for the operation 'Mean' with 'b' for a whole number"),
    ((*MEAN, {}, [Slot(0), 3], {}), (), "no rule for the operation 'Mean' called like this"),
    ((*ADD, {}, [Slot(0), [1]], {}), ((3,),), "no rule for the operation 'Add' given a list where a tensor belongs"),
    (
        (NUMPY, "Arange", {}, [Slot(0)], {}),
        ((),),
        "no rule for the operation 'Arange' of a tensor: their number depends on its value",
    ),
    ((*MEAN, {"axis": 2}, [Slot(0)], {}), ((3, 4),), "no such axis; expected a number from -2 to 1, received 2"),
    ((*ADD, {}, [Slot(0), Slot(1)], {}), ((3,),), "Add is called on 2 tensors here, received 1"),
    (
        (*ADD, {}, [Slot(0), Slot(1)], {}),
        ((3,), (4,)),
        "input 1 gives 3 and input 2 gives 4 on axis 0; they must agree",
    ),
    (
        (NUMPY, "Reshape", {"newshape": [5, -1]}, [Slot(0)], {}),
        ((3, 4),),
        "12 numbers do not fill a shape of multiples of 5",
    ),
    (
        ("keras.src.ops.math", "TopK", {"k": 7}, [Slot(0)], {}),
        ((B, 6),),
        "top_k needs at least k values; expected at most 6, received 7",
    ),
    ((*ADD, {}, [Slot(0), {"class_name": "Dog"}], {}), (), "no rule for the operation 'Add' given a 'Dog'"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "shapes", "message"), REFUSED, ids=[message for _, _, message in REFUSED])
def test_what_is_refused_says_why(call: Any, shapes: Any, message: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        Operation(*call).on(*shapes)
    assert str(caught.value) == message
    kind = LayerError if message.startswith("no rule") else Disagreement if "agree" in message else ShapeError
    assert type(caught.value) is kind


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-4, 9) | st.integers() | st.floats() | st.sampled_from(["same", "b->b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["class_name", "config", "x"]), inner),
    max_leaves=5,
)  # fmt: skip


@settings(max_examples=examples(8, 100), deadline=None)
@given(st.data())
def test_garbled_files_end_in_errors_of_ours(data: Any) -> None:
    pool = data.draw(st.lists(json_values, min_size=4, max_size=4))
    shape = data.draw(st.lists(st.sampled_from([1, 2, 3, B, T_]), max_size=4))
    at = data.draw(st.integers(0, 3))
    messages = {"some"}
    for count, call in enumerate(CALLS):
        options, args = plain(call.options), plain(slotted(call.args))
        if options and at < 2:
            options[sorted(options)[at % len(options)]] = pool[count % 4]
        elif at == 2:
            args[count % len(args)] = pool[count % 4]
        module, _, name = call.op.partition(".")
        try:
            operation = Operation(f"keras.src.ops.{module}", name, options, args, {})
            operation.on(
                *[tuple(shape) if at == 3 else known_sizes(tensor) for tensor in call.tensors][: operation.tensors]
            )
        except ParamcalcError as error:
            messages.add(str(error))
    assert "" not in messages


def test_only_operations_of_keras_are_built() -> None:
    mean = Operation(*MEAN, {}, [Slot(0)], {})
    for module, type in (
        ("os", "system"),
        (NUMPY, "np"),
        (NUMPY, "KerasTensor"),
        (NN, "Mean"),
        ("keras.src.ops.x", "Mean"),
    ):
        mean.module, mean._type = module, type
        with pytest.raises(LayerError, match="has no operation"):
            build(mean, keras)


def test_a_key_written_as_a_list_is_a_key_of_several_axes() -> None:
    item = Operation(NUMPY, "GetItem", {}, [Slot(0), [0, 1]], {})
    assert item.on((3, 4)).outs == ((),)
    assert build(item, keras)([np.ones((3, 4))]).shape == ()
