"""The tensors that jax saves of a Keras layer for the backward pass: the residuals of its vector-Jacobian product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from ....core.products import Source, State
from ....graph.model import Model
from ....untyped import Foreign
from ...backward import Live, named
from ...grid import stateful
from ...residuals import Saved
from .build import Builder, scope
from .derivative import KerasDerivative
from .macs import outputs, variables_like


class KerasTraining(KerasDerivative):
    """A Keras layer that trains, on inputs of known sizes."""

    def saved(self, live: Live) -> Saved:
        """Trace the layer, and say what its gradient needs of the forward pass when these need a gradient."""
        import jax

        trained, others = variables_like(self.made)
        spec = partial(jax.ShapeDtypeStruct, dtype="float32")
        states = self.states if live.states else ()
        values: dict[Source, Foreign] = {at: spec(shape) for at, shape in enumerate(self.shapes)}
        values |= {State(at): spec(shape) for at, shape in enumerate(states)}
        values |= {path: trained[at] for path, at in self.places.items()}
        call = {**self.call, "training": True} if self.made._call_has_training_arg else dict(self.call)

        def program(values: Mapping[Source, Foreign], fixed: tuple[list[Foreign], list[Foreign]]) -> Foreign:
            held = list(fixed[0])
            for path, at in self.places.items():
                held[at] = values[path]
            args = [values[at] for at in range(len(self.shapes))]
            given = [values[State(at)] for at in range(len(states))]
            with scope(stateful(self.layer)):
                return outputs(self.builder, self.layer, self.made, (held, fixed[1]), args, given, call)

        return trace_residuals(program, values, (trained, others), named(live)).saved()


class Traced(NamedTuple):
    """A program and its vector-Jacobian product, traced.

    Attributes
    ----------
    sources : dict of int to Source
        The inputs, states and weights that may need a gradient, by the ``id`` of their variables.
    fixed : frozenset of int
        Other weights, likewise.
    outs, residuals : sequence of variables
    """

    sources: Mapping[int, Source]
    fixed: frozenset[int]
    outs: Sequence[Foreign]
    residuals: Sequence[Foreign]

    @property
    def bytes(self) -> int:
        """Bytes of what is kept, weights and inputs aside."""
        own = {id(one): one for one in self.residuals if not hasattr(one, "val")}
        return sum(
            int(one.aval.size) * int(one.aval.dtype.itemsize)
            for key, one in own.items()
            if key not in self.sources and key not in self.fixed
        )

    def saved(self) -> Saved:
        """Sort what is kept: each variable counts once, weights and numbers of the program do not."""
        found = [self.sources.get(id(one)) for one in self.outs]
        views = {at: source for at, source in enumerate(found) if type(source) is int}
        made: dict[int, int] = {}
        for at, one in enumerate(self.outs):
            if at not in views:
                made.setdefault(id(one), at)
        residuals = {id(one): one for one in self.residuals}
        kept = [self.sources[key] for key in residuals if key in self.sources]
        own: dict[str, int] = {}
        for key, one in residuals.items():
            if key not in self.sources and key not in self.fixed and key not in made and not hasattr(one, "val"):
                own[str(one.aval.dtype)] = own.get(str(one.aval.dtype), 0) + int(one.aval.size)
        states = [at for at in range(len(kept)) if State(at) in kept]
        return Saved(
            frozenset(source for source in kept if type(source) is int),
            frozenset(states),
            frozenset(at for key, at in made.items() if key in residuals),
            own,
            views,
        )


def trace_residuals(
    program: Foreign, values: Mapping[Source, Foreign], fixed: Foreign, live: frozenset[Source]
) -> Traced:
    """Trace a program of named values and its vector-Jacobian product by those that need a gradient."""
    import jax

    names = list(values)
    moving = [name for name in names if name in live]

    def trace(given: list[Foreign], fixed: Foreign) -> Foreign:
        every = dict(zip(names, given, strict=True))

        def forward(some: list[Foreign]) -> list[Foreign]:
            return list(jax.tree.leaves(program(every | dict(zip(moving, some, strict=True)), fixed)))

        outs, pull = jax.vjp(forward, [every[name] for name in moving])
        return outs, [leaf for leaf in jax.tree.leaves(pull) if hasattr(leaf, "aval")]

    closed, shapes = jax.make_jaxpr(trace, return_shape=True)(list(values.values()), fixed)
    jaxpr, outs = closed.jaxpr, len(shapes[0])
    sources = {id(one): name for one, name in zip(jaxpr.invars[: len(names)], names, strict=True)}
    others = frozenset(id(one) for one in (*jaxpr.invars[len(names) :], *jaxpr.constvars))
    return Traced(sources, others, jaxpr.outvars[:outs], jaxpr.outvars[outs:])


def residual_bytes(model: Model, shapes: Sequence[tuple[int, ...]]) -> int:
    """Trace a whole model, and give the bytes of what its gradient needs, weights and the inputs of the model aside."""
    import jax

    builder = Builder()
    made, _ = builder.graph(model, model.label)
    trained, others = variables_like(made)
    weights: dict[Source, Foreign] = {f"{at}": one for at, one in enumerate(trained)}
    inputs: dict[Source, Foreign] = {at: jax.ShapeDtypeStruct(shape, "float32") for at, shape in enumerate(shapes)}

    def program(values: Mapping[Source, Foreign], fixed: list[Foreign]) -> Foreign:
        held = [values[name] for name in weights]
        args = [values[at] for at in inputs]
        with scope():
            return made.stateless_call(held, fixed, args[0] if len(args) == 1 else args, training=True)[0]

    return trace_residuals(program, inputs | weights, others, frozenset(weights)).bytes
