"""Names: what programs call modules and layers by custom, for a snippet that leaves its imports out."""

from __future__ import annotations

from ..memory.objects import MISSING, Unknown, Value
from ..memory.state import State
from . import keras, standard, torch

OF_TORCH = frozenset(["torch", "nn", "F", "Module", "LightningModule"])  # a program that has one is one of PyTorch
MODULES = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "sns": "seaborn",
    "tf": "tensorflow",
    "K": "keras.backend",
    "layers": "keras.layers",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "optim": "torch.optim",
    "display": "IPython.display.display",
    "summary": "torchsummary.summary",
}
PLAIN = frozenset(one for one in (*standard.MODULES, *keras.MODULES, *torch.MODULES) if "." not in one)
HOLDERS = {  # where a class or function is looked for, in this order
    "keras": ("keras", "keras.layers", "keras.utils", "keras.optimizers", "keras.callbacks"),
    "torch": ("torch.nn", "torch.utils.data", "torch.autograd", "torch.optim", "torchvision"),
}


def customary(run: State, name: str, mentioned: frozenset[str]) -> tuple[str, Value] | None:
    """Find what a name stands for by custom.

    Parameters
    ----------
    run : State
    name : str
    mentioned : frozenset of str
        All names that the program has, which tell its framework.

    Returns
    -------
    (str, Value) or None
        The dotted name, and its value.
    """
    path = MODULES.get(name) or (name if name in PLAIN else "")
    if path:
        return path, run.imported(path)
    if name[:1].islower() and name not in ("to_categorical", "plot_model"):
        return None
    known = ("torch",) if mentioned & OF_TORCH else ("keras", "torch")
    for module in (module for framework in known for module in HOLDERS[framework]):
        found = run.imported(f"{module}.{name}")
        if found is not MISSING and not isinstance(found, Unknown):
            return f"{module}.{name}", found
    return None
