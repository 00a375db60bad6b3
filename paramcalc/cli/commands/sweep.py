"""``paramcalc sweep``: parameter counts and costs of a model for every combination of sizes."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated

from ...analysis.family import Given, varies
from ...analysis.sweep.axes import Axis, read_axis
from ...analysis.sweep.columns import COLUMNS, NAMES, USUAL, Asked
from ...analysis.sweep.filters import read_goals, read_where
from ...analysis.sweep.sweep import Sweep, request
from ...catalogue import message
from ...characters import in_json
from ...errors import OptionError
from ...untyped import Passed
from ...writers import FORMATS as VIEWS
from ..costing import Optimizer, Policy
from ..effects import check_effects
from ..flags import Batch, Json, Steps, format_flag
from ..options import Command, Flag, Positional, command_of, with_flags
from ..output import View, show, speaks_unicode, tell, write
from ..progress import progress_bar
from ..sizes import flag_size
from .files import Set, named_sizes
from .targets import TARGET, about_layer, layer_command, plain_name

FORMATS = (*VIEWS, "jsonl", "parquet", "sql")
ONE_COLUMN = ",".join(USUAL)
Target = Annotated[
    str, Positional(TARGET, "A spec or another file, or a command that counts a layer; then its own words.")
]
Vary = Annotated[
    list[str] | None,
    Flag("--vary", "Values of a size, both ends included: h=64:1024:64 or h=64,128. Repeat it.", "NAME=VALUES"),
]
Columns = Annotated[str, Flag("--columns", f"Columns: {', '.join(NAMES)}.", "NAME,…", values=lambda _: NAMES)]
Condition = Annotated[
    list[str] | None, Flag("--where", "Keep points that meet a condition: 'params < 10M'. Repeat it.", "CONDITION")
]
Pareto = Annotated[
    str | None,
    Flag("--pareto", "Keep points that no other is better than: params:max,macs. Default: less is better.", "NAME,…"),
]
Format = Annotated[str | None, format_flag(FORMATS)]
Output = Annotated[
    str | None, Flag("--output -o", "Write to this file; with --dask, to this folder of Parquet files.", "PATH")
]
Dask = Annotated[
    str | None,
    Flag(
        "--dask", "Work on a cluster of dask: local, or the address of a scheduler such as tcp://host:8786.", "ADDRESS"
    ),
]


def command(name: str, words: Sequence[str]) -> Command:
    """Make ``sweep``: with the words of the command that counts the layer, or those of a file."""
    whole = with_flags(command_of(sweep), _sweep)
    layer = layer_command(whole, words)
    if layer is None:
        return whole

    def run(given: dict[str, Passed], **asked: Passed) -> None:
        axes = _axes(asked["vary"])
        _check_effects(asked["columns"], asked["where"], asked["pareto"], given.get("batch"), given.get("steps"))
        for one in layer.command.parameters:  # --vary hidden=… stands for --hidden hidden
            name = next((name for name in map(plain_name, one.flags) if name in {axis.name for axis in axes}), None)
            if one in layer.needed and name is not None:
                if given[one.name] not in (None, name):
                    raise varies(name, given[one.name])
                given[one.name] = name
        missing = [next(iter(one.flags)) for one in layer.missing(given)]
        if missing:
            raise _no_size(missing, axes)
        _sweep(layer.model(given), {}, **asked)

    return about_layer(whole, layer, run, without=("compare", "format", "json"))


def _no_size(missing: Sequence[str], axes: Sequence[Axis]) -> OptionError:
    # of a layer by flags, the sizes have the names of its flags
    flag = missing[0]
    vary = " ".join(f"--vary {plain_name(one)}=VALUES" for one in missing)
    hint = f"to vary {axes[0].name}, write it as a size: {flag} {axes[0].name}"
    return OptionError(f"no {' and no '.join(missing)}", expected=f"a size, or {vary}", suggestion=hint)


def sweep(target: Target, sizes: Set = None, **asked: Passed) -> None:
    """Count and cost a model at every combination of sizes.

    $ paramcalc sweep model.yaml --vary h=64:1024:64 --columns params,weights
    $ paramcalc sweep lstm --in 108 --vary hidden=64:512:64 --where 'params<1M'
    $ paramcalc sweep model.yaml --vary h=8:256:8 --format jsonl --pareto h:max
    """
    _sweep(target, named_sizes(sizes), **asked)


def _axes(words: Sequence[str] | None) -> list[Axis]:
    if not words:
        raise OptionError("no --vary", expected="--vary NAME=VALUES, such as --vary h=64:1024:64")
    return [read_axis(word) for word in words]


def _number(flag: str, text: str | None) -> int | None:
    if text is None:
        return None
    found = flag_size(flag, text)
    if not isinstance(found, int):
        raise OptionError(flag, expected="a whole number", received=text)
    return found


def _sweep(
    subject: Given,
    sizes: Mapping[str, object],
    vary: Vary = None,
    columns: Columns = ONE_COLUMN,
    where: Condition = None,
    pareto: Pareto = None,
    batch: Batch = None,
    steps: Steps = None,
    dtype: Policy = None,
    optimizer: Optimizer = None,
    format: Format = None,
    json: Json = False,
    output: Output = None,
    dask: Dask = None,
) -> None:
    axes = _axes(vary)
    asked = Asked(_number("--batch", batch), _number("--steps", steps), dtype or "float32", optimizer)
    made = Sweep(request(subject, axes, _names(columns), where or (), pareto, asked, sizes))
    _check_effects(columns, where, pareto, batch, steps, dtype, optimizer)
    chosen = _format(format, json, output, dask)
    with _shown(made):
        if dask is not None:
            from ...analysis.sweep.cluster import run

            _told(made, run(made, output or "", dask), output or "")
        elif chosen == "parquet":
            from ...analysis.sweep.parquet import write_file

            _told(made, write_file(made, output or ""), output or "")
        else:
            _written(made, chosen, output)
    if chosen != "sql" and made.left.number == made.request.size:
        sys.exit(1)  # no point has a model


def _names(columns: str) -> list[str]:
    return [name.strip() for name in columns.split(",")]


def _check_effects(
    columns: str,
    where: list[str] | None,
    pareto: str | None,
    batch: str | None,
    steps: str | None,
    dtype: str | None = None,
    optimizer: str | None = None,
) -> None:
    # those of a cost, for the columns that are shown, and that conditions and goals name
    named = [name for one in map(read_where, where or ()) for name in one.names]
    named += [one.name for one in read_goals(pareto)] if pareto else []
    used = {*_names(columns), *named}
    given = {"batch": batch, "steps": steps, "dtype": dtype, "optimizer": optimizer}
    known = {name: [one.name for one in COLUMNS if name in one.settings] for name in given}
    needs = {name: (not used.isdisjoint(some), f"one of {', '.join(some)}") for name, some in known.items()}
    check_effects(given, needs, on="the selected columns")


def _format(format: str | None, json: bool, output: str | None, dask: str | None) -> str | None:
    if json and format not in (None, "json"):
        raise OptionError("--json and --format ask for different views", received=format)
    chosen = "json" if json else format
    if chosen is None and output is not None:
        ending = output.rpartition(".")[2]
        chosen = ending if ending in FORMATS else "parquet" if dask is not None else None
        if chosen is None:
            raise OptionError("--output without a format", expected="--format", received=output)
    if chosen is not None and chosen not in FORMATS:
        raise OptionError("unknown format", expected=", ".join(FORMATS), received=chosen)
    if dask is not None and (chosen != "parquet" or output is None):
        raise OptionError("--dask writes Parquet", expected="--dask with --output FOLDER")
    if chosen == "parquet" and output is None:
        raise OptionError("--format parquet needs a file", expected="--output FILE")
    return chosen


@contextmanager
def _shown(made: Sweep) -> Iterator[None]:
    # how far it is
    total, done = made.request.size, 0
    with progress_bar(message("points")) as update:
        if update is not None:

            def advance(points: int) -> None:
                nonlocal done
                done += points
                update(done, total, message("points"))

            made.progress = advance
        yield


def _told(made: Sweep, rows: int, place: str) -> None:
    tell(message("paramcalc: {rows} rows in {place}", rows=f"{rows:,}", place=place))
    _remark(made)


def _remark(made: Sweep) -> None:
    from ...render.sweep import left_out

    if note := left_out(made):
        tell(message("paramcalc: note: {note}", note=message("left out: {points}", points=note)))


def _written(made: Sweep, chosen: str | None, output: str | None) -> None:
    if chosen in _STREAMED:
        _out(_STREAMED[chosen](made), output)
        if chosen != "sql":
            _remark(made)
        return
    from ...render.presentation import write as pieces_of
    from ...render.sweep import presentation

    shown, view = presentation(made), View(chosen)
    if output is None:
        show(shown, view)
    else:
        _out(pieces_of(shown, view.writer.name, ascii=False), output)
    if not view.writer.for_reading:
        _remark(made)


def _out(pieces: Iterable[str], output: str | None) -> None:
    if output is None:
        write(pieces)
        return
    with open(output, "w", encoding="utf-8") as file:
        file.writelines(pieces)


def _lines(made: Sweep) -> Iterator[str]:
    from ...render.sweep import lines

    for one in lines(made):
        yield in_json(json_module.dumps(one, ensure_ascii=not speaks_unicode())) + "\n"


def _query(made: Sweep) -> Iterator[str]:
    from ...analysis.sweep.query import query

    yield query(made.request)


_STREAMED: Mapping[str | None, Callable[[Sweep], Iterator[str]]] = {"jsonl": _lines, "sql": _query}
