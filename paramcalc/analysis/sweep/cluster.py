"""Sweeps on several machines: dask.distributed works out partitions, this process writes them as they come.

A partition is written under another name and renamed, so a file that is there is whole. A sweep that was interrupted
keeps the partitions that are there. The manifest states what was asked for; a request that differs is refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ... import __version__
from ...errors import FileError, MissingExtra, OptionError
from ...untyped import Foreign
from .filters import Where
from .parquet import column_ranges, read_part, schema_of, write_part
from .pieces import Block, Left, Piece, block
from .sweep import BUILT, Sweep, needs

PART = 1_000_000  # points of a partition
PART_BUILT = 1_000  # where each of them builds a model
MANIFEST = "_manifest.json"  # readers of a folder of Parquet files pass over names that begin with _
SCHEMA = "paramcalc-sweep-parts/1"
LOCAL = "local"
AHEAD = 4  # partitions that wait, for each worker


class Part(NamedTuple):
    """One partition.

    Attributes
    ----------
    number : int
    piece : int
        Which piece.
    start, stop : int
        Within its grid.
    """

    number: int
    piece: int
    start: int
    stop: int

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"part-{self.number:08}.parquet"


def parts_of(several: list[Piece], size: int | None = None) -> Iterator[Part]:
    """Divide pieces into partitions of at most so many points."""
    number = 0
    for at, piece in enumerate(several):
        step = size or (PART if piece.formulas else PART_BUILT)
        for start in range(0, piece.grid.size, step):
            yield Part(number, at, start, min(start + step, piece.grid.size))
            number += 1


def work(piece: Piece, where: tuple[Where, ...], names: tuple[str, ...], start: int, stop: int) -> tuple[Block, Left]:
    """Work out one partition, on a worker."""
    import numpy

    left = Left()
    several: list[Block] = []
    step = 65_536 if piece.formulas else BUILT
    for first in range(start, stop, step):
        found, here = block(piece, first, min(first + step, stop))
        left += here
        for one in where:
            keeps = one.keeps(found)
            found = {name: column[keeps] for name, column in found.items()}
        several.append({name: found[name] for name in names})
    return {name: numpy.concatenate([one[name] for one in several]) for name in names}, left


def run(sweep: Sweep, folder: str, address: str = LOCAL, size: int | None = None) -> int:
    """Work out a sweep on a cluster; write its partitions to a folder. Give the number of rows.

    Parameters
    ----------
    sweep : Sweep
        Its progress and what is left out are kept up to date.
    folder : str
        Made where it is missing. Partitions that it has are kept.
    address : str
        Of a scheduler, ``tcp://host:8786``, or ``local`` for a cluster on this machine.
    size : int, optional
        Points of a partition.

    Raises
    ------
    OptionError
        For a front, which needs all points together.
    FileError
        For a folder that has something else, or the partitions of another request.
    """
    if sweep.request.goals:
        raise OptionError("--pareto needs all points together", expected="a sweep without --dask")
    needs("pyarrow.parquet", "Parquet")
    schema = schema_of(sweep.names, column_ranges(sweep.pieces))
    parts = list(parts_of(sweep.pieces, size))
    place = _opened(sweep, folder, len(parts), size)
    rows, todo = 0, []
    left: dict[int, Left] = {}  # by partition, since they come in any order
    for part in parts:
        if not (place / part.file).exists():
            todo.append(part)
            continue
        count, left[part.number] = read_part(str(place / part.file))
        rows += count
        _advance(sweep, part)
    if todo:
        with _client(address) as client:
            for part, (found, left[part.number]) in _results(client, sweep, todo):
                rows += write_part(found, left[part.number], schema, str(place / part.file))
                _advance(sweep, part)
    sweep.left = Left()
    for part in parts:
        sweep.left += left[part.number]
    return rows


def _advance(sweep: Sweep, part: Part) -> None:
    if sweep.progress is not None:
        sweep.progress(part.stop - part.start)


def _results(client: Foreign, sweep: Sweep, todo: list[Part]) -> Iterator[tuple[Part, tuple[Block, Left]]]:
    # as many at a time as keep the workers busy, so that results do not pile up in memory
    distributed = import_distributed()
    waiting: dict[Foreign, Part] = {}
    left = iter(todo)

    def submit(part: Part) -> Foreign:
        future = client.submit(
            work,
            sweep.pieces[part.piece],
            sweep.request.where,
            sweep.names,
            part.start,
            part.stop,
            pure=False,
            retries=3,
        )
        waiting[future] = part
        return future

    ahead = AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
    done = distributed.as_completed([submit(part) for part in islice(left, ahead)])
    for future in done:
        part = waiting.pop(future)
        result = future.result()
        future.release()
        yield part, result
        for following in islice(left, 1):
            done.add(submit(following))


def import_distributed() -> Foreign:
    """Import dask.distributed.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    from importlib import import_module

    try:
        return import_module("distributed")
    except ModuleNotFoundError as error:
        if error.name not in ("distributed", "dask"):
            raise
        raise MissingExtra("dask.distributed", "dask", "a sweep on a cluster") from None


@contextmanager
def _client(address: str) -> Iterator[Foreign]:
    distributed = import_distributed()
    if address == LOCAL:
        with (
            distributed.LocalCluster(dashboard_address=None, threads_per_worker=1) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = distributed.Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise OptionError("no scheduler answers", expected="tcp://host:8786, or local", received=address) from error
    with client:
        yield client


def manifest(sweep: Sweep, parts: int, size: int | None) -> dict[str, Foreign]:
    """State what a folder of partitions has: what was asked for, and of which model."""
    asked = sweep.request
    return {
        "schema": SCHEMA,
        "paramcalc": __version__,
        "model": asked.family.label,
        "digest": sha256(asked.family.identity.encode()).hexdigest(),
        "vary": {one.name: one.text for one in asked.axes},
        "columns": [*asked.columns],
        "where": [one.text for one in asked.where],
        "costs": asked.asked._asdict(),
        "points_of_a_part": size,
        "parts": parts,
    }


def _opened(sweep: Sweep, folder: str, parts: int, size: int | None) -> Path:
    place = Path(folder)
    wanted = manifest(sweep, parts, size)
    path = place / MANIFEST
    if path.exists():
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise FileError(f"{path}: not a manifest", expected="one that a sweep has written") from None
        differing = [name for name in wanted if not isinstance(found, dict) or found.get(name) != wanted[name]]
        if differing:
            raise FileError(
                f"{folder} has the partitions of another sweep: {', '.join(differing)} differ",
                expected="the same request, or another folder",
            )
        return place
    if place.exists() and any(place.iterdir()):
        raise FileError(f"{folder} is not empty and has no {MANIFEST}", expected="another folder")
    place.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, path)
    return place
