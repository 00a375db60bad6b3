"""A model as a function of its sizes: a model with open sizes, a file, or a function."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import Protocol, TypeAlias

from ..core.kinds import size as read_size
from ..errors import OptionError, ParamcalcError, SizeError
from ..graph.bind import bind, names_in, open_names
from ..graph.model import Model
from ..graph.size_names import has_names, no_size
from ..loading import load
from ..symbolic import Size, symbols
from ..symbolic.notation import is_name, no_name

FILE = "paramcalc.formats.families:family_of"  # what stands above the analysis is loaded when it is asked for
MODEL = "paramcalc.formats:load"
LIVE = "paramcalc.verification.models:live_model"
LIVE_ALONE = "paramcalc.verification.models:model_of"
REFUSALS = (ValueError, AssertionError, ArithmeticError, RuntimeError)  # of frameworks, for sizes that do not fit

Makes: TypeAlias = Callable[..., object]
Given: TypeAlias = object  # Model, path, live model of a framework, or Makes
Values: TypeAlias = Mapping[str, Size | None]


class Family(Protocol):
    """What gives a model for values of its sizes; it is sent to other processes."""

    @property
    def label(self) -> str:
        """The name of the models."""

    @property
    def identity(self) -> str:
        """What tells it from another family, in another process as well.

        Raises
        ------
        OptionError
            When nothing does.
        """

    @property
    def sizes(self) -> Values:
        """The sizes that have a value in all of its models."""

    @property
    def known(self) -> set[str]:
        """The names of the sizes that may vary."""

    @property
    def remedy(self) -> str | None:
        """What to do to get a size with a name; ``None`` if there is one."""

    def check(self, names: Iterable[str]) -> None:
        """Refuse names that no size has.

        Raises
        ------
        ParamcalcError
        """

    def named(self, values: Values) -> list[Size]:
        """Give sizes besides those of the layers that a model needs to be whole and at least 1."""

    def make(self, values: Values) -> Model:
        """Give the model at values, with its shapes worked out; a size without a value stays a symbol.

        Raises
        ------
        ParamcalcError
            For values at which it cannot be built.
        """


@dataclass(frozen=True)
class ModelFamily:
    """A model whose sizes are symbols, or open sizes of its inputs.

    Attributes
    ----------
    model : Model
    sizes : mapping of str to int or Expr
    nameless : str
        What to do where no size of the model has a name.
    """

    model: Model
    sizes: Values = field(default_factory=dict)
    nameless: str = "the model names no size: write a name in place of a number"

    @property
    def label(self) -> str:
        """The name of the model."""
        return self.model.label

    @property
    def identity(self) -> str:
        """The report of the model at the values."""
        return self.make({}).report().to_json()

    @property
    def known(self) -> set[str]:
        """The names in its layers and in its inputs."""
        return names_of(self.model)

    @property
    def remedy(self) -> str | None:
        """What to do if these are unknown axes of its inputs alone."""
        return None if has_names(self.model) else self.nameless

    def check(self, names: Iterable[str]) -> None:
        """Refuse names that the model does not have."""
        known = self.known
        for name in (*names, *self.sizes):
            if name not in known:
                raise no_size(name, known, self.remedy)

    def named(self, values: Values) -> list[Size]:
        """Give no other sizes."""
        return []

    def make(self, values: Values) -> Model:
        """Give the model at values."""
        given = {name: value for name, value in {**self.sizes, **values}.items() if value is not None}
        made = bind(self.model, given)
        made.built  # noqa: B018  # what does not fit is an error here
        return made


@dataclass(frozen=True)
class FunctionFamily:
    """A function that takes sizes by name and gives a model, of paramcalc or of a framework.

    Attributes
    ----------
    function : callable
    sizes : mapping of str to int or Expr
    """

    function: Makes
    sizes: Values = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name of the function."""
        return str(getattr(self.function, "__name__", type(self.function).__name__))

    @property
    def identity(self) -> str:
        """Nothing tells a function from another one.

        Raises
        ------
        OptionError
        """
        raise OptionError("a function has no identity in another process", expected="a model or a file")

    @property
    def known(self) -> set[str]:
        """The parameters of the function."""
        try:
            return {*signature(self.function).parameters}
        except ValueError:  # of a callable that is not written in Python
            return set()

    @property
    def remedy(self) -> str | None:
        """A function without parameters has no size."""
        return None if self.known else "the function takes no size: give it a parameter"

    def check(self, names: Iterable[str]) -> None:
        """Refuse names that are no parameters of the function."""
        names = [*names, *self.sizes]
        try:
            declared = signature(self.function)
        except ValueError:  # of a callable that is not written in Python
            return
        try:
            declared.bind(**dict.fromkeys(names))
        except TypeError as error:
            for name in names:
                if name not in declared.parameters:
                    raise no_size(name, self.known, self.remedy) from None
            raise OptionError(f"{self.label}: {error}", expected="a function of the sizes alone") from None

    def named(self, values: Values) -> list[Size]:
        """Give no other sizes."""
        return []

    def make(self, values: Values) -> Model:
        """Give the model at values."""
        sizes = {name: symbols(name) if one is None else one for name, one in {**self.sizes, **values}.items()}
        numbers = all(isinstance(one, int) for one in sizes.values())
        try:
            made = self.function(**sizes)
        except ParamcalcError:
            raise
        except REFUSALS as error:
            raise SizeError(str(error)) from error
        except Exception as error:  # a function of the caller's may fail on symbols in any way
            if numbers:
                raise
            raise SizeError(f"the function takes no symbols: {error}") from error
        model = made if isinstance(made, Model) else load(LIVE)(made)
        if model is None:
            raise OptionError(f"{self.label} gives no model", expected="a model", received=made)
        model.built  # noqa: B018
        found: Model = model
        return found


def family_of(given: Given, names: Iterable[str], sizes: Mapping[str, object] | None = None) -> Family:
    """Take something as a family of models.

    Parameters
    ----------
    given : Model, path, Keras model, PyTorch module or callable
        A model with open sizes, a file, or a function that takes sizes by name and gives a model.
    names : iterable of str
        The sizes that vary.
    sizes : mapping of str to int, str or Expr, optional
        Values of other sizes.

    Raises
    ------
    ParamcalcError
        For what is none of these, for names that no size has, and for a size that varies and has a value.
    """
    names = [*names]
    if sizes is not None and not isinstance(sizes, Mapping):
        raise OptionError("no sizes", expected='names and values such as {"h": 64}', received=sizes)
    odd = [name for name in (*names, *(sizes or {})) if not isinstance(name, str) or not is_name(name)]
    if odd:
        if isinstance(odd[0], str):
            _family(given, {}).check(odd[:1])  # its error has the names there are
        raise no_name(odd[0])
    fixed = {name: read_size(one) for name, one in (sizes or {}).items()}
    for name in names:
        if name in fixed:
            raise varies(name, fixed[name])
    family = _family(given, fixed)
    family.check(names)
    return family


def _family(given: Given, sizes: Values) -> Family:
    if isinstance(given, (str, os.PathLike)):
        read: Family = load(FILE)(given, sizes)
        return read
    model = given if isinstance(given, Model) else load(LIVE)(given)
    if model is not None:
        return ModelFamily(model, sizes)
    if not callable(given):
        expected = "a model with open sizes, a file, or a function of sizes"
        raise OptionError("not a model", expected=expected, received=given)
    return FunctionFamily(given, sizes)


def model_of(given: object) -> Model:
    """Read what is no model yet: a file, a Keras model or a PyTorch module.

    Raises
    ------
    ParamcalcError
        For anything else, and for what cannot be read.
    """
    if isinstance(given, Model):
        return given
    read: Model = load(MODEL if isinstance(given, (str, os.PathLike)) else LIVE_ALONE)(given)
    return read


def names_of(model: Model) -> set[str]:
    """List the sizes of a model that have no value: those of its layers, and those of its inputs."""
    return {*open_names(model), *names_in(model)}


def varies(name: str, value: object) -> OptionError:
    """Make the error for a size that varies and has a value."""
    return OptionError(f"{name} varies, and has a value", expected="one of the two", received=value)
