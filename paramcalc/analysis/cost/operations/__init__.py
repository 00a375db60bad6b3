"""The operations of a forward pass that are no products: biases, gates, activations, norms, softmax, pooling."""

from .call import UnknownOperations as UnknownOperations
from .counting import Operations as Operations, added as added, count as count, operations as operations
