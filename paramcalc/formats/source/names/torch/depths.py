"""Names: PyTorch. Layers whose number of layers inside is a size, or very large: what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeGuard

from .....core.rule import Rule
from .....symbolic import Expr, Size
from ...memory.objects import Dict, Instance, Native, Pieces, Repeated, Value
from ...memory.state import State
from ...values.operations import sized
from ...values.pieces import flat
from .intact import is_intact
from .walks import is_module

Options = Mapping[str, Value]
Make = Callable[[str, Options], Value]  # makes a layer by the name of its class


def pieces_of_depth(run: State, rule: Rule, options: Options, make: Make) -> Pieces | None:
    """List what a layer is made of whose number of layers is a size; ``None`` for any other layer."""
    inside = INSIDE.get(rule.name)
    known = {name: sized(run, value) for name, value in options.items()}
    found = inside(known, make) if inside is not None else None
    return found if all(isinstance(one, Instance) and one.blur is None for one in flat(found or ())) else None


def _is_depth(value: Value) -> TypeGuard[Size]:
    # a size, or more layers than a rule lists one by one
    return isinstance(value, Expr) or (type(value) is int and value > 0)


def _stacked(name: str) -> Callable[[Options, Make], Pieces | None]:
    # the first layer reads the input, the others what both directions of the one before give
    def pieces(options: Options, make: Make) -> Pieces | None:
        depth, both, narrow = (
            options.get("num_layers"),
            options.get("bidirectional", False),
            options.get("proj_size", 0),
        )
        width = narrow or options.get("hidden_size")
        if not _is_depth(depth) or not isinstance(both, bool) or not isinstance(width, (int, Expr)):
            return None
        kept = {key: value for key, value in options.items() if key not in ("num_layers", "dropout")}
        first, other = make(name, kept), make(name, {**kept, "input_size": 2 * width if both else width})
        return first, Repeated((other,), depth - 1)

    return pieces


def _copied(which: str) -> Callable[[Options, Make], Pieces | None]:
    # copies of a layer that is given, and a norm that is used as it is
    def pieces(options: Options, make: Make) -> Pieces | None:
        layer, depth, norm = options.get(which), options.get("num_layers"), options.get("norm")
        if not (isinstance(layer, Instance) and layer.blur is None and _is_depth(depth)):
            return None
        trained = [one.named.get("requires_grad") for one in layer.named.values() if isinstance(one, Instance)]
        if not isinstance(layer.cls, Native) or not is_intact(layer) or not all(one is True for one in trained):
            return None
        rule, given = layer.named.get("<rule>"), layer.named.get("<options>")
        if not isinstance(rule, Rule) or not isinstance(given, Dict) or not (norm is None or is_module(norm)):
            return None
        copy = make(rule.name, {str(name): value for name, value in given.named.items()})
        return (Repeated((copy,), depth), *(() if norm is None else (norm,)))

    return pieces


# of the options of a Transformer, those that its layers have
OF_LAYERS = (
    "d_model", "nhead", "dim_feedforward", "dropout", "activation", "layer_norm_eps", "batch_first", "norm_first",
    "bias", "device", "dtype",
)  # fmt: skip


def _transformer(options: Options, make: Make) -> Pieces | None:
    custom = [options.get(f"custom_{one}") for one in ("encoder", "decoder")]
    depths: list[Size] = []
    for one in ("encoder", "decoder"):
        depth = options.get(f"num_{one}_layers", 6)
        if not _is_depth(depth):
            return None
        depths.append(depth)
    if any(one is not None for one in custom):
        return None
    shared = {name: options[name] for name in OF_LAYERS if name in options}
    norm = {"normalized_shape": shared.get("d_model", 512), **{key: shared[key] for key in ("bias",) if key in shared}}
    found: list[Value] = []
    for depth, kind in zip(depths, ("Encoder", "Decoder"), strict=True):
        layer = make(f"Transformer{kind}Layer", {"d_model": 512, "nhead": 8, **shared})
        found += [Repeated((layer,), depth), make("LayerNorm", norm)]
    return tuple(found)


NAMES = {
    "TransformerEncoder": ("layers", "norm"),
    "TransformerDecoder": ("layers", "norm"),
    "Transformer": ("encoder.layers", "encoder.norm", "decoder.layers", "decoder.norm"),
}
INSIDE: dict[str, Callable[[Options, Make], Pieces | None]] = {
    **{name: _stacked(name) for name in ("LSTM", "GRU", "RNN")},
    "TransformerEncoder": _copied("encoder_layer"),
    "TransformerDecoder": _copied("decoder_layer"),
    "Transformer": _transformer,
}
