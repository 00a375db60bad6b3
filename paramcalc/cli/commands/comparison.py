"""``paramcalc compare``: models side by side; ``paramcalc check``: models held against limits."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from ...errors import OptionError, nearest
from ...graph.model import Model
from ...untyped import Passed
from ...writers import FORMATS
from ..costing import Optimizer, Policy
from ..effects import check_effects, check_width, effects_of_costs, naming_flags
from ..flags import Batch, Explain, Format, Json, Steps, format_flag
from ..options import REQUIRED, Command, Flag, Positional, command_of
from ..output import View, show, write
from ..plain import plain
from ..sizes import flag_size
from .files import Set, named_sizes
from .sizing import Inference
from .targets import layer_command

GITHUB = "github"

Models = Annotated[
    list[str],
    Positional("MODEL", "Two or more: files, or a layer in the words of its command: 'lstm --in 108 --hidden 128'."),
]
Files = Annotated[list[str], Positional("FILE", "Files with a model each; FILE:NAME names a model.")]
Cost = Annotated[bool, Flag("--cost", "Compare multiply-adds and memory, too.")]
MaxParams = Annotated[str | None, Flag("--max-params", "The most parameters, such as 5M.", "N")]
MaxMacs = Annotated[str | None, Flag("--max-macs", "The most multiply-adds of a forward pass, such as 2.5G.", "N")]
MaxMemory = Annotated[str | None, Flag("--max-memory", "The most memory of a training step, such as 16GiB.", "SIZE")]
MaxGrowth = Annotated[str | None, Flag("--max-growth", "The most that the parameters may grow, such as 5%.", "N%")]
Against = Annotated[str | None, Flag("--against", "The file of the model before, for --max-growth.", "OLD")]
AnyFormat = Annotated[str | None, format_flag((*FORMATS, GITHUB), " for annotations of a workflow")]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``compare`` or ``check``."""
    functions: dict[str, Callable[..., None]] = {"compare": compare, "check": check}
    return command_of(functions[name])


def compare(
    models: Models,
    sizes: Set = None,
    cost: Cost = False,
    batch: Batch = None,
    steps: Steps = None,
    dtype: Policy = None,
    format: Format = None,
    json: Json = False,
    explain: Explain = False,
) -> None:
    """Compare models layer by layer: what differs, by how much, and why.

    $ paramcalc compare old.yaml model.yaml
    $ paramcalc compare 'lstm --in 108 --hidden 128' 'gru --in 108 --hidden 128'
    """
    from ...analysis.comparison import compare as compared
    from ...formats import load
    from ...render.comparison import presentation

    layers = [_layer(one) for one in models]
    asked: dict[str, Passed] = {"batch": batch, "steps": steps, "dtype": dtype}
    needs = {**dict.fromkeys(asked, (cost, "--cost with it")), "set": (None in layers, "a file among the models")}
    check_effects({**asked, "set": sizes}, needs)
    given = named_sizes(sizes)
    read = [load(one, sizes=given) if made is None else made for one, made in zip(models, layers, strict=True)]
    found = compared(*read, cost=cost, dtype=dtype or "float32", **_sizes({"batch": batch, "steps": steps}))
    show(presentation(found), View(format, json), explain=explain)


def _layer(words: str) -> Model | None:
    # the words of a command that counts a layer; None for a file
    try:
        split = shlex.split(words) if " " in words else []
    except ValueError:
        split = []
    layer = layer_command(command_of(compare), split) if split else None
    if layer is None:
        return None
    given = split[1:] if layer.name else split
    values = plain(
        [one._replace(default=None) if one.default is REQUIRED else one for one in layer.command.parameters], given
    )
    if values is None:
        flags = {flag for one in layer.command.parameters for flag in one.flags}
        check_width(given, flags)
        unknown = next((one for one in given if one[:1] == "-" and one.partition("=")[0] not in flags), "")
        raise OptionError(
            "not a layer",
            expected=f"the words of paramcalc {layer.name or 'layer'}",
            received=words,
            suggestion=nearest(unknown.partition("=")[0], flags),
        )
    return layer.model(values)


def _sizes(given: Mapping[str, str | None]) -> dict[str, Passed]:
    return {name: flag_size(f"--{name}", text) for name, text in given.items() if text is not None}


def _path(file: str) -> str:
    # FILE:NAME names a model in a file
    return file if os.path.exists(file) else file.rpartition(":")[0] or file


def _check_apart(files: Sequence[str], against: str | None) -> None:
    # a file that is held against itself, or twice, is a mistake
    for at, file in enumerate(files):
        for other in files[:at]:
            if _is_same(file, other):
                raise OptionError("a file is given twice", expected="each file once", received=file)
        if against is not None and _is_same(file, against):
            raise OptionError("--against has the file that is checked", expected="another file", received=against)


def _is_same(one: str, other: str) -> bool:
    if one == other:
        return True
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)


def check(
    files: Files,
    max_params: MaxParams = None,
    max_macs: MaxMacs = None,
    max_memory: MaxMemory = None,
    max_growth: MaxGrowth = None,
    against: Against = None,
    inference: Inference = False,
    sizes: Set = None,
    batch: Batch = None,
    steps: Steps = None,
    dtype: Policy = None,
    optimizer: Optimizer = None,
    format: AnyFormat = None,
    json: Json = False,
) -> None:
    """Check that models keep limits; exit with 1 if one does not.

    $ paramcalc check model.yaml --max-params 5M
    $ paramcalc check model.yaml --max-growth 5% --against old.yaml
    $ paramcalc check model.yaml --max-memory 16GiB --batch 32 --steps 100
    """
    from ...analysis.comparison import check as checked
    from ...formats import load
    from ...render.comparison import checks_presentation, workflow_commands

    if (max_growth is None) != (against is None):
        raise OptionError("--max-growth and --against", expected="both of them")
    if max_params is max_macs is max_memory is max_growth is None:
        raise OptionError("no limit", expected="--max-params, --max-macs, --max-memory or --max-growth")
    costs: dict[str, Passed] = {
        "inference": inference, "batch": batch, "steps": steps, "dtype": dtype, "optimizer": optimizer,
    }  # fmt: skip
    limits = {"max_macs": max_macs, "max_memory": max_memory}
    check_effects(costs, effects_of_costs("--max-macs", "--max-memory", {**costs, **limits}))
    _check_apart(files, against)
    if format not in (None, *FORMATS, GITHUB):
        raise OptionError("unknown format", expected=", ".join((*FORMATS, GITHUB)), received=format)
    if json and format not in (None, "json"):
        raise OptionError("--json and --format ask for different views", received=format)
    github = format == GITHUB
    view = View(None if github else format, json)
    given = named_sizes(sizes)
    before = None if against is None else load(against, sizes=given)
    asked = {
        "max_params": max_params,
        "max_macs": max_macs,
        "max_memory": max_memory,
        "max_growth": max_growth,
        "dtype": dtype or "float32",
        "optimizer": optimizer,
        "training": not inference,
        **_sizes({"batch": batch, "steps": steps}),
    }
    with naming_flags():
        found = [(file, checked(load(file, sizes=given), against=before, **asked)) for file in files]
    if github:
        write(line for file, one in found for line in workflow_commands(one, _path(file)))
    else:
        show(checks_presentation(dict(found)), view)
    if not all(one.ok for _, one in found):
        sys.exit(1)
