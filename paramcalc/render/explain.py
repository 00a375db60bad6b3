"""The tables of ``--explain``: where each term of a count comes from, by tensor and by gate."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ..catalogue import message
from ..core.built import shape_text
from ..core.declare import Weight
from ..core.formula import symbolic_build
from ..core.rule import Layer
from ..core.totals import summed
from ..rules.shared.cells import GATES
from ..symbolic import Expr, Size, exact
from .document import Cell, Math, Table, number

if TYPE_CHECKING:
    from ..report import Report, Row


def explanation(report: Report) -> list[Table]:
    """Explain every layer that has weights, including the layers of nested models."""
    return [table for _, row in report.leaves if row.weights for table in _explain(row)]


def _explain(row: Row) -> list[Table]:
    found = symbolic_build(row.layer, *row.inputs)
    if found is None:
        return []
    built, _ = found
    if len(built.weights) != len(row.weights):  # equal sizes may remove weights (PyTorch's kdim = embed_dim)
        return []
    tables = [_tensors(row, built.weights)]
    formula = built.formula() if built.formula else 0
    scopes = list(dict.fromkeys(weight.scope for weight in row.weights if _gated(weight)))
    for scope in scopes:
        actual = [weight for weight in row.weights if weight.scope == scope and _gated(weight)]
        symbolic = [weight for weight in built.weights if weight.scope == scope and _gated(weight)]
        named = scope if "/" in scope or len(scopes) > 1 else ""
        tables.append(_gates(row, named, actual, symbolic, formula))
    return tables


def _gated(weight: Weight) -> bool:
    return bool(weight.gates) and not weight.buffer


def _tensors(row: Row, symbolic: tuple[Weight, ...]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for actual, weight in zip(row.weights, symbolic, strict=True):
        rows.append((actual.path, shape_text(weight.shape), shape_text(actual.shape), number(actual.params)))
    headers = ("tensor", "symbolic shape", "shape", "parameters")
    return Table(
        tuple(map(message, headers)),
        rows,
        (3,),
        (message("total"), "", "", number(row.params)),
        message("{layer}, by tensor", layer=row.name),
        message(row.layer.rule.about) if isinstance(row.layer, Layer) else "",
    )


def _gates(row: Row, scope: str, actual: list[Weight], symbolic: list[Weight], formula: Size) -> Table:
    gates = tuple(dict.fromkeys(gate for weight in actual for gate in weight.gates))
    shares = [_share(symbolic, gate) for gate in gates]
    rows: list[tuple[Cell, ...]] = []
    for gate, share in zip(gates, shares, strict=True):
        name, does = GATES[gate]
        network = Math(_as_written(share, shares.count(share), formula))
        rows.append((f"{gate}  {message(name)}", message(does), network, number(_share(actual, gate))))
    headers = ("network", "role", "weights", "parameters")
    count = message("{count} networks", count=len(gates))
    title = "{layer}, by gate of {scope}" if scope else "{layer}, by gate"
    return Table(
        tuple(map(message, headers)),
        rows,
        (3,),
        (message("total"), "", count, number(summed(weight.params for weight in actual))),
        message(title, layer=row.name, scope=scope),
    )


def _share(weights: list[Weight], gate: str) -> Size:
    # each gate has an equal share of the tensors that list it: d_x·d_h of (d_x, 4d_h); no peephole for the candidate
    return summed(exact(weight.params, len(weight.gates)) for weight in weights if gate in weight.gates)


def _as_written(share: Size, gates: int, formula: Size) -> Size:
    # the bracket of g[…] in the formula of the layer, if it equals this share: the textbook form
    if not isinstance(formula, Expr):
        return share
    if formula.op == "*" and formula.args[0] == gates:
        inner: Size = prod(formula.args[1:])
        if inner == share:
            return inner
    for arg in formula.args:
        if isinstance(arg, Expr) and arg.op in ("+", "*"):
            inner = _as_written(share, gates, arg)
            if inner is not share:
                return inner
    return share
