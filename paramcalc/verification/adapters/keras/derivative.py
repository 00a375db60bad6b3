"""The multiply-adds of a Keras layer forwards and backwards, counted in the programs that jax makes of it.

The program of the gradients of everything is traced once. What a choice of sources costs follows from it: the gradients
that were not chosen are left out, and with them, as dead code, all that only they need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from ....core.rule import Layer
from ....errors import ParamcalcError
from ...adapter import Case
from ...backward import Live
from ...foreign import Foreign, first_line
from ...grid import stateful
from .answers import built, known_shapes
from .build import Builder, is_cell, scope
from .framework import TRACED, traces
from .macs import Known, macs, outputs, variables_like
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
        held = (made.trainable_variables, made.non_trainable_variables)
        # where each variable stands among those trained, and those not
        self.places = {
            by_id[id(variable)]: (side, at)
            for side, several in enumerate(held)
            for at, variable in enumerate(several)
            if id(variable) in by_id and builder.keras.backend.is_float_dtype(variable.dtype)
        }

    @property
    def sources(self) -> Live:
        """Everything that can need a gradient: all inputs, states, and weights that are floating-point numbers."""
        return Live(frozenset(range(len(self.shapes))), frozenset(self.places), frozenset(range(len(self.states))))

    def forward(self) -> int:
        """Count the multiply-adds of the pass forwards."""
        return macs(self._plain.forward)

    def backward(self, live: Live) -> int:
        """Count those of the pass backwards, from every floating-point output, when these need a gradient.

        Raises
        ------
        ParamcalcError
            Where a window is longer than the image and the output: then the places of the three cannot be seen in the
            gradients.
        """
        return (self._started if live.states else self._plain).backward(live)

    @cached_property
    def _plain(self) -> _Programs:
        return _Programs(self, self.states if is_cell(self.made) else ())

    @cached_property
    def _started(self) -> _Programs:
        return self._plain if is_cell(self.made) else _Programs(self, self.states)


class _Programs:
    """The programs of a layer, forwards and of all its gradients; with initial states, or without."""

    def __init__(self, one: KerasDerivative, states: Sequence[Known]) -> None:
        import jax

        paths, places = list(one.places), list(one.places.values())

        def program(held: Foreign, args: Foreign, states: Foreign) -> list[Foreign]:
            outs = jax.tree.leaves(outputs(one.builder, one.layer, one.made, held, args, states, one.call))
            return [out for out in outs if jax.numpy.issubdtype(out.dtype, jax.numpy.inexact)]

        def gradients(held: Foreign, args: Foreign, states: Foreign, cotangents: Foreign) -> Foreign:
            def of(weights: Foreign, args: Foreign, states: Foreign) -> list[Foreign]:
                sides = [list(side) for side in held]
                for (side, at), weight in zip(places, weights, strict=True):
                    sides[side][at] = weight
                return program(tuple(sides), args, states)

            outs, pull = jax.vjp(of, [held[side][at] for side, at in places], args, states)
            return outs, pull(cotangents)

        def like(shapes: Sequence[Known]) -> list[Foreign]:
            return [jax.ShapeDtypeStruct(shape, "float32") for shape in shapes]

        given = variables_like(one.made), like(one.shapes), like(states)
        with scope(stateful(one.layer)):
            forward, outs = jax.make_jaxpr(program, return_shape=True)(*given)
            self.forward: Foreign = forward.jaxpr
            self.whole: Foreign = jax.make_jaxpr(gradients)(*given, outs).jaxpr
        self.outs = len(outs)
        self.sources: list[tuple[int, int | str]] = [
            *((1, path) for path in paths),
            *((0, at) for at in range(len(one.shapes))),
            *((2, at) for at in range(len(states))),
        ]

    def backward(self, live: Live) -> int:
        from jax.interpreters.partial_eval import dce_jaxpr

        once = macs(self.forward, derivative=True)
        if once != macs(self.forward):
            raise ParamcalcError("a window is longer than the image and the output, so its gradients cannot be counted")
        used = [True] * self.outs + [source in live[kind] for kind, source in self.sources]
        program, _ = dce_jaxpr(self.whole, used)
        return macs(program, derivative=True) - once
