"""Getting at Keras: imported late and quietly, on a backend that is there, in a thread of its own."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from ....errors import LayerError, MissingExtra, Verbatim, shorten

BACKENDS = ("jax", "torch", "tensorflow")  # in order of preference; jax alone traces what a layer computes

T = TypeVar("T")


def keras() -> Any:
    """Import Keras and give the module.

    Raises
    ------
    MissingExtra
        When Keras, or a backend for it, is not installed.
    """
    if "keras" not in sys.modules:
        if find_spec("keras") is None:
            raise MissingExtra("keras", "keras", "verification")
        if "KERAS_BACKEND" not in os.environ:
            found = next((name for name in BACKENDS if find_spec(name)), None)
            if found is None:
                raise MissingExtra("jax", "keras", "verification")
            os.environ["KERAS_BACKEND"] = found
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        logging.getLogger("jax._src.xla_bridge").setLevel(logging.ERROR)  # "no GPU found" is no news here
        logging.getLogger("absl").setLevel(logging.CRITICAL)  # nor is what Keras refuses: the audit asks it to
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import keras
    except ImportError as error:
        raise MissingExtra(error.name or "keras", "keras", "verification") from error
    return keras


def layer_class(rule: Any) -> Any:
    """Give the Keras class a rule is about; those of the family ``applications`` are private to Keras's models.

    Raises
    ------
    LayerError
        Where the installed Keras has no such class.
    """
    places = [keras().layers]
    if rule.family == "applications":
        places = list(vars(import_module("keras.src.applications")).values())
    found = next((vars(place)[rule.name] for place in places if rule.name in getattr(place, "__dict__", ())), None)
    if found is None:
        raise LayerError(f"the installed Keras has no {rule.name}")
    return found


def apart(results: Iterator[T]) -> Iterator[T]:
    """Run a generator in a thread of its own.

    Keras keeps its names, its scopes and the list of weights still to be allocated per thread. A fresh
    thread starts from a clean slate, and leaves the caller's session as it was: without it, the next training
    step there would allocate every weight built here.
    """
    done: Any = object()
    with ThreadPoolExecutor(1, "paramcalc-verify") as thread:
        while (result := thread.submit(next, results, done).result()) is not done:
            yield result


def first_line(error: BaseException) -> str:
    """Give the first line of a message of Keras that says something, or the name of the error."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith("Exception encountered when calling")]
    return shorten(Verbatim((telling or lines or [type(error).__name__])[0]))
