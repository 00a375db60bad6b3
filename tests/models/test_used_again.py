"""A layer that is used again answers as one that is used for the first time."""

from __future__ import annotations

import threading

import paramcalc as pc


def test_what_is_frozen_inside_a_wrapper_afterwards_counts() -> None:
    x, inner = pc.Input((5, 4)), pc.LSTM(3)
    both = pc.Bidirectional(inner)
    for _ in range(3):
        both(x)
    inner.frozen = True
    assert pc.Model(x, both(x)).trainable == pc.Model(x, pc.Bidirectional(inner)(x)).trainable == 0


def test_a_layer_on_several_shapes_in_turn() -> None:
    layer = pc.LSTM(4)
    for _ in range(3):
        for size in (3, 7, 7, 3):
            assert layer.on((1, 5, size)).params == 4 * (4 * (4 + size) + 4)


def test_threads_that_put_one_layer_on_several_shapes() -> None:
    wrong: list[object] = []

    def count(layer: pc.Layer, size: int) -> None:
        for _ in range(300):
            found = layer.on((1, 5, size)).params
            if found != 4 * (4 * (4 + size) + 4):
                wrong.append((size, found))

    layer = pc.LSTM(4)
    threads = [threading.Thread(target=count, args=(layer, size)) for size in (3, 7, 11)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []
