"""Frameworks as data: what each is called, how its inputs are stated, and which modules implement it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

from ..errors import LayerError, nearest

DEFAULT = "keras"
CONVENTIONS = "paramcalc.rules.conventions.made"  # declares the frameworks that have lines in a table, and no folder


class Framework(NamedTuple):
    """One framework.

    Attributes
    ----------
    name : str
        As in ``--framework`` and in a spec.
    title : str
        As its authors write it.
    package : str
        The package whose modules hold the rules, one module for each family of layers. Empty for a framework
        whose rules are lines in the table of conventions.
    modules : tuple of str
        The import names that stand in front of a layer: ``nn.LSTM``, ``keras.layers.LSTM``.
    batch_in_shape : bool
        Whether the shape of an input includes the batch. Otherwise the batch goes in front of it.
    declares_inputs : bool
        Whether a layer declares the size of its input, so that it can be counted without one.
    dense : str
        The class of its dense layer; empty if there is none.
    recurrent : tuple of (str, str)
        The classes of its recurrent layers by cell, where they have names of their own.
    evidence : str
        What its rules are checked against, as a list of layers states it: ``verified`` by its adapter, or by a run.
    common : bool
        Whether many people use it; such a framework comes first among equal explanations.
    adapter : str
        The module that asks the installed framework for its own answer; empty if there is none.
    packs : bool
        Whether its recurrent layers take packed sequences, of which no step is computed beyond the length of each.
    """

    name: str
    title: str
    package: str = ""
    modules: tuple[str, ...] = ()
    batch_in_shape: bool = False
    declares_inputs: bool = False
    dense: str = ""
    recurrent: tuple[tuple[str, str], ...] = ()
    evidence: str = "read at its source"
    common: bool = False
    adapter: str = ""
    packs: bool = False


BUILT_IN = (
    Framework(
        "keras",
        "Keras",
        "paramcalc.rules.keras",
        ("keras", "layers", "keras.layers", "tf.keras.layers"),
        dense="Dense",
        recurrent=(("RNN", "SimpleRNN"),),
        evidence="verified",
        common=True,
        adapter="paramcalc.verification.adapters.keras",
    ),
    Framework("paper", "the literature", "paramcalc.rules.paper", ("paper",), evidence="from its paper"),
    Framework(
        "torch",
        "PyTorch",
        "paramcalc.rules.torch",
        ("torch", "nn", "torch.nn"),
        batch_in_shape=True,
        declares_inputs=True,
        dense="Linear",
        evidence="verified",
        common=True,
        adapter="paramcalc.verification.adapters.torch",
        packs=True,
    ),
)


@cache
def frameworks() -> tuple[str, ...]:
    """List the names of all frameworks: those with a package of rules, then those of the table of conventions."""
    return (*(one.name for one in BUILT_IN), *(one.name for one in _conventions()))


@cache
def framework(name: str) -> Framework:
    """Find a framework by its name.

    Raises
    ------
    LayerError
        For an unknown name; the message lists the names and the nearest one.
    """
    for one in BUILT_IN:
        if one.name == name:
            return one
    for one in _conventions():
        if one.name == name:
            return one
    *most, last = frameworks()
    raise LayerError(
        "unknown framework",
        expected=f"{', '.join(most)} or {last}",
        received=name,
        suggestion=nearest(str(name), frameworks()),
    )


def title(name: str) -> str:
    """Write the name of a framework as its authors do."""
    return framework(name).title


def verifiable() -> tuple[str, ...]:
    """List the frameworks that can be asked for their own answer."""
    return tuple(one.name for one in BUILT_IN if one.adapter)


def framework_of_module(module: str) -> str | None:
    """Find the framework whose layers are imported from a module: ``torch.nn`` → ``torch``."""
    return next((one.name for one in BUILT_IN if module in one.modules), None)


def _conventions() -> tuple[Framework, ...]:
    declared: tuple[Framework, ...] = import_module(CONVENTIONS).frameworks()
    return declared
