"""Keras's answers to the audit: layers built from ours, their weights and shapes, and what they compute."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ....core.registry import find, rules
from ....core.rule import Layer, Rule
from ....errors import LayerError, ParamcalcError
from ...adapter import Answer
from ...cases import Case, cases, configurations
from ...compare import tensors_of
from .build import Builder, calibrated, is_cell, none_for_unknown, scope
from .framework import apart, first_line, keras, layer_class
from .macs import trace
from .quirks import QUIRKS, counted

T = TypeVar("T")

# What every rule takes; where there is nothing to train it changes nothing.
HARMLESS = frozenset({"trainable"})
LEGACY = "legacy"  # the family of layers Keras has no more


class KerasSide:
    """Keras, as the audit asks it."""

    title = "Keras"
    fresh = 400
    open_sizes = True

    def __init__(self) -> None:
        self.builder = Builder()

    def about(self) -> tuple[str, str]:
        """Give its version and backend."""
        framework = keras()
        return framework.__version__, framework.backend.backend()

    def auditable(self) -> list[Rule]:
        """Give the rules of the layers the installed Keras has: all but the family ``legacy``."""
        return [rule for rule in rules().values() if rule.family != LEGACY]

    def find(self, name: str) -> Rule:
        """Find one of these by name.

        Raises
        ------
        LayerError
            For a layer only legacy Keras has.
        """
        rule = find(name)
        if rule.family == LEGACY:
            raise LayerError(f"{rule.name} is a layer of Keras 2", expected="a layer the installed Keras has")
        return rule

    def answer(self, case: Case) -> Answer | str:
        """Build a layer and put it on inputs, or say why not."""
        try:
            return _answer(self.builder, case)
        except Exception as error:  # whatever Keras raises is its refusal
            return first_line(error)

    def again(self, case: Case) -> Answer | str | None:
        """Give no second opinion: what Keras computes is looked at already."""
        return None

    def quirk(self, case: Case) -> str | None:
        """Say what it is if Keras builds a layer and cannot run it."""
        return next((why for name, holds, why in QUIRKS if name == case.layer.type and holds(case)), None)

    def option_mismatches(self, rule: Rule) -> Iterator[str]:
        """Compare the names of the options a rule takes with those the Keras class takes."""
        return option_mismatches(rule)

    def apart(self, results: Iterator[T]) -> Iterator[T]:
        """Go through results in a thread of its own (see `framework.apart`)."""
        return apart(results)


SIDE = KerasSide


def _answer(builder: Builder, case: Case) -> Answer:
    layer, shapes, call = case
    with scope():
        tensors = [builder.keras.Input(batch_shape=none_for_unknown(shape)) for shape in shapes]
    made = builder.anew(layer)
    states: list[Any] = []
    if is_cell(made):
        with scope():
            states = builder.state_inputs(made, tensors[0].shape[0])
    announced = [tensor.shape for tensor in builder.call(layer, made, tensors, states, call)]
    learning = {id(weight) for weight in made.trainable_weights}
    try:
        wanted = [weight.path for weight in layer.on(*shapes, **call).weights]
    except ParamcalcError:
        wanted = []
    found = tensors_of(made, learning, wanted)
    known = [tuple(size for size in shape if isinstance(size, int)) for shape in shapes]
    if list(map(len, known)) != list(map(len, shapes)) or builder.keras.backend.backend() != "jax":
        return Answer(found, announced, None, None)
    computed, macs = _computed(builder, layer, calibrated(made), known, call)
    return Answer(found, announced, computed, macs if counted(layer.rule) else None)


def _computed(
    builder: Builder, layer: Layer, made: Any, shapes: Sequence[tuple[int, ...]], call: Mapping[str, Any]
) -> tuple[list[Any], int | None]:
    from jax.errors import JAXTypeError

    told = logging.getLogger("absl")
    before, told.disabled = told.disabled, True  # Keras writes a page about each refusal of jax's attention
    try:
        return trace(builder, layer, made, shapes, call)
    except (JAXTypeError, IndexError):  # a layer that looks at values cannot be traced: let it run
        real = Builder(real=True)
        values = [_something(layer, shape) for shape in shapes]
        return [tuple(out.shape) for out in real.call(layer, real.layer(layer), values, (), call)], None
    finally:
        told.disabled = before


def _something(layer: Layer, shape: tuple[int, ...]) -> Any:
    from numpy import full

    if layer.rule.family != "lookups":
        return full(shape, 0.0, "float32")
    words = layer.type in ("StringLookup", "TextVectorization") and not layer.options.get("invert")
    return full(shape, "a" if words else 5)


def option_mismatches(rule: Rule) -> Iterator[str]:
    """Compare the names of the options a rule takes with those the Keras class takes."""
    parameters = inspect.signature(layer_class(rule).__init__).parameters
    theirs = {name for name, parameter in parameters.items() if parameter.kind != parameter.VAR_KEYWORD} - {"self"}
    ours = {*rule.options, *rule.inert, "name", "trainable"}
    for name in sorted(theirs - ours):
        yield f"Keras takes the option {name!r}, the rule does not"
    for name in sorted(ours - theirs - HARMLESS):
        if not _takes(rule, name):
            yield f"the rule takes the option {name!r}, Keras does not"


def _takes(rule: Rule, name: str) -> bool:
    # an option that no signature names may still be taken out of **kwargs: try it, and see if the complaint is the one
    # about an option that does not exist
    return not (refusal := _refusal(rule, name)) or refusal != _refusal(rule, "no_such_option")


def _refusal(rule: Rule, name: str) -> tuple[type[Exception], str] | None:
    builder, layer = Builder(), next(configurations(cases(rule))).layer
    try:
        with scope():
            layer_class(rule)(**{**builder.options(layer, layer.label), name: None})
    except (TypeError, ValueError) as error:
        return type(error), str(error).replace(name, "?")
    except ImportError:  # a layer that needs another framework: nobody can tell
        return None
    return None
