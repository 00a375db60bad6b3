"""Image augmentation that keeps the shape (keras/src/layers/preprocessing/image_preprocessing).

One declaration serves all of these layers, and a line of `TABLE` each of them::

    RandomHue 0..1 rgb: factor* value_range data_format seed

is a class, what its factors lie between (``each``: both ends of a range), ``rgb`` if it wants three channels (``grey``:
or one), ``rounded`` if it rounds every number, so that no gradient comes back, and its options in Keras's order, a star
after those that must be given, brackets around bounds of their own.
What these may be is in `KINDS`.
"""

from collections.abc import Callable
from functools import partial
from operator import index
from typing import Annotated

from ...core.declare import REQUIRED, Built, Inputs, Shape
from ...core.ignored_options import BASE
from ...core.kinds import NUMBER, SWITCH, Check, Choice, Kind, Maybe, has_index
from ...core.rule import Rule
from ...core.schema import Option, Schema
from ...errors import OptionError, ShapeError
from ...untyped import OptionValue
from ..shared.flow import no_gradient

TABLE = """
AugMix 0..1 each grey: value_range num_chains chain_depth factor alpha all_ops interpolation seed data_format
AutoContrast: value_range
ContrastLimitedAdaptiveHistogramEqualization rounded: value_range clip_limit tile_grid_size data_format
CutMix 0..1: factor seed data_format
Equalization: value_range bins data_format
MaxNumBoundingBoxes: max_number* fill_value
MixUp: alpha data_format seed
RandAugment 0..1 each grey: value_range num_ops factor interpolation seed data_format
RandomBrightness -1..1: factor* value_range seed
RandomColorDegeneration -1..1 rgb: factor* value_range data_format seed
RandomColorJitter -1..1 rgb: value_range brightness_factor contrast_factor[0..1] saturation_factor hue_factor[0..1] seed
RandomContrast 0..1: factor* value_range seed
RandomElasticTransform 0..1: factor scale interpolation fill_mode fill_value value_range seed data_format
RandomErasing 0..1: factor scale fill_value value_range seed data_format
RandomFlip: mode seed data_format
RandomGaussianBlur 0..1: factor kernel_size sigma value_range data_format seed
RandomGrayscale 0..1 grey: factor data_format seed
RandomHue 0..1 rgb: factor* value_range data_format seed
RandomInvert 0..1: factor value_range seed data_format
RandomPerspective 0..1: factor scale interpolation fill_value seed data_format
RandomPosterization 1..8 rounded: factor* value_range data_format seed
RandomRotation -1..1: factor* fill_mode interpolation seed fill_value data_format
RandomSaturation -1..1 rgb: factor* value_range data_format seed
RandomSharpness 0..1: factor* value_range data_format seed
RandomShear 0..1 each: x_factor y_factor interpolation fill_mode fill_value data_format seed
RandomTranslation -1..1 each: height_factor* width_factor* fill_mode interpolation seed fill_value data_format
RandomZoom -1..1 each: height_factor* width_factor fill_mode interpolation seed fill_value data_format
Solarization 0..1 each: addition_factor threshold_factor value_range seed
"""


def _whole(value: object) -> int:
    if not has_index(value):
        raise TypeError(value)
    return index(value)


def _pair(value: OptionValue) -> tuple[float, float]:
    first, second = value
    return NUMBER(first), NUMBER(second)


def _sizes(value: OptionValue) -> tuple[int, int]:
    first, second = value
    return index(first), index(second)


def _any_number(value: OptionValue) -> OptionValue:
    NUMBER(value)
    return value


def _factor(low: float, high: float, each: bool, value: OptionValue) -> OptionValue:
    first, last = _pair(value) if isinstance(value, (list, tuple)) else (NUMBER(value),) * 2
    if first > high or last < low or (each and (first < low or last > high)):
        raise OptionError("a factor out of range", expected=f"from {low:g} to {high:g}", received=value)
    return value


WHOLE = Check("a whole number", _whole, {"type": "integer"})
NUMBERS = Check("a number", _any_number, {"type": "number"})
KINDS: dict[str, Kind] = {
    "all_ops": SWITCH,
    **dict.fromkeys(("bins", "chain_depth", "max_number", "num_chains", "num_ops", "seed"), WHOLE),
    "data_format": Choice(("channels_last", "channels_first")),
    "fill_mode": Choice(("constant", "nearest", "wrap", "mirror", "reflect")),
    "interpolation": Choice(("nearest", "bilinear")),
    "kernel_size": Check("a size or two", lambda value: value),
    "mode": Choice(("horizontal", "vertical", "horizontal_and_vertical")),
    "scale": Check("a number or two", lambda value: value),
    "sigma": Check("a number or two", lambda value: value),
    "tile_grid_size": Check("two sizes", _sizes),
    "value_range": Check("two numbers", _pair),
}
WHY = "Changes images at random during training and keeps their shape; no weights."


def kept(x: Annotated[Shape, Inputs("... H W C")], /, **options: OptionValue) -> Built:
    """Keep the shape of an image, or of a batch of them."""
    if len(x) > 4:
        raise ShapeError("not an image or a batch of images", expected="3 or 4 axes", received=len(x))
    return Built(outs=(x,))


def coloured(x: Annotated[Shape, Inputs("... H W C")], /, **options: OptionValue) -> Built:
    """Keep the shape of an image whose channels are colours."""
    mixed = any(options.get(name, 1) is not None for name in ("saturation_factor", "hue_factor"))
    return _with_channels(x, options, (3,)) if mixed else kept(x)


def grey(x: Annotated[Shape, Inputs("... H W C")], /, **options: OptionValue) -> Built:
    """Keep the shape of an image whose channels are colours, or one shade of grey."""
    return _with_channels(x, options, (1, 3))


def rounded(x: Annotated[Shape, Inputs("... H W C")], /, **options: OptionValue) -> Built:
    """Keep the shape of an image whose numbers are rounded."""
    return kept(x)._replace(work=no_gradient)


def _with_channels(x: Shape, options: dict[str, OptionValue], wanted: tuple[int, ...]) -> Built:
    built = kept(x)
    channels = x[-3] if options["data_format"] == "channels_first" else x[-1]
    if isinstance(channels, int) and channels not in wanted:
        raise ShapeError(
            "an unsupported number of channels", expected=" or ".join(map(str, wanted)) + " channels", received=channels
        )
    return built


BODIES: dict[str, Callable[..., Built]] = {"rgb": coloured, "grey": grey, "rounded": rounded}


def augmentation(line: str) -> Rule:
    """Make the rule of a line: its options, and data_format, which all of these layers take."""
    head, _, words = line.partition(":")
    name, *marks = head.split()
    usual = next((mark for mark in marks if ".." in mark), "0..0")
    body = next((BODIES[mark] for mark in marks if mark in BODIES), kept)
    options: dict[str, Option] = {}
    for word in [*words.split(), "data_format"]:
        option, _, bounds = word.rstrip("*]").partition("[")
        is_factor = option.endswith("factor")
        kind = factor(bounds or usual, "each" in marks) if is_factor else KINDS.get(option, NUMBERS)
        made = Option(option, kind, REQUIRED, True) if "*" in word else Option(option, Maybe(kind), None, True)
        options.setdefault(option, made)
    schema = Schema.of(body)._replace(options=options)
    return Rule(body, schema, "keras", name, WHY, __name__, (*BASE, "bounding_box_format"))


def factor(bounds: str, each: bool) -> Kind:
    """Make the kind of a factor that lies between bounds; of a range, ``each`` end must lie between them."""
    low, _, high = bounds.partition("..")
    check = partial(_factor, float(low), float(high), each)
    return Check(f"a number from {low} to {high}, or two", check)


LAYERS = tuple(augmentation(line) for line in TABLE.strip().splitlines())
