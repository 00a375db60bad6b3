"""Upsampling: more places between those there are (torch/nn/modules/upsampling.py)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Literal

from ...core.declare import Built, Inputs, Shape
from ...errors import OptionError, ShapeError
from ...symbolic import Size, unknown
from ...untyped import OptionValue
from .axes import rule
from .options import SCALES, SIZES

Places = Annotated[Shape, Inputs("N C L ...")]
Sizes = Annotated[OptionValue, SIZES] | None
Scales = Annotated[OptionValue, SCALES] | None

RANKS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}  # the only number of axes a mode has


def resized(x: Shape, size: OptionValue, scale_factor: OptionValue, mode: str) -> Built:
    """Give each spatial axis a size, or so many times its size, rounded down."""
    spatial = x[2:]
    if (size is None) == (scale_factor is None):
        raise OptionError("the output size is missing", expected="either size or scale_factor")
    wanted = RANKS.get(mode)
    if len(spatial) > 3 or (wanted and len(spatial) != wanted):
        expected = f"{wanted + 2} axes" if wanted else "3 to 5 axes"
        raise ShapeError(f"mode {mode!r} does not take an input of {len(x)} axes", expected=expected)
    given = scale_factor if size is None else size
    each: Sequence[OptionValue] = given if isinstance(given, tuple) else (given,) * len(spatial)
    if len(each) != len(spatial):
        raise ShapeError(f"{len(each)} sizes for {len(spatial)} spatial axes", received=given)
    places = each if size is not None else tuple(scaled(n, factor) for n, factor in zip(spatial, each, strict=True))
    return Built(outs=((*x[:2], *places),))


def scaled(n: Size, factor: float) -> Size:
    """Multiply and round down, as PyTorch does: in floating point, where numbers are known."""
    if isinstance(n, int):
        places = int(n * factor)
        if places < 1:
            raise ShapeError(f"{factor:g} times {n} places leaves none")
        return places
    share = Fraction(factor)
    if share.denominator == 1:
        return n * share.numerator
    if share.denominator <= 64:  # 1.5, 0.25: what is meant by them is what they are
        return n * share.numerator // share.denominator
    return unknown("?")


@rule()
def Upsample(
    x: Places,
    /,
    size: Sizes = None,
    scale_factor: Scales = None,
    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"] = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
) -> Built:
    """Enlarges the spatial axes by copies or interpolation; no weights."""
    if align_corners is not None and mode not in RANKS:
        raise OptionError(
            "align_corners applies only to interpolation modes", expected=" or ".join(map(repr, RANKS)), received=mode
        )
    if recompute_scale_factor and size is not None:
        raise OptionError("recompute_scale_factor needs scale_factor", expected="scale_factor without size")
    return resized(x, size, scale_factor, mode)


@rule()
def UpsamplingNearest2d(x: Places, /, size: Sizes = None, scale_factor: Scales = None) -> Built:
    """Enlarges an image by copies of the nearest pixel; no weights."""
    return resized(x, size, scale_factor, "nearest")


@rule()
def UpsamplingBilinear2d(x: Places, /, size: Sizes = None, scale_factor: Scales = None) -> Built:
    """Enlarges an image by bilinear interpolation; no weights."""
    return resized(x, size, scale_factor, "bilinear")
