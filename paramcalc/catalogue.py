"""The words that are printed: each text passes through one function, where a catalogue can replace it.

The English text is its own key, and the catalogue in use gives it back unchanged. Errors are not in it: they stay
English.
"""

from __future__ import annotations

from collections.abc import Callable

Catalogue = Callable[[str], str]

_catalogue: Catalogue = str


def message(english: str, /, **values: object) -> str:
    """Give a text as it is printed.

    Parameters
    ----------
    english : str
        The text, with the names of its values in braces if it has any: ``"{count} layers of {framework}"``.
    **values
        What stands for the names.
    """
    worded = _catalogue(english)
    return worded.format(**values) if values else worded


def use(catalogue: Catalogue) -> Catalogue:
    """Put a catalogue in use, for the whole process; give the one that was."""
    global _catalogue
    before, _catalogue = _catalogue, catalogue
    return before
