"""The decorators that declare rules: one function for one rule, or for one rule of each number of spatial axes."""

from __future__ import annotations

from collections.abc import Callable

from . import ignored_options
from .built import Built as Built, Part as Part, Weight as Weight
from .combined import frozen as frozen, scaled as scaled, scoped as scoped
from .rule import Rule
from .schema import (
    CELLS as CELLS,
    LAYER as LAYER,
    REQUIRED as REQUIRED,
    Body,
    Inputs as Inputs,
    Schema,
)
from .shapes import Shape as Shape


def rule(
    ignored: tuple[str, ...] = (),
    base: tuple[str, ...] = ignored_options.BASE,
    framework: str = "keras",
    name: str | None = None,
    why: str | None = None,
    copies: tuple[str, ...] = (),
    rank: int | None = None,
    aliases: tuple[str, ...] = (),
    inner: bool = False,
) -> Callable[[Body], Rule]:
    """Declare a rule by a function whose signature is its schema.

    Parameters
    ----------
    ignored : tuple of str
        The options it takes that change neither weights nor shapes (see `paramcalc.core.ignored_options`).
    base : tuple of str
        Those that all layers of the framework take.
    framework : str
    name, why : str, optional
        For layers that share one function: the class name and the reason, else taken from the function.
    copies : tuple of str
        Options that hold a layer of which the framework makes a copy, with weights of its own.
    rank : int, optional
        The number of spatial axes, where the signature says ``spatial``.
    aliases : tuple of str
        Other class names of the same layer; it is found by them and listed once.
    inner : bool
        Whether its weights are those of layers that it makes itself, which ``trainable`` of its constructor does not
        reach.
    """

    def declared(body: Body) -> Rule:
        reason = why or body.__doc__ or ""
        schema = Schema.of(body, rank)
        names = (*base, *ignored)
        called = name or body.__name__
        return Rule(body, schema, framework, called, reason, body.__module__, names, copies, aliases, inner)

    return declared


def each_rank(
    names: str,
    *ranks: int,
    ignored: tuple[str, ...] = (),
    base: tuple[str, ...] = ignored_options.BASE,
    framework: str = "keras",
    why: str | None = None,
    aliases: tuple[str, ...] = (),
    inner: bool = False,
) -> Callable[[Body], tuple[Rule, ...]]:
    """Declare one rule for each number of spatial axes: ``each_rank("Conv{}D", 1, 2, 3)``."""

    def declared(body: Body, n: int) -> Rule:
        others = tuple(alias.format(n) for alias in aliases)
        return rule(ignored, base, framework, names.format(n), why, rank=n, aliases=others, inner=inner)(body)

    return lambda body: tuple(declared(body, n) for n in ranks)
