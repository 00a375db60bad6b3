"""Stated costs: how many operations a function of one number takes, and sums, norms and softmax over several.

One operation is one of these on one number::

    + − × ÷   a comparison, max, min, |x|, sign, rounding   a random number
    √ 1/√ power, exp, log, tanh, sigmoid, erf, sin, cos, atan2   one evaluation each

Every one of them is one elementwise instruction of XLA, whose cost analysis counts it once for each element (StableHLO
specification; ``HloCostAnalysis``, which lists functions apart as transcendentals). On hardware a function takes longer
than a sum, by a factor that depends on the device, so no such factor is part of a convention. Moving and copying
numbers, and selecting one by a comparison that is counted, is no operation.

A function made of these takes as many operations as its definition has; of a function by cases every element takes all
cases. A sum of k numbers takes k − 1 additions.
"""

from __future__ import annotations

import ast
from functools import cache

from ....symbolic import Size

FREE = frozenset({"select"})  # select(condition, a, b): its condition is counted

# The definition of each function by the name that Keras has for it; PyTorch has the same functions.
# Sources: keras/src/activations; torch.nn's documentation, which states the same equations.
DEFINITIONS = {
    "linear": "x",
    "relu": "max(x, 0)",
    "relu6": "min(max(x, 0), 6)",
    "leaky_relu": "max(x, a * x)",
    "elu": "select(x > 0, x, a * (exp(x) - 1))",
    "celu": "select(x > 0, x, a * (exp(x / a) - 1))",
    "selu": "s * select(x > 0, x, a * (exp(x) - 1))",
    "gelu": "0.5 * x * (1 + erf(x / r))",
    "gelu_tanh": "0.5 * x * (1 + tanh(r * (x + 0.044715 * x * x * x)))",
    "silu": "x * sigmoid(x)",
    "sigmoid": "sigmoid(x)",
    "log_sigmoid": "log(sigmoid(x))",
    "hard_sigmoid": "min(max(x / 6 + 0.5, 0), 1)",
    "hard_silu": "x * min(max(x / 6 + 0.5, 0), 1)",
    "hard_tanh": "min(max(x, a), b)",
    "tanh": "tanh(x)",
    "tanh_shrink": "x - tanh(x)",
    "soft_shrink": "x - min(max(x, a), b)",
    "hard_shrink": "select(abs(x) > a, x, 0)",
    "threshold": "select(x > a, x, b)",
    "softplus": "log(1 + exp(x))",
    "scaled_softplus": "select(b * x > t, x, log(1 + exp(b * x)) / b)",
    "softsign": "x / (1 + abs(x))",
    "mish": "x * tanh(log(1 + exp(x)))",
    "exponential": "exp(x)",
    "squareplus": "(x + sqrt(x * x + b)) / 2",
    "sparse_plus": "select(x > 1, x, 0.25 * square(max(x + 1, 0)))",
    "sparse_sigmoid": "min(max(0.5 * (x + 1), 0), 1)",
    "prelu": "select(x > 0, x, a * x)",
}
ALIASES = {"swish": "silu", "hard_swish": "hard_silu", "soft_sign": "softsign", "soft_plus": "softplus"}
_COUNTED = (ast.BinOp, ast.Compare, ast.UnaryOp)


@cache
def of_each(name: str) -> int | None:
    """Count the operations of a function of one number by its name; ``None`` for an unknown one."""
    definition = DEFINITIONS.get(ALIASES.get(name, name))
    if definition is None:
        return None
    # what stands in it twice is computed once
    return len(set(_operations(ast.parse(definition, mode="eval"))))


def stated(name: str) -> int:
    """Count the operations of a function that is in the table."""
    number = of_each(name)
    if number is None:
        raise KeyError(name)
    return number


def _operations(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in FREE
        if called or isinstance(node, _COUNTED):
            found.append(ast.unparse(node))
    return found


def softmax(elements: Size, groups: Size) -> Size:
    """Count a softmax over each of several groups: the largest, x − max, exp, their sum, the quotient.

    Over k numbers that is (k − 1) + k + k + (k − 1) + k. All frameworks subtract the largest,
    without which exp overflows.
    """
    return 5 * elements - 2 * groups


def log_softmax(elements: Size, groups: Size) -> Size:
    """Count a log-softmax, x − max − log Σ exp(x − max): (k − 1) + k + k + (k − 1) + 1 + k over k numbers."""
    return 5 * elements - groups


def standardized(elements: Size, groups: Size) -> Size:
    """Count (x − μ)·1/√(σ² + ε) with the mean and the variance of each group.

    Over k numbers: the mean k, x − μ k, the squares k, their mean k, + ε and 1/√ 2, the product k.
    """
    return 5 * elements + 2 * groups


def scaled_by_rms(elements: Size, groups: Size) -> Size:
    """Count x·1/√(mean of x² + ε): over k numbers the squares k, their mean k, + ε and 1/√ 2, the product k."""
    return 3 * elements + 2 * groups


def scaled_by_norm(elements: Size, groups: Size) -> Size:
    """Count x·1/√max(Σ x², ε): over k numbers the squares k, their sum k − 1, max and 1/√ 2, the product k."""
    return 3 * elements + groups


def interpolated(elements: Size, taps: int, axes: int) -> Size:
    """Count elements that are interpolated from ``taps`` places along each axis, one axis after the other.

    A weighted sum of k numbers takes 2k − 1 operations. The weights depend on sizes alone and are not counted.
    """
    lines: int = sum(taps**at for at in range(axes))
    return elements * (lines * (2 * taps - 1))


def batch_norm(elements: Size, channels: Size, scale: bool, of_batch: bool) -> Size:
    """Count a batch normalization.

    Parameters
    ----------
    elements, channels : int or Expr
    scale : bool
        Whether there is a γ.
    of_batch : bool
        Whether the statistics are those of the batch, which moving ones follow.
    """
    folded = 2 * elements + (4 + scale) * channels
    return folded + 4 * elements + 6 * channels if of_batch else folded
