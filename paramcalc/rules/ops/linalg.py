"""Stacks of matrices: their inverses, factors, determinants (keras/src/ops/linalg, numpy, math).

Multiply-adds of a factorization are not counted, forwards or backwards.
"""

from __future__ import annotations

from ...core.built import Built
from ...core.shapes import Shape
from ...errors import ShapeError
from ...symbolic import Size, is_known, minimum
from ...untyped import Arg
from .sizes import ranked, same
from .table import UnsupportedCall, gives, ops_of

linalg, math, numpy = ops_of("linalg"), ops_of("math"), ops_of("numpy")


def square(x: Shape) -> Shape:
    """Check that these are square matrices, as Keras checks it."""
    rows, columns = ranked(x, least=2)[-2:]
    if is_known(rows) != is_known(columns) or (is_known(rows) and rows != columns):
        raise ShapeError(f"a matrix of {rows} rows and {columns} columns is not square")
    return x


def shorter(x: Shape) -> Size:
    """Give the shorter side of matrices."""
    rows, columns = ranked(x, least=2)[-2:]
    if not (is_known(rows) and is_known(columns)):
        raise ShapeError("a matrix of known sides is needed")
    return minimum(rows, columns)


@linalg("Inv")
@linalg("Cholesky CholeskyInverse", inert="upper")
def like(x: Shape, /) -> Built:
    """Matrices as large as these."""
    return gives(square(x))


@linalg("Det")
def determinant(x: Shape, /) -> Built:
    """A number for each square matrix."""
    return gives(square(x)[:-2])


@math("Logdet")
def log_determinant(x: Shape, /) -> Built:
    """A number for each matrix."""
    return gives(ranked(x, least=2)[:-2])


@linalg("MatrixRank", inert="tol", flow="")
def rank(x: Shape, /) -> Built:
    """A number for each matrix."""
    return gives(ranked(x, least=2)[:-2])


@numpy()
def Slogdet(x: Shape, /) -> Built:
    """The determinant's sign and the logarithm of its size."""
    if len(ranked(x, least=2)) > 2:
        raise UnsupportedCall("of several matrices: Keras infers one sign for all")
    return gives((), (), flow=((), "x"))


@linalg("Eig Eigh")
def own(x: Shape, /) -> Built:
    """A matrix's own values, and the vectors it only stretches."""
    return gives(square(x)[:-1], x)


@linalg()
def LuFactor(x: Shape, /) -> Built:
    """Both triangles in one matrix, and the rows in the order they were taken."""
    return gives(x, (*x[:-2], shorter(x)), flow=("x", ()))


@linalg()
def Qr(x: Shape, /, *, mode: Arg = "reduced") -> Built:
    """A turn, and a triangle."""
    *lead, rows, columns = ranked(x, least=2)
    inner = {"reduced": shorter(x), "complete": rows}[mode]
    return gives((*lead, rows, inner), (*lead, inner, columns))


@linalg()
def SVD(x: Shape, /, *, full_matrices: Arg = True, compute_uv: Arg = True) -> Built:
    """A turn, a stretching of the axes, and another turn."""
    *lead, rows, columns = ranked(x, least=2)
    inner = shorter(x)
    if not compute_uv:
        return gives((*lead, inner))
    left, right = (rows, columns) if full_matrices else (inner, inner)
    return gives((*lead, rows, left), (*lead, inner), (*lead, right, columns))


@linalg("Pinv", inert="rcond")
def inverse_of_any(x: Shape, /) -> Built:
    """As near to an inverse as there is."""
    *lead, rows, columns = ranked(x, least=2)
    return gives((*lead, columns, rows))


@linalg("Solve")
@linalg("SolveTriangular", inert="lower")
def solved(a: Shape, b: Shape) -> Built:
    """What the matrix turns into b."""
    square(a)
    ranked(b, least=1)
    if len(a) == len(b):
        same(a[-2], b[-2], (0, 1), len(a) - 2)
    elif len(a) == len(b) - 1:
        same(a[-1], b[-1], (0, 1), len(a) - 1)
    return gives(b)


@linalg("Lstsq", inert="rcond")
def nearest(a: Shape, b: Shape) -> Built:
    """What the matrix turns into something as near to b as can be."""
    ranked(a, 2), ranked(b, 1, 2)
    same(a[0], b[0], (0, 1), 0)
    return gives((a[1], *b[1:]))
