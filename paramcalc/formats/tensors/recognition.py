"""The layers that tensors may form, by their names and shapes. The inventory of a rule then has to equal them.

Shapes rarely decide alone: a matrix without a bias may be a Linear or an Embedding. Then the class decides where the
file has it, else a word in the module's name; where neither does, the tensors stay plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from ...core.built import Weight
from ...core.default_inputs import natural_inputs
from ...core.registry import of_class
from ...core.rule import Layer
from ...errors import ParamcalcError
from ...symbolic import symbols

Shapes = Mapping[str, tuple[int, ...]]
CELLS = {4: "LSTM", 3: "GRU", 1: "RNN"}
ATTENTION = ("in_proj_weight", "q_proj_weight")  # a module that has one of them, and a Linear inside it
INNER = "out_proj"

_RECURRENT = re.compile(r"(weight_ih|weight_hh|bias_ih|bias_hh|weight_hr)_l(\d{1,4})(_reverse)?")
_EMBEDDING = re.compile(r"emb|wte|wpe|vocab|lookup")
_LINEAR = re.compile(
    r"proj|linear|^lin\d*$|dense|fc|mlp|head|classifier|quer|key|value|gate|router|^to_|lora_|decoder|pooler"
    r"|^[wqkvo]\d*$|^w[qkvo123]$|^out$|^up$|^down$"
)
_NORM = re.compile(r"norm|^ln|_ln|^bn|_bn|^gn|_gn")
_GROUP = re.compile(r"group|^gn|_gn")


class Evidence(NamedTuple):
    """What a file says of a module besides its tensors.

    Attributes
    ----------
    class_name : str
        Its class in ``torch.nn``; empty where the file does not have it.
    embedding, linear, norm, group : bool
        Whether its name says so.
    """

    class_name: str
    embedding: bool
    linear: bool
    norm: bool
    group: bool


@lru_cache(4096)
def evidence(name: str, class_name: str = "") -> Evidence:
    """Say what the last part of a module's path, and its class, tell."""
    lower = name.lower()
    patterns = (_EMBEDDING, _LINEAR, _NORM, _GROUP)
    return Evidence(class_name, *(pattern.search(lower) is not None for pattern in patterns))


class Recognised(NamedTuple):
    """A layer that tensors form.

    Attributes
    ----------
    layer : Layer
    weights : tuple of Weight
        Its inventory, which is that of the tensors.
    type : str
        Its class; several, with a bar between them, where the tensors are those of either.
    """

    layer: Layer
    weights: tuple[Weight, ...]
    type: str


def of_any_size(names: Iterable[str]) -> bool:
    """Tell whether tensors of these names form the same layer in all sizes; the gates of others are rows ÷ columns."""
    return not any(name.startswith("weight_hh") or name in ATTENTION for name in names)


def recognise(shapes: Shapes, told: Evidence) -> Recognised | None:
    """Find the layer whose weights and buffers have exactly these names and shapes; ``None`` where there is none."""
    if not all(0 not in shape for shape in shapes.values()):
        return None  # no layer has a size of zero
    for candidates in (_stacks, _cells, _attention, _norms, _matrices, _convolutions):
        for type_name, class_name, options in candidates(shapes, told):
            if told.class_name and told.class_name not in (*type_name.split(" | "), class_name):
                continue
            found = _built(class_name if not told.class_name else told.class_name, options)
            if found is not None and {one.path: one.shape for one in found[1]} == shapes:
                return Recognised(*found, told.class_name or type_name)
    return None


def _built(class_name: str, options: Mapping[str, object]) -> tuple[Layer, tuple[Weight, ...]] | None:
    rule = of_class(class_name, "torch")
    if rule is None:
        return None
    try:
        layer = rule(**options)
        return layer, layer.on(*natural_inputs(layer)).weights
    except ParamcalcError:
        return None  # sizes that no such layer has


Candidate = tuple[str, str, dict[str, object]]  # what to call it, its rule, its options


def _stacks(shapes: Shapes, told: Evidence) -> Iterator[Candidate]:
    # layers, directions and projection from the suffixes; gates from rows ÷ columns
    if "weight_hh_l0" not in shapes:
        return
    parts = [_RECURRENT.fullmatch(name) for name in shapes]
    if not all(parts):
        return
    layers = 1 + max(int(part[2]) for part in parts if part)
    first, hidden = shapes.get("weight_ih_l0", ()), shapes["weight_hh_l0"]
    projection = shapes.get("weight_hr_l0", (0, 0))
    if len(first) != 2 or len(hidden) != 2 or len(projection) != 2 or layers > len(shapes):
        return
    units = projection[1] or hidden[1]
    gates, rest = divmod(hidden[0], units)
    if rest or gates not in CELLS:
        return
    options: dict[str, object] = {
        "input_size": first[1],
        "hidden_size": units,
        "num_layers": layers,
        "bias": "bias_ih_l0" in shapes,
        "bidirectional": "weight_ih_l0_reverse" in shapes,
    }
    if projection[0]:
        options["proj_size"] = projection[0]
    yield CELLS[gates], CELLS[gates], options


def _cells(shapes: Shapes, told: Evidence) -> Iterator[Candidate]:
    first, hidden = shapes.get("weight_ih", ()), shapes.get("weight_hh", ())
    if len(first) != 2 or len(hidden) != 2:
        return
    gates, rest = divmod(hidden[0], hidden[1])
    if not rest and gates in CELLS:
        name = f"{CELLS[gates]}Cell"
        yield name, name, {"input_size": first[1], "hidden_size": hidden[1], "bias": "bias_ih" in shapes}


def _attention(shapes: Shapes, told: Evidence) -> Iterator[Candidate]:
    # the number of heads changes no weight, so it stays a symbol
    out = shapes.get(f"{INNER}.weight", ())
    if len(out) != 2 or not any(name in shapes for name in ATTENTION):
        return
    options: dict[str, object] = {
        "embed_dim": out[0],
        "num_heads": symbols("h"),
        "bias": "in_proj_bias" in shapes,
        "add_bias_kv": "bias_k" in shapes,
    }
    for option, name in (("kdim", "k_proj_weight"), ("vdim", "v_proj_weight")):
        if len(shapes.get(name, ())) == 2:
            options[option] = shapes[name][1]
    yield "MultiheadAttention", "MultiheadAttention", options


def _norms(shapes: Shapes, told: Evidence) -> Iterator[Candidate]:
    weight = shapes.get("weight", shapes.get("running_mean", ()))
    if len(weight) != 1:
        return
    (size,) = weight
    if "running_mean" in shapes:
        affine = "weight" in shapes
        # the number of spatial axes changes no weight; an instance normalization keeps no statistics by default
        name = told.class_name or "BatchNorm1d"
        yield "BatchNorm", name, {"num_features": size, "affine": affine, "track_running_stats": True}
    elif told.class_name == "GroupNorm" or (told.group and not told.class_name):
        groups = symbols("g")
        yield "GroupNorm", "GroupNorm", {"num_groups": groups, "num_channels": size, "bias": "bias" in shapes}
    elif told.class_name.startswith(("BatchNorm", "InstanceNorm")):
        name = told.class_name
        yield name, name, {"num_features": size, "affine": True, "track_running_stats": False}
    elif "bias" in shapes:
        yield "LayerNorm | GroupNorm", "LayerNorm", {"normalized_shape": size}
    elif told.class_name == "LayerNorm":
        yield "LayerNorm", "LayerNorm", {"normalized_shape": size, "bias": False}
    elif told.norm or told.class_name == "RMSNorm":
        yield "RMSNorm | LayerNorm", "RMSNorm", {"normalized_shape": size}


def _matrices(shapes: Shapes, told: Evidence) -> Iterator[Candidate]:
    weight = shapes.get("weight", ())
    if len(weight) != 2:
        return
    rows, columns = weight
    linear: Candidate = (
        "Linear",
        "Linear",
        {"in_features": columns, "out_features": rows, "bias": "bias" in shapes},
    )
    if "bias" in shapes or told.class_name == "Linear":
        yield linear
    elif told.class_name.startswith("Embedding") or (told.embedding and not told.linear):
        name = told.class_name or "Embedding"
        yield name, name, {"num_embeddings": rows, "embedding_dim": columns}
    elif told.linear and not told.embedding:
        yield linear


def _convolutions(shapes: Shapes, told: Evidence) -> Iterator[Candidate]:
    # with groups, the second size is the number of channels of one group; that of the groups changes no weight then
    weight, bias = shapes.get("weight", ()), shapes.get("bias", ())
    rank = len(weight) - 2
    if not 1 <= rank <= 3:
        return
    filters, channels, *kernel = weight
    options: dict[str, object] = {"kernel_size": tuple(kernel), "bias": "bias" in shapes}
    transposed = f"ConvTranspose{rank}d"
    if told.class_name != transposed and bias in ((), (filters,)):
        yield f"Conv{rank}d", f"Conv{rank}d", {**options, "in_channels": channels, "out_channels": filters}
    if told.class_name == transposed or bias == (channels,):
        yield transposed, transposed, {**options, "in_channels": filters, "out_channels": channels}
