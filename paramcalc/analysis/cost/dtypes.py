"""Dtypes and dtype policies: how many bits a number takes, of a variable and in a computation."""

from __future__ import annotations

from typing import NamedTuple

from ...core.storage import BITS as STORED, SPELLINGS
from ...errors import OptionError, nearest
from ...symbolic import Size

BITS = {**STORED, "uint8": 8, "bool": 8}
FLOATS = tuple(name for name in BITS if "float" in name)


class Policy(NamedTuple):
    """A dtype policy, as Keras has them: ``mixed_bfloat16`` computes in bfloat16 with variables of float32."""

    name: str
    variables: str
    computation: str

    @property
    def trains(self) -> bool:
        """Whether its variables can be trained: whole numbers have no gradients."""
        return self.variables in FLOATS


POLICIES = (
    *(Policy(name, name, name) for name in BITS if name != "bool"),
    Policy("mixed_float16", "float32", "float16"),
    Policy("mixed_bfloat16", "float32", "bfloat16"),
)


def policy(name: str) -> Policy:
    """Find a dtype policy by its name.

    Raises
    ------
    OptionError
        For an unknown name.
    """
    spelled = SPELLINGS.get(name, name) if isinstance(name, str) else name
    for one in POLICIES:
        if one.name == spelled:
            return one
    names = [one.name for one in POLICIES]
    raise OptionError("unknown dtype", expected=", ".join(names), received=name, suggestion=nearest(str(name), names))


def in_bytes(elements: Size, dtype: str) -> Size:
    """Give the bytes of so many numbers; a part of a byte counts as a whole one."""
    bits = BITS[dtype]
    return elements * (bits // 8) if bits >= 8 else (elements * bits + 7) // 8
