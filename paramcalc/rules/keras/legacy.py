"""Layers Keras 2 had and Keras 3 has no more: recurrent layers of cuDNN, convolutions that share nothing.

(keras 2.15: layers/rnn/cudnn_lstm.py, cudnn_gru.py, layers/locally_connected, layers/activation/thresholded_relu.py,
layers/preprocessing/image_preprocessing.py)
"""

from math import prod
from typing import Annotated, Literal, Unpack

from ...core.declare import Built, Shape, Weight, each_rank, rule
from ...core.ignored_options import BIAS, KERNEL, RECURRENT
from ...core.kinds import NUMBER, POSITIVE, Check, Sized, Window
from ...core.products import Work, product
from ...errors import OptionError, ShapeError
from ...symbolic import Size, unknown
from ...untyped import OptionValue
from ..shared import cells, windows
from ..shared.over_time import OverTime, over_time
from .axes import AnyShape, Images, Layout, Padding, Spatial
from .recurrent import GRU_GATES, LSTM_GATES, Sequence, Units, cell, computed


def on_cudnn(x: Shape, units: Size, gates: tuple[str, ...], states: int, time_major: bool, time: OverTime) -> Built:
    """Run a cell as cuDNN does: two bias vectors end to end in one, and perhaps the time steps before the batch."""
    batch, T, d_x = (x[1], x[0], x[2]) if time_major else x
    step = cell(batch, d_x, units, gates, 0, states)
    step = step._replace(
        weights=(*step.weights, Weight("bias", (2 * len(gates) * units,))),
        formula=lambda: cells.parameters(len(gates), d_x, units, 2),
        equations=lambda: computed(gates, biases=2),
    )
    built = over_time((batch, T, d_x), step, time)
    if time_major and time["return_sequences"]:
        return built._replace(outs=((T, batch, units), *built.shapes()[1:]))
    return built


@rule((*KERNEL, *RECURRENT, *BIAS))
def CuDNNLSTM(
    x: Sequence,
    /,
    units: Units,
    *,
    unit_forget_bias: bool = True,
    time_major: bool = False,
    **time: Unpack[OverTime],
) -> Built:
    """An LSTM in cuDNN's layout: each of the four networks has two biases, for the input and the previous output.

    The two biases are added up, so one would do; cuDNN has both, and LSTM with one only has 4·d_h parameters less.
    """
    return on_cudnn(x, units, LSTM_GATES, 2, time_major, time)


@rule((*KERNEL, *RECURRENT, *BIAS))
def CuDNNGRU(x: Sequence, /, units: Units, *, time_major: bool = False, **time: Unpack[OverTime]) -> Built:
    """A GRU in cuDNN's layout: each of the three networks has two biases, for the input and the previous output.

    The same count as GRU with reset_after, whose biases are two rows.
    """
    return on_cudnn(x, units, GRU_GATES, 1, time_major, time)


@each_rank("LocallyConnected{}D", 1, 2, ignored=("activation", *KERNEL, *BIAS))
def locally_connected(
    x: Spatial,
    /,
    filters: Annotated[Size, Sized("F")],
    kernel_size: Annotated[OptionValue, Window("k")],
    strides: Annotated[OptionValue, Window()] = 1,
    padding: Padding = "valid",
    data_format: Layout = None,
    *,
    use_bias: bool = True,
    implementation: Literal[1, 2, 3] = 1,
) -> Built:
    """A convolution without shared weights: every position has filters and biases of its own.

    Implementation 2 keeps a weight from every input to every output, most of them held at zero; 3 keeps those
    that are used, 1 the same in another order.
    """
    if padding != "valid" and implementation == 1:
        raise OptionError("implementation 1 takes no padding", expected="implementation 2 or 3", received=padding)
    spatial, channels = windows.spatial(x, data_format)
    sides = tuple(zip(spatial, kernel_size, strides, strict=True))
    places = tuple(windows.length(n, k, s, padding) for n, k, s in sides)
    sites = prod(places)
    each = prod(spatial if implementation == 2 else kernel_size) * channels  # what one filter sees in one place
    total = sites * filters * each
    if implementation == 1:
        kernel: Shape = (sites, each, filters)
    elif implementation == 2:
        first = data_format == "channels_first"
        kernel = (channels, *spatial, filters, *places) if first else (*spatial, channels, *places, filters)
    else:
        if padding != "valid":
            total = prod(reached(n, k, s) for n, k, s in sides) * channels * filters
        kernel = (total,)
    weights = (Weight("kernel", kernel),)
    cut = implementation == 3 and padding != "valid"  # the windows at the edges see less
    return Built(
        weights=(*weights, Weight("bias", (*places, filters))) if use_bias else weights,
        outs=(windows.joined(x[0], places, filters, data_format),),
        formula=lambda: total + use_bias * sites * filters if cut else sites * filters * (each + use_bias),
        work=lambda: Work((product(x[0] * total, 0, "kernel"),)),
    )


def reached(n: Size, window: Size, stride: Size) -> int:
    """Count the inputs along one axis that all the windows together look at, those beyond the edges aside."""
    if not (isinstance(n, int) and isinstance(window, int) and isinstance(stride, int)):
        raise ShapeError("the padding of the windows depends on the values of all sizes", expected="numbers")
    places = -(-n // stride)
    left, right = window // 2, (places - 1) * stride + window - window // 2 - n
    return places * window - _beyond(left, stride, places) - _beyond(right, stride, places)


def _beyond(most: int, stride: int, places: int) -> int:
    # what the outermost window has beyond an edge, and each further one a stride less
    count = min(places, -(-max(most, 0) // stride))
    return count * most - stride * count * (count - 1) // 2


@rule()
def ThresholdedReLU(x: AnyShape, /, theta: Annotated[float, POSITIVE] = 1.0) -> Built:
    """An elementwise function; no weights."""
    return Built(outs=(x,))


def _factor(value: OptionValue) -> float | tuple[float, float]:
    if isinstance(value, (list, tuple)):
        low, high = value
        return NUMBER(low), NUMBER(high)
    return float(NUMBER(value))


Factor = Annotated[OptionValue, Check("a number or a pair of them", _factor)]
Interpolation = Literal["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"]


@rule(("seed",))
def RandomHeight(x: Images, /, factor: Factor, interpolation: Interpolation = "bilinear") -> Built:
    """Changes the height of images at random; no weights, and the output height is unknown."""
    return Built(outs=((x[0], unknown("?"), *x[2:]),))


@rule(("seed",))
def RandomWidth(x: Images, /, factor: Factor, interpolation: Interpolation = "bilinear") -> Built:
    """Changes the width of images at random; no weights, and the output width is unknown."""
    return Built(outs=((*x[:2], unknown("?"), x[3]),))
