"""Names of the tensors of a model of Hugging Face: those of its files, and those of transformers 5."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...core.built import Weight
from ...core.shapes import Shape
from ..tensors.data import Contents, check_count
from .config import Described

_EXPERTS = re.compile(r"(.+\.experts)\.((?:w1|w2|w3|gate_proj|up_proj|down_proj)\.weight)")
_EXPERT = re.compile(r"(.+\.experts)\.(\d+)\.(w1|w2|w3|gate_proj|up_proj|down_proj)\.weight")
_OLD = {"gamma": "weight", "beta": "bias"}  # of normalizations, in files that TensorFlow wrote once
_JOINED = {
    **dict.fromkeys(("w1", "w3", "gate_proj", "up_proj"), "gate_up_proj"),
    **dict.fromkeys(("w2", "down_proj"), "down_proj"),
}


def name_of(weight: Weight) -> str:
    """Give the name of a weight in a file: ``model.layers.0.mlp.up_proj.weight``."""
    return weight.path.replace("/", ".")


def parameters(found: Described) -> dict[str, Shape]:
    """List the parameters of a model by their names in a file, which has a tensor for each expert.

    Raises
    ------
    FileError
        When they are more than a file may have.
    """
    model = found.model
    made: dict[str, Shape] = {}
    for one in model.on(*model.input_shapes).weights:
        name, (first, *rest) = name_of(one), one.shape
        experts = _EXPERTS.fullmatch(name)
        if experts is None or not isinstance(first, int):
            made[name] = one.shape
            continue
        check_count(len(made) + first)
        made |= {f"{experts[1]}.{at}.{experts[2]}": tuple(rest) for at in range(first)}
    return made


def first_names(contents: Contents, tied: Mapping[str, str]) -> dict[str, Shape]:
    """List the tensors of a file, those stored under two names once, and scales and shifts as PyTorch names them.

    Parameters
    ----------
    contents : Contents
    tied : mapping of str to str
        Layers whose weight is that of another one, which a file may store or not.
    """
    made: dict[str, Shape] = {}
    for one in contents.tensors:
        path, _, last = one.name.rpartition(".")
        name = f"{path}.{_OLD[last]}" if last in _OLD else one.name
        module, _, last = name.rpartition(".")
        if last in ("weight", "bias") and module in tied:
            name = f"{tied[module]}.{last}"
        made.setdefault(name, one.shape)
    return made


def renamed(shapes: Mapping[str, Shape], pairs: Sequence[tuple[str, str]]) -> dict[str, Shape]:
    """Name parameters as transformers 5 does, which has all experts of a layer in two tensors."""
    made: dict[str, Shape] = {}
    counts: dict[str, int] = {}
    for name, shape in shapes.items():
        for old, new in pairs:
            name = _replaced(name, old, new)
        expert = _EXPERT.fullmatch(name)
        if expert is None:
            made[name] = shape
            continue
        path, last = f"{expert[1]}.{_JOINED[expert[3]]}", _JOINED[expert[3]]
        counts[path] = max(counts.get(path, 0), int(expert[2]) + 1)
        made[path] = (0, 2 * shape[0], shape[1]) if last == "gate_up_proj" else (0, *shape)
    return {name: (counts[name], *shape[1:]) if name in counts else shape for name, shape in made.items()}


def _replaced(name: str, old: str, new: str) -> str:
    # whole words of a path
    return re.sub(rf"(^|\.){re.escape(old)}(?=\.|$)", rf"\g<1>{new}", name)
