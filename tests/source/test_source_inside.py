"""The modules inside layers that one rule counts: programs walk, freeze and replace them, as those of PyTorch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
]

from test_source_kinds import wrong  # noqa: E402  # it imports PyTorch

from paramcalc.formats.opened import Source  # noqa: E402
from paramcalc.formats.source.reader import read_all  # noqa: E402

# ruff: noqa: E501  # a program is one line of a table
HEAD = "import copy\nimport torch\nfrom torch import nn\n"
MADE = (
    "nn.MultiheadAttention(8, 2)",
    "nn.MultiheadAttention(8, 2, bias=False, kdim=3)",
    "nn.TransformerEncoderLayer(8, 2, 16)",
    "nn.TransformerEncoderLayer(8, 2, 16, bias=False, activation=nn.GELU())",
    "nn.TransformerDecoderLayer(8, 2, 16)",
    "nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2)",
    "nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 1, norm=nn.LayerNorm(8))",
    "nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2, nn.LayerNorm(8))",
    "nn.Transformer(8, 2, 1, 2, 16)",
    "nn.Sequential(nn.Linear(2, 8), nn.TransformerEncoderLayer(8, 2, 16))",
)
WALKS = {
    "their names": "[n for n, _ in m.named_modules()]",
    "their classes": "[type(one).__name__ for one in m.modules()]",
    "the children": "[n for n, _ in m.named_children()]",
    "the dense ones": "[n for n, one in m.named_modules() if isinstance(one, nn.Linear)]",
    "those of just that class": "[n for n, one in m.named_modules() if type(one) is nn.Linear]",
    "sizes": "[(one.in_features, one.out_features) for one in m.modules() if isinstance(one, nn.Linear)]",
    "parameters by their names": "[n for n, _ in m.named_parameters()]",
}


@pytest.mark.whole
@pytest.mark.parametrize("made", MADE)
def test_walks_meet_the_modules_inside(made: str) -> None:
    module = eval(made, {"nn": torch.nn})
    for name, walk in WALKS.items():
        met = eval(walk, {"m": module, "nn": torch.nn})
        text = f"{HEAD}m = {made}\nn = nn.Linear(1 if {walk} == {met!r} else 2, 1)\n"
        report = next(one for one in read_all(Source("m.py", given=text)) if one.label == "n").report()
        assert (name, report.exact, report.total) == (name, True, 2)


FROZEN = {
    "the dense ones": "for one in m.modules():\n    if isinstance(one, nn.Linear): one.requires_grad_(False)",
    "by names": "for n, one in m.named_modules():\n    if n.endswith('norm1'): one.requires_grad_(False)",
    "by apply": "m.apply(lambda one: one.requires_grad_(False) if isinstance(one, nn.LayerNorm) else None)",
    "children": "for n, one in m.named_children():\n    if n != 'layers': one.requires_grad_(False)",
    "all but some": "m.requires_grad_(False)\nfor one in m.modules():\n    if isinstance(one, nn.Linear): one.bias.requires_grad_(one.bias is not None)",
    "a copy": "k = copy.deepcopy(m)\nfor one in k.modules():\n    if isinstance(one, nn.Linear): one.weight.requires_grad = False",
    "by initial values": "for one in m.modules():\n    if isinstance(one, nn.Linear):\n        nn.init.xavier_uniform_(one.weight)\n        one.weight.data.normal_(0, 0.02)",
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("then", FROZEN.values(), ids=FROZEN)
@pytest.mark.parametrize("made", MADE[2::2])
def test_what_is_frozen_inside_is_known(made: str, then: str) -> None:
    text = f"{HEAD}m = {made}\n{then}\n"
    names: dict[str, object] = {}
    exec(text, names)  # the program of the test, in PyTorch
    for name, report in ((one.label, one.report()) for one in read_all(Source("m.py", given=text))):
        module = names[name]
        assert isinstance(module, torch.nn.Module)
        weights = list(module.parameters())
        trained = sum(one.numel() for one in weights if one.requires_grad)
        assert (name, report.exact, report.total, report.trainable) == (
            name, True, sum(one.numel() for one in weights), trained
        )  # fmt: skip


LAYER = "e = nn.TransformerEncoderLayer(16, 2, 32)\n"
ENCODER = "e = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32), 2, norm=nn.LayerNorm(16))\n"
CHANGED = {
    "a dense one": f"{LAYER}e.linear2 = nn.Linear(32, 16, bias=False)",
    "attention": f"{LAYER}e.self_attn = nn.Identity()",
    "no norm": f"{LAYER}e.norm2 = None",
    "a norm deleted": f"{LAYER}del e.norm2",
    "a parameter": f"{LAYER}e.linear1.bias = None",
    "a parameter by another name": f"{LAYER}e.linear1.more = nn.Parameter(torch.zeros(3))",
    "one more": f"{LAYER}e.linear1.more = nn.Linear(2, 2)",
    "the output of attention": "e = nn.MultiheadAttention(16, 2)\ne.out_proj = nn.Linear(16, 3)",
    "a layer of an encoder": f"{ENCODER}e.layers[0] = nn.Identity()",
    "its layers": f"{ENCODER}e.layers = e.layers[:1]",
    "one layer more": f"{ENCODER}e.layers.append(nn.TransformerEncoderLayer(16, 2, 64))",
    "one layer less": f"{ENCODER}del e.layers[1]",
    "an adapter": f"{ENCODER}for one in e.layers: one.adapter = nn.Linear(16, 16)",
    "deep inside": f"{ENCODER}e.layers[1].self_attn.out_proj = nn.Identity()",
    "by setattr": f"{ENCODER}for n, one in e.layers[0].named_children():\n    if isinstance(one, nn.Linear): setattr(e.layers[0], n, nn.Linear(one.in_features, one.out_features, bias=False))",
    "an encoder": "e = nn.Transformer(16, 2, 1, 1, 32)\ne.encoder = nn.Identity()",
    "a norm that is shared": "n = nn.LayerNorm(16)\ne = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32), 2, n)\nn.requires_grad_(False)\nb = nn.ModuleList([e, n])",
    "a frozen layer, copied": f"{LAYER}e.linear1.requires_grad_(False)\nk = nn.TransformerEncoder(e, 2)\ne.requires_grad_(False)",
    "a changed layer, copied": f"{LAYER}e.linear1 = nn.Linear(16, 64)\nk = nn.TransformerEncoder(e, 2)",
    "copied as often as is unknown": f"import outside\n{LAYER}e.linear1.requires_grad_(False)\nk = nn.TransformerEncoder(e, 1 + outside.flip())",
    "in a branch": f"import outside\n{LAYER}if outside.flip(): e.linear2 = nn.Identity()",
    "frozen in a branch": f"import outside\n{LAYER}if outside.flip(): e.linear2.requires_grad_(False)",
    "a class of the program": "class L(nn.TransformerDecoderLayer):\n    def __init__(self, d, h):\n        super().__init__(d, h, 32)\n        self.self_attn = None\n        self.linear1 = nn.Linear(d, 64)\ne = L(16, 2)\nk = nn.TransformerDecoder(L(16, 2), 2)",
    "an activation with parameters": "e = nn.TransformerEncoderLayer(16, 2, 32, activation=nn.PReLU())",
    "used elsewhere": f"{ENCODER}b = nn.Sequential(e.layers[0].linear1, e.norm, *e.layers[1].children())\nb[0].requires_grad_(False)",
    "a loss with parameters": "e = nn.AdaptiveLogSoftmaxWithLoss(16, 100, [10, 50])\nk = nn.ModuleList([e])",
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("text", CHANGED.values(), ids=CHANGED)
def test_a_change_inside_gives_no_wrong_number(text: str) -> None:
    assert not wrong(f"{HEAD}{text}\n")
