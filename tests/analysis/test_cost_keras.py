"""Whole models, for every set of frozen layers: their multiply-adds are those of the program that jax makes."""

from itertools import chain, combinations

import pytest

import paramcalc as pc
from paramcalc.analysis.cost import cost

pytest.importorskip("keras")


def tutorial():
    return pc.Sequential([pc.Input((6, 16), 2), pc.Dense(12), pc.LSTM(8), pc.Dense(4)])


def images():
    layers = [pc.Conv2D(4, 3), pc.MaxPooling2D(), pc.DepthwiseConv2D(3), pc.Flatten(), pc.Dense(5)]
    return pc.Sequential([pc.Input((12, 12, 3), 2), *layers])


def encoder():
    x = pc.Input((6, 16), 2)
    attended = pc.LayerNormalization()(pc.Add()([x, pc.MultiHeadAttention(2, 8)(x, x)]))
    return pc.Model(x, pc.Add()([attended, pc.Dense(16)(pc.Dense(32, "gelu")(attended))]))


def translator():
    source, target = pc.Input((5, 6), 2, name="source"), pc.Input((4, 6), 2, name="target")
    _, h, c = pc.LSTM(8, return_state=True, name="encoder")(source)
    decoded = pc.LSTM(8, return_sequences=True, name="decoder")(target, initial_state=[h, c])
    return pc.Model([source, target], pc.Dense(3, name="dense")(decoded))


def stacked():
    layers = [pc.Embedding(20, 8), pc.Bidirectional(pc.GRU(6, return_sequences=True)), pc.SimpleRNN(5), pc.Dense(2)]
    return pc.Sequential([pc.Input((6,), 2), *layers])


def twins():
    one, other = pc.Input((6,), 2, name="one"), pc.Input((6,), 2, name="other")
    shared = pc.Dense(8, name="shared")
    return pc.Model(
        [one, other], pc.Dense(2, name="head")(pc.Dot(1)([pc.Dense(8, name="above")(shared(one)), shared(other)]))
    )


MODELS = (tutorial, images, encoder, translator, stacked, twins)


def differ(model, choices):
    from paramcalc.verification.adapters.keras.build import Builder
    from paramcalc.verification.adapters.keras.derivative import KerasDerivative
    from paramcalc.verification.backward import Live

    builder, shapes = Builder(), model.input_shapes
    paths = [weight.path for weight in model.on(*shapes).weights]
    derivative = KerasDerivative(builder, model, builder.layer(model), shapes, [], paths)
    every = frozenset(range(len(shapes)))
    for frozen, inputs in choices:
        live = frozenset(path for path in paths if path.split("/")[0] not in frozen)
        theirs = derivative.forward(), derivative.backward(Live(every if inputs else frozenset(), live))
        ours = cost(model, frozen=frozen, input_gradient=inputs).passes
        if (ours.forward, ours.backward) != theirs:
            yield frozen, inputs, ours, theirs


def subsets(model):
    trained = [part.name for part in model.parts(model.input_shapes, model.built) if part.built.weights]
    sets = chain.from_iterable(combinations(dict.fromkeys(trained), n) for n in range(len(trained) + 1))
    return [(frozen, inputs) for frozen in sets for inputs in (False, True)]


@pytest.mark.exhaustive
@pytest.mark.parametrize("make", MODELS, ids=lambda one: one.__name__)
def test_every_set_of_frozen_layers(make):
    model = make()
    assert [*differ(model, subsets(model))] == []


def test_some_sets_of_frozen_layers():
    model = tutorial()
    assert [*differ(model, subsets(model)[::5])] == []
