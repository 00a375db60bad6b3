"""Reports: the rows of a model, what they add up to, and every view of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ..core.built import Weight
from ..core.framework import framework
from ..core.json_data import Json, JsonObject
from ..core.kinds import MAX_SIZE
from ..core.shapes import AnyShape, Outputs, UnknownShape, output
from ..core.storage import Storage
from ..core.tensors import BATCH
from ..core.totals import Sums, Totals, added, summed
from ..displayed import Displayed
from ..errors import SizeError
from ..loading import load
from ..symbolic import Expr, Size
from ..writers import FRAME, SPEC
from .data import SCHEMA, plain, shapes_data
from .protocols import Frame, Reported
from .row import Row, leaves, mark_counted, remarks, rows_of


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
        For a file with weights: how many of its tensors are as the rules say.
    holds : bool
        Whether all of them are.
    formula : Formula or None
        The total by the sizes of the model's configuration, where a reader knows it.
    active : int, Expr or None
        How many parameters a token passes through, where they are not all.
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
        self.formula, self.active = model.formula, model.active
        self.warnings = [*remarks(self.rows), *model.warnings]
        self.inputs = list(model.input_shapes)
        self.input_names = model.input_names
        self.outputs = [output(values[position], index) for position, index in model.outputs]
        first = self.inputs[0]
        batch = BATCH if isinstance(first, UnknownShape) or not first else first[0]
        self.batch: Size | None = 1 if isinstance(batch, Expr) and batch.op == "?" else batch
        if (model.batch_in_shape or framework(self.framework).batch_in_shape) and not any(
            _has_batch(shape) for shape in self.inputs
        ):
            self.batch = None  # it is any of the sizes, or none
        if model.crossed:
            mark_counted(self.rows, set())
        for row in self.rows:
            _check_sizes(row)

    @property
    def leaves(self) -> list[tuple[str, Row]]:
        """The rows with a formula or without inner rows, each with its path, such as ``encoder/dense``."""
        return list(leaves(self.rows))

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

    @cached_property
    def sums(self) -> Sums:
        """What the weights add up to."""
        inside = None if self._model.crossed else added(row.sums for row in self.rows)
        return inside or super().sums

    def spec(self) -> JsonObject:
        """Give the spec of the model as plain data, where its layers can be written as one.

        Raises
        ------
        ParamcalcError
            For the first row that a spec cannot have.
        """
        found: JsonObject = load(SPEC)(self._model)
        return found

    @property
    def wants(self) -> int:
        """How many input shapes would show its output shapes and cost, where none were given."""
        return self._model.wants

    @cached_property
    def stored_as(self) -> Storage | None:
        """How a file stores the weights of all layers, where it says so."""
        if self._model.stored_as is not None:
            return self._model.stored_as
        parts = [row.stored_as for row in self.rows if row.stored_as is not None]
        return Storage.of(item for part in parts for item in part.bytes.items()) if parts else None

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
        return {**self._totals(), "layers": [row.to_dict() for row in self.rows], **self._remarks()}

    def stream(self) -> dict[str, Json | Iterator[JsonObject]]:
        """Give the same with its layers one after the other, so that a large model is written as they are made."""
        return {**self._totals(), "layers": (row.to_dict() for row in self.rows), **self._remarks()}

    def _totals(self) -> JsonObject:
        # what stands before the layers
        sums, guessed = self.sums, self.guessed
        found: JsonObject = {
            "schema": SCHEMA,
            "name": self.name,
            "framework": self._model.stated_framework or self.framework,
            "total": plain(sums.params),
            "trainable": None if guessed else plain(sums.trainable),
            "non_trainable": None if guessed else plain(sums.non_trainable),
        }
        if sums.buffered:
            found["buffers"] = plain(sums.buffers)
        if self.stored_as is not None:
            found["bytes"] = {**self.stored_as.bytes}
        if self.in_file is not None:
            found["in_file"] = self.in_file.to_dict()
        if self.formula is not None:
            found["formula"], found["substituted"] = repr(self.formula), self.formula.substituted
        if self.active is not None:
            found["active"] = plain(self.active)
        found["exact"] = self.exact
        found["macs"] = plain(self.macs)
        found["macs_exact"] = self.costed
        found["macs_batch"] = None if self.batch is None else plain(self.batch)
        found["input_shape"] = shapes_data(tuple(self.inputs))
        found["output_shape"] = shapes_data(tuple(self.outputs))
        return found

    def _remarks(self) -> JsonObject:
        # what stands behind them
        stored: JsonObject = {} if self.stored is None else {"stored": {"tensors": self.stored, "agree": self.holds}}
        return {**stored, "warnings": [*self.warnings]}

    def to_json(self, indent: int | None = 2) -> str:
        """Give the report as JSON text."""
        return self.render("json", indent=indent)

    def to_frame(self) -> Frame:
        """Return a data frame with one row for each layer: pandas if it is installed, else polars.

        Raises
        ------
        MissingExtra
            When neither is installed.
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


def _has_batch(shape: AnyShape) -> bool:
    return not isinstance(shape, UnknownShape) and BATCH in shape


def _check_sizes(row: Row) -> None:
    for shape in row.outputs:
        for size in () if isinstance(shape, UnknownShape) else shape:
            if isinstance(size, int) and size > MAX_SIZE:
                raise SizeError("a size is above 10^100").at(f"layer {row.name!r}:")
