"""Settings every test shares."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from typing import Any
from zlib import crc32

import pytest
from hypothesis import HealthCheck, settings
from tiers import is_in_share

settings.register_profile(
    "fast", deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("exhaustive", settings.get_profile("fast"), derandomize=False, max_examples=1_000)
settings.load_profile("fast")  # the draws are the same in every run; --hypothesis-profile=exhaustive draws others

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")  # what jax compiles here runs once: compiling is the cost
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # so that child processes do not ignore it either
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every child process compiles the package anew


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write what the program prints now into the docs and golden files; read the diff before you commit it",
    )
    parser.addoption(
        "--share",
        metavar="N:TEXT",
        help="of the exhaustive tests, run one of so many; another text chooses others",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to write files from several processes: they would write one another's lines."""
    if config.getoption("--update") and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--update writes files: run it in one process, with -n 0")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Keep the collector away from what lives as long as the run: modules of libraries, and twenty thousand tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(5_000, 10, 20)
        gc.enable()


MANY, EVERY = 8, 5  # of a test with so many cases, the fast tier tries one of so many


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave most cases of a test with many to the slow tier; each test begins at another one, ``whole`` keeps all.

    With ``--share``, leave out all but a share of the exhaustive tests.
    """
    cases: dict[str, list[pytest.Function]] = {}
    for item in items if not config.getoption("--update") else ():
        if isinstance(item, pytest.Function) and not any(map(item.get_closest_marker, ("slow", "exhaustive", "whole"))):
            cases.setdefault(f"{item.path.name}::{item.originalname}", []).append(item)
    for name, several in cases.items():
        begin = crc32(name.encode()) % EVERY
        for place, item in enumerate(several):
            if len(several) >= MANY and place % EVERY != begin:
                item.add_marker(pytest.mark.slow)
    if config.getoption("--share"):
        parts, _, text = config.getoption("--share").partition(":")
        exhaustive = [item for item in items if item.get_closest_marker("exhaustive")]
        left_out = {item for item in exhaustive if not is_in_share(item.nodeid, int(parts), text)}
        config.hook.pytest_deselected(items=[*left_out])
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def names_from_the_start() -> None:
    """Let Keras number its layers from the start in every test, whatever ran before in this process."""
    if keras := sys.modules.get("keras"):
        keras.utils.clear_session(free_memory=False)
        draw_without_compiling(keras)


DRAWN = ("VarianceScaling", "RandomNormal", "RandomUniform", "TruncatedNormal", "Orthogonal")


def draw_without_compiling(keras: Any) -> None:
    """Let NumPy make initial values: jax would compile a program for each shape. No test reads those that are drawn."""
    if keras.backend.backend() != "jax" or hasattr(keras.initializers.Zeros.__call__, "of_numpy"):
        return
    import jax
    import numpy

    def by(made: Callable[[tuple[int, ...]], Any]) -> Any:
        def values(self: object, shape: tuple[int, ...], dtype: Any = None) -> Any:
            return jax.device_put(made(shape).astype(keras.backend.standardize_dtype(dtype)))

        values.of_numpy = True  # type: ignore[attr-defined]  # the mark of what has been replaced
        return values

    keras.initializers.Zeros.__call__, keras.initializers.Ones.__call__ = by(numpy.zeros), by(numpy.ones)
    for name in DRAWN:
        getattr(keras.initializers, name).__call__ = by(
            lambda shape: numpy.random.default_rng(0).uniform(-0.05, 0.05, shape)
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that lacks PyTorch and not its marker: no tier would ever run it."""
    report = yield
    if report.skipped and "could not import 'torch'" in str(report.longrepr) and not item.get_closest_marker("torch"):
        report.outcome, report.longrepr = "failed", "this test needs PyTorch: mark it with @pytest.mark.torch"
    return report


HANGS = 60  # seconds; what ends at all ends in a hundredth of it, on any machine


@pytest.fixture
def ends() -> Iterator[None]:
    """Fail a test that hangs. How fast it is, is no matter here; ``tests/benchmarks`` measures."""

    def stop(*_: object) -> None:
        pytest.fail(f"still running after {HANGS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line; give the exit code, stdout and stderr."""
    from paramcalc.cli import main

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["paramcalc", *words])
        code, interrupted = 0, signal.getsignal(signal.SIGINT)
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        finally:
            signal.signal(signal.SIGINT, interrupted)
        out, err = capsys.readouterr()
        return code, out, err

    return call
