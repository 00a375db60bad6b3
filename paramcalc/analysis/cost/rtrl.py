"""Real-time recurrent learning: gradients forwards in time, without keeping the steps of the past.

Next to each state goes its sensitivity, the derivative with respect to every parameter it depends on: a matrix with one
column for each of them. A step multiplies not only the values but the columns, too, so that the gradient of the loss at
any step is a product of what the output layers give back with the sensitivities::

    a step       forward + Σ size · columns of the operands + output · columns
    kept         Σ elements of a state · columns

A weight's own derivative is a column with a single one, so the operand that is a weight takes no multiply-adds. All
other columns are full, whatever zeros they have. Layers that no recurrent layer reads, such as an output layer, need
no sensitivities: within a step they go backwards as usual. Within a recurrent layer all goes forwards, what a cell puts
out beside its states included. Each sample of a batch has its own sensitivities.

Source: Williams & Zipser 1989; forward-mode differentiation (Griewank & Walther 2008, section 3.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import NamedTuple

from ...core.built import Built
from ...core.formula import Formula
from ...core.on_symbols import symbolic_build
from ...core.products import NOTHING, Product, Sources, State
from ...core.rule import Layer
from ...core.shapes import AnyShape, UnknownShape, listed
from ...core.sources import written_out
from ...core.totals import summed
from ...errors import OptionError, ParamcalcError
from ...graph.gradients import work_of
from ...graph.model import Model
from ...symbolic import Expr, Size, exact, symbols, unicode
from ...symbolic.evaluate import evaluate, put
from .naming import is_named
from .passes import Origin, Training, Use, frozen_origins, origin_of, parts_on, uses
from .sequences import LOOP, Placed, Uses, check_one_way, check_recurrent, feeding, in_order, with_time
from .sizes import with_sizes

METHOD = "real-time recurrent learning"

Columns = frozenset[Origin]  # the weights with respect to which something is differentiated
NONE: Columns = frozenset()


class Macs(NamedTuple):
    """Multiply-adds of real-time recurrent learning.

    Attributes
    ----------
    forward : int or Expr
        Of the values.
    sensitivities : int or Expr
        Of the columns that are carried along.
    readout : int or Expr
        Of the gradients: what comes back to an output, times its columns.
    backward : int or Expr
        Of the layers that need no sensitivities, backwards.
    """

    forward: Size = 0
    sensitivities: Size = 0
    readout: Size = 0
    backward: Size = 0

    @property
    def total(self) -> Size:
        """All of them."""
        return summed(self)


def _together(several: Iterable[Macs]) -> Macs:
    return Macs(*(summed(each) for each in zip(Macs(), *several, strict=True)))


@dataclass(frozen=True)
class LayerRtrl:
    """Real-time recurrent learning of one use of a layer.

    Attributes
    ----------
    path, type : str
    each : Macs
        Of each time step.
    end : Macs
        Of what is done once, such as an output layer after the last step.
    kept : int or Expr
        How many numbers its sensitivities are.
    parameters : int or Expr
        How many parameters its states, or else its outputs, are differentiated by.
    formula : Formula or None
        The multiply-adds of a step, for a recurrent layer: ``P`` stands for parameters.
    """

    path: str
    type: str
    each: Macs
    end: Macs
    kept: Size
    parameters: Size
    formula: Formula | None = None


@dataclass(frozen=True)
class Rtrl:
    """Real-time recurrent learning of a model.

    Attributes
    ----------
    steps : int or Expr
        How many time steps there are, T.
    parameters : int or Expr
        How many parameters have sensitivities.
    layers : tuple of LayerRtrl
    """

    steps: Size
    parameters: Size
    layers: tuple[LayerRtrl, ...]

    @property
    def each(self) -> Macs:
        """Multiply-adds of each time step."""
        return _together(one.each for one in self.layers)

    @property
    def end(self) -> Macs:
        """Multiply-adds of what is done once, such as an output layer after the last step."""
        return _together(one.end for one in self.layers)

    @property
    def total(self) -> Macs:
        """Multiply-adds in all."""
        return _together([Macs(*(self.steps * one for one in self.each)), self.end])

    @property
    def kept(self) -> Size:
        """How many numbers the sensitivities are; they do not depend on the number of steps."""
        return summed(one.kept for one in self.layers)


def rtrl(model: Model, *, batch: Size | None = None, steps: Size | None = None, frozen: Sequence[str] = ()) -> Rtrl:
    """Give the cost of training a model by real-time recurrent learning.

    Parameters
    ----------
    model : Model
    batch, steps : int or Expr, optional
        Sizes in place of the open batch and the open time axis; they stay symbols when left out.
    frozen : list of str
        Layers or weights that do not train, by name or path. They have no sensitivities.

    Raises
    ------
    OptionError
        For bidirectional layers, attention, and all that does not work from the first step to the last one.
    """
    shapes = with_sizes(model.input_shapes, batch, steps)
    parts = parts_on(model, shapes)
    named = is_named(frozen, parts)
    training = Training(named, frozen_origins(model, parts, named))
    found, _ = uses(model, parts, training, [False] * len(shapes))
    return rtrl_of(model, found)


def rtrl_of(model: Model, found: Sequence[Use]) -> Rtrl:
    """Give the cost of real-time recurrent learning, of a model whose uses are known (see `rtrl`)."""
    sequence = in_order(model, found)
    timed = with_time(model, sequence)
    check_one_way(sequence, timed, METHOD)
    check_recurrent(sequence, METHOD)
    return _Learning(sequence, timed).result()


class _Learning:
    """The columns of every tensor, followed forwards through the layers."""

    def __init__(self, sequence: Uses, timed: frozenset[int]) -> None:
        self.sequence = sequence
        self.timed = timed
        self.feeds = feeding(sequence.uses)
        self.sizes: dict[Origin, Size] = {}
        self.columns: dict[int, Columns] = dict.fromkeys(sequence.inputs, NONE)
        self.steps = steps_of(sequence)
        self.several: dict[Columns, None] = {}  # the columns that operands have, in order
        self.read = self._read_out()

    def result(self) -> Rtrl:
        layers = [self._layer(one) for one in self.sequence.uses]
        layers = [
            replace(layer, formula=self._formula(one, layer.each.total)) if one.role == LOOP else layer
            for one, layer in zip(self.sequence.uses, layers, strict=True)
        ]
        every = NONE.union(*self.columns.values())
        return Rtrl(self.steps, self.count(every), tuple(layers))

    def count(self, columns: Columns) -> Size:
        """Count the parameters."""
        return summed(self.sizes[one] for one in sorted(columns))

    def is_above(self, one: Placed) -> bool:
        """Tell whether no recurrent layer reads what a layer gives."""
        return one.role != LOOP and self.feeds.isdisjoint(one.writes)

    def _read_out(self) -> frozenset[int]:
        # the tensors with columns to which a gradient comes back: outputs, and what the layers above read
        found = set(self.sequence.outputs)
        for one in self.sequence.uses:
            if self.is_above(one) and one.use.reached:
                flows = _flows(one.use.part.built, len(one.reads), max(one.use.reached) + 1)
                into = NOTHING.union(*(flows[at] for at in one.use.reached))
                found.update(value for at, value in enumerate(one.reads) if at in into)
        return frozenset(found)

    def _layer(self, one: Placed) -> LayerRtrl:
        use = one.use
        built = use.part.built
        if self.is_above(one):
            self.columns |= dict.fromkeys(one.writes, NONE)
            backward = use.passes.backward
            macs = Macs(use.passes.forward, backward=0 if backward is None else backward)
            each, end = (self._a_step(macs), Macs()) if self._is_timed(one) else (Macs(), macs)
            return LayerRtrl(one.path, use.part.layer.type, each, end, 0, 0)
        of = self._columns_of(one)
        for place, flow in enumerate(_flows(built, len(one.reads), len(one.writes))):
            self.columns[one.writes[place]] = of(flow)
        carried = [(product.size, columns) for product in built.products() for columns in _carried(product, of)]
        self.several |= {columns: None for _, columns in carried if columns}
        macs = Macs(built.forward(), summed(size * self.count(columns) for size, columns in carried))
        each, end = (self._a_step(macs), Macs()) if self._is_timed(one) else (Macs(), macs)
        for value, shape in self._reads(one, built):
            self.several |= {columns: None for columns in [self.columns[value]] if columns}
            read = _elements(shape) * self.count(self.columns[value])
            if value in self.timed:
                each = _together([each, Macs(readout=self._by_steps(read))])
            else:
                end = _together([end, Macs(readout=read)])
        states = _states(use, len(one.reads), of) if one.role == LOOP else []
        kept = summed(elements * self.count(columns) for elements, columns in states)
        depends = NONE.union(*(columns for _, columns in states), *(self.columns[value] for value in one.writes))
        return LayerRtrl(one.path, use.part.layer.type, each, end, kept, self.count(depends))

    def _reads(self, one: Placed, built: Built) -> list[tuple[int, AnyShape]]:
        outs = listed(built.outs)
        return [(value, shape) for value, shape in zip(one.writes, outs, strict=True) if value in self.read]

    def _is_timed(self, one: Placed) -> bool:
        return not self.timed.isdisjoint(one.reads)

    def _a_step(self, macs: Macs) -> Macs:
        return Macs(*map(self._by_steps, macs))

    def _by_steps(self, size: Size) -> Size:
        return _divided(size, self.steps)

    def _columns_of(self, one: Placed) -> Callable[[Sources], Columns]:
        use = one.use
        weights: dict[object, Origin] = {}
        for at, weight in enumerate(use.part.built.weights):
            if weight.path in use.live:
                origin = origin_of(weight, id(use.part.layer), at)
                weights[weight.path] = origin
                self.sizes.setdefault(origin, weight.params)

        def of(sources: Sources) -> Columns:
            if not use.reached:  # no gradient is wanted
                return NONE
            plain = written_out(sources)
            own = frozenset(weights[source] for source in plain if source in weights)
            read = [one.reads[at] for at in plain if isinstance(at, int)]
            read += [one.states[at.place] for at in plain if isinstance(at, State) and at.place < len(one.states)]
            return own.union(*(self.columns[value] for value in read))

        return of

    # --- as a formula -----------------------------------------------------------------------------

    def _formula(self, one: Placed, each: Size) -> Formula | None:
        """Write the multiply-adds of a step in the symbols of the layer; ``None`` where it has no symbols."""
        part = one.use.part
        found = symbolic_build(part.layer, *part.inputs)
        if found is None:
            return None
        (built, values), of = found, self._columns_of(one)
        products = built.products()
        terms: list[Size] = [_unit(product) for product in products]
        for symbolic, actual in zip(products, part.built.products(), strict=False):
            terms += [_unit(symbolic) * self._symbol(columns, values) for columns in _carried(actual, of) if columns]
        steps = next(product.steps.number for product in products if product.steps is not None)
        for value, shape in self._reads(one, built):
            if value in self.timed and self.columns[value]:
                terms.append(_divided(_elements(shape), steps) * self._symbol(self.columns[value], values))
        whole = summed(terms)
        return Formula(whole, values) if evaluate(whole, values) == each else None

    def _symbol(self, columns: Columns, values: dict[str, Size]) -> Size:
        if columns not in self.several:
            return self.count(columns)
        name = f"P_{[*self.several].index(columns) + 1}" if len(self.several) > 1 else "P"
        values[name] = self.count(columns)
        return symbols(name)  # type: ignore[no-any-return]  # one name, one symbol


def steps_of(sequence: Uses) -> Size:
    """Give the number of time steps of the recurrent layers.

    Raises
    ------
    OptionError
        When one has another number of steps than the first one.
    """
    first: Size | None = None
    for one in sequence.uses:
        for product in one.use.part.built.products() if one.role == LOOP else ():
            if product.steps is None or product.steps.number == first:
                continue
            if first is not None:
                raise OptionError(
                    f"{METHOD} runs all layers at each step: {one.use.part.layer.type} has another number of steps",
                    expected=f"{unicode(first)} steps",
                    received=one.path,
                )
            first = product.steps.number
    assert first is not None  # there is a recurrent layer, and each has products over its steps
    return first


def _carried(product: Product, of: Callable[[Sources], Columns]) -> list[Columns]:
    # the columns of each operand; a weight's own derivative is a single one
    return [
        of(operand)
        for operand in (product.left, product.right)
        if not (len(operand) == 1 and isinstance(next(iter(operand)), str))
    ]


def _states(use: Use, inputs: int, of: Callable[[Sources], Columns]) -> list[tuple[Size, Columns]]:
    """List the elements of each state, with what it depends on.

    The layers of a stack have states side by side; those of one depend on its weights and on those below.
    """
    layer, built = use.part.layer, use.part.built
    levels = layer.options.get("num_layers") if isinstance(layer, Layer) else None
    if not isinstance(layer, Layer) or not isinstance(levels, int) or levels == 1:
        flows = _states_of(built, inputs)
        return [(prod(shape), of(flow)) for shape, flow in zip(built.states, flows, strict=True)]
    found: list[tuple[Size, Columns]] = []
    for level in range(levels):
        below = layer.copy_with(layer.name, {**layer.options, "num_layers": level + 1}).on(*use.part.inputs)
        flows = _states_of(below, inputs)
        found += [(prod(shape[1:]), of(flow)) for shape, flow in zip(below.states, flows, strict=True)]
    return found


def _states_of(built: Built, inputs: int) -> tuple[Sources, ...]:
    return built.flows(work_of(built), inputs, 1 + len(built.states))[1:]


def _flows(built: Built, inputs: int, outputs: int) -> tuple[Sources, ...]:
    return tuple(map(written_out, built.flows(work_of(built), inputs, outputs)))


def _unit(product: Product) -> Size:
    return product.steps.unit if product.steps is not None else product.size


def _elements(shape: AnyShape) -> Size:
    if isinstance(shape, UnknownShape):
        raise ParamcalcError("the shape of an output is unknown")
    return prod(shape)


def _divided(size: Size, steps: Size) -> Size:
    """Give the part of one step, of a size that is a multiple of the number of steps."""
    if isinstance(steps, Expr) and steps.op in ("name", "?") and isinstance(size, Expr):
        return put(size, steps, 1)
    return exact(size, steps)
