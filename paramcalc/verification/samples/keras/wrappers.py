"""What is tried of layers around other layers: drawn inner layers, each with its own switches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....core.registry import rules
from ....core.rule import Rule
from ....untyped import OptionValue
from ...cases import Case, shape, variants


def _rule(name: str) -> Rule:
    return rules()[name]


def _cells() -> list[OptionValue]:
    one, two, three = (_rule(f"{name}Cell") for name in ("SimpleRNN", "LSTM", "GRU"))
    return [
        *(cell for rule in (one, two, three) for cell in variants(rule)),
        two(units=3, trainable=False),
        [two(units="d_h"), three(units="d_e")],
        [three(units="d_h")],
        [one(units=2), two(units=3), two(units=4)],
    ]


def _stacks() -> Iterator[Case]:
    for cells in _cells():
        for text in ("2 d_x", "? d_x"):
            yield Case(_rule("StackedRNNCells")(cells=cells if isinstance(cells, list) else [cells]), (shape(text),))


def _over_cells() -> Iterator[Case]:
    stack = _rule("StackedRNNCells")([_rule("LSTMCell")(units="d_h"), _rule("GRUCell")(units=3)])
    for cell in [*_cells(), stack, _rule("Dense")(3)]:
        for layer in variants(_rule("RNN"), cell=[cell]):
            for text in ("2 4 d_x", "? ? d_x"):
                yield Case(layer, (shape(text),))


def _both_ways() -> Iterator[Case]:
    rule = _rule("Bidirectional")
    for name in ("SimpleRNN", "LSTM", "GRU"):
        for inner in variants(_rule(name)):
            for mode in ("concat", "sum", "mul", "ave", None):
                for text in ("2 4 d_x", "? ? d_x"):
                    yield Case(rule(layer=inner, merge_mode=mode), (shape(text),))
    lstm, gru, dense, cell = (_rule(name) for name in ("LSTM", "GRU", "Dense", "LSTMCell"))
    drawn = [
        (lstm(units="d_h"), gru(units="d_h", go_backwards=True)),
        (lstm(units=3), lstm(units=5, go_backwards=True)),
        (lstm(units=3, go_backwards=True), lstm(units=3)),
        (lstm(units=3), lstm(units=3)),
        (lstm(units=3, return_sequences=True), lstm(units=3, go_backwards=True)),
        (lstm(units=3, return_state=True), gru(units=3, go_backwards=True, return_state=True)),
        (lstm(units=3, trainable=False), None),
        (lstm(units=3, name="forward_a"), None),
        (lstm(units=3, name="backward_a"), None),
        (lstm(units=3, name="a"), lstm(units=3, go_backwards=True, name="b")),
        (_rule("RNN")(cell=[cell(units="d_h"), cell(units=3)], return_state=True), None),
        (_rule("RNN")(cell=cell(units="d_h")), None),
        (dense(3), None),
    ]
    for ahead, back in drawn:
        for mode in ("concat", "sum", None):
            for text in ("2 4 d_x", "? ? d_x"):
                yield Case(rule(layer=ahead, merge_mode=mode, backward_layer=back), (shape(text),))


def _each_step() -> Iterator[Case]:
    rule = _rule("TimeDistributed")
    narrow = {"kernel_size": [2], "strides": [1], "dilation_rate": [1, 2]}
    drawn: list[tuple[Iterable[OptionValue], tuple[str, ...]]] = [
        (variants(_rule("Dense")), ("2 4 d_x", "? ? d_x", "2 4 3 d_x", "2 3", "? 5")),
        ([_rule("Dense")(3, trainable=False), rule(_rule("Dense")("d_y"))], ("2 4 3 d_x",)),
        (variants(_rule("Embedding")), ("2 4 3", "? ? 3", "2 4")),
        (variants(_rule("Conv1D"), **narrow, groups=[1]), ("2 3 7 C", "? ? 7 C")),
        (variants(_rule("Conv2D"), **narrow, groups=[2]), ("2 3 7 6 2*C", "? ? 7 6 2*C")),
        (variants(_rule("BatchNormalization"), axis=[-1], renorm=[False]), ("2 4 d", "? ? 3 d")),
        (variants(_rule("LayerNormalization"), axis=[-1, (1, 2)]), ("2 4 3 d", "? ? 3 d")),
        (variants(_rule("LSTM"), stateful=[False]), ("2 3 4 d_x",)),
        ([_rule("Flatten")(), _rule("Dropout")(0.5), _rule("RepeatVector")(3)], ("2 3 5 4 2", "2 3 4", "? 3 4")),
        ([_rule("GlobalAveragePooling2D")()], ("2 3 5 4 2", "2 3 4", "? 3 4")),
        ([_rule("Bidirectional")(_rule("GRU")("d_h"))], ("2 3 4 d_x", "? 3 4 d_x")),
    ]
    for inner, texts in drawn:
        for layer in inner:
            for text in texts:
                yield Case(rule(layer=layer), (shape(text),))


CASES = {"StackedRNNCells": _stacks, "RNN": _over_cells, "Bidirectional": _both_ways, "TimeDistributed": _each_step}
