"""``paramcalc cost``: what a model costs to train and to run."""

from __future__ import annotations

from collections.abc import Sequence

from ...untyped import Passed
from ..costing import FLAGS, Policy, show_cost
from ..effects import naming_input
from ..flags import Depth, Explain, Format, Json
from ..options import Command, command_of
from ..output import View
from .files import Args, File, Inputs, Set, Words, model_of


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``cost``."""
    made = command_of(cost)
    return made._replace(parameters=(*made.parameters, *FLAGS))


def cost(
    file: File,
    sizes: Set = None,
    args: Args = None,
    input: Inputs = None,
    format: Format = None,
    json: Json = False,
    explain: Explain = False,
    depth: Depth = None,
    dtype: Policy = None,
    words: Words = None,
    **asked: Passed,
) -> None:
    """Show what a model costs: multiply-adds of each pass, and memory for each purpose.

    $ paramcalc cost model.yaml --batch 32 --dtype mixed_bfloat16
    $ paramcalc lstm --in 108 --hidden 128 --cost --steps 1000 --bptt 50
    $ paramcalc cost model.yaml --frozen lstm --explain
    """
    model = model_of(file, sizes, args, input, words)
    with naming_input(file):
        show_cost(model, View(format, json, explain=explain, depth=depth, dtype=dtype), **asked)
