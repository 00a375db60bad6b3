"""Names: PyTorch. Tensors and parameters: their shapes, and the numbers of tensors that are known."""

from __future__ import annotations

from .....graph.wiring import Leaf, Links
from .....symbolic import Expr, Size
from ...memory.objects import Instance, Native, Plain, Unknown, Value
from ...memory.state import State
from ...memory.trace import NO_LINKS, Memory
from ...values import classes, setting
from ...values.containers import items_of
from ...values.operations import sized
from ..native import Args, Kwargs
from ..numbers import Numbers


class Tensor(Plain):
    """A tensor.

    Attributes
    ----------
    shape : tuple of int or Expr, or None
        ``None`` where it is unknown.
    numbers : (Numbers, int), optional
        What it holds, and when that was known: a tensor may be changed through another one.
    links : frozenset of Link, or None
        What it depends on, as far as a gradient can follow; ``None`` where that is unknown.
    memory : Memory
        Which it shares with its views.
    """

    __slots__ = ("links", "memory", "numbers", "shape")

    def __init__(
        self,
        shape: tuple[Size, ...] | None,
        numbers: tuple[Numbers, int] | None = None,
        links: Links | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.shape = shape
        self.numbers = numbers
        self.links = links
        self.memory = memory or Memory()

    def key(self) -> tuple[Value, ...]:
        """Give its shape and numbers, and what it depends on."""
        links = None if self.links is None else sorted((isinstance(one, Leaf), one) for one in self.links)
        return (self.shape, self.numbers, links and str(links))

    def stand_for(self, other: Plain) -> None:
        """Note that its memory may be that of another tensor."""
        if isinstance(other, Tensor) and other.memory is not self.memory:
            self.memory.doubtful = other.memory.doubtful = True

    def joined(self, other: Plain) -> Plain | None:
        """Give a tensor of which it is unknown what it depends on, where that is all in which two differ."""
        if not isinstance(other, Tensor) or repr(self.key()[:2]) != repr(other.key()[:2]):
            return None
        return Tensor(self.shape, self.numbers, memory=Memory(doubtful=True))


def numbers_in(run: State, value: Value) -> Numbers | float | None:
    """Give the numbers of a tensor, or a number; ``None`` where they are unknown."""
    if isinstance(value, Tensor):
        sure = value.numbers is not None and value.numbers[1] == run.changed_tensors and not run.unsure
        return value.numbers[0] if value.numbers is not None and sure else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def with_numbers(run: State, found: Numbers | None, shape: tuple[Size, ...] | None) -> Tensor:
    """Make a tensor of a shape, with its numbers where they are known and nothing can have changed them."""
    return Tensor(shape, None if found is None or run.unsure else (found, run.changed_tensors), NO_LINKS)


def make_parameter(shape: Value, trainable: Value = True) -> Instance:
    """Make a parameter of a shape; ``None`` is an unknown shape."""
    made = Instance(PARAMETER)
    made.named.update(shape=shape, requires_grad=trainable)
    return made


def shape_of(run: State, value: Value) -> tuple[Size, ...] | None:
    """Give the shape of a tensor or parameter, or ``None``."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, Instance) and is_parameter(value) and value.blur is None:
        shape = value.named.get("shape")
        return shape if isinstance(shape, tuple) else None
    return None


def is_parameter(value: Value) -> bool:
    """Tell whether a value is a parameter."""
    return isinstance(value, Instance) and PARAMETER in classes.lineage(value.cls)


def _parameter_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    data = args[0] if args else kwargs.get("data")
    trainable = args[1] if len(args) > 1 else kwargs.get("requires_grad", True)
    shape = shape_of(run, data)
    if shape is None:
        run.may_raise("a parameter")
    self.named.update(shape=shape, requires_grad=trainable)


def _parameter_get(run: State, self: Instance, name: str) -> Value:
    if name in ("data", "grad"):
        return Tensor(shape_of(run, self), links=NO_LINKS) if name == "data" else run.unknown("a gradient", scalar=True)
    return run.method(self, name)


def _parameter_set(run: State, self: Instance, name: str, value: Value) -> None:
    if setting.by_property(run, self, name, value):
        return
    run.change(self)
    _check_linked(run)
    if name == "data":
        self.named["shape"] = shape_of(run, value)
    elif name != "grad":
        self.named[name] = value


def _check_linked(run: State) -> None:
    # a parameter that is frozen or replaced between the calls of one forward pass is another one in each
    if run.trace is not None:
        run.entangle()


def _requires_grad(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.change(self)
    _check_linked(run)
    self.named["requires_grad"] = args[0] if args else kwargs.get("requires_grad", True)
    return self


def _detach(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # in place: the parameter is frozen; what read it before keeps its gradient
    if run.trace is not None:
        run.trace.sure = False
    return _requires_grad(run, self, [False], {})


TENSOR = Native("torch.Tensor")  # what a parameter is, too
PARAMETER = Native(
    "torch.nn.Parameter",
    TENSOR,
    make=lambda run, cls: Instance(cls),
    init=_parameter_init,
    methods={"requires_grad_": _requires_grad, "detach_": _detach},
    get=_parameter_get,
    set=_parameter_set,
)


def number_of(shape: tuple[Size, ...]) -> Size:
    """Count the numbers of a tensor."""
    total: Size = 1
    for one in shape:
        total = total * one
    return total


def as_shape(run: State, args: Args) -> tuple[Size, ...] | None:
    """Read a shape from arguments: sizes one by one, or a list or tuple of them."""
    if len(args) == 1 and not isinstance(args[0], (int, Expr)) and not (isinstance(args[0], Unknown)):
        items = items_of(run, args[0])
        if isinstance(items, Unknown):
            return None
        args = items
    found: list[Size] = []
    for one in args:
        one = sized(run, one)
        if isinstance(one, bool) or not isinstance(one, (int, Expr)):
            return None
        found.append(one)
    return tuple(found)
