"""From a live module of torch.nn to the layer a rule makes: its options read off its attributes."""

from __future__ import annotations

from ....core.registry import known
from ....core.rule import Layer
from ....errors import ParamcalcError
from ....untyped import Foreign
from ...foreign import is_of
from .framework import PYTORCH

# Where an option is not an attribute of its own name: an attribute of it, or of a module in it.
ELSEWHERE: dict[str, dict[str, str]] = {
    "MultiheadAttention": {"bias": "in_proj_bias", "add_bias_kv": "bias_k"},
    "TransformerEncoderLayer": {
        "d_model": "self_attn.embed_dim",
        "nhead": "self_attn.num_heads",
        "dim_feedforward": "linear1.out_features",
        "batch_first": "self_attn.batch_first",
        "bias": "linear1.bias",
        "dropout": "dropout.p",
    },
}
ELSEWHERE["TransformerDecoderLayer"] = ELSEWHERE["TransformerEncoderLayer"]
PRESENT = ("bias", "add_bias_kv")  # True if the tensor is not None
CONTAINERS = ("Transformer", "TransformerEncoder", "TransformerDecoder")  # read by what is in them


def layer_of(module: Foreign) -> Layer | None:
    """Make the layer a module of torch.nn is, or ``None`` where no rule knows its class."""
    kind = type(module)
    if not is_of(kind, PYTORCH.name) or kind.__name__ in CONTAINERS:
        return None  # a class of the user's own, whatever it derives from
    rule = known(kind.__name__, PYTORCH.name)
    if rule is None or rule.name != kind.__name__:
        return None
    options: dict[str, Foreign] = {}
    for name in rule.options:
        if name in ("kdim", "vdim") and module._qkv_same_embed_dim:
            continue
        value: Foreign = module
        for part in ELSEWHERE.get(rule.name, {}).get(name, name).split("."):
            value = getattr(value, part, MISSING)
        if value is MISSING:
            continue
        if name in PRESENT and not isinstance(value, bool):
            value = value is not None
        options[name] = tuple(value) if isinstance(value, (list, tuple)) else value
    try:
        return rule(**options)
    except ParamcalcError:  # options of another PyTorch: the tensors it has tell
        return None


MISSING: Foreign = object()
