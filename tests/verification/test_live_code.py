"""Live Keras models with Python code of their own: custom layers and subclassed models, counted from what they hold."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.core.shapes import UNKNOWN_SHAPE
from paramcalc.graph.unknown_layers import UnknownLayer

keras = pytest.importorskip("keras")
L = keras.layers

# what Keras says of a layer that is never called
pytestmark = pytest.mark.filterwarnings("ignore:.build... was called on layer:UserWarning")


class Mixer(L.Layer):
    """A custom layer: a weight of its own, one that is not trained, a layer inside."""

    def build(self, shape: Any) -> None:
        self.mix = self.add_weight(shape=(shape[-1], 5), name="mix")
        self.seen = self.add_weight(shape=(2,), name="seen", trainable=False)
        self.inner = L.Dense(3, name="inner")
        self.inner.build(shape)

    def call(self, x: Any) -> Any:
        return x @ self.mix


class Silent(Mixer):
    """A custom layer that cannot be written down."""

    def get_config(self) -> Any:
        raise NotImplementedError("nobody wrote it")


class InCode(keras.Model):
    """A model whose graph is in its code, with a weight of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.scale = self.add_weight(shape=(4,), name="scale")
        self.many = [L.Dense(3), L.BatchNormalization(), L.Bidirectional(L.LSTM(2))]

    def call(self, x: Any) -> Any:
        for layer in self.many:
            x = layer(x)
        return x


class Graph(keras.Model):
    """A subclass that makes its graph when it is made."""

    def __init__(self, **options: Any) -> None:
        x = keras.Input((4,))
        super().__init__(x, L.Dense(3)(L.Dense(2)(x)), **options)


class Chain(keras.Sequential):
    """A subclass of Sequential."""


def custom() -> Any:
    return keras.Sequential([keras.Input((4,)), L.Dense(3), Mixer(name="mixer"), L.Dense(2)])


def deep() -> Any:
    inner = keras.Sequential([keras.Input((3,)), Mixer(name="mixer"), L.Dense(2)], name="inner")
    return keras.Sequential([keras.Input((4,)), L.Dense(3), inner])


def frozen() -> Any:
    model = custom()
    model.get_layer("mixer").trainable = False
    return model


def in_code() -> Any:
    model = InCode(name="m")
    model(keras.ops.zeros((2, 6, 4)))
    return model


def nested() -> Any:
    x, two = keras.Input((4,)), Graph(name="graph")
    return keras.Model(x, [two(x), two(L.Dense(4)(x)), Graph(name="other")(x)])


CASES = [custom, deep, frozen, in_code, nested, Graph, lambda: Chain([keras.Input((4,)), L.Dense(3)])]


@pytest.mark.parametrize("made", CASES)
def test_it_counts_what_keras_counts(made: Any) -> None:
    model = made()
    reading = pc.from_keras(model)
    assert reading.report().exact
    assert reading.total == model.count_params()
    assert reading.trainable == sum(prod(weight.shape) for weight in model.trainable_weights)
    found = pc.verify(model)
    assert found.ok, str(found)
    rows = [row for _, row in reading.report().leaves if isinstance(row.layer, UnknownLayer)]
    assert len(found.remarks) == len(rows)


def test_a_custom_layer_is_told_tensor_by_tensor() -> None:
    row = pc.from_keras(custom()).rows[1]
    told = [(weight.path, weight.shape, weight.trainable) for weight in row.weights]
    assert sorted(told) == [
        ("inner/bias", (3,), True),
        ("inner/kernel", (3, 3), True),
        ("mix", (3, 5), True),
        ("seen", (2,), False),
    ]
    assert str(pc.verify(custom())).splitlines()[1:] == ["  mixer (Mixer): counted as it is, no rule"]


def test_the_layers_of_a_model_in_code_are_listed_with_their_shapes() -> None:
    report = pc.from_keras(in_code()).report()
    assert [(row.type, row.params) for row in report.rows] == [
        ("Dense", 15),
        ("BatchNormalization", 12),
        ("Bidirectional", 2 * 4 * (2 * (2 + 3) + 2)),
        ("InCode", 4),
    ]
    assert report.warnings == [
        "m_itself (InCode): weights of the model itself",
        "its graph is in Python code: what its layers read, and how often they are called, is not known",
    ]
    assert (report.inputs, report.outputs, report.type) == ([UNKNOWN_SHAPE], [], "InCode")


def test_a_graph_that_cannot_be_written_down_is_a_list_of_layers() -> None:
    model = keras.Sequential([keras.Input((4,)), L.Dense(3), Silent(name="silent")])
    report = pc.from_keras(model).report()
    assert (report.total, report.exact) == (model.count_params(), True)
    assert report.warnings[-1].startswith("the graph cannot be written down: ")
    assert pc.verify(model).ok


def test_a_model_in_code_that_is_not_built_is_refused() -> None:
    with pytest.raises(pc.ParamcalcError, match=r"InCode 'm' keeps its graph in Python code, and is not built"):
        pc.from_keras(InCode(name="m"))


def test_what_keras_counts_otherwise_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    model = in_code()
    monkeypatch.setattr(type(model), "count_params", lambda self: 1)
    with pytest.raises(pc.ParamcalcError, match="and Keras counts 1"):
        pc.from_keras(model)


def test_a_shape_that_keras_announces_otherwise_is_settled_by_running_it() -> None:
    model = keras.Sequential([keras.Input((6, 4)), L.EinsumDense("abc,cd->abd", output_shape=(None, 5), name="e")])
    found = pc.verify(model)
    assert found.ok
    assert found.remarks == ["e: Keras infers (None, None, 5) and computes (B, 6, 5)"]


def test_a_layer_changed_since_it_was_made_is_counted_as_it_is() -> None:
    x = keras.Input((6, 4))
    inner = keras.Sequential([keras.Input((6, 4)), L.Dense(4)])
    y = L.MultiHeadAttention(2, 3, name="mha")
    model = keras.Model(x, inner(y(x, x)))
    y._query_dense.enable_lora(2)
    reading = pc.from_keras(model)
    assert (reading.total, reading.report().exact) == (model.count_params(), True)
    assert reading.trainable == sum(prod(weight.shape) for weight in model.trainable_weights)
    assert reading.report().warnings == [
        "mha (MultiHeadAttention): it holds other weights than its rule says; counted as they are"
    ]
    assert not pc.verify(model).ok  # its rule, on the configuration it has, does not say so


class Beside(keras.Model):
    """A graph, and a weight beside it."""

    def __init__(self, **options: Any) -> None:
        x = keras.Input((3,))
        super().__init__(x, L.Dense(2, name="only")(x), **options)
        self.own = self.add_weight(shape=(9,), name="own")


class Holder(L.Layer):
    """A custom layer around another that it may share."""

    def __init__(self, inner: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.inner = inner

    def call(self, x: Any) -> Any:
        return self.inner(x)


class Unwritten(L.Layer):
    """A custom layer whose configuration cannot be written down, one way or the other."""

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.config = config

    def build(self, shape: Any) -> None:
        self.w = self.add_weight(shape=(shape[-1], 2), name="w")

    def call(self, x: Any) -> Any:
        return x @ self.w

    def get_config(self) -> Any:
        if isinstance(self.config, Exception):
            raise self.config
        return self.config


class Twice(keras.Model):
    """Two layers of one name, a third that is never called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.one, self.two, self.idle = L.Dense(4, name="dup"), L.Dense(5, name="dup"), L.Dense(3)

    def call(self, x: Any) -> Any:
        return self.two(self.one(self.one(x)))


def shared_inside() -> Any:
    x, inner = keras.Input((4,)), L.Dense(4)
    return keras.Model(x, Holder(inner, name="b")(Holder(inner, name="a")(inner(x))))


def twice() -> Any:
    model = Twice(name="m")
    model(keras.ops.zeros((2, 4)))
    return model


def wrapped() -> Any:
    class Around(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.each = L.TimeDistributed(Unwritten(ValueError("no")))

        def call(self, x: Any) -> Any:
            return self.each(x)

    model = Around()
    model(keras.ops.zeros((2, 3, 4)))
    return model


@pytest.mark.parametrize(
    "made",
    [
        Beside,
        shared_inside,
        twice,
        wrapped,
        lambda: keras.Sequential([keras.Input((4,)), L.Dense(3), Unwritten(RuntimeError("boom"))]),
        lambda: keras.Sequential([keras.Input((4,)), L.Dense(3), Unwritten({"a": object()})]),
        lambda: keras.Sequential([keras.Input((4,)), Unwritten({})]),
    ],
)
def test_whatever_it_is_it_counts_what_keras_counts(made: Any) -> None:
    model = made()
    report = pc.from_keras(model).report()
    learns = sum(prod(weight.shape) for weight in model.trainable_weights)
    assert (report.total, report.trainable, report.exact) == (model.count_params(), learns, True)
    found = pc.verify(model)
    assert found.ok, str(found)
    assert found.params == model.count_params()


def test_of_a_model_in_code_no_work_is_known() -> None:
    report = pc.from_keras(twice()).report()
    assert [row.name for row in report.rows] == ["dup", "dup_1", report.rows[2].name]
    assert report.warnings[0].endswith("(Dense): it was never called, and has no weights")
    found = report.to_dict()
    assert (found["macs"], found["macs_exact"]) == (0, False)
    assert [row["macs"] for row in found["layers"]] == [None, None, None]
    assert not any("reads" in row for row in found["layers"])


def test_a_rule_that_is_wrong_is_seen_in_code_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    from paramcalc.core.registry import known

    rule = known("Dense")
    assert rule is not None
    honest = rule.body
    monkeypatch.setattr(rule, "body", lambda x, **options: honest(x, **{**options, "use_bias": False}))
    found = pc.verify(twice())
    assert ("dup", "bias") in [(one.layer, one.what) for one in found.differences]
