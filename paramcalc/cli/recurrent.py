"""From flags to a stack of recurrent layers: ``paramcalc lstm``, ``gru`` and ``rnn``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ..errors import OptionError
from ..model import Model
from ..rules.registry import find
from ..tensors import Input
from .command import Batch, flag_batch, flag_size, shows

In = Annotated[str, typer.Option("--in", metavar="D", help="Input size: features at each time step.")]
Hidden = Annotated[
    str, typer.Option("--hidden", metavar="H", help="Units; 128,64 stacks two layers of different sizes.")
]
Layers = Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Layers on top of one another.")]
Both = Annotated[bool, typer.Option("--bidirectional", help="One copy reads forwards, one backwards.")]
Merge = Annotated[str, typer.Option(metavar="M", help="concat, sum, mul, ave or none, for --bidirectional.")]
Out = Annotated[str | None, typer.Option("--out", metavar="O", help="Add an output layer (Dense) of this size.")]
Steps = Annotated[str | None, typer.Option("--steps", metavar="T", help="Time steps; stays T when left out.")]


COMMANDS = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}


def register(app: typer.Typer, names: Iterable[str]) -> None:
    """Add ``lstm``, ``gru`` and ``rnn``: one function, whose on/off flags come from the layer's rule."""
    for name in names:
        layer = COMMANDS[name]
        why = find(layer).why
        shows(app, name, f"Count {layer}: {why[0].lower()}{why[1:]}", layer)(stack)


def stack(
    layer: str,
    switches: dict[str, bool],
    size_in: In,
    hidden: Hidden,
    layers: Layers = 1,
    bidirectional: Both = False,
    merge: Merge = "concat",
    out: Out = None,
    steps: Steps = None,
    batch: Batch = None,
) -> Model:
    """Build the stack the flags describe; all layers but the last hand on their whole sequence."""
    rule, both = find(layer), find("Bidirectional")
    sizes = [flag_size("--hidden", one) for one in hidden.split(",")]
    if len(sizes) == 1:
        sizes *= layers
    elif layers not in (1, len(sizes)):
        raise OptionError(f"--hidden names {len(sizes)} layers, --layers {layers}")
    if merge == "none" and bidirectional and (len(sizes) > 1 or out is not None):
        raise OptionError("--merge none leaves two outputs, and what follows takes one", expected="another --merge")
    if merge != "concat" and not bidirectional:
        raise OptionError("--merge is about two directions", expected="--bidirectional with it", received=merge)
    if merge == "None":
        merge = "null"  # not a word of the command line, so refused with the choices
    mode = None if merge == "none" else merge
    features = flag_size("--in", size_in)
    shape = (None if steps is None else flag_size("--steps", steps), features)
    inputs = Input(shape, flag_batch(batch))
    tensor: Any = inputs
    for place, units in enumerate(sizes):
        last = place == len(sizes) - 1
        options = dict(switches)
        if not last:
            options.update(return_sequences=True, return_state=False)
        one = rule(units, **options)
        tensor = (both(one, mode) if bidirectional else one)(tensor)
    outputs = list(tensor) if isinstance(tensor, tuple) else [tensor]
    if out is not None:
        outputs[0] = find("Dense")(flag_size("--out", out))(outputs[0])
    return Model(inputs, outputs, name=rule.snake)
