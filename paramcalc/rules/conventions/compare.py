"""One cell in every convention: the count, how it differs from the first one's, and the reason in words.

The reason is worked out from the tensors. Each is taken apart into the terms of its size: those with d_x weigh the
input, other squares what recurs, what is left is bias; a peephole, a projection and an output layer state their role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import prod

from ...core.declare import Shape, Weight
from ...core.formula import Formula, formula_of
from ...core.kinds import Window, size
from ...core.rule import Layer
from ...displayed import Displayed
from ...errors import OptionError, nearest
from ...symbolic import Expr, Size, add, collect, degree, grouped, symbols
from ...untyped import OptionValue
from .made import layer_of
from .read import BESIDES, Row, rows

D_X, D_H = symbols("d_x d_h")
WINDOW = Window("k", 2)
KERNEL: tuple[Size, Size] = symbols("k_h k_w")
SAME = "the same"


@dataclass(frozen=True, repr=False)
class Convention:
    """A cell in the convention of one framework.

    Attributes
    ----------
    framework, cell : str
        The framework, such as ``flax-linen``, and the cell it is compared as, such as ``LSTM``.
    name : str
        Its own name for it, with options that make it another convention: ``GRU(reset_after=False)``.
    params, difference : int or Expr
        The count, and its difference from the count of the first convention.
    reason : str
        Reason of the difference: ``a second bias vector: +4d_h = 512``; empty for the first.
    formula : Formula
    weights : tuple of Weight
    gates : tuple of str
        The gates in the framework's order; empty for a single network.
    source : str
        How the convention was checked: what was run or read.
    """

    framework: str
    cell: str
    name: str
    params: Size
    difference: Size
    reason: str
    formula: Formula
    weights: tuple[Weight, ...]
    gates: tuple[str, ...]
    source: str

    def __repr__(self) -> str:
        return f"<convention {self.framework} {self.name}: {self.params}>"

    def to_dict(self) -> dict[str, OptionValue]:
        """Give it as plain data: numbers, and text for expressions."""
        return {
            "framework": self.framework,
            "cell": self.cell,
            "name": self.name,
            "params": _plain(self.params),
            "difference": _plain(self.difference),
            "reason": self.reason,
            "formula": repr(self.formula),
            "gates": list(self.gates),
            "weights": {weight.name: [_plain(axis) for axis in weight.shape] for weight in self.weights},
            "source": self.source,
        }


class Conventions(list[Convention], Displayed):
    """One cell in every convention; a list that shows itself as a table.

    Attributes
    ----------
    d_x, d_h : int or Expr
        Inputs and units.
    """

    presented_by = "paramcalc.render.conventions:presentation"

    def __init__(self, found: Iterable[Convention], d_x: Size, d_h: Size) -> None:
        super().__init__(found)
        self.d_x = d_x
        self.d_h = d_h

    def __repr__(self) -> str:
        return f"<{self[0].cell} in {len(self)} conventions>"

    def __reduce__(self) -> tuple[type[Conventions], tuple[list[Convention], Size, Size]]:
        return Conventions, ([*self], self.d_x, self.d_h)


def conventions(cell: str, d_x: OptionValue = D_X, d_h: OptionValue = D_H, **options: OptionValue) -> Conventions:
    """Count one layer in every known convention of its cell; the first is that of Keras.

    Parameters
    ----------
    cell : str
        ``LSTM``, ``GRU``, ``RNN`` or ``ConvLSTM2D``.
    d_x, d_h : int, str or Expr
        Inputs and units; symbols when left out.
    **options
        Options for the layer, such as ``kernel_size`` for ConvLSTM2D.

    Raises
    ------
    OptionError, SizeError
        If the cell is unknown, or a size is invalid.
    """
    sizes = {"d_x": size(d_x), "d_h": size(d_h)}
    found = [_convention(row, sizes, options) for row in rows() if row.cell == cell]
    if not found:
        cells = list(dict.fromkeys(row.cell for row in rows()))
        raise OptionError(
            f"no conventions for {cell!r}", expected=" or ".join(cells), suggestion=nearest(str(cell), cells)
        )
    window = WINDOW(options.get("kernel_size", 1))
    tensors = [_tensors(row, options) for row in rows() if row.cell == cell]
    sizes |= dict(zip(("k_h", "k_w"), window, strict=True))
    before = found[0].params
    told = [found[0]]
    for one, theirs in zip(found[1:], tensors[1:], strict=True):
        more = _collected(one.params - before)
        params = _collected(before + more)  # terms in the order of the first one's
        told.append(replace(one, params=params, difference=more, reason=_reason(theirs, tensors[0], sizes)))
    return Conventions(told, sizes["d_x"], sizes["d_h"])


def _convention(row: Row, sizes: dict[str, Size], options: dict[str, OptionValue]) -> Convention:
    # the difference and the reason are still to come
    layer = layer_of(row, **sizes, **options)
    shape = _input(layer, sizes["d_x"])
    built, formula = layer.on(shape), formula_of(layer, shape)
    assert formula is not None  # it has weights, and no model inside
    params, gates = _collected(built.params), _gates(row, built.weights)
    return Convention(row.framework, row.cell, row.called, params, 0, "", formula, built.weights, gates, row.source)


def _input(layer: Layer, d_x: Size) -> Shape:
    # one step of one sample; over frames, of any size
    frames = len(layer.rule.inputs[0].tokens) > 3
    return (1, 1, *symbols("H W"), d_x) if frames else (1, 1, d_x)


def _gates(row: Row, weights: tuple[Weight, ...]) -> tuple[str, ...]:
    gates = row.gates or next((weight.gates for weight in weights if weight.gates), ())
    return gates if len(gates) > 1 else ()


def _tensors(row: Row, options: dict[str, OptionValue]) -> list[tuple[str, Size]]:
    # the role of each tensor of the layer at its defaults, "" where its terms tell, and its size in symbols
    roles = {tensor.name: tensor.role for tensor in row.tensors if tensor.role in BESIDES}
    symbolic = {**options, "kernel_size": KERNEL} if "kernel_size" in options else options
    layer = layer_of(row, D_X, D_H, **symbolic)
    built = layer.on(_input(layer, D_X))
    return [(roles.get(one.name) or _besides(one.name, row), one.params) for one in built.weights]


def _besides(name: str, row: Row) -> str:
    # a rule of its own names a tensor by what it is
    return next((role for role in BESIDES if row.rule and name.startswith(role)), "")


def _parts(tensors: list[tuple[str, Size]]) -> dict[str, Size]:
    # how much of the count each role has
    found: dict[str, list[Size]] = {}
    for role, params in tensors:
        for term in _terms(params):
            found.setdefault(role or _role(term), []).append(term)
    return {role: _collected(add(terms)) for role, terms in found.items()}


def _terms(params: Size) -> tuple[Size, ...]:
    expanded = _collected(params)
    return expanded.args if isinstance(expanded, Expr) and expanded.op == "+" else (expanded,)


def _role(term: Size) -> str:
    if degree(term, "d_x"):
        return "input"
    return "recurrent" if degree(term, "d_h") > 1 else "bias"


def _reason(tensors: list[tuple[str, Size]], before: list[tuple[str, Size]], sizes: dict[str, Size]) -> str:
    # how the tensors are cut, then where the count differs, each with how much that is
    parts, first = _parts(tensors), _parts(before)
    phrases = [*_cut(tensors, _networks(parts))]
    for phrase, more in _differences(parts, first):
        phrases.append(f"{phrase}: {_told(more, sizes)}")
    return "; ".join(phrases) or SAME


def _cut(tensors: list[tuple[str, Size]], networks: int) -> Iterator[str]:
    joint = [roles for role, params in tensors if not role and "input" in (roles := set(map(_role, _terms(params))))]
    whole = sum("recurrent" in roles for roles in joint)
    if whole:
        on = "[x, h, 1]" if any("bias" in roles for roles in joint) else "[x, h]"
        yield f"one kernel on {on}" if whole == 1 else f"{whole} kernels on {on}"
    elif len(joint) == networks > 1:
        yield "a tensor for each network"


def _differences(parts: dict[str, Size], first: dict[str, Size]) -> Iterator[tuple[str, Size]]:
    g, g0 = _networks(parts), _networks(first)
    biases, biases0 = (_share(one.get("bias", 0), D_H) for one in (parts, first))
    alike = biases * g0 == biases0 * g
    if g != g0:
        roles = ("input", "recurrent", "bias") if alike else ("input", "recurrent")
        yield f"{g} networks, not {g0}", _collected(add(_more(parts, first, role) for role in roles))
    elif (more := _more(parts, first, "recurrent")) != 0:
        yield "recurrent weights", more
    if biases != biases0 and not (alike and g != g0):
        yield _bias(biases, biases0, g, g0), _more(parts, first, "bias")
    for role, name in BESIDES.items():
        if (more := _more(parts, first, role)) != 0:
            yield name if role in parts else f"no {name.removeprefix('a ').removeprefix('an ')}", more


def _bias(biases: int, before: int, g: int, g0: int) -> str:
    if biases == 0:
        return "no bias"
    if biases == 2 * g:
        return "a second bias vector" if before == g0 else "two bias vectors"
    if biases == g:
        return "one bias vector, not two" if before == 2 * g0 else "one bias vector"
    return f"biases on {biases} of {2 * g} networks"


def _networks(parts: dict[str, Size]) -> int:
    return max(_share(parts["input"], D_X * D_H), _share(parts["input"], prod(KERNEL) * D_X * D_H))


def _share(part: Size, one: Size) -> int:
    # 4d_h of d_h: 4
    return next((n for n in range(1, 100) if part == n * one), 0)


def _more(parts: dict[str, Size], first: dict[str, Size], role: str) -> Size:
    return _collected(parts.get(role, 0) - first.get(role, 0))


def _told(more: Size, sizes: dict[str, Size]) -> str:
    # +4d_h = 512
    here = _collected(more(**sizes)) if isinstance(more, Expr) else more
    written = signed(more)
    return written if here == more else f"{written} = {grouped(here)}"


def signed(more: Size) -> str:
    """Write a difference with its sign: ``+512``, ``−2d_h``, ``0``."""
    written = grouped(more)
    return written if more == 0 or written.startswith("−") else f"+{written}"


def _collected(made: Size) -> Size:
    return collect(made) if isinstance(made, Expr) else made


def _plain(made: Size) -> int | str:
    return made if isinstance(made, int) else repr(made)


def against(row: Row, other: Row) -> str:
    """Say in words how one convention differs from another: ``a second bias vector: +4d_h``."""
    return _reason(_tensors(row, {}), _tensors(other, {}), {"d_x": D_X, "d_h": D_H})
