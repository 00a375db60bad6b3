"""The multiply-adds of a program forwards and backwards, counted in what jax traces of it.

The program of the gradients of everything is traced once. What a choice of sources costs follows from it: the gradients
that were not chosen are left out, and with them, as dead code, all that only they need. Where a loop carries states, it
treats all steps alike, so that none of them reads a state that is known to be constant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property

from ....core.products import NOTHING, Source, Sources
from ....errors import ParamcalcError
from ....untyped import Foreign
from .macs import macs


class Gradients:
    """A program of named values, and the gradients of its outputs.

    Parameters
    ----------
    program : callable
        Takes the values by their names, and ``fixed``; gives tensors, in lists, tuples or dicts if there are several.
    values : mapping
        Shape and dtype of each value. Those that are floating-point numbers are the sources of gradients.
    fixed : nested lists of shapes and dtypes
        Other values, which have no gradient.
    """

    def __init__(
        self, program: Callable[..., Foreign], values: Mapping[Source, Foreign], fixed: Foreign = None
    ) -> None:
        import jax
        from jax.numpy import inexact, issubdtype

        self.sources = [source for source, value in values.items() if issubdtype(value.dtype, inexact)]
        constant = [source for source in values if source not in self.sources]

        def forward(given: Foreign, others: Foreign, fixed: Foreign) -> list[Foreign]:
            named = dict(zip([*self.sources, *constant], [*given, *others], strict=True))
            return list(jax.tree.leaves(program(named, fixed) if fixed is not None else program(named)))

        def differentiable(given: Foreign, others: Foreign, fixed: Foreign) -> list[Foreign]:
            return [out for out in forward(given, others, fixed) if issubdtype(out.dtype, inexact)]

        def gradients(given: Foreign, others: Foreign, fixed: Foreign, cotangents: Foreign) -> Foreign:
            outs, pull = jax.vjp(lambda some: differentiable(some, others, fixed), given)
            return outs, pull(cotangents)

        specs = [values[source] for source in self.sources], [values[source] for source in constant], fixed
        whole, outs = jax.make_jaxpr(forward, return_shape=True)(*specs)
        self._forward: Foreign = whole.jaxpr
        self.shapes = [tuple(map(int, out.shape)) for out in outs]
        self._places = [at for at, out in enumerate(outs) if issubdtype(out.dtype, inexact)]
        self._others = len(jax.tree.leaves(specs)) - len(self.sources)
        self._whole: Foreign = jax.make_jaxpr(gradients)(*specs, [outs[at] for at in self._places]).jaxpr

    @cached_property
    def _once(self) -> int:
        # multiply-adds forwards in the program of the gradients
        from jax.interpreters.partial_eval import dce_jaxpr

        wanted = [at in self._places for at in range(len(self.shapes))]
        program, _ = dce_jaxpr(self._forward, wanted)
        once = macs(program, derivative=True)
        if once != macs(program):
            raise ParamcalcError("a window is longer than the image and the output, so its gradients cannot be counted")
        return once

    def forward(self) -> int:
        """Count the multiply-adds of the forward pass."""
        return macs(self._forward)

    def backward(self, live: Collection[Source]) -> int:
        """Count those of the backward pass, from every floating-point output, when these need a gradient.

        Raises
        ------
        ParamcalcError
            Where a window is longer than the image and the output: then the places of the three cannot be seen in the
            gradients.
        """
        return macs(self._chosen([True] * len(self._places), live)[0], derivative=True) - self._once

    def flow(self) -> list[Sources]:
        """List, for each output, the sources that its gradient goes to."""
        found: list[Sources] = [NOTHING] * len(self.shapes)
        for source in self.sources:
            _, used = self._chosen([False] * len(self._places), [source])
            cotangents = used[len(self.sources) + self._others :]
            for at, one in zip(self._places, cotangents, strict=True):
                if one:
                    found[at] |= {source}
        return found

    def _chosen(self, outs: list[bool], live: Collection[Source]) -> tuple[Foreign, list[bool]]:
        # the program of these outputs and gradients, and which inputs it reads
        from jax.interpreters.partial_eval import dce_jaxpr

        chosen: tuple[Foreign, list[bool]] = dce_jaxpr(
            self._whole, [*outs, *(source in live for source in self.sources)]
        )
        return chosen
