"""Gate arithmetic of one step of recurrent cells, for each unit: what a cell does besides its products.

A network of a cell adds the input part W x_t, the recurrent part U h_(t-1) and b biases, 1 + b additions. Then::

    RNN         its activation
    LSTM        three activations of gates, two of cells; f c_(t-1) + i g, o act(c_t)                     4
    GRU         two activations of gates, one of the candidate; r h_(t-1) or r (U h_(t-1)), and
                z h_(t-1) + (1 − z) candidate                                                         1 + 4

Sources: Hochreiter & Schmidhuber 1997 and Gers, Schmidhuber & Cummins 2000; Cho et al. 2014; Elman 1990; the equations
that the rules of the layers state.
"""

from __future__ import annotations

from ....symbolic import Size

LSTM_STATES = 4  # f c, i g, their sum, o act(c)
MIXED = 4  # z h + (1 − z) candidate


def rnn(units: Size, biases: int, activation: Size) -> Size:
    """Count a step of a plain cell of so many units, all samples together; the activation is of all units."""
    return units * (1 + biases) + activation


def lstm(units: Size, biases: int, gates: Size, cells: Size) -> Size:
    """Count a step of an LSTM.

    Parameters
    ----------
    units : int or Expr
        Of all samples together.
    biases : int
        Of each network.
    gates, cells : int or Expr
        What an activation of a gate, and of the candidate or the cell, takes on all units.
    """
    return units * (4 * (1 + biases) + LSTM_STATES) + 3 * gates + 2 * cells


def gru(units: Size, biases: int, gates: Size, candidate: Size) -> Size:
    """Count a step of a GRU whose networks have so many biases each; the reset gate is one product."""
    return units * (3 * (1 + biases) + 1 + MIXED) + 2 * gates + candidate
