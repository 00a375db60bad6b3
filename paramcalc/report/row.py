"""Rows: one layer of a model each, with its weights, shapes, cost and formula."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property

from ..core.built import Built, Part, Weight
from ..core.formula import Formula, formula_of
from ..core.identity import call_identity
from ..core.json_data import JsonObject
from ..core.shapes import AnyShape, listed
from ..core.storage import Storage
from ..core.tensors import BATCH
from ..core.time_axis import layout_of
from ..core.totals import Sums, Totals, summed, sums_of
from ..displayed import Displayed
from ..symbolic import Size
from ..symbolic.evaluate import put
from .data import plain, read_data, shapes_data, weight_data

COUNTS = ("params", "trainable", "non_trainable")  # what the weights of a row add up to
COSTS = ("macs",)  # what its uses add up to, each a property of `Row`
FIGURES = (*COUNTS, *COSTS)  # both, as data


class Row(Totals, Displayed):
    """One layer of a model: its weights, shapes, cost and formula.

    Attributes
    ----------
    name, type : str
    weights : tuple of Weight
        ``trainable`` already takes frozen layers into account.
    calls : list of Part
        Every use of the layer; a shared layer has several.
    rows : list of Row
        The insides of a nested model or a wrapper.
    counted_above : bool
        Whether its weights count in a row above, because the layer is used on several levels.
    costed : bool
        Whether ``macs`` is exact and not a lower bound.
    guessed : bool
        Whether ``trainable`` is a guess: the file does not state it, and all weights count as trainable.
    in_stack : bool
        Whether it is one of several blocks on top of one another; views show those that are alike together.
    first : Row or None
        The first row of a layer that builds the same on the same shapes. What follows from these is worked out there.
    """

    presented_by = "paramcalc.render.layout:row_presentation"
    weights: tuple[Weight, ...] = ()

    def __init__(self, calls: list[Part], frozen: bool, first: Row | None = None) -> None:
        self.first: Row | None = first and (first.first or first)
        self.name = calls[0].name
        self.layer = calls[0].layer
        self.type: str = self.layer.type
        self.calls = calls
        frozen = frozen or self.layer.frozen
        built = calls[0].built
        self.weights = built.weights
        if frozen:
            self.weights = tuple(weight.evolve(trainable=False) for weight in built.weights)
        self.counted_above = False
        self.in_stack = False
        self.rows: list[Row] = []
        if built.parts is not None:
            parts = [part for call in calls if call.built.parts for part in call.built.parts()]
            self.rows = rows_of(parts, frozen, self.first)
            for row in self.rows if self.layer.stacks else ():
                row.in_stack = True
        inside: list[Built | Row] = [*(call.built for call in calls), *self.rows]
        self.costed: bool = False not in [one.costed for one in inside]
        self.guessed: bool = True in [one.guessed for one in inside] and not frozen

    def __getstate__(self) -> dict[str, object]:
        # the functions of what was built cannot be stored; what they give is
        kept = {name: getattr(self, name) for name in (*COSTS, "formula")}
        calls = [
            one._replace(built=one.built._replace(formula=None, work=None, parts=None, equations=None))
            for one in self.calls
        ]
        return {**vars(self), **kept, "calls": calls}

    def __repr__(self) -> str:
        return f"<row {self.name} ({self.type}): {self.params} parameters>"

    @property
    def inputs(self) -> tuple[AnyShape, ...]:
        """Input shapes of the first use."""
        return self.calls[0].inputs

    @property
    def outputs(self) -> tuple[AnyShape, ...]:
        """Output shapes of the first use."""
        return listed(self.calls[0].built.outs)

    @property
    def layout(self) -> str | None:
        """Which axis of its input comes first, ``"time first"`` or ``"batch first"``, if the layer can be told."""
        return layout_of(self.layer, self.inputs[0]) if self.inputs else None

    @property
    def reads(self) -> tuple[tuple[str, int], ...]:
        """Names of the layers it reads, each with the index of the output, for all uses in order."""
        return tuple(read for call in self.calls for read in call.reads)

    @property
    def origins(self) -> list[tuple[int, int]]:
        """For each weight, the ``id`` of its layer and its index in that layer."""
        return [weight.origin or (id(self.layer), place) for place, weight in enumerate(self.weights)]

    @property
    def unknown(self) -> str:
        """Why the weights are unknown; empty if they are known."""
        return self.calls[0].built.unknown

    @property
    def source(self) -> str:
        """Where source code makes it, ``file:line``; empty where it comes from elsewhere."""
        return self.calls[0].source

    @property
    def stored_as(self) -> Storage | None:
        """How a file stores its weights, where the file says it."""
        return self.layer.stored_as

    @property
    def in_graph(self) -> bool:
        """Whether it is a layer of a graph, which does what its layers do."""
        return self.calls[0].call is not None

    @cached_property
    def sums(self) -> Sums:
        """What the weights add up to."""
        return sums_of(self.weights) if self.first is None else self.first.sums

    @cached_property
    def macs(self) -> Size:
        """Multiply-adds of all uses, for a batch of 1 unless the batch is known."""
        if self.first is not None:
            return self.first.macs
        if self.rows and all(row.in_graph for row in self.rows):
            return summed(row.macs for row in self.rows)
        return summed(put(one.size, BATCH, 1) for call in self.calls for one in call.built.products())

    @cached_property
    def formula(self) -> Formula | None:
        """The textbook formula with its sizes, or ``None`` if the layer has no weights of its own."""
        if self.first is not None:
            return self.first.formula
        built = self.calls[0].built
        if built.unknown and built.formula is None:
            return None  # the weights listed are not those of the rule
        return formula_of(self.layer, *self.inputs)

    def figures(self) -> dict[str, int | str | None]:
        """Return the counts and the cost as data; ``None`` is unknown, and never means zero."""
        return self._figures() if self.first is None else {**self.first._repeated}

    @cached_property
    def _repeated(self) -> dict[str, int | str | None]:
        return self._figures()  # kept where other rows have the same

    def _figures(self) -> dict[str, int | str | None]:
        found: dict[str, int | str | None] = {name: plain(getattr(self, name)) for name in FIGURES}
        if self.costed and not (self.unknown or self.guessed):
            return found
        lost = [*(() if self.costed else COSTS), *(COUNTS if self.unknown else ())]
        split = ("trainable", "non_trainable") if self.guessed else ()
        return {**found, **dict.fromkeys([*split, *(name for name in lost if found[name] == 0)])}

    def to_dict(self) -> JsonObject:
        """Return the row in the JSON form ``paramcalc/1``."""
        formula, reads = self.formula, self.reads
        row: JsonObject = {
            "name": self.name,
            "type": self.type,
            "input_shape": shapes_data(self.inputs),
            "output_shape": shapes_data(self.outputs),
            **self.figures(),
            "formula": repr(formula) if formula else None,
            "substituted": formula.substituted if formula else None,
            "weights": [*map(weight_data, self.weights)],
        }
        if (in_file := self.in_file) is not None:
            row["in_file"] = in_file.to_dict()
        if (layout := self.layout) is not None:
            row["layout"] = layout
        if self.buffered:
            row["buffers"] = plain(self.buffers)
        if self.stored_as is not None:
            row["bytes"] = {**self.stored_as.bytes}
        if self.unknown:
            row["unknown"] = self.unknown
        if self.source:
            row["source"] = self.source
        if reads:
            row["reads"] = [read_data(*read) for read in reads]
        if len(self.calls) > 1:
            row["calls"] = len(self.calls)
        if self.counted_above:
            row["counted_above"] = True
        if self.rows:
            row["layers"] = [inner.to_dict() for inner in self.rows]
        return row


def rows_of(parts: Iterable[Part], frozen: bool, first: Row | None = None) -> list[Row]:
    """Make one row for each layer, in order of first use.

    ``first`` is the row of a layer that builds the same, whose insides are the same as well.
    """
    calls: dict[str, list[Part]] = {}
    for part in parts:
        calls.setdefault(part.name, []).append(part)
    if first is not None:
        return [Row(several, frozen, one) for several, one in zip(calls.values(), first.rows, strict=True)]
    found: dict[Hashable, Row] = {}
    rows = []
    for several in calls.values():
        key = _identity(several)
        row = Row(several, frozen, found.get(key))
        found.setdefault(key, row)
        rows.append(row)
    return rows


def _identity(calls: list[Part]) -> Hashable:
    # what the answers depend on: in a graph the layer and its inputs; elsewhere, one answer may stand in several places
    layer = calls[0].layer
    uses = [*map(call_identity, calls)]
    return (layer, *(id(call.built) for call in calls)) if None in uses else (layer.identity(), *uses)


def leaves(rows: Iterable[Row], depth: int | None = None, above: str = "") -> Iterator[tuple[str, Row]]:
    """Give the rows that have a formula or nothing inside, each with its path; a row at the last level is one, too."""
    for row in rows:
        if row.rows and row.formula is None and depth != 0:
            yield from leaves(row.rows, depth and depth - 1, f"{above}{row.name}/")
        else:
            yield above + row.name, row


def mark_counted(rows: Iterable[Row], seen: set[tuple[int, int]]) -> None:
    """Mark the rows whose weights are those of rows above; ``seen`` are the origins of these."""
    for row in rows:
        row.counted_above = bool(row.weights) and seen.issuperset(row.origins)
        mark_counted(row.rows, seen)
        seen.update(row.origins)


NAMED = 3  # layers of which the same is said, each by its name


def remarks(rows: Iterable[Row]) -> list[str]:
    """Give one sentence for all layers of which it is said; of a model or wrapper those of its insides."""
    said: dict[str, list[str]] = {}
    for about, one in _said(rows, ""):
        said.setdefault(one, []).append(about)
    found = []
    for one, several in said.items():
        more = f" and {len(several) - NAMED:,} more" if len(several) > NAMED else ""
        found.append(f"{', '.join(several[:NAMED])}{more}: {one}")
    return found


def _said(rows: Iterable[Row], above: str) -> list[tuple[str, str]]:
    # the layer, and what is said of it
    found: list[tuple[str, str]] = []
    for row in rows:
        inner = _said(row.rows, f"{above}{row.name}/") if row.rows else []
        own = dict.fromkeys(call.built.unknown or call.built.note for call in row.calls)
        found += inner or [(f"{above}{row.name} ({row.type})", one) for one in own if one]
    return found
