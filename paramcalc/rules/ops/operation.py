"""Calls of framework functions in a graph (``keras.ops.mean``, ``x + y``): shapes, and no weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from ...core.built import Applicable, Built
from ...core.kinds import MAX_AXES, grown
from ...core.products import NOTHING, Source, Sources, Work
from ...core.shapes import UNKNOWN_OUTPUTS, AnyShape, Shape, UnknownShape, listed
from ...core.spelling import snake
from ...errors import LayerError, ParamcalcError, ShapeError, shorten
from ...symbolic import Expr, Size
from ...untyped import Arg
from .table import UnsupportedCall, find

DEEPEST = 20  # lists inside lists
MAX_OUTPUTS = 10_000
MALFORMED = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


class Slot:
    """The place of a tensor in a call: the tensors are counted in the order they are met."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slot) and other.index == self.index

    def __hash__(self) -> int:
        return hash(self.index)

    def __repr__(self) -> str:
        return f"Slot({self.index})"


def known(module: str, type: str) -> bool:
    """Tell whether there is a rule for a class of a module, written as Keras writes it (``keras.src.ops.numpy``)."""
    return find(module, type) is not None


class Operation(Applicable):
    """A call of a framework function.

    Parameters
    ----------
    module : str
        Where the class is, as Keras writes it: ``keras.src.ops.numpy``.
    type : str
        The class: ``Mean``.
    options : mapping
        What the class is made with; the name aside.
    args, kwargs : list, dict
        What it is called with: a :class:`Slot` where a tensor stands, and constants as Keras serializes them.
    name : str, optional

    Attributes
    ----------
    tensors : int
        How many it is called on.

    Raises
    ------
    LayerError
        When there is no rule for the operation, or none that knows one of the options or arguments.
    """

    frozen = False

    def __init__(
        self,
        module: str,
        type: str,
        options: Mapping[str, Arg],
        args: list[Arg],
        kwargs: Mapping[str, Arg],
        name: str | None = None,
    ) -> None:
        self.module = module
        self._type = type
        self.options = {option: value for option, value in options.items() if option != "name"}
        self.args = list(args)
        self.kwargs = dict(kwargs)
        self.name = name
        rule = find(module, type)
        if rule is None:
            raise self._no_rule()
        strange = [option for option in self.options if option not in rule.options]
        if strange:
            raise self._no_rule(f"with an option {strange[0][:80]!r}")
        self._rule = rule
        try:
            self._call = _decoded([self.args, self.kwargs], DEEPEST)
            decisive = {option: value for option, value in self.options.items() if option not in rule.ignored}
            self._options = _decoded(decisive, DEEPEST)
            rule.signature.bind(*self._call[0], **self._call[1], **self._options)
        except UnsupportedCall as beyond:
            raise self._no_rule(str(beyond)) from None
        except TypeError:  # an argument the rule does not take
            raise self._no_rule("called like this") from None
        self.tensors = max((slot.index + 1 for slot in _slots(self._call)), default=0)

    @property
    def type(self) -> str:
        """Class of the operation."""
        return self._type

    @property
    def label(self) -> str:
        """Its name, or the one Keras would give the first operation of its class."""
        return self.name or snake(self.type)

    def __repr__(self) -> str:
        words = [_shown(value) for value in self.args]
        words += [f"{name}={_shown(value)}" for name, value in (self.kwargs | self.options).items()]
        return f"{self.type}({', '.join(words)})"

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Apply the rule to the shapes of the tensors (batch included), in the order of their slots.

        Raises
        ------
        ShapeError
            When the number, rank or sizes of the tensors do not fit.
        LayerError
            When the result hangs on more than shapes.
        """
        if len(shapes) != self.tensors:
            raise ShapeError(f"{self.type} is called on {self.tensors} tensors here", received=len(shapes))
        known = tuple(shape for shape in shapes if not isinstance(shape, UnknownShape))
        if len(known) < len(shapes):
            return Built(UNKNOWN_OUTPUTS, costed=False)
        args, kwargs = _filled(self._call, known)
        try:
            return self._placed(_checked(self._rule.body(*args, **kwargs, **self._options)))
        except UnsupportedCall as beyond:
            raise self._no_rule(str(beyond)) from None
        except ParamcalcError:
            raise
        except MALFORMED:  # options come from files: a word where a number belongs has no rule
            raise self._no_rule("called like this") from None

    def _placed(self, built: Built) -> Built:
        # the rule speaks of parameters; outside the call there are the tensors that were handed in for them
        whole, flow = _whole(self.options.get("dtype")), self._rule.flow
        if built.work is None and flow is None and not whole:
            return built
        reached = NOTHING if whole else None if flow is None else frozenset[Source](flow)

        def work() -> Work:
            done = built.work() if built.work is not None else Work()
            if reached is not None:
                done = done._replace(flow=(reached,) * len(listed(built.outs)))
            return done.bind(self._sources)

        return built._replace(work=work)

    @cached_property
    def _sources(self) -> dict[Source, Sources]:
        # the tensors in each argument, by its position and by its name; a constant has none
        args, kwargs = self._call
        bound = self._rule.signature.bind(*args, **kwargs, **self._options)
        bound.apply_defaults()
        given: list[tuple[Source, Arg]] = [*enumerate(bound.args), *bound.arguments.items()]
        return {one: frozenset(slot.index for slot in _slots(value)) for one, value in given}

    def _no_rule(self, why: str = "") -> LayerError:
        return LayerError(f"no rule for the operation {self.type[:80]!r}" + (f" {why}" if why else ""))


def _checked(built: Built) -> Built:
    outs = built.shapes()
    if len(outs) > MAX_OUTPUTS:
        raise UnsupportedCall(f"of more than {MAX_OUTPUTS:,} outputs")
    for shape in outs:
        if len(shape) > MAX_AXES + 1:
            raise ShapeError("a shape with too many axes", expected=f"at most {MAX_AXES + 1}", received=len(shape))
        for size in map(grown, shape):
            if isinstance(size, int) and size < 0:
                raise ShapeError("the size of an axis would be negative", received=size)
            if not _is_size(size):
                raise UnsupportedCall("given text for a tensor")
    return built


def _whole(dtype: object) -> bool:
    # no gradient comes back through whole numbers and truth values
    return isinstance(dtype, str) and not dtype.startswith(("float", "bfloat", "complex"))


def _is_size(size: Arg) -> bool:
    # a text taken for a shape leaves its letters where sizes belong
    if isinstance(size, Expr):
        return size.op in ("name", "?") or all(map(_is_size, size.args))
    return isinstance(size, int)


def _decoded(value: Arg, depth: int) -> Arg:
    # serialized constants: arrays become their shapes, keys what Python has for them; lists stay lists
    if depth < 0:
        raise UnsupportedCall("with lists inside lists are nested too deeply")
    if isinstance(value, (list, tuple)):
        return [_decoded(one, depth - 1) for one in value]
    if not isinstance(value, Mapping):
        return value
    kind, config = value.get("class_name"), value.get("config")
    if kind is None:
        return {name: _decoded(one, depth - 1) for name, one in value.items()}
    if kind == "__ellipsis__":
        return Ellipsis
    if isinstance(config, Mapping):
        if kind in ("__numpy__", "__tensor__"):
            return _array_shape(config.get("value"))
        if kind == "__slice__":
            return slice(*(_decoded(config.get(end), depth - 1) for end in ("start", "stop", "step")))
    raise UnsupportedCall(f"given a {str(kind)[:80]!r}")


def _array_shape(value: Arg) -> Shape:
    # the shape of an array written as nested lists: a tuple, as the shape of a tensor is
    shape: list[Size] = []
    level = [value]
    while level and isinstance(level[0], list):
        size = len(level[0])
        if any(not isinstance(row, list) or len(row) != size for row in level):
            raise UnsupportedCall("given an array whose rows differ in length")
        shape.append(size)
        if not size or len(shape) > MAX_AXES:
            break
        level = _joined(level) if isinstance(level[0][0], list) else [row[0] for row in level]
    return tuple(shape)


def _joined(rows: list[list[Arg]]) -> list[Arg]:
    return [one for row in rows for one in row]


def _shown(value: Arg) -> str:
    # constants may be whole kernels
    return shorten(value) if not isinstance(value, Mapping) else str(value.get("class_name", "…")).strip("_")


def _slots(value: Arg) -> Iterator[Slot]:
    if isinstance(value, Slot):
        yield value
    elif isinstance(value, slice):
        yield from _slots([value.start, value.stop, value.step])
    elif isinstance(value, (list, tuple, Mapping)):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _slots(one)


def _filled(value: Arg, shapes: tuple[Shape, ...]) -> Arg:
    if isinstance(value, Slot):
        return tuple(shapes[value.index])
    if isinstance(value, list):
        return [_filled(one, shapes) for one in value]
    if isinstance(value, slice):
        return slice(*(_filled(one, shapes) for one in (value.start, value.stop, value.step)))
    if isinstance(value, Mapping):
        return {name: _filled(one, shapes) for name, one in value.items()}
    return value
