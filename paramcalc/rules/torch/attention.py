"""Attention and the transformer made of it (torch/nn/modules/activation.py, transformer.py)."""

from collections.abc import Callable, Mapping
from math import prod
from typing import Annotated, Literal

from ...core.combined import placed
from ...core.declare import LAYER, Built, Inputs, Part, Shape, Weight
from ...core.divisible import divides
from ...core.ignored_options import FACTORY
from ...core.kinds import NUMBER, RATE, Sized
from ...core.products import Product, Sources, Work, product
from ...core.sources import joined, sources
from ...errors import OptionError, ShapeError
from ...symbolic import Size, add, times
from ...untyped import OptionValue
from .axes import agree, declared, inside, rule
from .linear import dense
from .normalization import LayerNorm, affine_of
from .options import ACTIVATION, COUNT

Model = Annotated[Size, Sized("d")]
Inner = Annotated[Size, Sized("d_f")]
Heads = Annotated[Size, Sized("h")]
Rate = Annotated[float, RATE]
Number = Annotated[float, NUMBER]
Activation = Annotated[OptionValue, ACTIVATION]
Count = Annotated[int, COUNT]
Sequence = Annotated[Shape, Inputs("L N? d")]
Memory = Annotated[Shape, Inputs("S N? d")]


def _batched(shapes: Mapping[str, Shape], batch_first: bool) -> tuple[Shape, list[Size]]:
    # the batch, if there is one, and the length of each; all must agree in whether and how large
    first, *others = shapes.values()
    for name, shape in list(shapes.items())[1:]:
        if len(shape) != len(first):
            raise ShapeError(f"the {name} has a wrong rank", expected=f"{len(first)} axes", received=len(shape))
    at = 0 if batch_first else 1
    if len(first) == 2:
        return (), [shape[0] for shape in shapes.values()]
    for place, shape in enumerate(others, 1):
        agree((first, shape), (at,), (0, place))
    return (first[at],), [shape[1 - at] for shape in shapes.values()]


def _projections(d: Size, d_k: Size, d_v: Size, same: bool, bias: bool, extra: bool) -> tuple[Weight, ...]:
    queried = (("q", d), ("k", d_k), ("v", d_v))
    weights = [Weight(f"{name}_proj_weight", (d, width)) for name, width in queried]
    if same:
        weights = [Weight("in_proj_weight", (3 * d, d))]
    if bias:
        weights += [Weight("in_proj_bias", (3 * d,))]
    weights += [Weight("bias_k", (1, 1, d)), Weight("bias_v", (1, 1, d))] * extra
    weights += [Weight("out_proj.weight", (d, d))] + [Weight("out_proj.bias", (d,))] * bias
    return tuple(weights)


@rule(FACTORY)
def MultiheadAttention(
    query: Sequence,
    key: Annotated[Shape, Inputs("S N? d_k")],
    value: Annotated[Shape, Inputs("S N? d_v")],
    /,
    embed_dim: Model,
    num_heads: Heads,
    dropout: Rate = 0.0,
    bias: bool = True,
    add_bias_kv: bool = False,
    add_zero_attn: bool = False,
    kdim: Annotated[Size, Sized("d_k")] | None = None,
    vdim: Annotated[Size, Sized("d_v")] | None = None,
    batch_first: bool = False,
) -> Built:
    """Four dense networks: query, key, value and output. The number of heads does not change the count.

    softmax(Q K^T / sqrt(d/h)) V for each of h heads of d/h numbers, side by side; then one more matrix.
    The second output is how much each place of the query looks at each of the key, the mean over all heads.
    Source: Vaswani et al. 2017.
    """
    d, d_k, d_v = embed_dim, embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
    divides(d, num_heads, "{} features do not divide into {} heads")
    for name, size, received in (("query", d, query), ("key", d_k, key), ("value", d_v, value)):
        declared("MultiheadAttention", size, received[-1], f"features of the {name}")
    batch, (L, S, length) = _batched({"query": query, "key": key, "value": value}, batch_first)
    agree(((S,), (length,)), (0,), (1, 2))
    same = all(isinstance(size, int) == isinstance(d, int) and size == d for size in (d_k, d_v))
    seen = S + add_bias_kv + add_zero_attn

    def formula() -> Size:
        if same:
            return 4 * (d * d + bias * d) + add_bias_kv * 2 * d
        return d * (2 * d + d_k + d_v) + bias * 4 * d + add_bias_kv * 2 * d

    def work() -> Work:
        wide, each = prod(batch) * d, ("q_proj_weight", "k_proj_weight", "v_proj_weight")
        w_q, w_k, w_v = ("in_proj_weight",) * 3 if same else each
        q: Sources = sources((0, w_q, *["in_proj_bias"] * bias))
        k: Sources = sources((1, w_k, *["in_proj_bias"] * bias, *["bias_k"] * add_bias_kv))
        v: Sources = sources((2, w_v, *["in_proj_bias"] * bias, *["bias_v"] * add_bias_kv))
        made = (
            product(wide * L * d, 0, w_q),
            product(wide * S * d_k, 1, w_k),
            product(wide * S * d_v, 2, w_v),
            product(wide * L * seen, q, k),
            product(wide * L * seen, q | k, v),
            product(wide * L * d, q | k | v, "out_proj.weight"),
        )
        out = q | k | v | {"out_proj.weight", *["out_proj.bias"] * bias}
        return Work(made, (out, q | k))

    return Built(
        outs=(query, (*batch, L, seen)),
        weights=_projections(d, d_k, d_v, same, bias, add_bias_kv),
        formula=formula,
        work=work,
    )


Through = Callable[..., Sources]  # what a module, by name, gives for what its inputs depend on


def assembled(outs: tuple[Shape, ...], pieces: Mapping[str, Built], order: Callable[[Through], Sources]) -> Built:
    """Put together modules by name: their weights and formulas one after the other.

    Parameters
    ----------
    outs : tuple of shapes
    pieces : mapping of str to Built
    order : callable
        Goes through the modules as a call does, and gives what the output depends on. It is handed a function of a
        name and of what each input of that module depends on, which gives what the module's output depends on.
    """

    def work() -> Work:
        products: list[Product] = []

        def through(name: str, *read: Sources) -> Sources:
            done = placed(pieces[name], name, read, separator=".")
            products.extend(done.products)
            return joined((done.flow or ())[0])

        out = order(through)
        return Work(tuple(products), (out,))

    return Built(
        outs=outs,
        weights=tuple(weight for name, piece in pieces.items() for weight in inside(piece.weights, name)),
        formula=lambda: add([piece.formula() for piece in pieces.values() if piece.formula]),
        work=work,
    )


def _block(
    x: Shape,
    memory: Shape | None,
    d: Size,
    heads: Size,
    inner: Size,
    bias: bool,
    batch_first: bool,
    norm_first: bool,
) -> Built:
    # attention to itself, perhaps to what the encoder made, then two dense networks; a normalization with each
    attention = MultiheadAttention(d, heads, bias=bias, batch_first=batch_first)
    pieces: dict[str, Built] = {"self_attn": attention.on(x, x, x)}
    if memory is not None:
        pieces["multihead_attn"] = attention.on(x, memory, memory)
    wide = dense(x, inner, bias)
    pieces |= {"linear1": wide, "linear2": dense(wide.shapes()[0], d, bias)}
    norms = 2 + (memory is not None)
    norm = affine_of(x, (d,), True, bias)
    pieces |= {f"norm{at}": norm for at in range(1, norms + 1)}

    def order(through: Through) -> Sources:
        steps: list[Callable[[Sources], Sources]] = [lambda read: through("self_attn", read, read, read)]
        if memory is not None:
            steps.append(lambda read: through("multihead_attn", read, frozenset({1}), frozenset({1})))
        steps.append(lambda read: through("linear2", through("linear1", read)))
        read: Sources = frozenset({0})
        for at, step in enumerate(steps, 1):
            if norm_first:
                read |= step(through(f"norm{at}", read))
            else:
                read = through(f"norm{at}", read | step(read))
        return read

    made = assembled((x,), pieces, order)
    sides = [piece for name, piece in pieces.items() if not name.startswith("norm")]
    return made._replace(
        formula=lambda: add([*(piece.formula() for piece in sides if piece.formula), times(norms, (1 + bias) * d)])
    )


@rule(FACTORY)
def TransformerEncoderLayer(
    src: Sequence,
    /,
    d_model: Model,
    nhead: Heads,
    dim_feedforward: Inner = 2048,
    dropout: Rate = 0.1,
    activation: Activation = "relu",
    layer_norm_eps: Number = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
) -> Built:
    """Self-attention, then a feed-forward network of two dense layers, each part with a normalization.

    Source: Vaswani et al. 2017.
    """
    declared("TransformerEncoderLayer", d_model, src[-1])
    return _block((*src[:-1], d_model), None, d_model, nhead, dim_feedforward, bias, batch_first, norm_first)


@rule(FACTORY)
def TransformerDecoderLayer(
    tgt: Sequence,
    memory: Memory,
    /,
    d_model: Model,
    nhead: Heads,
    dim_feedforward: Inner = 2048,
    dropout: Rate = 0.1,
    activation: Activation = "relu",
    layer_norm_eps: Number = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
) -> Built:
    """Self-attention, attention to the encoder's output and a feed-forward network, each with a normalization.

    A normalization goes with each of the three. Source: Vaswani et al. 2017.
    """
    declared("TransformerDecoderLayer", d_model, tgt[-1])
    return _block((*tgt[:-1], d_model), memory, d_model, nhead, dim_feedforward, bias, batch_first, norm_first)


def copies(layer: OptionValue, count: int, norm: OptionValue, x: Shape, *memory: Shape) -> Built:
    """Put copies of a layer on top of one another, each with weights of its own, and perhaps a normalization."""
    one: Built = layer.on(x, *memory)
    pieces = {f"layers.{at}": one for at in range(count)}
    last = None if norm is None else norm.on(one.shapes()[0])
    outs = one.shapes() if last is None else last.shapes()

    def order(through: Through) -> Sources:
        read: Sources = frozenset({0})
        for at in range(count):
            read = through(f"layers.{at}", read, *[frozenset({1})] * len(memory))
        return read if last is None else through("norm", read)

    made = assembled(outs, pieces | ({} if last is None else {"norm": last}), order)

    def formula() -> Size:
        many = times(count, one.formula() if one.formula else 0)
        return add([many, last.formula()]) if last is not None and last.formula else many

    parts = [Part(f"layers.{at}", layer, (x, *memory), one) for at in range(count)]
    end = [] if last is None else [Part("norm", norm, one.shapes(), last)]
    return made._replace(formula=formula, parts=lambda: parts + end)


def _check_layer(owner: str, layer: OptionValue, wanted: str) -> None:
    if layer.type != wanted:
        raise OptionError(f"{layer.type} is not a layer for a {owner}", expected=wanted)


@rule(copies=("encoder_layer",))
def TransformerEncoder(
    src: Annotated[Shape, Inputs("*encoder_layer")],
    /,
    encoder_layer: Annotated[OptionValue, LAYER],
    num_layers: Count,
    norm: Annotated[OptionValue, LAYER] | None = None,
    enable_nested_tensor: bool = True,
    mask_check: bool = True,
) -> Built:
    """A stack of copies of one layer, each with its own weights, and an optional normalization at the end."""
    _check_layer("TransformerEncoder", encoder_layer, "TransformerEncoderLayer")
    return copies(encoder_layer, num_layers, norm, src)


@rule(copies=("decoder_layer",))
def TransformerDecoder(
    tgt: Annotated[Shape, Inputs("*decoder_layer")],
    memory: Memory,
    /,
    decoder_layer: Annotated[OptionValue, LAYER],
    num_layers: Count,
    norm: Annotated[OptionValue, LAYER] | None = None,
) -> Built:
    """A stack of copies of one layer, each with its own weights, and an optional normalization at the end."""
    _check_layer("TransformerDecoder", decoder_layer, "TransformerDecoderLayer")
    return copies(decoder_layer, num_layers, norm, tgt, memory)


@rule(FACTORY)
def Transformer(
    src: Annotated[Shape, Inputs("S N? d")],
    tgt: Sequence,
    /,
    d_model: Model = 512,
    nhead: Heads = 8,
    num_encoder_layers: Count = 6,
    num_decoder_layers: Count = 6,
    dim_feedforward: Inner = 2048,
    dropout: Rate = 0.1,
    activation: Activation = "relu",
    custom_encoder: Literal[None] = None,
    custom_decoder: Literal[None] = None,
    layer_norm_eps: Number = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
) -> Built:
    """A stack of encoder layers and a stack of decoder layers, which attend to the encoder's output.

    A normalization stands at the end of either. Source: Vaswani et al. 2017.
    """
    _batched({"src": src, "tgt": tgt}, batch_first)
    options = {
        "dim_feedforward": dim_feedforward,
        "batch_first": batch_first,
        "norm_first": norm_first,
        "bias": bias,
    }
    encoder = TransformerEncoderLayer(d_model, nhead, **options)
    decoder = TransformerDecoderLayer(d_model, nhead, **options)
    norm = LayerNorm(d_model, bias=bias)
    pieces = {
        "encoder": copies(encoder, num_encoder_layers, norm, src),
        "decoder": copies(decoder, num_decoder_layers, norm, tgt, (*src[:-1], d_model)),
    }

    def order(through: Through) -> Sources:
        return through("decoder", frozenset({1}), through("encoder", frozenset({0})))

    return assembled(pieces["decoder"].shapes(), pieces, order)
