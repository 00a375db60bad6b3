"""What is tried of linear, recurrent, normalizing, elementwise and reshaping layers, and of attention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, product

from ....core.registry import find
from ....untyped import OptionValue
from ...cases import Case, shape
from . import Settings, crossed, listed

SEQUENCES = ("2 3 d_x", "3 d_x", "2 3 d_x+1", "5 2 2 d_x", "d_x")
LENGTHS = ("? 2 3", "2 ? 3", "? 3", "? ? 3")
STEPS = ("2 d_x", "d_x", "? d_x", "2 d_x+1", "2 2 d_x")
RECURRENT: Settings = {"input_size": "d_x", "hidden_size": "d_h"}
STACKS: list[Settings] = [{**RECURRENT, "num_layers": n} for n in (1, 2)]
STACKS += [{"input_size": "d_x", "hidden_size": 2, "num_layers": 4}]
PROJECTED: list[Settings] = [{**RECURRENT, "proj_size": 1}]
PROJECTED += [
    {"input_size": "d_x", "hidden_size": 4, "num_layers": n, "proj_size": p} for n, p in ((2, 3), (1, 4), (1, 5))
]

IMAGES = ("2 C 7 9", "C 7 9", "2 C 1 1")
VECTORS = ("d_x", "2 d_x", "2 3 d_x", "? d_x", "2 d_x+1")
AT_ALL = ("4", "2 3", "2 3 4", "2 3 4 5", "? 3", "2 6 5 4 2")
NORMS = {1: ("3 d", "3 d 4", "1 d", "d", "3 d+1", "? d"), 2: ("2 d 3 4", "d 3 4", "2 d+1 3 4", "2 d 3")}
NORMS[3] = ("2 d 3 4 5", "2 d 3 4", "2 d+1 3 4 5")
INSTANCES = {1: ("3 d 4", "d 4", "3 d 1", "3 d+1 4", "? d 4"), 2: ("2 d 3 4", "d 3 4", "2 d 1 1", "d 3", "2 d+1 2 2")}
INSTANCES[3] = ("2 d 3 4 5", "d 3 4 5", "d 1 1 1", "d 3 4", "2 d+1 2 2 2")


def _norms(kind: str, inputs: Mapping[int, tuple[str, ...]]) -> dict[str, OptionValue]:
    found = {}
    for rank, texts in inputs.items():
        found[f"{kind}Norm{rank}d"] = listed(f"{kind}Norm{rank}d", [{"num_features": "d"}], texts)
        found[f"Lazy{kind}Norm{rank}d"] = listed(f"Lazy{kind}Norm{rank}d", [{}], texts)
    return found


def _recurrent(name: str, settings: list[Settings]) -> OptionValue:
    sizes = listed(name, settings, SEQUENCES)
    fixed: Settings = {"input_size": 3, "hidden_size": 2, "bias": True}
    lengths = listed(name, [{**fixed, "num_layers": n, "bidirectional": n == 2} for n in (1, 2)], LENGTHS)
    return lambda: chain(sizes(), lengths())


def _attention() -> Iterator[Case]:
    rows: list[Settings] = [{"embed_dim": "2*d", "num_heads": 2}, {"embed_dim": 6, "num_heads": 4}]
    rows += [{"embed_dim": 6, "num_heads": 2, **widths} for widths in WIDTHS]
    for layer in crossed(find("MultiheadAttention", "torch"), rows):
        d, k, v = (layer.options[name] for name in ("embed_dim", "kdim", "vdim"))
        last = (f"{d}", f"{d if k is None else k}", f"{d if v is None else v}")
        for leads in LEADS:
            yield Case(layer, tuple(shape(f"{lead} {size}") for lead, size in zip(leads, last, strict=True)))
        yield Case(layer, tuple(shape(f"4 2 {size}+1") for size in last))


WIDTHS: list[Settings] = [{"kdim": "d_k"}, {"vdim": "d_v"}, {"kdim": "d_k", "vdim": "d_v"}, {"kdim": 4, "vdim": 4}]
LEADS: tuple[tuple[str, ...], ...] = (
    ("4 2", "5 2", "5 2"),
    ("2 4", "2 5", "2 5"),
    ("4", "5", "5"),
    ("4 2", "5 3", "5 3"),
    ("4 2", "5", "5"),
)
LEADS += (("4 2", "5 2", "6 2"), ("3 2", "3 2", "3 2"))
SOURCES = ("4 2 d", "4 d", "2 2 d+2")
PAIRS: tuple[OptionValue, ...] = (
    ("4 2 d", "5 2 d"),
    ("2 4 d", "2 5 d"),
    ("4 d", "5 d"),
    ("4 2 d", "5 3 d"),
    ("4 2 d", "5 d"),
    ("4 2 d+2", "5 2 d+2"),
)
BLOCK: list[Settings] = [{"d_model": "2*d", "nhead": 2, "dim_feedforward": "d_f"}, {"d_model": 6, "nhead": 4}]


def _twice(texts: tuple[OptionValue, ...]) -> list[OptionValue]:
    # of width 2d, so that two heads divide it
    return [tuple(_wide(one) for one in text) if isinstance(text, tuple) else _wide(text) for text in texts]


def _wide(text: str) -> str:
    return text.replace("d", "2*d")


def _stacks(kind: str) -> Iterator[Case]:
    layer = find(f"Transformer{kind}Layer", "torch")
    owner, option = find(f"Transformer{kind}", "torch"), f"{kind.lower()}_layer"
    inputs = [(text,) for text in _twice(SOURCES)] if kind == "Encoder" else _twice(PAIRS)
    norms = (None, find("LayerNorm", "torch")("2*d"), find("RMSNorm", "torch")("2*d"))
    inner = [
        layer("2*d" if bias else 4, 2, "d_f" if bias else 3, bias=bias, batch_first=first, norm_first=first != bias)
        for bias, first in product((False, True), repeat=2)
    ]
    for one, count, norm in product(inner, (1, 2), norms):
        for texts in inputs[: None if count == 1 else 1]:
            yield Case(owner(**{option: one, "num_layers": count, "norm": norm}), tuple(map(shape, texts)))


WHOLE: list[Settings] = [
    {"d_model": "2*d", "nhead": 2, "num_encoder_layers": 1, "num_decoder_layers": 1, "dim_feedforward": "d_f",
     "norm_first": False, "batch_first": False},
    {"d_model": 4, "nhead": 2, "num_encoder_layers": 2, "num_decoder_layers": 3, "dim_feedforward": 3},
]  # fmt: skip
BAGS: list[Settings] = [
    {"num_embeddings": "V", "embedding_dim": "d_e", "padding_idx": place} for place in (None, 0, -1)
]
BAGS += [{"num_embeddings": 5, "embedding_dim": 2, "padding_idx": place} for place in (4, 5, -5, -6)]
BROADCAST = (
    ("4", "4"),
    ("4", "3 4"),
    ("3 1", "3 4"),
    ("3 4", "3 5"),
    ("2 3 4", "2 3 4"),
    ("2 1 4", "5 4"),
    ("? 4", "? 4"),
)

NORMED: list[Settings] = [{"normalized_shape": "d"}, {"normalized_shape": ("d_1", "d_2")}]
SHAPES = ("d", "2 d", "2 3 d", "? d", "2 d+1", "d_1 d_2", "2 d_1 d_2", "2 d_2 d_1", "d_2", "2 3 d_1 d_2")
PIXELS = ("8 3 4", "2 8 3 4", "2 9 3 3", "9 6", "2 3 4 2 3", "? 4 3 3", "5 6 6")
WINDOWS: list[Settings] = [
    {"kernel_size": k, "dilation": d, "padding": p, "stride": s}
    for k, d, p, s in product((1, (2, 3), 5), (1, (2, 1)), (0, (1, 2)), (1, (2, 3)))
]

CASES: dict[str, OptionValue] = {
    "Linear": listed("Linear", [{"in_features": "d_x", "out_features": "d_y"}], VECTORS),
    "LazyLinear": listed("LazyLinear", [{"out_features": "d_y"}], VECTORS),
    "Bilinear": listed(
        "Bilinear",
        [{"in1_features": "d_1", "in2_features": "d_2", "out_features": "d_y"}],
        [
            ("d_1", "d_2"),
            ("2 d_1", "2 d_2"),
            ("2 3 d_1", "2 3 d_2"),
            ("2 d_1", "1 d_2"),
            ("2 d_1", "d_2"),
            ("2 7", "2 d_2"),
        ],
    ),
    "Embedding": listed("Embedding", BAGS, ("4", "2 3", "? 3", "2 3 4")),
    "EmbeddingBag": listed("EmbeddingBag", BAGS, ("2 3", "7", ("7", "2"), ("2 3", "2"), "? 3", "2 3 4")),
    "RNN": _recurrent("RNN", STACKS),
    "LSTM": _recurrent("LSTM", [*STACKS, *PROJECTED]),
    "GRU": _recurrent("GRU", STACKS),
    **{name: listed(name, [RECURRENT], STEPS) for name in ("RNNCell", "LSTMCell", "GRUCell")},
    **_norms("Batch", NORMS),
    **_norms("Instance", INSTANCES),
    "SyncBatchNorm": listed(
        "SyncBatchNorm", [{"num_features": "d"}], ("2 d", "2 d 3", "2 d 3 4", "d", "2 d+1", "? d 3 4")
    ),
    "GroupNorm": listed(
        "GroupNorm",
        [
            {"num_groups": 2, "num_channels": "2*d"},
            {"num_groups": 3, "num_channels": 4},
            {"num_groups": 6, "num_channels": 6},
        ],
        ("2 2*d", "2 2*d 3", "2 2*d 3 4", "1 6", "2 5", "6"),
    ),
    "LayerNorm": listed("LayerNorm", NORMED, SHAPES),
    "RMSNorm": listed("RMSNorm", NORMED, SHAPES),
    "LocalResponseNorm": listed("LocalResponseNorm", [{"size": 1}, {"size": 2}, {"size": 9}], (*AT_ALL, "? 3 4 5")),
    "CrossMapLRN2d": listed("CrossMapLRN2d", [{"size": 1}, {"size": 2}, {"size": 9}], (*AT_ALL, "? 3 4 5")),
    "MultiheadAttention": _attention,
    "TransformerEncoderLayer": listed("TransformerEncoderLayer", BLOCK, _twice(SOURCES)),
    "TransformerDecoderLayer": listed("TransformerDecoderLayer", BLOCK, _twice(PAIRS)),
    "TransformerEncoder": lambda: _stacks("Encoder"),
    "TransformerDecoder": lambda: _stacks("Decoder"),
    "Transformer": listed("Transformer", WHOLE, _twice(PAIRS[:5])),
    "PReLU": listed(
        "PReLU", [{}, {"num_parameters": "a"}, {"num_parameters": 3}], ("2 a 3", "2 a", "a", "2 3", "? a", "2 1 4")
    ),
    "GLU": listed("GLU", [{"dim": dim} for dim in (-1, 0, 1, 2)], (*AT_ALL, "? 4")),
    **{
        name: listed(name, [{"dim": d} for d in (None, 0, 1, -2, 3)], AT_ALL)
        for name in ("Softmax", "LogSoftmax", "Softmin")
    },
    "Flatten": listed(
        "Flatten",
        [{}, *({"start_dim": a, "end_dim": b} for a, b in ((0, -1), (1, 2), (-2, -1), (2, 1), (0, 0), (3, 3)))],
        AT_ALL,
    ),
    "Unflatten": listed(
        "Unflatten",
        [{"dim": d, "unflattened_size": s} for d in (0, 1, -1, 3) for s in ((2, 3), (3, -1), (-1,), (6,), (2, 1, -1))],
        ("6", "2 6", "6 3", "2 7", "2 3 4", "? 6", "2 3 4 12"),
    ),
    "PixelShuffle": listed("PixelShuffle", [{"upscale_factor": r} for r in (1, 2, 3)], PIXELS),
    "PixelUnshuffle": listed("PixelUnshuffle", [{"downscale_factor": r} for r in (1, 2, 3)], PIXELS),
    "ChannelShuffle": listed("ChannelShuffle", [{"groups": g} for g in (1, 2, 3)], (*AT_ALL, "? 6 4")),
    "Unfold": listed("Unfold", WINDOWS, ("2 3 7 9", "3 7 9", "3 4 4", "7 9", "? 3 7 9")),
    "Fold": listed(
        "Fold",
        [{"output_size": (7, 9), **window} for window in WINDOWS],
        (
            "2 6 30",
            "6 42",
            "2 6 63",
            "2 6 1",
            "2 5 30",
            "6",
            "2 25 15",
            "2 12 16",
        ),
    ),
    "CosineSimilarity": listed("CosineSimilarity", [{"dim": d} for d in (0, 1, -1, 2)], BROADCAST),
    "PairwiseDistance": listed("PairwiseDistance", [{}, {"p": 1.0}], BROADCAST),
    "Softmax2d": listed("Softmax2d", [{}], (*AT_ALL, "? 3 4 5")),
    "Identity": listed("Identity", [{}], AT_ALL),
    "Threshold": listed("Threshold", [{"threshold": 1.0, "value": 2.0}], AT_ALL),
}
KEPT = (
    "CELU ELU GELU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish RReLU ReLU ReLU6 SELU SiLU "
    "Sigmoid Softplus Softshrink Softsign Tanh Tanhshrink Dropout AlphaDropout Dropout1d"
)
CASES |= {name: listed(name, [{}], AT_ALL) for name in KEPT.split()}
CASES |= {name: listed(name, [{}], AT_ALL[1:]) for name in ("Dropout2d", "Dropout3d", "FeatureAlphaDropout")}
