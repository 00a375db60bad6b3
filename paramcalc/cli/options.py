"""Commands as data: a function, and how each of its parameters is spelled on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Annotated, NamedTuple, TypeAlias, get_args, get_origin

from ..core.parameters import REQUIRED as REQUIRED, parameters

Values: TypeAlias = Callable[[Mapping[str, object]], Iterable[str]]


class Flag(NamedTuple):
    """A parameter that is given by a flag.

    Attributes
    ----------
    spelling : str
        ``--in``, ``--format -f``, or ``--bias/--no-bias`` for a switch that can be turned off.
    help : str
        What the flag does.
    metavar : str, optional
        What stands for the value in the help.
    least, most : int, optional
        The range of a number.
    values : callable, optional
        Lists values for the completion in a shell, given the values of the other parameters so far.
    """

    spelling: str
    help: str
    metavar: str | None = None
    least: int | None = None
    most: int | None = None
    values: Values | None = None


class Positional(NamedTuple):
    """A parameter that is given by its position.

    Attributes
    ----------
    metavar : str
        What stands for it in the help.
    help : str
        What it is.
    values : callable, optional
        As of a `Flag`.
    """

    metavar: str
    help: str
    values: Values | None = None


class Parameter(NamedTuple):
    """One parameter of a command.

    Attributes
    ----------
    name : str
        By which the function receives the value.
    kind : type
        ``str``, ``int``, or ``bool`` for a switch.
    default : str, int, bool or None
        ``REQUIRED`` when it must be given.
    told : Flag or Positional
        How it is spelled.
    many : bool
        Whether it may be given several times; the function receives a list.
    """

    name: str
    kind: type
    default: object
    told: Flag | Positional
    many: bool = False

    @property
    def flags(self) -> dict[str, bool]:
        """Every spelling of the flag, and what a switch is set to by it."""
        if isinstance(self.told, Positional):
            return {}
        on, _, off = self.told.spelling.partition("/")
        return {**dict.fromkeys(on.split(), True), **({off: False} if off else {})}


class Command(NamedTuple):
    """One command.

    Attributes
    ----------
    name : str
    help : str
    parameters : tuple of Parameter
    run : callable
        Receives the values of all parameters by name.
    examples : tuple of str
        Command lines, for the end of the help.
    """

    name: str
    help: str
    parameters: tuple[Parameter, ...]
    run: Callable[..., object]
    examples: tuple[str, ...] = ()


def command_of(function: Callable[..., object], name: str = "", help: str = "") -> Command:
    """Make a command of a function.

    Its parameters are annotated with a `Flag` or a `Positional`. Its docstring is the help; lines that begin with ``$``
    are the examples. ``{name}`` in them stands for the name of the command.
    """
    called = name or function.__name__
    lines = [line.strip() for line in (function.__doc__ or "").splitlines()]
    examples = tuple(line.removeprefix("$ ").replace("{name}", called) for line in lines if line.startswith("$ "))
    own = "\n".join(line for line in lines if not line.startswith("$ ")).strip()
    return Command(called, help or own, parameters_of(function), function, examples)


def with_flags(command: Command, function: Callable[..., object]) -> Command:
    """Give a command the flags of a function, which it hands on by name."""
    return command._replace(parameters=(*command.parameters, *parameters_of(function)))


def parameters_of(function: Callable[..., object]) -> tuple[Parameter, ...]:
    """Read those parameters of a function that are annotated for the command line."""
    declared = ((one.name, one.annotation, one.default) for one in parameters(function))
    return tuple(parameter(*one) for one in declared if get_origin(one[1]) is Annotated)


def parameter(name: str, annotation: object, default: object) -> Parameter:
    """Read a parameter off its annotation: ``Annotated[str | None, Flag("--out", "Units.")]``."""
    kind, told = get_args(annotation)
    if get_origin(kind) is UnionType:
        kind = get_args(kind)[0]  # the other one is None
    return Parameter(name, str if get_origin(kind) is list else kind, default, told, get_origin(kind) is list)
