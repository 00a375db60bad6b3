"""Budgets: which quantities of a model can be limited, how each is computed, read and printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ...catalogue import message
from ...core.json_data import JsonObject
from ...core.tensors import BATCH
from ...errors import OptionError
from ...graph.model import Model
from ...symbolic import Size, grouped, unicode
from ...symbolic.evaluate import evaluate, put
from ..cost import Cost, cost
from ..cost.known import inference_memory, training_memory
from ..cost.sizes import batch_of
from ..cost.units import bytes_beside, read_bytes, read_count


class OpenSizes(OptionError):
    """An amount that depends on sizes without a value.

    Attributes
    ----------
    names : tuple of str
    """

    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """What multiply-adds and memory are counted for.

    Attributes
    ----------
    batch, steps : int or Expr, optional
        The batch of the memory and of the multiply-adds; multiply-adds are those of one sample without it.
    dtype : str
    optimizer : str, optional
    training : bool
        Whether the memory is that of a training step, or of inference.
    """

    batch: Size | None = None
    steps: Size | None = None
    dtype: str = "float32"
    optimizer: str | None = None
    training: bool = True

    def at(self, sizes: Mapping[str, int]) -> Setting:
        """Put values in place of the sizes in the batch and the number of time steps."""
        batch, steps = (None if one is None else evaluate(one, sizes) for one in (self.batch, self.steps))
        return replace(self, batch=batch, steps=steps)

    def to_dict(self) -> JsonObject:
        """Give it as plain data."""
        batch, steps = (one if one is None or isinstance(one, int) else repr(one) for one in (self.batch, self.steps))
        return {
            "batch": batch,
            "steps": steps,
            "dtype": self.dtype,
            "optimizer": self.optimizer,
            "training": self.training,
        }


class Quantity(NamedTuple):
    """A quantity of a model.

    Attributes
    ----------
    name : str
        In options and in JSON.
    title : str
        In sentences.
    of : callable
        Computes it for a model in a `Setting`.
    exact : callable
        Whether it is exact for a model, or a lower bound.
    read : callable
        Reads a limit.
    """

    name: str
    title: str
    of: Callable[[Model, Setting], Size]
    exact: Callable[[Model], bool]
    read: Callable[[str | int], int]

    def printer(self, amounts: Sequence[int], limit: int) -> Callable[[int], str]:
        """Give what prints amounts, so that each shows on which side of a limit it is."""
        return bytes_beside(amounts, limit) if self.name == "memory" else "{:,}".format

    def text(self, amount: Size) -> str:
        """Print one amount."""
        return (
            bytes_beside([], amount)(amount) if isinstance(amount, int) and self.name == "memory" else grouped(amount)
        )


def _params(model: Model, setting: Setting) -> Size:
    return model.total


def _macs(model: Model, setting: Setting) -> Size:
    if setting.batch is None and setting.steps is None:
        place = batch_of(model.input_shapes)
        return put(model.report().macs, BATCH if place is None else place, 1)
    one = 1 if setting.batch is None and batch_of(model.input_shapes) is not None else setting.batch
    return cost(model, batch=one, steps=setting.steps).passes.forward


def _memory(model: Model, setting: Setting) -> Size:
    found: Cost = cost(
        model, batch=setting.batch, steps=setting.steps, dtype=setting.dtype, optimizer=setting.optimizer
    )
    return training_memory(found) if setting.training else inference_memory(found)


QUANTITIES = (
    Quantity(
        "params", "parameters", _params, lambda model: model.report().exact, lambda t: read_count(t, "parameters")
    ),
    Quantity("macs", "MACs", _macs, lambda model: model.report().costed, lambda t: read_count(t, "multiply-adds")),
    Quantity("memory", "memory", _memory, lambda model: model.report().exact, read_bytes),
)
BY_NAME = {one.name: one for one in QUANTITIES}


class Budget(NamedTuple):
    """A limit on a quantity."""

    quantity: Quantity
    limit: int


def budgets(given: Mapping[str, str | int | None], prefix: str = "") -> tuple[Budget, ...]:
    """Read limits, given by the names of quantities.

    Parameters
    ----------
    given : mapping of str to str or int
    prefix : str
        What stands before these names where they are given, for the message of an error.

    Raises
    ------
    OptionError
        Without any limit, and for what is none.
    """
    found = []
    for one in QUANTITIES:
        limit = given.get(one.name)
        if limit is not None:
            try:
                found.append(Budget(one, one.read(limit)))
            except OptionError as error:
                raise error.at(prefix + one.name)
    if not found:
        *most, last = (prefix + one.name for one in QUANTITIES)
        raise OptionError("no limit", expected=f"{', '.join(most)} or {last}")
    return tuple(found)


def value_at(size: Size, sizes: Mapping[str, int]) -> int:
    """Give the value of an expression in which no other size is open.

    Raises
    ------
    SizeError
        Where a division leaves a remainder.
    """
    found = evaluate(size, sizes)
    assert isinstance(found, int)
    return found


def number(size: Size, quantity: Quantity, besides: Sequence[str] = ()) -> int:
    """Give an amount that must be a number; of open sizes, those ``besides`` are not asked for.

    Raises
    ------
    OptionError
        When sizes in it are open.
    """
    if isinstance(size, int):
        return size
    names = sorted({*size.symbols}.difference(besides))
    error = OpenSizes(
        f"the {message(quantity.title)} depend on open sizes"
        if quantity.name != "memory"
        else "the memory depends on open sizes",
        expected=f"a value for {', '.join(names)}",
        received=unicode(size),
    )
    error.names = tuple(names)
    raise error
