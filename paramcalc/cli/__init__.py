"""The command line: flags in, a report out, errors as one line and an exit code."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line.

    Exit codes: 0 fine; 1 a check did not hold; 2 bad usage or a bad file; 130 interrupted.
    """
    from ..errors import ParamcalcError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # an old terminal shows \u2212, not a traceback
    try:
        from .app import build

        build(sys.argv[1:])(prog_name="paramcalc")
    except ParamcalcError as error:
        print(f"paramcalc: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # the reader has gone (paramcalc … | head): nobody is left to tell
        sys.stdout = None  # keeps the interpreter from flushing into the void
        sys.exit(141)
