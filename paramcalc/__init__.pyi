"""What paramcalc offers, and Keras's layers. Generated from the rules: ``pytest tests/docs --update``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

from . import paper as paper
from . import torch as torch
from .analysis import why as why
from .analysis.comparison import check as check
from .analysis.comparison import compare as compare
from .analysis.cost import cost as cost
from .analysis.sizing import match as match
from .analysis.sizing import solve as solve
from .analysis.sweep import sweep as sweep
from .core.built import Weight as Weight
from .core.formula import Formula as Formula
from .core.registry import register as register
from .core.rule import Layer as Layer
from .core.tensors import Input as Input
from .errors import ParamcalcError as ParamcalcError
from .formats import load as load
from .formats import loads as loads
from .graph.model import Model as Model
from .graph.sequential import Sequential as Sequential
from .report import Report as Report
from .rules.conventions.compare import conventions as conventions
from .symbolic import Expr as Expr
from .symbolic import parse as parse
from .symbolic import symbols as symbols
from .verification import from_keras as from_keras
from .verification import from_torch as from_torch
from .verification import verify as verify
from .verification import verify_checkpoint as verify_checkpoint
from .core.rule import Rule

Size: TypeAlias = int | str | Expr  # a number, or an expression such as "4*d_h"
Named: TypeAlias = str | Mapping[str, object] | Callable[..., object] | None  # type: ignore[explicit-any]  # callable
AnyLayer: TypeAlias = Layer | Model

__version__: str

class _LayerScale(Rule):
    def __call__(self, init_values: float, projection_dim: Size, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned factor for each channel. It starts near 0, so that a deep network starts as the identity.

        (convnext.py; https://arxiv.org/abs/2103.17239)

        Options
        -------
        init_values : float, required
            Initial values of the scale.
        projection_dim : Size, required
            Number of features to scale.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _CustomScaleLayer(Rule):
    def __call__(self, scale: float, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Scales the second input and adds it to the first; no weights.

        (inception_resnet_v2.py)

        Options
        -------
        scale : float, required
            Whether to learn a scale, or the scale itself.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Attention(Rule):
    def __call__(self, use_scale: bool = False, score_mode: Literal['dot', 'concat'] = 'dot', dropout: float = 0.0, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Scores are products of queries and keys. Two optional weights: a scale, and the factor of score_mode="concat".

        Source: Luong et al. 2015.

        Options
        -------
        use_scale : bool, default False
            Whether to learn a scale for the scores.
        score_mode : Literal['dot', 'concat'], default 'dot'
            Whether scores are products or sums.
        dropout : float, default 0.0
            Share of numbers that are set to zero while training.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, seed.
        """

class _AdditiveAttention(Rule):
    def __call__(self, use_scale: bool = True, dropout: float = 0.0, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., score_mode: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Scores are sums over tanh(query + key), with one weight for each feature.

        Source: Bahdanau et al. 2014, whose two projections are Dense layers of their own here.

        Options
        -------
        use_scale : bool, default True
            Whether to learn a scale for the scores.
        dropout : float, default 0.0
            Share of numbers that are set to zero while training.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, score_mode, seed.
        """

class _MultiHeadAttention(Rule):
    def __call__(self, num_heads: Size, key_dim: Size, value_dim: Size | None = None, dropout: float = 0.0, use_bias: bool = True, output_shape: Size | Sequence[Size] | None = None, attention_axes: int | Sequence[int] | None = None, sliding_window: Size | None = None, flash_attention: bool | None = None, *, use_gate: bool = False, dtype: object = None, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each head projects query, key and value; one projection combines the heads. Sequence lengths do not matter.

        Four matrices a head where d_Q = d_K = d_V = d: 4·H·d_k·d, and with H·d_k = d the 4·d² of the transformer.
        A gate (use_gate) is a projection of the query more. The window and the causal mask leave out scores, not weights.
        The dtype policy is that of every projection, which may keep its kernel in few bits.
        Sources: Vaswani et al. 2017; Qiu et al. 2025 (the gate).

        Options
        -------
        num_heads : Size, required
            Number of heads.
        key_dim : Size, required
            Size of each head for queries and keys.
        value_dim : Size | None, default None
            Size of each head for values.
        dropout : float, default 0.0
            Share of numbers that are set to zero while training.
        use_bias : bool, default True
            Whether to have a bias.
        output_shape : Size | Sequence[Size] | None, default None
            Shape of the output; some sizes may be left open.
        attention_axes : int | Sequence[int] | None, default None
            Axes over which attention is applied.
        sliding_window : Size | None, default None
            Positions that a query may look back on.
        flash_attention : bool | None, default None
            Whether to use flash attention.
        use_gate : bool, default False
            Whether a gate scales the heads.
        dtype : object, default None
            Data type of the weights, or a policy.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, kernel_constraint, kernel_initializer, kernel_regularizer, seed.
        """

class _GroupQueryAttention(Rule):
    def __call__(self, head_dim: Size, num_query_heads: Size, num_key_value_heads: Size, dropout: float = 0.0, use_bias: bool = True, sliding_window: Size | None = None, flash_attention: bool | None = None, *, use_gate: bool = False, dtype: object = None, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """H heads project the query; groups of heads share G projections of key and value.

        G = H is multi-head attention, G = 1 multi-query attention. Fewer groups have fewer weights; the products of
        queries and keys stay those of H heads.
        Source: Ainslie et al. 2023.

        Options
        -------
        head_dim : Size, required
            Size of each head.
        num_query_heads : Size, required
            Number of heads for queries.
        num_key_value_heads : Size, required
            Number of heads for keys and values.
        dropout : float, default 0.0
            Share of numbers that are set to zero while training.
        use_bias : bool, default True
            Whether to have a bias.
        sliding_window : Size | None, default None
            Positions that a query may look back on.
        flash_attention : bool | None, default None
            Whether to use flash attention.
        use_gate : bool, default False
            Whether a gate scales the heads.
        dtype : object, default None
            Data type of the weights, or a policy.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, kernel_constraint, kernel_initializer, kernel_regularizer, seed.
        """

class _AugMix(Rule):
    def __call__(self, value_range: object = None, num_chains: int | None = None, chain_depth: int | None = None, factor: object = None, alpha: float | None = None, all_ops: bool | None = None, interpolation: Literal['nearest', 'bilinear'] | None = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        value_range : object, default None
            Smallest and largest value of a pixel.
        num_chains : int | None, default None
            Number of chains.
        chain_depth : int | None, default None
            Operations in each chain.
        factor : object, default None
            Range or strength of the change.
        alpha : float | None, default None
            Slope or strength of the function.
        all_ops : bool | None, default None
            Whether to draw from all operations.
        interpolation : Literal['nearest', 'bilinear'] | None, default None
            Method of interpolation.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _AutoContrast(Rule):
    def __call__(self, value_range: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        value_range : object, default None
            Smallest and largest value of a pixel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _ContrastLimitedAdaptiveHistogramEqualization(Rule):
    def __call__(self, value_range: object = None, clip_limit: float | None = None, tile_grid_size: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        value_range : object, default None
            Smallest and largest value of a pixel.
        clip_limit : float | None, default None
            Limit of the contrast.
        tile_grid_size : object, default None
            Number of tiles along each axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _CutMix(Rule):
    def __call__(self, factor: object = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, default None
            Range or strength of the change.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _Equalization(Rule):
    def __call__(self, value_range: object = None, bins: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        value_range : object, default None
            Smallest and largest value of a pixel.
        bins : int | None, default None
            Number of bins of the histogram.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _MaxNumBoundingBoxes(Rule):
    def __call__(self, max_number: int, fill_value: float | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        max_number : int, required
            Largest number of boxes.
        fill_value : float | None, default None
            Value to fill with.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _MixUp(Rule):
    def __call__(self, alpha: float | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        alpha : float | None, default None
            Slope or strength of the function.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandAugment(Rule):
    def __call__(self, value_range: object = None, num_ops: int | None = None, factor: object = None, interpolation: Literal['nearest', 'bilinear'] | None = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        value_range : object, default None
            Smallest and largest value of a pixel.
        num_ops : int | None, default None
            Operations to apply.
        factor : object, default None
            Range or strength of the change.
        interpolation : Literal['nearest', 'bilinear'] | None, default None
            Method of interpolation.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomBrightness(Rule):
    def __call__(self, factor: object, value_range: object = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        value_range : object, default None
            Smallest and largest value of a pixel.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomColorDegeneration(Rule):
    def __call__(self, factor: object, value_range: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        value_range : object, default None
            Smallest and largest value of a pixel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomColorJitter(Rule):
    def __call__(self, value_range: object = None, brightness_factor: object = None, contrast_factor: object = None, saturation_factor: object = None, hue_factor: object = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        value_range : object, default None
            Smallest and largest value of a pixel.
        brightness_factor : object, default None
            Range of the change in brightness.
        contrast_factor : object, default None
            Range of the change in contrast.
        saturation_factor : object, default None
            Range of the change in saturation.
        hue_factor : object, default None
            Range of the change in hue.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomContrast(Rule):
    def __call__(self, factor: object, value_range: object = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        value_range : object, default None
            Smallest and largest value of a pixel.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomElasticTransform(Rule):
    def __call__(self, factor: object = None, scale: object = None, interpolation: Literal['nearest', 'bilinear'] | None = None, fill_mode: Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None = None, fill_value: float | None = None, value_range: object = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, default None
            Range or strength of the change.
        scale : object, default None
            Whether to learn a scale, or the scale itself.
        interpolation : Literal['nearest', 'bilinear'] | None, default None
            Method of interpolation.
        fill_mode : Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None, default None
            How to fill what lies outside the image.
        fill_value : float | None, default None
            Value to fill with.
        value_range : object, default None
            Smallest and largest value of a pixel.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomErasing(Rule):
    def __call__(self, factor: object = None, scale: object = None, fill_value: float | None = None, value_range: object = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, default None
            Range or strength of the change.
        scale : object, default None
            Whether to learn a scale, or the scale itself.
        fill_value : float | None, default None
            Value to fill with.
        value_range : object, default None
            Smallest and largest value of a pixel.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomFlip(Rule):
    def __call__(self, mode: Literal['horizontal', 'vertical', 'horizontal_and_vertical'] | None = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        mode : Literal['horizontal', 'vertical', 'horizontal_and_vertical'] | None, default None
            Variant of the operation.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomGaussianBlur(Rule):
    def __call__(self, factor: object = None, kernel_size: object = None, sigma: object = None, value_range: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, default None
            Range or strength of the change.
        kernel_size : object, default None
            Size of the window along each spatial axis.
        sigma : object, default None
            Width of the blur.
        value_range : object, default None
            Smallest and largest value of a pixel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomGrayscale(Rule):
    def __call__(self, factor: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, default None
            Range or strength of the change.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomHue(Rule):
    def __call__(self, factor: object, value_range: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        value_range : object, default None
            Smallest and largest value of a pixel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomInvert(Rule):
    def __call__(self, factor: object = None, value_range: object = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, default None
            Range or strength of the change.
        value_range : object, default None
            Smallest and largest value of a pixel.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomPerspective(Rule):
    def __call__(self, factor: object = None, scale: object = None, interpolation: Literal['nearest', 'bilinear'] | None = None, fill_value: float | None = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, default None
            Range or strength of the change.
        scale : object, default None
            Whether to learn a scale, or the scale itself.
        interpolation : Literal['nearest', 'bilinear'] | None, default None
            Method of interpolation.
        fill_value : float | None, default None
            Value to fill with.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomPosterization(Rule):
    def __call__(self, factor: object, value_range: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        value_range : object, default None
            Smallest and largest value of a pixel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomRotation(Rule):
    def __call__(self, factor: object, fill_mode: Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None = None, interpolation: Literal['nearest', 'bilinear'] | None = None, seed: int | None = None, fill_value: float | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        fill_mode : Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None, default None
            How to fill what lies outside the image.
        interpolation : Literal['nearest', 'bilinear'] | None, default None
            Method of interpolation.
        seed : int | None, default None
            Seed of the random numbers.
        fill_value : float | None, default None
            Value to fill with.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomSaturation(Rule):
    def __call__(self, factor: object, value_range: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        value_range : object, default None
            Smallest and largest value of a pixel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomSharpness(Rule):
    def __call__(self, factor: object, value_range: object = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        value_range : object, default None
            Smallest and largest value of a pixel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomShear(Rule):
    def __call__(self, x_factor: object = None, y_factor: object = None, interpolation: Literal['nearest', 'bilinear'] | None = None, fill_mode: Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None = None, fill_value: float | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, seed: int | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        x_factor : object, default None
            Range of the horizontal shear.
        y_factor : object, default None
            Range of the vertical shear.
        interpolation : Literal['nearest', 'bilinear'] | None, default None
            Method of interpolation.
        fill_mode : Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None, default None
            How to fill what lies outside the image.
        fill_value : float | None, default None
            Value to fill with.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        seed : int | None, default None
            Seed of the random numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomTranslation(Rule):
    def __call__(self, height_factor: object, width_factor: object, fill_mode: Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None = None, interpolation: Literal['nearest', 'bilinear'] | None = None, seed: int | None = None, fill_value: float | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        height_factor : object, required
            Range of the change in height.
        width_factor : object, required
            Range of the change in width.
        fill_mode : Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None, default None
            How to fill what lies outside the image.
        interpolation : Literal['nearest', 'bilinear'] | None, default None
            Method of interpolation.
        seed : int | None, default None
            Seed of the random numbers.
        fill_value : float | None, default None
            Value to fill with.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomZoom(Rule):
    def __call__(self, height_factor: object, width_factor: object = None, fill_mode: Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None = None, interpolation: Literal['nearest', 'bilinear'] | None = None, seed: int | None = None, fill_value: float | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        height_factor : object, required
            Range of the change in height.
        width_factor : object, default None
            Range of the change in width.
        fill_mode : Literal['constant', 'nearest', 'wrap', 'mirror', 'reflect'] | None, default None
            How to fill what lies outside the image.
        interpolation : Literal['nearest', 'bilinear'] | None, default None
            Method of interpolation.
        seed : int | None, default None
            Seed of the random numbers.
        fill_value : float | None, default None
            Value to fill with.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _Solarization(Rule):
    def __call__(self, addition_factor: object = None, threshold_factor: object = None, value_range: object = None, seed: int | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes images at random during training and keeps their shape; no weights.

        Options
        -------
        addition_factor : object, default None
            Range of the number added to each pixel.
        threshold_factor : object, default None
            Range of the threshold.
        value_range : object, default None
            Smallest and largest value of a pixel.
        seed : int | None, default None
            Seed of the random numbers.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _ConvLSTM1D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., activation: Named = ..., *, use_bias: bool = True, unit_forget_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_activation: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., zero_output_for_mask: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four convolutions (input, forget, candidate, output), each of the frame and of the previous output.

        An LSTM whose products are convolutions (∗).
        W is laid over the frame with these strides and this padding; U over the previous output, at every place of it.
        use_bias and unit_forget_bias: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015), the others at
        what bias_initializer gives, 0 by default.
        use_bias and unit_forget_bias=False: All biases, the forget gate's too, start at what bias_initializer gives, 0 by
        default.
        The number of time steps and the size of the frames change the work, never the number of parameters.
        Source: Shi et al. 2015, without the peepholes.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        use_bias : bool, default True
            Whether to have a bias.
        unit_forget_bias : bool, default True
            Whether to start the forget gate's bias at 1.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        unroll : bool, default False
            Whether to unroll the loop over time.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_activation, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed, zero_output_for_mask.
        """

class _ConvLSTM2D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., activation: Named = ..., *, use_bias: bool = True, unit_forget_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_activation: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., zero_output_for_mask: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four convolutions (input, forget, candidate, output), each of the frame and of the previous output.

        An LSTM whose products are convolutions (∗).
        W is laid over the frame with these strides and this padding; U over the previous output, at every place of it.
        use_bias and unit_forget_bias: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015), the others at
        what bias_initializer gives, 0 by default.
        use_bias and unit_forget_bias=False: All biases, the forget gate's too, start at what bias_initializer gives, 0 by
        default.
        The number of time steps and the size of the frames change the work, never the number of parameters.
        Source: Shi et al. 2015, without the peepholes.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        use_bias : bool, default True
            Whether to have a bias.
        unit_forget_bias : bool, default True
            Whether to start the forget gate's bias at 1.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        unroll : bool, default False
            Whether to unroll the loop over time.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_activation, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed, zero_output_for_mask.
        """

class _ConvLSTM3D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., activation: Named = ..., *, use_bias: bool = True, unit_forget_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_activation: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., zero_output_for_mask: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four convolutions (input, forget, candidate, output), each of the frame and of the previous output.

        An LSTM whose products are convolutions (∗).
        W is laid over the frame with these strides and this padding; U over the previous output, at every place of it.
        use_bias and unit_forget_bias: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015), the others at
        what bias_initializer gives, 0 by default.
        use_bias and unit_forget_bias=False: All biases, the forget gate's too, start at what bias_initializer gives, 0 by
        default.
        The number of time steps and the size of the frames change the work, never the number of parameters.
        Source: Shi et al. 2015, without the peepholes.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1, 1, 1)
            Spacing of the window's elements.
        use_bias : bool, default True
            Whether to have a bias.
        unit_forget_bias : bool, default True
            Whether to start the forget gate's bias at 1.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        unroll : bool, default False
            Whether to unroll the loop over time.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_activation, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed, zero_output_for_mask.
        """

class _Conv1D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same', 'causal'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., groups: Size = 1, activation: Named = ..., *, use_bias: bool = True, kernel_constraint: Named | None = None, lora_rank: Size | None = None, lora_alpha: float | None = None, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same', 'causal'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        use_bias : bool, default True
            Whether to have a bias.
        kernel_constraint : Named | None, default None
            Constraint on the kernel, applied after each update.
        lora_rank : Size | None, default None
            Rank of the low-rank update (LoRA); the kernel itself is then frozen.
        lora_alpha : float | None, default None
            Scale of the low-rank update.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_initializer, kernel_regularizer.
        """

class _Conv2D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., groups: Size = 1, activation: Named = ..., *, use_bias: bool = True, kernel_constraint: Named | None = None, lora_rank: Size | None = None, lora_alpha: float | None = None, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        use_bias : bool, default True
            Whether to have a bias.
        kernel_constraint : Named | None, default None
            Constraint on the kernel, applied after each update.
        lora_rank : Size | None, default None
            Rank of the low-rank update (LoRA); the kernel itself is then frozen.
        lora_alpha : float | None, default None
            Scale of the low-rank update.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_initializer, kernel_regularizer.
        """

class _Conv3D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., groups: Size = 1, activation: Named = ..., *, use_bias: bool = True, kernel_constraint: Named | None = None, lora_rank: Size | None = None, lora_alpha: float | None = None, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1, 1, 1)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        use_bias : bool, default True
            Whether to have a bias.
        kernel_constraint : Named | None, default None
            Constraint on the kernel, applied after each update.
        lora_rank : Size | None, default None
            Rank of the low-rank update (LoRA); the kernel itself is then frozen.
        lora_alpha : float | None, default None
            Scale of the low-rank update.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_initializer, kernel_regularizer.
        """

class _Conv1DTranspose(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', output_padding: Size | Sequence[Size] | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., activation: Named = ..., *, use_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        A convolution run backwards: every place of the input is spread over a window of the output. The kernel holds
        (window, filters, input channels), the other way about than Conv. Every weight meets every place of the input once.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        output_padding : Size | Sequence[Size] | None, default None
            Size added at one end of each output axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_constraint, kernel_initializer, kernel_regularizer.
        """

class _Conv2DTranspose(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', output_padding: Size | Sequence[Size] | None = None, data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., activation: Named = ..., *, use_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        A convolution run backwards: every place of the input is spread over a window of the output. The kernel holds
        (window, filters, input channels), the other way about than Conv. Every weight meets every place of the input once.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        output_padding : Size | Sequence[Size] | None, default None
            Size added at one end of each output axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_constraint, kernel_initializer, kernel_regularizer.
        """

class _Conv3DTranspose(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, output_padding: Size | Sequence[Size] | None = None, dilation_rate: Size | Sequence[Size] = ..., activation: Named = ..., *, use_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        A convolution run backwards: every place of the input is spread over a window of the output. The kernel holds
        (window, filters, input channels), the other way about than Conv. Every weight meets every place of the input once.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        output_padding : Size | Sequence[Size] | None, default None
            Size added at one end of each output axis.
        dilation_rate : Size | Sequence[Size], default (1, 1, 1)
            Spacing of the window's elements.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_constraint, kernel_initializer, kernel_regularizer.
        """

class _DepthwiseConv1D(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', depth_multiplier: Size = 1, data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., activation: Named = ..., *, use_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., depthwise_constraint: Named = ..., depthwise_initializer: Named = ..., depthwise_regularizer: Named = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each input channel has depth_multiplier filters of its own, each with a bias.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        depth_multiplier : Size, default 1
            Output channels for each input channel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, depthwise_constraint, depthwise_initializer, depthwise_regularizer, dtype.
        """

class _DepthwiseConv2D(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', depth_multiplier: Size = 1, data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., activation: Named = ..., *, use_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., depthwise_constraint: Named = ..., depthwise_initializer: Named = ..., depthwise_regularizer: Named = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each input channel has depth_multiplier filters of its own, each with a bias.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        depth_multiplier : Size, default 1
            Output channels for each input channel.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, depthwise_constraint, depthwise_initializer, depthwise_regularizer, dtype.
        """

class _SeparableConv1D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., depth_multiplier: Size = 1, activation: Named = ..., *, use_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., depthwise_constraint: Named = ..., depthwise_initializer: Named = ..., depthwise_regularizer: Named = ..., dtype: object = ..., pointwise_constraint: Named = ..., pointwise_initializer: Named = ..., pointwise_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A depthwise convolution of each channel, then a dense network across the channels at every position.

        The depthwise kernel has k·C weights (times depth_multiplier m), the pointwise one C·F (times m), where an
        ordinary convolution has k·C·F. Source: Chollet 2017, Xception.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        depth_multiplier : Size, default 1
            Output channels for each input channel.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, depthwise_constraint, depthwise_initializer, depthwise_regularizer, dtype, pointwise_constraint, pointwise_initializer, pointwise_regularizer.
        """

class _SeparableConv2D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, dilation_rate: Size | Sequence[Size] = ..., depth_multiplier: Size = 1, activation: Named = ..., *, use_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., depthwise_constraint: Named = ..., depthwise_initializer: Named = ..., depthwise_regularizer: Named = ..., dtype: object = ..., pointwise_constraint: Named = ..., pointwise_initializer: Named = ..., pointwise_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A depthwise convolution of each channel, then a dense network across the channels at every position.

        The depthwise kernel has k·C weights (times depth_multiplier m), the pointwise one C·F (times m), where an
        ordinary convolution has k·C·F. Source: Chollet 2017, Xception.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        dilation_rate : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        depth_multiplier : Size, default 1
            Output channels for each input channel.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, depthwise_constraint, depthwise_initializer, depthwise_regularizer, dtype, pointwise_constraint, pointwise_initializer, pointwise_regularizer.
        """

class _Dense(Rule):
    def __call__(self, units: Size, activation: Named = ..., *, use_bias: bool = True, kernel_constraint: Named | None = None, lora_rank: Size | None = None, lora_alpha: float | None = None, quantization_config: Mapping[str, object] | None = None, dtype: object = None, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A weight from every input feature to every unit, and a bias for each unit.

        With lora_rank, two thin tables learn beside a kernel that does not: Hu et al. 2021.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        use_bias : bool, default True
            Whether to have a bias.
        kernel_constraint : Named | None, default None
            Constraint on the kernel, applied after each update.
        lora_rank : Size | None, default None
            Rank of the low-rank update (LoRA); the kernel itself is then frozen.
        lora_alpha : float | None, default None
            Scale of the low-rank update.
        quantization_config : Mapping[str, object] | None, default None
            How the weights are kept in few bits.
        dtype : object, default None
            Data type of the weights, or a policy.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, kernel_initializer, kernel_regularizer.
        """

class _EinsumDense(Rule):
    def __call__(self, equation: str, output_shape: Size | Sequence[Size | None], activation: Named = ..., *, bias_axes: str | None = None, kernel_constraint: Named | None = None, lora_rank: Size | None = None, lora_alpha: float | None = None, quantization_config: Mapping[str, object] | None = None, dtype: object = None, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., gptq_unpacked_column_size: object = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A weight for every combination of the kernel's letters in the equation, and a bias along bias_axes.

        A letter of the kernel that the output lacks is summed over: abc,cd->abd is Dense on sequences.

        Options
        -------
        equation : str, required
            Equation of the product, such as abc,cd->abd.
        output_shape : Size | Sequence[Size | None], required
            Shape of the output; some sizes may be left open.
        bias_axes : str | None, default None
            Output axes that have a bias.
        kernel_constraint : Named | None, default None
            Constraint on the kernel, applied after each update.
        lora_rank : Size | None, default None
            Rank of the low-rank update (LoRA); the kernel itself is then frozen.
        lora_alpha : float | None, default None
            Scale of the low-rank update.
        quantization_config : Mapping[str, object] | None, default None
            How the weights are kept in few bits.
        dtype : object, default None
            Data type of the weights, or a policy.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, gptq_unpacked_column_size, kernel_initializer, kernel_regularizer.
        """

class _Embedding(Rule):
    def __call__(self, input_dim: Size, output_dim: Size, *, embeddings_constraint: Named | None = None, weights: object = None, lora_rank: Size | None = None, lora_alpha: float | None = None, quantization_config: Mapping[str, object] | None = None, dtype: object = None, activity_regularizer: Named = ..., autocast: bool = ..., embeddings_initializer: Named = ..., embeddings_regularizer: Named = ..., input_length: float | None = ..., mask_zero: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A table with one row of output_dim numbers for each of input_dim tokens. A lookup costs no multiply-adds.

        Options
        -------
        input_dim : Size, required
            Number of tokens in the vocabulary.
        output_dim : Size, required
            Size of each token's vector.
        embeddings_constraint : Named | None, default None
            Constraint on the embedding table, applied after each update.
        weights : object, default None
            Initial values of the weights.
        lora_rank : Size | None, default None
            Rank of the low-rank update (LoRA); the kernel itself is then frozen.
        lora_alpha : float | None, default None
            Scale of the low-rank update.
        quantization_config : Mapping[str, object] | None, default None
            How the weights are kept in few bits.
        dtype : object, default None
            Data type of the weights, or a policy.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, embeddings_initializer, embeddings_regularizer, input_length, mask_zero.
        """

class _ReversibleEmbedding(Rule):
    def __call__(self, input_dim: Size, output_dim: Size, tie_weights: bool = True, *, logit_soft_cap: float | None = None, embeddings_constraint: Named | None = None, lora_rank: Size | None = None, lora_alpha: float | None = None, quantization_config: Mapping[str, object] | None = None, dtype: object = None, activity_regularizer: Named = ..., autocast: bool = ..., embeddings_initializer: Named = ..., embeddings_regularizer: Named = ..., input_length: float | None = ..., mask_zero: bool = ..., reverse_dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A table of embeddings that also maps back to tokens; with tie_weights=False, a second table does.

        Called with reverse=True it takes embeddings and gives one number for each token.
        Source: Press & Wolf 2017.

        Options
        -------
        input_dim : Size, required
            Number of tokens in the vocabulary.
        output_dim : Size, required
            Size of each token's vector.
        tie_weights : bool, default True
            Whether the way back uses the same table.
        logit_soft_cap : float | None, default None
            Bound on the logits.
        embeddings_constraint : Named | None, default None
            Constraint on the embedding table, applied after each update.
        lora_rank : Size | None, default None
            Rank of the low-rank update (LoRA); the kernel itself is then frozen.
        lora_alpha : float | None, default None
            Scale of the low-rank update.
        quantization_config : Mapping[str, object] | None, default None
            How the weights are kept in few bits.
        dtype : object, default None
            Data type of the weights, or a policy.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, embeddings_initializer, embeddings_regularizer, input_length, mask_zero, reverse_dtype.
        """

class _Masking(Rule):
    def __call__(self, mask_value: object = ..., *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Marks time steps to skip; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, mask_value.
        """

class _Identity(Rule):
    def __call__(self, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Returns its input; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Dropout(Rule):
    def __call__(self, rate: float, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., noise_shape: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Sets a random fraction to zero during training; no weights.

        Options
        -------
        rate : float, required
            Share of numbers that are set to zero while training, or the strength of the noise.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, noise_shape, seed.
        """

class _AlphaDropout(Rule):
    def __call__(self, rate: float, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., noise_shape: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Dropout that preserves mean and variance; no weights.

        Options
        -------
        rate : float, required
            Share of numbers that are set to zero while training, or the strength of the noise.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, noise_shape, seed.
        """

class _GaussianDropout(Rule):
    def __call__(self, rate: float, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Multiplies by noise around 1 during training; no weights.

        Options
        -------
        rate : float, required
            Share of numbers that are set to zero while training, or the strength of the noise.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, seed.
        """

class _GaussianNoise(Rule):
    def __call__(self, stddev: float, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Adds noise during training; no weights.

        Options
        -------
        stddev : float, required
            Standard deviation of the noise.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, seed.
        """

class _SpatialDropout1D(Rule):
    def __call__(self, rate: float, *, dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Sets random channels to zero during training; no weights.

        Options
        -------
        rate : float, required
            Share of numbers that are set to zero while training, or the strength of the noise.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype, seed.
        """

class _SpatialDropout2D(Rule):
    def __call__(self, rate: float, data_format: Literal['channels_last', 'channels_first'] | None = None, *, dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Sets random channels to zero during training; no weights.

        Options
        -------
        rate : float, required
            Share of numbers that are set to zero while training, or the strength of the noise.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype, seed.
        """

class _SpatialDropout3D(Rule):
    def __call__(self, rate: float, data_format: Literal['channels_last', 'channels_first'] | None = None, *, dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Sets random channels to zero during training; no weights.

        Options
        -------
        rate : float, required
            Share of numbers that are set to zero while training, or the strength of the noise.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype, seed.
        """

class _ActivityRegularization(Rule):
    def __call__(self, l1: float = 0.0, l2: float = 0.0, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Adds a penalty on the activations to the loss; no weights.

        Options
        -------
        l1 : float, default 0.0
            Strength of the penalty on absolute values.
        l2 : float, default 0.0
            Strength of the penalty on squares.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Activation(Rule):
    def __call__(self, activation: Named, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        activation : Named, required
            Activation function of the output; in LSTM and GRU of the candidate.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _ReLU(Rule):
    def __call__(self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        max_value : float | None, default None
            Upper bound of the function.
        negative_slope : float, default 0.0
            Slope below zero.
        threshold : float, default 0.0
            Threshold of the function.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _LeakyReLU(Rule):
    def __call__(self, negative_slope: float = 0.3, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        negative_slope : float, default 0.3
            Slope below zero.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _ELU(Rule):
    def __call__(self, alpha: float = 1.0, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        alpha : float, default 1.0
            Slope or strength of the function.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Softmax(Rule):
    def __call__(self, axis: int | Sequence[int] = -1, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Positive values that sum to 1 along an axis; no weights.

        Options
        -------
        axis : int | Sequence[int], default -1
            Axis, or axes, the layer works along.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _PReLU(Rule):
    def __call__(self, *, shared_axes: int | Sequence[int] | None = None, activity_regularizer: Named = ..., alpha_constraint: Named = ..., alpha_initializer: Named = ..., alpha_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One slope for each element of a sample; shared_axes share a slope.

        Options
        -------
        shared_axes : int | Sequence[int] | None, default None
            Axes along which one slope is shared.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, alpha_constraint, alpha_initializer, alpha_regularizer, autocast, dtype.
        """

class _Resizing(Rule):
    def __call__(self, height: Size, width: Size, interpolation: Literal['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] = 'bilinear', crop_to_aspect_ratio: bool = False, pad_to_aspect_ratio: bool = False, fill_mode: Literal['constant'] = 'constant', fill_value: float = 0.0, antialias: bool = False, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Resizes images to a height and width; no weights.

        Options
        -------
        height : Size, required
            Output height.
        width : Size, required
            Output width.
        interpolation : Literal['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'], default 'bilinear'
            Method of interpolation.
        crop_to_aspect_ratio : bool, default False
            Whether to crop, so that the aspect ratio stays.
        pad_to_aspect_ratio : bool, default False
            Whether to pad, so that the aspect ratio stays.
        fill_mode : Literal['constant'], default 'constant'
            How to fill what lies outside the image.
        fill_value : float, default 0.0
            Value to fill with.
        antialias : bool, default False
            Whether to smooth before making the image smaller.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _CenterCrop(Rule):
    def __call__(self, height: Size, width: Size, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Crops the center of each image; enlarges a smaller image first; no weights.

        Options
        -------
        height : Size, required
            Output height.
        width : Size, required
            Output width.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype.
        """

class _RandomCrop(Rule):
    def __call__(self, height: Size, width: Size, *, data_format: Literal['channels_last', 'channels_first'] | None = None, activity_regularizer: Named = ..., autocast: bool = ..., bounding_box_format: object = ..., dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Crops each image at a random position; no weights.

        Options
        -------
        height : Size, required
            Output height.
        width : Size, required
            Output width.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bounding_box_format, dtype, seed.
        """

class _CuDNNLSTM(Rule):
    def __call__(self, units: Size, *, unit_forget_bias: bool = True, time_major: bool = False, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_constraint: Named = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An LSTM in cuDNN's layout: each of the four networks has two biases, for the input and the previous output.

        The two biases are added up, so one would do; cuDNN has both, and LSTM with one only has 4·d_h parameters less.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        unit_forget_bias : bool, default True
            Whether to start the forget gate's bias at 1.
        time_major : bool, default False
            Whether time is the first axis.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_constraint, recurrent_initializer, recurrent_regularizer.
        """

class _CuDNNGRU(Rule):
    def __call__(self, units: Size, *, time_major: bool = False, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_constraint: Named = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A GRU in cuDNN's layout: each of the three networks has two biases, for the input and the previous output.

        The same count as GRU with reset_after, whose biases are two rows.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        time_major : bool, default False
            Whether time is the first axis.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_constraint, recurrent_initializer, recurrent_regularizer.
        """

class _LocallyConnected1D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, activation: Named = ..., *, use_bias: bool = True, implementation: Literal[1, 2, 3] = 1, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A convolution without shared weights: every position has filters and biases of its own.

        Implementation 2 keeps a weight from every input to every output, most of them held at zero; 3 keeps those
        that are used, 1 the same in another order.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        use_bias : bool, default True
            Whether to have a bias.
        implementation : Literal[1, 2, 3], default 1
            Which implementation computes the layer.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_constraint, kernel_initializer, kernel_regularizer.
        """

class _LocallyConnected2D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], strides: Size | Sequence[Size] = ..., padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, activation: Named = ..., *, use_bias: bool = True, implementation: Literal[1, 2, 3] = 1, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A convolution without shared weights: every position has filters and biases of its own.

        Implementation 2 keeps a weight from every input to every output, most of them held at zero; 3 keeps those
        that are used, 1 the same in another order.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        use_bias : bool, default True
            Whether to have a bias.
        implementation : Literal[1, 2, 3], default 1
            Which implementation computes the layer.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dtype, kernel_constraint, kernel_initializer, kernel_regularizer.
        """

class _ThresholdedReLU(Rule):
    def __call__(self, theta: float = 1.0, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        theta : float, default 1.0
            Threshold of the function.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _RandomHeight(Rule):
    def __call__(self, factor: object, interpolation: Literal['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'] = 'bilinear', *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes the height of images at random; no weights, and the output height is unknown.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        interpolation : Literal['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'], default 'bilinear'
            Method of interpolation.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, seed.
        """

class _RandomWidth(Rule):
    def __call__(self, factor: object, interpolation: Literal['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'] = 'bilinear', *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Changes the width of images at random; no weights, and the output width is unknown.

        Options
        -------
        factor : object, required
            Range or strength of the change.
        interpolation : Literal['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'], default 'bilinear'
            Method of interpolation.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, seed.
        """

class _Hashing(Rule):
    def __call__(self, num_bins: Size, mask_value: object = ..., *, output_mode: Literal['int', 'one_hot', 'multi_hot', 'count'] = 'int', sparse: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., salt: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Hashes each value into a bin; no weights.

        Options
        -------
        num_bins : Size, required
            Number of bins.
        output_mode : Literal['int', 'one_hot', 'multi_hot', 'count'], default 'int'
            Form of the output, such as int, multi_hot or count.
        sparse : bool, default False
            Whether the output, or the gradient, is a sparse tensor.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, mask_value, salt.
        """

class _HashedCrossing(Rule):
    def __call__(self, num_bins: Size, output_mode: Literal['int', 'one_hot'] = 'int', *, dtype: object = ..., name: str | None = None, sparse: object = ..., trainable: bool = True) -> Layer:  # type: ignore[override]
        """Hashes each pair of values into a bin; no weights.

        Options
        -------
        num_bins : Size, required
            Number of bins.
        output_mode : Literal['int', 'one_hot'], default 'int'
            Form of the output, such as int, multi_hot or count.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype, name, sparse.
        """

class _IntegerLookup(Rule):
    def __call__(self, max_tokens: Size | None = None, num_oov_indices: int = 1, mask_token: object = None, oov_token: object = -1, vocabulary: Sequence[object] | str | None = None, *, idf_weights: Sequence[object] | str | None = None, invert: bool = False, output_mode: Literal['int', 'one_hot', 'multi_hot', 'count', 'tf_idf', 'binary', 'tf-idf'] = 'int', sparse: bool = False, pad_to_max_tokens: bool = False, vocabulary_size: Size | None = None, dtype: object = ..., has_input_vocabulary: object = ..., name: str | None = None, oov_method: object = ..., salt: object = ..., trainable: bool = True, vocabulary_dtype: object = ...) -> Layer:  # type: ignore[override]
        """Maps numbers to their indices in a vocabulary, or encodes the indices. A vocabulary is not a weight.

        Options
        -------
        max_tokens : Size | None, default None
            Largest size of the vocabulary.
        num_oov_indices : int, default 1
            Indices for tokens outside the vocabulary.
        mask_token : object, default None
            Token that stands for padding.
        oov_token : object, default -1
            Token that stands for those outside the vocabulary.
        vocabulary : Sequence[object] | str | None, default None
            The tokens, or the file that lists them.
        idf_weights : Sequence[object] | str | None, default None
            Inverse document frequency of each token.
        invert : bool, default False
            Whether to map numbers back to tokens.
        output_mode : Literal['int', 'one_hot', 'multi_hot', 'count', 'tf_idf', 'binary', 'tf-idf'], default 'int'
            Form of the output, such as int, multi_hot or count.
        sparse : bool, default False
            Whether the output, or the gradient, is a sparse tensor.
        pad_to_max_tokens : bool, default False
            Whether the output is as wide as max_tokens.
        vocabulary_size : Size | None, default None
            Number of tokens in the vocabulary.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype, has_input_vocabulary, name, oov_method, salt, trainable, vocabulary_dtype.
        """

class _StringLookup(Rule):
    def __call__(self, max_tokens: Size | None = None, num_oov_indices: int = 1, mask_token: object = None, oov_token: object = '[UNK]', vocabulary: Sequence[object] | str | None = None, *, idf_weights: Sequence[object] | str | None = None, invert: bool = False, output_mode: Literal['int', 'one_hot', 'multi_hot', 'count', 'tf_idf', 'binary', 'tf-idf'] = 'int', pad_to_max_tokens: bool = False, sparse: bool = False, vocabulary_size: Size | None = None, dtype: object = ..., encoding: object = ..., has_input_vocabulary: object = ..., name: str | None = None, oov_method: object = ..., salt: object = ..., trainable: bool = True) -> Layer:  # type: ignore[override]
        """Maps words to their indices in a vocabulary, or encodes the indices. A vocabulary is not a weight.

        Options
        -------
        max_tokens : Size | None, default None
            Largest size of the vocabulary.
        num_oov_indices : int, default 1
            Indices for tokens outside the vocabulary.
        mask_token : object, default None
            Token that stands for padding.
        oov_token : object, default '[UNK]'
            Token that stands for those outside the vocabulary.
        vocabulary : Sequence[object] | str | None, default None
            The tokens, or the file that lists them.
        idf_weights : Sequence[object] | str | None, default None
            Inverse document frequency of each token.
        invert : bool, default False
            Whether to map numbers back to tokens.
        output_mode : Literal['int', 'one_hot', 'multi_hot', 'count', 'tf_idf', 'binary', 'tf-idf'], default 'int'
            Form of the output, such as int, multi_hot or count.
        pad_to_max_tokens : bool, default False
            Whether the output is as wide as max_tokens.
        sparse : bool, default False
            Whether the output, or the gradient, is a sparse tensor.
        vocabulary_size : Size | None, default None
            Number of tokens in the vocabulary.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype, encoding, has_input_vocabulary, name, oov_method, salt, trainable.
        """

class _TextVectorization(Rule):
    def __call__(self, max_tokens: Size | None = None, *, split: object = 'whitespace', output_mode: Literal['int', 'one_hot', 'multi_hot', 'count', 'tf_idf', 'binary', 'tf-idf'] = 'int', output_sequence_length: Size | None = None, pad_to_max_tokens: bool = False, vocabulary: Sequence[object] | str | None = None, idf_weights: Sequence[object] | str | None = None, sparse: bool = False, ragged: bool = False, vocabulary_size: Size | None = None, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., encoding: object = ..., has_input_vocabulary: object = ..., ngrams: object = ..., standardize: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Splits texts into words and maps them to indices, or counts them. The vocabulary is not a weight.

        Options
        -------
        max_tokens : Size | None, default None
            Largest size of the vocabulary.
        split : object, default 'whitespace'
            How to split the text into tokens.
        output_mode : Literal['int', 'one_hot', 'multi_hot', 'count', 'tf_idf', 'binary', 'tf-idf'], default 'int'
            Form of the output, such as int, multi_hot or count.
        output_sequence_length : Size | None, default None
            Length to pad or cut the output to.
        pad_to_max_tokens : bool, default False
            Whether the output is as wide as max_tokens.
        vocabulary : Sequence[object] | str | None, default None
            The tokens, or the file that lists them.
        idf_weights : Sequence[object] | str | None, default None
            Inverse document frequency of each token.
        sparse : bool, default False
            Whether the output, or the gradient, is a sparse tensor.
        ragged : bool, default False
            Whether the output is ragged.
        vocabulary_size : Size | None, default None
            Number of tokens in the vocabulary.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, encoding, has_input_vocabulary, ngrams, standardize.
        """

class _Add(Rule):
    def __call__(self, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Elementwise, with broadcast; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Multiply(Rule):
    def __call__(self, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Elementwise, with broadcast; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Average(Rule):
    def __call__(self, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Elementwise, with broadcast; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Maximum(Rule):
    def __call__(self, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Elementwise, with broadcast; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Minimum(Rule):
    def __call__(self, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Elementwise, with broadcast; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Subtract(Rule):
    def __call__(self, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Subtracts the second input from the first, elementwise; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Concatenate(Rule):
    def __call__(self, axis: int = -1, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Concatenates its inputs along an axis. All other axes must have equal sizes.

        Options
        -------
        axis : int, default -1
            Axis, or axes, the layer works along.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Dot(Rule):
    def __call__(self, axes: int | Sequence[int], *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., normalize: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The dot product of two inputs along one axis of each, for each sample.

        Options
        -------
        axes : int | Sequence[int], required
            Axes over which the dot product is taken.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, normalize.
        """

class _BatchNormalization(Rule):
    def __call__(self, axis: int = -1, *, center: bool = True, scale: bool = True, renorm: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., beta_constraint: Named = ..., beta_initializer: Named = ..., beta_regularizer: Named = ..., dtype: object = ..., epsilon: float = ..., gamma_constraint: Named = ..., gamma_initializer: Named = ..., gamma_regularizer: Named = ..., momentum: float = ..., moving_mean_initializer: Named = ..., moving_variance_initializer: Named = ..., renorm_clipping: object = ..., renorm_momentum: float = ..., synchronized: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each feature, and a moving mean and variance, which are not trained.

        Sources: Ioffe & Szegedy 2015; Ioffe 2017 (renorm, with statistics of its own).

        Options
        -------
        axis : int, default -1
            Axis, or axes, the layer works along.
        center : bool, default True
            Whether to learn an offset, beta.
        scale : bool, default True
            Whether to learn a scale, or the scale itself.
        renorm : bool, default False
            Whether to use batch renormalization.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, beta_constraint, beta_initializer, beta_regularizer, dtype, epsilon, gamma_constraint, gamma_initializer, gamma_regularizer, momentum, moving_mean_initializer, moving_variance_initializer, renorm_clipping, renorm_momentum, synchronized.
        """

class _LayerNormalization(Rule):
    def __call__(self, axis: int | Sequence[int] = -1, *, center: bool = True, scale: bool = True, rms_scaling: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., beta_constraint: Named = ..., beta_initializer: Named = ..., beta_regularizer: Named = ..., dtype: object = ..., epsilon: float = ..., gamma_constraint: Named = ..., gamma_initializer: Named = ..., gamma_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each position along the normalized axes.

        With rms_scaling, which Keras calls deprecated, always a scale and never a shift.
        Source: Ba et al. 2016.

        Options
        -------
        axis : int | Sequence[int], default -1
            Axis, or axes, the layer works along.
        center : bool, default True
            Whether to learn an offset, beta.
        scale : bool, default True
            Whether to learn a scale, or the scale itself.
        rms_scaling : bool, default False
            Whether to divide by the root mean square, without a mean and an offset.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, beta_constraint, beta_initializer, beta_regularizer, dtype, epsilon, gamma_constraint, gamma_initializer, gamma_regularizer.
        """

class _RMSNormalization(Rule):
    def __call__(self, axis: int | Sequence[int] = -1, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., epsilon: float = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale for each position along the normalized axes. No mean is subtracted and no shift is added.

        Source: Zhang & Sennrich 2019.

        Options
        -------
        axis : int | Sequence[int], default -1
            Axis, or axes, the layer works along.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, epsilon.
        """

class _UnitNormalization(Rule):
    def __call__(self, axis: int | Sequence[int] = -1, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Divides by the norm along the axes; no weights.

        Options
        -------
        axis : int | Sequence[int], default -1
            Axis, or axes, the layer works along.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _GroupNormalization(Rule):
    def __call__(self, groups: Size = 32, axis: int = -1, *, center: bool = True, scale: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., beta_constraint: Named = ..., beta_initializer: Named = ..., beta_regularizer: Named = ..., dtype: object = ..., epsilon: float = ..., gamma_constraint: Named = ..., gamma_initializer: Named = ..., gamma_regularizer: Named = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each channel. The number of groups does not change the count.

        One group is nearly layer normalization, groups=-1 instance normalization.
        Source: Wu & He 2018.

        Options
        -------
        groups : Size, default 32
            Groups of channels that do not mix.
        axis : int, default -1
            Axis, or axes, the layer works along.
        center : bool, default True
            Whether to learn an offset, beta.
        scale : bool, default True
            Whether to learn a scale, or the scale itself.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, beta_constraint, beta_initializer, beta_regularizer, dtype, epsilon, gamma_constraint, gamma_initializer, gamma_regularizer.
        """

class _SpectralNormalization(Rule):
    def __call__(self, layer: AnyLayer, power_iterations: int = 1, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The weights of a layer, and an untrained vector that estimates the spectral norm of its kernel.

        Source: Miyato et al. 2018.

        Options
        -------
        layer : AnyLayer, required
            Layer inside the wrapper.
        power_iterations : int, default 1
            Iterations to estimate the largest singular value.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _MaxPooling1D(Rule):
    def __call__(self, pool_size: Size | Sequence[Size] = ..., strides: Size | Sequence[Size] | None = None, padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; no weights.

        Options
        -------
        pool_size : Size | Sequence[Size], default (2,)
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _MaxPooling2D(Rule):
    def __call__(self, pool_size: Size | Sequence[Size] = ..., strides: Size | Sequence[Size] | None = None, padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; no weights.

        Options
        -------
        pool_size : Size | Sequence[Size], default (2, 2)
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _MaxPooling3D(Rule):
    def __call__(self, pool_size: Size | Sequence[Size] = ..., strides: Size | Sequence[Size] | None = None, padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; no weights.

        Options
        -------
        pool_size : Size | Sequence[Size], default (2, 2, 2)
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AveragePooling1D(Rule):
    def __call__(self, pool_size: Size | Sequence[Size], strides: Size | Sequence[Size] | None = None, padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; no weights.

        Options
        -------
        pool_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AveragePooling2D(Rule):
    def __call__(self, pool_size: Size | Sequence[Size], strides: Size | Sequence[Size] | None = None, padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; no weights.

        Options
        -------
        pool_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AveragePooling3D(Rule):
    def __call__(self, pool_size: Size | Sequence[Size], strides: Size | Sequence[Size] | None = None, padding: Literal['valid', 'same'] = 'valid', data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; no weights.

        Options
        -------
        pool_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        strides : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _GlobalMaxPooling1D(Rule):
    def __call__(self, data_format: Literal['channels_last', 'channels_first'] | None = None, keepdims: bool = False, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each channel; no weights.

        Options
        -------
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        keepdims : bool, default False
            Whether to keep the reduced axes with size 1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _GlobalMaxPooling2D(Rule):
    def __call__(self, data_format: Literal['channels_last', 'channels_first'] | None = None, keepdims: bool = False, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each channel; no weights.

        Options
        -------
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        keepdims : bool, default False
            Whether to keep the reduced axes with size 1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _GlobalMaxPooling3D(Rule):
    def __call__(self, data_format: Literal['channels_last', 'channels_first'] | None = None, keepdims: bool = False, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each channel; no weights.

        Options
        -------
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        keepdims : bool, default False
            Whether to keep the reduced axes with size 1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _GlobalAveragePooling1D(Rule):
    def __call__(self, data_format: Literal['channels_last', 'channels_first'] | None = None, keepdims: bool = False, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each channel; no weights.

        Options
        -------
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        keepdims : bool, default False
            Whether to keep the reduced axes with size 1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _GlobalAveragePooling2D(Rule):
    def __call__(self, data_format: Literal['channels_last', 'channels_first'] | None = None, keepdims: bool = False, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each channel; no weights.

        Options
        -------
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        keepdims : bool, default False
            Whether to keep the reduced axes with size 1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _GlobalAveragePooling3D(Rule):
    def __call__(self, data_format: Literal['channels_last', 'channels_first'] | None = None, keepdims: bool = False, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each channel; no weights.

        Options
        -------
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        keepdims : bool, default False
            Whether to keep the reduced axes with size 1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AdaptiveMaxPooling1D(Rule):
    def __call__(self, output_size: Size | Sequence[Size], data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AdaptiveMaxPooling2D(Rule):
    def __call__(self, output_size: Size | Sequence[Size], data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AdaptiveMaxPooling3D(Rule):
    def __call__(self, output_size: Size | Sequence[Size], data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AdaptiveAveragePooling1D(Rule):
    def __call__(self, output_size: Size | Sequence[Size], data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AdaptiveAveragePooling2D(Rule):
    def __call__(self, output_size: Size | Sequence[Size], data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _AdaptiveAveragePooling3D(Rule):
    def __call__(self, output_size: Size | Sequence[Size], data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Normalization(Rule):
    def __call__(self, axis: int | Sequence[int] | None = -1, mean: object = None, variance: object = None, invert: bool = False, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A mean and a variance for each position along the axes, and a count. adapt() sets them; training does not.

        Given a mean and a variance it has no weights at all.

        Options
        -------
        axis : int | Sequence[int] | None, default -1
            Axis, or axes, the layer works along.
        mean : object, default None
            Mean of the data, if known.
        variance : object, default None
            Variance of the data, if known.
        invert : bool, default False
            Whether to map numbers back to tokens.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Rescaling(Rule):
    def __call__(self, scale: object, offset: object = ..., *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Multiplies the input by a constant and adds another; no weights.

        Options
        -------
        scale : object, required
            Whether to learn a scale, or the scale itself.
        offset : object, default 0.0
            Number to add.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _CategoryEncoding(Rule):
    def __call__(self, num_tokens: Size, output_mode: Literal['multi_hot', 'one_hot', 'count', 'binary'] = 'multi_hot', *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., sparse: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One-hot, multi-hot or count encoding of categories; no weights.

        Options
        -------
        num_tokens : Size, required
            Number of categories.
        output_mode : Literal['multi_hot', 'one_hot', 'count', 'binary'], default 'multi_hot'
            Form of the output, such as int, multi_hot or count.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, sparse.
        """

class _Discretization(Rule):
    def __call__(self, bin_boundaries: object = None, num_bins: Size | None = None, *, output_mode: Literal['int', 'one_hot', 'multi_hot', 'count'] = 'int', dtype: object = ..., epsilon: float = ..., sparse: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Maps each number to a bin. The boundaries come from data and are not weights.

        Options
        -------
        bin_boundaries : object, default None
            Boundaries of the bins.
        num_bins : Size | None, default None
            Number of bins.
        output_mode : Literal['int', 'one_hot', 'multi_hot', 'count'], default 'int'
            Form of the output, such as int, multi_hot or count.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype, epsilon, sparse.
        """

class _STFTSpectrogram(Rule):
    def __call__(self, mode: Literal['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'] = 'log', frame_length: Size = 256, frame_step: Size | None = None, fft_length: Size | None = None, *, padding: Literal['valid', 'same'] = 'valid', expand_dims: bool = False, data_format: Literal['channels_last', 'channels_first'] | None = None, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., periodic: object = ..., scaling: Literal['density', 'spectrum'] | None = ..., window: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A convolution with a real and an imaginary wave for each frequency. The waves can be trained.

        Options
        -------
        mode : Literal['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'], default 'log'
            Variant of the operation.
        frame_length : Size, default 256
            Samples in each frame.
        frame_step : Size | None, default None
            Samples between the starts of two frames.
        fft_length : Size | None, default None
            Length of the Fourier transform.
        padding : Literal['valid', 'same'], default 'valid'
            How much to add at the borders, or a rule such as same or valid.
        expand_dims : bool, default False
            Whether to keep a channel axis of size 1.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, periodic, scaling, window.
        """

class _MelSpectrogram(Rule):
    def __call__(self, fft_length: Size = 2048, sequence_stride: Size = 512, sequence_length: Size | None = None, *, num_mel_bins: Size = 128, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., mag_exp: object = ..., max_freq: object = ..., min_freq: object = ..., min_power: object = ..., power_to_db: object = ..., ref_power: object = ..., sampling_rate: float = ..., top_db: object = ..., window: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A Fourier transform and a fixed matrix give the energy in each mel band over time; no weights.

        Options
        -------
        fft_length : Size, default 2048
            Length of the Fourier transform.
        sequence_stride : Size, default 512
            Samples between the starts of two frames.
        sequence_length : Size | None, default None
            Samples in each frame.
        num_mel_bins : Size, default 128
            Number of mel bands.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, mag_exp, max_freq, min_freq, min_power, power_to_db, ref_power, sampling_rate, top_db, window.
        """

class _Pipeline(Rule):
    def __call__(self, layers: AnyLayer | Sequence[AnyLayer], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A chain of layers: their weights, and none of its own.

        Options
        -------
        layers : AnyLayer | Sequence[AnyLayer], required
            Layers to apply one after the other.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _SimpleRNNCell(Rule):
    def __call__(self, units: Size, activation: Named = ..., *, use_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One dense network of the input and the previous output.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed.
        """

class _SimpleRNN(Rule):
    def __call__(self, units: Size, activation: Named = ..., *, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., zero_output_for_mask: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One dense network of the input and the previous output, the same at every time step.

        An output layer y_t = h_t V + c is a Dense of its own.
        The number of time steps changes the work, never the number of parameters.
        Source: Elman 1990.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        use_bias : bool, default True
            Whether to have a bias.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        unroll : bool, default False
            Whether to unroll the loop over time.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed, zero_output_for_mask.
        """

class _LSTMCell(Rule):
    def __call__(self, units: Size, activation: Named = ..., *, use_bias: bool = True, unit_forget_bias: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., implementation: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_activation: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output), each of the input and the previous output.

        use_bias and unit_forget_bias: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015), the others at
        what bias_initializer gives, 0 by default.
        use_bias and unit_forget_bias=False: All biases, the forget gate's too, start at what bias_initializer gives, 0 by
        default.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        use_bias : bool, default True
            Whether to have a bias.
        unit_forget_bias : bool, default True
            Whether to start the forget gate's bias at 1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, implementation, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_activation, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed.
        """

class _LSTM(Rule):
    def __call__(self, units: Size, activation: Named = ..., *, use_bias: bool = True, unit_forget_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., implementation: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_activation: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., use_cudnn: Literal['auto', True, False] = ..., zero_output_for_mask: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output), the same at every time step.

        Each network sees the input x_t and the previous output h_(t-1). The cell state c_t and the output h_t have no
        weights of their own.
        use_bias and unit_forget_bias: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015), the others at
        what bias_initializer gives, 0 by default.
        use_bias and unit_forget_bias=False: All biases, the forget gate's too, start at what bias_initializer gives, 0 by
        default.
        The number of time steps changes the work, never the number of parameters.
        Sources: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (the forget gate).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        use_bias : bool, default True
            Whether to have a bias.
        unit_forget_bias : bool, default True
            Whether to start the forget gate's bias at 1.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        unroll : bool, default False
            Whether to unroll the loop over time.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, implementation, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_activation, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed, use_cudnn, zero_output_for_mask.
        """

class _GRUCell(Rule):
    def __call__(self, units: Size, activation: Named = ..., *, use_bias: bool = True, reset_after: bool = True, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., implementation: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_activation: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Three dense networks (update, reset, candidate); reset_after keeps a second, recurrent row of biases.

        use_bias and reset_after: The reset gate acts on the product with U, which therefore has biases b' of its own.
        reset_after=False: The reset gate acts on the previous output, before the product with U.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        use_bias : bool, default True
            Whether to have a bias.
        reset_after : bool, default True
            Whether the reset gate acts after the recurrent product; then there are two biases.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, implementation, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_activation, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed.
        """

class _GRU(Rule):
    def __call__(self, units: Size, activation: Named = ..., *, use_bias: bool = True, reset_after: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., bias_constraint: Named = ..., bias_initializer: Named = ..., bias_regularizer: Named = ..., dropout: float = ..., dtype: object = ..., implementation: object = ..., kernel_constraint: Named = ..., kernel_initializer: Named = ..., kernel_regularizer: Named = ..., recurrent_activation: Named = ..., recurrent_constraint: Named = ..., recurrent_dropout: float = ..., recurrent_initializer: Named = ..., recurrent_regularizer: Named = ..., seed: object = ..., use_cudnn: Literal['auto', True, False] = ..., zero_output_for_mask: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Three dense networks (update, reset, candidate); reset_after keeps a second, recurrent row of biases.

        use_bias and reset_after: The reset gate acts on the product with U, as in cuDNN, so that product has biases b' of
        its own: 2·d_h a network instead of d_h.
        reset_after=False: The reset gate acts on the previous output, before the product with U, as in the paper.
        The number of time steps changes the work, never the number of parameters.
        Source: Cho et al. 2014.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        use_bias : bool, default True
            Whether to have a bias.
        reset_after : bool, default True
            Whether the reset gate acts after the recurrent product; then there are two biases.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        unroll : bool, default False
            Whether to unroll the loop over time.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activation, activity_regularizer, autocast, bias_constraint, bias_initializer, bias_regularizer, dropout, dtype, implementation, kernel_constraint, kernel_initializer, kernel_regularizer, recurrent_activation, recurrent_constraint, recurrent_dropout, recurrent_initializer, recurrent_regularizer, seed, use_cudnn, zero_output_for_mask.
        """

class _StackedRNNCells(Rule):
    def __call__(self, cells: AnyLayer | Sequence[AnyLayer], *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A stack of cells: each cell takes the output of the cell below as its input.

        A cell that stands in several places has one set of weights.

        Options
        -------
        cells : AnyLayer | Sequence[AnyLayer], required
            Cells to stack.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _RNN(Rule):
    def __call__(self, cell: AnyLayer | Sequence[AnyLayer], *, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., zero_output_for_mask: bool = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Any cell, or a stack of cells, the same at every time step.

        Options
        -------
        cell : AnyLayer | Sequence[AnyLayer], required
            Cell that is run over the time steps, or a list of stacked cells.
        return_sequences : bool, default False
            Whether to return the output of every time step, and not of the last one alone.
        return_state : bool, default False
            Whether to return the last states, too.
        go_backwards : bool, default False
            Whether to read the sequence from its end.
        stateful : bool, default False
            Whether to start each batch from the last state of the batch before.
        unroll : bool, default False
            Whether to unroll the loop over time.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, zero_output_for_mask.
        """

class _Bidirectional(Rule):
    def __call__(self, layer: AnyLayer, merge_mode: Literal['concat', 'sum', 'mul', 'ave'] | None = 'concat', *, backward_layer: AnyLayer | None = None, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., weights: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Two copies with separate weights: one reads forwards, one backwards.

        Options
        -------
        layer : AnyLayer, required
            Layer inside the wrapper.
        merge_mode : Literal['concat', 'sum', 'mul', 'ave'] | None, default 'concat'
            How the outputs of both directions are combined: concat, sum, mul, ave, or null for both.
        backward_layer : AnyLayer | None, default None
            Layer that reads the sequence backwards; by default a copy of the forward layer.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype, weights.
        """

class _TimeDistributed(Rule):
    def __call__(self, layer: AnyLayer, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One layer applied to every time step: its weights count once, its cost T times.

        Options
        -------
        layer : AnyLayer, required
            Layer inside the wrapper.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Flatten(Rule):
    def __call__(self, data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Merges all axes except the batch into one; no weights.

        Options
        -------
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Reshape(Rule):
    def __call__(self, target_shape: Sequence[Size | int], *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The same numbers in another shape; -1 is inferred from the other sizes.

        Options
        -------
        target_shape : Sequence[Size | int], required
            New shape, the batch aside; one size may be -1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Permute(Rule):
    def __call__(self, dims: Sequence[int], *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Reorders the axes; axis 1 is the first after the batch.

        Options
        -------
        dims : Sequence[int], required
            New order of the axes, the batch aside.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _RepeatVector(Rule):
    def __call__(self, n: Size, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Repeats a vector n times, for example as the input sequence of a decoder.

        Options
        -------
        n : Size, required
            Number of copies.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Cropping1D(Rule):
    def __call__(self, cropping: Size | Sequence[Size] = ..., *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Crops the borders; no weights.

        Options
        -------
        cropping : Size | Sequence[Size], default (1, 1)
            How much to cut off at the start and end of each spatial axis.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Cropping2D(Rule):
    def __call__(self, cropping: Size | Sequence[Size | Sequence[Size]] = ..., data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Crops the borders; no weights.

        Options
        -------
        cropping : Size | Sequence[Size | Sequence[Size]], default ((0, 0), (0, 0))
            How much to cut off at the start and end of each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _Cropping3D(Rule):
    def __call__(self, cropping: Size | Sequence[Size | Sequence[Size]] = ..., data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Crops the borders; no weights.

        Options
        -------
        cropping : Size | Sequence[Size | Sequence[Size]], default ((1, 1), (1, 1), (1, 1))
            How much to cut off at the start and end of each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _ZeroPadding1D(Rule):
    def __call__(self, padding: Size | Sequence[Size] = ..., data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the borders with zeros; no weights.

        Options
        -------
        padding : Size | Sequence[Size], default (1, 1)
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _ZeroPadding2D(Rule):
    def __call__(self, padding: Size | Sequence[Size | Sequence[Size]] = ..., data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the borders with zeros; no weights.

        Options
        -------
        padding : Size | Sequence[Size | Sequence[Size]], default ((1, 1), (1, 1))
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _ZeroPadding3D(Rule):
    def __call__(self, padding: Size | Sequence[Size | Sequence[Size]] = ..., data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the borders with zeros; no weights.

        Options
        -------
        padding : Size | Sequence[Size | Sequence[Size]], default ((1, 1), (1, 1), (1, 1))
            How much to add at the borders, or a rule such as same or valid.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _UpSampling1D(Rule):
    def __call__(self, size: Size = 2, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Repeats every element along each axis; no weights.

        Options
        -------
        size : Size, default 2
            Factor or size along each spatial axis.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _UpSampling2D(Rule):
    def __call__(self, size: Size | Sequence[Size] = ..., data_format: Literal['channels_last', 'channels_first'] | None = None, interpolation: Literal['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] = 'nearest', *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Repeats every pixel along both axes, or interpolates between pixels; no weights.

        Options
        -------
        size : Size | Sequence[Size], default (2, 2)
            Factor or size along each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        interpolation : Literal['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'], default 'nearest'
            Method of interpolation.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

class _UpSampling3D(Rule):
    def __call__(self, size: Size | Sequence[Size] = ..., data_format: Literal['channels_last', 'channels_first'] | None = None, *, activity_regularizer: Named = ..., autocast: bool = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Repeats every element along each axis; no weights.

        Options
        -------
        size : Size | Sequence[Size], default (2, 2, 2)
            Factor or size along each spatial axis.
        data_format : Literal['channels_last', 'channels_first'] | None, default None
            Whether the channels are the last axis or the first after the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: activity_regularizer, autocast, dtype.
        """

Activation: _Activation
ActivityRegularization: _ActivityRegularization
AdaptiveAveragePooling1D: _AdaptiveAveragePooling1D
AdaptiveAveragePooling2D: _AdaptiveAveragePooling2D
AdaptiveAveragePooling3D: _AdaptiveAveragePooling3D
AdaptiveMaxPooling1D: _AdaptiveMaxPooling1D
AdaptiveMaxPooling2D: _AdaptiveMaxPooling2D
AdaptiveMaxPooling3D: _AdaptiveMaxPooling3D
Add: _Add
AdditiveAttention: _AdditiveAttention
AlphaDropout: _AlphaDropout
Attention: _Attention
AugMix: _AugMix
AutoContrast: _AutoContrast
Average: _Average
AveragePooling1D: _AveragePooling1D
AveragePooling2D: _AveragePooling2D
AveragePooling3D: _AveragePooling3D
AvgPool1D: _AveragePooling1D
AvgPool2D: _AveragePooling2D
AvgPool3D: _AveragePooling3D
BatchNormalization: _BatchNormalization
Bidirectional: _Bidirectional
CategoryEncoding: _CategoryEncoding
CenterCrop: _CenterCrop
Concatenate: _Concatenate
ContrastLimitedAdaptiveHistogramEqualization: _ContrastLimitedAdaptiveHistogramEqualization
Conv1D: _Conv1D
Conv1DTranspose: _Conv1DTranspose
Conv2D: _Conv2D
Conv2DTranspose: _Conv2DTranspose
Conv3D: _Conv3D
Conv3DTranspose: _Conv3DTranspose
ConvLSTM1D: _ConvLSTM1D
ConvLSTM2D: _ConvLSTM2D
ConvLSTM3D: _ConvLSTM3D
Convolution1D: _Conv1D
Convolution1DTranspose: _Conv1DTranspose
Convolution2D: _Conv2D
Convolution2DTranspose: _Conv2DTranspose
Convolution3D: _Conv3D
Convolution3DTranspose: _Conv3DTranspose
Cropping1D: _Cropping1D
Cropping2D: _Cropping2D
Cropping3D: _Cropping3D
CuDNNGRU: _CuDNNGRU
CuDNNLSTM: _CuDNNLSTM
CustomScaleLayer: _CustomScaleLayer
CutMix: _CutMix
Dense: _Dense
DepthwiseConv1D: _DepthwiseConv1D
DepthwiseConv2D: _DepthwiseConv2D
Discretization: _Discretization
Dot: _Dot
Dropout: _Dropout
ELU: _ELU
EinsumDense: _EinsumDense
Embedding: _Embedding
Equalization: _Equalization
Flatten: _Flatten
GRU: _GRU
GRUCell: _GRUCell
GaussianDropout: _GaussianDropout
GaussianNoise: _GaussianNoise
GlobalAveragePooling1D: _GlobalAveragePooling1D
GlobalAveragePooling2D: _GlobalAveragePooling2D
GlobalAveragePooling3D: _GlobalAveragePooling3D
GlobalAvgPool1D: _GlobalAveragePooling1D
GlobalAvgPool2D: _GlobalAveragePooling2D
GlobalAvgPool3D: _GlobalAveragePooling3D
GlobalMaxPool1D: _GlobalMaxPooling1D
GlobalMaxPool2D: _GlobalMaxPooling2D
GlobalMaxPool3D: _GlobalMaxPooling3D
GlobalMaxPooling1D: _GlobalMaxPooling1D
GlobalMaxPooling2D: _GlobalMaxPooling2D
GlobalMaxPooling3D: _GlobalMaxPooling3D
GroupNormalization: _GroupNormalization
GroupQueryAttention: _GroupQueryAttention
GroupedQueryAttention: _GroupQueryAttention
HashedCrossing: _HashedCrossing
Hashing: _Hashing
Identity: _Identity
IntegerLookup: _IntegerLookup
LSTM: _LSTM
LSTMCell: _LSTMCell
LayerNormalization: _LayerNormalization
LayerScale: _LayerScale
LeakyReLU: _LeakyReLU
LocallyConnected1D: _LocallyConnected1D
LocallyConnected2D: _LocallyConnected2D
Masking: _Masking
MaxNumBoundingBoxes: _MaxNumBoundingBoxes
MaxPool1D: _MaxPooling1D
MaxPool2D: _MaxPooling2D
MaxPool3D: _MaxPooling3D
MaxPooling1D: _MaxPooling1D
MaxPooling2D: _MaxPooling2D
MaxPooling3D: _MaxPooling3D
Maximum: _Maximum
MelSpectrogram: _MelSpectrogram
Minimum: _Minimum
MixUp: _MixUp
MultiHeadAttention: _MultiHeadAttention
Multiply: _Multiply
Normalization: _Normalization
PReLU: _PReLU
Permute: _Permute
Pipeline: _Pipeline
RMSNormalization: _RMSNormalization
RNN: _RNN
RandAugment: _RandAugment
RandomBrightness: _RandomBrightness
RandomColorDegeneration: _RandomColorDegeneration
RandomColorJitter: _RandomColorJitter
RandomContrast: _RandomContrast
RandomCrop: _RandomCrop
RandomElasticTransform: _RandomElasticTransform
RandomErasing: _RandomErasing
RandomFlip: _RandomFlip
RandomGaussianBlur: _RandomGaussianBlur
RandomGrayscale: _RandomGrayscale
RandomHeight: _RandomHeight
RandomHue: _RandomHue
RandomInvert: _RandomInvert
RandomPerspective: _RandomPerspective
RandomPosterization: _RandomPosterization
RandomRotation: _RandomRotation
RandomSaturation: _RandomSaturation
RandomSharpness: _RandomSharpness
RandomShear: _RandomShear
RandomTranslation: _RandomTranslation
RandomWidth: _RandomWidth
RandomZoom: _RandomZoom
ReLU: _ReLU
RepeatVector: _RepeatVector
Rescaling: _Rescaling
Reshape: _Reshape
Resizing: _Resizing
ReversibleEmbedding: _ReversibleEmbedding
STFTSpectrogram: _STFTSpectrogram
SeparableConv1D: _SeparableConv1D
SeparableConv2D: _SeparableConv2D
SeparableConvolution1D: _SeparableConv1D
SeparableConvolution2D: _SeparableConv2D
SimpleRNN: _SimpleRNN
SimpleRNNCell: _SimpleRNNCell
Softmax: _Softmax
Solarization: _Solarization
SpatialDropout1D: _SpatialDropout1D
SpatialDropout2D: _SpatialDropout2D
SpatialDropout3D: _SpatialDropout3D
SpectralNormalization: _SpectralNormalization
StackedRNNCells: _StackedRNNCells
StringLookup: _StringLookup
Subtract: _Subtract
TextVectorization: _TextVectorization
ThresholdedReLU: _ThresholdedReLU
TimeDistributed: _TimeDistributed
UnitNormalization: _UnitNormalization
UpSampling1D: _UpSampling1D
UpSampling2D: _UpSampling2D
UpSampling3D: _UpSampling3D
ZeroPadding1D: _ZeroPadding1D
ZeroPadding2D: _ZeroPadding2D
ZeroPadding3D: _ZeroPadding3D
