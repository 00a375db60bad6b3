"""PyTorch's own answer: the same layers and models on its meta device, where nothing is allocated."""

from .adapter import ADAPTER as ADAPTER
