"""Which framework to ask: a model of ours, a live one of Keras or of PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import ParamcalcError
from ..graph.model import Model
from .adapters.keras.live import is_keras, verify_live
from .adapters.torch import live as torch_live, models as torch_models
from .adapters.torch.framework import is_module
from .outcome import Verification, verify_model


def verify(subject: Any) -> Verification:
    """Compare a model with its framework: every tensor, every output shape, the totals.

    Parameters
    ----------
    subject : paramcalc.Model, a Keras model or a PyTorch module
        Ours is built in Keras, or PyTorch, without allocating its weights, at enough values of its named sizes to
        decide all. A Keras model is read from its configuration, a PyTorch module from the modules in it, and the
        reading compared with its weights.

    Returns
    -------
    Verification

    Raises
    ------
    MissingExtra
        When the framework is not installed.
    ParamcalcError
        When the model itself does not hold together, or is nothing that can be read.
    """
    if isinstance(subject, Model):
        return _of(subject.framework)(subject)
    if is_keras(subject):
        return verify_live(subject)
    if is_module(subject):
        return torch_live.verify_module(subject)
    raise ParamcalcError(
        "nothing to verify",
        expected="a paramcalc model with its input, a Keras model or a PyTorch module",
        received=subject,
    )


def _of(framework: str) -> Callable[[Model], Verification]:
    sides = {"keras": verify_model, "torch": torch_models.verify_model}
    if framework not in sides:
        raise ParamcalcError(
            "nothing to hold the model against", expected="layers of Keras or PyTorch", received=framework
        )
    return sides[framework]
