"""The cost of a model at a batch size and a number of time steps, for a way to train it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypedDict

from ...catalogue import message
from ...core.built import Part
from ...core.framework import framework
from ...core.totals import summed
from ...errors import OptionError, nearest
from ...graph.model import Model
from ...graph.size_names import BATCHES, TIMES
from ...symbolic import Size
from .clipping import clipping
from .decoding import decoding
from .dtypes import Policy, policy as policy_named
from .formulas import formula_of_operations, formulas
from .kept import Beside, Convention, Found, KeptByAll, convention_of, kept
from .memory import activations_at_least, memory_of, trained_weights
from .methods import Method, method_of, trained_by
from .naming import is_named
from .operations import Operations, added, operations
from .optimizers import Optimizer, read_optimizer, stated_optimizer
from .passes import Passes, Training, Use, frozen_origins, parts_on, total, uses
from .result import Cost, LayerCost, nothing
from .sizes import checked, padded, size_of, with_length, with_sizes

PRODUCTS, ALL = OPS = ("products", "all")


class Asked(TypedDict, total=False):
    """What `cost` takes besides the model and its sizes."""

    optimizer: str | Optimizer | None
    dtype: str
    lengths: Sequence[int]
    bptt: Size | None
    rtrl: bool
    checkpoint: int | str | None
    decode: Size | None
    clip: str | None
    frozen: Sequence[str]
    input_gradient: bool
    ops: str
    training: bool
    activations: str | None


class Measured(NamedTuple):
    """What a model does and keeps on inputs of given shapes.

    Attributes
    ----------
    parts : list of Part
    uses : list of Use
    kept : KeptByAll
    """

    parts: Sequence[Part]
    uses: list[Use]
    kept: KeptByAll


def cost(
    model: Model,
    *,
    batch: Size | None = None,
    steps: Size | None = None,
    optimizer: str | Optimizer | None = None,
    dtype: str = "float32",
    lengths: Sequence[int] = (),
    bptt: Size | None = None,
    rtrl: bool = False,
    checkpoint: int | str | None = None,
    decode: Size | None = None,
    clip: str | None = None,
    frozen: Sequence[str] = (),
    input_gradient: bool = False,
    ops: str = PRODUCTS,
    training: bool = False,
    activations: str | None = None,
) -> Cost:
    """Give the cost of a model.

    Parameters
    ----------
    model : Model
    batch, steps : int or Expr, optional
        Sizes in place of the open batch and the open time axis; they stay symbols when left out.
    optimizer : str or Optimizer, optional
        Whose slots are counted, such as ``"adam"`` or ``"sgd(momentum=0.9)"``. When left out, that of the file of the
        model; none if the file states none.
    dtype : str
        The dtype policy: ``float32``, ``bfloat16``, ``mixed_bfloat16``, ….
    lengths : list of int, optional
        The length of each sequence of the batch, in place of ``batch`` and ``steps``.
    bptt : int or Expr, optional
        The window of truncated back-propagation through time, in steps. Without it, back-propagation is full.
    rtrl : bool
        Train by real-time recurrent learning instead.
    checkpoint : int or "sqrt", optional
        Keep the states at the borders of so many segments of the sequence, and compute the steps of a segment once
        more; ``"sqrt"`` takes the number that keeps the least, near √T.
    decode : int or Expr, optional
        Steps to generate, each fed back as the next input, after a prompt of ``steps``; with states, keys and values
        kept from step to step.
    clip : {"value", "norm"}, optional
        Clip the gradients.
    frozen : list of str
        Layers or weights that do not train, by name or path.
    input_gradient : bool
        Whether a gradient of the model's inputs is wanted.
    ops : {"products", "all"}
        ``all`` counts the operations of the forward pass that are no products, too.
    training : bool
        Whether those are of a pass in training, with dropout and the statistics of the batch, or of inference.
    activations : {"torch", "keras-jax", "minimum"}, optional
        The convention of the kept activations: what the kernels of a framework keep, or the least that the gradients
        need. That of the model's own framework when left out.

    Raises
    ------
    OptionError
        For a name that is no layer, a size that is fixed, an unknown dtype or optimizer, and a model that cannot be
        trained in this way.
    ShapeError
        When the layers do not fit these sizes.
    """
    chosen = policy_named(dtype)
    if optimizer is not None and not isinstance(optimizer, (str, Optimizer)):
        raise OptionError("optimizer", expected="the name of one, such as adam", received=optimizer)
    used = read_optimizer(optimizer, model.framework) if isinstance(optimizer, str) else optimizer
    stated, unread = _stated(model) if optimizer is None else (None, "")
    if ops not in OPS:
        raise OptionError("unknown operations", expected=" or ".join(OPS), received=ops, suggestion=nearest(ops, OPS))
    asked = (("batch", batch), ("steps", steps), ("bptt", bptt), ("decode", decode))
    batch, steps, bptt, decode = (checked(*one) for one in asked)
    frozen = (frozen,) if isinstance(frozen, str) else frozen
    method = method_of(bptt, rtrl, checkpoint)
    if lengths:
        if rtrl or checkpoint is not None:
            raise OptionError("lengths of sequences", expected="full or truncated back-propagation")
        if decode is not None:
            raise OptionError("lengths of sequences", expected="one length, as steps, for a prompt to decode from")
        batch, steps = padded(lengths, batch, steps)
    packs = bool(lengths) and framework(model.framework).packs
    convention = convention_of(model.framework, activations)

    def measured(steps: Size | None, length: Size | None = None) -> Measured:
        shapes = with_sizes(model.input_shapes, batch, steps)
        if length is not None:
            shapes = with_length(model, shapes, length)
        parts = parts_on(model, shapes)
        named = is_named(frozen, parts)
        trains = Training(named, frozen_origins(model, parts, named), bptt, tuple(lengths) if packs else ())
        wanted = [input_gradient] * len(shapes)
        found, _ = uses(model, parts, trains, wanted)
        return Measured(parts, found, kept(model, found, convention, lengths if packs else (), wanted))

    def at(length: Size) -> list[Found]:
        return measured(steps, length).kept.uses

    whole = measured(steps)
    time = size_of(TIMES, whole.parts)
    made = trained_by(method, model, whole.uses, whole.kept.uses, time, at, input_gradient)
    memory = memory_of(made.uses, made.keeps, chosen, used or stated, whole.kept.beside)
    if unread:
        memory = memory._replace(optimizer=None)
    segments = None if made.checkpointing is None else made.checkpointing(chosen)
    if made.checkpointing is not None:
        memory = memory._replace(activations=None if segments is None else segments.kept)
    counted = (lambda use: operations(use, chosen, tuple(lengths) if packs else (), training)) if ops == ALL else None
    layers = (
        *_layers(made.uses, made.keeps, bptt, not packs and not rtrl, counted, training),
        *_functions(whole.kept.beside, ops == ALL),
    )
    return Cost(
        model.label,
        model.framework,
        size_of(BATCHES, whole.parts),
        time,
        layers,
        memory,
        (
            *_conventions(model, chosen, used, convention, method, lengths, input_gradient),
            *_of_the_file(stated, unread),
            *_of_missing(whole.kept.missing),
            *(_of_operations(training) if ops == ALL else ()),
        ),
        all(one.exact for one in layers) and all(one.passes.backward is not None for one in layers),
        made.recomputed,
        made.learning,
        segments,
        None if clip is None else clipping(clip, summed(one.params for one in trained_weights(whole.uses))),
        None if decode is None else decoding(model, prompt=1 if time is None else time, tokens=decode, batch=batch),
        listed=not model.nodes,
        activations_at_least=activations_at_least(made.uses, made.keeps, chosen, whole.kept.beside)
        if whole.kept.bounded
        else None,
    )


def _layers(
    found: Sequence[Use],
    keeps: Sequence[Found],
    window: Size | None,
    formal: bool,
    counted: Callable[[Use], Operations] | None,
    training: bool,
) -> Iterator[LayerCost]:
    # the uses of one layer are one line
    by_name: dict[str, list[tuple[Use, Found]]] = {}
    for use, kept_by in zip(found, keeps, strict=True):
        by_name.setdefault(use.part.name, []).append((use, kept_by))
    for name, several in by_name.items():
        inner = tuple(
            _layers(
                [one for use, _ in several for one in use.inner],
                [one for _, kept_by in several for one in kept_by.inner],
                window,
                formal,
                counted,
                training,
            )
        )
        alone = several[0][0] if formal and len(several) == 1 and not inner else None
        others = added(counted(use) for use, _ in several) if counted is not None else None
        yield LayerCost(
            name,
            several[0][0].part.layer.type,
            total([use.passes for use, _ in several]),
            tuple(tensor for _, kept_by in several for tensor in kept_by.everything),
            all(kept_by.complete for _, kept_by in several),
            all(use.part.built.costed for use, _ in several) and all(one.exact for one in inner),
            inner,
            nothing if alone is None else partial(formulas, alone, window),
            others,
            nothing
            if alone is None or others is None
            else partial(formula_of_operations, alone, others.number, training),
            several[0][0].part.layer.stacks,
        )


def _functions(beside: Sequence[Beside], counted: bool) -> Iterator[LayerCost]:
    # the calls of one function are one line
    by_name: dict[str, list[Found]] = {}
    for one in beside:
        by_name.setdefault(one.name, []).append(one.found)
    for name, several in by_name.items():
        yield LayerCost(
            name,
            "function",
            Passes(),
            tuple(tensor for one in several for tensor in one.tensors),
            all(one.known for one in several),
            operations=Operations(0, known=False) if counted else None,
        )


def _of_missing(missing: str) -> Iterator[str]:
    if missing:
        yield message("what is kept for the backward pass is not all known: {what}", what=missing)


def _stated(model: Model) -> tuple[Optimizer | None, str]:
    # the optimizer of the file, or why it is unknown
    if model.optimizer is None:
        return None, ""
    try:
        return stated_optimizer(model.optimizer), ""
    except OptionError as error:
        return None, str(error)


def _of_the_file(stated: Optimizer | None, unread: str) -> Iterator[str]:
    if stated is not None:
        yield message("optimizer {optimizer}, as the file states it", optimizer=str(stated))
    if unread:
        yield message("what the optimizer of the file keeps is unknown: {problem}", problem=unread)


def _of_operations(training: bool) -> Iterator[str]:
    yield message("a sum, product, quotient, comparison, root, exp, log, tanh or sigmoid of a number is one operation")
    yield message("selecting, moving and copying numbers is no operation")
    yield message("forward FLOPs are two for each multiply-add, and the other operations")
    if training:
        yield message("the other operations are those of training: dropout, and statistics of the batch")
    else:
        yield message("the other operations are those of inference: no dropout, and moving statistics")


def _conventions(
    model: Model,
    policy: Policy,
    optimizer: Optimizer | None,
    convention: Convention | None,
    method: Method,
    lengths: Sequence[int],
    input_gradient: bool,
) -> Iterator[str]:
    yield message("1 MAC is a multiply-add of a matrix product or a convolution: 2 FLOPs")
    if model.wiring is None:
        if model.wants:
            yield message("--input SHAPE shows how the layers are connected; without it, the backward pass is unknown")
        else:
            yield message("how the layers are connected is not known, so the backward pass is unknown")
    yield from method.sentences
    if lengths and framework(model.framework).packs:
        yield message("recurrent layers read packed sequences, and compute no step beyond the length of each")
    elif lengths:
        yield message("masks save no work: every sequence is computed up to the longest")
    needed = "need a gradient" if input_gradient else "need no gradient"
    yield message(f"the inputs of the model {needed}, and their memory is not counted")
    yield message("dtype policy {policy}", policy=policy.name)
    if not policy.trains:
        yield message("whole numbers have no gradients, so the memory is that of inference")
    if optimizer is not None:
        yield message("optimizer {optimizer}", optimizer=str(optimizer))
        if optimizer.note:
            yield message(optimizer.note)
    if convention is not None:
        yield message("activations are those that {convention}", convention=message(convention.text))
