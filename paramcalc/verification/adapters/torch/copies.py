"""Copies of live modules and of their inputs: on the meta device, without numbers, or on the processor, with them.

``copy.deepcopy`` refuses a module with one part that it cannot copy: a computed tensor (the old ``weight_norm``), a
lock, a generator. So a module is copied attribute by attribute. Every tensor in it, registered or not, goes to the
device; a tensor, a module or a list that stands in two places is one in the copy, too. What nothing can copy, such as a
lock, is in both.
"""

from __future__ import annotations

import copy
import types
import weakref
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from ....untyped import Foreign
from .framework import META, torch
from .modules import Found, scripted

T = TypeVar("T")
OWN_WAYS = ("__copy__", "__deepcopy__", "__getnewargs__", "__getnewargs_ex__", "__slots__")
PLAIN = (str, bytes, int, float, complex, bool, type(None), type, types.FunctionType, types.BuiltinFunctionType)


class Copier:
    """Copies values to a device; a value that was copied before is that copy.

    Parameters
    ----------
    device : str
        The meta device, where a tensor holds no numbers, or another.
    """

    def __init__(self, device: str) -> None:
        self.device = device
        self.made: dict[int, Foreign] = {}
        self.kept: list[Foreign] = []  # an ``id`` is one of a value that lives

    def modules(self, found: Sequence[Found]) -> list[Foreign]:
        """Copy the modules in a module, the outermost first, each with what it holds."""
        for _, module in found:
            self._begin(module)
        for _, module in found:
            if not scripted(module):
                self._fill(module)
        return [self.made[id(module)] for _, module in found]

    def _begin(self, module: Foreign) -> None:
        # without attributes yet: they refer to one another
        if scripted(module):
            made = _calling(copy.deepcopy(module).to(self.device))
        elif _compiled(module):
            made = _calling(None)
        else:
            made = object.__new__(type(module))
        self._keep(module, made)

    def _fill(self, module: Foreign) -> None:
        made = self.made[id(module)]
        if _compiled(module):  # its own attributes run the module that was compiled, and not the copy
            vars_of(made)["inner"] = self.value(module._orig_mod)
            vars(made)["_modules"].update(_orig_mod=vars(made)["inner"])
            return
        for name, value in vars(module).items():
            vars_of(made)[name] = self.value(value)

    def _keep(self, value: Foreign, made: T) -> T:
        self.made[id(value)] = made
        self.kept.append(value)
        return made

    def value(self, value: Foreign) -> Foreign:
        """Copy any value."""
        if isinstance(value, PLAIN):
            return value
        if id(value) in self.made:
            return self.made[id(value)]
        framework = torch()
        if isinstance(value, framework.Tensor):
            return self._keep(value, self._tensor(value))
        if isinstance(value, framework.nn.Module):
            self._begin(value)
            if not scripted(value):
                self._fill(value)
            return self.made[id(value)]
        if isinstance(value, framework.nn.utils.rnn.PackedSequence):
            return self._keep(value, self._packed(value))
        return self._container(value) if isinstance(value, (list, tuple, dict, set)) else self._other(value)

    def _container(self, value: Foreign) -> Foreign:
        if isinstance(value, tuple):
            items = [self.value(one) for one in value]
            return self._keep(value, type(value)(*items) if hasattr(value, "_fields") else type(value)(items))
        if isinstance(value, set):
            return self._keep(value, {self.value(one) for one in value})
        made = self._keep(value, copy.copy(value))  # keeps the class: a counter, a default, an order
        if isinstance(value, dict):
            for key, one in value.items():
                made[key] = self.value(one)
            vars_of(made).update({name: self.value(one) for name, one in vars_of(value).items()})
        elif isinstance(value, list):
            made[:] = [self.value(one) for one in value]
        return made

    def _other(self, value: Foreign) -> Foreign:
        if isinstance(value, weakref.ref):
            target = value()
            return value if target is None else weakref.ref(self.value(target))
        if isinstance(value, types.MethodType):
            return types.MethodType(value.__func__, self.value(value.__self__))
        if type(value) is partial:
            given = {key: self.value(one) for key, one in value.keywords.items()}
            return partial(self.value(value.func), *map(self.value, value.args), **given)
        if isinstance(value, torch().Generator):
            return self._keep(value, value.clone_state())
        try:
            if _by_attributes(value):
                made = self._keep(value, copy.copy(value))
                vars(made).update({name: self.value(one) for name, one in vars(value).items()})
                return made
            return self._keep(value, copy.deepcopy(value))
        except Exception:  # a lock, a file, a handle of a library: both have it
            return self._keep(value, value)

    def _tensor(self, tensor: Foreign) -> Foreign:
        framework = torch()
        if type(tensor).__name__.startswith("Uninitialized"):  # of a lazy module
            return type(tensor)(requires_grad=tensor.requires_grad, device=self.device)
        with framework.no_grad():
            if self.device == META:
                made = framework.empty_like(tensor.detach(), device=META)
            else:
                made = tensor.detach().to(self.device).clone()
        learns = tensor.requires_grad and tensor.is_leaf  # its code may differentiate
        if isinstance(tensor, framework.nn.Parameter):
            return framework.nn.Parameter(made, requires_grad=learns)
        return made.requires_grad_(learns)

    def _packed(self, sequence: Foreign) -> Foreign:
        # the numbers of sequences of each length are always on the processor
        order = (self.value(one) if one is not None else None for one in sequence[2:])
        return type(sequence)(self.value(sequence.data), sequence.batch_sizes.clone(), *order)


def vars_of(value: object) -> dict[str, object]:
    """Give the attributes of a value, none where it has no place for them."""
    found: dict[str, object] = getattr(value, "__dict__", {})
    return found


def _by_attributes(value: object) -> bool:
    # whether its attributes are all there is to it: its class leaves copying to Python
    kind = type(value)
    left = all(getattr(kind, name) is getattr(object, name) for name in ("__reduce__", "__reduce_ex__", "__getstate__"))
    return left and not any(hasattr(kind, name) for name in OWN_WAYS) and isinstance(vars_of(value), dict)


def _compiled(module: Foreign) -> bool:
    # whether torch.compile made it, around the module that it was given
    kind = type(module)
    return kind.__name__ == "OptimizedModule" and kind.__module__.startswith("torch._dynamo")


def _calling(inner: Foreign) -> Foreign:
    # a module of Python's, which takes hooks, around one that does not
    class Calling(torch().nn.Module):  # type: ignore[misc]  # a class of a module that is not there to be checked
        def __init__(self) -> None:
            super().__init__()
            vars_of(self)["inner"] = inner

        def __getattr__(self, name: str) -> Foreign:
            return getattr(vars(self)["inner"], name)

        def forward(self, *args: Foreign, **kwargs: Foreign) -> Foreign:
            return vars(self)["inner"](*args, **kwargs)

    return Calling()
