"""Equations of recurrent cells, for all frameworks (their notation: `paramcalc.core.equations`).

Every tensor has one letter in all of them: ``W`` reads the input, ``U`` the previous output, ``b`` is the bias, ``b'``
that of the product with the previous output. The candidate is ``g``, the cell state ``c``, the output ``h``.

Frameworks differ in the order of a product: a kernel (d_x, d_h) stands behind the vector, ``x_t W``, a weight
(d_h, d_x) in front of it, ``W x_t``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from .cells import CANDIDATE, GATES

X, H, C = "x_t", "h_(t-1)", "c_(t-1)"
NUMBERS = ("no", "one", "two", "three", "four")
RESET = f"r_t ⊙ {H}"  # what the candidate reads where the reset gate acts before the product
MIXED = f"h_t = z_t ⊙ {H} + (1 − z_t) ⊙ {CANDIDATE}_t"
MIXED_NEW = f"h_t = (1 − z_t) ⊙ {H} + z_t ⊙ {CANDIDATE}_t"
BIASES = ("b", "b'")  # of the product with the input, and of that with the previous output

Network = Callable[[str], str]


def behind(vector: str, matrix: str) -> str:
    """Write a product with a matrix of shape (read, made): ``x_t W``."""
    return f"{vector} {matrix}"


def before(vector: str, matrix: str) -> str:
    """Write a product with a matrix of shape (made, read): ``W x_t``."""
    return f"{matrix} {vector}"


def convolved(frames: str, kernel: str) -> str:
    """Write a convolution: ``W ∗ x_t``."""
    return f"{kernel} ∗ {frames}"


def reads(
    name: str,
    times: Callable[[str, str], str] = behind,
    biases: int | Collection[str] = 1,
    seen: str = H,
    mark: str = "_",
) -> str:
    """Write what a network adds up: ``x_t W_i + h_(t-1) U_i + b_i``.

    Parameters
    ----------
    name : str
        The letter of the network; empty for a cell that has one network.
    times : callable
        How a product is written.
    biases : int or collection of str
        0, 1, or 2 where the product with the previous output has one of its own; or those of ``b`` and ``b'`` that
        are there.
    seen : str
        What it reads of the step before.
    mark : str
        Between a tensor's letter and the network's.
    """
    at = f"{mark}{name}" if name else ""
    first, second = ([f"{b}{at}"] * (b in lettered(biases)) for b in BIASES)
    terms = [times(X, f"W{at}"), times(seen, f"U{at}")]
    return " + ".join((terms[0], *first, terms[1], *second) if second else (*terms, *first))


def lettered(biases: int | Collection[str]) -> Collection[str]:
    """Give the letters of so many biases."""
    return BIASES[:biases] if isinstance(biases, int) else biases


def shown(units: str) -> tuple[str, ...]:
    """Show the units of an LSTM as its output."""
    return (f"h_t = {units}",)


def lstm(
    gates: Sequence[str],
    network: Network,
    through: Callable[[str], tuple[str, ...]] = shown,
    late: Collection[str] = (),
    bound: int = 0,
) -> tuple[str, ...]:
    """Give the equations of an LSTM, its networks in the order of the framework.

    Parameters
    ----------
    gates : sequence of str
    network : callable
        Gives what a network adds up.
    through : callable
        Gives the last lines: what the layer makes of its units.
    late : collection of str
        The networks that read the new cell state.
    bound : int
        The largest absolute value of the cell state; 0 for none.
    """
    made = {gate: f"{gate}_t = {'tanh' if gate == CANDIDATE else 'σ'}({network(gate)})" for gate in gates}
    cell = f"f_t ⊙ {C} + i_t ⊙ {CANDIDATE}_t"
    return (
        *(line for gate, line in made.items() if gate not in late),
        f"c_t = max(−{bound}, min({bound}, {cell}))" if bound else f"c_t = {cell}",
        *(line for gate, line in made.items() if gate in late),
        *through("o_t ⊙ tanh(c_t)"),
    )


def gru(
    gates: Sequence[str],
    times: Callable[[str, str], str],
    biases: int,
    reset_before: bool = False,
) -> tuple[str, ...]:
    """Give the equations of a GRU, its networks in the order of the framework.

    With ``reset_before`` the reset gate acts on the previous output, else on its product with the recurrent weights.
    """

    def network(gate: str, seen: str) -> str:
        return reads(gate, times, biases, seen)

    candidate = network(CANDIDATE, f"({RESET})") if reset_before else reset_after(times, biases)
    return gated(gates, lambda gate: network(gate, H), candidate)


def reset_after(times: Callable[[str, str], str], biases: int | Collection[str]) -> str:
    """Write what the candidate adds up where the reset gate acts on the product with the recurrent weights."""
    g = CANDIDATE
    first, second = (f" + {b}_{g}" * (b in lettered(biases)) for b in BIASES)
    new, old = times(X, f"W_{g}"), times(H, f"U_{g}")
    return f"{new}{first} + r_t ⊙ ({old}{second})" if second else f"{new} + r_t ⊙ ({old}){first}"


def gated(
    gates: Sequence[str], network: Network, candidate: str, activation: str = "tanh", mixed: str = MIXED
) -> tuple[str, ...]:
    """Give the lines of a GRU from what its gates and its candidate add up."""
    g = CANDIDATE
    return (
        *(f"{gate}_t = σ({network(gate)})" for gate in gates if gate != g),
        f"{g}_t = {activation}({candidate})",
        mixed,
    )


def networks(gates: Sequence[str], of: str = "dense networks") -> str:
    """Name the networks of a cell: ``Three dense networks (input, candidate, output)``."""
    names = [GATES[gate][0].removesuffix(" gate") for gate in gates]
    if len(names) == 1:
        return f"One {of.removesuffix('s')} ({names[0]})"
    return f"{NUMBERS[len(names)].capitalize()} {of} ({', '.join(names)})"
