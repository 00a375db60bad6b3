"""Making Keras's own operation of one of ours, to hold the two against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from ....errors import LayerError
from ....rules.ops.operation import Operation, Slot
from ....untyped import Foreign

MODULES = re.compile(r"keras\.src\.ops\.[a-z_]+")


def build(operation: Operation, keras: Foreign) -> Callable[[Sequence[Foreign]], Foreign]:
    """Make the Keras operation; give what calls it on tensors as ours is called.

    Parameters
    ----------
    operation : Operation
    keras : module
        The framework.

    Returns
    -------
    callable
        Takes the tensors in the order of their slots, and gives what Keras gives.

    Raises
    ------
    LayerError
        When the installed Keras has no such operation.
    """
    kind = _class(operation, keras)
    made = kind(**{option: _tuples(value) for option, value in operation.options.items()})
    if operation.name:  # else Keras takes one that a layer may have
        made.name = operation.name

    def call(tensors: Sequence[Foreign]) -> Foreign:
        args, kwargs = _value(operation.args, tensors), _value(operation.kwargs, tensors)
        if operation.type == "GetItem" and isinstance(args[-1], list):
            args[-1] = tuple(args[-1])  # a list of numbers would pick rows
        return made(*args, **kwargs)

    return call


def _class(operation: Operation, keras: Foreign) -> Foreign:
    # nothing but an operation, and from nowhere but the modules of operations
    if MODULES.fullmatch(operation.module):
        try:
            found = getattr(import_module(operation.module), operation.type, None)
        except ImportError:
            found = None
        if isinstance(found, type) and issubclass(found, keras.Operation) and found.__module__ == operation.module:
            return found
    raise LayerError(f"this Keras has no operation {operation.type[:80]!r}", received=operation.module)


def _tuples(value: Foreign) -> Foreign:
    # Keras adds shapes among the options to shapes of tensors, which are tuples
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _value(value: Foreign, tensors: Sequence[Foreign]) -> Foreign:
    if isinstance(value, Slot):
        return tensors[value.index]
    if isinstance(value, (list, tuple)):
        return [_value(one, tensors) for one in value]
    if not isinstance(value, Mapping):
        return value
    kind, config = value.get("class_name"), value.get("config")
    if kind in ("__numpy__", "__tensor__") and isinstance(config, Mapping):
        import numpy  # Keras brings it

        return numpy.array(config["value"], dtype=config["dtype"])
    if kind == "__slice__" and isinstance(config, Mapping):
        return slice(*(_value(config.get(end), tensors) for end in ("start", "stop", "step")))
    if kind == "__ellipsis__":
        return Ellipsis
    return {name: _value(one, tensors) for name, one in value.items()}
