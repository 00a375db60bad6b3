"""Names: PyTorch. Modules are instances whose state is what they hold, in order; layers are bound to our rules."""

from .containers import (
    chain_of_pieces as chain_of_pieces,
    container_item as container_item,
    container_items as container_items,
    container_length as container_length,
    is_chain as is_chain,
)
from .functions import (
    changed as changed,
    combine as combine,
    compared as compared,
    item as item,
    negated as negated,
    written as written,
)
from .gradients import links_of as links_of
from .intact import check_inside as check_inside, modules_inside as modules_inside
from .layers import layer_of as layer_of
from .methods import tensor_attribute as tensor_attribute
from .modules import MODULE as MODULE, has_own_train as has_own_train
from .recording import (
    mentions_wide_floats as mentions_wide_floats,
    operand as operand,
    resolved as resolved,
)
from .tables import MODULES as MODULES
from .tensors import Tensor as Tensor, as_shape as as_shape, is_parameter as is_parameter, shape_of as shape_of
from .walks import children_of as children_of, is_module as is_module, surely_bare as surely_bare
