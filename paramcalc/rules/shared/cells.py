"""Counts and costs of gated recurrent cells, for all frameworks.

A cell with g gates is g dense networks of equal shape. Each maps the input (d_x) and the previous output (d_h) to d_h
units, with b bias vectors::

    parameters       g[d_h(d_h + d_x) + b·d_h]
    multiply-adds    g·d_h(d_x + d_h)            for each time step and sample

With a projection, a matrix without bias maps the d_h units to an output of d_p features, which the gates read::

    parameters       g[d_h(d_p + d_x) + b·d_h] + d_p·d_h
    multiply-adds    g·d_h(d_x + d_p) + d_p·d_h

Sources: Hochreiter & Schmidhuber 1997 and Gers, Schmidhuber & Cummins 2000 (LSTM, g = 4); Cho et al.
2014 (GRU, g = 3); Elman 1990 (the plain RNN, g = 1); Sak, Senior & Beaufays 2014 (the projection).
"""

from collections.abc import Iterable

from ...core.products import Source, State, Work, product
from ...symbolic import Size

CANDIDATE = "g"  # its letter in every cell of every framework
GATES = {
    "i": ("input gate", "how much of the candidate enters the cell"),
    "f": ("forget gate", "how much of the old cell state stays"),
    CANDIDATE: ("candidate", "what could enter the state"),
    "o": ("output gate", "how much of the cell is shown as output"),
    "z": ("update gate", "how much of the old output is kept"),
    "r": ("reset gate", "how much of the old output the candidate sees"),
    "h": ("hidden state", "the new output"),
    "u": ("forget gate", "how much of the old output the candidate sees and replaces"),
    "t": ("highway gate", "how much of the cell, and not of the input, is shown as output"),
    "s": ("skip", "the input as wide as the output"),
    "q": ("query", "what is looked up in the memory"),
    "k": ("key", "under what the value is stored"),
    "v": ("value", "what is stored in the memory"),
}


def parameters(gates: int, d_x: Size, d_h: Size, biases: int, d_p: Size | None = None) -> Size:
    """Count parameters in textbook form: ``g[d_h(d_h + d_x) + b·d_h]``; ``d_p`` is the size of a projection."""
    if d_p is not None:
        return gates * (d_h * (d_p + d_x) + biases * d_h) + d_p * d_h
    return gates * (d_h * (d_h + d_x) + biases * d_h)


def work(
    gates: int,
    d_x: Size,
    d_h: Size,
    batch: Size,
    kernel: str = "kernel",
    recurrent: str = "recurrent_kernel",
    projection: tuple[str, Size] | None = None,
    others: Iterable[str] = (),
) -> Work:
    """Give the products of one time step: input × kernel, and previous output × recurrent kernel.

    The previous output is the cell's first state.

    Parameters
    ----------
    gates : int
    d_x, d_h, batch : int or Expr
    kernel, recurrent : str
        The paths of the weights.
    projection : (str, int or Expr), optional
        The path of the matrix that maps the d_h units to the output, and the size of the output, d_p.
    others : iterable of str
        The paths of other weights that the units depend on, such as biases; only used with a projection.
    """
    seen = d_h if projection is None else projection[1]
    units: list[Source] = [0, kernel, recurrent, State(0), State(1), *others]
    products = [
        product(batch * (gates * d_h * d_x), 0, kernel),
        product(batch * (gates * d_h * seen), State(0), recurrent),
    ]
    if projection is not None:
        products.append(product(batch * (seen * d_h), units, projection[0]))
    return Work(tuple(products))
