"""PyTorch's answers: layers and models built on the meta device, and what torch's own counter sees in them."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import TypeVar

from ....core.framework import Framework
from ....core.registry import find, refused, rules
from ....core.rule import Rule
from ....graph.model import Model
from ....report import Report
from ....untyped import Foreign
from ...adapter import Adapter, Answer, Case
from ...backward import Derivative
from ...compare import ModelAnswer, option_differences
from ...foreign import first_line
from ...outcome import Installed, Verification
from . import live, models
from .build import Maker, layer_class, shapes_of, tensors_of
from .derivative import derivative
from .framework import META, PROCESSOR, PYTORCH, installed, is_module, torch

T = TypeVar("T")

# What PyTorch's classes take and no rule knows: weights that are there already, and names of old.
LATER = frozenset({"_weight", "_freeze", "_random_samples", "min_value", "max_value"})
UNSEEN = "is newer than the rules"
LOOPS = ("RNN", "LSTM", "GRU")  # which take whatever their base class takes


class TorchAdapter:
    """PyTorch, as audits and verification ask it."""

    framework: Framework = PYTORCH
    fresh = 4000
    open_sizes = False  # a tensor on the meta device has sizes, if no numbers

    def installed(self) -> Installed:
        """Give its version, and on what it computes."""
        return installed()

    def isolated(self, results: Iterator[T]) -> Iterator[T]:
        """Go through results; nothing of the caller's is touched."""
        return results

    def rules(self) -> list[Rule]:
        """Give the rules of all layers."""
        return list(rules(self.framework.name).values())

    def has(self, rule: Rule) -> bool:
        """Tell whether the installed PyTorch has the layer of a rule."""
        return hasattr(torch().nn, rule.name)

    def left_out(self) -> dict[str, str]:
        """Name the modules of the installed PyTorch that have no rule, each with the reason."""
        modules, ours = torch().nn.Module, rules(self.framework.name)
        reasons = refused(self.framework.name)
        found = sorted(
            name for name, made in vars(torch().nn).items() if inspect.isclass(made) and issubclass(made, modules)
        )
        return {name: reasons.get(name, UNSEEN) for name in found if name not in ours}

    def limits(self) -> list[str]:
        """Say nothing: what the meta device does not tell of a layer, another version does not tell either."""
        return []

    def find(self, name: str) -> Rule:
        """Find one of these by name."""
        return find(name, self.framework.name)

    def option_mismatches(self, rule: Rule) -> Iterator[str]:
        """Compare the options a rule takes, and their order, with those its class takes."""
        theirs = options_of(rule.name)
        ours = {*rule.options, *rule.ignored}
        yield from option_differences(theirs.keys() - (LATER - ours), ours, self.framework.title)
        by_place = [name for name, positional in theirs.items() if positional and name in rule.positional]
        if by_place != list(rule.positional):
            yield f"PyTorch takes its options in the order {', '.join(by_place)}"

    def split_mismatches(self, plan: Iterable[Case]) -> Iterator[str]:
        """Find nothing: no module of PyTorch is frozen by its constructor."""
        return iter(())

    def answer(self, case: Case) -> Answer | str:
        """Build a layer and put it on inputs, or say why not."""
        return _answer(case, META)

    def second_answer(self, case: Case) -> Answer | str | None:
        """Ask the processor, which looks closer than the meta device, and computes; what is tried is small."""
        return _answer(case, PROCESSOR)

    def quirk(self, layer: str, refusal: str) -> str | None:
        """Explain nothing: no layer is known that PyTorch builds and cannot run."""
        return None

    def derivative(self, case: Case) -> Derivative | str:
        """Give what counts a layer's multiply-adds backwards, or say why they are not counted."""
        return derivative(case)

    def check(self, model: Model) -> None:
        """Refuse the reading of a live module, which does not know how its parts are connected."""
        models.check(model)

    def build(self, model: Model, report: Report) -> ModelAnswer | str:
        """Build and run a model on the meta device, or say why PyTorch refuses."""
        return models.build(model, report)

    def is_live(self, subject: object) -> bool:
        """Tell whether something is a PyTorch module, without importing PyTorch."""
        return is_module(subject)

    def read_live(self, subject: object) -> Model:
        """Read a live model."""
        return live.from_torch(subject)

    def verify_live(self, subject: object) -> Verification:
        """Compare the reading of a live module with the tensors it has."""
        return live.verify_module(subject, self.installed())


ADAPTER: Adapter = TorchAdapter()


def _answer(case: Case, device: str) -> Answer | str:
    maker = Maker(device)
    try:
        inputs = maker.inputs(case.layer, case.shapes)  # type: ignore[arg-type]  # of known sizes by now
        run = maker.run(case.layer, inputs)
        outs = shapes_of(run.outs)
    except Exception as error:  # whatever PyTorch raises is its refusal
        return first_line(error)
    if any(0 in out for out in outs):
        return "an axis of no places"  # which PyTorch has, and no layer can do anything with
    return Answer(tensors_of(maker.module(case.layer)), outs, outs, run.macs)


def options_of(name: str) -> dict[str, bool]:
    """Name the options of a class, in order, and whether they can be given by place."""
    made = layer_class(name)
    parameters: Foreign = inspect.signature((torch().nn.RNNBase if name in LOOPS else made).__init__).parameters
    stars = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    found = {
        key: parameter.kind != inspect.Parameter.KEYWORD_ONLY
        for key, parameter in parameters.items()
        if key != "self" and parameter.kind not in stars and not (name in LOOPS and key == "mode")
    }
    if name in ("RNN", "GRU"):
        del found["proj_size"]
    if name == "RNN":  # its position is fixed in the class's own code
        at = list(found).index("bias")
        found = dict([*list(found.items())[:at], ("nonlinearity", True), *list(found.items())[at:]])
    return found
