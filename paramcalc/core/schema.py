"""A rule's signature is its schema: the input patterns and the options, read off the function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

from .built import Built
from .kinds import MAX_AXES, SWITCH, AtCall, Check, Choice, Kind, Maybe

REQUIRED: Any = object()
SPATIAL = {1: "T", 2: "H W", 3: "D H W"}


class Option(NamedTuple):
    """One option of a rule."""

    name: str
    kind: Kind
    default: Any
    positional: bool


class Inputs:
    """The input shapes a rule takes, as an einops-like pattern: ``B T d_x``, ``B ... d_x``.

    ``...`` is any number of axes; ``*layer`` stands for the sizes of that option's own input; ``spatial``
    for the rule's own spatial axes (``T``; ``H W``; ``D H W``), ``places`` for the same where the first is called
    ``L``; ``N?`` is an axis that may be missing. ``C`` follows the option ``data_format``, ``N`` the option
    ``batch_first``. ``many`` marks a list of inputs, ``together`` inputs of a known number that the framework takes in
    one list.
    """

    __slots__ = ("least", "many", "most", "pattern", "together", "tokens")

    def __init__(self, pattern: str, many: bool = False, together: bool = False) -> None:
        self.pattern = pattern
        self.many = many
        self.together = many or together
        self.tokens = pattern.split()
        open_ended = [token for token in self.tokens if token == "..." or token[0] == "*"]
        self.most = MAX_AXES + 1 if open_ended else len(self.tokens)
        self.least = len(self.tokens) - len(open_ended) - pattern.count("?")

    def ranked(self, rank: int) -> Inputs:
        """Name the spatial axes of a rule that has so many."""
        places = SPATIAL[rank].replace("T", "L")
        pattern = self.pattern.replace("spatial", SPATIAL[rank]).replace("places", places)
        return Inputs(pattern, self.many, self.together)

    def text(self, options: Mapping[str, Any]) -> str:
        """Write what it takes: ``(B, T, d_x)``; ``(L, N, d_x) or (L, d_x)``."""
        ranks = (self.most, self.least) if "?" in self.pattern and "..." not in self.tokens else ()
        several = [", ".join(self.named(rank, options) or ()) for rank in ranks] or [", ".join(self.tokens)]
        return " or ".join(f"({axes})" for axes in several)

    def named(self, rank: int, options: Mapping[str, Any]) -> list[str] | None:
        """Name the axes of an input of this rank, or ``None`` if the rank does not fit."""
        if not self.least <= rank <= self.most:
            return None
        tokens = self.tokens.copy()
        if tokens[-1][0] == "*":
            own, wrapped = tokens[:-1], options[tokens[-1][1:]]
            if isinstance(wrapped, tuple):
                wrapped = wrapped[0]
            inner = wrapped.axes(rank - max(len(own) - 1, 0))  # both begin with the batch
            return [*own, *inner[1:]] if own and inner else inner
        if "..." in tokens:
            place = tokens.index("...")
            tokens[place : place + 1] = [f"n{i + 1}" for i in range(rank - self.least)]
        if options.get("data_format") == "channels_first" and tokens[-1] == "C":
            tokens.insert(1, tokens.pop())
        if "?" in self.pattern:
            missing = len(tokens) - rank
            tokens = [token.removesuffix("?") for token in tokens if not (missing and token[-1] == "?")]
        if options.get("batch_first") and "N" in tokens:
            tokens.insert(0, tokens.pop(tokens.index("N")))
        return tokens


def inputs_of(body: Callable[..., Built], rank: int | None = None) -> dict[str, Inputs]:
    """Read the patterns of the positional-only parameters; one that may be left out is ``… | None = None``."""
    code = body.__code__
    names = code.co_varnames[: code.co_posonlyargcount]
    patterns = {name: _metadata(_present(body.__annotations__[name])) for name in names}
    return {name: pattern.ranked(rank) if rank else pattern for name, pattern in patterns.items()}


def least_inputs(body: Callable[..., Built]) -> int:
    """Count the inputs that cannot be left out."""
    code = body.__code__
    return min(code.co_posonlyargcount, code.co_argcount - len(body.__defaults__ or ()))


def at_call(body: Callable[..., Built]) -> tuple[str, ...]:
    """Name the switches thrown where the layer is called."""
    return tuple(name for name, note in body.__annotations__.items() if _metadata(note) is AtCall)


def options_of(body: Callable[..., Built], rank: int | None = None) -> dict[str, Option]:
    """Read the other parameters, in order; ``**shared: Unpack[TypedDict]`` are switches, off, or ``… | None``."""
    code, notes = body.__code__, body.__annotations__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = body.__defaults__ or ()
    defaults: dict[str, Any] = dict(zip(names[code.co_argcount - len(given) : code.co_argcount], given, strict=True))
    defaults |= body.__kwdefaults__ or {}
    found = {
        name: Option(name, kind_of(notes[name], rank), defaults.get(name, REQUIRED), place < code.co_argcount)
        for place, name in enumerate(names)
        if place >= code.co_posonlyargcount and _metadata(notes[name]) is not AtCall
    }
    for name, note in notes.items():
        if name != "return" and name not in names and get_args(note):
            for key, inner in get_args(note)[0].__annotations__.items():
                kind = kind_of(inner, rank)
                found[key] = Option(key, kind, None if isinstance(kind, Maybe) else False, False)
    return found


def kind_of(note: Any, rank: int | None = None) -> Kind:
    """Read an annotation: ``bool``, ``Literal[…]``, ``Annotated[…, kind]``, or one of them ``| None``."""
    if note is bool:
        return SWITCH
    found = _metadata(note)
    if found is not None:
        return found.ranked(rank) if rank and hasattr(found, "ranked") else found  # type: ignore[no-any-return]
    present = _present(note)
    return Choice(get_args(note)) if present is note else Maybe(kind_of(present, rank))


def _present(note: Any) -> Any:
    if get_origin(note) in (Union, UnionType):
        (note,) = (arg for arg in get_args(note) if arg is not type(None))
    return note


def _metadata(note: Any) -> Any:
    return getattr(note, "__metadata__", (None,))[0]


def _layer(value: Any) -> Any:
    if not (hasattr(value, "on") and hasattr(value, "label")):
        raise TypeError(value)
    return value


def _cells(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        if not value:
            raise ValueError(value)
        return tuple(_layer(one) for one in value)
    return _layer(value)


LAYER = Check("a layer", _layer, {"$ref": "#/$defs/layer"})
CELLS = Check(
    "a cell or a list of cells",
    _cells,
    {"anyOf": [{"$ref": "#/$defs/layer"}, {"type": "array", "items": {"$ref": "#/$defs/layer"}, "minItems": 1}]},
)
