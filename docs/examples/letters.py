"""Predict the next letter of a text, one batch of lines at a time."""

import torch
from torch import nn

text = open("poems.txt").read()
letters = sorted(set(text))
n_letters = len(letters)


class Letters(nn.Module):
    def __init__(self, hidden=128, layers=2):
        super().__init__()
        self.table = nn.Embedding(n_letters, hidden)
        self.rnn = nn.LSTM(hidden, hidden, layers, batch_first=True)
        self.out = nn.Linear(hidden, n_letters)

    def forward(self, x):
        seen, _ = self.rnn(self.table(x))
        return self.out(seen)


model = Letters()
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(20):
    for batch in torch.utils.data.DataLoader(text, batch_size=32):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(batch[:-1]), batch[1:]).backward()
        optimizer.step()
