"""Numbers, categories and signals made ready for a model (keras/src/layers/preprocessing)."""

from math import ceil, log2, prod
from typing import Annotated, Literal

from ...core.combined import placed
from ...core.declare import CELLS, Built, Inputs, Part, Shape, Weight, rule, scoped
from ...core.ignored_options import SEALED
from ...core.kinds import AXES, Check, Sized
from ...core.products import NOTHING, Product, Sources, Work, product
from ...errors import OptionError, ShapeError
from ...symbolic import Size, is_known
from ...untyped import OptionValue
from ..shared import windows
from ..shared.flow import no_gradient
from .axes import AnyShape, Layout, Padding, position
from .recurrent_wrappers import unique_labels
from .values import ARRAY, Values, shape_of

Array = Annotated[OptionValue, ARRAY]
Count = Annotated[Size, Sized()]


# Keras writes an empty list for no axis
ANY_AXES = Check(
    "an axis number or a list of them", lambda axes: AXES(axes) if axes not in ([], ()) else (), AXES.schema()
)


@rule()
def Normalization(
    x: Annotated[Shape, Inputs("B ... d")],
    /,
    axis: Annotated[OptionValue, ANY_AXES] | None = -1,
    mean: Array | None = None,
    variance: Array | None = None,
    invert: bool = False,
) -> Built:
    """A mean and a variance for each position along the axes, and a count. adapt() sets them; training does not.

    Given a mean and a variance it has no weights at all.
    """
    axes = () if axis is None else (axis,) if isinstance(axis, int) else axis
    places = sorted(position(one, len(x)) for one in axes)
    kept = tuple(x[at] for at in places)
    if not all(is_known(size) for size in kept):
        raise ShapeError("the sizes of the kept axes must be known", expected="sizes", received=None)
    if (mean is None) != (variance is None):
        raise OptionError("only one of mean and variance is given", expected="both or neither")
    if mean is not None and variance is not None:
        _check_statistics(mean, variance, kept)
        return Built(outs=(x,), formula=lambda: 0)
    if prod(kept) != prod(x[at] for at in set(places)):
        raise ShapeError("an axis is given twice", expected="different axes", received=axis)
    names = {"mean": kept, "variance": kept, "count": ()}
    return Built(
        weights=tuple(Weight(name, shape, False) for name, shape in names.items()),
        outs=(x,),
        formula=lambda: 2 * prod(kept) + 1,
    )


def _check_statistics(mean: Values, variance: Values, kept: Shape) -> None:
    if mean.shape != variance.shape:
        raise OptionError("mean and variance of two shapes", expected=shape_of(mean.shape), received=variance)
    if len(mean.shape) > len(kept):
        raise ShapeError("the mean has more axes than are kept", expected=f"at most {len(kept)}", received=mean.shape)
    for size, given in zip(kept[len(kept) - len(mean.shape) :], mean.shape, strict=True):
        if isinstance(size, int) and given not in (1, size):
            raise ShapeError(f"a mean of {given} for {size} places", expected=f"{size} or 1")


@rule()
def Rescaling(x: AnyShape, /, scale: Array, offset: Array = 0.0) -> Built:
    """Multiplies the input by a constant and adds another; no weights."""
    out = list(x)
    for given in (scale.shape, offset.shape):
        out = [*given[: max(len(given) - len(out), 0)], *out]
        for at in range(-1, -1 - len(given), -1):
            size = out[at]
            if isinstance(size, int) and size != given[at] and 1 not in (size, given[at]):
                raise ShapeError(f"{given[at]} numbers do not go with {size}", expected="one, or as many")
            out[at] = given[at] if isinstance(size, int) and size == 1 else size
    return Built(outs=(tuple(out),))


def encoded(x: Shape, depth: Size, mode: str) -> Built:
    """Give the shape of categories written as ones among zeros, or counted."""
    if mode == "int":
        out = x
    elif mode == "one_hot":
        alone = len(x) > 1 and isinstance(x[-1], int) and x[-1] == 1
        out = (*x[:-1], depth) if alone else (*x, depth)
    else:
        out = (*x[:1], *x[2:], depth) if len(x) > 1 else (depth,)
    return Built(outs=(out,), work=no_gradient)


@rule(("sparse",))
def CategoryEncoding(
    x: AnyShape, /, num_tokens: Count, output_mode: Literal["multi_hot", "one_hot", "count", "binary"] = "multi_hot"
) -> Built:
    """One-hot, multi-hot or count encoding of categories; no weights."""
    return encoded(x, num_tokens, output_mode)


@rule(("epsilon", "sparse"), base=SEALED)
def Discretization(
    x: AnyShape,
    /,
    bin_boundaries: Array | None = None,
    num_bins: Count | None = None,
    *,
    output_mode: Literal["int", "one_hot", "multi_hot", "count"] = "int",
) -> Built:
    """Maps each number to a bin. The boundaries come from data and are not weights."""
    if bin_boundaries is None and num_bins is None:
        raise OptionError("Discretization needs bins", expected="bin_boundaries or num_bins")
    bins = num_bins if bin_boundaries is None else prod(bin_boundaries.shape) + 1
    return encoded(x, bins, output_mode)  # type: ignore[arg-type]  # one of them is given


@rule(("window", "periodic", "scaling"))
def STFTSpectrogram(
    x: Annotated[Shape, Inputs("B T C")],
    /,
    mode: Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"] = "log",
    frame_length: Count = 256,
    frame_step: Count | None = None,
    fft_length: Count | None = None,
    *,
    padding: Padding = "valid",
    expand_dims: bool = False,
    data_format: Layout = None,
) -> Built:
    """A convolution with a real and an imaginary wave for each frequency. The waves can be trained."""
    step, length = _frames(frame_length, frame_step, fft_length)
    bins, kernels = length // 2 + 1, 1 if mode in ("real", "imag") else 2
    (T,), C = windows.spatial(x, data_format)
    places = windows.length(T, frame_length, step, padding)
    shown = 2 * bins if mode == "stft" else bins
    if expand_dims:
        out: Shape = (x[0], C, places, shown) if data_format == "channels_first" else (x[0], places, shown, C)
    else:
        out = windows.joined(x[0], (places,), C * shown, data_format)
    names = {"real_kernel": mode != "imag", "imag_kernel": mode != "real"}
    return Built(
        weights=tuple(Weight(name, (frame_length, 1, bins)) for name, there in names.items() if there),
        outs=(out,),
        formula=lambda: kernels * (frame_length * bins),
        work=lambda: Work(
            tuple(product(x[0] * C * places * (frame_length * bins), 0, name) for name, there in names.items() if there)
        ),
    )


def _frames(frame_length: Size, frame_step: Size | None, fft_length: Size | None) -> tuple[Size, Size]:
    if fft_length is None:
        if not isinstance(frame_length, int):
            raise OptionError("frame_length is a symbol", expected="fft_length, too")
        fft_length = 2 ** ceil(log2(frame_length))
    elif isinstance(frame_length, int) and isinstance(fft_length, int) and fft_length < frame_length:
        raise OptionError(
            "frames longer than the Fourier transform", expected=f"at most {fft_length}", received=frame_length
        )
    step = frame_length // 2 if frame_step is None else frame_step
    if isinstance(step, int) and isinstance(frame_length, int) and not 0 < step <= frame_length:
        raise OptionError(
            "the step is longer than the frame", expected=f"a step from 1 to {frame_length}", received=step
        )
    return step, fft_length


@rule(("window", "sampling_rate", "min_freq", "max_freq", "power_to_db", "top_db", "mag_exp", "min_power", "ref_power"))
def MelSpectrogram(
    x: Annotated[Shape, Inputs("... T")],
    /,
    fft_length: Count = 2048,
    sequence_stride: Count = 512,
    sequence_length: Count | None = None,
    *,
    num_mel_bins: Count = 128,
) -> Built:
    """A Fourier transform and a fixed matrix give the energy in each mel band over time; no weights."""
    if isinstance(sequence_length, int) and isinstance(fft_length, int) and sequence_length > fft_length:
        raise OptionError(
            "longer than the Fourier transform", expected=f"at most {fft_length}", received=sequence_length
        )
    *lead, T = x
    frames = (T + 2 * (fft_length // 2) - fft_length) // sequence_stride + 1
    bins = fft_length // 2 + 1
    return Built(
        outs=((*lead, num_mel_bins, frames),),
        work=lambda: Work((product(prod(lead) * frames * (bins * num_mel_bins), 0, NOTHING),)),  # a fixed matrix
    )


@rule((), base=())
def Pipeline(x: Annotated[Shape, Inputs("*layers")], /, layers: Annotated[OptionValue, CELLS]) -> Built:
    """A chain of layers: their weights, and none of its own."""
    if not isinstance(layers, tuple):
        raise OptionError("one layer", expected="a list of layers")
    names = unique_labels(layers)
    parts: list[Part] = []
    for name, layer in zip(names, layers, strict=True):
        shapes = (x,) if not parts else parts[-1].built.shapes()
        parts.append(Part(name, layer, shapes, layer.on(*shapes)))
    return Built(
        weights=tuple(weight for part in parts for weight in scoped(part.built.weights, part.name, part.layer)),
        outs=parts[-1].built.outs,
        formula=lambda: sum(part.built.formula() for part in parts if part.built.formula),
        work=lambda: _piped(parts),
        parts=lambda: parts,
    )


def _piped(parts: list[Part]) -> Work:
    # each layer reads what the one before gives
    read: list[Sources] = [frozenset({0})]
    products: list[Product] = []
    for part in parts:
        done = placed(part.built, part.name, read)
        products += done.products
        read = list(done.flow or ())
    return Work(tuple(products), tuple(read))
