"""Keras's answers: layers and models built from ours, their weights and shapes, and what they compute."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from ....core.framework import Framework
from ....core.registry import find, rules
from ....core.rule import Rule
from ....errors import LayerError, ParamcalcError
from ....graph.model import Model
from ....report import Report
from ...adapter import Adapter, Answer, Case
from ...backward import Derivative
from ...cases import cases, configurations
from ...compare import ModelAnswer, option_differences, tensor_differences
from ...foreign import isolated
from ...outcome import Installed, Verification
from . import answers, live, models
from .build import Builder, refuse_large_states, refuse_unknown_layers, scope
from .derivative import derivative
from .framework import KERAS, OLDEST, TRACED, VARIABLE, installed, layer_class, outdated, traces
from .quirks import QUIRKS

T = TypeVar("T")

HARMLESS = ("trainable",)  # what every rule takes; where there is nothing to train it changes nothing
TRIED = 100  # configurations of a rule, to find one with weights
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

    def limits(self) -> list[str]:
        """Say where the backend does not let multiply-adds be counted, and where Keras is older than the rules."""
        found = []
        if outdated():
            oldest = ".".join(map(str, OLDEST))
            found.append(
                f"the rules are those of Keras {oldest}: an older one lacks options, and stores some otherwise"
            )
        if not traces():
            found.append(f"multiply-adds are not compared: they need Keras on {TRACED} ({VARIABLE}={TRACED})")
        return found

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

    def split_mismatches(self, plan: Iterable[Case]) -> Iterator[str]:
        """Compare what is trained of a layer that is frozen by its constructor, for the first case with weights."""
        for case in islice(plan, TRIED):
            layer = case.layer.copy_with(case.layer.name)
            layer.freeze_by_constructor()
            frozen = case._replace(layer=layer)
            try:
                ours = layer.on(*case.shapes, **case.call).weights
            except ParamcalcError:
                continue
            theirs = answers.announced(frozen) if ours else ""
            if isinstance(theirs, Answer):
                found = tensor_differences(layer.label, ours, theirs.tensors)
                yield from (f"{layer!r}: {difference.text(self.framework.title)}" for difference in found)
                return

    def answer(self, case: Case) -> Answer | str:
        """Build a layer and put it on inputs, or say why not."""
        return answers.announced(case)

    def second_answer(self, case: Case) -> Answer | str | None:
        """Run the layer, where its program cannot be traced, and the first answer only announces."""
        return None if traces() else answers.computed(case)

    def quirk(self, layer: str, refusal: str) -> str | None:
        """Explain why Keras builds a layer and cannot run it, where that is a known fault."""
        return next((why for name, sign, why in QUIRKS if name == layer and sign in refusal), None)

    def derivative(self, case: Case) -> Derivative | str:
        """Give what counts a layer's multiply-adds backwards, or say why they are not counted; needs jax."""
        return derivative(case)

    def check(self, model: Model) -> None:
        """Refuse a model with a layer that has no rule, or with weights that would not fit into memory."""
        refuse_unknown_layers(model)
        refuse_large_states(model)

    def build(self, model: Model, report: Report) -> ModelAnswer | str:
        """Build a model without allocating its weights, or say why Keras refuses."""
        return models.build(model, report)

    def is_live(self, subject: object) -> bool:
        """Tell whether something is a Keras model or layer, without importing Keras."""
        return live.is_keras(subject)

    def read_live(self, subject: object) -> Model:
        """Read a live model."""
        return live.from_keras(subject)

    def verify_live(self, subject: object) -> Verification:
        """Compare the reading of a live Keras model with the weights and shapes it has."""
        return live.verify_live(subject, self.installed())


ADAPTER: Adapter = KerasAdapter()


def _takes(rule: Rule, name: str) -> bool:
    # an option that no signature names may still be taken out of **kwargs: try it, and see which complaint comes
    builder, layer = Builder(), next(configurations(cases(rule))).layer
    try:
        with scope():
            layer_class(rule)(**{**builder.options(layer, layer.label), name: None})
    except (TypeError, ValueError) as error:
        return not re.search(r"[Uu]nrecognized keyword|unexpected keyword", str(error))
    except ImportError:  # a layer that needs another framework: unknown
        return True
    return True
