"""What inference keeps between time steps: hidden and cell states, and the keys and values that attention has seen.

A recurrent layer keeps its states. An attention layer that generates a sequence step by step caches the key and the
value of every position, so that they are not computed again (Shazeer 2019, "Fast Transformer Decoding")::

    cached = batch · positions · heads · (size of a key + size of a value)

With grouped queries, heads are those of keys and values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from ...core.built import Part
from ...core.rule import Layer
from ...core.shapes import UnknownShape
from ...core.totals import summed
from ...graph.stack import Copies
from ...symbolic import Size

Options = dict[str, Size | None]
Cached = Callable[[Options, Sequence[Size]], Size]  # takes the number of positions in each input, over the batch


def _size(options: Options, name: str) -> Size:
    size = options[name]
    assert size is not None  # it cannot be left out
    return size


def _keras_heads(options: Options, positions: Sequence[Size]) -> Size:
    key, value = _size(options, "key_dim"), options["value_dim"]
    return positions[1] * (_size(options, "num_heads") * (key + (key if value is None else value)))


def _keras_groups(options: Options, positions: Sequence[Size]) -> Size:
    return positions[1] * (2 * _size(options, "num_key_value_heads") * _size(options, "head_dim"))


def _torch_heads(options: Options, positions: Sequence[Size]) -> Size:
    return positions[1] * (2 * _size(options, "embed_dim"))


def _torch_block(options: Options, positions: Sequence[Size]) -> Size:
    # attention to its own sequence, and that of a decoder to the memory as well
    return summed(positions) * (2 * _size(options, "d_model"))


def _attention(options: Options, positions: Sequence[Size]) -> Size:
    # the keys come from the second input, or from the only one
    if not options["cached"]:
        return 0
    seen = positions[min(1, len(positions) - 1)]
    return seen * (_size(options, "key_heads") * (_size(options, "key_size") + _size(options, "value_size")))


def _latent(options: Options, positions: Sequence[Size]) -> Size:
    # the implementation caches whole keys and values, and not the numbers that they are made of
    each = _size(options, "key_size") + _size(options, "rotated_size") + _size(options, "value_size")
    return positions[1] * (_size(options, "heads") * each)


CACHED: dict[tuple[str, str], Cached] = {
    ("keras", "MultiHeadAttention"): _keras_heads,
    ("keras", "GroupQueryAttention"): _keras_groups,
    ("torch", "MultiheadAttention"): _torch_heads,
    ("torch", "TransformerEncoderLayer"): _torch_block,
    ("torch", "TransformerDecoderLayer"): _torch_block,
    ("torch", "Attention"): _attention,
    ("torch", "LatentCore"): _latent,
}


def state_of(part: Part) -> Size:
    """Count the numbers that a layer keeps between time steps, in inference.

    Parameters
    ----------
    part : Part
        One use of the layer; the layers inside a composite count in its place.
    """
    cached = CACHED.get((part.layer.framework or "", part.layer.type))
    if cached is not None and isinstance(part.layer, Layer):
        positions = [prod(shape[:-1]) for shape in part.inputs if not isinstance(shape, UnknownShape)]
        known = bool(positions) and len(positions) == len(part.inputs)  # a layer that is not called has no inputs
        return cached(part.layer.options, positions) if known else 0
    if isinstance(part.layer, Copies) and part.built.parts is not None:
        return part.layer.count * summed(state_of(inner) for inner in part.built.parts())
    states = summed(prod(shape) for shape in part.built.states)
    if part.built.parts is None or part.built.states:
        return states
    return summed(state_of(inner) for inner in part.built.parts())
