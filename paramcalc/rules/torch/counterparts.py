"""Names of Keras that PyTorch has another one for: the error for ``Dense`` suggests ``Linear``."""

from ...core.spelling import snake

# {} is a number of axes, 1 to 3
_SAME = {
    "AveragePooling{}D": "AvgPool{}d",
    "BatchNormalization": "BatchNorm1d, BatchNorm2d or BatchNorm3d",
    "Bidirectional": "bidirectional=True in RNN, LSTM and GRU",
    "Conv{}D": "Conv{}d",
    "Conv{}DTranspose": "ConvTranspose{}d",
    "Dense": "Linear",
    "DepthwiseConv1D": "Conv1d with groups=in_channels",
    "DepthwiseConv2D": "Conv2d with groups=in_channels",
    "GlobalAveragePooling{}D": "AdaptiveAvgPool{}d",
    "GlobalMaxPooling{}D": "AdaptiveMaxPool{}d",
    "GroupNormalization": "GroupNorm",
    "LayerNormalization": "LayerNorm",
    "MaxPooling{}D": "MaxPool{}d",
    "MultiHeadAttention": "MultiheadAttention",
    "RMSNormalization": "RMSNorm",
    "Reshape": "Unflatten, or Flatten",
    "SimpleRNN": "RNN",
    "SimpleRNNCell": "RNNCell",
    "SpatialDropout{}D": "Dropout{}d",
    "UpSampling{}D": "Upsample",
    "ZeroPadding{}D": "ZeroPad{}d",
}

COUNTERPARTS = {
    keras.format(rank): theirs.format(rank)
    for keras, theirs in _SAME.items()
    for rank in ((1, 2, 3) if "{}" in keras else ("",))
}
REFUSED = {
    spelling: f"is Keras's; PyTorch has {theirs}"
    for name, theirs in COUNTERPARTS.items()
    for spelling in (name, snake(name))
}
