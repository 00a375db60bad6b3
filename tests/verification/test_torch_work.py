"""The work of live PyTorch modules: by their rules, and in their own code as PyTorch counts it."""

from __future__ import annotations

from typing import Any

import pytest

import paramcalc as pc

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
nn = torch.nn
LSTM = 7 * 3 * 4 * 16 * (12 + 16) + 7 * 3 * 4 * 16 * (16 + 16)  # two layers, seven steps of three samples


class Tutorial(nn.Module):  # type: ignore[misc]
    """LSTM, Linear and LogSoftmax, with initial states."""

    def __init__(self, reads: int = 16) -> None:
        super().__init__()
        self.lstm, self.lin, self.soft = nn.LSTM(12, 16, 2), nn.Linear(reads, 20), nn.LogSoftmax(dim=1)

    def forward(self, x: Any, h: Any, c: Any) -> Any:
        out, (h, c) = self.lstm(x, (h, c))
        return self.soft(self.lin(out[-1])), h, c


class Loop(nn.Module):  # type: ignore[misc]
    """A cell called step by step, a product with a parameter of its own, a layer called with a state."""

    def __init__(self) -> None:
        super().__init__()
        self.cell, self.gru, self.mix = nn.LSTMCell(4, 5), nn.GRU(4, 3), nn.Parameter(torch.zeros(4, 4))

    def forward(self, x: Any) -> Any:
        h = c = x.new_zeros(x.shape[1], 5)
        for step in x:
            h, c = self.cell(step @ self.mix, (h, c))
        return h, self.gru(x, x.new_zeros(1, x.shape[1], 3))[0]


class Work(nn.Module):  # type: ignore[misc]
    """Multiplies without a parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.lin = nn.Linear(4, 6)

    def forward(self, x: Any) -> Any:
        y = self.lin(x)
        return y @ y.T


class Own(nn.Linear):  # type: ignore[misc]
    """A class of one's own."""


class Named(nn.Module):  # type: ignore[misc]
    """Attention called by keyword, in another order than its signature's."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.MultiheadAttention(8, 2)

    def forward(self, x: Any, y: Any) -> Any:
        return self.heads(value=y, key=y, query=x, need_weights=False)[0]


STATES = [(7, 3, 12), (2, 3, 16), (2, 3, 16)]
normed = nn.utils.parametrizations.weight_norm


@pytest.mark.parametrize(
    ("module", "shape", "macs"),
    [
        (Tutorial(), STATES, LSTM + 3 * 16 * 20),
        (nn.LSTM(12, 16, 2), [(7, 3, 12), [(2, 3, 16), (2, 3, 16)]], LSTM),
        (Loop(), (7, 3, 4), 7 * 3 * (4 * 4 + 4 * 5 * (4 + 5)) + 7 * 3 * 3 * 3 * (3 + 4)),
        (Work(), (3, 4), 3 * 4 * 6 + 3 * 6 * 3),
        (nn.Sequential(normed(nn.Linear(10, 20)), nn.ReLU(), nn.Linear(20, 3)), (1, 10), 200 + 60),
        (nn.Sequential(Own(4, 6), nn.Linear(6, 2)), (5, 4), 5 * (24 + 12)),
        (Named(), [(5, 3, 8), (6, 3, 8)], 3 * (2 * 5 * 64 + 2 * 6 * 64 + 2 * 5 * 6 * 8)),
        (nn.TransformerEncoderLayer(8, 2, 16).requires_grad_(False), (5, 3, 8), 15 * (4 * 64 + 256) + 2 * 3 * 25 * 8),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, nn.Module) else "",
)
def test_all_that_is_multiplied_is_counted(module: Any, shape: Any, macs: int) -> None:
    report = pc.from_torch(module, shape).report()
    assert report.macs == macs
    assert report.to_dict()["macs_exact"] is True
    assert not any("the rule gives" in warning for warning in report.warnings)


def test_what_its_own_code_multiplies_has_a_row() -> None:
    report = pc.from_torch(Work(), (3, 4)).report()
    assert [(row.name, row.type, row.params, row.macs) for row in report.rows] == [
        ("lin", "Linear", 30, 72),
        ("Work forward", "Work", 0, 54),
    ]
    assert report.warnings == ["Work forward (Work): what its own code multiplies, as PyTorch counts it"]


def test_states_beside_an_input_are_no_inputs_of_the_rule() -> None:
    lstm = pc.from_torch(Tutorial(), STATES).rows[0]
    assert str(lstm.formula) == "4[d_h(d_h + d_x) + 2d_h] + 4[d_h(d_h + d_h) + 2d_h]"
    assert lstm.inputs == ((7, 3, 12),)


def test_without_a_shape_no_work_is_known() -> None:
    found = pc.from_torch(Tutorial()).report().to_dict()
    assert found["macs_exact"] is False
    assert [row["macs"] for row in found["layers"]] == [None, None, None]


def test_the_tutorial_with_a_linear_of_another_size_is_told_in_plain_words() -> None:
    with pytest.raises(pc.ParamcalcError) as caught:
        pc.from_torch(Tutorial(32), STATES)
    assert str(caught.value) == "lin: Linear is declared with 32 features, but receives 16"
