"""Models of other kinds as large as a model: a GRU, a plain RNN and a transformer for an LSTM."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ...core.json_data import JsonObject
from ...core.rule import Layer
from ...core.shapes import UNKNOWN_SHAPE, AnyShape, UnknownShape, listed
from ...displayed import Displayed
from ...errors import OptionError, ParamcalcError, nearest
from ...graph.model import Model
from ...symbolic import Size, unicode
from ..family import Makes, model_of
from ..stacks import row_at, stack_in, stack_of
from .architectures import CELLS, TRANSFORMER, Reading, description, encoded_in, recurrent, transformer
from .problem import lower_bound
from .result import Candidate, Solution, end
from .solve import solve

SCHEMA = "paramcalc-match/1"
EMBEDDING = "Embedding"  # of Keras and of PyTorch
KINDS = (*CELLS, TRANSFORMER)
DEEPEST = 12  # most layers of a transformer that are tried


@dataclass(frozen=True)
class Match:
    """The model of a kind whose count comes nearest to that of another model.

    Attributes
    ----------
    kind : str
        ``lstm``, ``gru``, ``rnn`` or ``transformer``.
    sizes : dict of str to int
        Its units h and layers; of a transformer its model size d and layers.
    total, difference : int
        Its count, and how much more that is than the count of the model.
    description : str
        What is fixed about it, if that needs saying.
    model : Model
    beside : tuple of Candidate
        The candidates with the next smaller and larger size.
    limits : tuple of str
        Where the search ended before its sizes did: the model is the nearest one of what was tried.
    """

    kind: str
    sizes: Mapping[str, int]
    total: int
    difference: int
    description: str
    model: Model
    beside: tuple[Candidate, ...]
    limits: tuple[str, ...] = ()

    def to_dict(self) -> JsonObject:
        """Give it as plain data."""
        return {
            "kind": self.kind,
            "framework": self.model.framework,
            "sizes": {**self.sizes},
            "total": self.total,
            "difference": self.difference,
            "description": self.description,
            "beside": [{"sizes": {**one.sizes}, "total": one.amounts["params"]} for one in self.beside],
            "limits": [*self.limits],
        }


class Matches(list[Match], Displayed):
    """Models as large as another one; a list that is displayed as a table.

    Attributes
    ----------
    name : str
    total : int
        Name and count of the model that is matched.
    """

    presented_by: ClassVar[str] = "paramcalc.render.sizing:matches_presentation"

    def __init__(self, found: Iterable[Match], name: str, total: int) -> None:
        super().__init__(found)
        self.name = name
        self.total = total

    def __repr__(self) -> str:
        return f"<{len(self)} models as large as {self.name!r}: {self.total:,}>"

    def __reduce__(self) -> tuple[type[Matches], tuple[list[Match], str, int]]:
        return Matches, ([*self], self.name, self.total)

    def to_dict(self) -> JsonObject:
        """Give it in the JSON form ``paramcalc-match/1``."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "total": self.total,
            "matches": [one.to_dict() for one in self],
        }


def match(model: object, with_: str | Sequence[str] = KINDS, *, blocks: int | None = None) -> Matches:
    """Find models of other kinds with the count that is nearest to that of a model of sequences.

    Parameters
    ----------
    model : paramcalc.Model, a Keras model or a PyTorch module
        It reads one sequence of features, or of tokens with an embedding, which the others have, too. From a stack of
        recurrent layers, the others take the number of layers, the directions, the dense layer behind it, and the
        framework.
    with_ : str or list of str
        ``"lstm"``, ``"gru"``, ``"rnn"``, ``"transformer"``. The transformer is a pre-norm encoder with an input
        projection, heads of size 64 and a feed-forward network of 4d units.
    blocks : int, optional
        Layers of the transformer; from 1 to 12 are tried when left out.

    Raises
    ------
    OptionError
        For other kinds, a count that is not known, and a model that does not read a sequence of features or tokens.
    """
    model = model_of(model)
    kinds = [with_] if isinstance(with_, str) else [*with_]
    for kind in kinds:
        if kind not in KINDS:
            raise OptionError(
                "no kind of model", expected=", ".join(KINDS), received=kind, suggestion=nearest(str(kind), KINDS)
            )
    if blocks is not None and (type(blocks) is not int or not 1 <= blocks <= 1000):
        raise OptionError("blocks", expected="a whole number from 1 to 1,000", received=blocks)
    total = model.total
    if not isinstance(total, int):
        raise OptionError(
            "the count is an expression", expected=f"a value for {', '.join(total.symbols)}", received=unicode(total)
        )
    if not model.report().exact:
        raise OptionError(lower_bound("parameters", model))
    reading = reading_of(model)
    return Matches([_nearest(kind, reading, total, blocks) for kind in dict.fromkeys(kinds)], model.label, total)


def reading_of(model: Model) -> Reading:
    """Find what a model of sequences reads.

    Raises
    ------
    OptionError
        When it does not read one sequence of features or tokens.
    """
    shape = model.input_shapes[0] if len(model.input_shapes) == 1 else UNKNOWN_SHAPE
    embedding = _embedding(model, shape)
    if embedding is None:
        stack = stack_of(model)
    else:
        shape = listed(embedding.on(shape).outs)[0]
        stack = None
        if not isinstance(shape, UnknownShape):
            stack = stack_in(model.uses[1:], shape, model.total - model.report().rows[0].params)
    if stack is not None:
        framework = row_at(stack.row).framework
        return Reading(framework, stack.d_x, stack.layers, stack.directions, stack.output, embedding=embedding)
    if isinstance(shape, UnknownShape) or len(shape) != 3 or not isinstance(shape[-1], int):
        expected = "one input of batch, time steps and a number of features, or of batch and tokens for an embedding"
        raise OptionError("only models of sequences are matched", expected=expected)
    return Reading(encoded_in(model.framework), shape[-1], embedding=embedding)


def _embedding(model: Model, shape: AnyShape) -> Layer | None:
    # the layer that makes features of tokens
    first = model.uses[0] if model.uses else None
    tokens = not isinstance(shape, UnknownShape) and len(shape) == 2
    return first if tokens and isinstance(first, Layer) and first.rule.name == EMBEDDING else None


def _nearest(kind: str, reading: Reading, total: int, blocks: int | None) -> Match:
    if kind != TRANSFORMER:
        try:
            found = solve(_with("h", recurrent(kind, reading)), "h", params=total, near=True)
        except ParamcalcError as error:
            raise error.at(kind)
        return _match(kind, found, {"layers": reading.layers}, total, reading.description)
    tried = range(1, DEEPEST + 1) if blocks is None else (blocks,)
    deep = [(layers, solve(_with("d", transformer(reading, layers)), "d", params=total, near=True)) for layers in tried]
    layers, found = min(deep, key=lambda one: (abs(_total(one[1]) - total), one[0]))
    more = (end("layers", DEEPEST),) if blocks is None and layers == DEEPEST else ()
    said = ", ".join(filter(None, (description(), reading.description)))
    return _match(kind, found, {"layers": layers}, total, said, more)


def _with(name: str, make: Callable[[Size], Model]) -> Makes:
    return lambda **sizes: make(sizes[name])


def _total(found: Solution) -> int:
    assert found.answer is not None  # some size is the nearest one
    return found.answer.amounts["params"]


def _match(
    kind: str, found: Solution, more: Mapping[str, int], total: int, said: str, limits: tuple[str, ...] = ()
) -> Match:
    count, model = _total(found), found.model
    assert model is not None
    return Match(
        kind, {**found.sizes, **more}, count, count - total, said, model, found.beside, (*found.limits, *limits)
    )
