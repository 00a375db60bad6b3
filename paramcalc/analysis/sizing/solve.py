"""The largest size within budgets, the smallest one that reaches them, or the nearest one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...errors import OptionError, ParamcalcError
from ...symbolic import Size, symbols
from ..cost.dtypes import policy
from ..cost.optimizers import optimizer_for
from ..cost.sizes import batch_of, check_apart, checked
from ..family import Given
from .budgets import Setting, budgets
from .candidates import Candidates
from .closed_form import quadratic
from .problem import Problem
from .ranges import Axis, NoValues, read_axis
from .result import AT_LEAST, AT_MOST, NEAR, Solution
from .search import Search
from .unknowns import Unknowns, unknowns


def solve(
    model: Given,
    for_: str | Sequence[str] | Mapping[str, object],
    *,
    params: str | int | None = None,
    macs: str | int | None = None,
    memory: str | int | None = None,
    at_least: bool = False,
    near: bool = False,
    multiple_of: int = 1,
    such_that: Mapping[str, object] | None = None,
    most: int | None = None,
    sizes: Mapping[str, object] | None = None,
    batch: Size | None = None,
    steps: Size | None = None,
    dtype: str = "float32",
    optimizer: str | None = None,
    training: bool = True,
) -> Solution:
    """Find the largest size of a model within budgets.

    Parameters
    ----------
    model : Model, path, Keras model, PyTorch module or callable
        A model with open sizes, a file, or a function that takes sizes by name and gives a model (of paramcalc, Keras
        or PyTorch).
    for_ : str, list of str, or mapping of str to range
        The size to find, such as ``"h"``; of several sizes, the values of all but one have to be limited:
        ``{"h": None, "n": range(1, 13)}`` or ``{"h": "64:1024:64", "n": "1:12"}``. In a spec, it may have a value.
    params, macs, memory : str or int, optional
        The budgets, such as ``"1M"``, ``"2.5G"``, ``"16GiB"``. The memory is that of a training step in bytes.
    at_least : bool
        Find the smallest size that reaches all budgets.
    near : bool
        Find the size that comes nearest to the budget, of which there is one.
    multiple_of : int
        Try only multiples of a number.
    such_that : mapping of str to int, str or Expr, optional
        Sizes that follow: ``{"e": "h//2"}``.
    most : int, optional
        The largest value that is tried.
    sizes : mapping of str to int, str or Expr, optional
        Values of other sizes: ``{"V": 32000}``.
    batch, steps : int or Expr, optional
        Sizes in place of the open batch and time axis. Multiply-adds are those of one sample without a batch.
    dtype, optimizer : str, optional
        Of the memory, as of `paramcalc.cost`.
    training : bool
        Whether the memory is that of a training step, or of inference.

    Returns
    -------
    Solution
        Its ``answer`` is ``None`` where no candidate keeps the budgets. Of several sizes, the answer is the combination
        with the largest amount of the first budget (with ``at_least`` the smallest).

    Raises
    ------
    OptionError, SizeError
        For sizes that the model does not have or that do not change it, without a budget, and for a model of which an
        amount is unknown.
    ParamcalcError
        When no model can be built.
    """
    if at_least and near:
        raise OptionError("at_least and near", expected="one of them")
    limits = budgets({"params": params, "macs": macs, "memory": memory})
    if near and len(limits) > 1:
        raise OptionError("the nearest size to several budgets", expected="one budget", received=len(limits))
    policy(dtype)
    setting = Setting(checked("batch", batch), checked("steps", steps), dtype, optimizer, training)
    axes = _axes(for_, multiple_of, most)
    searched = unknowns(model, [one.name for one in axes], such_that or {}, sizes)
    setting = _of_axes(searched, setting)
    problem = Problem(searched, limits, AT_LEAST if at_least else NEAR if near else AT_MOST, setting)
    found = Search(problem, Candidates(problem)).solution(axes)
    return replace(found, closed_form=_closed_form(found))


def _of_axes(searched: Unknowns, setting: Setting) -> Setting:
    # a batch that is searched, or follows, is the batch of the costs; the optimizer of a file is the usual one
    names = [*searched.names, *searched.tied]
    try:
        model = searched.family.make(dict.fromkeys(names))
    except ParamcalcError:  # it is built at numbers alone
        return setting
    shapes, setting = model.input_shapes, replace(setting, optimizer=optimizer_for(model, setting.optimizer))
    check_apart(shapes, names, setting.batch, setting.steps)
    place = batch_of(shapes)
    if place is None or place.args[0] not in names:
        return setting
    return replace(setting, batch=searched.tied.get(place.args[0], symbols(place.args[0])))


def _axes(for_: object, multiple_of: int, most: int | None) -> list[Axis]:
    if isinstance(for_, str):
        for_ = {for_: None}
    elif isinstance(for_, Sequence) and all(isinstance(one, str) for one in for_):
        for_ = dict.fromkeys(for_)
    if not isinstance(for_, Mapping) or not for_ or not all(isinstance(one, str) for one in for_):
        raise OptionError("no size to find", expected="the name of one, such as h", received=for_)
    for name, value in (("multiple_of", multiple_of), ("most", most)):
        if value is not None and (type(value) is not int or value < 1):
            raise OptionError(f"{name} is no size", expected="a whole number from 1", received=value)
    axes = [read_axis(name, values) for name, values in for_.items()]
    axes = [one if most is None else one.up_to(most) for one in axes]
    return [_multiples(one, multiple_of, len(axes) > 1) for one in axes]


def _multiples(axis: Axis, by: int, several: bool) -> Axis:
    try:
        return axis.narrow(by, by)
    except NoValues as error:
        steps = ", or a step for each size, such as h=64:1024:64, in place of it" if several else ""
        raise NoValues(f"{error.problem} is a multiple of {by:,}", expected=f"{error.expected}{steps}") from None


def _closed_form(found: Solution) -> str:
    # where it gives the answer: with one budget, one size, and no step
    if found.mode != AT_MOST or len(found.budgets) > 1 or len(found.ranges) > 1 or found.value is None:
        return ""
    ((quantity, limit),) = found.budgets
    form = quadratic(found.formulas.get(quantity.name, 0))
    (values,) = found.ranges.values()
    if form is None or form.largest(limit) != found.value or values.step != 1:
        return ""
    return form.text(limit)
