"""Architectures of the table, held against transformers: each parameter by name and shape, and the multiply-adds."""

from __future__ import annotations

import warnings
import zlib
from random import Random
from typing import Any

import pytest
from hf_configs import DRAWN
from tiers import sampled

import paramcalc as pc
from paramcalc.formats.huggingface.config import Described, described
from paramcalc.formats.huggingface.names import parameters, renamed
from paramcalc.formats.huggingface.table import table

pytestmark = [pytest.mark.torch, pytest.mark.exhaustive]

CONFIGURATIONS = 20


@pytest.fixture(scope="module")
def transformers() -> Any:
    pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pytest.importorskip("transformers")
    found.logging.set_verbosity_error()
    return found


def theirs(transformers: Any, config: dict[str, Any], name: str) -> dict[str, tuple[int, ...]]:
    torch = pytest.importorskip("torch")
    own = {key: value for key, value in config.items() if key not in ("model_type", "architectures")}
    made = transformers.AutoConfig.for_model(config["model_type"], **own)
    with warnings.catch_warnings(), torch.device("meta"):
        warnings.simplefilter("ignore")
        model = getattr(transformers, name)(made)
    return {path: tuple(one.shape) for path, one in model.named_parameters()}


def first_name(path: str, found: Described) -> str:
    # of a tensor that has two names; transformers has it under either
    module, _, last = path.rpartition(".")
    return f"{found.tied[module]}.{last}" if module in found.tied else path


def ours(found: Described) -> dict[str, tuple[int, ...]]:
    return renamed(parameters(found), found.renamed)


@pytest.mark.parametrize("seed", range(CONFIGURATIONS))
@pytest.mark.parametrize("kind", table().architectures)
def test_parameters_of_a_random_configuration(transformers: Any, kind: str, seed: int) -> None:
    luck = Random(zlib.crc32(f"{kind} {seed}".encode()))
    config = {"model_type": kind, **DRAWN[kind](luck)}
    architecture = table().architectures[kind]
    heads = str(architecture.values["heads"].value).split()
    for head in [heads[0], luck.choice(heads)]:
        name = str(architecture.values["prefix"].value) + head
        found = described({**config, "architectures": [name]})
        expected = {first_name(path, found): shape for path, shape in theirs(transformers, config, name).items()}
        assert ours(found) == expected, (name, config)
        formula, total = found.model.formula, found.model.total
        assert formula is not None
        assert formula.value == total == sum(map(size, expected.values()))


BATCH, STEPS, MEMORY = 2, 5, 3


def arguments(torch: Any, model: pc.Model) -> dict[str, Any]:
    """Make what a model is called on, by the inputs that it has here."""
    named: dict[str, Any] = {}
    lengths = {"T": STEPS, "S": MEMORY}
    tokens = ["decoder_input_ids"] if len(model.input_shapes) > 1 else []
    for shape in reversed(model.input_shapes):
        assert isinstance(shape, tuple)
        _, *sizes = shape
        known = [size if isinstance(size, int) else lengths[str(size)] for size in sizes]
        if len(known) == 1:
            name = tokens.pop() if tokens else "input_ids"
            named[name] = torch.zeros(BATCH, *known, dtype=torch.long)
        else:
            named["pixel_values" if len(known) == 3 else "input_features"] = torch.zeros(BATCH, *known)
    return named


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", table().architectures)
def test_multiply_adds_of_a_random_configuration(transformers: Any, kind: str, seed: int) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    config = {"model_type": kind, **DRAWN[kind](Random(zlib.crc32(f"{kind} {seed}".encode())))}
    model = described(config).model
    own = {key: value for key, value in config.items() if key != "model_type"}
    made = transformers.AutoConfig.for_model(kind, **own)
    made._attn_implementation = made._experts_implementation = "eager"  # all pairs of places, expert by expert
    with warnings.catch_warnings(), torch.no_grad(), FlopCounterMode(display=False) as counted:
        warnings.simplefilter("ignore")
        getattr(transformers, model.label)(made).eval()(**arguments(torch, model))
    images = all(isinstance(size, int) for size in model.input_shapes[0][1:]) and len(model.input_shapes) == 1
    forward = model.cost(batch=BATCH, **({} if images else {"steps": STEPS})).passes.forward
    found = forward if isinstance(forward, int) else forward(S=MEMORY)
    assert 2 * found == counted.get_total_flops()


def size(shape: tuple[int, ...]) -> int:
    count = 1
    for one in shape:
        count *= one
    return count


@pytest.mark.parametrize("kind", sampled(list(DRAWN), len(DRAWN)))
def test_every_architecture_is_drawn(kind: str) -> None:
    assert table().architectures.keys() == DRAWN.keys()
