"""Programs of the kinds that surprise: attributes, registries, caches, contexts, enums, command lines, lists of layers.

Each is run by its framework under every outcome, as it is and changed at random, and what is read is compared.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from program_mutations import mutated
from source_programs import TooMany, runs
from test_source_sound import read, violations
from tiers import pieces, quick

import paramcalc as pc
from paramcalc.errors import ParamcalcError

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = [pytest.mark.torch, pytest.mark.whole]

HOME = Path(__file__).parents[1] / "data" / "programs"
MARK = "\n# --- "
MOST = 64  # outcomes


def programs(name: str) -> dict[str, str]:
    """Read the programs of a file by their titles; they share their first lines."""
    head, *parts = (HOME / f"{name}.txt").read_text(encoding="utf-8").split(MARK)
    titles = [part.partition("\n") for part in parts]
    return {title: f"{head}\n{body}\n" for title, _, body in titles}


OF_TORCH = {
    (name, title): text
    for name in ("modules", "python", "values", "attributes", "command_lines")
    for title, text in programs(name).items()
}
OF_KERAS = {("keras", title): text for title, text in programs("keras").items()}


@contextmanager
def unpatched() -> Iterator[None]:
    """Undo what a program does to the classes and modules of the libraries: no run must see what another did."""
    keras = sys.modules.get("keras")
    homes = [torch.nn, torch.nn.Module, torch.nn.Linear, *([keras.layers, keras.layers.Dense] if keras else [])]
    before = [dict(vars(home)) for home in homes]
    try:
        yield
    finally:
        for home, names in zip(homes, before, strict=True):
            for name in vars(home).keys() - names.keys():
                delattr(home, name)
            for name, value in names.items():
                if vars(home).get(name) is not value:
                    setattr(home, name, value)


def wrong(text: str, most: int = MOST) -> list[str] | None:
    """List what is wrong about a program; nothing is known of one that does not end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outcomes = list(runs(text, most, unpatched))
        except TooMany:
            return None
        if not outcomes:
            return None
        try:
            return list(violations(read(text), outcomes))
        except ParamcalcError:
            return []


@pytest.mark.parametrize("key", quick(OF_TORCH, 6), ids=" ".join)
def test_programs_of_pytorch(key: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["program.py"])
    assert wrong(OF_TORCH[key]) == []


@pytest.mark.slow
@pytest.mark.parametrize("key", OF_KERAS, ids=" ".join)
def test_programs_of_keras(key: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("keras")
    monkeypatch.setattr("source_programs.SECONDS", 20.0)
    assert wrong(OF_KERAS[key]) == []


def changed(table: dict[tuple[str, str], str], seeds: range) -> Iterator[tuple[int, str]]:
    """Change programs in turn."""
    texts = list(table.values())
    for seed in seeds:
        made = mutated(texts[seed % len(texts)].replace("import outside\n", ""), seed)
        if made is not None:
            yield seed, made


def check_changed(table: dict[tuple[str, str], str], seeds: range) -> int:
    """Check changed programs; give how many ended."""
    ended = 0
    for seed, text in changed(table, seeds):
        found = wrong(text)
        assert not found, f"seed {seed}: {found}\n{text}"
        ended += found is not None
    return ended


def test_changed_programs_of_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["program.py"])
    assert check_changed(OF_TORCH, range(0, 3_000, 97)) > 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", pieces(range(10_000, 13_000)))
def test_many_changed_programs_of_pytorch(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["program.py"])
    assert check_changed(OF_TORCH, seeds) > len(seeds) // 6


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", pieces(range(10_000, 11_000)))
def test_many_changed_programs_of_keras(seeds: range) -> None:
    pytest.importorskip("keras")
    assert check_changed(OF_KERAS, seeds) > len(seeds) // 6


def test_a_file_imports_from_the_package_it_is_in(tmp_path: Path) -> None:
    home = tmp_path / "nets"
    home.mkdir()
    (home / "__init__.py").write_text("from .base import Base\n", encoding="utf-8")
    (home / "base.py").write_text("from torch import nn\nclass Base(nn.Module):\n    width = 3\n", encoding="utf-8")
    text = "from torch import nn\nfrom nets import Base\nfrom nets.base import Base as Other\nassert Base is Other\n"
    text += "class Net(Base):\n    def __init__(self):\n        super().__init__()\n"
    text += "        self.a = nn.Linear(self.width, 2)\n"
    (home / "net.py").write_text(f"{text}model = Net()\n", encoding="utf-8")
    report = pc.load(f"{home / 'net.py'}:model").report()
    assert (report.total, report.exact) == (8, True)


def test_layers_of_one_list_are_rows_of_their_own() -> None:
    text = "import keras\nclass N(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
    text += "        self.l = [keras.layers.Dense(2), keras.layers.Dense(4)]\n    def call(self, x):\n"
    text += "        for one in self.l: x = one(x)\n        return x\nm = N()\nm(keras.Input((3,)))\n"
    report = read(text)["m"]
    assert (report.total, report.exact, [row.params for row in report.rows]) == (20, True, [8, 12])
