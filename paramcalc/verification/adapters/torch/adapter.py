"""PyTorch's answers to the audit: layers built on the meta device, and what torch's own counter sees in them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, TypeVar

from ....core.registry import find, refused, rules
from ....core.rule import Rule
from ...adapter import Answer
from ...cases import Case
from ..keras.framework import first_line
from .build import Maker, layer_class, shapes_of, tensors_of
from .framework import BACKEND, PROCESSOR, torch

T = TypeVar("T")

# What PyTorch's classes take and no rule knows: weights that are there already, and names of old.
LATER = frozenset({"_weight", "_freeze", "_random_samples", "min_value", "max_value"})
UNSEEN = "is newer than the rules"
LOOPS = ("RNN", "LSTM", "GRU")  # which take whatever their base class takes


class TorchSide:
    """PyTorch, as the audit asks it."""

    title = "PyTorch"
    fresh = 4000
    open_sizes = False  # a tensor on the meta device has sizes, if no numbers

    def __init__(self) -> None:
        torch()

    def about(self) -> tuple[str, str]:
        """Give its version, and on what it computes."""
        return str(torch().__version__), BACKEND

    def auditable(self) -> list[Rule]:
        """Give the rules of the layers the installed PyTorch has."""
        return [rule for rule in rules("torch").values() if hasattr(torch().nn, rule.name)]

    def left_out(self) -> dict[str, str]:
        """Name the modules of the installed PyTorch that have no rule, each with the reason."""
        modules = torch().nn.Module
        found = sorted(
            name for name, made in vars(torch().nn).items() if inspect.isclass(made) and issubclass(made, modules)
        )
        return {name: refused("torch").get(name, UNSEEN) for name in found if name not in rules("torch")}

    def find(self, name: str) -> Rule:
        """Find one of these by name."""
        return find(name, "torch")

    def answer(self, case: Case) -> Answer | str:
        """Build a layer and put it on inputs, or say why not."""
        return _answer(case, Maker())

    def again(self, case: Case) -> Answer | str | None:
        """Ask the processor, which looks closer than the meta device, and computes; what is tried is small."""
        return _answer(case, Maker(PROCESSOR))

    def quirk(self, case: Case) -> str | None:
        """Say what it is if PyTorch builds a layer and cannot run it."""
        return None

    def option_mismatches(self, rule: Rule) -> Iterator[str]:
        """Compare the options a rule takes, and their order, with those its class takes."""
        theirs = options_of(rule.name)
        ours = {*rule.options, *rule.inert}
        for name in sorted(theirs.keys() - ours - LATER):
            yield f"PyTorch takes the option {name!r}, the rule does not"
        for name in sorted(ours - theirs.keys()):
            yield f"the rule takes the option {name!r}, PyTorch does not"
        by_place = [name for name, positional in theirs.items() if positional and name in rule.positional]
        if by_place != list(rule.positional):
            yield f"PyTorch takes its options in the order {', '.join(by_place)}"

    def apart(self, results: Iterator[T]) -> Iterator[T]:
        """Go through results; nothing of the caller's is touched."""
        return results


SIDE = TorchSide


def _answer(case: Case, maker: Maker) -> Answer | str:
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
    parameters: Any = inspect.signature((torch().nn.RNNBase if name in LOOPS else made).__init__).parameters
    stars = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    found = {
        key: parameter.kind != inspect.Parameter.KEYWORD_ONLY
        for key, parameter in parameters.items()
        if key != "self" and parameter.kind not in stars and not (name in LOOPS and key == "mode")
    }
    if name in ("RNN", "GRU"):
        del found["proj_size"]
    if name == "RNN":  # its place is told in the class's own code
        at = list(found).index("bias")
        found = dict([*list(found.items())[:at], ("nonlinearity", True), *list(found.items())[at:]])
    return found
