"""Calls of the operations on arrays."""

from .writing import ALL, N, X, b, c, i, t

CALLS = [
    *(
        c("numpy.Append", t(*x), t(*y), axis=a)
        for x, y, a in (
            ((3, 4), (3, 5), 1),
            ((N, 4), (3, 5), N),
            ((3, 4), (2, 5), N),
            ((3, 4), (2, 5), 0),
            ((N, 4), (3, 4), 0),
        )
    ),
    c("numpy.Argpartition", X, kth=2),
    c("numpy.Argpartition", t(3, 4), kth=2, axis=N),
    *(
        c("numpy.Average", t(2, 4, 6), axis=a, weights=w)
        for a, w in ((1, t(4)), (N, N), (1, N), (1, t(2, 4, 6)), (N, t(2, 4, 6)), (N, t(4)), (1, t(5)))
    ),
    c("numpy.Average", X, axis=-1, weights=t(6)),
    *(
        c("numpy.BroadcastTo", t(*x), shape=s)
        for x, s in (((4, 1), (3, 4, 6)), ((N, 1), (3, 6)), ((4, 2), (4, 1)), ((4, 2), (2,)), ((4, 2), (3, 2)))
    ),
    c("numpy.Clip", X, x_min=0, x_max=1.5),
    c("numpy.CountNonzero", X, axis=(0, 1)),
    c("numpy.CountNonzero", X),
    *(
        c("numpy.Cross", t(*x), t(*y), **w)
        for x, y, w in (
            ((N, 3), (N, 3), {}),
            ((5, 2), (5, 2), {}),
            ((5, 2), (5, 3), {}),
            ((3, 5), (5, 3), {"axisa": 0, "axisc": 0}),
            ((5, 4), (5, 3), {}),
            ((3, 5), (3, 5), {"axis": 0}),
            ((5, N), (5, N), {}),
            ((5, N), (5, 3), {}),
        )
    ),
    *(
        c("numpy.Correlate", t(*x), t(*y), mode=m)
        for m in ("valid", "same", "full", "half")
        for x, y in (((5,), (3,)), ((2,), (7,)), ((2, 3), (3,)), ((N,), (3,)))
    ),
    *(c("numpy.Diag", x, k=k) for x in (t(4), t(4, 6), t(N), t(N, 3), t(2, 3, 4)) for k in (0, 2, -3, 9)),
    *(c("numpy.Diagflat", x, k=k) for x in (t(4), t(4, 6), t(N), t()) for k in (0, 2, -3)),
    *(
        c(f"numpy.{name}", x, offset=k, axis1=a, axis2=e)
        for name in ("Diagonal", "Trace")
        for x in (t(2, 4, 6), t(N, 4, 6), t(3))
        for k, a, e in ((0, 0, 1), (1, 1, 2), (-2, 2, 1), (0, -1, 0), (5, 1, 2), (0, 1, 1), (0, 0, 3))
    ),
    *(c("numpy.Diff", x, n=n, axis=a) for x in (X, t(4)) for n in (0, 1, 2, 9) for a in (-1, 0, 1)),
    c("numpy.Digitize", X, t(5)),
    c("numpy.Digitize", X, t(5, 2)),
    *(
        c("numpy.Dstack", x)
        for x in ([X, X], [t(4), t(4)], [t(3, 4), t(3, 4)], [t(2, 4, 6), t(2, 4, 1)], [t(), t()], [t(3, 4), t(3, 5)])
    ),
    *(c("numpy.Hstack", x) for x in ([X, X], [t(4), t(4)], [t(3, 4), t(3, 5)], [t(3, 4), t(2, 4)], [t(3, N), t(3, 4)])),
    *(c("numpy.Vstack", x) for x in ([X, X], [t(4), t(4)], [t(3, 4), t(2, 4)], [t(3, 4), t(3, 5)])),
    *(c("numpy.ExpandDims", X, axis=a) for a in (0, -1, (0, 2), 4, (1, 1), (5, 0), 3)),
    c("numpy.Fliplr", X),
    c("numpy.Fliplr", t(3)),
    c("numpy.Flipud", t()),
    c("numpy.Flipud", X),
    c("numpy.Flip", X, axis=(0, 1)),
    c("numpy.Flip", X, axis=3),
    c("numpy.Full", t(), shape=(3, 4)),
    c("numpy.FullLike", X, 2.0),
    *(
        c(f"numpy.{name}", t(N, 4), t(4), num=7, axis=a)
        for name in ("Geomspace", "Linspace", "Logspace")
        for a in (0, -1, 4)
    ),
    c("numpy.Linspace", 0.0, t(4), retstep=True),
    c("numpy.Histogram", t(7)),
    c("numpy.Histogram", t(7), bins=3),
    c("numpy.IsIn", X, t(3)),
    c("numpy.IsIn", X, [1.0, 2.0]),
    c("numpy.Kron", t(2, 3), t(4, 5)),
    c("numpy.Kron", t(2, 3), t(4)),
    c("numpy.Kron", t(N, 3), t(2, 5)),
    *(c("numpy.Ldexp", x, y) for x, y in ((X, i(4, 1)), (X, i(3)))),
    *(c("numpy.Meshgrid", *x, indexing=m) for m in ("xy", "ij") for x in ((t(3), t(4)), (t(3), t(N), t(5)), (t(3),))),
    *(
        c("numpy.Moveaxis", t(2, 3, 4, 5), source=s, destination=d)
        for s, d in ((0, -1), ((0, 1), (-1, -2)), ((0, 3), (2, 0)), (4, 0), ((0, 1), (2,)))
    ),
    *(
        c(f"numpy.{name}", X, q, axis=a, keepdims=k)
        for name in ("Quantile", "Percentile", "Nanquantile", "Nanpercentile")
        for q, a, k in (
            (0.5, 1, False),
            ([0.1, 0.5], (1, 2), True),
            ([0.1], 1, False),
            (t(3), N, False),
            (t(), 2, False),
        )
    ),
    *(
        c("numpy.Pad", X, pad_width=w)
        for w in (1, (1, 2), ((0, 0), (1, 2), (3, 0)), ((1, 1), (2, 2)), ((1, 2),), [[1], [2], [3]])
    ),
    c("numpy.Pad", X, constant_values=3.0, pad_width=2),
    *(
        c("numpy.Repeat", x, repeats=r, axis=a)
        for x in (X, t(3, 4))
        for r in (2, (3,), (1, 2, 3, 4), (2, 2, 2))
        for a in (N, 0, 1, -1)
    ),
    *(
        c("numpy.Reshape", x, newshape=s)
        for x in (X, t(2, 12), t(N, N, 3), t(6), t())
        for s in (
            (-1, 24),
            (24,),
            (-1,),
            (N, -1),
            (2, 3, -1),
            (4, 6),
            (-1, 5),
            (N, 24),
            (-1, -1),
            (-1, 3),
            (1,),
            (0, -1),
            -1,
        )
    ),
    c("numpy.Roll", X, shift=(1, 2), axis=(1, 2)),
    c("numpy.Roll", X, shift=1),
    *(
        c("numpy.Rot90", x, k=k, axes=a)
        for x in (t(2, 3), t(2, 3, 4), t(3))
        for k in (1, 2, 3)
        for a in ((0, 1), (-1, 0), (1, 1))
    ),
    c("numpy.SearchSorted", t(5), X),
    c("numpy.SearchSorted", t(5, 2), X),
    *(
        c("numpy.Select", [b(*x), b(*x)], [t(*x), t(*y)], 0.0)
        for x, y in (((N, 4), (N, 4)), ((3, 4), (4,)), ((4,), (3, 4)))
    ),
    c("numpy.Slogdet", t(3, 3)),
    c("numpy.Slogdet", t(2, 3, 3)),
    *(
        c(f"numpy.{name}", x, indices_or_sections=s, axis=a)
        for name in ("Split", "ArraySplit")
        for x in (X, t(6, 5))
        for s in (1, 2, 3, 4)
        for a in (0, 1, -1, 4)
    ),
    *(
        c("numpy.Split", x, indices_or_sections=s, axis=a)
        for x in (X, t(6, 5))
        for s in ((2, 3), (1,), (5, 2), (9,), ())
        for a in (0, 1)
    ),
    *(
        c(f"numpy.{name}", x, indices_or_sections=s)
        for name in ("Hsplit", "Vsplit", "Dsplit")
        for x in (X, t(4), t(6, 4))
        for s in (2, 3, (1, 2))
    ),
    *(
        c("numpy.Stack", x, axis=a)
        for x in ([X, X, X], [t(3, 4), t(3, 4)], [t(3, 4), t(3, 5)], [t(N, 4), t(3, 4)])
        for a in (0, -1, 2, 5)
    ),
    *(c("numpy.Swapaxes", X, axis1=a, axis2=e) for a, e in ((0, 1), (-1, 1), (2, 2), (0, 3))),
    *(
        c("numpy.Take", x, j, axis=a)
        for x in (X, t(3, 4))
        for j in (2, [0, 1], [[0], [1]], i(5), i(N, 2))
        for a in (N, 0, -1, 3)
    ),
    *(
        c("numpy.TakeAlongAxis", t(*x), i(*j), axis=a)
        for x, j, a in (
            ((N, 4, 6), (N, 4, 2), -1),
            ((3, 4), (3, 2), 1),
            ((3, 4), (5,), N),
            ((3, 4), (1, 2), 1),
            ((3, 4), (2, 2), 1),
            ((3, 4), (2,), 0),
        )
    ),
    *(c("numpy.Tile", X, repeats=r) for r in (2, (2, 1), (1, 2, 3), (2, 1, 1, 1))),
    *(c("numpy.Trapezoid", X, axis=a) for a in (-1, 0, 1)),
    c("numpy.Tril", X, k=1),
    c("numpy.Triu", X),
    *(c("numpy.Transpose", X, axes=a) for a in (N, (0, 2, 1), (-1, 0, 1), (0, 1), (0, 0, 1), (0, 1, 3))),
    *(c("numpy.Squeeze", t(N, 1, 4, 1), axis=a) for a in (N, 1, (1, 3), -1, 0, 2, 5)),
    c("numpy.Squeeze", t(1, 4)),
    *(
        c("numpy.Unique", t(3, 4), size=5, axis=a, return_index=True, return_inverse=True, return_counts=True)
        for a in (N, 0)
    ),
    c("numpy.Unique", t(3, 4)),
    c("numpy.UnravelIndex", i(7), shape=(3, 4)),
    c("numpy.Vander", t(4)),
    c("numpy.Vander", t(4), N=6),
    c("numpy.Vander", t(4, 2)),
    *(
        c("numpy.Where", b(*x), t(*y), z_)
        for x, y, z_ in (((N, 4), (4,), 0.0), ((3, 1), (4,), t(2, 3, 4)), ((3,), (4,), 0.0), ((N, 1), (N, 7), t(7)))
    ),
    *(
        c("numpy.Add", x, y)
        for x, y in ((X, 2), (2.5, X), (X, t(4, 1)), (t(N, 1), t(1, N)), (t(N, 3), t(N, N)), (X, t(5)))
    ),
    *(
        c("numpy.Concatenate", x, axis=a)
        for x in ([X, X], [X, t(3, 4, 6)], [t(3, N), t(3, 4)], [t(3, 4), t(2, 4)], [t(3, 4), t(4)], [t(3, 4)])
        for a in (0, 1, -1, 3)
    ),
    *(
        c("numpy.GetItem", X, k)
        for k in (
            0,
            -1,
            (ALL, 2),
            (ALL, -5),
            (ALL, 4),
            (0, 0, 0, 0),
            (..., N),
            (..., 0),
            (N, ..., N, 1),
            (ALL, slice(1, -1, 2), N, ..., -1),
            (ALL, slice(N, N, -1)),
            (slice(1, 3),),
            (ALL, slice(9, 12)),
            (ALL, slice(3, 1)),
            (ALL, slice(3, N, -2)),
            (..., ..., 0),
            (ALL,) * 4,
            (slice(N, N, -2), slice(-3, N)),
            [0, 1],
        )
    ),
]
