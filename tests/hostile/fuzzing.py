"""The fuzzer: draws inputs by their number, runs them, and reports what is no answer and no error of paramcalc.

An input fails when it raises anything else than a `ParamcalcError`, or takes more than 2 seconds of processor time, or
more than 500 MB of memory. A damaged file of a reader has 1 second and 100 MB, source code 200 MB. Each is drawn from
its kind and its number, so that one can be run again::

    python tests/hostile/fuzzing.py 250000                  # so many of each kind
    python tests/hostile/fuzzing.py 250000 structure        # of one kind
    python tests/hostile/fuzzing.py 1 structure --from 4711 # this one again
    python tests/hostile/fuzzing.py 5000 --readers --fresh  # damaged files of every reader, none tried before
    python tests/hostile/fuzzing.py 100000 --readers --seconds 10  # the same, as many as 10 seconds allow for each
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import process_time
from types import FrameType
from typing import NamedTuple

from mutations import KINDS, READ, READY

from paramcalc import ParamcalcError

os.environ.setdefault("KERAS_BACKEND", "jax")
SECONDS = 2.0
BYTES = 500 * 10**6
BOUNDS = {"syntax": (2.0, 200 * 10**6), **dict.fromkeys(READ, (1.0, 100 * 10**6))}  # of kinds with bounds of their own
CHUNK = 1_000  # inputs for each line of progress
PIECE = 50  # inputs after which the time is looked at
UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


class Finding(NamedTuple):
    """An input that fails."""

    kind: str
    number: int
    problem: str
    where: str
    slow: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.number}: {self.problem}\n{self.where}"


class TooSlow(BaseException):
    """Two seconds have passed."""


@contextmanager
def clock(seconds: float) -> Iterator[list[str]]:
    """Interrupt what takes too long, and note where it was: a reader may catch even this."""
    places: list[str] = []

    def stop(_: int, frame: FrameType | None) -> None:
        places.append("".join(traceback.format_stack(frame, limit=8)))
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    callbacks, gc.callbacks[:] = [*gc.callbacks], []  # an exception raised within one of Hypothesis's would be lost
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, seconds)
    try:
        yield places
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        gc.callbacks[:] = callbacks


def attempt(kind: str, number: int) -> Finding | None:
    """Run one input."""
    problem = where = ""
    seconds, most = BOUNDS.get(kind, (SECONDS, BYTES))
    run = KINDS[kind](Random(f"{kind} {number}"))
    held, places = peak(), list[str]()
    try:
        with clock(seconds) as places:
            run()
    except (ParamcalcError, TooSlow):
        pass
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        problem, where = f"{type(error).__name__}: {error}"[:300], "".join(traceback.format_exception(error, limit=-6))
    if places:
        problem, where = f"more than {seconds} s", places[0]
    elif peak() - held > most:
        problem = f"more than {most:,} bytes"
    return Finding(kind, number, problem, where, bool(places)) if problem else None


def peak() -> int:
    """The most memory this process has ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def findings(kind: str, numbers: range) -> Iterator[Finding]:
    """Run several inputs, and give those that fail."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the frameworks, about odd modules
        if kind in READY:
            READY[kind][1]()
        for number in numbers:
            found = attempt(kind, number)
            if found is not None and found.slow:  # on a machine that is busy once
                found = attempt(kind, number)
            if found is not None:
                yield found


def main() -> int:
    """Run many, with a line of progress for every thousand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("many", type=int, help="how many of each kind")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}; all when left out")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="N", help="number of the first")
    parser.add_argument("--readers", action="store_true", help="damaged files of every reader")
    parser.add_argument("--fresh", action="store_true", help="begin with a number drawn at random, which is printed")
    parser.add_argument("--seconds", type=float, help="processor time of each kind; what does not fit is left out")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--log", type=Path, help="file that findings are appended to")
    given = parser.parse_args()
    kinds = given.kinds or [kind for kind in KINDS if kind not in READY or find_spec(READY[kind][0])]
    if given.readers:
        kinds = list(READ)
    first = given.first
    if given.fresh:
        first = int.from_bytes(os.urandom(5), "big")
        print(f"--from {first}")
    chunk = CHUNK if given.seconds is None else given.many  # in which a kind has all of its time
    starts = range(first, first + given.many, chunk)
    tasks = [Task(k, range(at, min(at + chunk, first + given.many)), given.seconds) for at in starts for k in kinds]
    failed = tried = 0
    for found, line, count in _mapped(tasks, given.jobs):
        failed, tried = failed + len(found), tried + count
        for one in found:
            print(one, flush=True)
            if given.log:
                with given.log.open("a") as log:
                    print(one, file=log)
        print(f"{line}, {failed} failed", flush=True)
    print(f"{tried:,} inputs, {failed} failed")
    return int(failed > 0)


class Task(NamedTuple):
    """Inputs for one process, as many of them as the seconds allow."""

    kind: str
    numbers: range
    seconds: float | None


def _mapped(tasks: list[Task], jobs: int) -> Iterator[tuple[list[Finding], str, int]]:
    if jobs == 1:
        yield from map(_several, tasks)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(_several, tasks)
        pool.close()
        pool.join()  # each removes its folders when it ends


def _several(task: Task) -> tuple[list[Finding], str, int]:
    kind, numbers, seconds = task
    start, tried, found = process_time(), 0, list[Finding]()
    while tried < len(numbers) and (seconds is None or process_time() - start < seconds):
        piece = numbers[tried : tried + PIECE]
        found += findings(kind, piece)
        tried += len(piece)
    gc.collect()
    last = numbers.start + tried - 1
    return found, f"{kind} {numbers.start} to {last}: {tried:,} in {process_time() - start:.1f} s", tried


if __name__ == "__main__":
    sys.exit(main())
