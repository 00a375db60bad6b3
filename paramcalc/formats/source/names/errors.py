"""Names: the exceptions of Python."""

from __future__ import annotations

import builtins

from ..memory.objects import Instance, Native
from ..memory.state import State
from .native import Args, Kwargs


def _error_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    self.named["args"] = tuple(args)


BASE_ERROR = Native(
    "BaseException", make=lambda run, cls: Instance(cls), init=_error_init, names=(*dir(BaseException), "__notes__")
)
ERRORS: dict[str, Native] = {"BaseException": BASE_ERROR}
for _line in (
    "BaseException: Exception KeyboardInterrupt SystemExit GeneratorExit",
    "Exception: ArithmeticError AssertionError AttributeError BufferError EOFError ImportError LookupError MemoryError"
    " NameError OSError RuntimeError StopIteration SyntaxError TypeError ValueError Warning StopAsyncIteration",
    "ArithmeticError: ZeroDivisionError OverflowError FloatingPointError",
    "ImportError: ModuleNotFoundError",
    "LookupError: IndexError KeyError",
    "NameError: UnboundLocalError",
    "OSError: FileNotFoundError FileExistsError PermissionError ConnectionError TimeoutError IsADirectoryError",
    "RuntimeError: NotImplementedError RecursionError",
    "ValueError: UnicodeError",
    "UnicodeError: UnicodeDecodeError UnicodeEncodeError",
    "Warning: UserWarning DeprecationWarning FutureWarning RuntimeWarning",
):
    _parent, _, _children = _line.partition(": ")
    for _child in _children.split():
        ERRORS[_child] = Native(_child, ERRORS[_parent], names=dir(vars(builtins)[_child]))
ERRORS["IOError"] = ERRORS["EnvironmentError"] = ERRORS["OSError"]


def error(run: State, name: str, text: str) -> Instance:
    """Make an exception of Python's own."""
    made = Instance(ERRORS.get(name, ERRORS["Exception"]))
    made.named["args"] = (text,)
    made.line = run.line
    return made
