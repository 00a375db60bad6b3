"""Random expressions for the tests of the engine: a plain tree, and what it means to us and to Python.

A tree is a name, an integer or ``(op, ...)``; :func:`ours` builds it with paramcalc, :func:`pythons` works it out
with Python's own integers and knows nothing of paramcalc.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from paramcalc.symbolic import Expr, exact, maximum, minimum, symbols

NAMES = ("h", "x", "T", "d_h", "e1")  # e1 reads like the exponent of 2e1
values = st.fixed_dictionaries({name: st.integers(1, 10**6) for name in NAMES})

_leaf = st.sampled_from(NAMES) | st.integers(-12, 12) | st.integers(-(10**30), 10**30)
_divisor = st.sampled_from(NAMES) | st.integers(1, 12)


def _polynomials(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        st.tuples(st.sampled_from("+-*"), inner, inner)
        | st.tuples(st.just("^"), inner, st.integers(0, 2))
        | st.tuples(st.just("neg"), inner)
    )


def _anything(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        _polynomials(inner)
        | st.tuples(st.sampled_from(["//", "exact"]), inner, _divisor)
        | st.tuples(st.sampled_from(["max", "min"]), inner, inner)
    )


polynomials = st.recursive(_leaf, _polynomials, max_leaves=8)
trees = st.recursive(_leaf, _anything, max_leaves=10)
formulas = _anything(trees).filter(lambda tree: bool(names(tree)))  # an operation, with a name in it


def names(tree: Any) -> set[str]:
    """List the names in a tree."""
    if isinstance(tree, tuple):
        return set().union(*map(names, tree[1:]))
    return {tree} if isinstance(tree, str) else set()


def ours(tree: Any) -> Any:
    """Build the tree from paramcalc's symbols."""
    if isinstance(tree, str):
        return symbols(tree)
    if isinstance(tree, int):
        return tree
    op, a, *rest = (part if place == 0 else ours(part) for place, part in enumerate(tree))
    (b,) = rest or (None,)
    build = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "^": lambda: a**b,
        "neg": lambda: -a,
        "//": lambda: a // b,
        "exact": lambda: exact(a * b, b),
        "max": lambda: maximum(a, b),
        "min": lambda: minimum(a, b),
    }
    return build[op]()


def at(size: Any, point: dict[str, Any]) -> Any:
    """Evaluate what may be a plain number."""
    return size(**point) if isinstance(size, Expr) else size


def pythons(tree: Any, values: dict[str, int]) -> int:
    """Work the tree out with Python's integers."""
    if isinstance(tree, str):
        return values[tree]
    if isinstance(tree, int):
        return tree
    op, a, *rest = (part if place == 0 else pythons(part, values) for place, part in enumerate(tree))
    (b,) = rest or (None,)
    if op == "//":
        return a // b
    if op == "exact":
        return a * b // b
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "^": lambda: a**b, "neg": lambda: -a,
            "max": lambda: max(a, b), "min": lambda: min(a, b)}[op]()  # fmt: skip
