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

        z, r = σ(W x_t + U h_(t-1) + b), candidate tanh(W x_t + U (r h_(t-1)) + b), h_t = z h_(t-1) + (1 − z) candidate.
        reset="after": tanh(W x_t + b + r (U h_(t-1) + b')): the gate acts after the product, which has a bias of its
        own; frameworks that keep two biases for all three networks count 2·d_h more.
        variant 1: the gates do without the input, σ(U h_(t-1) + b); 2: without biases, too, σ(U h_(t-1)); 3: they
        are a bias alone, σ(b) (Dey & Salem 2017: GRU1, GRU2, GRU3).
        layer_norm: z, r = σ(LN(W x_t) + LN(U h_(t-1))), candidate tanh(LN(W x_t) + r LN(U h_(t-1))), so four vectors
        with a gain and a bias each (Ba, Kiros & Hinton 2016, who write no other b: use_bias=False).
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

        z, r = σ(W x_t + U h_(t-1) + b), candidate tanh(W x_t + U (r h_(t-1)) + b), h_t = z h_(t-1) + (1 − z) candidate.
        reset="after": tanh(W x_t + b + r (U h_(t-1) + b')): the gate acts after the product, which has a bias of its
        own; frameworks that keep two biases for all three networks count 2·d_h more.
        variant 1: the gates do without the input, σ(U h_(t-1) + b); 2: without biases, too, σ(U h_(t-1)); 3: they
        are a bias alone, σ(b) (Dey & Salem 2017: GRU1, GRU2, GRU3).
        layer_norm: z, r = σ(LN(W x_t) + LN(U h_(t-1))), candidate tanh(LN(W x_t) + r LN(U h_(t-1))), so four vectors
        with a gain and a bias each (Ba, Kiros & Hinton 2016, who write no other b: use_bias=False).
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

        z = σ(BN(W x_t) + U h_(t-1)), candidate ReLU(BN(W x_t) + U h_(t-1)), h_t = z h_(t-1) + (1 − z) candidate.
        There is no reset gate. The means and variances that batch norm keeps are no parameters.
        Without batch_norm each network has a bias instead.
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

        z = σ(BN(W x_t) + U h_(t-1)), candidate ReLU(BN(W x_t) + U h_(t-1)), h_t = z h_(t-1) + (1 − z) candidate.
        There is no reset gate. The means and variances that batch norm keeps are no parameters.
        Without batch_norm each network has a bias instead.
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

        f = σ(W x_t + U h_(t-1) + b), candidate tanh(W x_t + U (f h_(t-1)) + b), h_t = (1 − f) h_(t-1) + f candidate.
        The gate f is listed as u, for it decides other things than an LSTM's f.
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

        f = σ(W x_t + U h_(t-1) + b), candidate tanh(W x_t + U (f h_(t-1)) + b), h_t = (1 − f) h_(t-1) + f candidate.
        The gate f is listed as u, for it decides other things than an LSTM's f.
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

        i, f, o = σ(W x_t + U h_(t-1) + b), g = tanh(W x_t + U h_(t-1) + b), one W, U, b for each;
        c_t = f c_(t-1) + i g, h_t = o tanh(c_t).
        peephole: i and f also see p c_(t-1), o sees p c_t; p is a vector for each gate (Gers & Schmidhuber 2000).
        coupled: f = 1 − i, three networks; no_input_gate, no_forget_gate, no_output_gate: that gate is 1;
        no_input_activation, no_output_activation: the tanh of g, or of c_t, is left out, and no weight changes;
        full_gate_recurrence: each gate also sees every gate one step ago, R i_(t-1) + R f_(t-1) + R o_(t-1), nine
        matrices R (Greff et al. 2017, who call these CIFG, NIG, NFG, NOG, NIAF, NOAF and FGR).
        projection: the networks see r_t = W_r h_t instead of h_t, and r_t is put out; nonrecurrent_projection:
        so is p_t = W_p h_t, beside it; neither has a bias (Sak, Senior & Beaufays 2014: LSTMP).
        layer_norm: LN(W x_t) + LN(U h_(t-1)) + b for all networks side by side, and tanh(LN(c_t)); each of the
        three vectors has its own gain and bias (Ba, Kiros & Hinton 2016).
        forget_bias: what b of the forget gate starts at (Jozefowicz et al. 2015).
        Sources besides: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (the forget gate).

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
            Initial value of the forget gate's bias, 1 or 2.
        name : str | None, default None
            Name of the layer.
        trainable : bool, default True
            Whether the weights are trained.

        Without influence on the count: dtype.
        """

class _LSTM(Rule):
    def __call__(self, units: Size, *, peephole: bool = False, coupled: bool = False, no_input_gate: bool = False, no_forget_gate: bool = False, no_output_gate: bool = False, no_input_activation: bool = False, no_output_activation: bool = False, full_gate_recurrence: bool = False, projection: Size | None = None, nonrecurrent_projection: Size | None = None, layer_norm: bool = False, use_bias: bool = True, forget_bias: Literal[0, 1, 2] = 0, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False, stateful: bool = False, dtype: object = ..., name: str | None = None, trainable: bool = True) -> Layer:  # type: ignore[override]
        """Four dense networks (input, forget, candidate, output), each of the input and the previous output.

        i, f, o = σ(W x_t + U h_(t-1) + b), g = tanh(W x_t + U h_(t-1) + b), one W, U, b for each;
        c_t = f c_(t-1) + i g, h_t = o tanh(c_t).
        peephole: i and f also see p c_(t-1), o sees p c_t; p is a vector for each gate (Gers & Schmidhuber 2000).
        coupled: f = 1 − i, three networks; no_input_gate, no_forget_gate, no_output_gate: that gate is 1;
        no_input_activation, no_output_activation: the tanh of g, or of c_t, is left out, and no weight changes;
        full_gate_recurrence: each gate also sees every gate one step ago, R i_(t-1) + R f_(t-1) + R o_(t-1), nine
        matrices R (Greff et al. 2017, who call these CIFG, NIG, NFG, NOG, NIAF, NOAF and FGR).
        projection: the networks see r_t = W_r h_t instead of h_t, and r_t is put out; nonrecurrent_projection:
        so is p_t = W_p h_t, beside it; neither has a bias (Sak, Senior & Beaufays 2014: LSTMP).
        layer_norm: LN(W x_t) + LN(U h_(t-1)) + b for all networks side by side, and tanh(LN(c_t)); each of the
        three vectors has its own gain and bias (Ba, Kiros & Hinton 2016).
        forget_bias: what b of the forget gate starts at (Jozefowicz et al. 2015).
        Sources besides: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (the forget gate).

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
            Initial value of the forget gate's bias, 1 or 2.
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

        m_t = (W_mx x_t)(W_mh h_(t-1)), element by element; then an LSTM's four networks of x_t and m_t.
        m_t has as many elements as h_t, unless ``intermediate`` says otherwise.
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

        m_t = (W_mx x_t)(W_mh h_(t-1)), element by element; then an LSTM's four networks of x_t and m_t.
        m_t has as many elements as h_t, unless ``intermediate`` says otherwise.
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

        i, f, o, g as in an LSTM, of x_t and h_(t-1); then the inner LSTM's input is i g and its previous output
        f c_(t-1), and its new output is c_t. The inner networks see d_h numbers of either kind.
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

        i, f, o, g as in an LSTM, of x_t and h_(t-1); then the inner LSTM's input is i g and its previous output
        f c_(t-1), and its new output is c_t. The inner networks see d_h numbers of either kind.
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

        i, f = σ(W * x_t + U * h_(t-1) + p c_(t-1) + b), o the same with c_t, g = tanh(W * x_t + U * h_(t-1) + b);
        c_t = f c_(t-1) + i g, h_t = o tanh(c_t). * is a convolution that keeps the frame's size; p has the shape of the
        cell's state, so with peepholes the number of parameters depends on the frame.
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

        i, f = σ(W * x_t + U * h_(t-1) + p c_(t-1) + b), o the same with c_t, g = tanh(W * x_t + U * h_(t-1) + b);
        c_t = f c_(t-1) + i g, h_t = o tanh(c_t). * is a convolution that keeps the frame's size; p has the shape of the
        cell's state, so with peepholes the number of parameters depends on the frame.
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

        u_t = e_x x_t + e_h h_(t-1) + e_m m_(t-1), m_t = A m_(t-1) + B u_t, h_t = tanh(W_x x_t + W_h h_(t-1) + W_m m_t).
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

        u_t = e_x x_t + e_h h_(t-1) + e_m m_(t-1), m_t = A m_(t-1) + B u_t, h_t = tanh(W_x x_t + W_h h_(t-1) + W_m m_t).
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

        candidate tanh(W x_t + R h_(t-1) + b), i = exp(W x_t + R h_(t-1) + b), f = exp or σ of the same, o = σ of it;
        c_t = f c_(t-1) + i candidate, n_t = f n_(t-1) + i, h_t = o c_t/n_t, and m_t, which keeps the exponentials small.
        R has a block of (d_h/N)² for each of N heads and each network.
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

        candidate tanh(W x_t + R h_(t-1) + b), i = exp(W x_t + R h_(t-1) + b), f = exp or σ of the same, o = σ of it;
        c_t = f c_(t-1) + i candidate, n_t = f n_(t-1) + i, h_t = o c_t/n_t, and m_t, which keeps the exponentials small.
        R has a block of (d_h/N)² for each of N heads and each network.
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

        q, k, v = W x_t + b (k over √d), o = σ(W x_t + b); i = exp(w x_t + b), f = exp or σ(w x_t + b), one number each;
        C_t = f C_(t-1) + i v kᵀ, n_t = f n_(t-1) + i k, h_t = o (C_t q)/max(|nᵀ q|, 1), and m_t, which keeps the
        exponentials small. Each of N heads has its d_h/N elements of q, k, v and a matrix C of (d_h/N)².
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

        q, k, v = W x_t + b (k over √d), o = σ(W x_t + b); i = exp(w x_t + b), f = exp or σ(w x_t + b), one number each;
        C_t = f C_(t-1) + i v kᵀ, n_t = f n_(t-1) + i k, h_t = o (C_t q)/max(|nᵀ q|, 1), and m_t, which keeps the
        exponentials small. Each of N heads has its d_h/N elements of q, k, v and a matrix C of (d_h/N)².
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

        f, r = σ(W x_t + v c_(t-1) + b), c_t = f c_(t-1) + (1 − f)(W x_t), h_t = r c_t + (1 − r) x_t.
        The candidate W x_t has no bias; the highway gate r is listed as t.
        x_t must be as wide as h_t for that; skip="projection" sends it through a fourth matrix, and with skip=None
        there is no highway and no r: h_t = c_t. The scale α of the highway is a constant.
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

        f, r = σ(W x_t + v c_(t-1) + b), c_t = f c_(t-1) + (1 − f)(W x_t), h_t = r c_t + (1 − r) x_t.
        The candidate W x_t has no bias; the highway gate r is listed as t.
        x_t must be as wide as h_t for that; skip="projection" sends it through a fourth matrix, and with skip=None
        there is no highway and no r: h_t = c_t. The scale α of the highway is a constant.
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

        z = tanh(W * x), f, o, i = σ(W * x), each W over x_(t-k+1) … x_t, zeros before the first.
        pooling "f": h_t = f h_(t-1) + (1 − f) z; "fo": c_t = f c_(t-1) + (1 − f) z, h_t = o c_t;
        "ifo": c_t = f c_(t-1) + i z, h_t = o c_t. z is listed as the candidate c. The paper leaves the biases out.
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

        h_t = tanh(U x_t + W h_(t-1) + b), and with ``outputs`` y_t = V h_t + c.
        kernel is U, recurrent_kernel W, bias b, output/kernel V, output/bias c.
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

        h_t = tanh(U x_t + W h_(t-1) + b), and with ``outputs`` y_t = V h_t + c.
        kernel is U, recurrent_kernel W, bias b, output/kernel V, output/bias c.
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

        h_t = tanh(U x_t + W y_(t-1) + b), y_t = V h_t + c: what comes back is the output, not the hidden state.
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

        h_t = tanh(U x_t + W y_(t-1) + b), y_t = V h_t + c: what comes back is the output, not the hidden state.
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

        h_t = σ(W x_t + u h_(t-1) + b), u a vector: one recurrent weight a unit.
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

        h_t = σ(W x_t + u h_(t-1) + b), u a vector: one recurrent weight a unit.
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
