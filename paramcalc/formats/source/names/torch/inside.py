"""Names: PyTorch. The modules inside a layer that one rule counts, such as a TransformerEncoderLayer.

They are modules like others, and have the layer's own parameters: what freezes one of them freezes the layer's. A layer
of which one was replaced, or has other parameters now, is none that its rule counts, and becomes unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from .....core.rule import Rule
from ...memory.objects import Dict, Instance, Native, Unknown, Value
from .intact import INSIDE, is_intact
from .tensors import is_parameter
from .walks import children_of, is_module

Options = Mapping[Value, Value]
ClassOf = Callable[[str], Native | None]
OUTPUT = "NonDynamicallyQuantizableLinear"  # a Linear, of a class of its own
# the names and classes of the modules inside, in their order
LAYER = (("self_attn", "MultiheadAttention"), ("linear1", "Linear"), ("dropout", "Dropout"), ("linear2", "Linear"))
NORMS = (("norm1", "LayerNorm"), ("norm2", "LayerNorm"))
DROPS = (("dropout1", "Dropout"), ("dropout2", "Dropout"))
MODULES: dict[str, tuple[tuple[str, str], ...]] = {
    "MultiheadAttention": (("out_proj", OUTPUT),),
    "TransformerEncoderLayer": (*LAYER, *NORMS, *DROPS),
    "TransformerDecoderLayer": (
        LAYER[0],
        ("multihead_attn", "MultiheadAttention"),
        *LAYER[1:],
        *NORMS,
        ("norm3", "LayerNorm"),
        *DROPS,
        ("dropout3", "Dropout"),
    ),
    "TransformerEncoder": (("layers", "TransformerEncoderLayer"), ("norm", "LayerNorm")),
    "TransformerDecoder": (("layers", "TransformerDecoderLayer"), ("norm", "LayerNorm")),
    "Transformer": (("encoder", "TransformerEncoder"), ("decoder", "TransformerDecoder")),
}


@cache
def _output(class_of: ClassOf) -> Native:
    linear = class_of("Linear")
    assert linear is not None
    return Native(f"torch.nn.modules.linear.{OUTPUT}", linear, init=linear.init, data=linear.data)


def attach(self: Instance, rule: Rule, class_of: ClassOf, several: Native) -> str:
    """Give a layer its modules; say why that cannot be done, if so.

    Parameters
    ----------
    self : Instance
        With its options and parameters.
    rule : Rule
    class_of : callable
        Gives the class of a layer.
    several : Native
        The class of lists of modules.
    """
    options = self.named["<options>"]
    assert isinstance(options, Dict)
    if rule.name not in MODULES:
        return ""
    given = [options.named.get(name) for name in ("encoder_layer", "decoder_layer", "norm", "activation")]
    for one in given:
        if isinstance(one, Unknown) or (is_module(one) and isinstance(one, Instance) and _is_own(one)):
            return "a module inside that is not followed"
    if is_module(options.named.get("activation")) and any(children_of(options.named["activation"])):  # type: ignore[arg-type]
        return "an activation with parameters"
    _share(self, options.named)
    parameters = {str(name): one for name, one in self.named.items() if is_parameter(one)}
    self.named[INSIDE] = tuple(_Made(class_of, several).inside(rule.name, parameters, options.named))
    return ""


def _is_own(module: Instance) -> bool:
    # whether it may be another module than its rule says
    return not isinstance(module.cls, Native) or "<rule>" not in module.named or not is_intact(module)


def _share(self: Instance, options: Options) -> None:
    # a norm is the one that was given, and layers are copies of the one that was, frozen as it is
    norm = options.get("norm")
    layer = options.get("encoder_layer", options.get("decoder_layer"))
    for name, one in list(self.named.items()):
        first, _, rest = str(name).partition(".")
        if first == "norm" and isinstance(norm, Instance) and rest in norm.named:
            self.named[name] = norm.named[rest]
        elif first == "layers" and isinstance(layer, Instance) and isinstance(one, Instance):
            like = layer.named.get(rest.partition(".")[2])
            if isinstance(like, Instance):
                one.named["requires_grad"] = like.named["requires_grad"]


class _Made:
    """Makes the modules inside layers.

    Parameters
    ----------
    class_of : callable
    several : Native
    """

    def __init__(self, class_of: ClassOf, several: Native) -> None:
        self.class_of = class_of
        self.several = several

    def inside(self, kind: str, own: Mapping[str, Value], options: Options) -> Iterator[tuple[str, Value]]:
        """Make the modules inside a layer of a class, of its parameters and options."""
        for name, inner in MODULES.get(kind, ()):
            parameters = {
                one.removeprefix(f"{name}."): value for one, value in own.items() if one.startswith(f"{name}.")
            }
            if name == "layers":
                yield name, self._layers(inner, parameters, options)
            elif name == "norm":
                norm = options.get("norm")
                if isinstance(norm, Instance):
                    yield name, norm
                elif parameters:
                    yield name, self.module(inner, parameters, {})
            else:
                yield name, self.module(inner, parameters, _options(inner, parameters, options))
        if is_module(options.get("activation")) and kind.endswith("Layer"):
            yield "activation", options["activation"]

    def _layers(self, kind: str, parameters: Mapping[str, Value], options: Options) -> Instance:
        made = Instance(self.several)
        made.named["<constructed>"] = True
        places: dict[str, dict[str, Value]] = {}
        for name, one in parameters.items():
            place, _, rest = name.partition(".")
            places.setdefault(place, {})[rest] = one
        layer = options.get("encoder_layer", options.get("decoder_layer"))
        inner = layer.named["<options>"] if isinstance(layer, Instance) else None
        for place, own in places.items():
            made.named[place] = self.module(kind, own, inner.named if isinstance(inner, Dict) else options)
        return made

    def module(self, kind: str, parameters: Mapping[str, Value], options: Options) -> Instance:
        """Make a module of a class, of its parameters and options."""
        cls = _output(self.class_of) if kind == OUTPUT else self.class_of(kind)
        assert cls is not None
        made = Instance(cls)
        rule = cls.data
        made.named.update({"<constructed>": True, "<rule>": rule, "<options>": Dict(dict(options)), **parameters})
        if isinstance(rule, Rule) and "bias" in rule.options and "bias" not in parameters:
            made.named["bias"] = None
        inside = tuple(self.inside(kind, parameters, options))
        if inside:
            made.named[INSIDE] = inside
        return made


def _options(kind: str, parameters: Mapping[str, Value], around: Options) -> dict[Value, Value]:
    # those that are surely known
    weight = parameters.get("weight")
    shape = weight.named.get("shape") if isinstance(weight, Instance) else None
    if kind.endswith("Linear") and isinstance(shape, tuple):
        return {"in_features": shape[1], "out_features": shape[0], "bias": "bias" in parameters}
    if kind == "LayerNorm" and isinstance(shape, tuple):
        return {"normalized_shape": shape, "bias": "bias" in parameters}
    if kind == "Dropout":
        return {"p": around.get("dropout", 0.1)}
    if kind == "MultiheadAttention":
        named: dict[Value, Value] = {
            name: around[name] for name in ("dropout", "bias", "batch_first") if name in around
        }
        return {"embed_dim": around.get("d_model"), "num_heads": around.get("nhead"), **named}
    if kind in ("TransformerEncoder", "TransformerDecoder"):
        return dict(around)
    return {}
