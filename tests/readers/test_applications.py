"""Every model of keras.applications, from the text Keras writes: each layer and operation as Keras has it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import paramcalc as pc

keras = pytest.importorskip("keras")

from held_against import differences, unallocated  # noqa: E402  # it imports Keras

NAMES = [name for name, made in vars(keras.applications).items() if inspect.isfunction(made)]
FAST = ("VGG16", "MobileNetV3Small")  # a few kinds, the small ones

# other inputs, outputs and widths
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("ConvNeXtTiny", {"include_top": False, "input_shape": (64, 96, 3)}),
    ("ConvNeXtTiny", {"include_preprocessing": False, "classes": 7}),
    ("DenseNet121", {"include_top": False, "input_shape": (None, None, 1)}),
    ("EfficientNetB0", {"classes": 5, "input_shape": (61, 75, 1)}),
    ("EfficientNetV2B0", {"include_preprocessing": False, "include_top": False, "pooling": "avg"}),
    ("InceptionV3", {"include_top": False, "input_shape": (None, None, 3), "pooling": "max"}),
    ("InceptionResNetV2", {"include_top": False, "input_shape": (None, 151, 3)}),
    ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "classes": 12, "input_shape": (97, 64, 3)}),
    ("MobileNetV2", {"alpha": 1.4, "input_shape": (192, 160, 3)}),
    ("MobileNetV3Large", {"minimalistic": True, "classes": 12}),
    ("MobileNetV3Small", {"alpha": 0.75, "include_top": False, "input_shape": (None, None, 3)}),
    ("NASNetMobile", {"include_top": False, "input_shape": (128, 96, 3), "pooling": "avg"}),
    ("ResNet50", {"include_top": False, "input_shape": (None, None, 1)}),
    ("ResNet50V2", {"classes": 3, "input_shape": (100, 101, 3), "classifier_activation": None}),
    ("VGG16", {"input_shape": (48, 33, 1), "classes": 10}),
    ("VGG19", {"include_top": False, "pooling": "avg"}),
    ("Xception", {"include_top": False, "input_shape": (None, None, 3)}),
]


def test_there_are_all_of_them() -> None:
    assert len(NAMES) == 40


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param(name, options, id=" ".join([name, *options]), marks=() if name in FAST else pytest.mark.exhaustive)
        for name, options in [*((name, {}) for name in NAMES), *OTHERS]
    ],
)
def test_an_application(name: str, options: dict[str, Any]) -> None:
    model = unallocated(lambda: getattr(keras.applications, name)(weights=None, **options))
    assert differences(model, pc.loads(model.to_json())) == []
    for layer in model.layers[::3]:
        layer.trainable = False
    assert differences(model, pc.loads(model.to_json())) == []


@pytest.mark.parametrize("name", ["ConvNeXtTiny", "MobileNetV3Small"])
def test_an_application_in_memory(name: str) -> None:
    model = unallocated(lambda: getattr(keras.applications, name)(weights=None))
    assert pc.from_keras(model).total == model.count_params()
    assert pc.verify(model).differences == []
