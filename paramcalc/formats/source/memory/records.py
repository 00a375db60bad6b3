"""What a run keeps of its folders, of the names of the program, and of what libraries may call."""

from __future__ import annotations

from typing import NamedTuple

from .objects import Obj, Value


class Root(NamedTuple):
    """A folder from which modules are read.

    Attributes
    ----------
    folder : str
        In which the modules and packages of the top level lie; its real path.
    prefixes : tuple of str
        The packages that may be read from it; empty for all.
    """

    folder: str
    prefixes: tuple[str, ...] = ()

    def holds(self, name: str) -> bool:
        """Tell whether a module of this name may be read from it."""
        return not self.prefixes or any(name == one or name.startswith(f"{one}.") for one in self.prefixes)


class CalledBack(NamedTuple):
    """What a library may call, while it is walked.

    Attributes
    ----------
    function : value
    stands_for : frozenset of Obj
        What it may be given.
    began : int
        The objects that were there before.
    """

    function: Value
    stands_for: frozenset[Obj]
    began: int


class Names(NamedTuple):
    """The names of a program: those that its top level may bind, all that it has, whether it may bind any other."""

    bound: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    dynamic: bool = False
