"""Calls of the operations that do what layers do."""

from .writing import N, X, c, i, t

CALLS = [
    c("nn.AdaptiveAveragePool", t(N, 8, N, 3), output_size=(2, 4), data_format="channels_last"),
    c("nn.AdaptiveMaxPool", t(N, 3, 8, 8), output_size=(2, 4), data_format="channels_first"),
    *(
        c(f"nn.{name}Pool", x, pool_size=k, strides=s, padding=p, data_format=f)
        for name in ("Average", "Max")
        for x, k, s, p, f in (
            (t(N, 9, N, 3), (2, 2), N, "valid", "channels_last"),
            (t(N, 3, 9, 7), (2, 3), 2, "same", "channels_first"),
            (t(2, 9, 3), 4, 3, "valid", "channels_last"),
            (t(2, 3, 3), 4, 3, "valid", "channels_last"),
            (t(2, 9, 3), (4,), (3,), "full", "channels_last"),
        )
    ),
    *(c("nn.BatchNorm", t(N, 4, 6), *([t(size)] * 4), axis=axis) for size, axis in ((6, -1), (4, 1), (5, -1))),
    c("nn.BatchNorm", t(N, 4, 6), t(6), t(6), N, N, axis=2),
    c("nn.BinaryCrossentropy", X, X),
    c("nn.BinaryCrossentropy", X, t(N, 4, 5)),
    c("nn.CTCDecode", t(N, 7, 5), i(N)),
    c("nn.CTCDecode", t(3, 7, 5), i(3), strategy="beam_search", top_paths=2),
    c("nn.CTCLoss", i(3, 4), t(3, 7, 5), i(3), i(3)),
    c("nn.CTCLoss", i(3, 4), t(3, 7, 5), i(2), i(3)),
    c("nn.CategoricalCrossentropy", X, X),
    c("nn.CategoricalCrossentropy", t(N, 3), t(N, 4)),
    c("nn.CategoricalCrossentropy", t(2, 4, 6), t(2, 4, 6), axis=1),
    c("nn.SparseCategoricalCrossentropy", i(N, 4), X),
    c("nn.SparseCategoricalCrossentropy", i(N, 4, 1), X),
    c("nn.SparseCategoricalCrossentropy", i(N, 5), X),
    c("nn.SparseCategoricalCrossentropy", i(2, 6), t(2, 4, 6), axis=1),
    *(
        c("nn.Conv", x, k, strides=s, padding=p, data_format=f, dilation_rate=d)
        for x, k, s, p, f, d in (
            (t(2, 9, 10, 4), t(3, 3, 4, 6), 2, "same", N, 1),
            (t(N, N, 10, 4), t(3, 2, 4, 6), (1, 2), "valid", "channels_last", 1),
            (t(2, 4, 9, 10), t(3, 3, 4, 6), 1, "valid", "channels_first", 2),
            (t(2, 9, 4), t(3, 4, 6), 1, "causal", N, 1),
            (t(2, 9, 4), t(3, 3, 6), 1, "valid", N, 1),
            (t(2, 2, 4), t(3, 4, 6), 1, "valid", N, 1),
            (t(2, 9, 4), t(3, 3, 4, 6), 1, "valid", N, 1),
            (t(2, 9, 8, 7, 4), t(3, 2, 1, 4, 6), (3, 2, 1), "valid", N, 1),
            (t(2, 9, 4), t(3, 4, 6), 1, "full", N, 1),
        )
    ),
    *(
        c("nn.DepthwiseConv", x, k, padding=p, strides=s)
        for x, k, p, s in (
            (t(2, 9, 10, 4), t(3, 3, 4, 2), "same", 2),
            (t(N, 9, 4), t(3, 4, 2), "valid", 1),
            (t(N, 9, 4), t(3, 3, 2), "valid", 1),
        )
    ),
    c("nn.SeparableConv", t(2, 9, 10, 4), t(3, 3, 4, 2), t(1, 1, 8, 5), padding="same"),
    c("nn.SeparableConv", t(2, 9, 4), t(3, 4, 2), t(1, 8, 5), padding="valid"),
    *(
        c(
            "nn.ConvTranspose",
            t(*x, 4),
            t(*k, 6, 4),
            strides=s,
            padding=p,
            output_padding=o,
            dilation_rate=d,
            data_format="channels_last",
        )
        for x, k, s, p, o, d in (
            ((2, 9), (3,), 2, "same", N, 1),
            ((2, 9), (3,), 2, "valid", N, 1),
            ((N, 9, N), (3, 2), (2, 3), "valid", N, 1),
            ((2, 9), (3,), 1, "valid", N, 2),
            ((2, 9, 8), (3, 4), 2, "same", (1, 1), 1),
            ((2, 9, 8), (3, 3), 2, "same", (1, 0), 1),
            ((2, 9), (3,), 2, "same", 1, 1),
            ((2, 9), (3,), 3, "valid", 1, 1),
            ((2, 9), (2,), 3, "valid", N, 1),
        )
    ),
    c("nn.ConvTranspose", t(2, 9, 4), t(3, 6, 5), strides=2),
    c("nn.DepthToSpace", t(N, 3, N, 8), block_size=2),
    c("nn.DepthToSpace", t(N, 8, 3, 3), block_size=2, data_format="channels_first"),
    c("nn.DepthToSpace", t(N, 3, 3, 6), block_size=2),
    c("nn.SpaceToDepth", t(N, 4, N, 3), block_size=2),
    c("nn.SpaceToDepth", t(N, 3, 5, 4), block_size=2, data_format="channels_first"),
    *(
        c("nn.DotProductAttention", t(*q), t(*k), t(*v))
        for q, k, v in (
            ((2, 4, 3, 5), (2, 7, 3, 5), (2, 7, 3, 5)),
            ((N, 4, 6, 5), (N, N, 3, 5), (N, N, 3, 5)),
            ((2, 4, 3, 5), (2, 7, 3, 5), (2, 7, 3, 6)),
            ((2, 4, 3, 5), (2, 7, 3, 6), (2, 7, 3, 6)),
        )
    ),
    c("nn.Unfold", t(N, 3, 8, 9), kernel_size=2),
    c("nn.Unfold", t(2, 3, 8, 9), kernel_size=(2, 3), padding=1, stride=(2, 1), dilation=(1, 2)),
    c("nn.Unfold", t(2, 3, N, 9), kernel_size=2),
    c("nn.Fold", t(N, 12, 56), output_size=(8, 9), kernel_size=2),
    c("nn.Fold", t(N, 11, 56), output_size=(8, 9), kernel_size=2),
    c("nn.Glu", X),
    c("nn.Glu", t(N, 3)),
    c("nn.Glu", X, axis=0),
    c("nn.LayerNorm", X, t(6), t(6)),
    c("nn.LayerNorm", X, N, N, axis=-1),
    c("nn.RMSNorm", X, scale=t(6)),
    c("nn.Moments", X, axes=(0, 1)),
    c("nn.Moments", X, axes=(-1,), keepdims=True),
    *(c("nn.OneHot", x, num_classes=5, axis=a) for x in (i(N, 4), i(), i(3)) for a in (-1, 0, 1, 2, -2)),
    *(c("nn.MultiHot", x, num_classes=5, axis=a) for x in (i(N, 4), i(3), i(2, 3, 4)) for a in (-1, 0, 1)),
    c("nn.PSNR", X, X, max_val=1.0),
    c("nn.PSNR", X, t(4), max_val=1.0),
    c("nn.Polar", t(3, 4), t(3, 4)),
    c("nn.Sparsemax", X),
    c("nn.Sparsemax", X, axis=3),
    c("nn.Threshold", X, threshold=0.5, default_value=0.0),
    c("nn.Softmax", X, axis=(1, 2)),
    c("nn.LogSoftmax", X, axis=5),
    c("nn.Normalize", X, axis=(1, 2)),
]
