"""Modules of PyTorch Lightning: what a constructor saves, and what hooks of a trainer may change."""

from __future__ import annotations

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import interpret
from paramcalc.report import Report
from paramcalc.symbolic import text

HEAD = "import pytorch_lightning as pl\nfrom torch import nn\nfrom lightning.pytorch.callbacks import EarlyStopping\n"


def reports(body: str) -> dict[str, Report]:
    _, found = interpret(Source("program.py", given=HEAD + body))
    return {name: model.report() for name, model in found}


def net(saved: str = "", layers: str = "nn.Linear(self.hparams.n, 3)", methods: str = "") -> str:
    return (
        "class Net(pl.LightningModule):\n"
        "    def __init__(self, n, hidden=4):\n"
        "        super().__init__()\n"
        f"        self.save_hyperparameters({saved})\n"
        f"        self.a = {layers}\n"
        f"{methods}"
        "net = Net(5)\n"
    )


FIT = "pl.Trainer(max_epochs=2, callbacks=[EarlyStopping('loss')]).fit(net)\n"


@pytest.mark.parametrize(
    ("body", "total"),
    [
        (net(), 18),
        (net("'n'"), 18),
        (net("ignore=['hidden']"), 18),
        (net("ignore='hidden', logger=False"), 18),
        (net(layers="nn.Linear(self.hparams['n'], self.hparams.hidden)"), 24),
        (net() + FIT, 18),
        (net() + "net.freeze()\n", 18),
        (net(methods="    def on_train_epoch_end(self): self.log('a', self.trainer.lr)\n") + FIT, 18),
        (net(methods="    def setup(self, stage): self.size = stage\n") + FIT, 18),
    ],
)
def test_exact(body: str, total: int) -> None:
    report = reports(body)["net"]
    assert (report.total, report.exact) == (total, True)
    assert report.trainable == (0 if "freeze" in body else total)


@pytest.mark.parametrize(
    "body",
    [
        net(methods="    def setup(self, stage): self.b = nn.Linear(2, 2)\n") + FIT,
        net(methods="    def configure_model(self): self.b = nn.Linear(2, 2)\n") + FIT,
        net(methods="    def on_fit_start(self): self.a.append(nn.Linear(2, 2))\n", layers="nn.Sequential()") + FIT,
        net() + "pl.Trainer(callbacks=[pl.callbacks.BackboneFinetuning()]).fit(net)\n",
        net() + "pl.Trainer(callbacks=callbacks()).fit(model=net)\n",
    ],
)
def test_what_a_trainer_may_change_is_a_lower_bound(body: str) -> None:
    assert not reports(body)["net"].exact


def test_what_is_not_saved_is_an_unknown_size() -> None:
    report = reports(net("'hidden'"))["net"]
    assert text(report.total) == "3n + 3"


def test_a_module_from_a_checkpoint_is_an_unknown_row() -> None:
    found = reports(net() + "best = Net.load_from_checkpoint('best.ckpt')\n")
    assert (found["best"].total, found["best"].exact) == (0, False)
    assert found["net"].exact
