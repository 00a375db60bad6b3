"""The operations of a pass forwards that are no products: biases, gates, activations, norms, softmax, pooling."""

from .counting import Operations as Operations, added as added, operations as operations
