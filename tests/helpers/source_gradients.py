"""Random modules whose ``forward`` has branches, loops, functions between layers, and what stops gradients."""

from __future__ import annotations

import random
from collections.abc import Sequence

HEAD = "import outside\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
SHAPE = (2, 5, 4)
MADE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4, bias=False)
        self.c, self.cell = nn.GRU(4, 4, batch_first=True), nn.LSTMCell(4, 4)
        self.still = nn.Linear(4, 4).requires_grad_(False)
        self.w, self.v = nn.Parameter(torch.ones(4, 4)), nn.Parameter(torch.ones(4, 4), requires_grad=False)
        self.scale = nn.Parameter(torch.ones(4))
        self.table, self.norm, self.drop = nn.Embedding(9, 4), nn.LayerNorm(4), nn.Dropout(0.1)
        self.net = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 4))
        self.register_buffer("mask", torch.ones(2, 5, 4))
    @torch.no_grad()
    def teacher(self, x):
        return self.a(x)
    def pair(self, x):
        return self.a(x), x
"""
STATEMENTS = [
    "x = self.a(x)",
    "x = self.b(x)",
    "x = self.still(x)",
    "x = self.net(x)",
    "x = self.norm(x)",
    "x = self.drop(x)",
    "x = x.detach()",
    "x = x + self.a(x).detach()",
    "y = self.a(x)",
    "x = x + y",
    "x = x * y",
    "x = x @ self.w",
    "x = x @ self.v",
    "x = x @ self.w.detach()",
    "x = x @ self.w.data",
    "x = F.linear(x, self.a.weight)",
    "x = F.linear(x, self.still.weight, self.scale)",
    "x = x * self.scale",
    "x = self.teacher(x) + x",
    "with torch.no_grad(): y = self.a(x)",
    "with torch.no_grad(): x = x + self.b(x)",
    "with torch.inference_mode(): y = self.b(x)",
    "x = self.teacher(x)",
    "with torch.no_grad():\n    with torch.enable_grad(): x = self.a(x)",
    "z = torch.zeros(2, 5, 4)\nz[:, 0] = self.a(x)[:, 0]\nx = x + z",
    "z = x.clone()\nv = z[:, :1]\nv += self.b(x)[:, :1]\nx = z",
    "z = x.clone()\nz.add_(self.a(y))\nx = z",
    "z = x.detach().clone()\nu = z.view(2, 20)\nz.mul_(self.a(y))\nx = u.view(2, 5, 4)",
    "z = x.clone()\nu = z.reshape(10, 4)\nz += self.a(y)\nx = u.view(2, 5, 4)",
    "x += self.a(x)",
    "y = x\nx = x + 1\nx *= self.b(y)",
    "x = x + self.a(x).argmax(-1, keepdim=True)",
    "p, i = self.a(x).max(dim=-1, keepdim=True)\nx = x + p",
    "p, i = self.a(x).max(dim=-1, keepdim=True)\nx = x + i",
    "y, h = self.c(x)\nx = x + h[0].unsqueeze(1)",
    "y, h = self.c(x, torch.zeros(1, 2, 4))",
    "x, h = self.c(x, self.a(x).mean(dim=1).unsqueeze(0))",
    "x = self.c(x)[0]",
    "h, c = self.cell(x[:, 0])\nfor t in range(3): h, c = self.cell(x[:, t], (h, c))\nx = x + h.unsqueeze(1)",
    "h, c = self.cell(x[:, 0])\nh, c = self.cell(x[:, 1], (h.detach(), c))\nx = x + h.unsqueeze(1)",
    "x = torch.cat([x, self.b(x)], dim=1)[:, :5]",
    "x = torch.stack([x, self.b(x)]).mean(dim=0)",
    "x = self.table(torch.zeros(2, 5, dtype=torch.long)) + x",
    "x = x + F.embedding(torch.zeros(2, 5).long(), self.table.weight)",
    "x = F.scaled_dot_product_attention(x, self.b(x), x.detach())",
    "x = F.softmax(x @ self.a(x).transpose(1, 2), dim=-1) @ x",
    "x = torch.bmm(x, self.w.unsqueeze(0).expand(2, 4, 4))",
    "x = torch.matmul(x.detach(), self.w)",
    "x = torch.where(self.mask, x, self.a(x))",
    "x = x.masked_fill(self.mask, 0.0)",
    "x = x + self.mask",
    "x = -x",
    "x = F.relu(x)",
    "x = F.dropout(x, 0.5, self.training)",
    "x, y = self.pair(x)",
    "x, y = (self.a(x), x)",
    "y = x.float().contiguous()",
    "self.kept = self.a(x)",
    "y = x.view(2, -1, 4)",
    "for one in self.net: x = one(x)",
    "x = self.a(x).round()",
    "x = x.long().float()",
    "x = x.to(torch.float32)",
    "x = x.type_as(y)",
    "y = self.a(x).int()",
    "x = F.relu(x, inplace=True)",
    "x = nn.Parameter(torch.ones(2, 5, 4))",
    "x = self.mask.requires_grad_() * 2 + self.a(x)",
    "x = [self.a(x), x][0]",
    "x = {'k': self.a(x)}['k']",
]
ENDS = ["return x", "return x, y", "return {'x': x, 'y': y}", "return [x, (y, 3)]", "return y", "return x.detach()"]
HEADS = ["for _ in range(2):", "if x.shape[1] > 3:", "if self.training:"]
UNSURE = [*HEADS, "if outside.flip():", "for _ in outside.some():", "try:"]


def program(seed: int, unsure: bool, statements: Sequence[str] = STATEMENTS) -> str:
    """Write a module whose forward has branches, loops, and what stops gradients."""
    draw = random.Random(seed)
    lines: list[str] = []

    def statement(depth: int) -> None:
        pad = "    " * (2 + depth)
        if depth < 2 and draw.random() < (0.2 if unsure else 0.12):
            head = draw.choice(UNSURE if unsure else HEADS)
            lines.append(pad + head)
            statement(depth + 1)
            if head == "try:":
                lines.extend([f"{pad}    outside.risky()", f"{pad}except Exception:"])
                statement(depth + 1)
            return
        lines.extend(pad + line for line in draw.choice(statements).split("\n"))

    for _ in range(draw.randint(2, 7)):
        statement(0)
    end = draw.choice(ENDS)
    body = "\n".join([*lines, f"        {end}"])
    return f"{HEAD}{MADE}    def forward(self, x):\n        y = x\n{body}\nnet = Net()\n"
