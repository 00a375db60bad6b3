"""The optimizer that a file of Keras states for the training of its model, as Keras writes it down."""

from __future__ import annotations

from collections.abc import Mapping

from ....errors import OptionError, cut
from ....graph.model import Model
from .choose import find, optimizer
from .options import KINDS, SCHEDULE, Optimizer
from .text import MAX_DEPTH

KERAS = "keras"
MODULES = ("keras.optimizers.", "keras.src.optimizers.")
RATE = "learning_rate"
WITHOUT_TENSORS = frozenset({"name", "decay", "jit_compile", "is_legacy_optimizer"})  # the latter of Keras 2


def stated_optimizer(found: object, depth: int = 0) -> Optimizer:
    """Read an optimizer as Keras writes it: its name, or ``{"class_name": "Adam", "config": {…}}``.

    Parameters
    ----------
    found : object
        What the file states.
    depth : int
        How many optimizers it is inside of.

    Raises
    ------
    OptionError
        For what is no optimizer of Keras, and for an option that its table does not have.
    """
    if isinstance(found, str):
        return optimizer(found, KERAS)
    if depth > MAX_DEPTH:
        raise OptionError("optimizers are nested too deeply", expected=f"at most {MAX_DEPTH} deep")
    if not isinstance(found, Mapping) or not isinstance(found.get("class_name"), str):
        raise OptionError("not an optimizer in the form that Keras writes", expected="class_name and config")
    name, module, config = found["class_name"], found.get("module"), found.get("config", {})
    if module is not None and not f"{module}.".startswith(MODULES):
        raise OptionError("an optimizer of another module", expected=KERAS, received=cut(f"{module}.{name}"))
    if not isinstance(config, Mapping):
        raise OptionError("not the options of an optimizer", expected="a mapping", received=cut(repr(config)))
    declared = find(name, KERAS).options
    config = _written_out(config)
    given: dict[str, object] = {}
    for option, value in config.items():
        kind = declared[option].kind if option in declared else None
        if value is None or option in WITHOUT_TENSORS:
            continue
        if option == RATE:  # a number is a variable, as it is by default, and a schedule is none
            given |= {option: SCHEDULE} if isinstance(value, Mapping) else {}
        elif kind is KINDS["optimizer"]:
            given[option] = stated_optimizer(value, depth + 1)
        elif kind is KINDS["optimizers"] and isinstance(value, Mapping):
            given[option] = {pattern: stated_optimizer(one, depth + 1) for pattern, one in value.items()}
        else:
            given[option] = value
    return optimizer(name, KERAS, **given)


def optimizer_for(model: Model, asked: str | None) -> str | None:
    """Give the optimizer that is asked for, or that the file of a model states; ``None`` where it cannot be read."""
    if asked is not None or model.optimizer is None:
        return asked
    try:
        return str(stated_optimizer(model.optimizer))
    except OptionError:
        return None


def _written_out(config: Mapping[str, object]) -> Mapping[str, object]:
    # a map of optimizers is an object of its own, whose options are those of the optimizer around it
    inner = config.get("optimizer_map")
    own = inner.get("config") if isinstance(inner, Mapping) and inner.get("class_name") == "OptimizerMap" else None
    return {**config, **own} if isinstance(own, Mapping) else config
