"""Names: PyTorch. Attributes and methods of tensors, and what works on one in place."""

from __future__ import annotations

from .....symbolic import Size
from ...memory.objects import Builtin, Value
from ...memory.state import State, Stop
from .. import numbers
from ..native import Args, Kwargs
from ..numbers import Numbers
from .function_table import names
from .functions import RESHAPED, SAME_SHAPE, counted, operate, same_shape
from .gradients import derived, write
from .recording import record_change
from .tensors import Tensor, number_of, numbers_in, shape_of, with_numbers

METHODS = names(method=True)


def tensor_attribute(run: State, value: Value, name: str) -> Value:
    """Give an attribute of a tensor: its shape and sizes, and methods of which the result is a tensor."""
    run.may_raise(name)
    shape = shape_of(run, value)
    if name == "shape":
        return run.unknown("a shape that is not known", data=True, scalar=True) if shape is None else shape
    if name in ("size", "dim", "numel", "ndimension", "nelement", "__len__", "element_size"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: _sizes(run, shape, name, [*args, *kwargs.values()]))
    if name == "ndim":
        return run.unknown("a number of axes", scalar=True) if shape is None else len(shape)
    if name.endswith("_") and not name.endswith("__"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: _changed(run, name, value, args, kwargs))
    held = numbers_in(run, value)
    if isinstance(held, Numbers):
        known = _method_of_numbers(held, value, shape, name)
        if known is not None:
            return known
    if name in ("T", "mT", "H"):
        turned = None if shape is None else shape[::-1] if name == "T" else (*shape[:-2], *shape[-2:][::-1])
        return derived(run, name, Tensor(turned), [value], {})
    if name == "requires_grad":
        return run.unknown("a condition", scalar=True)
    if name in SAME_SHAPE:
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: same_shape(run, name, [value, *args], kwargs))
    if name in RESHAPED:
        return Builtin(
            f"Tensor.{name}",
            lambda run, args, kwargs: derived(
                run, name, RESHAPED[name](run, shape, args, kwargs), [value, *args], kwargs
            ),
        )
    if name == "item":
        return Builtin("Tensor.item", lambda run, args, kwargs: run.unknown("a number", data=True, scalar=True))
    if name in METHODS:
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: operate(run, name, [value, *args], kwargs))
    return run.unknown(f"{name} of a tensor is not followed", data=True, scalar=True)


def _method_of_numbers(found: Numbers, value: Value, shape: tuple[Size, ...] | None, name: str) -> Value:
    if name in ("tolist", "item"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: numbers.plain(run, found))
    if name in ("int", "long"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: with_numbers(run, numbers.made_whole(found), shape))
    if name in numbers.ROUNDINGS or name in numbers.GROWING or name in numbers.NAMED:
        return Builtin(
            f"Tensor.{name}",
            lambda run, args, kwargs: derived(
                run, name, counted(run, name, [value, *args], kwargs) or Tensor(shape), [value, *args], kwargs
            ),
        )
    return None


# what works in place and may give another shape, or other gradients
RESHAPING = frozenset(
    [
        "set_", "resize_", "resize_as_", "resize_as_sparse_", "sparse_resize_", "sparse_resize_and_clear_", "squeeze_",
        "unsqueeze_", "t_", "transpose_", "swapaxes_", "swapdims_", "as_strided_", "rename_",
    ]
)  # fmt: skip


# what multiplies matrices in place
MULTIPLYING = frozenset(["addmm_", "addbmm_", "baddbmm_", "addmv_", "addr_", "sspaddmm_"])


def _changed(run: State, name: str, value: Value, args: Args, kwargs: Kwargs) -> Value:
    # a method that works in place
    run.changed_tensors += 1
    if name == "requires_grad_":
        run.entangle()
    if (name in MULTIPLYING or name == "detach_") and run.trace is not None:
        run.trace.sure = False
    write(run, value, *args, *kwargs.values())
    record_change(run, name, value, args, kwargs)
    if name in RESHAPING:
        if isinstance(value, Tensor):
            raise Stop("a tensor gets another shape in place")
        run.blur("a parameter that gets another shape in place", value)
    return value


def _sizes(run: State, shape: tuple[Size, ...] | None, name: str, args: Args) -> Value:
    if shape is None:
        return run.unknown("a size that is not known", data=True, scalar=True)
    if name == "size":
        if not args:
            return shape
        if isinstance(args[0], int) and -len(shape) <= args[0] < len(shape):
            return shape[args[0]]
        return run.unknown("a size that is not known", data=True, scalar=True)
    if name == "__len__":
        return shape[0] if shape else 0
    if name in ("dim", "ndimension"):
        return len(shape)
    if name == "element_size":
        return run.unknown("a number", scalar=True)
    return number_of(shape)
