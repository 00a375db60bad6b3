"""Models that Keras saved: reading and counting every one of keras.applications, against Keras rebuilding them.

Both sides get the same texts in one process, imports left out, one after the other. The times are CPU times of the
process, so that what else runs on the machine counts for neither. Keras reads one model after the other, as a script
would; told to forget each before the next, it takes a quarter less. The last test is a cold command against a cold
script.
"""

from __future__ import annotations

import gc
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import process_time

import keras
import pytest
from conftest import Record, cold

import paramcalc as pc

ROUNDS = 5  # of ours
COLD_ROUNDS = 3
JSON_GOAL = 3  # times as long as the standard library takes to read the text
ORDINARY = ("ResNet50", "MobileNetV2", "EfficientNetB0", "Xception")
SCRIPT = """
import sys, zipfile, keras
config = zipfile.ZipFile(sys.argv[1]).read("config.json").decode()
print(f"{keras.models.model_from_json(config).count_params():,}")
"""


def private_layers() -> dict[str, type]:
    """Give the two layers that Keras has to be told of before it reads its own models."""
    from keras.src.applications.convnext import LayerScale
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

    return {"LayerScale": LayerScale, "CustomScaleLayer": CustomScaleLayer}


def stateless(text: str) -> int:
    """Let Keras rebuild a model in its cheapest mode, without allocating a weight."""
    with keras.StatelessScope(initialize_variables=False):
        return ordinary(text)


def ordinary(text: str) -> int:
    """Let Keras rebuild a model as everybody does."""
    return int(keras.models.model_from_json(text, custom_objects=private_layers()).count_params())


def ours(text: str) -> int:
    """Read a model and count."""
    return pc.loads(text).total  # type: ignore[return-value]  # integers in, an integer out


def seconds(count: Callable[[str], int], text: str) -> tuple[float, int]:
    """Time one count."""
    start = process_time()
    found = count(text)
    return process_time() - start, found


@pytest.fixture(scope="module")
def texts(pytestconfig: pytest.Config) -> dict[str, str]:
    """Write down every model of keras.applications; making them takes a minute, so pytest's cache keeps the texts."""
    key = f"paramcalc/applications of keras {keras.__version__}"
    kept: dict[str, str] | None = pytestconfig.cache.get(key, None) if pytestconfig.cache else None
    if kept:
        return kept
    names = [name for name, made in vars(keras.applications).items() if inspect.isfunction(made)]
    found = {}
    for name in names:
        with keras.StatelessScope(initialize_variables=False):
            found[name] = getattr(keras.applications, name)(weights=None).to_json()
        keras.utils.clear_session()
    if pytestconfig.cache:
        pytestconfig.cache.set(key, found)
    return found


def compared(texts: dict[str, str], theirs: Callable[[str], int]) -> tuple[float, float]:
    """Add up the median of ours and one count of Keras, model by model; ours first, and Keras's litter to Keras."""
    gc.collect()
    ours_of = {name: [seconds(ours, text) for _ in range(ROUNDS)] for name, text in texts.items()}
    theirs_of = {name: seconds(theirs, text) for name, text in texts.items()}
    keras.utils.clear_session()  # once: a script that reads one after the other does not do it either
    for name, times in ours_of.items():
        assert {found for _, found in times} == {theirs_of[name][1]}
    return sum(median(one for one, _ in times) for times in ours_of.values()), sum(one for one, _ in theirs_of.values())


def test_every_application_against_keras_stateless(record: Record, texts: dict[str, str]) -> None:
    ours(texts["VGG16"]), stateless(texts["VGG16"])
    short, long = compared(texts, stateless)
    name = f"read and count {len(texts)} models of keras.applications"
    record(name, f"{short:.2f} s", f"{long:.1f} s (Keras, stateless)", long / short, "≥ 30", long >= 30 * short)


def test_applications_against_keras_as_it_is_used(record: Record, texts: dict[str, str]) -> None:
    # all forty take Keras minutes; these are one of each kind
    short, long = compared({name: texts[name] for name in ORDINARY}, ordinary)
    peer = f"{long:.0f} s (Keras, weights allocated)"
    name = f"the same, {len(ORDINARY)} of them: {', '.join(ORDINARY)}"
    record(name, f"{short * 1e3:.0f} ms", peer, long / short, "≥ 1,000", long >= 1000 * short)


@contextmanager
def no_collector() -> Iterator[None]:
    """Let nobody be charged for what the other left behind."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_every_application_against_its_json(record: Record, texts: dict[str, str]) -> None:
    ours(texts["VGG16"])
    short, long = [], []
    for _ in range(ROUNDS):
        for times, read in ((short, json.loads), (long, ours)):
            with no_collector():
                start = process_time()
                for text in texts.values():
                    read(text)
                times.append(process_time() - start)
    ratio = median(long) / median(short)
    name = f"read and count {len(texts)} models of keras.applications, collector off"
    sizes = f"{median(long):.3f} s", f"{median(short):.3f} s (`json.loads`)"
    record(name, *sizes, ratio, f"≤ {JSON_GOAL}", ratio <= JSON_GOAL)


@pytest.mark.filterwarnings("ignore")  # Keras's own, while it saves
def test_a_cold_count_of_an_archive(record: Record, tmp_path: Path) -> None:
    path = str(tmp_path / "model.keras")
    model = keras.applications.MobileNet(weights=None, input_shape=(128, 128, 3))
    model.save(path)
    answer = f"{model.count_params():,}"
    command = [str(Path(sys.executable).with_name("paramcalc")), "count", path]
    script = [sys.executable, "-c", SCRIPT, path]
    cold(command, answer)
    cold(script, answer)
    short = median(cold(command, answer) for _ in range(COLD_ROUNDS))
    long = median(cold(script, answer) for _ in range(COLD_ROUNDS))
    ratio = long / short
    name = "cold `paramcalc count mobilenet.keras`"
    record(name, f"{short * 1e3:.0f} ms", f"{long * 1e3:,.0f} ms (Keras, jax)", ratio, "≥ 10", ratio >= 10)
