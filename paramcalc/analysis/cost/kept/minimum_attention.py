"""The least that attention and transformers keep: queries, keys, values, weights and the attended values.

The scores are not kept, and would be a product to be done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

from ....core.products import Source
from ....core.rule import Layer
from ....symbolic import Size
from ....untyped import OptionValue
from .keras_sequences import heads_of
from .minimum import dropout, following, function, linear, normalize, output
from .values import Call, Keeping, Tape, Value

Values = Sequence[Value]
Trains = Callable[[str], bool]


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
    found = heads_of(call)
    if found is None:
        return None
    query, key, value, heads, own, width, wide = found

    def projected(x: Value, name: str, several: Size) -> Value:
        shape = (*x.shape[:2], several)
        weight, bias = call.trains(f"{name}/kernel"), call.trains(f"{name}/bias")
        return linear(call.tape, x, shape, name, weight, bias)

    q = projected(query, "query", heads * width)
    k, v = projected(key, "key", own * width), projected(value, "value", own * wide)
    scores = query.shape[0] * heads * query.shape[1] * value.shape[1]
    mixed, _ = attend(call.tape, q, k, v, scores, call.layer.options["dropout"], heads * wide)
    call.tape.keep(*[mixed] * call.trains("attention_output/kernel"))
    return (output(call),)


def _inside(trains: Trains, name: str) -> Trains:
    return lambda path: trains(f"{name}.{path}")


def _heads(
    tape: Tape, inputs: Sequence[Value], options: Mapping[str, OptionValue], trains: Trains, more: Size = 0
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
    options: Mapping[str, OptionValue] = call.layer.options
    more = bool(options.get("add_bias_kv")) + bool(options.get("add_zero_attn"))
    out, weights = _heads(call.tape, call.inputs, options, lambda path: call.trains(path), more)
    mean = following(call.outputs[1], weights)
    return out._replace(shape=call.outputs[0], live=call.anything), mean


def _block(
    tape: Tape, x: Value, memory: Value | None, options: Mapping[str, OptionValue], trains: Trains
) -> Value | None:
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
    tape: Tape, x: Value, memory: Value | None, options: Mapping[str, OptionValue], count: int, trains: Trains
) -> Value | None:
    found: Value | None = x
    for at in range(count):
        if found is not None:
            found = _block(tape, found, memory, options, _inside(trains, f"layers.{at}"))
    return found


def torch_copies(of: Callable[[str], Keeping | None]) -> Keeping:
    """Go through copies of a layer of a transformer, and the normalization at the end, whose table is given."""

    def keeps(call: Call) -> Values | None:
        options: Mapping[str, OptionValue] = call.layer.options
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
    options: Mapping[str, OptionValue] = call.layer.options
    source, target = call.inputs

    def part(name: str, x: Value, memory: Value | None) -> Value | None:
        trains = _inside(lambda path: call.trains(path), name)
        found = _stack(call.tape, x, memory, options, options[f"num_{name}_layers"], trains)
        return None if found is None else _normed(call.tape, found, _inside(trains, "norm"))

    memory = part("encoder", source, None)
    out = None if memory is None else part("decoder", target, memory)
    return None if out is None else (out,)
