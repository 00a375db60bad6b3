"""The names of sizes: those of the batch and of time steps, with values, and the error for a name that no size has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import SizeError, nearest
from .bind import names_in, open_sizes
from .model import Model

BATCHES = ("B", "N")  # the names of a batch in the inputs of a layer that stands alone: Keras's, PyTorch's
TIMES = ("T", "L")
WORDS = {
    **dict.fromkeys(("batch", "batch_size", "batches"), BATCHES),
    **dict.fromkeys(("time", "times", "steps", "time_steps", "timesteps", "length"), TIMES),
}  # what people call these axes


def has_names(model: Model) -> bool:
    """Tell whether a model has sizes with names, apart from open axes of its inputs that are only unknown."""
    return bool(names_in(model)) or any(one.op == "name" for one in open_sizes(model.input_shapes))


def values_text(sizes: Mapping[str, int]) -> str:
    """Write sizes with their values: ``h = 1,024, n = 2``."""
    return ", ".join(f"{name} = {value:,}" for name, value in sizes.items())


def no_size(name: str, known: Iterable[str], remedy: str | None = None) -> SizeError:
    """Make the error for a name that no size has.

    Parameters
    ----------
    name : str
    known : iterable of str
        The names that sizes have.
    remedy : str, optional
        What to do, where none of them is meant.
    """
    listed = sorted(known)
    axis = next((one for one in WORDS.get(name.lower().replace("-", "_"), ()) if one in listed), None)
    near = f"did you mean {axis!r}?" if axis else nearest(name, listed)
    return SizeError(f"no size {name!r}", expected=" or ".join(listed) or None, suggestion=near or remedy)
