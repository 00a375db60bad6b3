"""Names: what a function of the host is given by a program."""

from __future__ import annotations

from typing import TypeAlias

from ..memory.objects import Value

Args: TypeAlias = list[Value]
Kwargs: TypeAlias = dict[str, Value]
