"""What torch.nn offers beside layers, with the reason why each is refused: losses, containers, base classes."""

_LOSSES = (
    "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss"
    " HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss"
    " MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss"
    " TripletMarginWithDistanceLoss"
)
_WITH_WEIGHTS = ("AdaptiveLogSoftmaxWithLoss", "LinearCrossEntropyLoss")
_CONTAINERS = ("Container", "DataParallel", "Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList")
_BASES = ("RNNBase", "RNNCellBase")

REFUSED = {
    **dict.fromkeys(_LOSSES.split(), "is a loss, not a layer: it has no parameters"),
    **dict.fromkeys(_WITH_WEIGHTS, "is a loss with weights of its own, for which there is no rule"),
    **dict.fromkeys(_CONTAINERS, "holds modules and is no layer: list those instead"),
    **dict.fromkeys(_BASES, "is what RNN, LSTM and GRU are made from: name one of those"),
    "Sequential": "is a chain of layers and none itself: paramcalc.Sequential in Python, layers in a spec",
}
