"""Names: Keras. The layers that a layer or model holds directly."""

from __future__ import annotations

from ...memory.objects import Dict, Instance, List, Unknown
from .chains import ENDS
from .graphs import graph_layers
from .layers import FIRST_CALL, is_layer


def sublayers(self: Instance) -> list[tuple[str, Instance]] | Unknown:
    """List the layers directly inside a layer or model, each with the attribute that holds it."""
    if self.blur is not None:
        return self.blur
    if isinstance(self.named.get("<outputs>"), tuple):
        layers = graph_layers(self)
        lost = next((one for one in layers if isinstance(one, Unknown)), None)
        return lost or [("", one) for one in layers if isinstance(one, Instance)]
    return held_layers(self)


def held_layers(self: Instance) -> list[tuple[str, Instance]] | Unknown:
    """List the layers that attributes hold, by themselves or in lists, tuples and dictionaries."""
    found: list[tuple[str, Instance]] = []
    graph = ("<inputs>", "<outputs>", "<input tree>", "<output tree>", FIRST_CALL, ENDS)
    pending = [(str(name), one) for name, one in self.named.items() if name not in graph]
    seen: set[int] = set()
    while pending:
        name, value = pending.pop(0)
        if isinstance(value, Unknown):
            if not value.scalar and not name.startswith("<shapes"):
                return value
        elif isinstance(value, Instance):
            if is_layer(value) and id(value) not in seen:
                seen.add(id(value))
                found.append((name, value))
        elif isinstance(value, (List, Dict)):
            if value.blur is not None:
                if not value.blur.scalar:
                    return value.blur
                continue
            inner = enumerate(value.items) if isinstance(value, List) else value.named.items()
            pending = [(f"{name}.{key}", one) for key, one in inner] + pending
        elif isinstance(value, tuple):
            pending = [(f"{name}.{key}", one) for key, one in enumerate(value)] + pending
    return found
