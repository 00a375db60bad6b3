"""VGSL, the language of Tesseract's networks: a string such as ``[1,36,0,1Ct3,3,16Mp3,3Lfys48Lfx96Lrx96Lfx192O1c111]``.

The input is ``batch,height,width,depth``; a size of zero is open. Then follow, with ``F`` one of ``s t r l m p n``::

    CFy,x,d    convolution of depth d                Lfx Lrx Lbx Lfy Lry Lby [s] n    LSTM of n units, over x or y,
    Mpy,x      maximum of y·x places                     forwards, in reverse or both; s keeps the last step
    Sy,x       y·x places become depth               O0l O1s O2cn  output over so many axes, of as many classes as the
    FFd        fully connected                                     header of the network has outputs
    [ … ]      one after the other

Weights, as in the sources of Tesseract (lstm.cpp, fullyconnected.cpp): every matrix has a column for the bias.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...core.formula import Formula
from ...errors import FileError
from ...symbolic import Size, symbols

MOST = 10**6  # of one size
PARTS = 200
GATES = ("CI", "GI", "GF1", "GO")  # candidate, input, forget, output

_PART = re.compile(
    r"(?P<C>C[strlmpn](\d+),(\d+),(\d+))|(?P<M>Mp(\d+),(\d+))|(?P<S>S(\d+),(\d+))|(?P<F>F[strlmpn](\d+))"
    r"|(?P<L>L(?P<way>[frb])(?P<axis>[xy])(?P<last>s?)(\d+))|(?P<O>O(?P<axes>[012])[lsc]\d+)"
)
_INPUT = re.compile(r"\d+,(\d+),(\d+),(\d+)")

Named = tuple[str, tuple[int, ...], str, int]  # the name, shape and type of a tensor; its bytes are unknown


class Part(NamedTuple):
    """One layer.

    Attributes
    ----------
    type, text : str
        What it is, and how the string has it.
    weights : tuple of tuples
        The name, the shape, the type and the bytes of each tensor.
    formula : Formula or None
    """

    type: str
    text: str
    weights: tuple[Named, ...]
    formula: Formula | None


def layers_of(text: str, outputs: int) -> Iterator[Part]:
    """Give the layers of a network.

    Parameters
    ----------
    text : str
    outputs : int
        Of the last layer: what the string says of it, Tesseract replaces by the size of the set of characters.

    Raises
    ------
    FileError
        For a part that is unknown here, and for sizes that are none.
    """
    inside = re.sub(r"[\s\[\]]", "", text)
    start = _INPUT.match(inside)
    if start is None:
        raise FileError("no input", expected="batch,height,width,depth", received=text[:80])
    height, width, depth = (int(one) for one in start.groups())
    at = start.end()
    for _ in range(PARTS):
        if at == len(inside):
            return
        found = _PART.match(inside, at)
        if found is None:
            raise FileError(
                "an unknown part of a network", expected="C, M, S, F, L or O", received=inside[at : at + 20]
            )
        at = found.end()
        kind, word = next((name, one) for name in "CMSFLO" if (one := found[name]))
        sizes = [int(one) for one in re.findall(r"\d+", word[1 if kind == "S" else 2 :])]
        if not all(0 < one <= MOST for one in sizes) or not 0 < depth <= MOST:
            raise FileError("not the sizes of a layer", expected=f"1 to {MOST:,}", received=word)
        if kind == "C":
            window = tuple(2 * (one // 2) + 1 for one in sizes[:2])
            yield _dense("Convolution", word, depth, sizes[2], window)
            depth = sizes[2]
        elif kind in ("M", "S"):
            height, width = height // sizes[0], width // sizes[1]
            depth *= sizes[0] * sizes[1] if kind == "S" else 1
        elif kind == "L":
            many = 2 if found["way"] == "b" else 1
            yield _lstm(word, depth, sizes[-1], many)
            depth = sizes[-1] * many
            if found["last"]:
                height, width = (1, width) if found["axis"] == "y" else (height, 1)
        else:
            over = 0 if kind == "F" else int(found["axes"] or 0)
            places = 1 if over == 2 else height if over == 1 else height * width
            if places < 1:
                raise FileError("a layer over an axis of open size", received=word)
            units = sizes[0] if kind == "F" else outputs
            yield _dense("FullyConnected" if kind == "F" else "Output", word, places * depth, units)
            height, width, depth = (height if over == 2 else 1), (width if over else 1), units
    raise FileError("too many parts in a network", expected=f"at most {PARTS}")


def _dense(kind: str, word: str, inputs: int, units: int, window: tuple[int, ...] = ()) -> Part:
    d_x, d_y, k_h, k_w = symbols("d_x d_y k_h k_w")
    read = d_x
    sizes: dict[str, Size] = {"d_x": inputs, "d_y": units}
    if window:
        read, sizes = k_h * k_w * d_x, {**sizes, "k_h": window[0], "k_w": window[1]}
        inputs *= window[0] * window[1]
    return Part(kind, word, ((f"{word}/weights", (units, inputs + 1), "", 0),), Formula(d_y * (read + 1), sizes))


def _lstm(word: str, inputs: int, units: int, many: int) -> Part:
    d_h, d_x = symbols("d_h d_x")
    weights = tuple(
        (f"{word}/{at}/{gate}" if many > 1 else f"{word}/{gate}", (units, inputs + units + 1), "", 0)
        for at in range(many)
        for gate in GATES
    )
    return Part("LSTM", word, weights, Formula(many * 4 * d_h * (d_x + d_h + 1), {"d_h": units, "d_x": inputs}))
