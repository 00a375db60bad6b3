"""Keras's answers: layers and models built from ours, their weights and shapes, and what they compute."""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ....core.framework import Framework
from ....core.registry import find, rules
from ....core.rule import Layer, Rule
from ....errors import LayerError, ParamcalcError
from ....graph.model import Model
from ....report import Report
from ...adapter import Answer, Case
from ...cases import cases, configurations
from ...compare import ModelAnswer, option_differences
from ...foreign import first_line, isolated
from ...outcome import Installed, Verification
from . import live, models
from .build import Builder, calibrated, is_cell, none_for_unknown, refuse_large_states, scope
from .framework import KERAS, installed, layer_class, traces
from .macs import trace
from .quirks import QUIRKS, counted
from .tensors import ids, tensors_of

T = TypeVar("T")

HARMLESS = ("trainable",)  # what every rule takes; where there is nothing to train it changes nothing
LEGACY = "legacy"  # the family of layers Keras has no more


class KerasAdapter:
    """Keras, as audits and verification ask it."""

    framework: Framework = KERAS
    fresh = 400
    open_sizes = True

    def installed(self) -> Installed:
        """Give its version and backend."""
        return installed()

    def isolated(self, results: Iterator[T]) -> Iterator[T]:
        """Go through results in a thread of its own."""
        return isolated(results)

    def rules(self) -> list[Rule]:
        """Give the rules of the layers Keras 3 has: all but the family ``legacy``."""
        return [rule for rule in rules().values() if rule.family != LEGACY]

    def has(self, rule: Rule) -> bool:
        """Tell whether the installed Keras has the layer of a rule."""
        try:
            layer_class(rule)
        except LayerError:
            return False
        return True

    def left_out(self) -> dict[str, str]:
        """Name nothing: the table of layers lists what no rule is about."""
        return {}

    def find(self, name: str) -> Rule:
        """Find one of these by name.

        Raises
        ------
        LayerError
            For a layer only legacy Keras has.
        """
        rule = find(name)
        if rule.family == LEGACY:
            raise LayerError(f"{rule.name} is a layer of Keras 2", expected="a layer of Keras 3")
        return rule

    def option_mismatches(self, rule: Rule) -> Iterator[str]:
        """Compare the names of the options a rule takes with those the Keras class takes."""
        parameters = inspect.signature(layer_class(rule).__init__).parameters
        theirs = {name for name, parameter in parameters.items() if parameter.kind != parameter.VAR_KEYWORD} - {"self"}
        ours = {*rule.options, *rule.ignored, "name", "trainable"}
        taken = {name for name in ours - theirs if name in HARMLESS or _takes(rule, name)}
        return option_differences(theirs | taken, ours, self.framework.title)

    def answer(self, case: Case) -> Answer | str:
        """Build a layer and put it on inputs, or say why not."""
        try:
            return _answer(case)
        except Exception as error:  # whatever Keras raises is its refusal
            return first_line(error)

    def second_answer(self, case: Case) -> Answer | str | None:
        """Give no second opinion: what Keras computes is looked at already."""
        return None

    def quirk(self, layer: str, refusal: str) -> str | None:
        """Explain why Keras builds a layer and cannot run it, where that is a known fault."""
        return next((why for name, sign, why in QUIRKS if name == layer and sign in refusal), None)

    def check(self, model: Model) -> None:
        """Refuse a stateful layer whose weights would not fit into memory."""
        refuse_large_states(model)

    def build(self, model: Model, report: Report) -> ModelAnswer | str:
        """Build a model without allocating its weights, or say why Keras refuses."""
        return models.build(model, report)

    def is_live(self, subject: object) -> bool:
        """Tell whether something is a Keras model or layer, without importing Keras."""
        return live.is_keras(subject)

    def verify_live(self, subject: object) -> Verification:
        """Compare the reading of a live Keras model with the weights and shapes it has."""
        return live.verify_live(subject, self.installed())


ADAPTER = KerasAdapter()


def _answer(case: Case) -> Answer:
    layer, shapes, call = case
    builder = Builder()
    with scope():
        tensors = [builder.keras.Input(batch_shape=none_for_unknown(shape)) for shape in shapes]
    made = builder.layer(layer)
    states: list[Any] = []
    if is_cell(made):
        with scope():
            states = builder.state_inputs(made, tensors[0].shape[0])
    announced = [tensor.shape for tensor in builder.call(layer, made, tensors, states, call)]
    try:
        wanted = [weight.path for weight in layer.on(*shapes, **call).weights]
    except ParamcalcError:
        wanted = []
    found = tensors_of(made, ids(made.trainable_weights), wanted)
    known = [tuple(size for size in shape if isinstance(size, int)) for shape in shapes]
    if list(map(len, known)) != list(map(len, shapes)) or not traces():
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


def _takes(rule: Rule, name: str) -> bool:
    # an option that no signature names may still be taken out of **kwargs: try it, and see which complaint comes
    builder, layer = Builder(), next(configurations(cases(rule))).layer
    try:
        with scope():
            layer_class(rule)(**{**builder.options(layer, layer.label), name: None})
    except (TypeError, ValueError) as error:
        return not re.search(r"[Uu]nrecognized keyword|unexpected keyword", str(error))
    except ImportError:  # a layer that needs another framework: nobody can tell
        return True
    return True
