"""What a rule is: weights, outputs and cost declared by one function, and the layers made from it.

The grammar is described, with examples, in ``README.md`` beside this file.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any

from ..errors import OptionError, ParamcalcError, ShapeError, Verbatim, nearest, quoted
from ..symbolic import symbols
from . import ignored_options as inert
from .built import (
    UNKNOWN_OUTS,
    UNSHAPED,
    Built as Built,
    Part as Part,
    Shape as Shape,
    Weight as Weight,
    frozen as frozen,
    repeated as repeated,
    scoped as scoped,
)
from .kinds import SWITCH
from .schema import (
    CELLS as CELLS,
    LAYER as LAYER,
    REQUIRED as REQUIRED,
    Inputs as Inputs,
    Option,
    at_call,
    inputs_of,
    least_inputs,
    options_of,
)

MOST_AXES = 9  # of an input made up to see whether a layer has weights


class Rule:
    """A layer's bookkeeping: the function, and the schema read off its signature.

    Calling a rule with options makes a :class:`Layer`; the options are Keras's own.
    """

    def __init__(
        self,
        body: Callable[..., Built],
        also: str,
        framework: str,
        name: str | None = None,
        why: str | None = None,
        copies: tuple[str, ...] = (),
        rank: int | None = None,
        aliases: tuple[str, ...] = (),
    ) -> None:
        self.body = body
        self.name = self.__name__ = name or body.__name__
        self.__doc__ = why or body.__doc__
        self.__module__ = body.__module__
        self.rank = rank
        self.aliases = aliases
        patterns = inputs_of(body, rank)
        self.inputs = tuple(patterns.values())
        self.input_names = tuple(patterns)
        self.least_inputs = least_inputs(body)
        self.also = also
        self.framework = framework
        self.copies = copies

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
        return options_of(self.body, self.rank)

    @cached_property
    def call(self) -> tuple[str, ...]:
        """The switches thrown where the layer is called."""
        return at_call(self.body)

    @cached_property
    def holds(self) -> tuple[str, ...]:
        """Options that hold layers whose weights are this layer's own (a copied layer's are not)."""
        kinds = {name: getattr(option.kind, "kind", option.kind) for name, option in self.options.items()}
        return tuple(name for name, kind in kinds.items() if kind in (LAYER, CELLS) and name not in self.copies)

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
        name = ""
        try:
            for name, value in given.items():
                if name in kinds:
                    options[name] = kinds[name](value)
                else:
                    layer.carry(name, value)
        except ParamcalcError as error:
            raise error.at(name).at(self.name) if name in kinds else error
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
            f"{self.name} has no option {quoted(name)}",
            suggestion=nearest(name, known) or f"it has {', '.join(self.options) or 'none of its own'}",
        )


class Layer:
    """A rule bound to its options; one object used twice is one set of weights.

    Call it on tensors (:func:`paramcalc.Input`) to connect a graph, or ask :meth:`on` for what it
    builds on given shapes.
    """

    __slots__ = ("carried", "expects", "frozen", "input_shape", "name", "options", "rule")

    def __init__(self, rule: Rule, options: dict[str, Any]) -> None:
        self.rule = rule
        self.options = options
        self.name: str | None = None
        self.frozen = False
        self.carried: dict[str, Any] | None = None
        self.input_shape: Any = None
        self.expects: Callable[[], tuple[Shape, ...] | None] | None = None  # what a file says it was built on

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

    def again(self, name: str | None, options: dict[str, Any] | None = None) -> Layer:
        """Make another such layer, of another name; of other options, checked already, where they are given."""
        layer = Layer(self.rule, self.options if options is None else options)
        layer.frozen, layer.carried = self.frozen, self.carried
        layer.input_shape, layer.expects = self.input_shape, self.expects
        layer.carry("name", name)
        return layer

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
        changed += [f"{name}={value!r}" for name, value in (self.carried or {}).items()]
        if self.frozen:
            changed.append("trainable=False")
        if self.name:
            changed.append(f"name={self.name!r}")
        return f"{self.rule.name}({', '.join(changed)})"

    def axes(self, rank: int) -> list[str] | None:
        """Name the axes of an input of this rank, or ``None`` if it does not fit."""
        return self.rule.inputs[0].named(rank, self.options)

    def on(self, *shapes: Shape, **call: Any) -> Built:
        """Apply the rule to input shapes (batch included); switches of the call by name.

        Raises
        ------
        ShapeError
            When the number, rank or sizes of the inputs do not fit.
        OptionError
            For a switch the call does not have.
        """
        rule, inputs = self.rule, self.rule.inputs
        one = inputs[0]
        if (
            len(shapes) == 1 == len(inputs)
            and one.least <= len(shapes[0]) <= one.most
            and shapes[0] is not UNSHAPED
            and not (one.many or call)
        ):
            built = rule.body(shapes[0], **self.options)
        elif any(shape is UNSHAPED for shape in shapes):
            expected = self.expects() if self.expects else None
            if not expected:
                unknown = "" if self._weightless() else "the shape of its input is not known"
                return Built(UNKNOWN_OUTS, unknown=unknown, costed=False)
            return self.on(*expected, **call)
        else:
            self._check_inputs(shapes)
            self._check_call(call)
            args = (shapes,) if one.many else shapes
            built = rule.body(*args, **self.options, **call)
        return frozen(built) if self.frozen else built

    def _weightless(self) -> bool:
        # whether there are weights is a matter of options, not of sizes: any input it takes will do
        size, several = symbols("n"), max(self.rule.least_inputs, 1 + self.rule.inputs[0].many)
        for axes in range(1, MOST_AXES):
            with suppress(ParamcalcError):
                return not self.on(*[(size,) * axes] * several).weights
        return False

    def _check_call(self, call: dict[str, Any]) -> None:
        for name, value in call.items():
            if name not in self.rule.call:
                raise OptionError(
                    f"{self.rule.name} is not called with {name!r}",
                    expected=" or ".join(self.rule.call) or "inputs only",
                    suggestion=nearest(name, self.rule.call),
                )
            self.rule.checked(name, SWITCH, value)

    def _check_inputs(self, shapes: tuple[Shape, ...]) -> None:
        rule, inputs = self.rule, self.rule.inputs
        if inputs[0].many:
            inputs = inputs * len(shapes)
        least = 1 if rule.inputs[0].many else rule.least_inputs
        if not least <= len(shapes) <= len(inputs) or not shapes:
            several = (
                f"{least} input{'s' * (least > 1)}" if least == len(inputs) else f"{least} to {len(inputs)} inputs"
            )
            wanted = "at least one input" if rule.inputs[0].many else several
            raise ShapeError(f"{rule.name} takes {wanted}", received=len(shapes))
        for pattern, shape in zip(inputs, shapes):  # noqa: B905  # inputs that may be left out
            if not pattern.least <= len(shape) <= pattern.most:
                raise self._misfit(pattern, shape)

    def _misfit(self, inputs: Inputs, shape: Shape) -> ShapeError:
        from .tensors import shape_text  # only on the way to an error

        axes = "1 axis" if len(shape) == 1 else f"{len(shape)} axes"
        return ShapeError(
            f"{self.rule.name} does not take an input of {axes}",
            expected=inputs.text(self.options),
            received=Verbatim(shape_text(shape)),
        )

    def __call__(self, *tensors: Any, initial_state: Any = None, **call: Any) -> Any:
        """Connect the layer to tensors and give its output tensor, or a tuple of several.

        Switches of the call go by name: ``return_attention_scores=True``.
        """
        from .tensors import connect

        return connect(self, tensors, initial_state, call)


def rule(
    also: str = "",
    framework: str = "keras",
    name: str | None = None,
    why: str | None = None,
    copies: tuple[str, ...] = (),
    rank: int | None = None,
    aliases: tuple[str, ...] = (),
) -> Callable[[Callable[..., Built]], Rule]:
    """Declare a rule.

    Parameters
    ----------
    also : str
        The inert options its layer takes (see `paramcalc.core.ignored_options`).
    framework : str
    name, why : str, optional
        For layers that share one function: the class name and the reason, else taken from the function.
    copies : tuple of str
        Options that hold a layer of which Keras makes a copy, with weights of its own.
    rank : int, optional
        The number of spatial axes, where the signature says ``spatial``.
    aliases : tuple of str
        Other class names of the same layer; it is found by them and listed once.
    """
    return lambda body: Rule(body, also, framework, name, why, copies, rank, aliases)


def each_rank(
    names: str,
    *ranks: int,
    also: str = "",
    framework: str = "keras",
    why: str | None = None,
    aliases: tuple[str, ...] = (),
) -> Callable[[Callable[..., Built]], tuple[Rule, ...]]:
    """Declare one rule for each number of spatial axes: ``each_rank("Conv{}D", 1, 2, 3)``."""

    def declared(body: Callable[..., Built], n: int) -> Rule:
        others = tuple(alias.format(n) for alias in aliases)
        return Rule(body, also, framework, names.format(n), why, rank=n, aliases=others)

    return lambda body: tuple(declared(body, n) for n in ranks)


def snake(name: str) -> str:
    """Spell a class name as Keras spells layer names: ``GlobalMaxPooling1D`` → ``global_max_pooling1d``."""
    import re

    spaced = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()
