"""The table of operations: which function works out the shapes of a call, and what it may be called with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ...core.built import Built
from ...core.parameters import parameters
from ...core.products import Product, Source, Work, sources
from ...untyped import Arg

if TYPE_CHECKING:
    from inspect import Signature

PACKAGE = "keras.src.ops"
Operand = Source | Iterable[Source]
Body = TypeVar("Body", bound=Callable[..., Built])


class UnsupportedCall(Exception):
    """A call the rule cannot answer for: its result hangs on values, or Keras announces what it does not compute."""


class OperationRule(NamedTuple):
    """What is known of one operation.

    Attributes
    ----------
    body : callable
        Takes what the call is given (a shape where a tensor stands), and by keyword the options that decide shapes.
    ignored : frozenset of str
        Options it also has, which change no shape.
    flow : tuple of str, optional
        Parameters that a gradient of every output goes to; ``None``: all of them, or those that the body names.
    """

    body: Callable[..., Built]
    ignored: frozenset[str]
    flow: tuple[str, ...] | None = None

    @property
    def signature(self) -> Signature:
        """The signature of the body."""
        return _signature(self.body)

    @property
    def options(self) -> frozenset[str]:
        """Names of all the options."""
        return _options(self)


@cache
def _signature(body: Callable[..., Built]) -> Signature:
    from inspect import signature  # only where a call is worked out

    return signature(body)


@cache
def _options(rule: OperationRule) -> frozenset[str]:
    own = (one.name for one in parameters(rule.body) if not (one.by_place or one.rest))
    return rule.ignored.union(own)


_TABLE: dict[tuple[str, str], OperationRule] = {}


def ops_of(module: str) -> Callable[..., Callable[[Body], Body]]:
    """Make the decorator that enters functions for operations of one module of ``keras.src.ops``.

    The decorator takes the class names, separated by blanks; without them the function is named as the class. In
    ``inert`` it takes the options without influence on shapes, and in ``flow`` the parameters that a gradient goes to,
    if not to all.
    """

    def enter(names: str = "", inert: str = "", flow: str | None = None) -> Callable[[Body], Body]:
        def entered(body: Body) -> Body:
            for name in names.split() or [body.__name__]:
                if (module, name) in _TABLE:
                    raise AssertionError(f"two rules for {module}.{name}")
                _TABLE[module, name] = OperationRule(
                    body, frozenset(inert.split()), None if flow is None else tuple(flow.split())
                )
            return body

        return entered

    return enter


@cache
def operations() -> dict[tuple[str, str], OperationRule]:
    """Give the rule of every operation, by module and class name: ``("numpy", "Mean")``."""
    from pkgutil import iter_modules

    package = import_module(__package__)
    for family in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{family.name}")
    return _TABLE


@cache
def modules() -> dict[str, str]:
    """Give the module of each operation, as Keras writes it, by class name: no two modules have one of a name."""
    return {name: f"{PACKAGE}.{module}" for module, name in operations()}


def find(module: str, type: str) -> OperationRule | None:
    """Give the rule of a class in a module as Keras writes it (``keras.src.ops.numpy``), or ``None``."""
    path, _, family = module.rpartition(".")
    return operations().get((family, type)) if path == PACKAGE else None


def gives(
    *shapes: Arg, products: Callable[[], Iterable[Product]] | None = None, flow: Sequence[Operand] | None = None
) -> Built:
    """Make an answer out of the shapes of the outputs.

    Parameters
    ----------
    *shapes : iterable of Size
    products : callable, optional
        The products of the call. Their sources are the names of parameters, or positions among the arguments.
    flow : sequence, optional
        For each output what its gradient goes to, one parameter or several; all of them, when left out.
    """
    outs = tuple(tuple(shape) for shape in shapes)
    if products is None and flow is None:
        return Built(outs)
    reached = None if flow is None else tuple(map(sources, flow))
    return Built(outs, work=lambda: Work(tuple(products()) if products else (), reached))
