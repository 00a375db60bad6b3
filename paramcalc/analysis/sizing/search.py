"""The search for a size: which candidates are tried, in which order, and the proof of the answer.

The formulas of a model decide where to look: by halving where none of their terms falls when a size grows, otherwise at
every candidate. A model without formulas, such as one whose number of layers is searched, is built at every candidate.
The model is built anew at the answer and at the candidates beside it. Where it differs from the formulas, they are not
used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from math import prod
from typing import NamedTuple

from ...errors import OptionError, ParamcalcError
from ...symbolic import Expr, increasing
from ..search import first
from .candidates import Candidates, FormulasFail
from .problem import Problem
from .ranges import Axis, NoValues, check_ends, count, lines, too_many
from .result import AT_LEAST, AT_MOST, HALVING, NEAR, REBUILD, SCAN, Candidate, Method, Solution, end
from .walk import ONE_BY_ONE, walk

MOST = 2**30  # the largest size that is tried by halving
CANDIDATES = 2**16  # that are tried by formulas where nothing limits a size
TERMS = 2**23  # symbols and numbers in all these formulas together
MOST_CANDIDATES = 2**20  # of given ranges
MODELS = 2**12  # that are built where there are no formulas
LAYERS = 20_000  # in all of these, where nothing limits a size
MOST_LAYERS = 200_000  # of given ranges


class _Found(NamedTuple):
    """The outcome of one way to search."""

    method: Method
    ranges: dict[str, range]
    answer: Candidate | None
    beside: tuple[Candidate, ...]


class _NothingBuilt(Exception):
    """None of the candidates that were tried can be built."""


@dataclass
class Search:
    """One search."""

    problem: Problem
    candidates: Candidates
    several: bool = False  # whether the sizes with the best amount are searched, as of several sizes
    limits: list[str] = field(default_factory=list)  # where the search ended before its ranges

    def solution(self, axes: Sequence[Axis]) -> Solution:
        """Search the values of the axes."""
        found: _Found | None = None
        try:
            self.candidates.find_formulas()
            found = self._by_formulas(axes) if self.candidates.formulas is not None else self._by_structure(axes)
        except FormulasFail:
            pass
        except _NothingBuilt:
            if self.candidates.problems:
                raise self._reason() from None
        if found is None:
            self.candidates.formulas = None
            self.limits.clear()
            found = self._by_building(axes)
        self._note_ends(axes, found)
        family = self.problem.unknowns
        model = None if found.answer is None else family.at(found.answer.sizes)
        return Solution(
            (family.at(found.beside[0].sizes) if model is None else model).label,
            self.problem.budgets,
            self.problem.mode,
            self.problem.setting,
            found.answer,
            found.beside,
            found.ranges,
            found.method,
            family.tied,
            {}
            if self.candidates.formulas is None
            else dict(zip(self.candidates.names, self.candidates.formulas, strict=True)),
            limits=tuple(dict.fromkeys(self.limits)),
            model=model,
        )

    def _by_formulas(self, axes: Sequence[Axis]) -> _Found:
        way, ranges = self._plan(axes)
        answer = self._best(way, ranges)
        while answer is not None:
            beside = self._beside(answer, ranges)
            better = self._better(beside, ranges)
            if better is None:
                return _Found(way.method, ranges, answer, beside)
            if not self.limits:
                raise FormulasFail
            answer = better  # sizes were passed over
        nearest = way.nearest(self, ranges)
        if nearest is None:
            raise _NothingBuilt
        return _Found(way.method, ranges, None, (nearest,))

    def _by_structure(self, axes: Sequence[Axis]) -> _Found | None:
        # a size with few values, such as a number of layers, that has no symbol: formulas for each of its values
        for axis in axes if len(axes) > 1 else ():
            rest = [one for one in axes if one is not axis]
            if axis.most is None or count(axis.values(0)) > MODELS:
                continue
            best: tuple[Candidate, _Found] | None = None
            for value in axis.values(0):
                try:
                    fixed = self.problem.unknowns.with_value(axis.name, value)
                except ParamcalcError:  # a size that follows from it is none
                    continue
                problem = replace(self.problem, unknowns=fixed)
                inner = Search(problem, Candidates(problem, len(axis.values(0))), several=True)
                inner.candidates.find_formulas()
                if inner.candidates.formulas is None:
                    break
                try:
                    found = inner._by_formulas(rest)
                except (NoValues, _NothingBuilt):  # none with this value
                    continue
                finally:
                    self.limits += inner.limits
                if found.answer is not None:
                    sizes = {one.name: {**found.answer.sizes, axis.name: value}[one.name] for one in axes}
                    tried = self.candidates.at(sizes)
                    if best is None or self._preference(tried) < self._preference(best[0]):
                        best = tried, found
            else:
                if best is None:
                    return None  # building the candidates gives the reason
                answer, found = best
                ranges = {one.name: {**found.ranges, axis.name: axis.values(0)}[one.name] for one in axes}
                return _Found(found.method, ranges, answer, self._beside(answer, ranges))
        return None

    def _plan(self, axes: Sequence[Axis]) -> tuple[Way, dict[str, range]]:
        # how to search, and the values: the first way that suits the formulas
        steps = self.problem.unknowns.steps()
        narrowed = [axis if (step := steps[axis.name]) is None else axis.narrow(*step) for axis in axes]
        regular = all(steps[axis.name] is not None for axis in axes)
        return next((way, ranges) for way in WAYS if (ranges := way.ranges(self, narrowed, regular)) is not None)

    def _growing_ranges(self, axes: Sequence[Axis], regular: bool) -> dict[str, range] | None:
        if not regular or not all(map(increasing, self.candidates.formulas or ())):
            return None
        check_ends(axes)
        ranges = {axis.name: axis.values(MOST) for axis in axes}
        *others, _ = sorted(map(count, ranges.values()))
        if prod(others) > MODELS:
            raise too_many(prod(others), MODELS)
        return ranges

    def _scanned_ranges(self, axes: Sequence[Axis], regular: bool) -> dict[str, range]:
        others = prod(count(axis.values(0)) for axis in axes if axis.most is not None)
        length = sum(size.length for size in self.candidates.formulas or () if isinstance(size, Expr))
        several = min(CANDIDATES, TERMS // length)
        return self._ranges(axes, max(several // others, 1), MOST_CANDIDATES)

    # --- candidates -------------------------------------------------------------------------------

    def _best(self, way: Way, ranges: Mapping[str, range]) -> Candidate | None:
        # the best candidate of each line along the longest axis, and of these the best one
        tied = way.method.grows and self.problem.mode == NEAR
        found: list[Candidate] = []
        for along, line in lines(ranges):
            for order in way.orders(self, ranges[along], along, line):
                for one in self._walk(order, along, line, ranges):
                    found += self._smallest(one, along, ranges) if tied else [one]
        return min(found, key=self._preference) if found else None

    def _walk(
        self, order: Sequence[int], along: str, line: Mapping[str, int], ranges: Mapping[str, range]
    ) -> Iterator[Candidate]:
        # the first candidate of an order that can be built, if there is one
        def at(value: int) -> Candidate:
            sizes = {**line, along: value}
            return self.candidates.at({name: sizes[name] for name in ranges})

        several = self.candidates.lines * prod(count(one) for name, one in ranges.items() if name != along)
        found = walk(
            lambda value: not at(value).problem,
            order,
            self.candidates.spent(several),
            ONE_BY_ONE // several,
            self.candidates.spent(2 * several),
        )
        if not found.complete:
            self.limits.append(found.text(along, order))
        if found.place is not None:
            yield at(order[found.place])

    def _preference(self, one: Candidate) -> tuple[int, tuple[int, ...]]:
        sizes = tuple(one.sizes.values())
        larger = self.problem.mode == AT_MOST
        if len(sizes) == 1 and not self.several and self.problem.mode != NEAR:
            return 0, tuple(-value for value in sizes) if larger else sizes
        return self.problem.rank([*one.amounts.values()]), tuple(-value for value in sizes) if larger else sizes

    def _by_halving(self, values: range, along: str, line: Mapping[str, int]) -> Iterator[Sequence[int]]:
        # the values of a line from the best one on, near to a budget on both sides of it: amounts never fall along it
        def at(place: int) -> tuple[int, ...]:
            return self._growing({**line, along: values[place]})

        mode, limits = self.problem.mode, [limit for _, limit in self.problem.budgets]
        every = [*zip(range(len(limits)), limits, strict=True)]
        if mode == AT_MOST:
            over = first(lambda place: any(at(place)[n] > limit for n, limit in every), count(values) - 1, 0)
            yield values[:over][::-1]
            return
        reached = first(lambda place: all(at(place)[n] >= limit for n, limit in every), count(values) - 1, 0)
        if reached is not None:
            yield values[reached:]
        if mode == NEAR:
            yield values[:reached][::-1]

    def _growing(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        found = self.candidates.prediction(sizes)
        if found is None:
            raise FormulasFail
        return found

    def _smallest(self, one: Candidate, along: str, ranges: Mapping[str, range]) -> Iterator[Candidate]:
        # the smallest candidate of a line with the amount of one, where amounts never fall along it
        values, amount = ranges[along], next(iter(one.amounts.values()))
        place = values.index(one.sizes[along])
        line = {name: value for name, value in one.sizes.items() if name != along}
        same = first(lambda at: self._growing({**one.sizes, along: values[at]})[0] >= amount, place, 0)
        return self._walk(values[same : place + 1], along, line, ranges)

    def _by_scan(self, values: range, along: str, line: Mapping[str, int]) -> Iterator[Sequence[int]]:
        # the values of a line that keep the budgets, the best one first
        kept: list[tuple[int, int]] = []
        single = not line and not self.several
        for value in values:
            found = self.candidates.prediction({**line, along: value})
            if found is not None and self.problem.keeps(found):
                sign = -1 if self.problem.mode == AT_MOST else 1
                kept.append((0 if single and self.problem.mode != NEAR else self.problem.rank(found), sign * value))
        yield [abs(value) for _, value in sorted(kept)]

    def _by_building(self, axes: Sequence[Axis]) -> _Found:
        # every candidate in turn, until the work is done or spent
        limited = prod(count(axis.values(0)) for axis in axes if axis.most is not None)
        ranges = self._ranges(axes, max(MODELS // limited, 1), MODELS)
        endless = [axis.name for axis in axes if axis.most is None]
        order = [*endless, *(name for name in ranges if name not in endless)]
        best: Candidate | None = None
        outer = 0
        self.candidates.layers = 0
        for values in product(*(ranges[name] for name in order)):
            if self.candidates.layers > (LAYERS if endless else MOST_LAYERS) and values[0] != outer:
                if not endless:
                    raise OptionError("too many layers to build", expected="smaller ranges of sizes")
                ranges[order[0]] = range(ranges[order[0]][0], outer + 1, ranges[order[0]].step)
                break
            outer = values[0]
            sizes = dict(zip(order, values, strict=True))
            one = self.candidates.at({name: sizes[name] for name in ranges})
            if not one.problem and self.problem.keeps([*one.amounts.values()]):
                best = one if best is None else min(best, one, key=self._preference)
        if best is not None:
            return _Found(REBUILD, ranges, best, self._beside(best, ranges))
        tried = [one for one in self.candidates.built.values() if not one.problem]
        if not tried:
            raise self._reason()
        return _Found(
            REBUILD, ranges, None, (min(tried, key=lambda one: self.problem.misses([*one.amounts.values()])),)
        )

    def _ranges(self, axes: Sequence[Axis], each: int, most: int) -> dict[str, range]:
        # the values of all axes; of the one without an end so many
        check_ends(axes)
        ranges = {axis.name: axis.values(axis.least + (each - 1) * axis.step) for axis in axes}
        several = prod(map(count, ranges.values()))
        if several > most:
            raise too_many(several, most)
        return ranges

    # --- proof ------------------------------------------------------------------------------------

    def _beside(self, answer: Candidate, ranges: Mapping[str, range]) -> tuple[Candidate, ...]:
        # the next candidate along each axis: above the answer, below it, or on both sides
        signs = {AT_MOST: (1,), AT_LEAST: (-1,), NEAR: (-1, 1)}[self.problem.mode]
        found = []
        for name, values in ranges.items():
            place = values.index(answer.sizes[name])
            for sign in signs:
                others = values[place + 1 :] if sign > 0 else values[:place][::-1]
                if not others:
                    continue
                tried = self.candidates.at({**answer.sizes, name: others[0]})
                found.append(tried)
                if tried.problem:  # the next one that can be built, too
                    line = {other: value for other, value in answer.sizes.items() if other != name}
                    found += self._walk(others[1:], name, line, ranges)
        return tuple(found)

    def _better(self, beside: Sequence[Candidate], ranges: Mapping[str, range]) -> Candidate | None:
        # a candidate beside the answer that keeps the budgets, too
        if len(ranges) > 1 or self.problem.mode == NEAR:
            return None
        kept = (one for one in beside if not one.problem and self.problem.keeps([*one.amounts.values()]))
        return next(kept, None)

    def _first(self, ranges: Mapping[str, range]) -> Candidate | None:
        # the candidate that misses the budgets by the least, where amounts never fall along a line
        found: list[Candidate] = []
        for along, line in lines(ranges):
            order = ranges[along] if self.problem.mode == AT_MOST else ranges[along][::-1]
            found += self._walk(order, along, line, ranges)
        return min(found, key=lambda one: self.problem.misses([*one.amounts.values()]), default=None)

    def _nearest(self, ranges: Mapping[str, range]) -> Candidate | None:
        # the candidate that misses the budgets by the least
        found: list[tuple[Fraction, tuple[int, ...]]] = []
        for values in product(*ranges.values()):
            amounts = self.candidates.prediction(dict(zip(ranges, values, strict=True)))
            if amounts is not None:
                found.append((self.problem.misses(amounts), values))
        every = [dict(zip(ranges, values, strict=True)) for _, values in sorted(found)]
        spent = self.candidates.spent(self.candidates.lines)
        place = walk(lambda at: not self.candidates.at(every[at]).problem, range(len(every)), spent).place
        return None if place is None else self.candidates.at(every[place])

    def _reason(self) -> ParamcalcError:
        # why nothing can be built; where sizes were passed over, how far that is known
        if not self.limits:
            return self.candidates.problems[0]
        return OptionError(f"{'; '.join(dict.fromkeys(self.limits))}: {self.candidates.problems[0]}")

    def _note_ends(self, axes: Sequence[Axis], found: _Found) -> None:
        # without an end of its own, a size is searched up to a limit; amounts that grow may show that nothing is behind
        for axis in axes:
            last = found.ranges[axis.name][-1]
            answer = None if found.answer is None else found.answer.sizes[axis.name]
            grown = found.method.grows and (answer is not None or self.problem.mode != AT_LEAST)
            grown = grown or (answer is not None and self.problem.mode == AT_LEAST and len(axes) == 1)
            if answer == last and self.problem.mode != AT_LEAST:
                if found.ranges[axis.name][0] < last:
                    self.limits.append(end(axis.name, last))
            elif axis.most is None and not grown:
                self.limits.append(end(axis.name, last))


@dataclass(frozen=True)
class Way:
    """A method that finds the answer by formulas.

    Attributes
    ----------
    method : Method
    ranges : callable
        Gives the values of each size that are searched, of axes in the steps that divisions require, if they have
        such steps; ``None`` where the method does not suit the formulas.
    orders : callable
        Gives the values of a line that keep the budgets, the best one first; near to a budget, those on each side of
        it. Only the first one that can be built is tried.
    nearest : callable
        Gives the candidate that misses the budgets by the least.
    """

    method: Method
    ranges: Callable[[Search, Sequence[Axis], bool], dict[str, range] | None]
    orders: Callable[[Search, range, str, Mapping[str, int]], Iterator[Sequence[int]]]
    nearest: Callable[[Search, Mapping[str, range]], Candidate | None]


# The first one that suits the formulas is taken; the last one suits all.
WAYS = (
    Way(HALVING, Search._growing_ranges, Search._by_halving, Search._first),
    Way(SCAN, Search._scanned_ranges, Search._by_scan, Search._nearest),
)
