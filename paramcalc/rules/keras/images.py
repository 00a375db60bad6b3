"""Images cut or scaled to a size (keras/src/layers/preprocessing/image_preprocessing)."""

from typing import Annotated, Literal

from ...core.declare import Built, Inputs, Shape, rule
from ...core.kinds import NUMBER, Sized
from ...errors import OptionError, ShapeError
from ...symbolic import Size
from .axes import Layout

Picture = Annotated[Shape, Inputs("... H W C")]
Side = Annotated[Size, Sized()]
Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]


def resized(x: Shape, height: Size, width: Size, data_format: str | None) -> Built:
    """Give images of another height and width."""
    if len(x) > 4:
        raise ShapeError("not an image or a batch of images", expected="3 or 4 axes", received=len(x))
    if data_format == "channels_first":
        return Built(outs=((*x[:-2], height, width),))
    return Built(outs=((*x[:-3], height, width, x[-1]),))


@rule(("bounding_box_format",))
def Resizing(
    x: Picture,
    /,
    height: Side,
    width: Side,
    interpolation: Interpolation = "bilinear",
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: Literal["constant"] = "constant",
    fill_value: Annotated[float, NUMBER] = 0.0,
    antialias: bool = False,
    data_format: Layout = None,
) -> Built:
    """Resizes images to a height and width; no weights."""
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise OptionError("crop_to_aspect_ratio and pad_to_aspect_ratio are both given", expected="at most one of them")
    return resized(x, height, width, data_format)


@rule(("bounding_box_format",))
def CenterCrop(x: Picture, /, height: Side, width: Side, data_format: Layout = None) -> Built:
    """Crops the center of each image; enlarges a smaller image first; no weights."""
    return resized(x, height, width, data_format)


@rule(("bounding_box_format", "seed"))
def RandomCrop(x: Picture, /, height: Side, width: Side, *, data_format: Layout = None) -> Built:
    """Crops each image at a random position; no weights."""
    return resized(x, height, width, data_format)
