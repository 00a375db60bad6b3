"""Which of PyTorch's operators multiply nothing, in the sense in which multiply-adds are counted.

Counted are matrix products and convolutions: sums of products of two operands. An operator is free of them if PyTorch
tags it as one (element by element, a reduction, a view), if no tensor goes into it or comes out of it, or if it stands
in the list below. Every other operator may multiply. So an operator that is not known here is never a zero.
"""

from __future__ import annotations

from functools import cache

from ....untyped import Foreign
from .framework import torch

# Operators of ATen without a tag that tells it. An operator in place (``add_``) and one on a list of tensors
# (``_foreach_add``) is what its plain form is. Pools and resampling have fixed windows, and are no convolutions here.
NAMES = """
_chunk_cat _coalesce _coalesced _conj_copy _copy_from _copy_from_and_resize _lazy_clone _pin_memory _reshape_copy
_resize_output _stack _to_copy _to_dense _to_sparse _to_sparse_bsc _to_sparse_bsr _to_sparse_csc _to_sparse_csr
_unsafe_view as_strided as_strided_scatter block_diag cat channel_shuffle clone col2im constant_pad_nd copy detach
diag_embed diagonal_backward diagonal_scatter empty_like fill flip full_like im2col lift new_empty
new_empty_strided new_full new_ones new_zeros ones_like pixel_shuffle pixel_unshuffle rand_like randint_like
randn_like record_stream reflection_pad1d reflection_pad1d_backward reflection_pad2d reflection_pad2d_backward
reflection_pad3d reflection_pad3d_backward repeat repeat_interleave replication_pad1d replication_pad1d_backward
replication_pad2d replication_pad2d_backward replication_pad3d replication_pad3d_backward resize resize_as roll
rot90 select_backward select_scatter set slice_backward split_with_sizes squeeze stack t to_mkldnn
to_padded_tensor transpose tril triu unfold_backward unsafe_split unsafe_split_with_sizes unsqueeze zero zeros_like
_new_zeros_with_same_feature_meta complex polar linspace logspace

_index_put_impl _masked_scale _unsafe_index _unsafe_index_put _unsafe_masked_index
_unsafe_masked_index_put_accumulate bincount bucketize embedding embedding_dense_backward embedding_renorm gather
histc histogram index index_add index_copy index_fill index_put index_reduce index_select isin masked_fill
masked_scatter masked_scatter_backward masked_select nonzero nonzero_static put scatter scatter_add scatter_reduce
searchsorted take _embedding_bag _embedding_bag_backward _embedding_bag_dense_backward
_embedding_bag_forward_only _embedding_bag_per_sample_weights_backward _pack_padded_sequence
_jagged_to_padded_dense_forward _padded_dense_to_jagged_forward segment_reduce _segment_reduce_backward

_aminmax _cummax_helper _cummin_helper _is_all_true _is_any_true _logcumsumexp _unique _unique2 cummax cummin
cumprod cumsum kthvalue logcumsumexp median mode nanmedian renorm sort topk trace unique_consecutive unique_dim
unique_dim_consecutive dist

_fused_dropout _philox_key_fold_in _philox_key_split _philox_normal _philox_uniform _sample_dirichlet
_standard_gamma bernoulli binomial cauchy exponential geometric log_normal multinomial native_dropout normal
normal_functional poisson random uniform

_add_relu _log_softmax _log_softmax_backward_data _masked_softmax _masked_softmax_backward _prelu_kernel
_prelu_kernel_backward _safe_softmax _softmax _softmax_backward_data copysign elu_backward eq floor_divide gcd ge
gelu glu glu_backward gt hardshrink_backward hardsigmoid_backward hardswish hardswish_backward hardtanh_backward
heaviside lcm le leaky_relu_backward linalg_cross log_sigmoid_backward log_sigmoid_forward lt mish_backward ne
rrelu_with_noise rrelu_with_noise_backward rrelu_with_noise_functional rsub softplus_backward softshrink_backward
threshold xlogy _thnn_fused_gru_cell _thnn_fused_lstm_cell

_adaptive_avg_pool2d _adaptive_avg_pool2d_backward _adaptive_avg_pool3d _adaptive_avg_pool3d_backward
adaptive_max_pool2d adaptive_max_pool2d_backward adaptive_max_pool3d adaptive_max_pool3d_backward avg_pool2d
avg_pool2d_backward avg_pool3d avg_pool3d_backward fractional_max_pool2d fractional_max_pool2d_backward
fractional_max_pool3d fractional_max_pool3d_backward max_pool2d_backward max_pool2d_with_indices
max_pool2d_with_indices_backward max_pool3d_with_indices max_pool3d_with_indices_backward max_unpool2d
max_unpool3d mkldnn_max_pool2d mkldnn_max_pool3d quantized_max_pool1d quantized_max_pool2d quantized_max_pool3d

_upsample_bicubic2d_aa _upsample_bicubic2d_aa_backward _upsample_bilinear2d_aa _upsample_bilinear2d_aa_backward
_upsample_lanczos2d_aa _upsample_nearest_exact1d _upsample_nearest_exact1d_backward _upsample_nearest_exact2d
_upsample_nearest_exact2d_backward _upsample_nearest_exact3d _upsample_nearest_exact3d_backward grid_sampler_2d
_grid_sampler_2d_cpu_fallback grid_sampler_2d_backward grid_sampler_3d grid_sampler_3d_backward upsample_bicubic2d
upsample_bicubic2d_backward upsample_bilinear2d upsample_bilinear2d_backward upsample_linear1d
upsample_linear1d_backward upsample_nearest1d upsample_nearest1d_backward upsample_nearest2d
upsample_nearest2d_backward upsample_nearest3d upsample_nearest3d_backward upsample_trilinear3d
upsample_trilinear3d_backward

_batch_norm_no_update _batch_norm_with_update _batch_norm_with_update_functional _fused_rms_norm
_fused_rms_norm_backward _native_batch_norm_legit _native_batch_norm_legit_functional
_native_batch_norm_legit_no_training _weight_norm_interface _weight_norm_interface_backward batch_norm_backward
batch_norm_elemt batch_norm_stats batch_norm_update_stats cudnn_batch_norm native_batch_norm
native_batch_norm_backward native_group_norm native_group_norm_backward native_layer_norm
native_layer_norm_backward native_norm

_ctc_loss _ctc_loss_backward binary_cross_entropy binary_cross_entropy_backward binary_cross_entropy_with_logits
huber_loss huber_loss_backward mse_loss mse_loss_backward multi_margin_loss multi_margin_loss_backward
multilabel_margin_loss_backward multilabel_margin_loss_forward nll_loss2d_backward nll_loss2d_forward
nll_loss_backward nll_loss_forward smooth_l1_loss smooth_l1_loss_backward soft_margin_loss
soft_margin_loss_backward

_empty_per_channel_affine_quantized _fake_quantize_learnable_per_channel_affine
_fake_quantize_learnable_per_tensor_affine _fake_quantize_per_tensor_affine_cachemask_tensor_qparams
_fused_moving_avg_obs_fq_helper _make_per_channel_quantized_tensor _make_per_tensor_quantized_tensor dequantize
empty_quantized fake_quantize_per_channel_affine_cachemask fake_quantize_per_tensor_affine_cachemask int_repr
q_per_channel_scales q_per_channel_zero_points quantize_per_channel quantize_per_tensor
quantize_per_tensor_dynamic

quantized::add quantized::add_relu quantized::batch_norm quantized::batch_norm_relu quantized::batch_norm1d
quantized::batch_norm1d_relu quantized::batch_norm2d quantized::batch_norm2d_relu quantized::batch_norm3d
quantized::batch_norm3d_relu quantized::cat quantized::celu quantized::elu quantized::group_norm quantized::hardswish
quantized::instance_norm quantized::layer_norm quantized::leaky_relu quantized::mul quantized::mul_relu
quantized::prelu quantized::relu6 quantized::sigmoid quantized::softmax quantized::embedding_byte
quantized::embedding_4bit
"""
FREE = frozenset(NAMES.split())
FREE_NAMESPACES = ("profiler", "c10d", "_c10d_functional")  # marks for a profiler; tensors sent to other processes


@cache
def multiplies_nothing(operator: Foreign) -> bool:
    """Tell whether an operator is known to be free of products.

    Parameters
    ----------
    operator : torch._ops.OpOverload
    """
    tag, schema = torch().Tag, operator._schema
    if operator.is_view or {tag.pointwise, tag.reduction, tag.view_copy}.intersection(operator.tags):
        return True
    if schema.name in FREE or operator.namespace in FREE_NAMESPACES:
        return True
    if operator.namespace not in ("aten", "prim", "prims"):
        return False
    given, gives = ([one for one in some if "Tensor" in str(one.type)] for some in (schema.arguments, schema.returns))
    if not given or (not gives and not any(one.is_write for one in given)):
        return True
    name = schema.name.partition("::")[2]
    plain = name.removeprefix("_foreach_").removesuffix("_")
    return bool({name, plain} & FREE) or (plain != name and _tagged(plain))


def _tagged(name: str) -> bool:
    # whether some form of an operator of this name has a tag
    packet = getattr(torch().ops.aten, name, None)
    forms = () if packet is None else (getattr(packet, form) for form in packet.overloads())
    return any(torch().Tag.pointwise in form.tags or torch().Tag.reduction in form.tags for form in forms)
