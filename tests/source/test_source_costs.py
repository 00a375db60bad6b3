"""Multiply-adds of the backward pass of PyTorch programs, on numbers computed by hand."""

from __future__ import annotations

from textwrap import dedent

import pytest

from paramcalc.analysis.cost import Cost, cost
from paramcalc.formats.opened import Asked, Source
from paramcalc.formats.source.reader import read

HEAD = "import outside\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
FIRST, SECOND = 3 * 8 * 5, 3 * 5 * 2  # multiply-adds of the two layers, for three samples


def cost_of(forward: str, after: str = "", shape: tuple[int, ...] = (3, 8), **asked: bool | str) -> Cost:
    """Give the cost of a module of two layers and a parameter."""
    lines = "\n".join(f"        {line}" for line in forward.split("\n"))
    text = (
        f"{HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a, self.b = nn.Linear(8, 5), nn.Linear(5, 2)\n        self.w = nn.Parameter(torch.ones(5, 2))\n"
        "        self.plain = [nn.Linear(8, 5)]\n"
        "    @torch.no_grad()\n    def still(self, x):\n        return self.a(x)\n"
        f"    def forward(self, x):\n{lines}\nnet = Net()\n{after}\n"
    )
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=(shape,))
    return cost(read(source), **asked)  # type: ignore[arg-type]


BACKWARD = {
    "return self.b(self.a(x))": FIRST + 2 * SECOND,
    "return self.b(F.relu(self.a(x)))": FIRST + 2 * SECOND,
    "return self.b(self.a(x).detach())": SECOND,
    "with torch.no_grad(): x = self.a(x)\nreturn self.b(x)": SECOND,
    "with torch.inference_mode():\n    x = self.a(x)\nreturn self.b(x)": SECOND,
    "with torch.no_grad():\n    with torch.enable_grad():\n        return self.b(self.a(x))": FIRST + 2 * SECOND,
    "return self.b(self.still(x))": SECOND,
    "self.a(x)\nreturn x": 0,
    "x = self.a(x)\nreturn self.b(x).argmax(-1), x": FIRST,
    "return self.a(x) @ self.w": FIRST + 2 * SECOND,
    "return self.a(x) @ self.w.detach()": FIRST + SECOND,
    "return self.a(x).detach() @ self.w": SECOND,
    "return F.linear(x, self.a.weight) @ self.b.weight.t()": FIRST + 2 * SECOND,
    "y = torch.zeros(3, 5)\ny[:, 1:] = self.a(x)[:, 1:]\nreturn y @ self.w": FIRST + 2 * SECOND,
    "y = torch.zeros(3, 5)\nz = y.t()\ny += self.a(x)\nreturn z.t() @ self.w": FIRST + 2 * SECOND,
    "y = torch.zeros(3, 5)\nz = y.clone()\ny += self.a(x)\nreturn z @ self.w": SECOND,
    "return {'out': self.b(self.a(x)), 'more': [x]}": FIRST + 2 * SECOND,
    "if self.training: x = x * 2\nreturn self.b(self.a(x))": FIRST + 2 * SECOND,
}


@pytest.mark.parametrize("forward", BACKWARD)
@pytest.mark.whole
def test_backward_multiply_adds_of_forward(forward: str) -> None:
    found = cost_of(forward)
    assert found.passes.backward == BACKWARD[forward]
    assert found.exact


FROZEN = {
    "": FIRST + 2 * SECOND,
    "net.a.requires_grad_(False)": SECOND,
    "net.b.requires_grad_(False)": FIRST + SECOND,
    "net.b.weight.requires_grad = False": FIRST + SECOND,
    "net.b.bias.requires_grad = False": FIRST + 2 * SECOND,
    "net.a.weight.requires_grad = False": 2 * SECOND,  # the bias trains, so a gradient comes back to it
    "for one in net.parameters(): one.requires_grad = False": 0,
}


@pytest.mark.parametrize("after", FROZEN)
def test_backward_multiply_adds_with_frozen_parameters(after: str) -> None:
    assert cost_of("return self.b(self.a(x))", after).passes.backward == FROZEN[after]


UNKNOWN = [
    "if self.training: x = self.a(x).detach()\nelse: x = self.a(x)\nreturn self.b(x)",
    "x = self.a(x)\nif self.training: x = x.detach()\nreturn self.b(x)",
    "x = self.a(x)\nif self.training: return self.b(x), x.detach()\nreturn self.b(x), x",
    "return self.b(self.plain[0](x))",  # whose parameters are not registered
    "return outside.loss(self.b(self.a(x)))",
    "y = torch.zeros(3, 5)\nz = y.contiguous()\ny += self.a(x)\nreturn z @ self.w",
    "y = torch.zeros(3, 5)\nif self.training: y += self.a(x)\nreturn y @ self.w",
    "y = x.requires_grad_()\nreturn self.b(self.a(y))",
    "self.b.requires_grad_(False)\nreturn self.b(self.a(x))",
    "with outside.context(): x = self.a(x)\nreturn self.b(x)",
]


@pytest.mark.parametrize("forward", UNKNOWN)
@pytest.mark.whole
def test_what_cannot_be_followed_is_unknown(forward: str) -> None:
    found = cost_of(forward)
    assert found.passes.backward is None
    assert not found.exact


def test_a_gradient_of_the_input() -> None:
    assert cost_of("return self.b(self.a(x))", input_gradient=True).passes.backward == 2 * FIRST + 2 * SECOND


def test_branches_that_depend_on_other_things_leave_the_forward_pass_exact() -> None:
    found = cost_of("x = self.a(x)\ny = x\nif self.training: y = x.detach()\nreturn x, y @ self.w")
    assert found.passes.forward == FIRST + SECOND
    assert all(one.exact for one in found.layers)
    assert found.passes.backward is None


def test_calls_of_functions_are_one_row_with_their_shapes() -> None:
    text = f"{HEAD}class Net(nn.Module):\n    def forward(self, x):\n        return (x @ x) @ x\nnet = Net()\n"
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=((4, 4),))
    (row,) = read(source).report().rows
    assert (row.name, len(row.calls), row.inputs, row.outputs) == ("matmul", 2, ((4, 4), (4, 4)), ((4, 4),))


def test_attributes_of_a_container_are_no_items_of_it() -> None:
    text = (
        f"{HEAD}class Block(nn.Sequential):\n    def __init__(self, size):\n"
        "        super().__init__(nn.Linear(8, size))\n"
        "        self.size = size\n        self.scale = nn.Parameter(torch.ones(size))\n"
        "net = nn.Sequential(Block(5), nn.Linear(5, len(Block(5))))\n"
    )
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=((3, 8),))
    model = read(source)
    assert model.report().total == 8 * 5 + 5 + 5 + 5 + 1
    assert cost(model).passes.backward == FIRST + 2 * 3 * 5


def test_operations_besides_products_are_at_least_those_of_the_layers() -> None:
    found = cost_of("return self.b(torch.exp(self.a(x)))", ops="all")
    assert found.operations is not None
    assert not found.operations.known


@pytest.mark.parametrize("layer", ["MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"])
def test_attention_that_is_not_called_keeps_no_keys(layer: str) -> None:
    text = dedent(f"""
        import torch.nn as nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.m = nn.Linear(4, 4), nn.{layer}(4, 2)
            def forward(self, x):
                return self.a(x)
        net = Net()
    """)
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=((2, 5, 4),))
    found = cost(read(source))
    assert (found.passes.forward, found.passes.backward, found.memory.state) == (160, 160, 0)


def test_states_have_the_batch_that_is_given() -> None:
    text = (
        f"{HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = nn.LSTM(8, 5)\n    def forward(self, x):\n        return self.a(x)[0]\nnet = Net()\n"
    )
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=((7, 3, 8),))  # steps, batch, features
    assert cost(read(source)).memory.state == 4 * 2 * 3 * 5
