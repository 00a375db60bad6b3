"""The LSTM and its options: peepholes, gates coupled or left out, full gate recurrence, projections, layer norm."""

from typing import Annotated, Literal

from ...core.declare import Built, Weight
from ...core.equations import Equations
from ...core.kinds import Sized
from ...core.products import Product, Source, Sources, State, Work, product
from ...symbolic import Size
from ..shared import cells, equations
from ..shared.equations import C, H, X
from .common import LETTERS, Step, Units, bank, norm, paths, recurrent, refuse


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
    """
    nets = networks(coupled, no_input_gate, no_forget_gate, no_output_gate)
    gates = tuple(net for net in nets if net != "g")
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
        before: list[Source] = [State(2 + place) for place in range(n)] if full_gate_recurrence else []
        read: list[Source] = [0, "kernel", "recurrent_kernel", *["bias"] * use_bias, State(0)]
        candidate: Sources = frozenset(read).union(paths(shaping[:-2]))
        more: list[Source] = [*before, *["gate_kernel"] * full_gate_recurrence]
        net = candidate.union(more)
        looks: Sources = net | {"peephole", State(1)} if peephole else net
        kept = candidate | {State(1)} | (looks if {"i", "f"} & {*gates} else candidate)
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

    def computed() -> Equations:
        net = gate_input(nets, gates, peephole, full_gate_recurrence, layer_norm, use_bias)
        activation = "{}" if no_input_activation else "tanh({})"
        made = {n: f"{n}_t = {activation if n == 'g' else 'σ({})'}".format(net(n)) for n in nets}
        late = made.pop("o", None) if peephole else None
        forget = "f_t ⊙ " if "f" in nets or coupled else ""
        normed = "LN(c_t; γ_c, β_c)" if layer_norm else "c_t"
        shows = normed if no_output_activation else f"tanh({normed})"
        shows = f"o_t ⊙ {shows}" if "o" in nets else shows
        lines = [
            *[side_by_side(nets, use_bias)] * layer_norm,
            *made.values(),
            *["f_t = 1 − i_t"] * coupled,
            f"c_t = {forget}{C} + {'i_t ⊙ ' if 'i' in nets else ''}g_t",
            *([late] if late else []),
            f"h_t = {shows}" if projection is None else f"m_t = {shows}",
            *["h_t = m_t P"] * (projection is not None),
            *["y_t = [h_t, m_t Q]"] * (nonrecurrent_projection is not None),
        ]
        summary = f"{equations.networks(nets)}, each of the input and the previous output."
        return Equations(tuple(lines), LSTM_LETTERS, summary)

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
        equations=computed,
    )


LSTM_LETTERS = {
    **LETTERS,
    "gate_kernel": "R",
    "peephole": "v",
    "input_norm_gain": "γ_x",
    "input_norm_bias": "β_x",
    "recurrent_norm_gain": "γ_h",
    "recurrent_norm_bias": "β_h",
    "cell_norm_gain": "γ_c",
    "cell_norm_bias": "β_c",
    "projection/kernel": "P",
    "nonrecurrent_projection/kernel": "Q",
}


def gate_input(
    nets: tuple[str, ...], gates: tuple[str, ...], peephole: bool, recurrence: bool, layer_norm: bool, use_bias: bool
) -> equations.Network:
    """Give what writes down the sum that a network takes."""

    def written(net: str) -> str:
        terms = [f"a_{net}" if layer_norm else equations.reads(net, biases=int(use_bias))]
        if recurrence and net in gates:
            terms.append(f"[{', '.join(f'{gate}_(t-1)' for gate in gates)}] R_{net}")
        if peephole and net in gates:
            terms.append(f"v_{net} ⊙ {'c_t' if net == 'o' else C}")
        return " + ".join(terms)

    return written


def side_by_side(nets: tuple[str, ...], use_bias: bool) -> str:
    """Write the normalized sums of all networks, side by side in one vector."""
    sums = f"LN({X} W; γ_x, β_x) + LN({H} U; γ_h, β_h)" + " + b" * use_bias
    return f"[{', '.join(f'a_{net}' for net in nets)}] = {sums}"


def networks(coupled: bool, no_input_gate: bool, no_forget_gate: bool, no_output_gate: bool) -> tuple[str, ...]:
    """Name the networks that have weights, in order."""
    refuse(
        (coupled and no_input_gate, "coupled makes the forget gate from the input gate", "no_input_gate off"),
        (coupled and no_forget_gate, "coupled replaces the forget gate: there is none to leave out", "one of the two"),
    )
    absent = {"i": no_input_gate, "f": no_forget_gate or coupled, "o": no_output_gate}
    return tuple(net for net in ("i", "f", "g", "o") if not absent.get(net))


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
