"""Reading a traineddata file of Tesseract: the network is a string of VGSL, a layer to a row.

A file is a list of places and then its components. That of the network begins with a header, which states the number
of weights, and has the string further on. The rows follow from the string; if they do not add up to the number in the
header, the file is refused. No number of the network is read.
"""

from __future__ import annotations

import re
import struct

from ...errors import FileError, ParamcalcError
from ...graph.model import Model
from ..opened import Source
from ..operators.mapped import Buffer, mapped
from ..operators.stored import StoredOperator, StoredTensor, model_of
from .vgsl import layers_of

NETWORK = 17  # the component with the network
MOST = 63  # components; Tesseract 5 has 24
MOST_TEXT = 1_000  # characters of the string
_STRING = re.compile(rb"\[ ?\d{1,4},\d{1,5},\d{1,5},\d{1,4}[^,\d]")


def read(source: Source) -> Model:
    """Read the description of the network in a traineddata file.

    Raises
    ------
    FileError
        When the file is damaged, has no network, or its rows do not add up to the weights that it states.
    """
    with mapped(source) as data:
        part = _component(data)
    try:
        outputs, weights = _header(part)
    except struct.error:
        raise FileError("a truncated network") from None
    text = _text(part)
    try:
        rows = [
            StoredOperator(one.type, one.text, tuple(StoredTensor(*part) for part in one.weights), formula=one.formula)
            for one in layers_of(text, outputs)
        ]
    except ParamcalcError as error:
        raise error.at(text)
    total = sum(tensor.params for row in rows for tensor in row.tensors)
    if total != weights:
        raise FileError(f"{text} and the network disagree", expected=f"{weights:,} weights", received=total)
    return model_of([row for row in rows if row.tensors], "Tesseract", "network")


def _text(part: bytes) -> str:
    # its length stands before it
    cut = None
    for found in _STRING.finditer(part):
        length = int.from_bytes(part[max(found.start() - 4, 0) : found.start()], "little")
        text = part[found.start() : found.start() + length]
        if length <= MOST_TEXT and text.isascii():
            if text.endswith(b"]"):
                return text.decode("ascii")
            cut = text.decode("ascii")
    if cut is not None:
        raise FileError("the description of the network is cut off", expected="] at its end", received=cut)
    raise FileError("no description of the network", expected="a string such as [1,36,0,1Ct3,3,16…O1c111]")


def _component(data: Buffer) -> bytes:
    count = int.from_bytes(data[:4], "little")
    if not NETWORK < count <= MOST or len(data) < 4 + 8 * count:
        raise FileError("not a list of components", expected=f"{NETWORK + 1} to {MOST}", received=count)
    places = struct.unpack_from(f"<{count}q", data, 4)
    start = places[NETWORK]
    if start == -1:
        raise FileError("a file without a network", expected="a model of Tesseract 4 or newer")
    end = next((place for place in places[NETWORK + 1 :] if place != -1), len(data))
    if not 0 <= start <= end <= len(data):
        raise FileError("a component beyond the end of the file", expected=f"at most {len(data):,}", received=end)
    return bytes(data[start:end])


def _header(part: bytes) -> tuple[int, int]:
    # a byte 0, the type, whether it trains, whether it needs gradients, flags, inputs, outputs, weights
    (length,) = struct.unpack_from("<xI", part)
    kind = part[5 : 5 + length]
    if part[:1] != b"\0" or kind != b"Series":
        raise FileError("not a network", expected="a Series", received=kind[:40])
    *_, outputs, weights = struct.unpack_from("<bbiiii", part, 5 + length)
    if outputs < 1 or weights < 1:
        raise FileError("not the sizes of a network", received=(outputs, weights))
    return outputs, weights
