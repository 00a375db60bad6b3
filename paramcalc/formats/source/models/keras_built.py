"""Layers and models of Keras that no input has reached: whether they are built, or would get weights then."""

from __future__ import annotations

from ..memory.objects import MISSING, Class, Instance, List, Native, Unknown
from ..names import keras
from ..values import classes
from .rows import MOST_DEPTH


def may_gain(value: Instance, depth: int = 0) -> bool:
    """Tell whether a layer or model of the program that no input reached gets weights when one does."""
    inside = keras.sublayers(value)
    if isinstance(inside, Unknown) or depth > MOST_DEPTH:
        return True
    build, call = [classes.find(value.cls, name) for name in ("build", "call")]
    own = [one is not MISSING and not isinstance(one, Native) for one in (build, call)]
    return own[0] or (own[1] and any(_gains(one, depth + 1) for _, one in inside))


def _gains(value: Instance, depth: int) -> bool:
    of_program = isinstance(value.cls, Class) and not {"<rule>", "<layers>", "<function>"} & value.named.keys()
    return not _is_built(value) and (not of_program or value.blur is not None or may_gain(value, depth))


def _is_built(value: Instance) -> bool:
    chain = value.named.get("<layers>")
    begun = (
        isinstance(chain, List)
        and chain.blur is None
        and bool(chain.items)
        and isinstance(chain.items[0], keras.Tensor)
    )
    return begun or any(name in value.named for name in ("<shapes>", "<outputs>", "<input>"))
