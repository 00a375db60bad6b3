"""Models of Hugging Face from their config.json: totals, formulas, costs, folders with weights, errors."""

from __future__ import annotations

import json
import pickle
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hf_configs import DRAWN
from hf_published import PUBLISHED
from hypothesis import given, strategies as st
from safetensors_files import write
from tiers import quick

import paramcalc as pc
from paramcalc.analysis.cost.decoding import decoding
from paramcalc.cli import main
from paramcalc.formats.huggingface.config import Described, described
from paramcalc.formats.huggingface.expressions import evaluate
from paramcalc.formats.huggingface.names import parameters, renamed
from paramcalc.formats.huggingface.table import read, table
from paramcalc.formats.tensors.agreement import compare
from paramcalc.graph.bind import bind
from paramcalc.symbolic import Expr

LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 40,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
"""16 features, 4 heads of 4 numbers, 2 of them for keys and values."""

BLOCK = 2 * 16 * 16 + 2 * 16 * 8 + 3 * 16 * 24 + 2 * 16  # q and o, k and v, the network, two scales
TOTAL = 2 * 40 * 16 + 3 * BLOCK + 16


def random_config(kind: str, seed: int) -> dict[str, Any]:
    return {"model_type": kind, **DRAWN[kind](Random(zlib.crc32(f"{kind} {seed}".encode())))}


def run_main(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the command line; give its exit code."""
    monkeypatch.setattr(sys, "argv", ["paramcalc", *words])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


# --- counts ---------------------------------------------------------------------------------------------------------


def test_a_total_by_hand() -> None:
    model = described(LLAMA).model
    assert model.total == TOTAL == 7152
    assert str(model.formula) == "V·d + L·d(2h·k + 2k·g + 3f + 2) + d + V·d"
    assert [(row.name, row.type, row.params) for row in model.rows] == [
        ("model.embed_tokens", "Embedding", 640),
        ("model.layers", "3 × DecoderLayer", 3 * BLOCK),
        ("model.norm", "RMSNorm", 16),
        ("lm_head", "Linear", 640),
    ]


@pytest.mark.parametrize("kind", ["llama", "deepseek_v3", "t5", "vit"])
def test_a_model_can_be_stored(kind: str) -> None:
    model = described(random_config(kind, 0)).model
    again = pickle.loads(pickle.dumps(model))
    assert (again.total, str(again.formula)) == (model.total, str(model.formula))
    assert again.report().to_dict() == model.report().to_dict()


def test_tied_weights_count_once() -> None:
    tied = described({**LLAMA, "tie_word_embeddings": True})
    assert tied.model.total == TOTAL - 640
    assert tied.tied == {"lm_head": "model.embed_tokens"}
    work = described(LLAMA).model.report().macs
    assert tied.model.report().macs == work  # the scores are computed by the same table


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_totals(name: str) -> None:
    config, total, active = PUBLISHED[name]
    model = described(config).model
    assert (model.total, model.active) == (total, active)
    assert model.formula is not None
    assert model.formula.value == total


def test_the_page_has_every_type_and_every_published_total() -> None:
    page = (Path(__file__).parents[2] / "docs/huggingface.md").read_text(encoding="utf-8")
    assert [kind for kind in table().architectures if f"`{kind}`" not in page] == []
    numbers = [number for _, *both in PUBLISHED.values() for number in both if number is not None]
    split = {2_506_172_416: 524_550_144 + 1_981_884_416}  # the table of Gemma has 128 tokens more
    assert [number for number in numbers if f"{number:,}" not in page] == []
    assert split[2_506_172_416] - 2_506_172_416 == 128 * 2048


@pytest.mark.parametrize("kind", table().architectures)
def test_the_formula_gives_the_total(kind: str) -> None:
    for seed in range(5):
        model = described(random_config(kind, seed)).model
        assert model.formula is not None
        assert model.formula.value == model.total == model.report().total


@pytest.mark.parametrize("kind", table().architectures)
def test_sizes_may_be_symbols(kind: str) -> None:
    config = random_config(kind, 1)
    numeric = described(config).model
    names = {"vocab_size": 41, "intermediate_size": 31, "d_ff": 31, "n_inner": 31, "ffn_dim": 31, "hidden_dim": 31}
    given_sizes = {key: value for key, value in names.items() if config.get(key)}
    symbolic = described(config, {key: f"n_{at}" for at, key in enumerate(given_sizes)}).model
    other = described({**config, **given_sizes}).model
    if given_sizes:
        values = {f"n_{at}": value for at, value in enumerate(given_sizes.values())}
        assert isinstance(symbolic.total, Expr)
        assert symbolic.total(**values) == other.total == bind(symbolic, values).total
    else:
        assert symbolic.total == numeric.total


@pytest.mark.parametrize(
    ("kind", "key"), [("llama", "num_hidden_layers"), ("bert", "num_hidden_layers"), ("t5", "num_layers")]
)
def test_the_number_of_blocks_may_be_a_symbol(kind: str, key: str) -> None:
    config = {**random_config(kind, 2), **({"num_decoder_layers": 2} if kind == "t5" else {})}
    symbolic = described(config, {key: "n"}).model
    assert isinstance(symbolic.total, Expr)
    for number in (2, 3):
        model = described({**config, key: number}).model
        assert symbolic.total(n=number) == model.total
        for flow in ("forward", "backward"):
            costs = [one.cost(batch=2, steps=7).passes for one in (symbolic, model)]
            found, expected = (getattr(one, flow) for one in costs)
            assert (found(n=number) if isinstance(found, Expr) else found) == expected
        states = [one.cost(batch=2, steps=7).memory.state for one in (symbolic, model)]
        assert states[1] == (states[0](n=number) if isinstance(states[0], Expr) else states[0])


def test_kinds_of_blocks_in_turn_need_a_number() -> None:
    config = {**random_config("qwen3_moe", 0), "decoder_sparse_step": 2, "mlp_only_layers": []}
    with pytest.raises(pc.ParamcalcError, match="blocks of several kinds in turn; expected a number of blocks"):
        described(config, {"num_hidden_layers": "L"})


def test_a_shared_block_counts_once_and_works_each_time() -> None:
    config = {**random_config("albert", 3), "num_hidden_groups": 1, "inner_group_num": 1}
    once, thrice = (described({**config, "num_hidden_layers": n}).model for n in (1, 3))
    assert once.total == thrice.total
    macs = [
        described({**config, "num_hidden_layers": n}).model.cost(batch=1, steps=5).passes.forward for n in (1, 2, 3)
    ]
    assert macs[2] - macs[1] == macs[1] - macs[0] > 0


# --- costs ----------------------------------------------------------------------------------------------------------


def test_multiply_adds_by_hand() -> None:
    T, B = 11, 2
    cost = described(LLAMA).model.cost(batch=B, steps=T)
    products = B * T * (3 * (BLOCK - 2 * 16) + 40 * 16)  # each weight of a product once for each place; norms aside
    pairs = B * T * T * 3 * 2 * 16  # two products for each pair of places, of 16 numbers in 3 blocks
    assert cost.passes.forward == products + pairs
    assert cost.passes.backward == 2 * (products + pairs)
    assert cost.memory.state == 4 * B * T * 3 * 2 * 2 * 4  # keys and values of 2 heads of 4 numbers in 3 blocks


def test_experts_cost_as_many_as_are_active() -> None:
    config = {**LLAMA, "model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "num_local_experts": 6}
    macs = [
        described({**config, "num_experts_per_tok": n}).model.cost(batch=1, steps=1).passes.forward for n in (1, 2, 3)
    ]
    assert macs[2] - macs[1] == macs[1] - macs[0] == 3 * 3 * 16 * 24
    model = described({**config, "num_experts_per_tok": 2}).model
    assert model.total - model.active == 3 * (6 - 2) * 3 * 16 * 24
    assert "active" in json.loads(model.report().to_json())


def test_decoding_takes_a_step_at_a_time() -> None:
    model = described(LLAMA).model
    found = decoding(model, prompt=4, tokens=3, batch=1)
    whole = [model.cost(batch=1, steps=n).passes.forward for n in (4, 5, 6)]
    products = 3 * (BLOCK - 2 * 16) + 40 * 16
    assert found.first == whole[0]
    assert found.further == sum(products + n * 3 * 2 * 16 for n in (5, 6))


def test_encoders_cache_nothing() -> None:
    assert described(random_config("bert", 0)).model.cost(batch=1, steps=3).memory.state == 0


def test_a_sequence_is_no_longer_than_its_positions() -> None:
    config = {**random_config("gpt2", 0), "n_positions": 12}
    model = described(config).model
    model.cost(batch=1, steps=12)
    with pytest.raises(pc.ParamcalcError, match="a sequence that is too long; expected at most 12 places, received 13"):
        model.cost(batch=1, steps=13)


# --- files ----------------------------------------------------------------------------------------------------------


def saved(folder: Path, config: dict[str, Any], tensors: dict[str, tuple[int, ...]]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    write(folder / "model.safetensors", tensors)
    return folder


def with_tied(found: Described) -> dict[str, tuple[int, ...]]:
    ours = parameters(found)
    return {**ours, **{f"{name}.weight": ours[f"{first}.weight"] for name, first in found.tied.items()}}


def plain_base(found: Described) -> dict[str, tuple[int, ...]]:
    return {name.removeprefix(found.base): shape for name, shape in parameters(found).items()}


def of_tensorflow(found: Described) -> dict[str, tuple[int, ...]]:
    def old(name: str) -> str:
        if "LayerNorm." not in name:
            return name
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")

    return {old(name): shape for name, shape in parameters(found).items()}


def newer(found: Described) -> dict[str, tuple[int, ...]]:
    return renamed(parameters(found), found.renamed)


WAYS: list[Callable[[Described], dict[str, tuple[int, ...]]]] = [
    parameters,
    with_tied,
    plain_base,
    of_tensorflow,
    newer,
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "kind", ["llama", "mixtral", "qwen2_moe", "gpt2", "bert", "albert", "t5", "bart", "whisper", "vit"]
)
def test_a_folder_agrees_with_its_configuration(kind: str, way: Callable[..., Any], tmp_path: Path) -> None:
    config = random_config(kind, 4)
    found = described(config)
    folder = saved(tmp_path / "model", config, way(found))
    model = pc.load(folder)
    assert (model.total, model.holds, model.report().exact) == (found.model.total, True, True)
    assert model.stored == len(parameters(found)) or way is newer
    assert str(model.report().stored_as.text).endswith("float32")
    assert pc.verify_checkpoint(folder).ok


def test_a_folder_that_disagrees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors = parameters(described(LLAMA))
    tensors["lm_head.weight"] = (41, 16)
    del tensors["model.norm.weight"]
    tensors["more.weight"] = (2, 3)
    folder = saved(tmp_path / "model", LLAMA, tensors)
    model = pc.load(folder)
    assert not model.report().exact
    assert model.total <= TOTAL
    assert model.warnings == ["more.weight: (2, 3) is only in the file"]
    assert "lm_head (Linear): stored otherwise: weight is (41, 16), and not (40, 16)" in model.report().warnings
    assert run_main(["verify", str(folder)], monkeypatch) == 1
    assert capsys.readouterr().out == (
        "model disagrees with config.json: the checkpoint has 1 tensor that the model lacks; "
        "the model has 1 tensor that the checkpoint lacks; 1 has another shape\n"
        "  only in the checkpoint: more.weight (2, 3)\n"
        "  only in the model: model.norm.weight (16,)\n"
        "  lm_head.weight: (40, 16) in the model, (41, 16) in the checkpoint\n"
    )


def test_the_smaller_count_stands_where_shapes_differ(tmp_path: Path) -> None:
    tensors = parameters(described(LLAMA))
    tensors["lm_head.weight"] = (30, 16)
    assert pc.load(saved(tmp_path / "model", LLAMA, tensors)).total == TOTAL - 10 * 16


def test_buffers_are_no_difference(tmp_path: Path) -> None:
    tensors = {**parameters(described(LLAMA)), "model.layers.0.self_attn.rotary_emb.inv_freq": (2,)}
    folder = saved(tmp_path / "model", LLAMA, tensors)
    assert pc.load(folder).report().exact
    assert pc.verify_checkpoint(folder).ok


def test_a_folder_of_another_type_has_its_tensors(tmp_path: Path) -> None:
    folder = saved(tmp_path / "model", {**LLAMA, "model_type": "lama"}, {"a.weight": (2, 3)})
    model = pc.load(folder)
    assert model.total == 6
    assert model.warnings[-1].startswith("config.json is not compared: model_type: an unknown type of model")


def test_quantized_weights_have_their_tensors(tmp_path: Path) -> None:
    config = {**LLAMA, "quantization_config": {"quant_method": "gptq", "bits": 4}}
    model = pc.load(saved(tmp_path / "model", config, {"a.weight": (2, 3)}))
    assert model.total == 6
    assert model.warnings[-1] == "config.json is not compared: its weights are quantized"


def test_a_configuration_outside_the_folder_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "other.json").write_text(json.dumps(LLAMA))
    (tmp_path / "model/config.json").symlink_to(tmp_path / "other.json")
    with pytest.raises(pc.ParamcalcError):
        pc.load(tmp_path / "model")


def test_a_folder_without_weights(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    assert pc.load(tmp_path).total == pc.load(tmp_path / "config.json").total == TOTAL
    with pytest.raises(pc.ParamcalcError, match=r"nothing to compare; expected weights beside config\.json"):
        pc.verify_checkpoint(tmp_path)


# --- a checkpoint and a model ----------------------------------------------------------------------------------------

SPEC = "{framework: torch, input: [B, 3], layers: [{Linear: {in_features: 3, out_features: 4, name: a.b}}]}"


def checkpoint(path: Path, **tensors: tuple[int, ...]) -> Path:
    return write(path, tensors)


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"a.b.weight": (4, 3), "a.b.bias": (4,)}, "agrees with SPEC: 2 tensors"),
        ({"module.a.b.weight": (4, 3), "module.a.b.bias": (4,)}, "agrees with SPEC: 2 tensors"),
        ({"b.weight": (4, 3), "b.bias": (4,)}, "agrees with SPEC: 2 tensors"),
        ({"x.w": (4, 3), "y": (4,)}, "agrees with SPEC: 2 tensors by their shapes, since no name is in both"),
        ({"a.b.weight": (4, 3)}, "disagrees with SPEC: the model has 1 tensor that the checkpoint lacks"),
        ({"a.b.weight": (5, 3), "a.b.bias": (4,)}, "disagrees with SPEC: 1 has another shape"),
        (
            {"a.b.weight": (5, 3), "a.b.bias": (4,), "c": (1,), "d": (2,)},
            "disagrees with SPEC: the checkpoint has 2 tensors that the model lacks; 1 has another shape",
        ),
    ],
)
def test_a_checkpoint_against_a_spec(tensors: dict[str, tuple[int, ...]], said: str, tmp_path: Path) -> None:
    path, spec = checkpoint(tmp_path / "c.safetensors", **tensors), tmp_path / "spec.yaml"
    spec.write_text(SPEC)
    found = pc.verify_checkpoint(path, spec)
    first = str(found).partition("\n")[0]
    assert first.removeprefix(f"{path} ").replace(str(spec), "SPEC") == said
    assert found.ok is said.startswith("agrees")
    assert pc.verify_checkpoint(path, pc.load(spec)).ok is found.ok


def test_verify_needs_something_to_compare_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = checkpoint(tmp_path / "c.safetensors", a=(2,))
    assert run_main(["verify", str(path)], monkeypatch) == 2
    expected = "nothing to compare the tensors with; expected --against and a model"
    assert capsys.readouterr().err == f"paramcalc: {path}: {expected}\n"


def test_two_checkpoints(tmp_path: Path) -> None:
    one, other = (checkpoint(tmp_path / name, a=(2,), b=(3,)) for name in ("1.safetensors", "2.safetensors"))
    assert pc.verify_checkpoint(one, other).ok


def test_a_name_that_safetensors_left_out_is_there(tmp_path: Path) -> None:
    header = {
        "__metadata__": {"format": "pt", "head.w": "a"},
        "a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]},
    }
    text = json.dumps(header).encode()
    (tmp_path / "1.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + b"ab")
    other = checkpoint(tmp_path / "2.safetensors", **{"a": (2,), "head.w": (2,)})
    assert pc.verify_checkpoint(other, tmp_path / "1.safetensors").ok
    assert pc.verify_checkpoint(tmp_path / "1.safetensors", other).ok


def test_long_lists_end(tmp_path: Path) -> None:
    found = compare({f"x.{at}": (at,) for at in range(30)} | {"y": (1,)}, {"y": (1,)}, "one", "other")
    assert str(found).splitlines()[-1] == "  … and 10 more"


@pytest.mark.torch
def test_a_checkpoint_against_a_live_module(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    torch.save(module.state_dict(), tmp_path / "one.pt")
    assert pc.verify_checkpoint(tmp_path / "one.pt", module).ok
    wider = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    found = pc.verify_checkpoint(tmp_path / "one.pt", wider)
    assert set(found.reshaped) == {"0.weight", "0.bias"}
    assert set(found.missing) == {"2.weight", "2.bias"}


# --- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"model_type": "lama"},
            "model_type: an unknown type of model; expected llama, glm, olmo, received 'lama' (did you mean 'llama'?)",
        ),
        ({"model_type": 3}, "model_type: an unknown type of model; expected "),
        ({"hidden_size": None}, "no hidden_size"),
        ({"hidden_size": -1}, "hidden_size: not a size; expected a positive whole number or an expression"),
        ({"hidden_size": [1]}, "hidden_size: not a size"),
        ({"num_hidden_layers": 10**6}, "not a number of blocks; expected 1 to 300, received 1000000"),
        ({"num_key_value_heads": 3}, "4 heads do not divide into 3 groups"),
        (
            {"architectures": ["LlamaForSpeech"]},
            "architectures: an unknown class; expected LlamaForCausalLM, LlamaModel, LlamaForSequenceClassification, "
            "LlamaForTokenClassification, received 'LlamaForSpeech'",
        ),
        ({"architectures": 7}, "architectures: an unknown class"),
        (
            {"attention_bias": "often"},
            "model.layers: self_attn: q_proj: Linear.bias: not a choice; expected False or True",
        ),
    ],
)
def test_errors(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**LLAMA, **change}))
    with pytest.raises(pc.ParamcalcError) as caught:
        pc.load(path)
    assert said in str(caught.value)


def test_a_missing_size_has_the_nearest_key() -> None:
    config = {("hiden_size" if key == "hidden_size" else key): value for key, value in LLAMA.items()}
    with pytest.raises(pc.ParamcalcError, match=r"no hidden_size \(did you mean 'hiden_size'\?\)"):
        described(config)


def test_a_size_that_is_set_has_to_be_there() -> None:
    with pytest.raises(pc.ParamcalcError, match=r"no size 'hiden_size' \(did you mean 'hidden_size'\?\)"):
        described(LLAMA, {"hiden_size": "d"})


def test_blocks_within_blocks_are_bounded_together() -> None:
    config = {**random_config("albert", 3), "num_hidden_groups": 400, "num_hidden_layers": 400 * 400}
    with pytest.raises(pc.ParamcalcError, match="not a number of blocks; expected 1 to 300, received 400"):
        described(config)


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**40),
    st.floats(allow_nan=False),
    st.text(max_size=6),
    st.lists(st.integers(-3, 3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@pytest.mark.parametrize("kind", quick(table().architectures, 12))
@given(data=st.data())
def test_any_value_gives_a_model_or_an_error(kind: str, data: st.DataObject) -> None:
    config = random_config(kind, 5)
    key = data.draw(st.sampled_from([*sorted(config.keys() - {"model_type"}), "architectures", "id2label"]))
    with suppress(pc.ParamcalcError):
        described({**config, key: data.draw(junk)}).model.report().to_dict()


# --- the table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("modell a: B\n", "architectures.txt:1: not a section; expected model TYPE: BASE, or block NAME(INPUT):"),
        ("block B():\n    x =\n", "architectures.txt:1: not a line of the grammar, received 'x ='"),
        ("\nmodel a: B\n", "architectures.txt:2: neither a block nor a type above, received 'B'"),
        ("block Bert():\n    x = y\nmodel a: Bart\n", "received 'Bart' (did you mean 'Bert'?)"),
        (
            "block B():\n    x = y\nmodel a: B\n    d()\n",
            "not a value; expected a name = an expression, received 'd()'",
        ),
    ],
)
def test_errors_of_the_table(text: str, said: str) -> None:
    with pytest.raises(pc.ParamcalcError) as caught:
        read(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a or b", 3),
        ("default(c, 5)", 5),
        ("n // 4 + 1", 3),
        ("(n + 1) % 2 == 0", True),
        ("n if a is None else b", 9),
        ("not a and n > 8", True),
        ("w in ('x', 'y')", True),
        ("len(w)", 1),
        ("-n", "-n"),
        ("[n, b][1]", 3),
        ("f(n)", "f(n)"),
        ("n.real", "n.real"),
    ],
)
def test_expressions_of_the_table(text: str, value: object) -> None:
    import ast

    names = {"a": None, "b": 3, "c": None, "n": 9, "w": "x"}
    tree = ast.parse(text, mode="eval").body
    if isinstance(value, str):
        with pytest.raises(pc.ParamcalcError, match="not an expression of the table"):
            evaluate(tree, names.get)
    else:
        assert evaluate(tree, names.get) == value


def test_every_type_is_drawn() -> None:
    assert DRAWN.keys() == table().architectures.keys()
