"""PyTorch's layers: ``from paramcalc import torch as nn; nn.LSTM(108, 128, num_layers=2)``."""

from typing import Any

from .rules.registry import rules


def __getattr__(name: str) -> Any:
    found = rules("torch").get(name)
    if found is None:
        from .errors import nearest

        near = nearest(name, rules("torch"))
        raise AttributeError(f"torch.nn has no {name!r} that paramcalc knows" + (f" ({near})" if near else ""))
    return found


def __dir__() -> list[str]:
    return sorted(rules("torch"))
