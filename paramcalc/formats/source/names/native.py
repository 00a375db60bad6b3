"""Names: the types of the arguments that a program passes to built-in functions."""

from __future__ import annotations

from typing import TypeAlias

from ..memory.objects import Value

Args: TypeAlias = list[Value]
Kwargs: TypeAlias = dict[str, Value]
