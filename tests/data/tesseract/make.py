"""Write the traineddata files of this folder: the list of components and the header of the network of Tesseract.

No package for Python writes these files. The layout is that of ``tessdatamanager.cpp``, ``network.cpp`` and
``lstmrecognizer.cpp``; the numbers of the network are left out, and stand for nothing in the reader.
"""

from __future__ import annotations

import struct
from pathlib import Path

COMPONENTS, NETWORK, VERSION = 24, 17, 23


def text(content: str) -> bytes:
    """Write a text with its length."""
    return struct.pack("<I", len(content)) + content.encode()


def network(kind: str, inputs: int, outputs: int, weights: int) -> bytes:
    """Write the header of a network."""
    return b"\0" + text(kind) + struct.pack("<bbiiii", 0, 1, 0, inputs, outputs, weights) + text(kind)


def traineddata(spec: str, outputs: int, weights: int, kind: str = "Series") -> bytes:
    """Write a file with a network and a version."""
    lstm = (
        network(kind, 36, outputs, weights) + struct.pack("<I", 0) + bytes(40) + text(spec) + struct.pack("<ii", 0, 0)
    )
    parts = {NETWORK: lstm, VERSION: b"4.00.00"}
    at, places = 4 + 8 * COMPONENTS, []
    for number in range(COMPONENTS):
        places.append(at if number in parts else -1)
        at += len(parts.get(number, b""))
    return struct.pack(f"<I{COMPONENTS}q", COMPONENTS, *places) + b"".join(parts[one] for one in sorted(parts))


# 16(9 + 1) + 4·48(16 + 48 + 1) + 4·96(48 + 96 + 1) + 4·96(96 + 96 + 1) + 4·192(96 + 192 + 1) + 111(192 + 1)
LINE = "[1,36,0,1Ct3,3,16Mp3,3Lfys48Lfx96Lrx96Lfx192O1c1]", 111, 385_807
# 2·4·8(3·5 + 8 + 1) + 6(2·8 + 1), the height of 5 becoming depth
BOTH = "[1,5,0,3 S5,1 Lbx8 O1c6]", 6, 1_638

if __name__ == "__main__":
    for name, given in (("line", LINE), ("both", BOTH)):
        Path(__file__).with_name(f"{name}.traineddata").write_bytes(traineddata(*given))
