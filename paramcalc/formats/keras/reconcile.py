"""Layers of which a file stores something else than their rules say, or of which it alone can tell."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.built import Built
from ...core.combined import frozen
from ...core.default_inputs import natural_inputs
from ...core.rule import Layer
from ...core.shapes import AnyShape
from ...errors import ParamcalcError
from ...graph import findings
from ...graph.findings import STORED_OTHERWISE
from ...graph.model import Model
from ...graph.node import Node
from ...graph.sequential import Sequential
from ...graph.unknown_layers import UnknownLayer, counted
from ...untyped import Parsed
from ..containers.groups import MODELS
from .compare import Comparison, Finding


class KeptLayer(Layer):
    """A layer with a rule, and what a file stores for it."""

    __slots__ = ("finding", "ruled", "twice")

    def __init__(self, layer: Layer, finding: Finding, twice: bool = False) -> None:
        for name in Layer.__slots__:
            setattr(self, name, getattr(layer, name))
        self.ruled = layer
        self.finding = finding
        self.twice = twice

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Build by the rule; where the file differs count the least, where the rule cannot say what is stored."""
        built = self.ruled.on(*shapes, **call)
        if self.twice:
            return _own(built, self)
        if built.unknown and built.weights:  # the file contradicts itself, whatever it stores
            return _least(built, self)._replace(unknown=built.unknown)
        return _stored(built, self) if built.unknown else _least(built, self)


class KeptModel(Model):
    """A nested model, and what a file stores for it."""

    def __init__(self, model: Model, finding: Finding, twice: bool = False) -> None:
        vars(self).update(vars(model), ruled=model, finding=finding, twice=twice)

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Build it; where the file differs count the least."""
        built: Built = vars(self)["ruled"].on(*shapes)
        if vars(self)["twice"]:
            return _own(built, self)
        return built if built.unknown else _least(built, self)


def _least(built: Built, kept: Parsed) -> Built:
    # it is unknown whether the rule or the file is right
    theirs, ours = (sum(weight.params for weight in weights) for weights in (kept.finding.weights, built.weights))
    if isinstance(ours, int) and isinstance(theirs, int) and (0 < theirs < ours or kept.finding.elsewhere):
        built = _with(built, kept)
    return _as_told(built._replace(unknown=f"{STORED_OTHERWISE}: {kept.finding.told}"), kept)


def _own(built: Built, kept: Parsed) -> Built:
    # what the file stores for this layer alone
    return _as_told(_with(built, kept)._replace(unknown=kept.finding.told), kept)


def _with(built: Built, kept: Parsed) -> Built:
    # the weights that are stored, without the insides, which count others
    weights = kept.finding.weights
    return built._replace(weights=weights, formula=None, parts=None, guessed=bool(weights) and not kept.frozen)


def _stored(built: Built, kept: KeptLayer) -> Built:
    # which of them are trained the rule may say for any input: by their names, or because all are
    try:
        learning = {weight.name: weight.trainable for weight in kept.ruled.on(*natural_inputs(kept.ruled)).weights}
    except ParamcalcError:
        learning = {}
    weights = kept.finding.weights
    told = all(learning.values()) or all(weight.name in learning for weight in weights)
    sure = kept.frozen or (told and bool(learning))
    found = tuple(weight.evolve(trainable=learning.get(weight.name, True)) for weight in weights)
    note = f"{built.unknown}; {counted(found, sure)}"
    return _as_told(built._replace(weights=found, unknown="", note=note, guessed=bool(found) and not sure), kept)


def _as_told(built: Built, kept: Parsed) -> Built:
    return frozen(built) if kept.frozen else built


def settle(model: Model, check: Comparison) -> None:
    """Put what a file stores beside what the rules say: a layer that differs is known no more, others are by the file.

    What belongs to no layer is counted where the model is of a class of its own. Elsewhere it is warned of: the model
    does not hold, whatever its layers are.
    """
    swaps: dict[int, Parsed] = {}
    for finding in (*check.known, *check.differences):
        layer = finding.layer
        if finding.beside and layer.type not in MODELS:
            guessed = not layer.frozen
            reason = f"what {layer.type} has beside its layers; {counted(finding.weights, not guessed)}"
            row = UnknownLayer(layer.type, reason, stored=finding.weights, trainable=guessed, guessed=guessed)
            layer.nodes.append(Node(row, ()))
            layer._built = None
        elif isinstance(layer, Layer):
            swaps[id(layer)] = KeptLayer(layer, finding)
        elif isinstance(layer, Model) and not finding.beside:
            swaps[id(layer)] = KeptModel(layer, finding)
        elif isinstance(layer, UnknownLayer):
            layer.more, layer.told = True, f"{layer.told}; {STORED_OTHERWISE}: {finding.told}"
        else:
            model.warnings.append(str(_recorded(finding)))
    for finding in check.twice:
        kind = KeptModel if isinstance(finding.layer, Model) else KeptLayer
        swaps[id(finding.layer)] = kind(finding.layer, finding, twice=True)
    wrong = [one for one in check.differences if not one.beside or one.layer.type in MODELS]
    model.findings = tuple(map(_recorded, wrong))
    model.stored = check.tensors
    swap(model, swaps)


def _recorded(finding: Finding) -> findings.Finding:
    return findings.Finding(STORED_OTHERWISE, finding.where, finding.told)


def swap(model: Model, swaps: Mapping[int, Parsed]) -> None:
    """Replace layers, given by their ``id``, in a model and the models inside it."""
    for layer in model.layers:
        if isinstance(layer, Model):
            swap(layer, swaps)
    if isinstance(model, Sequential):
        model.chain[:] = [swaps.get(id(layer), layer) for layer in model.chain]
    for node in model.nodes:
        node.layer = swaps.get(id(node.layer), node.layer)
    model._built = None
