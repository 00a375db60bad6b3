"""The report and its JSON contract, paramcalc/1: which keys, which types, and that every column adds up."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

import paramcalc as pc

TOP = {
    "schema", "name", "framework", "total", "trainable", "non_trainable", "exact", "macs", "macs_exact", "macs_batch",
    "input_shape", "output_shape", "layers", "warnings",
}  # fmt: skip
ROW = {
    "name", "type", "input_shape", "output_shape", "params", "trainable", "non_trainable", "macs", "formula",
    "substituted", "weights",
}  # fmt: skip


def nested() -> pc.Model:
    inner = pc.Sequential([pc.Dense(4), pc.BatchNormalization(), pc.Dense(2, trainable=False)], name="inner")
    a, b = pc.Input((None, 3), name="a"), pc.Input((None, 3), name="b")
    shared = pc.TimeDistributed(inner)
    merged = pc.Concatenate()([shared(a), shared(b)])
    out, state = pc.GRU(5, return_state=True)(merged)
    return pc.Model([a, b], [pc.Dense(1)(out), state], name="net")


MODELS = {
    "tutorial": lambda: pc.Sequential([pc.Dense(108, input_shape=(32, 256)), pc.LSTM(128), pc.Dense(32)]),
    "symbolic": lambda: pc.Sequential([pc.Input(("T", "d_x")), pc.LSTM("h"), pc.Dense("k", trainable=False)]),
    "nested": nested,
    "large": lambda: pc.Sequential([pc.Input((10**30,)), pc.Dense(10**30)]),
    "batch": lambda: pc.Sequential([pc.Input((10, 108), batch_size=4), pc.LSTM(128, stateful=True)]),
}


@pytest.fixture(params=list(MODELS))
def model(request: pytest.FixtureRequest) -> pc.Model:
    return MODELS[request.param]()


def size(value: Any) -> Any:
    return pc.parse(value) if isinstance(value, str) else value


def total(rows: list[dict[str, Any]], column: str) -> Any:
    return sum(size(row[column]) for row in rows)


def is_shape(value: Any) -> bool:
    one = isinstance(value, list) and bool(value)
    return one and (all(map(is_shape, value)) if isinstance(value[0], list) else all(map(is_size, value)))


def is_size(value: Any) -> bool:
    return value is None or isinstance(value, str) or type(value) is int


def test_keys_and_types(model: pc.Model) -> None:
    report = model.report().to_dict()
    assert json.loads(json.dumps(report)) == report
    assert set(report) == TOP
    assert (report["schema"], report["framework"]) == ("paramcalc/1", "keras")
    assert (report["exact"], report["warnings"]) == (True, [])
    assert is_shape(report["input_shape"])
    assert is_shape(report["output_shape"])
    rows = list(report["layers"])
    while rows:
        row = rows.pop()
        assert ROW <= set(row) <= ROW | {"calls", "layers", "reads"}
        assert is_shape(row["input_shape"])
        assert is_shape(row["output_shape"])
        assert (row["formula"] is None) == (row["substituted"] is None)
        for weight in row["weights"]:
            assert {"name", "path", "shape", "trainable", "count"} <= set(weight)
            assert None not in weight["shape"]
            product: Any = 1
            for one in weight["shape"]:
                product = product * size(one)
            assert product == size(weight["count"])
        rows += row.get("layers", [])


def test_every_column_adds_up(model: pc.Model) -> None:
    report = model.report().to_dict()
    for column, sums_to in {"params": "total", **{one: one for one in ("trainable", "non_trainable", "macs")}}.items():
        assert total(report["layers"], column) == size(report[sums_to])
    assert size(report["trainable"]) + size(report["non_trainable"]) == size(report["total"]) == model.total
    rows = list(report["layers"])
    while rows:
        row = rows.pop()
        assert total(row["weights"], "count") == size(row["params"])
        assert size(row["trainable"]) + size(row["non_trainable"]) == size(row["params"])
        if inner := row.get("layers"):
            for column in ("params", "trainable", "non_trainable"):
                assert total(inner, column) == size(row[column])
        rows += row.get("layers", [])


def test_the_tutorial_model_in_full() -> None:
    report = MODELS["tutorial"]().report().to_dict()
    lstm = report["layers"][1]
    assert (report["total"], report["input_shape"], report["output_shape"]) == (153_228, [None, 32, 256], [None, 32])
    assert lstm["weights"][2] == {
        "name": "bias", "path": "lstm_cell/bias", "shape": [512], "trainable": True, "count": 512,
        "gates": {"i": [0, 128], "f": [128, 256], "g": [256, 384], "o": [384, 512]}, "starts": {"f": 1},
    }  # fmt: skip
    del lstm["weights"]
    assert lstm == {
        "name": "lstm", "type": "LSTM", "input_shape": [None, 32, 108], "output_shape": [None, 128],
        "params": 121_344, "trainable": 121_344, "non_trainable": 0, "macs": 32 * 4 * 128 * 236,
        "formula": "4[d_h(d_h + d_x) + d_h]", "substituted": "4[128(128 + 108) + 128]",
        "reads": ["dense"],
    }  # fmt: skip


def test_unknown_sizes_are_null_and_symbols_strings() -> None:
    report = MODELS["symbolic"]().report().to_dict()
    assert report["input_shape"] == [None, "T", "d_x"]
    assert report["output_shape"] == [None, "k"]
    assert report["layers"][0]["weights"][0]["shape"] == ["d_x", "4h"]
    assert report["total"] == "4d_x*h + 4h^2 + h*k + 4h + k"
    assert report["non_trainable"] == "h*k + k"
    unknown = MODELS["nested"]().report().to_dict()
    assert unknown["input_shape"] == [[None, "T_a", 3], [None, "T_b", 3]]


def test_integers_are_exact_at_any_size() -> None:
    report = MODELS["large"]().report().to_dict()
    assert report["total"] == 10**60 + 10**30
    assert json.loads(json.dumps(report))["total"] == 10**60 + 10**30


def test_multiply_adds_are_for_the_batch_that_is_known() -> None:
    report = MODELS["batch"]().report().to_dict()
    assert (report["macs"], report["macs_batch"]) == (4_833_280, 4)
    report = MODELS["tutorial"]().report().to_dict()
    assert (report["macs"], report["macs_batch"]) == (32 * 256 * 108 + 32 * 4 * 128 * 236 + 128 * 32, 1)


def test_shared_layers_say_how_often_they_are_called() -> None:
    row = nested().report().to_dict()["layers"][0]
    assert (row["name"], row["calls"], row["formula"]) == ("time_distributed", 2, None)
    assert (row["params"], row["non_trainable"]) == (16 + 16 + 10, 8 + 10)


def test_a_size_that_outgrows_everything_is_refused() -> None:
    x = pc.Input((10**60, 10**60))
    with pytest.raises(pc.ParamcalcError, match=r"10\^100"):
        pc.Model(x, pc.Flatten()(x)).report()


def test_a_model_prints_its_table_and_has_keras_names(capsys: pytest.CaptureFixture[str]) -> None:
    model = pc.Sequential([pc.Input((32, 256)), pc.Dense(108), pc.LSTM(128), pc.Dense(32)])
    assert model.count_params() == model.total == 153_228
    assert str(model) == str(model.report()) == model.render("text")
    model.summary()
    assert capsys.readouterr().out == model.render("table")
    assert str(pc.Sequential([pc.Dense(3)])).startswith("<Sequential 'sequential': 1 layers>: the input shape of ")


def test_everything_that_is_shown_has_a_short_repr_and_can_be_stored() -> None:
    model = pc.Sequential([pc.Input((32, 256)), pc.Dense(108), pc.Bidirectional(pc.LSTM("h"))])
    assert model.total == model.total  # twice, so that its layers remember what they built
    report = model.report()
    shown = [
        model,
        report,
        report.rows[1],
        pc.conventions("LSTM", 3, 4),
        pc.why(pc.Sequential([pc.Input((3, 5)), pc.LSTM(4)]), 176),
    ]
    plain = [report.rows[1].weights[0], model.layers[1], report.rows[1].formula, pc.conventions("GRU")[1], pc.LSTM]
    for one in [*shown, *plain]:
        again = pickle.loads(pickle.dumps(one))
        assert repr(again) == repr(one)
        assert len(repr(one)) < 100
    for one in shown:
        assert pickle.loads(pickle.dumps(one)).render("json") == one.render("json")
        assert one._repr_html_().startswith("<")
        assert "\\begin" in one._repr_latex_()
        assert str(one) == one.render("text")


def test_a_model_without_an_input_is_shown_as_text_in_notebooks() -> None:
    model = pc.Sequential([pc.Dense(4)])
    assert model._repr_html_() is None
    assert model._repr_latex_() is None
    assert model.__rich__() == str(model)
