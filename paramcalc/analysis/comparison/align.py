"""Which layer of one model stands for which layer of another: the alignment with the most likeness, in order.

Layers are alike by kind, name and number of parameters. The alignment is that of Needleman and Wunsch 1970, without a
cost for layers that are left out. What both models begin and end with is aligned first, layer by layer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...core.framework import framework
from ...core.rule import Layer
from ...report import Row
from ...symbolic import Size

MOST_PAIRS = 4_000_000  # of layers that are looked at; the layers between of larger models are aligned by position
CELLS = {"lstm", "gru", "rnn"}
RECURRENT = 1  # what it counts to be two kinds of recurrent layers
KIND, NAME, LAST, COUNT = 16, 8, 4, 2  # what it counts to have the kind, the path, the last name or the count in common


@dataclass(frozen=True)
class Place:
    """A layer in a model.

    Attributes
    ----------
    path : str
    row : Row
    kind : str
        What kind of layer it is, the same in all frameworks: ``dense``, ``lstm``, ``conv2d``.
    params : int or Expr
    """

    path: str
    row: Row
    kind: str
    params: Size

    @property
    def key(self) -> tuple[str, str, Size]:
        """What equal layers have in common."""
        return self.kind, self.path, self.params


def kind_of(row: Row) -> str:
    """Name the kind of a layer, the same in all frameworks: ``LayerNorm`` and ``LayerNormalization`` are one kind.

    That of ``Bidirectional`` is the kind of the layer inside, since other frameworks have an option in its place.
    """
    type, whose = row.type, row.layer.framework
    inner = row.layer.options["layer"] if isinstance(row.layer, Layer) and type == "Bidirectional" else None
    if isinstance(inner, Layer):
        type, whose = inner.type, inner.framework
    if whose is not None:
        record = framework(whose)
        if type == record.dense:
            return "dense"
        for cell, name in record.recurrent:
            if type == name:
                return cell.lower()
    plain = type.lower().replace("normalization", "norm")
    return re.sub(r"(?<=norm)[123]d$", "", plain)


def align(first: Sequence[Place], second: Sequence[Place]) -> list[tuple[int | None, int | None]]:
    """Align the layers of two models.

    Returns
    -------
    list of (int or None, int or None)
        Positions in both, in order; ``None`` where a layer has no counterpart.
    """
    start = 0
    while start < min(len(first), len(second)) and first[start].key == second[start].key:
        start += 1
    end = 0
    while end < min(len(first), len(second)) - start and first[-1 - end].key == second[-1 - end].key:
        end += 1
    inner = _between(first[start : len(first) - end], second[start : len(second) - end])
    return [
        *((place, place) for place in range(start)),
        *((None if a is None else start + a, None if b is None else start + b) for a, b in inner),
        *((len(first) - place, len(second) - place) for place in range(end, 0, -1)),
    ]


def _between(first: Sequence[Place], second: Sequence[Place]) -> list[tuple[int | None, int | None]]:
    if len(first) * len(second) > MOST_PAIRS:
        return _one_by_one(first, second)
    # best[i][j] is the most likeness of first[i:] and second[j:]
    best = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first) - 1, -1, -1):
        below, row = best[i + 1], best[i]
        for j in range(len(second) - 1, -1, -1):
            alike = _alike(first[i], second[j])
            row[j] = max(below[j], row[j + 1], below[j + 1] + alike if alike else 0)
    found: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(first) and j < len(second):
        alike = _alike(first[i], second[j])
        if alike and best[i][j] == best[i + 1][j + 1] + alike:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            found.append((i, None))
            i += 1
        else:
            found.append((None, j))
            j += 1
    return [*found, *((place, None) for place in range(i, len(first))), *((None, at) for at in range(j, len(second)))]


def _one_by_one(first: Sequence[Place], second: Sequence[Place]) -> list[tuple[int | None, int | None]]:
    found: list[tuple[int | None, int | None]] = []
    for place in range(max(len(first), len(second))):
        here, there = place < len(first), place < len(second)
        if here and there and _alike(first[place], second[place]):
            found.append((place, place))
        else:
            found += [(place, None)] * here + [(None, place)] * there
    return found


def _alike(one: Place, other: Place) -> int:
    # 0 for layers that cannot stand for each other: of different kinds, unless they have one path or are both recurrent
    kind, path = one.kind == other.kind, one.path == other.path
    if not kind and not path:
        return RECURRENT * ({one.kind, other.kind} <= CELLS)
    last = one.path.rpartition("/")[2] == other.path.rpartition("/")[2]
    return KIND * kind + NAME * path + LAST * last + COUNT * (one.params == other.params)
