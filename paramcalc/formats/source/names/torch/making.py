"""Names: PyTorch. Functions that make tensors."""

from __future__ import annotations

from .....symbolic import Size
from ...memory.objects import Instance, List, Unknown, Value
from ...memory.state import State
from ...memory.trace import NO_LINKS
from ...values.containers import items_of
from .. import numbers
from ..native import Args, Kwargs
from ..standard.arrays import array_shape, is_array, shared
from .recording import record, record_constant
from .tensors import Tensor, as_shape, shape_of, with_numbers


def new(run: State, shape: tuple[Size, ...] | None, kwargs: Kwargs, dtype: str | None = None) -> Tensor:
    """Make a tensor of a shape, which depends on nothing unless it is asked to need a gradient itself.

    Its dtype may be known where it is not asked for: the usual one is empty.
    """
    if shape is None or not all(isinstance(one, int) and one >= 0 for one in shape):
        run.may_raise("a tensor")
    tensor = Tensor(shape, links=None if kwargs.get("requires_grad", False) is not False else NO_LINKS)
    if dtype is not None and "dtype" not in kwargs:
        record_constant(run, tensor, dtype)
    return tensor


def made(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give what a function of sizes makes: ``torch.zeros``."""
    given = kwargs.get("size", kwargs.get("shape"))
    return new(run, as_shape(run, [given] if given is not None else args), kwargs, "")


def full(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give what ``torch.full`` makes."""
    given = args[0] if args else kwargs.get("size")
    return new(run, as_shape(run, [given]), kwargs)


def randint(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give what ``torch.randint`` makes."""
    given = kwargs.get("size", args[2] if len(args) > 2 else args[1] if len(args) > 1 else None)
    return new(run, None if given is None else as_shape(run, [given]), kwargs, "int64")


def like(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give a tensor of the shape of another."""
    tensor = new(run, shape_of(run, args[0]) if args else None, kwargs)
    if args and "dtype" not in kwargs and tensor.links is not None:
        record(run, "like", [tensor], args[:1], {})
    return tensor


def arange(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give what ``torch.arange`` makes, with its numbers."""
    names = ("end",) if len(args) == 1 and "end" not in kwargs else ("start", "end", "step")
    given = dict(zip(names, args, strict=False))
    rest = {name: value for name, value in kwargs.items() if name not in ("start", "end", "step")}
    given.update((name, value) for name, value in kwargs.items() if name not in rest)
    ends = [given.get("start", 0), given.get("end"), given.get("step", 1)]
    sizes = [one for one in ends if isinstance(one, int)]
    if len(sizes) == 3 and len(args) <= 3 and sizes[2] != 0:
        return with_numbers(run, None if rest else numbers.arange(sizes), (len(range(*sizes)),))
    return new(run, None, rest)


def eye(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give what ``torch.eye`` makes."""
    rows = args[0] if args else kwargs.get("n")
    columns = args[1] if len(args) > 1 else kwargs.get("m", rows)
    return new(run, as_shape(run, [rows, columns]), kwargs)


def linspace(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give what ``torch.linspace`` makes, without its numbers."""
    steps = args[2] if len(args) > 2 else kwargs.get("steps")
    return Tensor(None if steps is None else as_shape(run, [steps]))


def literal(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give what ``torch.tensor`` makes, with its numbers."""
    data = args[0] if args else kwargs.get("data")
    if isinstance(data, Instance) and is_array(data):
        shared(run, data)
        return new(run, array_shape(data), kwargs)
    known = numbers.literal(data) if len(args) == 1 and not kwargs else None
    shape = _nested(run, data, 0)
    return new(run, shape, kwargs) if known is None else with_numbers(run, known, shape)


def _nested(run: State, value: Value, depth: int) -> tuple[Size, ...] | None:
    if isinstance(value, (int, float)):
        return ()
    if isinstance(value, (List, tuple)) and depth < 6:
        items = items_of(run, value)
        if isinstance(items, Unknown) or not items:
            return None
        inner = _nested(run, items[0], depth + 1)
        same = inner is not None and all(_nested(run, one, depth + 1) == inner for one in items[1:200])
        return (len(items), *inner) if same and inner is not None else None
    return shape_of(run, value)
