"""Getting at Keras: imported late and quietly, on the backend that was chosen, or one that is there."""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ....core.framework import framework
from ....core.rule import Rule
from ....errors import MissingExtra, ParamcalcError
from ....untyped import Foreign
from ...foreign import class_named, first_line, loaded
from ...outcome import Installed

KERAS = framework("keras")
BACKENDS = ("jax", "torch", "tensorflow")  # in order of preference
OLDEST = (3, 15)  # the version whose layers and options the rules have; older ones lack some and store others otherwise
TRACED = "jax"  # the backend whose programs can be walked, for shapes and multiply-adds
UNASKED = "tensorflow"  # what Keras writes into keras.json by itself, when it is first imported
VARIABLE = "KERAS_BACKEND"


def keras() -> Foreign:
    """Import Keras and give the module.

    Raises
    ------
    MissingExtra
        When Keras, or a backend for it, is not installed.
    ParamcalcError
        When the chosen backend is not installed, or Keras cannot be imported as it is configured.
    """
    if loaded(KERAS.name) is None:
        if find_spec(KERAS.name) is None:
            raise MissingExtra("keras", "keras", "verification")
        os.environ[VARIABLE] = backend(os.environ)
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        logging.getLogger("jax._src.xla_bridge").setLevel(logging.ERROR)  # "no GPU found" is no news here
        logging.getLogger("absl").setLevel(logging.CRITICAL)  # nor is what Keras refuses: the audit asks it to
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import keras
    except ImportError as error:
        raise MissingExtra(error.name or "keras", "keras", "verification") from error
    except Exception as error:  # whatever Keras raises of its environment and its keras.json
        raise ParamcalcError(
            f"Keras cannot be imported: {first_line(error)}",
            suggestion=f"{VARIABLE} and {config_path(os.environ)} configure it",
        ) from error
    return keras


def backend(environ: Mapping[str, str]) -> str:
    """Choose the backend: that of the environment, else that of keras.json, else the first that is installed.

    Raises
    ------
    MissingExtra
        When none is installed.
    ParamcalcError
        When one was chosen that is not installed.
    """
    name, place = environ.get(VARIABLE, ""), VARIABLE
    if not name:
        name, place = _configured(config_path(environ)), str(config_path(environ))
    if name and _installed(name):
        return name
    if name and (name != UNASKED or place == VARIABLE):
        raise ParamcalcError(
            "the backend chosen for Keras is not installed",
            expected=" or ".join(BACKENDS),
            received=name,
            suggestion=f"{place} chooses it",
        )
    found = next(filter(_installed, BACKENDS), None)
    if found is None:
        raise MissingExtra(BACKENDS[0], "keras", "verification")
    return found


def config_path(environ: Mapping[str, str]) -> Path:
    """Give the place where Keras looks for its keras.json."""
    home = Path("~").expanduser()
    base = home if os.access(home, os.W_OK) else Path("/tmp")
    return Path(environ.get("KERAS_HOME", base / ".keras")).expanduser() / "keras.json"


def _configured(path: Path) -> str:
    # what is no JSON Keras reads as nothing; what else is wrong with it, Keras says
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    name = found.get("backend", "") if isinstance(found, dict) else ""
    return name if isinstance(name, str) else repr(name)


def _installed(name: str) -> bool:
    return name.isidentifier() and find_spec(name) is not None


def installed() -> Installed:
    """Give the version of Keras, and its backend."""
    return Installed(KERAS, keras().__version__, keras().backend.backend())


def outdated() -> bool:
    """Tell whether the installed Keras is older than the rules."""
    version = tuple(int(part) for part in keras().__version__.split(".")[:2])
    return version < OLDEST


def traces() -> bool:
    """Tell whether what a layer computes can be traced, for its shapes and multiply-adds."""
    return bool(keras().backend.backend() == TRACED)


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
