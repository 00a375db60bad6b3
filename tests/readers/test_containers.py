"""Files that Keras writes, read without it: .keras archives, weights, legacy HDF5."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from paramcalc import Model
from paramcalc.formats.containers.archive import read_archive
from paramcalc.formats.containers.groups import snake
from paramcalc.formats.containers.hdf5 import stored_in
from paramcalc.formats.containers.stored import Stored, StoredTensor, opaque_weights
from paramcalc.formats.keras.compare import compare as compared, named
from paramcalc.formats.keras.config import from_config
from paramcalc.formats.keras.keras2 import upgraded

keras = pytest.importorskip("keras")
h5py = pytest.importorskip("h5py")
L = keras.layers

# Keras asks jax's arrays for a copy in a way that numpy warns of
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@keras.saving.register_keras_serializable("tests")
class Mixer(L.Layer):
    """A layer that no rule knows: a weight of its own, layers inside, some of them in lists."""

    def build(self, shape: Any) -> None:
        self.mix = self.add_weight(shape=(shape[-1], 7), name="mix")
        self.inner = L.Dense(3)
        self.inner.build(shape)
        self.many = [L.Dense(2), [L.Dense(2, use_bias=False), L.Dropout(0.1)]]
        for layer in (self.many[0], self.many[1][0]):
            layer.build(shape)

    def call(self, x: Any) -> Any:
        return x @ self.mix


def sequential() -> Any:
    recurrent = [L.LSTM(4, return_sequences=True, dropout=0.1), L.Bidirectional(L.GRU(3))]
    return keras.Sequential(
        [keras.Input((5, 3)), *recurrent, L.Dense(2), L.Dropout(0.2), L.Dense(1, name="last"), L.BatchNormalization()]
    )


def shared() -> Any:
    a, b = keras.Input((4,)), keras.Input((4,))
    both = L.Dense(4)
    x = L.Add()([both(a), both(b)])
    return keras.Model([a, b], [L.Dense(2)(L.Dense(3)(x)), L.Dense(7)(x)])


def nested() -> Any:
    entry = keras.Input((5, 4))
    inner = keras.Sequential([keras.Input((5, 4)), L.Dense(4), L.Dense(6), L.BatchNormalization()])
    deep = keras.Sequential([keras.Input((5, 6)), keras.Sequential([L.Dense(2), L.Dense(3)]), L.LSTM(3)])
    return keras.Model(entry, L.Dense(2)(deep(inner(entry))))


def wrappers() -> Any:
    chain = keras.Sequential([L.Dense(3), L.Dense(3)])
    cells = L.RNN([L.LSTMCell(2), L.GRUCell(3)], return_sequences=True)
    inner = [L.TimeDistributed(L.Dense(3)), cells, L.TimeDistributed(chain), L.Bidirectional(L.LSTM(3))]
    return keras.Sequential([keras.Input((5, 4)), *inner])


def embedded() -> Any:
    return keras.Sequential([keras.Input((7,)), L.Embedding(50, 8), L.LSTM(4, name="memory"), L.Dense(1)])


def twofold() -> Any:
    entry, both = keras.Input((4,)), L.Dense(4)
    return keras.Model(entry, keras.Sequential([keras.Input((4,)), both, L.Dense(4)])(both(entry)))


def trained() -> Any:
    import numpy

    model = keras.Sequential([keras.Input((3,)), L.Dense(4), L.Dense(2)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(numpy.zeros((2, 3)), numpy.zeros((2, 2)), verbose=0)
    return model


def custom() -> Any:
    entry = keras.Input((5, 4))
    inner = keras.Sequential([keras.Input((5, 7)), L.Dense(3), Mixer(name="deep")], name="inner")
    return keras.Model(entry, inner(Mixer(name="custom_1")(L.Dense(4)(entry))))


MODELS = {make.__name__: make for make in (sequential, shared, nested, wrappers, embedded, trained)}


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made: dict[str, Any] = {}

    def get(name: str) -> Any:
        if name not in made:
            model = {**MODELS, "custom": custom, "twofold": twofold}[name]()
            folder = tmp_path_factory.mktemp(name)
            model.save(folder / "m.keras")
            model.save_weights(folder / "m.weights.h5")
            model.save(folder / "m.h5")
            made[name] = model, folder
        return made[name]

    return get


def compare(model: Model, stored: Stored) -> tuple[list[str], int]:
    """The differences in words, and how many tensors agree."""
    found = compared(model, stored)
    return list(map(str, found.differences)), found.tensors


def read(folder: Any) -> tuple[Model, dict[str, Any], Stored]:
    archive = read_archive(folder / "m.keras")
    config = json.loads(archive.config)
    assert archive.stored is not None
    return from_config(config), config, archive.stored


@pytest.mark.parametrize("name", MODELS)
def test_what_keras_stores_is_what_the_rules_say(saved: Any, name: str) -> None:
    theirs, folder = saved(name)
    model, config, stored = read(folder)
    unnamed = named(stored.evolve(names={}), config)
    legacy = stored_in(folder / "m.h5")
    for one in (stored, unnamed, legacy, stored_in(folder / "m.weights.h5")):
        assert compare(model, one) == ([], len(theirs.weights))
    assert legacy.legacy
    assert json.loads(legacy.config or "")["class_name"] == type(theirs).__name__
    assert legacy.keras_version == stored.keras_version == keras.__version__


def test_a_layer_used_on_two_levels_is_stored_once(saved: Any) -> None:
    theirs, folder = saved("twofold")
    model, _, stored = read(folder)
    assert compare(model, stored) == ([], len(theirs.weights))
    assert compare(model, stored_in(folder / "m.h5"))[0] == []  # there it is stored twice


def test_layers_that_no_rule_knows_are_passed_over(saved: Any) -> None:
    model, _, stored = read(saved("custom")[1])
    assert compare(model, stored) == ([], 4)


def test_files_of_keras_2() -> None:
    data = Path(__file__).parents[1] / "data" / "keras2"
    for name, tensors in (("chain_without_input.h5", 6), ("encoder_decoder.h5", 9)):
        stored = stored_in(data / name)
        assert stored.keras_version == "2.15.0"
        assert compare(from_config(upgraded(json.loads(stored.config or ""))), stored) == ([], tensors)
    assert len(stored_in(data / "recurrent_cudnn.weights.h5").tensors) == 15


def test_groups_are_named_by_their_layers(saved: Any) -> None:
    _, _, stored = read(saved("sequential")[1])
    assert stored.names["layers/dense_1"] == "last"
    assert stored.layer("last") == "layers/dense_1"
    assert stored.layer("bidirectional") == "layers/bidirectional"
    assert stored.layer("nobody") is None


def test_a_file_of_no_names_is_matched_by_class(saved: Any) -> None:
    model, config, stored = read(saved("sequential")[1])
    bare = stored.evolve(names={})
    assert compare(model, bare) == ([], 17)  # a chain's order is enough
    assert bare.layer("anything", "LSTM") == "layers/lstm"
    assert bare.layer("anything", "Dense") is None  # there are two
    names = named(bare, config).names
    assert names["layers/dense_1"] == "last"
    assert names["layers/bidirectional/forward_layer"] == "forward_gru"


def test_operations_have_no_number_among_the_layers() -> None:
    parts = [("keras.src.ops.numpy", "operation"), ("keras.layers", "layer")]
    layers = [{"module": module, "class_name": "Add", "config": {"name": name}} for module, name in parts]
    config = {"class_name": "Functional", "config": {"layers": layers}}
    assert named(Stored([]), config).names == {"layers/add": "layer"}


def test_tensors_of_a_file_before_keras_named_its_groups(saved: Any) -> None:
    model, config, stored = read(saved("nested")[1])
    old = [
        one.evolve(
            path=one.path.replace("layers/", "_layer_checkpoint_dependencies/"),
            group=one.group.replace("layers/", "_layer_checkpoint_dependencies/"),
        )
        for one in stored.tensors
    ]
    assert compare(model, named(Stored(old), config)) == ([], 17)


def test_sentences(saved: Any) -> None:
    model, _, stored = read(saved("sequential")[1])
    kept = [one for one in stored.tensors if one.group != "layers/dense"]
    other = [one.evolve(shape=(9, *one.shape[1:])) if one.path == "layers/dense_1/vars/0" else one for one in kept]
    other += [one.evolve(path="layers/extra/vars/0", group="layers/extra") for one in kept[:1]]
    other += [one.evolve(path="vars/0", group="") for one in kept[:1]]
    assert compare(model, stored.evolve(tensors=other))[0] == [
        "the file stores 1 tensor outside its layers, vars/0 the first",
        "dense: (2), (6, 2) only by its rule",
        "last: (2, 1) only by its rule; (9, 1) only in the file",
        "extra: the file stores 1 tensor, the model has no such layer",
    ]


def test_sentences_of_nested_models_say_where(saved: Any) -> None:
    model, _, stored = read(saved("nested")[1])
    lost = next(one for one in stored.tensors if one.path.startswith("layers/sequential_1/layers/sequential/"))
    differences, tensors = compare(model, stored.evolve(tensors=[one for one in stored.tensors if one is not lost]))
    assert len(differences) == 1
    assert differences[0].count("/") == 2
    assert tensors == 16


def test_weights_of_a_layer_that_no_rule_knows(saved: Any) -> None:
    model, folder = saved("custom")
    layer = model.get_layer("custom_1")
    stored = read_archive(folder / "m.keras").stored
    assert stored is not None
    group = stored.layer("custom_1", class_name="Mixer")
    assert group == "layers/mixer"
    weights = stored.weights_of(group)
    assert [weight.path for weight in weights] == [
        "inner/variable_0",
        "inner/variable_1",
        "many/container/dense/variable_0",
        "many/dense/variable_0",
        "many/dense/variable_1",
        "variable_0",
    ]
    assert sum(weight.params for weight in weights) == sum(variable.numpy().size for variable in layer.weights)
    assert opaque_weights(stored, "deep", "Mixer") == stored.weights_of("layers/sequential/layers/mixer")
    assert stored.layer("deep", within="layers/sequential") == "layers/sequential/layers/mixer"
    assert opaque_weights(stored, "nobody", "Nobody") is None


def test_weights_of_a_layer_in_a_legacy_file_have_names(saved: Any) -> None:
    model, folder = saved("custom")
    stored = stored_in(folder / "m.h5")
    for name, layer in (("custom_1", model.get_layer("custom_1")), ("deep", model.get_layer("inner").layers[-1])):
        weights = opaque_weights(stored, name, "Mixer")
        assert weights is not None
        assert sorted((one.name, one.shape) for one in weights) == sorted((w.name, w.shape) for w in layer.weights)


def test_what_training_keeps_is_left_out(saved: Any) -> None:
    _, folder = saved("trained")
    with zipfile.ZipFile(folder / "m.keras") as archive:
        content = h5py.File(io.BytesIO(archive.read("model.weights.h5")))
        assert "optimizer" in content
    assert len(read(folder)[2].tensors) == 4
    assert len(stored_in(folder / "m.h5").tensors) == 4


def test_state_of_random_numbers_is_not_counted() -> None:
    path = "layers/dropout/seed_generator/vars/0"
    stored = Stored([StoredTensor(path, (2,), "uint32", "layers/dropout/seed_generator")])
    assert stored.weights_of("layers/dropout") == ()


@pytest.mark.parametrize(
    "name", ["LSTMCell", "Conv2DTranspose", "MyL2Layer", "ResNet50Block", "RNN", "A1b", "_Odd__Name"]
)
def test_groups_are_spelled_as_keras_spells_them(name: str) -> None:
    from keras.src.utils.naming import to_snake_case

    assert snake(name) == to_snake_case(name)


def test_types(tmp_path: Any) -> None:
    model = keras.Sequential([keras.Input((3,)), L.Dense(4, dtype="bfloat16"), L.Dense(2, dtype="float16")])
    model.save_weights(tmp_path / "m.weights.h5")
    model.save(tmp_path / "m.h5")
    assert [one.dtype for one in stored_in(tmp_path / "m.weights.h5").tensors] == ["bfloat16"] * 2 + ["float16"] * 2
    assert [one.dtype for one in stored_in(tmp_path / "m.h5").tensors] == ["opaque"] * 2 + ["float16"] * 2


def test_shards(saved: Any, tmp_path: Any) -> None:
    theirs, folder = saved("nested")
    theirs.save_weights(tmp_path / "model.weights.json", max_shard_size=3e-7)
    shards = sorted(tmp_path.glob("*.h5"))
    assert len(shards) > 2
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", read_archive(folder / "m.keras").config)
        for path in (tmp_path / "model.weights.json", *shards):
            archive.write(path, path.name)
    found = read_archive(tmp_path / "m.keras")
    assert found.stored is not None
    assert found.metadata == {}
    assert compare(from_config(json.loads(found.config)), found.stored) == ([], 17)


def test_compressed_archives(saved: Any, tmp_path: Any) -> None:
    folder = saved("sequential")[1]
    with zipfile.ZipFile(folder / "m.keras") as before, zipfile.ZipFile(tmp_path / "m.keras", "w", 8) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
    assert read_archive(tmp_path / "m.keras") == read_archive(folder / "m.keras")


def test_open_files_stay_open(saved: Any) -> None:
    folder = saved("sequential")[1]
    with open(folder / "m.keras", "rb") as file:
        assert read_archive(file) == read_archive(str(folder / "m.keras"))
        assert not file.closed
