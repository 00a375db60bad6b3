"""Auditing the rules: each held against the installed Keras, over all its switches and a deciding grid of sizes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import product
from time import perf_counter
from typing import Any, NamedTuple

from ..bind import bind, names_in
from ..errors import LayerError, ParamcalcError
from ..rules.registry import find, rules
from ..rules.rule import Built, Layer, Rule, Shape
from ..symbolic import is_known, leaves
from ..symbolic.evaluate import evaluate
from .build import Builder, is_cell, none_for_unknown, scope, stateful
from .cases import Case, cases
from .compare import Tensor, same_shapes, shapes_text, tensor_differences, tensors_of
from .framework import apart, first_line, keras, layer_class
from .grid import degrees, points
from .macs import Traced, trace

# What Keras layers take and no rule knows: initial values, and ways of storing weights that come later.
LATER = frozenset({"weights", "lora_rank", "lora_alpha", "quantization_config"})
# What every rule takes; where there is nothing to train it changes nothing.
HARMLESS = frozenset({"trainable"})
# Where Keras builds a layer and cannot run it: (layer, sign in its message, what it is).
QUIRKS = (
    ("RNN", "same pytree structure", "Keras builds a stack of one cell that has a single state, and cannot run it"),
    (
        "Bidirectional",
        "'generator' and 'int'",
        "Keras stumbles over its own masks when both stateful and returning states",
    ),
)
LEGACY = "legacy"  # the family of layers Keras has no more
SCHEMA = "paramcalc-audit/1"
SHOWN = 50  # mismatches printed
INSTANCES = (1, 2, 3, 4)  # tried in place of an unknown size when it takes running a layer to tell who is right
FRESH = 400  # layers built before Keras's bookkeeping is dropped and begun anew


@dataclass
class AuditRow:
    """What the audit of one rule came to.

    Attributes
    ----------
    name : str
    configurations : int
        Layers on inputs that were compared, those included that both sides refuse.
    refused : int
        How many both sides refuse.
    costs : int
        How many had their multiply-adds compared with the traced program.
    mismatches : list of str
    remarks : list of str
        Where what Keras announces is not what it computes.
    """

    name: str
    configurations: int = 0
    refused: int = 0
    costs: int = 0
    mismatches: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, other: AuditRow) -> None:
        """Take the figures of another row in."""
        self.configurations += other.configurations
        self.refused += other.refused
        self.costs += other.costs
        self.mismatches += other.mismatches
        self.remarks += other.remarks


@dataclass
class Audit:
    """The audit of several rules.

    Attributes
    ----------
    rows : list of AuditRow
    keras_version, backend : str
    elapsed : float
        Seconds.
    """

    rows: list[AuditRow]
    keras_version: str
    backend: str
    elapsed: float

    @property
    def configurations(self) -> int:
        """Configurations compared."""
        return sum(row.configurations for row in self.rows)

    @property
    def costs(self) -> int:
        """Configurations whose multiply-adds were compared."""
        return sum(row.costs for row in self.rows)

    @property
    def mismatches(self) -> list[str]:
        """Every mismatch, in words."""
        return [mismatch for row in self.rows for mismatch in row.mismatches]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.mismatches

    def to_dict(self) -> dict[str, Any]:
        """Give the audit as plain data for JSON."""
        return {
            "schema": SCHEMA,
            "ok": self.ok,
            "keras": self.keras_version,
            "backend": self.backend,
            "seconds": round(self.elapsed, 3),
            "configurations": self.configurations,
            "costs": self.costs,
            "mismatches": len(self.mismatches),
            "rules": [asdict(row) for row in self.rows],
        }

    @property
    def summary(self) -> str:
        """Say in one line what came of it."""
        return (
            f"Keras {self.keras_version} ({self.backend}): {len(self.rows)} rules, "
            f"{self.configurations:,} configurations, {self.costs:,} of them with their multiply-adds, "
            f"{len(self.mismatches):,} mismatches"
        )

    def __str__(self) -> str:
        wide = max((len(row.name) for row in self.rows), default=0)
        heads = ("configurations", "both refuse", "costs", "remarks", "mismatches")
        lines = [f"{'rule':<{wide}}  {'  '.join(heads)}"]
        for row in self.rows:
            counts = (row.configurations, row.refused, row.costs, len(row.remarks), len(row.mismatches))
            cells = [f"{number:>{len(head)},}" for number, head in zip(counts, heads, strict=True)]
            lines.append(f"{row.name:<{wide}}  {'  '.join(cells)}")
        lines += self.mismatches[:SHOWN]
        if len(self.mismatches) > SHOWN:
            lines.append(f"… and {len(self.mismatches) - SHOWN:,} more")
        return "\n".join([*lines, "", self.summary])


def audit(names: Iterable[str] | None = None, progress: Callable[[int, int, str], None] | None = None) -> Audit:
    """Audit rules against the installed Keras.

    Parameters
    ----------
    names : iterable of str, optional
        Class names; all rules when left out.
    progress : callable, optional
        Told ``(configurations done, configurations in all, the rule's name)``, and once more at the end.

    Returns
    -------
    Audit

    Raises
    ------
    MissingExtra
        When Keras is not installed.
    LayerError
        For an unknown rule, and for a layer only legacy Keras has.
    """
    chosen = auditable() if names is None else [_auditable(name) for name in names]
    framework = keras()
    start = perf_counter()
    plans = [(rule, list(configurations(cases(rule)))) for rule in chosen]
    total = sum(1 + len(plan) for _, plan in plans)
    rows: list[AuditRow] = []
    done = 0
    for rule, plan in plans:
        row = AuditRow(rule.name)
        rows.append(row)
        for result in results(rule, plan):
            if progress:
                progress(done, total, rule.name)
            done += 1
            row.add(result)
    if progress:
        progress(done, total, "")
    return Audit(rows, framework.__version__, framework.backend.backend(), perf_counter() - start)


def auditable() -> list[Rule]:
    """Give the rules of the layers the installed Keras has: all but the family ``legacy``."""
    return [rule for rule in rules().values() if rule.family != LEGACY]


def _auditable(name: str) -> Rule:
    rule = find(name)
    if rule.family == LEGACY:
        raise LayerError(f"{rule.name} is a layer of Keras 2", expected="a layer the installed Keras has")
    return rule


def results(rule: Rule, plan: Sequence[Case]) -> Iterator[AuditRow]:
    """Audit one rule, configuration by configuration; the first result is that of its options' names."""
    yield AuditRow(rule.name, 1, mismatches=[f"{rule.name}: {problem}" for problem in option_mismatches(rule)])
    for at in range(0, len(plan), FRESH):
        yield from apart(_checked(plan[at : at + FRESH]))


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


def _checked(pending: Sequence[Case]) -> Iterator[AuditRow]:
    builder = Builder()
    for case in pending:
        yield check(builder, case)


def check(builder: Builder, case: Case) -> AuditRow:
    """Compare one layer on one input with Keras: refusals, tensors, output shapes and multiply-adds."""
    layer, shapes, call = case
    row = AuditRow(layer.type, 1)
    subject = f"{layer!r} on {shapes_text(shapes)}" + "".join(f", {name}" for name in call)
    ours = _answer(case)
    theirs = _keras_answer(builder, case)
    problems = list(_problems(layer, ours, theirs))
    instances = list(_instances(shapes)) if problems else []
    if instances and all(_holds(builder, case, ours, instance) for instance in instances):
        row.remarks.append(f"{subject}: Keras computes what paramcalc says, and announces otherwise: {problems[0]}")
    elif quirk := next((why for name, sign, why in QUIRKS if name == layer.type and sign in str(theirs)), None):
        row.remarks.append(f"{subject}: {quirk}")
    else:
        row.mismatches += [f"{subject}: {problem}" for problem in problems]
    if isinstance(theirs, InKeras):
        row.costs = theirs.traced is not None
        if not problems and theirs.traced and not same_shapes(theirs.traced.outs, theirs.announced):
            computed = shapes_text(theirs.traced.outs)
            row.remarks.append(f"{subject}: Keras announces {shapes_text(theirs.announced)}, computes {computed}")
    row.refused = isinstance(theirs, str) and isinstance(ours, ParamcalcError)
    return row


class InKeras(NamedTuple):
    """A layer built in Keras: its weights, the output shapes it announces, and what it computes if traced."""

    tensors: list[Tensor]
    announced: list[Any]
    traced: Traced | None


def _answer(case: Case) -> Built | ParamcalcError:
    try:
        return case.layer.on(*case.shapes, **case.call)
    except ParamcalcError as error:
        return error


def _problems(layer: Layer, ours: Built | ParamcalcError, theirs: InKeras | str) -> Iterator[str]:
    if isinstance(theirs, str):
        # a weight of a size nobody knows stays open for us; Keras cannot build it
        if isinstance(ours, Built) and all(is_known(size) for weight in ours.weights for size in weight.shape):
            yield f"accepted, Keras refuses: {theirs}"
        return
    if isinstance(ours, ParamcalcError):
        yield f"refused, Keras accepts: {ours}"
        return
    if ours.formula and ours.formula() != ours.params:
        yield f"formula: it says {ours.formula()}, the weights add up to {ours.params}"
    for difference in tensor_differences(layer.label, ours.weights, theirs.tensors):
        yield str(difference)
    computed = theirs.traced.outs if theirs.traced else theirs.announced
    if not same_shapes(ours.outs, computed):
        yield f"output shape: paramcalc {shapes_text(ours.outs)}, Keras {shapes_text(computed)}"
    if theirs.traced:
        macs = ours.macs() if ours.macs else 0
        if macs != theirs.traced.macs:
            yield f"multiply-adds: paramcalc {macs}, Keras {theirs.traced.macs}"


def _instances(shapes: tuple[Shape, ...]) -> Iterator[dict[str, int]]:
    # small numbers in place of unknown sizes, in every combination
    names = list(dict.fromkeys(leaf.args[0] for shape in shapes for size in shape for leaf in leaves(size)))
    if names:
        yield from (dict(zip(names, row, strict=True)) for row in product(INSTANCES, repeat=len(names)))


def _holds(builder: Builder, case: Case, ours: Built | ParamcalcError, instance: dict[str, int]) -> bool:
    # with the unknown sizes known, do both sides agree, and with what was said about them unknown?
    known = case._replace(shapes=tuple(tuple(evaluate(size, instance) for size in shape) for shape in case.shapes))
    here, there = _answer(known), _keras_answer(builder, known)
    if any(_problems(case.layer, here, there)):
        return False
    if isinstance(here, ParamcalcError):
        return True
    if isinstance(ours, ParamcalcError):
        return False
    said = [tuple(evaluate(size, instance) for size in shape) for shape in ours.outs]
    return all(
        len(a) == len(b) and all(x == y or not is_known(x) for x, y in zip(a, b, strict=True))
        for a, b in zip(said, here.outs, strict=True)
    )


def _keras_answer(builder: Builder, case: Case) -> InKeras | str:
    try:
        return _in_keras(builder, case)
    except Exception as error:  # whatever Keras raises is its refusal
        return first_line(error)


def _in_keras(builder: Builder, case: Case) -> InKeras:
    layer, shapes, call = case
    with scope():
        tensors = [builder.keras.Input(batch_shape=none_for_unknown(shape)) for shape in shapes]
    made = builder.anew(layer)
    states: list[Any] = []
    if is_cell(made):
        with scope():
            states = builder.state_inputs(made, tensors[0].shape[0])
    announced = [tensor.shape for tensor in builder.call(layer, made, tensors, states, call)]
    learning = {id(weight) for weight in made.trainable_weights}
    ours = _answer(case)
    wanted = [weight.path for weight in ours.weights] if isinstance(ours, Built) else []
    traced = None
    known = [tuple(size for size in shape if isinstance(size, int)) for shape in shapes]
    if list(map(len, known)) == list(map(len, shapes)) and builder.keras.backend.backend() == "jax":
        traced = trace(builder, layer, made, known, call)
    return InKeras(tensors_of(made, learning, wanted), announced, traced)


def option_mismatches(rule: Rule) -> Iterator[str]:
    """Compare the names of the options a rule takes with those the Keras class takes."""
    parameters = inspect.signature(layer_class(rule).__init__).parameters
    theirs = {name for name, parameter in parameters.items() if parameter.kind != parameter.VAR_KEYWORD} - {"self"}
    ours = {*rule.options, *rule.inert, "name", "trainable"}
    for name in sorted(theirs - ours - LATER):
        yield f"Keras takes the option {name!r}, the rule does not"
    for name in sorted(ours - theirs - HARMLESS):
        if not _takes(rule, name):
            yield f"the rule takes the option {name!r}, Keras does not"


def _takes(rule: Rule, name: str) -> bool:
    # an option that no signature names may still be taken out of **kwargs: try it, and see which complaint comes
    builder, layer = Builder(), next(configurations(cases(rule))).layer
    try:
        with scope():
            layer_class(rule)(**{**builder.options(layer, layer.label), name: None})
    except (TypeError, ValueError) as error:
        return not re.search(r"[Uu]nrecognized keyword|unexpected keyword", str(error))
    return True
