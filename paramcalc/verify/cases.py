"""What the audit tries: for every rule, all its switches, and tables of shapes and settings where kinds do not say.

Sizes are symbols here; the audit puts a grid of values in their place that decides the count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from ..errors import LayerError
from ..rules.kinds import Choice, Maybe, Sized, Window
from ..rules.registry import rules
from ..rules.rule import Layer, Rule, Shape
from ..symbolic import parse, unknown

AXES = {"T": 7, "H": 9, "W": 8, "D": 5}  # long enough for every window tried
EXTRA: tuple[tuple[str, ...], ...] = ((), ("n1",), ("n1", "n2"), ("n1", "n2", "n3"))  # what "..." stands for


class Case(NamedTuple):
    """A layer and the shapes it is put on; sizes may be symbols."""

    layer: Layer
    shapes: tuple[Shape, ...]


# Values of options that are neither switches nor sizes with a symbol; by option, or by layer and option.
SETTINGS: dict[str, tuple[Any, ...]] = {
    "strides": (1, 2, (2, 1)),
    "pool_size": (1, 2, 3, (3, 2), 12),
    "dilation_rate": (1, 2, (1, 2)),
    "groups": (1, 2),
    "rate": (0.5,),
    "stddev": (0.5,),
    "l1": (0.0, 0.1),
    "l2": (0.0, 0.1),
    "alpha": (1.0, 0.5),
    "max_value": (6.0,),
    "negative_slope": (0.0, 0.3),
    "threshold": (0.0, 1.0),
    "activation": ("relu", None),
    "n": (1, 3),
    "axis": (-1, 1, -3, 2, 4),
    "LayerNormalization.axis": (-1, 1, (1, 2), (2, 1), (-1, 1), [-2, -1], (1, 1), (3, 1), 4),
    "Softmax.axis": (-1, 1, (1, 2), 5),
    "Concatenate.axis": (-1, 1, 2, -3, 4),
    "shared_axes": (1, (1, 2), [2], (1, 2, 3), 5),
    "Dot.axes": (1, 2, -1, (1, 1), (2, 1), (1, 2), (-1, -2), (2, 2), 0, 4),
    "Permute.dims": ((1,), (1, 2), (2, 1), (1, 2, 3), (3, 1, 2), (2, 3, 1), (1, 3, 2)),
    "Reshape.target_shape": ((24,), (4, 6), (2, 3, 4), (-1,), (-1, 4), (3, -1, 2), (5, -1), (25,), (24, 1), (1, -1)),
}

MERGED = (
    ("? 4",), ("? 4", "? 4"), ("? 4", "? 4", "? 4"), ("? 3 4", "? 3 4"), ("2 3 4", "2 3 4"),
    ("? 3 4", "? 1 4"), ("? 1 4", "? 3 1"), ("? 3 4", "? 4"), ("? 4", "? 3 4"), ("? 5 3 4", "? 3 1", "? 4"),
    ("? 3 4", "? 3 5"), ("? 3 4", "? 2 4"), ("2 4", "3 4"), ("? 4", "2 4"), ("2 4", "? 4"), ("? ? 4", "? ? 4"),
    ("? ? 4", "? 3 4"), ("? ? 4", "? 1 4"), ("? 1 4", "? ? 4"), ("2 1", "2 4"), ("? 4", "? 3 5"), ("1 4", "2 4"),
)  # fmt: skip
PAIRED = (
    ("2 4", "2 4"), ("? 4", "? 4"), ("? 4", "? 5"), ("2 3 4", "2 3 4"), ("2 3 4", "2 4 3"), ("2 3 4", "2 4 5"),
    ("? 3 4", "? 4 3"), ("2 3 4", "2 4"), ("2 4", "2 3 4"), ("2 4", "2 4 3"), ("2 3 4", "2 3 5"), ("2 3 4", "2 3"),
    ("? ? 4", "? 3 4"), ("2 4", "3 4"), ("2 4", "2 4", "2 4"), ("2 4",),
    ("2 5 3 4", "2 4 3"), ("2 2 3 4", "2 2 4 3"), ("2 3 3", "2 3 3"),
)  # fmt: skip
FILLED = (("? 24",), ("2 24",), ("? 4 6",), ("? 2 3 4",), ("? ?",), ("? ? 6",), ("2 ? 3",), ("? 25",))

# The inputs a layer is tried on, where its pattern does not say enough.
INPUTS: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"), MERGED),
    "Dot": PAIRED,
    "Reshape": FILLED,
    "Permute": (("? 4",), ("2 3 4",), ("? ? 4",), ("? 2 3 4",)),
    "Flatten": (("?",), ("? 4",), ("2 3 4",), ("? ? 4",), ("? 2 3 4",), ("? ? ? 4",)),
}


def cases(rule: Rule) -> Iterator[Case]:
    """List what to try for a rule.

    Raises
    ------
    LayerError
        For an option no table here has values for: a rule that is not audited is an error.
    """
    if rule.name in WRAPPERS:
        yield from WRAPPERS[rule.name]()
        return
    for layer in variants(rule):
        for shapes in inputs_of(rule, layer):
            yield Case(layer, shapes)


def variants(rule: Rule, **fixed: Iterable[Any]) -> Iterator[Layer]:
    """Make a layer for every combination of switches and settings."""
    columns = {name: tuple(fixed.get(name) or _values(rule, name)) for name in rule.options}
    for row in product(*columns.values()):
        yield rule(**dict(zip(columns, row, strict=True)))


def _values(rule: Rule, name: str) -> tuple[Any, ...]:
    kind: Any = rule.options[name].kind
    if isinstance(kind, Choice):
        return kind.values
    none = (None,) if isinstance(kind, Maybe) else ()
    kind = getattr(kind, "kind", kind)
    if isinstance(kind, Sized) and kind.symbol and name not in SETTINGS:
        return (*none, kind.symbol)
    if isinstance(kind, Window) and kind.symbol:
        return (*none, kind.symbols(()))
    found = SETTINGS.get(f"{rule.name}.{name}", SETTINGS.get(name))
    if found is None:
        raise LayerError(f"no values to try for {rule.name}.{name}")
    if isinstance(kind, Window) and kind.rank == 1:
        found = tuple(value for value in found if not isinstance(value, tuple))
    return (*none, *found)


def inputs_of(rule: Rule, layer: Layer) -> Iterator[tuple[Shape, ...]]:
    """List the inputs to try: from the table, or every rank the pattern takes, known and unknown."""
    if rule.name in INPUTS:
        yield from (tuple(shape(text) for text in texts) for texts in INPUTS[rule.name])
        return
    groups = layer.options.get("groups", 1)
    for extra in EXTRA if "..." in rule.inputs[0].tokens else ((),):
        names = list(rule.inputs[0].tokens)
        if "..." in names:
            place = names.index("...")
            names[place : place + 1] = extra
        if layer.options.get("data_format") == "channels_first" and names[-1] == "C":
            names.insert(1, names.pop())
        known = {"B": "2", "C": f"{groups}*C", **{axis: str(size) for axis, size in AXES.items()}}
        yield (shape(" ".join(known.get(name, name) for name in names)),)
        yield (shape(" ".join({**known, "B": "?"}.get(name, name) for name in names)),)
        if open_axes := {"T", "H", "n1"} & set(names):
            yield (shape(" ".join("?" if name in {"B"} | open_axes else known.get(name, name) for name in names)),)


def shape(text: str) -> Shape:
    """Read ``"? 7 d_x"``: numbers, symbols, and ``?`` for an unknown size."""
    return tuple(unknown(f"u{at}") if word == "?" else parse(word) for at, word in enumerate(text.split()))


# --- wrappers: drawn inner layers, each with its own switches --------------------------------------------------


def _rule(name: str) -> Rule:
    return rules()[name]


def _cells() -> list[Any]:
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
    drawn: list[tuple[Iterable[Any], tuple[str, ...]]] = [
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


WRAPPERS = {"StackedRNNCells": _stacks, "RNN": _over_cells, "Bidirectional": _both_ways, "TimeDistributed": _each_step}
