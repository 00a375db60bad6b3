"""Families of models from a file: a spec whose named sizes get values, or any file with symbols in place of sizes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..analysis.sweep.family import Family, ModelFamily
from ..core.framework import DEFAULT
from ..errors import ParamcalcError, SizeError, nearest
from ..graph.model import Model
from ..symbolic import Size
from ..symbolic.notation import NAME
from .modelspec.document import model_from
from .modelspec.sizes import Sizes
from .readers import load, spec_data


class SpecFamily(NamedTuple):
    """A spec; its named sizes may change its structure.

    Attributes
    ----------
    data : dict
        The content of the file.
    name : str
        The file, for errors.
    sizes : dict of str to int, str or Expr
        Values for other named sizes.
    """

    data: Mapping[str, Any]
    name: str
    sizes: Mapping[str, object]

    @property
    def label(self) -> str:
        """The name of the spec, or of its file."""
        given = self.data.get("name")
        return given if isinstance(given, str) else self.name

    @property
    def framework(self) -> str:
        """The framework of its layers."""
        given = self.data.get("framework")
        return given if isinstance(given, str) else DEFAULT

    @property
    def identity(self) -> str:
        """The content of the spec, and the values of its sizes."""
        return json.dumps([self.data, {name: str(one) for name, one in self.sizes.items()}], sort_keys=True)

    def check(self, names: Iterable[str]) -> None:
        """Refuse names that the spec neither gives nor uses."""
        given = self.data.get("sizes")
        listed = sorted(given) if isinstance(given, Mapping) else []
        known = {*listed, *_words(self.data)}
        for name in (*names, *self.sizes):
            if name not in known:
                error = SizeError(f"no size {name!r}", expected=" or ".join(listed) or None)
                error.suggestion = nearest(name, listed)
                raise error.at("sizes").at(f"{self.name}:")

    def named(self, values: Mapping[str, int | None]) -> list[Size]:
        """Give the named sizes, used or not: each of them is checked where the spec is read."""
        return [*Sizes(self.data.get("sizes"), {**self.sizes, **values}).values.values()]

    def make(self, values: Mapping[str, int | None]) -> Model:
        """Give the model at values."""
        try:
            return model_from(self.data, None, {**self.sizes, **values})
        except ParamcalcError as error:
            raise error.at(f"{self.name}:")


@dataclass(frozen=True)
class ProgramFamily(ModelFamily):
    """A program whose models are known by their layers alone: it is read anew for other sizes.

    Attributes
    ----------
    model : Model
        With symbols for its unknown sizes.
    path : str
    sizes : dict of str to int, str or Expr
        Values for some of them.
    """

    path: str
    sizes: Mapping[str, object]

    def make(self, values: Mapping[str, int | None]) -> Model:
        """Give the model at values."""
        given = {name: value for name, value in values.items() if value is not None}
        return load(self.path, sizes={**self.sizes, **given})


def family_of(path: str | os.PathLike[str], sizes: Mapping[str, object]) -> Family:
    """Give the family of a file, with values for some of its sizes.

    Raises
    ------
    ParamcalcError
        As `paramcalc.load` does.
    """
    found = spec_data(path)
    if found is not None:
        return SpecFamily(*found, sizes)
    model = load(path, sizes=sizes)
    return ProgramFamily(model, os.fsdecode(path), sizes) if model.apart else ModelFamily(model)


def _words(value: object) -> Iterator[str]:
    # the names in all expressions of a spec
    if isinstance(value, str):
        yield from re.findall(NAME, value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
