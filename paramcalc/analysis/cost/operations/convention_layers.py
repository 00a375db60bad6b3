"""Operations of the recurrent layers of the table of conventions besides their products.

All of them follow from the tensors of a line: its biases and peepholes, whether input and previous output have kernels
of their own, whose products are added, and how many networks there are.
"""

from __future__ import annotations

from math import prod

from ....rules.conventions.made import build
from ....rules.conventions.read import Row, rows, symbols_of
from ....rules.conventions.steps import has_bias
from ....symbolic import Size
from . import cells
from .call import Call, Count

AFTER = {"LSTM": 4 + 5, "GRU": 1 + 3 + cells.MIXED, "RNN": 1, "ConvLSTM2D": 4 + 5}  # of a unit, behind the networks


def count_of(framework: str, aliases: tuple[str, ...]) -> Count | None:
    """Find the entry of a layer that a line of the table declares."""
    row = next((one for one in rows() if one.framework == framework and one.layers == aliases and not one.rule), None)
    return None if row is None or row.cell not in AFTER else lambda call: _count(row, call)


def _count(row: Row, call: Call) -> Size:
    x, options = call.inputs[0], call.options
    batch, steps, *places, _ = x
    ways = 2 if options.get("bidirectional") else 1
    each = prod((batch, *places)) * call.sized("units")
    one_way = {**options, "bidirectional": False} if "bidirectional" in options else {**options}
    built = build(row, x, one_way)
    names = {tensor.name: tensor for tensor in row.tensors}
    added: Size = 0  # numbers that are added to the networks for each sample and place
    for weight in built.weights:
        tensor = names[weight.name]
        wide = sum(1 for axis in tensor.shape if symbols_of([axis]))
        vector = tensor.role == "bias" or (tensor.role in ("projection", "output") and wide == 1)
        if vector:
            added = added + weight.params
        elif tensor.role == "peephole":  # a product and a sum
            added = added + 2 * weight.params
        elif tensor.role == "output":
            added = added + call.sized("units")  # its activation
    # a kernel on both, side by side, makes one product; and its biases may be among its rows
    networks = len(row.gates)
    inside = networks if has_bias(row) else 0
    parts = 0 if row.joint else networks
    per_unit = parts + inside + AFTER[row.cell]
    return ways * steps * (each * per_unit + prod((batch, *places)) * added)
