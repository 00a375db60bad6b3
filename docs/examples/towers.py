"""Two towers, one of them frozen when the weights of an older model are there."""

import argparse
import os

from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=64)
parser.add_argument("--old", default="old.pt")
args = parser.parse_args()


def tower(sizes):
    parts = []
    for size_in, size_out in zip(sizes, sizes[1:]):
        parts += [nn.Linear(size_in, size_out), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


class Towers(nn.Module):
    def __init__(self, users, items, width):
        super().__init__()
        self.users = tower([users, width, width // 2])
        self.items = tower([items, width, width // 2])


model = Towers(20, 30, args.width)
if os.path.exists(args.old):
    model.users.requires_grad_(False)
