"""Attention (keras/src/layers/attention): what a query takes from values, weighed by how it fits their keys.

All are called on query, value and perhaps key, which otherwise is the value. With heads of width d_k, Vaswani et al.
2017 project query and key to H·d_k numbers each and the value to H·d_v, and what comes of all heads to the output::

    softmax(QKᵀ/√d_k)V      T·S·d_k multiply-adds for QKᵀ in each head, T·S·d_v for the product with V
"""

from collections.abc import Mapping
from itertools import islice
from math import prod
from string import ascii_lowercase
from typing import Annotated, Literal, NamedTuple

from ...core.declare import REQUIRED, Built, Inputs, Shape, Weight, rule, scoped
from ...core.divisible import divides
from ...core.ignored_options import BIAS, KERNEL
from ...core.kinds import ANY_AXES, RATE, AtCall, Sized, Sizes
from ...core.products import NOTHING, Product, Source, Sources, Work, product
from ...errors import OptionError, ShapeError
from ...symbolic import Size, is_known
from ...untyped import OptionValue
from .core import projected
from .equations import Equation
from .merging import agree as both
from .quantized import POLICY, Policy, Storage

Rate = Annotated[float, RATE]
Heads = Annotated[Size, Sized("H")]
Window = Annotated[Size, Sized()] | None
Scores = Annotated[bool, AtCall]

Query = Annotated[Shape, Inputs("... T d_q", together=True)]
Value = Annotated[Shape, Inputs("... S d_v", together=True)]
Key = Annotated[Shape, Inputs("... S d_k", together=True)] | None


def agree(a: Size, b: Size, inputs: tuple[int, int], axis: int, broadcast: bool = False) -> Size:
    """Give the common size of two inputs along an axis; two names may stand for one size."""
    if is_known(a) and is_known(b) and not (isinstance(a, int) and isinstance(b, int)):
        return a
    return both(a, b, inputs, axis, broadcast)


def attended(
    query: Shape, value: Shape, key: Shape | None, scores: bool, dot: bool, weights: tuple[Weight, ...]
) -> Built:
    """Weigh the values by scores of queries and keys, whose axes before the last two are stretched to one another.

    The scores depend on ``weights``, too; they are products of queries and keys with ``dot``, else sums.
    """
    lead, at = query[:-2], 1 if key is None else 2
    key = value if key is None else key
    for place, other in ((at, key), (1, value)):
        if len(other) != len(query):
            raise ShapeError("inputs of several ranks", expected=f"{len(query)} axes each", received=len(other))
        pairs = zip(lead, other[:-2], strict=True)
        lead = tuple(agree(a, b, (0, place), axis, broadcast=True) for axis, (a, b) in enumerate(pairs))
    d = agree(query[-1], key[-1], (0, at), len(key) - 1, broadcast=not dot)
    (T, S), d_v = (query[-2], key[-2]), value[-1]
    agree(S, value[-2], (at, 1), len(value) - 2)
    return Built(
        outs=((*lead, T, d_v), (*lead, T, S)) if scores else ((*lead, T, d_v),),
        weights=weights,
        work=lambda: _weighed(prod(lead) * T * S, d if dot else None, d_v, at, weights, scores),
    )


def _weighed(places: Size, d: Size | None, d_v: Size, key: int, weights: tuple[Weight, ...], scores: bool) -> Work:
    # the scores depend on queries and keys, the output on values, too
    weighed = frozenset[Source]({0, key, *(weight.path for weight in weights)})
    products = () if d is None else (product(places * d, 0, key),)
    return Work((*products, product(places * d_v, weighed, 1)), (weighed | {1}, weighed)[: 1 + scores])


@rule(("seed",))
def Attention(
    query: Query,
    value: Value,
    key: Key = None,
    /,
    use_scale: bool = False,
    score_mode: Literal["dot", "concat"] = "dot",
    dropout: Rate = 0.0,
    *,
    return_attention_scores: Scores = False,
) -> Built:
    """Scores are products of queries and keys. Two optional weights: a scale, and the factor of score_mode="concat".

    Source: Luong et al. 2015.
    """
    names = ["scale"] * use_scale + ["concat_score_weight"] * (score_mode == "concat")
    weights = tuple(Weight(name, ()) for name in names)
    built = attended(query, value, key, return_attention_scores, score_mode == "dot", weights)
    return built._replace(formula=lambda: use_scale + (score_mode == "concat"))


@rule(("seed", "score_mode"))
def AdditiveAttention(
    query: Query,
    value: Value,
    key: Key = None,
    /,
    use_scale: bool = True,
    dropout: Rate = 0.0,
    *,
    return_attention_scores: Scores = False,
) -> Built:
    """Scores are sums over tanh(query + key), with one weight for each feature.

    Source: Bahdanau et al. 2014, whose two projections are Dense layers of their own here.
    """
    weights = (Weight("scale", (query[-1],)),) * use_scale
    built = attended(query, value, key, return_attention_scores, dot=False, weights=weights)
    return built._replace(formula=lambda: use_scale * query[-1])


class Projection(NamedTuple):
    """A dense layer from an input, of which its position is known, into heads of one width."""

    input: int
    x: Shape
    heads: Size
    width: Size


class Projections:
    """Dense layers into heads, from several inputs, and one from all heads to the output.

    ``into`` has a projection by its name; ``dtype`` says how the kernel of each is kept.
    """

    def __init__(
        self, into: dict[str, Projection], out: tuple[Size, ...], use_bias: bool, dtype: Policy | None
    ) -> None:
        self.into = into
        self.out = out
        self.use_bias = use_bias
        self.dtype = dtype
        self.heads, self.width = into["query"].heads, into["value"].width
        free = len(into["query"].x) - 1
        kernels: dict[str, tuple[Equation, Shape]] = {
            name: (_equation(free, 1, 2), (x[-1], heads, width)) for name, (_, x, heads, width) in into.items()
        }
        kernels["attention_output"] = _equation(free, 2, len(out)), (self.heads, self.width, *out)
        storage: Storage = {"lora_rank": None, "lora_alpha": None, "quantization_config": None, "dtype": dtype}
        self.kernels = {name: projected(equation, shape, storage) for name, (equation, shape) in kernels.items()}
        self.biases = {name: (one.heads, one.width) for name, one in into.items()} | {"attention_output": out}

    @property
    def weights(self) -> tuple[Weight, ...]:
        """What each keeps, by Keras's names."""
        found: list[Weight] = []
        for name, kernel in self.kernels.items():
            found += scoped(kernel.weights, name)
            found += [Weight("bias", self.biases[name], scope=name)] * self.use_bias
        return tuple(found)

    def count(self) -> Size:
        """Count the weights, a sum over projections; what all have in common stands in front."""
        if self.dtype is not None and self.dtype.mode:
            biases = sum(map(prod, self.biases.values())) if self.use_bias else 0
            return sum(kernel.numbers() for kernel in self.kernels.values()) + biases
        out = prod(self.out) * (self.heads * self.width + self.use_bias)
        sizes = [(heads, width, x[-1] + self.use_bias) for _, x, heads, width in self.into.values()]
        if all(heads is self.heads for heads, _, _ in sizes):
            return self.heads * sum(width * features for _, width, features in sizes) + out
        return self.width * sum(heads * features for heads, _, features in sizes) + out

    def work(self, places: Size, scores: Size, told: bool) -> Work:
        """Give the products of attention, with so many scores, and with outputs in so many places.

        With ``told`` the scores are a second output.
        """
        products: list[Product] = []
        made: dict[str, Sources] = {}
        for name, (at, x, heads, width) in self.into.items():
            products.append(product(prod(x) * (heads * width), at, self._within(name, self.kernels[name].operand)))
            made[name] = self._reached(name) | {at}
        weighed = made["query"] | made["key"]
        heads_of_all = weighed | made["value"] | made.get("gate", NOTHING)
        out, kernel = "attention_output", self.kernels["attention_output"].operand
        products += [
            product(scores * self.into["query"].width, made["query"], made["key"]),
            product(scores * self.width, weighed, made["value"]),
            product(places * (self.heads * self.width) * prod(self.out), heads_of_all, self._within(out, kernel)),
        ]
        return Work(tuple(products), (heads_of_all | self._reached(out), weighed)[: 1 + told])

    def _reached(self, name: str) -> Sources:
        # the weights of a projection that its output depends on
        return self._within(name, self.kernels[name].flow | ({"bias"} if self.use_bias else NOTHING))

    def _within(self, name: str, sources: Sources) -> Sources:
        return frozenset(f"{name}/{path}" for path in sources)


def _equation(free: int, summed: int, made: int) -> Equation:
    # the axes that pass through, those summed over, those made: ab c, c de -> ab de
    letters = iter(ascii_lowercase)
    lead, over, out = ("".join(islice(letters, count)) for count in (free, summed, made))
    return Equation(f"{lead}{over},{over}{out}->{lead}{out}")


def _check_sources(value: Shape, key: Shape, flash: bool | None, dropout: float, scores: bool) -> None:
    if len(value) != len(key) or any(_differ(a, b) for a, b in zip(value[1:-1], key[1:-1], strict=True)):
        raise ShapeError("value and key of different lengths", expected=f"as many keys as values, {value[1:-1]}")
    if flash and (dropout or scores):
        raise OptionError("flash attention keeps no scores", expected="no dropout and no return_attention_scores")


def _differ(a: Size, b: Size) -> bool:
    # Keras does not take one open length for a known one
    return a != b if isinstance(a, int) and isinstance(b, int) else is_known(a) != is_known(b)


class Attended(Inputs):
    """``B ... T d_Q``; without an axis to attend over, each sample has one place: ``B d_Q``."""

    __slots__ = ()

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.least = 2

    def named(self, rank: int, options: Mapping[str, OptionValue]) -> list[str] | None:
        """Name the axes of an input of this rank, or ``None`` if the rank does not fit."""
        if rank == 2:
            return [self.tokens[0], self.tokens[-1]]
        (batch, _, *rest) = self.tokens
        return [batch, *(f"n{at + 1}" for at in range(rank - 3)), *rest] if 2 < rank <= self.most else None


@rule((*KERNEL, *BIAS, "seed"), inner=True)
def MultiHeadAttention(
    query: Annotated[Shape, Attended("B ... T d_Q")],
    value: Annotated[Shape, Attended("B ... S d_V")],
    key: Annotated[Shape, Attended("B ... S d_K")] | None = None,
    /,
    num_heads: Heads = REQUIRED,
    key_dim: Annotated[Size, Sized("d_k")] = REQUIRED,
    value_dim: Annotated[Size, Sized("d_v", like="key_dim")] | None = None,
    dropout: Rate = 0.0,
    use_bias: bool = True,
    output_shape: Annotated[OptionValue, Sizes("d_o")] | None = None,
    attention_axes: Annotated[OptionValue, ANY_AXES] | None = None,
    sliding_window: Window = None,
    flash_attention: bool | None = None,
    *,
    use_gate: bool = False,
    dtype: Annotated[OptionValue, POLICY] | None = None,
    return_attention_scores: Scores = False,
) -> Built:
    """Each head projects query, key and value; one projection combines the heads. Sequence lengths do not matter.

    Four matrices a head where d_Q = d_K = d_V = d: 4·H·d_k·d, and with H·d_k = d the 4·d² of the transformer.
    A gate (use_gate) is a projection of the query more. The window and the causal mask leave out scores, not weights.
    The dtype policy is that of every projection, which may keep its kernel in few bits.
    Sources: Vaswani et al. 2017; Qiu et al. 2025 (the gate).
    """
    key, at = (value, 1) if key is None else (key, 2)
    _check_sources(value, key, flash_attention, dropout, return_attention_scores)
    d_v = key_dim if value_dim is None else value_dim
    outs = output_shape or (query[-1],)
    told = bool(dropout or return_attention_scores)
    stretched(query[0], value[0], 0)
    scores = _scores((*query[:-1], num_heads), (*key[:-1], num_heads), attention_axes, told)
    into = {"query": Projection(0, query, num_heads, key_dim), "key": Projection(at, key, num_heads, key_dim)}
    into |= {"gate": Projection(0, query, num_heads, d_v)} if use_gate else {}
    dense = Projections({**into, "value": Projection(1, value, num_heads, d_v)}, outs, use_bias, dtype)
    out = (*query[:-1], *outs)
    return Built(
        outs=(out, scores) if return_attention_scores else (out,),
        weights=dense.weights,
        formula=dense.count,
        work=lambda: dense.work(prod(query[:-1]), prod(scores), return_attention_scores),
    )


def _scores(query: Shape, key: Shape, axes: OptionValue, told: bool) -> Shape:
    # axes attended over, heads the last of them, stand once for the query and once for the key; all others agree
    rank = len(query)
    if len(key) != rank:
        raise ShapeError("query and value of two ranks", expected=f"{rank} axes each", received=len(key))
    named = (axes,) if isinstance(axes, int) else axes or ()
    over = [axis + rank * (axis < 0) for axis in named]
    if axes is None or (rank == 3 and not told):  # without scores to tell, Keras has a program for sequences
        over = list(range(1, rank - 1))
    fits = all(-rank <= axis <= rank for axis in named) and all(axis < rank for axis in over)
    if not fits or len(set(over)) != len(over):
        raise ShapeError("no such axes to attend over", expected=f"different numbers up to {rank - 2}", received=axes)
    shared = (stretched(query[at], key[at], at) for at in range(rank) if at not in over)
    return (*shared, *(query[at] for at in over), *(key[at] for at in over))


def stretched(query: Size, key: Size, axis: int) -> Size:
    """Give the size both sides share along an axis; one key serves any number of queries."""
    return query if isinstance(key, int) and key == 1 else agree(query, key, (0, 1), axis)


@rule((*KERNEL, *BIAS, "seed"), aliases=("GroupedQueryAttention",), inner=True)
def GroupQueryAttention(
    query: Annotated[Shape, Inputs("B T d_Q")],
    value: Annotated[Shape, Inputs("B S d_V")],
    key: Annotated[Shape, Inputs("B S d_K")] | None = None,
    /,
    head_dim: Annotated[Size, Sized("d_h")] = REQUIRED,
    num_query_heads: Heads = REQUIRED,
    num_key_value_heads: Annotated[Size, Sized("G")] = REQUIRED,
    dropout: Rate = 0.0,
    use_bias: bool = True,
    sliding_window: Window = None,
    flash_attention: bool | None = None,
    *,
    use_gate: bool = False,
    dtype: Annotated[OptionValue, POLICY] | None = None,
    return_attention_scores: Scores = False,
) -> Built:
    """H heads project the query; groups of heads share G projections of key and value.

    G = H is multi-head attention, G = 1 multi-query attention. Fewer groups have fewer weights; the products of
    queries and keys stay those of H heads.
    Source: Ainslie et al. 2023.
    """
    H, G, d_h, d = num_query_heads, num_key_value_heads, head_dim, query[-1]
    key, at = (value, 1) if key is None else (key, 2)
    divides(H, G, "{} query heads do not divide into {} groups", OptionError)
    if isinstance(d, int) and isinstance(value[-1], int) and d != value[-1]:
        raise ShapeError("query and value of different widths", expected=f"{d} features each", received=value[-1])
    _check_sources(value, key, flash_attention, dropout, return_attention_scores)
    stretched(query[0], value[0], 0)
    batch = stretched(query[0], key[0], 0)
    into = {"query": Projection(0, query, H, d_h), "key": Projection(at, key, G, d_h)}
    into |= {"gate": Projection(0, query, H, d_h)} if use_gate else {}
    dense = Projections({**into, "value": Projection(1, value, G, d_h)}, (d,), use_bias, dtype)
    scores = (batch, H, query[1], key[1])
    return Built(
        outs=(query, scores) if return_attention_scores else (query,),
        weights=dense.weights,
        formula=dense.count,
        work=lambda: dense.work(prod(query[:-1]), prod(scores), return_attention_scores),
    )
