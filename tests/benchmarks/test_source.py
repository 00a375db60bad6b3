"""Source code: a tutorial's script against a layer given by flags, large models of torchvision, ten times the layers.

Cold commands are processes of their own that write to a pipe, started in turn. The source of torchvision is read where
it is installed; the library is not imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import process_time

import pytest
from conftest import Record, cold
from test_startup import PARAMCALC

from paramcalc.formats import loads

ROUNDS = 15
COLD_GOAL = 2  # times as long as a layer that is given by flags
SECONDS = 1  # for a model of a library
GOAL = 11  # times as long for ten times the layers
SHORT, LONG = 50, 500
TAGGER = """
import torch
import torch.nn as nn


class Tagger(nn.Module):
    def __init__(self, embedding_dim, hidden_dim, vocab_size, tagset_size):
        super().__init__()
        self.words = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim)
        self.tags = nn.Linear(hidden_dim, tagset_size)

    def forward(self, sentence):
        out, _ = self.lstm(self.words(sentence))
        return torch.log_softmax(self.tags(out), dim=1)


model = Tagger(6, 6, 9, 3)
"""
TRAINING = """
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(300):
    model.zero_grad()
    model(data).sum().backward()
    optimizer.step()
"""
TUTORIAL = """
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential()
model.add(keras.Input((32, 256)))
model.add(layers.Dense(108))
model.add(layers.LSTM(128))
model.add(layers.Dense(32, activation="softmax"))
model.compile(loss="mse")
model.fit(np.zeros((4, 32, 256)), np.zeros((4, 32)))
"""
SCRIPTS = {"PyTorch": (TAGGER, "411"), "PyTorch, trained": (TAGGER + TRAINING, "411"), "Keras": (TUTORIAL, "153,228")}
LARGE = {"efficientnet_b7": 66_347_960, "efficientnet_v2_l": 118_515_272, "regnet_y_128gf": 644_812_894}


@pytest.mark.parametrize("framework", SCRIPTS)
def test_a_cold_script(framework: str, record: Record, tmp_path: Path) -> None:
    text, total = SCRIPTS[framework]
    script = tmp_path / "model.py"
    script.write_text(text, encoding="utf-8")
    count = [PARAMCALC[0], "count", str(script)]
    cold(count, total), cold(PARAMCALC)  # once, so that every file is compiled and in the disk cache
    ours, flags = [], []
    for _ in range(ROUNDS):
        flags.append(cold(PARAMCALC))
        ours.append(cold(count, total))
    ratio = median(ours) / median(flags)
    sizes = f"{median(ours) * 1e3:.0f} ms", f"{median(flags) * 1e3:.0f} ms (`paramcalc lstm --in 108 --hidden 128`)"
    record(
        f"cold `paramcalc count` of a tutorial's script, {framework}",
        *sizes,
        ratio,
        f"≤ {COLD_GOAL}",
        ratio <= COLD_GOAL,
    )


@pytest.mark.skipif(find_spec("torchvision") is None, reason="torchvision is not installed; only its source is read")
@pytest.mark.parametrize("name", LARGE)
def test_a_large_model_of_torchvision(name: str, record: Record) -> None:
    text = f"from torchvision.models import {name}\nmodel = {name}()\n"
    assert loads(text, name="model.py").total == LARGE[name]
    times = []
    for _ in range(3):
        start = process_time()
        loads(text, name="model.py").total  # noqa: B018  # counts
        times.append(process_time() - start)
    taken = min(times)
    record(f"{name} from the source of torchvision", f"{taken:.2f} s", "", taken, f"≤ {SECONDS} s", taken <= SECONDS)


def test_time_is_linear_in_the_layers(record: Record) -> None:
    def seconds(layers: int) -> float:
        loop = f"for i in range({layers}):\n    made.append(nn.Linear(i + 1, i + 2))\n"
        text = f"from torch import nn\nmade = []\n{loop}model = nn.Sequential(*made)\n"
        start = process_time()
        loads(text, name="model.py").total  # noqa: B018  # counts
        return process_time() - start

    seconds(SHORT)
    short, long = (min(seconds(layers) for _ in range(9)) for layers in (SHORT, LONG))
    sizes = f"{long * 1e3:.0f} ms", f"{short * 1e3:.1f} ms for {SHORT}"
    record(f"a program with a loop of {LONG} layers", *sizes, long / short, f"≤ {GOAL}", long <= GOAL * short)
