"""Getting at PyTorch: imported late and quietly, and asked on the meta device."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from ....errors import MissingExtra

META = "meta"
PROCESSOR = "cpu"
BACKEND = "meta device"


def torch() -> Any:
    """Import PyTorch and give the module.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    if "torch" not in sys.modules and find_spec("torch") is None:
        raise MissingExtra("torch", "torch", "verification")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import torch
            import torch.utils.flop_counter
    except ImportError as error:
        raise MissingExtra(error.name or "torch", "torch", "verification") from error
    return torch


def is_module(subject: Any) -> bool:
    """Tell whether something is a PyTorch module, without importing PyTorch."""
    framework = sys.modules.get("torch")
    return framework is not None and isinstance(subject, framework.nn.Module)


@contextmanager
def quiet() -> Iterator[None]:
    """Run nothing backwards and say nothing: PyTorch's warnings are not the caller's."""
    with warnings.catch_warnings(), torch().no_grad():
        warnings.simplefilter("ignore")
        yield
