"""Pictures, alone or in a batch (keras/src/ops/image).

Of what jax multiplies here, only the true convolutions are counted; that it also moves pixels about by multiplying
them with ones is its own affair.
"""

from __future__ import annotations

from math import prod

from ...core.built import Built
from ...core.products import NOTHING, product
from ...core.shapes import Shape
from ...errors import OptionError, ShapeError
from ...symbolic import Size, is_known
from ...untyped import Arg
from ..shared import windows
from .layers import layout, slid, spread
from .sizes import put, ranked, same, shaped, volume, whole
from .table import UnsupportedCall, gives, ops_of

image = ops_of("image")


def sides(x: Shape, data_format: Arg) -> tuple[int, int]:
    """Give the positions of height and width."""
    last = len(ranked(x, 3, 4)) - (layout(data_format) == "channels_last")
    return last - 2, last - 1


def channels(x: Shape, data_format: Arg) -> int:
    """Give the position of the channels."""
    return len(ranked(x, 3, 4)) - (1 if layout(data_format) == "channels_last" else 3)


@image("HSVToRGB RGBToHSV")
def recoloured(images: Shape, /, *, data_format: Arg = None) -> Built:
    """Three numbers for three."""
    size = images[channels(images, data_format)]
    if is_known(size) and size != 3:
        raise ShapeError("an image of three channels is needed", received=size)
    return gives(images)


@image()
def RGBToGrayscale(images: Shape, /, *, data_format: Arg = None) -> Built:
    """One number for three."""
    at = channels(images, data_format)
    if is_known(images[at]) and images[at] not in (1, 3):
        raise ShapeError("an image of three channels, or one, is needed", received=images[at])
    return gives(put(images, at, 1))


@image("Resize", inert="interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value")
def resized(images: Shape, /, *, size: Arg, data_format: Arg = None) -> Built:
    """Another height and width."""
    high, wide = sides(images, data_format)
    height, width = shaped(size)
    return gives(put(put(images, high, height), wide, width))


@image("ElasticTransform", inert="alpha sigma interpolation fill_mode fill_value seed data_format")
def bent(images: Shape, /) -> Built:
    """The same shape."""
    return gives(ranked(images, 3, 4))


@image("GaussianBlur", inert="sigma data_format")
def blurred(images: Shape, /, *, kernel_size: Arg = (3, 3)) -> Built:
    """The same shape: a window over every pixel of every channel."""
    window = prod(spread(list(kernel_size), 2))
    return gives(ranked(images, 3, 4), products=lambda: [product(prod(images) * window, "images", NOTHING)])


@image("SobelEdges", inert="data_format")
def edges(images: Shape, /) -> Built:
    """Two slopes for every pixel, by a window of nine each."""
    return gives((*ranked(images, 4), 2), products=lambda: [product(prod(images) * 18, "images", NOTHING)])


@image("AffineTransform", inert="interpolation fill_mode fill_value data_format")
def turned(images: Shape, transform: Shape) -> Built:
    """The same shape."""
    ranked(transform, 1, 2)
    return gives(ranked(images, 3, 4))


@image("PerspectiveTransform", inert="interpolation fill_value data_format")
def tilted(images: Shape, start_points: Shape, end_points: Shape) -> Built:
    """The same shape; four corners move."""
    for points in (start_points, end_points):
        if ranked(points, 2, 3)[-2:] != (4, 2):
            raise ShapeError("four points are needed", expected="(4, 2) for each image")
    for axis, (a, b) in enumerate(zip(start_points, ranked(end_points, len(start_points)), strict=True)):
        same(a, b, (1, 2), axis)
    return gives(ranked(images, 3, 4))


@image("MapCoordinates", inert="order fill_mode fill_value")
def looked_up(inputs: Shape, coordinates: Shape) -> Built:
    """A number for each place, the coordinates of which stand one below the other."""
    if ranked(coordinates, least=2)[0] != len(inputs):
        raise ShapeError("a coordinate for every axis is needed", expected=f"{len(inputs)}", received=coordinates[0])
    return gives(coordinates[1:])


@image("ScaleAndTranslate", inert="spatial_dims method antialias")
def moved(images: Shape, output_shape: Arg, scale: Arg, translation: Arg) -> Built:
    """Another shape."""
    if not isinstance(output_shape, list):
        raise UnsupportedCall("to a shape that a tensor holds")
    return gives(shaped(output_shape))


@image("SSIM", inert="max_val filter_size filter_sigma k1 k2 data_format")
def similarity(image1: Shape, image2: Shape) -> Built:
    """One number for two pictures."""
    ranked(image2, 3, 4)
    return gives(ranked(image1, 3, 4)[:-3])


@image()
def ExtractPatches(
    images: Shape, /, *, size: Arg, strides: Arg = None, dilation_rate: Arg = 1, padding: Arg = "valid",
    data_format: Arg = None,
) -> Built:  # fmt: skip
    """The windows of pictures, each as one long pixel."""
    window = [whole(one) for one in size] if isinstance(size, list) else [whole(size)] * 2
    where = layout(data_format)
    alone = len(images) == len(window) + 1
    batch = (1, *images) if alone else images
    at = slid(batch, window, window if strides is None else strides, padding, where, dilation_rate)
    seen = windows.spatial(batch, where)[1]
    if not is_known(seen):
        raise ShapeError("the number of channels must be known")
    out = windows.joined(batch[0], at, volume((*window, seen)), where)
    return gives(out[1:] if alone else out)


@image()
def PadImages(
    images: Shape, /, *, top_padding: Arg = None, left_padding: Arg = None, bottom_padding: Arg = None,
    right_padding: Arg = None, target_height: Arg = None, target_width: Arg = None, data_format: Arg = None,
) -> Built:  # fmt: skip
    """More pixels at the borders."""
    high, wide = sides(images, data_format)
    height = _framed(images[high], top_padding, bottom_padding, target_height, grows=True)
    width = _framed(images[wide], left_padding, right_padding, target_width, grows=True)
    return gives(put(put(images, high, height), wide, width))


@image()
def CropImages(
    images: Shape, /, *, top_cropping: Arg = None, left_cropping: Arg = None, bottom_cropping: Arg = None,
    right_cropping: Arg = None, target_height: Arg = None, target_width: Arg = None, data_format: Arg = None,
) -> Built:  # fmt: skip
    """Fewer pixels at the borders."""
    high, wide = sides(images, data_format)
    height = _framed(images[high], top_cropping, bottom_cropping, target_height, grows=False)
    width = _framed(images[wide], left_cropping, right_cropping, target_width, grows=False)
    return gives(put(put(images, high, height), wide, width))


def _framed(size: Size, before: Arg, after: Arg, target: Arg, grows: bool) -> Size:
    # two of the three are given, and none is below 0
    told = [whole(one) for one in (before, after, target) if one is not None]
    if len(told) != 2 or min(told) < 0:
        raise OptionError(
            "a border or a target is missing", expected="two of the three", received=[before, after, target]
        )
    if target is None:
        if not grows and not is_known(size):
            raise ShapeError("an image of known sides is needed", suggestion="or a target")
        return size + sum(told) if grows else size - sum(told)
    border = before if after is None else after
    if isinstance(size, int) and (target - size if grows else size - target) < border:
        raise ShapeError("the target leaves no room for the border", received=target)
    return int(target)
