"""Names: PyTorch. Modules are instances whose state is what they hold, in order; layers are bound to our rules."""

from .containers import container_item as container_item, container_length as container_length, is_chain as is_chain
from .layers import Unread as Unread, layer_of as layer_of
from .modules import MODULE as MODULE, children_of as children_of, is_module as is_module, surely_bare as surely_bare
from .tables import MODULES as MODULES
from .tensors import (
    Tensor as Tensor,
    as_shape as as_shape,
    combine as combine,
    is_parameter as is_parameter,
    item as item,
    shape_of as shape_of,
    tensor_attribute as tensor_attribute,
)
