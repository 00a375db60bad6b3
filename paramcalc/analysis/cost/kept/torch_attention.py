"""What PyTorch's attention and transformers keep (torch/nn/functional.py, torch/nn/modules/transformer.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ....core.rule import Layer
from ....symbolic import Size
from ....untyped import OptionValue
from . import torch_normalization
from .torch_operations import (
    attention,
    dropout,
    keeping_input,
    keeping_output,
    layer_norm,
    linear,
    made,
    rows_of,
    same,
    scaled,
    transpose,
    weighted,
)
from .values import Call, Keeping, Tape, Value

Trains = Callable[[str], bool]  # whether a weight of a module, by its name there, needs a gradient


def _inside(trains: Trains, name: str) -> Trains:
    return lambda path: trains(f"{name}.{path}")


def _packed(tape: Tape, x: Value, d: Size, several: int, trains: Trains) -> tuple[Value, ...]:
    # one product for two or three of query, key and value, which is then laid out anew
    weight = trains("in_proj_weight")
    product = linear(tape, x, several * d, "projections", weight, trains("in_proj_bias"))
    whole = made(product.shape, "queries, keys and values" if several == 3 else "keys and values", product)
    return (whole._replace(shape=(*x.shape[:-1], d)),) * several


def _projected(
    tape: Tape, q: Value, k: Value, v: Value, d: Size, separate: bool, packs: bool, trains: Trains
) -> tuple[Value, ...]:
    def one(x: Value, name: str) -> Value:
        weight = f"{name[0]}_proj_weight" if separate else "in_proj_weight"
        return linear(tape, x, d, name, trains(weight), trains("in_proj_bias"))

    if separate or not packs or not same(k, v):
        return one(q, "queries"), one(k, "keys"), one(v, "values")
    if same(q, k):
        return _packed(tape, q, d, 3, trains)
    return one(q, "queries"), *_packed(tape, k, d, 2, trains)


def _attended(
    tape: Tape,
    inputs: Sequence[Value],
    options: Mapping[str, OptionValue],
    trains: Trains,
    needs_weights: bool,
    separate: bool = False,
) -> tuple[Value, Value | None]:
    d, heads, rate = options["embed_dim"], options["num_heads"], options["dropout"]
    q, k, v = inputs
    lone = len(q.shape) == 2
    if lone:
        q, k, v = (one._replace(shape=(one.shape[0], 1, one.shape[1]), strides=()) for one in (q, k, v))
    elif options["batch_first"]:
        q, k, v = map(transpose, (q, k, v))
    q, k, v = _projected(tape, q, k, v, d, separate, not lone, trains)  # one sample becomes three tensors
    length, batch = q.shape[:2]
    if options.get("add_bias_kv"):
        k = made((k.shape[0] + 1, *k.shape[1:]), "keys", k, live=trains("bias_k"))
        v = made((v.shape[0] + 1, *v.shape[1:]), "values", v, live=trains("bias_v"))
    if options.get("add_zero_attn"):
        k, v = (made((one.shape[0] + 1, *one.shape[1:]), name, one) for one, name in ((k, "keys"), (v, "values")))
    weights = None
    if needs_weights:
        shape = (batch, heads, length, k.shape[0])
        mixed, weights = weighted(tape, scaled(q, "scaled queries"), k, v, shape, rate)
        mixed = made(q.shape, "attended", mixed)
    else:
        mixed = attention(tape, q, k, v, heads, rate)
    rows = mixed._replace(shape=(length * batch, d), strides=())
    out = linear(tape, rows, d, "output", trains("out_proj.weight"), trains("out_proj.bias"))
    out = out._replace(shape=(length, batch, d))
    if lone:
        return out._replace(shape=(length, d)), weights
    return (transpose(out) if options["batch_first"] else out), weights


def _attention(call: Call) -> Sequence[Value]:
    d = call.layer.options["embed_dim"]
    kdim, vdim = (call.layer.options[name] for name in ("kdim", "vdim"))
    separate = any(size is not None and size != d for size in (kdim, vdim))
    out, weights = _attended(call.tape, call.inputs, call.layer.options, lambda path: call.trains(path), True, separate)
    mean = made(call.outputs[1], "output", *([weights] if weights is not None else []))
    return out._replace(shape=call.outputs[0]), mean


def _normed(tape: Tape, x: Value, trains: Trains) -> Value:
    return layer_norm(tape, x, rows_of(x.shape, 1), trains("weight"), trains("bias"))


def _activated(tape: Tape, x: Value, activation: object) -> Value | None:
    if activation == "relu":
        return keeping_output(tape, x, "activations")
    return keeping_input(tape, x, "activations") if activation == "gelu" else None


def block(
    tape: Tape, x: Value, memory: Value | None, options: Mapping[str, OptionValue], trains: Trains
) -> Value | None:
    """Go through a layer of a transformer, as its code does; ``None`` for an activation of one's own."""
    rate, d = options["dropout"], options["d_model"]
    own = {**options, "embed_dim": d, "num_heads": options["nhead"]}

    def attend(name: str) -> Callable[[Value], Value | None]:
        def step(read: Value) -> Value | None:
            seen = read if name == "self_attn" or memory is None else memory
            out, _ = _attended(tape, (read, seen, seen), own, _inside(trains, name), needs_weights=False)
            return dropout(tape, out, rate)

        return step

    def feed(read: Value) -> Value | None:
        wide = linear(tape, read, options["dim_feedforward"], "wide", trains("linear1.weight"), trains("linear1.bias"))
        acted = _activated(tape, wide, options["activation"])
        if acted is None:
            return None
        acted = dropout(tape, acted, rate, "dropped activations")
        out = linear(tape, acted, d, "output", trains("linear2.weight"), trains("linear2.bias"))
        return dropout(tape, out, rate)

    steps = [attend("self_attn"), *([attend("multihead_attn")] if memory is not None else []), feed]
    for at, step in enumerate(steps, 1):
        norm = _inside(trains, f"norm{at}")
        done = step(_normed(tape, x, norm) if options["norm_first"] else x)
        if done is None:
            return None
        x = made(x.shape, "sum", x, done, like=x)
        if not options["norm_first"]:
            x = _normed(tape, x, norm)
    return x


def _layer(call: Call) -> Sequence[Value] | None:
    x, *memory = call.inputs
    out = block(call.tape, x, memory[0] if memory else None, call.layer.options, lambda path: call.trains(path))
    return None if out is None else (out,)


def stack(
    tape: Tape,
    x: Value,
    memory: Value | None,
    options: Mapping[str, OptionValue],
    count: int,
    norm: Callable[[Value, Trains], Value | None],
    trains: Trains,
) -> Value | None:
    """Go through copies of a layer, and the normalization at the end."""
    for at in range(count):
        out = block(tape, x, memory, options, _inside(trains, f"layers.{at}"))
        if out is None:
            return None
        x = out
    return norm(x, _inside(trains, "norm"))


def _copies(call: Call) -> Sequence[Value] | None:
    options: Mapping[str, OptionValue] = call.layer.options
    inner: Layer = options["decoder_layer" if "decoder_layer" in options else "encoder_layer"]
    last: Layer | None = options["norm"]

    def norm(x: Value, trains: Trains) -> Value | None:
        if last is None:
            return x
        function = torch_normalization.TABLE.get(last.type)
        live = frozenset([*([0] if x.live else []), *(path for path in ("weight", "bias") if trains(path))])
        inside = Call(last, (x,), (x.shape,), (), (), live, call.tape)
        found = function(inside) if function is not None else None
        return found[0] if found is not None else None

    x, *memory = call.inputs
    out = stack(
        call.tape,
        x,
        memory[0] if memory else None,
        inner.options,
        options["num_layers"],
        norm,
        lambda path: call.trains(path),
    )
    return None if out is None else (out,)


def _transformer(call: Call) -> Sequence[Value] | None:
    options: Mapping[str, OptionValue] = call.layer.options
    source, target = call.inputs

    def norm(x: Value, trains: Trains) -> Value | None:
        return _normed(call.tape, x, trains)

    def part(name: str, x: Value, memory: Value | None) -> Value | None:
        trains = _inside(lambda path: call.trains(path), name)
        return stack(call.tape, x, memory, options, options[f"num_{name}_layers"], norm, trains)

    memory = part("encoder", source, None)
    out = None if memory is None else part("decoder", target, memory)
    return None if out is None else (out,)


TABLE: dict[str, Keeping] = {
    "MultiheadAttention": _attention,
    **dict.fromkeys(("TransformerEncoderLayer", "TransformerDecoderLayer"), _layer),
    **dict.fromkeys(("TransformerEncoder", "TransformerDecoder"), _copies),
    "Transformer": _transformer,
}
