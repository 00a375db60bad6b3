"""Sequences and their frequencies (keras/src/ops/math)."""

from __future__ import annotations

from ...core.built import Built
from ...core.shapes import Shape
from ...errors import ShapeError
from ...symbolic import is_known
from ...untyped import Arg
from .sizes import all_same, ranked, tensors, whole
from .table import UnsupportedCall, gives, ops_of

math = ops_of("math")


def complex_parts(x: Arg, least: int, known: int = 0) -> Shape:
    """Check that these are real and imaginary parts of one shape, its last axes known, and give it."""
    real, imaginary = tensors(x)
    all_same(real, imaginary)
    ranked(real, least=least)
    if not all(is_known(size) for size in real[len(real) - known :]):
        raise ShapeError("known lengths are needed to transform")
    return real


@math()
def FFT(x: Arg, /) -> Built:
    """The frequencies of a sequence."""
    return gives(*[complex_parts(x, 1, 1)] * 2)


@math("FFT2 IFFT2")
def plane(x: Arg, /) -> Built:
    """The frequencies of a picture, and back."""
    return gives(*[complex_parts(x, 2, 2)] * 2)


@math()
def RFFT(x: Shape, /, *, fft_length: Arg = None) -> Built:
    """The frequencies of a sequence of real numbers: one side of them."""
    length = ranked(x, least=1)[-1] if fft_length is None else whole(fft_length)
    return gives(*[(*x[:-1], length // 2 + 1)] * 2)


@math()
def IRFFT(x: Arg, /, *, fft_length: Arg = None) -> Built:
    """A sequence of real numbers from one side of its frequencies."""
    real = complex_parts(x, 1)
    return gives((*real[:-1], 2 * (real[-1] - 1) if fft_length is None else whole(fft_length)))


@math("STFT", inert="sequence_length window")
def windowed(x: Shape, /, *, sequence_stride: Arg, fft_length: Arg, center: Arg = True) -> Built:
    """The frequencies in each window of a sequence."""
    reach = whole(fft_length) - (fft_length // 2 * 2 if center else 0)
    windows = (ranked(x, least=1)[-1] - reach) // whole(sequence_stride) + 1
    return gives(*[(*x[:-1], windows, fft_length // 2 + 1)] * 2)


@math("ISTFT", inert="sequence_length window")
def unwindowed(x: Arg, /, *, sequence_stride: Arg, fft_length: Arg, length: Arg = None, center: Arg = True) -> Built:
    """A sequence from the frequencies in its windows."""
    real = complex_parts(x, 2)
    made = (real[-2] - 1) * whole(sequence_stride) + whole(fft_length) - (fft_length // 2 * 2 if center else 0)
    if length is not None and isinstance(made, int) and whole(length) > made:
        raise UnsupportedCall("of a length it does not reach")
    return gives((*real[:-2], made if length is None else whole(length)))


@math()
def ExtractSequences(x: Shape, /, *, sequence_length: Arg, sequence_stride: Arg) -> Built:
    """Every window of a sequence."""
    windows = (ranked(x, least=1)[-1] - whole(sequence_length)) // whole(sequence_stride) + 1
    return gives((*x[:-1], windows, sequence_length))


@math()
def ViewAsComplex(x: Shape, /) -> Built:
    """Complex numbers from pairs."""
    if is_known(ranked(x, least=1)[-1]) and x[-1] != 2:
        raise UnsupportedCall("of other things than pairs")
    return gives(x[:-1])


@math()
def ViewAsReal(x: Shape, /) -> Built:
    """Pairs from complex numbers."""
    return gives((*x, 2))
