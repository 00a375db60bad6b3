"""The least that is kept for the backward pass: what the formulas of gradients read.

A gradient reads values of the forward pass. Of a product, the gradient of one operand reads the other one; of a
function of each element, it reads the input or the output; a sum reads nothing. These values are to be recorded
(Hascoët, Naumann & Pascual 2005, "'To be recorded' analysis in reverse-mode automatic differentiation"). Of them, those
that follow from other recorded values, from the inputs of the model and from its weights are not kept, if no product
and no other time step is needed for it::

    kept = read by gradients − computed from what is kept, without a product, within a time step

So no multiply-add is done twice, and the passes take what `passes` counts. A kernel that computes products once more,
such as fused attention, may keep less and does more work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from ....core.shapes import Shape
from ....core.sources import written_out
from ....graph.gradients import work_of
from ....symbolic import Size
from ....untyped import OptionValue
from .values import Call, Keeping, Memory, Tape, Value

Values = Sequence[Value]

# functions of each element, by what the gradient reads
_OUTPUT = "sigmoid tanh softmax log_softmax softmin exponential elu selu celu softplus softsign squareplus log_sigmoid"
_SIGNS = "relu relu6 leaky_relu hard_sigmoid hard_tanh hard_shrink soft_shrink threshold sparsemax sparse_sigmoid"
_INPUT = "gelu silu swish mish hard_silu hard_swish tanh_shrink"
OF_OUTPUT, OF_SIGNS, OF_INPUT = (  # signs: straight lines, of which each element is on one
    frozenset(names.split()) for names in (f"{_OUTPUT} sparse_plus", _SIGNS, _INPUT)
)
SMALL = 256  # places that one byte tells apart


def following(shape: Shape, *sources: Value | Memory, live: bool = False, name: str = "output") -> Value:
    """Make a value that can be computed from others without a product, and needs a gradient if one of them does."""
    of = tuple(one.memory if isinstance(one, Value) else one for one in sources)
    whole = live or any(isinstance(one, Value) and one.live for one in sources)
    return Value(shape, Memory(prod(shape), name, of=of), whole)


def moved(shape: Shape, *sources: Value, live: bool = False) -> Value:
    """Make a value of the numbers of others at other places, which are kept instead of it."""
    found = following(shape, *sources, live=live)
    found.memory.moved = True
    return found


def output(call: Call, *sources: Value | Memory, index: int = 0) -> Value:
    """Make an output of a layer that follows from values; from none if a product makes it, or chance."""
    return following(call.outputs[index], *sources)._replace(live=call.anything)


def function(tape: Tape, x: Value, name: object) -> Value | None:
    """Apply a function to each element, or to each row; ``None`` for one that is not in the tables."""
    if name in (None, "linear"):
        return x
    out = following(x.shape, x)
    if name in OF_OUTPUT:
        tape.keep(*[out] * x.live)
    elif name in OF_INPUT:
        tape.keep(*[x] * x.live)
    elif name in OF_SIGNS:
        tape.new("signs", x.size, "bool", times=x.live, of=(out.memory,))
    else:
        return None
    return out


def linear(tape: Tape, x: Value, shape: Shape, name: str, weight: bool, bias: bool = False) -> Value:
    """Multiply by a weight: its gradient reads the input, and that of the input reads the weight."""
    tape.keep(*[x] * weight)
    return following(shape, name=name, live=x.live or weight or bias)


def dropout(tape: Tape, x: Value, rate: object, mask: Size | None = None) -> Value:
    """Multiply by random zeros, which the gradient reads."""
    if rate == 0 or rate is None:
        return x
    every = isinstance(rate, (int, float)) and rate >= 1
    zeros = tape.new("mask", 1 if every else x.size if mask is None else mask, "bool", times=x.live)
    return following(x.shape, x, zeros, live=x.live)


def normalize(tape: Tape, x: Value, scale: bool, shift: bool = False) -> Value:
    """Normalize: the gradients of input and scale read the input, from which statistics and output follow."""
    tape.keep(*[x] * (x.live or scale))
    return following(x.shape, x, live=x.live or scale or shift)


def product(call: Call) -> Values | None:
    """Do what the products of a rule say, where each operand is an input or a weight."""
    shapes = [one.shape for one in call.inputs]
    for one in work_of(call.layer.on(*shapes)).products:
        for mine, other in ((one.left, one.right), (one.right, one.left)):
            if call.live.isdisjoint(written_out(other)):
                continue
            places = [source for source in mine if not isinstance(source, str)]
            if not places:
                continue
            if len(mine) > 1 or not isinstance(places[0], int):
                return None  # it is made on the way, and its size is not stated
            call.tape.keep(call.inputs[places[0]])
    return (output(call),)


def bilinear(call: Call) -> Values:
    """Multiply each of two inputs by the product of the weight and the other one."""
    first, second = call.inputs
    weight = call.trains("weight")
    call.tape.keep(*[first] * (second.live or weight), *[second] * (first.live or weight))
    return (output(call),)


def separable(call: Call) -> Values:
    """Convolve each channel, then mix channels."""
    (x,) = call.inputs
    built = call.layer.on(x.shape)
    channels = next(prod(one.shape[-2:]) for one in built.weights if one.path == "depthwise_kernel")
    out = call.outputs[0]
    last = call.layer.options["data_format"] != "channels_first"
    places = prod(out[1:-1] if last else out[2:])
    call.tape.keep(*[x] * call.trains("depthwise_kernel"))
    call.tape.new("output of the windows", out[0] * places * channels, times=call.trains("pointwise_kernel"))
    return (output(call),)


def normalization(*scales: str) -> Keeping:
    """Normalize, with a scale of one of these names."""

    def keeps(call: Call) -> Values:
        (x,) = call.inputs
        call.tape.keep(*[x] * (x.live or call.trains(*scales)))
        return (output(call, x),)

    return keeps


def applied(name: str) -> Keeping:
    """Apply a function of each element."""

    def keeps(call: Call) -> Values | None:
        found = function(call.tape, call.inputs[0], name)
        return None if found is None else (found,)

    return keeps


def reading_input(call: Call) -> Values:
    """Do something whose gradient reads the input, from which the output follows."""
    (x,) = call.inputs
    call.tape.keep(*[x] * x.live)
    return (output(call, x),)


def straight(call: Call) -> Values:
    """Add, average, or cut out: the gradient reads nothing."""
    return (output(call, *call.inputs),)


def view(call: Call) -> Values:
    """Move numbers to other places, or repeat them."""
    return call.views()


def by_chance(call: Call) -> Values:
    """Add random numbers, from which the output does not follow."""
    return (output(call),)


def joined(call: Call) -> Values:
    """Put inputs side by side."""
    return (moved(call.outputs[0], *call.inputs, live=call.anything),)


def multiplied(call: Call) -> Values:
    """Multiply element by element: the gradient of each reads the others."""
    for at, one in enumerate(call.inputs):
        others = [other for place, other in enumerate(call.inputs) if place != at]
        call.tape.keep(*[one] * any(other.live for other in others))
    return straight(call)


def chosen(call: Call) -> Values:
    """Take the largest or the smallest of several inputs, element by element."""
    size = (len(call.inputs) - 1) * prod(call.outputs[0])
    call.tape.new("places of the largest", size, "bool", times=call.anything, of=tuple(_memories(call.inputs)))
    return straight(call)


def _memories(values: Sequence[Value]) -> list[Memory]:
    return [one.memory for one in values]


def largest(window: str = "") -> Keeping:
    """Take the largest of each window, of a size that an option states; its place has one byte if that suffices."""

    def keeps(call: Call) -> Values:
        (x,) = call.inputs
        sizes: OptionValue = call.layer.options[window] if window else ()
        few = bool(window) and all(isinstance(one, int) for one in sizes) and prod(sizes) <= SMALL
        out = output(call, x)
        call.tape.new("places of the largest", out.size, "uint8" if few else "int32", times=x.live, of=(x.memory,))
        if len(call.outputs) == 1:
            return (out,)
        places = output(call, x, index=1)
        places.memory.name, places.memory.dtype = "indices", "int64"
        return out, places._replace(live=False)

    return keeps


def largest_by_chance(call: Call) -> Values:
    """Take the largest of each of random windows, whose places do not follow from the input."""
    places = Value(call.outputs[0], Memory(prod(call.outputs[0]), "indices", "int64"))
    call.tape.keep(*[places] * call.inputs[0].live)
    return (output(call, call.inputs[0], places), places)[: len(call.outputs)]


def unpooled(call: Call) -> Values:
    """Put numbers back to where they came from."""
    call.tape.keep(*[call.inputs[1]] * (0 in call.live))
    return straight(call)


def embedded(call: Call) -> Values:
    """Look rows up: the gradient reads which ones, from which the rows follow."""
    call.tape.keep(*call.inputs * call.trains("embeddings", "weight"))
    return straight(call)


def bags(call: Call) -> Values:
    """Look rows up and add those of each bag."""
    if call.layer.options["mode"] == "max":
        places = prod(call.outputs[0])
        call.tape.new("places of the largest", places, "int32", times=call.anything, of=tuple(_memories(call.inputs)))
    return embedded(call)


def dropping(rate: str, mask: Callable[[Call], Size]) -> Keeping:
    """Drop at a rate that an option states, with so many random zeros."""

    def keeps(call: Call) -> Values:
        found = dropout(call.tape, call.inputs[0], call.layer.options[rate], mask(call))
        return (found._replace(shape=call.outputs[0], live=call.anything),)

    return keeps


def multiplied_by_chance(call: Call) -> Values:
    """Multiply by random numbers, which the gradient reads."""
    (x,) = call.inputs
    if not call.layer.options["rate"]:
        return call.views()
    noise = call.tape.new("noise", x.size, times=x.live)
    return (output(call, x, noise),)


def random_slopes(call: Call) -> Values:
    """Multiply what is negative by random numbers."""
    (x,) = call.inputs
    slopes = call.tape.new("slopes", x.size, times=x.live)
    return (output(call, x, slopes),)


def trained_slopes(call: Call) -> Values:
    """Multiply what is negative by a weight."""
    (x,) = call.inputs
    call.tape.keep(*[x] * call.trains("weight", "alpha"))
    call.tape.new("signs", x.size, "bool", times=x.live, of=(x.memory,))
    return (output(call, x),)


def of_both(call: Call) -> Values:
    """Compare two inputs by a function whose gradient reads both."""
    call.tape.keep(*call.inputs * call.anything)
    return straight(call)


def distance(call: Call) -> Values:
    """Take the norm of the difference of two inputs."""
    shapes = [one.shape for one in call.inputs]
    rank = max(map(len, shapes))
    filled = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    size = prod(b if isinstance(a, int) and a == 1 else a for a, b in zip(*filled, strict=True))
    apart = call.tape.new("differences", size, times=call.anything, of=tuple(_memories(call.inputs)))
    return (output(call, apart),)
