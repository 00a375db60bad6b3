"""Rules of one's own: registered, found by every door, pickled, and taken away again."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from math import prod
from pathlib import Path
from typing import Annotated, Any

import pytest

import paramcalc as pc
from paramcalc.core import registry
from paramcalc.core.declare import Built, Inputs, Shape, Weight, rule
from paramcalc.core.ignored_options import BIAS, KERNEL
from paramcalc.core.kinds import Sized
from paramcalc.core.products import Work, product
from paramcalc.core.registry import find, rules, unregister
from paramcalc.core.rule import Rule
from paramcalc.errors import LayerError
from paramcalc.symbolic import Size

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, saving


@rule((*KERNEL, *BIAS), aliases=("mine>Gated",))
def Gated(
    x: Annotated[Shape, Inputs("B ... d_x")], /, units: Annotated[Size, Sized("d_y")], *, use_bias: bool = True
) -> Built:
    """Two dense networks: one proposes, one decides how much of it passes."""
    *lead, d_x = x
    return Built(
        outs=((*lead, units),),
        weights=(Weight("kernel", (d_x, 2 * units)), *[Weight("bias", (2 * units,))] * use_bias),
        formula=lambda: 2 * (d_x * units + use_bias * units),
        work=lambda: Work((product(prod(lead) * (d_x * 2 * units), 0, "kernel"),)),
    )


OFFERED = Gated


@rule(name="Dense")
def Impostor(x: Annotated[Shape, Inputs("B ... d_x")], /, units: Annotated[Size, Sized("d_y")]) -> Built:
    """Nothing to learn."""
    return Built(outs=((*x[:-1], units),))


@pytest.fixture
def gated() -> Iterator[Rule]:
    yield pc.register(Gated)
    unregister(Gated)


def test_a_registered_rule_is_found_by_every_door(gated: Rule, run: Any) -> None:
    assert pc.Gated is find("Gated") is find("gated") is find("keras.Gated") is gated
    assert rules()["Gated"] is gated
    assert pc.loads("{input: [108], layers: [Gated: 128]}").total == 2 * (108 * 128 + 128)
    code, out, _ = run("layer", "Gated", "--input", "108", "units=128")
    assert code == 0
    assert "2(d_x·d_y + d_y)" in out
    code, out, _ = run("layers")
    assert "Gated" in out


def test_a_layer_of_a_registered_rule_pickles(gated: Rule) -> None:
    model = pc.Sequential([pc.Input((108,)), Gated(128)])
    assert pickle.loads(pickle.dumps(model)).total == model.total
    assert pickle.loads(pickle.dumps(gated)) is gated


def test_a_rule_is_gone_once_it_is_unregistered() -> None:
    pc.register(Gated)
    unregister(Gated)
    assert "Gated" not in rules()
    with pytest.raises(AttributeError, match="no 'Gated'"):
        _ = pc.Gated


def test_a_taken_name_is_an_error_unless_it_is_to_be_replaced() -> None:
    keras = pc.Dense
    with pytest.raises(LayerError, match=r"keras has a layer Dense already; expected another name, or replace=True"):
        pc.register(Impostor)
    assert pc.Dense is keras
    pc.register(Impostor, replace=True)
    try:
        assert pc.Dense is find("Dense") is rules()["Dense"] is Impostor
    finally:
        unregister(Impostor)
    assert pc.Dense is find("Dense") is keras


def test_the_registered_name_in_a_keras_file_finds_it(gated: Rule, tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")

    @keras.saving.register_keras_serializable(package="mine")
    class Gated(keras.layers.Layer):  # type: ignore[misc,name-defined]
        def __init__(self, units: int, **more: Any) -> None:
            super().__init__(**more)
            self.units = units

        def build(self, shape: Any) -> None:
            self.kernel = self.add_weight(shape=(shape[-1], 2 * self.units), name="kernel")
            self.bias = self.add_weight(shape=(2 * self.units,), name="bias")

        def call(self, x: Any) -> Any:
            return x @ self.kernel[:, : self.units]

        def compute_output_shape(self, shape: Any) -> Any:
            return (*shape[:-1], self.units)

        def get_config(self) -> Any:
            return {**super().get_config(), "units": self.units}

    file = tmp_path / "gated.keras"
    keras.Sequential([keras.Input((5,)), Gated(4), keras.layers.Dense(3)]).save(file)
    report = pc.load(file).report()
    assert (report.total, report.exact, report.stored) == (2 * (5 * 4 + 4) + 4 * 3 + 3, True, 4)
    assert [str(row.formula) for row in report.rows] == ["2(d_x·d_y + d_y)", "d_x·d_y + d_y"]
    unregister(gated)
    try:
        assert not pc.load(file).report().rows[0].formula  # without the rule, what is stored is counted
    finally:
        pc.register(gated)


def test_packages_offer_rules_through_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = EntryPoint("gated", f"{__name__}:OFFERED", registry.ENTRY_POINTS)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [offer])
    registry._load_entry_points.cache_clear()
    registry._forget([])
    try:
        assert rules()["Gated"] is Gated
        assert find("Gated") is Gated
    finally:
        unregister(Gated)


def test_an_offer_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = EntryPoint("gated", "no_such_package:rules", registry.ENTRY_POINTS)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [offer])
    registry._load_entry_points.cache_clear()
    registry._forget([])
    with pytest.raises(LayerError, match=r"the rules offered by no_such_package:rules cannot be loaded: No module"):
        rules()
    monkeypatch.undo()
    registry._load_entry_points.cache_clear()
    assert "Dense" in rules()
