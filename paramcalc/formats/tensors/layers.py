"""Tensors of a file become the layers of a model: one row for each module, by the paths of the tensors."""

from __future__ import annotations

from collections.abc import Iterable

from ...core.built import Applicable
from ...core.shapes import UNKNOWN_SHAPE
from ...errors import FileError
from ...graph.model import Model
from ...graph.node import Node
from ...graph.unknown_layers import UnknownLayer
from .data import Contents, FileTensor, check_count
from .forms import NO_RULE, PLAIN, Members, StoredLayer, form_of
from .recognition import ATTENTION, INNER, evidence

LISTED = 5  # names that a warning lists


def model_of(contents: Contents, what: str, name: str | None = None) -> Model:
    """Make a model of what a file holds.

    Parameters
    ----------
    contents : Contents
    what : str
        What the file is, for the report: ``a safetensors file``.
    name : str, optional

    Raises
    ------
    FileError
        When it has no tensors, or two of one name.
    """
    check_count(len(contents.tensors))
    once, tied = _once(contents)
    if not once and not contents.unread:
        aside = f": it holds {_aside(contents)} alone" if contents.aside else ""
        raise FileError(f"no tensors of a model in the file{aside}", expected="the weights of a model")
    rows: list[Applicable] = []
    taken: set[str] = set()
    for path, members in modules(once).items():
        row = _row(path, members, contents.classes.get(path, ""))
        row.name = _free(path or row.label, taken)
        rows.append(row)
    rows += [UnknownLayer(PLAIN, reason, _free(path, taken)) for path, reason in contents.unread.items()]
    model = Model.from_nodes([UNKNOWN_SHAPE], [Node(row, ()) for row in rows], (), name or "weights")
    model.type = "Weights"
    model.warnings = [*_warnings(contents, what, tied, rows)]
    return model


def _free(name: str, taken: set[str]) -> str:
    one, count = name, 1
    while one in taken:
        count += 1
        one = f"{name}_{count}"
    taken.add(one)
    return one


def _once(contents: Contents) -> tuple[list[FileTensor], dict[str, str]]:
    # each tensor once; the further names of one, each with the first
    first: dict[object, str] = {}
    names: set[str] = set()
    kept, tied = [], dict(contents.tied)
    for tensor in contents.tensors:
        if tensor.name in names:
            raise FileError("two tensors of one name", expected="different names", received=tensor.name)
        names.add(tensor.name)
        if tensor.view is not None and tensor.size:
            other = first.setdefault((tensor.view, tensor.shape, tensor.dtype), tensor.name)
            if other != tensor.name:
                tied[tensor.name] = other
                continue
        kept.append(tensor)
    return kept, {name: other for name, other in tied.items() if other in names}


def modules(tensors: Iterable[FileTensor]) -> dict[str, Members]:
    """Group tensors by module: each by its name within the module; what attention has inside belongs to it."""
    found: dict[str, Members] = {}
    for tensor in tensors:
        path, _, last = tensor.name.rpartition(".")
        above, inside, below = tensor.name.partition(".weight.")
        if inside:  # weight.absmax belongs to the weight
            path, last = above, f"weight.{below}"
        found.setdefault(path, {})[last] = tensor
    for path in [path for path, members in found.items() if any(name in members for name in ATTENTION)]:
        inner = f"{path}.{INNER}" if path else INNER
        members = found.get(inner, {})
        if members and members.keys() <= {"weight", "bias"}:
            found[path] |= {f"{INNER}.{name}": tensor for name, tensor in found.pop(inner).items()}
    return found


def _row(path: str, members: Members, class_name: str) -> StoredLayer | UnknownLayer:
    form = form_of(members, evidence(_telling(path), class_name))
    if path or form.rule is not None or form.note != NO_RULE:
        return form.row()
    return form.row(next(iter(members)) if len(members) == 1 else PLAIN)


def _telling(path: str) -> str:
    # the name that tells what a module is: that of its attribute; an adapter has one more, lora_A.default
    above, _, last = path.rpartition(".")
    outer = above.rpartition(".")[2]
    return outer if outer.startswith("lora_") else last


def _aside(contents: Contents) -> str:
    return ", ".join(f"{what} ({count:,} numbers)" for what, count in contents.aside.items())


def _warnings(contents: Contents, what: str, tied: dict[str, str], rows: list[Applicable]) -> Iterable[str]:
    if any(isinstance(row, UnknownLayer) and row.guessed for row in rows):
        yield f"{what} does not say which tensors are parameters: those without a rule count, integers aside"
    if tied:
        pairs = [f"{name} is {other}" for name, other in list(tied.items())[:LISTED]]
        more = f", and {len(tied) - LISTED:,} more" if len(tied) > LISTED else ""
        yield f"stored once, under two names: {', '.join(pairs)}{more}"
    if contents.aside:
        yield f"not counted: {_aside(contents)}"
    yield from contents.notes
