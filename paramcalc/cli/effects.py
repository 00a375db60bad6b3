"""Which flags belong together: those without an effect are refused, and those that are missing are named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from ..errors import OptionError

WIDTH, SHAPE = "--in", "--input"  # of a layer by flags, and of any other model


def check_effects(given: Mapping[str, object], needs: Mapping[str, tuple[bool, str]], on: str = "") -> None:
    """Refuse flags without an effect.

    Parameters
    ----------
    given : mapping of str to object
        The value of each flag by the name of its parameter; ``None``, false or empty where it was left out.
    needs : mapping of str to (bool, str)
        Whether a flag has an effect, and with what it would have one.
    on : str
        On what it has none, for the message: ``"the selected columns"``.

    Raises
    ------
    OptionError
    """
    for name, (effective, expected) in needs.items():
        if given[name] and not effective:
            what = f" on {on}" if on else ""
            raise OptionError(f"--{name.replace('_', '-')} has no effect{what}", expected=expected)


def check_width(words: Iterable[str], flags: Collection[str]) -> None:
    """Refuse the shape of an input for a layer that takes its width.

    Parameters
    ----------
    words : iterable of str
        What was typed.
    flags : collection of str
        The flags that there are.

    Raises
    ------
    OptionError
    """
    if WIDTH in flags and SHAPE not in flags and SHAPE in (word.partition("=")[0] for word in words):
        raise OptionError(
            f"no {SHAPE} here",
            expected=f"{WIDTH} and the number of input features",
            suggestion=f"{SHAPE} is the shape of an input, of a model or of a layer by its class",
        )


def effects_of_costs(macs: str, memory: str, given: Mapping[str, object]) -> dict[str, tuple[bool, str]]:
    """Say what the flags of a cost need that is held against limits.

    Parameters
    ----------
    macs, memory : str
        The flags of the limits.
    given : mapping of str to object
        Values of all flags, by the names of their parameters.
    """
    counted, stored = (given[flag.lstrip("-").replace("-", "_")] is not None for flag in (macs, memory))
    return {
        "batch": (counted or stored, f"{macs} or {memory} with it"),
        "steps": (counted or stored, f"{macs} or {memory} with it"),
        "inference": (stored, f"{memory} with it"),
        "dtype": (stored, f"{memory} with it"),
        "optimizer": (stored and not given["inference"], f"{memory} with it, and no --inference"),
    }


@contextmanager
def naming_input(file: str) -> Iterator[None]:
    """Name in an error about unknown inputs the flag that gives them shapes, if the file is source code."""
    from ..analysis.cost.sizes import UnknownInputs
    from ..formats.opened import STDIN
    from ..formats.readers import reader_of, source_at

    try:
        yield
    except UnknownInputs as error:
        if file and file != STDIN and reader_of(source_at(file)).several:
            error.expected = "their shapes by --input"
        raise


@contextmanager
def naming_flags() -> Iterator[None]:
    """Name in an error about open sizes the flags that give them a value."""
    from ..analysis.sizing.budgets import OpenSizes
    from ..graph.size_names import BATCHES, TIMES

    try:
        yield
    except OpenSizes as error:
        flags = [
            "--batch" if name in BATCHES else f"--steps or --set {name}=…" if name in TIMES else f"--set {name}=…"
            for name in error.names
        ]
        error.expected = f"{error.expected}: {', '.join(flags)}"
        raise
