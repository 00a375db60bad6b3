"""The model of Keras that an object of a program is: a chain, a graph, or one of a class of the program."""

from __future__ import annotations

from ....core.built import Built
from ....core.rule import Layer
from ....core.shapes import UNKNOWN_OUTPUTS
from ....errors import ParamcalcError
from ....graph.model import Model
from ....graph.unknown_layers import UnknownLayer
from ....symbolic import grouped
from ..memory.objects import Instance, List, Obj, Unknown
from ..memory.state import State
from ..names import keras
from .keras import MAYBE_BUILT, Maker, reason_of
from .keras_built import may_gain
from .rows import Listed, Piece, lost, place_of, type_of


def keras_model(run: State, value: Instance, name: str) -> Model:
    """Make a model of an object of Keras."""
    maker = Maker(run)
    run.nested = maker.wrapped  # a layer in a wrapper and elsewhere stays one
    if value.blur is not None:
        return maker.lost(value, value.blur.reason, value.blur.line)
    if "<layers>" in value.named or "<outputs>" in value.named:
        try:
            model = maker.model(value)
            model.built  # noqa: B018
            return model
        except ParamcalcError as error:
            run.note(str(error), value.line)
            return maker.lost(value, str(error))
    model = _subclassed(run, maker, value, name)
    if any(step.unknown == MAYBE_BUILT for step in model.built):
        where_built = _subclassed(run, Maker(run, where_built=True), value, name).report()
        if where_built.exact:
            told = f"it has {grouped(where_built.total)} parameters where it is built, and it may not be"
            model.warnings = [*model.warnings, told]
    return model


def _subclassed(run: State, maker: Maker, value: Instance, name: str) -> Model:
    pieces: list[Piece] = []
    seen: dict[Obj, None] = {value: None}
    whole = value.named.get("trainable")
    maker.untold = isinstance(whole, Unknown)
    inside = keras.sublayers(value)
    if isinstance(inside, Unknown):
        pieces.append(lost(run, "layers", type_of(value), inside.reason, inside.line))
        inside = []
    if value.named.get("<constructed>") is not True:
        reason = "its constructor does not call super().__init__(), which Keras needs"
        pieces.append(lost(run, type_of(value), type_of(value), reason, value.line))
    elif "<shapes>" not in value.named and may_gain(value):
        pieces.append(lost(run, type_of(value), type_of(value), "it is not built: no input reaches it", value.line))
    for attribute, one in inside:
        weights, why, guessed = maker.inner(one, 0, seen)
        layer = maker.layer(one)
        if isinstance(layer, Layer) and not why:
            shapes = maker.shapes(one)
            known = isinstance(shapes, tuple) and all(isinstance(shape, tuple) for shape in shapes)
            built = (
                layer.on(*shapes)
                if known and isinstance(shapes, tuple)
                else Built(UNKNOWN_OUTPUTS, tuple(weights), costed=False)
            )
            built = built._replace(weights=tuple(weights))
        else:
            reason = why or reason_of("a layer", guessed)
            layer = UnknownLayer(type_of(one), reason, attribute, tuple(weights), more=bool(why), guessed=guessed)
            built = layer.on()
        pieces.append(Piece(attribute, layer, built, source=place_of(run, one.line)))
    own = value.named.get("<weights>")
    if isinstance(own, List) and (own.items or own.blur):
        alone = Instance(value.cls, value.line)
        alone.named.update({"<weights>": own, "<shapes>": ()})
        weights, why, guessed = maker.weights(alone, 0, {})
        reason = why or reason_of("weights", guessed)
        layer = UnknownLayer(type_of(value), reason, name, tuple(weights), more=bool(why), guessed=guessed)
        pieces.append(Piece(name, layer, layer.on()))
    return Listed(name, type_of(value), "keras", pieces, whole is False)
