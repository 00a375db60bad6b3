"""Keras models of a line, saved and read, and a layer of one's own: for the tests of models that no rule covers."""

from __future__ import annotations

from typing import Any

import keras

import paramcalc as pc
from paramcalc.report import Report

L = keras.layers
register = keras.saving.register_keras_serializable


@register("odd")
class Scaled(L.Layer):
    """A layer with a statistic, which is not trained."""

    def build(self, shape: Any) -> None:
        self.mean = self.add_weight(shape=(shape[-1],), name="moving_mean", trainable=False)
        self.scale = self.add_weight(shape=(shape[-1],), name="scale")

    def call(self, x: Any) -> Any:
        return x * self.scale


def chain(*layers: Any, shape: tuple[int, ...] = (4,)) -> Any:
    return keras.Sequential([keras.Input(shape), *layers])


def graph(*layers: Any, shape: tuple[int, ...] = (4,), kind: Any = keras.Model) -> Any:
    entry = x = keras.Input(shape)
    for layer in layers:
        x = layer(x)
    return kind(entry, x)


def saved(model: Any, folder: Any, suffix: str) -> Report:
    model.save(folder / f"m{suffix}")
    return pc.load(folder / f"m{suffix}").report()


def guessed(report: Report) -> list[str]:
    return [path for path, row in report.leaves if row.calls[0].built.guessed]
