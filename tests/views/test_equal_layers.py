"""Equal layers are worked out once, and no view shows it: except that people read one explanation of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given, strategies as st

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.core.identity import options_identity
from paramcalc.graph.model import Model
from paramcalc.render import explanations
from paramcalc.report import row
from paramcalc.symbolic import Expr, symbols
from paramcalc.writers import FORMATS

INNER = pc.Dense(8)
BLOCK = [pc.Dense(8), pc.LayerNormalization(), pc.Dense(8)]
MAKERS: list[Callable[[], Any]] = [
    lambda: pc.Dense(8),
    lambda: pc.Dense(8, use_bias=False),
    lambda: pc.Dense("h"),
    lambda: pc.Dense(8, trainable=False),
    lambda: pc.LSTM(8, return_sequences=True),
    lambda: pc.LSTM(8, return_sequences=True, activation="relu"),
    lambda: pc.Bidirectional(pc.LSTM(4, return_sequences=True)),
    lambda: pc.Bidirectional(pc.LSTM(4, return_sequences=True, recurrent_activation="relu")),
    lambda: pc.TimeDistributed(pc.Dense(8)),
    lambda: pc.Sequential([pc.Input((5, 8)), pc.Dense(8), pc.GRU(8, return_sequences=True)]),
    lambda: pc.Sequential([pc.Input((5, 8)), pc.Dense(8), pc.Sequential([pc.Input((5, 8)), *BLOCK])]),
    lambda: pc.Sequential([pc.Input((5, 8)), INNER, INNER]),
    lambda: INNER,
]


def chain(kinds: list[int]) -> Model:
    """A chain of these layers; a size of 8 is kept between them."""
    x = pc.Input((5, 8))
    made: Any = x
    for kind in kinds:
        made = MAKERS[kind]()(made)
        if kind == 2:
            made = pc.Dense(8)(made)
    return pc.Model(x, made)


def texts(model: Model) -> Iterator[str]:
    """All views that show every layer by itself."""
    yield from (model.render(format) for format in FORMATS)
    yield model.render("json", explain=True)
    yield model.render("text", weights=True)


@given(st.lists(st.integers(0, len(MAKERS) - 1), min_size=1, max_size=9))
def test_views_are_those_of_layers_that_are_worked_out_one_by_one(kinds: list[int]) -> None:
    model = chain(kinds)
    shared = [*texts(model)]
    numbers = count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row, "_identity", lambda calls: next(numbers))
        assert [*texts(model)] == shared
    assert next(numbers) > 0


def calls(patch: pytest.MonkeyPatch, module: Any, name: str) -> list[tuple[Any, ...]]:
    """Note the calls of a function."""
    found: list[tuple[Any, ...]] = []
    original = getattr(module, name)

    def noted(*args: Any) -> Any:
        found.append(args)
        return original(*args)

    patch.setattr(module, name, noted)
    return found


@pytest.mark.parametrize("nested", [False, True])
def test_equal_layers_are_worked_out_once(nested: bool) -> None:
    def sums(threes: int) -> int:
        """Render three layers so many times, and count the sums of their costs."""
        layers = [pc.LSTM(8, return_sequences=True, use_bias=bool(at % 3)) for at in range(3 * threes)]
        if nested:
            blocks = (layers[at : at + 3] for at in range(0, len(layers), 3))
            layers = [pc.Sequential([pc.Input((5, 8)), *one]) for one in blocks]
        model = pc.Sequential([pc.Input((5, 8)), *layers])
        with pytest.MonkeyPatch.context() as patch:
            formulas, explained = calls(patch, row, "formula_of"), calls(patch, explanations, "explained")
            added = calls(patch, row, "put")
            assert len(json.loads(model.render("json", explain=True))["explanation"]) == 3 * threes
        assert len(formulas) == 2 + nested  # a block has none
        assert len(explained) == 2
        return len(added)

    assert sums(20) == sums(1) > 0


def test_people_read_one_explanation() -> None:
    layers = [pc.Dense(8), pc.ReLU(), pc.Dense(8), pc.Dense(4), *(pc.Dense(4) for _ in range(1_900))]
    written = pc.Sequential([pc.Input((8,)), *layers]).render("text", explain=True)
    assert written.count("by tensor") == 3  # 8 to 8, 8 to 4, 4 to 4
    assert "\n  The same holds for dense_1.\n" in written
    assert "\n  The same holds for dense_4, dense_5, dense_6, and for 1,896 more.\n" in written


def test_layers_with_other_equations_are_explained_by_themselves() -> None:
    def one(activation: str) -> Any:
        return pc.Bidirectional(pc.LSTM(4, return_sequences=True, activation=activation))

    model = pc.Sequential([pc.Input((5, 8)), one("tanh"), one("relu"), one("tanh"), one("relu")])
    written = model.render("text", explain=True)
    assert "The same holds for bidirectional_2." in written
    assert "The same holds for bidirectional_3." in written
    assert written.count("relu(x_t") == 1


def test_layers_of_one_answer_are_one() -> None:
    def sums(layers: int) -> int:
        """Add up the costs of an encoder of so many layers, and count the sums."""
        x = pc.Input((5, 8))
        encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2), layers)
        with pytest.MonkeyPatch.context() as patch:
            added = calls(patch, row, "put")
            rows = pc.Model(x, encoder(x)).report().rows[0].rows
            assert len(rows) == layers
            assert len({tuple(getattr(one, name) for name in row.COSTS) for one in rows}) == 1
        return len(added)

    assert sums(12) == sums(1) > 0


# --- what is compared ----------------------------------------------------------------------------------------


def test_what_is_written_otherwise_is_another_option() -> None:
    h: Expr = symbols("h")
    values: list[Any] = [1, True, 1.0, 2 * h, h + h, h, "h", None, (1, 1), (1, True), (h + h,), (2 * h,)]
    assert len({options_identity([one]) for one in values}) == len(values)
    assert options_identity([(1, 2 * h)]) == options_identity([(1, 2 * h)])


def test_which_layers_are_one_is_compared() -> None:
    def model(shared: bool) -> Model:
        first = pc.Dense(8)
        return pc.Sequential([pc.Input((8,)), first, first if shared else pc.Dense(8)])

    assert model(True).identity() == model(True).identity() != model(False).identity()
