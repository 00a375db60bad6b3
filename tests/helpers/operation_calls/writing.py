"""How a call of an operation is written down for the tests."""

from __future__ import annotations

from typing import Any, NamedTuple

from paramcalc.rules.ops.operation import Operation, Slot
from paramcalc.rules.ops.table import operations


class T(NamedTuple):
    """A tensor in a template of a call; an open size is None."""

    shape: tuple[Any, ...]
    dtype: str = "float32"


class Call(NamedTuple):
    """A call of an operation: ``numpy.Mean``, what it is made with, what it is called with."""

    op: str
    options: dict[str, Any]
    args: list[Any]
    kwargs: dict[str, Any]

    @property
    def tensors(self) -> list[T]:
        found: list[T] = []
        replaced([self.args, self.kwargs], lambda tensor: found.append(tensor))
        return found


def replaced(value: Any, put: Any) -> Any:
    """Put something in the place of every tensor of a template."""
    if isinstance(value, T):
        return put(value)
    if isinstance(value, (list, tuple)):
        return type(value)(replaced(one, put) for one in value)
    if isinstance(value, dict):
        return {name: replaced(one, put) for name, one in value.items()}
    return value


def slots(value: Any) -> Any:
    counted = iter(range(1000))
    return replaced(value, lambda tensor: Slot(next(counted)))


def plain(value: Any) -> Any:
    """Write constants down as Keras does."""
    if isinstance(value, slice):
        return {"class_name": "__slice__", "config": {"start": value.start, "stop": value.stop, "step": value.step}}
    if value is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(value, (list, tuple)) and not isinstance(value, T):
        return [plain(one) for one in value]
    return {name: plain(one) for name, one in value.items()} if isinstance(value, dict) else value


def operation(call: Call) -> Operation:
    module, _, name = call.op.partition(".")
    args, kwargs = slots([plain(call.args), plain(call.kwargs)])
    return Operation(f"keras.src.ops.{module}", name, plain(call.options), args, kwargs)


def name_of(call: Call) -> str:
    return f"{call.op}-{call.options}-{call.args}"[:100]


def t(*shape: Any) -> T:
    return T(shape)


def i(*shape: Any) -> T:
    return T(shape, "int32")


def b(*shape: Any) -> T:
    return T(shape, "bool")


def z(*shape: Any) -> T:
    return T(shape, "complex64")


def c(op: str, *args: Any, **words: Any) -> Call:
    """A call, the words sorted into what the operation is made with and what it is called with."""
    module, _, name = op.partition(".")
    options = operations()[module, name].options
    return Call(
        op,
        {word: value for word, value in words.items() if word in options},
        list(args),
        {word: value for word, value in words.items() if word not in options},
    )


N = None
X = t(N, 4, 6)
ALL = slice(None)
