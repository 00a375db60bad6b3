"""Products of operations (`keras.ops`): what each choice of tensors costs backwards, and where no gradient goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from math import prod
from random import Random
from typing import Any

import pytest
from operation_calls import (
    BITWISE,
    CALLS,
    PAIRS,
    REDUCING,
    UNARIES,
    UNCOUNTED,
    WHICH,
    WHOLE,
    Call,
    T,
    c,
    name_of,
    operation,
    replaced,
)
from tiers import sampled

from paramcalc.core.built import Built
from paramcalc.core.products import NOTHING
from paramcalc.errors import ParamcalcError
from paramcalc.graph.model import Model
from paramcalc.readers import read
from paramcalc.rules.ops.operation import Operation, Slot
from paramcalc.rules.ops.table import OperationRule, operations
from paramcalc.verification.adapters.keras.gradients import Gradients
from paramcalc.verification.adapters.keras.operations import build

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")
