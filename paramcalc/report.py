"""Reports: rows and totals as plain data, exact integers or expressions; every view is made from these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from .core.built import AnyShape, Built, Outputs, UnknownShape, listed, output
from .core.declare import Part, Weight
from .core.formula import Formula, formula_of
from .core.framework import framework
from .core.json_data import Json, JsonObject
from .core.kinds import MAX_SIZE
from .core.tensors import BATCH
from .core.time_axis import layout_of
from .core.totals import Totals, summed
from .displayed import Displayed
from .errors import SizeError
from .loading import load
from .symbolic import Expr, Size, text
from .symbolic.evaluate import put
from .writers import FRAME

SCHEMA = "paramcalc/1"


class Reported(Protocol):
    """What a report reads of a model; `paramcalc.graph.model.Model` has it."""

    @property
    def label(self) -> str:
        """Its name, or one made of its type."""

    @property
    def type(self) -> str:
        """Class name."""

    @property
    def framework(self) -> str:
        """The framework it belongs to."""

    @property
    def frozen(self) -> bool:
        """Whether training leaves all its weights alone."""

    @property
    def crossed(self) -> bool:
        """Whether a layer is used on several levels."""

    @property
    def holds(self) -> bool:
        """Whether the rules agree with the tensors of its file."""

    @property
    def stored(self) -> int | None:
        """How many tensors of its file agree with the rules."""

    @property
    def warnings(self) -> Sequence[str]:
        """What a reader found worth saying."""

    @property
    def input_shapes(self) -> Sequence[AnyShape]:
        """Shapes of the inputs."""

    @property
    def input_names(self) -> Sequence[str | None]:
        """Names of the inputs."""

    @property
    def outputs(self) -> Sequence[tuple[int, int]]:
        """Its outputs: which node, and which of its outputs."""

    @property
    def built(self) -> list[Built]:
        """What every node builds on the inputs."""

    def parts(self, shapes: Sequence[AnyShape], built: Sequence[Built]) -> list[Part]:
        """List every use of a layer."""


class Frame(Protocol):
    """What data frames of pandas and of polars have in common."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""

    @property
    def columns(self) -> Iterable[str]:
        """Names of the columns."""

    def __getitem__(self, column: str) -> Iterable[object]:
        """Give one column."""

    def __len__(self) -> int: ...


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
        The layers inside a nested model or a wrapper.
    counted_above : bool
        Whether its weights count in a row above, because the layer is used on several levels.
    costed : bool
        Whether ``macs`` is exact and not a lower bound.
    guessed : bool
        Whether ``trainable`` is a guess: the file does not state it, and all weights count as trainable.
    """

    presented_by = "paramcalc.render.layout:row_presentation"
    weights: tuple[Weight, ...] = ()

    def __init__(self, calls: list[Part], frozen: bool) -> None:
        self.name = calls[0].name
        self.layer = calls[0].layer
        self.type: str = self.layer.type
        self.calls = calls
        frozen = frozen or self.layer.frozen
        built = calls[0].built
        self.weights = built.weights
        if frozen:
            self.weights = tuple(replace(weight, trainable=False) for weight in built.weights)
        self.counted_above = False
        self.rows: list[Row] = []
        if built.parts is not None:
            self.rows = rows_of([part for call in calls if call.built.parts for part in call.built.parts()], frozen)
        self.costed: bool = all(call.built.costed for call in calls) and all(row.costed for row in self.rows)
        guessed = any(call.built.guessed for call in calls) or any(row.guessed for row in self.rows)
        self.guessed: bool = guessed and not frozen

    def __getstate__(self) -> dict[str, object]:
        # the functions of what was built cannot be stored; what they give is
        kept = {"macs": self.macs, "formula": self.formula}
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

    @cached_property
    def macs(self) -> Size:
        """Multiply-adds of all uses, for a batch of 1 unless the batch is known."""
        return summed(put(call.built.forward(), BATCH, 1) for call in self.calls)

    @cached_property
    def formula(self) -> Formula | None:
        """The textbook formula with its sizes, or ``None`` if the layer has no weights of its own."""
        built = self.calls[0].built
        if built.unknown and built.formula is None:
            return None  # the weights listed are not those of the rule
        return formula_of(self.layer, *self.inputs)

    def figures(self) -> dict[str, int | str | None]:
        """Return the counts and the cost as data; ``None`` is unknown, and never means zero."""
        found = {
            "params": plain(self.params),
            "trainable": plain(self.trainable),
            "non_trainable": plain(self.non_trainable),
            "macs": plain(self.macs),
        }
        lost = [name for name in found if (name == "macs" and not self.costed) or (name != "macs" and self.unknown)]
        split = ("trainable", "non_trainable") if self.guessed else ()
        return {**found, **dict.fromkeys([*split, *(name for name in lost if found[name] == 0)])}

    def to_dict(self) -> JsonObject:
        """Return the row in the JSON form ``paramcalc/1``."""
        formula = self.formula
        row: JsonObject = {
            "name": self.name,
            "type": self.type,
            "input_shape": _shapes(self.inputs),
            "output_shape": _shapes(self.outputs),
            **self.figures(),
            "formula": repr(formula) if formula else None,
            "substituted": formula.substituted if formula else None,
            "weights": [_weight(weight) for weight in self.weights],
        }
        if self.layout is not None:
            row["layout"] = self.layout
        if any(weight.buffer for weight in self.weights):
            row["buffers"] = plain(self.buffers)
        if self.unknown:
            row["unknown"] = self.unknown
        if self.reads:
            row["reads"] = [_read(*read) for read in self.reads]
        if len(self.calls) > 1:
            row["calls"] = len(self.calls)
        if self.counted_above:
            row["counted_above"] = True
        if self.rows:
            row["layers"] = [inner.to_dict() for inner in self.rows]
        return row


class Report(Totals, Displayed):
    """Rows and totals of a model, which every view shows.

    Attributes
    ----------
    name, framework, type : str
    rows : list of Row
    inputs, outputs : list of shapes
    input_names : list of str or None
    batch : int, Expr or None
        Batch size of the multiply-adds; ``None`` if the input shape includes the batch.
    stored : int or None
        For a file with weights, the number of stored tensors that match the rules.
    holds : bool
        Whether all of them are.
    warnings : list of str
        Layers with unknown weights, and other remarks of the reader.
    """

    presented_by = "paramcalc.render.layout:presentation"

    def __init__(self, model: Reported) -> None:
        self._model = model
        built = model.built
        values: list[Outputs] = [*((shape,) for shape in model.input_shapes), *(step.outs for step in built)]
        self.name = model.label
        self.type = model.type
        self.framework = model.framework
        self.rows = rows_of(model.parts(model.input_shapes, built), model.frozen)
        self.stored, self.holds = model.stored, model.holds
        self.warnings = [*_remarks(self.rows), *model.warnings]
        self.inputs = list(model.input_shapes)
        self.input_names = model.input_names
        self.outputs = [output(values[position], index) for position, index in model.outputs]
        first = self.inputs[0]
        batch = BATCH if isinstance(first, UnknownShape) or not first else first[0]
        self.batch: Size | None = 1 if isinstance(batch, Expr) and batch.op == "?" else batch
        if framework(self.framework).batch_in_shape and not any(_has_batch(shape) for shape in self.inputs):
            self.batch = None  # it is any of the sizes, or none
        if model.crossed:
            _mark_counted(self.rows, set())
        for row in self.rows:
            _check_sizes(row)

    @property
    def leaves(self) -> list[tuple[str, Row]]:
        """The rows with a formula or without inner rows, each with its path, such as ``encoder/dense``."""
        return list(_leaves(self.rows, ""))

    @property
    def weights(self) -> list[Weight]:
        """Every weight once, even if its layer is used on several levels; frozen if it is frozen anywhere."""
        if not self._model.crossed:
            return [weight for row in self.rows for weight in row.weights]
        found: dict[tuple[int, int], Weight] = {}
        for row in self.rows:
            for origin, weight in zip(row.origins, row.weights, strict=True):
                if not weight.trainable or origin not in found:
                    found[origin] = weight
        return list(found.values())

    @property
    def exact(self) -> bool:
        """Whether the total is exact and not a lower bound."""
        return self.holds and not any(row.unknown for row in self.rows)

    @property
    def guessed(self) -> bool:
        """Whether the split into trainable and non-trainable is a guess; ``trainable`` is then an upper bound."""
        return any(row.guessed for row in self.rows)

    @property
    def costed(self) -> bool:
        """Whether the multiply-adds are exact and not a lower bound."""
        return all(row.costed for row in self.rows)

    @property
    def total(self) -> Size:
        """Number of parameters; a shared layer counts once."""
        return self.params

    @cached_property
    def macs(self) -> Size:
        """Multiply-adds of matrix products and convolutions, for ``batch`` samples."""
        return summed(row.macs for row in self.rows)

    def to_dict(self) -> JsonObject:
        """Return the report in the JSON form ``paramcalc/1``."""
        trainable, non_trainable = (None, None) if self.guessed else (plain(self.trainable), plain(self.non_trainable))
        return {
            "schema": SCHEMA,
            "name": self.name,
            "framework": self.framework,
            "total": plain(self.total),
            "trainable": trainable,
            "non_trainable": non_trainable,
            **({"buffers": plain(self.buffers)} if any(weight.buffer for weight in self.weights) else {}),
            "exact": self.exact,
            "macs": plain(self.macs),
            "macs_exact": self.costed,
            "macs_batch": None if self.batch is None else plain(self.batch),
            "input_shape": _shapes(tuple(self.inputs)),
            "output_shape": _shapes(tuple(self.outputs)),
            "layers": [row.to_dict() for row in self.rows],
            **({} if self.stored is None else {"stored": {"tensors": self.stored, "agree": self.holds}}),
            "warnings": [*self.warnings],
        }

    def to_json(self, indent: int | None = 2) -> str:
        """Give the report as JSON text."""
        return self.render("json", indent=indent)

    def to_frame(self) -> Frame:
        """Return a data frame with one row for each layer: pandas if it is installed, else polars.

        Raises
        ------
        MissingExtra
            If neither is installed.
        """
        made: Frame = load(FRAME)(self)
        return made

    def __reduce__(self) -> tuple[type[Report], tuple[Reported]]:
        return Report, (self._model,)

    def __repr__(self) -> str:
        return f"<report of {self.name!r}: {self.total} parameters in {len(self.rows)} layers>"


def report_of(model: Reported) -> Report:
    """Make the report of a model on its own inputs."""
    return Report(model)


def rows_of(parts: Iterable[Part], frozen: bool) -> list[Row]:
    """Make one row for each layer, in order of first use."""
    calls: dict[str, list[Part]] = {}
    for part in parts:
        calls.setdefault(part.name, []).append(part)
    return [Row(several, frozen) for several in calls.values()]


def _leaves(rows: Iterable[Row], above: str) -> Iterator[tuple[str, Row]]:
    for row in rows:
        if row.rows and row.formula is None:
            yield from _leaves(row.rows, f"{above}{row.name}/")
        else:
            yield above + row.name, row


def _mark_counted(rows: Iterable[Row], seen: set[tuple[int, int]]) -> None:
    for row in rows:
        row.counted_above = bool(row.weights) and seen.issuperset(row.origins)
        _mark_counted(row.rows, seen)
        seen.update(row.origins)


def _read(name: str, index: int) -> str:
    return f"{name}[{index}]" if index else name


def _remarks(rows: Iterable[Row], above: str = "") -> list[str]:
    # one sentence for each layer whose weights are not known, a model or wrapper has those of its inner layers
    found = []
    for row in rows:
        inner = _remarks(row.rows, f"{above}{row.name}/")
        said = dict.fromkeys(call.built.unknown or call.built.note for call in row.calls)
        found += inner or [f"{above}{row.name} ({row.type}): {one}" for one in said if one]
    return found


def _has_batch(shape: AnyShape) -> bool:
    return not isinstance(shape, UnknownShape) and BATCH in shape


def _check_sizes(row: Row) -> None:
    for shape in row.outputs:
        for size in () if isinstance(shape, UnknownShape) else shape:
            if isinstance(size, int) and size > MAX_SIZE:
                raise SizeError("a size is above 10^100").at(f"layer {row.name!r}:")


def plain(size: Size) -> int | str:
    """Give a size as JSON has it: an integer, or the text of its expression."""
    return size if isinstance(size, int) else text(size)


def _axes(shape: AnyShape) -> list[Json] | None:
    return None if isinstance(shape, UnknownShape) else [None if size == BATCH else plain(size) for size in shape]


def _shapes(shapes: tuple[AnyShape, ...]) -> Json:
    if not shapes:
        return None
    return _axes(shapes[0]) if len(shapes) == 1 else [_axes(shape) for shape in shapes]


def _weight(weight: Weight) -> JsonObject:
    found: JsonObject = {
        "name": weight.name,
        "path": weight.path,
        "shape": [plain(size) for size in weight.shape],
        "trainable": weight.trainable,
        "count": plain(weight.params),
    }
    if weight.buffer:
        found["buffer"] = True
    if weight.gates:
        found["gates"] = {gate: [plain(start), plain(stop)] for gate, start, stop in weight.gate_slices()}
        if weight.gate_axis != -1:
            found["gate_axis"] = weight.gate_axis
    if weight.starts:
        found["starts"] = {**dict(weight.starts)}
    return found
