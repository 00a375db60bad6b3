"""Multiples as text, the table of devices, and roofline estimates."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

import paramcalc as pc
from paramcalc.analysis.cost import Cost, cost
from paramcalc.analysis.cost.devices import Device, device, devices, read
from paramcalc.analysis.cost.dtypes import BITS
from paramcalc.analysis.cost.memory import Memory
from paramcalc.analysis.cost.roofline import roofline, scaled_time
from paramcalc.analysis.cost.units import BINARY, SI, read_bytes, scaled_bytes, scaled_flops, scaled_macs
from paramcalc.errors import FileError, OptionError
from paramcalc.symbolic import symbols

LINE = "x | float32 1T | 16G | 1T | a datasheet"


@pytest.mark.parametrize(
    ("number", "macs", "size"),
    [
        (0, "0 MAC", "0 B"),
        (999, "999 MAC", "999 B"),
        (1000, "1.0 kMAC", "1,000 B"),
        (1024, "1.0 kMAC", "1.0 KiB"),
        (153_228, "153.2 kMAC", "149.6 KiB"),
        (999_949, "999.9 kMAC", "976.5 KiB"),
        (999_950, "1.0 MMAC", "976.5 KiB"),
        (1024**2 - 1, "1.0 MMAC", "1.0 MiB"),
        (10**22, "10,000.0 EMAC", "8,673.6 EiB"),
    ],
)
def test_multiples(number: int, macs: str, size: str) -> None:
    assert scaled_macs(number) == macs
    assert scaled_flops(number) == macs.replace("MAC", "FLOP")
    assert scaled_bytes(number) == size


def test_an_expression_is_printed_in_full() -> None:
    assert scaled_macs(120_832 * symbols("T")) == "120,832·T MAC"


@given(st.integers(1, 2**80), st.integers(0, 6))
def test_what_is_printed_reads_back_to_its_last_digit(number: int, digits: int) -> None:
    text = scaled_bytes(number, digits)
    unit = BINARY[text.split()[1].removesuffix("B")]
    assert abs(read_bytes(text.replace(",", "")) - number) * 2 <= unit // 10**digits + 2


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("16GiB", 16 * 2**30),
        ("16 gib", 16 * 2**30),
        ("16Gi", 16 * 2**30),
        ("16G", 16 * 10**9),
        ("16GB", 16 * 10**9),
        ("1.5MiB", 3 * 2**19),
        ("500k", 500_000),
        ("0.1KiB", 102),
        ("7", 7),
        (7, 7),
    ],
)
def test_a_number_of_bytes_is_read(text: str | int, number: int) -> None:
    assert read_bytes(text) == number


@pytest.mark.parametrize(
    "text", ["", "G", "-1", "0", 0, -1, True, None, 1.5, "1e9", "16GiX", "16 G i B", "1.", "nan", "١G", "9" * 99]
)
def test_what_is_no_number_of_bytes_is_refused(text: object) -> None:
    with pytest.raises(OptionError, match="not a number of bytes"):
        read_bytes(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("one", devices(), ids=lambda one: one.name)
def test_a_device_has_plausible_figures_and_a_source(one: Device) -> None:
    assert one.memory is not None
    assert 10**10 <= one.memory <= 10**12
    assert 10**11 <= one.bandwidth <= 10**13
    assert set(one.peaks) <= {dtype.partition("_")[0] for dtype in BITS}
    by_bits = sorted((BITS.get(dtype, 8), peak) for dtype, peak in one.peaks.items())
    assert all(wide[1] <= narrow[1] for narrow, wide in pairwise(by_bits) if narrow[0] < wide[0])
    assert len(one.source) > 10
    assert all(device(name) is one for name in one.names)


def test_figures_as_the_sources_state_them() -> None:
    h100 = device("H100 SXM")  # 1,979 and 3,958 TFLOPS with sparsity
    assert (2 * h100.peak("bfloat16"), 2 * h100.peak("float8_e4m3fn")) == (1_979 * 10**12, 3_958 * 10**12)
    assert device("tpu v4").memory == 32 * 2**30
    assert device("a100_40").bandwidth == 1_555 * 10**9


@pytest.mark.parametrize("text", ["312T,1.5T", "312 TFLOPS, 1.5TB/s", "312000GFLOP/s,1500G"])
def test_a_device_by_two_figures(text: str) -> None:
    one = device(text)
    assert {one.peak(dtype) for dtype in BITS} == {312 * SI["T"]}
    assert (one.bandwidth, one.memory) == (1500 * SI["G"], None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("h10", "did you mean 'h100'"),
        ("RTX 4080", "did you mean 'rtx-4090'"),
        ("abacus", "or FLOPS,BYTES/S"),
        ("", "unknown device"),
        ("312T,", "not a number of bytes"),
        ("fast,1T", "not a number of FLOP/s"),
        ("1T,1T,1T", "not a number of bytes"),
        ("0,1T", "at least 1"),
    ],
)
def test_an_unknown_device_is_refused(text: str, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        device(text)


def test_a_dtype_without_a_figure_is_refused() -> None:
    with pytest.raises(OptionError, match=r"no peak of t4 in bfloat16.*float32, float16, int8"):
        device("t4").peak("bfloat16")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LINE.replace("| a datasheet", ""), "5 columns"),
        (LINE.replace("a datasheet", ""), "none of them empty"),
        (LINE.replace("float32", "float31"), "did you mean 'float32'"),
        (LINE.replace("float32 1T", "1T"), "not a peak"),
        (LINE.replace("float32 1T", "float32 1T,"), "not a peak"),
        (LINE.replace("1T |", "1T, float32 2T |", 1), "not a dtype"),
        (LINE.replace("16G", "sixteen"), "not a number of bytes"),
        (f"{LINE}\n# X is x\nX | {LINE.partition('|')[2]}", "devices.txt:3: a name of two devices"),
    ],
)
def test_a_wrong_line_of_the_table_is_refused(text: str, said: str) -> None:
    with pytest.raises((FileError, OptionError), match=said):
        read(text)


def a_cost(weights: int = 1000, step: int = 600, **memory: int) -> Cost:
    found = cost(pc.Sequential([pc.Input((5,)), pc.Dense(7)]), batch=2)
    layer = replace(found.layers[0], passes=found.passes._replace(forward=step, weight_gradient=0, input_gradient=0))
    return replace(found, layers=(layer,), memory=Memory(weights, **memory))


def test_a_step_moves_what_the_estimate_says() -> None:
    one = a_cost(1000, gradients=900, optimizer=1800, activations=50, state=7)
    training = roofline(one, device("1T,1G"))
    assert training.bytes == 2 * 1000 + 3 * 900 + 2 * 1800 + 2 * 50
    assert training.flops == 2 * 600
    assert roofline(one, device("1T,1G"), training=False).bytes == 1000 + 2 * 7


def test_the_time_is_that_of_what_takes_longer() -> None:
    one = a_cost(1000, step=600)
    memory = roofline(one, device("1200,500"), training=False)
    assert (memory.compute_time, memory.memory_time, memory.time, memory.bound) == (1.0, 2.0, 2.0, "memory")
    compute = roofline(one, device("300,500"), training=False)
    assert (compute.time, compute.bound) == (4.0, "compute")
    assert memory.intensity == compute.intensity == 1.2
    assert (memory.ridge, compute.ridge) == (2.4, 0.6)
    assert memory.lines[0] == "estimate: one forward pass takes at least 2.00 s on 1200,500, bound by memory"
    assert memory.to_dict()["estimate"] is True


def test_the_peak_is_that_of_the_computation() -> None:
    one = a_cost()
    assert roofline(one, device("h100"), "mixed_bfloat16").peak == device("h100").peak("bfloat16")
    assert roofline(one, device("h100")).peak == device("h100").peak("float32")


def test_a_model_without_weights_moves_nothing() -> None:
    still = roofline(a_cost(0, step=0), device("h100"), training=False)
    assert (still.time, still.intensity) == (0.0, None)
    assert not any("intensity" in line for line in still.lines)


def unknown_kept(one: Cost) -> Cost:
    layers = tuple(replace(layer, kept=(), kept_known=False) for layer in one.layers)
    return replace(one, layers=layers, memory=one.memory._replace(activations=None))


def test_open_sizes_and_unknown_figures_have_no_estimate() -> None:
    model = pc.Sequential([pc.Input((None, 8)), pc.LSTM(4)])
    with pytest.raises(OptionError, match="expected a value for B, T"):
        roofline(cost(model), device("h100"), training=False)
    with pytest.raises(OptionError, match="what these layers keep for it: lstm"):
        roofline(unknown_kept(cost(model, batch=2, steps=3)), device("h100"))
    with pytest.raises(OptionError, match="weights of the model"):
        roofline(replace(cost(model, batch=2, steps=3), memory=Memory(None)), device("h100"), training=False)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.00 ns"), (4.542e-6, "4.54 µs"), (0.0123, "12.3 ms"), (1234.5, "1,234 s"), (1.0, "1.00 s")],
)
def test_times(seconds: float, text: str) -> None:
    assert scaled_time(seconds) == text
