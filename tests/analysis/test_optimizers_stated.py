"""The optimizer that a file of Keras states is the one that is counted, unless another one is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paramcalc.analysis.cost import cost
from paramcalc.analysis.cost.known import UnknownMemory, training_memory
from paramcalc.analysis.cost.optimizers import read_optimizer, stated_optimizer
from paramcalc.analysis.sizing.solve import solve
from paramcalc.analysis.sweep.sweep import sweep
from paramcalc.errors import OptionError
from paramcalc.formats.keras.saved import model_of
from paramcalc.formats.readers import load
from paramcalc.graph.bind import bind
from paramcalc.graph.model import Model

PARAMETERS = 5 * 3


def written(name: str = "Adam", module: str | None = "keras.optimizers", **config: object) -> dict[str, object]:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def compiled(optimizer: object) -> Model:
    """Read a model as Keras writes one that was compiled."""
    layers: list[Any] = [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "x"}},
        {
            "module": "keras.layers",
            "class_name": "Dense",
            "config": {"name": "dense", "units": 3, "activation": "tanh"},
        },
    ]
    found = {"module": "keras", "class_name": "Sequential", "config": {"name": "small", "layers": layers}}
    return model_of({**found, "compile_config": {"optimizer": optimizer, "loss": "mse"}})


@pytest.mark.parametrize(
    ("optimizer", "text"),
    [
        ("adam", "Adam"),
        (written(), "Adam"),
        (written(learning_rate=0.1, name="adam", weight_decay=None), "Adam"),
        (written(amsgrad=True), "Adam(amsgrad=true)"),
        (
            written("SGD", momentum=0.9, learning_rate={"class_name": "CosineDecay"}),
            "SGD(learning_rate=schedule, momentum=0.9)",
        ),
        (written("LossScaleOptimizer", inner_optimizer=written()), "LossScaleOptimizer(inner_optimizer=Adam)"),
        (written(module=None, decay=0.0, jit_compile=True, is_legacy_optimizer=False), "Adam"),  # Keras 2
    ],
    ids=str,
)
def test_an_optimizer_is_read_as_keras_writes_it(optimizer: object, text: str) -> None:
    assert str(stated_optimizer(optimizer)) == text
    found = cost(compiled(optimizer))
    asked = cost(compiled(None), optimizer=text)
    assert found.memory == asked.memory
    assert f"optimizer {text}, as the file states it" in found.conventions


def test_another_optimizer_can_be_asked_for() -> None:
    found = cost(compiled("adam"), optimizer="sgd(momentum=0.9)")
    assert found.memory == cost(compiled(None), optimizer="sgd(momentum=0.9)").memory
    assert not any("file" in one for one in found.conventions)
    assert cost(compiled(None)).memory.optimizer == 0


@pytest.mark.parametrize(
    ("optimizer", "problem"),
    [
        (written("Mine"), "unknown optimizer of Keras; expected Adadelta"),
        (written("Adam", module="my.code"), "an optimizer of another module; expected keras, received 'my.code.Adam'"),
        (written("Adam", module="keras.optimizersX"), "an optimizer of another module"),
        (written(amsgrad="maybe"), "Adam.amsgrad: not a value of this option"),
        (written(new_thing=1), "Adam has no option 'new_thing'"),
        ([1], "not an optimizer in the form that Keras writes; expected class_name and config"),
        ({"class_name": 3}, "not an optimizer in the form that Keras writes"),
        ({"class_name": "Adam", "config": [1]}, "not the options of an optimizer"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_unknown_and_not_zero(optimizer: object, problem: str) -> None:
    with pytest.raises(OptionError) as error:
        stated_optimizer(optimizer)
    assert str(error.value).startswith(problem)
    found = cost(compiled(optimizer))
    assert found.memory.optimizer is found.memory.training is None
    assert found.memory.activations is not None
    assert any(
        one.startswith(f"what the optimizer of the file keeps is unknown: {problem}") for one in found.conventions
    )
    with pytest.raises(
        UnknownMemory, match="because it is unknown what the optimizer of the file keeps; expected another"
    ):
        training_memory(found)


@pytest.mark.parametrize("asked", [None, "sgd"])
def test_solving_and_sweeping_count_it_too(asked: str | None) -> None:
    model = compiled(written(amsgrad=True))

    def needed(batch: int) -> int:
        found = training_memory(cost(model, batch=batch, optimizer=asked))
        assert isinstance(found, int)
        return found

    found = solve(model, "B", memory=100_000, optimizer=asked)
    assert found.answer is not None
    assert found.setting.optimizer == (asked or "Adam(amsgrad=true)")
    batch = found.answer.sizes["B"]
    assert found.answer.amounts["memory"] == needed(batch) <= 100_000 < needed(batch + 1)
    column = sweep(model, B=[1, 2, 5], columns="memory", optimizer=asked).columns["memory"]
    assert [*column] == [needed(size) for size in (1, 2, 5)]
    assert training_memory(cost(bind(model, {"B": 5}), optimizer=asked)) == needed(5)


def test_no_size_is_solved_for_where_the_optimizer_is_unknown() -> None:
    with pytest.raises(UnknownMemory, match="the optimizer of the file"):
        solve(compiled([1]), "B", memory=100_000)


def test_optimizers_inside_one_another_have_a_bound() -> None:
    found = written()
    for _ in range(10):
        found = written("LossScaleOptimizer", inner_optimizer=found)
    with pytest.raises(OptionError, match="nested too deeply"):
        stated_optimizer(found)


@pytest.mark.parametrize("name", ["small.keras", "small.h5"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_file_that_keras_saves(tmp_path: Path, name: str) -> None:
    keras = pytest.importorskip("keras")

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    model.compile(optimizer=keras.optimizers.RMSprop(centered=True, momentum=0.5), loss="mse")
    model.save(tmp_path / name)
    found = cost(load(str(tmp_path / name)))
    theirs = read_optimizer("RMSprop(centered=true, momentum=0.5)")
    assert found.memory.optimizer == cost(compiled(None), optimizer=theirs).memory.optimizer
    assert found.memory.optimizer == 4 * 3 * PARAMETERS + 8
