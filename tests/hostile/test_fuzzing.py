"""Inputs changed at random, of every kind: an answer or an error comes of each, soon and in little memory."""

from __future__ import annotations

import pytest
from fuzzing import attempt, findings
from mutations import KINDS, READ, READY
from readers import seeds

import paramcalc as pc

FEW = {
    "structure": 80,
    "flags": 20,
    "layers": 200,
    "programs": 100,
    "configurations": 100,
    "syntax": 40,
    **dict.fromkeys(READ, 20),
}  # about half a second each at most
MANY = {
    "structure": 10_000,
    "flags": 1_000,
    "layers": 10_000,
    "modules": 1_000,
    "models": 1_000,
    "programs": 100_000,
    "configurations": 10_000,
    "syntax": 50_000,
    **dict.fromkeys(READ, 100_000),
}


def described(kind: str, many: range) -> str:
    return "\n\n".join(map(str, findings(kind, many)))


@pytest.mark.parametrize("kind", FEW)
def test_a_few_inputs(kind: str) -> None:
    assert not described(kind, range(FEW[kind]))


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.torch] * (kind == "modules")) for kind in MANY])
def test_many_inputs(kind: str) -> None:
    if kind in READY:
        pytest.importorskip(READY[kind][0])
    assert not described(kind, range(FEW.get(kind, 0), MANY[kind]))


def endless() -> None:
    while True:
        pass


def test_every_kind_is_tried() -> None:
    assert MANY.keys() == KINDS.keys()


@pytest.mark.parametrize("reader", READ)
def test_every_reader_has_files_to_damage(reader: str) -> None:
    assert seeds()[reader], "a small file of this format belongs into tests/data"


@pytest.mark.parametrize(
    ("run", "problem"),
    [
        (lambda: 1 // 0, "ZeroDivisionError: integer division or modulo by zero"),
        (endless, "more than 0.05 s"),
        (lambda: 4, "more than 50,000,000 bytes"),
        (lambda: pc.loads("nothing"), ""),
        (lambda: 3, ""),
    ],
)
def test_what_fails(monkeypatch: pytest.MonkeyPatch, run: object, problem: str) -> None:
    monkeypatch.setattr("fuzzing.SECONDS", 0.05)
    monkeypatch.setattr("fuzzing.BYTES", 5 * 10**7)
    if "bytes" in problem:  # the peak of a process that has met larger tests does not grow any more
        readings = iter([0, 6 * 10**7])
        monkeypatch.setattr("fuzzing.peak", lambda: next(readings, 6 * 10**7))
    monkeypatch.setitem(KINDS, "layers", lambda luck: run)  # type: ignore[arg-type, return-value]
    found = attempt("layers", 0)
    assert (found.problem if found else "") == problem
