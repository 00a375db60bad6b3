"""PyTorch's layers: ``from paramcalc import torch as nn; nn.LSTM(108, 128, num_layers=2)``."""

from collections.abc import Sequence

from .core.registry import of_class, refused, rules
from .core.rule import Rule
from .core.tensors import Tensor, input_shape
from .symbolic import unknown


def Input(shape: Sequence[object], name: str | None = None) -> Tensor:
    """Make an input tensor of a whole shape, the batch among its sizes or not.

    Parameters
    ----------
    shape : list of int, str, Expr or None
        A name is a symbolic size; ``None`` is an unknown size.
    name : str, optional

    Raises
    ------
    ShapeError, SizeError
        If the shape is not a list of sizes.
    """
    sizes = input_shape(shape, None, name)[1:]
    open_places = [at for at, size in enumerate(shape) if size is None]
    named = [unknown(f"n{at + 1}") if at in open_places else size for at, size in enumerate(sizes)]
    return Tensor(tuple(named), name=name)


def __getattr__(name: str) -> Rule:
    found = None if name.startswith("_") else of_class(name, "torch")
    if found is None:
        from .errors import nearest

        if name in refused("torch"):
            raise AttributeError(f"{name} {refused('torch')[name]}")
        near = nearest(name, rules("torch"))
        raise AttributeError(f"torch.nn has no {name!r} that paramcalc knows" + (f" ({near})" if near else ""))
    return found


def __dir__() -> list[str]:
    return sorted(["Input", *rules("torch")])
