"""Models of every odd kind, saved by Keras in every way: what is read is what Keras counts, or said not to be."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import pytest
from tiers import quick

import paramcalc as pc
from paramcalc.report import Report

keras = pytest.importorskip("keras")
pytest.importorskip("h5py")
L = keras.layers

from odd_models import Scaled, chain, graph, guessed, register, saved  # noqa: E402  # it imports Keras

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning", "ignore:You are saving your model", "ignore:Layer .* does not"
)
GUESSED = ", taken as trained: no file says which are"
CUSTOM = "a custom class; only its own code knows its weights; counted from the weights stored with it"


@register("odd")
class Wider(L.Dense):
    """A layer of Keras with a weight more; what Keras stores of it is what a Dense stores."""

    def build(self, shape: Any) -> None:
        super().build(shape)
        self.more = self.add_weight(shape=(3,), name="more")


@register("odd")
class Block(keras.Model):
    """A model whose graph only its code knows, and whose configuration has no name."""

    def __init__(self, units: int = 3, **others: Any) -> None:
        super().__init__(**others)
        self.units = units
        self.inner, self.norm = L.Dense(units), L.BatchNormalization()

    def call(self, x: Any) -> Any:
        return self.norm(self.inner(x))

    def get_config(self) -> dict[str, Any]:
        return {"units": self.units}


@register("odd")
class Chained(keras.Model):
    """A subclass that writes down its graph, and has a layer beside it."""

    def __init__(self, *args: Any, **others: Any) -> None:
        super().__init__(*args, **others)
        self.beside = L.Dense(7)
        self.beside.build((None, 4))


def attended(**options: Any) -> Any:
    entry = keras.Input((5, 8))
    return keras.Model(entry, L.MultiHeadAttention(2, 3, name="heads", **options)(entry, entry))


def quantized(model: Any, mode: str) -> Any:
    model.quantize(mode)
    return model


def enabled(model: Any, layer: Callable[[Any], Any]) -> Any:
    layer(model).enable_lora(2)
    return model


def count(weights: Any) -> int:
    return sum(prod(weight.shape) for weight in weights)


def agrees(model: Any, report: Report) -> bool:
    return (report.total, report.trainable, report.exact, report.warnings) == (
        model.count_params(),
        count(model.trainable_weights),
        True,
        [],
    )


# --- LoRA -----------------------------------------------------------------------------------------------------

LORA: dict[str, Callable[[], Any]] = {
    "dense": lambda: chain(L.Dense(6, lora_rank=3), L.Dense(2)),
    "convolutions": lambda: chain(
        L.Conv2D(5, 3, lora_rank=2), L.Conv2D(4, 1, use_bias=False, lora_rank=1), shape=(8, 8, 4)
    ),
    "grouped convolution": lambda: chain(L.Conv1D(6, 3, lora_rank=2, groups=2), shape=(8, 4)),
    "embedding": lambda: chain(L.Embedding(10, 6, lora_rank=2), shape=(5,)),
    "equation": lambda: chain(L.EinsumDense("abc,cd->abd", (None, 7), lora_rank=2, bias_axes="d"), shape=(5, 4)),
    "in few bits": lambda: quantized(chain(L.Dense(6, lora_rank=2), L.Dense(5)), "int8"),
    "enabled later": lambda: enabled(graph(L.Dense(6), L.Dense(2)), lambda model: model.layers[1]),
    "each step": lambda: chain(L.TimeDistributed(L.Dense(4, lora_rank=2)), shape=(5, 8)),
    "nested": lambda: graph(chain(L.Dense(4, lora_rank=2)), L.Dense(3)),
}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", quick(LORA, 3))
def test_lora_is_merged_where_it_is_stored_and_counted_all_the_same(name: str, suffix: str, tmp_path: Any) -> None:
    model = LORA[name]()
    assert agrees(model, saved(model, tmp_path, suffix))
    assert agrees(model, pc.loads(model.to_json()).report())
    assert agrees(model, pc.from_keras(model).report())


# --- attention ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype", quick(["int8_from_float32", "int4_from_float32", "float8_from_float32", "mixed_bfloat16"], 4)
)
def test_attention_whose_policy_says_how_it_is_kept(dtype: str, tmp_path: Any) -> None:
    for model in (attended(dtype=dtype), attended(dtype=dtype, use_gate=True, value_dim=4, output_shape=6)):
        assert agrees(model, saved(model, tmp_path, ".keras"))
        assert agrees(model, pc.from_keras(model).report())


@pytest.mark.slow
def test_attention_put_into_few_bits_later_is_written_nowhere_but_in_its_weights(tmp_path: Any) -> None:
    for mode, least in (("int8", 218), ("int4", 204)):
        model = quantized(attended(), mode)
        for suffix in (".keras", ".h5"):
            report = saved(model, tmp_path, suffix)
            assert report.total == min(218, model.count_params()) == least
            assert not report.exact
            (warning,) = report.warnings
            assert warning.startswith("heads (MultiHeadAttention): stored otherwise: ")
            assert guessed(report) == ["heads"] * (mode == "int4")  # of the rule's eight they are four: who knows which
            assert report.to_dict()["stored"] == {"tensors": 8 if mode == "int8" else 4, "agree": False}
    report = saved(enabled(attended(), lambda model: model.layers[1].query_dense), tmp_path, ".h5")
    assert (report.total, report.exact) == (218, False)


@pytest.mark.slow
def test_what_is_stored_otherwise_does_not_verify(tmp_path: Any) -> None:
    report = saved(quantized(attended(), "int8"), tmp_path, ".keras")
    assert "8 tensors match the rules, others do not" in str(report)
    found = pc.verify(pc.load(tmp_path / "m.keras"))
    assert [one.what for one in found.differences] == ["stored tensors"]
    assert "only in the file" in str(found)
    assert pc.verify(pc.loads(attended().to_json())).ok


@pytest.mark.slow
def test_inside_a_model_and_where_it_is_frozen(tmp_path: Any) -> None:
    inner = quantized(attended(), "int8")
    inner.trainable = False
    entry = keras.Input((5, 8))
    model = keras.Model(entry, L.Dense(2)(inner(entry)))
    for suffix, where in ((".keras", f"{inner.name}/heads (Multi"), (".h5", f"{inner.name} (Functional)")):
        report = saved(model, tmp_path, suffix)
        # Keras passes trainable=False to the constructor of the attention, which reaches no layer inside
        assert (report.total, report.trainable, report.exact) == (218 + 18, 218 + 18, False)
        assert report.warnings[0].startswith(where)


def test_a_map_of_policies_says_nothing_of_a_single_layer() -> None:
    policies = keras.dtype_policies.DTypePolicyMap()
    policies["one"] = keras.dtype_policies.get("int8_from_float32")
    report = pc.loads(chain(L.Dense(3, dtype=policies, name="one"), L.Dense(2)).to_json()).report()
    assert not report.exact
    assert report.warnings == ["one (Dense): how it is kept hangs on its place, by a map of dtype policies"] + [
        "dense (Dense): the shape of its input is not known"
    ] * (len(report.warnings) - 1)
    plain = keras.dtype_policies.DTypePolicyMap("float32")
    assert pc.loads(chain(L.Dense(3, dtype=plain)).to_json()).report().exact


# --- classes of one's own -------------------------------------------------------------------------------------


def test_what_a_subclass_of_keras_adds_may_be_stored_nowhere(tmp_path: Any) -> None:
    for model in (chain(Wider(5, name="w"), L.Dense(2)), chain(L.TimeDistributed(Wider(5), name="w"), shape=(3, 4))):
        found = saved(model, tmp_path, ".keras")
        assert found.total == model.count_params() - 3
        assert not found.exact
        assert found.warnings[0].endswith("; the layer of Keras that it extends stores no others")
        assert found.warnings[0].count("counted from") == 1
        legacy = saved(model, tmp_path, ".h5")
        assert (legacy.total, legacy.exact) == (model.count_params(), True)


def in_a_script(name: str) -> Any:
    """Make a class of one's own, of the name of a layer of Keras, as a script does that nobody imports."""

    class Own(L.Layer):  # type: ignore[misc]  # keras has no types
        def __init__(self, units: int = 3, **others: Any) -> None:
            super().__init__(**others)
            self.units = units

        def build(self, shape: Any) -> None:
            self.gamma = self.add_weight(shape=(shape[-1], 1), name="gamma")

        def call(self, x: Any) -> Any:
            return x * self.gamma[:, 0]

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    Own.__name__, Own.__module__ = name, "__main__"
    return Own


@pytest.mark.parametrize("name", ["Dense", "Attention", "LayerNormalization", "Sequential"])
def test_a_class_of_a_script_is_not_the_layer_of_its_name(name: str, tmp_path: Any) -> None:
    model = chain(in_a_script(name)(name="own"), L.Dense(2, name="last"))
    report = saved(model, tmp_path, ".keras")
    assert (report.total, report.exact) == (model.count_params(), True)
    assert report.warnings == [f"own ({name}): {CUSTOM}{GUESSED}"]
    report = pc.loads(model.to_json()).report()
    assert (report.total, report.exact) == (10, False)
    assert report.warnings == [f"own ({name}): {CUSTOM.rpartition(';')[0]}"]


@pytest.mark.parametrize("trainable", [True, False])  # how far a constructor freezes only the class knows
def test_what_is_trained_of_a_class_of_ones_own_is_a_guess(trainable: bool, tmp_path: Any) -> None:
    for suffix, kind in ((".keras", "Scaled"), (".h5", "odd>Scaled")):
        report = saved(chain(Scaled(name="s", trainable=trainable)), tmp_path, suffix)
        assert (report.total, report.to_dict()["trainable"]) == (8, None)
        assert report.warnings == [f"s ({kind}): {CUSTOM}{GUESSED}"]
        assert guessed(report) == ["s"]


def test_of_a_live_model_nothing_is_a_guess_and_there_is_no_file() -> None:
    from paramcalc.core.built import Weight
    from paramcalc.formats.keras.config import apart, from_config

    held = {"s": (Weight("mean", (4,), False), Weight("scale", (4,))), "twice": ()}
    config = keras.saving.serialize_keras_object(chain(Scaled(name="s"), L.Lambda(abs, (4,), name="twice")))
    layers = config["config"]["layers"][1:]
    read = [from_config(config, lambda name, kind: held.get(str(name)), live=True)]
    read += [apart(layers, "m", "Mine", lambda name, kind: held.get(str(name)))]
    for model in read:
        report = model.report()
        assert (report.total, report.trainable, report.exact, guessed(report)) == (8, 4, True, [])
        assert report.warnings == [
            "s (Scaled): a custom class; only its own code knows its weights; counted from the weights it holds",
            "twice (Lambda): a function in Python code, which is not read; it holds no weights",
        ]


def test_behind_a_layer_nobody_knows_the_file_counts(tmp_path: Any) -> None:
    layers = [L.Lambda(lambda x: x * 2, name="twice"), L.Dense(2, name="last"), L.BatchNormalization(name="norm")]
    model = chain(*layers)
    report = saved(model, tmp_path, ".h5")  # where Keras writes down no shapes
    assert (report.total, report.trainable, report.exact) == (model.count_params(), 14, True)
    assert report.warnings == [
        "twice (Lambda): a function in Python code, which is not read; the file stores no weights for it",
        "last (Dense), norm (BatchNormalization): the shape of its input is not known; counted from the weights stored"
        " with it",
    ]
    assert guessed(report) == []


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_models_whose_graph_is_in_code_are_found_by_the_name_beside_them(suffix: str, tmp_path: Any) -> None:
    model = graph(L.Dense(4), Block(4, name="first"), Block(5, name="second"), L.Dense(2))
    report = saved(model, tmp_path, suffix)
    assert (report.total, report.exact) == (model.count_params(), True)
    assert [row.params for row in report.rows] == [layer.count_params() for layer in model.layers[1:]]


def test_layers_without_a_name_have_that_of_the_file(tmp_path: Any) -> None:
    model = chain(Block(4), Block(3), L.Dense(2, name="last"))
    for suffix, warnings in ((".keras", 1), (".h5", 2)):
        report = saved(model, tmp_path, suffix)
        assert (report.total, report.exact) == (model.count_params(), True)
        assert [row.name for row in report.rows] == [layer.name for layer in model.layers]
        assert len(report.warnings) == warnings
    unknown = pc.loads(model.to_json().replace('"Block"', '"odd>Block"')).report()
    assert [row.name for row in unknown.rows] == ["block", "block_1", "last"]
    assert not unknown.exact


def test_groups_of_files_without_names(tmp_path: Any) -> None:
    from json import loads

    from paramcalc.formats.containers.archive import read_archive
    from paramcalc.formats.keras.compare import named

    model = graph(L.Dense(4), Block(4, name="first"), Block(5, name="second"))
    model.save(tmp_path / "m.keras")
    archive = read_archive(tmp_path / "m.keras")
    assert archive.stored is not None
    bare = archive.stored.evolve(names={})
    config = loads(archive.config)
    for layer in config["config"]["layers"]:
        layer["class_name"] = layer["registered_name"] or layer["class_name"]  # as descriptions in legacy files have it
    names = named(bare, config).names
    assert (names["layers/block"], names["layers/block_1"]) == ("first", "second")
    assert bare.layer("anybody", "odd>Dense") == "layers/dense"


def test_a_model_with_weights_beside_its_layers(tmp_path: Any) -> None:
    model = graph(L.Dense(4), kind=Chained)
    report = saved(model, tmp_path, ".keras")
    assert (report.total, report.exact, report.type) == (model.count_params(), True, "Chained")
    assert report.warnings == [
        "chained (Chained): what Chained has beside its layers; counted from the weights stored with it" + GUESSED
    ]
    assert (guessed(report), report.holds) == (["chained"], True)
    outer = graph(L.Dense(4), model, L.Dense(2))
    report = saved(outer, tmp_path, ".keras")
    assert (report.total, report.exact) == (outer.count_params(), True)


# --- functions in files that name no modules ------------------------------------------------------------------


def test_functions_are_told_from_layers_of_their_name(tmp_path: Any) -> None:
    entry = keras.Input((5, 8))
    x = L.Dense(8)(entry)
    sums = [L.Add()([x, entry]), keras.ops.add(x, entry), x * 2.0, L.Multiply()([x, x]), keras.ops.softmax(x)]
    joined = keras.ops.concatenate([*sums, L.Softmax()(x)], axis=-1)
    other = keras.ops.reshape(x[:, 1:3], (-1, 16))
    model = keras.Model(entry, [L.Dense(3)(keras.ops.mean(joined, axis=1)), L.Reshape((4, 4))(other)])
    report = saved(model, tmp_path, ".h5")
    assert agrees(model, report)
    assert [list(shape[1:]) for shape in report.outputs] == [[3], [4, 4]]


def test_masks_are_functions_too(tmp_path: Any) -> None:
    model = graph(L.Embedding(10, 4, mask_zero=True), L.LSTM(3, return_sequences=True), L.LSTM(2), shape=(7,))
    assert agrees(model, saved(model, tmp_path, ".h5"))
