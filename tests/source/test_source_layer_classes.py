"""The classes that layers of PyTorch derive from are known: programs ask for them by ``isinstance``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.names.torch.kinds import ABSTRACT, abstract_class
from paramcalc.formats.source.names.torch.layers import layer_class
from paramcalc.formats.source.reader import read_all

HEAD = "import torch\nfrom torch import nn\n"
CHAIN = (
    "m = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 2, 2), nn.LSTM(2, 2),"
    " nn.Linear(2, 2), nn.ReLU6())\n"
)
FREEZE = "for one in m.modules():\n    if isinstance(one, {}): one.requires_grad_(False)\n"
PROGRAMS = {
    "normalizations": CHAIN + FREEZE.format("nn.modules.batchnorm._BatchNorm"),
    "convolutions": f"{CHAIN}from torch.nn.modules.conv import _ConvNd\n{FREEZE.format('_ConvNd')}",
    "several": CHAIN + FREEZE.format("(nn.modules.conv._ConvTransposeNd, nn.modules.linear.Linear)"),
    "recurrent layers": CHAIN + FREEZE.format("nn.RNNBase"),
    "one layer derives from another": f"{CHAIN}m = nn.Linear(1, 1 + isinstance(m[5], nn.Hardtanh))",
    "pairs": "from torch.nn.modules.utils import _pair\nm = nn.Linear(*_pair(3))",
    "names of the modules": "from torch.nn.modules.linear import Linear\nm = nn.modules.Sequential(Linear(2, 2))",
    "a loss of the program": (
        "class Loss(nn.modules.loss._Loss):\n    def __init__(self):\n        super().__init__()\n"
        "        self.w = nn.Linear(2, 2)\nm = Loss()"
    ),
}


def run(program: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(HEAD + program, "m.py", "exec", dont_inherit=True), names)
    return names


@pytest.mark.torch
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_programs_ask_for_classes(program: str) -> None:
    pytest.importorskip("torch")
    weights = list(run(program)["m"].parameters())
    total, trained = (sum(one.numel() for one in some) for some in (weights, [w for w in weights if w.requires_grad]))
    report = [one.report() for one in read_all(Source("m.py", given=HEAD + program))][-1]
    assert (report.exact, report.total, report.trainable) == (True, total, trained)


@pytest.mark.torch
def test_each_class_derives_from_those_of_pytorch() -> None:
    nn = pytest.importorskip("torch").nn
    real = {name: one for name, one in vars(nn).items() if isinstance(one, type) and issubclass(one, nn.Module)}
    places = [
        import_module(f"torch.nn.modules.{name}") for name in ("conv", "batchnorm", "instancenorm", "rnn", "loss")
    ]
    places += [import_module(f"torch.nn.modules.{name}") for name in ("dropout", "pooling", "padding")]
    real |= {name: vars(place)[name] for place in places for name in ABSTRACT if name in vars(place)}
    assert real.keys() >= ABSTRACT
    ours = {name: layer_class(name) or abstract_class(name) for name in real}
    known = {name: one for name, one in ours.items() if one is not None}
    assert len(known) > 150
    for name, one in known.items():
        assert {other for other in known if known[other] in one.lineage} == {
            other for other in known if issubclass(real[name], real[other])
        }


def test_a_constructor_of_an_abstract_class_is_not_followed() -> None:
    text = (
        "from torch import nn\nfrom torch.nn.modules.conv import _ConvNd\nclass My(_ConvNd):\n    def __init__(self):\n"
        "        super().__init__(3, 4, (2,), (1,), (0,), (1,), False, (0,), 1, True, 'zeros')\nm = My()\n"
    )
    (report,) = [one.report() for one in read_all(Source("m.py", given=text))]
    assert (report.exact, report.total) == (False, 0)
