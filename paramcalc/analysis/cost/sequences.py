"""The layers of a model in the order of their use, and what each does along the time axis.

Training and generating step by step need to know of every layer whether it runs along the sequence, works on each step
alone, or mixes steps. A layer of which that is not known is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...core.built import Applicable
from ...core.rule import Layer
from ...core.shapes import AnyShape, UnknownShape, listed
from ...errors import OptionError
from ...graph.gradients import work_of
from ...graph.model import Model
from ...symbolic import Expr, leaves
from .passes import Use
from .sizes import times_of

LOOP, EACH_STEP, ATTENTION, MIXES = "loop", "each step", "attention", "mixes steps"

BY_STEP = {
    *("Dense", "Embedding", "ReversibleEmbedding", "TimeDistributed", "Linear", "LazyLinear", "Identity"),
    *("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Experts"),
}
ALONG_AN_AXIS = {
    *("Softmax", "LogSoftmax", "Softmin", "GLU", "Concatenate"),
    *("LayerNormalization", "RMSNormalization", "UnitNormalization"),
}
ON_LAST_AXES = {"LayerNorm", "RMSNorm"}  # as many axes as the option normalized_shape has
WITH_OTHER_AXES = {"PReLU", "Softmax2d"}  # the rest of the family of elementwise layers is elementwise


class Placed(NamedTuple):
    """One use of a layer, those inside models included, with the tensors it reads and writes, by number.

    Attributes
    ----------
    use : Use
    path : str
        Of the layer in the model: ``encoder/lstm``.
    reads, states, writes : tuple of int
        Inputs, initial states that come from other layers, and outputs.
    role : str
        `LOOP`, `EACH_STEP`, `ATTENTION` or `MIXES`.
    """

    use: Use
    path: str
    reads: tuple[int, ...]
    states: tuple[int, ...]
    writes: tuple[int, ...]
    role: str


class Uses(NamedTuple):
    """The uses of all layers of a model, and which tensors are its inputs and outputs."""

    uses: tuple[Placed, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def in_order(model: Model, found: Sequence[Use]) -> Uses:
    """List the uses of all layers, those inside models instead of the models.

    Raises
    ------
    OptionError
        When it is unknown how the layers are connected.
    """
    placed: list[Placed] = []
    count = len(model.input_shapes)
    inputs = tuple(range(count))
    _, outputs = _walk(model, found, inputs, count, "", placed)
    return Uses(tuple(placed), inputs, outputs)


def _walk(
    model: Model, found: Sequence[Use], inputs: tuple[int, ...], count: int, above: str, placed: list[Placed]
) -> tuple[int, tuple[int, ...]]:
    if not model.nodes and found:
        raise OptionError(f"it is unknown how the layers of {model.label!r} are connected")
    values: list[tuple[int, ...]] = [(one,) for one in inputs]
    for node, use in zip(model.nodes, found, strict=True):
        reads = tuple(values[position][index] for position, index in node.args)
        states = tuple(values[position][index] for position, index in node.states)
        path = f"{above}{use.part.name}"
        if isinstance(use.part.layer, Model) and use.inner:
            count, writes = _walk(use.part.layer, use.inner, reads, count, f"{path}/", placed)
        else:
            made = len(listed(use.part.built.outs))
            writes, count = tuple(range(count, count + made)), count + made
            placed.append(Placed(use, path, reads, states, writes, role_of(use)))
        values.append(writes)
    return count, tuple(values[position][index] for position, index in model.outputs)


def role_of(use: Use) -> str:
    """Tell what a layer does along the time axis of its input."""
    layer, built = use.part.layer, use.part.built
    if not isinstance(layer, Layer):
        return MIXES
    if layer.type == "TimeDistributed":
        return EACH_STEP
    if any(one.steps is not None for one in work_of(built).products):
        return LOOP
    if layer.rule.family == "attention":
        return ATTENTION
    return EACH_STEP if built.costed and _by_step(layer, use.part.inputs) else MIXES


def _by_step(layer: Layer, inputs: Sequence[AnyShape]) -> bool:
    rank = max((len(one) for one in inputs if not isinstance(one, UnknownShape)), default=0)
    if layer.type in ALONG_AN_AXIS:
        axis = layer.options.get("axis", layer.options.get("dim", -1))
        axes = axis if isinstance(axis, tuple) else (axis,)
        return all(isinstance(one, int) and one in (-1, rank - 1) for one in axes)
    if layer.type in ON_LAST_AXES:
        shape = layer.options.get("normalized_shape")
        return not isinstance(shape, tuple) or len(shape) == 1
    return layer.type in BY_STEP or (layer.rule.family == "elementwise" and layer.type not in WITH_OTHER_AXES)


def direction_of(layer: Applicable, backwards: bool = False) -> str:
    """Say in what direction a recurrent layer reads, if it is not one that is allowed."""
    options = layer.options if isinstance(layer, Layer) else {}
    if layer.type == "Bidirectional" or options.get("bidirectional"):
        return "reads the sequence in both directions"
    return "reads the sequence from its end" if options.get("go_backwards") and not backwards else ""


def gives_steps(layer: Applicable) -> bool:
    """Tell whether the output of a recurrent layer has a step for each of the input."""
    return not isinstance(layer, Layer) or bool(layer.options.get("return_sequences", True))


def feeding(uses: Iterable[Placed], states: bool = True) -> frozenset[int]:
    """List the tensors from which a recurrent layer is reached; through its initial states as well, or not."""
    found = set[int]()
    for one in reversed([*uses]):
        if one.role == LOOP or not found.isdisjoint(one.writes):
            found.update(one.reads, one.states if states else ())
    return frozenset(found)


def with_time(model: Model, sequence: Uses) -> frozenset[int]:
    """List the tensors that have a step for each of the sequence, by what each layer does.

    Inputs have one where their time axis is open, or where a recurrent layer is fed by them.
    """
    opened = set[Expr](times_of(model.input_shapes))
    fed = feeding(sequence.uses, states=False)
    found = {
        at
        for at, shape in zip(sequence.inputs, model.input_shapes, strict=True)
        if at in fed or not opened.isdisjoint(_leaves(shape))
    }
    for one in sequence.uses:
        if not found.isdisjoint(one.reads):
            steps = one.role != LOOP or gives_steps(one.use.part.layer)
            found.update((one.writes[:1] if one.role == LOOP else one.writes) if steps else ())
    return frozenset(found)


def _leaves(shape: AnyShape) -> Iterable[Expr]:
    sizes = () if isinstance(shape, UnknownShape) else shape
    return [leaf for size in sizes if isinstance(size, Expr) for leaf in leaves(size)]


def check_one_way(
    sequence: Uses, timed: frozenset[int], method: str, roles: Iterable[str] = (), backwards: bool = False
) -> None:
    """Refuse what cannot be done step by step, in one direction.

    Parameters
    ----------
    sequence : Uses
    timed : frozenset of int
        The tensors that have a time axis.
    method : str
        What is asked for, for the message.
    roles : iterable of str
        Roles that are allowed besides `LOOP` and `EACH_STEP`.
    backwards : bool
        Whether a layer may read from the last step to the first one, where no recurrent layer comes before it: the
        steps that it needs first would be the last ones that are made.

    Raises
    ------
    OptionError
        Which names the layer and says what it does.
    """
    allowed = {LOOP, EACH_STEP, *roles}
    recurrent = set[int]()  # what follows from a recurrent layer
    for one in sequence.uses:
        layer = one.use.part.layer
        follows = not recurrent.isdisjoint(one.reads)
        reason = direction_of(layer, backwards and not follows)
        reads_steps = not timed.isdisjoint(one.reads)
        if not reason and reads_steps and one.role not in allowed:
            mixing = "relates all steps to one another" if one.role == ATTENTION else "does not work on each step alone"
            reason = mixing if isinstance(layer, Layer) else "may mix steps"
        if not reason and one.role == LOOP and not reads_steps:
            reason = "reads a sequence that is made from the last step of another one"
        if not reason and not recurrent.isdisjoint(one.states):
            reason = "starts from the state of another recurrent layer"
        if one.role == LOOP or follows:
            recurrent.update(one.writes)
        if reason:
            raise OptionError(
                f"{method} is not possible: {layer.type} {reason}",
                expected="recurrent layers in one direction, and layers that work on each step alone",
                received=one.path,
            )


def check_recurrent(sequence: Uses, method: str) -> None:
    """Refuse a model without recurrent layers.

    Raises
    ------
    OptionError
    """
    if not any(one.role == LOOP for one in sequence.uses):
        raise OptionError(f"{method} is about recurrent layers", expected="a recurrent layer", received="none")
