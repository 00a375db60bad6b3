"""A Keras layer as jax differentiates it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial

from ....core.products import Source, Sources, State
from ....core.rule import Layer
from ....untyped import Foreign
from ...adapter import Case
from ...backward import Live, named
from ...foreign import first_line
from ...grid import stateful
from .answers import built, known_shapes
from .build import Builder, is_cell, scope
from .framework import TRACED, traces
from .gradients import Gradients
from .macs import Known, outputs, variables_like
from .quirks import counted
from .tensors import variables


def derivative(case: Case) -> KerasDerivative | str:
    """Make what differentiates a layer on inputs, or say why its gradients are not counted."""
    if not traces():
        return f"gradients need Keras on {TRACED}"
    if not counted(case.layer.rule):
        return "its multiply-adds are not compared"
    shapes, builder = known_shapes(case), Builder()
    if shapes is None:
        return "a size is unknown"
    try:
        ours = case.layer.on(*case.shapes, **case.call)
        made, _ = built(builder, case)
        states = [tuple(map(int, shape)) for shape in ours.states]  # type: ignore[arg-type]  # known, as the inputs are
        paths = [weight.path for weight in ours.weights]
        found = KerasDerivative(builder, case.layer, made, shapes, states, paths, case.call)
        found.forward()
    except Exception as error:  # ours refuses it, Keras does, or its program cannot be traced
        return first_line(error)
    return found


class KerasDerivative:
    """A Keras layer on inputs of known sizes, as jax differentiates it.

    Parameters
    ----------
    builder : Builder
    layer : Layer
    made : keras.Layer
        Built from it.
    shapes : sequence of shapes
    states : sequence of shapes
        Those of the initial states it takes.
    paths : sequence of str
        The paths of its weights, as the rule has them.
    call : mapping of str to bool
        The switches of the call.
    """

    def __init__(
        self,
        builder: Builder,
        layer: Layer,
        made: Foreign,
        shapes: Sequence[Known],
        states: Sequence[Known] = (),
        paths: Sequence[str] = (),
        call: Mapping[str, bool] | None = None,
    ) -> None:
        self.builder, self.layer, self.made, self.call = builder, layer, made, call or {}
        self.shapes, self.states = shapes, states
        by_id = {id(variable): path for path, variable in variables(made, set(paths))}
        # where each weight stands among those that are trained; the others, statistics and scales, have no gradient
        self.places = {
            by_id[id(variable)]: at for at, variable in enumerate(made.trainable_variables) if id(variable) in by_id
        }

    @property
    def sources(self) -> Live:
        """Everything that can need a gradient: all inputs, states, and weights that are trained."""
        return Live(frozenset(range(len(self.shapes))), frozenset(self.places), frozenset(range(len(self.states))))

    def forward(self) -> int:
        """Count the multiply-adds of the forward pass."""
        return self._plain.forward()

    def backward(self, live: Live) -> int:
        """Count those of the backward pass, from every floating-point output, when these need a gradient.

        Raises
        ------
        ParamcalcError
            Where a window is longer than the image and the output: then the places of the three cannot be seen in the
            gradients.
        """
        return (self._started if live.states else self._plain).backward(named(live))

    def flow(self) -> list[Sources | None]:
        """List, for each output, the sources that its gradient goes to, where initial states are given.

        ``None`` stands for an output that has no numbers in it.
        """
        found = self._started
        return [None if 0 in shape else reached for shape, reached in zip(found.shapes, found.flow(), strict=True)]

    @cached_property
    def _plain(self) -> Gradients:
        return self._gradients(self.states if is_cell(self.made) else ())

    @cached_property
    def _started(self) -> Gradients:
        return self._plain if is_cell(self.made) else self._gradients(self.states)

    def _gradients(self, states: Sequence[Known]) -> Gradients:
        # of the layer with initial states, or without
        import jax

        trained, others = variables_like(self.made)
        spec = partial(jax.ShapeDtypeStruct, dtype="float32")
        values: dict[Source, Foreign] = {path: trained[at] for path, at in self.places.items()}
        values |= {at: spec(shape) for at, shape in enumerate(self.shapes)}
        values |= {State(at): spec(shape) for at, shape in enumerate(states)}

        def program(values: Mapping[Source, Foreign], fixed: tuple[list[Foreign], list[Foreign]]) -> Foreign:
            held = list(fixed[0])
            for path, at in self.places.items():
                held[at] = values[path]
            args = [values[at] for at in range(len(self.shapes))]
            given = [values[State(at)] for at in range(len(states))]
            return outputs(self.builder, self.layer, self.made, (held, fixed[1]), args, given, self.call)

        with scope(stateful(self.layer)):
            return Gradients(program, values, (trained, others))
