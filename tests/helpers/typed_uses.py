"""What type checkers accept and refuse: checked by mypy alone, which reports an ignore that is not needed."""

from __future__ import annotations

import paramcalc as pc
from paramcalc import paper, torch as nn


def accepted() -> None:
    h = pc.symbols("h")
    pc.LSTM(128)
    pc.LSTM("d_h", return_sequences=True)
    pc.LSTM(4 * h, activation="tanh", recurrent_activation=None, dropout=0.5)
    pc.Conv2D(8, (3, 3), padding="same", name="conv")
    pc.Bidirectional(pc.LSTM(3), merge_mode="sum")
    pc.Dense(3, kernel_initializer="zeros", trainable=False)
    pc.Reshape((3, -1))
    nn.LSTM(108, 128, num_layers=2, bidirectional=True)
    nn.Input((None, "d_x"))
    paper.LSTM(128, peephole=True)
    print(pc.load("x.yaml").total, pc.LSTM.name)


def refused() -> None:
    pc.LSTM(units=[128])  # type: ignore[arg-type]  # a list is no size
    pc.LSTM(128, retrun_sequences=True)  # type: ignore[call-arg]  # misspelt
    pc.Foo  # type: ignore[attr-defined]  # noqa: B018  # no such layer
    pc.LSTM()  # type: ignore[call-arg]  # units are missing
    pc.LSTM(108, 128)  # type: ignore[arg-type]  # sizes in PyTorch's order
    pc.Conv2D(8, 3, padding="sane")  # type: ignore[arg-type]  # no such padding
    pc.LSTM(128, return_sequences="yes")  # type: ignore[arg-type]  # no switch
    nn.LSTM(108, 128, num_layers="two")  # type: ignore[arg-type]  # no number
    nn.Linaer(3, 4)  # type: ignore[attr-defined]  # no such module
