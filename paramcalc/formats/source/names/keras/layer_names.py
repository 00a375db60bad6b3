"""Names: Keras. What its layers and models have."""

from __future__ import annotations

# one of these that is not followed is unknown, and no error; those of Keras 2 are among them
LAYER_NAMES = frozenset(
    [
        "_adjust_input_rank", "_aggregate_additional_loss", "_allow_non_tensor_positional_args", "_api_export_path",
        "_api_export_symbol_id", "_assert_compile_called", "_assert_input_compatibility", "_assign_variable_values",
        "_auto_config", "_awq_call", "_build_at_init", "_build_by_run_for_kwargs", "_build_by_run_for_single_pos_arg",
        "_build_shapes_dict", "_call_context_args", "_call_has_context_arg", "_call_has_mask_arg",
        "_call_has_training_arg", "_call_signature", "_called", "_check_load_own_variables", "_check_quantize_args",
        "_check_sharding_consistency", "_check_super_called", "_clear_losses", "_compile_loss", "_compile_metrics",
        "_compute_loss", "_compute_loss_has_training_arg", "_convert_input_args", "_convert_inputs_to_tensors",
        "_create_nested_dict", "_dtype_policy", "_flatten_layers", "_flatten_metrics_in_order", "_flatten_nested_dict",
        "_float8_call", "_functional", "_get_call_context", "_get_jax_state", "_get_metrics_result_or_logs",
        "_get_node_attribute_at_index", "_get_operation_for_node", "_get_own_losses", "_get_own_metrics",
        "_get_regularization_losses", "_get_state_sharding_spec", "_get_variable_map", "_gptq_call", "_inbound_nodes",
        "_initial_epoch", "_initialize_tracker", "_input_spec", "_inputs", "_inputs_struct", "_int4_call", "_int8_call",
        "_is_layer_name_unique", "_jax_state_synced", "_jit_compile", "_layers", "_lock", "_lock_state", "_loss_ids",
        "_loss_tracker", "_losses", "_losses_override", "_make_function", "_maybe_build", "_maybe_rebuild",
        "_maybe_reset_call_context", "_maybe_warn_inputs_struct_mismatch", "_metrics", "_nodes", "_nodes_by_depth",
        "_non_trainable_variables", "_not_implemented_error", "_obj_type", "_open_name_scope", "_operations",
        "_operations_by_depth", "_outbound_nodes", "_outputs", "_outputs_struct", "_parent_path", "_path",
        "_post_build", "_post_quantize", "_post_track_variable", "_post_untrack_variable", "_purge_model_variables",
        "_quantization_mode_error", "_register_call_context_args", "_remat_mode", "_resolve_and_populate_arg",
        "_resolve_auto_jit_compile", "_run_eagerly", "_run_through_graph", "_seed_generators", "_set_mask_metadata",
        "_setattr_hook", "_setup_nnx_op_mapping", "_should_eval", "_standardize_inputs", "_supports_masking",
        "_symbolic_build", "_track_variable", "_tracker", "_trainable", "_trainable_variables", "_unpickle_model",
        "_untrack_variable", "_update_metrics_variables", "_warn_if_trainable_state_changed", "activity_regularizer",
        "add", "add_loss", "add_metric", "add_variable", "add_weight", "autocast", "build", "build_from_config",
        "built", "call", "call_signature_parameters", "compile", "compile_from_config", "compiled", "compute_dtype",
        "compute_loss", "compute_loss_and_updates", "compute_mask", "compute_metrics", "compute_output_shape",
        "compute_output_spec", "count_params", "dtype", "dtype_policy", "enable_lora", "evaluate", "export", "fit",
        "from_config", "get_build_config", "get_compile_config", "get_config", "get_layer", "get_metrics_result",
        "get_quantization_layer_structure", "get_state_tree", "get_weights", "input", "input_dtype", "input_shape",
        "input_spec", "inputs", "jax_state_sync", "jit_compile", "layers", "load_own_variables", "load_weights", "loss",
        "losses", "make_predict_function", "make_test_function", "make_train_function", "metrics", "metrics_names",
        "metrics_variables", "name", "non_trainable_variables", "non_trainable_weights", "operations", "output",
        "output_names", "output_shape", "outputs", "path", "pop", "predict", "predict_function", "predict_on_batch",
        "predict_step", "quantization_mode", "quantize", "quantized_build", "quantized_call", "rematerialized_call",
        "reset_metrics", "run_eagerly", "save", "save_own_variables", "save_weights", "set_state_tree", "set_weights",
        "stateless_call", "stateless_compute_loss", "steps_per_execution", "submodules", "summary", "supports_jit",
        "supports_masking", "symbolic_call", "test_function", "test_on_batch", "test_step", "to_json", "train_function",
        "train_on_batch", "train_step", "trainable", "trainable_variables", "trainable_weights", "variable_dtype",
        "variables", "weights",
    ]
)  # fmt: skip
