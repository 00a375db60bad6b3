"""The types of tensors in GGUF: how many numbers a block has, and how many bytes it takes.

Source: ggml/include/ggml.h (the numbers of the types) and ggml/src/ggml-common.h (the structs of the blocks).
"""

from __future__ import annotations

from typing import NamedTuple

_TABLE = """
0 F32 1 4        1 F16 1 2        2 Q4_0 32 18      3 Q4_1 32 20     6 Q5_0 32 22      7 Q5_1 32 24
8 Q8_0 32 34     9 Q8_1 32 40     10 Q2_K 256 84    11 Q3_K 256 110  12 Q4_K 256 144   13 Q5_K 256 176
14 Q6_K 256 210  15 Q8_K 256 292  16 IQ2_XXS 256 66 17 IQ2_XS 256 74 18 IQ3_XXS 256 98 19 IQ1_S 256 50
20 IQ4_NL 32 18  21 IQ3_S 256 110 22 IQ2_S 256 82   23 IQ4_XS 256 136 24 I8 1 1        25 I16 1 2
26 I32 1 4       27 I64 1 8       28 F64 1 8        29 IQ1_M 256 56  30 BF16 1 2       34 TQ1_0 256 54
35 TQ2_0 256 66  39 MXFP4 32 17   40 NVFP4 64 36    41 Q1_0 128 18
"""
_PLAIN = {"F32": "float32", "F16": "float16", "BF16": "bfloat16", "F64": "float64"}
_PLAIN |= {f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)}


class Block(NamedTuple):
    """One type.

    Attributes
    ----------
    name : str
        As ggml has it; of plain numbers, as others have it.
    numbers : int
        How many numbers are in a block.
    bytes : int
        How many bytes a block takes, its scales included.
    """

    name: str
    numbers: int
    bytes: int


def _read(table: str) -> dict[int, Block]:
    words = table.split()
    lines = zip(words[::4], words[1::4], words[2::4], words[3::4], strict=True)
    return {
        int(number): Block(_PLAIN.get(name, name), int(numbers), int(size)) for number, name, numbers, size in lines
    }


BLOCKS = _read(_TABLE)
