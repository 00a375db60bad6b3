"""Running a copy of a live module, with hooks that note what passes: on the meta device, or on the processor."""

from __future__ import annotations

import inspect
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from math import prod
from typing import NamedTuple

from ....core.shapes import Shape
from ....errors import ParamcalcError
from ....untyped import Foreign
from ...foreign import first_line
from .arguments import Given, tensors_in
from .build import shapes_of
from .copies import Copier
from .counter import Tally, counted
from .framework import META, PROCESSOR, quiet, torch
from .modules import Found
from .reading import layer_of

UNRUN = "without inputs its modules are read, and nothing is run"
MOST_NUMBERS = 2**28  # that are made up for a run on the processor


class Call(NamedTuple):
    """One call of a module.

    Attributes
    ----------
    inputs, outs : tuple of shapes
        What came in, in the order of its signature, and what went out.
    macs, own : int
        Multiply-adds that were counted in it: all, and those outside of the modules in it.
    lacking, own_lacking : tuple of str
        Operators without a formula, likewise.
    packed : bool
        Whether an input was a packed sequence, of which the shape has the steps of all samples on one axis.
    """

    inputs: tuple[Shape, ...]
    outs: tuple[Shape, ...]
    macs: int = 0
    own: int = 0
    lacking: tuple[str, ...] = ()
    own_lacking: tuple[str, ...] = ()
    packed: bool = False


class Outcome(NamedTuple):
    """A run: the copies of the modules, the calls of each by its path, and the shapes the outermost gives."""

    modules: list[Foreign]
    calls: dict[str, list[Call]]
    outs: list[Shape]


class Inside:
    """A call that is under way."""

    def __init__(self, path: str, module: Foreign, inputs: tuple[Shape, ...], packed: bool, tally: Tally) -> None:
        self.path, self.module, self.inputs, self.packed = path, module, inputs, packed
        self.macs, self.unknown = tally.macs, dict(tally.unknown)
        self.within = 0  # multiply-adds of the calls in it
        self.within_unknown: dict[str, int] = {}

    def end(self, outs: tuple[Shape, ...], tally: Tally, above: Inside | None) -> Call:
        """Say what the call did, and add it to what was done in the call around it."""
        macs = tally.macs - self.macs
        lacking = _less(tally.unknown, self.unknown)
        if above is not None:
            above.within += macs
            for name, count in lacking.items():
                above.within_unknown[name] = above.within_unknown.get(name, 0) + count
        own = _less(lacking, self.within_unknown)
        return Call(self.inputs, outs, macs, macs - self.within, tuple(lacking), tuple(own), self.packed)


def _less(counts: dict[str, int], others: dict[str, int]) -> dict[str, int]:
    left = {name: count - others.get(name, 0) for name, count in counts.items()}
    return {name: count for name, count in left.items() if count > 0}


MAPPED = "torch.vmap"  # under it a module sees one sample, and the operators see all


class Watch:
    """Notes every call of the modules in a module, and which are under way."""

    def __init__(self, found: Sequence[Found], tally: Tally) -> None:
        self.calls: dict[str, list[Call]] = {}
        self.stack: list[Inside] = []
        self.tally = tally
        for path, module in found:
            module.register_forward_pre_hook(self._enter(path), prepend=True, with_kwargs=True)
            module.register_forward_hook(self._leave)

    def _enter(self, path: str) -> Foreign:
        def enter(module: Foreign, args: Foreign, keywords: Foreign) -> None:
            given = _in_order(module, args, keywords)
            shapes = tuple(shapes_of([*tensors_in(given)]))
            self.stack.append(Inside(path, module, shapes, any(map(_packed, given)), self.tally))
            if any(map(_mapped, tensors_in(given))):  # such a tensor hides the axis that is mapped over
                self.tally.unknown[MAPPED] = self.tally.unknown.get(MAPPED, 0) + 1

        return enter

    def _leave(self, module: Foreign, args: Foreign, output: Foreign) -> None:
        while self.stack[-1].module is not module:  # one inside it ended with an error, which it caught
            self.stack.pop()
        inside = self.stack.pop()
        above = self.stack[-1] if self.stack else None
        call = inside.end(tuple(shapes_of([*tensors_in(output)])), self.tally, above)
        self.calls.setdefault(inside.path, []).append(call)


def _mapped(tensor: Foreign) -> bool:
    return bool(torch()._C._functorch.is_batchedtensor(tensor))


def _packed(value: object) -> bool:
    return isinstance(value, torch().nn.utils.rnn.PackedSequence)


def _in_order(module: Foreign, args: Foreign, keywords: Foreign) -> list[Foreign]:
    if not keywords:
        return list(args)
    try:
        return list(inspect.signature(module.forward).bind(*args, **keywords).arguments.values())
    except (TypeError, ValueError):
        return [*args, *keywords.values()]


class Problem(NamedTuple):
    """Why a run did not end: how far it came, whether it is about more than kinds of numbers, and the error."""

    operators: int
    telling: bool
    error: BaseException
    device: str


def run(found: Sequence[Found], given: Given) -> Outcome:
    """Run a copy of a module on the meta device, or, where that cannot be, on the processor.

    Parameters
    ----------
    found : sequence of Found
        The module, and those in it.
    given : Given

    Raises
    ------
    ParamcalcError
        When it does not take such an input, or does what only numbers allow where there are none.
    """
    problem: Problem | None = None
    for device in (META, PROCESSOR):
        if device == PROCESSOR and problem is not None and (refusal := _no_second(found, given, problem)) is not None:
            raise refusal
        for kinds in given.kinds():
            result = _attempt(found, given, kinds, device)
            if isinstance(result, Outcome):
                return result
            # of the runs that came furthest the last one says most
            if problem is None or result[:2] >= problem[:2]:
                problem = result
    assert problem is not None
    raise _refusal(found[0].module, problem)


def _refusal(module: Foreign, problem: Problem) -> ParamcalcError:
    if isinstance(problem.error, ParamcalcError):
        return problem.error
    where = "on the meta device" if problem.device == META else "on the processor"
    return ParamcalcError(f"{type(module).__name__} fails {where}: {first_line(problem.error)}", suggestion=UNRUN)


def _no_second(found: Sequence[Found], given: Given, problem: Problem) -> ParamcalcError | None:
    # why there is no run on the processor after one on the meta device
    if isinstance(problem.error, ParamcalcError) or not isinstance(problem.error, Exception):
        return _refusal(found[0].module, problem)
    own = [one for _, module in found for one in [*module.parameters(recurse=False), *module.buffers(recurse=False)]]
    if any(one.device.type == META for one in own):
        return _refusal(found[0].module, problem)
    numbers = sum(map(prod, given.shapes())) + sum(one.numel() for one in own if not _open(one))
    return _refusal(found[0].module, problem) if given.made_up and numbers > MOST_NUMBERS else None


def _open(tensor: Foreign) -> bool:
    return type(tensor).__name__.startswith("Uninitialized")


def _attempt(found: Sequence[Found], given: Given, kinds: tuple[bool, ...], device: str) -> Outcome | Problem:
    tally, watch = Tally(), None
    try:
        with _untouched_random(), quiet():
            copier = Copier(device)
            made = copier.modules(found)
            example = given.made(kinds, device)
            args = tuple(map(copier.value, example.args))
            keywords = {name: copier.value(one) for name, one in example.keywords.items()}
            made[0].eval()
            with counted() as tally:
                watch = Watch([Found(path, one) for (path, _), one in zip(found, made, strict=True)], tally)
                with torch().device(META) if device == META else nullcontext():
                    result = made[0](*args, **keywords)
        outs = shapes_of([*tensors_in(result)])
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever the module's code raises
        plain = _plainly(error, watch)
        return Problem(tally.operators, not _about_kinds(plain), plain, device)
    if given.made_up and device == PROCESSOR and tally.read:
        return Problem(tally.operators, True, _depends(found[0].module, tally), device)
    return Outcome(made, watch.calls, list(outs))


def _depends(module: Foreign, tally: Tally) -> ParamcalcError:
    return ParamcalcError(
        f"what {type(module).__name__} does depends on the numbers in its input ({', '.join(tally.read)})",
        expected="an example input, such as from_torch(module, tensor)",
        suggestion=UNRUN,
    )


def _about_kinds(error: BaseException) -> bool:
    # of numbers given where places in a table belong, or the other way round
    text = first_line(error).lower()
    return any(word in text for word in ("dtype", "scalar type", "data type", "long", "int64"))


def _plainly(error: BaseException, watch: Watch | None) -> BaseException:
    # what the rule of the module that failed says of its input, if it refuses it, too
    if isinstance(error, RecursionError):
        return ParamcalcError("modules or calls are nested too deeply to be run", suggestion=UNRUN)
    for inside in reversed(watch.stack if watch is not None else []):
        layer = layer_of(inside.module)
        if layer is not None:
            try:
                layer.on(*inside.inputs[: len(layer.rule.inputs)])
            except ParamcalcError as plain:
                return plain.at(inside.path) if inside.path else plain
    return error


@contextmanager
def _untouched_random() -> Iterator[None]:
    # the module's code may draw numbers; the caller's sequence of them goes on as if it had not
    numpy = sys.modules.get("numpy")
    plain, arrays = random.getstate(), numpy.random.get_state() if numpy is not None else None
    try:
        with torch().random.fork_rng(devices=()):
            yield
    finally:
        random.setstate(plain)
        if numpy is not None:
            numpy.random.set_state(arrays)
