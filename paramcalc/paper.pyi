"""The recurrent cells of the literature. Generated from the rules: ``pytest tests/docs --update``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

from .core.rule import Layer, Rule
from .graph.model import Model
from .symbolic import Expr

Size: TypeAlias = int | str | Expr  # a number, or an expression such as "4*d_h"
Named: TypeAlias = str | Mapping[str, object] | Callable[..., object] | None  # type: ignore[explicit-any]  # callable
AnyLayer: TypeAlias = Layer | Model

class _GRUCell(Rule):
    def __call__(self, units: Size, *, variant: Literal[0, 1, 2, 3] = 0, reset: Literal['before', 'after'] = 'before', layer_norm: bool = False, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Three dense networks (update, reset, candidate), each of the input and the previous output.

        reset=before: The reset gate acts on the previous output, before the product with U.
        reset=after: The reset gate acts after the product with U.
        reset=after and use_bias: That product has a bias b' of its own; frameworks that keep two biases for all three
        networks count 2·d_h more.
        variant=1: The gates do without the input (Dey & Salem 2017: GRU1).
        variant=2: The gates do without the input and without biases (Dey & Salem 2017: GRU2).
        variant=3: The gates are biases alone (Dey & Salem 2017: GRU3).
        layer_norm: LN normalizes a vector over its elements; each of the four normalized vectors has its own gain γ and
        bias β (Ba, Kiros & Hinton 2016, who write no other bias: use_bias=False).
        Source: Cho et al. 2014 (who leave the biases out to keep the equations short).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        variant : Literal[0, 1, 2, 3], default 0
            Variant of the paper.
        reset : Literal['before', 'after'], default 'before'
            Whether the reset gate acts before or after the recurrent product.
        layer_norm : bool, default False
            Whether to normalize over the units.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _GRU(Rule):
    def __call__(self, units: Size, *, variant: Literal[0, 1, 2, 3] = 0, reset: Literal['before', 'after'] = 'before', layer_norm: bool = False, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Three dense networks (update, reset, candidate), each of the input and the previous output.

        reset=before: The reset gate acts on the previous output, before the product with U.
        reset=after: The reset gate acts after the product with U.
        reset=after and use_bias: That product has a bias b' of its own; frameworks that keep two biases for all three
        networks count 2·d_h more.
        variant=1: The gates do without the input (Dey & Salem 2017: GRU1).
        variant=2: The gates do without the input and without biases (Dey & Salem 2017: GRU2).
        variant=3: The gates are biases alone (Dey & Salem 2017: GRU3).
        layer_norm: LN normalizes a vector over its elements; each of the four normalized vectors has its own gain γ and
        bias β (Ba, Kiros & Hinton 2016, who write no other bias: use_bias=False).
        Source: Cho et al. 2014 (who leave the biases out to keep the equations short).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        variant : Literal[0, 1, 2, 3], default 0
            Variant of the paper.
        reset : Literal['before', 'after'], default 'before'
            Whether the reset gate acts before or after the recurrent product.
        layer_norm : bool, default False
            Whether to normalize over the units.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _LightGRUCell(Rule):
    def __call__(self, units: Size, *, batch_norm: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Two dense networks (update, candidate); batch norm's gain and bias for each stand where a bias would.

        There is no reset gate.
        batch_norm: BN normalizes over the batch, with a gain γ and a bias β. The means and variances that it keeps are no
        parameters.
        batch_norm=False: Each network has a bias instead of batch norm.
        Source: Ravanelli et al. 2018.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        batch_norm : bool, default True
            Whether to normalize the input part over the batch.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _LightGRU(Rule):
    def __call__(self, units: Size, *, batch_norm: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Two dense networks (update, candidate); batch norm's gain and bias for each stand where a bias would.

        There is no reset gate.
        batch_norm: BN normalizes over the batch, with a gain γ and a bias β. The means and variances that it keeps are no
        parameters.
        batch_norm=False: Each network has a bias instead of batch norm.
        Source: Ravanelli et al. 2018.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        batch_norm : bool, default True
            Whether to normalize the input part over the batch.
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

        Without influence on the count: dtype.
        """

class _MGUCell(Rule):
    def __call__(self, units: Size, *, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Two dense networks: one gate, which is reset and update gate in one, and the candidate.

        The gate u is the paper's f; it decides other things than the f of an LSTM.
        Source: Zhou et al. 2016.

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

        Without influence on the count: dtype.
        """

class _MGU(Rule):
    def __call__(self, units: Size, *, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Two dense networks: one gate, which is reset and update gate in one, and the candidate.

        The gate u is the paper's f; it decides other things than the f of an LSTM.
        Source: Zhou et al. 2016.

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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _LSTMCell(Rule):
    def __call__(self, units: Size, *, peephole: bool = False, coupled: bool = False, no_input_gate: bool = False, no_forget_gate: bool = False, no_output_gate: bool = False, no_input_activation: bool = False, no_output_activation: bool = False, full_gate_recurrence: bool = False, projection: Size | None = None, nonrecurrent_projection: Size | None = None, layer_norm: bool = False, use_bias: bool = True, forget_bias: Literal[0, 1, 2] = 0, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output), each of the input and the previous output.

        peephole: A gate also reads the cell state through a vector v of weights: the output gate the new one, the others
        the old one (Gers & Schmidhuber 2000).
        coupled: The forget gate is 1 − i and has no network of its own (Greff et al. 2017: CIFG).
        no_input_gate: There is no input gate: it is 1 (Greff et al. 2017: NIG).
        no_forget_gate: There is no forget gate: it is 1 (Greff et al. 2017: NFG).
        no_output_gate: There is no output gate: it is 1 (Greff et al. 2017: NOG).
        no_input_activation: The candidate has no activation, and no weight changes (Greff et al. 2017: NIAF).
        no_output_activation: The cell state has no activation on its way out, and no weight changes (Greff et al. 2017:
        NOAF).
        full_gate_recurrence: Each gate also reads every gate one step ago, through a matrix R for each pair (Greff et al.
        2017: FGR).
        projection: P maps the d_h units m_t to the output h_t, which the networks read at the next step; it has no bias
        (Sak, Senior & Beaufays 2014: LSTMP).
        nonrecurrent_projection: Q maps them to a second part of the output, which no network reads.
        layer_norm: LN normalizes a vector over the units of all networks side by side; each of the three normalized vectors
        has its own gain γ and bias β (Ba, Kiros & Hinton 2016).
        use_bias and forget_bias=1: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015).
        use_bias and forget_bias=2: The bias of the forget gate starts at 2 (Jozefowicz et al. 2015).
        Sources: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (the forget gate).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        peephole : bool, default False
            Whether to let the gates see the cell state, too.
        coupled : bool, default False
            Whether to use one minus the input gate as forget gate, which leaves three networks.
        no_input_gate : bool, default False
            Whether to leave out the input gate.
        no_forget_gate : bool, default False
            Whether to leave out the forget gate.
        no_output_gate : bool, default False
            Whether to leave out the output gate.
        no_input_activation : bool, default False
            Whether to leave out the activation of the candidate.
        no_output_activation : bool, default False
            Whether to leave out the activation of the cell state.
        full_gate_recurrence : bool, default False
            Whether to let all gates also read the gates of the step before.
        projection : Size | None, default None
            Size of the projected output.
        nonrecurrent_projection : Size | None, default None
            Size of a projection that is output and not fed back.
        layer_norm : bool, default False
            Whether to normalize over the units.
        use_bias : bool, default True
            Whether to have a bias.
        forget_bias : Literal[0, 1, 2], default 0
            Initial value of the forget gate's bias: 0, 1 or 2.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _LSTM(Rule):
    def __call__(self, units: Size, *, peephole: bool = False, coupled: bool = False, no_input_gate: bool = False, no_forget_gate: bool = False, no_output_gate: bool = False, no_input_activation: bool = False, no_output_activation: bool = False, full_gate_recurrence: bool = False, projection: Size | None = None, nonrecurrent_projection: Size | None = None, layer_norm: bool = False, use_bias: bool = True, forget_bias: Literal[0, 1, 2] = 0, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output), each of the input and the previous output.

        peephole: A gate also reads the cell state through a vector v of weights: the output gate the new one, the others
        the old one (Gers & Schmidhuber 2000).
        coupled: The forget gate is 1 − i and has no network of its own (Greff et al. 2017: CIFG).
        no_input_gate: There is no input gate: it is 1 (Greff et al. 2017: NIG).
        no_forget_gate: There is no forget gate: it is 1 (Greff et al. 2017: NFG).
        no_output_gate: There is no output gate: it is 1 (Greff et al. 2017: NOG).
        no_input_activation: The candidate has no activation, and no weight changes (Greff et al. 2017: NIAF).
        no_output_activation: The cell state has no activation on its way out, and no weight changes (Greff et al. 2017:
        NOAF).
        full_gate_recurrence: Each gate also reads every gate one step ago, through a matrix R for each pair (Greff et al.
        2017: FGR).
        projection: P maps the d_h units m_t to the output h_t, which the networks read at the next step; it has no bias
        (Sak, Senior & Beaufays 2014: LSTMP).
        nonrecurrent_projection: Q maps them to a second part of the output, which no network reads.
        layer_norm: LN normalizes a vector over the units of all networks side by side; each of the three normalized vectors
        has its own gain γ and bias β (Ba, Kiros & Hinton 2016).
        use_bias and forget_bias=1: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015).
        use_bias and forget_bias=2: The bias of the forget gate starts at 2 (Jozefowicz et al. 2015).
        Sources: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (the forget gate).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        peephole : bool, default False
            Whether to let the gates see the cell state, too.
        coupled : bool, default False
            Whether to use one minus the input gate as forget gate, which leaves three networks.
        no_input_gate : bool, default False
            Whether to leave out the input gate.
        no_forget_gate : bool, default False
            Whether to leave out the forget gate.
        no_output_gate : bool, default False
            Whether to leave out the output gate.
        no_input_activation : bool, default False
            Whether to leave out the activation of the candidate.
        no_output_activation : bool, default False
            Whether to leave out the activation of the cell state.
        full_gate_recurrence : bool, default False
            Whether to let all gates also read the gates of the step before.
        projection : Size | None, default None
            Size of the projected output.
        nonrecurrent_projection : Size | None, default None
            Size of a projection that is output and not fed back.
        layer_norm : bool, default False
            Whether to normalize over the units.
        use_bias : bool, default True
            Whether to have a bias.
        forget_bias : Literal[0, 1, 2], default 0
            Initial value of the forget gate's bias: 0, 1 or 2.
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

        Without influence on the count: dtype.
        """

class _MultiplicativeLSTMCell(Rule):
    def __call__(self, units: Size, *, intermediate: Size | None = None, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An LSTM whose networks see, instead of the previous output, its product with the input in a space of its own.

        intermediate: The factor m_t has d_m elements, else as many as h_t.
        The paper leaves the biases out; they are the four networks' own.
        Source: Krause et al. 2016 (mLSTM; that of Beck et al. 2024 is another).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        intermediate : Size | None, default None
            Size of the intermediate state.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _MultiplicativeLSTM(Rule):
    def __call__(self, units: Size, *, intermediate: Size | None = None, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An LSTM whose networks see, instead of the previous output, its product with the input in a space of its own.

        intermediate: The factor m_t has d_m elements, else as many as h_t.
        The paper leaves the biases out; they are the four networks' own.
        Source: Krause et al. 2016 (mLSTM; that of Beck et al. 2024 is another).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        intermediate : Size | None, default None
            Size of the intermediate state.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _NestedLSTMCell(Rule):
    def __call__(self, units: Size, *, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An LSTM whose cell is an LSTM: four networks outside, four inside, of what would enter and what would stay.

        The inner LSTM, marked ', reads i ⊙ g as its input and f ⊙ c_(t-1) as its previous output; its output is c_t. Its
        networks read d_h numbers of either kind.
        Two levels, as in the paper's experiments.
        Source: Moniz & Krueger 2017.

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

        Without influence on the count: dtype.
        """

class _NestedLSTM(Rule):
    def __call__(self, units: Size, *, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """An LSTM whose cell is an LSTM: four networks outside, four inside, of what would enter and what would stay.

        The inner LSTM, marked ', reads i ⊙ g as its input and f ⊙ c_(t-1) as its previous output; its output is c_t. Its
        networks read d_h numbers of either kind.
        Two levels, as in the paper's experiments.
        Source: Moniz & Krueger 2017.

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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _ConvLSTM2DCell(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], *, peephole: bool = True, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four convolutions of the frame and of the previous output; a peephole for every place and filter.

        A convolution (∗) keeps the frame's size.
        peephole: The vector v has the shape of the cell's state, so the number of parameters depends on the frame.
        Source: Shi et al. 2015.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        peephole : bool, default True
            Whether to let the gates see the cell state, too.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _ConvLSTM2D(Rule):
    def __call__(self, filters: Size, kernel_size: Size | Sequence[Size], *, peephole: bool = True, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four convolutions of the frame and of the previous output; a peephole for every place and filter.

        A convolution (∗) keeps the frame's size.
        peephole: The vector v has the shape of the cell's state, so the number of parameters depends on the frame.
        Source: Shi et al. 2015.

        Options
        -------
        filters : Size, required
            Output channels.
        kernel_size : Size | Sequence[Size], required
            Size of the window along each spatial axis.
        peephole : bool, default True
            Whether to let the gates see the cell state, too.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _LMUCell(Rule):
    def __call__(self, units: Size, order: Size, *, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One number is written to a memory of fixed dynamics; a dense network sees input, previous output and memory.

        The number written is a_t.
        A and B follow from the order and the length of the memory's window; they are kept, and no parameters.
        No equation has a bias.
        Source: Voelker, Kajić & Eliasmith 2019.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        order : Size, required
            Size of the memory.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _LMU(Rule):
    def __call__(self, units: Size, order: Size, *, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One number is written to a memory of fixed dynamics; a dense network sees input, previous output and memory.

        The number written is a_t.
        A and B follow from the order and the length of the memory's window; they are kept, and no parameters.
        No equation has a bias.
        Source: Voelker, Kajić & Eliasmith 2019.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        order : Size, required
            Size of the memory.
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

        Without influence on the count: dtype.
        """

class _sLSTMCell(Rule):
    def __call__(self, units: Size, *, heads: Size = 1, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output); the previous output is mixed within each head alone.

        A state m_t besides, max(ln f + m_(t-1), ln i), is subtracted from the exponents of i and f to keep them small, and
        changes no output. The paper also lets f be an exponential.
        heads: U has a block of (d_h/N)² for each of N heads and each network.
        The cell alone: without the block's convolution, norms and projections up and down.
        Source: Beck et al. 2024 (xLSTM).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        heads : Size, default 1
            Number of heads.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _sLSTM(Rule):
    def __call__(self, units: Size, *, heads: Size = 1, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output); the previous output is mixed within each head alone.

        A state m_t besides, max(ln f + m_(t-1), ln i), is subtracted from the exponents of i and f to keep them small, and
        changes no output. The paper also lets f be an exponential.
        heads: U has a block of (d_h/N)² for each of N heads and each network.
        The cell alone: without the block's convolution, norms and projections up and down.
        Source: Beck et al. 2024 (xLSTM).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        heads : Size, default 1
            Number of heads.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _mLSTMCell(Rule):
    def __call__(self, units: Size, *, heads: Size = 1, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks of the input alone (query, key, value, output gate); two gates with a number a head.

        The gates i and f are one number for each head. The paper also lets f be an exponential. A state m_t besides keeps
        the exponentials small, and changes no output.
        The equations are those of one head. Each of N heads has its d_h/N elements of q, k, v, o and h and a matrix C of
        (d_h/N)²; d_k is d_h/N.
        Nothing sees the previous output. The cell alone: without the block's convolution, norms, skip and projections.
        Source: Beck et al. 2024 (xLSTM).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        heads : Size, default 1
            Number of heads.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _mLSTM(Rule):
    def __call__(self, units: Size, *, heads: Size = 1, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks of the input alone (query, key, value, output gate); two gates with a number a head.

        The gates i and f are one number for each head. The paper also lets f be an exponential. A state m_t besides keeps
        the exponentials small, and changes no output.
        The equations are those of one head. Each of N heads has its d_h/N elements of q, k, v, o and h and a matrix C of
        (d_h/N)²; d_k is d_h/N.
        Nothing sees the previous output. The cell alone: without the block's convolution, norms, skip and projections.
        Source: Beck et al. 2024 (xLSTM).

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        heads : Size, default 1
            Number of heads.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _SRUCell(Rule):
    def __call__(self, units: Size, *, skip: Literal['identity', 'projection'] | None = 'identity', use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Three dense networks of the input alone (forget, candidate, highway); the gates see the cell by a vector each.

        The candidate g has no bias.
        skip=identity: The highway gate t, the paper's r, mixes the input, which must be as wide as the output, into it. The
        scale α of the highway is a constant.
        skip=projection: The highway gate t, the paper's r, mixes the input into the output, through a fourth matrix W_s.
        The scale α of the highway is a constant.
        skip=None: There is no highway and no gate for it.
        Source: Lei et al. 2018.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        skip : Literal['identity', 'projection'] | None, default 'identity'
            How the input reaches the output.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _SRU(Rule):
    def __call__(self, units: Size, *, skip: Literal['identity', 'projection'] | None = 'identity', use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Three dense networks of the input alone (forget, candidate, highway); the gates see the cell by a vector each.

        The candidate g has no bias.
        skip=identity: The highway gate t, the paper's r, mixes the input, which must be as wide as the output, into it. The
        scale α of the highway is a constant.
        skip=projection: The highway gate t, the paper's r, mixes the input into the output, through a fourth matrix W_s.
        The scale α of the highway is a constant.
        skip=None: There is no highway and no gate for it.
        Source: Lei et al. 2018.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        skip : Literal['identity', 'projection'] | None, default 'identity'
            How the input reaches the output.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _QRNN(Rule):
    def __call__(self, units: Size, window: Size = 2, *, pooling: Literal['f', 'fo', 'ifo'] = 'fo', use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Convolutions over the last k inputs (candidate and gates); what runs along time has no weights.

        Each convolution (∗) reads x_(t-k+1) … x_t, zeros before the first step. The candidate g is the paper's z. The paper
        leaves the biases out.
        Source: Bradbury et al. 2017.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        window : Size, default 2
            Window function, or the number of time steps that are read at once.
        pooling : Literal['f', 'fo', 'ifo'], default 'fo'
            Which gates the pooling has: f, fo or ifo.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _ElmanRNNCell(Rule):
    def __call__(self, units: Size, *, outputs: Size | None = None, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One dense network of the input and the previous hidden state, and perhaps one that reads the state.

        outputs: The output y_t is that of a dense layer V, which reads the hidden state.
        Source: Elman 1990.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        outputs : Size | None, default None
            Size of the output layer, d_y.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _ElmanRNN(Rule):
    def __call__(self, units: Size, *, outputs: Size | None = None, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One dense network of the input and the previous hidden state, and perhaps one that reads the state.

        outputs: The output y_t is that of a dense layer V, which reads the hidden state.
        Source: Elman 1990.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        outputs : Size | None, default None
            Size of the output layer, d_y.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _JordanRNNCell(Rule):
    def __call__(self, units: Size, outputs: Size, *, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One dense network of the input and the previous output, and one that makes the output of it.

        The network reads the output y of the step before, not the hidden state.
        The fixed decay by which Jordan's plan units remember older outputs is no weight.
        Source: Jordan 1986.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        outputs : Size, required
            Size of the output layer, d_y.
        use_bias : bool, default True
            Whether to have a bias.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _JordanRNN(Rule):
    def __call__(self, units: Size, outputs: Size, *, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One dense network of the input and the previous output, and one that makes the output of it.

        The network reads the output y of the step before, not the hidden state.
        The fixed decay by which Jordan's plan units remember older outputs is no weight.
        Source: Jordan 1986.

        Options
        -------
        units : Size, required
            Number of units: the size of the output, d_h.
        outputs : Size, required
            Size of the output layer, d_y.
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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _IndRNNCell(Rule):
    def __call__(self, units: Size, *, use_bias: bool = True, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A dense network of the input; each unit sees, of the previous output, its own element alone.

        There is one recurrent weight for each unit, in the vector u.
        Source: Li et al. 2018.

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

        Without influence on the count: dtype.
        """

class _IndRNN(Rule):
    def __call__(self, units: Size, *, use_bias: bool = True, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """A dense network of the input; each unit sees, of the previous output, its own element alone.

        There is one recurrent weight for each unit, in the vector u.
        Source: Li et al. 2018.

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
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _StackedRNNCells(Rule):
    def __call__(self, cells: AnyLayer | Sequence[AnyLayer], *, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
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

        Without influence on the count: dtype.
        """

class _RNN(Rule):
    def __call__(self, cell: AnyLayer | Sequence[AnyLayer], *, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
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

        Without influence on the count: dtype.
        """

class _Bidirectional(Rule):
    def __call__(self, layer: AnyLayer, merge_mode: Literal['concat', 'sum', 'mul', 'ave'] | None = 'concat', *, backward_layer: AnyLayer | None = None, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
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

        Without influence on the count: dtype.
        """

class _TimeDistributed(Rule):
    def __call__(self, layer: AnyLayer, *, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """One layer applied to every time step: its weights count once, its cost T times.

        Options
        -------
        layer : AnyLayer, required
            Layer inside the wrapper.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

Bidirectional: _Bidirectional
ConvLSTM: _ConvLSTM2D
ConvLSTM2D: _ConvLSTM2D
ConvLSTM2DCell: _ConvLSTM2DCell
ConvLSTMCell: _ConvLSTM2DCell
ElmanRNN: _ElmanRNN
ElmanRNNCell: _ElmanRNNCell
GRU: _GRU
GRUCell: _GRUCell
IndRNN: _IndRNN
IndRNNCell: _IndRNNCell
JordanRNN: _JordanRNN
JordanRNNCell: _JordanRNNCell
LMU: _LMU
LMUCell: _LMUCell
LSTM: _LSTM
LSTMCell: _LSTMCell
LiGRU: _LightGRU
LiGRUCell: _LightGRUCell
LightGRU: _LightGRU
LightGRUCell: _LightGRUCell
MGU: _MGU
MGUCell: _MGUCell
MinimalGatedUnit: _MGU
MinimalGatedUnitCell: _MGUCell
MultiplicativeLSTM: _MultiplicativeLSTM
MultiplicativeLSTMCell: _MultiplicativeLSTMCell
NestedLSTM: _NestedLSTM
NestedLSTMCell: _NestedLSTMCell
QRNN: _QRNN
RNN: _RNN
SRU: _SRU
SRUCell: _SRUCell
SimpleRNN: _ElmanRNN
SimpleRNNCell: _ElmanRNNCell
StackedRNNCells: _StackedRNNCells
TimeDistributed: _TimeDistributed
mLSTM: _mLSTM
mLSTMCell: _mLSTMCell
sLSTM: _sLSTM
sLSTMCell: _sLSTMCell
