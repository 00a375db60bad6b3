"""Live objects that are not what they seem: each gives an error of paramcalc's, soon."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from work import within

import paramcalc as pc

EACH = 1300  # lines of Python for a module among others
SOON = 20  # seconds of work, the import of a framework included; all else is done in hundredths


def refused(call: Callable[..., object], *given: object, **more: object) -> str:
    start = process_time()
    with pytest.raises(pc.ParamcalcError) as caught:
        call(*given, **more)
    assert process_time() - start < SOON
    text = str(caught.value)
    assert "\n" not in text
    return text


class Itself:
    """Answers every attribute with itself."""

    def __getattr__(self, name: str) -> Any:
        return self


class Everything:
    """Does everything, and gives itself."""

    def __getattribute__(self, name: str) -> Any:
        return self

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return self

    def __getitem__(self, at: object) -> Any:
        return self

    def __len__(self) -> int:
        return 3

    def __fspath__(self) -> Any:
        return self

    def __str__(self) -> Any:
        return self

    __repr__ = __str__


class Raising:
    """Raises at whatever is asked of it."""

    def __fspath__(self) -> str:
        raise OSError("gone")

    def __repr__(self) -> str:
        raise KeyError


class Odd(BaseException):
    """No exception, and its text is an error."""

    def __str__(self) -> str:
        raise ZeroDivisionError


STRANGE: list[Any] = [None, 5, 1.5, [1], {}, object, Itself(), Everything(), Raising()]


@pytest.mark.parametrize("subject", STRANGE, ids=lambda one: type(one).__name__)
def test_nothing_else_is_a_path_or_text(subject: Any) -> None:
    assert refused(pc.load, subject).startswith("not the path of a file; expected text or a pathlib.Path")
    assert refused(pc.loads, subject).startswith("not the text of a model; expected text or bytes")


def test_a_path_may_be_of_bytes(tmp_path: Any) -> None:
    assert refused(pc.load, b"nothing.yaml").endswith("no such file or directory")


@pytest.mark.parametrize("subject", STRANGE, ids=lambda one: type(one).__name__)
def test_nothing_else_is_verified(subject: Any) -> None:
    assert refused(pc.verify, subject).startswith("nothing to verify")


@pytest.mark.parametrize("subject", STRANGE, ids=lambda one: type(one).__name__)
def test_nothing_else_is_a_live_keras_model(subject: Any) -> None:
    pytest.importorskip("keras")
    assert refused(pc.from_keras, subject).startswith("not a Keras model")


# --- Keras ---------------------------------------------------------------------------------------------------


def chain(attribute: str, answer: Callable[[Any], Any]) -> Any:
    """Make a chain with a layer that has an answer of its own to a question."""
    keras = pytest.importorskip("keras")

    class Own(keras.layers.Layer):  # type: ignore[misc, name-defined]  # of a package without types
        def call(self, x: Any) -> Any:
            return x

    model = keras.Sequential([keras.Input((4,)), Own(), keras.layers.Dense(2)])
    setattr(Own, attribute, answer)
    return model


def listing(layers: Callable[[Any], Any]) -> Any:
    """Make a subclassed model that lists other layers than it has."""
    keras = pytest.importorskip("keras")

    class Own(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(3)

        def call(self, x: Any) -> Any:
            return self.dense(x)

    model = Own()
    model(keras.ops.zeros((1, 4)))
    Own.layers = property(layers)
    return model


def leaving(self: Any) -> Any:
    sys.exit(3)


def throwing(self: Any) -> Any:
    raise Odd


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: chain("get_config", leaving), "Sequential cannot be read: SystemExit"),
        (lambda: chain("get_config", throwing), "Sequential cannot be read: Odd"),
        (lambda: chain("weights", property(leaving)), "Sequential cannot be read: SystemExit"),
        (lambda: listing(lambda self: [5, None]), "Own cannot be read: "),
        (lambda: listing(lambda self: [self, self.dense]), "Own is nested too deeply"),
    ],
    ids=["exit", "odd", "exit of weights", "no layers", "itself"],
)
def test_a_broken_keras_model_is_refused(make: Callable[[], Any], problem: str) -> None:
    model = make()
    for call in (pc.from_keras, pc.verify):
        assert refused(call, model).startswith(problem)


# --- PyTorch -------------------------------------------------------------------------------------------------


def network() -> Any:
    return pytest.importorskip("torch").nn


def made(forward: Callable[..., Any], initialised: bool = True) -> Any:
    nn = network()

    class Made(nn.Module):  # type: ignore[misc, name-defined]  # of a package without types
        def __init__(self) -> None:
            if initialised:
                super().__init__()

    Made.forward = forward
    return Made()


@pytest.mark.torch
@pytest.mark.parametrize("subject", STRANGE, ids=lambda one: type(one).__name__)
def test_nothing_else_is_a_module_or_an_input(subject: Any) -> None:
    nn = network()
    assert refused(pc.from_torch, subject).startswith("not a PyTorch module")
    if subject is not None and subject != {}:
        assert refused(pc.from_torch, nn.Linear(2, 2), subject)


def cyclic(levels: int) -> Any:
    nn = network()
    module = inner = nn.Sequential(nn.Linear(2, 2))
    for _ in range(levels):
        module = nn.Sequential(module)
    inner.add_module("up", module)
    return module


def deep(levels: int) -> Any:
    nn = network()
    module = nn.Linear(2, 2)
    for _ in range(levels):
        module = nn.Sequential(module)
    return module


def registered(registry: str, value: object) -> Any:
    module = network().Linear(2, 2)
    getattr(module, registry)["odd"] = value
    return module


BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "in itself": (lambda: cyclic(0), "up: Sequential contains itself"),
    "in one in it": (lambda: cyclic(2), "0.0.up: Sequential contains itself"),
    "many levels": (lambda: deep(2000), "modules are nested too deeply; expected at most 500 levels"),
    "not initialised": (lambda: made(lambda self, x: x, initialised=False), "Made is not initialized"),
    "a number among modules": (lambda: registered("_modules", 5), "Linear has an object that is not a module"),
    "an odd thing among modules": (
        lambda: registered("_modules", Everything()),
        "Linear has an object that is not a mod",
    ),
    "a number among parameters": (lambda: registered("_parameters", 5), "Linear has an object that is not a parameter"),
    "a text among buffers": (lambda: registered("_buffers", "x"), "Linear has an object that is not a buffer"),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", BAD)
def test_a_broken_module_is_refused(name: str) -> None:
    make, problem = BAD[name]
    module = make()
    for call in (pc.from_torch, pc.verify, lambda one: pc.from_torch(one, (2, 2))):
        assert refused(call, module).startswith(problem)


def leaves(self: Any, x: Any) -> Any:
    sys.exit(3)


def raises(self: Any, x: Any) -> Any:
    raise Odd


def calls_itself(self: Any, x: Any) -> Any:
    return self(x)


def runs_out(self: Any, x: Any) -> Any:
    raise MemoryError


@pytest.mark.torch
@pytest.mark.parametrize(
    ("forward", "problem"),
    [
        (leaves, "Made fails on the meta device: SystemExit"),
        (raises, "Made fails on the meta device: Odd"),
        (calls_itself, "modules or calls are nested too deeply to be run"),
        (runs_out, "Made fails on the processor: MemoryError"),
    ],
)
def test_a_forward_that_does_not_end_well_is_told(forward: Any, problem: str) -> None:
    assert refused(pc.from_torch, made(forward), (2, 2)).startswith(problem)


@pytest.mark.torch
def test_control_c_is_no_refusal() -> None:
    def interrupted(self: Any, x: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pc.from_torch(made(interrupted), (2, 2))


@pytest.mark.torch
def test_outputs_may_be_anything() -> None:
    def around(self: Any, x: Any) -> Any:
        found = [x]
        found.append(found)
        return found

    assert pc.from_torch(made(lambda self, x: Everything()), (2, 2)).report().outputs == []
    assert pc.from_torch(made(around), (2, 2)).report().outputs == [(2, 2)]


@pytest.mark.torch
@pytest.mark.parametrize("many", [60, 600])
def test_many_modules_side_by_side_take_time_in_proportion(many: int) -> None:
    nn = network()
    flat = nn.Sequential(*(nn.Linear(2, 2) for _ in range(many)))
    pc.from_torch(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))).report()  # imports what it needs
    assert within(EACH * many, lambda: pc.from_torch(flat).report()).total == 6 * many
