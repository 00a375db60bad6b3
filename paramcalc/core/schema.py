"""What a rule takes, as a value: its inputs and its options, read off a signature or made from a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin

from ..errors import OptionError, ParamcalcError, ShapeError, Verbatim, nearest
from ..untyped import OptionValue
from .built import Applicable, Built
from .kinds import MAX_AXES, SWITCH, AtCall, ByRank, Check, Choice, Kind, Maybe
from .parameters import REQUIRED as REQUIRED, parameters
from .shapes import Shape, shape_text

# A rule's function: input shapes, then options and switches of the call by name. Each rule has its own parameters,
# which are its schema, so that the arguments are checked by the kinds and not by a type.
Body: TypeAlias = Callable[..., Built]  # type: ignore[explicit-any]

SPATIAL = {1: "T", 2: "H W", 3: "D H W"}


class Option(NamedTuple):
    """One option of a rule."""

    name: str
    kind: Kind
    default: OptionValue
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

    def text(self, options: Mapping[str, OptionValue]) -> str:
        """Write what it takes: ``(B, T, d_x)``; ``(L, N, d_x) or (L, d_x)``."""
        ranks = (self.most, self.least) if "?" in self.pattern and "..." not in self.tokens else ()
        several = [", ".join(self.named(rank, options) or ()) for rank in ranks] or [", ".join(self.tokens)]
        return " or ".join(f"({axes})" for axes in several)

    def named(self, rank: int, options: Mapping[str, OptionValue]) -> list[str] | None:
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


class Schema(NamedTuple):
    """What a rule takes.

    Attributes
    ----------
    inputs : dict of str to Inputs
        The pattern of each input by its name, in order.
    least_inputs : int
        How many of them cannot be left out.
    options : dict of str to Option
        By name, in the framework's order.
    call_switches : tuple of str
        Switches that are thrown where the layer is called, not where it is made.
    rank : int or None
        The number of spatial axes, where the layer is declared for a fixed number of them.
    """

    inputs: Mapping[str, Inputs]
    least_inputs: int
    options: Mapping[str, Option]
    call_switches: tuple[str, ...] = ()
    rank: int | None = None

    @classmethod
    def of(cls, function: Body, rank: int | None = None) -> Schema:
        """Read the schema off a signature; the only place where signatures are read.

        Positional-only parameters are inputs; one that may be left out is ``… | None = None``. The others are
        options; ``**shared: Unpack[TypedDict]`` adds switches that are off, or options that are ``… | None``. What a
        ``functools.partial`` gives already is neither.

        Parameters
        ----------
        function : callable
        rank : int, optional
            The number of spatial axes, where the signature says ``spatial``.
        """
        inputs: dict[str, Inputs] = {}
        options: dict[str, Option] = {}
        switches: list[str] = []
        least = 0
        for one in parameters(function):
            note = one.annotation
            if one.by_place and not one.by_name:
                pattern = _metadata(_present(note))
                if not isinstance(pattern, Inputs):
                    raise TypeError(f"the input {one.name} has no pattern")
                inputs[one.name] = pattern.ranked(rank) if rank else pattern
                least += one.default is REQUIRED
            elif one.rest and one.by_name:
                options |= options_of_dict(get_args(note)[0], rank) if get_args(note) else {}
            elif _metadata(note) is AtCall:
                switches.append(one.name)
            else:
                options[one.name] = Option(one.name, kind_of(note, rank), one.default, one.by_place)
        return cls(inputs, least, options, tuple(switches), rank)

    def check_call(self, layer: str, call: Mapping[str, object]) -> None:
        """Check the switches of a call.

        Raises
        ------
        OptionError
            For a switch that the call does not have, or a value that is no switch.
        """
        for name, value in call.items():
            if name not in self.call_switches:
                raise OptionError(
                    f"{layer} is not called with {name!r}",
                    expected=" or ".join(self.call_switches) or "inputs only",
                    suggestion=nearest(name, self.call_switches),
                )
            try:
                SWITCH(value)
            except ParamcalcError as error:
                raise error.at(name).at(layer)

    def check_inputs(self, layer: str, shapes: Sequence[Shape], options: Mapping[str, OptionValue]) -> None:
        """Check the number of inputs, and the number of axes of each.

        Raises
        ------
        ShapeError
        """
        inputs = tuple(self.inputs.values())
        several = inputs[0].many
        if several:
            inputs = inputs * len(shapes)
        least = 1 if several else self.least_inputs
        if not least <= len(shapes) <= len(inputs) or not shapes:
            number = f"{least} input{'s' * (least > 1)}" if least == len(inputs) else f"{least} to {len(inputs)} inputs"
            raise ShapeError(f"{layer} takes {'at least one input' if several else number}", received=len(shapes))
        for pattern, shape in zip(inputs, shapes):  # noqa: B905  # inputs that may be left out
            if not pattern.least <= len(shape) <= pattern.most:
                raise _misfit(layer, pattern, shape, options)

    def over(self, *patterns: str) -> Schema:
        """Take inputs of these patterns instead."""
        return self._replace(inputs={name: Inputs(one) for name, one in zip(self.inputs, patterns, strict=True)})

    def over_time(self, options: Mapping[str, Option]) -> Schema:
        """Put a time axis behind the batch of the first input, and add the options of a layer that runs over time."""
        (name, first), *others = self.inputs.items()
        batch, *rest = first.tokens
        sequence = Inputs(" ".join((batch, "T", *rest)))
        return self._replace(inputs=dict([(name, sequence), *others]), options={**self.options, **options})

    def without(self, *names: str) -> Schema:
        """Leave options out."""
        return self._replace(options={name: one for name, one in self.options.items() if name not in names})

    def with_defaults(self, **defaults: OptionValue) -> Schema:
        """Give options other defaults."""
        changed = {name: self.options[name]._replace(default=default) for name, default in defaults.items()}
        return self._replace(options={**self.options, **changed})


def schema_of(options: Mapping[str, tuple[Kind, OptionValue]], pattern: str = "...") -> Schema:
    """Make the schema of a layer with one input whose options stand in a table: the kind of each, and its default."""
    made = {name: Option(name, kind, default, True) for name, (kind, default) in options.items()}
    return Schema({"x": Inputs(pattern)}, 1, made)


def options_of_dict(shared: type, rank: int | None = None) -> dict[str, Option]:
    """Read the options that several rules share off a TypedDict: switches that are off, or options that are null."""
    found = {}
    for name, note in shared.__annotations__.items():
        kind = kind_of(note, rank)
        found[name] = Option(name, kind, None if isinstance(kind, Maybe) else False, False)
    return found


def kind_of(note: object, rank: int | None = None) -> Kind:
    """Read an annotation: ``bool``, ``Literal[…]``, ``Annotated[…, kind]``, or one of them ``| None``.

    Raises
    ------
    TypeError
        For any other annotation, and for a kind that depends on the rank in a rule that has none.
    """
    if note is bool:
        return SWITCH
    found = _metadata(note)
    if isinstance(found, Kind):
        return found if rank is None else found.ranked(rank)
    if isinstance(found, ByRank) and rank is not None:
        return found.ranked(rank)
    present = _present(note)
    if present is not note:
        return Maybe(kind_of(present, rank))
    if get_origin(note) is not Literal:
        raise TypeError(f"the annotation {note} names no kind of option")
    return Choice(get_args(note))


def _misfit(layer: str, inputs: Inputs, shape: Shape, options: Mapping[str, OptionValue]) -> ShapeError:
    axes = "1 axis" if len(shape) == 1 else f"{len(shape)} axes"
    return ShapeError(
        f"{layer} does not take an input of {axes}",
        expected=inputs.text(options),
        received=Verbatim(shape_text(shape)),
    )


def _present(note: object) -> object:
    if get_origin(note) in (Union, UnionType):
        (note,) = (arg for arg in get_args(note) if arg is not type(None))
    return note


def _metadata(note: object) -> object:
    return get_args(note)[1] if get_origin(note) is Annotated else None


def _layer(value: object) -> Applicable:
    if not isinstance(value, Applicable):
        raise TypeError(value)
    return value


def _cells(value: object) -> Applicable | tuple[Applicable, ...]:
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
