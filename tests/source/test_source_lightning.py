"""Modules of PyTorch Lightning: what a constructor saves, and what hooks of a trainer may change."""

from __future__ import annotations

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import interpret
from paramcalc.report import Report
from paramcalc.symbolic import text

HEAD = (
    "import pytorch_lightning as pl\nimport torch\nfrom torch import nn\n"
    "from lightning.pytorch.callbacks import EarlyStopping\n"
)


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


CHANGES = [
    "self.hparams.n = 7", "self.hparams['n'] = 7", "self.hparams.update(n=7)", "self.hparams.update({'n': 7})",
    "self.hparams.__setitem__('n', 7)", "held = self.hparams; held |= {'n': 7}",
    "self.hparams.pop('n'); self.hparams.setdefault('n', 7)",
]  # fmt: skip
HOOKS = ["configure_optimizers", "prepare_data", "training_step", "train_dataloader", "optimizer_step", "teardown"]
STEPS = """\
    def forward(self, x): return self.a(x)
    def training_step(self, batch, place):
        x, y = batch
        loss = nn.functional.mse_loss(self(x), y)
        self.log('loss', loss)
        return loss
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1)]
    def train_dataloader(self): return torch.utils.data.DataLoader(self.trainer.data, batch_size=8)
"""
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
        (net("ignore=None"), 18),
        (net("'n'").replace("self.a =", "self.save_hyperparameters('hidden')\n        self.a ="), 18),
        (net("{'n': 7, 'hidden': 2}"), 24),
        *((net().replace("self.a =", f"{change}\n        self.a ="), 24) for change in CHANGES),
        (net(layers="nn.Linear(self.hparams.get('n', 9), self.hparams.get('m', 3))"), 18),
        (net(layers="nn.Linear(self.hparams.n, 3 if 'hidden' in self.hparams else 9)"), 18),
        (net().replace("hidden=4", "**more").replace("Net(5)", "Net(6, n_=2)"), 21),
        (net(methods=STEPS) + FIT, 18),
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
        net(methods="    def on_fit_end(self):\n        super().on_fit_end()\n        self.b = nn.Linear(2, 2)\n")
        + FIT,
        *(net(methods=f"    def {hook}(self, *more): self.b = nn.Linear(2, 2)\n") + FIT for hook in HOOKS),
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


@pytest.mark.parametrize("hook", ["configure_optimizers", "training_step", "on_train_start"])
def test_what_a_trainer_may_freeze_is_trained_at_most(hook: str) -> None:
    report = reports(net(methods=f"    def {hook}(self, *more): self.freeze()\n") + FIT)["net"]
    assert (report.total, report.exact, report.guessed) == (18, True, True)


def test_arguments_of_the_outer_constructor_are_saved() -> None:
    # values as PyTorch Lightning 2.6 saves them
    base = net(layers="nn.Identity()").replace("Net", "Base").replace("net = Base(5)\n", "")
    derived = (
        "class Net(Base):\n"
        "    def __init__(self, n, width=2):\n"
        "        super().__init__(n + 2)\n"
        "        self.b = nn.Linear(self.hparams.n, self.hparams.width * self.hparams.hidden)\n"
    )
    report = reports(base + derived + "net = Net(5)\n")["net"]
    assert (report.total, report.exact) == ((5 + 1) * 8, True)
