"""What the rules of PyTorch's layers share: patterns of inputs, and checks of what they declare against what comes.

Shapes are whole: PyTorch has no batch apart from the other axes, and most layers take inputs with and without one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, TypeVar

from ...core.built import Built, Weight
from ...core.declare import Inputs, each_rank as any_rank, rule as any_rule
from ...core.kinds import Kind
from ...core.rule import Rule
from ...core.schema import Schema, schema_of
from ...core.shapes import Shape
from ...errors import Disagreement, ShapeError
from ...symbolic import Expr, Size, is_known, unicode
from ...untyped import OptionValue
from ..shared.axes import position as position

FRAMEWORK = "torch"
Made = TypeVar("Made")
Declares = Callable[[Callable[..., Built]], Made]

AnyShape = Annotated[Shape, Inputs("...")]
Spatial = Annotated[Shape, Inputs("N? C places")]  # as many axes as the rule has, with a batch or without


def rule(
    ignored: tuple[str, ...] = (), name: str | None = None, why: str | None = None, copies: tuple[str, ...] = ()
) -> Declares[Rule]:
    """Declare a rule of PyTorch's; ``ignored`` are the options that its class takes and that change nothing."""
    return any_rule(ignored, (), FRAMEWORK, name, why, copies)


def each_rank(
    names: str, *ranks: int, ignored: tuple[str, ...] = (), why: str | None = None
) -> Declares[tuple[Rule, ...]]:
    """Declare one of PyTorch's rules for each number of spatial axes: ``each_rank("Conv{}d", 1, 2, 3)``."""
    return any_rank(names, *ranks, ignored=ignored, base=(), framework=FRAMEWORK, why=why)


def tabled(
    body: Callable[..., Built],
    name: str,
    why: str,
    table: Mapping[str, tuple[Kind, OptionValue]],
    module: str,
    pattern: str = "...",
) -> Rule:
    """Make a rule whose options stand in a table: the kind of each and its default, in PyTorch's order.

    Parameters
    ----------
    body : callable
    name, why : str
    table : mapping
    module : str
        The module that declares it.
    pattern : str
        Of the input.
    """
    return Rule(body, schema_of(table, pattern), FRAMEWORK, name, why, module)


def patterned(
    body: Callable[..., Built],
    name: str,
    why: str,
    pattern: str,
    ignored: Iterable[str] = (),
    without: tuple[str, ...] = (),
) -> Rule:
    """Make the rule of a function over inputs of this pattern, without some of its options."""
    schema = Schema.of(body).over(pattern).without(*without)
    return Rule(body, schema, FRAMEWORK, name, why, module_of(body), ignored)


def lazy(
    rule: Rule,
    why: str,
    option: str,
    axis: int,
    check: Callable[[Shape, Mapping[str, OptionValue]], None] | None = None,
    **defaults: OptionValue,
) -> Rule:
    """Make the lazy form of a layer: it reads the size of ``option`` off an axis of its first input.

    Parameters
    ----------
    rule : Rule
    why : str
    option : str
    axis : int
        Of the input.
    check : callable, optional
        Refuses inputs on which the size is not to be found there; it is given the shape and the options.
    **defaults
        Options that have another default in the lazy form.
    """

    def body(x: Shape, /, **options: OptionValue) -> Built:
        if check is not None:
            check(x, options)
        return rule.body(x, **{option: x[axis]}, **options)

    schema = rule.schema.without(option).with_defaults(**defaults)
    return Rule(body, schema, FRAMEWORK, f"Lazy{rule.name}", why, rule.__module__, rule.ignored)


def module_of(body: Callable[..., Built]) -> str:
    """Name the module of a function, or of the function that a partial one calls."""
    return str(getattr(body, "func", body).__module__)


def differ(a: Size, b: Size) -> bool:
    """Tell whether two sizes cannot be the same: two numbers, or ``h`` and ``2h``."""
    if isinstance(a, int) and isinstance(b, int):
        return a != b
    if not (is_known(a) and is_known(b)):
        return False
    gap = a - b
    if not isinstance(gap, Expr):
        return gap != 0
    if isinstance(gap.key, int):
        return gap.key != 0
    signs = {number > 0 for number in gap.normal.values()}
    return isinstance(gap.key, frozenset) and len(signs) == 1  # all terms of one sign never add up to 0


def declared(layer: str, size: Size, received: Size, what: str = "features") -> None:
    """Refuse an input of another size than a layer is declared with.

    Raises
    ------
    ShapeError
    """
    if differ(size, received):
        raise ShapeError(f"{layer} is declared with {unicode(size)} {what}, but receives {unicode(received)}")


def agree(shapes: Sequence[Shape], axes: Sequence[int], inputs: tuple[int, int] = (0, 1)) -> None:
    """Refuse two inputs that differ along an axis they share.

    Raises
    ------
    Disagreement
    """
    first, second = shapes
    for axis in axes:
        if differ(first[axis], second[axis]):
            raise Disagreement(inputs, (first[axis], second[axis]), axis)


def inside(weights: Sequence[Weight], name: str) -> tuple[Weight, ...]:
    """Put the name of an inner module before those of its tensors: ``weight`` → ``out_proj.weight``."""
    return tuple(weight.evolve(name=f"{name}.{weight.name}") for weight in weights)


def buffer(name: str, shape: Shape) -> Weight:
    """Make a tensor that is kept with the layer and is no parameter."""
    return Weight(name, shape, trainable=False, buffer=True)


def parted(x: Shape, spatial: int) -> tuple[Shape, Size, Shape]:
    """Split ``(N, C, *spatial)``, or the same without N, into the batch, the channels and the spatial axes."""
    at = len(x) - spatial - 1
    return x[:at], x[at], x[at + 1 :]
