"""PyTorch's own optimizers: all that is exported, one step on small tensors of every rank, and what they then keep."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from optimizer_variations import Kept

from paramcalc.analysis.cost.optimizers.options import Optimizer
from paramcalc.core.built import Weight

OWN = "float64"  # of the weights: what has another dtype does not hide among them
SHAPES: tuple[tuple[int, ...], ...] = ((), (3,), (3, 5), (2, 3, 7), (2, 1, 3, 4))
WEIGHTS = [Weight(f"w{at}", shape) for at, shape in enumerate(SHAPES)]
MATRICES = [weight for weight in WEIGHTS if len(weight.shape) == 2]  # all that Muon takes

# What a step that cannot be finished on a CPU, or not without a graph, says; the state is there by then
_TOO_LATE = "If capturable=True"


def exported() -> dict[str, Any]:
    """List the optimizers that PyTorch exports, by name; the base class of all is none."""
    found = {name: getattr(torch.optim, name) for name in dir(torch.optim)}
    base = torch.optim.Optimizer
    return {
        name: one for name, one in found.items() if inspect.isclass(one) and issubclass(one, base) and one is not base
    }


def kept(optimizer: Optimizer, weights: Sequence[Weight], dtype: str = OWN) -> Kept:
    """Count the tensors of PyTorch's optimizer after a step, by elements and dtype.

    The gradients are zero, but LBFGS, which makes no step then, minimizes until its history is full.
    """
    kind = exported()[optimizer.name]
    full = optimizer.name == "LBFGS"
    made = [_tensor(weight, dtype, full) for weight in weights]
    own = kind(made, **dict(optimizer.options))
    if full:
        _minimize(own, made)
    else:
        for one in made:
            one.grad = torch.zeros_like(one)
            if optimizer.name == "SparseAdam":
                one.grad = one.grad.to_sparse()
        try:
            own.step()
        except AssertionError as error:
            if not str(error).startswith(_TOO_LATE):
                raise
    state = {key: value for at in own.state.values() for key, value in at.items()} if full else {}
    # the length of the last step is a number, or a tensor where a line search has interpolated
    state.pop("t", None)
    found = _tensors(state if full else own.state)
    return Counter((one.numel(), str(one.dtype).removeprefix("torch.")) for one in found)


def _tensor(weight: Weight, dtype: str, trained: bool) -> torch.Tensor:
    made = torch.ones([int(size) for size in weight.shape], dtype=getattr(torch, dtype))  # type: ignore[arg-type]
    return made.requires_grad_(trained)


def _minimize(own: Any, over: list[torch.Tensor]) -> None:
    def loss() -> torch.Tensor:
        own.zero_grad()
        found = sum(
            (torch.arange(1.0, one.numel() + 1, dtype=one.dtype) * (one.flatten() - at - 2) ** 4).sum()
            for at, one in enumerate(over)
        )
        assert isinstance(found, torch.Tensor)
        found.backward()
        return found

    for _ in range(2 + own.param_groups[0]["history_size"]):
        own.step(loss)


def _tensors(state: object) -> Iterator[torch.Tensor]:
    if isinstance(state, torch.Tensor):
        yield state
    elif isinstance(state, dict):
        for value in state.values():
            yield from _tensors(value)
    elif isinstance(state, (list, tuple)):
        for value in state:
            yield from _tensors(value)
