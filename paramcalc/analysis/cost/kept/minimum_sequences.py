"""The least that layers over sequences keep: cells over time, and attention.

Of each step, an LSTM keeps four gates and the cell state, from which tanh of the cell state and the hidden state
follow: 5·d_h numbers. A GRU keeps two gates, the candidate and the hidden state, and, if the reset gate comes after the
recurrent product, that product: 5·d_h, and 4·d_h otherwise. A plain cell keeps its hidden state. Attention keeps
queries, keys, values, weights and the attended values; its scores would be a product to be done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from ....core.products import Source, State
from ....core.rule import Layer
from ....symbolic import Size
from .keras_activations import is_set, is_set_of
from .keras_sequences import CELLS, PLAIN
from .minimum import OF_OUTPUT, OF_SIGNS, dropout, following, function, linear, moved, normalize, output
from .torch_recurrent import Span, span_of
from .values import Call, Keeping, Memory, Tape, Value

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
    tape.keep(*(run.states[1:] if live else ()), *(run.states[:1] if run.recurrent else ()))
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
    options: Mapping[str, Any] = call.layer.options
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
    if layer.type not in PLAIN or is_set_of(layer, "dropout", "recurrent_dropout", "stateful"):
        return False
    usual = dict(zip(("activation", "recurrent_activation"), PLAIN[layer.type], strict=True))
    names = [given.get(name, own) for name, own in usual.items() if own is not None]
    return all(isinstance(name, str) and name in OF_OUTPUT | OF_SIGNS for name in names)


def _keras(call: Call, layer: Layer, live: bool, trains: Trains, states: Sequence[Value]) -> Hidden:
    options: Mapping[str, Any] = layer.options
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
    options: Mapping[str, Any] = layer.options
    rows, steps = call.inputs[0].shape[:2]
    live = found.every.live
    last = following((rows, options["units"]), *found.last, live=live)
    every = found.every._replace(shape=(rows, steps, options["units"]))
    states = [last, *([following(last.shape, *found.cells, live=live)] * bool(found.cells))]
    return [every if options["return_sequences"] else last, *states * bool(options["return_state"])]


def torch_recurrent(call: Call) -> Values:
    """Run layers of cells of PyTorch, in one direction or in both."""
    options: Mapping[str, Any] = call.layer.options
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
    options: Mapping[str, Any] = call.layer.options
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


def attend(tape: Tape, q: Value, k: Value, v: Value, scores: Size, rate: object, wide: Size) -> tuple[Value, Value]:
    """Give the mean of values by the softmax of Q Kᵀ, which has so many elements, and the weights."""
    live = q.live or k.live
    tape.keep(*[k] * q.live, *[q] * k.live)
    weights = following((scores,), live=live, name="weights")
    tape.keep(*[weights] * live)
    dropped = dropout(tape, weights, rate)
    tape.keep(*[dropped] * v.live, *[v] * live)
    return following((*q.shape[:-1], wide), live=live or v.live, name="attended"), weights


def keras_attention(call: Call) -> Values | None:
    """Attend with several heads of Keras."""
    options: Mapping[str, Any] = call.layer.options
    if is_set(call, "sliding_window", "use_gate", "attention_axes", "output_shape") or call.switches:
        return None
    query, value = call.inputs[:2]
    key = call.inputs[2] if len(call.inputs) > 2 else value
    if any(len(one.shape) != 3 for one in call.inputs):
        return None
    grouped = call.layer.type == "GroupQueryAttention"
    heads = options["num_query_heads"] if grouped else options["num_heads"]
    own = options["num_key_value_heads"] if grouped else heads
    width = options["head_dim"] if grouped else options["key_dim"]
    wide = width if grouped or options["value_dim"] is None else options["value_dim"]

    def projected(x: Value, name: str, several: Size) -> Value:
        shape = (*x.shape[:2], several)
        weight, bias = call.trains(f"{name}/kernel"), call.trains(f"{name}/bias")
        return linear(call.tape, x, shape, name, weight, bias)

    q = projected(query, "query", heads * width)
    k, v = projected(key, "key", own * width), projected(value, "value", own * wide)
    scores = query.shape[0] * heads * query.shape[1] * value.shape[1]
    mixed, _ = attend(call.tape, q, k, v, scores, options["dropout"], heads * wide)
    call.tape.keep(*[mixed] * call.trains("attention_output/kernel"))
    return (output(call),)


def _inside(trains: Trains, name: str) -> Trains:
    return lambda path: trains(f"{name}.{path}")


def _heads(
    tape: Tape, inputs: Sequence[Value], options: Mapping[str, Any], trains: Trains, more: Size = 0
) -> tuple[Value, Value]:
    # attention of PyTorch, over (samples, steps, d) in any order of the first two
    d, heads = options["embed_dim"], options["num_heads"]
    first, lone = options["batch_first"], len(inputs[0].shape) == 2
    (batch, length), seen = _sizes(inputs[0], first, lone), _sizes(inputs[1], first, lone)[1]

    def projected(x: Value, name: str, extra: str) -> Value:
        weight = trains("in_proj_weight") or trains(f"{name}_proj_weight")
        made = linear(tape, x, (*x.shape[:-1], d), name, weight, trains("in_proj_bias"))
        shape = (prod(x.shape[:-1]) + more * batch, d) if extra else made.shape
        return following(shape, live=made.live or trains(extra), name=name)

    q, k, v = (
        projected(one, name, extra)
        for one, name, extra in zip(inputs, ("q", "k", "v"), ("", "bias_k", "bias_v"), strict=True)
    )
    scores = batch * heads * length * (seen + more)
    mixed, weights = attend(tape, q, k, v, scores, options["dropout"], d)
    weight, bias = trains("out_proj.weight"), trains("out_proj.bias")
    return linear(tape, mixed, (*inputs[0].shape[:-1], d), "output", weight, bias), weights


def _sizes(x: Value, first: object, lone: bool) -> tuple[Size, Size]:
    return (1, x.shape[0]) if lone else (x.shape[0], x.shape[1]) if first else (x.shape[1], x.shape[0])


def torch_attention(call: Call) -> Values:
    """Attend with several heads of PyTorch."""
    options: Mapping[str, Any] = call.layer.options
    more = bool(options.get("add_bias_kv")) + bool(options.get("add_zero_attn"))
    out, weights = _heads(call.tape, call.inputs, options, lambda path: call.trains(path), more)
    mean = following(call.outputs[1], weights)
    return out._replace(shape=call.outputs[0], live=call.anything), mean


def _block(tape: Tape, x: Value, memory: Value | None, options: Mapping[str, Any], trains: Trains) -> Value | None:
    rate, d = options["dropout"], options["d_model"]
    own = {**options, "embed_dim": d, "num_heads": options["nhead"]}

    def attends(name: str) -> Callable[[Value], Value | None]:
        def step(read: Value) -> Value | None:
            seen = read if name == "self_attn" or memory is None else memory
            return dropout(tape, _heads(tape, (read, seen, seen), own, _inside(trains, name))[0], rate)

        return step

    def feed(read: Value) -> Value | None:
        shape = (*read.shape[:-1], options["dim_feedforward"])
        wide = linear(tape, read, shape, "wide", trains("linear1.weight"), trains("linear1.bias"))
        acted = function(tape, wide, options["activation"])
        if acted is None:
            return None
        acted = dropout(tape, acted, rate)
        out = linear(tape, acted, read.shape, "output", trains("linear2.weight"), trains("linear2.bias"))
        return dropout(tape, out, rate)

    steps = [attends("self_attn"), *([attends("multihead_attn")] if memory is not None else []), feed]
    for at, step in enumerate(steps, 1):
        norm = _inside(trains, f"norm{at}")
        done = step(_normed(tape, x, norm) if options["norm_first"] else x)
        if done is None:
            return None
        x = following(x.shape, x, done)
        if not options["norm_first"]:
            x = _normed(tape, x, norm)
    return x


def _normed(tape: Tape, x: Value, trains: Trains) -> Value:
    return normalize(tape, x, trains("weight"), trains("bias"))


def torch_block(call: Call) -> Values | None:
    """Go through a layer of a transformer of PyTorch."""
    x, *memory = call.inputs
    found = _block(call.tape, x, memory[0] if memory else None, call.layer.options, lambda path: call.trains(path))
    return None if found is None else (found,)


def _stack(
    tape: Tape, x: Value, memory: Value | None, options: Mapping[str, Any], count: int, trains: Trains
) -> Value | None:
    found: Value | None = x
    for at in range(count):
        if found is not None:
            found = _block(tape, found, memory, options, _inside(trains, f"layers.{at}"))
    return found


def torch_copies(of: Callable[[str], Keeping | None]) -> Keeping:
    """Go through copies of a layer of a transformer, and the normalization at the end, whose table is given."""

    def keeps(call: Call) -> Values | None:
        options: Mapping[str, Any] = call.layer.options
        inner: Layer = options["decoder_layer" if "decoder_layer" in options else "encoder_layer"]
        last: Layer | None = options["norm"]
        x, *memory = call.inputs
        read = memory[0] if memory else None
        out = _stack(call.tape, x, read, inner.options, options["num_layers"], lambda path: call.trains(path))
        if out is None or last is None:
            return None if out is None else (out,)
        trained = [one for one in ("weight", "bias") if call.trains(f"norm.{one}")]
        own = frozenset[Source]([*([0] if out.live else []), *trained])
        keeping = of(last.type)
        return None if keeping is None else keeping(Call(last, (out,), (out.shape,), (), (), own, call.tape))

    return keeps


def torch_transformer(call: Call) -> Values | None:
    """Go through an encoder and a decoder of PyTorch."""
    options: Mapping[str, Any] = call.layer.options
    source, target = call.inputs

    def part(name: str, x: Value, memory: Value | None) -> Value | None:
        trains = _inside(lambda path: call.trains(path), name)
        found = _stack(call.tape, x, memory, options, options[f"num_{name}_layers"], trains)
        return None if found is None else _normed(call.tape, found, _inside(trains, "norm"))

    memory = part("encoder", source, None)
    out = None if memory is None else part("decoder", target, memory)
    return None if out is None else (out,)
