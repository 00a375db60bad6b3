"""The flags of a cost, and how a cost is shown: for ``paramcalc cost``, and for ``--cost`` of other commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from ..errors import OptionError
from ..graph.model import Model
from ..untyped import Passed
from .options import Flag, parameter, parameters_of
from .output import View, show
from .sizes import flag_size


def devices(given: Mapping[str, object]) -> list[str]:
    """List the devices whose figures are known."""
    from ..analysis.cost.devices import devices as listed

    return [one.name for one in listed()]


def kinds_of_clipping(given: Mapping[str, object]) -> tuple[str, ...]:
    """List the ways to clip gradients."""
    from ..analysis.cost.clipping import KINDS

    return KINDS


def conventions_of_activations(given: Mapping[str, object]) -> list[str]:
    """List the conventions of what is kept for the backward pass."""
    from ..analysis.cost.kept import names_of_conventions

    return names_of_conventions()


def operations(given: Mapping[str, object]) -> tuple[str, ...]:
    """List what can be counted."""
    from ..analysis.cost.cost import OPS

    return OPS


def policies(given: Mapping[str, object]) -> list[str]:
    """List the dtype policies."""
    from ..analysis.cost.dtypes import POLICIES

    return [one.name for one in POLICIES]


Batch = Annotated[str | None, Flag("--batch", "Batch size. Default: the symbol B.", "B")]
Steps = Annotated[str | None, Flag("--steps", "Number of time steps. Default: the symbol T.", "T")]
Window = Annotated[str | None, Flag("--bptt", "Truncate back-propagation to windows of K time steps.", "K")]
Rtrl = Annotated[bool, Flag("--rtrl", "Train by real-time recurrent learning.")]
Segments = Annotated[
    str | None,
    Flag("--checkpoint", "Keep states at the borders of N segments only; sqrt takes the best N.", "sqrt|N"),
]
Decode = Annotated[
    str | None,
    Flag(
        "--decode",
        "Generate N steps, each output fed back as the next input; --steps is the length of the prompt.",
        "N",
    ),
]
Clip = Annotated[
    str | None,
    Flag("--clip", "Clip the gradients by value or by norm.", "KIND", values=kinds_of_clipping),
]
Frozen = Annotated[
    list[str] | None, Flag("--frozen", "Do not train this layer or weight; repeat it for several.", "NAME")
]
InputGradient = Annotated[bool, Flag("--input-gradient", "Compute the gradient of the inputs, too.")]
Optimizer = Annotated[
    str | None,
    Flag(
        "--optimizer",
        "Include the memory of this optimizer's state, such as moments. Examples: adam, sgd(momentum=0.9).",
        "NAME",
    ),
]
Memory = Annotated[
    str | None, Flag("--memory", "Find the largest batch, steps or window that fits, such as 16GiB.", "SIZE")
]
Device = Annotated[
    str | None,
    Flag(
        "--device",
        "Estimate the least time on h100, … or FLOPS,BYTES/S such as 312T,1.5T.",
        "NAME",
        values=devices,
    ),
]
Policy = Annotated[
    str | None,
    Flag(
        "--dtype",
        "Dtype policy, such as bfloat16 or mixed_bfloat16. Default: float32.",
        "TYPE",
        values=policies,
    ),
]
Lengths = Annotated[
    str | None,
    Flag("--lengths", "Length of each sequence of the batch, such as 7,3,1; PyTorch packs them.", "N,…"),
]


Activations = Annotated[
    str | None,
    Flag(
        "--activations",
        "Count what torch or keras-jax keeps for the backward pass, or the minimum. Default: the model's framework.",
        "CONVENTION",
        values=conventions_of_activations,
    ),
]
Ops = Annotated[
    str | None,
    Flag(
        "--ops",
        "Count multiply-adds of products, or all operations of the forward pass: products or all. Default: products.",
        "OPS",
        values=operations,
    ),
]
Training = Annotated[
    bool, Flag("--training", "With --ops all, count the forward pass of training: dropout, statistics of the batch.")
]


def show_cost(
    model: Model,
    view: View,
    batch: Batch = None,
    steps: Steps = None,
    lengths: Lengths = None,
    bptt: Window = None,
    rtrl: Rtrl = False,
    checkpoint: Segments = None,
    decode: Decode = None,
    clip: Clip = None,
    frozen: Frozen = None,
    input_gradient: InputGradient = False,
    optimizer: Optimizer = None,
    memory: Memory = None,
    device: Device = None,
    ops: Ops = None,
    training: Training = False,
    activations: Activations = None,
) -> None:
    """Show what a model costs.

    Raises
    ------
    OptionError
        For views of a count, and for what `paramcalc.analysis.cost.cost` refuses.
    """
    from ..analysis.cost.page import page
    from ..render.cost import page_presentation

    for name in ("weights", "verify"):
        if getattr(view, name):
            raise OptionError(f"--{name} is about a count, and not about a cost")
    sizes = {"batch": batch, "steps": steps, "bptt": bptt, "decode": decode}
    read: dict[str, Passed] = {name: flag_size(f"--{name}", text) for name, text in sizes.items() if text is not None}
    if lengths is not None:
        read["lengths"] = _lengths(lengths)
    if view.dtype is not None:
        read["dtype"] = view.dtype
    if ops is not None:
        read["ops"] = ops
    if training and ops in (None, "products"):
        raise OptionError("--training is about operations that are no products", expected="--ops all")
    if checkpoint is not None:
        read["checkpoint"] = int(checkpoint) if checkpoint.isascii() and checkpoint.isdigit() else checkpoint
    found = page(
        model,
        **read,
        rtrl=rtrl,
        training=training,
        clip=clip,
        frozen=frozen or (),
        input_gradient=input_gradient,
        optimizer=optimizer,
        memory=memory,
        device=device,
        activations=activations,
    )
    show(page_presentation(found), view, explain=view.explain, depth=view.depth)


def _lengths(text: str) -> list[int]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        raise OptionError("--lengths", expected="whole numbers such as 7,3,1", received=text)
    return [int(word) for word in words]


FLAGS = parameters_of(show_cost)
COST = parameter(
    "cost",
    Annotated[
        bool,
        Flag("--cost", "Show what it costs instead; so do --bptt, --optimizer and the other flags of paramcalc cost."),
    ],
    False,
)
