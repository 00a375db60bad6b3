"""The least that cells over time keep.

Of each step, an LSTM keeps four gates and the cell state, from which tanh of the cell state and the hidden state
follow: 5·d_h numbers. A GRU keeps two gates, the candidate and the hidden state, and, if the reset gate comes after the
recurrent product, that product: 5·d_h, and 4·d_h otherwise. A plain cell keeps its hidden state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ....core.products import State
from ....core.rule import Layer
from ....symbolic import Size
from ....untyped import OptionValue
from .keras_sequences import CELLS, PLAIN, is_usual
from .minimum import OF_OUTPUT, OF_SIGNS, dropout, following, moved
from .torch_recurrent import Span, span_of
from .values import Call, Memory, Tape, Value

Values = Sequence[Value]
Trains = Callable[[str], bool]


class Run(NamedTuple):
    """One layer of cells in one direction.

    Attributes
    ----------
    type : str
        ``LSTM``, ``GRU`` or a plain cell.
    units : int or Expr
    span : Span
    given, recurrent, bias, projection : bool
        Whether the input or its kernel, and these weights, need a gradient.
    states : list of Value
        Initial ones that it is called with.
    width : int or Expr
        Of the output.
    projects : bool
        Whether it projects its hidden state.
    after : bool
        Whether a reset gate multiplies what comes out of the product, and not what goes into it.
    signs : bool
        Whether a plain cell applies a function of straight lines.
    """

    type: str
    units: Size
    span: Span
    given: bool
    recurrent: bool
    bias: bool
    projection: bool = False
    states: Sequence[Value] = ()
    width: Size = 0
    projects: bool = False
    after: bool = True
    signs: bool = False


class Hidden(NamedTuple):
    """What comes out of a run: hidden states of all steps; what those of the last follow from; cell states."""

    every: Value
    last: tuple[Memory, ...]
    cells: tuple[Memory, ...]


def scan(tape: Tape, run: Run) -> Hidden:
    """Go through the steps of cells, each of which keeps the same."""
    started = [one.live for one in run.states] or [False]
    first = run.given or run.recurrent or run.bias or any(started)
    every = following((run.span.total, run.width), live=first or run.projection, name="hidden states")
    if run.type == "LSTM":
        return _lstm(tape, run, first, every)
    if run.type == "GRU":
        gates = tape.new("gates", 2 * run.span.total * run.units, times=first)
        candidates = tape.new("candidates", run.span.total * run.units, times=first)
        tape.new("products before the reset gate", run.span.total * run.units, times=first and run.after)
        tape.keep(*(run.states[:1] if first else ()))
        before = tape.new("hidden states", run.span.after * run.width, times=first, of=(every.memory,))
        return Hidden(every, (gates, candidates, before), ())
    tape.keep(*(run.states[:1] if run.recurrent else ()))
    if run.signs:
        tape.new("signs", run.span.total * run.width, "bool", times=first, of=(every.memory,))
        tape.new("hidden states", run.span.after * run.width, times=run.recurrent, of=(every.memory,))
    elif first:
        tape.keep(every)
    return Hidden(every, (every.memory,), ())


def _lstm(tape: Tape, run: Run, first: bool, every: Value) -> Hidden:
    # with a projection that trains alone, the first step has no gradient of its gates
    live = first or run.projection
    steps = run.span.total if first else run.span.after
    gates = tape.new("gates", 4 * steps * run.units, times=live)
    reads = live and not (isinstance(steps, int) and steps == 0)
    cells = tape.new("cell states", run.span.total * run.units, times=reads)
    # the gates of the first step depend on all but the initial cell state, which multiplies one of them
    gated = run.given or run.recurrent or run.bias or any(one.live for one in run.states[:1])
    tape.keep(*(run.states[1:] if gated else ()), *(run.states[:1] if run.recurrent else ()))
    follows = (gates, cells) if first or not run.projection else ()
    if run.projects:
        own = run.span.total if first else run.span.first
        tape.new("outputs before the projection", own * run.units, times=run.projection, of=follows)
    else:
        every.memory.of = follows
    tape.new("hidden states", run.span.after * run.width, times=run.recurrent, of=(every.memory,))
    return Hidden(every, (every.memory,) if run.projects else (gates, cells), (cells,))


def keras_recurrent(call: Call) -> Values | None:
    """Run a recurrent layer of Keras, in a loop or unrolled."""
    if not _known(call.layer):
        return None
    found = _keras(call, call.layer, call.anything, lambda path: call.trains(path), call.states)
    return _outputs(call, found, call.layer, 0)


def keras_bidirectional(call: Call) -> Values | None:
    """Run a recurrent layer of Keras in both directions."""
    options: Mapping[str, OptionValue] = call.layer.options
    inner: Layer = options["layer"]
    if options["backward_layer"] is not None or not isinstance(inner, Layer) or not _known(inner):
        return None
    paths = call.layer.on(call.inputs[0].shape).weight_paths
    states = len(call.state_shapes) // 2
    found: list[Hidden] = []
    for at, way in enumerate(("forward_", "backward_")):
        trained = {path.rpartition("/")[2] for path in paths if path.startswith(way) and call.trains(path)}
        begins = [State(one) in call.live for one in range(at * states, (at + 1) * states)]
        live = call.inputs[0].live or bool(trained) or any(begins)
        own = call.states[at * states : (at + 1) * states]
        names = {f"{CELLS[inner.type]}/{name}" for name in trained}
        found.append(_keras(call, inner, live, names.__contains__, own))
    ways = [_outputs(call, one, inner, at) for at, one in enumerate(found)]
    merge = options["merge_mode"]
    given = [one for way in ways for one in way[1:]]
    if merge is None:
        return [ways[0][0], ways[1][0], *given]
    forwards, backwards = ways[0][0], ways[1][0]
    if merge == "mul":
        call.tape.keep(*[forwards] * backwards.live, *[backwards] * forwards.live)
    make = moved if merge == "concat" else following
    return [make(call.outputs[0], forwards, backwards, live=call.anything), *given]


def _known(layer: Layer) -> bool:
    # functions whose gradient is read from the gates
    given = layer.ignored_options or {}
    if not is_usual(layer):
        return False
    usual = dict(zip(("activation", "recurrent_activation"), PLAIN[layer.type], strict=True))
    names = [given.get(name, own) for name, own in usual.items() if own is not None]
    return all(isinstance(name, str) and name in OF_OUTPUT | OF_SIGNS for name in names)


def _keras(call: Call, layer: Layer, live: bool, trains: Trains, states: Sequence[Value]) -> Hidden:
    options: Mapping[str, OptionValue] = layer.options
    (x,) = call.inputs
    cell = CELLS[layer.type]
    rows, steps = x.shape[:2]
    kernel, recurrent = trains(f"{cell}/kernel"), trains(f"{cell}/recurrent_kernel")
    call.tape.keep(*[x] * kernel)
    activation = (layer.ignored_options or {}).get("activation", "tanh")
    run = Run(
        layer.type,
        options["units"],
        span_of(rows, steps),
        x.live or kernel,
        recurrent,
        live,
        states=states,
        width=options["units"],
        after=bool(options.get("reset_after")),
        signs=activation in OF_SIGNS,
    )
    return scan(call.tape, run)


def _outputs(call: Call, found: Hidden, layer: Layer, way: int) -> list[Value]:
    # of one direction: all steps or the last, and the states if they are asked for
    options: Mapping[str, OptionValue] = layer.options
    rows, steps = call.inputs[0].shape[:2]
    live = found.every.live
    last = following((rows, options["units"]), *found.last, live=live)
    every = found.every._replace(shape=(rows, steps, options["units"]))
    states = [last, *([following(last.shape, *found.cells, live=live)] * bool(found.cells))]
    return [every if options["return_sequences"] else last, *states * bool(options["return_state"])]


def torch_recurrent(call: Call) -> Values:
    """Run layers of cells of PyTorch, in one direction or in both."""
    options: Mapping[str, OptionValue] = call.layer.options
    (x,) = call.inputs
    units, layers, rate = options["hidden_size"], options["num_layers"], options["dropout"]
    projected = options.get("proj_size", 0)
    projects = not (isinstance(projected, int) and projected == 0)
    width = projected if projects else units
    rows, steps = (1, x.shape[0]) if len(x.shape) == 2 else x.shape[:2] if options["batch_first"] else x.shape[1::-1]
    if call.lengths:
        x = following((sum(call.lengths), x.shape[2]), x, live=x.live, name="packed input")
    ways = ("", "_reverse")[: 1 + bool(options["bidirectional"])]
    cells: list[Memory] = []
    last: list[Memory] = []
    for layer in range(layers):
        found = []
        for way in ways:
            suffix = f"_l{layer}{way}"
            weight = call.trains(f"weight_ih{suffix}")
            call.tape.keep(*[x] * weight)
            run = Run(
                call.layer.type,
                units,
                span_of(rows, steps, call.lengths, bool(way)),
                x.live or weight,
                call.trains(f"weight_hh{suffix}"),
                call.trains(f"bias_ih{suffix}", f"bias_hh{suffix}"),
                call.trains(f"weight_hr{suffix}"),
                call.states,
                width,
                projects,
                signs=options.get("nonlinearity") == "relu",
            )
            found.append(scan(call.tape, run))
        cells += [memory for one in found for memory in one.cells]
        last += [memory for one in found for memory in one.last]
        shape = (*x.shape[:-1], width * len(ways))
        x = moved(shape, *(one.every for one in found)) if len(found) > 1 else found[0].every._replace(shape=shape)
        if layer < layers - 1:
            x = dropout(call.tape, x, rate, found[0].every.size * len(ways))
    states = (following(shape, *of, live=x.live) for shape, of in zip(call.outputs[1:], (last, cells), strict=False))
    return [x._replace(shape=call.outputs[0]), *states]


def torch_cell(call: Call) -> Values:
    """Do one step of a cell of PyTorch."""
    options: Mapping[str, OptionValue] = call.layer.options
    (x,) = call.inputs
    weight, units = call.trains("weight_ih"), options["hidden_size"]
    call.tape.keep(*[x] * weight)
    run = Run(
        call.layer.type.removesuffix("Cell"),
        units,
        span_of(x.shape[0] if len(x.shape) == 2 else 1, 1),
        x.live or weight,
        call.trains("weight_hh"),
        call.trains("bias_ih", "bias_hh"),
        states=call.states,
        width=units,
        signs=options.get("nonlinearity") == "relu",
    )
    found = scan(call.tape, run)
    live = call.anything
    states = (following(shape, *found.cells, live=live) for shape in call.outputs[1:])
    return [found.every._replace(shape=call.outputs[0], live=live), *states]
