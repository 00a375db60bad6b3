"""The sentence that explains an LSTM, a GRU or a plain RNN numbers its networks: as many as it has, for all options."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from by_hand import TABLE
from by_hand_paper import TABLE as PAPER
from by_hand_torch import LEARNING

from paramcalc.core.rule import Layer
from paramcalc.errors import ParamcalcError
from paramcalc.rules.shared.equations import NUMBERS
from paramcalc.rules.shared.over_time import OverTime

NUMBERED = re.compile(rf"({'|'.join(NUMBERS)}) (?:dense network|convolution)", re.I)
CELLS = re.compile("((Conv|CuDNN)?LSTM|(CuDNN)?GRU|(Simple)?RNN).*")
OF_TIME = OverTime.__annotations__.keys() | {"time_major"}
EVERY = {(layer.framework, layer.type): (layer, shapes) for layer, shapes, *_ in [*TABLE, *PAPER, *LEARNING][::-1]}
TRIED = [one for one in EVERY.values() if CELLS.fullmatch(one[0].type) and not one[0].sublayers]


@pytest.mark.whole
@pytest.mark.parametrize(("layer", "shapes"), TRIED, ids=lambda one: getattr(one, "type", ""))
def test_as_many_networks_are_named_as_there_are(layer: Layer, shapes: Any) -> None:
    switches = [name for name, value in layer.options.items() if isinstance(value, bool) and name not in OF_TIME]
    tried = 0
    for values in product((False, True), repeat=len(switches)):
        try:
            made = layer.rule(**{**layer.options, **dict(zip(switches, values, strict=True))})
            built = made.on(*shapes)
        except ParamcalcError:
            continue  # a combination that no paper has
        assert built.equations is not None
        said = built.equations().summary or layer.rule.why
        gates = {gate for weight in built.weights for gate in weight.gates}
        assert (found := NUMBERED.match(said)), (made, said)
        assert NUMBERS.index(found[1].lower()) == max(len(gates), 1), (made, said)
        tried += 1
    assert tried
