"""``--explain``: what a layer computes, and where each term of its count comes from, by tensor and by gate.

An `Explanation` is made once for each layer; the blocks of a document and the data of JSON are two forms of it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from ..catalogue import message
from ..core.built import Weight
from ..core.equations import Equations, Parts
from ..core.kinds import SWITCH
from ..core.on_symbols import symbolic_build
from ..core.rule import Layer
from ..core.shapes import Shape
from ..core.totals import summed
from ..rules.shared.cells import GATES
from ..symbolic import Expr, Size, exact

if TYPE_CHECKING:
    from ..report import Row

_CONDITION = re.compile(r"(\w+(?:=\w+)?(?: and \w+(?:=\w+)?)*): (?=[A-Z])")
_ACTIVATIONS = {"activation": "tanh", "recurrent_activation": "σ"}


class Computed(NamedTuple):
    """What one layer, or one layer inside it, computes.

    Attributes
    ----------
    name : str
        Of the layer.
    scope : str
        What stands in front of the paths of its weights.
    summary : str
        One sentence.
    equations : tuple of str
    sentences : tuple of str
        What else there is to say with these options.
    letters : Equations or None
    """

    name: str
    scope: str
    summary: str
    equations: tuple[str, ...]
    sentences: tuple[str, ...]
    letters: Equations | None


class Tensor(NamedTuple):
    """One tensor: its letter in the equations, and its shape in symbols and in numbers."""

    path: str
    letter: str
    symbolic: Shape
    shape: Shape
    params: Size


class Gate(NamedTuple):
    """One network of a gated cell: its weights as a formula, and their number."""

    letter: str
    name: str
    role: str
    weights: Size
    params: Size


class Explanation(NamedTuple):
    """Everything that is said about one layer; ``gates`` has a list for each cell of it, by its scope."""

    layer: str
    computed: tuple[Computed, ...]
    tensors: tuple[Tensor, ...]
    params: Size
    gates: dict[str, tuple[Gate, ...]]

    def of(self, name: str) -> Explanation:
        """Give that of a layer of another name that is otherwise the same."""
        first, *others = self.computed
        return self._replace(layer=name, computed=(first._replace(name=name), *others))

    @property
    def said(self) -> Hashable:
        """What is said, the name of the layer aside."""
        computed = tuple((one.name, one.scope, *one[2:5]) for one in self.of("").computed)
        return computed, self.tensors, tuple(self.gates.items())


def summary(row: Row) -> str:
    """Say in a sentence why the weights of a layer have their shape, with the options it has."""
    if not isinstance(row.layer, Layer):
        return ""
    found = symbolic_build(row.layer, *row.inputs)
    made = found[0].equations() if found is not None and found[0].equations else None
    return made.summary if made is not None and made.summary else row.layer.rule.why


def explained(row: Row) -> Explanation | None:
    """Explain one layer, where its rule can."""
    found = symbolic_build(row.layer, *row.inputs)
    if found is None:
        return None
    built, _ = found
    if len(built.weights) != len(row.weights):  # equal sizes may remove weights (PyTorch's kdim = embed_dim)
        return None
    every = tuple(_computed(row))
    computed = tuple(_distinct(every))
    tensors = tuple(
        Tensor(actual.path, _letter(actual.path, every), weight.shape, actual.shape, actual.params)
        for actual, weight in zip(row.weights, built.weights, strict=True)
    )
    formula = built.formula() if built.formula else 0
    parts = [_parts(weight, every) for weight in row.weights]
    gates = {}
    for scope in dict.fromkeys(weight.scope for weight, part in zip(row.weights, parts, strict=True) if part.networks):
        inside = [at for at, weight in enumerate(row.weights) if weight.scope == scope and parts[at].networks]
        one = [(row.weights[at].params, parts[at].networks) for at in inside]
        other = [(built.weights[at].params, parts[at].networks) for at in inside]
        gates[scope] = tuple(_gates(one, other, formula, _roles(scope, every)))
    first, *others = computed
    sentences = (*_side_by_side(tensors, parts), *first.sentences) if first.equations else first.sentences
    return Explanation(row.name, (first._replace(sentences=sentences), *others), tensors, row.params, gates)


def _computed(row: Row, scope: str = "") -> Iterator[Computed]:
    # a wrapper first, then the layers inside it
    layer = row.layer
    if not isinstance(layer, Layer):
        return
    found = symbolic_build(layer, *row.inputs)
    made = found[0].equations() if found is not None and found[0].equations else None
    lines = tuple(_with_activations(line, layer) for line in made.lines) if made else ()
    said = made.summary if made is not None and made.summary else layer.rule.why
    yield Computed(row.name, scope, message(said), lines, tuple(map(message, sentences(layer))), made)
    for inner in row.rows:
        yield from _computed(inner, f"{scope}{inner.name}/")


def _distinct(several: Iterable[Computed]) -> Iterator[Computed]:
    # the directions of a bidirectional layer compute the same
    seen = set()
    for one in several:
        said = (one.summary, one.equations, one.sentences)
        if said not in seen:
            seen.add(said)
            yield one


def _innermost(path: str, computed: tuple[Computed, ...]) -> Iterator[Equations]:
    # the equations around a tensor, those of the innermost layer first
    for one in reversed(computed):
        if one.letters is not None and path.startswith(one.scope):
            yield one.letters


def _letter(path: str, computed: tuple[Computed, ...]) -> str:
    return next((letter for one in _innermost(path, computed) if (letter := one.letter(path))), "")


def _parts(weight: Weight, computed: tuple[Computed, ...]) -> Parts:
    if weight.buffer:
        return Parts((), -1)
    found = (part for one in _innermost(weight.path, computed) if (part := one.networks(weight.path)))
    return next(found, Parts(weight.gates, weight.gate_axis))


def _roles(scope: str, computed: tuple[Computed, ...]) -> dict[str, str]:
    return next((one.roles for one in _innermost(scope, computed)), {})


def _with_activations(line: str, layer: Layer) -> str:
    # Keras's layers take their activations by name; the equations have those they have by default
    for option, usual in _ACTIVATIONS.items():
        named = _activation(layer, option, usual)
        if named != usual:
            line = re.sub(rf"(?<!\w){usual}\(", f"{named}(", line)
    return line


def _activation(layer: Layer, option: str, usual: str) -> str:
    given = (layer.ignored_options or {}).get(option, usual)
    if given in (usual, "sigmoid" if usual == "σ" else usual):
        return usual
    return "linear" if given is None else given if isinstance(given, str) else option


def activations(row: Row) -> Iterator[str]:
    """Name the activations in the equations of a layer and of the layers inside it."""
    if isinstance(row.layer, Layer):
        yield from (_activation(row.layer, option, usual) for option, usual in _ACTIVATIONS.items())
    for inner in row.rows:
        yield from activations(inner)


def sentences(layer: Layer) -> list[str]:
    """List what the rule of a layer says beyond its first line, without what is about other options.

    A sentence may begin with options: ``use_bias and reset=after: …`` is there with both. A switch is asked for when
    it is on, any other option when it differs from its default.
    """
    found = []
    for sentence in _sentences(layer.rule.about):
        condition = _CONDITION.match(sentence)
        names = condition[1].split(" and ") if condition else []
        if condition is None or not {name.partition("=")[0] for name in names} <= layer.options.keys():
            found.append(sentence)
        elif all(_holds(name, layer) for name in names):
            found.append(sentence[condition.end() :])
    return found


def _sentences(about: str) -> Iterator[str]:
    # lines up to one that ends a sentence
    lines: list[str] = []
    for line in about.splitlines():
        lines += [line] if line else []
        if lines and (not line or re.search(r"(?<!\bal)\.$", line)):
            yield " ".join(lines)
            lines = []
    if lines:
        yield " ".join(lines)


def _holds(name: str, layer: Layer) -> bool:
    option, equals, value = name.partition("=")
    given = layer.options[option]
    if equals:
        return str(given) == value
    return given is True if layer.rule.options[option].kind is SWITCH else given != layer.rule.defaults[option]


def _side_by_side(tensors: tuple[Tensor, ...], parts: list[Parts]) -> Iterator[str]:
    # which tensors hold the weights of several networks, along which axis and in which order
    found: dict[tuple[tuple[str, ...], str], dict[str, None]] = {}
    for tensor, part in zip(tensors, parts, strict=True):
        letters = [*filter(None, tensor.letter.split(", "))]
        gates = tuple(dict.fromkeys(part.networks))
        if len(gates) > 1 and letters and not any(one.endswith(f"_{gate}") for one in letters for gate in gates):
            key = gates, _axis(part.axis, len(tensor.shape))
            if len(tensor.shape) == 1:  # with the matrices of the same networks
                key = next((other for other in found if other[0] == gates), key)
            found.setdefault(key, {}).update(dict.fromkeys(letters))
    for (gates, axis), same in found.items():
        said = "{letters} split into {gates} along the {axis} axis, in this order."
        one = "{letters} splits into {gates} along the {axis} axis, in this order."
        yield message(
            said if len(same) > 1 else one,
            letters=" and ".join(filter(None, (", ".join([*same][:-1]), [*same][-1]))),
            gates=", ".join(gates),
            axis=axis,
        )


def _axis(axis: int, rank: int) -> str:
    return "last" if axis == -1 or 0 < axis == rank - 1 else ("first", "second")[axis]


def _gates(
    actual: list[tuple[Size, tuple[str, ...]]],
    symbolic: list[tuple[Size, tuple[str, ...]]],
    formula: Size,
    roles: dict[str, str],
) -> Iterator[Gate]:
    gates = tuple(dict.fromkeys(gate for _, networks in actual for gate in networks))
    parts = {gate: tuple(networks.count(gate) for _, networks in actual) for gate in gates}  # of each tensor
    shares = {counts: _share(symbolic, counts) for counts in parts.values()}  # most gates have the same
    alike = [shares[counts] for counts in parts.values()]
    written = {counts: _as_written(share, alike.count(share), formula) for counts, share in shares.items()}
    params = {counts: _share(actual, counts) for counts in shares}
    for gate, counts in parts.items():
        name, role = GATES.get(gate, (gate, ""))  # a rule from elsewhere has its own letters
        yield Gate(gate, message(name), message(roles.get(gate, role)), written[counts], params[counts])


def _share(weights: list[tuple[Size, tuple[str, ...]]], counts: tuple[int, ...]) -> Size:
    # each part is equally large: d_x·d_h of (d_x, 4d_h); no peephole for the candidate
    pairs = zip(weights, counts, strict=True)
    return summed(exact(params, len(networks)) * count for (params, networks), count in pairs if count)


def _as_written(share: Size, gates: int, formula: Size) -> Size:
    # the bracket of g[…] in the formula of the layer, if it equals this share: the textbook form
    if not isinstance(formula, Expr):
        return share
    if formula.op == "*" and formula.args[0] == gates:
        inner: Size = prod(formula.args[1:])
        if inner == share:
            return inner
    for arg in formula.args:
        if isinstance(arg, Expr) and arg.op in ("+", "*"):
            inner = _as_written(share, gates, arg)
            if inner is not share:
                return inner
    return share
