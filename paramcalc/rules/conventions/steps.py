"""What one time step of a row computes: the letters of its tensors, and the equations with the options it has.

The letters follow from the tensors. Those of one role share the networks among them, in the order of the row: first
W, U and b of every network, then the biases b' of the products with the previous output. If fewer biases than networks
are left for b', they are those of the candidate. The column ``step`` has what the tensors do not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import NamedTuple

from ...core.equations import Equations, Parts
from ...errors import FileError
from ..shared import equations
from ..shared.cells import CANDIDATE
from ..shared.equations import BIASES, C, H, X
from .read import Row, Tensor, at, symbols_of

ONE = dict.fromkeys(("d_x", "d_h", "d_p", "d_r", "D", "k_h", "k_w"), 1)
AROUND = ({"D"}, {"k_h"}, {"k_w"})  # axes that no network divides
MATRICES = {"input": "W", "recurrent": "U"}
PROJECTIONS = ("P", "Q")  # what the next step reads, and the rest of the output
OUTPUT, OUTPUT_BIAS = "V", "d"
WRITTEN = {"sigmoid": "σ"}


class Part(NamedTuple):
    """What a tensor holds for one network: a letter, and the network, which is empty where there is only one."""

    letter: str
    network: str = ""

    @property
    def name(self) -> str:
        """Its name in the equations."""
        return f"{self.letter}_{self.network}" if self.network else self.letter


def parts(row: Row) -> dict[str, tuple[Part, ...]]:
    """Divide the tensors of a row among its networks: the parts of each, by its name, in the order of its axis.

    Raises
    ------
    FileError
        When the tensors of a role have more or fewer parts than the row has networks.
    """
    found: dict[str, tuple[Part, ...]] = {}
    for way in (False, True):
        alike: dict[tuple[str, bool], list[Tensor]] = {}
        for tensor in row.tensors:
            if tensor.backwards is way:
                alike.setdefault((tensor.role, _is_vector(tensor)), []).append(tensor)
        for (role, vector), tensors in alike.items():
            counts = [_count(tensor, row) for tensor in tensors]
            whole = _whole(row, role, vector, sum(counts))
            if sum(counts) != len(whole):
                names = ", ".join(tensor.name for tensor in tensors)
                raise FileError(f"{names}: {sum(counts)} parts", expected=f"{len(whole)}").at(role)
            rest = iter(whole)
            found |= {
                tensor.name: tuple(next(rest) for _ in range(count))
                for tensor, count in zip(tensors, counts, strict=True)
            }
    return found


def _whole(row: Row, role: str, vector: bool, count: int) -> list[Part]:
    # everything that tensors of a role may hold, as far as they have numbers for it
    networks = row.gates if len(row.gates) > 1 else ("",)
    if role in MATRICES:
        return [Part(MATRICES[role], network) for network in networks]
    if role == "bias":
        first, second = BIASES
        twice = (CANDIDATE,) if count == len(row.gates) + 1 and len(row.gates) > 1 else networks
        return [Part(first, one) for one in networks] + [Part(second, one) for one in twice] * (count > len(networks))
    if role == "peephole":
        return [Part("v", gate) for gate in row.step.peepholes]
    if role == "projection":
        return [Part("b", letter) if vector else Part(letter) for letter in PROJECTIONS[:count]]
    return [Part(OUTPUT_BIAS if vector else OUTPUT)]


def _own(tensor: Tensor) -> list[int]:
    # the axes without those of directions and windows
    return [place for place, axis in enumerate(tensor.shape) if symbols_of([axis]) not in AROUND]


def _is_vector(tensor: Tensor) -> bool:
    return len(_own(tensor)) == 1


def is_behind(row: Row) -> bool:
    """Tell whether the weights of a row have the rows of what they read: ``x_t W``, not ``W x_t``."""
    return "d_x" not in symbols_of(row.tensors[0].shape[-1:])


def _divided(tensor: Tensor, row: Row) -> list[int]:
    # the axes that networks share: of a matrix, the one that is not read
    own = _own(tensor)
    if len(own) == 1 or tensor.role in ("bias", "peephole"):
        return own
    return own[-1:] if is_behind(row) else own[:1]


def _count(tensor: Tensor, row: Row) -> int:
    count = prod(at(tensor.shape[place], ONE) for place in _divided(tensor, row))
    assert isinstance(count, int)  # every size of the table is 1
    return count


def letters(row: Row) -> dict[str, str]:
    """Give the letter of each tensor: ``W`` for all networks of a role, ``W_i`` for one, ``b, b'`` for both biases."""
    return {name: ", ".join(_letters(found, row)) for name, found in parts(row).items()}


def _letters(found: Iterable[Part], row: Row) -> Iterator[str]:
    several: dict[str, list[Part]] = {}
    for part in found:
        several.setdefault(part.letter, []).append(part)
    for letter, same in several.items():
        all_of_it = row.step.peepholes if letter == "v" else row.gates
        if len(same) > 1 and len(same) == len(all_of_it):
            yield letter
        else:
            yield from (part.name for part in same)


def computed(row: Row, there: Iterable[Tensor]) -> Equations:
    """Give the equations of a row with the tensors that its options ask for."""
    found, named, here = parts(row), letters(row), [*there]
    written = _Written(row, frozenset(part.name for one in here for part in found[one.name]))
    return Equations(
        tuple(written.lines()),
        {one.name: named[one.name] for one in here},
        parts={one.name: Parts(_networks(found[one.name], row), _axis(one, row)) for one in here},
        roles={"z": "how much of the old output is replaced"} if row.step.update == "new" else {},
    )


def _networks(found: tuple[Part, ...], row: Row) -> tuple[str, ...]:
    # none where there is one network, or none of the row's
    networks = tuple(part.network for part in found)
    return networks if len(row.gates) > 1 and {*networks} <= {*row.gates} else ()


def _axis(tensor: Tensor, row: Row) -> int:
    place = _divided(tensor, row)[0]
    return -1 if place == len(tensor.shape) - 1 else place


class _Written(NamedTuple):
    """The lines of a row with the parts that are there."""

    row: Row
    there: frozenset[str]

    def lines(self) -> Iterator[str]:
        gates, step = self.row.gates, self.row.step
        if "z" in gates:
            mixed = equations.MIXED if step.update == "old" else equations.MIXED_NEW
            candidate = self.reset_after() if step.reset == "after" else self.adds(CANDIDATE, equations.RESET)
            yield from equations.gated(gates, self.adds, candidate, self.activation(), mixed)
        elif len(gates) > 1:
            late = [part.removeprefix("v_") for part in self.there if part == "v_o"]
            yield from equations.lstm(gates, self.adds, self.shows, late, step.bound)
        else:
            yield self.plain()
            if OUTPUT in self.there:
                yield f"y_t = {self.activation()}({self.plus(self.times('h_t', OUTPUT), OUTPUT_BIAS)})"

    def adds(self, network: str, seen: str = H) -> str:
        """Write what a network adds up."""
        step, mark = self.row.step, f"_{network}" if network else ""
        biases = [b for b in BIASES if f"{b}{mark}" in self.there]
        if self.row.joint:
            terms = [self.times(self.side_by_side(seen), f"W{mark}"), *(f"{b}{mark}" for b in biases)]
        else:
            terms = [equations.reads(network, self.times, biases, seen if seen == H else f"({seen})")]
        terms += [f"v{mark} ⊙ {'c_t' if network == 'o' else C}"] * (f"v{mark}" in self.there)
        terms += [f"{step.forget}"] * (network == "f" and step.forget > 0)
        return " + ".join(terms)

    def reset_after(self) -> str:
        return equations.reset_after(self.times, [b for b in BIASES if f"{b}_{CANDIDATE}" in self.there])

    def side_by_side(self, seen: str) -> str:
        """Write what a kernel on the input and the previous output reads; one that holds the bias reads a 1, too."""
        return f"[{X}, {seen}{', 1' * has_bias(self.row)}]"

    def plain(self) -> str:
        activation = self.activation()
        if self.row.step.on == "sum":
            return f"h_t = {activation}({self.adds('')})"
        both = zip((self.times(X, "W"), self.times(H, "U")), BIASES, strict=True)
        return f"h_t = {' + '.join(f'{activation}({self.plus(*one)})' for one in both)}"

    def plus(self, product: str, bias: str) -> str:
        return f"{product} + {bias}" if bias in self.there else product

    def shows(self, units: str) -> tuple[str, ...]:
        """Write what becomes of the units: the output, or what a projection makes of them."""
        first, second = PROJECTIONS
        if first not in self.there:
            return equations.shown(units)
        if second not in self.there:
            return (f"h_t = {self.plus(self.times(f'({units})', first), f'b_{first}')}",)
        seen, rest = (self.plus(self.times("m_t", one), f"b_{one}") for one in PROJECTIONS)
        return f"m_t = {units}", f"h_t = {seen}", f"y_t = [h_t, {rest}]"

    @property
    def times(self) -> Callable[[str, str], str]:
        if self.row.has("k_h"):
            return equations.convolved
        return equations.behind if is_behind(self.row) else equations.before

    def activation(self) -> str:
        default = self.row.step.activation[0]
        return WRITTEN.get(default, default)


def has_bias(row: Row) -> bool:
    """Tell whether a kernel holds the bias: the 1 of d_x + d_h + 1."""
    nothing = dict.fromkeys(("d_x", "d_h", "d_r"), 0)
    return any("d_x" in symbols_of([axis]) and at(axis, nothing) == 1 for axis in row.tensors[0].shape)


def sentences(row: Row) -> Iterator[str]:
    """Say what else there is about a step; a sentence about an option begins with it."""
    if row.rule:  # it says so itself
        return
    step = row.step
    if row.joint:
        read = "the input, the previous output and 1" if has_bias(row) else "the input and the previous output"
        yield f"W reads {read} side by side{', so that its last column is the bias' * has_bias(row)}."
    if step.reset:
        yield {
            "before": "The reset gate acts on the previous output, before the product.",
            "after": "The reset gate acts on the product with U.",
        }[step.reset]
    if step.update == "new":
        yield "The update gate is the share of the candidate, not of the previous output."
    if step.forget:
        yield f"Each step adds {step.forget} to the forget gate; this is no weight."
    default, *others = (WRITTEN.get(one, one) for one in step.activation)
    if others:
        yield f"The activation is {default} by default; {' or '.join(others)} is possible."
    elif default != "tanh":
        yield f"The activation is {default}."
    if step.on == "products":
        yield "Each product has its own activation."
    if step.bound:
        yield f"The cell state stays between −{step.bound} and {step.bound}."
    if any(tensor.backwards or "D" in symbols_of(tensor.shape) for tensor in row.tensors):
        yield "bidirectional: The second direction reads the sequence from its end, by the same equations."
