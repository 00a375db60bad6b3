"""Auditing the rules: each held against the installed framework, over all its switches and a deciding grid of sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import product
from time import perf_counter

from ..core.declare import Built, Shape
from ..core.framework import DEFAULT
from ..core.rule import Layer, Rule
from ..core.shapes import listed
from ..errors import LayerError, ParamcalcError
from ..symbolic import is_known, leaves
from ..symbolic.evaluate import evaluate
from ..untyped import Written
from .adapter import Adapter, Answer, Case, adapter
from .cases import cases, configurations as configurations
from .compare import same_shapes, shapes_text, tensor_differences
from .grid import known_shapes
from .outcome import Outcome

SCHEMA = "paramcalc-audit/1"
SHOWN = 50  # mismatches printed
INSTANCES = (1, 2, 3, 4)  # tried in place of an unknown size when it takes running a layer to tell who is right


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
        How many had their multiply-adds compared with those of the program that runs.
    mismatches : list of str
    remarks : list of str
        Where what the framework announces is not what it computes.
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


@dataclass(frozen=True, repr=False)
class Audit(Outcome):
    """The audit of several rules.

    Attributes
    ----------
    rows : list of AuditRow
    left_out : dict of str to str
        What the framework has beside these, by name, and why there is no rule for it.
    absent : list of str
        Layers with a rule that the installed version does not have; they are not compared.
    limits : list of str
        What the framework could not be asked as it is installed.
    """

    rows: list[AuditRow]
    left_out: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)

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

    def to_dict(self) -> dict[str, Written]:
        """Give the audit as plain data for JSON."""
        return {
            **self.head(SCHEMA),
            "configurations": self.configurations,
            "costs": self.costs,
            "mismatches": len(self.mismatches),
            "rules": [asdict(row) for row in self.rows],
            "left_out": self.left_out,
            "absent": self.absent,
            "limits": self.limits,
        }

    @property
    def summary(self) -> str:
        """Say in one line what came of it."""
        return (
            f"{self.installed}: {len(self.rows)} rules, "
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
        if self.left_out:
            wide = max(map(len, self.left_out))
            lines += ["", "without a rule", *(f"{name:<{wide}}  {why}" for name, why in self.left_out.items())]
        if self.absent:
            title = self.installed.framework.title
            lines += ["", f"not in this {title}, and not compared", *self.absent]
        return "\n".join([*lines, "", *self.limits, self.summary])


def audit(
    names: Iterable[str] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    framework: str = DEFAULT,
) -> Audit:
    """Audit rules against the installed framework.

    Parameters
    ----------
    names : iterable of str, optional
        Class names; all rules when left out.
    progress : callable, optional
        Called with ``(configurations done, all configurations, the rule's name)``, and once more at the end.
    framework : str
        ``keras`` or ``torch``.

    Returns
    -------
    Audit

    Raises
    ------
    MissingExtra
        If the framework is not installed.
    LayerError
        For an unknown rule, for a layer only legacy Keras has, and for one by name that the installed version lacks.
    """
    asked = adapter(framework)
    installed = asked.installed()
    chosen = asked.rules() if names is None else [asked.find(name) for name in names]
    absent = [rule.name for rule in chosen if not asked.has(rule)]
    if absent and names is not None:
        raise LayerError(f"{installed} has no {absent[0]}")
    chosen = [rule for rule in chosen if rule.name not in absent]
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
    left_out = asked.left_out() if names is None else {}
    return Audit(installed, perf_counter() - start, rows, left_out, absent, asked.limits())


def auditable(framework: str = DEFAULT) -> list[Rule]:
    """Give the rules of the layers the installed framework has."""
    asked = adapter(framework)
    return [rule for rule in asked.rules() if asked.has(rule)]


def option_mismatches(rule: Rule) -> Iterator[str]:
    """Compare the names of the options a rule takes with those the framework's class takes."""
    return adapter(rule.framework).option_mismatches(rule)


def results(rule: Rule, plan: Sequence[Case]) -> Iterator[AuditRow]:
    """Audit one rule, configuration by configuration; the first is of its options' names, and of how it freezes."""
    asked = adapter(rule.framework)
    problems = [f"{rule.name}: {problem}" for problem in option_mismatches(rule)]
    yield AuditRow(rule.name, 1, mismatches=[*problems, *asked.split_mismatches(plan)])
    for at in range(0, len(plan), asked.fresh):
        yield from asked.isolated(check(asked, case) for case in plan[at : at + asked.fresh])


def check(asked: Adapter, case: Case) -> AuditRow:
    """Compare one layer on one input with the framework's: refusals, tensors, output shapes and multiply-adds."""
    layer, shapes, call = case
    row, title = AuditRow(layer.type, 1), asked.framework.title
    subject = f"{layer!r} on {shapes_text(shapes)}" + "".join(f", {name}" for name in call)
    ours = _answer(case)
    instances = list(_instances(shapes))
    if instances and not asked.open_sizes:  # then what is said of them must hold for any
        if not all(_holds(asked, case, ours, instance) for instance in instances):
            row.mismatches.append(f"{subject}: does not hold for all of its unknown sizes")
        return row
    theirs = asked.answer(case)
    problems = list(_problems(asked, layer, ours, theirs))
    if problems and instances and all(_holds(asked, case, ours, instance) for instance in instances):
        said = f"{title} computes what paramcalc says, and infers otherwise: {problems[0]}"
        row.remarks.append(f"{subject}: {said}")
    elif problems and _agrees_after_all(asked, case, ours, theirs):
        row.remarks.append(f"{subject}: {title} computes what paramcalc says, and announced: {problems[0]}")
    elif isinstance(theirs, str) and (quirk := asked.quirk(layer.type, theirs)):
        row.remarks.append(f"{subject}: {quirk}")
    else:
        row.mismatches += [f"{subject}: {problem}" for problem in problems]
    if isinstance(theirs, Answer):
        row.costs = theirs.macs is not None
        if not problems and theirs.computed and list(theirs.computed) != list(theirs.announced):
            announced, computed = shapes_text(theirs.announced), shapes_text(theirs.computed)
            row.remarks.append(f"{subject}: {title} infers {announced}, computes {computed}")
    row.refused = isinstance(theirs, str) and isinstance(ours, ParamcalcError)
    return row


def _answer(case: Case) -> Built | ParamcalcError:
    try:
        return case.layer.on(*case.shapes, **case.call)
    except ParamcalcError as error:
        return error


def _problems(asked: Adapter, layer: Layer, ours: Built | ParamcalcError, theirs: Answer | str) -> Iterator[str]:
    title = asked.framework.title
    if isinstance(theirs, str):
        # a weight of unknown size stays symbolic here; the framework cannot build it
        if isinstance(ours, Built) and all(is_known(size) for weight in ours.weights for size in weight.shape):
            yield f"accepted, {title} refuses: {theirs}"
        return
    if isinstance(ours, ParamcalcError):
        yield f"refused, {title} accepts: {ours}"
        return
    if ours.formula and ours.formula() != ours.params:
        yield f"formula: it says {ours.formula()}, the weights add up to {ours.params}"
    for difference in tensor_differences(layer.label, ours.weights, theirs.tensors):
        yield difference.text(title)
    # what depends on values is open
    told = all(isinstance(size, int) for shape in known_shapes(listed(ours.outs)) for size in shape)
    computed = theirs.announced if theirs.computed is None or not told else theirs.computed
    if not same_shapes(ours.outs, computed):
        yield f"output shape: paramcalc {shapes_text(ours.outs)}, {title} {shapes_text(computed)}"
    if theirs.macs is not None:
        macs = ours.forward()
        if macs != theirs.macs:
            yield f"multiply-adds: paramcalc {macs}, {title} {theirs.macs}"


def _agrees_after_all(asked: Adapter, case: Case, ours: Built | ParamcalcError, theirs: Answer | str) -> bool:
    # a second opinion tells, if there is one, where one refuses and the other does not, or theirs only announces
    announces = isinstance(theirs, Answer) and theirs.computed is None
    if isinstance(ours, ParamcalcError) == isinstance(theirs, str) and not announces:
        return False
    real = asked.second_answer(case)
    return real is not None and not any(_problems(asked, case.layer, ours, real))


def _instances(shapes: tuple[Shape, ...]) -> Iterator[dict[str, int]]:
    # small numbers in place of unknown sizes, in every combination
    names = list(dict.fromkeys(leaf.args[0] for shape in shapes for size in shape for leaf in leaves(size)))
    if names:
        yield from (dict(zip(names, row, strict=True)) for row in product(INSTANCES, repeat=len(names)))


def _holds(asked: Adapter, case: Case, ours: Built | ParamcalcError, instance: dict[str, int]) -> bool:
    # with the unknown sizes known, do both sides agree, and with what was said about them unknown?
    known = case._replace(shapes=tuple(tuple(evaluate(size, instance) for size in shape) for shape in case.shapes))
    here, there = _answer(known), asked.answer(known)
    if any(_problems(asked, case.layer, here, there)) and not _agrees_after_all(asked, known, here, there):
        return False
    if isinstance(here, ParamcalcError):
        return True
    if isinstance(ours, ParamcalcError):
        return False
    said = [tuple(evaluate(size, instance) for size in shape) for shape in ours.shapes()]
    return all(
        len(a) == len(b) and all(x == y or not is_known(x) for x, y in zip(a, b, strict=True))
        for a, b in zip(said, here.shapes(), strict=True)
    )
