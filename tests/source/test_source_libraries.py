"""Models of installed libraries, read from their source: totals, and each layer as the library makes it."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from importlib.machinery import PathFinder
from math import prod
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.core.shapes import UnknownShape
from paramcalc.formats import loads

keras = pytest.importorskip("keras")

from held_against import unallocated  # noqa: E402  # it imports Keras

NAMES = [name for name, made in vars(keras.applications).items() if inspect.isfunction(made)]
FAST = ("VGG16", "MobileNetV3Small")

TORCHVISION = PathFinder.find_spec("torchvision")
MODELS = Path(next(iter(TORCHVISION.submodule_search_locations or ())), "models") if TORCHVISION else None
QUICK = ("alexnet", "resnet18", "vit_b_16", "efficientnet_b0", "regnet_y_400mf", "swin_v2_t")
# the published number is of other arguments than the defaults
PUBLISHED_WITH = {"googlenet": "aux_logits=False", "vit_h_14": "image_size=518"}


def read(line: str) -> pc.Model:
    """Read a program whose last line makes a model."""
    return loads(f"import keras\nimport torchvision\nfrom torchvision import models\nmodel = {line}\n", name="m.py")


def layers_of(model: Any) -> Counter[tuple[str, int, str]]:
    """List the layers and operations of a model of Keras: class, parameters and output shape of each."""
    found: Counter[tuple[str, int, str]] = Counter()
    for layer in getattr(model, "operations", model.layers):
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if isinstance(layer, keras.Model):
            found += layers_of(layer)
        else:
            count = layer.count_params() if isinstance(layer, keras.Layer) else 0
            found[type(layer).__name__, count, str(tuple(layer.output.shape))] += 1
    return found


def rows_of(rows: list[Any]) -> Counter[tuple[str, int, str]]:
    """List the rows of a report likewise."""
    found: Counter[tuple[str, int, str]] = Counter()
    for row in rows:
        if row.rows:
            found += rows_of(row.rows)
            continue
        (shape,) = row.outputs
        assert not isinstance(shape, UnknownShape)
        found[row.type, row.sums.params, str(tuple(one if isinstance(one, int) else None for one in shape))] += 1
    return found


@pytest.mark.parametrize("name", [pytest.param(one, marks=() if one in FAST else pytest.mark.slow) for one in NAMES])
def test_an_application_of_keras(name: str) -> None:
    report = read(f"keras.applications.{name}(weights=None)").report()
    model = unallocated(lambda: getattr(keras.applications, name)(weights=None))
    assert report.exact
    assert report.total == model.count_params()
    assert report.trainable == sum(prod(weight.shape) for weight in model.trainable_weights)
    assert rows_of(report.rows) == layers_of(model)


def test_options_of_an_application() -> None:
    options = "include_top=False, input_shape=(96, 64, 3), pooling='avg', weights='imagenet'"
    report = read(f"keras.applications.MobileNetV2({options})").report()
    assert report.total == 2_257_984
    assert [tuple(one)[1:] for one in report.rows[-1].outputs] == [(1280,)]
    old = "from tensorflow.keras.applications.vgg16 import VGG16\nmodel = VGG16(weights=None, include_top=False)"
    assert loads(old, name="m.py").total == 14_714_688


def published() -> dict[str, int]:
    """Read the number of parameters that torchvision publishes with the weights of each builder."""
    found: dict[str, int] = {}
    for path in sorted(MODELS.glob("*.py")) if MODELS else []:
        text = path.read_text(encoding="utf-8")
        numbers: dict[str, int] = {}
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and node.name.endswith("_Weights"):
                stated = re.search(r"'num_params': (\d+)", ast.unparse(node)) or re.search(r'"num_params": (\d+)', text)
                assert stated is not None
                numbers[node.name] = int(stated[1])
            if isinstance(node, ast.FunctionDef) and any(
                "register_model" in ast.unparse(one) for one in node.decorator_list
            ):
                weights = re.search(r"(\w+_Weights)", ast.unparse(node.args))
                assert weights is not None
                found[node.name] = numbers[weights[1]]
    return found


@pytest.mark.skipif(MODELS is None, reason="torchvision is not installed; only its source is needed")
@pytest.mark.parametrize("chunk", range(17))
@pytest.mark.torch
def test_builders_of_torchvision_have_their_published_number(chunk: int) -> None:
    numbers = published()
    assert len(numbers) == 80
    others = sorted(set(numbers) - set(QUICK))
    for name in others[chunk - 1 :: 16] if chunk else QUICK:
        report = read(f"torchvision.models.{name}({PUBLISHED_WITH.get(name, '')})").report()
        assert report.exact, name
        assert report.total == numbers[name], name


@pytest.mark.skipif(MODELS is None, reason="torchvision is not installed; only its source is needed")
@pytest.mark.torch
@pytest.mark.parametrize(
    ("line", "total"),
    [
        ("torchvision.models.resnet18(num_classes=10)", 11_181_642),
        ("models.resnet18(pretrained=True)", 11_689_512),
        ("models.resnet18(weights=models.ResNet18_Weights.DEFAULT)", 11_689_512),
        ("models.resnet18(weights='IMAGENET1K_V1', progress=False)", 11_689_512),
        ("models.get_model('ResNet18', weights=None)", 11_689_512),
        ("models.vgg16(False).features", 14_714_688),
        ("models.alexnet()", 61_100_840),
    ],
)
def test_ways_to_ask_for_a_model_of_torchvision(line: str, total: int) -> None:
    report = read(line).report()
    assert (report.exact, report.total) == (True, total)


def test_a_library_that_is_not_installed_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    from paramcalc.formats.source import imports

    monkeypatch.setattr(imports, "_installed", lambda top: None)
    report = read("keras.applications.VGG16()").report()
    assert not report.exact
    assert "keras.applications.VGG16 is not followed (m.py:4)" in str(report)


@pytest.mark.parametrize("kind", ["MultiHeadAttention(2, 4)", "GroupQueryAttention(4, 4, 2)"])
@pytest.mark.parametrize("call", ["a, b", "a, value=b", "query=a, value=b", "a, b, b", "a, key=b, value=b"])
def test_attention_to_another_input(kind: str, call: str) -> None:
    lines = [
        "import keras",
        "a, b = keras.Input((None, 8)), keras.Input((None, 8))",
        f"model = keras.Model([a, b], keras.layers.{kind}({call}))",
    ]
    made = loads("\n".join(lines), name="m.py")
    x, y = pc.Input((None, 8)), pc.Input((None, 8))
    layer = pc.MultiHeadAttention(2, 4) if kind.startswith("Multi") else pc.GroupQueryAttention(4, 4, 2)
    assert made.report().exact
    assert made.total == pc.Model([x, y], layer(x, y)).total
