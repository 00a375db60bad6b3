"""What jax keeps of Keras's layers over sequences: recurrent ones, in one direction or both, and attention."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from ....core.products import State
from ....core.rule import Layer
from ....symbolic import Size
from ....untyped import OptionValue
from .keras_activations import is_set, is_set_of
from .values import Call, Tape, Value, value_of

Values = Sequence[Value]

PLAIN = {"LSTM": ("tanh", "sigmoid"), "GRU": ("tanh", "sigmoid"), "SimpleRNN": ("tanh", None)}
CELLS = {"LSTM": "lstm_cell", "GRU": "gru_cell", "SimpleRNN": "simple_rnn_cell"}
STEPS_AS_USUAL = {  # options of recurrent layers that these tables know; another one may change what a step keeps
    "units", "use_bias", "unit_forget_bias", "reset_after",
    "go_backwards", "unroll", "return_sequences", "return_state",
}  # fmt: skip


def is_usual(layer: Layer) -> bool:
    """Tell whether a recurrent layer is one whose steps are known, its activations aside."""
    strange = layer.rule.options.keys() - STEPS_AS_USUAL
    return layer.type in PLAIN and not is_set_of(layer, *strange, "dropout", "recurrent_dropout")


def _steady(layer: Layer) -> bool:
    # and its activations, too
    given = layer.ignored_options or {}
    if not is_usual(layer):
        return False
    usual = PLAIN[layer.type]
    return (given.get("activation", usual[0]), given.get("recurrent_activation", usual[1])) == usual


def recurrent(call: Call) -> Values | None:
    """Run a recurrent layer over its steps."""
    if not _steady(call.layer):
        return None

    def trains(name: str) -> bool:
        return call.trains(f"{CELLS[call.layer.type]}/{name}")

    if is_set(call, "unroll"):
        return None if call.states else _unrolled(call, trains)
    backwards = bool(call.layer.options["go_backwards"])
    scan(call.tape, call.inputs[0], call.layer, backwards, call.anything, trains)
    return [value_of(shape, live=call.anything) for shape in call.outputs]


def bidirectional(call: Call) -> Values | None:
    """Run a recurrent layer in both directions."""
    options: Mapping[str, OptionValue] = call.layer.options
    inner: Layer = options["layer"]
    if options["backward_layer"] is not None or not isinstance(inner, Layer):
        return None
    if not _steady(inner) or is_set_of(inner, "unroll"):
        return None
    (x,) = call.inputs
    paths = call.layer.on(x.shape).weight_paths
    states = len(call.state_shapes) // 2
    given = bool(inner.options["go_backwards"])
    lives: list[bool] = []
    for at, way in enumerate(("forward_", "backward_")):
        trained = {path.rpartition("/")[2] for path in paths if path.startswith(way) and call.trains(path)}
        started = any(State(one) in call.live for one in range(at * states, (at + 1) * states))
        live = x.live or bool(trained) or started
        scan(call.tape, x, inner, given != bool(at), live, trained.__contains__)
        lives.append(live)
    out = [value_of(shape, live=call.anything) for shape in call.outputs]
    merge = options["merge_mode"]
    width = out[0].size // 2 if merge == "concat" else out[0].size
    for live, other in (lives, lives[::-1]):
        call.tape.new("output of the other direction", width, times=merge == "mul" and other)
        call.tape.new("zeros", width, times=merge == "concat" and live and not other)
    return out


def scan(tape: Tape, x: Value, layer: Layer, backwards: bool, live: bool, trains: Callable[[str], bool]) -> None:
    """Go through the steps of a recurrent layer, which all keep the same."""
    options: Mapping[str, OptionValue] = layer.options
    type, units = layer.type, options["units"]
    per_step = prod(x.shape[:2]) * units
    if type == "GRU" and options["reset_after"]:
        tape.new("gates", 9 * per_step, times=live)
        # the input is multiplied before the loop
        if backwards:
            tape.new("reversed input", x.size, times=trains("kernel"))
        elif trains("kernel"):
            tape.keep(x)
        return
    many = {"LSTM": 11, "GRU": 8, "SimpleRNN": 2}[type]
    tape.new("gates", many * per_step, times=live)
    tape.new("copies of the recurrent kernel", 3 * units * units, times=live and type == "GRU")
    tape.new("hidden states", per_step, times=trains("recurrent_kernel"))
    tape.new("input by steps", x.size, times=trains("kernel"))


def _unrolled(call: Call, trains: Callable[[str], bool]) -> Values:
    # each step is a program of its own, and the first one knows that its state is zeros, which it makes once
    options: Mapping[str, OptionValue] = call.layer.options
    (x,) = call.inputs
    tape, live, type, units = call.tape, call.anything, call.layer.type, options["units"]
    rows, steps = x.shape[:2]
    out, *states = (value_of(shape, live=live) for shape in call.outputs)
    recurrent = trains("recurrent_kernel")
    tape.new("input by steps", x.size, times=trains("kernel"))
    if type == "SimpleRNN":
        last = states[0] if states else out
        own = not states and options["return_sequences"]  # else the last state is an output
        tape.new("gates", (2 * steps - (0 if own else 1)) * rows * units, times=live)
        tape.keep(*[last] * (live and not own))
        tape.new("zeros", rows * units, times=recurrent)
        return [out if options["return_sequences"] else last, *states]
    if type == "GRU" and options["reset_after"]:
        tape.new("gates", (9 * steps - 2) * rows * units, times=live)
        tape.new("zeros", rows * units, times=recurrent or trains("bias"))
        return [out, *states]
    per_step, first = {"LSTM": (11, 1), "GRU": (8, 2)}[type]
    tape.new("gates", (per_step * steps - first) * rows * units, times=live)
    tape.new("copies of the recurrent kernel", (3 * steps - 2) * units * units, times=live and type == "GRU")
    tape.new("hidden states", steps * rows * units, times=recurrent)
    return [out, *states]


class Heads(NamedTuple):
    """What attention with several heads reads, and the sizes of its heads.

    Attributes
    ----------
    query, key, value : Value
    heads, own : int or Expr
        How many heads the queries have, and how many keys and values.
    width, wide : int or Expr
        The size of a head of queries and keys, and of one of values.
    """

    query: Value
    key: Value
    value: Value
    heads: Size
    own: Size
    width: Size
    wide: Size


def heads_of(call: Call) -> Heads | None:
    """Read the inputs and sizes of attention; ``None`` with options that change what is kept."""
    options: Mapping[str, OptionValue] = call.layer.options
    if is_set(call, "sliding_window", "use_gate", "attention_axes", "output_shape") or call.switches:
        return None
    if any(len(one.shape) != 3 for one in call.inputs):
        return None
    query, value, *rest = call.inputs
    key = rest[0] if rest else value
    if call.layer.type == "GroupQueryAttention":
        width = options["head_dim"]
        return Heads(query, key, value, options["num_query_heads"], options["num_key_value_heads"], width, width)
    heads, width = options["num_heads"], options["key_dim"]
    return Heads(
        query, key, value, heads, heads, width, width if options["value_dim"] is None else options["value_dim"]
    )


def attention(call: Call) -> Values | None:
    """Attend with several heads, of queries alone or of keys and values, too."""
    found = None if is_set(call, "flash_attention") else heads_of(call)
    if found is None:
        return None
    query, key, value, heads, _, width, wide = found
    tape = call.tape

    def projected(x: Value, name: str) -> bool:
        if call.trains(f"{name}/kernel"):
            tape.keep(x)
        return x.live or call.trains(f"{name}/kernel", f"{name}/bias")

    q, k, v = (projected(one, name) for one, name in ((query, "query"), (key, "key"), (value, "value")))
    batch, length, seen = query.shape[0], query.shape[1], value.shape[1]
    scores, rows = batch * heads * length * seen, batch * heads * length
    tape.new("scaled queries", rows * width, times=k)
    tape.new("keys", key.shape[0] * heads * seen * width, times=q)
    tape.new("exponentials and their sums", scores + 2 * rows, times=q or k)
    if call.layer.options["dropout"]:
        tape.new("mask", scores, "bool", times=q or k)
        tape.new("zeros", scores, times=q or k)
    tape.new("weights", scores, times=v)
    tape.new("values", value.shape[0] * heads * seen * wide, times=q or k)
    tape.new("attended", rows * wide, times=call.trains("attention_output/kernel"))
    return (call.output(),)
