"""Sums of products: matrices, tensors, Einstein's notation (keras/src/ops/numpy, math).

Multiply-adds are those of the program jax compiles: where nothing is contracted (``Outer``, ``Cross``, ``Kron``) it
multiplies element by element, which is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import prod
from typing import NamedTuple

from ...core.built import Built
from ...core.products import Product, Sources, product, sources
from ...core.shapes import Shape
from ...errors import ShapeError
from ...symbolic import Size, is_known
from ...untyped import Arg
from ..keras.axes import position
from ..keras.merging import agree
from .sizes import broadcast, dims, places, ranked, same, stretched, volume, whole
from .table import UnsupportedCall, gives, ops_of

MOST = 50  # inputs of one product
ORDERED = 5  # inputs of one product, of which the cheapest order is looked for

math, numpy = ops_of("math"), ops_of("numpy")


@numpy()
def Matmul(x1: Arg, x2: Arg) -> Built:
    """Rows times columns, in every matrix of a stack."""
    left, right = ranked(dims(x1), least=1), ranked(dims(x2), least=1)
    inner = agree(left[-1], right[0 if len(right) == 1 else -2], (0, 1), len(left) - 1)
    lead = broadcast(left[:-2], right[:-2])
    out = (*lead, *left[-2:-1], *(right[-1:] if len(right) > 1 else ()))
    return gives(out, products=lambda: [product(prod(out) * inner, "x1", "x2")])


@numpy()
def Dot(x1: Arg, x2: Arg) -> Built:
    """The last axis of the one times the last but one of the other; a number multiplies all."""
    left, right = dims(x1), dims(x2)
    if not left or not right:
        return gives(left or right, products=lambda: [product(prod(left or right), "x1", "x2")])
    if len(right) == 1 < len(left):
        inner = same(left[-1], right[0], (0, 1), len(left) - 1)  # Keras does not take an open size for a known one
        return gives(left[:-1], products=lambda: [product(prod(left), "x1", "x2")])
    inner = agree(left[-1], right[-min(2, len(right))], (0, 1), len(left) - 1)
    out = (*left[:-1], *right[:-2], *(right[-1:] if len(right) > 1 else ()))
    return gives(out, products=lambda: [product(prod(out) * inner, "x1", "x2")])


@numpy()
def Tensordot(x1: Arg, x2: Arg, *, axes: Arg = 2) -> Built:
    """Sums of products over pairs of axes."""
    left, right = dims(x1), dims(x2)
    if isinstance(axes, list):
        one, other = (places(side, rank) for side, rank in zip(axes, (len(left), len(right)), strict=True))
    else:
        count = max(whole(axes), 0)
        if count > min(len(left), len(right)):
            raise ShapeError(
                "more axes than there are", expected=f"at most {min(len(left), len(right))}", received=axes
            )
        one, other = list(range(len(left) - count, len(left))), list(range(count))
    if len(one) != len(other):
        raise ShapeError("the axes of tensordot must be pairs", received=axes)
    inner = [agree(left[a], right[b], (0, 1), a) for a, b in zip(one, other, strict=True)]
    out = [size for at, size in enumerate(left) if at not in one]
    out += [size for at, size in enumerate(right) if at not in other]
    return gives(out, products=lambda: [product(prod(out) * prod(inner), "x1", "x2")])


@numpy()
def Inner(x1: Arg, x2: Arg) -> Built:
    """Sums of products over the last axes."""
    left, right = dims(x1), dims(x2)
    if not left or not right:
        return gives(left or right)
    inner = agree(left[-1], right[-1], (0, 1), len(left) - 1)
    out = (*left[:-1], *right[:-1])
    return gives(out, products=lambda: [product(prod(out) * inner, "x1", "x2")])


@numpy()
def Vdot(x1: Arg, x2: Arg) -> Built:
    """The sum of all products."""
    left, right = volume(dims(x1)), volume(dims(x2))
    shared = agree(left, right, (0, 1), 0)
    return gives((), products=lambda: [product(shared, "x1", "x2")])


@numpy()
def Outer(x1: Arg, x2: Arg) -> Built:
    """Every number times every number."""
    return gives((volume(dims(x1)), volume(dims(x2))))


@numpy()
def Kron(x1: Arg, x2: Arg) -> Built:
    """Every number of the one times a copy of the other."""
    left, right = dims(x1), dims(x2)
    if len(left) != len(right):
        raise UnsupportedCall("of two ranks: the shape that Keras infers is wrong")
    return gives(tuple(volume(pair) for pair in zip(left, right, strict=True)))


@numpy()
def Cross(x1: Shape, x2: Shape, *, axisa: Arg = -1, axisb: Arg = -1, axisc: Arg = -1, axis: Arg = None) -> Built:
    """The vector at right angles to two, or of flat ones how long it would be."""
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis,) * 3
    a, b = position(whole(axisa), len(x1)), position(whole(axisb), len(x2))
    for x, at in ((x1, a), (x2, b)):
        if is_known(x[at]) and x[at] not in (2, 3):
            raise ShapeError("cross needs vectors of 2 or 3 numbers", expected="2 or 3 numbers in each", received=x[at])
    out = broadcast((*x1[:a], *x1[a + 1 :]), (*x2[:b], *x2[b + 1 :]))
    if 3 not in (x1[a], x2[b]):
        if not (is_known(x1[a]) and is_known(x2[b])):
            raise UnsupportedCall("of vectors of unknown length")
        return gives(out)
    to = position(whole(axisc), len(out) + 1)
    return gives((*out[:to], 3, *out[to:]))


@numpy()
def Correlate(x1: Shape, x2: Shape, *, mode: Arg = "valid") -> Built:
    """One row of numbers slid along another."""
    (left,), (right,) = ranked(dims(x1), 1), ranked(dims(x2), 1)
    if not (isinstance(left, int) and isinstance(right, int)):
        raise ShapeError("a correlation needs known lengths")
    long, short = max(left, right), min(left, right)
    out = {"valid": long - short + 1, "same": long, "full": left + right - 1}[mode]
    return gives((out,), products=lambda: [product(min(out, long) * short, "x1", "x2")])  # full: each number meets each


@math()
def CDist(x: Shape, y: Shape) -> Built:
    """The distance of every row to every row."""
    ranked(x, least=2), ranked(y, least=2)
    agree(x[-1], y[-1], (0, 1), len(x) - 1)
    return gives((*broadcast(x[:-2], y[:-2]), x[-2], y[-2]))


@numpy()
def Einsum(*operands: Arg, subscripts: Arg) -> Built:
    """Sums of products as the letters say: what is not kept is summed."""
    text, shapes = subscripts.replace(" ", ""), [dims(operand) for operand in operands]
    terms, sizes = _named(text, shapes)
    kept = _kept(text, terms)
    if len(set(kept)) < len(kept):
        raise ShapeError("a letter occurs twice in the output", received=subscripts)
    factors = [
        Factor(frozenset(term), _unstretched(term, shape, sizes), sources(at))
        for at, (term, shape) in enumerate(zip(terms, shapes, strict=True))
    ]
    return gives((sizes[label] for label in kept), products=lambda: _pairwise(factors, frozenset(kept), sizes))


def _named(subscripts: str, shapes: Sequence[Shape]) -> tuple[list[list[str]], dict[str, Size]]:
    # a label for every axis, those under an ellipsis counted from the last: .1, .2; and the size of each label
    words = subscripts.partition("->")[0].split(",")
    if len(words) > MOST:
        raise UnsupportedCall(f"of more than {MOST} inputs")
    if len(words) != len(shapes):
        raise ShapeError("the equation has another number of inputs", expected=f"{len(words)}", received=len(shapes))
    terms: list[list[str]] = []
    sizes: dict[str, Size] = {}
    for place, (word, shape) in enumerate(zip(words, shapes, strict=True)):
        ahead, dots, behind = word.partition("...")
        under = len(shape) - len(ahead) - len(behind)
        if under < 0 or (under and not dots):
            raise ShapeError(f"{word!r} does not name the axes of an input", expected=f"{len(shape)} letters")
        term = [*ahead, *(f".{count}" for count in range(under, 0, -1)), *behind]
        if not all(label.isalpha() or label[0] == "." for label in term):
            raise UnsupportedCall(f"with {word!r:.80} for the names of axes")
        for axis, (label, size) in enumerate(zip(term, shape, strict=True)):
            sizes[label] = stretched(sizes.get(label, size), size, (0, place), axis)
        terms.append(term)
    return terms, sizes


def _kept(subscripts: str, terms: list[list[str]]) -> list[str]:
    # the labels of the output: as written, or those met once, in alphabetical order behind an ellipsis's
    _, arrow, written = subscripts.partition("->")
    every = [label for term in terms for label in term]
    hidden = sorted({label for label in every if label[0] == "."}, key=lambda label: -int(label[1:]))
    if not arrow:
        return [*hidden, *sorted(label for label in set(every) if every.count(label) == 1 and label[0] != ".")]
    ahead, dots, behind = written.partition("...")
    if hidden and not dots:
        raise UnsupportedCall("that sums what an ellipsis stands for")
    labels = [*ahead, *(hidden if dots else ()), *behind]
    if not set(labels) <= set(every):
        raise ShapeError("einsum keeps a letter that no input has", received=subscripts)
    return labels


class Factor(NamedTuple):
    """An input of a product of several, or the product of some of them.

    Attributes
    ----------
    labels : frozenset of str
        Its axes.
    held : frozenset of str
        Those that are not stretched from 1, which has no part in the sums.
    sources : frozenset of Source
        The inputs it is made of.
    """

    labels: frozenset[str]
    held: frozenset[str]
    sources: Sources


def _unstretched(term: Sequence[str], shape: Shape, sizes: dict[str, Size]) -> frozenset[str]:
    return frozenset(label for label, size in zip(term, shape, strict=True) if size != 1 or sizes[label] == 1)


def _pairwise(factors: list[Factor], kept: frozenset[str], sizes: dict[str, Size]) -> list[Product]:
    # two at a time; in the cheapest order if it is known, else from the left
    known = {label: size for label, size in sizes.items() if isinstance(size, int)}
    if len(factors) <= ORDERED and len(known) == len(sizes):
        return _cheapest(factors, kept, known)[1]
    products = []
    while len(factors) > 1:
        one, first = _multiplied(factors[0], factors[1], kept.union(*(rest.labels for rest in factors[2:])), sizes)
        products.append(one)
        factors = [first, *factors[2:]]
    return products


def _cheapest(factors: list[Factor], kept: frozenset[str], sizes: dict[str, int]) -> tuple[int, list[Product]]:
    """Give the price of the cheapest order, and its products; of orders at one price the first.

    The price is opt_einsum's, whose order jax takes: two for each combination of axes if something is summed, else one.
    Of up to three inputs the order is always jax's; of more, opt_einsum does not always find the cheapest.
    """
    if len(factors) < 2:
        return 0, []
    found: tuple[int, list[Product]] | None = None
    for a, b in combinations(range(len(factors)), 2):
        rest = [factor for at, factor in enumerate(factors) if at not in (a, b)]
        wanted = kept.union(*(factor.labels for factor in rest))
        one, made = _multiplied(factors[a], factors[b], wanted, sizes)
        summed = bool(factors[a].labels & factors[b].labels - wanted)
        price, products = _cheapest([*rest, made], kept, sizes)
        price += prod(sizes[label] for label in factors[a].labels | factors[b].labels) * (1 + summed)
        if found is None or price < found[0]:
            found = price, [one, *products]
    assert found is not None
    return found


def _multiplied(
    left: Factor, right: Factor, wanted: frozenset[str], sizes: Mapping[str, Size]
) -> tuple[Product, Factor]:
    # what only one of the two has, and no other wants, is summed beforehand
    held = (left.held & (wanted | right.held)) | (right.held & (wanted | left.held))
    made = Factor((left.labels | right.labels) & wanted, held & wanted, left.sources | right.sources)
    return product(prod(sizes[label] for label in sorted(held)), left.sources, right.sources), made
