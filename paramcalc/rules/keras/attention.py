"""Attention (keras/src/layers/attention): what a query takes from values, weighed by how it fits their keys.

All are called on query, value and perhaps key, which otherwise is the value. With heads of width d_k, Vaswani et al.
2017 project query and key to H·d_k numbers each and the value to H·d_v, and what comes of all heads to the output::

    softmax(QKᵀ/√d_k)V      T·S·d_k multiply-adds for QKᵀ in each head, T·S·d_v for the product with V
"""

from itertools import islice
from math import prod
from string import ascii_lowercase
from typing import Annotated, Any, Literal

from ...core.ignored_options import BIAS, KERNEL
from ...core.kinds import AXES, RATE, AtCall, Sized, Sizes
from ...core.products import unsourced
from ...core.rule import REQUIRED, Built, Inputs, Shape, Weight, rule, scoped
from ...errors import OptionError, ShapeError
from ...symbolic import Size, is_known
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


def attended(query: Shape, value: Shape, key: Shape | None, scores: bool, product: bool) -> Built:
    """Weigh the values by scores of queries and keys, whose axes before the last two are stretched to one another."""
    lead, at = query[:-2], 1 if key is None else 2
    key = value if key is None else key
    for place, other in ((at, key), (1, value)):
        if len(other) != len(query):
            raise ShapeError("inputs of several ranks", expected=f"{len(query)} axes each", received=len(other))
        pairs = zip(lead, other[:-2], strict=True)
        lead = tuple(agree(a, b, (0, place), axis, broadcast=True) for axis, (a, b) in enumerate(pairs))
    d = agree(query[-1], key[-1], (0, at), len(key) - 1, broadcast=not product)
    (T, S), d_v = (query[-2], key[-2]), value[-1]
    agree(S, value[-2], (at, 1), len(value) - 2)
    return Built(
        outs=((*lead, T, d_v), (*lead, T, S)) if scores else ((*lead, T, d_v),),
        work=lambda: unsourced(prod(lead) * T * S * (d + d_v if product else d_v)),
    )


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
    """Scores are products of queries and keys; at most a scale and a weight of sums (concat) to learn, two numbers.

    Source: Luong et al. 2015.
    """
    built = attended(query, value, key, return_attention_scores, score_mode == "dot")
    names = ["scale"] * use_scale + ["concat_score_weight"] * (score_mode == "concat")
    return built._replace(
        weights=tuple(Weight(name, ()) for name in names),
        formula=lambda: use_scale + (score_mode == "concat"),
    )


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
    """Scores are sums over tanh(query + key), each of its numbers with a weight of its own.

    Source: Bahdanau et al. 2014, whose two projections are Dense layers of their own here.
    """
    built = attended(query, value, key, return_attention_scores, product=False)
    return built._replace(
        weights=(Weight("scale", (query[-1],)),) * use_scale,
        formula=lambda: use_scale * query[-1],
    )


class Projections:
    """Dense layers into heads, from several inputs, and one from all heads to the output.

    ``into`` has the input, the heads and their width by the name of the projection; ``dtype`` says how each is kept.
    """

    def __init__(
        self, into: dict[str, tuple[Shape, Size, Size]], out: tuple[Size, ...], use_bias: bool, dtype: Policy | None
    ) -> None:
        self.into = into
        self.out = out
        self.use_bias = use_bias
        self.dtype = dtype
        (query, self.heads, _), (*_, self.width) = into["query"], into["value"]
        free = len(query) - 1
        kernels = {name: (_equation(free, 1, 2), (x[-1], *made)) for name, (x, *made) in into.items()}
        kernels["attention_output"] = _equation(free, 2, len(out)), (self.heads, self.width, *out)
        storage: Storage = {"lora_rank": None, "lora_alpha": None, "quantization_config": None, "dtype": dtype}
        self.kernels = {name: projected(equation, shape, storage) for name, (equation, shape) in kernels.items()}
        self.biases = {name: tuple(made) for name, (_, *made) in into.items()} | {"attention_output": out}

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
        sizes = [(heads, width, x[-1] + self.use_bias) for x, heads, width in self.into.values()]
        if all(heads is self.heads for heads, _, _ in sizes):
            return self.heads * sum(width * features for _, width, features in sizes) + out
        return self.width * sum(heads * features for heads, _, features in sizes) + out

    def macs(self, places: Size) -> Size:
        """Count the multiply-adds, of the last one over so many places."""
        into = sum(prod(x) * (heads * width) for x, heads, width in self.into.values())
        return into + places * (self.heads * self.width) * prod(self.out)


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


@rule((*KERNEL, *BIAS, "seed"))
def MultiHeadAttention(
    query: Annotated[Shape, Inputs("B ... T d_Q")],
    value: Annotated[Shape, Inputs("B ... S d_V")],
    key: Annotated[Shape, Inputs("B ... S d_K")] | None = None,
    /,
    num_heads: Heads = REQUIRED,
    key_dim: Annotated[Size, Sized("d_k")] = REQUIRED,
    value_dim: Annotated[Size, Sized("d_v", like="key_dim")] | None = None,
    dropout: Rate = 0.0,
    use_bias: bool = True,
    output_shape: Annotated[Any, Sizes("d_o")] | None = None,
    attention_axes: Annotated[Any, AXES] | None = None,
    sliding_window: Window = None,
    flash_attention: bool | None = None,
    *,
    use_gate: bool = False,
    dtype: Annotated[Any, POLICY] | None = None,
    return_attention_scores: Scores = False,
) -> Built:
    """For each head a projection of query, key and value; one of all heads back, whatever T and S are.

    Four matrices a head where d_Q = d_K = d_V = d: 4·H·d_k·d, and with H·d_k = d the 4·d² of the transformer.
    A gate (use_gate) is a projection of the query more. The window and the causal mask leave out scores, not weights.
    The dtype policy is that of every projection, which may keep its kernel in few bits.
    Sources: Vaswani et al. 2017; Qiu et al. 2025 (the gate).
    """
    key = value if key is None else key
    _check_sources(value, key, flash_attention, dropout, return_attention_scores)
    d_v = key_dim if value_dim is None else value_dim
    outs = output_shape or (query[-1],)
    told = bool(dropout or return_attention_scores)
    stretched(query[0], value[0], 0)
    scores = _scores((*query[:-1], num_heads), (*key[:-1], num_heads), attention_axes, told)
    into = {"query": (query, num_heads, key_dim), "key": (key, num_heads, key_dim)}
    into |= {"gate": (query, num_heads, d_v)} if use_gate else {}
    dense = Projections({**into, "value": (value, num_heads, d_v)}, outs, use_bias, dtype)
    out = (*query[:-1], *outs)
    return Built(
        outs=(out, scores) if return_attention_scores else (out,),
        weights=dense.weights,
        formula=dense.count,
        work=lambda: unsourced(dense.macs(prod(query[:-1])) + prod(scores) * (key_dim + d_v)),
    )


def _scores(query: Shape, key: Shape, axes: Any, told: bool) -> Shape:
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


@rule((*KERNEL, *BIAS, "seed"), aliases=("GroupedQueryAttention",))
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
    dtype: Annotated[Any, POLICY] | None = None,
    return_attention_scores: Scores = False,
) -> Built:
    """A projection of the query for each of H heads, of key and value for each of G groups that share one.

    G = H is multi-head attention, G = 1 multi-query attention. Fewer groups have fewer weights; the products of
    queries and keys stay those of H heads.
    Source: Ainslie et al. 2023.
    """
    H, G, d_h, d = num_query_heads, num_key_value_heads, head_dim, query[-1]
    key = value if key is None else key
    if isinstance(H, int) and isinstance(G, int) and H % G:
        raise OptionError(f"{H} query heads do not divide into {G} groups")
    if isinstance(d, int) and isinstance(value[-1], int) and d != value[-1]:
        raise ShapeError("query and value of different widths", expected=f"{d} features each", received=value[-1])
    _check_sources(value, key, flash_attention, dropout, return_attention_scores)
    stretched(query[0], value[0], 0)
    batch = stretched(query[0], key[0], 0)
    into = {"query": (query, H, d_h), "key": (key, G, d_h)}
    into |= {"gate": (query, H, d_h)} if use_gate else {}
    dense = Projections({**into, "value": (value, G, d_h)}, (d,), use_bias, dtype)
    scores = (batch, H, query[1], key[1])
    return Built(
        outs=(query, scores) if return_attention_scores else (query,),
        weights=dense.weights,
        formula=dense.count,
        work=lambda: unsourced(dense.macs(prod(query[:-1])) + prod(scores) * (2 * d_h)),
    )
