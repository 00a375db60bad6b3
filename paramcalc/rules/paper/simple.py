"""Recurrent networks without gates: Elman's, Jordan's, and one whose units see only themselves."""

from ...core.declare import Built, Weight
from ...core.equations import Equations
from ...core.products import Source, State, Work, product
from ...symbolic import Size
from ..shared import cells
from ..shared.equations import H, X, reads
from .common import LETTERS, Outputs, Step, Units, paths, recurrent

OUTPUT = {"output/kernel": "V", "output/bias": "d"}


def output_layer(d_h: Size, d_y: Size, use_bias: bool) -> tuple[Weight, ...]:
    """Give the weights of the dense layer that reads the hidden state: V and d."""
    return (Weight("kernel", (d_h, d_y), scope="output"), *[Weight("bias", (d_y,), scope="output")] * use_bias)


@recurrent("ElmanRNN", "SimpleRNN")
def elman(x: Step, /, units: Units, *, outputs: Outputs | None = None, use_bias: bool = True) -> Built:
    """One dense network of the input and the previous hidden state, and perhaps one that reads the state.

    outputs: The output y_t is that of a dense layer V, which reads the hidden state.
    Source: Elman 1990.
    """
    (batch, d_x), state = x, (x[0], units)
    weights: tuple[Weight, ...] = (Weight("kernel", (d_x, units)), Weight("recurrent_kernel", (units, units)))
    weights += (Weight("bias", (units,)),) * use_bias
    reading = () if outputs is None else output_layer(units, outputs, use_bias)
    d_y: Size = 0 if outputs is None else outputs

    def work() -> Work:
        made = cells.work(1, d_x, units, batch)
        hidden = frozenset[Source]((0, State(0), *paths(weights)))
        read = hidden.union(paths(reading))
        reads = (product(batch * (d_y * units), hidden, "output/kernel"),) if reading else ()
        return Work(made.products + reads, (read, hidden))

    return Built(
        outs=(state if outputs is None else (batch, outputs), state),
        weights=weights + reading,
        formula=lambda: units * (units + d_x) + use_bias * units + d_y * units + use_bias * d_y,
        work=work,
        states=(state,),
        equations=lambda: Equations(
            (
                f"h_t = tanh({reads('', biases=int(use_bias))})",
                *[f"y_t = h_t V{' + d' * use_bias}"] * (outputs is not None),
            ),
            {**LETTERS, **OUTPUT},
            "" if outputs is not None else "One dense network of the input and the previous hidden state.",
        ),
    )


@recurrent("JordanRNN")
def jordan(x: Step, /, units: Units, outputs: Outputs, *, use_bias: bool = True) -> Built:
    """One dense network of the input and the previous output, and one that makes the output of it.

    The network reads the output y of the step before, not the hidden state.
    The fixed decay by which Jordan's plan units remember older outputs is no weight.
    Source: Jordan 1986.
    """
    (batch, d_x), state = x, (x[0], outputs)
    networks: tuple[Weight, ...] = (Weight("kernel", (d_x, units)), Weight("recurrent_kernel", (outputs, units)))
    networks += (Weight("bias", (units,)),) * use_bias

    def work() -> Work:
        hidden: tuple[Source, ...] = (0, State(0), *paths(networks))
        return Work(
            (
                product(batch * (units * d_x), 0, "kernel"),
                product(batch * (units * outputs), State(0), "recurrent_kernel"),
                product(batch * (outputs * units), hidden, "output/kernel"),
            )
        )

    return Built(
        outs=(state, state),
        weights=networks + output_layer(units, outputs, use_bias),
        formula=lambda: units * (outputs + d_x) + use_bias * units + outputs * units + use_bias * outputs,
        work=work,
        states=(state,),
        equations=lambda: Equations(
            (f"h_t = σ({reads('', biases=int(use_bias), seen='y_(t-1)')})", f"y_t = h_t V{' + d' * use_bias}"),
            {**LETTERS, **OUTPUT},
        ),
    )


@recurrent("IndRNN")
def ind_rnn(x: Step, /, units: Units, *, use_bias: bool = True) -> Built:
    """A dense network of the input; each unit sees, of the previous output, its own element alone.

    There is one recurrent weight for each unit, in the vector u.
    Source: Li et al. 2018.
    """
    (batch, d_x), state = x, (x[0], units)
    bias = (Weight("bias", (units,)),) * use_bias
    return Built(
        outs=(state, state),
        weights=(Weight("kernel", (d_x, units)), Weight("recurrent_vector", (units,)), *bias),
        formula=lambda: d_x * units + units + use_bias * units,
        work=lambda: Work((product(batch * (d_x * units), 0, "kernel"),)),
        states=(state,),
        equations=lambda: Equations(
            (f"h_t = relu({X} W + u ⊙ {H}{' + b' * use_bias})",), {**LETTERS, "recurrent_vector": "u"}
        ),
    )
