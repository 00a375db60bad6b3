"""An encoder whose sizes are attributes of one object, as in much research code."""

import json

from torch import nn


class Block(nn.Module):
    """A layer of the encoder: two linear maps beside a shortcut."""

    def __init__(self, config):
        super().__init__()
        self.norm = nn.LayerNorm(config["width"])
        self.up = nn.Linear(config["width"], 4 * config["width"])
        self.down = nn.Linear(4 * config["width"], config["width"])

    def forward(self, x):
        return x + self.down(self.up(self.norm(x)).relu())


class Encoder(nn.Module):
    """A table of words, and blocks on top of one another."""

    def __init__(self, config):
        super().__init__()
        self.words = nn.Embedding(config["n_words"], config["width"])
        self.blocks = nn.Sequential(*[Block(config) for _ in range(2)])

    def forward(self, tokens):
        return self.blocks(self.words(tokens))


model = Encoder(json.load(open("config.json")))
