"""Names: PyTorch. Whether the modules inside a layer that one rule counts are what the rule takes them for."""

from __future__ import annotations

from ...memory.objects import Instance, Unknown, Value
from ...memory.state import State
from .tensors import is_parameter

INSIDE = "<inside>"  # the name under which such a layer has its modules: their names, and they


def modules_inside(self: Instance) -> list[tuple[str, Value]]:
    """List the modules inside a layer that one rule counts."""
    inside = self.named.get(INSIDE, ())
    return [(str(one[0]), one[1]) for one in inside if isinstance(one, tuple)] if isinstance(inside, tuple) else []


def is_intact(self: Instance) -> bool:
    """Tell whether the modules inside a layer have its parameters still, and no others."""
    inside = self.named.get(INSIDE)
    if inside is None:
        return True
    found: dict[str, Value] = {}
    if not _gathered(self, "", found):
        return False
    own = {str(name): one for name, one in self.named.items() if is_parameter(one) and "." in str(name)}
    return found.keys() == own.keys() and all(found[name] is own[name] for name in own)


def _gathered(module: Instance, path: str, found: dict[str, Value]) -> bool:
    # collects the parameters inside by their names; whether all are known
    inside = module.named.get(INSIDE, ())
    if module.blur is not None or not isinstance(inside, tuple):
        return False
    pairs = [one for one in inside if isinstance(one, tuple)]
    names = {name for name, _ in pairs}
    held = [(name, one) for name, one in module.named.items() if path and str(name)[:1] not in "<"]
    for name, value in [*pairs, *held]:
        if is_parameter(value):
            if "." not in str(name):
                found[f"{path}{name}"] = value
        elif isinstance(value, Instance):
            if not _gathered(value, f"{path}{name}.", found):
                return False
        elif isinstance(value, Unknown) and not value.scalar:
            return False
    return names.isdisjoint(module.named)


def check_inside(run: State, self: Instance) -> None:
    """Make a layer unknown of which a module was changed."""
    if self.blur is None and INSIDE in self.named and not is_intact(self):
        run.change(self)
        self.blur = run.unknown("a module inside it was changed")
