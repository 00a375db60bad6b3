"""The flags of a cost, and how a cost is shown: for ``paramcalc cost``, and for ``--cost`` of other commands."""

from __future__ import annotations

from typing import Annotated, Any

from ..errors import OptionError
from ..graph.model import Model
from .options import Flag, parameter, parameters_of
from .output import View, show
from .sizes import flag_size

Batch = Annotated[str | None, Flag("--batch", "Batch size. Default: the symbol B.", "B")]
Steps = Annotated[str | None, Flag("--steps", "Number of time steps. Default: the symbol T.", "T")]
Window = Annotated[str | None, Flag("--bptt", "Truncate back-propagation to windows of K time steps.", "K")]
Frozen = Annotated[
    list[str] | None, Flag("--frozen", "Do not train this layer or weight; repeat it for several.", "NAME")
]
InputGradient = Annotated[bool, Flag("--input-gradient", "Compute the gradient of the inputs, too.")]
Lengths = Annotated[
    str | None,
    Flag("--lengths", "Length of each sequence of the batch, such as 7,3,1; PyTorch packs them.", "N,…"),
]
Ops = Annotated[
    str | None,
    Flag(
        "--ops",
        "Count multiply-adds of products, or all operations of the forward pass: products or all. Default: products.",
        "OPS",
        values=lambda _: ("products", "all"),
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
    frozen: Frozen = None,
    input_gradient: InputGradient = False,
    ops: Ops = None,
    training: Training = False,
) -> None:
    """Show what a model costs.

    Raises
    ------
    OptionError
        For views of a count, and for what `paramcalc.analysis.cost.cost` refuses.
    """
    from ..analysis.cost import cost
    from ..render.cost import presentation

    for name in ("weights", "verify"):
        if getattr(view, name):
            raise OptionError(f"--{name} is about a count, and not about a cost")
    sizes = {"batch": batch, "steps": steps, "bptt": bptt}
    read: dict[str, Any] = {name: flag_size(f"--{name}", text) for name, text in sizes.items() if text is not None}
    if lengths is not None:
        read["lengths"] = _lengths(lengths)
    if ops is not None:
        read["ops"] = ops
    if training and ops in (None, "products"):
        raise OptionError("--training is about operations that are no products", expected="--ops all")
    found = cost(model, **read, frozen=frozen or (), input_gradient=input_gradient, training=training)
    show(presentation(found), view, explain=view.explain, depth=view.depth)


def _lengths(text: str) -> list[int]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        raise OptionError("--lengths", expected="whole numbers such as 7,3,1", received=text)
    return [int(word) for word in words]


FLAGS = parameters_of(show_cost)
COST = parameter(
    "cost", Annotated[bool, Flag("--cost", "Show what it costs instead; see paramcalc cost --help.")], False
)
