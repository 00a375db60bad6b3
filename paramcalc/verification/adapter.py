"""What the audit asks of a framework, and where each framework's answers come from."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple, Protocol, TypeVar

from ..core.rule import Rule
from ..errors import LayerError
from .cases import Case
from .compare import Tensor

T = TypeVar("T")
SIDES = {
    "keras": "paramcalc.verification.adapters.keras.adapter",
    "torch": "paramcalc.verification.adapters.torch.adapter",
}


class Answer(NamedTuple):
    """A layer as the framework has it.

    Attributes
    ----------
    tensors : list of Tensor
    announced : list of shapes
        The output shapes it announces.
    computed : list of shapes or None
        Those of what it computes, where that has been looked at.
    macs : int or None
        The multiply-adds of what it computes, where they can be told.
    """

    tensors: list[Tensor]
    announced: list[Any]
    computed: list[Any] | None
    macs: int | None


class Side(Protocol):
    """One framework, as the audit asks it."""

    title: str
    fresh: int  # layers built before its bookkeeping is begun anew
    open_sizes: bool  # whether it takes inputs of unknown sizes

    def about(self) -> tuple[str, str]:
        """Give its version, and on what it computes."""

    def auditable(self) -> list[Rule]:
        """Give the rules of the layers it has."""

    def find(self, name: str) -> Rule:
        """Find one of these by name."""

    def answer(self, case: Case) -> Answer | str:
        """Build a layer and put it on inputs, or say why not."""

    def again(self, case: Case) -> Answer | str | None:
        """Give a second opinion where the first differs from ours, if there is one."""

    def quirk(self, case: Case) -> str | None:
        """Say what it is if it builds a layer and cannot run it."""

    def option_mismatches(self, rule: Rule) -> Iterator[str]:
        """Compare the names of the options a rule takes with those its class takes."""

    def apart(self, results: Iterator[T]) -> Iterator[T]:
        """Go through results without touching the caller's session."""


def side(framework: str) -> Side:
    """Ask a framework.

    Raises
    ------
    LayerError
        For one that is not asked.
    MissingExtra
        When it is not installed.
    """
    if framework not in SIDES:
        raise LayerError("no framework to audit rules against", expected=" or ".join(SIDES), received=framework)
    return import_module(SIDES[framework]).SIDE()  # type: ignore[no-any-return]
