"""Counting the multiply-adds of PyTorch operator by operator, forwards and backwards.

Every operator is seen. One with a formula is counted, one that is free of products costs nothing, and the name of any
other is kept, because then what was counted is the least there can be. PyTorch's own counter takes what it has no
formula for as nothing, and counts too much of the gradient of a grouped convolution's weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from math import prod

from ....untyped import Foreign
from .framework import torch
from .operators import multiplies_nothing

Count = Callable[..., int | None]  # of an operator's result and arguments; None where this call has no formula


def _product(out: Foreign, left: Foreign, *_: Foreign, **__: Foreign) -> int:
    # each number of the result is a sum of as many products as the left operand has columns
    return int(out.numel()) * int(left.shape[-1])


def _added_product(out: Foreign, added: Foreign, left: Foreign, *_: Foreign, **__: Foreign) -> int:
    return _product(out, left)


def _inner(out: Foreign, left: Foreign, *_: Foreign, **__: Foreign) -> int:
    return int(left.numel())


def _summed_product(out: Foreign, added: Foreign, left: Foreign, right: Foreign, *_: Foreign, **__: Foreign) -> int:
    return int(left.numel()) * int(right.shape[-1])  # of all matrices in the batch, which are added up


def _outer(out: Foreign, *_: Foreign, **__: Foreign) -> int:
    return int(out.numel())


def _grouped(out: Foreign, left: Foreign, right: Foreign, *_: Foreign, **__: Foreign) -> int:
    # two matrices are cut along the axis that is summed, so each group sums a share of it
    whole = _product(out, left)
    return whole // int(out.shape[0]) if left.dim() == right.dim() == 2 else whole


def _trilinear(
    out: Foreign,
    one: Foreign,
    two: Foreign,
    three: Foreign,
    open_one: Sequence[int],
    open_two: Sequence[int],
    open_three: Sequence[int],
    summed: Sequence[int],
    *_: Foreign,
) -> int:
    # one times two, summed over the axes that three lacks; then that times three
    sizes = [_opened(*pair) for pair in ((one, open_one), (two, open_two), (three, open_three))]
    first = _broadcast(sizes[0], sizes[1])
    left = [1 if axis in summed and axis in open_three else size for axis, size in enumerate(first)]
    return prod(first) + prod(_broadcast(left, sizes[2]))


def _opened(tensor: Foreign, axes: Sequence[int]) -> list[int]:
    sizes = [int(size) for size in tensor.shape]
    for axis in sorted(axes):
        sizes.insert(axis, 1)
    return sizes


def _broadcast(left: Sequence[int], right: Sequence[int]) -> list[int]:
    return [b if a == 1 else a for a, b in zip(left, right, strict=True)]


def _distances(out: Foreign, left: Foreign, right: Foreign, p: float = 2.0, *_: Foreign) -> int | None:
    # |x - y|² = Σ (x - y)(x - y): a product for each feature of each pair; other norms are no sums of products
    return _product(out, left) if p == 2 else None


def _own_distances(out: Foreign, rows: Foreign, p: float = 2.0, *_: Foreign) -> int | None:
    return _product(out, rows) if p == 2 else None


def _convolved(x: Foreign, y: Foreign, weight: Foreign, transposed: bool) -> int:
    # each place of the output, or of the input if transposed, meets the window; the weight's own shape has the groups
    batch, _, *places = x.shape if transposed else y.shape
    return int(batch) * prod(map(int, places)) * int(weight.numel())


def _convolution(
    out: Foreign,
    x: Foreign,
    weight: Foreign,
    bias: Foreign,
    stride: Foreign,
    padding: Foreign,
    dilation: Foreign,
    transposed: bool,
    *_: Foreign,
) -> int:
    return _convolved(x, out, weight, transposed)


def _plain_convolution(out: Foreign, x: Foreign, weight: Foreign, *_: Foreign, **__: Foreign) -> int:
    return _convolved(x, out, weight, False)


def _convolution_over_time(out: Foreign, x: Foreign, weight: Foreign, *_: Foreign) -> int:
    return int(out.shape[0]) * int(out.shape[1]) * int(weight.numel())  # time and batch come first


def _convolution_backward(out: Foreign, dy: Foreign, x: Foreign, weight: Foreign, *more: Foreign) -> int:
    *_, transposed, _, _, (to_x, to_weight, _) = more
    return (bool(to_x) + bool(to_weight)) * _convolved(x, dy, weight, transposed)


def _attention(out: Foreign, query: Foreign, key: Foreign, value: Foreign, *_: Foreign, **__: Foreign) -> int:
    # scores of every query with every key, and their sums of values
    return int(query.numel()) * int(key.shape[-2]) + prod(map(int, query.shape[:-1])) * prod(map(int, value.shape[-2:]))


def _recurrent(out: Foreign, x: Foreign, kernel: Foreign, recurrent: Foreign, *_: Foreign) -> int:
    return int(x.shape[0]) * int(x.shape[1]) * (int(kernel.numel()) + int(recurrent.numel()))


FORMULAS: Mapping[Count, str] = {
    _product: "mm bmm mv _int_mm _scaled_mm _weight_int8pack_mm affine_grid_generator",
    _added_product: "addmm baddbmm addmv _addmm_activation",
    _summed_product: "addbmm",
    _inner: "dot vdot",
    _outer: "addr",
    _grouped: "_grouped_mm _scaled_grouped_mm",
    _trilinear: "_trilinear",
    _distances: "_cdist_forward _euclidean_dist",
    _own_distances: "_pdist_forward",
    _convolution: "convolution convolution_overrideable _convolution",
    _plain_convolution: "mkldnn_convolution cudnn_convolution _slow_conv2d_forward slow_conv3d_forward "
    "slow_conv_dilated2d slow_conv_dilated3d _conv_depthwise2d conv_depthwise3d",
    _convolution_over_time: "conv_tbc",
    _convolution_backward: "convolution_backward",
    _attention: "_scaled_dot_product_flash_attention_for_cpu _scaled_dot_product_flash_attention "
    "_scaled_dot_product_efficient_attention _scaled_dot_product_cudnn_attention "
    "_scaled_dot_product_fused_attention_overrideable",
    _recurrent: "mkldnn_rnn_layer",
}


@cache
def _operators() -> Mapping[str, Count]:
    return {f"aten::{name}": count for count, names in FORMULAS.items() for name in names.split()}


@cache
def formula(operator: Foreign) -> Count | None:
    """Give the formula of an operator; one in place, or with a given result, has that of its plain form."""
    name = operator._schema.name
    return _operators().get(name) or _operators().get(name.removesuffix("_"))


def _vecdot(out: Foreign, x: Foreign, y: Foreign, *_: Foreign, dim: int = -1, **__: Foreign) -> int:
    return int(out.numel()) * max(int(x.shape[dim]), int(y.shape[dim]))


def _einsum(out: Foreign, equation: Foreign, *operands: Foreign, **_: Foreign) -> int | None:
    # a sum over an axis of one place comes to the operators as element by element
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    if len(operands) != 2 or not isinstance(equation, str) or "." in equation:
        return None  # of several the order decides, in which the operators see them
    given, arrow, kept = equation.replace(" ", "").partition("->")
    sizes: dict[str, int] = {}
    for labels, operand in zip(given.split(","), operands, strict=True):
        for label, size in zip(labels, operand.shape, strict=True):
            sizes[label] = max(sizes.get(label, 1), int(size))
    once = {label for label in sizes if given.count(label) == 1}
    summed = sizes.keys() - (set(kept) if arrow else once)
    return prod(sizes.values()) if summed - once else None


# Functions of PyTorch with products that come to the operators as element by element; None: as the operators saw it.
@cache
def _functions() -> Mapping[Foreign, Count]:
    framework = torch()
    outer: list[Foreign] = [framework.outer, framework.ger, framework.Tensor.outer, framework.Tensor.ger]
    return {**dict.fromkeys(outer, _outer), framework.linalg.vecdot: _vecdot, framework.einsum: _einsum}


class Tally:
    """What was counted so far.

    Attributes
    ----------
    macs : int
        Multiply-adds of operators with a formula.
    unknown : dict of str to int
        The operators that are not known to be free of products and have no formula, and how often each was called.
    operators : int
        How many operators there were.
    read : dict of str to None
        The operators whose result, or its shape, is made of the numbers in a tensor, such as ``item``.
    """

    def __init__(self) -> None:
        self.macs = 0
        self.unknown: dict[str, int] = {}
        self.operators = 0
        self.read: dict[str, None] = {}

    def add(self, count: Count, name: str, out: Foreign, args: Foreign, kwargs: Foreign) -> None:
        """Count a call by a formula, or by name where it has no number."""
        found = count(out, *args, **without_result(kwargs)) if _dense(args) else None
        if found is None:
            self.lack(name)
        else:
            self.macs += found

    def lack(self, name: str) -> None:
        """Keep the name of an operator that has no formula."""
        self.unknown[name] = self.unknown.get(name, 0) + 1


def without_result(kwargs: Mapping[str, Foreign]) -> dict[str, Foreign]:
    """Leave out the tensor that a result is written to."""
    return {key: value for key, value in kwargs.items() if key != "out"}


def _dense(args: Sequence[Foreign]) -> bool:
    # a sparse operand has fewer products than its shape says
    tensors = (one for one in args if isinstance(one, torch().Tensor))
    return all(one.layout in (torch().strided, torch()._mkldnn) for one in tensors)


@contextmanager
def counted() -> Iterator[Tally]:
    """Count the multiply-adds of every operator inside the ``with``.

    Fused steps are off, those of attention and oneDNN's of recurrent layers: they are done as their products.
    """
    framework = torch()
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.overrides import TorchFunctionMode
    from torch.utils._python_dispatch import TorchDispatchMode

    tally = Tally()
    reads = {framework.Tag.data_dependent_output, framework.Tag.dynamic_output_shape}

    class Operators(TorchDispatchMode):  # type: ignore[misc]  # a class of a module that is not there to be checked
        supports_higher_order_operators = True

        def __torch_dispatch__(
            self, func: Foreign, types: Foreign, args: Foreign = (), kwargs: Foreign = None
        ) -> Foreign:
            given = kwargs or {}
            if any(_wrapper(kind) for kind in types):
                return NotImplemented  # it hands on to the tensors in it, which are seen then
            tally.operators += 1
            if not isinstance(func, framework._ops.OpOverload):  # takes functions: a loop, a branch
                tally.lack(str(func))
                return func(*args, **given)
            if reads.intersection(func.tags):
                tally.read[func._schema.name] = None
            count = formula(func)
            if count is None and not multiplies_nothing(func):
                with self:
                    made = func.decompose(*args, **given)
                if made is not NotImplemented:
                    return made
                tally.lack(func._schema.name)
            out = func(*args, **given)
            if count is not None:
                tally.add(count, func._schema.name, out[0] if isinstance(out, tuple) else out, args, given)
            return out

    class Functions(TorchFunctionMode):  # type: ignore[misc]  # likewise
        def __torch_function__(
            self, func: Foreign, types: Foreign, args: Foreign = (), kwargs: Foreign = None
        ) -> Foreign:
            count = _functions().get(func)
            before = tally.macs
            out = func(*args, **(kwargs or {}))
            found = None if count is None else count(out, *args, **without_result(kwargs or {}))
            if found is not None:
                tally.macs = before + found  # a part of it may have been seen as an operator
            return out

    fast = framework.backends.mha.get_fastpath_enabled()
    framework.backends.mha.set_fastpath_enabled(False)  # one fused step for a whole encoder layer shows no products
    fused, *_ = framework.backends.mkldnn.set_flags(False)
    try:
        with sdpa_kernel(SDPBackend.MATH), Functions(), Operators():
            yield tally
    finally:
        framework.backends.mkldnn.set_flags(fused)
        framework.backends.mha.set_fastpath_enabled(fast)


def _wrapper(kind: Foreign) -> bool:
    # whether a class of tensors has a way of its own to dispatch operators
    return kind.__torch_dispatch__ is not torch()._C._disabled_torch_dispatch_impl
