"""Names: Keras. Layers and models are instances; calling them on symbolic tensors draws a graph of our own."""

from .chains import ENDS as ENDS
from .graphs import graph_layers as graph_layers
from .held import held_layers as held_layers, sublayers as sublayers
from .layers import (
    declared_shape as declared_shape,
    declares as declares,
    is_layer as is_layer,
    is_model as is_model,
    layer_of as layer_of,
)
from .models import MODEL as MODEL
from .tables import MODULES as MODULES, renamed as renamed
from .tensors import (
    ELEMENTWISE as ELEMENTWISE,
    Called as Called,
    Tensor as Tensor,
    binary as binary,
    is_tensor as is_tensor,
    tensor_attribute as tensor_attribute,
    tensor_item as tensor_item,
    unary as unary,
)
