"""Random classes of PyTorch whose constructors fill lists in loops of as many rounds as an argument says."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import random

HEAD = """\
import copy
import torch
from torch import nn

class Block(nn.Module):
    made = 0
    def __init__(self, a, b, flag=False):
        super().__init__()
        self.first = nn.Linear(a, b)
        self.second = nn.Sequential(nn.Linear(b, a, bias=flag), nn.ReLU())

class Counting(nn.Module):
    made = 0
    def __init__(self, a):
        super().__init__()
        Counting.made += 1
        self.inside = nn.Linear(a, Counting.made)

def clones(module, count):
    return nn.ModuleList([copy.deepcopy(module) for _ in range(count)])

"""
COUNTS = (
    "depth",
    "depth",
    "depth",
    "depth - 1",
    "depth + 1",
    "2 * depth",
    "depth // 2",
    "1, depth",
    "2, depth",
    "more",
)


class Writer:
    """Writes the body of one constructor."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.lines: list[str] = []
        self.lists = 0
        self.indent = 2
        self.variables = ["width", "other"]
        self.indices: list[str] = []

    def add(self, line: str) -> None:
        """Write a line."""
        self.lines.append("    " * self.indent + line)

    def size(self) -> str:
        """Write a size."""
        kinds = [*self.variables, "4", "width * 2", "grown"]
        if self.indices and self.pick.random() < 0.15:
            kinds.append(f"{self.pick.choice(self.indices)} + 1")
        return self.pick.choice(kinds)

    def layer(self) -> str:
        """Write a layer."""
        a, b = self.size(), self.size()
        made = [
            f"nn.Linear({a}, {b})", f"nn.Linear({a}, {b})", f"Block({a}, {b})", f"Block({a}, {b}, flag=True)", "nn.ReLU()",
            f"nn.Sequential(nn.Linear({a}, {b}), nn.LayerNorm({b}))", f"nn.LSTM({a}, {b}, num_layers=2)",
        ]  # fmt: skip
        rare = [
            "self.shared", "copy.deepcopy(self.shared)", f"Counting({a})", "nn.Linear(sizes.pop(), 2)", f"nn.Linear(len(many), {b})",
            f"(nn.Linear(3, {a}) if len(many) > 2 else nn.Linear(2, {a}))", f"tied(nn.Linear({a}, {a}), nn.Linear({a}, {a}))",
            f"keep(nn.Linear({a}, 1))", f"nn.LSTM({a}, {b}, depth)", f"nn.GRU({a}, {b}, num_layers=more, bidirectional=True, bias=False)",
            f"nn.LSTM({a}, 6, num_layers=depth, proj_size=2, bidirectional=True)",
            f"nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, {b}), depth, nn.LayerNorm(4))",
            f"nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, {b}), num_layers=more)",
            f"nn.Transformer(4, 2, depth, more, {b})", "nn.Transformer(d_model=6, nhead=3, num_decoder_layers=depth, bias=False)",
            f"frozen(Block({a}, {b}))",
        ]  # fmt: skip
        if self.indices:
            index = self.pick.choice(self.indices)
            rare += [f"(nn.Linear(1, {a}) if {index} == 0 else nn.Linear(2, {a}))", f"nn.Linear({index} + 1, {a})"]
        return self.pick.choice(rare if self.pick.random() < 0.25 else made)

    def loop(self, deep: int = 0) -> None:
        """Write a loop that fills the lists."""
        index = f"i{self.indent}"
        self.add(f"for {index} in range({self.pick.choice(COUNTS)}):")
        self.indent += 1
        self.indices.append(index)
        for _ in range(self.pick.randint(1, 3)):
            self.statement(deep + 1)
        self.indices.pop()
        self.indent -= 1

    def statement(self, deep: int) -> None:
        """Write a statement."""
        chance = self.pick.random()
        target = self.pick.choice(["many", "many", "several", "self.held"])
        if chance < 0.45:
            self.add(f"{target}.append({self.layer()})")
        elif chance < 0.55:
            self.add(f"{target} += [{self.layer()}, {self.layer()}]")
        elif chance < 0.62:
            self.add(f"{target}.extend({self.layer()} for _ in range({self.pick.choice(COUNTS)}))")
        elif chance < 0.70:
            self.add(f"grown = {self.size()}")
        elif chance < 0.74:
            self.add(f"last = {self.layer()}")
            self.add(f"{target}.append(last)")
        elif chance < 0.78 and deep:
            self.add(f"if {self.pick.choice([*self.indices, 'len(many)'])} > 1:")
            self.indent += 1
            self.add(self.pick.choice(["break", "continue", f"many.append({self.layer()})", "grown = 7"]))
            self.indent -= 1
        elif chance < 0.88 and deep < 3:
            self.loop(deep)
        else:
            self.add(f"{target}.append(nn.ModuleList([{self.layer()} for _ in range({self.pick.choice(COUNTS)})]))")

    def after(self) -> None:
        """Write what is done to the lists when they are full."""
        name = self.pick.choice(["self.chain", "self.held", "self.rest"])
        self.add(
            self.pick.choice(
                [
                    f"for p in {name}.parameters(): p.requires_grad = False", "many.append(nn.Linear(1, 1))", "many.pop()",
                    f"self.alias = {name}[0]", "many.reverse()", "many[0].extra = nn.Linear(5, 5)", "del many[:1]",
                    "self.held = self.held[1:]", "self.held.append(self.shared)", f"{name}.extra = nn.Linear(2, 2)",
                    "self.last = last", f"self.tail = nn.Linear(grown, {self.size()})", "self.twice = nn.Sequential(*many)",
                    "self.apply(lambda m: None)", "self.held.extend(several)", "self.both = nn.ModuleList(many + several)",
                    "for m in self.modules():\n            if isinstance(m, nn.Linear): m.bias = None",
                    "self.held.insert(0, nn.Linear(1, 9))", "self.held[0] = nn.Linear(1, 9)", "several.clear()",
                    "nn.init.zeros_(self.shared.weight)", "self.copied = copy.deepcopy(self.held)", "self.held.requires_grad_(False)",
                    "for m in self.held: m.extra = nn.Linear(1, 2)", "self.held[-1].weight = self.shared.weight",
                ]
            )
        )  # fmt: skip


def loop_program(seed: int) -> str:
    """Write a program with one class ``Net(width, other, depth, more)``."""
    writer = Writer(seed)
    pick = writer.pick
    for line in (
        "many, several, sizes, grown, last, kept = [], [], [1, 2, 3, 4, 5] * 9, width, None, []",
        "self.shared = nn.Linear(3, 3)", "self.held = nn.ModuleList()",
        "def keep(one): kept.append(one); return one",
        "def tied(a, b): b.weight = a.weight; return nn.Sequential(a, b)",
        "def frozen(one): return one.requires_grad_(False)",
    ):  # fmt: skip
        writer.add(line)
    if pick.random() < 0.4:
        writer.add(f"many.append({writer.layer()})")
    for _ in range(pick.randint(1, 2)):
        writer.loop()
    if pick.random() < 0.2:
        writer.add(f"self.clones = clones({writer.layer()}, {pick.choice(['depth', 'more'])})")
    if pick.random() < 0.3:
        writer.add(f"many.append({writer.layer()})")
    writer.add(
        pick.choice(
            [
                "self.chain = nn.Sequential(*many)",
                "self.chain = nn.ModuleList(many)",
                "self.chain = nn.Sequential(nn.ReLU(), *many, nn.Linear(2, 2))",
            ]
        )
    )
    writer.add("self.rest = nn.ModuleList(several)")
    for _ in range(pick.choice((0, 0, 1, 2))):
        writer.after()
    body = "\n".join(writer.lines)
    return f"{HEAD}class Net(nn.Module):\n    def __init__(self, width, other, depth, more):\n        super().__init__()\n{body}\n"
