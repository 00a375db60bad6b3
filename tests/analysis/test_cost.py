"""The cost of a model: figures computed by hand, their parts, and what is refused."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost import cost, passes
from paramcalc.errors import OptionError


def of(layer, *shape, batch=None):
    tensor = pc.Input(shape, batch)
    return pc.Model(tensor, layer(tensor))


def torch_lstm(**options):
    tensor = pc.core.tensors.Tensor((10, 4, 108))
    return pc.Model(tensor, nn.LSTM(108, 128, **options)(tensor))


# LSTM 108 → 128 on 4 sequences of 10 steps; g·h·(h + x) = 4·128·236 = 120,832 multiply-adds a step and sequence
FORWARD = 4 * 10 * 120_832
RECURRENT = 4 * 10 * 4 * 128 * 128  # of which h·h


def test_a_scan_treats_all_steps_alike():
    lstm = of(pc.LSTM(128), None, 108)
    first = cost(lstm, batch=4, steps=10).passes
    assert (first.forward, first.backward) == (FORWARD, FORWARD + RECURRENT) == (4_833_280, 7_454_720)
    frozen = cost(lstm, batch=4, steps=10, frozen=["lstm"], input_gradient=True).passes
    assert (frozen.weight_gradient, frozen.input_gradient) == (0, FORWARD)
    assert cost(lstm, batch=4, steps=10, input_gradient=True).passes.backward == 2 * FORWARD == 9_666_560


def test_pytorch_knows_that_the_first_state_is_zeros():
    first = RECURRENT // 10  # the products of the first step with a state that needs no gradient
    lstm = torch_lstm()
    assert cost(lstm).passes.backward == FORWARD + RECURRENT - first == 7_192_576
    assert cost(lstm, input_gradient=True).passes.backward == 2 * FORWARD - first == 9_404_416
    assert cost(lstm, frozen=["lstm"], input_gradient=True).passes.backward == FORWARD - first == 4_571_136
    projected = cost(torch_lstm(proj_size=64)).passes
    assert (projected.forward, projected.backward) == (3_850_240, 5_357_568)


def test_an_unrolled_loop_as_pytorch():
    assert cost(of(pc.LSTM(128, unroll=True), 10, 108), batch=4).passes.backward == 7_192_576


def test_gru_and_dense():
    assert cost(of(pc.GRU(128), None, 108), batch=4, steps=10).passes.forward == 3_624_960
    dense = cost(of(pc.Dense(32), 108), batch=4, input_gradient=True).passes
    assert dense == (4 * 108 * 32,) * 3


def test_packed_sequences_and_masks():
    lengths = (7, 3, 1)
    assert cost(of(pc.LSTM(32), None, 16), lengths=lengths).passes.forward == 3 * 7 * 4 * 32 * 48 == 129_024
    packed = cost(alone(nn.LSTM(16, 32)), lengths=lengths)
    assert packed.passes.forward == 11 * 4 * 32 * 48 == 67_584


def test_truncation_keeps_the_states_of_a_window_only():
    lstm = of(pc.LSTM(128), None, 108)
    for window in (1, 2, 3, 5, 10, 20):
        starts = -(-10 // window)  # steps that read a state without a gradient
        assert cost(lstm, batch=4, steps=10, bptt=window).passes.step == 2 * FORWARD + (10 - starts) * RECURRENT // 10


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_symbols_come_to_the_same_as_numbers(framework):
    model = of(pc.LSTM(128), None, 108) if framework == "keras" else alone(nn.LSTM(108, 128))
    symbolic, numeric = cost(model), cost(model, batch=4, steps=10)
    names = {"B": 4, "N": 4, "T": 10, "L": 10}
    for one, other in zip(symbolic.passes, numeric.passes, strict=True):
        assert (one(**{name: names[name] for name in one.symbols}) if not isinstance(one, int) else one) == other
    formula = numeric.layers[0].formulas.forward
    assert formula.value == numeric.passes.forward
    assert formula.unicode() in ("4B·T·d_h(d_x + d_h)", "4N·L·d_h(d_x + d_h)")


def test_a_shared_layer_costs_once_for_each_call():
    one, other, shared = pc.Input((16,)), pc.Input((16,)), pc.Dense(8, name="shared")
    model = pc.Model([one, other], pc.Add()([shared(one), shared(other)]))
    found = cost(model, batch=2)
    assert [layer.name for layer in found.layers] == ["shared", "add"]
    assert found.passes == (2 * 2 * 16 * 8, 2 * 2 * 16 * 8, 0)
    assert found.memory.weights == 4 * (16 * 8 + 8)


def test_a_frozen_layer_passes_a_gradient_on_if_something_before_it_trains():
    model = pc.Sequential([pc.Input((8,)), pc.Dense(4, name="a"), pc.Dense(4, name="b"), pc.Dense(2, name="c")])
    a, b, c = cost(model, batch=1, frozen=["b"]).layers
    assert a.passes == (32, 32, 0)
    assert b.passes == (16, 0, 16)
    assert c.passes == (8, 8, 8)
    a, b, c = cost(model, batch=1, frozen=["a", "b"]).layers
    assert [one.passes.backward for one in (a, b, c)] == [0, 0, 8]


def test_a_layer_that_no_output_depends_on_through_a_gradient_has_no_pass_backwards():
    tokens = pc.Input((5,))
    model = pc.Sequential([tokens, pc.Embedding(10, 4), pc.Dense(3)])
    embedding, dense = cost(model, batch=2).layers
    assert embedding.passes == (0, 0, 0)
    assert dense.passes == (2 * 5 * 12, 2 * 5 * 12, 2 * 5 * 12)


def test_a_model_inside_a_model_is_the_sum_of_its_layers():
    inner = pc.Sequential([pc.Input((8,)), pc.Dense(4), pc.Dense(4)], name="inner")
    model = pc.Sequential([pc.Input((8,)), inner, pc.Dense(2)])
    nested, dense = cost(model, batch=1).layers
    assert nested.passes.forward == sum(one.passes.forward for one in nested.layers) == 48
    assert [one.passes for one in nested.layers] == [(32, 32, 0), (16, 16, 16)]
    assert dense.passes == (8, 8, 8)
    assert cost(model, batch=1, frozen=["inner/dense_1"]).layers[0].layers[1].passes == (16, 0, 16)
    assert cost(model, batch=1, frozen=["inner"]).passes.backward == 8


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["a", "b", "c"]), unique=True), st.booleans())
def test_freezing_more_never_costs_more(frozen, wanted):
    model = pc.Sequential(
        [pc.Input((6, 8)), pc.LSTM(4, return_sequences=True, name="a"), pc.Dense(4, name="b"), pc.GRU(2, name="c")]
    )
    some, all_of_them = (
        cost(model, batch=3, frozen=frozen, input_gradient=wanted),
        cost(model, batch=3, input_gradient=True),
    )
    assert some.passes.forward == all_of_them.passes.forward
    assert some.passes.backward <= all_of_them.passes.backward
    assert some.passes.step == sum(some.passes)
    for place in range(3):
        assert some.passes[place] == sum(one.passes[place] for one in some.layers)


def test_memory_follows_the_policy():
    model = of(pc.Dense(32), 108)
    assert cost(model).memory.weights == 4 * (108 * 32 + 32)
    assert cost(model, dtype="bfloat16").memory.weights == 2 * (108 * 32 + 32)
    assert cost(model, dtype="mixed_bfloat16").memory.weights == 4 * (108 * 32 + 32)
    assert cost(model, dtype="int4").memory.weights == (108 * 32 + 32) // 2
    assert cost(model, frozen=["dense/kernel"]).memory.gradients == 4 * 32
    lstm = of(pc.LSTM(128), None, 108)
    assert cost(lstm, batch=4).memory.state == 4 * 2 * 128 * 4  # h and c


def test_data_are_the_contract():
    found = cost(of(pc.LSTM(128), None, 108), batch=4, steps=10).to_dict()
    assert json.loads(json.dumps(found)) == found
    assert list(found) == [
        "schema", "name", "framework", "batch", "steps", "forward_macs", "weight_gradient_macs", "input_gradient_macs",
        "backward_macs", "step_macs", "memory", "layers", "conventions", "exact",
    ]  # fmt: skip
    assert (found["schema"], found["batch"], found["steps"]) == ("paramcalc-cost/1", 4, 10)
    assert list(found["memory"]) == ["weights", "gradients", "optimizer", "activations", "state"]


def test_what_is_refused():
    lstm = of(pc.LSTM(128), 10, 108)
    with pytest.raises(OptionError, match=r"the number of time steps is fixed; expected no --steps.*received 5"):
        cost(lstm, steps=5)
    with pytest.raises(OptionError, match=r"no layer or weight has this name.*did you mean 'lstm'"):
        cost(lstm, frozen=["lstn"])
    with pytest.raises(OptionError, match=r"the batch is fixed.*received 3"):
        cost(of(pc.LSTM(8), 10, 108, batch=2), batch=3)
    with pytest.raises(OptionError, match=r"unknown dtype.*did you mean 'float32'"):
        cost(lstm, dtype="float3")
    two = pc.Input((None, 4), name="a"), pc.Input((None, 4), name="b")
    with pytest.raises(OptionError, match=r"the inputs have 2 open axes: T_a, T_b"):
        cost(pc.Model(list(two), [pc.LSTM(2)(one) for one in two]), steps=5)


def alone(layer):
    from paramcalc.core.default_inputs import natural_inputs

    tensor = pc.core.tensors.Tensor(natural_inputs(layer)[0])
    return pc.Model(tensor, layer(tensor))


def test_a_cost_pickles():
    found = cost(of(pc.LSTM(128), None, 108), batch=4, steps=10)
    again = pickle.loads(pickle.dumps(found))
    assert again.to_dict() == found.to_dict()
    assert again.layers[0].formulas == found.layers[0].formulas
    assert again.render("markdown", explain=True) == found.render("markdown", explain=True)


def test_attention_caches_keys_and_values():
    x = pc.Input((10, 32))
    found = cost(pc.Model(x, pc.MultiHeadAttention(2, 16, value_dim=8)(x, x)), batch=4)
    assert found.memory.state == 4 * (4 * 10 * 2 * (16 + 8))
    grouped = pc.GroupQueryAttention(head_dim=8, num_query_heads=4, num_key_value_heads=2)
    assert cost(pc.Model(x, grouped(x, x)), batch=4, dtype="bfloat16").memory.state == 2 * (4 * 10 * 2 * 2 * 8)
    block = nn.TransformerDecoderLayer(16, 2, batch_first=True)
    target, memory = (pc.core.tensors.Tensor((4, length, 16)) for length in (5, 7))
    stack = pc.Model([target, memory], nn.TransformerDecoder(block, 3)(target, memory))
    assert cost(stack).memory.state == 4 * 3 * (2 * 16 * 4) * (5 + 7)  # itself, and what it attends to


@pytest.mark.torch
def test_a_live_module_has_a_forward_pass_and_an_unknown_pass_backwards():
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.LSTM(16, 4))
    module[0].weight.requires_grad_(False)
    found = cost(pc.from_torch(module, input_shape=(5, 2, 8)), optimizer="adam")
    assert found.passes == (2 * 5 * (8 * 16 + 16 * (16 + 4)), None, None)
    assert found.memory.activations is None
    assert found.memory.gradients == 4 * (16 + 4 * 4 * (16 + 4 + 2))
    assert found.memory.state == 4 * 2 * (2 * 4)
    assert found.to_dict()["backward_macs"] is None


def test_equal_blocks_are_worked_out_once_and_cost_what_they_cost_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stack: as many calls as there are different layers; and the cost of one by one, whatever is frozen in it."""
    model = pc.load(Path(__file__).parents[2] / "docs" / "examples" / "llama-7b.json")
    made: list[str] = []
    use = passes._use
    monkeypatch.setattr(passes, "_use", lambda *given: made.append(given[0].name) or use(*given))
    for frozen in ((), ("model.layers/0/self_attn",), ("model.layers/3",)):
        made.clear()
        together = pc.cost(model, frozen=frozen).to_dict()
        assert len(made) < 60
        with monkeypatch.context() as patch:
            patch.setattr(passes, "_identity", lambda part: object())
            assert pc.cost(model, frozen=frozen).to_dict() == together
        assert len(made) > 400
