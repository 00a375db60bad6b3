"""What a rule is: weights, outputs and cost declared by one function, and the layers made from it.

The grammar is described, with examples, in ``README.md`` beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any, NamedTuple, Union, get_args, get_origin

from ..errors import OptionError, ParamcalcError, ShapeError, Verbatim, nearest
from ..symbolic import Expr, Size
from . import inert
from .kinds import MAX_AXES, SWITCH, Check, Choice, Kind, Maybe

Shape = tuple[Size, ...]

REQUIRED: Any = object()


@dataclass(slots=True)  # half the price of a NamedTuple, and counting is mostly making these
class Weight:
    """One tensor of a layer.

    Attributes
    ----------
    name : str
        The framework's own name, such as ``recurrent_kernel``.
    shape : tuple of int or Expr
    trainable : bool
        False for statistics such as a moving mean.
    scope : str
        Where it sits inside the layer (``lstm_cell``, ``forward_lstm/lstm_cell``), if deeper.
    gates : tuple of str
        The gates side by side along the last axis, in order; each takes an equal share.
    starts : tuple of (str, int)
        Gates whose initial value is not the initializer's.
    """

    name: str
    shape: Shape
    trainable: bool = True
    scope: str = ""
    gates: tuple[str, ...] = ()
    starts: tuple[tuple[str, int], ...] = ()

    @property
    def params(self) -> Size:
        """Number of parameters: the product of the shape."""
        count = prod(self.shape)
        return count.expand() if isinstance(count, Expr) else count

    @property
    def path(self) -> str:
        """Name with the scope in front."""
        return f"{self.scope}/{self.name}" if self.scope else self.name


@dataclass(slots=True)
class Built:
    """What a rule answers for given input shapes.

    Attributes
    ----------
    outs : tuple of shapes
        The output shape, or several; shapes include the batch.
    weights : tuple of Weight
        The inventory. Its sum is the count, and nothing else is.
    formula : callable, optional
        The textbook formula of the count, written as people write it.
    macs : callable, optional
        Multiply-adds of matrix products and convolutions for the whole input; ``None`` means none.
    states : tuple of shapes
        Shapes of the initial states the layer accepts.
    inside : callable, optional
        For a nested model: the model, what its nodes built, and on which shapes; for reports.
    """

    outs: tuple[Shape, ...]
    weights: tuple[Weight, ...] = ()
    formula: Callable[[], Size] | None = None
    macs: Callable[[], Size] | None = None
    states: tuple[Shape, ...] = ()
    inside: Callable[[], Any] | None = None

    @property
    def params(self) -> Size:
        """Sum of the inventory."""
        return sum([prod(weight.shape) for weight in self.weights])


class Option(NamedTuple):
    """One option of a rule."""

    name: str
    kind: Kind
    default: Any
    positional: bool


class Inputs:
    """The input shapes a rule takes, as an einops-like pattern: ``B T d_x``, ``B ... d_x``.

    ``...`` is any number of axes; ``*layer`` stands for the sizes of that option's own input;
    ``C`` follows the option ``data_format``. ``many`` marks a list of inputs.
    """

    __slots__ = ("least", "many", "most", "pattern", "tokens")

    def __init__(self, pattern: str, many: bool = False) -> None:
        self.pattern = pattern
        self.many = many
        self.tokens = pattern.split()
        open_ended = [token for token in self.tokens if token == "..." or token[0] == "*"]
        self.least = len(self.tokens) - len(open_ended)
        self.most = MAX_AXES + 1 if open_ended else self.least

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
            return [*own, *inner[1:]] if own and inner else inner  # type: ignore[no-any-return]
        if "..." in tokens:
            place = tokens.index("...")
            tokens[place : place + 1] = [f"n{i + 1}" for i in range(rank - self.least)]
        if options.get("data_format") == "channels_first" and tokens[-1] == "C":
            tokens.insert(1, tokens.pop())
        return tokens


class Rule:
    """A layer's bookkeeping: the function, and the schema read off its signature.

    Calling a rule with options makes a :class:`Layer`; the options are Keras's own.
    """

    def __init__(self, body: Callable[..., Built], also: str, framework: str, name: str | None = None, why: str | None = None) -> None:
        self.body = body
        self.name = self.__name__ = name or body.__name__
        self.__doc__ = why or body.__doc__
        self.__module__ = body.__module__
        self.inputs = _inputs(body)
        self.also = also
        self.framework = framework

    def __repr__(self) -> str:
        return f"<rule {self.framework} {self.name}>"

    @property
    def why(self) -> str:
        """First sentence of the docstring: why the weights have this shape."""
        return (self.__doc__ or "").strip().splitlines()[0]

    @property
    def about(self) -> str:
        """What the docstring says beyond its first line: equations, sources, what to watch for."""
        lines = (self.__doc__ or "").strip().splitlines()[1:]
        return "\n".join(line.strip() for line in lines).strip()

    @property
    def family(self) -> str:
        """The file it is declared in: ``recurrent``, ``merging``, …."""
        return self.__module__.rpartition(".")[2]

    @cached_property
    def snake(self) -> str:
        """The name Keras gives a layer of this class: ``LSTMCell`` → ``lstm_cell``."""
        return snake(self.name)

    @cached_property
    def options(self) -> dict[str, Option]:
        """The options by name, in order, read off the signature."""
        code, notes = self.body.__code__, self.body.__annotations__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        defaults: dict[str, Any] = dict(self.body.__kwdefaults__ or {})
        given = self.body.__defaults__ or ()
        defaults.update(zip(names[code.co_argcount - len(given) : code.co_argcount], given, strict=True))
        found = {
            name: Option(name, _kind(notes[name]), defaults.get(name, REQUIRED), place < code.co_argcount)
            for place, name in enumerate(names)
            if place >= code.co_posonlyargcount
        }
        for name, note in notes.items():  # **shared: Unpack[TypedDict] — switches that are off by default
            if name != "return" and name not in names and get_args(note):
                fields = get_args(note)[0].__annotations__
                found.update({key: Option(key, _kind(kind), False, False) for key, kind in fields.items()})
        return found

    @cached_property
    def _kinds(self) -> dict[str, Any]:
        return {name: option.kind for name, option in self.options.items()}

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The checked default of every option, ``REQUIRED`` where there is none; in declared order."""
        return {
            name: option.default if option.default in (None, REQUIRED) else option.kind(option.default)
            for name, option in self.options.items()
        }

    @cached_property
    def positional(self) -> tuple[str, ...]:
        """Names of the options that need no name, in order."""
        # Keras's own order goes on with options that are inert here: Dense(32, "softmax"), Masking(0.0)
        own = [name for name, option in self.options.items() if option.positional]
        return (*own, *(name for name in ("activation", "mask_value") if name in self.inert))

    @cached_property
    def inert(self) -> frozenset[str]:
        """Names of the options it accepts that change neither weights nor shapes."""
        return inert.expand(self.also) - self.options.keys()

    def __call__(self, *args: Any, **given: Any) -> Layer:
        """Make a layer with these options.

        Raises
        ------
        OptionError, SizeError
            For an unknown, missing or ill-valued option; the message names it.
        """
        options = self.defaults.copy()
        kinds = self._kinds
        layer = Layer(self, options)
        if args:
            if len(args) > len(self.positional):
                raise OptionError(
                    f"{self.name} takes {len(self.positional)} positional options",
                    expected=", ".join(self.positional) or "none",
                    received=args,
                )
            for name, value in zip(self.positional, args):  # noqa: B905  # fewer arguments are fine
                if name in given:
                    raise OptionError(f"{name} given twice").at(self.name)
                given[name] = value
        for name, value in given.items():
            kind = kinds.get(name)
            if kind is not None:
                options[name] = self.checked(name, kind, value)
            else:
                layer.carry(name, value)
        if REQUIRED in options.values():
            name = next(name for name, value in options.items() if value is REQUIRED)
            raise OptionError(f"{self.name} needs {name}", expected=self.options[name].kind.expected)
        return layer

    def checked(self, name: str, kind: Any, value: Any) -> Any:
        """Check one value; an error names the layer and the option."""
        try:
            return kind(value)
        except ParamcalcError as error:
            raise error.at(name).at(self.name)

    def unknown_option(self, name: str) -> OptionError:
        """Make the error for an option this layer does not have."""
        known = [*self.options, *sorted(self.inert), "name", "trainable"]
        return OptionError(
            f"{self.name} has no option {name!r}",
            suggestion=nearest(name, known) or f"it has {', '.join(self.options) or 'none of its own'}",
        )


class Layer:
    """A rule bound to its options; one object used twice is one set of weights.

    Call it on tensors (:func:`paramcalc.Input`) to connect a graph, or ask :meth:`on` for what it
    builds on given shapes.
    """

    __slots__ = ("carried", "frozen", "input_shape", "name", "options", "rule")

    def __init__(self, rule: Rule, options: dict[str, Any]) -> None:
        self.rule = rule
        self.options = options
        self.name: str | None = None
        self.frozen = False
        self.carried: dict[str, Any] | None = None
        self.input_shape: Any = None

    def carry(self, name: str, value: Any) -> None:
        """Take an option that changes neither weights nor shapes, or the layer's name and the like."""
        if name == "name":
            if value is not None and (not isinstance(value, str) or not value or len(value) > 200):
                raise OptionError("the name of a layer", expected="a short text", received=value).at(self.rule.name)
            self.name = value
        elif name == "trainable":
            self.frozen = not self.rule.checked(name, SWITCH, value)
        elif name in ("input_shape", "batch_input_shape", "input_dim"):
            self.input_shape = (name, value)
        elif name in self.rule.inert:
            try:
                inert.check(name, value)
            except ParamcalcError as error:
                raise error.at(name).at(self.rule.name)
            self.carried = {**(self.carried or {}), name: value}
        else:
            raise self.rule.unknown_option(name)

    @property
    def type(self) -> str:
        """Class name of the layer."""
        return self.rule.name

    @property
    def label(self) -> str:
        """Its name, or the one Keras would give the first layer of its class."""
        return self.name or self.rule.snake

    def __repr__(self) -> str:
        changed = [
            f"{name}={value!r}"
            for name, value in self.options.items()
            if value is not self.rule.defaults[name] and value != self.rule.defaults[name]
        ]
        if self.name:
            changed.append(f"name={self.name!r}")
        return f"{self.rule.name}({', '.join(changed)})"

    def axes(self, rank: int) -> list[str] | None:
        """Name the axes of an input of this rank, or ``None`` if it does not fit."""
        return self.rule.inputs[0].named(rank, self.options)

    def on(self, *shapes: Shape) -> Built:
        """Apply the rule to input shapes (batch included).

        Raises
        ------
        ShapeError
            When the number, rank or sizes of the inputs do not fit.
        """
        rule, inputs = self.rule, self.rule.inputs
        one = inputs[0]
        if len(shapes) == 1 == len(inputs) and one.least <= len(shapes[0]) <= one.most and not one.many:
            built = rule.body(shapes[0], **self.options)
        else:
            self._check_inputs(shapes)
            built = rule.body(shapes, **self.options) if one.many else rule.body(*shapes, **self.options)
        return frozen(built) if self.frozen else built

    def _check_inputs(self, shapes: tuple[Shape, ...]) -> None:
        rule, inputs = self.rule, self.rule.inputs
        if inputs[0].many:
            inputs = inputs * len(shapes)
        if len(shapes) != len(inputs) or not shapes:
            wanted = "at least one input" if rule.inputs[0].many else f"{len(inputs)} input"
            raise ShapeError(f"{rule.name} takes {wanted}", received=len(shapes))
        for pattern, shape in zip(inputs, shapes):  # noqa: B905  # lengths compared above
            if not pattern.least <= len(shape) <= pattern.most:
                raise self._misfit(pattern, shape)

    def _misfit(self, inputs: Inputs, shape: Shape) -> ShapeError:
        from ..tensors import shape_text  # only on the way to an error

        axes = "1 axis" if len(shape) == 1 else f"{len(shape)} axes"
        return ShapeError(
            f"{self.rule.name} does not take an input of {axes}",
            expected=f"({', '.join(inputs.tokens)})",
            received=Verbatim(shape_text(shape)),
        )

    def __call__(self, *tensors: Any, initial_state: Any = None) -> Any:
        """Connect the layer to tensors and give its output tensor, or a tuple of several."""
        from ..tensors import connect

        return connect(self, tensors, initial_state)


def rule(
    also: str = "", framework: str = "keras", name: str | None = None, why: str | None = None
) -> Callable[[Callable[..., Built]], Rule]:
    """Declare a rule.

    Parameters
    ----------
    also : str
        The inert options its layer takes (see `paramcalc.rules.inert`).
    framework : str
    name, why : str, optional
        For layers that share one function: the class name and the reason, else taken from the function.
    """
    return lambda body: Rule(body, also, framework, name, why)


def snake(name: str) -> str:
    """Spell a class name as Keras spells layer names: ``GlobalMaxPooling1D`` → ``global_max_pooling1d``."""
    import re

    spaced = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


def _kind(note: Any) -> Kind:
    # bool -> SWITCH;  Literal -> Choice;  X | None -> Maybe;  Annotated[..., kind] -> kind
    if note is bool:
        return SWITCH
    found = getattr(note, "__metadata__", None)
    if found:
        return found[0]  # type: ignore[no-any-return]
    if getattr(get_origin(note), "__name__", "") == "Union" or type(note).__name__ == "UnionType" or get_origin(note) is Union:
        (inner,) = (arg for arg in get_args(note) if arg is not type(None))
        return Maybe(_kind(inner))
    return Choice(get_args(note))


def _inputs(body: Callable[..., Built]) -> tuple[Inputs, ...]:
    # the patterns of the positional-only parameters
    code = body.__code__
    names = code.co_varnames[: code.co_posonlyargcount]
    return tuple(body.__annotations__[name].__metadata__[0] for name in names)


def scoped(weights: tuple[Weight, ...], scope: str) -> tuple[Weight, ...]:
    """Put weights under a scope: ``kernel`` → ``lstm_cell/kernel``."""
    return tuple(
        replace(weight, scope=f"{scope}/{weight.scope}" if weight.scope else scope) for weight in weights
    )


def frozen(built: Built) -> Built:
    """Mark every weight as one that training leaves alone."""
    return replace(built, weights=tuple(replace(weight, trainable=False) for weight in built.weights))


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
