"""Narrow terminals: no line is too wide, no word is broken, nothing is left out, whatever the names and the width."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings, strategies as st
from rich.cells import cell_len
from tiers import examples

import paramcalc as pc
from paramcalc.render.columns import width_of
from paramcalc.render.document import Passage, Table, plain
from paramcalc.render.layout import presentation

LETTERS = st.sampled_from(
    ["a", "Z", "_", "-", "7", "é", "ß", "名", "前", "层", "한", "ア", "🙂", "🚀", "👩\u200d🔬", "e\u0301"]
)
WORDS = st.lists(LETTERS, min_size=1, max_size=6).map("".join)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
SIZES = st.one_of(st.integers(1, 300), st.integers(10**6, 10**9))


def layers(name: str, size: int, kind: int) -> Any:
    return [
        lambda: pc.Dense(size, name=name),
        lambda: pc.LSTM(size, return_sequences=True, name=name),
        lambda: pc.Bidirectional(pc.GRU(size, return_sequences=True), name=name),
        lambda: pc.TimeDistributed(pc.Sequential([pc.Dense(size), pc.LayerNormalization()], name="inner"), name=name),
        lambda: pc.GlobalAveragePooling1D(keepdims=True, name=name),
    ][kind]()


@st.composite
def models(draw: st.DrawFn) -> pc.Sequential:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    chosen = [layers(name, draw(SIZES), draw(st.integers(0, 4))) for name in names]
    return pc.Sequential([pc.Input((draw(st.one_of(st.none(), SIZES)), draw(SIZES))), *chosen], name=draw(NAMES))


def words(model: pc.Sequential, explain: bool) -> Iterator[str]:
    """Every word that is to be shown, the headers of columns aside."""
    made = presentation(model.report()).laid_out(explain=explain, weights=not explain)
    yield from made.title.split()
    for block in made.blocks():
        if isinstance(block, Table):
            for row in [*block.rows, block.footer]:
                yield from (word for cell in row for word in plain(cell).split())
        elif isinstance(block, Passage):
            yield from (word for line in (block.title, *block.equations, *block.sentences) for word in line.split())
        else:
            yield from (word for fact in block for word in (*fact.label.split(), *plain(fact.value).split()))


def parts(text: str) -> list[str]:
    return text.replace("/", "/ ").split()


@settings(max_examples=examples(40, 1000), deadline=None)
@given(model=models(), width=st.integers(40, 120), explain=st.booleans())
def test_no_word_is_broken(model: pc.Sequential, width: int, explain: bool) -> None:
    written = model.report().render("table", width=width, explain=explain, weights=not explain)
    assert max(map(width_of, written.splitlines())) <= width
    # a path that is longer than a line is broken after a slash
    wanted = Counter(part for word in words(model, explain) for part in parts(word))
    assert not wanted - Counter(parts(written))


@given(NAMES)
def test_widths_are_those_of_rich(name: str) -> None:
    assert width_of(name) == cell_len(name.replace("\u200d", ""))  # a joiner takes no column


def test_a_character_is_as_wide_alone_as_beside_a_wide_one() -> None:
    wide = "\u4e00"
    differ = [code for code in range(0x20, 0x3000) if width_of(chr(code)) != width_of(chr(code) + wide) - 2]
    assert not [hex(code) for code in differ]
