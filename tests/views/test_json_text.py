"""JSON with an indent is what Python's own encoder writes, whatever the data are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from paramcalc.render.writers.json import encoder

single = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
data = st.recursive(
    single, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@pytest.mark.parametrize("ascii", [True, False])
@given(value=data, indent=st.none() | st.integers(0, 4))
def test_it_writes_as_the_standard_library_does(value: object, indent: int | None, ascii: bool) -> None:
    assert encoder(indent, ascii)(value, "\n") == json.dumps(value, indent=indent, ensure_ascii=ascii)
