"""What must hold for a model to be built, as expressions: the polynomial of a count is not the model.

A rule checks numbers, and lets symbols pass: that a window fits, that channels divide into groups. A model on symbols
stands for all models on numbers only where the checks of its rules are known. `UNIFORM` lists the layers for which this
is all there is to check::

    every size in an option, an input and an output     is at least 1
    every exact quotient in them                        has no remainder

A layer that is not in the list, has a varied size in another option, or another value than the default in an option
that may bring a check of its own, makes the model one that is built at every point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import lcm
from typing import NamedTuple

from ...core.built import Part
from ...core.rule import Layer
from ...core.shapes import UnknownOutputs, UnknownShape
from ...graph.model import Model
from ...symbolic import Expr, Size, leaves
from ...symbolic.expr import BUILD
from ...symbolic.fold import fold
from ...untyped import Foreign

_KERAS: dict[str, tuple[str, ...]] = {
    "Dense": ("units",),
    "Embedding": ("input_dim", "output_dim"),
    "LSTM": ("units",),
    "GRU": ("units",),
    "SimpleRNN": ("units",),
    "Conv1D": ("filters",),
    "Conv2D": ("filters",),
    "Conv3D": ("filters",),
    **dict.fromkeys((f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)), ()),
    **dict.fromkeys((f"Global{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)), ()),
    "Flatten": (),
    "Dropout": (),
    "Activation": (),
    "ReLU": (),
    "Softmax": (),
    "LayerNormalization": (),
    "BatchNormalization": (),
    "Add": (),
    "RepeatVector": ("n",),
    "MultiHeadAttention": ("num_heads", "key_dim"),
    "InputLayer": (),
}
_TORCH: dict[str, tuple[str, ...]] = {
    "Linear": ("in_features", "out_features"),
    "Embedding": ("num_embeddings", "embedding_dim"),
    "LSTM": ("input_size", "hidden_size"),
    "GRU": ("input_size", "hidden_size"),
    "RNN": ("input_size", "hidden_size"),
    "LayerNorm": ("normalized_shape",),
    "Dropout": (),
    "ReLU": (),
    "GELU": (),
    "Tanh": (),
    "Sigmoid": (),
    "Flatten": (),
}
UNIFORM: Mapping[str, Mapping[str, Sequence[str]]] = {"keras": _KERAS, "torch": _TORCH}
# Options whose values bring no check of a size; every other one, such as groups, must have its default.
PLAIN = frozenset(
    [
        "activation", "axis", "batch_first", "bias", "bidirectional", "center", "data_format", "dilation",
        "dilation_rate", "dropout", "elementwise_affine", "go_backwards", "inplace", "kernel_size", "mask_zero",
        "num_layers", "p", "padding", "pool_size", "rate", "reset_after", "return_sequences", "return_state", "scale",
        "stateful", "stride", "strides", "unroll", "use_bias",
    ]
)  # fmt: skip


class Conditions(NamedTuple):
    """What must hold, as expressions without exact quotients.

    Attributes
    ----------
    positive : tuple of Expr
        At least 1 each.
    even : tuple of (Expr or int, Expr or int)
        The first is a multiple of the second.
    """

    positive: tuple[Expr, ...]
    even: tuple[tuple[Size, Size], ...]


def conditions_of(model: Model, names: Iterable[str], named: Sequence[Size]) -> Conditions | None:
    """Collect what must hold for a model on symbols to stand for those on numbers; ``None`` where that is not known.

    Parameters
    ----------
    model : Model
        Sizes that vary are symbols.
    names : iterable of str
        Those symbols.
    named : list of int or Expr
        Other sizes that a model needs.
    """
    varied = frozenset(names)
    sizes: dict[Expr, None] = dict.fromkeys(_expressions(tuple(named), varied))
    for part in _parts(model.parts(model.input_shapes, model.built)):
        found = _sizes_of(part, varied)
        if found is None:
            return None
        sizes.update(dict.fromkeys(found))
    even: dict[tuple[Foreign, Foreign], None] = {}
    for size in sizes:
        even.update(dict.fromkeys(_quotients(size)))
    return Conditions(tuple(one for one in map(rounded_down, sizes) if isinstance(one, Expr)), tuple(even))


def _parts(parts: Iterable[Part]) -> Iterator[Part]:
    # those of nested models beside them
    for part in parts:
        if isinstance(part.layer, Model) and part.built.parts is not None:
            yield from _parts(part.built.parts())
        else:
            yield part


def _sizes_of(part: Part, varied: frozenset[str]) -> list[Expr] | None:
    # the sizes of a use of a layer that vary, or None if it may check them in a way that is not known
    layer, outs = part.layer, part.built.outs
    if not isinstance(layer, Layer) or layer.sublayers:
        around = [*_expressions(layer, varied), *_expressions(part.inputs, varied)]
        return None if around or not isinstance(layer, Layer) else []
    options = {name: [*_expressions(value, varied)] for name, value in layer.options.items()}
    if isinstance(outs, UnknownOutputs):
        return None
    around = [*_expressions(part.inputs, varied), *_expressions(outs, varied)]
    inside = [one for several in options.values() for one in several]
    if not around and not inside:
        return []
    free = UNIFORM.get(layer.rule.framework, {}).get(layer.rule.name)
    if free is None or any(several and name not in free for name, several in options.items()):
        return None
    known = layer.rule.options
    if any(
        name not in free and name not in PLAIN and value != known[name].default for name, value in layer.options.items()
    ):
        return None
    if any(isinstance(shape, UnknownShape) for shape in part.inputs):
        return None
    return [*around, *inside]


def _expressions(value: Foreign, varied: frozenset[str]) -> Iterator[Expr]:
    if isinstance(value, Expr):
        if any(leaf.args[0] in varied for leaf in leaves(value)):
            yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _expressions(one, varied)
    elif isinstance(value, Layer):
        for one in value.options.values():
            yield from _expressions(one, varied)


def over_one_denominator(size: Size) -> Size | None:
    """Write an expression that is a whole number wherever its model is valid without exact quotients.

    Multiplied out, its terms may be fractions whose sum is whole: ``h²/2 + h/2``. It becomes ``⌊(h² + h)/2⌋``, where
    the floor takes nothing away. ``None`` for other quotients.
    """
    if not isinstance(size, Expr) or not any(True for _ in _quotients(size)):
        return size
    denominator = lcm(*(one.denominator for one in size.normal.values()))
    multiple = denominator * size
    top = multiple.expand() if isinstance(multiple, Expr) else multiple
    if any(True for _ in _quotients(top)):
        return None
    return top // denominator


def rounded_down(size: Size) -> Size:
    """Write every exact quotient as one that rounds down: the same where it is even."""
    return fold(size, lambda leaf: leaf, BUILD._replace(quotient=lambda top, bottom: top // bottom))


def _quotients(size: Size) -> Iterator[tuple[Size, Size]]:
    stack: list[Foreign] = [size]
    while stack:
        one = stack.pop()
        if isinstance(one, Expr):
            if one.op == "/":
                top, bottom = map(rounded_down, one.args)
                yield top, bottom
            stack.extend(arg for arg in one.args if isinstance(arg, Expr))
