"""What the code of a model does with tensors, in its order: calls of layers and of functions, and what each reads.

A `Wiring` follows gradients from layer to layer. A program has the functions between them, too, because each function
decides what is kept for the backward pass. ``formats.source`` makes one when it walks ``forward``, and
``analysis.cost.kept.programs`` goes through it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple, TypeAlias

from ..core.built import Built
from ..core.rule import Layer
from ..core.shapes import Shape


class Mark(Enum):
    """What stands for a value that is not followed."""

    UNKNOWN = "unknown"
    TRAINING = "whether the model trains"


class Held(NamedTuple):
    """A tensor that no input and no step gives, such as a buffer of the model.

    Attributes
    ----------
    shape : tuple of int or Expr
        ``None`` where it is unknown.
    """

    shape: Shape | None


class Output(NamedTuple):
    """An input of the model, or an output of a step.

    Attributes
    ----------
    place : int
        A number among the inputs of the model and, after them, the steps.
    output : int
        Which output of the step; 0 for an input.
    """

    place: int
    output: int


# An Output, a Leaf (a weight, see `graph.wiring`), a Held or a Mark. Numbers, texts and sizes stand for themselves, and
# several operands are a tuple.
Operand: TypeAlias = object


class Step(NamedTuple):
    """A call of a layer or a function.

    Attributes
    ----------
    name : str
        What is called.
    keeps : str
        The name of the rule for what it keeps, by which tables of kept tensors find it; empty where that is unknown,
        and for a layer, whose class has the rule.
    args : tuple of Operand
    kwargs : mapping of str to Operand
    outs : tuple of shapes
        ``None`` for one that is unknown.
    recorded : bool
        Whether gradients are recorded.
    source : str
        Where it is called, such as ``model.py:12``.
    part : int, optional
        Its number among the parts of the model (`Part`), if it is one.
    layer : Layer, optional
    inputs : tuple of shapes
        Those that the layer reads.
    built : Built, optional
        What the layer builds on these.
    states : tuple of Operand
        The initial states that it is given.
    """

    name: str
    keeps: str
    args: tuple[Operand, ...]
    kwargs: Mapping[str, Operand]
    outs: tuple[Shape | None, ...]
    recorded: bool = True
    source: str = ""
    part: int | None = None
    layer: Layer | None = None
    inputs: tuple[Shape, ...] = ()
    built: Built | None = None
    states: tuple[Operand, ...] = ()


class Program(NamedTuple):
    """Everything that is called.

    Attributes
    ----------
    steps : list of Step
    outputs : list of Operand
        What the model returns.
    complete : bool
        Whether nothing is called besides, whatever the unknown conditions of the code turn out to be.
    """

    steps: Sequence[Step]
    outputs: Sequence[Operand]
    complete: bool
