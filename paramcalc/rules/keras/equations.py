"""Equations of products: ``abc,cd->abd``, an input and a kernel, letter by letter, as ``EinsumDense`` takes them.

A letter of the kernel that the output does not have is summed over; ``...`` stands for axes that only pass through,
all on the left or all on the right.
"""

from __future__ import annotations

import re
from math import prod

from ...core.declare import Shape
from ...core.kinds import Check
from ...errors import OptionError, ShapeError
from ...symbolic import Size
from ...untyped import OptionValue

_FORMS = re.compile(
    r"(?P<left>\.\.\.)?(?P<inputs>[a-zA-Z]+)(?P<right>(?<=..)\.\.\.)?,(?P<kernel>[a-zA-Z]+)"
    r"->(?(left)\.\.\.)(?P<outputs>[a-zA-Z]+)(?(right)\.\.\.)"
)


class Equation(str):
    """An equation that has been read."""

    inputs: str
    kernel: str
    outputs: str
    left: bool
    right: bool

    def __new__(cls, text: str) -> Equation:
        """Read an equation.

        Raises
        ------
        OptionError
        """
        found = _FORMS.fullmatch(text)
        if found is None or (found["left"] and found["right"]):
            raise OptionError(
                "not an equation of a product", expected="a form such as ab,bc->ac or ...x,xy->...y", received=text
            )
        read = super().__new__(cls, text)
        read.inputs, read.kernel, read.outputs = found["inputs"], found["kernel"], found["outputs"]
        read.left, read.right = bool(found["left"]), bool(found["right"])
        for letter in read.kernel + read.outputs:
            if letter not in read.inputs + read.outputs or letter not in read.inputs + read.kernel:
                lacks = "neither in the input nor in the output" if letter in read.kernel else "nowhere else"
                raise OptionError(
                    f"{letter} of {text} is {lacks}", expected="every letter at least twice in the equation"
                )
        return read

    def axes(self, rank: int) -> list[str] | None:
        """Name the axes of an input of this rank by their letters, or give ``None`` if it does not fit."""
        passed = rank - len(self.inputs)
        if passed < (1 if self.left else 0) or (passed and not (self.left or self.right)):
            return None
        names = [f"n{place + (not self.left)}" for place in range(passed)]
        if self.left:
            names[0] = "B" if "B" not in self else "n0"
        return [*names, *self.inputs] if self.left else [*self.inputs, *names]

    def sizes(self, x: Shape, output_shape: tuple[Size | None, ...]) -> tuple[dict[str, Size], dict[str, Size | None]]:
        """Tell the size of every letter, and what is said of those of the output: weights go by what is said.

        Raises
        ------
        ShapeError
            When the ranks do not fit, or input and output_shape say different sizes.
        """
        names = self.axes(len(x))
        if names is None or len(output_shape) != len(self.outputs) - (not self.left):
            axes = f"an input of {len(x)} axes and an output_shape of {len(output_shape)} sizes"
            raise ShapeError(f"{self} does not fit {axes}", suggestion="output_shape leaves out the batch and ...")
        found = dict(zip(names, x, strict=True))
        # the first axis is the batch, whatever its letter
        said = dict(zip(self.outputs, output_shape if self.left else (x[0], *output_shape), strict=True))
        for letter, size in said.items():
            if letter not in found and size is not None:
                found[letter] = size
            elif isinstance(size, int) and size != found.get(letter):
                raise ShapeError(f"output_shape says {size} for {letter} of {self}, the input has {found[letter]}")
        return found, said

    def weighs(self, letters: str, found: dict[str, Size], said: dict[str, Size | None]) -> Shape:
        """Give the shape of a weight along these letters.

        Raises
        ------
        ShapeError
            When output_shape leaves one of them open.
        """
        sizes = [said[letter] if letter in said else found[letter] for letter in letters]
        if None in sizes:
            letter = letters[sizes.index(None)]
            raise ShapeError(f"a weight along {letter} of {self}", expected="its size in output_shape", received=None)
        return tuple(size for size in sizes if size is not None)

    def macs(self, sizes: dict[str, Size], x: Shape) -> Size:
        """Count multiply-adds: one for each value of all letters; what only the input has is added up before."""
        passed = len(x) - len(self.inputs)
        around = x[:passed] if self.left else x[len(x) - passed :]
        letters = dict.fromkeys(letter for letter in self.inputs + self.kernel if letter in self.kernel + self.outputs)
        return prod(around) * prod(sizes[letter] for letter in letters)

    def output(self, sizes: dict[str, Size], x: Shape) -> Shape:
        """Give the shape of the output."""
        passed = len(x) - len(self.inputs)
        made = tuple(sizes[letter] for letter in self.outputs)
        return (*x[:passed], *made) if self.left else (*made, *x[len(x) - passed :])

    def bias(self, axes: str, found: dict[str, Size], said: dict[str, Size | None], rank: int) -> Shape:
        """Give the shape of the bias: from the first of its axes on, 1 where it is shared.

        Raises
        ------
        OptionError
            When it names an axis the output does not have.
        """
        for letter in axes:
            if letter not in self.outputs:
                raise OptionError(f"bias_axes names {letter}", expected=f"letters of {self.outputs}", received=axes)
        first = min(self.outputs.index(letter) for letter in axes)
        kept = self.outputs[first:]
        sizes = dict(zip(axes, self.weighs(axes, found, said), strict=True))
        shape = tuple(sizes.get(letter, 1) for letter in kept)
        return shape if self.left else shape + (1,) * (rank - len(self.inputs))


def sides(equation: Equation, kernel: Shape) -> tuple[Size, Size]:
    """Take a kernel for a table: its rows are summed over, its columns are along letters that the output keeps."""
    pairs = list(zip(equation.kernel, kernel, strict=True))
    rows = prod(size for letter, size in pairs if letter not in equation.outputs)
    return rows, prod(size for letter, size in pairs if letter in equation.outputs)


def scales(equation: Equation, kernel: Shape) -> Shape:
    """Lay one scale for each column along the output.

    Raises
    ------
    ShapeError
        Where Keras finds no place for an axis that is summed over.
    """
    _laid(equation.inputs, equation)
    order, spread, dropped = _laid(equation.kernel, equation)
    laid: list[Size] = [kernel[at] if equation.kernel[at] in equation.outputs else 1 for at in order]
    for at in spread:
        laid.insert(at, 1)
    for at in sorted(dropped, reverse=True):
        del laid[at]
    return tuple(laid)


def _laid(letters: str, equation: Equation) -> tuple[list[int], list[int], list[int]]:
    # the axes in the order of the output, those summed over in the places of axes they do not have
    order = [letters.index(letter) for letter in equation.outputs if letter in letters]
    free = [place for place, letter in enumerate(equation.outputs) if letter not in letters]
    dropped: list[int] = []
    place = None
    for at, letter in enumerate(letters):
        if letter in equation.outputs:
            continue
        if free:
            place = free.pop(0)
        else:
            dropped.append(at)
        if place is None:
            raise ShapeError(
                f"the sums of {equation} do not allow scales", suggestion="keep the layer in full precision"
            )
        order.insert(place, at)
    return order, free, dropped


def _equation(value: OptionValue) -> Equation:
    if not isinstance(value, str):
        raise TypeError(value)
    return Equation(value)


def _letters(value: OptionValue) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(value)
    return value


EQUATION = Check("an equation such as abc,cd->abd", _equation, {"type": "string"})
LETTERS = Check("letters of the equation's output", _letters, {"type": "string"})
