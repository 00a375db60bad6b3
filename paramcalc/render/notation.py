"""Equations in LaTeX: the lines of `paramcalc.core.equations`, token by token."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"(?P<name>[^\W\d_]+)(?P<prime>'?)(?:_(?:\((?P<long>[^()]*)\)|(?P<short>\w+)))?|(?P<other>[^\w\s]|\d+)"
)
_FUNCTIONS = {"tanh": r"\tanh", "exp": r"\exp", "max": r"\max", "min": r"\min", "σ": r"\sigma"}
_LETTERS = {"β": r"\beta", "γ": r"\gamma"}
_SIGNS = {"⊙": r"\odot", "∗": "*", "−": "-"}


def latex_letters(letters: str) -> str:
    """Write letters of tensors: ``b, b'`` stays as it is, ``γ_x`` becomes ``\\gamma_x``."""
    return _spaced(letters)


def latex_equation(line: str) -> str:
    """Write an equation for ``align*``: ``h_t &= \\tanh(x_t W + h_{t-1} U + b)``."""
    left, _, right = line.partition(" = ")
    return f"{_spaced(left)} &= {_spaced(right)}"


def _spaced(text: str) -> str:
    written = ""
    last = 0
    for match in _TOKEN.finditer(text):
        between = text[last : match.start()]
        # two names side by side are a product
        written += between + (
            r"\," if between and re.fullmatch(r"[\w')\]]", text[last - 1 : last]) and _begins(match) else ""
        )
        written += _token(match)
        last = match.end()
    return written


def _begins(match: re.Match[str]) -> bool:
    return match["name"] is not None or match["other"] in ("(", "[")


def _token(match: re.Match[str]) -> str:
    name = match["name"]
    if name is None:
        return _SIGNS.get(match["other"], match["other"])
    if name in _FUNCTIONS:
        written = _FUNCTIONS[name]
    elif name in _LETTERS or len(name) == 1:
        written = _LETTERS.get(name, name)
    else:
        written = rf"\operatorname{{{name}}}"
    below = match["long"] or match["short"]
    if below is None:
        return written + match["prime"]
    return f"{written}{match['prime']}_{below}" if len(below) == 1 else f"{written}{match['prime']}_{{{below}}}"
