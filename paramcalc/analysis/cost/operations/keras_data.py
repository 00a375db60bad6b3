"""Operations of Keras's layers that prepare data: numbers, categories, signals and images, by class."""

from __future__ import annotations

from math import prod

from ....symbolic import Size
from .call import Call, UnknownOperations
from .functions import interpolated
from .shared import TAPS, Table, axes_of, each, same, without_axes


def normalization(call: Call) -> Size:
    """Count (x − mean)/max(√variance, ε), the divisor once for each mean; ``invert`` is its inverse."""
    x, axis = call.inputs[0], call.options["axis"]
    kept = prod(x[at] for at in ([] if axis is None else axes_of(axis)))
    return 2 * call.n + 2 * kept


def encoded(call: Call, numbers: Size = 0) -> Size:
    """Write a one at the place of each category, which moves data; to count them is an addition for each."""
    mode = call.options["output_mode"]
    return numbers + (call.m if mode == "count" else 0)


def discretization(call: Call) -> Size:
    """Find the bin of each number by bisection: ⌈log₂ bins⌉ comparisons; then encode it."""
    bounds, bins = call.options["bin_boundaries"], call.options["num_bins"]
    bins = prod(bounds.shape) + 1 if bounds is not None else bins
    if not isinstance(bins, int):
        raise UnknownOperations("bins of an unknown number")
    return encoded(call, call.m * (bins - 1).bit_length())


def spectrogram(call: Call) -> Size:
    """Count what follows the two convolutions: re² + im² of each frequency, and the function of it.

    The power of both halves is added up in a density; a magnitude is √max(re² + im², ε), a log is log max of that
    and ε, an angle is one atan2.
    """
    made = {"real": 0, "imag": 0, "stft": 0, "psd": 4, "magnitude": 5, "log": 7, "angle": 1}
    return made[call.options["mode"]] * call.n


def resizing(call: Call) -> Size:
    """Interpolate each element of the output."""
    mode = call.options["interpolation"]
    if mode == "nearest":
        return 0
    if call.options.get("antialias"):
        raise UnknownOperations("antialiasing, whose windows depend on both sizes")
    return interpolated(call.n, TAPS[mode], 2)


def augmentation(call: Call) -> Size:
    """Leave images alone in inference; in training what is done to them is random."""
    if call.training:
        raise UnknownOperations("random changes of images")
    return 0


def auto_contrast(call: Call) -> Size:
    """Stretch each channel of each image from its smallest to its largest value, in inference, too.

    The smallest and the largest, a factor and a summand of each channel; then × and +, a clip and a test for NaN.
    Another range of values is brought to 0…255 and back, 4 operations each.
    """
    x = call.inputs[0]
    if len(x) != 4:
        raise UnknownOperations("images without a batch")
    there, back = call.options["value_range"], (0, 255)
    moved = 0 if there is None or tuple(there) == back else 8
    return (7 + moved) * call.n + 2 * without_axes(x, (1, 2))


def lookup(call: Call) -> Size:
    """Read a number for each token; counts are sums, which tf-idf multiplies by a weight for each token."""
    mode = call.options["output_mode"]
    counted = call.m if mode in ("count", "tf_idf", "tf-idf") else 0
    return counted + (call.n if mode in ("tf_idf", "tf-idf") else 0)


RANDOM = """AugMix CutMix Equalization MixUp RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter
RandomContrast RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue
RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear
RandomTranslation RandomZoom Solarization"""


TABLE: Table = {
    **same(RANDOM, augmentation),
    "Normalization": normalization,
    "Rescaling": each(2),
    "CategoryEncoding": encoded,
    "Discretization": discretization,
    "STFTSpectrogram": spectrogram,
    **same("UpSampling2D Resizing", resizing),
    "AutoContrast": auto_contrast,
    **same("IntegerLookup StringLookup", lookup),
}

UNKNOWN = {
    "ContrastLimitedAdaptiveHistogramEqualization": "histograms of tiles are equalized in inference, too",
    "Hashing": "hashes of texts of unknown length",
    "HashedCrossing": "hashes of texts of unknown length",
    "TextVectorization": "texts of unknown length are split",
    "MelSpectrogram": "a fast Fourier transform, whose algorithm depends on the library",
}
