"""How a call of an operation is written down for the tests."""

from __future__ import annotations

from typing import Any, NamedTuple

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
