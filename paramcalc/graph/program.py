"""What the code of a model does with tensors, in its order: calls of layers and of functions, and what each reads.

A wiring follows gradients from layer to layer. A program has the functions between them, too, because what is kept for
the backward pass is decided by each function.
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
    """A tensor that is there before the call.

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
        The inputs of the model hold the first places, then the steps.
    output : int
    """

    place: int
    output: int


# an Output, a Leaf, a Held, a Mark; numbers, texts and sizes are themselves, and several values are a tuple
Operand: TypeAlias = object


class Step(NamedTuple):
    """A call of a layer or a function.

    Attributes
    ----------
    name : str
        What is called.
    keeps : str
        How the memory of its tensors is treated, by a name that tables of kept tensors know; empty where that is
        unknown, and of a layer, whose class says it.
    args : tuple of Operand
    kwargs : mapping of str to Operand
    outs : tuple of shapes
        ``None`` for one that is unknown.
    recorded : bool
        Whether gradients are recorded.
    source : str
        Where it is called.
    part : int, optional
        The place of the call among the parts of the model, if it is there.
    layer : Layer, optional
    inputs : tuple of shapes
        Those that the layer reads.
    built : Built, optional
        What the layer builds.
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
        What the model gives.
    complete : bool
        Whether nothing is called besides, whatever the unknown conditions of the code turn out to be.
    """

    steps: Sequence[Step]
    outputs: Sequence[Operand]
    complete: bool
