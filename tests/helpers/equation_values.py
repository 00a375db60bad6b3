"""Equations of cells, computed: each line of `paramcalc.core.equations` becomes an expression of numpy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

Array = Any
_TOKEN = re.compile(r"\d+|[^\W\d_]+'?(?:_(?:\([^()]*\)|\w+))?|\S")
_ENDS, _BEGINS = re.compile(r"[\w)\]']"), re.compile(r"[^\W\d_]|[(\[]")


class Kernel:
    """The kernel of a convolution that keeps the frame's size: ``W ∗ x``."""

    def __init__(self, array: Array) -> None:
        self.array = array

    def __matmul__(self, frame: Array) -> Array:
        rows, columns = self.array.shape[:2]
        edges = [((rows - 1) // 2, rows // 2), ((columns - 1) // 2, columns // 2), (0, 0)]
        wide, (H, W) = np.pad(frame, edges), frame.shape[:2]
        places = [(i, j) for i in range(rows) for j in range(columns)]
        return sum(wide[i : i + H, j : j + W] @ self.array[i, j] for i, j in places)


def sigma(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def normalized(x: Array, gain: Array, bias: Array) -> Array:
    return (x - x.mean()) / (x.std() + 1e-5) * gain + bias


FUNCTIONS = {
    "σ": sigma,
    "tanh": np.tanh,
    "exp": np.exp,
    "relu": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
    "LN": normalized,
    "BN": lambda x, gain, bias: x * gain + bias,
    "max": np.maximum,
    "min": np.minimum,
    "side_by_side": lambda *parts: np.concatenate([np.atleast_1d(part) for part in parts], -1),
}


def computed(lines: Iterable[str], values: Mapping[str, Array]) -> dict[str, Array]:
    """Compute the lines one after the other; give all values, by their names in the equations."""
    known = dict(values)
    for line in lines:
        left, right = line.split(" = ")
        found = _expression(right, known)
        if left.startswith("["):
            names = left.strip("[]").split(", ")
            known.update(zip(names, np.split(found, len(names), -1), strict=True))
        else:
            known[left] = found
    return known


def _expression(written: str, known: Mapping[str, Array]) -> Array:
    code, names, last, ahead = "", {}, "", ""
    tokens = _TOKEN.findall(written)
    for place, token in enumerate(tokens):
        ahead = tokens[place + 1] if place + 1 < len(tokens) else ""
        product = bool(last) and last not in FUNCTIONS and _ENDS.match(last[-1]) and _BEGINS.match(token)
        code += " @ " if product else " "
        if token in FUNCTIONS and ahead == "(":
            names[f"f{place}"] = FUNCTIONS[token]
            code += f"f{place}"
        elif re.match(r"[^\W\d_]", token):
            names[f"v{place}"] = known[token]
            code += f"v{place}"
        else:
            code += {"⊙": "*", "∗": "@", "−": "-", ";": ",", "[": "side_by_side(", "]": ")"}.get(token, token)
        last = token
    return eval(code, {"__builtins__": {}}, names | {"side_by_side": FUNCTIONS["side_by_side"]})  # ours
