"""The modules in a live PyTorch module, each once, in the order they were added; and what it holds unregistered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ....errors import ParamcalcError
from ....untyped import Foreign
from .framework import torch

MOST_LEVELS = 500  # of modules in modules; PyTorch's own recursion ends at about as many
REGISTRIES = ("_parameters", "_buffers", "_modules")


class Found(NamedTuple):
    """A module and its path from the outermost one, such as ``encoder.layers.0``."""

    path: str
    module: Foreign


def scripted(module: Foreign) -> bool:
    """Tell whether a module is one of TorchScript, whose code and modules are not Python's."""
    return isinstance(module, torch().jit.ScriptModule)


def children(module: Foreign) -> Mapping[str, Foreign]:
    """Give the modules that are registered in one.

    Raises
    ------
    ParamcalcError
        For one that was never initialised, and for something else than a module or tensor in its registries.
    """
    if scripted(module):
        return {}
    kind = type(module).__name__
    held = vars(module)
    if any(not isinstance(held.get(name), dict) for name in REGISTRIES):
        raise ParamcalcError(f"{kind} is not initialized", suggestion="its __init__ must call super().__init__()")
    framework = torch()
    for registry, what, of in (
        ("_modules", "module", framework.nn.Module),
        ("_parameters", "parameter", framework.Tensor),
        ("_buffers", "buffer", framework.Tensor),
    ):
        for name, value in held[registry].items():
            if value is not None and not isinstance(value, of):
                raise ParamcalcError(
                    f"{kind} has an object that is not a {what} among its {what}s: {name}",
                    expected=f"a torch.{'nn.Module' if what == 'module' else 'Tensor'}",
                    received=value,
                )
    return {str(name): child for name, child in held["_modules"].items() if child is not None}


def modules(outermost: Foreign) -> list[Found]:
    """List the modules in a module, itself first, without recursion.

    Raises
    ------
    ParamcalcError
        For a module that contains itself, more than `MOST_LEVELS` levels, and what `children` refuses.
    """
    found = [Found("", outermost)]
    seen = {id(outermost)}
    above: list[tuple[int, str, Iterator[tuple[str, Foreign]]]] = [
        (id(outermost), "", iter(children(outermost).items()))
    ]
    around = {id(outermost)}
    while above:
        itself, path, rest = above[-1]
        name, child = next(rest, ("", None))
        if child is None:
            above.pop()
            around.discard(itself)
            continue
        place = f"{path}.{name}" if path else name
        if id(child) in around:
            raise ParamcalcError(f"{type(child).__name__} contains itself").at(place)
        if id(child) in seen:
            continue
        if len(above) >= MOST_LEVELS:
            raise ParamcalcError("modules are nested too deeply", expected=f"at most {MOST_LEVELS} levels")
        seen.add(id(child))
        around.add(id(child))
        found.append(Found(place, child))
        above.append((id(child), place, iter(children(child).items())))
    return found


def unregistered(found: list[Found]) -> Iterator[str]:
    """Tell which modules and parameters stand in plain lists, tuples and dicts, where PyTorch does not see them."""
    framework = torch()
    known = {id(module) for _, module in found}
    for _, module in found:
        if not scripted(module):
            known.update(id(one) for one in vars(module)["_parameters"].values())
    for path, module in found:
        if scripted(module):
            continue
        for name, value in vars(module).items():
            if name in REGISTRIES or not isinstance(value, (list, tuple, dict)):
                continue
            inside = [one for one in _within(value) if id(one) not in known]
            kind = next(plain.__name__ for plain in (list, tuple, dict) if isinstance(value, plain))
            for what, of in (("module", framework.nn.Module), ("parameter", framework.nn.Parameter)):
                many = len({id(one) for one in inside if isinstance(one, of)})
                if many:
                    are = f"{many} {what}s in a plain {kind} are" if many > 1 else f"1 {what} in a plain {kind} is"
                    yield f"{f'{path}.' if path else ''}{name}: {are} not registered, and not counted"


def _within(value: object) -> Iterator[object]:
    # what stands in containers in containers; a container in itself is looked at once
    waiting, seen = [value], set[int]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, (list, tuple, dict)):
            if id(one) not in seen:
                seen.add(id(one))
                waiting.extend(one.values() if isinstance(one, dict) else one)
        else:
            yield one
