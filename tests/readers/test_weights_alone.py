"""Models whose graph is in Python code, weights alone, and what layers share: counted from what a file stores."""

from __future__ import annotations

from typing import Any

import pytest

import paramcalc as pc
from paramcalc.core.built import Weight
from paramcalc.errors import LayerError
from paramcalc.formats.keras.recognition import recognise
from paramcalc.report import Report

keras = pytest.importorskip("keras")
h5py = pytest.importorskip("h5py")

from odd_models import L, Scaled, chain, graph, guessed, register, saved  # noqa: E402  # it imports Keras

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning", "ignore:You are saving your model", "ignore:Layer .* does not"
)


class Coded(keras.Model):
    """A model of no registered class, with weights of its own beside its layers."""

    def __init__(self, *layers: Any, own: int = 0) -> None:
        super().__init__()
        for place, layer in enumerate(layers):
            setattr(self, f"layer_{place}", layer)
        if own:
            self.own = self.add_weight(shape=(own,), name="own")

    def call(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x


def ran(model: Any, *shape: int) -> Any:
    model(keras.ops.ones((1, *shape)))
    return model


def stored_by(model: Any, folder: Any, *suffixes: str) -> dict[str, Report]:
    model.save(folder / "m.keras")
    model.save(folder / "m.h5")
    model.save_weights(folder / "m.weights.h5")
    model.save_weights(folder / "m.weights.json", max_shard_size=1)
    return {suffix: pc.load(folder / f"m{suffix}").report() for suffix in suffixes}


def test_what_a_model_has_itself_is_counted_once(tmp_path: Any) -> None:
    model = ran(Coded(ran(Coded(L.Dense(3), own=5), 4), L.Dense(2), own=9), 4)
    for report in stored_by(model, tmp_path, ".keras", ".weights.h5", ".weights.json").values():
        assert (report.total, report.exact) == (15 + 5 + 8 + 9, True)
        assert [(row.name, row.params) for row in report.rows][-1] == ("variables", 9)
        assert guessed(report) == [row.name for row in report.rows]


def test_what_comes_out_of_a_graph_in_code_nobody_says(tmp_path: Any) -> None:
    for report in stored_by(ran(Coded(L.Dense(3)), 4), tmp_path, ".keras", ".h5", ".weights.h5").values():
        assert (report.outputs, report.to_dict()["output_shape"]) == ([], None)
        assert "unknown" in str(report)


def test_layers_of_one_name_are_numbered_where_no_description_names_them(tmp_path: Any) -> None:
    layers = [L.Dense(3, name="same"), L.Dense(4, name="same"), L.Dense(2, name="same_1"), L.Dense(5, name="same")]
    model = ran(Coded(*layers), 4)
    model.save(tmp_path / "m.keras")
    model.save_weights(tmp_path / "m.weights.h5")
    for suffix in (".keras", ".weights.h5"):
        report = pc.load(tmp_path / f"m{suffix}").report()
        assert (report.total, report.exact) == (model.count_params(), True)
        assert [row.name for row in report.rows] == ["same", "same_2", "same_1", "same_3"]


def test_layers_of_one_name_in_a_description_are_an_error_of_its_file(tmp_path: Any) -> None:
    text = graph(L.Dense(3, name="one"), L.Dense(2, name="two")).to_json()
    (tmp_path / "m.json").write_text(text.replace('"config": {"name": "two"', '"config": {"name": "one"'))
    with pytest.raises(pc.ParamcalcError) as caught:
        pc.load(tmp_path / "m.json")
    assert str(caught.value) == f"{tmp_path}/m.json: two layers are named 'one' (give each its own name)"


def test_nothing_is_trained_of_a_frozen_model_in_code(tmp_path: Any) -> None:
    model = ran(Coded(L.Dense(3), own=5), 4)
    model.trainable = False
    report = saved(model, tmp_path, ".keras")
    assert (report.total, report.trainable, guessed(report)) == (20, 0, [])
    assert report.warnings[0].endswith("tensors as they are stored, without a rule, none of them trained")


def test_a_legacy_file_may_lack_what_a_model_in_code_has_beside_its_layers(tmp_path: Any) -> None:
    class Own(keras.Model):  # type: ignore[misc]  # keras has no types
        def __init__(self) -> None:
            entry = keras.Input((3,))
            super().__init__(entry, L.Dense(2)(entry))
            self.beside = L.Dense(3)
            self.beside.build((None, 5))

    model = Own()
    found = stored_by(model, tmp_path, ".keras", ".h5")
    assert model.count_params() == found[".keras"].total == 8 + 18
    assert found[".keras"].exact
    assert (found[".h5"].total, found[".h5"].exact) == (8, False)
    assert "beside its layers (stored): what Own has there a legacy file may lack" in found[".h5"].warnings


@register("odd")
class Around(L.Layer):
    """A layer that no rule knows, around one that others may have too."""

    def __init__(self, inner: Any = None, **others: Any) -> None:
        super().__init__(**others)
        self.inner = inner

    def call(self, x: Any) -> Any:
        return self.inner(x)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}


def shared_by(first: str, second: str) -> Any:
    inner = L.Dense(4, name="inner")
    made = {"around": Around, "ruled": lambda layer, name: layer, "nested": lambda layer, name: chain(Around(layer))}
    return graph(made[first](inner, name="one"), made[second](inner, name="two"))


@pytest.mark.parametrize(
    ("first", "second"), [("around", "around"), ("ruled", "around"), ("around", "ruled"), ("ruled", "nested")]
)
def test_what_layers_may_share_in_a_legacy_file_counts_once(first: str, second: str, tmp_path: Any) -> None:
    model = shared_by(first, second)
    report = saved(model, tmp_path, ".h5")
    assert (model.count_params(), report.total, report.exact) == (20, 20, False)
    told = "; 2 tensors stored for another layer as well, to judge by their name, and counted there"
    assert report.warnings[-1].endswith(f"only its own code knows its weights{told}")


def test_layers_that_share_nothing_have_tensors_of_other_names(tmp_path: Any) -> None:
    around = [Around(L.Dense(4, name="inner"), name=name) for name in ("one", "two")]
    model = graph(*around, chain(L.Dense(4), Scaled()))
    report = saved(model, tmp_path, ".h5")
    assert (report.total, report.exact) == (model.count_params(), True)


def test_what_layers_in_code_may_share_in_a_legacy_file_counts_once(tmp_path: Any) -> None:
    both = L.Dense(4, name="both")
    model = ran(Coded(both, chain(both, L.Dense(3))), 4)
    found = stored_by(model, tmp_path, ".keras", ".h5", ".weights.h5")
    assert {report.total for report in found.values()} == {35}
    assert [report.exact for report in found.values()] == [True, False, True]


def test_the_rows_of_a_model_in_code_are_all_that_is_stored(tmp_path: Any) -> None:
    class Own(keras.Model):  # type: ignore[misc]  # keras has no types
        def __init__(self) -> None:
            entry = keras.Input((3,))
            super().__init__(entry, L.Dense(2, name="last")(entry))
            self.own = self.add_weight(shape=(9,), name="own")

    for report in stored_by(Own(), tmp_path, ".keras", ".h5").values():
        assert [row.params for row in report.rows if row.params] == [8, 9]


@pytest.mark.parametrize("make", [chain, graph])
def test_a_file_that_stores_more_than_its_description_has_does_not_hold(make: Any, tmp_path: Any) -> None:
    import h5py

    model = make(L.Dense(3, name="one"), L.Dense(2, name="two"), L.Dense(2, name="stored"))
    model.save(tmp_path / "m.h5")
    described = make(L.Dense(3, name="one"), L.Dense(2, name="two")).to_json()
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        file.attrs["model_config"] = described
    report = pc.load(tmp_path / "m.h5").report()
    assert (report.total, report.holds, report.to_dict()["stored"]) == (23, False, {"tensors": 4, "agree": False})
    assert not report.exact
    assert report.warnings == ["stored otherwise: stored: the file stores 2 tensors, the model has no such layer"]
    assert [list(shape[1:]) for shape in report.outputs] == [[2]]

    assert not pc.verify(pc.load(tmp_path / "m.h5")).ok


def every_layer() -> Any:
    image, words = keras.Input((8, 8, 3)), keras.Input((5,))
    x = L.BatchNormalization()(L.Conv2D(4, 3)(image))
    x = L.LayerNormalization()(L.Conv2DTranspose(5, 2)(L.DepthwiseConv2D(3)(x)))
    x = L.Reshape((3, 4))(L.Dense(12)(L.Flatten()(x)))
    x = L.Bidirectional(L.LSTM(3, return_sequences=True))(x)
    x = L.GRU(4, reset_after=False, return_sequences=True)(L.GRU(4, return_sequences=True)(x))
    x = L.Dense(2, use_bias=False, name="answer")(L.SimpleRNN(4, use_bias=False)(x))
    return keras.Model([image, words], [x, L.Embedding(10, 2)(words)])


@pytest.mark.parametrize("suffix", [".weights.h5", ".h5"])
def test_stored_tensors_form_layers_with_formulas(suffix: str, tmp_path: Any) -> None:
    model = every_layer()
    path = tmp_path / f"model{suffix}"
    if suffix == ".h5":  # as Keras 2 saves weights alone
        from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

        with h5py.File(path, "w") as file:
            save_weights_to_hdf5_group(file, model)
    else:
        model.save_weights(path)
    report = pc.load(path).report()
    classes = {row.name: row.type for row in report.rows}
    expected = {one.name: type(one).__name__ for one in model.layers if one.weights}
    assert set(classes.values()) == set(expected.values())
    assert classes["answer"] == "Dense"
    assert report.total == model.count_params()
    assert report.guessed
    assert report.non_trainable == 8  # the statistics of the normalization
    for row in report.rows:
        assert row.formula is not None, row.name
        assert row.formula.value == row.params
    with pytest.raises(LayerError, match="no spec can have this model: nothing states how its layers are connected"):
        pc.load(path).render("yaml")


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("own", {"variable_0": (4, 3)}),  # an embedding, or a dense layer
        ("own", {"variable_0": (4,), "variable_1": (4,)}),
        ("lstm", {"kernel": (3, 20), "recurrent_kernel": (5, 20), "bias": (40,)}),  # cuDNN's, with two biases
        ("lstm", {"kernel": (3, 21), "recurrent_kernel": (5, 21), "bias": (21,)}),
        ("dense", {"kernel": (3, 4), "bias": (5,)}),
        ("dense", {"kernel": (0, 4), "bias": (4,)}),
        ("dense", {"weights": (3, 4), "bias": (4,)}),
    ],
)
def test_what_no_rule_has_or_several_have_stays_plain(name: str, stored: dict[str, tuple[int, ...]]) -> None:
    assert recognise(name, [Weight(one, shape) for one, shape in stored.items()]) is None


def test_a_group_that_is_another_class_or_has_layers_inside_stays_plain(tmp_path: Any) -> None:
    entry = keras.Input((6, 8))
    inner = keras.Sequential([keras.Input((7,)), L.Dense(5)], name="block")
    x = L.EinsumDense("abc,cd->abd", (None, 7), bias_axes="d", name="einsum")(entry)
    x = L.TimeDistributed(L.Dense(7), name="timed")(x)
    x = L.Bidirectional(L.LSTM(3), name="both")(x)
    model = keras.Model(entry, L.Dense(2, name="answer")(inner(L.Dense(7, name="before")(x))))
    model.save_weights(tmp_path / "m.weights.h5")
    rows = {row.name: row for row in pc.load(tmp_path / "m.weights.h5").rows}
    kinds = {name: row.type for name, row in rows.items()}
    plain = dict.fromkeys(("einsum", "timed", "block"), "stored")
    assert kinds == {**plain, "both": "Bidirectional", "before": "Dense", "answer": "Dense"}
    assert sum(row.params for row in rows.values()) == model.count_params()
