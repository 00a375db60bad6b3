"""The rows of a model that a run leaves: a layer, what it builds, and the calls that are known."""

from __future__ import annotations

from collections.abc import Sequence

from ....core.built import Applicable, Built, Part
from ....core.record import Record
from ....core.rule import Layer
from ....core.shapes import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, AnyShape, UnknownShape
from ....core.spelling import snake
from ....graph.listing import Listing
from ....graph.program import Program
from ....graph.unknown_layers import UnknownLayer
from ....graph.wiring import Wiring
from ....symbolic import Expr, Size
from ....symbolic.evaluate import evaluate
from ..memory.objects import Instance
from ..memory.state import State
from ..names import keras

MOST_DEPTH = 60  # of layers inside layers
UNTOLD = "whether it is trained is not known"


class Piece(Record):
    """One row: a name, a layer, its weights; with the calls, and their places in the walk of ``forward``, if known."""

    __slots__ = __match_args__ = ("name", "layer", "built", "calls", "source", "places")

    def __init__(
        self,
        name: str,
        layer: Applicable,
        built: Built,
        calls: list[Part] | None = None,
        source: str = "",
        places: list[int] | None = None,
    ) -> None:
        self.name = name
        self.layer = layer
        self.built = built
        self.calls = [] if calls is None else calls
        self.source = source
        self.places = [] if places is None else places


class FunctionCall(Applicable):
    """A function called on tensors in a graph: the shape it gives, and no weights."""

    frozen = False

    def __init__(self, type: str, shape: AnyShape, inputs: Sequence[AnyShape] = ()) -> None:
        self._type = type
        self.shape = shape
        self.inputs = tuple(inputs)  # on which it gives that shape
        self.name = None

    @property
    def type(self) -> str:
        """What is called."""
        return self._type

    @property
    def label(self) -> str:
        """A name made of it."""
        return snake(self._type)

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Give the shape, with the sizes of these inputs in place of the open ones it was found with."""
        found = self.shape if shapes == self.inputs or not self.inputs else _with_sizes(self.shape, self.inputs, shapes)
        return Built((found,), costed=self._type in keras.ELEMENTWISE)


def _with_sizes(shape: AnyShape, before: Sequence[AnyShape], now: Sequence[AnyShape]) -> AnyShape:
    given: dict[str, Size] = {}
    for one, other in zip(before, now, strict=False):
        if isinstance(one, UnknownShape) or isinstance(other, UnknownShape) or len(one) != len(other):
            return UNKNOWN_SHAPE
        for old, new in zip(one, other, strict=True):
            if isinstance(old, Expr) and not old.args[1:] and isinstance(old.args[0], str):
                given[old.args[0]] = new
            elif old != new:
                return UNKNOWN_SHAPE
    return shape if isinstance(shape, UnknownShape) else tuple(evaluate(size, given) for size in shape)


class MaybeFrozen(Layer):
    """A layer of which it is unknown whether it is trained: its weights count as trained, with a mark."""

    __slots__ = ()

    @classmethod
    def of(cls, layer: Layer) -> MaybeFrozen:
        """Give a layer with that mark."""
        made = cls(layer.rule, layer.options)
        made.name, made.input_shape, made.ignored_options = layer.name, layer.input_shape, layer.ignored_options
        return made

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Apply the rule; the split into trainable and non-trainable weights is a guess."""
        built = super().on(*shapes, **call)
        if not any(one.trainable for one in built.weights):
            return built
        return built._replace(guessed=True, note=built.note or UNTOLD)


def is_guessed(built: Built) -> bool:
    """Tell whether it is a guess which weights are trained, of what was built or of any part of it."""
    parts = built.parts() if built.parts is not None else []
    return built.guessed or any(is_guessed(part.built) for part in parts)


class Listed(Listing):
    """A model whose layers are known and not how they are connected."""

    apart = True
    pieces: list[Piece]

    def __init__(
        self,
        name: str,
        type: str,
        framework: str,
        pieces: list[Piece],
        frozen: bool = False,
        outs: Sequence[AnyShape] = (),
        inputs: Sequence[AnyShape] = (),
        wiring: Wiring | None = None,
        program: Program | None = None,
    ) -> None:
        self.type = type
        self._wiring = wiring
        self.program = program
        self._framework = framework
        self.outs = tuple(outs) or (UNKNOWN_SHAPE,)
        pieces = _with_own_names(pieces)
        weights = [weight for piece in pieces for weight in piece.built.weights]
        self.list_pieces(name, pieces, weights, inputs, len(self.outs), not frozen)

    @property
    def framework(self) -> str:
        """Whose layers they are."""
        return self._framework

    @property
    def wiring(self) -> Wiring | None:
        """How its calls are connected, where walking ``forward`` shows it."""
        return self._wiring

    @property
    def built(self) -> list[Built]:
        """What the whole has."""
        unknown = next((piece.built.unknown for piece in self.pieces if piece.built.unknown), "")
        every = [weight for piece in self.pieces for weight in piece.built.weights]
        weights = tuple({weight.origin or id(weight): weight for weight in reversed(every)}.values())[::-1]
        return [Built(self.outs, weights, unknown=unknown, costed=False)]

    def parts(self, shapes: Sequence[AnyShape], built: Sequence[Built]) -> list[Part]:
        """List every layer."""
        alone = ([Part(piece.name, piece.layer, (), piece.built)] for piece in self.pieces)
        return [
            part._replace(source=piece.source)
            for piece, one in zip(self.pieces, alone, strict=True)
            for part in piece.calls or one
        ]

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Give what it has; its outputs are not known."""
        (whole,) = self.built
        return whole._replace(outs=UNKNOWN_OUTPUTS, parts=lambda: self.parts((), ()))


def _with_own_names(pieces: Sequence[Piece]) -> list[Piece]:
    # rows of one name are calls of one layer: a layer of a name that is taken gets another
    taken: set[str] = set()
    counts: dict[str, int] = {}  # of the layers of a name, so that many do not ask for each number again
    found = []
    for piece in pieces:
        count = counts.get(piece.name, 0)
        while (name := f"{piece.name}_{count}" if count else piece.name) in taken:
            count += 1
        counts[piece.name] = count
        taken.add(name)
        if count:
            piece = piece.evolve(name=name, calls=[call._replace(name=name) for call in piece.calls])
        found.append(piece)
    return found


def type_of(value: Instance) -> str:
    """Give the name of a class."""
    kind = value.cls.name.rpartition(".")[2]
    return "Functional" if value.cls is keras.MODEL else kind


def place_of(run: State, line: int) -> str:
    """Say where a layer is made: ``model.py:12``; nothing where that is not known."""
    return run.place(line) if line else ""


def lost(run: State, name: str, kind: str, reason: str, line: int = 0) -> Piece:
    """Make the row of something unknown."""
    place = f" ({run.place(line)})" if line else ""
    layer = UnknownLayer(kind.rpartition(".")[2] or kind, f"{reason}{place}", name or None)
    return Piece(layer.label, layer, layer.on(), source=place_of(run, line))
