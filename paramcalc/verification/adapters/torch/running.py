"""Running a live module on the meta device: a copy whose tensors hold nothing, with hooks that note what passes."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any, NamedTuple

from ....core.built import Shape
from ....errors import ParamcalcError
from ...foreign import first_line
from .build import flat, shapes_of
from .framework import META, quiet, torch
from .reading import layer_of

UNRUN = "without input_shape its modules are read, and nothing is run"


class Call(NamedTuple):
    """One call of a module.

    Attributes
    ----------
    inputs, outs : tuple of shapes
        What came in, in the order of its signature, and what went out.
    macs, own : int
        Multiply-adds that PyTorch's own counter saw in it: all, and those outside of the modules in it.
    """

    inputs: tuple[Shape, ...]
    outs: tuple[Shape, ...]
    macs: int | None = None
    own: int = 0


class Inside(NamedTuple):
    """A call that is under way."""

    path: str
    module: Any
    inputs: tuple[Shape, ...]
    start: int
    within: list[int]  # multiply-adds of the calls in it


class Watch:
    """Notes every call of the modules in a module, and which are under way."""

    def __init__(self, module: Any) -> None:
        self.calls: dict[str, list[Call]] = {}
        self.stack: list[Inside] = []
        self.counter = torch().utils.flop_counter.FlopCounterMode(display=False)
        self.hooks: list[Any] = []
        for path, one in module.named_modules():
            self.hooks.append(one.register_forward_pre_hook(self._enter(path), with_kwargs=True))
            self.hooks.append(one.register_forward_hook(self._leave))

    def _seen(self) -> int:
        return int(self.counter.get_total_flops()) // 2

    def _enter(self, path: str) -> Any:
        def enter(module: Any, args: Any, keywords: Any) -> None:
            given = [one for one in flat(_in_order(module, args, keywords)) if hasattr(one, "shape")]
            self.stack.append(Inside(path, module, tuple(shapes_of(given)), self._seen(), []))

        return enter

    def _leave(self, module: Any, args: Any, output: Any) -> None:
        path, _, inputs, start, within = self.stack.pop()
        outs = [one for one in flat(output) if hasattr(one, "shape")]
        macs = self._seen() - start
        if self.stack:
            self.stack[-1].within.append(macs)
        call = Call(inputs, tuple(shapes_of(outs)), macs, macs - sum(within))
        self.calls.setdefault(path, []).append(call)

    def end(self) -> None:
        """Take the hooks off."""
        for hook in self.hooks:
            hook.remove()


def _in_order(module: Any, args: Any, keywords: Any) -> list[Any]:
    if not keywords:
        return list(args)
    try:
        return list(inspect.signature(module.forward).bind(*args, **keywords).arguments.values())
    except (TypeError, ValueError):
        return [*args, *keywords.values()]


def run(module: Any, given: Sequence[Any]) -> tuple[Any, dict[str, list[Call]], list[Shape]]:
    """Run a copy of a module; give the copy, the calls of the modules in it by path, and the shapes it gives.

    Parameters
    ----------
    module : torch.nn.Module
    given : sequence of shapes, or of lists of them
        One for every argument; a list stands for a tuple of tensors.

    Raises
    ------
    ParamcalcError
        When it does not take such an input, or does what only numbers allow.
    """
    framework = torch()
    problem: Exception | None = None
    several = sum(1 for _ in leaves(given))
    # inputs are numbers, or places in a table: what is right only the module knows
    for whole in product((False, True), repeat=min(several, 4)):
        dtypes = iter([framework.int64 if one else None for one in (*whole, *(False,) * several)])
        made = hollow(module)
        watch = _watched(module, made)
        try:
            with quiet(), _slow_attention(), watch.counter:
                outs = shapes_of(flat(made(*(_tensors(framework, one, dtypes) for one in given))))
        except Exception as error:  # whatever the module's code raises
            problem = problem or _plainly(error, watch)
            continue
        finally:
            watch.end()
        return made, watch.calls, list(outs)
    assert problem is not None
    if isinstance(problem, ParamcalcError):
        raise problem
    raise ParamcalcError(
        f"{type(module).__name__} does not run on the meta device: {first_line(problem)}",
        suggestion=UNRUN,
    )


def _watched(module: Any, made: Any) -> Watch:
    try:
        return Watch(made)
    except Exception as error:  # a module that takes no hooks, such as a scripted one
        raise ParamcalcError(
            f"{type(module).__name__} cannot be watched: {first_line(error)}",
            suggestion=UNRUN,
        ) from None


def _plainly(error: Exception, watch: Watch) -> Exception:
    # what the rule of the module that failed says of its input, if it refuses it, too
    for path, module, inputs, _, _ in reversed(watch.stack):
        layer = layer_of(module)
        if layer is not None:
            try:
                layer.on(*inputs[: len(layer.rule.inputs)])
            except ParamcalcError as plain:
                return plain.at(path) if path else plain
    return error


def leaves(given: Sequence[Any]) -> Iterator[Shape]:
    """List the shapes of a module's arguments, those of tuples of tensors among them."""
    for one in given:
        if isinstance(one, list):
            yield from leaves(one)
        else:
            yield one


def _tensors(framework: Any, shape: Any, dtypes: Iterator[Any]) -> Any:
    if isinstance(shape, list):
        return tuple(_tensors(framework, one, dtypes) for one in shape)
    return framework.empty(shape, device=META, dtype=next(dtypes))


@contextmanager
def _slow_attention() -> Iterator[None]:
    # one fused step for a whole encoder layer shows the counter no products
    attention = torch().backends.mha
    fast = attention.get_fastpath_enabled()
    attention.set_fastpath_enabled(False)
    try:
        yield
    finally:
        attention.set_fastpath_enabled(fast)


def hollow(module: Any) -> Any:
    """Copy a module without its numbers: every tensor in it becomes one on the meta device, tied ones one."""
    framework = torch()
    memo: dict[int, Any] = {}
    for tensor in [*module.parameters(), *module.buffers()]:
        learns = tensor.requires_grad
        if type(tensor).__name__.startswith("Uninitialized"):  # of a lazy module
            memo[id(tensor)] = type(tensor)(requires_grad=learns, device=META)
            continue
        empty = framework.empty_like(tensor, device=META)
        is_parameter = isinstance(tensor, framework.nn.Parameter)
        memo[id(tensor)] = framework.nn.Parameter(empty, requires_grad=learns) if is_parameter else empty
    try:
        return copy.deepcopy(module, memo).eval()
    except Exception as error:  # a module that cannot be copied
        raise ParamcalcError(
            f"{type(module).__name__} cannot be copied: {first_line(error)}",
            suggestion=UNRUN,
        ) from None
