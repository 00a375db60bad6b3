"""What verification asks of a framework: one protocol, and where each framework's answers come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple, Protocol, TypeVar

from ..core.declare import Shape
from ..core.framework import Framework, framework, verifiable
from ..core.rule import Layer, Rule
from ..errors import LayerError
from ..graph.model import Model
from ..report import Report
from .backward import Derivative
from .compare import ModelAnswer, OpenShape, Tensor
from .outcome import Installed, Verification

T = TypeVar("T")


class Case(NamedTuple):
    """A layer, the shapes it is put on, and the switches of the call; sizes may be symbols."""

    layer: Layer
    shapes: tuple[Shape, ...]
    call: Mapping[str, bool] = {}


class Answer(NamedTuple):
    """A layer as the framework has it.

    Attributes
    ----------
    tensors : list of Tensor
    announced : list of shapes
        The output shapes it announces.
    computed : list of shapes or None
        The output shapes of what it computes, where that has been looked at.
    macs : int or None
        The multiply-adds of what it computes, where they are counted.
    """

    tensors: list[Tensor]
    announced: Sequence[OpenShape]
    computed: Sequence[OpenShape] | None
    macs: int | None


class Adapter(Protocol):
    """One framework, as audits and verification ask it. Nothing here imports the framework before it is asked."""

    framework: Framework
    fresh: int  # layers built before its bookkeeping is begun anew
    open_sizes: bool  # whether it takes inputs of unknown sizes

    def installed(self) -> Installed:
        """Give its version, and on what it computes; raise `MissingExtra` where it is not installed."""

    def isolated(self, results: Iterator[T]) -> Iterator[T]:
        """Go through results without touching the caller's use of the framework."""

    # --- layers, for the audit -------------------------------------------------------------------

    def rules(self) -> list[Rule]:
        """Give the rules to audit: those of the layers that its present versions have."""

    def has(self, rule: Rule) -> bool:
        """Tell whether the installed version has the layer of a rule."""

    def left_out(self) -> dict[str, str]:
        """Name the layers it has and no rule is about, each with the reason."""

    def limits(self) -> list[str]:
        """Say what it cannot be asked as it is installed here."""

    def find(self, name: str) -> Rule:
        """Find one of these rules by name; raise `LayerError` for any other."""

    def option_mismatches(self, rule: Rule) -> Iterator[str]:
        """Compare the names of the options a rule takes with those its class takes."""

    def split_mismatches(self, plan: Iterable[Case]) -> Iterator[str]:
        """Compare what is trained of a layer that is frozen by its constructor, for the first case with weights."""

    def answer(self, case: Case) -> Answer | str:
        """Build a layer and put it on inputs, or say why not."""

    def second_answer(self, case: Case) -> Answer | str | None:
        """Give a second opinion where the first differs from ours, if there is one."""

    def quirk(self, layer: str, refusal: str) -> str | None:
        """Explain why it builds a layer and cannot run it, where that is a known fault."""

    def derivative(self, case: Case) -> Derivative | str:
        """Give what counts the multiply-adds of a layer's gradients, or say why they are not counted."""

    # --- models ----------------------------------------------------------------------------------

    def check(self, model: Model) -> None:
        """Raise `ParamcalcError` for a model that it cannot be asked to build."""

    def build(self, model: Model, report: Report) -> ModelAnswer | str:
        """Build a model, and give what it has for each row of its report, or say why it refuses."""

    def is_live(self, subject: object) -> bool:
        """Tell whether something is one of its own layers or models."""

    def read_live(self, subject: object) -> Model:
        """Read a live model."""

    def verify_live(self, subject: object) -> Verification:
        """Compare the reading of a live model with the tensors it has."""


def adapter(name: str) -> Adapter:
    """Give the adapter of a framework.

    Raises
    ------
    LayerError
        For a framework without one.
    """
    if name not in verifiable():
        raise LayerError("no framework to audit rules against", expected=" or ".join(verifiable()), received=name)
    found: Adapter = import_module(framework(name).adapter).ADAPTER
    return found
