"""Equations of recurrent cells, for all frameworks (their notation: `paramcalc.core.equations`).

Every tensor has one letter in all of them: ``W`` reads the input, ``U`` the previous output, ``b`` is the bias, ``b'``
that of the product with the previous output. The candidate is ``g``, the cell state ``c``, the output ``h``.

Frameworks differ in the order of a product: a kernel (d_x, d_h) stands behind the vector, ``x_t W``, a weight
(d_h, d_x) in front of it, ``W x_t``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .cells import CANDIDATE, GATES

X, H, C = "x_t", "h_(t-1)", "c_(t-1)"
NUMBERS = ("no", "one", "two", "three", "four")
MIXED = f"h_t = z_t ⊙ {H} + (1 − z_t) ⊙ {CANDIDATE}_t"

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
    biases: int = 1,
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
    biases : int
        0, 1, or 2 where the product with the previous output has one of its own.
    seen : str
        What it reads of the step before.
    mark : str
        Between a tensor's letter and the network's.
    """
    at = f"{mark}{name}" if name else ""
    terms = [times(X, f"W{at}"), times(seen, f"U{at}")]
    if biases == 2:
        return " + ".join((terms[0], f"b{at}", terms[1], f"b'{at}"))
    return " + ".join((*terms, *[f"b{at}"] * biases))


def lstm(gates: Sequence[str], network: Network, projected: str = "") -> tuple[str, ...]:
    """Give the equations of an LSTM, its networks in the order of the framework.

    Parameters
    ----------
    gates : sequence of str
    network : callable
        Gives what a network adds up.
    projected : str
        The matrix that the output goes through, as ``before`` writes it; empty for none.
    """
    shown = "o_t ⊙ tanh(c_t)"
    return (
        *(f"{gate}_t = {'tanh' if gate == CANDIDATE else 'σ'}({network(gate)})" for gate in gates),
        f"c_t = f_t ⊙ {C} + i_t ⊙ {CANDIDATE}_t",
        f"h_t = {projected} ({shown})" if projected else f"h_t = {shown}",
    )


def gru(
    gates: Sequence[str], times: Callable[[str, str], str], biases: int, reset_before: bool = False
) -> tuple[str, ...]:
    """Give the equations of a GRU, its networks in the order of the framework.

    With ``reset_before`` the reset gate acts on the previous output, else on its product with the recurrent weights.
    """
    g = CANDIDATE
    if reset_before:
        candidate = reads(g, times, biases, seen=f"(r_t ⊙ {H})")
    elif biases == 2:
        candidate = f"{times(X, f'W_{g}')} + b_{g} + r_t ⊙ ({times(H, f'U_{g}')} + b'_{g})"
    else:
        candidate = f"{times(X, f'W_{g}')} + r_t ⊙ ({times(H, f'U_{g}')})" + f" + b_{g}" * biases
    return (
        *(f"{gate}_t = σ({reads(gate, times, biases)})" for gate in gates if gate != g),
        f"{g}_t = tanh({candidate})",
        MIXED,
    )


def networks(gates: Sequence[str], of: str = "dense networks") -> str:
    """Name the networks of a cell: ``Three dense networks (input, candidate, output)``."""
    names = [GATES[gate][0].removesuffix(" gate") for gate in gates]
    if len(names) == 1:
        return f"One {of.removesuffix('s')} ({names[0]})"
    return f"{NUMBERS[len(names)].capitalize()} {of} ({', '.join(names)})"
