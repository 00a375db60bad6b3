"""Random modules of torch.nn, on random inputs: every tensor, every output shape, every refusal is PyTorch's.

What is drawn is often wrong on purpose: channels that do not divide, windows that do not fit, sizes that disagree.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tiers import examples

from paramcalc import torch as nn
from paramcalc.errors import ParamcalcError
from paramcalc.verification.adapter import Case, adapter
from paramcalc.verification.audit import check

pytest.importorskip("torch")
pytestmark = pytest.mark.torch
EXAMPLES = examples(5, 300)
often = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
seldom = settings(often, max_examples=EXAMPLES // 5)
few, switch, small = st.integers(1, 6), st.booleans(), st.integers(1, 4)


def holds(make: Any, options: dict[str, Any], *shapes: tuple[int, ...], at: tuple[Any, ...] = ()) -> None:
    """Make a layer, or see that nobody can; then compare all that the audit compares."""
    try:
        layer = make(*at, **options)
    except ParamcalcError:
        return  # said before PyTorch is asked: what the audit of options covers
    asked = adapter("torch")
    row = check(asked, Case(layer, shapes))
    assert row.mismatches == []


def shapes(*sizes: Any, batch: bool = True) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw a shape of these sizes, sometimes with one axis too many or too few in front."""
    lead = st.sampled_from([1, 1, 1, 0, 2] if batch else [0])
    return st.tuples(lead, *sizes).flatmap(
        lambda drawn: st.tuples(*[few] * drawn[0]).map(lambda got: (*got, *drawn[1:]))
    )


def each(rank: int, values: Any) -> st.SearchStrategy[Any]:
    """Draw one value for all axes, or one for each."""
    return values | st.tuples(*[values] * rank)


@often
@given(st.data())
def test_linear_layers_and_tables(data: st.DataObject) -> None:
    d_x, d_y, bias = data.draw(few), data.draw(few), data.draw(switch)
    x = data.draw(shapes(st.just(d_x) | few))
    holds(nn.Linear, {"bias": bias}, x, at=(d_x, d_y))
    holds(nn.LazyLinear, {"bias": bias}, x, at=(d_y,))
    holds(nn.Bilinear, {"bias": bias}, x, (*x[:-1], d_y) if data.draw(switch) else (d_y,), at=(d_x, d_y, 3))
    place = data.draw(st.none() | st.integers(-7, 7))
    holds(nn.Embedding, {"padding_idx": place}, x, at=(d_x, d_y))
    mode = data.draw(st.sampled_from(["sum", "mean", "max"]))
    bag = {"padding_idx": place, "mode": mode, "sparse": data.draw(switch), "include_last_offset": data.draw(switch)}
    holds(nn.EmbeddingBag, bag, x, *([(d_y,)] if data.draw(switch) else []), at=(d_x, d_y))


@seldom
@given(st.data())
def test_recurrent_layers(data: st.DataObject) -> None:
    d_x, d_h = data.draw(few), data.draw(few)
    x = data.draw(st.tuples(*[small] * data.draw(st.sampled_from([1, 1, 2, 0, 3]))).map(lambda lead: (*lead, d_x)))
    wrong = data.draw(st.sampled_from([0, 0, 0, 1]))
    options: dict[str, Any] = {name: data.draw(switch) for name in ("bias", "batch_first", "bidirectional")}
    options |= {"num_layers": data.draw(st.integers(1, 3)), "dropout": data.draw(st.sampled_from([0.0, 0.5]))}
    holds(nn.LSTM, {**options, "proj_size": data.draw(st.integers(0, 4))}, x, at=(d_x + wrong, d_h))
    holds(nn.GRU, options, x, at=(d_x + wrong, d_h))
    holds(nn.RNN, {**options, "nonlinearity": data.draw(st.sampled_from(["tanh", "relu"]))}, x, at=(d_x + wrong, d_h))
    for cell in (nn.RNNCell, nn.LSTMCell, nn.GRUCell):
        holds(cell, {"bias": options["bias"]}, x, at=(d_x + wrong, d_h))


@often
@given(st.data())
def test_convolutions(data: st.DataObject) -> None:
    rank, groups = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    channels, filters = (data.draw(small) * data.draw(st.sampled_from([groups, groups, 1])) for _ in range(2))
    options: dict[str, Any] = {
        "kernel_size": data.draw(each(rank, small)),
        "stride": data.draw(each(rank, st.integers(1, 3))),
        "dilation": data.draw(each(rank, st.integers(1, 3))),
        "groups": groups,
        "bias": data.draw(switch),
    }
    margin = each(rank, st.integers(0, 3))
    x = data.draw(shapes(st.sampled_from([channels, channels, channels, filters]), *[st.integers(1, 9)] * rank))
    mode = data.draw(st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"]))
    padding = data.draw(margin | st.sampled_from(["same", "valid"]))
    own = {**options, "out_channels": filters, "padding": padding, "padding_mode": mode}
    holds(getattr(nn, f"Conv{rank}d"), {**own, "in_channels": channels}, x)
    holds(getattr(nn, f"LazyConv{rank}d"), own, x)
    own = {**options, "out_channels": filters, "padding": data.draw(margin), "output_padding": data.draw(margin)}
    holds(getattr(nn, f"ConvTranspose{rank}d"), {**own, "in_channels": channels}, x)
    if filters % groups == 0:  # else PyTorch's lazy form makes fewer channels than it was asked for, and says nothing
        holds(getattr(nn, f"LazyConvTranspose{rank}d"), own, x)


@often
@given(st.data())
def test_pooling_and_padding(data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 3))
    x = data.draw(shapes(few, *[st.integers(1, 9)] * rank))
    kernel = {"kernel_size": data.draw(each(rank, small)), "stride": data.draw(st.none() | each(rank, small))}
    margin, up = {"padding": data.draw(each(rank, st.integers(0, 2)))}, {"ceil_mode": data.draw(switch)}
    more = {"dilation": data.draw(each(rank, st.integers(1, 3))), "return_indices": data.draw(switch)}
    holds(getattr(nn, f"MaxPool{rank}d"), {**kernel, **margin, **up, **more}, x)
    holds(getattr(nn, f"AvgPool{rank}d"), {**kernel, **margin, **up}, x)
    holds(getattr(nn, f"LPPool{rank}d"), {**kernel, **up, "norm_type": 2}, x)
    holds(getattr(nn, f"MaxUnpool{rank}d"), {**kernel, **margin}, x, x)
    target = data.draw(each(rank, small if rank == 1 else small | st.none()))
    kind = data.draw(st.sampled_from(["Max", "Avg"]))
    if kind == "Max" or len(x) < rank + 3:  # a mean of one place is taken of any number of axes, documented or not
        holds(getattr(nn, f"Adaptive{kind}Pool{rank}d"), {"output_size": target}, x)
    if rank > 1:
        size = {"output_size": data.draw(each(rank, small))}
        share = {"output_ratio": data.draw(each(rank, st.sampled_from([0.2, 0.5, 0.9])))}
        strewn = data.draw(st.sampled_from([size, share, {}, size | share]))
        holds(getattr(nn, f"FractionalMaxPool{rank}d"), {"kernel_size": kernel["kernel_size"], **strewn}, x)
    sides = data.draw(st.integers(-2, 5) | st.tuples(*[st.integers(-2, 5)] * (2 * rank)))
    kind = data.draw(st.sampled_from(["Constant", "Zero", "Reflection", "Replication", "Circular"]))
    holds(getattr(nn, f"{kind}Pad{rank}d"), {"padding": sides, **({"value": 1.0} if kind == "Constant" else {})}, x)


@often
@given(st.data())
def test_normalization(data: st.DataObject) -> None:
    rank, d = data.draw(st.integers(1, 3)), data.draw(few)
    x = data.draw(
        shapes(st.sampled_from([d, d, d, d + 1]), *[small] * data.draw(st.sampled_from([rank, rank, rank - 1])))
    )
    options = {"affine": data.draw(switch), "track_running_stats": data.draw(switch)}
    for kind in ("BatchNorm", "InstanceNorm"):
        holds(getattr(nn, f"{kind}{rank}d"), options, x, at=(d,))
        holds(getattr(nn, f"Lazy{kind}{rank}d"), options, x)
    holds(nn.SyncBatchNorm, options, x, at=(d,))
    holds(nn.GroupNorm, {"affine": options["affine"]}, x, at=(data.draw(st.integers(1, 3)), d))
    shape = data.draw(st.sampled_from([x[-1:], x[-2:], (3,), (2, 3)]))
    holds(nn.LayerNorm, {"elementwise_affine": data.draw(switch), "bias": data.draw(switch)}, x, at=(shape,))
    holds(nn.RMSNorm, {"elementwise_affine": data.draw(switch)}, x, at=(shape,))


@seldom
@given(st.data())
def test_attention(data: st.DataObject) -> None:
    heads, first = data.draw(st.integers(1, 3)), data.draw(switch)
    d = heads * data.draw(st.integers(1, 3)) + data.draw(st.sampled_from([0, 0, 0, 1]))
    widths = {name: data.draw(st.none() | few) for name in ("kdim", "vdim")}
    n, length, memory = data.draw(small), data.draw(small), data.draw(small)
    batch = data.draw(st.sampled_from([(n,), (n,), (n,), ()]))
    other = data.draw(st.sampled_from([batch, batch, batch, batch, (n + 1,), ()]))

    def of(size: int, width: int, lead: tuple[int, ...]) -> tuple[int, ...]:
        return (*lead, size, width) if first else (size, *lead, width)

    switches = {name: data.draw(switch) for name in ("bias", "add_bias_kv", "add_zero_attn")}
    inputs = (of(length, d, batch), of(memory, widths["kdim"] or d, other), of(memory, widths["vdim"] or d, other))
    holds(nn.MultiheadAttention, {**switches, **widths, "batch_first": first}, *inputs, at=(d, heads))
    own = {
        "dim_feedforward": data.draw(few),
        "batch_first": first,
        "norm_first": data.draw(switch),
        "bias": data.draw(switch),
    }
    holds(nn.TransformerEncoderLayer, own, inputs[0], at=(d, heads))
    holds(nn.TransformerDecoderLayer, own, inputs[0], of(memory, d, other), at=(d, heads))


@often
@given(st.data())
def test_what_moves_and_what_keeps(data: st.DataObject) -> None:
    x = tuple(data.draw(st.lists(st.sampled_from([1, 2, 3, 4, 6, 8, 12]), min_size=1, max_size=5)))
    axis, factor = st.integers(-4, 4), data.draw(st.integers(1, 3))
    holds(nn.Flatten, {"start_dim": data.draw(axis), "end_dim": data.draw(axis)}, x)
    target = data.draw(
        st.lists(st.sampled_from([-1, 1, 2, 3, 4]), min_size=1, max_size=3).filter(lambda t: t.count(-1) < 2)
    )
    holds(nn.Unflatten, {"dim": data.draw(axis), "unflattened_size": tuple(target)}, x)
    for name, option in (
        ("PixelShuffle", "upscale_factor"),
        ("PixelUnshuffle", "downscale_factor"),
        ("ChannelShuffle", "groups"),
    ):
        holds(getattr(nn, name), {option: factor}, x)
    holds(nn.GLU, {"dim": data.draw(axis)}, x)
    holds(data.draw(st.sampled_from([nn.Softmax, nn.LogSoftmax, nn.Softmin])), {"dim": data.draw(axis)}, x)
    holds(nn.PReLU, {}, x, at=(data.draw(small),))
    y = tuple(size if data.draw(st.integers(0, 4)) else 1 for size in x[data.draw(st.integers(0, 1)) :])
    holds(nn.CosineSimilarity, {"dim": data.draw(axis)}, x, y or (1,))
    holds(nn.PairwiseDistance, {"keepdim": data.draw(switch)}, x, y or (1,))
    window = {name: data.draw(each(2, st.integers(1, 3))) for name in ("kernel_size", "dilation", "stride")}
    window["padding"] = data.draw(each(2, st.integers(0, 2)))
    holds(nn.Unfold, window, x)
    holds(nn.Fold, {**window, "output_size": data.draw(each(2, few))}, x)
    way = data.draw(
        st.sampled_from([{"size": 3}, {"scale_factor": 2}, {"scale_factor": 0.7}, {"scale_factor": (2, 1.5)}])
    )
    mode = data.draw(st.sampled_from(["nearest", "linear", "bilinear", "bicubic", "trilinear", "area"]))
    holds(nn.Upsample, {**way, "mode": mode}, x)
