"""Unknown shapes and outputs: types that cannot be taken for a shape by accident."""

from __future__ import annotations

import copy
import pickle

import pytest

import paramcalc as pc
from paramcalc.core.built import Built
from paramcalc.core.shapes import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, UnknownShapeError, listed, output
from paramcalc.graph.unknown_layers import UnknownLayer


@pytest.mark.parametrize("unknown", [UNKNOWN_SHAPE, UNKNOWN_OUTPUTS])
def test_it_cannot_be_indexed_sliced_measured_or_unpacked(unknown: object) -> None:
    for use in (
        lambda: unknown[0],  # type: ignore[index]
        lambda: unknown[1:],  # type: ignore[index]
        lambda: len(unknown),  # type: ignore[arg-type]
        lambda: [*unknown],  # type: ignore[misc]
    ):
        with pytest.raises(TypeError):
            use()


@pytest.mark.parametrize("unknown", [UNKNOWN_SHAPE, UNKNOWN_OUTPUTS])
def test_there_is_one_of_it(unknown: object) -> None:
    assert pickle.loads(pickle.dumps(unknown)) is copy.deepcopy(unknown) is copy.copy(unknown) is unknown


def test_any_output_of_unknown_outputs_is_an_unknown_shape() -> None:
    assert output(UNKNOWN_OUTPUTS, 7) is UNKNOWN_SHAPE
    assert listed(UNKNOWN_OUTPUTS) == (UNKNOWN_SHAPE,)
    assert output(((1, 2), UNKNOWN_SHAPE), 1) is UNKNOWN_SHAPE
    with pytest.raises(IndexError):
        output(((1, 2),), 1)


def test_shapes_are_given_only_where_all_are_known() -> None:
    assert Built(((1, 2),)).shapes() == ((1, 2),)
    for outs in (UNKNOWN_OUTPUTS, ((1, 2), UNKNOWN_SHAPE)):
        with pytest.raises(UnknownShapeError):
            Built(outs).shapes()


def test_an_answer_cannot_be_changed() -> None:
    built = pc.Dense(3).on((1, 2))
    with pytest.raises(AttributeError):
        built.outs = ((1, 5),)  # type: ignore[misc]


HOLDERS = [
    lambda inner: pc.TimeDistributed(inner),
    lambda inner: pc.TimeDistributed(pc.TimeDistributed(inner)),
    lambda inner: pc.TimeDistributed(pc.Sequential([pc.Dense(5), inner])),
    lambda inner: pc.TimeDistributed(pc.Sequential([inner, pc.Flatten()])),
]


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_layer_that_holds_one_of_unknown_output_has_an_unknown_output(holder: object) -> None:
    inner = UnknownLayer("Lambda", "its function is in code", "cut")
    layer = holder(inner)  # type: ignore[operator]
    model = pc.Sequential([pc.Input((10, 4, 8)), layer, pc.Dense(4)])
    report = model.report()
    dense = report.rows[-1]
    assert not report.exact
    assert dense.unknown  # no size of its input is made up
    assert dense.params == 0
