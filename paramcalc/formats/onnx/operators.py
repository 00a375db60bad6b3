"""Operators that read weights, as a table: where each weight is read, its axes, the formula of their number, the cost.

A line says, for the place of each input that is a weight, the names of its axes; ``k...`` is one axis or several. In
the formula ``k...`` is their product, and ``has2`` is 1 where input 2 is there. Source: docs/Operators.md of ONNX 1.23,
and docs/ContribOperators.md of ONNX Runtime 1.20.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from ...core.built import Weight
from ...core.formula import Formula, formula_of
from ...core.tensors import BATCH
from ...errors import ParamcalcError
from ...rules.conventions.made import layer_of, row_of
from ...symbolic import Size, unknown
from ...symbolic.expr import product
from ..operators.formulas import formula_at
from .values import Call, Sizes

Macs = Callable[[Call, Sizes | None], Size | None]


class Operator(NamedTuple):
    """One line of the table.

    Attributes
    ----------
    weights : dict of int to str
        The axes of each input that is a weight.
    formula : str
        Empty where there is none.
    macs : callable
        Gives the multiply-adds for a call and its output shape, ``None`` where they are unknown.
    fixed : tuple of int
        Inputs that training does not change by descent: moving statistics.
    beside : tuple of int
        Inputs that say how weights are quantized, or where a sequence begins; they are stored and not counted.
    least : int
        How many axes the first weight must have for it to be one: a vector that is indexed is no embedding.
    """

    weights: Mapping[int, str]
    formula: str
    macs: Macs
    fixed: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    least: int = 0


def _none(call: Call, out: Sizes | None) -> Size | None:
    return 0


def _unknown(call: Call, out: Sizes | None) -> Size | None:
    return None


def _conv(call: Call, out: Sizes | None) -> Size | None:
    kernel = call.shape(3 if call.op == "QLinearConv" else 1)
    return product((*out, *kernel[1:])) if out and kernel else None


def _conv_transposed(call: Call, out: Sizes | None) -> Size | None:
    shape, kernel = call.shape(0), call.shape(1)
    return product((*shape, *kernel[1:])) if shape and kernel else None


def _matrix(call: Call, out: Sizes | None) -> Size | None:
    a, b = call.shape(0), call.shape(3 if call.op == "QLinearMatMul" else 1)
    if out is None:
        return None
    if b:
        transposed = call.number("transB")
        return product((*out, b[-1] if transposed or len(b) == 1 else b[-2]))
    return product((*out, a[-1])) if a and not call.number("transA") else None


def _matrix_in_blocks(call: Call, out: Sizes | None) -> Size | None:
    return product((*out, call.number("K"))) if out else None


CONV = Operator({1: "F C k...", 2: "F"}, "F*(k...*C + has2)", _conv)
MATMUL = Operator({0: "d_o d_i", 1: "d_i d_o"}, "d_i*d_o", _matrix)
SCALE = Operator({1: "n..."}, "n...", _none)
SCALE_AND_SHIFT = Operator({1: "n...", 2: "n..."}, "(1 + has2)*n...", _none)

OPERATORS: dict[str, Operator] = {
    "Conv": CONV,
    "ConvTranspose": Operator({1: "C F k...", 2: "G"}, "C*k...*F + has2*G", _conv_transposed),
    "ConvInteger": CONV._replace(weights={1: "F C k..."}, formula="F*k...*C", beside=(2, 3)),
    "QLinearConv": Operator({3: "F C k...", 8: "F"}, "F*(k...*C + has8)", _conv, beside=(1, 2, 4, 5, 6, 7)),
    "DeformConv": Operator({1: "F C k...", 3: "F"}, "F*(k...*C + has3)", _conv),
    "Gemm": Operator({0: "d_o d_i", 1: "d_i d_o", 2: "d_o"}, "d_i*d_o + has2*d_o", _matrix),
    "MatMul": MATMUL,
    "MatMulInteger": MATMUL._replace(beside=(2, 3)),
    "QLinearMatMul": Operator({0: "d_o d_i", 3: "d_i d_o"}, "d_i*d_o", _matrix, beside=(1, 2, 4, 5, 6, 7)),
    "Einsum": Operator({0: "", 1: "", 2: ""}, "", _unknown),
    "Gather": Operator({0: "V d..."}, "V*d...", _none, least=2),
    "BatchNormalization": Operator({1: "C", 2: "C", 3: "C", 4: "C"}, "4*C", _none, fixed=(3, 4)),
    "InstanceNormalization": SCALE_AND_SHIFT,
    "GroupNormalization": SCALE_AND_SHIFT,
    "LayerNormalization": SCALE_AND_SHIFT,
    "RMSNormalization": SCALE,
    "PRelu": SCALE,
    "LSTM": Operator({1: "", 2: "", 3: "", 7: ""}, "", _unknown, beside=(4, 5, 6)),
    "GRU": Operator({1: "", 2: "", 3: ""}, "", _unknown, beside=(4, 5)),
    "RNN": Operator({1: "", 2: "", 3: ""}, "", _unknown, beside=(4, 5)),
    "CausalConvWithState": Operator({1: "", 2: ""}, "", _unknown),
    # a vector that is added or multiplied is a bias or a scale; one number is a constant of a formula
    "Add": Operator({0: "n...", 1: "n..."}, "", _none),
    "Sub": Operator({0: "n...", 1: "n..."}, "", _none),
    "Mul": Operator({0: "n...", 1: "n..."}, "", _none),
    "Div": Operator({0: "n...", 1: "n..."}, "", _none),
}
CONTRIBUTED: dict[str, Operator] = {
    "FusedConv": CONV,
    "FusedMatMul": MATMUL,
    "FusedGemm": OPERATORS["Gemm"],
    "DynamicQuantizeMatMul": MATMUL._replace(
        weights={1: "d_i d_o", 4: "d_o"}, formula="d_i*d_o + has4*d_o", beside=(2, 3)
    ),
    "MatMulIntegerToFloat": MATMUL._replace(
        weights={1: "d_i d_o", 6: "d_o"}, formula="d_i*d_o + has6*d_o", beside=(2, 3, 4, 5)
    ),
    "MatMulNBits": Operator({1: "", 2: "", 3: "", 5: ""}, "", _matrix_in_blocks, beside=(4,)),
    "SimplifiedLayerNormalization": SCALE,
    "SkipSimplifiedLayerNormalization": SCALE._replace(weights={2: "n...", 3: "n..."}, formula="(1 + has3)*n..."),
    "SkipLayerNormalization": SCALE._replace(
        weights={2: "n...", 3: "n...", 4: "n..."}, formula="(1 + has3 + has4)*n..."
    ),
    "BiasGelu": SCALE,
    "FastGelu": SCALE,
    "Attention": Operator({1: "d_i d_o", 2: "d_o"}, "d_i*d_o + has2*d_o", _unknown),
    "DynamicQuantizeLSTM": Operator({1: "", 2: "", 3: "", 7: ""}, "", _unknown, beside=(4, 5, 6, 8, 9, 10, 11)),
    "EmbedLayerNormalization": Operator(dict.fromkeys(range(2, 7), ""), "", _none),
}
ARITHMETIC = frozenset({"Add", "Sub", "Mul", "Div"})
PRODUCTS = frozenset(
    [
        "MatMul",
        "MatMulInteger",
        "QLinearMatMul",
        "Gemm",
        "Conv",
        "ConvTranspose",
        "ConvInteger",
        "QLinearConv",
        "Einsum",
    ]
)
RECURRENT = frozenset({"LSTM", "GRU", "RNN"})
DOMAINS = ("", "ai.onnx")
CONTRIB = "com.microsoft"
KNOWN = (*DOMAINS, CONTRIB)

BIAS_OF_GEMM = 2
_SEVERAL = re.compile(r"(\w+)\.\.\.")
_KERNEL = {1: ("k",), 2: ("k_h", "k_w"), 3: ("k_d", "k_h", "k_w")}


def operator(name: str, domain: str) -> Operator | None:
    """Find the line of an operator."""
    if domain == CONTRIB and name in CONTRIBUTED:
        return CONTRIBUTED[name]
    return OPERATORS.get(name) if domain in KNOWN else None


def formula(found: Operator, call: Call, there: Mapping[int, Sizes], numbers: int) -> Formula | None:
    """Give the formula of the weights that are there, by their shapes; ``None`` where it does not give their number."""
    if not found.formula:
        return None
    axes: list[tuple[str, tuple[str, ...], Sizes]] = []
    gemm = call.op in ("Gemm", "FusedGemm")
    for place, shape in there.items():
        if gemm and place == BIAS_OF_GEMM:
            shape = tuple(size for size in shape if size != 1)  # (1, n) is added as (n,) is
        names = _axes(found.weights[place], len(shape))
        if names is None:
            return None
        if gemm and place < BIAS_OF_GEMM and call.number("transB" if place else "transA"):
            names = names[::-1]
        axes.append((found.weights[place], names, shape))
    patterns = tuple([(pattern, names) for pattern, names, _ in axes])
    sizes = tuple([(names, shape) for _, names, shape in axes])
    return formula_at(_spelled(found.formula, patterns), there, sizes, numbers)


@lru_cache(1024)
def _spelled(written: str, patterns: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    # the formula with the product of its axes in place of each that stands for several
    for pattern, names in patterns:
        for stem in _SEVERAL.findall(pattern):
            product = "*".join(name for name in names if name.partition("_")[0] == stem)
            written = written.replace(f"{stem}...", product)
    return written


@lru_cache(1024)
def _axes(pattern: str, rank: int) -> tuple[str, ...] | None:
    names: list[str] = []
    tokens = pattern.split()
    several = rank - len(tokens) + 1
    for token in tokens:
        if not token.endswith("..."):
            names.append(token)
        elif several < 1:
            return None
        elif token == "k..." and several in _KERNEL:
            names += _KERNEL[several]
        else:
            stem = token.removesuffix("...")
            names += [stem] if several == 1 else [f"{stem}_{at + 1}" for at in range(several)]
    return tuple(names) if len(names) == rank else None


class Recurrent(NamedTuple):
    """What the table of conventions says of a recurrent node.

    Attributes
    ----------
    formula : Formula or None
    macs : int, Expr or None
    weights : tuple of Weight
        W, R, B and P as the convention has them, with their gates.
    outs : tuple of shapes
        Of Y, Y_h and Y_c.
    """

    formula: Formula | None
    macs: Size | None
    weights: tuple[Weight, ...]
    outs: tuple[Sizes, ...]


def recurrent(call: Call, there: Mapping[int, Sizes]) -> Recurrent | None:
    """Hold a recurrent node against the convention ``onnx``; ``None`` where its weights have other shapes."""
    W, R = there.get(1), there.get(2)
    if W is None or R is None or len(W) != 3 or len(R) != 3:
        return None
    ways, d_x, d_h = W[0], W[2], R[2]
    if ways not in (1, 2):
        return None
    x, batch_first = call.shape(0), bool(call.number("layout"))
    known = x is not None and len(x) == 3
    first, second = (unknown("T"), BATCH) if x is None or not known else x[:2]
    steps, batch = (second, first) if known and batch_first else (first, second)
    switches = {"use_bias": 3 in there, "bidirectional": ways == 2, "return_sequences": True, "return_state": True}
    if call.op == "LSTM":
        switches["peephole"] = 7 in there
    try:
        layer = layer_of(row_of(call.op, "onnx"), d_x, d_h, **switches)
        built = layer.on((batch, steps, d_x))
    except ParamcalcError:
        return None
    order = [there[place] for place in (1, 2, 3, 7) if place in there]
    if [weight.shape for weight in built.weights] != order:
        return None
    state = (batch, ways, d_h) if batch_first else (ways, batch, d_h)
    whole = (batch, steps, ways, d_h) if batch_first else (steps, ways, batch, d_h)
    macs = built.forward() if known else None
    return Recurrent(formula_of(layer, (batch, steps, d_x)), macs, built.weights, (whole, state, state))
