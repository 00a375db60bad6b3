"""`Rule` and `Layer`: weights, outputs and cost declared by one function, and the layers made from it.

The grammar is described, with examples, in ``paramcalc/rules/README.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import OptionError, ParamcalcError, ShapeError, nearest, quoted
from ..symbolic import symbols
from ..untyped import OptionValue
from . import ignored_options
from .built import Applicable, Built
from .combined import frozen
from .framework import framework
from .identity import options_identity
from .kinds import SWITCH, Kind
from .reflection import Docstring, SignatureOfRule
from .schema import CELLS, LAYER, REQUIRED, Body, Schema
from .shapes import UNKNOWN_OUTPUTS, AnyShape, Shape, UnknownShape, UnknownShapeError
from .spelling import snake
from .synonyms import called_here
from .tensors import checked_shape

if TYPE_CHECKING:
    from .tensors import Nested, Tensors

LENGTH_AND_WIDTH = ("input_length", "input_dim")
MOST_AXES = 9  # of an input made up to see whether a layer has weights


class Rule:
    """A layer's bookkeeping: a function, and the schema of what it takes.

    Calling a rule with options makes a :class:`Layer`; the options are the framework's own.

    Parameters
    ----------
    body : callable
        Takes input shapes, the options and the call switches by name, and gives a `Built`.
    schema : Schema
    framework, name : str
    why : str
        Why the weights have their shape; the first line is shown with the layer, the rest by ``--explain``.
    module : str
        The module that declares the rule; its last part is the family.
    ignored : iterable of str
        Options that the layer takes and that change neither weights nor shapes.
    copies : tuple of str
        Options that hold a layer of which the framework makes a copy, with weights of its own.
    aliases : tuple of str
        Other class names of the same layer; it is found by them and listed once.
    inner : bool
        Whether its weights are those of layers that it makes itself: ``trainable`` of its constructor does not reach
        them, as Keras 3 has it.
    """

    def __init__(
        self,
        body: Body,
        schema: Schema,
        framework: str,
        name: str,
        why: str,
        module: str,
        ignored: Iterable[str] = (),
        copies: tuple[str, ...] = (),
        aliases: tuple[str, ...] = (),
        inner: bool = False,
    ) -> None:
        self.body = body
        self.schema = schema
        self.name = self.__name__ = name
        self.text = why
        self.__module__ = module
        self.aliases = aliases
        self.inputs = tuple(schema.inputs.values())
        self.input_names = tuple(schema.inputs)
        self.least_inputs = schema.least_inputs
        self.one_input = len(self.inputs) == 1 and not self.inputs[0].many
        self.least_axes, self.most_axes = self.inputs[0].least, self.inputs[0].most
        self.options = schema.options
        self.call = schema.call_switches
        self.ignored = frozenset(ignored) - schema.options.keys()
        self.framework = framework
        self.copies = copies
        self.inner = inner

    __doc__ = Docstring(__doc__)  # that of the class, or of one rule
    __signature__ = SignatureOfRule()

    def __repr__(self) -> str:
        return f"<rule {self.framework} {self.name}>"

    @property
    def rank(self) -> int | None:
        """The number of spatial axes, where the layer is declared for a fixed number of them."""
        return self.schema.rank

    @property
    def why(self) -> str:
        """First sentence of the docstring: why the weights have this shape."""
        return next(iter((self.text or "").strip().splitlines()), "")

    @property
    def about(self) -> str:
        """What the docstring says beyond its first line: equations, sources, what to watch for."""
        lines = (self.text or "").strip().splitlines()[1:]
        return "\n".join(line.strip() for line in lines).strip()

    @property
    def family(self) -> str:
        """The file it is declared in: ``recurrent``, ``merging``, …."""
        return self.__module__.rpartition(".")[2]

    @cached_property
    def snake(self) -> str:
        """The name Keras gives a layer of this class: ``LSTMCell`` → ``lstm_cell``."""
        return snake(self.name)

    @property
    def of_sequences(self) -> bool:
        """Whether its input is a sequence of features: three axes, or a time axis behind the batch."""
        return self.least_axes == self.most_axes == 3 or self.inputs[0].tokens[1:2] == ["T"]

    @cached_property
    def sublayer_options(self) -> tuple[str, ...]:
        """Options that hold layers whose weights are this layer's own (a copied layer's are not)."""
        kinds = {name: option.kind.base for name, option in self.options.items()}
        return tuple(name for name, kind in kinds.items() if kind in (LAYER, CELLS) and name not in self.copies)

    @cached_property
    def sized_options(self) -> tuple[tuple[str, Kind], ...]:
        """Options that may hold sizes with symbols of their own, or layers; each with its kind besides ``None``."""
        kinds = {name: option.kind.base for name, option in self.options.items()}
        plain = Kind.symbols
        return tuple(
            (name, kind) for name, kind in kinds.items() if kind in (LAYER, CELLS) or type(kind).symbols is not plain
        )

    @cached_property
    def holds_layers(self) -> bool:
        """Whether one of its options is a layer, or several."""
        return any(kind in (LAYER, CELLS) for _, kind in self.sized_options)

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        return {name: option.kind for name, option in self.options.items()}

    @cached_property
    def defaults(self) -> dict[str, OptionValue]:
        """The checked default of every option, ``REQUIRED`` where there is none; in declared order."""
        return {
            name: option.default if option.default in (None, REQUIRED) else option.kind(option.default)
            for name, option in self.options.items()
        }

    @cached_property
    def _required(self) -> tuple[str, ...]:
        return tuple(name for name, value in self.defaults.items() if value is REQUIRED)

    @cached_property
    def positional(self) -> tuple[str, ...]:
        """Names of the options that need no name, in order."""
        # Keras's own order goes on with options that are ignored here: Dense(32, "softmax"), Masking(0.0)
        own = [name for name, option in self.options.items() if option.positional]
        return (*own, *(name for name in ("activation", "mask_value") if name in self.ignored))

    def __call__(self, *args: object, **given: object) -> Layer:
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
                    layer.set_option(name, value)
        except ParamcalcError as error:
            raise error.at(name).at(self.name) if name in kinds else error
        for name in self._required:
            if options[name] is REQUIRED:
                raise OptionError(f"{self.name} needs {name}", expected=self.options[name].kind.expected)
        return layer

    def checked(self, name: str, kind: Kind, value: object) -> OptionValue:
        """Check one value; an error names the layer and the option."""
        try:
            return kind(value)
        except ParamcalcError as error:
            raise error.at(name).at(self.name)

    def unknown_option(self, name: str) -> OptionError:
        """Make the error for an option this layer does not have."""
        known = [*self.options, *sorted(self.ignored), "name", "trainable"]
        listed = f"it has {', '.join(self.options) or 'none of its own'}"
        return OptionError(
            f"{self.name} has no option {quoted(name)}",
            suggestion=called_here(name, known) or nearest(name, known) or listed,
        )


_made = [0]


def layers_made() -> int:
    """Count the layers that were made so far; what bounds work takes the difference of two counts."""
    return _made[0]


class Layer(Applicable):
    """A rule bound to its options; one object used twice is one set of weights.

    Call it on tensors (:func:`paramcalc.Input`) to connect a graph, or ask :meth:`on` for what it
    builds on given shapes.
    """

    __slots__ = (
        "_last",
        "constructed_frozen",
        "declared_inputs",
        "frozen",
        "ignored_options",
        "input_shape",
        "name",
        "options",
        "rule",
    )

    time_first = False  # whether its input has the time steps before the batch, where no option says so

    def __init__(self, rule: Rule, options: dict[str, OptionValue]) -> None:
        _made[0] += 1
        self.rule = rule
        self.options = options
        self.name: str | None = None
        self.frozen = False
        # The input shape it was last put on, and from the second time on what came of it, so that counting once stays
        # cheap. One tuple, since several threads may put one layer on several shapes.
        self._last: tuple[Shape, Built | None] | None = None
        self.constructed_frozen = False  # whether trainable=False is passed to the constructor, and not set later
        self.ignored_options: dict[str, object] | None = None
        self.input_shape: tuple[str, object] | None = None  # the option that declares one, and its value
        self.declared_inputs: Callable[[], tuple[Shape, ...] | None] | None = None  # what a file says it was built on

    def set_option(self, name: str, value: object) -> None:
        """Take an option that changes neither weights nor shapes, or the layer's name and the like."""
        if name == "name":
            if value is not None and (not isinstance(value, str) or not value or len(value) > 200):
                raise OptionError("the name of a layer", expected="a short text", received=value).at(self.rule.name)
            self.name = value
        elif name == "trainable":
            self.frozen = not self.rule.checked(name, SWITCH, value)
        elif name in ("input_shape", "batch_input_shape"):
            self.input_shape = (name, value)
        elif name in LENGTH_AND_WIDTH and not framework(self.rule.framework).declares_inputs:
            self._declare(name, value)
        elif name in self.rule.ignored:
            try:
                ignored_options.check(name, value)
            except ParamcalcError as error:
                raise error.at(name).at(self.rule.name)
            self.ignored_options = {**(self.ignored_options or {}), name: value}
        else:
            raise self.rule.unknown_option(name)

    def _declare(self, name: str, value: object) -> None:
        # Keras 1 and 2: the length of a sequence and its features, either of them open; of tokens the length alone
        rule = self.rule
        if rule.of_sequences:
            before = self.input_shape[1] if self.input_shape is not None else None
            length, width = before if isinstance(before, tuple) and len(before) == 2 else (None, None)
            self.input_shape = ("input_shape", (value, width) if name == "input_length" else (length, value))
        elif name == "input_length" and name not in rule.ignored:
            raise rule.unknown_option(name)
        elif value is not None:
            self.input_shape = ("input_shape", value if isinstance(value, (list, tuple)) else (value,))

    def freeze_by_constructor(self) -> None:
        """Take ``trainable=False`` as an argument of the constructor, which in Keras 3 reaches no layer inside."""
        self.constructed_frozen = True
        self.frozen = not (self.rule.inner or self.rule.sublayer_options or self.rule.copies)

    def copy_with(self, name: str | None, options: dict[str, OptionValue] | None = None) -> Layer:
        """Make another such layer, of another name; of other options, checked already, where they are given."""
        layer = Layer(self.rule, self.options if options is None else options)
        layer.frozen, layer.constructed_frozen = self.frozen, self.constructed_frozen
        layer.ignored_options = self.ignored_options
        layer.input_shape, layer.declared_inputs = self.input_shape, self.declared_inputs
        layer.set_option("name", name)
        return layer

    def __getstate__(self) -> tuple[None, dict[str, object]]:
        # what was built holds functions, and is soon built again
        names = [name for one in type(self).__mro__ for name in getattr(one, "__slots__", ())]
        kept = {name: getattr(self, name) for name in names}
        return None, {**kept, "_last": None}

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
        changed += [f"{name}={value!r}" for name, value in (self.ignored_options or {}).items()]
        if self.frozen or self.constructed_frozen:
            changed.append("trainable=False")
        if self.name:
            changed.append(f"name={self.name!r}")
        return f"{self.rule.name}({', '.join(changed)})"

    @property
    def framework(self) -> str:
        """The framework whose layer it is."""
        return self.rule.framework

    @property
    def sublayers(self) -> tuple[Applicable, ...]:
        """The layers inside it whose weights are its own."""
        found: list[Applicable] = []
        for name in self.rule.sublayer_options:
            value = self.options[name]
            found += value if isinstance(value, tuple) else () if value is None else (value,)
        return tuple(found)

    def identity(self) -> Hashable:
        """Give what its answer depends on: the rule, its options, and whether it is trained."""
        if type(self) is not Layer or self.declared_inputs is not None:
            return super().identity()
        return self.rule, self.frozen, options_identity(self.options.values())

    def axes(self, rank: int) -> list[str] | None:
        """Name the axes of an input of this rank, or ``None`` if it does not fit."""
        return self.rule.inputs[0].named(rank, self.options)

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Apply the rule to input shapes (batch included); switches of the call by name.

        Raises
        ------
        ShapeError, SizeError
            When the number, rank or sizes of the inputs do not fit.
        OptionError
            For a switch the call does not have.
        """
        rule = self.rule
        try:
            if len(shapes) == 1 and rule.one_input and not call:
                (shape,) = shapes
                if type(shape) is tuple and rule.least_axes <= len(shape) <= rule.most_axes:
                    built = self._remembered(shape)
                    if self.declared_inputs is not None:
                        built = self._against_declared(built, shapes, call)
                    return frozen(built) if self.frozen else built
            known = [checked_shape(shape) for shape in shapes if not isinstance(shape, UnknownShape)]
            if len(known) < len(shapes):
                return self._on_unknown(call)
            rule.schema.check_inputs(rule.name, known, self.options)
            rule.schema.check_call(rule.name, call)
            args = (tuple(known),) if rule.inputs[0].many else known
            built = rule.body(*args, **self.options, **call)
            if self.declared_inputs is not None:
                built = self._against_declared(built, shapes, call)
        except (UnknownShapeError, ShapeError) as error:
            found = self._as_declared(shapes, call)
            if found is None and isinstance(error, ShapeError):
                raise
            built = found or Built(UNKNOWN_OUTPUTS, unknown="the shape inside it is not known", costed=False)
        return frozen(built) if self.frozen else built

    def _remembered(self, shape: Shape) -> Built:
        last = self._last
        if last is not None and last[0] == shape and last[1] is not None:
            return last[1]
        shape = checked_shape(shape)
        built = self.rule.body(shape, **self.options)
        # what holds other layers is built anew, since those may be frozen in the meantime
        again = last is not None and last[0] == shape and not self.rule.holds_layers
        self._last = shape, built if again else None
        return built

    def _on_unknown(self, call: dict[str, bool]) -> Built:
        # a file may say what the layer was built on
        declared = self.declared_inputs() if self.declared_inputs else None
        if declared:
            return self.on(*declared, **call)
        unknown = "" if self.is_weightless() else "the shape of its input is not known"
        return Built(UNKNOWN_OUTPUTS, unknown=unknown, costed=False)

    def _against_declared(self, built: Built, shapes: tuple[AnyShape, ...], call: dict[str, bool]) -> Built:
        declared = self.declared_inputs() if self.declared_inputs else None
        if not declared or declared == shapes or not built.weights:
            return built
        from .declared import reconciled  # only for what files say

        other = self._on_declared(declared, call)
        return built if other is None else reconciled(shapes, built, declared, other)

    def _as_declared(self, shapes: tuple[AnyShape, ...], call: dict[str, bool]) -> Built | None:
        # what cannot be built on what it reads, where a file says that it was built on something else
        declared = self.declared_inputs() if self.declared_inputs else None
        other = self._on_declared(declared, call) if declared and declared != shapes else None
        if not declared or other is None or not other.weights:
            return None
        from .declared import as_said

        return as_said(shapes, declared, other)

    def _on_declared(self, declared: tuple[Shape, ...], call: dict[str, bool]) -> Built | None:
        layer = self.copy_with(self.name)
        layer.declared_inputs = None
        try:
            return layer.on(*declared, **call)
        except ParamcalcError:
            return None

    def is_weightless(self) -> bool:
        """Tell whether the layer has no weights, whatever it reads."""
        # whether there are weights is a matter of options, not of sizes: any input it takes will do
        size, several = symbols("n"), max(self.rule.least_inputs, 1 + self.rule.inputs[0].many)
        for axes in range(1, MOST_AXES):
            with suppress(ParamcalcError):
                return not self.on(*[(size,) * axes] * several).weights
        return False

    def __call__(self, *tensors: Nested, initial_state: Nested | None = None, **call: bool) -> Tensors:
        """Connect the layer to tensors and give its output tensor, or a tuple of several.

        Switches of the call go by name: ``return_attention_scores=True``.
        """
        from .tensors import connect

        return connect(self, tensors, initial_state, call)
