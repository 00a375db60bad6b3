"""The LSTM and its options: peepholes, gates coupled or left out, full gate recurrence, projections, layer norm."""

from typing import Annotated, Literal

from ...core.declare import Built, Weight
from ...core.kinds import Sized
from ...core.products import Product, Source, Sources, State, Work, product
from ...symbolic import Size
from ..shared import cells
from .common import Step, Units, bank, norm, paths, recurrent, refuse


@recurrent("LSTM")
def lstm(
    x: Step,
    /,
    units: Units,
    *,
    peephole: bool = False,
    coupled: bool = False,
    no_input_gate: bool = False,
    no_forget_gate: bool = False,
    no_output_gate: bool = False,
    no_input_activation: bool = False,
    no_output_activation: bool = False,
    full_gate_recurrence: bool = False,
    projection: Annotated[Size, Sized("p")] | None = None,
    nonrecurrent_projection: Annotated[Size, Sized("q")] | None = None,
    layer_norm: bool = False,
    use_bias: bool = True,
    forget_bias: Literal[0, 1, 2] = 0,
) -> Built:
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
    """
    nets = networks(coupled, no_input_gate, no_forget_gate, no_output_gate)
    gates = tuple(net for net in nets if net != "c")
    refuse(
        (peephole and not gates, "peephole without a gate that could look through it", "a gate"),
        (full_gate_recurrence and not gates, "full_gate_recurrence without a gate", "a gate"),
        (full_gate_recurrence and layer_norm, "no paper says how full_gate_recurrence is normalised", "no layer_norm"),
        (bool(forget_bias) and "f" not in gates, "forget_bias without a forget gate of its own", "a forget gate"),
        (bool(forget_bias) and not use_bias, "forget_bias without biases", "use_bias"),
        (
            nonrecurrent_projection is not None and projection is None,
            "nonrecurrent_projection without projection",
            "projection, the part the networks see",
        ),
    )
    g, n, d_x = len(nets), len(gates), x[1]
    seen = units if projection is None else projection
    besides = 0 if nonrecurrent_projection is None else nonrecurrent_projection
    bias = bank("bias", nets, units)
    bias.starts = (("f", forget_bias),) if forget_bias else ()
    matrices = full_gate_recurrence * n**2 * units**2 + besides * units
    states = ((x[0], seen), (x[0], units), *[(x[0], units)] * (full_gate_recurrence * n))
    shaping = norms(nets, units) * layer_norm

    def work() -> Work:
        # what the networks read; i and f also see the cell through peepholes, o the new cell
        before = [State(2 + place) for place in range(n)] if full_gate_recurrence else []
        read: list[Source] = [0, "kernel", "recurrent_kernel", *["bias"] * use_bias, State(0), *before]
        read += ["gate_kernel"] * full_gate_recurrence
        net = frozenset(read).union(paths(shaping[:-2]))
        looks: Sources = net | {"peephole", State(1)} if peephole else net
        kept = net | {State(1)} | (looks if {"i", "f"} & {*gates} else net)
        shows = net | kept | {"peephole"} if peephole else net
        hidden = (kept | shows if "o" in gates else kept).union(paths(shaping[-2:]))
        after = [shows if gate == "o" else looks for gate in gates] if full_gate_recurrence else []
        through = projections(units, projection, nonrecurrent_projection)
        recurs = hidden if projection is None else hidden | {through[0].path}
        products: list[Product] = [
            product(x[0] * (g * units * d_x), 0, "kernel"),
            product(x[0] * (g * units * seen), State(0), "recurrent_kernel"),
        ]
        if full_gate_recurrence:
            products.append(product(x[0] * (n**2 * units**2), before, "gate_kernel"))
        products += [product(x[0] * (units * weight.shape[1]), hidden, weight.path) for weight in through]
        return Work(tuple(products), (hidden.union(paths(through)), recurs, kept, *after))

    return Built(
        outs=((x[0], seen + besides), *states),
        weights=(
            bank("kernel", nets, units, d_x),
            bank("recurrent_kernel", nets, units, seen),
            *[bank("gate_kernel", gates, units, n * units)] * full_gate_recurrence,
            *[bank("peephole", gates, units)] * peephole,
            *[bias] * use_bias,
            *shaping,
            *projections(units, projection, nonrecurrent_projection),
        ),
        formula=lambda: (
            cells.parameters(g, d_x, units, use_bias, projection)
            + matrices
            + peephole * n * units
            + layer_norm * 2 * (2 * g * units + units)
        ),
        work=work,
        states=states,
    )


def networks(coupled: bool, no_input_gate: bool, no_forget_gate: bool, no_output_gate: bool) -> tuple[str, ...]:
    """Name the networks that have weights, in order."""
    refuse(
        (coupled and no_input_gate, "coupled makes the forget gate from the input gate", "no_input_gate off"),
        (coupled and no_forget_gate, "coupled replaces the forget gate: there is none to leave out", "one of the two"),
    )
    absent = {"i": no_input_gate, "f": no_forget_gate or coupled, "o": no_output_gate}
    return tuple(net for net in ("i", "f", "c", "o") if not absent.get(net))


def norms(nets: tuple[str, ...], units: Size) -> tuple[Weight, ...]:
    """Give the three normalised vectors their gains and biases: of the input, of the output, of the cell."""
    side_by_side = (*norm("input_norm", nets, units), *norm("recurrent_norm", nets, units))
    return (*side_by_side, *norm("cell_norm", (), units))


def projections(units: Size, *sizes: Size | None) -> tuple[Weight, ...]:
    """Give the matrices, without biases, that the output goes through: the one seen again, the one beside it."""
    scopes = ("projection", "nonrecurrent_projection")
    return tuple(
        Weight("kernel", (units, size), True, scope)
        for scope, size in zip(scopes, sizes, strict=True)
        if size is not None
    )
