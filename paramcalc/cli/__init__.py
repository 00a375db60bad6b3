"""The command line: flags in, a report out, errors as one line and an exit code."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys


def main() -> None:
    """Run the command line.

    Exit codes: 0 fine; 1 a check did not hold; 2 bad usage or a bad file, or nowhere to write; 130 interrupted;
    141 the reader of a pipe has gone.
    """
    # a file of 100,000 tensors makes 2,000,000 objects and no cycles; Python's threshold of 700 takes a sixth longer
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)  # at its end, Python looks through all objects for garbage, twice; all go anyway
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # As an exception, it would be caught by a framework that is being imported, or wait for a thread to end.
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    _main()


def _main() -> None:
    from ..errors import ParamcalcError

    if sys.stdout is None or sys.stderr is None:  # closed by whoever called; the null device does for both
        sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # an old terminal shows \u2212, not a traceback
    try:
        from .app import run

        run(sys.argv[1:])
    except (ParamcalcError, MemoryError) as error:
        from .output import tell

        tell(f"paramcalc: {'out of memory' if isinstance(error, MemoryError) else error}")
        sys.exit(2)
    except OSError as error:
        from ..formats.opened import os_problem
        from .output import abandon, tell

        place = "cannot write" if error.filename is None else error.filename
        tell(f"paramcalc: {place}: {os_problem(error)}")
        abandon(2)
