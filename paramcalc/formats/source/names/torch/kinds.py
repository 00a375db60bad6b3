"""Names: PyTorch. The classes that layers derive from: abstract ones, and other layers."""

from __future__ import annotations

import re
from functools import cache

from ...memory.objects import Instance, Native
from ...memory.state import State
from ..native import Args, Kwargs
from .modules import MODULE, module_init

OF_AXES = {  # classes for one, two or three axes, and their base
    "AdaptiveAvgPool": "_AdaptiveAvgPoolNd", "AdaptiveMaxPool": "_AdaptiveMaxPoolNd", "AvgPool": "_AvgPoolNd",
    "BatchNorm": "_BatchNorm", "CircularPad": "_CircularPadNd", "ConstantPad": "_ConstantPadNd", "Conv": "_ConvNd",
    "ConvTranspose": "_ConvTransposeNd", "Dropout": "_DropoutNd", "InstanceNorm": "_InstanceNorm",
    "LPPool": "_LPPoolNd", "LazyBatchNorm": "_BatchNorm", "LazyInstanceNorm": "_InstanceNorm",
    "MaxPool": "_MaxPoolNd", "MaxUnpool": "_MaxUnpoolNd", "ReflectionPad": "_ReflectionPadNd",
    "ReplicationPad": "_ReplicationPadNd",
}  # fmt: skip
BASES = {
    "_ConvTransposeNd": "_ConvNd", "_BatchNorm": "_NormBase", "_InstanceNorm": "_NormBase",
    "_WeightedLoss": "_Loss", "LazyLinear": "Linear", "ReLU6": "Hardtanh",
    "SyncBatchNorm": "_BatchNorm",
    **dict.fromkeys(("AlphaDropout", "Dropout", "FeatureAlphaDropout"), "_DropoutNd"),
    **dict.fromkeys(("GRU", "LSTM", "RNN"), "RNNBase"),
    **dict.fromkeys(("GRUCell", "LSTMCell", "RNNCell"), "RNNCellBase"),
    **dict.fromkeys(("UpsamplingBilinear2d", "UpsamplingNearest2d"), "Upsample"),
    **dict.fromkeys(
        (
            "BCELoss", "CrossEntropyLoss", "LinearCrossEntropyLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss",
            "NLLLoss",
        ),
        "_WeightedLoss",
    ),
}  # fmt: skip
ABSTRACT = frozenset(["_Loss", "_NormBase", "RNNBase", "RNNCellBase", *OF_AXES.values(), *BASES]) - {
    name for name in BASES if name[0] != "_"
}
_OF_AXES = re.compile(r"(\w+)[123]d")


def base_of(name: str) -> str | None:
    """Give the name of the class that a layer derives from, if there is one below ``Module``."""
    if name in BASES:
        return BASES[name]
    if name.startswith("LazyConv"):
        return name.removeprefix("Lazy")
    if name.startswith("ZeroPad"):
        return name.replace("Zero", "Constant")
    found = _OF_AXES.fullmatch(name)
    if found is not None:
        return OF_AXES.get(found[1])
    return "_Loss" if name.endswith("Loss") and name != "_Loss" else None


@cache
def abstract_class(name: str) -> Native | None:
    """Give a class that other layers derive from, and which is no layer itself."""
    if name not in ABSTRACT:
        return None
    above = base_of(name)
    init = module_init if name == "_Loss" else _not_followed
    return Native(f"torch.nn.modules.{name}", abstract_class(above) if above else MODULE, init=init)


def _not_followed(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    self.blur = run.unknown("the constructor of an abstract class is not followed", *args, *kwargs.values())
