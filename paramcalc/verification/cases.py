"""What the audit tries: for every rule, all its switches, and tables of shapes and settings where kinds do not say.

Sizes are symbols here; the audit puts a grid of values in their place that decides the count. The tables are
in the modules of ``samples``, one for the families that belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from itertools import product
from pkgutil import iter_modules

from ..core.declare import Shape
from ..core.kinds import Choice, Maybe, Sized, Window
from ..core.rule import Layer, Rule
from ..errors import LayerError, ParamcalcError
from ..graph.bind import bind, names_in
from ..symbolic import leaves, parse, unknown
from ..symbolic.evaluate import evaluate
from ..untyped import OptionValue
from .adapter import Case as Case
from .grid import degrees, points, stateful

AXES = {"T": 7, "H": 9, "W": 8, "D": 5}  # long enough for every window tried
EXTRA: tuple[tuple[str, ...], ...] = ((), ("n1",), ("n1", "n2"), ("n1", "n2", "n3"))  # what "..." stands for


@cache
def tables(name: str, framework: str) -> dict[str, OptionValue]:
    """Gather one table, ``SETTINGS``, ``INPUTS`` or ``CASES``, from all modules of a framework's ``samples``."""
    package = import_module(f"{__package__}.samples.{framework}")
    found: dict[str, OptionValue] = {}
    for module in iter_modules(package.__path__):
        found |= getattr(import_module(f"{package.__name__}.{module.name}"), name, {})
    return found


def cases(rule: Rule) -> Iterator[Case]:
    """List what to try for a rule.

    Raises
    ------
    LayerError
        For an option no table here has values for: a rule that is not audited is an error.
    """
    own = tables("CASES", rule.framework).get(rule.name)
    yield from own() if own is not None else every(rule)


def every(rule: Rule, **fixed: Iterable[OptionValue]) -> Iterator[Case]:
    """List all combinations of switches, settings, inputs and switches of the call."""
    for layer in variants(rule, **fixed):
        for shapes in inputs_of(rule, layer):
            for thrown in product((False, True), repeat=len(rule.call)):
                yield Case(layer, shapes, {name: on for name, on in zip(rule.call, thrown, strict=True) if on})


def configurations(found: Iterable[Case]) -> Iterator[Case]:
    """Put a deciding grid of values in place of the symbols of each case."""
    for layer, shapes, call in found:
        for point in _points(layer, shapes):
            known = tuple(tuple(evaluate(size, point) for size in shape) for shape in shapes)
            yield Case(bind(layer, point), known, call)


def _points(layer: Layer, shapes: tuple[Shape, ...]) -> list[dict[str, int]]:
    axes = [leaf.args[0] for shape in shapes for size in shape for leaf in leaves(size) if leaf.op == "name"]
    names = tuple(dict.fromkeys([*names_in(layer), *axes]))
    try:
        sizes = [weight.params for weight in layer.on(*shapes).weights]
    except ParamcalcError:
        sizes = []
    grid = points(degrees(sizes, names) or dict.fromkeys(names, 2))
    return grid[:1] if stateful(layer) else grid  # Keras allocates those, and compiles an initializer a shape


def variants(rule: Rule, **fixed: Iterable[OptionValue]) -> Iterator[Layer]:
    """Make a layer for every combination of switches and settings."""
    columns = {name: tuple(fixed.get(name) or _values(rule, name)) for name in rule.options}
    for row in product(*columns.values()):
        yield rule(**dict(zip(columns, row, strict=True)))


def _values(rule: Rule, name: str) -> tuple[OptionValue, ...]:
    settings = tables("SETTINGS", rule.framework)
    kind = rule.options[name].kind
    if isinstance(kind, Choice):
        return kind.values
    none = (None,) if isinstance(kind, Maybe) else ()
    kind = kind.base
    if isinstance(kind, Sized) and kind.symbol and name not in settings:
        return (*none, kind.symbol)
    if isinstance(kind, Window) and kind.symbol:
        return (*none, kind.symbols(()))
    found = settings.get(f"{rule.name}.{name}", settings.get(name))
    if found is None:
        raise LayerError(f"no values to try for {rule.name}.{name}")
    if isinstance(kind, Window):
        found = tuple(value for value in found if not isinstance(value, tuple) or len(value) == kind.rank > 1)
    return (*none, *found)


def inputs_of(rule: Rule, layer: Layer) -> Iterator[tuple[Shape, ...]]:
    """List the inputs to try: from the table, or every rank the pattern takes, known and unknown."""
    own = tables("INPUTS", rule.framework).get(rule.name)
    if own is not None:
        yield from (tuple(shape(text) for text in texts) for texts in own)
        return
    groups = layer.options.get("groups", 1)
    for extra in EXTRA if "..." in rule.inputs[0].tokens else ((),):
        names = list(rule.inputs[0].tokens)
        if "..." in names:
            place = names.index("...")
            names[place : place + 1] = extra
        if layer.options.get("data_format") == "channels_first" and names[-1] == "C":
            names.insert(1, names.pop())
        known = {"B": "2", "C": f"{groups}*C", **{axis: str(size) for axis, size in AXES.items()}}
        yield (shape(" ".join(known.get(name, name) for name in names)),)
        yield (shape(" ".join({**known, "B": "?"}.get(name, name) for name in names)),)
        if open_axes := {"T", "H", "n1"} & set(names):
            yield (shape(" ".join("?" if name in {"B"} | open_axes else known.get(name, name) for name in names)),)


@cache
def shape(text: str) -> Shape:
    """Read ``"? 7 d_x"``: numbers, symbols, and ``?`` for an unknown size."""
    return tuple(unknown(f"u{at}") if word == "?" else parse(word) for at, word in enumerate(text.split()))
