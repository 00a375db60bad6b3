"""Rules made of the rows of the table: a layer over time with the tensors, options and formula of its line."""

from functools import cache
from math import prod

from ...core.built import Built, Weight
from ...core.framework import BUILT_IN, Framework
from ...core.ignored_options import SEALED
from ...core.kinds import SWITCH, Maybe, Sized, Window
from ...core.products import NOTHING, Sources, State, Work, loop, product, sources
from ...core.registry import find
from ...core.rule import Layer, Rule
from ...core.schema import REQUIRED, Inputs, Option, Schema
from ...core.shapes import Shape
from ...errors import FileError, LayerError, nearest
from ...symbolic import Expr, Size, symbols, unicode
from ...untyped import OptionValue
from ..shared.equations import networks
from .read import BESIDES, TABLE, Row, Tensor, at, rows, symbols_of
from .steps import computed, parts, sentences

SEQUENCE = Inputs("B T d_x")
FRAMES = Inputs("B T H W d_x")
FAMILY = f"{__package__}.recurrent"
TIME = ("return_sequences", "return_state")
TITLES = {"tf1": "TensorFlow 1", "cudnn": "cuDNN", "onnx": "ONNX"}  # others are written as they are named


@cache
def frameworks() -> tuple[Framework, ...]:
    """Give the frameworks whose rules the table declares, in its order."""
    names = dict.fromkeys(row.framework for row in rows() if not row.rule)
    for one in BUILT_IN:
        if one.name in names:
            raise FileError(f"{TABLE}: {one.name} has rules of its own", expected="lines with = RULE(SIZE=d_h)")
    return tuple(Framework(name, TITLES.get(name, name)) for name in names)


@cache
def declared(framework: str) -> dict[str, Rule]:
    """Make the rules of a framework, by name: the first line of a cell is the cell, others go by their own name."""
    made: dict[str, Rule] = {}
    for row in rows():
        if row.framework == framework and not row.rule:
            name = row.layers[0] if row.cell in made else row.cell
            made[name] = rule_of(row, name)
    return made


def layer_of(row: Row, d_x: Size, d_h: Size, **options: OptionValue) -> Layer:
    """Make the layer a row stands for: with d_x inputs, d_h units and these options besides.

    Raises
    ------
    ParamcalcError
        For a wrong size or option.
    """
    if not row.rule:
        return _rule(row)(d_h, **options)
    sizes = {"d_x": d_x, "d_h": d_h}
    given = {name: value(**sizes) if isinstance(value, Expr) else value for name, value in row.options}
    return _rule(row)(**{**given, **options})


def rule_for(cell: str, framework: str) -> Rule:
    """Give the rule behind the first row of a framework for a cell."""
    return _rule(row_of(cell, framework))


def _rule(row: Row) -> Rule:
    if row.rule:
        return find(row.rule, row.framework)
    return next(rule for rule in declared(row.framework).values() if rule.aliases == row.layers)


def row_of(cell: str, framework: str) -> Row:
    """Find the first row of a framework for a cell.

    Raises
    ------
    LayerError
        When the framework has none; the message names those that do.
    """
    for row in rows():
        if (row.cell, row.framework) == (cell, framework):
            return row
    theirs = list(dict.fromkeys(row.framework for row in rows() if row.cell == cell))
    raise LayerError(
        f"no convention for {cell}" if framework in {row.framework for row in rows()} else "unknown framework",
        expected=" or ".join((", ".join(theirs[:-1]), theirs[-1])) if theirs else None,
        received=framework,
        suggestion=nearest(framework, theirs),
    )


def rule_of(row: Row, name: str) -> Rule:
    """Make the rule of one row: its schema is the row's, its body reads the row.

    Raises
    ------
    FileError
        When the tensors do not divide among the networks.
    """
    parts(row)

    def body(x: Shape, /, **options: OptionValue) -> Built:
        return build(row, x, options)

    kind = "convolutions" if row.has("k_h") else "dense networks"
    what = networks(row.gates, kind) if len(row.gates) > 1 else "One dense network"
    why = f"{what} of the input and the previous output, as {row.framework} has them."
    order = f"In the order {', '.join(row.gates)}. " if len(row.gates) > 1 else ""
    about = "\n".join(
        [f"{order}{' or '.join(row.layers)} of {row.framework}; {row.source}.", *sentences(row), *besides(row)]
    )
    schema = Schema({"x": FRAMES if row.has("k_h") else SEQUENCE}, 1, options_of(row))
    why = f"{why}\n\n{about}"
    return Rule(body, schema, row.framework, name, why, FAMILY, SEALED, aliases=row.layers)


def besides(row: Row) -> list[str]:
    """Say which weights there are besides kernels and biases: a sentence for each option that asks for some."""
    found: dict[str | None, dict[str, list[str]]] = {}
    for tensor in row.tensors:
        if tensor.role in BESIDES and not tensor.backwards:
            shape = f"({', '.join(map(unicode, tensor.shape))}{',' * (len(tensor.shape) == 1)})"
            roles = found.setdefault(tensor.option, {})
            roles.setdefault(tensor.role, []).append(f"{tensor.name} {shape}")
    said = []
    for option, roles in found.items():
        told = "; ".join(f"{BESIDES[role]}: {', '.join(tensors)}" for role, tensors in roles.items())
        said.append(f"{f'{option}: ' if option else ''}Besides: {told}.")
    return said


def options_of(row: Row) -> dict[str, Option]:
    """Give the options of a row's rule: units, those its tensors ask for, and what it gives back over time."""
    found = {"units": Option("units", Sized("d_h"), REQUIRED, True)}
    if row.has("k_h"):
        found["kernel_size"] = Option("kernel_size", Window("k", 2), REQUIRED, True)
    for tensor in row.tensors:
        if tensor.option == "projection":
            found["projection"] = Option("projection", Maybe(Sized("d_p")), None, False)
        elif tensor.option:
            found[tensor.option] = Option(tensor.option, SWITCH, tensor.role == "bias", False)
    switches = ["bidirectional"] * directed(row) + list(TIME)
    return {**found, **{name: Option(name, SWITCH, False, False) for name in switches}}


def directed(row: Row) -> bool:
    """Tell whether the row has directions."""
    return row.has("D") or any(tensor.backwards for tensor in row.tensors)


def build(row: Row, x: Shape, options: dict[str, OptionValue]) -> Built:
    """Build the layer of a row on an input (B, T, d_x), or (B, T, H, W, d_x) where a window goes over frames."""
    batch, steps, *places, d_x = x
    d_h, ways = options["units"], 1 + options.get("bidirectional", False)
    seen = options.get("projection")
    d_r = d_h if seen is None else seen
    k_h, k_w = options.get("kernel_size", (1, 1))
    sizes = {"d_x": d_x, "d_h": d_h, "d_p": d_r, "d_r": d_r, "D": ways, "k_h": k_h, "k_w": k_w}
    there = [tensor for tensor in row.tensors if _there(tensor, options)]
    switches = {name: int(value not in (None, False)) for name, value in options.items() if name not in sizes}

    def formula() -> Size:
        return at(row.formula, {**switches, **sizes})

    def work() -> Work:
        both = [direction(row, there, {**sizes, "D": 1}, prod((batch, *places)), way) for way in range(ways)]
        runs = [loop(step, steps, (step.flow or ())[1:]) for step in both]
        flow = tuple(NOTHING.union(*several) for several in zip(*(run.flow or () for run in runs), strict=True))
        return Work(tuple(one for run in runs for one in run.products), flow)

    wide = at(width(there), sizes)
    lead = (ways, batch) if ways > 1 else (batch,)
    states = tuple((*lead, *places, size) for size in (d_r, d_h)[: 1 + ("o" in row.gates)])
    out = (batch, *([steps] * options["return_sequences"]), *places, ways * wide)
    return Built(
        outs=(out, *states) if options["return_state"] else (out,),
        weights=tuple(_weight(row, tensor, sizes) for tensor in there),
        formula=formula,
        work=work,
        states=states,
        equations=lambda: computed(row, there),
    )


def direction(row: Row, there: list[Tensor], sizes: dict[str, Size], places: Size, way: int) -> Work:
    """Give the products of one step in one direction; its flow is that of the output and of each state.

    A kernel on the input and the previous output side by side makes one product, whose gradient is one as well.
    """
    mine = [tensor for tensor in there if tensor.backwards == bool(way) or "D" in symbols_of(tensor.shape)]
    states = [State(at) for at in range(1 + ("o" in row.gates))]
    own = {role: [one.name for one in mine if one.role == role] for role in BESIDES}
    later = {*own["projection"], *own["output"]}
    units: Sources = frozenset([0, *states, *(one.name for one in mine if one.name not in later)])
    seen = units.union(own["projection"])
    reads: dict[str, Sources] = {"recurrent": sources(State(0)), "projection": units, "output": units}
    products = []
    for tensor in filter(_multiplies, mine):
        left = reads.get(tensor.role, sources(0))
        if tensor.role == "input" and any({"d_x"} < symbols_of([axis]) for axis in tensor.shape):
            left |= {State(0)}
        products.append(product(places * prod(_rows(tensor, sizes)), left, tensor.name))
    return Work(tuple(products), (seen.union(own["output"]), *(seen, units)[: len(states)]))


def width(tensors: list[Tensor]) -> Size:
    """Give the size of the output: what a projection or an output layer makes of the units."""
    d_h, d_r = symbols("d_h d_r")
    for tensor in tensors:
        if tensor.role in ("projection", "output") and len(tensor.shape) > 1:
            return next((axis for axis in tensor.shape if axis != d_h), d_h)
    return d_r  # type: ignore[no-any-return]  # a symbol


def _there(tensor: Tensor, options: dict[str, OptionValue]) -> bool:
    asked = tensor.option is None or options[tensor.option] not in (None, False)
    return asked and (not tensor.backwards or options["bidirectional"])


def _weight(row: Row, tensor: Tensor, sizes: dict[str, Size]) -> Weight:
    # gates lie side by side along the axis that has them all
    g, shape = len(row.gates), tuple(at(axis, sizes) for axis in tensor.shape)
    wide = g * symbols("d_h")
    if g > 1 and wide in tensor.shape:
        place = tensor.shape.index(wide)
        return Weight(tensor.name, shape, gates=row.gates, gate_axis=place if place < len(shape) - 1 else -1)
    return Weight(tensor.name, shape)


def _multiplies(tensor: Tensor) -> bool:
    return tensor.role not in ("bias", "peephole") and sum(isinstance(axis, Expr) for axis in tensor.shape) > 1


def _rows(tensor: Tensor, sizes: dict[str, Size]) -> list[Size]:
    # a bias that lies inside a kernel, the 1 of d_x + d_h + 1, multiplies nothing
    nothing = dict.fromkeys(("d_x", "d_h", "d_r", "d_p"), 0)
    added = [at(axis, nothing) if isinstance(axis, Expr) else 0 for axis in tensor.shape]
    return [
        at(axis, sizes) - (more if isinstance(more, int) else 0) for axis, more in zip(tensor.shape, added, strict=True)
    ]
