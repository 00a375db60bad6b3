"""Options that are arrays, of which only the shape matters: numbers, nested lists, anything with a shape."""

from ...core.declare import Shape
from ...core.kinds import MAX_AXES, Check
from ...symbolic import unicode
from ...untyped import OptionValue


class Values:
    """Values as they were given, and their shape."""

    def __init__(self, values: OptionValue) -> None:
        if isinstance(values, dict) and "value" in values.get("config", {}):  # as Keras writes arrays down
            values = values["config"]["value"]
        self.values = values
        self.shape: Shape = _shape(values)

    def __repr__(self) -> str:
        return repr(self.values) if not self.shape else f"<values of shape {self.shape}>"


def _shape(values: OptionValue) -> Shape:
    known = getattr(values, "shape", None)
    if known is not None:
        return tuple(known)
    if not isinstance(values, (list, tuple)):
        float(values)
        return ()
    inside = {_shape(one) for one in values}
    if len(inside) > 1 or len(next(iter(inside), ())) > MAX_AXES:
        raise ValueError(values)
    return (len(values), *next(iter(inside), ()))


def _tensor(value: OptionValue) -> Values:
    if isinstance(value, Values):
        return value
    if isinstance(value, list) and len(value) == 1:
        (value,) = value
    if not hasattr(value, "shape"):
        raise TypeError(value)
    return Values(value)


def shape_of(shape: Shape) -> str:
    """Print a shape for an error."""
    return f"({', '.join(unicode(size) for size in shape)})"


ARRAY = Check("a number or nested lists of them", lambda value: value if isinstance(value, Values) else Values(value))
TENSOR = Check("an array", _tensor)
