"""Layers that make images smaller, larger or wider, and learn nothing (keras/src/layers/reshaping)."""

from collections.abc import Callable
from typing import Annotated, Literal

from ...core.declare import Built, Shape, each_rank, rule
from ...core.json_data import JsonObject, either
from ...core.kinds import Kind, Sized, Window, grown
from ...errors import OptionError, ShapeError
from ...symbolic import Size
from ...untyped import OptionValue
from ..shared import windows
from .axes import EXTRA, Layout, Spatial

Pairs = tuple[tuple[Size, Size], ...]


class Margins(Kind):
    """How many places before and after each of ``rank`` axes: one number for all, one for each axis, or pairs.

    On a single axis the two numbers are before and after it.
    """

    def __init__(self, rank: int = 1) -> None:
        self.rank = rank
        several = f"{rank} of them, or {rank} pairs" if rank > 1 else "or a pair of them"
        self.expected = f"a number from 0 up, {several}"

    def ranked(self, rank: int) -> "Margins":
        """Give the kind for so many axes."""
        return Margins(rank)

    def __call__(self, value: object) -> OptionValue:
        """Give a pair for each axis; on a single axis, the pair."""
        if self.rank == 1:
            return self._pair(value)
        several = value if isinstance(value, (list, tuple)) else (value,) * self.rank
        if len(several) != self.rank:
            raise OptionError("wrong number of sizes", expected=self.expected, received=value)
        return tuple(self._pair(one) for one in several)

    def _pair(self, value: object) -> tuple[Size, Size]:
        pair = value if isinstance(value, (list, tuple)) else (value, value)
        if len(pair) != 2:
            raise OptionError("neither a number nor a pair", expected=self.expected, received=value)
        return EXTRA(pair[0]), EXTRA(pair[1])

    def schema(self) -> JsonObject:
        """Describe one number, or lists of numbers and pairs."""
        one = EXTRA.schema()
        pair = either(one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2})
        if self.rank == 1:
            return pair
        return either(one, {"type": "array", "items": pair, "minItems": self.rank, "maxItems": self.rank})


def resized(
    x: Shape, data_format: str | None, sizes: OptionValue, change: Callable[[Size, OptionValue], Size]
) -> Built:
    """Give every spatial axis another length, after the size that goes with it."""
    spatial, channels = windows.spatial(x, data_format)
    lengths = tuple(change(n, size) for n, size in zip(spatial, sizes, strict=True))
    return Built(outs=(windows.joined(x[0], lengths, channels, data_format),))


def cropped(n: Size, margins: tuple[Size, Size]) -> Size:
    """Give the length of an axis without its margins.

    Raises
    ------
    ShapeError
        When nothing is left.
    """
    cut = margins[0] + margins[1]
    if isinstance(n, int) and isinstance(cut, int) and cut >= n:
        raise ShapeError(f"cropping {cut} places leaves nothing of an axis of {n}", expected=f"at most {n - 1} in all")
    return n - cut


def padded(n: Size, margins: tuple[Size, Size]) -> Size:
    """Give the length of an axis with margins around it."""
    return grown(n + (margins[0] + margins[1]))


def repeated(n: Size, times: Size) -> Size:
    """Give the length of an axis of which every place is repeated."""
    return grown(times * n)


CUT = "Crops the borders; no weights."


@rule(why=CUT, rank=1)
def Cropping1D(x: Spatial, /, cropping: Annotated[OptionValue, Margins()] = (1, 1)) -> Built:
    """Crop the ends of a sequence."""
    return resized(x, None, (cropping,), cropped)


@rule(why=CUT, rank=2)
def Cropping2D(
    x: Spatial, /, cropping: Annotated[OptionValue, Margins()] = ((0, 0), (0, 0)), data_format: Layout = None
) -> Built:
    """Crop the borders of an image. The default crops nothing."""
    return resized(x, data_format, cropping, cropped)


@rule(why=CUT, rank=3)
def Cropping3D(
    x: Spatial, /, cropping: Annotated[OptionValue, Margins()] = ((1, 1), (1, 1), (1, 1)), data_format: Layout = None
) -> Built:
    """Crop the borders of a volume."""
    return resized(x, data_format, cropping, cropped)


@each_rank("ZeroPadding{}D", 1, 2, 3)
def zero_padding(x: Spatial, /, padding: Annotated[OptionValue, Margins()] = 1, data_format: Layout = None) -> Built:
    """Pads the borders with zeros; no weights."""
    return resized(x, data_format, padding if len(x) > 3 else (padding,), padded)


REPEAT = "Repeats every element along each axis; no weights."


@rule(why=REPEAT, rank=1)
def UpSampling1D(x: Spatial, /, size: Annotated[Size, Sized()] = 2) -> Built:
    """Repeat every time step."""
    return resized(x, None, (size,), repeated)


@rule(rank=2)
def UpSampling2D(
    x: Spatial,
    /,
    size: Annotated[OptionValue, Window()] = 2,
    data_format: Layout = None,
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"] = "nearest",
) -> Built:
    """Repeats every pixel along both axes, or interpolates between pixels; no weights."""
    return resized(x, data_format, size, repeated)


@rule(why=REPEAT, rank=3)
def UpSampling3D(x: Spatial, /, size: Annotated[OptionValue, Window()] = 2, data_format: Layout = None) -> Built:
    """Repeat every element of a volume."""
    return resized(x, data_format, size, repeated)
