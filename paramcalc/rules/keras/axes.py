"""Words about axes that the rules of several families share: patterns of inputs, layouts, positions."""

from typing import Annotated, Literal

from ...core.declare import Inputs, Shape
from ...core.json_data import JsonObject, either
from ...core.kinds import EXPRESSION, ByRank, Choice, Kind, Window, size
from ...errors import OptionError, SizeError
from ...symbolic import Size
from ..shared.axes import position as position

AnyShape = Annotated[Shape, Inputs("B ...")]
Images = Annotated[Shape, Inputs("B H W C")]
Spatial = Annotated[Shape, Inputs("B spatial C")]  # as many axes as the rule has

Layout = Literal["channels_last", "channels_first", None]
Padding = Literal["valid", "same"]
CausalPadding = Annotated[
    str, ByRank(lambda rank: Choice(("valid", "same", "causal") if rank == 1 else ("valid", "same")))
]


class Extra(Kind):
    """A number of places, perhaps none."""

    expected = "a whole number from 0 up or an expression such as 4*h"

    def __call__(self, value: object) -> Size:
        """Check one number."""
        if type(value) is int and value <= 0:
            if value:
                raise SizeError("not a number of elements", expected=self.expected, received=value)
            return 0
        return size(value)

    def schema(self) -> JsonObject:
        """Describe it."""
        return either({"type": "integer", "minimum": 0}, EXPRESSION)


EXTRA = Extra()


class Extras(Window):
    """A number of places for each spatial axis, perhaps none; a single one serves them all."""

    def ranked(self, rank: int) -> "Extras":
        """Give the kind for so many axes."""
        return Extras(None, rank)

    def __call__(self, value: object) -> tuple[Size, ...]:
        """Spread one number over the axes, or check that there is one for each."""
        several = value if isinstance(value, (list, tuple)) else (value,) * self.rank
        if len(several) != self.rank:
            raise OptionError("wrong number of sizes", expected=self.expected, received=value)
        return tuple(EXTRA(one) for one in several)

    def schema(self) -> JsonObject:
        """Describe one number or a list of them."""
        several: JsonObject = {"type": "array", "items": EXTRA.schema(), "minItems": self.rank, "maxItems": self.rank}
        return either(EXTRA.schema(), several)
