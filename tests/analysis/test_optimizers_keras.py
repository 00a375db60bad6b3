"""Keras's optimizers: each that is exported keeps what the table says, with every option there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

import pytest
from optimizer_variations import Options, accepted, disagreements, few, one_by_one, pairs, signature_of, told

from paramcalc.analysis.cost.optimizers import optimizer, optimizer_state, read_optimizer, stated_optimizer
from paramcalc.analysis.cost.optimizers.read import Row, rows

keras = pytest.importorskip("keras", "3.15")

import keras_optimizers as held  # noqa: E402  # after Keras is known to be there

ROWS = rows()["keras"]
INNER: dict[str, Options] = {
    "LossScaleOptimizer": {"inner_optimizer": "nadam"},
    "MultiOptimizer": {"default_optimizer": "adam"},
}


@pytest.fixture(scope="module")
def over() -> list[object]:
    return held.variables()


def compared(row: Row, configurations: Iterable[Options], over: list[object]) -> int:
    """Compare configurations that both sides accept; give how many."""
    count = 0
    for options in configurations:
        chosen = accepted(row, options)
        if chosen is None:
            continue
        try:
            theirs = held.kept(chosen, over)
        except (ValueError, TypeError):  # refused by Keras
            continue
        count += 1
        assert told(optimizer_state(chosen, held.WEIGHTS), held.OWN) == theirs, (row.name, options)
    return count


def test_every_optimizer_that_keras_exports_has_its_line() -> None:
    assert sorted(held.exported()) == sorted(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_the_options_are_those_of_the_constructor(name: str) -> None:
    classes = [held.exported()[name], *([keras.optimizers.OptimizerMap] if name == "MultiOptimizer" else [])]
    given = signature_of(*classes)
    if name not in INNER:  # the base class states what the class leaves to **kwargs
        given = {**signature_of(keras.optimizers.Optimizer), **given}
    assert disagreements(ROWS[name], given, INNER.get(name, {})) == []


@pytest.mark.parametrize("name", ROWS)
def test_what_is_kept_is_what_keras_builds(name: str, over: list[object]) -> None:
    assert compared(ROWS[name], few(ROWS[name], INNER.get(name, {})), over) >= 3 - (name in INNER)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ROWS)
def test_every_option_by_itself(name: str, over: list[object]) -> None:
    row, given = ROWS[name], INNER.get(name, {})
    for option in row.options:
        if option not in given and option != "optimizer_map":
            tried = (options for options in one_by_one(row, given) if option in options)
            assert compared(row, tried, over) > 0, option


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ROWS)
def test_every_two_options_that_decide(name: str, over: list[object]) -> None:
    compared(ROWS[name], pairs(ROWS[name], INNER.get(name, {})), over)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
@pytest.mark.parametrize("name", ROWS)
def test_what_keras_writes_into_a_file_is_read_as_the_same_optimizer(name: str, over: list[object]) -> None:
    tried = 0
    for options in few(ROWS[name], INNER.get(name, {})):
        chosen = accepted(ROWS[name], options)
        if chosen is None:
            continue
        try:
            written = json.loads(json.dumps(keras.optimizers.serialize(held.built(chosen, over))))
        except (ValueError, TypeError):  # refused by Keras
            continue
        tried += 1
        found = stated_optimizer(written)
        assert found.name == name
        assert told(optimizer_state(found, held.WEIGHTS), held.OWN) == held.kept(chosen, over), (name, written)
    assert tried


UNLISTED = {
    "LossScaleOptimizer": [(1, held.OWN)]
}  # its build() hides the inner optimizer's attributes: Nadam's product


@pytest.mark.parametrize("name", ROWS)
def test_keras_lists_what_it_keeps_but_for_one_number(name: str, over: list[object]) -> None:
    own = held.built(optimizer(name, **INNER.get(name, {})), over)
    there = held.counted(held.reachable(own, over))
    assert sorted((there - held.counted(own.variables)).elements()) == UNLISTED.get(name, [])


@pytest.mark.parametrize("clip", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_clipping_keeps_nothing(clip: str, over: list[object]) -> None:
    clipped, plain = (optimizer("adam", **options) for options in ({clip: 0.5}, {}))
    assert optimizer_state(clipped, held.WEIGHTS) == optimizer_state(plain, held.WEIGHTS)
    assert held.kept(clipped, over) == held.kept(plain, over)


@pytest.mark.parametrize(
    "text",
    [
        "LossScaleOptimizer(adam(amsgrad=true))",
        "LossScaleOptimizer(sgd(momentum=0.9, use_ema=true, learning_rate=schedule))",
        "LossScaleOptimizer(MultiOptimizer(lion))",
        "MultiOptimizer(sgd, optimizer_map={'dense/.*': nadam, 'output/kernel': muon, 'out.*': rmsprop})",
        "MultiOptimizer(adam(gradient_accumulation_steps=2), optimizer_map={'none': nadam(use_ema=true)})",
        "muon(exclude_embeddings=false, exclude_layers=['^dense', 'output'])",
    ],
)
def test_optimizers_that_share_out_the_weights(text: str, over: list[object]) -> None:
    chosen = read_optimizer(text)
    assert told(optimizer_state(chosen, held.WEIGHTS), held.OWN) == held.kept(chosen, over)


@pytest.mark.parametrize("name", ROWS)
def test_nothing_to_train(name: str) -> None:
    chosen = optimizer(name, **INNER.get(name, {}))
    assert told(optimizer_state(chosen, []), "none") == held.kept(chosen, [])


def test_several_patterns_for_one_weight_are_refused_as_keras_does(over: list[object]) -> None:
    chosen = read_optimizer("MultiOptimizer(sgd, optimizer_map={'d.*': adam, 'dense/v1|x': adam})")
    with pytest.raises(ValueError, match="Multiple optimizers assigned to variable dense/v1"):
        held.kept(chosen, over)
    with pytest.raises(ValueError, match=r"several optimizers for dense/v1; .* received \"'d\.\*' and 'dense/v1\|x'\""):
        optimizer_state(chosen, held.WEIGHTS)


def test_bytes_are_those_of_the_variables(over: list[object]) -> None:
    for name, row in ROWS.items():
        chosen = optimizer(name, **INNER.get(name, {}))
        size = sum(
            elements * count * {held.OWN: 2}.get(dtype, 4)
            for (elements, dtype), count in held.kept(chosen, over).items()
        )
        state = optimizer_state(chosen, held.WEIGHTS)
        assert state.bytes(2) == state.bytes([2] * len(held.WEIGHTS)) == size, row.name


_OTHER_BACKEND = """
import keras_optimizers as held
from optimizer_variations import told
from paramcalc.analysis.cost.optimizers import optimizer, optimizer_state
from paramcalc.analysis.cost.optimizers.read import rows
over = held.variables()
for name in rows()["keras"]:
    chosen = optimizer(name, **{"LossScaleOptimizer": {"inner_optimizer": "nadam"}, "MultiOptimizer":
        {"default_optimizer": "adafactor"}}.get(name, {}))
    state = optimizer_state(chosen, held.WEIGHTS, backend="torch")
    print(name, told(state, held.OWN) == held.kept(chosen, over))
"""


@pytest.mark.exhaustive
@pytest.mark.torch
def test_counters_on_another_backend(run_code: Callable[[str], str]) -> None:
    pytest.importorskip("torch")
    assert run_code(_OTHER_BACKEND).splitlines() == [f"{name} True" for name in ROWS]


@pytest.fixture
def run_code() -> Callable[[str], str]:
    import os
    import subprocess
    import sys

    def run(code: str) -> str:
        environ = {**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environ)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run
