"""Running a live module on the meta device: a copy whose tensors hold nothing, with hooks that note shapes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from ...errors import ParamcalcError
from ...rules.built import Shape
from ..framework import first_line
from .build import flat, shapes_of
from .framework import META, quiet, torch


class Call(NamedTuple):
    """One call of a module: the shapes of what came in and of what went out."""

    inputs: tuple[Shape, ...]
    outs: tuple[Shape, ...]


def run(module: Any, shapes: Sequence[Shape]) -> tuple[Any, dict[str, list[Call]], list[Shape]]:
    """Run a copy of a module; give the copy, the calls of the modules in it by path, and the shapes it gives.

    Raises
    ------
    ParamcalcError
        When it does not take such an input, or does what only numbers allow.
    """
    framework = torch()
    problem: Exception | None = None
    # inputs are numbers, or places in a table: what is right only the module knows
    for whole in product((False, True), repeat=min(len(shapes), 4)):
        dtypes = [framework.int64 if one else None for one in (*whole, *(False,) * len(shapes))]
        calls: dict[str, list[Call]] = {}
        made = hollow(module)
        hooks = [one.register_forward_hook(_noting(calls, name)) for name, one in made.named_modules()]
        try:
            with quiet():
                inputs = [
                    framework.empty(shape, device=META, dtype=dtype)
                    for shape, dtype in zip(shapes, dtypes, strict=False)
                ]
                outs = shapes_of(flat(made(*inputs)))
        except Exception as error:  # whatever the module's code raises
            problem = problem or error
            continue
        finally:
            for hook in hooks:
                hook.remove()
        return made, calls, list(outs)
    assert problem is not None
    raise ParamcalcError(
        f"{type(module).__name__} does not run on the meta device: {first_line(problem)}",
        suggestion="without input_shape its modules are read, and nothing is run",
    )


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
        raise ParamcalcError(f"{type(module).__name__} cannot be copied: {first_line(error)}") from None


def _noting(calls: dict[str, list[Call]], name: str) -> Any:
    def note(_: Any, inputs: Any, output: Any) -> None:
        ins = [one for one in flat(inputs) if hasattr(one, "shape")]
        outs = [one for one in flat(output) if hasattr(one, "shape")]
        calls.setdefault(name, []).append(Call(tuple(shapes_of(ins)), tuple(shapes_of(outs))))

    return note
