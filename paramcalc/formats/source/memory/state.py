"""The state of a run: its budget, its journal, its notes; forks, and the signals that leave a piece of the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence

from ....core.built import Applicable
from ....core.shapes import AnyShape
from ....errors import OptionError
from ....symbolic import Expr, is_name, symbols
from .budget import Budget, Stop as Stop
from .heap import BRANCHES, Heap, Outcome, Region, unchanged
from .objects import Builtin, Function, Instance, Mark, Module, Obj, Pieces, Scope, Unknown, Value
from .reach import mutable
from .records import CalledBack, Names, Root
from .trace import Trace

ARGV = ("sys", "argv")  # where the command line of a program is
GRAD = "<grad>"  # the name under which functions and context managers have whether gradients are recorded in them
NAMES = "globals()"  # the path of the dictionary of the names of a module
NO_WORDS = "--set, or FILE:NAME and --args, in place of words after --"  # what to use where words are not followed
MOST_LINES = 2_000_000  # of the program: it has fewer characters
DEPTH = 32  # calls inside calls; each takes up to 24 frames of the host, which allows 1,000
ROUNDS = 600  # of a loop, before its length counts as unknown
OF_A_MODULE = 400  # steps of a loop besides, for each object of a class that it makes
WIDENINGS = 6  # times that the body of a loop of unknown length is walked until nothing new changes


class Signal(Exception):
    """The program goes on elsewhere."""

    how = ""

    def __init__(self, value: Value = None) -> None:
        super().__init__()
        self.value = value


class Returned(Signal):
    """A return."""

    how = "return"


class Broken(Signal):
    """A break."""

    how = "break"


class Continued(Signal):
    """A continue."""

    how = "continue"


class Raised(Signal):
    """An exception that the program raises for sure."""

    how = "raise"


SIGNALS: dict[str, type[Signal]] = {one.how: one for one in (Returned, Broken, Continued, Raised)}


class State:
    """What all parts of the interpreter share.

    Parameters
    ----------
    sizes : mapping of str to int
        Values for unknown sizes, by the variable they are first assigned to.
    """

    # what higher folders do, for lower ones, which do not import them; the `Interpreter` sets these
    call: Callable[[Value, list[Value], dict[str, Value]], Value]
    execute: Callable[[Sequence[ast.stmt], Scope], None]
    evaluate: Callable[[ast.expr, Scope], Value]
    error: Callable[[str, str], Instance]
    builtin: Callable[[str], Value]
    method: Callable[[Value, str], Value]
    contains: Callable[[Value, Value], Value]
    native_length: Callable[[Instance], Value]
    native_items: Callable[[Instance], Value]
    of_pieces: Callable[[Value, Pieces], Value]
    native_item: Callable[[Instance, Value], Value]
    is_tensor: Callable[[Value], bool]
    tensor_binary: Callable[[type, Value, Value], Value]
    tensor_unary: Callable[[Value], Value]
    tensor_item: Callable[[Value, Value], Value]
    tensor_compared: Callable[[Value, Value], Value]
    tensor_changed: Callable[[Value, Value], Value]
    tensor_written: Callable[[Value, Value, Value], None]
    imported: Callable[[str], Value]
    library: Callable[[str], Value]
    undefined: Callable[[str, Scope], Value]
    done: Callable[[ast.expr], None]
    nested: Callable[[Instance], Applicable]
    within: Callable[[ast.Module, Scope, Root, str], None]

    def __init__(self, sizes: Mapping[str, Value] | None = None) -> None:
        self.budget = Budget()
        self.heap = Heap(self.budget)
        self.sizes = dict(sizes or {})
        self.unread: dict[tuple[int, str], tuple[str, Unknown]] = {}  # attributes that are given, until they are read
        self.used: set[str] = set()
        self.opened: frozenset[str] = frozenset()  # arguments that are sizes without a value, whatever their default
        self.arguments: dict[str, Unknown] = {}
        self.defaults: set[str] = set()  # arguments that were left out, with a number as their default
        self.line = 0
        self.root = Root("")  # from which the siblings of the module are read that is run now
        self.package = ""  # of that module
        self.modules: dict[tuple[Root, str], Value] = {}
        self.lines = MOST_LINES  # of all files that were read
        self.files: list[tuple[int, str]] = []  # where the lines of each file begin, all files in a row
        self.depth = 0
        self.round_steps = 60_000  # of a loop, before its length counts as unknown
        self.tries = 0  # try statements around
        self.unsure = 0  # forks and loops of unknown length around
        self.symbols: dict[str, int] = {}
        self.notes: list[str] = []
        self.remarks: list[str] = []  # on the text of the program
        self.frames: list[tuple[Function, Scope]] = []  # of the calls that are under way, innermost last
        self.called_back: list[CalledBack] = []  # what libraries call now, innermost last
        self.bound: list[tuple[str, Instance, Scope]] = []  # objects as they were bound to names, in order
        self.undecided: list[tuple[str, Unknown]] = []  # names of functions, bound to one object or another
        self.objects = 0  # how many objects of classes were made, by the program and by libraries
        self.made: list[Instance] = []  # objects of classes, as they were made for sure; bound to names or not
        self.attached: set[int] = set()  # by id, those that became a part of another one
        self.inside_library = 0  # calls of functions of libraries around
        self.foreign: set[Scope] = set()  # the names of modules of libraries
        self.globals = Scope("module", None)  # of the program
        self.program: Sequence[ast.stmt] = ()
        self.bodies: list[Sequence[ast.stmt]] = []  # of all modules that were run
        self.in_functions: list[set[str]] = []  # of each of them, the names in its functions; not looked for yet
        self.wide: bool | None = None  # whether they may make tensors of more than 32 bits; not looked for yet
        self.siblings: list[Sequence[ast.stmt]] = []  # modules beside it whose names are not collected yet
        self.names: Names | None = None
        self.assumed: dict[str, tuple[str, Value]] = {}  # names that it uses and never binds: what they stand for
        self.missed: set[str] = set()  # such names where the program may catch the exception
        self.stars: list[Module] = []  # modules of which all names were imported
        self.patches = Scope("module", None)  # names of modules of libraries that the program sets
        self.read_patches: set[tuple[str, str]] = set()  # those of them that it reads
        self.changed_tensors = 0  # how often a tensor may have been changed in place
        self.distrust = False  # whether it changes classes of libraries
        self.asked_words: tuple[str, ...] = ()  # the command line that the program is asked to have
        self.mistakes: list[OptionError] = []  # what is wrong with it
        self.unfit: dict[str, OptionError] = {}  # sizes that an argument of it does not take
        self.stated: set[str] = set()  # arguments that the command line gives
        self.inputs: tuple[AnyShape, ...] = ()  # shapes that models are put on
        self.trace: Trace | None = None  # of forward on shapes, while it lasts
        self.grad: bool | None = True  # whether gradients are recorded
        self.entangled = False  # whether tensors may depend on what is not followed
        self.lost_names = False  # whether a star import may have bound any name

    def place(self, line: int) -> str:
        """Say where a line is: ``model.py:12``."""
        start, file = next((one for one in reversed(self.files) if line > one[0]), self.files[0])
        return f"{file}:{line - start}"

    def note(self, text: str, line: int = 0) -> None:
        """Keep a remark for the report, with its place."""
        told = f"{self.place(line or self.line)}: {text}"
        if told not in self.notes and len(self.notes) < 40:
            self.notes.append(told)

    def remark(self, text: str, line: int = 0) -> None:
        """Keep a remark on how the program was read, for every model."""
        told = f"{self.place(line or self.line)}: {text}"
        if told not in self.remarks:
            self.remarks = [*self.remarks, told]

    # --- unknown values -------------------------------------------------------------------------------------------

    def unknown(self, reason: str, *values: Value, path: str = "", data: bool = False, scalar: bool = False) -> Unknown:
        """Make an unknown value that may stand for what these values hold."""
        refs: frozenset[Obj] = frozenset()
        for value in values:
            refs |= mutable(value)
        return Unknown(reason, self.line, refs, path, data and not refs, scalar and not refs)

    def symbol(self, value: Unknown) -> Value:
        """Give the size symbol of an unknown value, named after its variable; or the size given for that name."""
        if value.size is None:
            first = _size_name(value.name or value.attribute)
            count = self.symbols[first] = self.symbols.get(first, 0) + 1
            name = first if count == 1 else f"{first}_{count}"
            given = self.sizes.get(name)
            self.used |= {name} & self.sizes.keys()
            value.size = given if isinstance(given, (int, Expr)) else symbols(name)
        return value.size

    def name(self, value: Value, name: str) -> Value:
        """Remember the variable that an unknown value is first assigned to; a size given for it takes its place."""
        if not isinstance(value, Unknown) or not value.data or value.size is not None:
            return value
        if name in self.sizes and not value.name:
            self.used.add(name)
            return self.sizes[name]
        value.name = value.name or name
        return value

    def left_out(self, name: str, default: Value) -> Value:
        """Give the value of an argument that was left out: its default, or the size asked for in place of a number."""
        if not isinstance(default, int) or isinstance(default, bool):
            return default
        self.defaults.add(name)
        if name in self.sizes:
            self.used.add(name)
            return self.sizes[name]
        return self.argument(name) if name in self.opened else default

    def argument(self, name: str) -> Value:
        """Give an argument without a value: one size for each name."""
        return self.arguments.setdefault(name, Unknown(f"the argument {name}", data=True))

    # --- changes --------------------------------------------------------------------------------------------------

    def change(self, obj: Obj) -> None:
        """Announce that an object is about to change; what is known of a list of unknown length is not known then."""
        self.heap.line = self.line
        self.heap.touch(obj)
        if isinstance(obj.blur, Mark):
            obj.blur = Unknown(obj.blur.reason, obj.blur.line, obj.blur.refs)

    def blur(self, reason: str, *values: Value) -> list[Obj]:
        """Make unknown what can be reached from these values, and list it."""
        if any(isinstance(one, Unknown) and one.path.startswith(NAMES) for one in values):
            raise Stop("the names of the module may be changed", everything=True)
        return self.heap.blur(values, reason, self.line)

    def entangle(self) -> None:
        """Note that it is not known any more what each tensor depends on."""
        if self.trace is not None:
            self.trace.linked = False
        else:
            self.entangled = True

    def recording(self, manager: Value) -> bool | None:
        """Tell whether gradients are recorded within a context manager or a function; ``None`` if that is unknown."""
        mode: Value = self.grad
        if isinstance(manager, Function):
            mode = manager.named.get(GRAD, mode)
        elif isinstance(manager, Builtin):
            mode = manager.names.get(GRAD, mode)
        return mode if isinstance(mode, bool) and not isinstance(manager, Unknown) else None

    def may_raise(self, what: str) -> None:
        """Let the outcome wait in which an exception is raised here, where something could catch it."""
        if self.tries:
            error = self.unknown(f"what {what} raises")
            self.heap.leave(Outcome("raise", error, {}, Obj.count))

    @property
    def certain(self) -> bool:
        """Whether what is run now is run under every outcome: in no branch, and behind no return or exception."""
        return not self.unsure and not any(region.left for region in self.heap.regions)

    def trying(self, piece: Callable[[], Value]) -> Value:
        """Run a piece of the program around which something may catch an exception."""
        self.tries += 1
        try:
            return piece()
        finally:
            self.tries -= 1

    # --- forks ----------------------------------------------------------------------------------------------------

    def ways(self, region: Region, how: str, value: Value) -> list[Outcome]:
        """Give all ways in which the innermost region ends, one of each kind, and undo it."""
        found = {one.how: one for one in region.left}
        last = Outcome(how, value, self.heap.delta(region), Obj.count)
        found[how] = self.heap.merged([found[how], last], region) if how in found else last
        self.heap.undo(region)
        region.left = []
        return list(found.values())

    def walk(self, region: Region, piece: Callable[[], Value]) -> tuple[str, Value]:
        """Run a piece of the program inside a region; tell how it goes on."""
        try:
            how, value = "next", piece()
        except Signal as signal:
            how, value = signal.how, signal.value
        self.heap.close_inside(region)
        return how, value

    def fork(self, *pieces: Callable[[], Value]) -> Value:
        """Walk pieces of the program of which exactly one is run, and merge what they did."""
        region = self.heap.open()
        start = region.serial
        found: list[Outcome] = []
        self.unsure += 1
        try:
            for piece in pieces:
                how, value = self.walk(region, piece)
                found += self.ways(region, how, value)
                region.serial = start
        finally:
            self.unsure -= 1
        self.heap.line = self.line
        return self.settle(region, [one._replace(fork=start) for one in found])

    def settle(self, region: Region, found: Sequence[Outcome], caught: Mapping[str, str] | None = None) -> Value:
        """Merge outcomes that go on alike, let the others wait further out, and go on.

        The region has been undone. ``caught`` says as what an outcome goes on here: ``{"return": "next"}``.
        """
        groups: dict[str, list[Outcome]] = {}
        for one in found:
            how = (caught or {}).get(one.how, one.how)
            groups.setdefault(how, []).append(one._replace(how=how))
        merged = {how: self.heap.merged(several, region) for how, several in groups.items()}
        self.heap.close(region)
        order = [how for how in ("next", "return", "continue", "break", "raise") if how in merged]
        current = order[0]
        for how in order[1:]:
            if self.heap.regions and (how != "raise" or self.tries):  # else the exception ends the program
                self.heap.leave(merged[how])
        outcome = merged[current]
        self.heap.apply(outcome.delta)
        if current == "next":
            return outcome.value
        raise SIGNALS[current](outcome.value)

    def region(self, piece: Callable[[], Value], caught: Mapping[str, str]) -> Value:
        """Run a piece that catches some ways of going on: a function its returns, a loop its breaks."""
        region = self.heap.open()
        how, value = self.walk(region, piece)
        if not region.left:
            self.heap.close(region)
            how = caught.get(how, how)
            if how == "next":
                return value
            raise SIGNALS[how](value)
        return self.settle(region, self.ways(region, how, value), caught)

    def maybe_many(self, piece: Callable[[], Value], items: Value = None) -> None:
        """Walk a piece that is run any number of times, as for each of these: what it changes becomes unknown."""
        told = f": {items.name}" if isinstance(items, Unknown) and items.name else ""
        for _ in range(WIDENINGS):
            region = self.heap.open()
            start = region.serial
            self.unsure += 1
            try:
                how, value = self.walk(region, piece)
            finally:
                self.unsure -= 1
            ends, others = [Outcome("next", None, {}, start)], []
            for one in self.ways(region, how, value):
                if one.how in ("return", "raise", "break"):
                    others.append(one._replace(fork=start))
                else:
                    ends.append(one._replace(how="next", value=None, fork=start))
            self.heap.line, self.heap.why = self.line, f"it depends on how often a loop is run{told}"
            after = self.heap.merged(ends, region)
            stable = all(unchanged((obj.state, obj.blur), state, start) for obj, state in after.delta.items())
            try:
                self.settle(region, [after, *others])
            finally:
                self.heap.why = BRANCHES
            if stable:
                return
        raise Stop("a loop of unknown length")


def _size_name(name: str) -> str:
    # the name of a size for a name of the program, or a key, which may have other letters or mean something in formulas
    plain = re.sub("[^A-Za-z0-9_]", "_", name).strip("_") if not is_name(name) else name
    return plain if is_name(plain) else f"n_{plain}".rstrip("_")
