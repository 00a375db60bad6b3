"""What is tried of layers over space: convolutions, pooling, padding, upsampling."""

from __future__ import annotations

from ....untyped import OptionValue
from . import Settings, listed

AXES = ("7", "9", "8")


def over(rank: int, channels: str) -> list[str]:
    """List inputs with a batch and without, one of odd sizes, one too small, one of unknown sizes."""
    full = " ".join((*AXES, *AXES)[:rank])
    small = " ".join(("2",) * rank)
    return [f"2 {channels} {full}", f"{channels} {full}", f"{channels} {small}"]


def geometries(rank: int) -> list[Settings]:
    """List windows: strides, paddings, dilations, and what wraps around."""
    last = {1: 2, 2: (2, 1), 3: (1, 2, 3)}[rank]
    return [
        {},
        {"stride": last, "padding": 1},
        {"padding": last, "dilation": 2},
        {"padding": "same", "dilation": last},
        {"padding": "same", "stride": 2},
        {"padding": "valid", "stride": 3},
        {"padding": 1, "padding_mode": "reflect"},
        {"padding": 9, "padding_mode": "reflect"},
        {"padding": "same", "padding_mode": "circular"},
        {"padding": 8, "padding_mode": "circular"},
        {"padding": 9, "padding_mode": "replicate"},
    ]


def convolutions(rank: int, lazy: bool) -> OptionValue:
    """Try a convolution: a symbol for every size once, then every geometry at a window of its own."""
    told: Settings = {} if lazy else {"in_channels": "2*C"}
    window = {1: 3, 2: (3, 2), 3: (2, 3, 1)}[rank]
    axes = ("k_h", "k_w") if rank == 2 else ("k_d", "k_h", "k_w") if rank == 3 else ("k",)
    name = f"{'Lazy' * lazy}Conv{rank}d"
    mode = {"padding_mode": "zeros"}
    rows: list[Settings] = [{**told, "out_channels": "2*F", "kernel_size": axes, "groups": g, **mode} for g in (1, 2)]
    rows += [
        {**told, "out_channels": "2*F", "kernel_size": window, "groups": g, **mode, **geometry}
        for geometry in geometries(rank)
        for g in (1, 2)
    ]
    rows += [{**told, "out_channels": 5, "kernel_size": window, "groups": 3, **mode}]
    wrong = [] if lazy else [over(rank, "3")[0]]
    return listed(name, rows, [*over(rank, "2*C"), *wrong])


def transposed(rank: int, lazy: bool) -> OptionValue:
    """Try a transposed convolution."""
    told: Settings = {} if lazy else {"in_channels": "2*C"}
    last = {1: 2, 2: (2, 1), 3: (1, 2, 3)}[rank]
    window = {1: 3, 2: (3, 2), 3: (2, 3, 1)}[rank]
    axes = ("k_h", "k_w") if rank == 2 else ("k_d", "k_h", "k_w") if rank == 3 else ("k",)
    ways: list[Settings] = [
        {},
        {"stride": 2, "output_padding": 1},
        {"stride": last, "padding": 1},
        {"dilation": last, "padding": 1},
        {"dilation": 2, "output_padding": 1},
        {"output_padding": 1},
        {"padding": 7},
    ]
    rows = [
        {**told, "out_channels": "2*F", "kernel_size": kernel, "groups": g, **way}
        for kernel, several in ((axes, ways[:2]), (window, ways))
        for way in several
        for g in (1, 2)
    ]
    return listed(f"{'Lazy' * lazy}ConvTranspose{rank}d", rows, over(rank, "2*C"))


def windows(name: str, rank: int, **more: OptionValue) -> OptionValue:
    """Try a pooling layer: windows of every kind, and whatever switches it has."""
    last = {1: 2, 2: (2, 1), 3: (1, 2, 3)}[rank]
    uneven = {1: 3, 2: (3, 2), 3: (2, 3, 4)}[rank]
    plain = "LP" in name
    rows: list[Settings] = [
        {"kernel_size": 2},
        {"kernel_size": uneven, "stride": last},
        {"kernel_size": 3, "stride": 2},
    ]
    rows += [{"kernel_size": 9, "stride": 1}, {"kernel_size": 2, "stride": 3}, {"kernel_size": 4, "stride": 4}]
    if not plain:
        rows += [{"kernel_size": 3, "stride": 2, "padding": 1}, {"kernel_size": 3, "padding": 2}]
        rows += [{"kernel_size": 4, "stride": 3, "padding": 2}, {"kernel_size": uneven, "stride": 5, "padding": 1}]
    if "Max" in name:
        rows += [{"kernel_size": 3, "dilation": 2}, {"kernel_size": uneven, "dilation": last, "stride": 2}]
        rows += [{"kernel_size": 5, "dilation": 2, "padding": 2}, {"kernel_size": 3, "dilation": 2, "padding": 2}]
    if plain:
        rows = [{**row, "norm_type": 2} for row in rows]
    few = " ".join(("?", "2", "3")[:rank])
    return listed(name, [{**row, **more} for row in rows], [*over(rank, "3"), f"2 1 {few}"])


def adaptive(name: str, rank: int) -> OptionValue:
    """Try a pooling layer with a given output size."""
    own = {1: (3,), 2: (3, None), 3: (None, 2, 9)}[rank]
    rows: list[Settings] = [{"output_size": 1}, {"output_size": 9}, {"output_size": own}]
    return listed(name, rows, [*over(rank, "3"), f"? 3 {' '.join(AXES[:rank])}"])


def fractional(rank: int) -> OptionValue:
    """Try a pooling layer of random windows with a size, a ratio, both or neither."""
    sizes: list[Settings] = [{"output_size": size} for size in (1, 2, 5, (5, 4, 3)[:rank], 6, 7, 8)]
    shares: list[Settings] = [{"output_ratio": share} for share in (0.5, 0.9, (0.3, 0.5, 0.7)[:rank])]
    wrong: list[Settings] = [{}, {"output_size": 2, "output_ratio": 0.5}]
    rows = [{"kernel_size": k, **how} for k in (1, 2, 3) for how in [*sizes, *shares, *wrong]]
    return listed(f"FractionalMaxPool{rank}d", rows, over(rank, "3")[:2])


def unpooled(rank: int) -> OptionValue:
    """Try to undo a pooling layer."""
    rows: list[Settings] = [{"kernel_size": 2}, {"kernel_size": 3, "stride": 2}, {"kernel_size": 3, "padding": 1}]
    same, other = [(text, text) for text in over(rank, "3")], (over(rank, "3")[0], over(rank, "4")[0])
    return listed(f"MaxUnpool{rank}d", rows, [*same, other])


def sides(name: str, rank: int) -> OptionValue:
    """Try margins, negative ones among them."""
    margins = ((1, 2, 3, 0, 4, 1)[: 2 * rank], (-1, 2, 0, -2, 1, -1)[: 2 * rank], (-4, -3, 0, 0, 0, 0)[: 2 * rank])
    more = {"value": 1.5} if name.startswith("Constant") else {}
    rows: list[Settings] = [{"padding": way, **more} for way in (0, 1, 6, 7, 8, -1, *margins[:2])]
    inputs = over(rank, "3")
    if name.startswith(("Constant", "Zero")):
        inputs += [" ".join(AXES[:rank]), f"2 3 4 {' '.join(AXES[:rank])}"]
    return listed(name, rows, [*inputs, f"? 3 {' '.join(AXES[:rank])}"])


MODES = ("nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact")
PLACES = ("2 3 7", "2 3 7 9", "2 3 7 9 8", "2 3 1", "? 3 4", "2 3 ?")


def resized() -> list[Settings]:
    """List ways to ask for more places."""
    ways: list[Settings] = [{"size": 3}, {"size": (4, 5)}, {"scale_factor": 2}, {"scale_factor": 1.5}, {}]
    ways += [{"scale_factor": (1.3, 0.7)}, {"size": 3, "scale_factor": 2}, {"scale_factor": 0.5}]
    return [{"size": None, "scale_factor": None, **way} for way in ways]


ALIGNED = [(None, None), (True, None), (False, True), (None, True)]
UPSAMPLED = [
    {**way, "mode": mode, "align_corners": aligned, "recompute_scale_factor": again}
    for way in resized()
    for mode in MODES
    for aligned, again in ALIGNED
]

CASES: dict[str, OptionValue] = {
    **{f"Conv{n}d": convolutions(n, False) for n in (1, 2, 3)},
    **{f"LazyConv{n}d": convolutions(n, True) for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": transposed(n, False) for n in (1, 2, 3)},
    **{f"LazyConvTranspose{n}d": transposed(n, True) for n in (1, 2, 3)},
    **{f"{kind}Pool{n}d": windows(f"{kind}Pool{n}d", n) for kind in ("Max", "Avg", "LP") for n in (1, 2, 3)},
    **{f"Adaptive{kind}Pool{n}d": adaptive(f"Adaptive{kind}Pool{n}d", n) for kind in ("Max", "Avg") for n in (1, 2, 3)},
    **{f"FractionalMaxPool{n}d": fractional(n) for n in (2, 3)},
    **{f"MaxUnpool{n}d": unpooled(n) for n in (1, 2, 3)},
    **{
        f"{kind}Pad{n}d": sides(f"{kind}Pad{n}d", n)
        for kind in ("Constant", "Zero", "Reflection", "Replication", "Circular")
        for n in (1, 2, 3)
    },
    "Upsample": listed("Upsample", UPSAMPLED, PLACES),
    **{f"Upsampling{kind}2d": listed(f"Upsampling{kind}2d", resized(), PLACES) for kind in ("Nearest", "Bilinear")},
}
