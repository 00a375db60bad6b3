"""Models held against Keras: built without their weights, or live."""

from __future__ import annotations

import json
import subprocess
import sys
from math import prod

import pytest

import paramcalc as pc
from paramcalc.errors import ParamcalcError
from paramcalc.graph.bind import bind
from paramcalc.rules.keras import recurrent
from paramcalc.rules.shared import cells, windows
from paramcalc.verification import Verification, from_keras, verify
from paramcalc.verification.foreign import first_line
from paramcalc.verification.grid import grid_of, points

keras = pytest.importorskip("keras")
layers = keras.layers


def tutorial() -> pc.Model:
    return pc.Sequential([pc.Input((32, 256)), pc.Dense(108), pc.LSTM(128), pc.Dense(32)])


def encoder_decoder() -> pc.Model:
    source, target = pc.Input((3, 5), name="source"), pc.Input((4, 6), name="target")
    _, h, c = pc.LSTM(7, return_state=True)(source)
    decoded = pc.LSTM(7, return_sequences=True)(target, initial_state=[h, c])
    return pc.Model([source, target], pc.Dense(6)(decoded))


def shared() -> pc.Model:
    left, right = pc.Input((4, 5)), pc.Input((9, 5))
    reader, judge = pc.GRU(3), pc.Dense(2, trainable=False)
    return pc.Model([left, right], [judge(reader(left)), judge(reader(right))])


def frames(trainable: bool = True, declared: bool = True) -> pc.Model:
    start = [pc.Input((8, 8, 3))] if declared else []
    see = pc.Sequential(
        [*start, pc.Conv2D(4, 3), pc.BatchNormalization(), pc.GlobalAveragePooling2D()], trainable=trainable
    )
    return pc.Sequential([pc.Input((5, 8, 8, 3)), pc.TimeDistributed(see), pc.LSTM(3)])


def stack_started() -> pc.Model:
    source = pc.Input((3, 5))
    stack = [pc.LSTMCell(7), pc.GRUCell(4)]
    _, h, c, g = pc.RNN(stack, return_state=True)(source)
    return pc.Model(source, pc.RNN([pc.LSTMCell(7), pc.GRUCell(4)])(source, initial_state=[h, c, g]))


def lone_cell() -> pc.Model:
    x = pc.Input((5,))
    return pc.Model(x, pc.StackedRNNCells([pc.LSTMCell(3), pc.GRUCell(2)])(x))


MODELS = {
    "tutorial": (tutorial, 153_228),
    "encoder-decoder": (encoder_decoder, 4 * (7 * (7 + 5) + 7) + 4 * (7 * (7 + 6) + 7) + 7 * 6 + 6),
    "shared": (shared, 3 * (3 * (3 + 5) + 2 * 3) + 3 * 2 + 2),
    "frames": (frames, 9 * 3 * 4 + 4 + 4 * 4 + 4 * (3 * (3 + 4) + 3)),
    "frozen frames": (lambda: frames(trainable=False), 224),
    "frames without a declared input": (lambda: frames(False, declared=False), 224),
    "a stack started from another's states": (stack_started, 2 * (4 * 7 * (5 + 7 + 1) + 3 * 4 * (7 + 4 + 2))),
    "a cell outside an RNN": (lone_cell, 4 * 3 * (5 + 3 + 1) + 3 * 2 * (3 + 2 + 2)),
    "stateful": (lambda: pc.Sequential([pc.Input((5, 3), batch_size=2), pc.LSTM(3, stateful=True)]), 84),
    "frozen inside wrappers": (
        lambda: pc.Sequential(
            [
                pc.Input((5, 8)),
                pc.TimeDistributed(pc.Dense(3, trainable=False)),
                pc.Bidirectional(pc.LSTM(3, trainable=False)),
            ]
        ),
        8 * 3 + 3 + 2 * 84,
    ),
    "carried options": (
        lambda: pc.Sequential([pc.Input((5,)), pc.Dense(3, activation="relu", kernel_initializer="he_normal")]),
        18,
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_keras_agrees(name: str) -> None:
    make, total = MODELS[name]
    found = verify(make())
    assert found.ok, str(found)
    assert found.params == total
    assert f"{total:,} parameters" in str(found)


@pytest.mark.parametrize(
    ("layer", "shape", "total"),
    [
        (pc.LSTM(128), (None, 108), 121_344),
        (pc.Bidirectional(pc.LSTM(128)), (None, 108), 242_688),
        (pc.GRU(128), (None, 108), 91_392),
        (pc.GRU(128, reset_after=False), (None, 108), 91_008),
        (pc.SimpleRNN(128), (None, 108), 30_336),
        (pc.LSTM(10), (13, 5), 640),
        (pc.Dense(108), (256,), 27_756),
    ],
)
def test_single_layers(layer: pc.Layer, shape: tuple[int | None, ...], total: int) -> None:
    found = verify(pc.Sequential([pc.Input(shape), layer]))
    assert found.ok, str(found)
    assert found.params == total
    assert found.layers == 1


def test_one_line_when_all_is_well() -> None:
    found = verify(tutorial())
    backend = keras.backend.backend()
    expected = f"Keras {keras.__version__} ({backend}) agrees: 3 layers, 7 tensors, 153,228 parameters"
    assert str(found) == expected
    assert found.elapsed > 0


# --- named sizes ----------------------------------------------------------------------------------------------


def test_named_sizes_are_certified() -> None:
    found = verify(pc.Sequential([pc.Input(("T", "d_x")), pc.LSTM("d_h")]))
    assert found.ok
    assert found.decisive
    assert found.models == 2 * 3  # d_x occurs once, d_h squared; T stays open
    assert str(found).endswith("certified for all d_h, d_x (6 sizes)")


def test_sizes_no_polynomial_decides_are_sampled() -> None:
    found = verify(pc.Sequential([pc.Input((4, "d_x")), pc.LSTM("h // 4")]))
    assert found.ok
    assert not found.decisive
    assert "sampled in h, d_x" in str(found)


def test_a_grid_too_large_is_thinned() -> None:
    model = pc.Sequential([pc.Input((4, "a")), *(pc.LSTM(name, return_sequences=True) for name in "bcdefgh")])
    grid = grid_of(model)
    assert len(grid.points) == 64
    assert not grid.decisive
    assert all({point[name] for point in grid.points} == {2, 3, 5} for name in "bcdefg")


def test_points_decide_the_degree() -> None:
    assert points({"x": 1, "h": 2}) == [{"x": x, "h": h} for x in (2, 3) for h in (2, 3, 5)]
    assert len(points({"x": 30}, most=100)) == len({point["x"] for point in points({"x": 30}, most=100)}) == 31


def test_grids_respect_divisibility() -> None:
    model = pc.Sequential([pc.Input((9, 9, "C")), pc.Conv2D("12", 3, groups=4)])
    found = verify(model)
    assert found.ok, str(found)


def test_a_wrong_degree_is_seen_at_some_size(monkeypatch: pytest.MonkeyPatch) -> None:
    # agrees at d_h = 2, and nowhere else
    honest = recurrent.cell

    def wrong(batch, d_x, units, gates, *rest):  # type: ignore[no-untyped-def]
        built = honest(batch, d_x, units, gates, *rest)
        kernel = built.weights[1].evolve(shape=(units * units // 2, built.weights[1].shape[1]))
        return built._replace(weights=(built.weights[0], kernel, *built.weights[2:]))

    monkeypatch.setattr(recurrent, "cell", wrong)
    assert verify(pc.Sequential([pc.Input((4, 5)), pc.LSTM(2)])).ok
    found = verify(pc.Sequential([pc.Input((4, 5)), pc.LSTM("d_h")]))
    assert not found.ok
    assert any("at d_h=3" in difference.what for difference in found.differences)


def test_bind_keeps_sharing_and_nesting() -> None:
    left, right = pc.Input(("T", "x")), pc.Input((9, "x"))
    reader = pc.Bidirectional(pc.GRU("h", name="inner"), name="reader", trainable=False)
    inner = pc.Sequential([pc.Input(("2*h",)), pc.Dense("y")], name="judge")
    model = pc.Model([left, right], [inner(reader(left)), inner(reader(right))], name="pair")
    bound = bind(model, {"x": 5, "h": 3, "y": 2})
    assert bound.total == model.total(x=5, h=3, y=2)
    assert bound.nodes[0].layer is bound.nodes[2].layer
    assert len(bound.layers) == 2
    assert set(bound.names.values()) == {"reader", "judge"}
    assert bound.layers[0].frozen
    assert bound.layers[0].options["layer"].options["units"] == 3
    assert model.layers[0].options["layer"].options["units"] != 3


def test_bind_refuses_impossible_values() -> None:
    with pytest.raises(ParamcalcError, match="units"):
        bind(pc.Dense("h // 4"), {"h": 3})


# --- differences ----------------------------------------------------------------------------------------------


def test_a_wrong_tensor_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = recurrent.cell

    def wrong(batch, d_x, units, gates, biases, *rest):  # type: ignore[no-untyped-def]
        return honest(batch, d_x, units, gates, 2 * biases, *rest)

    monkeypatch.setattr(recurrent, "cell", wrong)
    found = verify(tutorial())
    assert not found.ok
    lines = str(found).splitlines()
    assert "disagrees: 3 differences" in lines[0]
    assert lines[1] == "  lstm: lstm_cell/bias: paramcalc (2, 512), Keras (512,)"
    assert lines[2] == "  sequential: total: paramcalc 153,740, Keras 153,228"


def test_a_wrong_output_shape_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    rule, honest = pc.Flatten, pc.Flatten.body
    assert rule.options
    monkeypatch.setattr(rule, "body", lambda x, **options: honest((*x, 2), **options))
    found = verify(pc.Sequential([pc.Input((3, 4)), pc.Flatten()]))
    assert [str(difference) for difference in found.differences] == [
        "flatten: output shape: paramcalc (B, 24), Keras (None, 12)"
    ]


def test_what_keras_refuses_is_a_difference() -> None:
    found = verify(pc.Sequential([pc.Input((5,)), pc.Dense(3, kernel_initializer={"class_name": "No", "config": {}})]))
    (difference,) = found.differences
    assert difference.ours == "accepts it"
    assert difference.theirs.startswith("refuses: ")
    assert "\n" not in str(difference)


def test_bidirectional_layers_of_two_sizes() -> None:
    both = pc.Bidirectional(pc.LSTM(3), backward_layer=pc.LSTM(5, go_backwards=True))
    found = verify(pc.Sequential([pc.Input((5, 4)), both]))
    assert found.ok, str(found)
    assert found.remarks == ["bidirectional: Keras infers (None, 6) and computes (B, 8)"]
    # Keras then builds the next layer for what it announced: such a model does not run there
    after = verify(pc.Sequential([pc.Input((5, 4)), both, pc.Dense(2)]))
    assert str(after.differences[0]) == "dense: kernel: paramcalc (8, 2), Keras (6, 2)"


def test_a_huge_stateful_layer_is_refused_before_it_is_allocated() -> None:
    model = pc.Sequential([pc.Input((5, 3), batch_size=2), pc.LSTM(10**6, stateful=True)])
    with pytest.raises(ParamcalcError, match="stateful=False"):
        verify(model)


def test_messages_of_keras_are_cut_to_what_they_say() -> None:
    error = ValueError("Exception encountered when calling X.call().\n\n\x1b[1mIt is too long.\x1b[0m\n\nArguments:")
    assert first_line(error) == "It is too long."
    assert first_line(ValueError()) == "ValueError"


def test_the_session_of_the_caller_is_left_alone() -> None:
    from keras.src.backend.common import global_state

    before = layers.Dense(3).name
    waiting = list(global_state.get_global_attribute("uninitialized_variables") or [])
    verify(tutorial())
    assert list(global_state.get_global_attribute("uninitialized_variables") or []) == waiting
    after = layers.Dense(3).name
    assert int(after.rpartition("_")[2]) == int((before + "_0").split("_")[1]) + 1


# --- live Keras models ----------------------------------------------------------------------------------------


def test_a_live_sequential_model() -> None:
    model = keras.Sequential(
        [
            layers.Input((5, 3)),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.RNN([layers.LSTMCell(3), layers.GRUCell(4)]),
            layers.Dense(2, activation="softmax", dtype="mixed_bfloat16"),
        ]
    )
    model.layers[0].trainable = False
    found = verify(model)
    assert found.ok, str(found)
    assert found.params == model.count_params()
    assert from_keras(model).trainable == sum(prod(weight.shape) for weight in model.trainable_weights)


def test_a_live_functional_model() -> None:
    tokens, more = layers.Input((None,)), layers.Input((7,))
    embed = layers.Embedding(10, 4, mask_zero=True)
    y, h, c = layers.LSTM(3, return_state=True)(embed(tokens))
    started = layers.LSTM(3)(embed(more), initial_state=[h, c])
    positional = layers.LSTM(3)(embed(more), [h, c])
    judge = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
    merged = layers.Add()([judge(started), judge(y), judge(positional)])
    model = keras.Model([tokens, more], {"sum": merged, "both": layers.Bidirectional(layers.GRU(3))(embed(more))})
    found = verify(model)
    assert found.ok, str(found)
    assert found.params == model.count_params()
    inside = keras.Sequential([layers.Input((6, 7)), layers.TimeDistributed(keras.Model(more, embed(more)))])
    assert verify(inside).ok


def test_a_live_model_that_is_read_wrongly_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = recurrent.over_time
    drop = {"return_sequences": False}
    monkeypatch.setattr(recurrent, "over_time", lambda x, step, time, dead: honest(x, step, time | drop, dead))
    model = keras.Sequential([layers.Input((5, 3)), layers.LSTM(4, return_sequences=True)])
    found = verify(model)
    assert {difference.what for difference in found.differences} == {"output shape"}


def test_a_single_layer_is_no_model() -> None:
    with pytest.raises(ParamcalcError, match=r"not a Keras model.*a single layer can be wrapped"):
        verify(layers.Dense(3))


@pytest.mark.parametrize("subject", [None, 3, "LSTM", pc.Dense(3)])
def test_nothing_to_verify(subject: object) -> None:
    with pytest.raises(ParamcalcError, match="nothing to verify"):
        verify(subject)
    with pytest.raises(ParamcalcError, match="not a Keras model"):
        from_keras(subject)


# --- what is imported when ------------------------------------------------------------------------------------


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_verify_imports_no_framework() -> None:
    found = run(
        "import sys, paramcalc.verification, paramcalc.verification.audit; "
        "print(sorted({'keras', 'jax', 'torch', 'tensorflow', 'numpy'} & set(sys.modules)))"
    )
    assert found == "[]\n"


def test_without_keras_it_says_what_to_install() -> None:
    found = run(
        "import sys; sys.modules['keras'] = None\n"
        "import paramcalc as pc\n"
        "try: pc.verify(pc.Sequential([pc.Input((3,)), pc.Dense(2)]))\n"
        "except pc.ParamcalcError as error: print(type(error).__name__, error)\n"
    )
    assert found.startswith("MissingExtra ")
    assert "pip install 'paramcalc[keras]'" in found


def test_results_are_plain_data() -> None:
    found = verify(tutorial())
    assert isinstance(found, Verification)
    assert (found.layers, found.tensors, found.version) == (3, 7, keras.__version__)
    assert found.differences == found.remarks == []
    written = json.loads(json.dumps(found.to_dict()))
    assert (written["ok"], written["params"], written["differences"]) == (True, 153_228, [])
    symbolic = verify(pc.Sequential([pc.Input((None, "d_x")), pc.LSTM(3)])).to_dict()
    assert (symbolic["sizes"], symbolic["models"], symbolic["certified"]) == (["d_x"], 2, True)
    assert cells.parameters(4, 108, 128, 1) == 121_344


@pytest.mark.slow
def test_verify_is_a_function_and_its_package_a_plain_module() -> None:
    found = run(
        "import paramcalc.verification.audit, paramcalc as pc; "
        "print(pc.verify(pc.Sequential([pc.Input((3,)), pc.Dense(2)])).ok, callable(pc.from_keras), "
        "type(pc.verify).__name__, type(pc.verification).__name__)"
    )
    assert found == "True True function module\n"


def test_open_sizes_are_tried_with_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    model = pc.Sequential([pc.Input(("T", 6)), pc.Conv1D(4, 3, dilation_rate=2)])
    assert pc.verify(model).ok
    monkeypatch.setattr(windows, "length", lambda n, window, stride, padding, dilation=1: n - window + 1)
    assert "output shape at T=7" in str(pc.verify(model))
