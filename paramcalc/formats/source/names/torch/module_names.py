"""Names: PyTorch. The names that modules have, and what a class that has one of them itself makes unknown."""

from __future__ import annotations

from ...memory.objects import Class, Host
from ...memory.state import State
from ...values import setting
from ..native import Args, Kwargs

# what the methods of PyTorch's modules call on a module: a class that has its own does something else then
OWN_CALLS = frozenset(
    [
        "__delattr__", "__dir__", "_apply", "_fill_padding_idx_with_zero", "_get_in_channels", "_get_num_spatial_dims",
        "_infer_parameters", "_init_flat_weights", "_initialize_hook", "_named_members", "_require_tuple_int",
        "_reset_parameters", "add_module", "apply", "children", "flatten_parameters", "has_uninitialized_params",
        "initialize_parameters", "modules", "named_children", "named_modules", "named_parameters", "parameters",
        "register_buffer", "register_module", "register_parameter", "reset_running_stats", "requires_grad_",
    ]
)  # fmt: skip
# those that only layers of PyTorch call on themselves
OF_LAYERS = frozenset(
    [
        "_fill_padding_idx_with_zero", "_get_in_channels", "_get_num_spatial_dims", "_infer_parameters",
        "_init_flat_weights", "_initialize_hook", "_require_tuple_int", "_reset_parameters", "flatten_parameters",
        "has_uninitialized_params", "initialize_parameters", "reset_running_stats",
    ]
)  # fmt: skip
OWN_CALLS_OF_CONTAINERS = frozenset(
    [
        "__len__", "__setitem__", "_get_abs_string_index", "_get_item_by_idx", "_key_to_attr", "append", "extend",
        "insert", "items", "keys", "update", "values",
    ]
)  # fmt: skip

# what PyTorch's modules and their containers have: one of these that is not followed is unknown, and no error
MODULE_NAMES = frozenset(
    [
        "T_destination", "__add__", "__annotations__", "__call__", "__contains__", "__delitem__", "__dict__",
        "__getattr__", "__getitem__", "__iadd__", "__imul__", "__ior__", "__iter__", "__len__", "__module__", "__mul__",
        "__or__", "__reversed__", "__rmul__", "__ror__", "__setitem__", "__setstate__", "__weakref__", "_apply",
        "_backward_hooks", "_backward_pre_hooks", "_buffers", "_call_impl", "_compiled_call_impl", "_copy",
        "_forward_hooks", "_forward_hooks_always_called", "_forward_hooks_with_kwargs", "_forward_pre_hooks",
        "_forward_pre_hooks_with_kwargs", "_get_abs_string_index", "_get_backward_hooks", "_get_backward_pre_hooks",
        "_get_item_by_idx", "_get_name", "_is_full_backward_hook", "_key_to_attr", "_keys", "_load_from_state_dict",
        "_load_state_dict_post_hooks", "_load_state_dict_pre_hooks", "_maybe_warn_non_full_backward_hook", "_modules",
        "_named_members", "_non_persistent_buffers_set", "_parameters", "_register_load_state_dict_pre_hook",
        "_register_state_dict_hook", "_replicate_for_data_parallel", "_save_to_state_dict", "_size", "_slow_forward",
        "_state_dict_hooks", "_state_dict_pre_hooks", "_version", "_wrapped_call_impl", "add_module", "append", "apply",
        "bfloat16", "buffers", "call_super_init", "children", "clear", "compile", "copy", "cpu", "cuda", "double",
        "dump_patches", "eval", "extend", "extra_repr", "float", "forward", "fromkeys", "get", "get_buffer",
        "get_extra_state", "get_parameter", "get_submodule", "half", "insert", "ipu", "items", "keys",
        "load_state_dict", "modules", "mtia", "named_buffers", "named_children", "named_modules", "named_parameters",
        "parameters", "parametrizations", "pop", "popitem", "register_backward_hook", "register_buffer",
        "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
        "register_full_backward_pre_hook", "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook",
        "register_module", "register_parameter", "register_state_dict_post_hook", "register_state_dict_pre_hook",
        "requires_grad_", "set_extra_state", "set_submodule", "setdefault", "share_memory", "state_dict", "to",
        "to_empty", "train", "type", "update", "values", "xpu", "zero_grad",
    ]
)  # fmt: skip


def replaced_calls(names: frozenset[str]) -> Host:
    """Make the check of a class: whether it has one of these names itself."""
    ordered = sorted(names)

    def check(run: State, cls: Class, args: Args, kwargs: Kwargs) -> None:
        plain = cls.native is not None and cls.native.base is None  # a module, and no layer or container
        setting.blur_if_replaced(run, cls, [name for name in ordered if not (plain and name in OF_LAYERS)])

    return check
