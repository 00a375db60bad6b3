"""PyTorch's layers. Generated from the rules: ``pytest tests/docs --update``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

from .core.rule import Layer, Rule
from .core.tensors import Tensor
from .graph.model import Model
from .symbolic import Expr

Size: TypeAlias = int | str | Expr  # a number, or an expression such as "4*d_h"
Named: TypeAlias = str | Mapping[str, object] | Callable[..., object] | None  # type: ignore[explicit-any]  # callable
AnyLayer: TypeAlias = Layer | Model

def Input(shape: Sequence[Size | None], name: str | None = None) -> Tensor: ...

class _MultiheadAttention(Rule):
    def __call__(self, embed_dim: Size, num_heads: Size, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False, add_zero_attn: bool = False, kdim: Size | None = None, vdim: Size | None = None, batch_first: bool = False, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks: query, key, value and output. The number of heads does not change the count.

        softmax(Q K^T / sqrt(d/h)) V for each of h heads of d/h numbers, side by side; then one more matrix.
        The second output is how much each place of the query looks at each of the key, the mean over all heads.
        Source: Vaswani et al. 2017.

        Options
        -------
        embed_dim : Size, required
            Width of the model: features at each position.
        num_heads : Size, required
            Number of heads.
        dropout : float, default 0.0
            Share of numbers that are set to zero while training.
        bias : bool, default True
            Whether to have a bias.
        add_bias_kv : bool, default False
            Add a learned bias to the keys and values, as one more position.
        add_zero_attn : bool, default False
            Add a position of zeros to keys and values.
        kdim : Size | None, default None
            Features of the keys, if not those of the queries.
        vdim : Size | None, default None
            Features of the values, if not those of the queries.
        batch_first : bool, default False
            Whether inputs and outputs have the batch first and time second.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _TransformerEncoderLayer(Rule):
    def __call__(self, d_model: Size, nhead: Size, dim_feedforward: Size = 2048, dropout: float = 0.1, activation: Literal['relu', 'gelu'] = 'relu', layer_norm_eps: float = 1e-05, batch_first: bool = False, norm_first: bool = False, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Self-attention, then a feed-forward network of two dense layers, each part with a normalization.

        Source: Vaswani et al. 2017.

        Options
        -------
        d_model : Size, required
            Width of the model: features at each position.
        nhead : Size, required
            Number of heads.
        dim_feedforward : Size, default 2048
            Width of the hidden layer in the feed-forward network.
        dropout : float, default 0.1
            Share of numbers that are set to zero while training.
        activation : Literal['relu', 'gelu'], default 'relu'
            Activation function of the output; in LSTM and GRU of the candidate.
        layer_norm_eps : float, default 1e-05
            Small number added in layer normalization.
        batch_first : bool, default False
            Whether inputs and outputs have the batch first and time second.
        norm_first : bool, default False
            Whether to normalize before attention and the feed-forward network.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _TransformerDecoderLayer(Rule):
    def __call__(self, d_model: Size, nhead: Size, dim_feedforward: Size = 2048, dropout: float = 0.1, activation: Literal['relu', 'gelu'] = 'relu', layer_norm_eps: float = 1e-05, batch_first: bool = False, norm_first: bool = False, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Self-attention, attention to the encoder's output and a feed-forward network, each with a normalization.

        A normalization goes with each of the three. Source: Vaswani et al. 2017.

        Options
        -------
        d_model : Size, required
            Width of the model: features at each position.
        nhead : Size, required
            Number of heads.
        dim_feedforward : Size, default 2048
            Width of the hidden layer in the feed-forward network.
        dropout : float, default 0.1
            Share of numbers that are set to zero while training.
        activation : Literal['relu', 'gelu'], default 'relu'
            Activation function of the output; in LSTM and GRU of the candidate.
        layer_norm_eps : float, default 1e-05
            Small number added in layer normalization.
        batch_first : bool, default False
            Whether inputs and outputs have the batch first and time second.
        norm_first : bool, default False
            Whether to normalize before attention and the feed-forward network.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _TransformerEncoder(Rule):
    def __call__(self, encoder_layer: AnyLayer, num_layers: int, norm: AnyLayer | None = None, enable_nested_tensor: bool = True, mask_check: bool = True, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A stack of copies of one layer, each with its own weights, and an optional normalization at the end.

        Options
        -------
        encoder_layer : AnyLayer, required
            Layer to copy for each level of the encoder.
        num_layers : int, required
            Number of stacked layers.
        norm : AnyLayer | None, default None
            Normalization after the last layer.
        enable_nested_tensor : bool, default True
            Whether padding may be left out while computing.
        mask_check : bool, default True
            Whether to check the mask.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _TransformerDecoder(Rule):
    def __call__(self, decoder_layer: AnyLayer, num_layers: int, norm: AnyLayer | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A stack of copies of one layer, each with its own weights, and an optional normalization at the end.

        Options
        -------
        decoder_layer : AnyLayer, required
            Layer to copy for each level of the decoder.
        num_layers : int, required
            Number of stacked layers.
        norm : AnyLayer | None, default None
            Normalization after the last layer.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Transformer(Rule):
    def __call__(self, d_model: Size = 512, nhead: Size = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6, dim_feedforward: Size = 2048, dropout: float = 0.1, activation: Literal['relu', 'gelu'] = 'relu', custom_encoder: None = None, custom_decoder: None = None, layer_norm_eps: float = 1e-05, batch_first: bool = False, norm_first: bool = False, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A stack of encoder layers and a stack of decoder layers, which attend to the encoder's output.

        A normalization stands at the end of either. Source: Vaswani et al. 2017.

        Options
        -------
        d_model : Size, default 512
            Width of the model: features at each position.
        nhead : Size, default 8
            Number of heads.
        num_encoder_layers : int, default 6
            Layers of the encoder.
        num_decoder_layers : int, default 6
            Layers of the decoder.
        dim_feedforward : Size, default 2048
            Width of the hidden layer in the feed-forward network.
        dropout : float, default 0.1
            Share of numbers that are set to zero while training.
        activation : Literal['relu', 'gelu'], default 'relu'
            Activation function of the output; in LSTM and GRU of the candidate.
        custom_encoder : None, default None
            Encoder of your own.
        custom_decoder : None, default None
            Decoder of your own.
        layer_norm_eps : float, default 1e-05
            Small number added in layer normalization.
        batch_first : bool, default False
            Whether inputs and outputs have the batch first and time second.
        norm_first : bool, default False
            Whether to normalize before attention and the feed-forward network.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _Conv1d(Rule):
    def __call__(self, in_channels: Size, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Literal['same'] | Literal['valid'] | Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, padding_mode: Literal['zeros', 'reflect', 'replicate', 'circular'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        Options
        -------
        in_channels : Size, required
            Input channels.
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Literal['same'] | Literal['valid'] | Size | Sequence[Size], default (0,)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        padding_mode : Literal['zeros', 'reflect', 'replicate', 'circular'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _Conv2d(Rule):
    def __call__(self, in_channels: Size, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Literal['same'] | Literal['valid'] | Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, padding_mode: Literal['zeros', 'reflect', 'replicate', 'circular'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        Options
        -------
        in_channels : Size, required
            Input channels.
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Literal['same'] | Literal['valid'] | Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        padding_mode : Literal['zeros', 'reflect', 'replicate', 'circular'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _Conv3d(Rule):
    def __call__(self, in_channels: Size, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Literal['same'] | Literal['valid'] | Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, padding_mode: Literal['zeros', 'reflect', 'replicate', 'circular'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each filter has a weight for every window position and every input channel, and one bias.

        Options
        -------
        in_channels : Size, required
            Input channels.
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1, 1, 1)
            Step of the window along each spatial axis.
        padding : Literal['same'] | Literal['valid'] | Size | Sequence[Size], default (0, 0, 0)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1, 1, 1)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        padding_mode : Literal['zeros', 'reflect', 'replicate', 'circular'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyConv1d(Rule):
    def __call__(self, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Literal['same'] | Literal['valid'] | Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, padding_mode: Literal['zeros', 'reflect', 'replicate', 'circular'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A convolution that takes the number of its input channels from the first input.

        Options
        -------
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Literal['same'] | Literal['valid'] | Size | Sequence[Size], default (0,)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        padding_mode : Literal['zeros', 'reflect', 'replicate', 'circular'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyConv2d(Rule):
    def __call__(self, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Literal['same'] | Literal['valid'] | Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, padding_mode: Literal['zeros', 'reflect', 'replicate', 'circular'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A convolution that takes the number of its input channels from the first input.

        Options
        -------
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Literal['same'] | Literal['valid'] | Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        padding_mode : Literal['zeros', 'reflect', 'replicate', 'circular'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyConv3d(Rule):
    def __call__(self, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Literal['same'] | Literal['valid'] | Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, padding_mode: Literal['zeros', 'reflect', 'replicate', 'circular'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A convolution that takes the number of its input channels from the first input.

        Options
        -------
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1, 1, 1)
            Step of the window along each spatial axis.
        padding : Literal['same'] | Literal['valid'] | Size | Sequence[Size], default (0, 0, 0)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1, 1, 1)
            Spacing of the window's elements.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        padding_mode : Literal['zeros', 'reflect', 'replicate', 'circular'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _ConvTranspose1d(Rule):
    def __call__(self, in_channels: Size, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Size | Sequence[Size] = ..., output_padding: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, dilation: Size | Sequence[Size] = ..., padding_mode: Literal['zeros'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each pair of input and output channel has a window of weights, and each output channel has one bias.

        Options
        -------
        in_channels : Size, required
            Input channels.
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0,)
            How much to add at the borders, or a rule such as same or valid.
        output_padding : Size | Sequence[Size], default (0,)
            Size added at one end of each output axis.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        dilation : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        padding_mode : Literal['zeros'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _ConvTranspose2d(Rule):
    def __call__(self, in_channels: Size, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Size | Sequence[Size] = ..., output_padding: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, dilation: Size | Sequence[Size] = ..., padding_mode: Literal['zeros'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each pair of input and output channel has a window of weights, and each output channel has one bias.

        Options
        -------
        in_channels : Size, required
            Input channels.
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        output_padding : Size | Sequence[Size], default (0, 0)
            Size added at one end of each output axis.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        dilation : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        padding_mode : Literal['zeros'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _ConvTranspose3d(Rule):
    def __call__(self, in_channels: Size, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Size | Sequence[Size] = ..., output_padding: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, dilation: Size | Sequence[Size] = ..., padding_mode: Literal['zeros'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each pair of input and output channel has a window of weights, and each output channel has one bias.

        Options
        -------
        in_channels : Size, required
            Input channels.
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1, 1, 1)
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0, 0)
            How much to add at the borders, or a rule such as same or valid.
        output_padding : Size | Sequence[Size], default (0, 0, 0)
            Size added at one end of each output axis.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        dilation : Size | Sequence[Size], default (1, 1, 1)
            Spacing of the window's elements.
        padding_mode : Literal['zeros'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyConvTranspose1d(Rule):
    def __call__(self, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Size | Sequence[Size] = ..., output_padding: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, dilation: Size | Sequence[Size] = ..., padding_mode: Literal['zeros'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A transposed convolution that takes the number of its input channels from the first input.

        Options
        -------
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1,)
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0,)
            How much to add at the borders, or a rule such as same or valid.
        output_padding : Size | Sequence[Size], default (0,)
            Size added at one end of each output axis.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        dilation : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        padding_mode : Literal['zeros'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyConvTranspose2d(Rule):
    def __call__(self, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Size | Sequence[Size] = ..., output_padding: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, dilation: Size | Sequence[Size] = ..., padding_mode: Literal['zeros'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A transposed convolution that takes the number of its input channels from the first input.

        Options
        -------
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        output_padding : Size | Sequence[Size], default (0, 0)
            Size added at one end of each output axis.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        dilation : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        padding_mode : Literal['zeros'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyConvTranspose3d(Rule):
    def __call__(self, out_channels: Size, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] = ..., padding: Size | Sequence[Size] = ..., output_padding: Size | Sequence[Size] = ..., groups: Size = 1, bias: bool = True, dilation: Size | Sequence[Size] = ..., padding_mode: Literal['zeros'] = 'zeros', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A transposed convolution that takes the number of its input channels from the first input.

        Options
        -------
        out_channels : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size], default (1, 1, 1)
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0, 0)
            How much to add at the borders, or a rule such as same or valid.
        output_padding : Size | Sequence[Size], default (0, 0, 0)
            Size added at one end of each output axis.
        groups : Size, default 1
            Groups of channels that do not mix.
        bias : bool, default True
            Whether to have a bias.
        dilation : Size | Sequence[Size], default (1, 1, 1)
            Spacing of the window's elements.
        padding_mode : Literal['zeros'], default 'zeros'
            What the padding consists of.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _CosineSimilarity(Rule):
    def __call__(self, dim: int = 1, eps: float = 1e-08, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The cosine of the angle between two inputs along an axis, which is removed; no weights.

        Options
        -------
        dim : int, default 1
            Axis the module works along.
        eps : float, default 1e-08
            Small number added for stability.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _PairwiseDistance(Rule):
    def __call__(self, p: float = 2.0, eps: float = 1e-06, keepdim: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The distance between two inputs along the last axis, which is removed; no weights.

        Options
        -------
        p : float, default 2.0
            Share of numbers that are set to zero while training, or the exponent of a norm.
        eps : float, default 1e-06
            Small number added for stability.
        keepdim : bool, default False
            Whether to keep the reduced axis with size 1.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _CELU(Rule):
    def __call__(self, alpha: float = 1.0, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        alpha : float, default 1.0
            Strength of the function.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ELU(Rule):
    def __call__(self, alpha: float = 1.0, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        alpha : float, default 1.0
            Strength of the function.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _GELU(Rule):
    def __call__(self, approximate: Literal['none', 'tanh'] = 'none', *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        approximate : Literal['none', 'tanh'], default 'none'
            Approximation of GELU: none or tanh.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Hardshrink(Rule):
    def __call__(self, lambd: float = 0.5, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        lambd : float, default 0.5
            Threshold of the function.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Hardsigmoid(Rule):
    def __call__(self, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Hardswish(Rule):
    def __call__(self, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Hardtanh(Rule):
    def __call__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        min_val : float, default -1.0
            Lower bound of the function.
        max_val : float, default 1.0
            Upper bound of the function.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _LeakyReLU(Rule):
    def __call__(self, negative_slope: float = 0.01, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        negative_slope : float, default 0.01
            Slope below zero.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _LogSigmoid(Rule):
    def __call__(self, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Mish(Rule):
    def __call__(self, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _RReLU(Rule):
    def __call__(self, lower: float = 0.125, upper: float = 0.3333333333333333, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        lower : float, default 0.125
            Lower bound of the random slope.
        upper : float, default 0.3333333333333333
            Upper bound of the random slope.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ReLU(Rule):
    def __call__(self, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ReLU6(Rule):
    def __call__(self, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _SELU(Rule):
    def __call__(self, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _SiLU(Rule):
    def __call__(self, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Sigmoid(Rule):
    def __call__(self, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Softplus(Rule):
    def __call__(self, beta: float = 1.0, threshold: float = 20.0, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        beta : float, default 1.0
            Strength of the function.
        threshold : float, default 20.0
            Threshold of the function.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Softshrink(Rule):
    def __call__(self, lambd: float = 0.5, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        lambd : float, default 0.5
            Threshold of the function.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Softsign(Rule):
    def __call__(self, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Tanh(Rule):
    def __call__(self, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Tanhshrink(Rule):
    def __call__(self, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Threshold(Rule):
    def __call__(self, threshold: float, value: float, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An elementwise function; no weights.

        Options
        -------
        threshold : float, required
            Threshold of the function.
        value : float, required
            Value to pad with, or to put in place of small numbers.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Dropout(Rule):
    def __call__(self, p: float = 0.5, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Sets a random fraction to zero during training; no weights.

        Options
        -------
        p : float, default 0.5
            Share of numbers that are set to zero while training, or the exponent of a norm.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AlphaDropout(Rule):
    def __call__(self, p: float = 0.5, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Dropout that preserves mean and variance; no weights.

        Options
        -------
        p : float, default 0.5
            Share of numbers that are set to zero while training, or the exponent of a norm.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Dropout1d(Rule):
    def __call__(self, p: float = 0.5, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Sets random channels to zero during training; no weights.

        Options
        -------
        p : float, default 0.5
            Share of numbers that are set to zero while training, or the exponent of a norm.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Dropout2d(Rule):
    def __call__(self, p: float = 0.5, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Sets random channels to zero during training; no weights.

        Options
        -------
        p : float, default 0.5
            Share of numbers that are set to zero while training, or the exponent of a norm.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Dropout3d(Rule):
    def __call__(self, p: float = 0.5, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Sets random channels to zero during training; no weights.

        Options
        -------
        p : float, default 0.5
            Share of numbers that are set to zero while training, or the exponent of a norm.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _FeatureAlphaDropout(Rule):
    def __call__(self, p: float = 0.5, inplace: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Dropout of channels that preserves mean and variance; no weights.

        Options
        -------
        p : float, default 0.5
            Share of numbers that are set to zero while training, or the exponent of a norm.
        inplace : bool, default False
            Whether to overwrite the input.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Softmax(Rule):
    def __call__(self, dim: int | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A softmax, or a function of it, along an axis; no weights.

        Options
        -------
        dim : int | None, default None
            Axis the module works along.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _LogSoftmax(Rule):
    def __call__(self, dim: int | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A softmax, or a function of it, along an axis; no weights.

        Options
        -------
        dim : int | None, default None
            Axis the module works along.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Softmin(Rule):
    def __call__(self, dim: int | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A softmax, or a function of it, along an axis; no weights.

        Options
        -------
        dim : int | None, default None
            Axis the module works along.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Softmax2d(Rule):
    def __call__(self, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A softmax over the channels at each position; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _GLU(Rule):
    def __call__(self, dim: int = -1, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One half of an axis, gated by the sigmoid of the other half; no weights.

        Options
        -------
        dim : int, default -1
            Axis the module works along.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _PReLU(Rule):
    def __call__(self, num_parameters: Size = 1, init: float = 0.25, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One slope for all, or one for each channel.

        Options
        -------
        num_parameters : Size, default 1
            Number of slopes: 1, or one for each channel.
        init : float, default 0.25
            Initial slope.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _Linear(Rule):
    def __call__(self, in_features: Size, out_features: Size, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A weight from every input feature to every output feature, and a bias for each output.

        Options
        -------
        in_features : Size, required
            Size of the input, d_x.
        out_features : Size, required
            Size of the output, d_y.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyLinear(Rule):
    def __call__(self, out_features: Size, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A Linear that takes its input size from the first input.

        Options
        -------
        out_features : Size, required
            Size of the output, d_y.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _Bilinear(Rule):
    def __call__(self, in1_features: Size, in2_features: Size, out_features: Size, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A matrix for each output: one weight for every pair of features of the two inputs.

        y_k = x1 W_k x2 + b_k.

        Options
        -------
        in1_features : Size, required
            Size of the first input.
        in2_features : Size, required
            Size of the second input.
        out_features : Size, required
            Size of the output, d_y.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _Identity(Rule):
    def __call__(self, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Returns its input; no weights.

        Options
        -------
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Embedding(Rule):
    def __call__(self, num_embeddings: Size, embedding_dim: Size, padding_idx: int | None = None, max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A table with one row of embedding_dim numbers for each token. A lookup costs no multiply-adds.

        Options
        -------
        num_embeddings : Size, required
            Number of tokens in the vocabulary.
        embedding_dim : Size, required
            Size of each token's vector.
        padding_idx : int | None, default None
            Token whose vector stays zero and is not trained.
        max_norm : float | None, default None
            Largest norm of a vector; longer ones are shortened.
        norm_type : float, default 2.0
            Exponent of the norm.
        scale_grad_by_freq : bool, default False
            Whether to divide gradients by how often a token occurs.
        sparse : bool, default False
            Whether the output, or the gradient, is a sparse tensor.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _EmbeddingBag(Rule):
    def __call__(self, num_embeddings: Size, embedding_dim: Size, max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False, mode: Literal['mean', 'sum', 'max'] = 'mean', sparse: bool = False, *, include_last_offset: bool = False, padding_idx: int | None = None, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A table with one row for each token. Each bag of tokens gives the sum, mean or maximum of its rows.

        Bags are the rows of an input of two axes; or they lie end to end in one, and offsets say where each begins.

        Options
        -------
        num_embeddings : Size, required
            Number of tokens in the vocabulary.
        embedding_dim : Size, required
            Size of each token's vector.
        max_norm : float | None, default None
            Largest norm of a vector; longer ones are shortened.
        norm_type : float, default 2.0
            Exponent of the norm.
        scale_grad_by_freq : bool, default False
            Whether to divide gradients by how often a token occurs.
        mode : Literal['mean', 'sum', 'max'], default 'mean'
            Variant of the operation.
        sparse : bool, default False
            Whether the output, or the gradient, is a sparse tensor.
        include_last_offset : bool, default False
            Whether the offsets include the end of the last bag.
        padding_idx : int | None, default None
            Token whose vector stays zero and is not trained.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _BatchNorm1d(Rule):
    def __call__(self, num_features: Size, eps: float = 1e-05, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each channel; running mean and variance are buffers, no parameters.

        Options
        -------
        num_features : Size, required
            Number of features or channels.
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float | None, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _BatchNorm2d(Rule):
    def __call__(self, num_features: Size, eps: float = 1e-05, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each channel; running mean and variance are buffers, no parameters.

        Options
        -------
        num_features : Size, required
            Number of features or channels.
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float | None, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _BatchNorm3d(Rule):
    def __call__(self, num_features: Size, eps: float = 1e-05, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each channel; running mean and variance are buffers, no parameters.

        Options
        -------
        num_features : Size, required
            Number of features or channels.
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float | None, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _SyncBatchNorm(Rule):
    def __call__(self, num_features: Size, eps: float = 1e-05, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., process_group: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each channel; running mean and variance are buffers, no parameters.

        Options
        -------
        num_features : Size, required
            Number of features or channels.
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float | None, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype, process_group.
        """

class _LazyBatchNorm1d(Rule):
    def __call__(self, eps: float = 1e-05, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A batch normalization that learns the number of its channels from its first input.

        Options
        -------
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float | None, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyBatchNorm2d(Rule):
    def __call__(self, eps: float = 1e-05, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A batch normalization that learns the number of its channels from its first input.

        Options
        -------
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float | None, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyBatchNorm3d(Rule):
    def __call__(self, eps: float = 1e-05, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A batch normalization that learns the number of its channels from its first input.

        Options
        -------
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float | None, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _InstanceNorm1d(Rule):
    def __call__(self, num_features: Size, eps: float = 1e-05, momentum: float = 0.1, affine: bool = False, track_running_stats: bool = False, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each channel of each sample by its own mean and variance; a learned scale and shift where affine is on.

        Options
        -------
        num_features : Size, required
            Number of features or channels.
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float, default 0.1
            How slowly the running statistics change.
        affine : bool, default False
            Whether to learn a scale and an offset.
        track_running_stats : bool, default False
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _InstanceNorm2d(Rule):
    def __call__(self, num_features: Size, eps: float = 1e-05, momentum: float = 0.1, affine: bool = False, track_running_stats: bool = False, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each channel of each sample by its own mean and variance; a learned scale and shift where affine is on.

        Options
        -------
        num_features : Size, required
            Number of features or channels.
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float, default 0.1
            How slowly the running statistics change.
        affine : bool, default False
            Whether to learn a scale and an offset.
        track_running_stats : bool, default False
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _InstanceNorm3d(Rule):
    def __call__(self, num_features: Size, eps: float = 1e-05, momentum: float = 0.1, affine: bool = False, track_running_stats: bool = False, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each channel of each sample by its own mean and variance; a learned scale and shift where affine is on.

        Options
        -------
        num_features : Size, required
            Number of features or channels.
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float, default 0.1
            How slowly the running statistics change.
        affine : bool, default False
            Whether to learn a scale and an offset.
        track_running_stats : bool, default False
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyInstanceNorm1d(Rule):
    def __call__(self, eps: float = 1e-05, momentum: float = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An instance normalization that learns the number of its channels from its first input.

        Options
        -------
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyInstanceNorm2d(Rule):
    def __call__(self, eps: float = 1e-05, momentum: float = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An instance normalization that learns the number of its channels from its first input.

        Options
        -------
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LazyInstanceNorm3d(Rule):
    def __call__(self, eps: float = 1e-05, momentum: float = 0.1, affine: bool = True, track_running_stats: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An instance normalization that learns the number of its channels from its first input.

        Options
        -------
        eps : float, default 1e-05
            Small number added for stability.
        momentum : float, default 0.1
            How slowly the running statistics change.
        affine : bool, default True
            Whether to learn a scale and an offset.
        track_running_stats : bool, default True
            Whether to keep running statistics.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _GroupNorm(Rule):
    def __call__(self, num_groups: Size, num_channels: Size, eps: float = 1e-05, affine: bool = True, *, bias: bool = True, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each channel; the statistics are those of groups of channels.

        Options
        -------
        num_groups : Size, required
            Groups of channels, each normalized by itself.
        num_channels : Size, required
            Number of channels.
        eps : float, default 1e-05
            Small number added for stability.
        affine : bool, default True
            Whether to learn a scale and an offset.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LayerNorm(Rule):
    def __call__(self, normalized_shape: Size | Sequence[Size], eps: float = 1e-05, elementwise_affine: bool = True, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale and shift for each position along the normalized axes, which are the last ones.

        Options
        -------
        normalized_shape : Size | Sequence[Size], required
            Sizes of the last axes, over which to normalize.
        eps : float, default 1e-05
            Small number added for stability.
        elementwise_affine : bool, default True
            Whether to learn a scale and an offset for each element.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _RMSNorm(Rule):
    def __call__(self, normalized_shape: Size | Sequence[Size], eps: float | None = None, elementwise_affine: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A learned scale for each position along the normalized axes. No mean is subtracted and there is no shift.

        Options
        -------
        normalized_shape : Size | Sequence[Size], required
            Sizes of the last axes, over which to normalize.
        eps : float | None, default None
            Small number added for stability.
        elementwise_affine : bool, default True
            Whether to learn a scale and an offset for each element.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LocalResponseNorm(Rule):
    def __call__(self, size: Size, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Normalizes each value by its neighboring channels; no weights.

        Options
        -------
        size : Size, required
            Factor or size along each spatial axis.
        alpha : float, default 0.0001
            Strength of the function.
        beta : float, default 0.75
            Strength of the function.
        k : float, default 1.0
            Constant of the function.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _CrossMapLRN2d(Rule):
    def __call__(self, size: Size, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Normalizes each value by its neighboring channels; no weights.

        Options
        -------
        size : Size, required
            Factor or size along each spatial axis.
        alpha : float, default 0.0001
            Strength of the function.
        beta : float, default 0.75
            Strength of the function.
        k : float, default 1.0
            Constant of the function.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ConstantPad1d(Rule):
    def __call__(self, padding: Size | Sequence[Size], value: float, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with a constant; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        value : float, required
            Value to pad with, or to put in place of small numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ConstantPad2d(Rule):
    def __call__(self, padding: Size | Sequence[Size], value: float, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with a constant; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        value : float, required
            Value to pad with, or to put in place of small numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ConstantPad3d(Rule):
    def __call__(self, padding: Size | Sequence[Size], value: float, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with a constant; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        value : float, required
            Value to pad with, or to put in place of small numbers.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ZeroPad1d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with zeros; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ZeroPad2d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with zeros; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ZeroPad3d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with zeros; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ReflectionPad1d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with a reflection that does not repeat the border; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ReflectionPad2d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with a reflection that does not repeat the border; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ReflectionPad3d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with a reflection that does not repeat the border; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ReplicationPad1d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with copies of the border; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ReplicationPad2d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with copies of the border; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ReplicationPad3d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads the last axes with copies of the border; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _CircularPad1d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads each axis with values from its opposite end; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _CircularPad2d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads each axis with values from its opposite end; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _CircularPad3d(Rule):
    def __call__(self, padding: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Pads each axis with values from its opposite end; no weights.

        Options
        -------
        padding : Size | Sequence[Size], required
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _MaxPool1d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., return_indices: bool = False, ceil_mode: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window and, with return_indices, its position; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0,)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1,)
            Spacing of the window's elements.
        return_indices : bool, default False
            Whether to return the places of the maxima, too.
        ceil_mode : bool, default False
            Whether to round the output size up.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _MaxPool2d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., return_indices: bool = False, ceil_mode: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window and, with return_indices, its position; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        return_indices : bool, default False
            Whether to return the places of the maxima, too.
        ceil_mode : bool, default False
            Whether to round the output size up.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _MaxPool3d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., dilation: Size | Sequence[Size] = ..., return_indices: bool = False, ceil_mode: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window and, with return_indices, its position; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0, 0)
            How much to add at the borders, or a rule such as same or valid.
        dilation : Size | Sequence[Size], default (1, 1, 1)
            Spacing of the window's elements.
        return_indices : bool, default False
            Whether to return the places of the maxima, too.
        ceil_mode : bool, default False
            Whether to round the output size up.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AvgPool1d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., ceil_mode: bool = False, count_include_pad: bool = True, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0,)
            How much to add at the borders, or a rule such as same or valid.
        ceil_mode : bool, default False
            Whether to round the output size up.
        count_include_pad : bool, default True
            Whether padding counts in the mean.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AvgPool2d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: float | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        ceil_mode : bool, default False
            Whether to round the output size up.
        count_include_pad : bool, default True
            Whether padding counts in the mean.
        divisor_override : float | None, default None
            Divisor of the mean, if not the size of the window.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AvgPool3d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: float | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0, 0)
            How much to add at the borders, or a rule such as same or valid.
        ceil_mode : bool, default False
            Whether to round the output size up.
        count_include_pad : bool, default True
            Whether padding counts in the mean.
        divisor_override : float | None, default None
            Divisor of the mean, if not the size of the window.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _LPPool1d(Rule):
    def __call__(self, norm_type: float, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, ceil_mode: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The p-norm of each window (norm_type is p); no weights.

        Options
        -------
        norm_type : float, required
            Exponent of the norm.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        ceil_mode : bool, default False
            Whether to round the output size up.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _LPPool2d(Rule):
    def __call__(self, norm_type: float, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, ceil_mode: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The p-norm of each window (norm_type is p); no weights.

        Options
        -------
        norm_type : float, required
            Exponent of the norm.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        ceil_mode : bool, default False
            Whether to round the output size up.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _LPPool3d(Rule):
    def __call__(self, norm_type: float, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, ceil_mode: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The p-norm of each window (norm_type is p); no weights.

        Options
        -------
        norm_type : float, required
            Exponent of the norm.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        ceil_mode : bool, default False
            Whether to round the output size up.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _FractionalMaxPool2d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], output_size: Size | Sequence[Size] | None = None, output_ratio: float | Sequence[float] | None = None, return_indices: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of windows at random positions; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        output_size : Size | Sequence[Size] | None, default None
            Size of the output along each spatial axis.
        output_ratio : float | Sequence[float] | None, default None
            Size of the output as a share of the input.
        return_indices : bool, default False
            Whether to return the places of the maxima, too.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _FractionalMaxPool3d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], output_size: Size | Sequence[Size] | None = None, output_ratio: float | Sequence[float] | None = None, return_indices: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of windows at random positions; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        output_size : Size | Sequence[Size] | None, default None
            Size of the output along each spatial axis.
        output_ratio : float | Sequence[float] | None, default None
            Size of the output as a share of the input.
        return_indices : bool, default False
            Whether to return the places of the maxima, too.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AdaptiveMaxPool1d(Rule):
    def __call__(self, output_size: Size | Sequence[Size], return_indices: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        return_indices : bool, default False
            Whether to return the places of the maxima, too.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AdaptiveMaxPool2d(Rule):
    def __call__(self, output_size: Size | Sequence[Size | None] | None, return_indices: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size | None] | None, required
            Size of the output along each spatial axis.
        return_indices : bool, default False
            Whether to return the places of the maxima, too.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AdaptiveMaxPool3d(Rule):
    def __call__(self, output_size: Size | Sequence[Size | None] | None, return_indices: bool = False, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The maximum of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size | None] | None, required
            Size of the output along each spatial axis.
        return_indices : bool, default False
            Whether to return the places of the maxima, too.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AdaptiveAvgPool1d(Rule):
    def __call__(self, output_size: Size | Sequence[Size], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AdaptiveAvgPool2d(Rule):
    def __call__(self, output_size: Size | Sequence[Size | None] | None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size | None] | None, required
            Size of the output along each spatial axis.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _AdaptiveAvgPool3d(Rule):
    def __call__(self, output_size: Size | Sequence[Size | None] | None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """The mean of each window; output_size sets the number of windows; no weights.

        Options
        -------
        output_size : Size | Sequence[Size | None] | None, required
            Size of the output along each spatial axis.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _MaxUnpool1d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Puts each value at its index and zeros elsewhere; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0,)
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _MaxUnpool2d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Puts each value at its index and zeros elsewhere; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _MaxUnpool3d(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], stride: Size | Sequence[Size] | None = None, padding: Size | Sequence[Size] = ..., *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Puts each value at its index and zeros elsewhere; no weights.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        stride : Size | Sequence[Size] | None, default None
            Step of the window along each spatial axis.
        padding : Size | Sequence[Size], default (0, 0, 0)
            How much to add at the borders, or a rule such as same or valid.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _RNN(Rule):
    def __call__(self, input_size: Size, hidden_size: Size, num_layers: int = 1, nonlinearity: Literal['tanh', 'relu'] = 'tanh', bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One dense network of the input and the previous output, with two biases, for each layer and direction.

        bias: The two biases are added up, so one would do; the second is there for cuDNN.
        num_layers: A layer above the first reads the output of the layer below, of both directions if there are two.
        bidirectional: The tensors _reverse read the sequence from its end, by the same equations.
        Source: Elman 1990.

        Options
        -------
        input_size : Size, required
            Input features at each time step, d_x.
        hidden_size : Size, required
            Number of units, d_h.
        num_layers : int, default 1
            Number of stacked layers.
        nonlinearity : Literal['tanh', 'relu'], default 'tanh'
            Activation function: tanh or relu.
        bias : bool, default True
            Whether to have a bias.
        batch_first : bool, default False
            Whether inputs and outputs have the batch first and time second.
        dropout : float, default 0.0
            Share of numbers that are set to zero while training.
        bidirectional : bool, default False
            Whether to read the sequence in both directions.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LSTM(Rule):
    def __call__(self, input_size: Size, hidden_size: Size, num_layers: int = 1, bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: Size = 0, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output), two biases each, for each layer and direction.

        bias: The two biases are added up, so one would do; the second is there for cuDNN. That is 4·d_h parameters more.
        num_layers: A layer above the first reads the output of the layer below, of both directions if there are two.
        bidirectional: The tensors _reverse read the sequence from its end, by the same equations.
        proj_size: P maps the d_h units to an output of d_p numbers, which the networks read at the next step (Sak,
        Senior & Beaufays 2014).
        The states h_n and c_n are (D·num_layers, N, H_out), whatever batch_first says; D is the number of
        directions.
        Sources: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000.

        Options
        -------
        input_size : Size, required
            Input features at each time step, d_x.
        hidden_size : Size, required
            Number of units, d_h.
        num_layers : int, default 1
            Number of stacked layers.
        bias : bool, default True
            Whether to have a bias.
        batch_first : bool, default False
            Whether inputs and outputs have the batch first and time second.
        dropout : float, default 0.0
            Share of numbers that are set to zero while training.
        bidirectional : bool, default False
            Whether to read the sequence in both directions.
        proj_size : Size, default 0
            Size of the projected output, 0 for none.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _GRU(Rule):
    def __call__(self, input_size: Size, hidden_size: Size, num_layers: int = 1, bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Three dense networks (reset, update, candidate), two biases each, for each layer and direction.

        bias: The reset gate acts on the product with U, as in cuDNN, so that product needs biases b' of its own.
        bias=False: The reset gate acts on the product with U, as in cuDNN.
        num_layers: A layer above the first reads the output of the layer below, of both directions if there are two.
        bidirectional: The tensors _reverse read the sequence from its end, by the same equations.
        Source: Cho et al. 2014.

        Options
        -------
        input_size : Size, required
            Input features at each time step, d_x.
        hidden_size : Size, required
            Number of units, d_h.
        num_layers : int, default 1
            Number of stacked layers.
        bias : bool, default True
            Whether to have a bias.
        batch_first : bool, default False
            Whether inputs and outputs have the batch first and time second.
        dropout : float, default 0.0
            Share of numbers that are set to zero while training.
        bidirectional : bool, default False
            Whether to read the sequence in both directions.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _RNNCell(Rule):
    def __call__(self, input_size: Size, hidden_size: Size, bias: bool = True, nonlinearity: Literal['tanh', 'relu'] = 'tanh', *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One dense network of the input and the previous output, with two biases.

        bias: The two biases are added up, so one would do; the second is there for cuDNN.

        Options
        -------
        input_size : Size, required
            Input features at each time step, d_x.
        hidden_size : Size, required
            Number of units, d_h.
        bias : bool, default True
            Whether to have a bias.
        nonlinearity : Literal['tanh', 'relu'], default 'tanh'
            Activation function: tanh or relu.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _LSTMCell(Rule):
    def __call__(self, input_size: Size, hidden_size: Size, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output), two biases each.

        bias: The two biases are added up, so one would do; the second is there for cuDNN.

        Options
        -------
        input_size : Size, required
            Input features at each time step, d_x.
        hidden_size : Size, required
            Number of units, d_h.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _GRUCell(Rule):
    def __call__(self, input_size: Size, hidden_size: Size, bias: bool = True, *, device: object = ..., dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Three dense networks (reset, update, candidate), two biases each.

        bias: The reset gate acts on the product with U, as in cuDNN, so that product needs biases b' of its own.

        Options
        -------
        input_size : Size, required
            Input features at each time step, d_x.
        hidden_size : Size, required
            Number of units, d_h.
        bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: device, dtype.
        """

class _Flatten(Rule):
    def __call__(self, start_dim: int = 1, end_dim: int = -1, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Merges a range of axes into one; by default all except the first.

        Options
        -------
        start_dim : int, default 1
            First axis to flatten.
        end_dim : int, default -1
            Last axis to flatten.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Unflatten(Rule):
    def __call__(self, dim: int, unflattened_size: Sequence[Size | int], *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Splits one axis into several; -1 is inferred from the other sizes.

        Options
        -------
        dim : int, required
            Axis the module works along.
        unflattened_size : Sequence[Size | int], required
            Sizes that the axis is split into.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _PixelShuffle(Rule):
    def __call__(self, upscale_factor: Size, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Moves channels to positions: r² channels become an r × r block.

        Options
        -------
        upscale_factor : Size, required
            Factor by which height and width grow.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _PixelUnshuffle(Rule):
    def __call__(self, downscale_factor: Size, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Moves positions to channels: an r × r block becomes r² channels.

        Options
        -------
        downscale_factor : Size, required
            Factor by which height and width shrink.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _ChannelShuffle(Rule):
    def __call__(self, groups: Size, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Interleaves the channels of the groups.

        Options
        -------
        groups : Size, required
            Groups of channels that do not mix.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Unfold(Rule):
    def __call__(self, kernel_size: Size | Sequence[Size], dilation: Size | Sequence[Size] = ..., padding: Size | Sequence[Size] = ..., stride: Size | Sequence[Size] = ..., *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Each window of an image becomes a column.

        Options
        -------
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        dilation : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        padding : Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        stride : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Fold(Rule):
    def __call__(self, output_size: Size | Sequence[Size], kernel_size: Size | Sequence[Size], dilation: Size | Sequence[Size] = ..., padding: Size | Sequence[Size] = ..., stride: Size | Sequence[Size] = ..., *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Columns become windows of an image; overlaps are summed.

        Options
        -------
        output_size : Size | Sequence[Size], required
            Size of the output along each spatial axis.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        dilation : Size | Sequence[Size], default (1, 1)
            Spacing of the window's elements.
        padding : Size | Sequence[Size], default (0, 0)
            How much to add at the borders, or a rule such as same or valid.
        stride : Size | Sequence[Size], default (1, 1)
            Step of the window along each spatial axis.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _Upsample(Rule):
    def __call__(self, size: Size | Sequence[Size] | None = None, scale_factor: float | Sequence[float] | None = None, mode: Literal['nearest', 'linear', 'bilinear', 'bicubic', 'trilinear', 'area', 'nearest-exact'] = 'nearest', align_corners: bool | None = None, recompute_scale_factor: bool | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Enlarges the spatial axes by copies or interpolation; no weights.

        Options
        -------
        size : Size | Sequence[Size] | None, default None
            Factor or size along each spatial axis.
        scale_factor : float | Sequence[float] | None, default None
            Factor by which the sizes grow.
        mode : Literal['nearest', 'linear', 'bilinear', 'bicubic', 'trilinear', 'area', 'nearest-exact'], default 'nearest'
            Variant of the operation.
        align_corners : bool | None, default None
            Whether the corner pixels of input and output are aligned.
        recompute_scale_factor : bool | None, default None
            Whether to work out the scale from the sizes.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _UpsamplingNearest2d(Rule):
    def __call__(self, size: Size | Sequence[Size] | None = None, scale_factor: float | Sequence[float] | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Enlarges an image by copies of the nearest pixel; no weights.

        Options
        -------
        size : Size | Sequence[Size] | None, default None
            Factor or size along each spatial axis.
        scale_factor : float | Sequence[float] | None, default None
            Factor by which the sizes grow.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

class _UpsamplingBilinear2d(Rule):
    def __call__(self, size: Size | Sequence[Size] | None = None, scale_factor: float | Sequence[float] | None = None, *, name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Enlarges an image by bilinear interpolation; no weights.

        Options
        -------
        size : Size | Sequence[Size] | None, default None
            Factor or size along each spatial axis.
        scale_factor : float | Sequence[float] | None, default None
            Factor by which the sizes grow.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.
        """

AdaptiveAvgPool1d: _AdaptiveAvgPool1d
AdaptiveAvgPool2d: _AdaptiveAvgPool2d
AdaptiveAvgPool3d: _AdaptiveAvgPool3d
AdaptiveMaxPool1d: _AdaptiveMaxPool1d
AdaptiveMaxPool2d: _AdaptiveMaxPool2d
AdaptiveMaxPool3d: _AdaptiveMaxPool3d
AlphaDropout: _AlphaDropout
AvgPool1d: _AvgPool1d
AvgPool2d: _AvgPool2d
AvgPool3d: _AvgPool3d
BatchNorm1d: _BatchNorm1d
BatchNorm2d: _BatchNorm2d
BatchNorm3d: _BatchNorm3d
Bilinear: _Bilinear
CELU: _CELU
ChannelShuffle: _ChannelShuffle
CircularPad1d: _CircularPad1d
CircularPad2d: _CircularPad2d
CircularPad3d: _CircularPad3d
ConstantPad1d: _ConstantPad1d
ConstantPad2d: _ConstantPad2d
ConstantPad3d: _ConstantPad3d
Conv1d: _Conv1d
Conv2d: _Conv2d
Conv3d: _Conv3d
ConvTranspose1d: _ConvTranspose1d
ConvTranspose2d: _ConvTranspose2d
ConvTranspose3d: _ConvTranspose3d
CosineSimilarity: _CosineSimilarity
CrossMapLRN2d: _CrossMapLRN2d
Dropout: _Dropout
Dropout1d: _Dropout1d
Dropout2d: _Dropout2d
Dropout3d: _Dropout3d
ELU: _ELU
Embedding: _Embedding
EmbeddingBag: _EmbeddingBag
FeatureAlphaDropout: _FeatureAlphaDropout
Flatten: _Flatten
Fold: _Fold
FractionalMaxPool2d: _FractionalMaxPool2d
FractionalMaxPool3d: _FractionalMaxPool3d
GELU: _GELU
GLU: _GLU
GRU: _GRU
GRUCell: _GRUCell
GroupNorm: _GroupNorm
Hardshrink: _Hardshrink
Hardsigmoid: _Hardsigmoid
Hardswish: _Hardswish
Hardtanh: _Hardtanh
Identity: _Identity
InstanceNorm1d: _InstanceNorm1d
InstanceNorm2d: _InstanceNorm2d
InstanceNorm3d: _InstanceNorm3d
LPPool1d: _LPPool1d
LPPool2d: _LPPool2d
LPPool3d: _LPPool3d
LSTM: _LSTM
LSTMCell: _LSTMCell
LayerNorm: _LayerNorm
LazyBatchNorm1d: _LazyBatchNorm1d
LazyBatchNorm2d: _LazyBatchNorm2d
LazyBatchNorm3d: _LazyBatchNorm3d
LazyConv1d: _LazyConv1d
LazyConv2d: _LazyConv2d
LazyConv3d: _LazyConv3d
LazyConvTranspose1d: _LazyConvTranspose1d
LazyConvTranspose2d: _LazyConvTranspose2d
LazyConvTranspose3d: _LazyConvTranspose3d
LazyInstanceNorm1d: _LazyInstanceNorm1d
LazyInstanceNorm2d: _LazyInstanceNorm2d
LazyInstanceNorm3d: _LazyInstanceNorm3d
LazyLinear: _LazyLinear
LeakyReLU: _LeakyReLU
Linear: _Linear
LocalResponseNorm: _LocalResponseNorm
LogSigmoid: _LogSigmoid
LogSoftmax: _LogSoftmax
MaxPool1d: _MaxPool1d
MaxPool2d: _MaxPool2d
MaxPool3d: _MaxPool3d
MaxUnpool1d: _MaxUnpool1d
MaxUnpool2d: _MaxUnpool2d
MaxUnpool3d: _MaxUnpool3d
Mish: _Mish
MultiheadAttention: _MultiheadAttention
PReLU: _PReLU
PairwiseDistance: _PairwiseDistance
PixelShuffle: _PixelShuffle
PixelUnshuffle: _PixelUnshuffle
RMSNorm: _RMSNorm
RNN: _RNN
RNNCell: _RNNCell
RReLU: _RReLU
ReLU: _ReLU
ReLU6: _ReLU6
ReflectionPad1d: _ReflectionPad1d
ReflectionPad2d: _ReflectionPad2d
ReflectionPad3d: _ReflectionPad3d
ReplicationPad1d: _ReplicationPad1d
ReplicationPad2d: _ReplicationPad2d
ReplicationPad3d: _ReplicationPad3d
SELU: _SELU
SiLU: _SiLU
Sigmoid: _Sigmoid
Softmax: _Softmax
Softmax2d: _Softmax2d
Softmin: _Softmin
Softplus: _Softplus
Softshrink: _Softshrink
Softsign: _Softsign
SyncBatchNorm: _SyncBatchNorm
Tanh: _Tanh
Tanhshrink: _Tanhshrink
Threshold: _Threshold
Transformer: _Transformer
TransformerDecoder: _TransformerDecoder
TransformerDecoderLayer: _TransformerDecoderLayer
TransformerEncoder: _TransformerEncoder
TransformerEncoderLayer: _TransformerEncoderLayer
Unflatten: _Unflatten
Unfold: _Unfold
Upsample: _Upsample
UpsamplingBilinear2d: _UpsamplingBilinear2d
UpsamplingNearest2d: _UpsamplingNearest2d
ZeroPad1d: _ZeroPad1d
ZeroPad2d: _ZeroPad2d
ZeroPad3d: _ZeroPad3d
