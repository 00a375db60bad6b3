"""What verification came to: which installed framework answered, how long it took, and what differs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter

from ..core.framework import Framework
from ..report import Report, plain
from ..symbolic import Size
from ..untyped import Written
from .compare import Difference, number

SCHEMA = "paramcalc-verification/1"
SHOWN = 50  # differences printed


@dataclass(frozen=True)
class Installed:
    """A framework that is installed.

    Attributes
    ----------
    framework : Framework
    version : str
    backend : str
        On what it computes.
    """

    framework: Framework
    version: str
    backend: str

    def __str__(self) -> str:
        return f"{self.framework.title} {self.version} ({self.backend})"


@dataclass(frozen=True, repr=False)
class Outcome(ABC):
    """What every comparison with a framework records.

    Attributes
    ----------
    installed : Installed
        Whose answers they are.
    elapsed : float
        Seconds, the import of the framework not included.
    """

    installed: Installed
    elapsed: float

    @property
    def framework(self) -> str:
        """Name of the framework."""
        return self.installed.framework.name

    @property
    def version(self) -> str:
        """Version of the framework."""
        return self.installed.version

    @property
    def backend(self) -> str:
        """On what the framework computes."""
        return self.installed.backend

    @property
    @abstractmethod
    def ok(self) -> bool:
        """Whether nothing differs."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} with {self.installed}: {'ok' if self.ok else 'not ok'}>"

    def head(self, schema: str) -> dict[str, Written]:
        """Give as plain data what the JSON of every outcome begins with."""
        return {
            "schema": schema,
            "ok": self.ok,
            self.framework: self.version,
            "backend": self.backend,
            "seconds": round(self.elapsed, 3),
        }


@dataclass(frozen=True, repr=False)
class Verification(Outcome):
    """What came of comparing a model with its framework.

    Attributes
    ----------
    differences : list of Difference
        Empty when both agree.
    layers, tensors : int
        How many were compared.
    params : int or Expr
        The total of paramcalc.
    exact : bool
        Whether all weights were compared; ``params`` is the least there can be otherwise.
    sizes : tuple of str
        Named sizes that were given values.
    models : int
        How many combinations of values were tried.
    decisive : bool
        Whether agreement at these is agreement at all sizes.
    remarks : list of str
        Where the framework computes another shape than it announces, and what was not compared.
    """

    differences: list[Difference]
    layers: int
    tensors: int
    params: Size
    exact: bool = True
    sizes: tuple[str, ...] = ()
    models: int = 1
    decisive: bool = True
    remarks: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether paramcalc and the framework agree."""
        return not self.differences

    def to_dict(self) -> dict[str, Written]:
        """Give the result as plain data for JSON."""
        return {
            **self.head(SCHEMA),
            "layers": self.layers,
            "tensors": self.tensors,
            "params": plain(self.params),
            "exact": self.exact,
            "sizes": list(self.sizes),
            "models": self.models,
            "certified": self.decisive,
            "differences": [difference._asdict() for difference in self.differences],
            "remarks": self.remarks,
        }

    @property
    def scope(self) -> str:
        """For which sizes it holds: ``certified for all d_x, d_h (6 sizes)``; empty without named sizes."""
        if not self.sizes:
            return ""
        names = ", ".join(self.sizes)
        claim = f"certified for all {names}" if self.decisive else f"sampled in {names}"
        return f"{claim} ({self.models} sizes)"

    def __str__(self) -> str:
        if self.ok:
            layers, tensors = _several(self.layers, "layer"), _several(self.tensors, "tensor")
            scope = f"; {self.scope}" if self.scope else ""
            params = f"{'' if self.exact else 'at least '}{number(self.params)} parameters"
            agrees = f"{self.installed} agrees: {layers}, {tensors}, {params}{scope}"
            return "\n".join([agrees, *(f"  {remark}" for remark in self.remarks[:SHOWN])])
        title = self.installed.framework.title
        lines = [f"{self.installed} disagrees: {_several(len(self.differences), 'difference')}"]
        lines += [f"  {difference.text(title)}" for difference in self.differences[:SHOWN]]
        if len(self.differences) > SHOWN:
            lines.append(f"  … and {len(self.differences) - SHOWN:,} more")
        return "\n".join(lines)


def verified(
    report: Report,
    installed: Installed,
    start: float,
    differences: list[Difference],
    remarks: Iterable[str] = (),
    sizes: tuple[str, ...] = (),
    models: int = 1,
    decisive: bool = True,
) -> Verification:
    """Record what came of comparing a report with a framework, begun at ``start`` by `time.perf_counter`."""
    return Verification(
        installed,
        perf_counter() - start,
        differences,
        layers=len(report.rows),
        tensors=sum(len(row.weights) for row in report.rows),
        params=report.total,
        exact=report.exact,
        sizes=sizes,
        models=models,
        decisive=decisive,
        remarks=list(remarks),
    )


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}" + "s" * (count != 1)
