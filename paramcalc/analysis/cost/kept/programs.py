"""What a program keeps: its steps in their order, and which of them a gradient comes back to.

Forwards, the rule of each step gives the tensors that it makes and what it keeps. Backwards, from the outputs of the
model, it is found which steps a gradient comes back to; the others keep nothing. Where one of these is unknown of some
steps, what the rest keeps is a bound from below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ....core.built import Part
from ....core.products import Source, State
from ....core.rule import Layer
from ....core.spelling import snake
from ....graph.program import Held, Mark, Operand, Output, Program, Step
from ....graph.wiring import Leaf
from .calls import Operation, Unclear
from .torch_functions import FLOATS, OF_TYPES, RULES
from .torch_recurrent import CELLS
from .values import Call, Keeping, Memory, Tape, UnknownLayout, Value

MISFITS = (AssertionError, IndexError, TypeError, ValueError)  # arguments that a function does not take
NOT, MAYBE, SURELY = range(3)  # whether a gradient comes back


class Tensor(NamedTuple):
    """A tensor of a program.

    Attributes
    ----------
    value : Value
        Its ``live`` is true only if it surely needs a gradient.
    known : bool
        Whether it is known what memory it has, and whether it needs a gradient.
    """

    value: Value
    known: bool = True


@dataclass
class Done:
    """A step, with what the walk found about it.

    Attributes
    ----------
    step : Step
    reads : list of Output
        The tensors of the program that it reads.
    makes : list of Tensor
    kept : list of Memory
        What it keeps if a gradient comes back to it.
    known : bool
        Whether that is all that it keeps then.
    reached : int
        Whether one comes back: ``NOT``, ``MAYBE`` or ``SURELY``.
    """

    step: Step
    reads: list[Output]
    makes: list[Tensor]
    kept: list[Memory] = field(default_factory=list)
    known: bool = True
    reached: int = NOT

    @property
    def surely_reached(self) -> bool:
        """Whether a gradient surely comes back to it."""
        return self.reached == SURELY

    @property
    def name(self) -> str:
        """What is called, as a row is named."""
        return self.step.name if self.step.layer is None else snake(self.step.name)


Finder = Callable[[Layer], Keeping | None]


class Walk:
    """A walk along the steps of a program, forwards and backwards; ``done`` has the result.

    Parameters
    ----------
    program : Program
    inputs : list of Value
        Of the model.
    parts : list of Part
        Of the model.
    trained : list of frozenset of Source
        What needs a gradient in each part: its weights, by their paths.
    keeping : callable
        Gives what a layer keeps.
    """

    def __init__(
        self,
        program: Program,
        inputs: Sequence[Value],
        parts: Sequence[Part],
        trained: Sequence[frozenset[Source]],
        keeping: Finder,
    ) -> None:
        self.program, self.trained, self.keeping = program, trained, keeping
        self.leaves: dict[tuple[int, int], Value] = {}  # weights that may be read as tensors
        for part, live in zip(parts, trained, strict=True):
            for one in part.built.weights:
                if one.origin is not None:
                    value = Value(one.shape, Memory(0, counted=False), one.path in live)
                    self.leaves.setdefault(one.origin, value)
        self.first = len(inputs)
        self.made: list[list[Tensor]] = [[Tensor(one)] for one in inputs]  # by place and output, as `Output` has them
        self.now: dict[Output, Output] = {}  # what a tensor is after a step has changed it in place
        self.shared: set[Memory] = set()  # memory of views, which change with the tensor that they show
        # whether every way back is followed: otherwise a gradient may come back to any step
        self.complete = program.complete and Mark.UNKNOWN not in program.outputs
        self.done = [self._step(step, place) for place, step in enumerate(program.steps, self.first)]
        self._find_reached()

    # --- forwards -----------------------------------------------------------------------------------------------------

    def _step(self, step: Step, place: int) -> Done:
        reads: list[Output] = []

        def read(one: Operand) -> object:
            if isinstance(one, Output):
                one = self._latest(one)
                reads.append(one)
                found = self._tensor(one).value
                return found if step.recorded else found._replace(live=False)
            if isinstance(one, Leaf):
                leaf = self.leaves.get(one.origin)
                return Mark.UNKNOWN if leaf is None else leaf if step.recorded else leaf._replace(live=False)
            if isinstance(one, Held):
                return Mark.UNKNOWN if one.shape is None else Value(one.shape, Memory(0, counted=False))
            return tuple(read(inner) for inner in one) if isinstance(one, tuple) else one

        args = [read(one) for one in step.args]
        kwargs = {key: read(one) for key, one in step.kwargs.items()}
        states = [read(one) for one in step.states]
        known = all(self._tensor(one).known for one in reads)
        tape = Tape()
        try:
            if step.layer is None:
                values = _function(step, args, kwargs, tape)
            else:
                values = self._layer(step, args, states, tape)
        except (Unclear, UnknownLayout, *MISFITS):
            values = None
        in_place = kwargs.get("inplace", False) is not False
        if step.layer is not None and values is not None:
            in_place = bool(step.layer.options.get("inplace"))
        if values is None:
            unclear = Memory(0, counted=False, sure=False)
            makes = [Tensor(Value(one or (), unclear, strides=None), False) for one in step.outs]
        else:  # new memory that surely needs a gradient is known, whatever it is made of
            given = {self._tensor(one).value.memory for one in reads}
            makes = [Tensor(one, known or (one.live and one.memory not in given)) for one in values]
        if in_place and reads:
            self._changed(reads[0], Output(place, 0))
        elif values is not None and not in_place:
            self.shared |= {one.memory for one in values} & given
        self.made.append(makes)
        return Done(step, reads, makes, [*tape.kept], values is not None and known and not tape.missing)

    def _tensor(self, one: Output) -> Tensor:
        return self.made[one.place][one.output]

    def _latest(self, one: Output) -> Output:
        while one in self.now:
            one = self.now[one]
        return one

    def _changed(self, read: Output, made: Output) -> None:
        memory = self._tensor(read).value.memory
        if memory in self.shared or not memory.sure:
            self.complete = False  # other tensors change as well
        self.now[read] = made

    def _layer(
        self, step: Step, args: Sequence[object], states: Sequence[object], tape: Tape
    ) -> Sequence[Value] | None:
        layer, built = step.layer, step.built
        assert layer is not None
        assert built is not None
        if step.part is None and built.weights:
            return None  # a layer that is no part of the model: what of its weights is there before is not known
        function = self.keeping(layer)
        inputs = [one for one in args if isinstance(one, Value)]
        given = [one for one in states if isinstance(one, Value)]
        outs = [shape for shape in step.outs if shape is not None]
        known = len(inputs) == len(args) and len(outs) == len(step.outs)
        if function is None or not known or len(given) != len(states) or len(given) not in (0, len(built.states)):
            return None
        weights = () if step.part is None else (one for one in self.trained[step.part] if isinstance(one, str))
        live: frozenset[Source] = frozenset(
            [
                *(weights if step.recorded else ()),
                *(at for at, one in enumerate(inputs) if one.live),
                *(State(at) for at, one in enumerate(given) if one.live),
            ]
        )
        return function(Call(layer, tuple(inputs), tuple(outs), tuple(given), built.states, live, tape))

    # --- backwards ----------------------------------------------------------------------------------------------------

    def _find_reached(self) -> None:
        wanted: dict[Output, int] = {}

        def want(one: Output, reached: int) -> None:
            tensor = self._tensor(one)
            if tensor.value.live or not tensor.known:
                reached = reached if tensor.value.live else min(reached, MAYBE)
                wanted[one] = max(wanted.get(one, NOT), reached)

        for output in _outputs(self.program.outputs):
            want(self._latest(output), SURELY)
        for place, one in reversed([*enumerate(self.done, self.first)]):
            one.reached = max((wanted.get(Output(place, at), NOT) for at in range(len(one.makes))), default=NOT)
            if (
                one.reached
                and one.step.layer is not None
                and not any(Output(place, at) in wanted for at in _main(one.step))
            ):
                one.known, one.kept = False, []  # of the cell state alone, less is kept
            if one.reached:
                known = all(tensor.known for tensor in one.makes)
                for read in one.reads:
                    want(read, one.reached if known else min(one.reached, MAYBE))
            if not one.reached and not self.complete:
                one.reached = MAYBE


def _main(step: Step) -> Sequence[int]:
    # the outputs whose gradients need all that the layer keeps; those behind them need less
    return (0, 1) if step.name in CELLS else (0,)


def _outputs(operands: Sequence[Operand]) -> Sequence[Output]:
    found: list[Output] = []
    for one in operands:
        if isinstance(one, Output):
            found.append(one)
        elif isinstance(one, tuple) and not isinstance(one, (Leaf, Held)):
            found += _outputs(one)
    return found


def _function(step: Step, args: Sequence[object], kwargs: Mapping[str, object], tape: Tape) -> Sequence[Value] | None:
    rule = RULES.get(step.keeps)
    if step.keeps not in OF_TYPES and any(map(_other_type, (*args, *kwargs.values()))):
        return None
    outs = [shape for shape in step.outs if shape is not None]
    if rule is None or len(outs) < len(step.outs):
        return None
    return rule(Operation(step.name, tape, args, kwargs, outs))


def _other_type(value: object) -> bool:
    # a dtype, or a layout of memory, that is asked for and is not the usual one
    return isinstance(value, str) and value.startswith("torch.") and value not in FLOATS
