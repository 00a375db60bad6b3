"""Finding an optimizer by its name, and checking its options."""

from __future__ import annotations

from collections.abc import Mapping

from ....core.framework import title
from ....errors import OptionError, nearest
from .options import KINDS, Optimizer, OptionValue
from .read import Row, rows

USUAL = "keras"  # of frameworks without optimizers of their own


def optimizer(name: str, /, framework: str = USUAL, **options: object) -> Optimizer:
    """Choose an optimizer.

    Parameters
    ----------
    name : str
        In any case: ``adam``, ``AdamW``, ``schedule_free_adamw``.
    framework : str
        The framework of the model. One without optimizers of its own uses Keras's; ``note`` tells it.
    **options
        By the framework's own names. An optimizer inside another one is an `Optimizer` or a name.

    Raises
    ------
    OptionError
        For an unknown optimizer, an unknown option, or a value that the option cannot have.
    LayerError
        For an unknown framework.
    """
    own = framework in rows()
    whose = framework if own else USUAL
    note = "" if own else f"{title(framework)} has no optimizers here; this one is {title(whose)}'s"
    row = find(name, whose)
    given = {}
    for option, value in options.items():
        if option not in row.options:
            known = sorted(row.options)
            expected = f"{', '.join(known)}"
            raise OptionError(
                f"{row.name} has no option {option!r}", expected=expected, suggestion=nearest(option, known)
            )
        checked = _checked(row, option, value)
        if checked != row.options[option].default:
            given[option] = checked
    for option, declared in row.options.items():
        if declared.kind is KINDS["optimizer"] and option not in given:
            raise OptionError(f"{row.name} needs {option}", expected=f"an optimizer, as in {row.name}(adam)")
    return Optimizer(whose, row.name, tuple(sorted(given.items())), note)


def find(name: str, framework: str) -> Row:
    """Find the lines of an optimizer by its name, whatever its case."""
    by_plain = {_plain(known): row for known, row in rows()[framework].items()}
    row = by_plain.get(_plain(name)) if isinstance(name, str) else None
    if row is not None:
        return row
    names = sorted(rows()[framework], key=str.lower)
    others = [
        title(other) for other in rows() if other != framework and _plain(str(name)) in map(_plain, rows()[other])
    ]
    raise OptionError(
        f"unknown optimizer of {title(framework)}",
        expected=", ".join(names),
        received=name,
        suggestion=f"it is an optimizer of {others[0]}" if others else nearest(str(name), names),
    )


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _checked(row: Row, option: str, value: object) -> OptionValue:
    declared = row.options[option]
    if declared.kind is KINDS["optimizer"]:
        value = _inner(row, option, value)
    elif declared.kind is KINDS["optimizers"] and isinstance(value, Mapping):
        value = {pattern: _inner(row, option, inner) for pattern, inner in value.items()}
    try:
        return declared(value)
    except OptionError as error:
        raise error.at(row.name)


def _inner(row: Row, option: str, value: object) -> object:
    found = optimizer(value, row.framework) if isinstance(value, str) else value
    if isinstance(found, Optimizer) and found.framework != row.framework:
        raise OptionError(
            f"{row.name} takes optimizers of {title(row.framework)}",
            received=found,
            suggestion="not of another framework",
        ).at(option)
    return found
