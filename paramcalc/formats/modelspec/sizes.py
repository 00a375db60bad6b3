"""The named sizes of a spec: ``sizes: {h: 128, d: 2*h}``, and expressions over them, parsed and never executed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from ...core.kinds import size
from ...errors import ParamcalcError, SizeError, placed
from ...graph.size_names import no_size
from ...symbolic import Expr, Size, leaves, parse, symbols
from ...symbolic.evaluate import evaluate
from ...symbolic.notation import is_name, no_name
from ...untyped import Parsed

MAX_TERMS = 200  # of an expression with the values put in: sizes that use sizes could double without end
NAMELESS = "the file names no size: write a name in place of a number, such as LSTM: h"


def numbers_alone(file: str) -> str:
    """Say how a file without named sizes becomes one with them."""
    return f"only a spec and source code name sizes; paramcalc count {file} --format yaml writes a spec"


class Sizes:
    """What the names stand for; a name without a value stays a symbol.

    Raises
    ------
    SizeError, ExpressionError
        For names and values that are none, and sizes defined by one another in a circle.
    """

    def __init__(self, given: Parsed = None, instead: Mapping[str, object] | None = None) -> None:
        self.values: dict[str, Size] = {}
        self.used: set[str] = set()
        self.known: dict[str, Size] = {}  # what an expression came to; layers repeat themselves
        if given is None:
            given = {}
        if not isinstance(given, Mapping):
            raise SizeError("not a list of sizes", expected="names and values such as h: 128", received=given).at(
                "sizes"
            )
        written: dict[str, Size] = {}
        self.used.update(name for name in given if isinstance(name, str))
        for name, value in {**given, **(instead or {})}.items():
            if name not in given and isinstance(name, str) and not is_name(name):
                continue  # `check_used` refuses it, with the names there are
            try:
                if not isinstance(name, str) or len(name) > 200:
                    raise no_name(name)
                symbols(name)
                if value is not None:
                    written[name] = size(value)
            except ParamcalcError as error:
                raise placed(error, name).at("sizes")
        for name in _in_order(written):
            try:
                self.values[name] = size(self.put_in(written[name]))
            except ParamcalcError as error:
                raise placed(error, name).at("sizes")

    def check_used(self, names: Iterable[str], remedy: str | None = None) -> None:
        """Refuse names that the spec neither gives nor uses.

        Parameters
        ----------
        names : iterable of str
        remedy : str, optional
            How the file gets a size with a name, where it has none.

        Raises
        ------
        SizeError
            With those it has.
        """
        for name in names:
            if name not in self.used:
                raise no_size(name, self.used, remedy).at("sizes")

    def put_in(self, expr: Size) -> Size:
        """Put the values in place of their names."""
        if isinstance(expr, Expr):
            self.used.update(expr.symbols)
        if isinstance(expr, int) or not self.values:
            return expr
        found = [self.values.get(leaf.args[0], 1) for leaf in leaves(expr)]
        if sum(one.length if isinstance(one, Expr) else 1 for one in found) > max(MAX_TERMS, expr.length):
            raise SizeError(f"an expression of more than {MAX_TERMS} terms after substitution")
        return evaluate(expr, self.values)

    def of(self, value: Parsed) -> Parsed:
        """Work out a size written as text, or each of a list of them; anything else passes unchanged.

        Raises
        ------
        ExpressionError, SizeError
        """
        if isinstance(value, str):
            if value not in self.known:
                self.known[value] = self.put_in(parse(value))
            return self.known[value]
        return [self.of(one) for one in value] if isinstance(value, list) else value


def _in_order(written: Mapping[str, Size]) -> list[str]:
    # every size after those it is made of
    uses = {
        name: {leaf.args[0] for leaf in leaves(one) if leaf.args[0] in written} if isinstance(one, Expr) else set()
        for name, one in written.items()
    }
    try:
        return list(TopologicalSorter(uses).static_order())
    except CycleError as error:
        circle = error.args[1]
        if len(circle) == 2:
            raise placed(SizeError(f"{circle[0]} is defined by itself"), circle[0]).at("sizes") from None
        shown = " → ".join(reversed(circle[:10])) + (" → …" if len(circle) > 10 else "")
        raise placed(SizeError(f"sizes defined by one another: {shown}"), circle[0]).at("sizes") from None
