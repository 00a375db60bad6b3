"""Getting at PyTorch: imported late and quietly, and asked on the meta device."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from ....core.framework import framework
from ....errors import MissingExtra
from ....untyped import Foreign
from ...foreign import loaded
from ...outcome import Installed

PYTORCH = framework("torch")
META = "meta"
PROCESSOR = "cpu"
BACKEND = "meta device"


def torch() -> Foreign:
    """Import PyTorch and give the module.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    found = loaded(PYTORCH.name)
    if found is not None:
        return found
    if find_spec(PYTORCH.name) is None:
        raise MissingExtra("torch", "torch", "verification")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import torch
    except ImportError as error:
        raise MissingExtra(error.name or "torch", "torch", "verification") from error
    return torch


def installed() -> Installed:
    """Give the version of PyTorch, and on what it is asked."""
    return Installed(PYTORCH, str(torch().__version__), BACKEND)


def is_module(subject: object) -> bool:
    """Tell whether something is a PyTorch module, without importing PyTorch."""
    found = loaded(PYTORCH.name)
    return found is not None and isinstance(subject, found.nn.Module)


@contextmanager
def quiet(gradients: bool = False) -> Iterator[None]:
    """Say nothing, for PyTorch's warnings are not the caller's; keep nothing for a backward pass, if not asked to."""
    with warnings.catch_warnings(), torch().set_grad_enabled(gradients):
        warnings.simplefilter("ignore")
        yield
