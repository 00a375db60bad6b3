"""Getting at Keras: imported late and quietly, on a backend that is there."""

from __future__ import annotations

import logging
import os
import warnings
from importlib import import_module
from importlib.util import find_spec

from ....core.framework import framework
from ....core.rule import Rule
from ....errors import MissingExtra
from ...foreign import Foreign, class_named, loaded
from ...outcome import Installed

KERAS = framework("keras")
BACKENDS = ("jax", "torch", "tensorflow")  # in order of preference; jax alone traces what a layer computes


def keras() -> Foreign:
    """Import Keras and give the module.

    Raises
    ------
    MissingExtra
        When Keras, or a backend for it, is not installed.
    """
    if loaded(KERAS.name) is None:
        if find_spec(KERAS.name) is None:
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


def installed() -> Installed:
    """Give the version of Keras, and its backend."""
    return Installed(KERAS, keras().__version__, keras().backend.backend())


def layer_class(rule: Rule) -> Foreign:
    """Give the Keras class a rule is about; those of the family ``applications`` are private to Keras's models.

    Raises
    ------
    LayerError
        Where the installed Keras has no such class.
    """
    places: list[object] = [keras().layers]
    if rule.family == "applications":
        places = list(vars(import_module("keras.src.applications")).values())
    return class_named(rule.name, KERAS.title, *places)
