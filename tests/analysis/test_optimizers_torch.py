"""PyTorch's optimizers: each that is exported keeps what the table says, with every option there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from optimizer_variations import Kept, Options, accepted, disagreements, few, one_by_one, pairs, signature_of, told

from paramcalc.analysis.cost.optimizers import optimizer, optimizer_state
from paramcalc.analysis.cost.optimizers.read import Row, rows
from paramcalc.errors import OptionError

torch = pytest.importorskip("torch", "2.13")
pytestmark = pytest.mark.torch

import torch_optimizers as held  # noqa: E402  # after PyTorch is known to be there

ROWS = rows()["torch"]
WEIGHTS = {"Muon": held.MATRICES}
GIVEN: dict[str, Options] = {"LBFGS": {"history_size": 3}}  # a history that a test can fill
# with which its history still fills
LBFGS: Options = {
    "lr": 0.5,
    "max_iter": 3,
    "max_eval": 50,
    "tolerance_grad": 1e-9,
    "tolerance_change": 1e-12,
    "line_search_fn": "strong_wolfe",
}


def compared(row: Row, configurations: Iterable[Options], dtype: str = held.OWN) -> int:
    """Compare configurations that both sides accept; give how many."""
    count = 0
    weights = WEIGHTS.get(row.name, held.WEIGHTS)
    for options in configurations:
        chosen = accepted(row, options)
        if chosen is None:
            continue
        try:
            theirs = held.kept(chosen, weights, dtype)
        except (ValueError, TypeError, RuntimeError):  # refused by PyTorch
            continue
        count += 1
        ours = told(optimizer_state(chosen, weights), dtype)
        if row.name == "LBFGS":  # it lays all weights out as one
            ours, theirs = elements(ours), elements(theirs)
        assert ours == theirs, (row.name, options)
    return count


def elements(found: Kept) -> Kept:
    """Add up the elements of each dtype."""
    total: Kept = Counter()
    for (size, dtype), count in found.items():
        total[1, dtype] += size * count
    return total


def test_every_optimizer_that_torch_exports_has_its_line() -> None:
    assert sorted(held.exported()) == sorted(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_the_options_are_those_of_the_constructor(name: str) -> None:
    given = signature_of(held.exported()[name])
    del given["params"]
    assert disagreements(ROWS[name], given, {}) == []


@pytest.mark.parametrize("name", ROWS)
def test_what_is_kept_is_what_a_step_leaves(name: str) -> None:
    row, given = ROWS[name], GIVEN.get(name, {})
    tried = [given] if name == "LBFGS" else few(row, given)
    assert compared(row, tried) >= (1 if name == "LBFGS" else 2)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ROWS)
def test_every_option_by_itself(name: str) -> None:
    row, given = ROWS[name], GIVEN.get(name, {})
    lbfgs = ({**given, option: value} for option, value in LBFGS.items())
    every = list(lbfgs if name == "LBFGS" else one_by_one(row, given))
    for option in row.options:
        if option not in given:
            tried = [options for options in every if option in options]
            assert compared(row, tried) > 0, option


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ROWS)
def test_every_two_options_that_decide_and_a_narrower_dtype(name: str) -> None:
    row, given = ROWS[name], GIVEN.get(name, {})
    compared(row, pairs(row, given))
    assert name == "LBFGS" or compared(row, few(row, given), "bfloat16") > 0


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_the_history_of_lbfgs(size: int, search: str | None) -> None:
    chosen = optimizer("lbfgs", "torch", history_size=size, line_search_fn=search)
    n = sum(int(weight.params) for weight in held.WEIGHTS)
    state = optimizer_state(chosen, held.WEIGHTS)
    assert state.elements == 2 * n + 2 * size * n + 2 * size + 1
    theirs = held.kept(chosen, held.WEIGHTS)
    assert sum(elements * count for (elements, _), count in theirs.items()) == state.elements


def test_muon_takes_matrices_only_as_torch_says() -> None:
    chosen = optimizer("muon", "torch")
    with pytest.raises(ValueError, match="Muon only supports 2D parameters"):
        held.kept(chosen, held.WEIGHTS)
    with pytest.raises(OptionError, match=r"PyTorch's Muon cannot train w0 of shape \(\); expected matrices only"):
        optimizer_state(chosen, held.WEIGHTS)


def test_nothing_to_train_is_refused_by_torch_and_nothing_here() -> None:
    with pytest.raises(ValueError, match="empty parameter list"):
        held.kept(optimizer("adam", "torch"), [])
    for name in ROWS:
        assert optimizer_state(optimizer(name, "torch"), []).slots == ()


def test_bytes_are_those_of_the_tensors() -> None:
    for name in ROWS:
        weights = WEIGHTS.get(name, held.WEIGHTS)
        chosen = optimizer(name, "torch", **GIVEN.get(name, {}))
        size = sum(
            elements * count * {held.OWN: 8}.get(dtype, 4)
            for (elements, dtype), count in held.kept(chosen, weights).items()
        )
        if name != "LBFGS":  # it has one tensor for all weights
            assert (
                optimizer_state(chosen, weights).bytes(8)
                == optimizer_state(chosen, weights).bytes([8] * len(weights))
                == size
            )
        else:
            assert optimizer_state(chosen, weights).bytes(8) == size
