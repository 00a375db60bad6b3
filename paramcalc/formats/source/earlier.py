"""What an unknown model was before the statement that made it unknown, such as a call of a training loop.

The program is run again up to that statement. What it has by then is a remark on the model and no count of it: the
statement may change the model.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence

from ...graph.model import Model
from ...symbolic import grouped
from .interpreter import Interpreter
from .memory.budget import STEPS
from .memory.objects import Instance
from .models.found import models_of
from .parsing.tree import flat

MOST_RUNS = 3  # again, of a program that is not long
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)  # they run where they are called


def add_earlier_counts(
    run: Interpreter, body: Sequence[ast.stmt], found: Iterable[tuple[str, Model]], again: Callable[[], Interpreter]
) -> None:
    """Add to each unknown model the count it had before.

    Parameters
    ----------
    run : Interpreter
        The whole run.
    body : sequence of ast.stmt
        The program.
    found : iterable of (str, Model)
        Its models by name.
    again : callable
        Begins another run like it.
    """
    statements = flat(body)
    runs: dict[int, tuple[Interpreter, dict[str, Model]]] = {}
    for name, model in found:
        value = run.globals.named.get(name)
        if not isinstance(value, Instance) or value.blur is None:
            continue
        line = value.blur.line
        at = next((at for at, one in enumerate(statements) if one.lineno <= line <= (one.end_lineno or 0)), None)
        if at is None or isinstance(statements[at], SCOPES) or (at not in runs and len(runs) == MOST_RUNS):
            continue
        if at not in runs:
            other = again()
            other.budget.whole = STEPS // (MOST_RUNS + 1)
            other.run(statements[:at], body)
            runs[at] = other, dict(models_of(other, other.globals))
        other, models = runs[at]
        before, then = models.get(name), other.globals.named.get(name)
        same = isinstance(then, Instance) and (then.line, then.cls.name) == (value.line, value.cls.name)
        if same and before is not None and before.report().exact:
            place = run.place(statements[at].lineno)
            told = f"it has {grouped(before.total)} parameters before {place}, which may change it"
            model.warnings = [*model.warnings, told]
